//! The steps of a transfer that requests and calls take: asked for, granted, denied, released.

use super::by_import::after_grant;
use super::transfer::State;
use crate::db::{Query, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{AgreementId, CallId, ClientId, CompanyId, KeyPackId, LicenseId, ReissueId, TransferId};
use crate::web::error::Outcome;

/// A transfer as a request sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    /// The transfer.
    pub id: TransferId,
    /// Where it stands.
    pub state: State,
    /// The request that asks for it.
    pub reissue_id: Option<ReissueId>,
    /// The reissued key pack.
    pub key_pack_id: Option<KeyPackId>,
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
    license_id: LicenseId,
    source_id: ClientId,
    destination_id: ClientId,
}

impl Step {
    fn line(&self, action: &'static str) -> NewLine {
        NewLine::new(action, Subject("transfer", self.id.0))
            .touching(Subject("license", self.license_id.0))
            .touching(Subject("client", self.source_id.0))
            .touching(Subject("client", self.destination_id.0))
            .before(serde_json::json!({"state": self.state}))
    }
}

fn steps(tx: &mut Tx) -> Query<'_> {
    tx.sql(
        "select t.id, t.state, t.reissue_id, t.key_pack_id, t.company_id, t.server_id, t.version, t.license_type, \
         k.agreement_id, t.license_id, t.source_id, t.destination_id from transfers t \
         join licenses l on l.id = t.license_id join key_packs k on k.id = l.key_pack_id where",
    )
}

/// Transfers by number, held against other changes; those that do not exist are missing.
pub async fn hold(tx: &mut Tx, ids: &[TransferId]) -> Outcome<Vec<Step>> {
    let mut sorted: Vec<TransferId> = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let lock = tx.pick("", " for update of t");
    let mut held = Vec::with_capacity(sorted.len());
    for id in sorted {
        held.extend(steps(tx).push_bind(" t.id = ?", id).push(lock).optional::<Step>().await?);
    }
    Ok(held)
}

/// The transfers that a request asks for, held against other changes, the oldest first.
pub async fn hold_requested(tx: &mut Tx, reissue: ReissueId) -> Outcome<Vec<Step>> {
    hold_those(tx, " t.reissue_id = ?", reissue.0, State::Requested).await
}

/// The transfers that a reissued key pack was granted for, and that are not completed.
pub async fn hold_granted(tx: &mut Tx, pack: KeyPackId) -> Outcome<Vec<Step>> {
    hold_those(tx, " t.key_pack_id = ?", pack.0, State::Granted).await
}

async fn hold_those(tx: &mut Tx, which: &'static str, id: i64, state: State) -> Outcome<Vec<Step>> {
    let lock = tx.pick("", " for update of t");
    Ok(steps(tx)
        .push_bind(which, id)
        .push_bind(" and t.state = ?", state)
        .push(" order by t.id")
        .push(lock)
        .all()
        .await?)
}

/// A request asks for a transfer that was queued.
pub async fn request(tx: &mut Tx, step: &Step, reissue: ReissueId) -> Outcome<()> {
    tx.sql("update transfers set state = 'requested', reissue_id = $1 where id = $2")
        .bind(reissue)
        .bind(step.id)
        .execute()
        .await?;
    let after = serde_json::json!({"state": State::Requested, "request": format!("R-{reissue}")});
    record(tx, step.line("transfer requested").touching(Subject("reissue", reissue.0)).after(after)).await
}

/// Microsoft reissued the license of a transfer as one of a key pack's.
pub async fn grant(tx: &mut Tx, step: &Step, pack: KeyPackId, call: CallId) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update transfers set state = 'granted', granted_at = $1, key_pack_id = $2 where id = $3")
        .bind(now)
        .bind(pack)
        .bind(step.id)
        .execute()
        .await?;
    let line = step
        .line("transfer granted")
        .touching(Subject("key_pack", pack.0))
        .touching(Subject("call", call.0))
        .after(serde_json::json!({"state": State::Granted, "key_pack": pack, "call": call}));
    record(tx, line).await?;
    after_grant(tx, step.id).await
}

/// Microsoft said no to a transfer.
pub async fn deny(tx: &mut Tx, step: &Step, call: CallId) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update transfers set state = 'denied', denied_at = $1 where id = $2")
        .bind(now)
        .bind(step.id)
        .execute()
        .await?;
    let after = serde_json::json!({"state": State::Denied, "call": call});
    record(tx, step.line("transfer denied").touching(Subject("call", call.0)).after(after)).await
}

/// What was granted is to be asked for again: its license key pack ID can no longer be installed. Whether a request still
/// asks for it is said by `into`.
pub async fn release(tx: &mut Tx, step: &Step, into: State, why: &str) -> Outcome<()> {
    let queued = i64::from(into == State::Queued);
    tx.sql(
        "update transfers set state = $1, granted_at = null, key_pack_id = null, \
         reissue_id = case when $2 = 1 then null else reissue_id end where id = $3",
    )
    .bind(into)
    .bind(queued)
    .bind(step.id)
    .execute()
    .await?;
    record(tx, step.line("transfer released").after(serde_json::json!({"state": into})).because(why)).await
}
