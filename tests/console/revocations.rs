//! Revocations: how many licenses may be revoked, what people record of it, and a client's ways out.

use reseat::ids::LicenseServerId;
use reseat::moment::{DAY, Moment};
use reseat::revocations::store;
use reseat::users::user::Role;
use serde_json::json;

use crate::bring::{L, actions, license, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person};

/// Runs a statement on the tables.
async fn run(console: &Console, text: &'static str) {
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    tx.sql(text).execute().await.unwrap();
    tx.commit().await.unwrap();
}

/// `(version, installed, limit, revoked, left, next slot)` of every line, as programs read it.
async fn told(console: &Console) -> Vec<(String, i64, i64, i64, i64, String)> {
    let items = console.program(Role::Auditor).await.get("/api/v1/revocation-budget").await.json()["items"].clone();
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap_or("").to_owned();
    let number = |one: &serde_json::Value, name: &str| one[name].as_i64().unwrap();
    let line = |one: &serde_json::Value| {
        let numbers = ["installed", "limit", "revoked", "left"].map(|name| number(one, name));
        (text(one, "product_version"), numbers[0], numbers[1], numbers[2], numbers[3], text(one, "next_slot_on"))
    };
    items.as_array().unwrap().iter().map(line).collect()
}

fn line(version: &str, numbers: [i64; 4], next: &str) -> (String, i64, i64, i64, i64, String) {
    (version.to_owned(), numbers[0], numbers[1], numbers[2], numbers[3], next.to_owned())
}

/// A pack of ten of 2019 on LIC-01, and so many computers with a license each that expires on 1 October.
async fn ten(console: &Console, computers: i64) -> (i64, i64) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let pack = stock.key_pack(server).of(10).await;
    for n in 0..computers {
        let client = stock.client(&format!("PC-{:04}", 100 + n)).await;
        stock.license(pack, client).expires(Moment::of_day("2026-10-01").unwrap()).await;
    }
    (server, pack)
}

const REVOKED: [(&str, &str); 3] =
    [("revoked_on", "2026-08-21"), ("revoked_by", "Sam of the server team"), ("reason", "The computer was scrapped")];

async fn revoke(hal: &mut Person, license: i64) -> String {
    let page = hal.post_and_follow(&format!("/licenses/{license}/revocation"), &REVOKED).await;
    page.is(200);
    page.text
}

