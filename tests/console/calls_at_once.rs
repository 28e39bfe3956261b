//! Several people at one request or call at the same moment: one of them does it, and nothing is done twice.

use crate::calls::{ALL_OF_TWO, ID, calling, granted, queued, requested};
use crate::on_both;

on_both! {
    async fn one_request_has_one_live_call_and_a_second_agent_is_led_to_it(console) {
        calling(&console, 1).await;
        let mut ada = console.admin().await;
        ada.post("/calls", &[("requests", "1"), ("live", "yes")]).await.is(422).says("Hedda is on the telephone about R-1 (call 1)");
        ada.get("/reissues/1").await.says("Hedda is calling: open the call");
        ada.post("/calls/1/closing", &[("reason", "x")]).await.is(422).says("This call is live");
    }

    async fn one_id_in_two_calls_at_once_is_one_key_pack(console) {
        let mut hal = queued(&console, 2).await;
        for n in ["1", "2"] {
            hal.post("/reissues", &[("transfers", n)]).await.is(303);
            hal.post("/calls", &[("requests", n), ("live", "yes")]).await.is(303);
        }
        let (mut one, mut other) = (console.help_desk().await, console.admin().await);
        let first = [("outcome", "completed"), ("granted-1", "1"), ("id-1-0", ID)];
        let second = [("outcome", "completed"), ("granted-2", "1"), ("id-2-0", ID)];
        let (one, other) = futures_util::future::join(one.post("/calls/1/ending", &first), other.post("/calls/2/ending", &second)).await;
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let refused = if one.status == 422 { one } else { other };
        assert!(refused.text.contains("in the register already") || refused.text.contains("recorded just now"), "{}", refused.text);
        assert_eq!(console.count("select count(*) from grants").await, 1);
        assert_eq!(granted(&console).await.len(), 1);
        assert_eq!(console.count("select count(*) from calls where ended_at is null").await, 1);
    }

    async fn a_request_that_is_withdrawn_while_its_call_ends_is_one_or_the_other(console) {
        calling(&console, 2).await;
        let (mut one, mut other) = (console.help_desk().await, console.admin().await);
        let why = [("reason", "The papers are missing")];
        let (ended, withdrawn) = futures_util::future::join(one.post("/calls/1/ending", &ALL_OF_TWO), other.post("/reissues/1/withdrawal", &why)).await;
        let mut statuses = [ended.status.as_u16(), withdrawn.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422], "{}", ended.text);
        let left = if ended.status == 303 { "granted" } else { "queued" };
        let states: Vec<(String,)> = console.db().sql("select distinct state from transfers").all().await.unwrap();
        assert_eq!(states, [(left.to_owned(),)]);
    }

    async fn a_key_pack_is_installed_or_void_and_never_both(console) {
        let mut hal = calling(&console, 2).await;
        hal.post("/calls/1/ending", &ALL_OF_TWO).await.is(303);
        let (mut one, mut other) = (console.help_desk().await, console.admin().await);
        let (installed, void) = futures_util::future::join(
            one.post("/key-packs/2/installation", &[("keypack_id", "7")]),
            other.post("/key-packs/2/void", &[("reason", "Reactivated")]),
        )
        .await;
        let mut statuses = [installed.status.as_u16(), void.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let granted = granted(&console).await.len();
        assert_eq!(granted, if installed.status == 303 { 2 } else { 0 });
    }

    async fn of_eight_who_begin_a_call_about_one_request_at_once_one_does(console) {
        requested(&console, 1).await;
        let mut agents = Vec::new();
        for _ in 0..8 {
            agents.push(console.help_desk().await);
        }
        let begins = [("requests", "1"), ("live", "yes")];
        let tries = agents.iter_mut().map(|agent| agent.post("/calls", &begins));
        let replies = futures_util::future::join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 303).count(), 1);
        assert_eq!(console.count("select count(*) from calls").await, 1);
    }

    async fn two_agents_who_end_one_call_end_it_once(console) {
        calling(&console, 2).await;
        let mut agents = Vec::new();
        for _ in 0..8 {
            agents.push(console.help_desk().await);
        }
        let tries = agents.iter_mut().map(|agent| agent.post("/calls/1/ending", &ALL_OF_TWO));
        let replies = futures_util::future::join_all(tries).await;
        let ended = replies.iter().filter(|reply| reply.status == 303).count();
        assert_eq!(ended, 1);
        for reply in replies.iter().filter(|reply| reply.status != 303) {
            reply.is(422).says("has ended call 1 already");
        }
        assert_eq!(console.count("select count(*) from key_packs").await, 2);
        assert_eq!(granted(&console).await, [1, 2]);
    }
}
