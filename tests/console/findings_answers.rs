//! What people and programs say of findings: settled, dismissed, opened again, one or many.

use reseat::findings::store;
use reseat::users::user::Role;
use serde_json::json;

use crate::bring::actions;
use crate::findings::{estate, of_kind, one_pair, planted, shows, stand, state};
use crate::on_both;

on_both! {
    async fn a_finding_is_settled_once_and_the_second_is_told_who_did(console) {
        let (_, id) = one_pair(&console).await;
        let (mut hal, mut ada) = (console.help_desk().await, console.admin().await);
        let path = format!("/reports/findings/{id}/settlement");
        hal.post(&path, &[("reason", " ")]).await.is(422).says("Say what was done about it: it stands in history forever.");
        let long = "x".repeat(1_001);
        hal.post(&path, &[("reason", long.as_str())]).await.is(422).says(&long);
        let both = tokio::join!(hal.post(&path, &[("reason", "Transferred")]), ada.post(&path, &[("reason", "Removed")]));
        let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let (first, second, typed) = if both.0.status == 303 { ("Hedda", both.1, "Removed") } else { ("Ada", both.0, "Transferred") };
        second.reads(&format!("{first} settled F-{id} already.")).says(typed);
        assert_eq!(actions(&console, "finding", id).await, ["finding settled"]);
        for name in [1, 2] {
            assert_eq!(actions(&console, "client", name).await, ["finding settled"], "it touches both clients");
        }
        // Taken back with a reason, it is open again.
        hal.post(&format!("/reports/findings/{id}/reopening"), &[("reason", "")]).await.is(422).says("Say why it is to be looked at again");
        hal.post_and_follow(&format!("/reports/findings/{id}/reopening"), &[("reason", "The wrong one")]).await.is(200).says("The wrong one");
        assert_eq!(state(&console, id).await, "open");
        hal.post(&format!("/reports/findings/{id}/reopening"), &[("reason", "x")]).await.is(422).says("Nobody has answered");
    }

    async fn many_are_answered_at_once_and_what_was_typed_is_kept_where_it_is_refused(console) {
        shows(&console, &estate()).await;
        let twins: Vec<String> = of_kind(&console, "same_name").await.iter().map(i64::to_string).collect();
        let mut hal = console.help_desk().await;
        let path = "/reports/findings/answers";
        let back = ("back", "kind=same_name&size=25");
        hal.post(path, &[("reason", "All of one classroom"), ("answer", "dismissed"), back]).await.is(422)
            .says("Tick the findings that you mean.").says("All of one classroom").says("option value=\"same_name\" selected");
        let [a, b, c] = [&twins[0], &twins[1], &twins[2]];
        let ticked = |reason: &'static str, answer: &'static str| {
            vec![("findings", a.as_str()), ("findings", b.as_str()), ("reason", reason), ("answer", answer), back]
        };
        let refused = hal.post(path, &ticked("", "settled")).await;
        refused.is(422).says("Say what was done about it");
        let ticks = refused.text.lines().filter(|line| line.contains("name=\"findings\"") && line.contains(" checked"));
        assert_eq!(ticks.count(), 2);
        hal.post(path, &ticked("Why not", "maybe")).await.is(422).says("Choose whether they are settled or dismissed.");
        let done = hal.post(path, &ticked("All of one classroom", "dismissed")).await;
        done.is(303);
        assert_eq!(done.to, "/reports/findings?kind=same_name");
        hal.get(&done.to).await.says("Dismissed: 2 findings.").says_nothing_of(&format!("/reports/findings/{a}\""));
        // Those that others answered meanwhile are left.
        let mixed = [("findings", a.as_str()), ("findings", c.as_str()), ("reason", "Moved"), ("answer", "settled")];
        hal.post_and_follow(path, &mixed).await.says("Settled: 1 finding. No longer open, and left as it was: 1 finding.");
        hal.post(path, &mixed).await.is(422).says("None of these is open any more");
        assert_eq!(stand(&console).await, planted(&[("same_name", "dismissed", 2), ("same_name", "settled", 1)]));
        assert_eq!(console.count("select count(*) from history where action in ('finding dismissed', 'finding settled')").await, 3);
        console.auditor().await.post(path, &mixed).await.is(403);
    }

    async fn a_program_reads_and_answers_findings_by_the_pages_words(console) {
        let (_, id) = one_pair(&console).await;
        let (reader, program) = (console.program(Role::Auditor).await, console.program(Role::HelpDesk).await);
        let list = reader.get("/api/v1/findings?kind=same_name").await.is(200).json();
        assert_eq!((&list["items"][0]["kind"], &list["items"][0]["state"]), (&json!("same_name"), &json!("open")));
        assert_eq!(list["items"][0]["client"]["name"], json!("PC-0117"));
        assert_eq!(reader.get("/api/v1/findings?state=lost").await.is(422).fields(), ["state"]);
        reader.get("/api/v1/findings/99").await.is(404);
        let path = format!("/api/v1/findings/{id}/dismissal");
        reader.post(&path, &json!({"reason": "x"})).await.is(403);
        assert_eq!(program.post(&path, &json!({})).await.is(422).fields(), ["reason"]);
        let told = program.post(&path, &json!({"reason": "Two rooms"})).await.is(200).json();
        assert_eq!((&told["state"], &told["answer"], &told["answered_at"].is_string()), (&json!("dismissed"), &json!("Two rooms"), &true));
        program.post(&format!("/api/v1/findings/{id}/settlement"), &json!({"reason": "x"})).await.is(422).says("dismissed F-1 already");
        assert_eq!(program.post(&format!("/api/v1/findings/{id}/reopening"), &json!({"reason": "x"})).await.is(200).json()["state"], json!("open"));
        assert_eq!(store::count_open(console.db(), 10).await.unwrap(), 1);
    }
}
