//! The old computer of a completed transfer: what is still to be done with it, as long as it counts as in use.

use crate::clients::local_license::LocalLicense;
use crate::db::{Db, Query};
use crate::ids::{ClientId, TransferId};
use crate::moment::Moment;
use crate::web::error::Outcome;

/// Days after a move for which the queue tells of the old computer: a license lives 89 days at most, so by then the one that it
/// keeps has run out.
pub const DAYS: i64 = 90;

/// The most that the queue lists.
pub const MOST: i64 = 100;

/// A computer that gave a seat away and counts as in use still.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CleanUp {
    /// The old computer.
    pub source_id: ClientId,
    /// Its name.
    pub source: String,
    /// What is known of the license in its registry.
    pub local_license: LocalLicense,
    /// The latest transfer by which it gave a seat away.
    pub transfer_id: TransferId,
    /// When that was completed.
    pub completed_at: Moment,
    /// Why that one moved, as [`super::transfer::REASONS`] stores it.
    pub reason: String,
    /// Who took that seat.
    pub destination_id: ClientId,
    /// That client's name.
    pub destination: String,
}

impl CleanUp {
    /// Whether it hardly comes back, so that nothing can be removed from it now.
    pub fn is_away(&self) -> bool {
        matches!(self.reason.as_str(), "hardware_failed" | "lost")
    }

    /// Whether its local license may be there still.
    pub fn may_hold_license(&self) -> bool {
        !matches!(self.local_license, LocalLicense::Removed | LocalLicense::NotPossible)
    }
}

const COLUMNS: &str = "t.source_id, a.name as source, a.local_license, t.id as transfer_id, t.completed_at, t.reason, \
    t.destination_id, b.name as destination";

/// Those that count as in use, gave no other seat away since and took none.
const LEFT: &str = " from transfers t join clients a on a.id = t.source_id join clients b on b.id = t.destination_id \
    where t.state = 'completed' and a.status = 'active' and a.kind = 'computer' \
    and not exists (select 1 from transfers d where d.destination_id = t.source_id and d.id > t.id \
        and d.denied_at is null and d.cancelled_at is null) \
    and not exists (select 1 from transfers n where n.source_id = t.source_id and n.id > t.id and n.state = 'completed')";

/// What is still to be done with a client that gave a seat away; nothing where it is out of use, or took another seat since.
pub async fn of_client(db: &Db, client: ClientId) -> Outcome<Option<CleanUp>> {
    Ok(db.sql("select ").push(COLUMNS).push(LEFT).push_bind(" and t.source_id = ?", client).optional().await?)
}

fn select<'c>(db: &'c Db, columns: &'static str, now: Moment) -> Query<'c> {
    db.sql("select ").push(columns).push(LEFT).push_bind(" and t.completed_at >= ?", now.plus_days(-DAYS))
}

/// The old computers of the last [`DAYS`] with which something is still to be done, the latest move first (at most [`MOST`]).
pub async fn open(db: &Db, now: Moment) -> Outcome<Vec<CleanUp>> {
    Ok(select(db, COLUMNS, now).push_limit(" order by t.completed_at desc, t.id desc limit ?", MOST).all().await?)
}

/// How many of those there are, up to a cap.
pub async fn count_open(db: &Db, now: Moment, cap: i64) -> Outcome<i64> {
    Ok(select(db, "1 as one", now).count_up_to(cap).await?)
}
