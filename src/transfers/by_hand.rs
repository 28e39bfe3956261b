//! What people decide of a transfer on its way, or after it: Microsoft said no, another computer takes the seat, the same
//! move once more.

use super::form::{NewDestination, NewTransfer};
use super::held;
use super::steps;
use super::store::{facts, found, hold, look_up, queue_to, taker};
use super::transfer::State;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::Subject;
use crate::history::store::{record, still_newest};
use crate::ids::TransferId;
use crate::users::user::Role;
use crate::web::error::{Error, Outcome};

/// Holds a transfer, and refuses whoever has not seen it as it stands. `seen`: the newest line of history about it.
pub async fn seen(tx: &mut Tx, id: TransferId, seen: i64) -> Outcome<()> {
    held::hold(tx, id).await?;
    still_newest(tx, Subject("transfer", id.0), seen).await
}

/// Microsoft said no, as a person tells it.
pub async fn deny(tx: &mut Tx, id: TransferId, reason: &str) -> Outcome<()> {
    let open = held::hold(tx, id).await?;
    if !open.state.may_be_cancelled() {
        let says = format!("T-{id} is {} and can no longer be denied.", open.state.as_str());
        return Err(Problems::of("", says).into());
    }
    steps::deny(tx, &open, open.line("transfer denied").because(reason)).await
}

/// Another computer takes the seat, before the first ever connected. It stays the same move.
pub async fn redirect(tx: &mut Tx, id: TransferId, new: &NewDestination) -> Outcome<()> {
    let open = held::hold(tx, id).await?;
    if !open.state.is_open() {
        let says = format!("T-{id} is {}; its destination can no longer be replaced.", open.state.as_str());
        return Err(Problems::of("", says).into());
    }
    if let Some(license) = open.seen_license_id {
        let says = format!(
            "An import showed that its destination holds license {license} since, so it has connected. Complete T-{id} with \
             it, or say that it still needs its call."
        );
        return Err(Problems::of("", says).into());
    }
    let held = look_up(tx, open.license_id).await?;
    let asked =
        NewTransfer { destination: new.destination.clone(), may_be_new: new.may_be_new, ..NewTransfer::default() };
    let destination = found(tx, &held, &asked).await?;
    let taking = taker(tx, destination, &held.version).await?;
    if destination == open.destination_id {
        let says = format!("T-{id} goes to {} already. Name another computer.", taking.name);
        return Err(Problems::of("destination", says).into());
    }
    let before = taker(tx, open.destination_id, &held.version).await?.name;
    let after = taking.name.clone();
    let verdict = facts(tx, &held, (destination, taking), "").await?.judge_other_destination();
    let mut problems = Problems::none();
    for says in verdict.refusals {
        problems.add("destination", says);
    }
    problems.or(())?;
    tx.sql("update transfers set destination_id = $1 where id = $2").bind(destination).bind(id).execute().await?;
    let line = open.note("destination replaced").touching(Subject("client", destination.0));
    let line = line.before(serde_json::json!({"destination": before}));
    record(tx, line.after(serde_json::json!({"destination": after})).because(new.reason.clone())).await
}

/// What is queued again.
#[derive(sqlx::FromRow)]
struct Earlier {
    reason: String,
    note: String,
}

/// An admin lets the same move be asked for once more after it was denied or cancelled: a new transfer, which the rule of
/// its agreement does not hold back.
pub async fn queue_again(tx: &mut Tx, id: TransferId, reason: &str) -> Outcome<TransferId> {
    let open = held::hold(tx, id).await?;
    let says = match open.state {
        State::Denied | State::Cancelled => None,
        State::Completed => Some(format!(
            "T-{id} is completed. To move its seat once more, transfer the license that took it over, with a reason for the \
             override."
        )),
        State::Queued | State::Requested | State::Granted => {
            Some(format!("T-{id} is {}: nothing holds it back, so there is nothing to override.", open.state.as_str()))
        }
    };
    if let Some(says) = says {
        return Err(Problems::of("", says).into());
    }
    let earlier: Earlier = tx.sql("select reason, note from transfers where id = $1").bind(id).one().await?;
    let new = NewTransfer {
        reason: earlier.reason,
        note: earlier.note,
        override_reason: Some(reason.to_owned()),
        ..NewTransfer::default()
    };
    let held = hold(tx, open.license_id).await?;
    let again = queue_to(tx, &held, open.destination_id, (&new, Role::Admin)).await.map_err(of_the_whole)?;
    let line = open.note("transfer queued again").touching(Subject("transfer", again.0));
    record(tx, line.after(serde_json::json!({"transfer": format!("T-{again}")})).because(reason)).await?;
    Ok(again)
}

/// The form has no field for the destination: what is wrong with it is wrong with the whole.
fn of_the_whole(error: Error) -> Error {
    match error {
        Error::Refused(problems) => {
            let mut whole = Problems::none();
            for problem in &problems {
                whole.add("", problem.says.clone());
            }
            whole.into()
        }
        other => other,
    }
}
