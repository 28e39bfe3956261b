//! Transfers: one seat moves once, from one computer to another of the same company.

use reseat::ids::LicenseId;
use reseat::transfers::form::NewTransfer;
use reseat::transfers::store;
use reseat::users::user::Role;
use reseat::{change, web::error::Error};

use crate::on_both;
use crate::support::Console;

/// A bought pack, a license of it on PC-0117, and the computer PC-0200 that is to take the seat.
pub async fn two_computers(console: &Console) -> (i64, i64) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let pack = stock.key_pack(server).of(10).await;
    let (source, destination) = (stock.client("PC-0117").await, stock.client("PC-0200").await);
    (stock.license(pack, source).await, destination)
}

/// A purchase under a transfer policy, for the only pack.
async fn bought(console: &Console, policy: &str) {
    let fields = [
        ("company", "1"),
        ("program", "other"),
        ("agreement_number", "X-1"),
        ("product_version", "2019"),
        ("license_type", "per_device"),
        ("quantity", "10"),
        ("transfer_policy", policy),
    ];
    let mut ada = console.admin().await;
    ada.post("/agreements", &fields).await.is(303);
    let seen = ada.get("/key-packs/1/edit").await.seen();
    let fields =
        [("origin", "original"), ("state", "installed"), ("agreement", "1"), ("seen", &seen), ("reason", "Bought so")];
    ada.post("/key-packs/1", &fields).await.is(303);
}

const MOVE: [(&str, &str); 2] = [("destination", "PC-0200"), ("reason", "permanent")];

