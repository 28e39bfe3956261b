//! Transfers as pages ask for them.

use super::filter::{Filter, Shown};
use super::queue::{Asked, Reading, Row, Waiting};
use super::transfer::Transfer;
use super::watch::Awaited;
use crate::calendars;
use crate::db::{Db, Query, Reads};
use crate::ids::{ClientId, KeyPackId, LicenseId, ReissueId, TransferId};
use crate::key_packs::store::{FREE, IS_FREE};
use crate::moment::Moment;
use crate::web::app::Settings;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

pub(crate) const COLUMNS: &str = "t.id, t.seat_id, t.move_number, t.license_id, t.source_id, a.name as source, t.destination_id, \
    b.name as destination, t.server_id, s.name as server, t.version, t.license_type, t.reason, t.note, t.state, \
    t.override_reason, t.override_by, t.queued_at, t.queued_by, t.granted_at, t.completed_at, t.key_pack_id, \
    t.reissue_id, t.destination_license_id";

/// Left joins, so that SQLite begins with the transfers and keeps their order.
pub(crate) const FROM: &str = " from transfers t left join clients a on a.id = t.source_id \
    left join clients b on b.id = t.destination_id left join license_servers s on s.id = t.server_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "t.id", id: "t.id", text: false, descending: true }];

fn source<'c>(db: &'c Db, columns: &'static str, filter: &Filter) -> Query<'c> {
    let query = db.sql("select ").push(columns).push(FROM);
    let query = match filter.shown {
        Shown::All => query,
        // There are few of them beside those that came to an end.
        Shown::Open => query.push(" and t.state in ('queued', 'requested', 'granted')"),
        Shown::One(state) => query.push_bind(" and t.state = ?", state),
    };
    let query = query.push_some(" and t.server_id = ?", filter.server);
    match filter.client {
        Some(client) => query.push_bind(" and (t.source_id = ?", client).push_bind(" or t.destination_id = ?)", client),
        None => query,
    }
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, COLUMNS, filter), order)
}

/// Transfers in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<Transfer>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", filter).count_up_to(cap).await?)
}

/// One transfer.
pub async fn find<'c>(db: impl Reads<'c>, id: TransferId) -> Outcome<Transfer> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and t.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The moves of a seat, the first one first (at most 100).
pub async fn of_seat(db: &Db, seat: i64) -> Outcome<Vec<Transfer>> {
    let query = db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and t.seat_id = ?", seat);
    Ok(query.push(" order by t.id limit 100").all().await?)
}

/// The transfers on their way by which a client gives or takes a seat, the oldest first (at most 100).
pub async fn under_way(db: &Db, client: ClientId) -> Outcome<Vec<Transfer>> {
    let filter = Filter { client: Some(client.0), ..Filter::open() };
    Ok(source(db, COLUMNS, &filter).push(" order by t.id limit 100").all().await?)
}

/// The transfer on its way that moves a seat.
pub async fn under_way_of(db: &Db, seat: LicenseId) -> Outcome<Option<Transfer>> {
    let query = source(db, COLUMNS, &Filter::open()).push_bind(" and t.seat_id = ?", seat);
    Ok(query.push(" order by t.id desc limit 1").optional().await?)
}

/// The transfers that a request named, whatever became of them, the oldest first (at most 500).
pub async fn of_request(db: &Db, request: ReissueId) -> Outcome<Vec<Transfer>> {
    let query = db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and t.reissue_id = ?", request);
    Ok(query.push(" order by t.id limit 500").all().await?)
}

/// The transfers that were granted with a key pack, the oldest first (at most 500).
pub async fn of_pack(db: &Db, pack: KeyPackId) -> Outcome<Vec<Transfer>> {
    let query = db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and t.key_pack_id = ?", pack);
    Ok(query.push(" order by t.id limit 500").all().await?)
}

/// Some transfers, the oldest first (at most 500).
pub async fn some(db: &Db, ids: &[TransferId]) -> Outcome<Vec<Transfer>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql("select ").push(COLUMNS).push(FROM).push(" and t.id in").among(ids);
    Ok(query.push(" order by t.id limit 500").all().await?)
}

/// The transfers that requests named: request and transfer, in order.
pub async fn named_by<'c>(db: impl Reads<'c>, requests: &[ReissueId]) -> Outcome<Vec<(ReissueId, TransferId)>> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql("select reissue_id, id from transfers where reissue_id in").among(requests);
    Ok(query.push(" order by reissue_id, id").all().await?)
}

