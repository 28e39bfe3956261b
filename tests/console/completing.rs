//! What imports show of transfers: they complete, ask, let seats go on, and tell of old computers that are still alive.

use reseat::db::Tx;
use reseat::ids::{ImportId, TransferId};
use reseat::imports::import::State;
use reseat::imports::moved::select_ahead;
use reseat::moment::DAY;
use reseat::transfers::ending::cancel;
use reseat::transfers::{by_import, going_on, held, signs, steps};

use crate::bring::{L, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person};

/// A row that its server issued or renewed on a day.
fn of<'a>(row: L<'a>, issued: &'a str, expires: &'a str) -> L<'a> {
    L { issued, expires, ..row }
}

/// What the server shows: its pack of fifty (and another one, number 5), and who holds licenses.
async fn shows(console: &Console, rows: &[L<'_>]) {
    let bring = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 3), (5, 50, 0)]));
    bring.accepting_gone().file("issued.csv", licenses(rows)).apply().await;
}

/// PC-0117, PC-0118 and PC-0119 hold a license each, of which the first `many` are to go to the new PC-0200.
async fn queued(console: &Console, many: i64) -> Person {
    shows(console, &OLD).await;
    let mut hal = console.help_desk().await;
    for license in 1..=many {
        let fields = [("destination", "PC-0200"), ("new_client", "yes"), ("reason", "permanent")];
        hal.post(&format!("/licenses/{license}/transfer"), &fields).await.is(303);
    }
    hal
}

const A: L<'_> = L {
    id: 1,
    pack: 4,
    computer: "PC-0117",
    hardware_id: "aa01",
    user: "",
    status: 2,
    issued: "20260701",
    expires: "20261220",
};
const B: L<'_> = L { id: 2, computer: "PC-0118", hardware_id: "aa02", ..A };
const C: L<'_> = L { id: 3, computer: "PC-0119", hardware_id: "aa03", ..A };
const OLD: [L<'_>; 3] = [A, B, C];

/// The license of the new computer.
fn new(id: i64) -> L<'static> {
    L { id, pack: 5, computer: "PC-0200", hardware_id: "bb01", issued: "20260825", ..A }
}

async fn change(console: &Console) -> Tx {
    console.db().begin("the test", console.app.now()).await.unwrap()
}

/// Microsoft granted it, as a call would say.
async fn grant(console: &Console, id: i64) {
    let mut tx = change(console).await;
    let now = console.app.now();
    let text = "update transfers set state = 'granted', granted_at = $1 where id = $2";
    tx.sql(text).bind(now).bind(id).execute().await.unwrap();
    by_import::after_grant(&mut tx, TransferId(id)).await.unwrap();
    tx.commit().await.unwrap();
}

/// `T-1 completed with license 4`, of every transfer.
async fn stand(console: &Console) -> Vec<(String, Option<i64>, Option<i64>)> {
    let text = "select state, destination_license_id, seen_license_id from transfers order by id";
    console.db().sql(text).all().await.unwrap()
}

fn is(state: &str, with: Option<i64>, seen: Option<i64>) -> (String, Option<i64>, Option<i64>) {
    (state.to_owned(), with, seen)
}

async fn lines(console: &Console, action: &str) -> i64 {
    console.db().sql("select count(*) from history where action = $1").bind(action).scalar().await.unwrap()
}

