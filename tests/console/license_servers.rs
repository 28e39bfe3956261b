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
        audrey.get("/").await.is(200).says("Nothing needs a look now").says("LIC-01").says("1</a>");
        stock.license(pack, client).status(1).expires(console.app.now().plus_days(13)).await;
        stock.key_pack(server).of(5).issued(9).await;
        let home = audrey.get("/").await;
        home.says("1 run out within 14 days").says("1 key pack</a>").says_nothing_of("Nothing needs a look");
        audrey.get("/licenses?status=temporary&within=14").await.says("1 of 1 licenses");
        audrey.get("/key-packs?on=over").await.says("over-used by 4");
    }
}
