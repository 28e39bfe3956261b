//! How calls end: what they granted or were denied, whether they stay open, and who closes them.

use super::call::Ending;
use super::form::{Ask, Ended, Logged};
use super::store::{Held, hold, hold_live, hold_requests, insert};
use crate::check::Problems;
use crate::db::Tx;
use crate::history::store::record;
use crate::ids::{CallId, ReissueId};
use crate::moment::Moment;
use crate::reissues::grant::{self, Planned};
use crate::reissues::store::{self as reissues, Held as Request};
use crate::web::error::Outcome;

/// Does what came of a call fit what was asked for?
///
/// # Errors
/// What to choose instead.
pub fn may_end(outcome: Ending, about: &str, asks: &[(i64, &Ask)]) -> Result<(), Problems> {
    if about != "reissue" && asks.is_empty() {
        return match outcome {
            Ending::Partial => Err(Problems::of(
                "outcome",
                "Nothing is granted in a call about the server alone. Choose another outcome.",
            )),
            _ => Ok(()),
        };
    }
    let left: i64 = asks.iter().map(|(left, _)| left).sum();
    let granted: i64 = asks.iter().map(|(_, ask)| ask.grant.total()).sum();
    let all = asks.iter().all(|(left, ask)| ask.grant.total() >= *left);
    let says = match outcome {
        Ending::Completed if !all => format!(
            "{granted} of {left} were granted, so it is not completed: choose “Partly granted”, or type what is missing."
        ),
        Ending::Partial if granted == 0 => {
            "Nothing was granted: choose another outcome, or type what was granted.".to_owned()
        }
        Ending::Partial if all => "Everything was granted: choose “Completed”.".to_owned(),
        Ending::WrongDesk if granted > 0 => {
            "A wrong desk grants nothing: choose another outcome, or take the grant away.".to_owned()
        }
        _ => return Ok(()),
    };
    Err(Problems::of("outcome", says))
}

/// Ends a live call: what it granted, what it was denied, whether it stays open. One transaction.
pub async fn end(tx: &mut Tx, id: CallId, ended: &Ended) -> Outcome<()> {
    let held = hold_live(tx, id).await?;
    let now = tx.at;
    finish(tx, &held, ended, now).await
}

/// Logs a call that had ended before.
pub async fn log(tx: &mut Tx, logged: &Logged) -> Outcome<CallId> {
    let requests = hold_requests(tx, &logged.begun.requests).await?;
    let id = insert(tx, &logged.begun, (logged.started_at, &logged.operator, ""), &requests).await?;
    tx.sql("update calls set afterwards = 1 where id = $1").bind(id).execute().await?;
    let held = hold(tx, id).await?;
    finish(tx, &held, &logged.ended, logged.started_at).await?;
    Ok(id)
}

/// The requests of a call that are still open, each with what came of it, held until the change ends.
async fn asks<'e>(tx: &mut Tx, call: CallId, ended: &'e Ended) -> Outcome<Vec<(Request, &'e Ask)>> {
    let ids: Vec<(ReissueId,)> =
        tx.sql("select reissue_id from call_requests where call_id = $1 order by reissue_id").bind(call).all().await?;
    let mut asks = Vec::with_capacity(ids.len());
    let mut problems = Problems::none();
    for (id,) in ids {
        let request = reissues::hold(tx, id).await?;
        let Some(ask) = ended.asks.iter().find(|ask| ask.request == id) else { continue };
        let brings = ask.refused || !ask.grant.packs.is_empty();
        if brings && !request.state.is_open() {
            let state = request.state.word().to_lowercase();
            problems
                .add(format!("granted-{id}"), format!("R-{id} is {state} by now: nothing more of it is asked for."));
        }
        asks.push((request, ask));
    }
    Ok(problems.or(asks)?)
}

async fn finish(tx: &mut Tx, held: &Held, ended: &Ended, at: Moment) -> Outcome<()> {
    let asks = asks(tx, held.id, ended).await?;
    let fits: Vec<(i64, &Ask)> = asks.iter().map(|(request, ask)| (request.left(), *ask)).collect();
    let mut problems = may_end(ended.outcome, &held.about, &fits).err().unwrap_or_default();
    let mut planned: Vec<(Request, Option<Planned>, bool)> = Vec::with_capacity(asks.len());
    for (request, ask) in asks {
        let grant = match ask.grant.packs.as_slice() {
            [] => None,
            _ => Some(grant::plan(tx, &request, (&ask.grant, held.started_at), &mut problems).await?),
        };
        planned.push((request, grant, ask.refused));
    }
    problems.or(())?;
    for (request, grant, refused) in planned {
        match grant {
            Some(grant) => grant::carry_out(tx, &request, grant, held.id).await?,
            None if refused && request.state.is_open() => reissues::deny(tx, &request, held.id).await?,
            None => {}
        }
    }
    write_end(tx, held, ended, at).await
}

