//! Transfers and deadlines by the API.

use reseat::users::user::Role;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::Console;
use crate::transfers::two_computers;

/// A license whose seat waits to move to PC-0200.
async fn one_waits(console: &Console) -> i64 {
    let (license, _) = two_computers(console).await;
    let program = console.program(Role::HelpDesk).await;
    program.post(&format!("/api/v1/licenses/{license}/transfer"), &MOVE()).await.is(201);
    license
}

#[expect(non_snake_case, reason = "as constant as JSON can be")]
fn MOVE() -> Value {
    json!({"destination": "PC-0200", "reason": "permanent"})
}

on_both! {
    async fn a_program_queues_a_transfer_and_reads_it_again(console) {
        let (license, _) = two_computers(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let path = format!("/api/v1/licenses/{license}/transfer");
        let made = program.post(&path, &json!({"destination": 2, "reason": "lost", "note": "At the airport"})).await;
        let told = made.is(201).json();
        assert_eq!(made.to, "/api/v1/transfers/1");
        assert_eq!((&told["state"], &told["seat"], &told["move_number"]), (&json!("queued"), &json!(license), &json!(1)));
        assert_eq!((&told["source"], &told["destination"]), (&json!({"id": 1, "name": "PC-0117"}), &json!({"id": 2, "name": "PC-0200"})));
        assert_eq!((&told["reason"], &told["note"], &told["completed_at"]), (&json!("lost"), &json!("At the airport"), &Value::Null));
        let shown = console.program(Role::Auditor).await.get("/api/v1/transfers/1").await;
        assert_eq!((shown.is(200).json(), shown.tag()), (told, made.tag()));
        for (filter, count) in [("", 1), ("?state=open&server=1", 1), ("?state=granted", 0), ("?client=2", 1), ("?client=9", 0)] {
            let list = program.get(&format!("/api/v1/transfers{filter}")).await.is(200).json();
            assert_eq!(list["items"].as_array().unwrap().len(), count, "{filter}");
        }
        assert_eq!(program.get("/api/v1/transfers?state=moved").await.is(422).fields(), ["state"]);
    }

    async fn a_program_is_refused_by_the_words_of_the_page(console) {
        let license = one_waits(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let path = format!("/api/v1/licenses/{license}/transfer");
        for (body, field, says) in [
            (json!({"reason": "lost"}), "destination", "Type the name or number"),
            (json!({"destination": "PC-0200", "reason": "because"}), "reason", "Choose why the seat moves."),
            (json!({"destination": "PC-0999", "reason": "lost"}), "destination", "No client of this company is named PC-0999."),
            (json!({"destination": "PC-0117", "reason": "lost"}), "destination", "PC-0117 holds this license already."),
            (json!({"destination": "PC-0999", "new_client": true, "reason": "lost"}), "destination", "This seat is on its way to PC-0200 already (T-1"),
            (json!({"destination": "PC-0200", "reason": "lost", "when": "now"}), "when", "There is no such field here."),
            (json!({"destination": "PC-0200", "reason": "lost", "new_client": "no"}), "new_client", "Send true or false."),
        ] {
            let refused = program.post(&path, &body).await.is(422).json();
            assert!(refused["fields"][field].as_str().unwrap_or_default().starts_with(says), "{refused}");
        }
        assert_eq!(console.count("select count(*) from clients").await, 2);
        program.post("/api/v1/licenses/99/transfer", &MOVE()).await.is(404);
        console.program(Role::Auditor).await.post(&path, &MOVE()).await.is(403);
    }

    async fn the_same_call_sent_again_queues_nothing_twice(console) {
        let (license, _) = two_computers(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let path = format!("/api/v1/licenses/{license}/transfer");
        let first = program.post_as("k-1", &path, &MOVE()).await;
        let again = program.post_as("k-1", &path, &MOVE()).await;
        assert_eq!((&first.is(201).text, &again.is(201).headers["idempotency-replayed"]), (&again.text, &"true".parse().unwrap()));
        assert_eq!(console.count("select count(*) from transfers").await, 1);
    }

    async fn of_fifty_calls_for_one_seat_at_once_exactly_one_is_answered_with_a_transfer(console) {
        let (license, _) = two_computers(&console).await;
        for n in 0..50 {
            console.stock().client(&format!("PC-1{n:03}")).await;
        }
        let program = console.program(Role::HelpDesk).await;
        let path = format!("/api/v1/licenses/{license}/transfer");
        let bodies: Vec<Value> = (0..50).map(|n| json!({"destination": format!("PC-1{n:03}"), "reason": "permanent"})).collect();
        let replies = futures_util::future::join_all(bodies.iter().map(|body| program.post(&path, body))).await;
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!((statuses[0], statuses[1], statuses[49]), (201, 422, 422));
        assert_eq!(console.count("select count(*) from transfers").await, 1);
        for refused in replies.iter().filter(|reply| reply.status.as_u16() == 422) {
            refused.says("This seat is on its way to PC-1");
        }
    }

    async fn a_transfer_is_cancelled_denied_or_completed_by_whoever_has_seen_it(console) {
        let license = one_waits(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let path = format!("/api/v1/licenses/{license}/transfer");
        let tag = program.get("/api/v1/transfers/1").await.tag();
        assert_eq!(program.change("POST", "/api/v1/transfers/1/cancellation", &tag, &json!({})).await.is(422).fields(), ["reason"]);
        let cancelled = program.change("POST", "/api/v1/transfers/1/cancellation", &tag, &json!({"reason": "Repaired"})).await;
        assert_eq!(cancelled.is(200).json()["state"], "cancelled");
        program.change("POST", "/api/v1/transfers/1/cancellation", &tag, &json!({"reason": "Repaired"})).await.is(412);
        program.post("/api/v1/transfers/1/denial", &json!({"reason": "x"})).await.is(422).says("T-1 is cancelled and can no longer be denied.");

        let tag = program.post(&path, &MOVE()).await.tag();
        let denied = program.change("POST", "/api/v1/transfers/2/denial", &tag, &json!({"reason": "An OEM license"})).await;
        assert_eq!(denied.is(200).json()["state"], "denied");
        console.auditor().await.get("/transfers/2").await.says("Denied").says("An OEM license");

        // What was denied has not moved: the seat has its one move still.
        let tag = program.post(&path, &MOVE()).await.is(201).tag();
        let theirs = console.stock().license(1, 2).await;
        program.change("POST", "/api/v1/transfers/3/completion", &tag, &json!({"license": 1, "reason": "Seen"})).await.is(422).says("Choose a full license");
        let done = program.change("POST", "/api/v1/transfers/3/completion", &tag, &json!({"license": theirs, "reason": "Seen"})).await;
        assert_eq!((&done.is(200).json()["state"], &done.json()["destination_license"]), (&json!("completed"), &json!(theirs)));
    }

    async fn of_two_who_cancel_and_complete_what_they_saw_at_once_one_is_too_late(console) {
        one_waits(&console).await;
        let program = console.program(Role::HelpDesk).await;
        let tag = program.get("/api/v1/transfers/1").await.tag();
        let calls = (0..8).map(|n| {
            let (program, tag) = (program.clone(), tag.clone());
            let path = if n % 2 == 0 { "/api/v1/transfers/1/cancellation" } else { "/api/v1/transfers/1/completion" };
            async move { program.change("POST", path, &tag, &json!({"reason": "So"})).await.status.as_u16() }
        });
        let mut statuses = futures_util::future::join_all(calls).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    }

    async fn an_admin_overrides_what_was_denied_or_cancelled_by_queueing_it_again(console) {
        one_waits(&console).await;
        let (hedda, ada) = (console.program(Role::HelpDesk).await, console.program(Role::Admin).await);
        let over = "/api/v1/transfers/1/override";
        let why = json!({"reason": "Microsoft agreed by letter"});
        ada.post(over, &why).await.is(422).says("T-1 is queued: nothing holds it back");
        hedda.change("POST", "/api/v1/transfers/1/denial", "*", &json!({"reason": "No"})).await.is(200);
        hedda.post(over, &why).await.is(403);
        assert_eq!(ada.post(over, &json!({})).await.is(422).fields(), ["reason"]);
        let again = ada.post_as("k-1", over, &why).await;
        assert_eq!((again.is(201).to.as_str(), &again.json()["destination"]["name"]), ("/api/v1/transfers/2", &json!("PC-0200")));
        assert_eq!(ada.post_as("k-1", over, &why).await.is(201).to, "/api/v1/transfers/2");
        ada.post(over, &why).await.is(422).says("This seat is on its way to PC-0200 already (T-2");
        for page in ["/transfers/1", "/transfers/2", "/licenses/1"] {
            console.auditor().await.get(page).await.says("Microsoft agreed by letter");
        }
        // After a move the rule stands in the way, and the reason stays on the seat.
        let theirs = console.stock().license(1, 2).await;
        hedda.change("POST", "/api/v1/transfers/2/completion", "*", &json!({"license": theirs, "reason": "Seen"})).await.is(200);
        ada.post("/api/v1/transfers/2/override", &why).await.is(422).says("T-2 is completed.");
        console.stock().client("PC-0300").await;
        let path = format!("/api/v1/licenses/{theirs}/transfer");
        let third = json!({"destination": "PC-0300", "reason": "permanent", "override_reason": "By letter"});
        hedda.post(&path, &third).await.is(422).says("An admin can let it move still");
        let third = ada.post(&path, &third).await;
        assert_eq!((&third.is(201).json()["override_reason"], &third.json()["move_number"]), (&json!("By letter"), &json!(2)));
        hedda.change("POST", "/api/v1/transfers/3/cancellation", "*", &json!({"reason": "Not now"})).await.is(200);
        let fourth = ada.post("/api/v1/transfers/3/override", &json!({"reason": "Now then"})).await;
        assert_eq!((&fourth.is(201).json()["override_reason"], &fourth.json()["override_by"]), (&json!("Now then"), &json!("Ada (API token 3)")));
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn another_destination_is_judged_by_the_same_rule_and_it_stays_the_same_move(console) {
        let license = one_waits(&console).await;
        let stock = console.stock();
        stock.client("PC-0300").await;
        stock.client("PC-ELSEWHERE").company("Fabrikam").await;
        let program = console.program(Role::HelpDesk).await;
        let path = "/api/v1/transfers/1/destination";
        for (destination, says) in [
            ("", "Type the name or number"),
            ("PC-0200", "T-1 goes to PC-0200 already."),
            ("PC-0117", "PC-0117 holds this license already."),
            ("PC-0999", "No client of this company is named PC-0999."),
            ("PC-ELSEWHERE", "No client of this company is named PC-ELSEWHERE. A seat moves only within one company"),
        ] {
            let refused = program.change("POST", path, "*", &json!({"destination": destination, "reason": "Broken"})).await.is(422).json();
            assert!(refused["fields"]["destination"].as_str().unwrap_or_default().starts_with(says), "{refused}");
        }
        assert_eq!(program.change("POST", path, "*", &json!({"destination": "PC-0300"})).await.is(422).fields(), ["reason"]);
        let moved = program.change("POST", path, "*", &json!({"destination": "PC-0300", "reason": "Broken on arrival"})).await;
        assert_eq!((&moved.is(200).json()["destination"]["name"], &moved.json()["move_number"]), (&json!("PC-0300"), &json!(1)));
        for client in [1, 2, 3] {
            console.auditor().await.get(&format!("/clients/{client}")).await.says("Broken on arrival");
        }
        // A new computer may be named in the same breath; a granted transfer keeps its grant.
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update transfers set state = 'granted', granted_at = 1").execute().await.unwrap();
        tx.commit().await.unwrap();
        let new = json!({"destination": "PC-0400", "new_client": true, "reason": "Stolen"});
        let moved = program.change("POST", path, "*", &new).await.is(200).json();
        assert_eq!((&moved["destination"]["name"], &moved["state"]), (&json!("PC-0400"), &json!("granted")));
        // Once it has connected, that computer has the seat.
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update transfers set state = 'queued', granted_at = null, seen_license_id = $1").bind(license).execute().await.unwrap();
        tx.commit().await.unwrap();
        program.change("POST", path, "*", &json!({"destination": "PC-0200", "reason": "x"})).await.is(422).says("so it has connected");
        program.change("POST", "/api/v1/transfers/1/cancellation", "*", &json!({"reason": "x"})).await.is(200);
        program.change("POST", path, "*", &json!({"destination": "PC-0200", "reason": "x"})).await.is(422).says("can no longer be replaced");
    }

    async fn the_deadlines_are_those_of_the_queue(console) {
        let license = one_waits(&console).await;
        let program = console.program(Role::Auditor).await;
        let one = |reply: &Value| { assert_eq!(reply["items"].as_array().unwrap().len(), 1); reply["items"][0].clone() };
        let none_yet = one(&program.get("/api/v1/deadlines").await.is(200).json());
        assert_eq!((&none_yet["call_by"], &none_yet["is_late"], &none_yet["group"]["to_ask_for"]), (&Value::Null, &json!(false), &json!(1)));
        let now = console.app.now();
        console.stock().license(1, 2).status(1).issued(now.plus_days(-51)).expires(now.plus_days(39)).await;
        let mut tx = console.db().begin("the test", now).await.unwrap();
        tx.sql("update licenses set expires_at = $1 where id = $2").bind(now.plus_days(80)).bind(license).execute().await.unwrap();
        tx.commit().await.unwrap();
        let told = one(&program.get("/api/v1/deadlines").await.is(200).json());
        assert_eq!((&told["transfer"], &told["temporary_ends_at"]), (&json!(1), &json!("2026-09-30T00:00:00Z")));
        assert_eq!((&told["call_by"], &told["days_left"], &told["group"]["call_by"]), (&json!("2026-09-14"), &json!(23), &json!("2026-09-14")));
        assert_eq!((&told["group"]["license_server"]["name"], &told["frees_itself_on"]), (&json!("LIC-01"), &Value::Null));
        console.pass(60 * 86_400);
        let late = one(&program.get("/api/v1/deadlines").await.is(200).json());
        assert_eq!((&late["is_late"], &late["locked_out_since"], &late["days_left"]), (&json!(true), &json!("2026-09-30"), &json!(-37)));
    }
}