on_both! {
    async fn before_an_import_is_applied_it_says_which_transfers_it_may_move_on(console) {
        queued(&console, 2).await;
        grant(&console, 1).await;
        console.pass(7 * DAY);
        let temporary = L { status: 1, ..new(1) };
        let bring = |rows: &[L<'_>]| {
            let bring = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 3), (5, 50, 0)]));
            bring.accepting_gone().file("issued.csv", licenses(rows))
        };
        let mut ada = console.admin().await;
        bring(&[A, B, C, temporary]).preview().await;
        ada.get("/imports/2").await.is(200).says("Waits for your decision").says_nothing_of("Transfers that it may move on");
        bring(&[A, B, C, new(1)]).preview().await;
        let says = ada.get("/imports/3").await;
        says.is(200).says("Transfers that it may move on: 2").says("so they may be completed").says("/transfers/1").says("The queue would ask").says("/transfers/2");
        // One that worked on a temporary license, and has a full one now.
        bring(&[A, B, C, temporary]).apply().await;
        ada.get("/imports/4").await.says_nothing_of("Transfers that it moved on");
        bring(&[A, B, C, new(1)]).preview().await;
        ada.get("/imports/5").await.says("Transfers that it may move on: 2");
        bring(&[A, B, C, new(1)]).apply().await;
        ada.get("/imports/6").await.says("Transfers that it moved on").says("/transfers/1");
        bring(&[A, B, L { expires: "20261230", ..C }, new(1)]).preview().await;
        ada.get("/imports/7").await.is(200).says_nothing_of("Transfers that it may move on");
    }

    async fn a_granted_transfer_completes_when_an_import_first_shows_the_license(console) {
        queued(&console, 1).await;
        grant(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1)]).await;
        assert_eq!(stand(&console).await, [is("completed", Some(4), None)]);
        let seat: (i64, i64) = console.db().sql("select seat_id, predecessor_id from licenses where id = 4").one().await.unwrap();
        assert_eq!(seat, (1, 1));
        assert_eq!(console.count("select count(*) from licenses where transferred_at is not null and id = 1").await, 1);
        let mut hal = console.help_desk().await;
        for page in ["/transfers/1", "/licenses/1", "/licenses/4", "/clients/1", "/clients/4"] {
            hal.get(page).await.is(200).says("Transfer completed").says("/imports/2");
        }
        hal.get("/imports/2").await.is(200).says("Transfers that it moved on").says("Completed, since").says("/transfers/1").says("PC-0117").says_nothing_of("a call is still needed");
        hal.get("/imports/1").await.is(200).says_nothing_of("Transfers that it moved on");
        // The same once more changes nothing.
        console.pass(DAY);
        let files = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 3), (5, 50, 0)]));
        let again = files.file("issued.csv", licenses(&[A, B, C, new(1)])).preview().await;
        assert_eq!(again.import().await.state, State::NothingToDo);
        shows(&console, &[A, B, C, new(1), L { id: 9, computer: "PC-0900", hardware_id: "cc", ..A }]).await;
        assert_eq!((lines(&console, "transfer completed").await, lines(&console, "sign of life").await), (1, 0));
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn what_the_destination_held_before_and_what_an_older_file_shows_completes_nothing(console) {
        queued(&console, 1).await;
        // A temporary one and an expired one are none; neither is one of another kind.
        let temporary = L { status: 1, ..new(1) };
        let expired = L { expires: "20260801", ..new(2) };
        shows(&console, &[A, B, C, temporary, expired]).await;
        grant(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, of(temporary, "20260826", "20261126"), expired]).await;
        assert_eq!(stand(&console).await, [is("granted", None, None)]);
        let bring = console.bring("LIC-01").captured("2026-08-01").file("issued.csv", licenses(&[new(7)]));
        bring.apply().await;
        assert_eq!(stand(&console).await, [is("granted", None, None)]);
        // The temporary one turns full.
        console.pass(DAY);
        shows(&console, &[A, B, C, of(new(1), "20260827", "20261126"), expired]).await;
        assert_eq!(stand(&console).await, [is("completed", Some(4), None)]);
        console.help_desk().await.get("/transfers/queue").await.is(200).says("Old computers, still to do").says_nothing_of("Prepare the call").says_nothing_of("aria-labelledby=\"awaited\"");
    }

    async fn one_license_completes_one_transfer_the_oldest_granted_first(console) {
        queued(&console, 3).await;
        grant(&console, 2).await;
        console.pass(DAY);
        grant(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1)]).await;
        assert_eq!(stand(&console).await, [is("granted", None, None), is("completed", Some(4), None), is("queued", None, None)]);
        console.pass(DAY);
        shows(&console, &[A, B, C, new(1), new(2), new(3)]).await;
        assert_eq!(stand(&console).await, [is("completed", Some(5), None), is("completed", Some(4), None), is("queued", None, Some(6))]);
        let page = console.auditor().await.get("/imports/3").await;
        page.is(200).says("Completed, since").says("/transfers/1").says("whether a call is still needed").says("/transfers/3").says_nothing_of("/transfers/2\"");
        assert_eq!(console.count("select count(*) from licenses where seat_id = id or (seat_id = predecessor_id)").await, 2);
    }

    async fn one_that_waits_leaves_the_queue_with_a_question_that_people_answer(console) {
        let mut hal = queued(&console, 2).await;
        hal.get("/transfers/queue").await.says("To ask for: 2.");
        hal.post("/transfers/1/call-need", &[("reason", "x")]).await.is(422).reads("Nothing is asked about T-1");
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1)]).await;
        let mut hal = console.help_desk().await;
        // Its state has not changed, so its history tells of no change of it.
        let line: (Option<String>,) = console.db().sql("select before from history where action = 'license seen on the destination'").one().await.unwrap();
        assert_eq!(line.0, None);
        let page = hal.get("/transfers/queue").await;
        page.is(200).says("It has a license: complete without a call?").says("License 4").says("Keypack ID 5").says("To ask for: 1.");
        hal.get("/transfers/1").await.says("It has a license").says("License seen on the destination");
        console.auditor().await.get("/transfers/queue").await.is(200).says("It has a license").says_nothing_of("Complete without a call");
        hal.post("/transfers/1/call-need", &[]).await.is(422).says("Say why it still needs a call");
        hal.post_and_follow("/transfers/1/call-need", &[("reason", "That license was bought for it")]).await.is(200).says("T-1 waits for a call again.").says("Call still needed").says("That license was bought for it");
        hal.get("/transfers/queue").await.says("To ask for: 2.").says_nothing_of("It has a license");
        // The same license asks no more; another one does.
        console.pass(DAY);
        shows(&console, &[A, B, C, of(new(1), "20260826", "20261221")]).await;
        assert_eq!(stand(&console).await, [is("queued", None, None), is("queued", None, None)]);
        console.pass(DAY);
        shows(&console, &[A, B, C, of(new(1), "20260826", "20261221"), new(2)]).await;
        assert_eq!(stand(&console).await, [is("queued", None, Some(5)), is("queued", None, None)]);
        let done = [("license", "5"), ("reason", "An import showed it")];
        console.help_desk().await.post_and_follow("/transfers/1/completion", &done).await.is(200).says("T-1 is completed.");
        assert_eq!(console.count("select seat_id from licenses where id = 5").await, 1);
    }

    async fn a_grant_after_the_import_completes_at_once(console) {
        queued(&console, 2).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1), new(2)]).await;
        assert_eq!(stand(&console).await, [is("queued", None, Some(4)), is("queued", None, Some(5))]);
        grant(&console, 1).await;
        assert_eq!(stand(&console).await[0], is("completed", Some(4), Some(4)));
        // A license that took another seat over meanwhile is asked about no more.
        let mut hal = console.help_desk().await;
        hal.post("/licenses/3/transfer", &[("destination", "PC-0200"), ("reason", "lost")]).await.is(303);
        hal.post("/transfers/3/completion", &[("license", "5"), ("reason", "Seen")]).await.is(303);
        grant(&console, 2).await;
        assert_eq!(stand(&console).await[1], is("granted", None, None));
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_call_that_grants_completes_what_an_import_had_shown(console) {
        queued(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1)]).await;
        let mut tx = change(&console).await;
        let held = held::hold_all(&mut tx, &[TransferId(1)]).await.unwrap();
        let pack = reseat::ids::KeyPackId(1);
        steps::grant(&mut tx, &held[0], pack, reseat::ids::CallId(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stand(&console).await, [is("completed", Some(4), Some(4))]);
        assert_eq!((lines(&console, "transfer granted").await, lines(&console, "transfer completed").await), (1, 1));
    }

    async fn a_transfer_that_was_cancelled_is_not_completed(console) {
        queued(&console, 1).await;
        let mut tx = change(&console).await;
        cancel(&mut tx, TransferId(1), "Repaired").await.unwrap();
        tx.commit().await.unwrap();
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, new(1)]).await;
        assert_eq!(stand(&console).await, [is("cancelled", None, None)]);
    }

    async fn a_seat_goes_on_to_the_next_license_of_its_client_and_two_at_once_are_two_seats(console) {
        shows(&console, &[A, of(B, "20260501", "20260801"), C]).await;
        console.pass(7 * DAY);
        // PC-0117's is gone, PC-0118's has expired, and PC-0119 has two at once.
        let later = [
            of(B, "20260501", "20260801"),
            C,
            L { id: 11, pack: 5, issued: "20260823", ..A },
            L { id: 12, pack: 5, issued: "20260823", ..B },
            L { id: 13, pack: 5, issued: "20260823", ..C },
            // A second new one of a client that had one before is a seat of its own.
            L { id: 14, pack: 5, issued: "20260824", ..A },
            L { id: 15, pack: 5, status: 1, issued: "20260824", ..A },
        ];
        shows(&console, &later).await;
        let on: Vec<(Option<i64>, Option<i64>, Option<i64>)> =
            console.db().sql("select license_number, seat_id, predecessor_id from licenses where id > 3 order by license_number").all().await.unwrap();
        let row = |number: i64, seat: Option<i64>| (Some(number), seat, seat);
        // Licenses are numbered in the order of their issue.
        assert_eq!(on, [row(11, Some(2)), row(12, Some(1)), row(13, None), row(14, None), row(15, None)]);
        console.auditor().await.get("/licenses/4").await.is(200).says("S-2");
        let told: (Option<String>,) = console.db().sql("select after from history where action = 'import applied' order by id desc").one().await.unwrap();
        assert!(told.0.unwrap().contains(r#""seats_gone_on":2"#));
        // And on: the seat is still the first license's.
        console.pass(7 * DAY);
        shows(&console, &[C, L { id: 21, pack: 4, issued: "20260830", ..A }, L { id: 13, pack: 5, issued: "20260823", ..C }]).await;
        let third: (i64, i64) = console.db().sql("select seat_id, predecessor_id from licenses where license_number = 21").one().await.unwrap();
        // The last one that PC-0117 had, which was the second new one.
        let last: i64 = console.count("select id from licenses where license_number = 14").await;
        assert_eq!(third, (last, last));
    }

    async fn a_seat_that_went_to_another_client_does_not_come_back(console) {
        let mut hal = queued(&console, 1).await;
        hal.post("/transfers/1/completion", &[("reason", "No export")]).await.is(303);
        console.pass(7 * DAY);
        shows(&console, &[B, C, L { id: 11, pack: 5, issued: "20260823", ..A }]).await;
        let row: (Option<i64>, Option<i64>) = console.db().sql("select seat_id, predecessor_id from licenses where license_number = 11").one().await.unwrap();
        assert_eq!(row, (None, None));
        console.help_desk().await.get("/transfers/queue").await.says("Took another license").says("PC-0117").says("Keypack ID 5");
    }

    async fn a_seat_that_had_gone_on_meanwhile_is_transferred_with_all_of_it(console) {
        queued(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[B, C, L { id: 11, pack: 5, issued: "20260823", ..A }]).await;
        grant(&console, 1).await;
        console.pass(7 * DAY);
        shows(&console, &[B, C, L { id: 11, pack: 5, issued: "20260823", ..A }, new(1)]).await;
        assert_eq!(stand(&console).await, [is("completed", Some(5), None)]);
        let here = "select count(*) from licenses where coalesce(seat_id, id) = 1 and transferred_at is null";
        assert_eq!(console.count(here).await, 1, "one license stands for the seat");
    }

    async fn a_renewal_or_a_new_license_of_an_old_computer_is_told_and_settled(console) {
        queued(&console, 2).await;
        grant(&console, 1).await;
        grant(&console, 2).await;
        console.pass(30 * DAY);
        // The old rows merely stand; another status and name are no sign.
        shows(&console, &[A, L { status: 3, ..B }, C]).await;
        assert_eq!(lines(&console, "sign of life").await, 0);
        // Renewed before the grant, which only this import shows: no sign either.
        console.pass(DAY);
        shows(&console, &[of(A, "20260815", "20261230"), L { status: 3, ..B }, C]).await;
        assert_eq!(lines(&console, "sign of life").await, 0);
        console.pass(DAY);
        shows(&console, &[of(A, "20260910", "20270101"), L { status: 3, ..B }, C, L { id: 8, pack: 5, status: 1, issued: "20260911", ..B }]).await;
        assert_eq!(lines(&console, "sign of life").await, 2);
        let mut hal = console.help_desk().await;
        hal.get("/transfers/queue").await.says("Old computers that showed a sign of life").says("Renewed its old license").says("Took a temporary license").says("Keypack ID 5");
        hal.get("/clients/1").await.says("Signs of life after its seat had gone").says("Renewed its old license").says_nothing_of("Took a temporary license");
        hal.get("/transfers/2").await.says("Signs of life of PC-0118").says("Took a temporary license");
        hal.get("/licenses/1").await.says("Sign of life");
        console.auditor().await.get("/transfers/queue").await.says("Nothing yet").says_nothing_of("/settlement");
        let first = console.count("select id from signs_of_life where kind = 'renewed'").await;
        let settlement = format!("/signs-of-life/{first}/settlement");
        hal.post(&settlement, &[("settlement", "")]).await.is(422).says("Say what was done about it");
        hal.post_and_follow(&settlement, &[("settlement", "Switched off and removed")]).await.is(200).says("Switched off and removed").says("Sign of life settled");
        hal.post(&settlement, &[("settlement", "Again")]).await.is(422).says("Hedda said already what was done about it").says_nothing_of("Again</textarea>");
        hal.get("/transfers/queue").await.says("Took a temporary license").says_nothing_of("Renewed its old license");
        // Longer valid without another issue date is a renewal too.
        console.pass(DAY);
        shows(&console, &[of(A, "20260910", "20270202"), L { status: 3, ..B }, C]).await;
        assert_eq!(lines(&console, "sign of life").await, 3);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn an_old_computer_that_takes_a_seat_by_a_later_transfer_is_no_finding(console) {
        let mut hal = queued(&console, 1).await;
        hal.post("/transfers/1/completion", &[("reason", "No export")]).await.is(303);
        hal.post("/licenses/2/transfer", &[("destination", "PC-0117"), ("reason", "permanent")]).await.is(303);
        grant(&console, 2).await;
        console.pass(7 * DAY);
        shows(&console, &[A, B, C, L { id: 11, pack: 5, issued: "20260826", ..A }]).await;
        assert_eq!(stand(&console).await[1], is("completed", Some(4), None));
        assert_eq!(lines(&console, "sign of life").await, 0);
    }

    async fn who_has_not_connected_since_the_installation_is_watched_the_most_urgent_first(console) {
        queued(&console, 1).await;
        let fields = [("destination", "PC-0201"), ("new_client", "yes"), ("reason", "permanent")];
        console.help_desk().await.post("/licenses/2/transfer", &fields).await.is(303);
        // PC-0201 works on a temporary license that ends first.
        let temporary = L { status: 1, issued: "20260801", expires: "20261030", ..new(1) };
        let urgent = L { id: 2, computer: "PC-0201", hardware_id: "bb02", expires: "20260905", ..temporary };
        shows(&console, &[A, B, C, temporary, urgent]).await;
        let mut ada = console.admin().await;
        let pack = [("license_server", "1"), ("product_version", "2022"), ("license_type", "per_device"), ("total", "2"), ("origin", "reissue"), ("state", "received")];
        ada.post("/key-packs", &pack).await.is(303);
        for id in [1, 2] {
            grant(&console, id).await;
        }
        let mut tx = change(&console).await;
        tx.sql("update transfers set key_pack_id = 3").execute().await.unwrap();
        tx.commit().await.unwrap();
        ada.get("/transfers/queue").await.is(200).says_nothing_of("Have not connected");
        console.pass(10 * DAY);
        // An import recognizes the pack, and so tells when it was installed at the latest.
        console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 3), (5, 50, 0), (6, 2, 0)])).file("issued.csv", licenses(&[A, B, C, temporary, urgent])).apply().await;
        let day: (String, String) = console.db().sql("select state, installed_on from key_packs where id = 3").one().await.unwrap();
        assert_eq!(day, ("installed".to_owned(), "2026-09-01".to_owned()));
        console.pass(3 * DAY);
        let page = console.help_desk().await.get("/transfers/queue").await;
        page.is(200).says("Have not connected since their key pack was installed").says(r#"<td class="n">1</td>"#).says(r#"<td class="n">3</td>"#);
        let (first, second) = (page.text.find(">PC-0201<").unwrap(), page.text.find(">PC-0200<").unwrap());
        assert!(first < second, "the most urgent first");
        console.pass(2 * DAY);
        console.help_desk().await.get("/transfers/queue").await.says("Locked out");
        // It connects, and is watched no more.
        shows(&console, &[A, B, C, temporary, L { id: 3, ..urgent }, L { id: 4, pack: 6, status: 2, issued: "20260904", expires: "20261104", ..urgent }]).await;
        let page = console.help_desk().await.get("/transfers/queue").await;
        let (watched, old) = page.text.split_once("aria-labelledby=\"old\"").unwrap();
        assert!(watched.contains(">PC-0200<") && !watched.contains(">PC-0201<") && old.contains(">PC-0201<"));
    }
}

