//! The counts that reports are made of.

use super::stock::Count as Told;
use super::summary::{Count, SOON, Summary};
use crate::calls;
use crate::calls::call::Standing;
use crate::clients;
use crate::db::Db;
use crate::findings;
use crate::history;
use crate::imports;
use crate::key_packs;
use crate::key_packs::state::State;
use crate::license_servers;
use crate::licenses;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::reissues;
use crate::transfers;
use crate::web::error::Outcome;
use crate::web::slice::CAP;

/// The counts of the first page. `unheard_days`: after how many days without an import a server is told.
pub async fn summary(db: &Db, now: Moment, unheard_days: i64) -> Outcome<Summary> {
    let held = licenses::filter::Filter::on_server(now);
    let soon = licenses::filter::Filter { status: Some(Status::Temporary), within: Some(SOON), ..held.clone() };
    let everyone = clients::filter::Filter::default();
    let (by_issue, newest) = (licenses::store::order(&held, ""), clients::store::order(&everyone, ""));
    let unheard = license_servers::read::Filter { company: None, unheard_since: Some(now.plus_days(-unheard_days)) };
    let packs = packs(db).await?;
    let desk = desk(db).await?;
    Ok(Summary {
        running_out: Count(licenses::store::count(db, &soon, &licenses::store::order(&soon, ""), CAP).await?),
        clients: Count(clients::store::count(db, &everyone, &newest, CAP).await?),
        licenses: Count(licenses::store::count(db, &held, &by_issue, CAP).await?),
        changes: Count(history::store::count(db, &history::store::Filter::default(), CAP).await?),
        asking: Count(imports::store::count(db, Some(imports::import::State::Asking), CAP).await?),
        ready: Count(imports::store::count(db, Some(imports::import::State::Ready), CAP).await?),
        unheard: Count(license_servers::read::count(db, unheard, CAP).await?),
        over_used: packs.over_used,
        follow_up: packs.follow_up,
        key_packs: packs.key_packs,
        to_install: packs.to_install,
        not_installed: packs.not_installed,
        ..desk
    })
}

/// The counts of key packs.
async fn packs(db: &Db) -> Outcome<Summary> {
    use key_packs::filter::Filter;
    let on_server = Filter { on_server: Some(true), ..Filter::default() };
    let over = Filter { over_used: true, ..on_server.clone() };
    let follow_up = Filter { follow_up: true, ..on_server.clone() };
    let stands = |state| Filter { state: Some(state), ..Filter::default() };
    let by_id = key_packs::store::order("");
    Ok(Summary {
        over_used: Count(key_packs::store::count(db, &over, &by_id, CAP).await?),
        follow_up: Count(key_packs::store::count(db, &follow_up, &by_id, CAP).await?),
        key_packs: Count(key_packs::store::count(db, &on_server, &by_id, CAP).await?),
        to_install: Count(key_packs::store::count(db, &stands(State::Received), &by_id, CAP).await?),
        not_installed: Count(key_packs::store::count(db, &stands(State::InstallFailed), &by_id, CAP).await?),
        ..Summary::default()
    })
}

/// The counts of what the reissue desk has to do.
async fn desk(db: &Db) -> Outcome<Summary> {
    let requests = |state| reissues::filter::Filter { state: Some(state), server: None };
    let (open, partly) = (requests(reissues::reissue::State::Open), requests(reissues::reissue::State::PartlyGranted));
    let calls = |standing| calls::filter::Filter { standing: Some(standing), server: None };
    Ok(Summary {
        open: Count(reissues::read::count(db, &open, CAP).await?),
        partly: Count(reissues::read::count(db, &partly, CAP).await?),
        live: Count(calls::read::count(db, &calls(Standing::Live), CAP).await?),
        open_calls: Count(calls::read::count(db, &calls(Standing::Open), CAP).await?),
        signs: Count(transfers::signs::count_open(db, CAP).await?),
        findings: Count(findings::store::count_open(db, CAP).await?),
        ..Summary::default()
    })
}

/// What imports told of finite key packs since a moment, the oldest first; pools of Windows itself are left out.
pub async fn counts(db: &Db, since: Moment) -> Outcome<Vec<Told>> {
    Ok(db
        .sql(
            "select k.id as key_pack_id, k.server_id, s.name as server, k.version, k.license_type, c.captured_at, c.quantity, \
             coalesce(c.issued, 0) as issued, k.gone_at from key_packs k join license_servers s on s.id = k.server_id \
             join key_pack_counts c on c.key_pack_id = k.id where k.quantity is not null and c.quantity is not null \
             and s.retired_at is null and k.origin not in ('built_in', 'temporary', 'over_used') and c.captured_at >= $1 \
             order by c.captured_at, k.id",
        )
        .bind(since)
        .all()
        .await?)
}

/// Temporary licenses on their servers that end before a moment, counted by half hours.
pub async fn temporary_ends(db: &Db, (now, until): (Moment, Moment)) -> Outcome<Vec<(Moment, i64)>> {
    Ok(db
        .sql(
            "select (expires_at / 1800) * 1800 as at, count(*) as n from licenses where gone_at is null and status = 1 \
             and expires_at > $1 and expires_at < $2 group by (expires_at / 1800) * 1800 order by 1",
        )
        .bind(now)
        .bind(until)
        .all()
        .await?)
}

/// Transfers that were completed since a moment, counted by half hours.
pub async fn completed(db: &Db, since: Moment) -> Outcome<Vec<(Moment, i64)>> {
    Ok(db
        .sql(
            "select (completed_at / 1800) * 1800 as at, count(*) as n from transfers where completed_at >= $1 \
             group by (completed_at / 1800) * 1800 order by 1",
        )
        .bind(since)
        .all()
        .await?)
}
