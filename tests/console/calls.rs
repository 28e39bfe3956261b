//! The call: requests, what is read out, what comes back, and the key packs that come of it.

use crate::on_both;
use crate::support::{Console, Person};

pub const ID: &str = "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";
const OTHER: &str = "CCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";

/// So many computers with a license each on LIC-01, the last `n` of their seats queued to go to new ones.
pub async fn queued(console: &Console, n: usize) -> Person {
    let stock = console.stock();
    let server = stock.server("LIC-01").id("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
    let pack = stock.key_pack(server).of(100).await;
    let mut hal = console.help_desk().await;
    for number in 1..=n {
        let old = stock.client(&format!("PC-OLD-{number:02}")).await;
        let license = stock.license(pack, old).await;
        let to = format!("PC-NEW-{number:02}");
        let form = [("destination", to.as_str()), ("new_client", "yes"), ("reason", "permanent")];
        hal.post(&format!("/licenses/{license}/transfer"), &form).await.is(303);
    }
    hal
}

/// The same in a request.
pub async fn requested(console: &Console, n: usize) -> Person {
    let mut hal = queued(console, n).await;
    let numbers: Vec<String> = (1..=n).map(|number| number.to_string()).collect();
    let form: Vec<(&str, &str)> = numbers.iter().map(|number| ("transfers", number.as_str())).collect();
    hal.post("/reissues", &form).await.is(303);
    hal
}

/// The same with a call about it that has begun.
pub async fn calling(console: &Console, n: usize) -> Person {
    let mut hal = requested(console, n).await;
    hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
    hal
}

pub const ALL_OF_TWO: [(&str, &str); 3] = [("outcome", "completed"), ("granted-1", "2"), ("id-1-0", ID)];

on_both! {
    async fn a_request_is_made_of_what_one_call_can_ask_for(console) {
        let mut hal = queued(&console, 3).await;
        hal.get("/transfers/queue").await.is(200).says("Prepare the call");
        let request = hal.post_and_follow("/reissues", &[("transfers", "1"), ("transfers", "T-2")]).await;
        request.is(200).says("R-1 is open.").says("2 × Windows Server 2019").says("PC-OLD-01").says("PC-NEW-02").says("Request opened");
        hal.get("/transfers/1").await.says("Requested").says("R-1");
        let again = hal.post("/reissues", &[("transfers", "2"), ("transfers", "3"), ("transfers", "9")]).await;
        again.is(422).says("T-2 is asked for by R-1 already").says("There is no transfer T-9");
        assert_eq!(console.count("select count(*) from reissues").await, 1);
        console.auditor().await.get("/reissues").await.is(200).says("R-1").says(">1 request<").says_nothing_of("Request without a transfer");
        console.auditor().await.get("/reissues?state=granted").await.says("No request fits this");
        console.auditor().await.get("/reissues.csv").await.is(200).says("R-1,Open,Windows Server 2019");
        assert_eq!(hal.get("/search?find=R-1").await.is(303).headers["location"], "/reissues/1");
        assert_eq!(hal.get("/search?find=K-1").await.is(303).headers["location"], "/key-packs/1");
    }

    async fn transfers_of_two_servers_are_two_requests(console) {
        let mut hal = queued(&console, 1).await;
        let stock = console.stock();
        let server = stock.server("LIC-02").await;
        let pack = stock.key_pack(server).await;
        let old = stock.client("PC-X").await;
        let license = stock.license(pack, old).await;
        hal.post(&format!("/licenses/{license}/transfer"), &[("destination", "PC-NEW-01"), ("reason", "lost")]).await.is(303);
        hal.post("/reissues", &[("transfers", "1"), ("transfers", "2")]).await.is(422).says("T-2 are of others than T-1");
    }

    async fn a_withdrawn_request_puts_its_transfers_back_into_the_queue(console) {
        let mut hal = requested(&console, 2).await;
        hal.post("/reissues/1/withdrawal", &[("reason", "")]).await.is(422).says("Say why");
        hal.post_and_follow("/reissues/1/withdrawal", &[("reason", "The papers are missing")]).await.is(200).says("Withdrawn");
        hal.post("/reissues/1/withdrawal", &[("reason", "again")]).await.is(422).reads("R-1 is withdrawn already");
        assert_eq!(console.count("select count(*) from transfers where state = 'queued' and reissue_id is null").await, 2);
        hal.post("/reissues", &[("transfers", "1"), ("transfers", "2")]).await.is(303);
    }

    async fn the_call_sheet_has_what_is_read_out(console) {
        let mut hal = requested(&console, 2).await;
        let sheet = hal.get("/reissues/1/sheet").await;
        sheet.is(200).says("ABCDE").says("Alfa Bravo Charlie Delta Echo").says("PC-OLD-01").says("PC-NEW-02").says("What comes back");
        sheet.says("Contoso").says("Permanent transfer to another client computer").says("2 × Windows Server 2019");
        console.auditor().await.get("/reissues/1/sheet").await.is(404);
    }

    async fn a_call_begins_from_its_sheet(console) {
        let mut hal = requested(&console, 1).await;
        hal.get("/reissues/1/sheet").await.says("Start the call").says("Log a past call").says("data-print");
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        let mut ada = console.admin().await;
        ada.get("/reissues/1/sheet").await.says("Hedda is calling: open the call").says_nothing_of("Start the call");
        let second = ada.post("/calls", &[("requests", "1"), ("live", "yes")]).await;
        second.is(422).says("Hedda is on the telephone about R-1 (call 1).").says("<a href=\"/calls/1\">call 1</a>");
        ada.get("/reissues/1/sheet").await.says("Record it, or its country");
        ada.get("/call-numbers/new?company=1&country=South%20Korea").await.is(200).says("value=\"South Korea\"");
    }

    async fn a_call_begun_by_mistake_is_closed_at_once_unless_something_was_written(console) {
        let mut hal = calling(&console, 1).await;
        hal.get("/calls/1").await.says("Begun by mistake");
        hal.post_and_follow("/calls/1/mistake", &[]).await.is(200).says("The call is closed: it was begun by mistake.").says("Begun by mistake: nobody was called.").says("Closed").says("Go on with R-1").says_nothing_of("Call again");
        assert_eq!(console.count("select count(*) from calls where outcome = 'dropped' and closed_at is not null").await, 1);
        hal.post("/calls/1/mistake", &[]).await.is(422).says("Hedda has ended call 1 already");
        // The request is asked for still, and the next call about it may begin.
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        hal.post("/calls/2/draft", &[("representative", "Ann"), ("base", "{}")]).await.is(200).says_nothing_of("Begun by mistake");
        hal.post("/calls/2/mistake", &[]).await.is(422).says("Something was written into this call already").says("value=\"Ann\"");
        hal.post("/calls/2/draft", &[("base", "{\"representative\":\"Ann\"}")]).await.is(200);
        hal.post("/calls/2/notes", &[("kind", "hold"), ("said", ""), ("base", "{}")]).await.is(303);
        hal.post("/calls/2/mistake", &[]).await.is(422).says("Something was written into this call already");
        console.admin().await.post("/calls/2/mistake", &[]).await.is(422).says("Hedda is on the telephone. Take the call over first, if nobody is.");
        // The call that such a one follows stays as it was.
        hal.post("/calls/2/ending", &[("outcome", "dropped"), ("base", "{}")]).await.is(303);
        hal.post("/calls", &[("requests", "1"), ("live", "yes"), ("follows", "2")]).await.is(303);
        let mut ada = console.admin().await;
        ada.post("/calls/3/takeover", &[]).await.is(303);
        ada.post("/calls/3/mistake", &[]).await.is(303);
        hal.get("/calls/2").await.says("Call again");
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        assert_eq!(console.count("select count(*) from calls where ended_at is null").await, 1);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn what_is_typed_in_a_call_is_kept_and_seen_by_others(console) {
        let mut hal = calling(&console, 2).await;
        hal.get("/calls/1").await.is(200).says("Live").says("Read out").says("Hedda calls since");
        let typed = [("representative", "Ann"), ("id-1-0", "bcdfg"), ("id-1-0", "h0"), ("base", "{}")];
        let kept = hal.post("/calls/1/draft", &typed).await;
        kept.is(200).says("BCDFG").says("Bravo Charlie Delta Foxtrot Golf").says("7 of 35 characters").says("seldom have 0").says("kept");
        let mut ada = console.admin().await;
        ada.get("/calls/1").await.says("value=\"Ann\"").says("Take the call over");
        // Ada writes into another field at the same time: she saw nothing of Ann.
        ada.post("/calls/1/draft", &[("case_reference", "C-77"), ("base", "{}")]).await.is(200).says("value=\"Ann\"").says("C-77");
        ada.post("/calls/1/draft", &[("representative", "Anne"), ("base", "{}")]).await.is(200).says("Somebody else wrote “Ann”").says("value=\"Anne\"");
        hal.post("/calls/1/notes", &[("kind", "hold"), ("said", ""), ("base", "{}")]).await.is(303);
        ada.post("/calls/1/notes", &[("kind", "note"), ("said", "They want the papers"), ("base", "{}")]).await.is(303);
        ada.post("/calls/1/notes", &[("kind", "note"), ("said", " "), ("base", "{}")]).await.is(422).says("Type the note first");
        hal.get("/calls/1").await.says("On hold").says("They want the papers").says("C-77");
        ada.post_and_follow("/calls/1/takeover", &[]).await.says("Ada calls since").says("Took the call over");
        console.auditor().await.get("/calls/1").await.is(200).says("Live").says_nothing_of("Read out").says_nothing_of("value=\"Anne\"");
    }

    async fn a_call_grants_a_key_pack_and_its_transfers(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &[("granted-1", "2"), ("id-1-0", ID)]).await.is(422).says("A call does not end without an outcome").says("BCDFG");
        hal.post("/calls/1/ending", &[("outcome", "partial"), ("granted-1", "2"), ("id-1-0", ID)]).await.is(422).says("Everything was granted");
        let ended = hal.post_and_follow("/calls/1/ending", &ALL_OF_TWO).await;
        ended.is(200).says("Completed").says("Closed").says("2 licenses for").says("…-JKMPQ").says_nothing_of(&ID.replace('-', ""));
        assert_eq!(console.count("select count(*) from transfers where state = 'granted' and key_pack_id = 2").await, 2);
        assert_eq!(console.count("select count(*) from key_packs where id = 2 and state = 'received' and origin = 'reissue' and quantity = 2 and agreement_id is null and entered_by_hand = 1").await, 1);
        hal.get("/reissues/1").await.says("Granted").says("Record the installation").says("call 1");
        hal.get("/key-packs/2").await.says("Granted for").says("R-1").says("call 1").says("Received");
        hal.get("/transfers/1").await.says("Reissued key pack").says("call 1").says("Transfer granted").says("<ins><a href=\"/key-packs/2\">K-2</a></ins>");
        let late = hal.post("/calls/1/ending", &[("outcome", "denied"), ("note", "mine")]).await;
        late.is(422).says("Hedda has ended call 1 already").says("mine");
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
        assert_eq!(console.count("select count(*) from calls where draft <> ''").await, 0);
    }

    async fn a_partial_grant_goes_to_the_nearest_last_safe_day_unless_others_are_ticked(console) {
        let mut hal = calling(&console, 4).await;
        let stock = console.stock();
        let pool = stock.key_pack(1).origin("temporary").unlimited().await;
        let now = console.app.now();
        // PC-NEW-03 got its temporary license first, PC-NEW-01 next, the others have none.
        for (client, days) in [("PC-NEW-03", -60), ("PC-NEW-01", -30)] {
            let client = console.client_named(client).await;
            stock.license(pool, client).status(1).issued(now.plus_days(days)).expires(now.plus_days(days + 90)).await;
        }
        let part = [("outcome", "partial"), ("granted-1", "2"), ("id-1-0", ID), ("take-1", "4")];
        hal.post("/calls/1/ending", &part).await.is(303);
        assert_eq!(granted(&console).await, [3, 4]);
        hal.get("/reissues/1").await.says("Partly granted").says("2 still asked for");
        hal.post("/calls", &[("requests", "1"), ("live", "yes"), ("follows", "1")]).await.is(303);
        let too_much = [("outcome", "completed"), ("granted-1", "3"), ("id-1-0", OTHER)];
        hal.post("/calls/2/ending", &too_much).await.is(422).says("R-1 still asks for 2, and 3 are granted");
        let twice = [("outcome", "completed"), ("granted-1", "2"), ("id-1-0", ID)];
        hal.post("/calls/2/ending", &twice).await.is(422).says("in the register already: key pack K-3 on LIC-01");
        let sure = [("outcome", "completed"), ("granted-1", "3"), ("id-1-0", OTHER), ("more-1", "yes")];
        hal.post("/calls/2/ending", &sure).await.is(303);
        assert_eq!(granted(&console).await, [1, 2, 3, 4]);
        assert_eq!(console.count("select quantity from key_packs where reissue_id = 1 order by id desc limit 1").await, 3);
    }

    async fn one_id_takes_all_that_was_asked_for_where_all_was_granted_and_is_to_be_installed_next(console) {
        let mut hal = calling(&console, 1).await;
        hal.get("/calls/1").await.is(200).says_nothing_of("Another license key pack ID");
        hal.post("/calls/1/draft", &[("id-1-0", &ID[..5]), ("base", "{}")]).await.is(200).says("Another license key pack ID");
        hal.post("/calls/1/ending", &[("outcome", "partial"), ("id-1-0", ID)]).await.is(422).says("Type how many licenses were granted.");
        let ended = hal.post_and_follow("/calls/1/ending", &[("outcome", "completed"), ("id-1-0", ID)]).await;
        let next = "<a class=\"button main\" href=\"/key-packs/2/installation\"><span>Record the installation</span></a>";
        ended.is(200).says("1 license for").says(next);
        hal.post("/key-packs/2/installation", &[("keypack_id", "7"), ("installed_on", "2026-08-21")]).await.is(303);
        hal.get("/calls/1").await.is(200).says_nothing_of("Record the installation");
        console.auditor().await.get("/calls/1").await.is(200).says_nothing_of("Record the installation");
    }

    async fn a_new_call_offers_the_requests_that_are_open(console) {
        let mut hal = requested(&console, 2).await;
        let page = hal.get("/calls/new").await;
        page.is(200).says("Open requests").says("href=\"/calls/new?request=1\"").says("2 licenses of Windows Server 2019").says("About the license server alone");
        hal.get("/calls/new?server=1").await.is(200).says("Open requests");
        hal.get("/calls/new?server=9").await.is(200).says_nothing_of("Open requests");
        hal.get("/calls/new?request=1").await.is(200).says_nothing_of("Open requests");
        hal.post("/reissues/1/withdrawal", &[("reason", "The papers are missing")]).await.is(303);
        hal.get("/calls/new").await.is(200).says_nothing_of("Open requests");
    }

    async fn several_ids_are_several_key_packs(console) {
        let mut hal = calling(&console, 3).await;
        let form = [("outcome", "completed"), ("granted-1", "3"), ("id-1-0", ID), ("quantity-1-0", "2"), ("id-1-1", OTHER), ("quantity-1-1", "1")];
        hal.post("/calls/1/ending", &form).await.is(303);
        assert_eq!(console.count("select count(*) from transfers where key_pack_id = 2").await, 2);
        assert_eq!(console.count("select count(*) from transfers where key_pack_id = 3").await, 1);
        assert_eq!(console.count("select count(*) from grants where call_id = 1").await, 2);
    }

    async fn a_denied_call_denies_what_was_asked_for(console) {
        let mut hal = calling(&console, 2).await;
        hal.post_and_follow("/calls/1/ending", &[("outcome", "denied"), ("note", "No proof of purchase")]).await.is(200).says("Denied");
        hal.get("/reissues/1").await.says("Denied");
        hal.get("/transfers/2").await.says("Denied").says("Transfer denied");
        // The seats stay where they are, and may be queued again.
        hal.post("/licenses/1/transfer", &[("destination", "PC-NEW-01"), ("reason", "permanent")]).await.is(303);
    }

    async fn a_dropped_call_stays_open_until_one_follows_it_or_somebody_closes_it(console) {
        let mut hal = calling(&console, 2).await;
        hal.post_and_follow("/calls/1/ending", &[("outcome", "dropped")]).await.says("Open").says("Call again");
        hal.get("/calls?state=open").await.says("Call 1");
        hal.get("/calls/new?follows=1").await.is(200).says("It follows").says("R-1");
        hal.post("/calls", &[("requests", "1"), ("live", "yes"), ("follows", "1")]).await.is(303);
        hal.get("/calls/1").await.says("Open");
        let later = [("outcome", "callback"), ("call_back_at", "2026-08-25 09:30")];
        hal.post("/calls/2/ending", &later).await.is(303);
        hal.get("/calls/1").await.says("Closed").says("Somebody called again");
        hal.get("/calls/2").await.says("25 Aug 2026, 09:30").says("Open");
        hal.post("/calls/2/closing", &[("reason", "")]).await.is(422).says("Say why");
        hal.post_and_follow("/calls/2/closing", &[("reason", "They wrote a letter")]).await.says("Closed").says("They wrote a letter");
        hal.post("/calls/2/closing", &[("reason", "x")]).await.is(422).says("closed already");
    }

    async fn a_call_that_follows_one_whose_request_was_granted_is_about_something_else(console) {
        let mut hal = calling(&console, 2).await;
        let again = [&ALL_OF_TWO[..], &[("call_back_at", "25 Aug 2026 9:30")]].concat();
        hal.post_and_follow("/calls/1/ending", &again).await.says("25 Aug 2026, 09:30").says("Call again");
        let form = hal.get("/calls/new?follows=1").await.form("/calls");
        for field in [("about", "other"), ("license_server", "1"), ("follows", "1")] {
            assert!(form.contains(&(field.0.to_owned(), field.1.to_owned())), "{field:?} of {form:?}");
        }
        hal.post("/calls", &[("license_server", "1"), ("live", "yes")]).await.is(422).says("Choose what the call is about");
    }

    async fn one_id_under_two_requests_of_a_call_is_said_to_stand_twice(console) {
        let mut hal = queued(&console, 2).await;
        for n in ["1", "2"] {
            hal.post("/reissues", &[("transfers", n)]).await.is(303);
        }
        hal.post("/calls", &[("requests", "1"), ("requests", "2"), ("live", "yes")]).await.is(303);
        let twice = [("outcome", "completed"), ("granted-1", "1"), ("id-1-0", ID), ("granted-2", "1"), ("id-2-0", ID)];
        hal.post("/calls/1/ending", &twice).await.is(422).says("stands here twice").says_nothing_of("somebody else");
        let both = [("outcome", "completed"), ("granted-1", "1"), ("id-1-0", ID), ("granted-2", "1"), ("id-2-0", OTHER)];
        hal.post("/calls/1/ending", &both).await.is(303);
        assert_eq!(granted(&console).await, [1, 2]);
    }

    async fn what_was_never_installed_is_not_replaced_and_what_is_void_stays_void(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &ALL_OF_TWO).await.is(303);
        let form = [("license_server", "1"), ("product_version", "2019"), ("license_type", "per_device"), ("quantity", "2"), ("reason", "reinstall"), ("replaces", "2")];
        hal.post("/reissues", &form).await.is(422).says("Key pack K-2 is received, so nothing comes in its place");
    }

    async fn a_call_is_logged_afterwards(console) {
        let mut hal = requested(&console, 2).await;
        hal.get("/calls/new?request=1").await.is(200).says("Or log a call that has ended");
        let form = [("requests", "1"), ("started_at", "2026-08-30 10:00"), ("outcome", "completed"), ("granted-1", "2"), ("id-1-0", ID)];
        hal.post("/calls", &form).await.is(422).says("This moment is still to come").says("BCDFG");
        let form = [("requests", "1"), ("started_at", "2026-08-20 10:00"), ("operator", "Grace"), ("outcome", "completed"), ("id-1-0", ID)];
        hal.post_and_follow("/calls", &form).await.is(200).says("Grace").says("20 Aug 2026, 10:00").says("after it had ended");
        console.auditor().await.get("/calls.csv").await.is(200).says("1,Closed,").says("Grace");
        assert_eq!(granted(&console).await, [1, 2]);
    }

    async fn a_call_about_the_server_alone_makes_no_pack(console) {
        queued(&console, 0).await;
        let mut hal = console.help_desk().await;
        hal.get("/calls/new").await.is(200).says("About the license server alone");
        hal.post("/calls", &[("about", "activation"), ("live", "yes")]).await.is(422).says("Choose the license server");
        hal.post("/calls", &[("about", "deactivation"), ("license_server", "1"), ("live", "yes")]).await.is(303);
        hal.post_and_follow("/calls/1/ending", &[("outcome", "completed"), ("note", "Confirmation code 123")]).await.is(200).says("Confirmation code 123");
        assert_eq!(console.count("select count(*) from grants").await, 0);
    }

    async fn a_request_without_a_transfer_replaces_key_packs(console) {
        queued(&console, 0).await;
        let mut hal = console.help_desk().await;
        hal.get("/reissues/new?license_server=1").await.is(200).says("Key packs in whose place they come").says("number 1");
        let wrong = [("license_server", "1"), ("product_version", "2022"), ("license_type", "per_device"), ("quantity", "1"), ("reason", "reinstall"), ("replaces", "1")];
        hal.post("/reissues", &wrong).await.is(422).says("Key pack K-1 is of another version or type");
        let form = [("license_server", "1"), ("product_version", "2019"), ("license_type", "per_device"), ("quantity", "100"), ("reason", "reinstall"), ("cause", "rebuilt"), ("replaces", "1")];
        hal.post_and_follow("/reissues", &form).await.is(200).says("License server database rebuilt").says("Key pack K-1");
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        hal.post("/calls/1/ending", &[("outcome", "completed"), ("granted-1", "100"), ("id-1-0", ID)]).await.is(303);
        assert_eq!(console.count("select count(*) from key_packs where origin = 'reinstall' and state = 'received'").await, 1);
        hal.get("/key-packs/1").await.says("Superseded").says("In its place").says("R-1");
        hal.post("/reissues", &form).await.is(422).says("Key pack K-1 is superseded, so nothing comes in its place");
    }

    async fn a_received_key_pack_is_installed_refused_heard_again_or_void(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &ALL_OF_TWO).await.is(303);
        hal.get("/key-packs/2/installation").await.is(200).says("Install Licenses").says("R-1").says("Show it whole");
        hal.post("/key-packs/2/license-key-pack-id", &[]).await.is(200).says(&ID[..5]).says("/key-packs/2/installation");
        hal.post("/key-packs/2/installation-failure", &[("failure", "")]).await.is(422).says("Choose what the server said");
        hal.post_and_follow("/key-packs/2/installation-failure", &[("failure", "0x13a7"), ("note", "Twice")]).await.is(200).says("Message Number 0x13A7").says("KB 839878");
        hal.post("/key-packs/2/corrected-id", &[("license_key_pack_id", ID), ("reason", "Read back")]).await.is(422).says("recorded already");
        hal.post_and_follow("/key-packs/2/corrected-id", &[("license_key_pack_id", OTHER), ("reason", "C, not B")]).await.is(200).says("Received");
        assert_eq!(console.count("select count(*) from former_license_key_pack_ids where key_pack_id = 2").await, 1);
        hal.post("/key-packs/2/installation", &[("keypack_id", "x")]).await.is(422).says("Keypack ID");
        hal.post("/key-packs/2/installation", &[("keypack_id", "7"), ("installed_on", "2020-01-01")]).await.is(422).says("Microsoft granted it in call 1 on 22 Aug 2026");
        hal.post_and_follow("/key-packs/2/installation", &[("keypack_id", "7"), ("installed_on", "2026-08-21")]).await.is(200).says("2026-08-21").says("License key pack ID corrected").says("Twice");
        hal.post("/key-packs/2/installation", &[]).await.is(422).says("installed already");
        hal.post("/key-packs/2/void", &[("reason", "x")]).await.is(422).says("Only a license key pack ID that is not installed");
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn what_a_void_key_pack_was_granted_for_is_asked_for_again(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &ALL_OF_TWO).await.is(303);
        let seen = console.admin().await.get("/key-packs/2/edit").await.seen();
        let by_form = [("origin", "reissue"), ("state", "void"), ("license_server", "1"), ("product_version", "2019"), ("license_type", "per_device"), ("total", "2"), ("seen", &seen), ("reason", "x")];
        console.admin().await.post("/key-packs/2", &by_form).await.is(422).says("Say on its installation page that it is void");
        hal.post_and_follow("/key-packs/2/void", &[("reason", "The server was reactivated")]).await.is(200).says("Void");
        hal.get("/reissues/1").await.says("Open").says("2 still asked for").says("Request open again");
        hal.get("/transfers/1").await.says("Requested").says("Transfer released");
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        hal.post("/calls/2/ending", &[("outcome", "completed"), ("granted-1", "2"), ("id-1-0", OTHER)]).await.is(303);
        assert_eq!(granted(&console).await, [1, 2]);
    }

    async fn a_key_pack_that_an_import_brought_in_first_is_the_grant_and_no_second_one_is_made(console) {
        let mut hal = requested(&console, 2).await;
        let stock = console.stock();
        stock.key_pack(1).of(2).origin("unknown").await;
        let form = [("requests", "1"), ("started_at", "2026-08-20 10:00"), ("outcome", "completed"), ("granted-1", "2"), ("id-1-0", ID)];
        hal.post("/calls", &form).await.is(303);
        assert_eq!(console.count("select count(*) from key_packs").await, 2);
        assert_eq!(console.count("select count(*) from key_packs where id = 2 and origin = 'reissue' and state = 'installed' and reissue_id = 1 and license_key_pack_id is not null").await, 1);
        hal.get("/key-packs/2").await.says("Granted for");
    }

    async fn which_key_pack_a_grant_is_is_asked_where_it_may_be_several(console) {
        let mut hal = requested(&console, 2).await;
        let stock = console.stock();
        stock.key_pack(1).of(2).origin("unknown").await;
        stock.key_pack(1).of(2).origin("unknown").await;
        let mut form = vec![("requests", "1"), ("started_at", "2026-08-20 10:00"), ("outcome", "completed"), ("granted-1", "2"), ("id-1-0", ID)];
        hal.post("/calls", &form).await.is(422).says("it may be any of them").says("Key pack K-3").says("None of these: a new one");
        form.push(("pack-1-0", "3"));
        hal.post("/calls", &form).await.is(303);
        assert_eq!(console.count("select count(*) from key_packs where id = 3 and reissue_id = 1").await, 1);
        assert_eq!(console.count("select count(*) from key_packs").await, 3);
    }

    async fn lists_of_requests_and_calls_follow_an_index(console) {
        use reseat::web::slice::Window;
        let window = Window::first(50);
        for filter in [reseat::calls::filter::Filter::default(), reseat::calls::filter::Filter { standing: Some(reseat::calls::call::Standing::Open), server: None }] {
            let plan = reseat::calls::read::select(console.db(), &filter, &reseat::calls::read::ORDERS[0], &window).plan().await.unwrap();
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        let filter = reseat::reissues::filter::Filter { state: Some(reseat::reissues::reissue::State::Open), server: None };
        let plan = reseat::reissues::read::select(console.db(), &filter, &reseat::reissues::read::ORDERS[0], &window).plan().await.unwrap();
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

/// The transfers that are granted.
pub async fn granted(console: &Console) -> Vec<i64> {
    let rows: Vec<(i64,)> =
        console.db().sql("select id from transfers where state = 'granted' order by id").all().await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

impl Console {
    /// The number of the client of a name.
    pub async fn client_named(&self, name: &str) -> i64 {
        self.db().sql("select id from clients where name = $1").bind(name).scalar().await.unwrap()
    }
}
