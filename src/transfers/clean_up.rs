//! The old computer of a completed transfer: what is still to be done with it, as long as it counts as in use.

use crate::clients::local_license::LocalLicense;
use crate::db::Db;
use crate::ids::{ClientId, TransferId};
use crate::web::error::Outcome;

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

/// What is still to be done with a client that gave a seat away; nothing where it is out of use, or took another seat since.
pub async fn of_client(db: &Db, client: ClientId) -> Outcome<Option<CleanUp>> {
    Ok(db
        .sql(
            "select t.source_id, a.name as source, a.local_license, t.id as transfer_id, t.reason, t.destination_id, \
             b.name as destination from transfers t join clients a on a.id = t.source_id \
             join clients b on b.id = t.destination_id \
             where t.source_id = $1 and t.state = 'completed' and a.status = 'active' and a.kind = 'computer' \
             and not exists (select 1 from transfers d where d.destination_id = t.source_id and d.id > t.id \
                 and d.denied_at is null and d.cancelled_at is null) \
             order by t.id desc limit 1",
        )
        .bind(client)
        .optional()
        .await?)
}
