//! The counts that reports are made of.

use super::chart::Span;
use super::stock::Change;
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
    let desk = desk(db, now).await?;
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
async fn desk(db: &Db, now: Moment) -> Outcome<Summary> {
    let requests = |state| reissues::filter::Filter { state: Some(state), server: None };
    let (open, partly) = (requests(reissues::reissue::State::Open), requests(reissues::reissue::State::PartlyGranted));
    let calls = |standing| calls::filter::Filter { standing: Some(standing), server: None };
    Ok(Summary {
        open: Count(reissues::read::count(db, &open, CAP).await?),
        partly: Count(reissues::read::count(db, &partly, CAP).await?),
        live: Count(calls::read::count(db, &calls(Standing::Live), CAP).await?),
        open_calls: Count(calls::read::count(db, &calls(Standing::Open), CAP).await?),
        awaited: Count(transfers::read::count_awaited(db, CAP).await?),
        complete: Count(transfers::read::count_asked(db, CAP).await?),
        signs: Count(transfers::signs::count_open(db, CAP).await?),
        old: Count(transfers::clean_up::count_open(db, now, CAP).await?),
        findings: Count(findings::store::count_open(db, CAP).await?),
        ..Summary::default()
    })
}

/// What became more or less of finite key packs since a moment; pools of Windows itself are left out. The counts of each pack
/// are taken from one another here, for there are as many of them as imports times packs.
const CHANGES: &str = "with said as (select k.server_id, k.version, k.license_type, k.gone_at, c.captured_at, \
    c.quantity - coalesce(lag(c.quantity) over pack, 0) as quantity, \
    coalesce(c.issued, 0) - coalesce(lag(coalesce(c.issued, 0)) over pack, 0) as issued \
    from key_packs k join key_pack_counts c on c.key_pack_id = k.id where k.quantity is not null and c.quantity is not null \
    and k.origin not in ('built_in', 'temporary', 'over_used') and c.captured_at >= $1 \
    and (k.gone_at is null or c.captured_at < k.gone_at) window pack as (partition by c.key_pack_id order by c.captured_at)), \
    changes as (select server_id, version, license_type, captured_at as at, cast(sum(quantity) as bigint) as quantity, \
    cast(sum(issued) as bigint) as issued, true as told from said group by server_id, version, license_type, captured_at \
    union all select server_id, version, license_type, gone_at, cast(-sum(quantity) as bigint), cast(-sum(issued) as bigint), \
    false from said where gone_at is not null group by server_id, version, license_type, gone_at) \
    select g.server_id, s.name as server, g.version, g.license_type, g.at, g.quantity, g.issued, g.told from changes g \
    join license_servers s on s.id = g.server_id where s.retired_at is null";

/// What became more or less of each kind of license on each server since a moment, as imports told.
pub async fn changes(db: &Db, since: Moment) -> Outcome<Vec<Change>> {
    Ok(db.sql(CHANGES).bind(since).all().await?)
}

/// Temporary licenses on their servers that end within each of these spans, in their order.
pub async fn temporary_ends(db: &Db, spans: &[Span]) -> Outcome<Vec<i64>> {
    let counted: Vec<(i64, i64)> = db
        .sql("with spans (n, since, until) as (values")
        .rows_of(spans.iter().zip(0_i64..), |row, (span, n)| row.value(n).value(span.since).value(span.until))
        .push(
            ") select n, (select count(*) from licenses l where l.gone_at is null and l.status = 1 \
             and l.expires_at >= spans.since and l.expires_at < spans.until) as ends from spans order by n",
        )
        .all()
        .await?;
    Ok(counted.into_iter().map(|(_, ends)| ends).collect())
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
