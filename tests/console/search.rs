//! The quick search: what it finds, for whom, and what it asks of the database.

use reseat::search::store;
use reseat::search::term::Term;
use reseat::web::address::escape;

use crate::on_both;
use crate::support::{Console, Person, Reply};

const ID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678";
const PACK_ID: &str = "QQQQQWWWWWEEEEERRRRRTTTTTYYYYYAB9CD";

async fn find(person: &mut Person, text: &str) -> Reply {
    let address = format!("/search?find={}", escape(text));
    let reply = person.get(&address).await;
    if reply.status == 200 {
        return reply;
    }
    // Where one thing alone fits, the page leads straight there; the box that answers as one types shows it.
    let (only, to) = (person.get(&format!("{address}&typing=1")).await, reply.is(303).to.clone());
    assert_eq!(hits(&only), [to]);
    only
}

/// Where the hits lead, in their order.
fn hits(reply: &Reply) -> Vec<&str> {
    let found = reply.text.split("id=\"found\"").last().unwrap().split("</main>").next().unwrap();
    found.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

async fn agreement(console: &Console, number: &str, retail_code_end: &str) {
    let company = console.stock().company("Contoso").await;
    let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
    tx.sql(
        "insert into agreements (company_id, program, license_number, authorization_number, agreement_number, \
         retail_code_end, product_version, license_type, quantity, transfer_policy, document, note, search, created_at) \
         values ($1, 'other', $2, '', '', $3, '2019', 'per_device', 10, 'one_time', '', '', $4, 0)",
    )
    .bind(company)
    .bind(number)
    .bind(retail_code_end)
    .bind(number.replace([' ', '-'], "").to_uppercase())
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn give_pack_id(console: &Console, pack: i64) {
    let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
    tx.sql("update key_packs set license_key_pack_id = $1 where id = $2")
        .bind(PACK_ID)
        .bind(pack)
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_client_is_found_by_part_of_its_name_or_hardware_id_those_that_begin_so_first(console) {
        let stock = console.stock();
        stock.client("DESK-PC-01").hardware("bb22").await;
        stock.client("PC-0117").hardware("aa11ff").await;
        stock.client("pc-0119").hardware("0117cc").await;
        let mut audrey = console.auditor().await;
        let found = find(&mut audrey, "pc-0").await;
        assert_eq!(hits(&found), ["/clients/2", "/clients/3", "/clients/1"]);
        found.says("<mark>PC-0</mark>117").says("DESK-<mark>PC-0</mark>1");
        let found = find(&mut audrey, "0117").await;
        // Digits are a part of a name more often than of a hardware ID.
        assert_eq!(hits(&found), ["/clients/2", "/clients/3"]);
        found.says("hardware ID <code><mark>0117</mark>cc</code>").says("PC-<mark>0117</mark>");
        assert_eq!(hits(&find(&mut audrey, "D").await), ["/clients/1"]);
        find(&mut audrey, "<b>'%").await.says("Nothing fits this").says_nothing_of("<b>'");
        audrey.get("/search").await.is(200).says("Part of a computer").says_nothing_of("Nothing fits");
    }

    async fn many_clients_are_cut_to_eight_and_lead_to_the_whole_list(console) {
        let stock = console.stock();
        for n in 0..9 {
            stock.client(&format!("PC-{n:04}")).await;
        }
        let mut audrey = console.auditor().await;
        let found = find(&mut audrey, "pc-0").await;
        assert_eq!((hits(&found).len(), hits(&found)[8]), (9, "/clients?q=pc-0"));
        assert_eq!(hits(&find(&mut audrey, "pc-0008").await), ["/clients/9"]);
    }

    async fn the_number_of_a_seat_leads_straight_to_its_latest_license(console) {
        let stock = console.stock();
        let pack = stock.key_pack(stock.server("LIC-01").await).await;
        let client = stock.client("PC-0117").await;
        let first = stock.license(pack, client).await;
        let second = stock.license(pack, client).await;
        let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
        tx.sql("update licenses set seat_id = $1 where id = $2").bind(first).bind(second).execute().await.unwrap();
        tx.commit().await.unwrap();
        let mut audrey = console.auditor().await;
        assert_eq!(audrey.get("/search?find=s-1").await.is(303).to, format!("/licenses/{second}"));
        audrey.get("/search?find=s-1&typing=1").await.is(200).says("<mark>S-1</mark>").says_nothing_of("<html");
        for (text, sentence) in [
            ("S-2", "There is no seat S-2."),
            ("T-88", "There is no transfer T-88."),
            ("R-17", "There is no request R-17."),
        ] {
            find(&mut audrey, text).await.says(sentence).says_nothing_of("Nothing fits");
        }
    }

    async fn a_plain_number_is_a_seat_a_client_a_key_pack_and_a_keypack_id(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        stock.key_pack(server).await;
        let client = stock.client("PC-9").await;
        stock.license(pack, client).await;
        let mut audrey = console.auditor().await;
        assert_eq!(hits(&find(&mut audrey, "1").await)[..3], ["/licenses/1", "/clients/1", "/key-packs/1"]);
        let found = find(&mut audrey, "2").await;
        assert_eq!(hits(&found), ["/key-packs/2", "/key-packs/1"]);
        found.says("Keypack ID <mark>2</mark> on LIC-01").says("Key pack K-<mark>2</mark>");
    }

    async fn servers_companies_and_agreements_are_found_by_part_of_their_names_and_numbers(console) {
        let stock = console.stock();
        stock.server("SRV-LIC").await;
        stock.server("LIC-01").company("Fabrikam").await;
        agreement(&console, "V 123-4567", "7Q9").await;
        let mut audrey = console.auditor().await;
        assert_eq!(hits(&find(&mut audrey, "lic").await), ["/license-servers/2", "/license-servers/1"]);
        assert_eq!(hits(&find(&mut audrey, "brik").await), ["/companies/2"]);
        for text in ["1234567", "v 123", "34-56", "7q9"] {
            assert_eq!(hits(&find(&mut audrey, text).await), ["/agreements/1"], "{text}");
        }
    }

    async fn long_ids_are_found_by_their_end_but_not_by_auditors_and_are_never_shown_whole(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").id(ID).await;
        let pack = stock.key_pack(server).await;
        give_pack_id(&console, pack).await;
        for (text, href) in [
            ("45678", "/license-servers/1"),
            (ID, "/license-servers/1"),
            ("ab9cd", "/key-packs/1"),
            ("qqqqq-wwwww-eeeee-rrrrr-ttttt-yyyyy-ab9cd", "/key-packs/1"),
        ] {
            for mut person in [console.help_desk().await, console.admin().await] {
                let found = find(&mut person, text).await;
                assert_eq!(hits(&found).first(), Some(&href), "{text}");
                let hits = found.text.split("id=\"found\"").nth(1).unwrap();
                assert!(!hits.contains("VWXYZ") && !hits.contains("YYYYY"), "{text}\n{hits}");
            }
            let found = find(&mut console.auditor().await, text).await;
            assert_eq!(hits(&found), Vec::<&str>::new(), "{text}");
        }
    }

    async fn whatever_is_typed_finds_something_or_nothing_but_never_fails(console) {
        console.stock().client("PC-0117").await;
        let long = "x".repeat(5_000);
        for text in ["", " ", "%", "_", "\\", "''", "\u{0}", "\u{10ffff}", "9223372036854775807", "S-9223372036854775807", "-", "- - - -", "🦀🦀🦀", "a\u{0}bc", &long] {
            if let Some(term) = Term::of(text) {
                store::find(console.db(), &term, true).await.unwrap();
            }
            find(&mut console.admin().await, text).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_of_a_search_reads_every_client_license_or_key_pack() {
    let console = Console::on_sqlite().await;
    for text in ["PC-0", "ab9cd", ID, "1042", "p"] {
        let term = Term::of(text).unwrap();
        for question in store::questions(console.db(), &term) {
            let plan = question.plan().await.unwrap();
            for table in ["c", "k", "l", "licenses", "clients", "key_packs", "imports"] {
                let scanned = plan.lines().any(|line| line.trim() == format!("SCAN {table}"));
                assert!(!scanned, "{text}\n{plan}");
            }
            assert!(plan.contains("SEARCH") || plan.contains("SCAN"), "{plan}");
        }
    }
}
