//! The steps of a transfer that requests and calls take: asked for, granted, denied, released.

use super::by_import::after_grant;
use super::held::Held;
use super::transfer::State;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{CallId, KeyPackId, ReissueId};
use crate::web::error::Outcome;

/// A request asks for a transfer that was queued.
pub async fn request(tx: &mut Tx, step: &Held, reissue: ReissueId) -> Outcome<()> {
    tx.sql("update transfers set state = 'requested', reissue_id = $1 where id = $2")
        .bind(reissue)
        .bind(step.id)
        .execute()
        .await?;
    let after = serde_json::json!({"state": State::Requested, "request": format!("R-{reissue}")});
    record(tx, step.line("transfer requested").touching(Subject("reissue", reissue.0)).after(after)).await
}

/// Microsoft reissued the license of a transfer as one of a key pack's.
pub async fn grant(tx: &mut Tx, step: &Held, pack: KeyPackId, call: CallId) -> Outcome<()> {
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

/// Microsoft said no to a transfer. `line`: what history says of it.
pub async fn deny(tx: &mut Tx, step: &Held, line: NewLine) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update transfers set state = 'denied', denied_at = $1 where id = $2")
        .bind(now)
        .bind(step.id)
        .execute()
        .await?;
    record(tx, line.after(serde_json::json!({"state": State::Denied}))).await
}

/// What was granted is to be asked for again: its license key pack ID can no longer be installed. Whether a request still
/// asks for it is said by `into`.
pub async fn release(tx: &mut Tx, step: &Held, into: State, why: &str) -> Outcome<()> {
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