on_both! {
    async fn a_fifth_of_each_version_may_be_revoked_by_page_file_and_interface_alike(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let old = stock.server("LIC-OLD").await;
        run(&console, "update license_servers set os_version = 'Windows Server 2003' where name = 'LIC-OLD'").await;
        let pack = stock.key_pack(server).version("2003").of(100).await;
        stock.key_pack(server).version("2008").of(120).await;
        stock.key_pack(server).version("2008").of(80).origin("reissue").await;
        stock.key_pack(server).version("2016").of(3).await;
        stock.key_pack(old).version("2003").of(50).await;
        // None of these counts: by user, a pool, without end, gone from its server.
        stock.key_pack(server).version("2008").counted_by("per_user").of(500).await;
        stock.key_pack(server).version("2008").of(500).origin("temporary").await;
        stock.key_pack(server).version("2008").unlimited().await;
        stock.key_pack(server).version("2008").of(500).gone(console.app.now()).await;
        for (n, ends) in ["2026-09-20", "2026-09-05", "2026-08-20", "2026-08-22"].iter().enumerate() {
            let client = stock.client(&format!("PC-{n}")).await;
            stock.license(pack, client).status(4).expires(Moment::of_day(ends).unwrap()).await;
        }
        let expected = [
            line("2003", [100, 20, 2, 18], "2026-09-05"),
            line("2008", [200, 40, 0, 40], ""),
            line("2016", [3, 1, 0, 1], ""),
            line("2003", [50, 0, 0, 0], ""),
        ];
        assert_eq!(told(&console).await, expected);
        let mut audrey = console.auditor().await;
        let file = audrey.get("/reports/revocation-budget.csv").await;
        let rows: Vec<&str> = file.is(200).text.lines().collect();
        assert_eq!(rows.len(), 5, "{}", file.text);
        assert!(rows[1].starts_with("LIC-01,Windows Server 2003,100,20,2,18,2026-09-05"), "{}", rows[1]);
        assert!(rows[2].starts_with("LIC-01,Windows Server 2008 or 2008 R2,200,40,0,40,"), "{}", rows[2]);
        assert!(rows[3].starts_with("LIC-01,Windows Server 2016,3,1,0,1,"), "{}", rows[3]);
        assert!(rows[4].starts_with("LIC-OLD,Windows Server 2003,50,0,0,0,"), "{}", rows[4]);
        let page = audrey.get("/reports/revocation-budget").await;
        page.is(200).says("How Microsoft rounds 20 % is not documented").says("it cannot revoke");
        // The page's cells, row by row, are the file's.
        let cells: Vec<String> = page.text.split("<td class=\"n\">").skip(1)
            .map(|cell| cell.split("</td>").next().unwrap())
            .map(|cell| cell.rsplit("<span>").next().unwrap().split('<').next().unwrap().to_owned())
            .collect();
        assert_eq!(cells, ["100", "20", "2", "18", "200", "40", "0", "40", "3", "1", "0", "1", "50", "0", "0", "0"]);
        page.says("License 1<").says("License 2<").says_nothing_of("License 3<").says("shown by the server");
        audrey.get("/reports/revocation-budget?server=2").await.is(200).says("LIC-OLD").says_nothing_of("License 1<");
        audrey.get("/reports").await.is(200).says("/reports/revocation-budget");
        // What expires frees its slot.
        console.pass(15 * DAY);
        assert_eq!(told(&console).await[0], line("2003", [100, 20, 1, 19], "2026-09-20"));
        console.pass(15 * DAY);
        assert_eq!(told(&console).await[0], line("2003", [100, 20, 0, 20], ""));
    }

    async fn the_help_desk_records_a_revoke_which_is_no_transfer_and_is_told_wherever_it_belongs(console) {
        ten(&console, 1).await;
        let mut hal = console.help_desk().await;
        hal.get("/licenses/1/revocation").await.is(200).says("Of Windows Server 2019 on LIC-01, 2 may be revoked and 0 are.").says("Hedda");
        assert!(revoke(&mut hal, 1).await.contains("The revocation is recorded."));
        assert_eq!(told(&console).await, [line("2019", [10, 2, 1, 1], "2026-10-01")]);
        let mut audrey = console.auditor().await;
        for page in ["/licenses/1", "/clients/1", "/license-servers/1"] {
            audrey.get(page).await.is(200).says("License revoked").says("The computer was scrapped").says("Sam of the server team");
        }
        audrey.get("/licenses/1").await.says("Its server has not shown it yet.").says("1 Oct 2026");
        audrey.get("/reports/revocation-budget").await.says("recorded, not shown yet").says("2026-08-21");
        // It uses up nothing: no transfer, no key pack, and the seat may still move.
        assert_eq!(console.count("select count(*) from transfers").await, 0);
        assert_eq!(console.count("select count(*) from key_packs").await, 1);
        assert_eq!(console.count("select count(*) from licenses where transferred_at is not null or status <> 2").await, 0);
        hal.get("/licenses/1").await.says_nothing_of("Transfer this seat");
        hal.get("/clients/1").await.says("revoke").says_nothing_of("Transfer its seat").says_nothing_of("/licenses/1/transfer");
        hal.post("/licenses/1/transfer", &[("destination", "PC-0200"), ("new_client", "yes"), ("reason", "lost")]).await.is(303);
        hal.get("/transfers/1").await.is(200).says("Its license was revoked on").says("2026-08-21").says("Cancel this one, unless Microsoft is to be called");
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn one_beyond_the_limit_is_warned_of_and_recorded(console) {
        ten(&console, 3).await;
        let mut hal = console.help_desk().await;
        revoke(&mut hal, 1).await;
        revoke(&mut hal, 2).await;
        hal.get("/licenses/3/revocation").await.is(200).says("None left").says("The server would refuse another one until 1 Oct 2026");
        let page = revoke(&mut hal, 3).await;
        assert!(page.contains("it goes beyond the limit of 2"), "{page}");
        assert_eq!(told(&console).await, [line("2019", [10, 2, 3, 0], "2026-10-01")]);
        let items = console.program(Role::Auditor).await.get("/api/v1/revocation-budget").await.json();
        assert_eq!(items["items"][0]["over"], json!(1));
        assert_eq!(items["items"][0]["free_again_on"], json!("2026-10-01"));
        console.auditor().await.get("/reports/revocation-budget").await.says("1 more than the rule lets");
    }

    async fn what_cannot_be_revoked_is_refused_with_a_sentence_and_what_was_typed_is_kept(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let (device, user) = (stock.client("PC-0117").await, stock.client("CONTOSO\\kim").user().await);
        let pack = stock.key_pack(server).of(10).await;
        let users = stock.key_pack(server).of(10).counted_by("per_user").await;
        let pool = stock.key_pack(server).unlimited().origin("temporary").await;
        stock.license(users, user).await;
        stock.license(pool, device).status(1).await;
        stock.license(pack, device).expires(Moment::of_day("2026-08-20").unwrap()).await;
        let mut hal = console.help_desk().await;
        for (license, says) in [
            (1, "A Per User license cannot be revoked"),
            (2, "A temporary license cannot be revoked"),
            (3, "It had run out on 20 Aug 2026 already"),
        ] {
            let reply = hal.post(&format!("/licenses/{license}/revocation"), &REVOKED).await;
            reply.is(422).says(says);
        }
        let reply = hal.post("/licenses/3/revocation", &[("revoked_on", "2026-12-01"), ("reason", "Scrapped <b>it</b>")]).await;
        reply.is(422).says("still to come").says("Type who revoked it").says("Scrapped &#60;b&#62;it").says("2026-12-01");
        run(&console, "update license_servers set os_version = 'Windows Server 2003 R2'").await;
        hal.post("/licenses/3/revocation", &[("revoked_on", "2026-08-19"), REVOKED[1], REVOKED[2]]).await.is(422).says("LIC-01 is older than Windows Server 2008");
        assert_eq!(console.count("select count(*) from revocations").await, 0);
        assert_eq!(console.count("select count(*) from history where action = 'license revoked'").await, 0);
        run(&console, "update license_servers set os_version = ''").await;
        hal.post("/licenses/3/revocation", &[("revoked_on", "2026-08-19"), REVOKED[1], REVOKED[2]]).await.is(303);
    }

    async fn two_people_who_record_one_revoke_at_once_record_one(console) {
        ten(&console, 1).await;
        let people = [console.help_desk().await, console.admin().await, console.help_desk().await, console.admin().await];
        let tries = people.into_iter().map(|mut person| async move { person.post("/licenses/1/revocation", &REVOKED).await });
        let replies = futures_util::future::join_all(tries).await;
        let recorded = replies.iter().filter(|reply| reply.status.as_u16() == 303).count();
        assert_eq!(recorded, 1);
        for reply in replies.iter().filter(|reply| reply.status.as_u16() != 303) {
            reply.is(422).says("This revocation is recorded already");
        }
        assert_eq!(console.count("select count(*) from revocations").await, 1);
        assert_eq!(actions(&console, "license", 1).await, ["license revoked"]);
        assert_eq!(told(&console).await[0].3, 1);
    }

    async fn an_import_that_shows_a_recorded_revoke_does_not_double_it(console) {
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")];
        let bring = |rows: &[L<'_>]| {
            let bring = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 2)]));
            bring.file("issued.csv", licenses(rows))
        };
        bring(&rows).apply().await;
        let mut hal = console.help_desk().await;
        revoke(&mut hal, 1).await;
        assert_eq!(told(&console).await, [line("2022", [50, 10, 1, 9], "2026-09-20")]);
        console.pass(DAY);
        bring(&[L { status: 4, ..rows[0] }, rows[1]]).apply().await;
        assert_eq!(told(&console).await, [line("2022", [50, 10, 1, 9], "2026-09-20")]);
        let mut audrey = console.auditor().await;
        audrey.get("/reports/revocation-budget").await.is(200).says("recorded, and shown by the server");
        audrey.get("/licenses/1").await.is(200).says("License changed").says("Revoked").says_nothing_of("Its server has not shown it yet.");
        audrey.get("/clients/1").await.says("License revoked");
        // Taking back what was recorded does not undo what the server shows.
        let mut hal = console.help_desk().await;
        let page = hal.post_and_follow("/revocations/1/taking-back", &[("reason", "The other computer was meant")]).await;
        hal.get("/licenses/1").await.is(200).says_nothing_of("Transfer this seat");
        page.is(200).says("It is taken back.");
        assert_eq!(told(&console).await[0].3, 1);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_revoke_that_an_import_showed_first_is_recognized(console) {
        let rows = [license(1, "PC-0117", "aa01"), L { status: 4, ..license(2, "PC-0118", "aa02") }];
        console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 2)])).file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(told(&console).await, [line("2022", [50, 10, 1, 9], "2026-09-20")]);
        let mut hal = console.help_desk().await;
        hal.get("/licenses/2/revocation").await.is(200).says("Its server shows this revocation already");
        let page = revoke(&mut hal, 2).await;
        assert!(page.contains("it counts once") && page.contains("Sam of the server team"), "{page}");
        assert_eq!(told(&console).await, [line("2022", [50, 10, 1, 9], "2026-09-20")]);
        hal.post("/licenses/2/revocation", &REVOKED).await.is(422).says("This revocation is recorded already");
    }

    async fn what_was_recorded_by_mistake_is_taken_back_once_and_history_keeps_both(console) {
        ten(&console, 1).await;
        let mut hal = console.help_desk().await;
        revoke(&mut hal, 1).await;
        hal.post("/revocations/1/taking-back", &[]).await.is(422).says("Say why it was recorded by mistake").says("Sam of the server team");
        let page = hal.post_and_follow("/revocations/1/taking-back", &[("reason", "PC-0101 was meant")]).await;
        page.is(200).says("It is taken back.").says("Revocation taken back").says("PC-0101 was meant").says("taken back");
        hal.post("/revocations/1/taking-back", &[("reason", "again")]).await.is(422).says("Hedda took it back already");
        assert_eq!(told(&console).await, [line("2019", [10, 2, 0, 2], "")]);
        assert_eq!(actions(&console, "license", 1).await, ["revocation taken back", "license revoked"]);
        assert_eq!(actions(&console, "client", 1).await.len(), 2);
        hal.get("/licenses/1").await.says("Transfer this seat");
        hal.get("/clients/1").await.says("Transfer its seat");
        // The same license may be revoked in earnest afterwards.
        revoke(&mut hal, 1).await;
        assert_eq!(told(&console).await[0].3, 1);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_rebuilt_license_database_begins_with_nothing_revoked(console) {
        let (server, _) = ten(&console, 2).await;
        let mut hal = console.help_desk().await;
        revoke(&mut hal, 1).await;
        run(&console, "update license_servers set epoch = 2").await;
        assert_eq!(told(&console).await, []);
        console.stock().key_pack(server).of(40).await;
        run(&console, "update key_packs set epoch = 2 where quantity = 40").await;
        assert_eq!(told(&console).await, [line("2019", [40, 8, 0, 8], "")]);
        hal.get("/reports/revocation-budget").await.is(200).says("No revoked license counts now");
    }

    async fn a_client_is_told_whether_to_revoke_to_wait_or_to_call(console) {
        ten(&console, 4).await;
        let mut hal = console.help_desk().await;
        let page = hal.get("/clients/1/ways").await;
        page.is(200).says("Revoke it: it costs no call").says("2 may be revoked and 0 are: this one is free").says("It expires on 1 Oct 2026").says("only if the old computer stays off").says("The seat may move. Microsoft reissues it");
        hal.get("/clients/1").await.is(200).says("/clients/1/ways");
        // No budget: the day on which the next slot frees, here that of its own end.
        revoke(&mut hal, 1).await;
        revoke(&mut hal, 2).await;
        hal.get("/clients/1/ways").await.says("It was revoked on 2026-08-21 by Sam of the server team").says("Nothing: it is revoked.");
        let page = hal.get("/clients/3/ways").await;
        page.is(200).says("The next slot frees on 1 Oct 2026").says("on 1 Oct 2026.").says_nothing_of("it costs no call");
        // A queued transfer says its last safe day.
        hal.post("/licenses/3/transfer", &[("destination", "PC-0200"), ("new_client", "yes"), ("reason", "permanent")]).await.is(303);
        let pool = console.stock().key_pack(1).unlimited().origin("temporary").await;
        let now = console.app.now();
        let fresh = console.count("select id from clients where name = 'PC-0200'").await;
        console.stock().license(pool, fresh).status(1).issued(now.plus_days(-70)).expires(now.plus_days(20)).await;
        let deadlines = console.program(Role::Auditor).await.get("/api/v1/deadlines").await.json();
        let by = deadlines["items"][0]["call_by"].as_str().unwrap().to_owned();
        let day = Moment::of_day(&by).unwrap().day_words(&jiff::tz::TimeZone::UTC);
        let page = hal.get("/clients/3/ways").await;
        page.is(200).says(&format!("T-1 is queued. The last safe day to call is {day}.")).says("Call: the last safe day comes before 1 Oct 2026.");
        // A pool's license, and one that was issued before Service Pack 3.
        hal.get(&format!("/clients/{fresh}/ways")).await.is(200).says("A temporary license cannot be revoked").says("A temporary license is no seat");
        run(&console, "update licenses set expires_at = 253402300799 where id = 4").await;
        hal.get("/clients/4/ways").await.is(200).says("It never expires").says("Revoke it: on 1 Oct 2026.");
        console.auditor().await.get("/clients/4/ways").await.is(200).says_nothing_of("Record a revocation");
    }

    async fn a_program_records_a_revoke_and_takes_it_back(console) {
        ten(&console, 2).await;
        let program = console.program(Role::HelpDesk).await;
        let path = "/api/v1/licenses/1/revocations";
        assert_eq!(program.get(path).await.json(), json!({"license": 1, "shown_by_server": false, "refusals": [], "recorded": []}));
        let new = json!({"revoked_on": "2026-08-21", "revoked_by": "Sam", "reason": "Scrapped"});
        for key in ["k1", "k1"] {
            let made = program.post_as(key, path, &new).await;
            made.is(201);
            let one = made.json()["recorded"][0].clone();
            assert_eq!((&one["id"], &one["revoked_by"], &one["counts_until"]), (&json!(1), &json!("Sam"), &json!("2026-10-01")));
        }
        assert_eq!(told(&console).await, [line("2019", [10, 2, 1, 1], "2026-10-01")]);
        let again = program.post(path, &new).await;
        again.is(422);
        assert!(again.text.contains("This revocation is recorded already"), "{}", again.text);
        program.post("/api/v1/revocations/1/taking-back", &json!({})).await.is(422);
        let back = program.post("/api/v1/revocations/1/taking-back", &json!({"reason": "Another one"})).await;
        back.is(201);
        assert_eq!(back.json()["recorded"][0]["taken_back_reason"], "Another one");
        assert_eq!(told(&console).await, [line("2019", [10, 2, 0, 2], "")]);
        program.post("/api/v1/revocations/9/taking-back", &json!({"reason": "x"})).await.is(404);
    }
}

#[tokio::test]
async fn the_budget_never_reads_every_license() {
    let console = Console::on_sqlite().await;
    ten(&console, 3).await;
    let now = console.app.now();
    for server in [None, Some(LicenseServerId(1))] {
        let plan = store::slots(console.db(), server, now).plan().await.unwrap();
        assert!(plan.contains("licenses_revoked") && plan.contains("revocations_expires"), "{plan}");
        assert!(!plan.lines().any(|line| line.contains("SCAN l") || line.contains("SCAN r")), "{plan}");
    }
}