#[tokio::test]
async fn what_an_import_shows_of_transfers_is_looked_up_from_the_few_transfers_on_sqlite() {
    let console = Console::on_sqlite().await;
    let mut tx = change(&console).await;
    let held = tx.sql(by_import::HELD).bind(1_i64).plan().await.unwrap();
    assert!(held.contains("transfers_state") && held.contains("licenses_client"), "{held}");
    let ahead = select_ahead(console.db(), ImportId(1), console.app.now()).plan().await.unwrap();
    for index in ["transfers_state", "import_clients_name", "licenses_client", "import_licenses_outcome"] {
        assert!(ahead.contains(index), "{index} is not used: {ahead}");
    }
    let fresh = tx.sql(signs::FRESH).bind(1_i64).bind(1_i64).plan().await.unwrap();
    assert!(fresh.contains("transfers_state") && fresh.contains("licenses_client"), "{fresh}");
    let carry = tx.sql(going_on::CARRY).bind(1_i64).bind(1_i64).bind(1_i64).plan().await.unwrap();
    assert!(carry.contains("SEARCH n USING INTEGER PRIMARY KEY (rowid>?)"), "{carry}");
    assert!(carry.contains("SEARCH o USING INDEX licenses_client (client_id=?)"), "{carry}");
    assert!(!carry.contains("SCAN n") && !carry.contains("SCAN o"), "{carry}");
}
