//! What comes next: each page of the reissue desk says the one thing to do, and a refusal says the way out.

use reseat::moment::DAY;

use crate::calls::{ALL_OF_TWO, calling, queued, requested};
use crate::on_both;
use crate::transfers::two_computers;

const HAND: [(&str, &str); 1] = [("reason", "Seen in the licensing tool")];

on_both! {
    async fn a_computer_that_was_replaced_under_its_name_is_added_and_takes_the_seat(console) {
        let (license, _) = two_computers(&console).await;
        let to = format!("/licenses/{license}/transfer");
        let mut hal = console.help_desk().await;
        for reason in ["permanent", "reinstalled"] {
            let same = [("destination", "pc-0117"), ("reason", reason)];
            let refused = hal.post(&to, &same).await;
            refused.is(422).says("add that one as a new client with its hardware ID and type its number here").says("/clients/new?name=PC-0117");
            refused.says("With the same hardware ID nothing moves").says("href=\"/reissues/new\"");
        }
        hal.get(&format!("{to}?destination=PC-0117&reason=lost")).await.is(200).says("/clients/new?name=PC-0117");
        hal.get(&format!("{to}?destination=PC-0200&reason=lost")).await.is(200).says_nothing_of("/clients/new?name=");
        hal.get("/clients/new?name=PC-0117").await.is(200).says("value=\"PC-0117\"");
        let new = [("company", "1"), ("kind", "computer"), ("name", "PC-0117"), ("hardware_id", "ff77"), ("status", "active")];
        hal.post("/clients", &new).await.is(303);
        hal.post(&to, &[("destination", "PC-0117"), ("reason", "reinstalled")]).await.is(422).says("Type the number of the one you mean: 1, 3 (hardware ID ff77)");
        hal.post_and_follow(&to, &[("destination", "3"), ("reason", "reinstalled")]).await.is(200).says("T-1 is queued.");
    }

    async fn a_call_is_prepared_only_of_what_is_ticked_and_a_refusal_stays_in_the_queue(console) {
        let mut hal = queued(&console, 3).await;
        let none = hal.post("/transfers/queue", &[("group", "1")]).await;
        none.is(422).says("Tick at least one transfer.").says("<h1>Queue</h1>").says("href=\"#f-transfers\"").says("id=\"f-transfers\"");
        none.says_nothing_of(" checked>").says_nothing_of("New request");
        let wrong = hal.post("/transfers/queue", &[("group", "1"), ("transfers", "2"), ("transfers", "9")]).await;
        wrong.is(422).says("There is no transfer T-9").says("Ask for T-2\" checked").says_nothing_of("Ask for T-1\" checked");
        assert_eq!(console.count("select count(*) from reissues").await, 0);
        hal.get("/transfers/queue").await.is(200).says("Ask for T-1\" checked").says_nothing_of("id=\"f-transfers\"");
        hal.post_and_follow("/transfers/queue", &[("group", "1"), ("transfers", "1"), ("transfers", "3")]).await.is(200).says("R-1 is open.");
        hal.post("/transfers/queue", &[("group", "1"), ("transfers", "1")]).await.is(422).says("T-1 is asked for by R-1 already");
    }

    async fn a_transfer_says_what_comes_next_at_each_of_its_steps(console) {
        let mut hal = queued(&console, 1).await;
        let mut audrey = console.auditor().await;
        hal.get("/transfers/1").await.says("What next").says("href=\"/transfers/queue#t-1\"").says("Go on: prepare the call");
        hal.get("/transfers/queue").await.says("id=\"t-1\"");
        audrey.get("/transfers/1").await.says("See it in the queue").says_nothing_of("Go on").says_nothing_of("<summary>Cancel it");
        hal.post("/reissues", &[("transfers", "1")]).await.is(303);
        hal.get("/transfers/1").await.says("Open R-1").says("/reissues/1/sheet");
        audrey.get("/transfers/1").await.says("Open R-1").says_nothing_of("/reissues/1/sheet");
    }

    async fn a_seat_on_its_way_is_told_on_both_computers_and_its_license_and_is_not_offered_again(console) {
        let mut hal = queued(&console, 1).await;
        let (gives, takes) = ("moves seat S-1 to <a href=\"/clients/2\">PC-NEW-01</a>", "brings it seat S-1 of <a href=\"/clients/1\">PC-OLD-01</a>");
        let on_its_way = "<a href=\"/transfers/1\">T-1</a>";
        hal.get("/clients/1").await.is(200).says(gives).says("/transfers/queue#t-1").says(on_its_way).says_nothing_of("Transfer its seat").says_nothing_of("/licenses/1/transfer");
        hal.get("/clients/2").await.is(200).says(takes).says_nothing_of("It works on a temporary license");
        hal.get("/licenses/1").await.is(200).says(on_its_way).says("moves its seat to <a href=\"/clients/2\">").says_nothing_of("Transfer this seat");
        hal.post("/reissues", &[("transfers", "1")]).await.is(303);
        for client in ["/clients/1", "/clients/2"] {
            hal.get(client).await.says("<a href=\"/reissues/1\">R-1</a> asks Microsoft for it.");
        }
        hal.post("/transfers/1/cancellation", &[("reason", "It was found again")]).await.is(303);
        hal.get("/clients/1").await.says("Transfer its seat").says("/licenses/1/transfer").says_nothing_of(gives);
        hal.get("/clients/2").await.says_nothing_of(takes);
        hal.get("/licenses/1").await.says("Transfer this seat");
    }

    async fn a_computer_on_a_temporary_license_says_how_it_gets_a_seat(console) {
        let stock = console.stock();
        let pack = stock.key_pack(stock.server("LIC-01").await).await;
        let (new, old) = (stock.client("PC-NEW").await, stock.client("PC-OLD").await);
        stock.license(pack, new).status(1).expires(console.app.now().plus_days(30)).await;
        stock.license(pack, old).await;
        let says = "It works on a temporary license. If the server has a free license";
        let mut hal = console.help_desk().await;
        hal.get(&format!("/clients/{new}")).await.is(200).says(says);
        hal.get(&format!("/clients/{old}")).await.is(200).says_nothing_of(says);
        console.auditor().await.get(&format!("/clients/{new}")).await.is(200).says_nothing_of(says);
    }

    async fn a_request_names_the_purchase_that_is_recorded_after_it_and_the_sheet_reads_its_numbers_out(console) {
        let mut hal = requested(&console, 1).await;
        hal.get("/reissues/1/sheet").await.is(200).says("The purchase is not recorded");
        let mut ada = console.admin().await;
        let numbers = [("license_number", "40123456"), ("authorization_number", "66123456ZZE1234")];
        let bought = [("company", "1"), ("program", "open_license"), ("product_version", "2019"), ("license_type", "per_device"), ("quantity", "100"), ("transfer_policy", "one_time")];
        ada.post("/agreements", &[numbers.as_slice(), &bought].concat()).await.is(303);
        let seen = ada.get("/key-packs/1/edit").await.seen();
        let tied = [("origin", "original"), ("state", "installed"), ("agreement", "1"), ("seen", seen.as_str()), ("reason", "Bought so")];
        ada.post("/key-packs/1", &tied).await.is(303);
        hal.get("/reissues/1").await.is(200).says("<a href=\"/agreements/1\">Open License 40123456</a>");
        let sheet = hal.get("/reissues/1/sheet").await;
        sheet.is(200).says("Open License, 100 × Windows Server 2019").says("Authorization number</dt><dd><code>66123456ZZE1234</code>").says_nothing_of("not recorded: have");
        hal.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(303);
        hal.get("/calls/1").await.is(200).says("66123456ZZE1234");
        // The reissued pack belongs to the same purchase.
        hal.post("/calls/1/ending", &[("outcome", "completed"), ("granted-1", "1"), ("id-1-0", "QQQQQWWWWWEEEEERRRRRTTTTTYYYYYAB9CD")]).await.is(303);
        assert_eq!(console.count("select agreement_id from key_packs where id = 2").await, 1);
        hal.get("/key-packs/2").await.is(200).says("Computers that it was granted for").says("PC-NEW-01");
    }

    async fn what_was_granted_is_installed_then_its_computer_connects_and_home_says_how_many_must(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &ALL_OF_TWO).await.is(303);
        hal.get("/transfers/1").await.says("Record the installation of key pack K-2").says("/key-packs/2/installation");
        hal.get("/").await.says_nothing_of("must still connect");
        hal.post("/key-packs/2/installation", &[("installed_on", "2026-08-22")]).await.is(303);
        let waits = "Waits for PC-NEW-01 to connect; then import LIC-01’s licenses";
        hal.get("/transfers/1").await.says(waits).says("(an admin does that)").says_nothing_of("Record the installation");
        console.admin().await.get("/transfers/1").await.says(waits).says("href=\"/imports/new\"><span>Import files").says_nothing_of("(an admin");
        hal.get("/").await.says("href=\"/transfers/queue#awaited\" data-count=\"2\">2 computers must still connect").says_nothing_of("Nothing needs anybody");
        hal.get("/transfers/queue").await.says("aria-labelledby=\"awaited\" data-count=\"2\"");
        hal.post("/transfers/1/completion", &HAND).await.is(303);
        hal.get("/").await.says("1 computer must still connect");
        assert_eq!(reseat::transfers::read::count_awaited(console.db(), 10).await.unwrap(), 1);
    }

    async fn the_old_computer_of_a_completed_transfer_is_asked_about_until_it_is_out_of_use(console) {
        let (license, _) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        hal.post(&format!("/licenses/{license}/transfer"), &[("destination", "PC-0200"), ("reason", "permanent")]).await.is(303);
        hal.get("/clients/1").await.says_nothing_of("Still to do");
        hal.post_and_follow("/transfers/1/completion", &HAND).await.is(200).says("Still to do").says("/clients/1/runbook").says("/clients/1/edit");
        hal.get("/clients/1").await.says("Still to do").says("with <a href=\"/transfers/1\">T-1</a>");
        hal.get("/clients/2").await.says_nothing_of("Still to do");
        console.auditor().await.get("/transfers/1").await.says("Still to do").says("/clients/1/runbook").says_nothing_of("/clients/1/edit");
        let removed = [("state", "removed"), ("removed_on", "2026-08-20"), ("method", "script")];
        hal.post("/clients/1/local-license-removal", &removed).await.is(303);
        hal.get("/transfers/1").await.says("Still to do").says("/clients/1/edit").says_nothing_of("/clients/1/runbook");
        hal.get("/transfers/queue").await.says("/clients/1/edit#f-status").says_nothing_of("/clients/1/runbook");
        let gone = [removed[0], removed[1], removed[2], ("backup", "E:"), ("decommission", "yes")];
        hal.post("/clients/1/local-license-removal", &gone).await.is(303);
        for page in ["/transfers/1", "/clients/1"] {
            hal.get(page).await.is(200).says_nothing_of("Still to do");
        }
    }

    async fn home_and_queue_tell_the_old_computers_of_the_last_90_days_with_which_something_is_to_be_done(console) {
        let (license, _) = two_computers(&console).await;
        let mut hal = console.help_desk().await;
        hal.post(&format!("/licenses/{license}/transfer"), &[("destination", "PC-0200"), ("reason", "permanent")]).await.is(303);
        hal.get("/").await.says_nothing_of("still to do");
        hal.post("/transfers/1/completion", &HAND).await.is(303);
        let told = "href=\"/transfers/queue#old\" data-count=\"1\">1 old computer still to do";
        hal.get("/").await.says(told).says_nothing_of("Nothing needs anybody");
        hal.get("/transfers/queue").await.says("aria-labelledby=\"old\" data-count=\"1\"").says("/clients/1/runbook\">Remove its license").says_nothing_of("Nothing waits");
        let mut audrey = console.auditor().await;
        audrey.get("/transfers/queue").await.says("PC-0117").says_nothing_of("/clients/1/edit");
        console.pass(90 * DAY);
        let mut hal = console.help_desk().await;
        hal.get("/").await.says(told);
        console.pass(1);
        hal.get("/").await.says_nothing_of("still to do");
        hal.get("/transfers/queue").await.says("Nothing waits").says_nothing_of("PC-0117");
        // Its own page tells it as long as it counts as in use.
        hal.get("/clients/1").await.says("Still to do");
    }

    async fn an_old_computer_that_takes_another_seat_is_in_use_on_purpose(console) {
        let (license, _) = two_computers(&console).await;
        let stock = console.stock();
        let other = stock.client("PC-0118").await;
        let second = stock.license(1, other).await;
        let mut hal = console.help_desk().await;
        hal.post(&format!("/licenses/{license}/transfer"), &[("destination", "PC-0200"), ("reason", "permanent")]).await.is(303);
        hal.post("/transfers/1/completion", &HAND).await.is(303);
        hal.post(&format!("/licenses/{second}/transfer"), &[("destination", "PC-0117"), ("reason", "permanent")]).await.is(303);
        hal.get("/transfers/1").await.says_nothing_of("Still to do");
        hal.post("/transfers/2/cancellation", &[("reason", "Kept")]).await.is(303);
        hal.get("/transfers/1").await.says("Still to do");
    }

    async fn the_rare_forms_of_a_transfer_are_folded_and_a_refused_one_stands_open(console) {
        let mut hal = requested(&console, 1).await;
        let folded = |summary: &str| format!("<details class=\"more\"><summary>{summary}</summary>");
        let open = |summary: &str| format!("<details class=\"more\" open><summary>{summary}</summary>");
        let forms = [
            ("completion", "Complete it by hand"),
            ("destination", "Another computer takes it"),
            ("denial", "Microsoft said no"),
            ("cancellation", "Cancel it"),
        ];
        for (form, summary) in forms {
            hal.get("/transfers/1").await.is(200).says(&folded(summary));
            let refused = hal.post(&format!("/transfers/1/{form}"), &[]).await;
            refused.is(422).says(&open(summary));
            for (_, other) in forms.iter().filter(|(other, _)| *other != form) {
                refused.says(&folded(other));
            }
        }
        hal.post("/transfers/1/cancellation", &[("reason", "Repaired")]).await.is(303);
        let mut ada = console.admin().await;
        ada.get("/transfers/1").await.says(&folded("Queue it again")).says_nothing_of("What next");
        ada.post("/transfers/1/override", &[]).await.is(422).says(&open("Queue it again"));
    }
}
