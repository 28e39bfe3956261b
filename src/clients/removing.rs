//! Clients in the database: what came of removing the license that a computer keeps in its own registry. The license
//! server is not told of it, and no row of a license changes.

use super::by_hand;
use super::client::{Kind, Status};
use super::local_license::{LocalLicense, Removal, method_words};
use crate::check::Problems;
use crate::db::Tx;
use crate::history;
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::still_newest;
use crate::ids::ClientId;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};

/// What is known of a computer's local license, held against other changes until this one ends.
#[derive(sqlx::FromRow)]
struct Held {
    kind: Kind,
    status: Status,
    local_license: LocalLicense,
    local_license_at: Option<Moment>,
    local_license_by: String,
    local_license_method: String,
    local_license_backup: String,
}

/// As history says it.
fn told(state: LocalLicense, by: &str, method: &str, backup: &str) -> serde_json::Value {
    serde_json::json!({"local_license": state.word(), "by": by, "how": method_words(method), "backup": backup})
}

/// Records what came of removing a client's local license, on its own timeline and on those of the transfers that take a
/// seat from it.
pub async fn record(tx: &mut Tx, id: ClientId, new: &Removal) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("client", id.0);
    if let Some(seen) = new.seen {
        still_newest(tx, subject, seen).await?;
    }
    let by = if new.by.is_empty() { tx.actor.clone() } else { new.by.clone() };
    let at = new.on.as_deref().and_then(Moment::noon_of).unwrap_or(tx.at);
    let retires = new.decommission && held.status != Status::Decommissioned;
    refuse(&held, (new, &by, at), retires)?;
    tx.sql(
        "update clients set local_license = $1, local_license_at = $2, local_license_by = $3, local_license_method = $4, \
         local_license_backup = $5 where id = $6",
    )
    .bind(new.state)
    .bind(at)
    .bind(&by)
    .bind(&new.method)
    .bind(&new.backup)
    .bind(id)
    .execute()
    .await?;
    let before =
        told(held.local_license, &held.local_license_by, &held.local_license_method, &held.local_license_backup);
    let mut line =
        NewLine::new(new.state.action(), subject).before(before).after(told(new.state, &by, &new.method, &new.backup));
    line.touches = transfers_from(tx, id).await?;
    line.reason = Some(new.note.clone()).filter(|note| !note.is_empty());
    line.effective_on.clone_from(&new.on);
    history::store::record(tx, line).await?;
    if retires {
        decommission(tx, id, new).await?;
    }
    Ok(())
}

async fn hold(tx: &mut Tx, id: ClientId) -> Outcome<Held> {
    let lock = tx.pick("", " for update");
    tx.sql(
        "select kind, status, local_license, local_license_at, local_license_by, local_license_method, \
         local_license_backup from clients",
    )
    .push_bind(" where id = ?", id)
    .push(lock)
    .optional()
    .await?
    .ok_or(Error::NotFound)
}

fn refuse(held: &Held, (new, by, at): (&Removal, &str, Moment), retires: bool) -> Outcome<()> {
    if held.kind != Kind::Computer {
        let says = "Only a computer keeps a license of its own; this client is a user. Nothing can be removed.";
        return Err(Problems::of("", says).into());
    }
    let same = held.local_license == new.state
        && held.local_license_by == by
        && held.local_license_method == new.method
        && held.local_license_backup == new.backup
        && (new.on.is_none() || held.local_license_at == Some(at));
    if same && new.note.is_empty() && !retires {
        return Err(Problems::of("", "Nothing differs from what is recorded. Change a field, or go back.").into());
    }
    Ok(())
}

/// The transfers that take, or took, a seat from a client (the newest 100).
async fn transfers_from(tx: &mut Tx, id: ClientId) -> Outcome<Vec<Subject>> {
    let rows: Vec<(i64,)> = tx
        .sql(
            "select id from transfers where source_id = $1 and state in ('queued', 'requested', 'granted', 'completed') \
             order by id desc limit 100",
        )
        .bind(id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(transfer,)| Subject("transfer", transfer)).collect())
}

/// Takes the computer out of use too, by a line of history of its own.
async fn decommission(tx: &mut Tx, id: ClientId, new: &Removal) -> Outcome<()> {
    let reason = if new.note.is_empty() { new.state.word() } else { &new.note };
    let why = Correction {
        reason: format!("Local license: {reason}"),
        effective_on: None,
        seen: history::store::newest(&mut *tx, Subject("client", id.0)).await?,
    };
    by_hand::retire(tx, id, false, &why).await
}