async fn write_end(tx: &mut Tx, held: &Held, ended: &Ended, at: Moment) -> Outcome<()> {
    let (now, actor) = (tx.at, tx.actor.clone());
    let closed = !ended.outcome.stays_open(ended.call_back_at);
    tx.sql(
        "update calls set ended_at = $1, outcome = $2, number_called = $3, representative = $4, case_reference = $5, \
         license_server_id = $6, call_back_at = $7, note = $8, closed_at = $9, closed_by = $10, draft = '' where id = $11",
    )
    .bind(at)
    .bind(ended.outcome)
    .bind(&ended.number_called)
    .bind(&ended.representative)
    .bind(&ended.case_reference)
    .bind(&ended.license_server_id)
    .bind(ended.call_back_at)
    .bind(&ended.note)
    .bind(closed.then_some(now))
    .bind(closed.then_some(&actor))
    .bind(held.id)
    .execute()
    .await?;
    if let Some(followed) = held.follows_id {
        close_followed(tx, followed, held.id).await?;
    }
    let line = held.line("call ended").after(serde_json::json!({
        "outcome": ended.outcome,
        "representative": ended.representative,
        "case_reference": ended.case_reference,
        "call_back_at": ended.call_back_at.map(Moment::iso),
        "note": ended.note,
    }));
    record(tx, line).await
}

/// Why a call is closed that nobody made.
const MISTAKE: &str = "Begun by mistake: nobody was called.";

/// Ends a live call into which nobody wrote anything: it was begun by mistake. The call that it follows stays as it was.
pub async fn throw_away(tx: &mut Tx, id: CallId) -> Outcome<()> {
    let held = hold_live(tx, id).await?;
    if held.operator != tx.actor {
        let says = format!("{} is on the telephone. Take the call over first, if nobody is.", held.operator);
        return Err(Problems::of("", says).into());
    }
    let query = tx.sql("select count(*) from call_notes where call_id = $1 and kind <> 'took_over'");
    let notes: i64 = query.bind(id).scalar().await?;
    if notes > 0 || !held.is_untouched() {
        let says =
            "Something was written into this call already. End it with what came of it, “Dropped” if nothing did.";
        return Err(Problems::of("outcome", says).into());
    }
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql(
        "update calls set ended_at = $1, outcome = $2, closed_at = $1, closed_by = $3, closing = $4, number_called = '', draft = '' \
         where id = $5",
    )
    .bind(now)
    .bind(Ending::Dropped)
    .bind(&actor)
    .bind(MISTAKE)
    .bind(id)
    .execute()
    .await?;
    let line = held.line("call ended").after(serde_json::json!({"outcome": Ending::Dropped, "closed_by": actor}));
    record(tx, line.because(MISTAKE)).await
}

/// A call that was open is closed by the one that follows it.
async fn close_followed(tx: &mut Tx, followed: CallId, by: CallId) -> Outcome<()> {
    let held = hold(tx, followed).await?;
    if held.closed_at.is_some() {
        return Ok(());
    }
    shut(tx, &held, &format!("call {by}"), "Somebody called again.").await
}

/// Closes an open call: nothing is to follow.
pub async fn close(tx: &mut Tx, id: CallId, reason: &str) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let says = match (held.ended_at, held.closed_at) {
        (None, _) => "This call is live. End it first: a call does not end without an outcome.",
        (_, Some(_)) => "This call is closed already.",
        _ => {
            let actor = tx.actor.clone();
            return shut(tx, &held, &actor, reason).await;
        }
    };
    Err(Problems::of("", says).into())
}

async fn shut(tx: &mut Tx, held: &Held, by: &str, reason: &str) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update calls set closed_at = $1, closed_by = $2, closing = $3 where id = $4")
        .bind(now)
        .bind(by)
        .bind(reason)
        .bind(held.id)
        .execute()
        .await?;
    record(tx, held.line("call closed").after(serde_json::json!({"closed_by": by})).because(reason)).await
}
