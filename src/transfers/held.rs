//! Transfers as they stand, held against other changes until this one ends.

use super::transfer::State;
use crate::db::{Query, Tx};
use crate::history::line::{NewLine, Subject};
use crate::ids::{AgreementId, ClientId, CompanyId, KeyPackId, LicenseId, ReissueId, TransferId};
use crate::web::error::{Error, Outcome};

/// A transfer as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    /// The transfer.
    pub id: TransferId,
    /// Where it stands.
    pub state: State,
    /// The seat.
    pub seat_id: LicenseId,
    /// The license that moves.
    pub license_id: LicenseId,
    /// The client that gives the seat.
    pub source_id: ClientId,
    /// The client that takes it.
    pub destination_id: ClientId,
    /// The company within which it moves.
    pub company_id: CompanyId,
    /// The license server.
    pub server_id: i64,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The purchase that the license came with.
    pub agreement_id: Option<AgreementId>,
    /// The request that asks for it.
    pub reissue_id: Option<ReissueId>,
    /// The reissued key pack.
    pub key_pack_id: Option<KeyPackId>,
    /// The license that an import showed on the destination.
    pub seen_license_id: Option<LicenseId>,
}

impl Held {
    /// A line of history about a step of it, which tells the state before.
    pub fn line(&self, action: &'static str) -> NewLine {
        self.note(action).before(serde_json::json!({"state": self.state}))
    }

    /// A line of history about it, on the timelines of everything that it moves, where its state stays as it is.
    pub fn note(&self, action: &'static str) -> NewLine {
        NewLine::new(action, Subject("transfer", self.id.0))
            .touching(Subject("license", self.license_id.0))
            .touching(Subject("client", self.source_id.0))
            .touching(Subject("client", self.destination_id.0))
    }
}

fn select(tx: &mut Tx) -> Query<'_> {
    tx.sql(
        "select t.id, t.state, t.seat_id, t.license_id, t.source_id, t.destination_id, t.company_id, t.server_id, t.version, \
         t.license_type, k.agreement_id, t.reissue_id, t.key_pack_id, t.seen_license_id from transfers t \
         join licenses l on l.id = t.license_id join key_packs k on k.id = l.key_pack_id where",
    )
}

/// One transfer.
pub async fn hold(tx: &mut Tx, id: TransferId) -> Outcome<Held> {
    let lock = tx.pick("", " for update of t");
    select(tx).push_bind(" t.id = ?", id).push(lock).optional().await?.ok_or(Error::NotFound)
}

/// Transfers by number, in their order; those that do not exist are missing.
pub async fn hold_all(tx: &mut Tx, ids: &[TransferId]) -> Outcome<Vec<Held>> {
    let mut sorted: Vec<TransferId> = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut held = Vec::with_capacity(sorted.len());
    for id in sorted {
        match hold(tx, id).await {
            Ok(one) => held.push(one),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(held)
}

/// The transfers that a request asks for, the oldest first.
pub async fn hold_requested(tx: &mut Tx, reissue: ReissueId) -> Outcome<Vec<Held>> {
    hold_those(tx, " t.reissue_id = ?", reissue.0, State::Requested).await
}

/// The transfers that a reissued key pack was granted for, and that are not completed.
pub async fn hold_granted(tx: &mut Tx, pack: KeyPackId) -> Outcome<Vec<Held>> {
    hold_those(tx, " t.key_pack_id = ?", pack.0, State::Granted).await
}

async fn hold_those(tx: &mut Tx, which: &'static str, id: i64, state: State) -> Outcome<Vec<Held>> {
    let lock = tx.pick("", " for update of t");
    let those = select(tx).push_bind(which, id).push_bind(" and t.state = ?", state);
    Ok(those.push(" order by t.id").push(lock).all().await?)
}
