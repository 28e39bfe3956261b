//! What becomes of a server's key packs when it is reactivated or its license database starts anew.

use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record_all;
use crate::ids::{ImportId, LicenseServerId};
use crate::web::error::Outcome;

/// Packs that somebody bought: not the pools that Microsoft's server makes itself, which come back by themselves.
const BOUGHT: &str = "select id, follow_up, state from key_packs where server_id = $1 and epoch <= $2 and gone_at is null \
    and origin not in ('built_in', 'temporary', 'over_used') and follow_up <> $3";

#[derive(sqlx::FromRow)]
struct Flagged {
    id: i64,
    follow_up: String,
    state: String,
}

/// After a reactivation: packs with licenses left are flagged, for their unissued licenses must be reissued.
pub async fn note_reactivated(
    tx: &mut Tx,
    server: LicenseServerId,
    epoch: i64,
    import: Option<ImportId>,
) -> Outcome<()> {
    let left = tx.sql(BOUGHT).bind(server).bind(epoch).bind("reissue_unissued");
    let packs: Vec<Flagged> = left
        .push(" and state = 'installed' and (available > 0 or (available is null and quantity > coalesce(issued, 0)))")
        .all()
        .await?;
    flag(tx, server, packs, ("reissue_unissued", "key pack to be reissued"), import).await
}

/// After a new license database: packs installed in an older one must be reinstalled or migrated, and license key pack
/// IDs that were received but not installed are void.
pub async fn note_new_database(
    tx: &mut Tx,
    server: LicenseServerId,
    old_epoch: i64,
    import: Option<ImportId>,
) -> Outcome<()> {
    let packs = tx.sql(BOUGHT).bind(server).bind(old_epoch).bind("reinstall_or_migrate");
    let packs: Vec<Flagged> = packs.push(" and state in ('installed', 'received')").all().await?;
    flag(tx, server, packs, ("reinstall_or_migrate", "key pack to be reinstalled"), import).await
}

async fn flag(
    tx: &mut Tx,
    server: LicenseServerId,
    packs: Vec<Flagged>,
    (follow_up, action): (&'static str, &'static str),
    import: Option<ImportId>,
) -> Outcome<()> {
    let mut lines = Vec::with_capacity(packs.len());
    for pack in packs {
        let (next, state) = if pack.state == "received" { ("", "void") } else { (follow_up, pack.state.as_str()) };
        tx.sql("update key_packs set follow_up = $1, state = $2 where id = $3")
            .bind(next)
            .bind(state)
            .bind(pack.id)
            .execute()
            .await?;
        let action = if state == "void" { "key pack void" } else { action };
        let line = NewLine::new(action, Subject("key_pack", pack.id))
            .touching(Subject("license_server", server.0))
            .before(serde_json::json!({"follow_up": pack.follow_up, "state": pack.state}))
            .after(serde_json::json!({"follow_up": next, "state": state}));
        lines.push(NewLine { import, ..line });
    }
    record_all(tx, lines).await
}
