//! Clients: the search, and everything that ever happened to one.

use reseat::clients::client::{Kind, Status};
use reseat::clients::filter::{Asked, Filter};
use reseat::clients::store;
use reseat::history::line::{NewLine, Subject};
use reseat::history::store::record;
use reseat::ids::ImportId;
use reseat::web::slice::Window;

use crate::on_both;
use crate::support::{Console, Person};

async fn rename(console: &Console, client: i64, from: &str, to: &str) {
    let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
    let line = NewLine::new("client renamed", Subject("client", client))
        .before(serde_json::json!({"name": from}))
        .after(serde_json::json!({"name": to}));
    record(&mut tx, line.because("Its label was wrong")).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_client_that_somebody_adds_makes_waiting_imports_of_its_company_be_compared_anew_and_no_others(console) {
        let packs = || crate::bring::packs(&[(4, 50, 7)]);
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs()).apply().await;
        let waiting = console.bring("LIC-01").company("Contoso").file("keypacks.csv", crate::bring::packs(&[(4, 50, 9)])).preview().await;
        let mut hal = console.help_desk().await;
        hal.post("/clients", &[("company", "1"), ("kind", "computer"), ("status", "active"), ("name", "PC-0117")]).await.is(303);
        assert!(waiting.refusal().await.contains("has changed since this import was compared with it"));
        // A server that nobody knew yet was compared with nothing.
        console.bring("LIC-02").company("Contoso").file("keypacks.csv", packs()).apply().await;
        assert_eq!(console.count("select count(*) from license_servers").await, 2);
    }

    async fn clients_of_one_company_are_added_by_many_people_at_once(console) {
        for server in ["LIC-01", "LIC-02", "LIC-03", "LIC-04"] {
            console.stock().server(server).await;
        }
        let mut people = Vec::new();
        for _ in 0..12 {
            people.push(console.help_desk().await);
        }
        let form = |n| [("company", "1".to_owned()), ("kind", "computer".into()), ("status", "active".into()), ("name", format!("PC-{n}"))];
        for round in 0..3 {
            let add = |(n, one)| async move {
                let form = form(round * 100 + n);
                Person::post(one, "/clients", &form.each_ref().map(|(name, value)| (*name, value.as_str()))).await
            };
            let replies = futures_util::future::join_all((0..).zip(people.iter_mut()).map(add)).await;
            assert!(replies.iter().all(|reply| reply.status == 303));
        }
        assert_eq!(console.count("select count(*) from clients").await, 36);
        // They hold one row of their company, and none of its servers.
        assert_eq!(console.count("select revision from companies where id = 1").await, 36);
        assert_eq!(console.count("select max(revision) from license_servers").await, 0);
    }

    async fn a_client_is_found_by_part_of_its_name_or_hardware_id_newest_first(console) {
        let stock = console.stock();
        for (name, hardware) in [("PC-0117", "aa11"), ("pc-0188.corp.example", "bb22"), ("LAPTOP_7", "0117ff")] {
            stock.client(name).hardware(hardware).await;
        }
        stock.client("CONTOSO\\ada").user().await;
        let mut audrey = console.auditor().await;
        let found = audrey.get("/clients?q=0117").await;
        assert_eq!(crate::key_packs::numbers(&found.text, "/clients/"), [3, 1]);
        found.says(">2 clients<").says("Name or hardware ID has").says("value=\"0117\"");
        for (q, ids) in [
            ("C-01", vec![2, 1]),
            ("top_7", vec![3]),
            ("topx7", vec![]),
            ("%", vec![]),
            ("pc", vec![1, 2]),
            ("contoso\\a", vec![4]),
            ("' or 1=1", vec![]),
        ] {
            let page = audrey.get(&format!("/clients?q={}", reseat::web::address::escape(q))).await;
            assert_eq!(crate::key_packs::numbers(&page.is(200).text, "/clients/"), ids, "{q}");
        }
        let users = audrey.get("/clients?kind=user").await;
        assert_eq!(crate::key_packs::numbers(&users.text, "/clients/"), [4]);
        let by_name = audrey.get("/clients?sort=name").await;
        assert_eq!(crate::key_packs::numbers(&by_name.text, "/clients/"), [4, 3, 1, 2]);
    }

    async fn two_clients_of_one_name_are_told_apart_by_the_end_of_their_hardware_ids(console) {
        let stock = console.stock();
        stock.client("PC-0117").hardware("0123456789abcdef").await;
        stock.client("PC-0117").hardware("fedcba9876543210").company("Fabrikam").await;
        stock.client("PC-0188").hardware("1111111111111111").await;
        let mut audrey = console.auditor().await;
        let list = audrey.get("/clients").await;
        list.says("…abcdef").says("…543210").says_nothing_of("…111111").says("Fabrikam");
        audrey.get("/clients?company=2").await.says(">1 client<").says("…543210");
        audrey.get("/clients/1").await.says("Another client bears this name");
        audrey.get("/clients/3").await.says_nothing_of("Another client");
    }

    async fn one_timeline_joins_what_people_did_and_what_licenses_tell(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        let client = stock.client("PC-0117").hardware("0123456789abcdef").await;
        let now = console.app.now();
        stock.license(pack, client).status(1).issued(now.plus_days(-100)).expires(now.plus_days(-10)).gone(now.plus_days(-5)).await;
        stock.license(pack, client).await;
        console.pass(60);
        rename(&console, client, "PC-0017", "PC-0117").await;
        let mut audrey = console.auditor().await;
        let page = audrey.get(&format!("/clients/{client}")).await;
        page.is(200).says("Its label was wrong").says("<del>PC-0017</del>").says("<ins>PC-0117</ins>").says("by Ada");
        let order = ["Client renamed", "First seen on the server", "No longer on the server</b>", "Expired</b>", "First issued", "Thursday, 14 May 2026"];
        let at: Vec<usize> = order.iter().map(|words| page.text.find(words).unwrap_or_else(|| panic!("{words}"))).collect();
        assert!(at.is_sorted(), "{at:?}");
        page.says("Earlier licenses").says("data-copy=\"0123456789abcdef\"").says(">license 1</a>");
        audrey.get("/licenses/1").await.is(200).says("Expired").says("No longer on the server").says_nothing_of("renamed");
    }

    async fn a_long_timeline_is_read_in_steps_and_nothing_is_lost_or_told_twice(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        let client = stock.client("PC-0117").await;
        for n in 0..20 {
            stock.license(pack, client).issued(console.app.now().plus_days(-n)).await;
            rename(&console, client, &format!("before-{n}-"), &format!("after-{n}-")).await;
            if n % 3 == 0 {
                console.pass(86_400);
            }
        }
        let mut audrey = console.auditor().await;
        let mut told = String::new();
        let mut at = format!("/clients/{client}?size=25");
        let mut back = String::new();
        for step in 0..3 {
            let page = audrey.get(&at).await;
            let story = page.is(200).text.split("Everything that happened").nth(1).unwrap().to_owned();
            assert_eq!(story.matches("<time ").count(), if step == 2 { 10 } else { 25 });
            told.push_str(&story);
            let link = |rel: &str| page.text.split(&format!("rel=\"{rel}\" href=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&") + "&size=25");
            if let Some(next) = link("next") { at = next; }
            if let Some(previous) = link("prev") { back = previous; }
        }
        for n in 0..20 {
            assert_eq!(told.matches(&format!("<ins>after-{n}-</ins>")).count(), 1, "{n}");
        }
        assert_eq!(told.matches("First issued").count(), 20);
        assert_eq!(told.matches("First seen").count(), 20);
        let story = audrey.get(&back).await.text.split("Everything that happened").nth(1).unwrap().to_owned();
        assert_eq!(story.matches("<time ").count(), 25);
    }

    async fn the_many_lines_of_one_import_are_folded_into_one(console) {
        let stock = console.stock();
        let client = stock.client("PC-0117").await;
        let mut tx = console.db().begin("Ada", console.app.now()).await.unwrap();
        for n in 1..=6 {
            let line = NewLine::new("license changed", Subject("license", n)).touching(Subject("client", client));
            let line = line.before(serde_json::json!({"expires_at": 1_787_389_200})).after(serde_json::json!({"expires_at": 1_797_389_200, "status": 2}));
            record(&mut tx, line.by_import(ImportId(7))).await.unwrap();
        }
        tx.commit().await.unwrap();
        let page = console.auditor().await.get(&format!("/clients/{client}")).await;
        page.says("6 changes").says("What changed").says("/imports/7").says("<del>22 Aug 2026, 09:00 UTC</del>").says("<ins>Active</ins>");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_client_list_reads_every_client_or_sorts_what_it_reads() {
    let console = Console::on_sqlite().await;
    let with = |q: &str| Filter::of(&Asked { q: q.into(), ..Asked::default() });
    for filter in [with(""), with("0117"), with("pc_0117"), with("pc")] {
        let narrowed = [
            (None, None, None),
            (Some(Kind::User), None, None),
            (None, Some(Status::Lost), None),
            (None, None, Some(2)),
        ];
        for (kind, status, os_family) in narrowed {
            for company in [None, Some(1)] {
                for sort in ["newest", "name", "issued", "-name"] {
                    let filter = Filter { kind, status, os_family, company, ..filter.clone() };
                    let order = store::order(&filter, sort);
                    let window = Window::after_id(9, 50);
                    let plans = [
                        store::select(console.db(), &filter, &order, &window).plan().await.unwrap(),
                        store::select_count(console.db(), &filter, &order).plan().await.unwrap(),
                    ];
                    for plan in plans {
                        assert!(!plan.contains("TEMP B-TREE"), "{filter:?} {sort}\n{plan}");
                        // A walk in the order of the numbers themselves ends after a page.
                        let walk = filter.search.is_none() && order.name == "newest";
                        let scans = plan.lines().any(|line| line.trim() == "SCAN c");
                        assert!(walk || !scans, "{filter:?} {sort}\n{plan}");
                        if filter.text == "0117" {
                            assert!(plan.contains("SCAN f VIRTUAL TABLE INDEX") && plan.contains(":M1"), "{plan}");
                        }
                    }
                }
            }
        }
    }
}
