//! The counts that reports are made of.

use super::summary::{Count, SOON, Summary};
use crate::calls;
use crate::calls::call::Standing;
use crate::clients;
use crate::db::Db;
use crate::history;
use crate::key_packs;
use crate::key_packs::state::State;
use crate::licenses;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::reissues;
use crate::transfers;
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
    let desk = desk(db).await?;
    Ok(Summary {
        running_out: Count(licenses::store::count(db, &soon, &licenses::store::order(&soon, ""), CAP).await?),
        over_used: Count(key_packs::store::count(db, &over, &by_id, CAP).await?),
        key_packs: Count(key_packs::store::count(db, &packs, &by_id, CAP).await?),
        clients: Count(clients::store::count(db, &everyone, &newest, CAP).await?),
        licenses: Count(licenses::store::count(db, &held, &by_issue, CAP).await?),
        changes: Count(history::store::count(db, &history::store::Filter::default(), CAP).await?),
        ..desk
    })
}

/// The counts of what the reissue desk has to do.
async fn desk(db: &Db) -> Outcome<Summary> {
    let queued = transfers::filter::Filter {
        shown: transfers::filter::Shown::One(transfers::transfer::State::Queued),
        ..transfers::filter::Filter::default()
    };
    let mut asked = 0;
    for state in [reissues::reissue::State::Open, reissues::reissue::State::PartlyGranted] {
        let filter = reissues::filter::Filter { state: Some(state), server: None };
        asked += reissues::read::count(db, &filter, CAP).await?;
    }
    let mut to_install = 0;
    for state in [State::Received, State::InstallFailed] {
        let filter = key_packs::filter::Filter { state: Some(state), ..key_packs::filter::Filter::default() };
        to_install += key_packs::store::count(db, &filter, &key_packs::store::order(""), CAP).await?;
    }
    let calls = |standing| calls::filter::Filter { standing: Some(standing), server: None };
    Ok(Summary {
        queued: Count(transfers::read::count(db, &queued, CAP).await?),
        asked: Count(asked),
        live: Count(calls::read::count(db, &calls(Standing::Live), CAP).await?),
        open_calls: Count(calls::read::count(db, &calls(Standing::Open), CAP).await?),
        to_install: Count(to_install),
        signs: Count(transfers::signs::count_open(db, CAP).await?),
        ..Summary::default()
    })
}
