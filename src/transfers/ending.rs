//! Transfers in the database that come to an end: cancelled, completed.

use super::form::Completion;
use super::held::{Held, hold};
use super::transfer::State;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{LicenseId, TransferId};
use crate::web::error::Outcome;

/// Cancels a transfer that Microsoft has not granted.
pub async fn cancel(tx: &mut Tx, id: TransferId, reason: &str) -> Outcome<()> {
    let open = hold(tx, id).await?;
    if !open.state.may_be_cancelled() {
        let says = format!("T-{id} is {} and can no longer be cancelled.", open.state.as_str());
        return Err(Problems::of("", says).into());
    }
    let now = tx.at;
    tx.sql("update transfers set state = 'cancelled', cancelled_at = $1 where id = $2")
        .bind(now)
        .bind(id)
        .execute()
        .await?;
    let line = open.line("transfer cancelled");
    record(tx, line.after(serde_json::json!({"state": State::Cancelled})).because(reason.to_owned())).await
}

/// Completes a transfer: the destination's license takes its place in the seat's line, the source's is transferred. One
/// transaction. Whether Microsoft granted it is seen by the state it had; a person may complete it without.
pub async fn complete(tx: &mut Tx, id: TransferId, done: &Completion) -> Outcome<()> {
    let open = hold(tx, id).await?;
    if !open.state.is_open() {
        let says = format!("T-{id} is {} already; there is nothing to complete.", open.state.as_str());
        return Err(Problems::of("", says).into());
    }
    let license = match done.license {
        Some(license) if fits(tx, &open, LicenseId(license)).await? => Some(LicenseId(license)),
        Some(_) => {
            let says = "Choose a full license of this version and type that the computer holds on that server and that \
                stands for no other seat on its way.";
            return Err(Problems::of("license", says).into());
        }
        None => None,
    };
    let line = open.line("transfer completed").because(done.reason.clone());
    finish(tx, &open, license, line).await
}

/// The seat stands with its new license; every license by which the source held it is transferred. `line` is told.
pub(super) async fn finish(tx: &mut Tx, open: &Held, license: Option<LicenseId>, line: NewLine) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update transfers set state = 'completed', completed_at = $1, destination_license_id = $2 where id = $3")
        .bind(now)
        .bind(license)
        .bind(open.id)
        .execute()
        .await?;
    // The seat may have gone on to a later license of the source while the transfer was on its way.
    tx.sql(
        "update licenses set transferred_at = $1 where transferred_at is null and (id = $2 or (client_id = $3 \
         and status in (2, 3) and coalesce(seat_id, id) = $4))",
    )
    .bind(now)
    .bind(open.license_id)
    .bind(open.source_id)
    .bind(open.seat_id)
    .execute()
    .await?;
    let mut line = line;
    if let Some(license) = license {
        let carried = tx
            .sql("update licenses set seat_id = $1, predecessor_id = $2 where id = $3 and predecessor_id is null")
            .bind(open.seat_id)
            .bind(open.license_id)
            .bind(license)
            .execute()
            .await?;
        if carried == 0 {
            let says = "Another transfer took that license for its seat just now. Choose another.";
            return Err(Problems::of("license", says).into());
        }
        line = line.touching(Subject("license", license.0));
    }
    let after = serde_json::json!({"state": State::Completed, "license": license});
    record(tx, line.after(after)).await
}

/// Whether it is the destination's full license of that kind on that server, and carries no other seat on.
pub(super) async fn fits(tx: &mut Tx, open: &Held, license: LicenseId) -> Outcome<bool> {
    let found = tx
        .sql(
            "select 1 as one from licenses where id = $1 and client_id = $2 and version = $3 and license_type = $4 \
             and server_id = $5 and status in (2, 3) and predecessor_id is null and transferred_at is null \
             and not exists (select 1 from transfers t where t.license_id = licenses.id and t.denied_at is null \
                 and t.cancelled_at is null)",
        )
        .bind(license)
        .bind(open.destination_id)
        .bind(&open.version)
        .bind(&open.license_type)
        .bind(open.server_id)
        .count_up_to(1)
        .await?;
    Ok(found > 0)
}
