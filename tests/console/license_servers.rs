//! License servers: who may read their IDs; and the first page.

use reseat::history::line::{NewLine, Subject};
use reseat::history::store::record;

use crate::on_both;

const ID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678";

on_both! {
    async fn a_license_server_id_is_read_by_the_help_desk_and_only_known_to_auditors(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").id(ID).await;
        stock.server("LIC-02").await;
        let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
        let line = NewLine::new("license server changed", Subject("license_server", server));
        record(&mut tx, line.after(serde_json::json!({"license_server_id": ID}))).await.unwrap();
        tx.commit().await.unwrap();
        let page = format!("/license-servers/{server}");
        for address in ["/license-servers", &page] {
            console.help_desk().await.get(address).await.is(200).says("ABCDE").says("LIC-01");
            console.auditor().await.get(address).await.is(200).says("known").says_nothing_of("ABCDE");
        }
        for address in [&page, "/history"] {
            console.auditor().await.get(address).await.says("known to the help desk").says_nothing_of("ABCDE");
            console.admin().await.get(address).await.says(ID);
        }
    }

    async fn the_first_page_says_what_to_do_first_and_later_what_needs_a_look(console) {
        console.admin().await.get("/").await.is(200).says("Nothing here yet").says("/imports/new").says("/users");
        console.auditor().await.get("/").await.is(200).says("Ask one.").says_nothing_of("/imports/new").says_nothing_of("/users\"");
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        let client = stock.client("PC-0117").await;
        stock.license(pack, client).await;
        let mut audrey = console.auditor().await;
        audrey.get("/").await.is(200).says("Nothing needs anybody now").says("LIC-01").says("1</a>");
        stock.license(pack, client).status(1).expires(console.app.now().plus_days(13)).await;
        stock.key_pack(server).of(5).issued(9).await;
        let home = audrey.get("/").await;
        home.says("1 temporary license with 14 days left or less").says("1 key pack over-used</a>").says_nothing_of("Nothing needs anybody");
        audrey.get("/licenses?status=temporary&within=14").await.says(">1 license<");
        audrey.get("/key-packs?on=over").await.says("over-used by 4");
    }

    async fn a_server_that_no_import_tells_of_is_added_by_hand(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let typed = "bcdfg hjkmp qrtvw xy234 6789b cdfgh jkmpq";
        let fields = [("company", "1"), ("name", "LIC-2000"), ("os_version", "Windows 2000 Server"), ("license_server_id", typed)];
        let page = ada.post_and_follow("/license-servers", &fields).await;
        page.is(200).says("LIC-2000").says("Windows 2000 Server").says("<span>BCDFG</span><span>HJKMP</span>");
        page.says_nothing_of("Worth a look");
        let again = ada.post("/license-servers", &fields).await;
        again.is(422).says("has a license server of this name already").says(typed);
        let short = [("company", "1"), ("name", "LIC-2003"), ("license_server_id", "BCDFG-HJKMP")];
        ada.post("/license-servers", &short).await.is(422).says("these are 10").says("BCDFG-HJKMP");
    }

    async fn another_license_server_id_asks_what_happened_and_does_it(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").id(ID).await;
        let (full, left) = (stock.key_pack(server).of(10).issued(10).await, stock.key_pack(server).of(10).issued(4).await);
        let mut ada = console.admin().await;
        let page = format!("/license-servers/{server}");
        let seen = ada.get(&format!("{page}/edit")).await.is(200).says("ABCDE-FGHIJ").seen();
        let other = "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";
        let mut fields = vec![("name", "LIC-01"), ("license_server_id", other), ("seen", &seen), ("reason", "As told by telephone")];
        ada.post(&page, &fields).await.is(422).says("say what happened to the server").says(other).says("As told by telephone");
        fields.push(("id_change", "reactivated"));
        ada.post_and_follow(&page, &fields).await.is(200).says("License server reactivated").says("never rebuilt");
        ada.get(&format!("/key-packs/{left}")).await.says("unissued licenses must be reissued");
        ada.get("/").await.says("1 key pack to be reissued or reinstalled");
        ada.get("/key-packs?on=follow-up").await.says(">1 key pack<");
        ada.get(&format!("/key-packs/{full}")).await.says_nothing_of("must be");
        // The same ID may stand for a new database.
        let seen = ada.get(&format!("{page}/edit")).await.seen();
        let fields = [("name", "LIC-01"), ("license_server_id", other), ("seen", &seen), ("reason", "Disk lost"), ("id_change", "new_database")];
        ada.post_and_follow(&page, &fields).await.is(200).says("License database rebuilt").says("rebuilt once").says("Disk lost");
        for pack in [full, left] {
            ada.get(&format!("/key-packs/{pack}")).await.says("must be reinstalled or migrated");
        }
        reseat::history::store::verify(console.db()).await.unwrap().unwrap();
        console.auditor().await.get(&page).await.is(200).says_nothing_of("BCDFG").says("known to the help desk");
    }

    async fn a_server_is_retired_with_a_reason_and_taken_back(console) {
        let server = console.stock().server("LIC-01").await;
        let mut ada = console.admin().await;
        let page = format!("/license-servers/{server}");
        for (back, reason, says) in [("", "Switched off", "is retired."), ("yes", "Still needed", "in use again")] {
            let seen = ada.get(&format!("{page}/edit")).await.seen();
            let address = format!("{page}/retirement");
            ada.post(&address, &[("seen", &seen), ("back", back)]).await.is(422).says("Say why");
            let fields = [("seen", seen.as_str()), ("back", back), ("reason", reason)];
            ada.post_and_follow(&address, &fields).await.is(200).says(says).says(reason);
        }
    }
}