on_both! {
    async fn the_help_desk_asks_whether_a_seat_may_move_and_queues_it(console) {
        let (license, _) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        let page = format!("/licenses/{license}");
        hal.get(&page).await.is(200).says(&format!("{page}/transfer")).says("Transfer this seat");
        let form = format!("{page}/transfer");
        hal.get(&form).await.is(200).says("Transfer seat S-1").says_nothing_of("May it move to");
        hal.get(&form).await.says("Is a call needed?").says("/clients/1/ways").says("licenses of this version and type are free");
        let answer = hal.get(&format!("{form}?destination=pc-0200&reason=permanent")).await;
        answer.is(200).says("May it move to pc-0200?").says("It may move").says("Is a call needed?").says_nothing_of("Ask your own people");
        // Whoever asks need not know yet what they will say of it.
        hal.get(&format!("{form}?destination=pc-0200")).await.says("It may move").says_nothing_of("to mend");
        assert_eq!(console.count("select count(*) from transfers").await, 0);
        let queued = hal.post_and_follow(&form, &MOVE).await;
        queued.is(200).says("T-1 is queued.").says("Seat S-1 from").says("Permanent transfer to another client computer").says("Transfer queued");
        console.auditor().await.get("/transfers").await.is(200).says("T-1").says("PC-0117").says("PC-0200").says(">1 transfer<");
        console.auditor().await.get("/transfers.csv").await.is(200).says("T-1,S-1,PC-0117,PC-0200");
        let found = hal.get("/search?find=T-1").await;
        assert_eq!(found.is(303).headers["location"], "/transfers/1");
        for client in ["1", "2"] {
            hal.get(&format!("/clients/{client}")).await.says("Transfer queued").says("T-1");
            hal.get(&format!("/transfers?client={client}")).await.says(">1 transfer<");
        }
        for (filter, count) in [("state=open", ">1 transfer<"), ("state=queued&server=1", ">1 transfer<"), ("state=granted", "No transfer fits"), ("client=99", "No transfer fits")] {
            hal.get(&format!("/transfers?{filter}")).await.says(count);
        }
        console.auditor().await.get("/transfers/1").await.is(200).says_nothing_of("Cancel the transfer");
    }

    async fn from_the_new_computers_page_the_seat_of_the_one_that_it_replaces_is_found(console) {
        let (license, _) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        let found = hal.get("/clients/2/replaces?old=pc-0117").await;
        assert_eq!(found.is(303).headers["location"], format!("/licenses/{license}/transfer?destination=2"));
        hal.get(&format!("/licenses/{license}/transfer?destination=2")).await.is(200).says("It may move");
        for (old, says) in [
            ("", "Type the computer that this one replaces."),
            ("2", "Type the computer that this one replaces."),
            ("PC-9999", "No client of this company is named PC-9999. Mend the name."),
        ] {
            hal.get(&format!("/clients/2/replaces?old={old}")).await.is(200).says(says);
        }
        hal.get("/clients/1/replaces?old=PC-0200").await.is(200).says("PC-0200 has no seat that can move.");
        hal.post(&format!("/licenses/{license}/transfer"), &MOVE).await.is(303);
        hal.get("/clients/2/replaces?old=pc-0117").await.is(200).says("PC-0117 has no seat that can move.");
    }

    async fn lists_offer_the_seats_that_may_move_and_say_which_have_moved(console) {
        let (license, _) = two_computers(&console).await;
        let to = format!("/licenses/{license}/transfer");
        let mut hal = console.help_desk().await;
        for list in ["/licenses", "/clients/1"] {
            hal.get(list).await.is(200).says(&to).says("S-1");
            console.auditor().await.get(list).await.is(200).says("S-1").says_nothing_of(&to);
        }
        hal.post(&to, &MOVE).await.is(303);
        hal.post("/transfers/1/completion", &[("reason", "It works")]).await.is(303);
        for list in ["/licenses", "/clients/1"] {
            hal.get(list).await.is(200).says("moved").says_nothing_of(&to);
        }
    }

    async fn a_refused_transfer_says_why_keeps_what_was_typed_and_changes_nothing(console) {
        let (license, _) = two_computers(&console).await;
        let stock = console.stock();
        let temporary = stock.license(1, 1).status(1).await;
        let pool = stock.key_pack(1).origin("built_in").unlimited().await;
        let built_in = stock.license(pool, 1).await;
        stock.client("PC-ELSEWHERE").company("Fabrikam").await;
        let mut hal = console.help_desk().await;
        for (license, other, says) in [
            (license, ("destination", ""), "Type the name or number"),
            (license, ("destination", "PC-0117"), "PC-0117 holds this license already"),
            (license, ("destination", "PC-0999"), "No client of this company is named PC-0999"),
            (license, ("destination", "PC-ELSEWHERE"), "A seat moves only within one company"),
            (license, ("reason", "because"), "Choose why the seat moves"),
            (temporary, ("reason", "permanent"), "A temporary license is no seat"),
            (built_in, ("reason", "permanent"), "a pool that nobody bought"),
        ] {
            let fields: Vec<_> = MOVE.iter().filter(|(name, _)| *name != other.0).copied().chain([other, ("note", "kept words")]).collect();
            hal.post(&format!("/licenses/{license}/transfer"), &fields).await.is(422).says(says).says("kept words");
        }
        assert_eq!(console.count("select count(*) from transfers").await, 0);
        // A new client may be named in the same breath.
        let fields = [("destination", "PC-0999"), ("new_client", "yes"), ("reason", "hardware_failed")];
        hal.get(&format!("/licenses/{license}/transfer?destination=PC-0999&new_client=yes&reason=lost")).await.says("It may move");
        hal.post(&format!("/licenses/{license}/transfer"), &fields).await.is(303);
        assert_eq!(console.count("select count(*) from clients where name = 'PC-0999' and entered_by_hand = 1").await, 1);
    }

    async fn a_client_that_needs_no_license_gets_no_seat(console) {
        let (license, destination) = two_computers(&console).await;
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update key_packs set version = '2000' where id = 1").execute().await.unwrap();
        tx.sql("update clients set os_family_id = 2 where id = $1").bind(destination).execute().await.unwrap();
        tx.commit().await.unwrap();
        let page = format!("/licenses/{license}/transfer");
        let mut hal = console.help_desk().await;
        hal.post(&page, &MOVE).await.is(422).says("PC-0200 needs no license on a Windows 2000 terminal server: Windows XP Professional");
        // Another system needs one, on that very host.
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update clients set os_family_id = 3 where id = $1").bind(destination).execute().await.unwrap();
        tx.commit().await.unwrap();
        hal.post(&page, &MOVE).await.is(303);
    }

    async fn a_seat_moves_once_and_the_second_try_says_when_it_moved(console) {
        let (license, destination) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        let form = format!("/licenses/{license}/transfer");
        hal.post(&form, &MOVE).await.is(303);
        hal.post(&form, &MOVE).await.is(422).says("This seat is on its way to PC-0200 already (T-1, queued since");
        let theirs = console.stock().license(1, destination).await;
        let fields = [("license", theirs.to_string()), ("reason", "Seen in the licensing tool".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        hal.get("/transfers/1").await.says(&format!("License {theirs} of Keypack ID 2"));
        hal.post("/transfers/1/completion", &[("license", fields[0].1)]).await.is(422).says("Say how it is known");
        hal.post("/transfers/1/completion", &[("license", "1"), ("reason", "x")]).await.is(422).says("Choose a full license");
        let done = hal.post_and_follow("/transfers/1/completion", &fields).await;
        done.is(200).says("T-1 is completed.").says("Seen in the licensing tool");
        hal.post("/transfers/1/completion", &fields).await.is(422).says("is completed already");
        hal.post("/transfers/1/cancellation", &[("reason", "x")]).await.is(422).says("can no longer be cancelled");
        for (text, count) in [
            ("select count(*) from licenses where id = 1 and transferred_at is not null", 1),
            ("select count(*) from licenses where seat_id = 1 and predecessor_id = 1 and transferred_at is null", 1),
        ] {
            assert_eq!(console.count(text).await, count, "{text}");
        }
        hal.get("/licenses/1").await.says("transferred").says("S-1").says_nothing_of("Transfer this seat");
        // The license that took the seat over carries its one move on.
        console.stock().client("PC-0300").await;
        let second = format!("/licenses/{theirs}/transfer");
        let again = [("destination", "PC-0300"), ("reason", "hardware_failed")];
        hal.get(&second).await.says("Transfer seat S-1");
        hal.post(&second, &again).await.is(422).says("This seat moved to PC-0200 on").says("An admin can let it move still");
        hal.post(&form, &again).await.is(422).says("was transferred already");
        let mut ada = console.admin().await;
        ada.post(&second, &again).await.is(422).says("To let it move still, say why.").says("Let it move against the rule, because");
        let with_reason = [again[0], again[1], ("override_reason", "Agreed with Microsoft by letter")];
        hal.post(&second, &with_reason).await.is(422).says("An admin can let it move still");
        ada.post_and_follow(&second, &with_reason).await.is(200).says("T-2 is queued.").says("Override").says("Agreed with Microsoft by letter");
        hal.get("/transfers/2").await.says("Other moves of this seat").says("T-1");
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn one_license_takes_one_seat_over(console) {
        let (first, destination) = two_computers(&console).await;
        let stock = console.stock();
        let other = stock.client("PC-0118").await;
        let second = stock.license(1, other).await;
        let theirs = stock.license(1, destination).await.to_string();
        let mut hal = console.help_desk().await;
        for license in [first, second] {
            hal.post(&format!("/licenses/{license}/transfer"), &MOVE).await.is(303);
        }
        let done = [("license", theirs.as_str()), ("reason", "Seen")];
        hal.post("/transfers/1/completion", &done).await.is(303);
        hal.post("/transfers/2/completion", &done).await.is(422).says("stands for no other seat");
        // A license whose own seat is on its way takes no other.
        let own = stock.license(1, destination).await;
        stock.client("PC-0300").await;
        hal.post(&format!("/licenses/{own}/transfer"), &[("destination", "PC-0300"), ("reason", "lost")]).await.is(303);
        let done = [("license", own.to_string()), ("reason", "Seen".to_owned())];
        let done: Vec<(&str, &str)> = done.iter().map(|(name, value)| (*name, value.as_str())).collect();
        hal.post("/transfers/2/completion", &done).await.is(422).says("stands for no other seat");
        hal.post("/transfers/2/completion", &[("reason", "No export")]).await.is(303);
    }

    async fn the_agreement_says_when_a_seat_may_move_again(console) {
        let (license, destination) = two_computers(&console).await;
        bought(&console, "ninety_day").await;
        let theirs = console.stock().license(1, destination).await;
        console.stock().client("PC-0300").await;
        let mut hal = console.help_desk().await;
        hal.post(&format!("/licenses/{license}/transfer"), &MOVE).await.is(303);
        hal.post("/transfers/1/completion", &[("license", &theirs.to_string()), ("reason", "Seen")]).await.is(303);
        let form = format!("/licenses/{theirs}/transfer");
        let again = [("destination", "PC-0300"), ("reason", "permanent")];
        hal.post(&form, &again).await.is(422).says("lets it move again from");
        hal.get(&format!("{form}?destination=PC-0300&reason=hardware_failed")).await.says("It may move");
        console.pass(91 * 86_400);
        console.help_desk().await.post(&form, &again).await.is(303);
    }

    async fn a_cancelled_transfer_gives_the_seat_its_move_back(console) {
        let (license, _) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        let form = format!("/licenses/{license}/transfer");
        hal.post(&form, &MOVE).await.is(303);
        hal.post("/transfers/1/cancellation", &[("reason", "")]).await.is(422).says("Say why it is cancelled");
        hal.post_and_follow("/transfers/1/cancellation", &[("reason", "The old one was repaired")]).await.is(200).says("T-1 is cancelled.").says("The old one was repaired");
        hal.post(&form, &MOVE).await.is(303);
        assert_eq!(console.count("select move_number from transfers where id = 2").await, 1);
    }

    async fn of_fifty_who_move_one_seat_at_once_exactly_one_succeeds(console) {
        let (license, _) = two_computers(&console).await;
        let (db, now) = (console.db(), console.app.now());
        let new = NewTransfer { destination: "PC-0200".into(), reason: "permanent".into(), ..NewTransfer::default() };
        let tries = (0..50).map(|n| {
            let new = new.clone();
            async move {
                let name = format!("agent {n}");
                change!(db, &name, now, tx, { store::queue(tx, LicenseId(license), &new, Role::HelpDesk).await? })
            }
        });
        let ends: Vec<Result<_, Error>> = futures_util::future::join_all(tries).await;
        assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1);
        for end in ends {
            if let Err(error) = end {
                assert!(matches!(error, Error::Refused(_)), "{error:?}");
            }
        }
        assert_eq!(console.count("select count(*) from transfers").await, 1);
    }

    async fn the_database_itself_refuses_a_second_move(console) {
        let (license, destination) = two_computers(&console).await;
        let insert = "insert into transfers (seat_id, move_number, policy, license_id, source_id, destination_id, company_id, \
            server_id, version, license_type, reason, note, state, denied_at, completed_at, queued_at, queued_by) \
            values ($1, $2, 'one_time', $1, 1, $3, 1, 1, '2019', 'per_device', 'permanent', '', $4, $5, $6, 0, 'x')";
        for (number, state, taken) in [(1_i64, "completed", true), (1, "queued", false), (2, "queued", false), (1, "denied", true), (1, "granted", false)] {
            let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
            let done = tx.sql(insert).bind(license).bind(number).bind(destination).bind(state);
            let at = |of: &str| (state == of).then_some(1_i64);
            let done = done.bind(at("denied")).bind(at("completed")).execute().await;
            assert_eq!(done.is_ok(), taken, "{number} {state}");
            if done.is_ok() {
                tx.commit().await.unwrap();
            }
        }
    }

    async fn the_queue_says_by_when_to_call_and_who_depends_on_it(console) {
        let (license, destination) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        hal.get("/transfers/queue").await.is(200).says("Nothing waits");
        hal.post(&format!("/licenses/{license}/transfer"), &MOVE).await.is(303);
        hal.get("/transfers/queue").await.says("none yet").says("No deadline yet").says_nothing_of("<svg viewBox=\"0 0 900");
        // 22 August 2026: a temporary license that ends on 30 September, when the old one has long freed itself.
        let stock = console.stock();
        let now = console.app.now();
        stock.license(1, destination).status(1).issued(now.plus_days(-51)).expires(now.plus_days(39)).await;
        let mut tx = console.db().begin("the test", now).await.unwrap();
        tx.sql("update licenses set expires_at = $1 where id = $2").bind(now.plus_days(80)).bind(license).execute().await.unwrap();
        tx.commit().await.unwrap();
        let page = hal.get("/transfers/queue").await;
        page.is(200).says("Call by Mon 14 Sep 2026 (UTC), in 23 days: 1 client depends on it.").says("To ask for: 1.").says("<svg viewBox");
        hal.get("/transfers/1").await.says("<b>Call by Mon 14 Sep 2026 (UTC)</b>: PC-0200’s temporary license ends");
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "x")]).await.is(303);
        let seen = ada.get("/companies/1/edit").await.seen();
        ada.post("/companies/1", &[("name", "Contoso"), ("country", "Germany"), ("seen", &seen), ("reason", "x")]).await.is(303);
        ada.post("/calendars", &[("country", "Germany"), ("days", "14.9.2026")]).await.is(422).says("Line 1: write the day like").says("14.9.2026");
        ada.post_and_follow("/calendars", &[("country", "germany"), ("days", "2026-09-14 A day off")]).await.is(200).says("germany").says("2026-09-14");
        ada.post("/calendars", &[("country", "Germany"), ("days", "")]).await.is(422).says("has a calendar already");
        hal.get("/transfers/queue").await.says("Call by Fri 11 Sep 2026 (UTC), in 20 days");
        let seen = ada.get("/calendars/1/edit").await;
        seen.is(404);
        let seen = ada.get("/calendars/1").await.seen();
        ada.post("/calendars/1", &[("country", "Germany"), ("days", "2026-09-14 x"), ("seen", &seen)]).await.is(422).says("Say why");
        ada.post("/calendars/1", &[("country", "Germany"), ("days", "2026-12-25 x"), ("seen", &seen), ("reason", "Wrong year")]).await.is(303);
        hal.get("/transfers/queue").await.says("Call by Mon 14 Sep 2026");
        // An old license that runs out before that frees itself.
        let mut tx = console.db().begin("the test", now).await.unwrap();
        tx.sql("update licenses set expires_at = $1 where id = $2").bind(now.plus_days(10)).bind(license).execute().await.unwrap();
        tx.commit().await.unwrap();
        hal.get("/transfers/queue").await.says("licenses are free there: let the computers connect first");
        hal.get("/").await.says("licenses are free there: let the computers connect first");
        hal.get("/transfers/queue").await.says("Frees itself on Tue 1 Sep 2026: no call needed").says_nothing_of("To ask for");
        let waits = "1 transfer waits; no call is needed before Tue 1 Sep 2026 if PC-0117 stays off";
        for page in ["/transfers/queue", "/"] {
            hal.get(page).await.says(waits).says("data-count=\"1\"").says_nothing_of("deadline yet");
        }
        console.pass(60 * 86_400);
        let mut hal = console.help_desk().await;
        hal.get("/").await.says("its seat is free since Tue 1 Sep 2026 if PC-0117 stayed off");
        hal.get("/transfers/queue").await.says("Locked out").says("since Wed 30 Sep 2026");
    }
}

#[tokio::test]
async fn no_transfer_list_reads_every_transfer_or_sorts_what_it_reads() {
    use reseat::transfers::filter::{Asked, Filter};
    use reseat::transfers::read::{ORDERS, select};
    use reseat::web::slice::Window;
    let console = Console::on_sqlite().await;
    for (state, server) in [("", ""), ("queued", ""), ("", "1"), ("completed", "1")] {
        let filter = Filter::of(&Asked { state: state.into(), server: server.into(), ..Asked::default() });
        let plan = select(console.db(), &filter, &ORDERS[0], &Window::after_id(9, 50)).plan().await.unwrap();
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
    }
}
