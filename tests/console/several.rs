//! Several transfers at once, and what people decide of one on its way.

use reseat::users::user::Role;
use serde_json::json;

use crate::on_both;
use crate::support::Console;

/// PC-01 to PC-03 with a license each, PC-04 with two, and the new computers PC-N1 to PC-N4.
async fn estate(console: &Console) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let pack = stock.key_pack(server).of(100).await;
    for name in ["PC-01", "PC-02", "PC-03", "PC-04"] {
        let client = stock.client(name).await;
        stock.license(pack, client).await;
        if name == "PC-04" {
            stock.license(pack, client).await;
        }
    }
    for name in ["PC-N1", "PC-N2", "PC-N3", "PC-N4"] {
        stock.client(name).await;
    }
}

on_both! {
    async fn a_pasted_list_is_judged_line_by_line_and_all_is_said_at_once(console) {
        estate(&console).await;
        let mut hal = console.help_desk().await;
        hal.get("/transfers/new?clients=1&clients=2").await.is(200).says("PC-01 → ").says("PC-02 → ");
        hal.post("/transfers/new", &[("lines", ""), ("reason", "")]).await.is(422).says("Type a line for each computer").says("Choose why the seat moves");
        let lines = "old,new\nPC-01 -> PC-N1\nPC-99 -> PC-N2\nPC-04;PC-N3\nPC-01,PC-N4\nPC-02\tPC-NEW\nPC-03";
        let form = [("lines", lines), ("reason", "permanent")];
        let refused = hal.post("/transfers/new", &form).await;
        refused.is(422).says("1 of 6 may").says("No computer is named PC-99").says("PC-04 holds several that can move: S-4, S-5");
        refused.says("Line 2 moves this seat already").says("No client of this company is named PC-NEW").says("A line names the old computer and the new one");
        refused.says("5 lines may not be queued; nothing was.").says("Queue the 1 that may move, leave the others").says("PC-99 -&#62; PC-N2");
        assert_eq!(console.count("select count(*) from transfers").await, 0);
        let some = [("lines", lines), ("reason", "permanent"), ("those_that_may", "yes")];
        hal.post_and_follow("/transfers/new", &some).await.is(200).says("1 transfer queued.");
        let rest = [("lines", "PC-02 → PC-NEW\nPC-04 → PC-N3, S-5\nPC-03 → PC-N3"), ("reason", "lost"), ("new_client", "yes")];
        hal.post_and_follow("/transfers/new", &rest).await.is(200).says("3 transfers queued.");
        assert_eq!(console.count("select count(*) from transfers where reason = 'lost'").await, 3);
        assert_eq!(console.count("select count(*) from transfers where license_id = 5").await, 1);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_name_that_several_computers_bear_is_asked_about_and_never_guessed(console) {
        estate(&console).await;
        let stock = console.stock();
        let twin = stock.client("PC-01").hardware("ff01").await;
        let mut hal = console.help_desk().await;
        let form = [("lines", "PC-01 -> PC-N1"), ("reason", "permanent")];
        let says = format!("Several computers are named PC-01. Write the number of the right one: 1, {twin}.");
        hal.post("/transfers/new", &form).await.is(422).says(&says);
        hal.get(&format!("/transfers/new?clients={twin}&clients=2")).await.says(&format!("{twin} → ")).says("PC-02 → ");
        let empty = [("lines", "PC-01 → \nPC-02 → "), ("reason", "permanent")];
        hal.post("/transfers/new", &empty).await.is(422).says_nothing_of("Does it need both?");
        let of_twin = format!("{twin} -> PC-N1");
        hal.post("/transfers/new", &[("lines", of_twin.as_str()), ("reason", "permanent")]).await.is(422).says("PC-01 holds no license that can move");
        hal.post("/transfers/new", &[("lines", "1 -> PC-N1"), ("reason", "permanent")]).await.is(303);
        assert_eq!(console.count("select source_id from transfers").await, 1);
    }

    async fn of_several_who_paste_one_list_at_once_one_queues_it(console) {
        estate(&console).await;
        let mut people = Vec::new();
        for _ in 0..6 {
            people.push(console.help_desk().await);
        }
        let form = [("lines", "PC-01 -> PC-N1\nPC-02 -> PC-N2\nPC-03 -> PC-N3"), ("reason", "permanent")];
        let tries = people.iter_mut().map(|one| one.post("/transfers/new", &form));
        let replies = futures_util::future::join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 303).count(), 1);
        assert!(replies.iter().all(|reply| [303, 422].contains(&reply.status.as_u16())));
        assert_eq!(console.count("select count(*) from transfers").await, 3);
    }

    async fn a_transfer_is_denied_sent_elsewhere_and_queued_again_on_its_page(console) {
        estate(&console).await;
        let mut hal = console.help_desk().await;
        hal.get("/clients").await.says("Transfer the seats of those chosen");
        hal.get("/clients/1").await.says("href=\"/licenses/1/transfer\"><span>Transfer its seat").says_nothing_of("/transfers/new?clients=1");
        hal.get("/clients/4").await.says("href=\"/transfers/new?clients=4\"><span>Transfer its seat");
        hal.get("/clients/5").await.says_nothing_of("Transfer its seat");
        hal.post("/licenses/1/transfer", &[("destination", "PC-N1"), ("reason", "permanent")]).await.is(303);
        hal.get("/transfers/1").await.says("Another computer takes it").says("Microsoft said no").says_nothing_of("Queue it again");
        hal.post("/transfers/1/destination", &[("destination", "PC-N1"), ("reason", "It broke")]).await.is(422).says("T-1 goes to PC-N1 already").says(">It broke</textarea>").says("value=\"PC-N1\"");
        hal.post_and_follow("/transfers/1/destination", &[("destination", "PC-N2"), ("reason", "Broken")]).await.is(200).says("PC-N2").says("Destination replaced");
        hal.post("/transfers/1/denial", &[("reason", "")]).await.is(422).says("Say why Microsoft said no");
        hal.post_and_follow("/transfers/1/denial", &[("reason", "An OEM license")]).await.is(200).says("T-1 is denied.");
        hal.get("/transfers/1").await.says_nothing_of("Queue it again");
        let mut ada = console.admin().await;
        ada.get("/transfers/1").await.says("Queue it again");
        ada.post_and_follow("/transfers/1/override", &[("reason", "By letter")]).await.is(200).says("T-2 is queued.");
    }

    async fn a_program_queues_several_at_once_and_by_its_key_only_once(console) {
        estate(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let list = |those_that_may: bool| json!({"moves": [{"old": "PC-01", "new": "PC-N1"}, {"old": "PC-04", "new": "PC-N2"},
            {"old": "PC-02", "new": "PC-N3"}], "reason": "permanent", "those_that_may": those_that_may});
        let refused = program.post("/api/v1/transfers", &list(false)).await;
        refused.is(422);
        assert!(refused.text.contains("Line 2: PC-04 holds several that can move: S-4, S-5"), "{}", refused.text);
        assert_eq!(console.count("select count(*) from transfers").await, 0);
        for key in ["k1", "k1"] {
            let made = program.post_as(key, "/api/v1/transfers", &list(true)).await;
            made.is(201);
            let told = made.json();
            assert_eq!((told["queued"].as_array().unwrap().len(), &told["left"][0]["line"]), (2, &json!(2)));
            assert_eq!(told["queued"][1]["destination"]["name"], "PC-N3");
        }
        assert_eq!(console.count("select count(*) from transfers").await, 2);
        let empty = program.post("/api/v1/transfers", &json!({})).await;
        empty.is(422);
        assert!(empty.text.contains("Type a line for each computer") && empty.text.contains("Choose why"), "{}", empty.text);
    }
}
