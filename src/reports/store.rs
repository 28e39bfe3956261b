//! The counts that reports are made of.

use super::summary::{Count, SOON, Summary};
use crate::clients;
use crate::db::Db;
use crate::history;
use crate::key_packs;
use crate::licenses;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::web::error::Outcome;
use crate::web::slice::CAP;

/// The counts of the first page.
pub async fn summary(db: &Db, now: Moment) -> Outcome<Summary> {
    let held = licenses::filter::Filter::on_server(now);
    let soon = licenses::filter::Filter { status: Some(Status::Temporary), within: Some(SOON), ..held.clone() };
    let packs = key_packs::filter::Filter { on_server: Some(true), ..key_packs::filter::Filter::default() };
    let over = key_packs::filter::Filter { over_used: true, ..packs.clone() };
    let everyone = clients::filter::Filter::default();
    let (by_issue, by_id) = (licenses::store::order(&held, ""), key_packs::store::order(""));
    let newest = clients::store::order(&everyone, "");
    Ok(Summary {
        running_out: Count(licenses::store::count(db, &soon, &licenses::store::order(&soon, ""), CAP).await?),
        over_used: Count(key_packs::store::count(db, &over, &by_id, CAP).await?),
        key_packs: Count(key_packs::store::count(db, &packs, &by_id, CAP).await?),
        clients: Count(clients::store::count(db, &everyone, &newest, CAP).await?),
        licenses: Count(licenses::store::count(db, &held, &by_issue, CAP).await?),
        changes: Count(history::store::count(db, &history::store::Filter::default(), CAP).await?),
    })
}