/// How the queue is read now: with the people's zone, the time that is kept free, and the days off of every country.
pub async fn reading(db: &Db, now: Moment, settings: &Settings) -> Outcome<Reading> {
    let calendars = calendars::store::by_country(db).await?;
    Ok(Reading { now, zone: settings.zone.clone(), reserve: settings.reserve, calendars })
}

/// What waits, with the dates that the servers gave, the oldest first (at most 1,000).
pub async fn queue(db: &Db, now: Moment) -> Outcome<Vec<Waiting>> {
    Ok(waiting(db, now).push(" order by t.id limit 1000").all().await?)
}

/// What the dates say of one transfer, while it waits.
pub async fn row_of(db: &Db, now: Moment, settings: &Settings, id: TransferId) -> Outcome<Option<Row>> {
    let Some(waiting) = waiting(db, now).push_bind(" and t.id = ?", id).optional::<Waiting>().await? else {
        return Ok(None);
    };
    Ok(Some(reading(db, now, settings).await?.row(waiting)))
}

fn waiting(db: &Db, now: Moment) -> Query<'_> {
    db.sql("select ")
        .push(COLUMNS)
        .push(
            ", k.agreement_id, case when s.country <> '' then s.country else o.country end as country, \
             l.expires_at as source_expires_at",
        )
        .push(TEMPORARY)
        .push(", (select ")
        .push(FREE)
        .push(" where k.server_id = t.server_id and k.version = t.version and k.license_type = t.license_type")
        .push_bind(" and k.expires_at > ?", now)
        .push(IS_FREE)
        .push(") as free")
        .push(
            " from transfers t join licenses l on l.id = t.license_id join key_packs k on k.id = l.key_pack_id \
             join companies o on o.id = t.company_id left join clients a on a.id = t.source_id \
             left join clients b on b.id = t.destination_id left join license_servers s on s.id = t.server_id \
             where t.state in ('queued', 'requested') and t.seen_license_id is null",
        )
}

/// The temporary license on which the destination works.
const TEMPORARY: &str = ", (select max(m.issued_at) from licenses m where m.client_id = t.destination_id and m.status = 1 \
        and m.version = t.version and m.gone_at is null) as temporary_issued_at, \
    (select max(m.expires_at) from licenses m where m.client_id = t.destination_id and m.status = 1 \
        and m.version = t.version and m.gone_at is null) as temporary_expires_at";

/// Those that wait and whose destination has a license, as an import showed; from the few that wait.
pub fn asked_about(db: &Db) -> Query<'_> {
    db.sql("select ").push(COLUMNS).push(
        ", n.id as seen_id, n.issued_at as seen_issued_at, n.version as seen_version, n.license_type as seen_type, \
         p.keypack_id as seen_keypack_id from transfers t join licenses n on n.id = t.seen_license_id \
         left join key_packs p on p.id = n.key_pack_id left join clients a on a.id = t.source_id \
         left join clients b on b.id = t.destination_id left join license_servers s on s.id = t.server_id \
         where t.state in ('queued', 'requested')",
    )
}

/// The transfers about which is asked whether they are completed without a call, the oldest first (at most 1,000).
pub async fn asked(db: &Db) -> Outcome<Vec<Asked>> {
    Ok(asked_about(db).push(" order by t.id limit 1000").all().await?)
}

/// How many those are, up to a cap.
pub async fn count_asked(db: &Db, cap: i64) -> Outcome<i64> {
    let query = db.sql(
        "select 1 as one from transfers t where t.state in ('queued', 'requested') and t.seen_license_id is not null",
    );
    Ok(query.count_up_to(cap).await?)
}

/// What is asked about one transfer.
pub async fn asked_of(db: &Db, id: TransferId) -> Outcome<Option<Asked>> {
    Ok(asked_about(db).push_bind(" and t.id = ?", id).optional().await?)
}

/// The granted transfers whose key pack is installed, the oldest first (at most 1,000).
pub async fn awaited(db: &Db) -> Outcome<Vec<Awaited>> {
    let query = db.sql("select ").push(COLUMNS).push(", k.installed_on").push(TEMPORARY).push(
        " from transfers t left join key_packs k on k.id = t.key_pack_id left join clients a on a.id = t.source_id \
         left join clients b on b.id = t.destination_id left join license_servers s on s.id = t.server_id \
         where t.state = 'granted' and k.state = 'installed' order by t.id limit 1000",
    );
    Ok(query.all().await?)
}

/// How many of those there are, up to a cap.
pub async fn count_awaited(db: &Db, cap: i64) -> Outcome<i64> {
    let query = db.sql(
        "select 1 as one from transfers t join key_packs k on k.id = t.key_pack_id \
         where t.state = 'granted' and k.state = 'installed'",
    );
    Ok(query.count_up_to(cap).await?)
}
