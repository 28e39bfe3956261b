//! Licenses in the database.

use super::filter::{Filter, Presence};
use super::license::{Event, License, Status};
use crate::clients::filter::Search;
use crate::db::{Db, Query, Reads};
use crate::ids::{ClientId, LicenseId};
use crate::key_packs::product::LicenseType;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, Window, walk};

const COLUMNS: &str = "l.id, l.key_pack_id, k.keypack_id, l.version, l.license_type, l.server_id, s.name as server, \
    l.license_number, l.client_id, c.name as client, l.user_name, l.computer, l.hardware_id, l.status, l.issued_at, \
    l.expires_at, l.first_issued_at, l.first_seen_at, l.first_import_id, l.gone_at, l.seat_id, l.transferred_at, \
    l.entered_by_hand, l.note, \
    exists (select 1 from revocations r where r.license_id = l.id and r.taken_back_at is null) as has_revocation";

/// Left joins, so that SQLite begins with the licenses and keeps their order.
const FROM: &str = " from licenses l left join key_packs k on k.id = l.key_pack_id \
    left join license_servers s on s.id = l.server_id left join clients c on c.id = l.client_id where true";

const fn by(name: &'static str, column: &'static str, descending: bool) -> Order {
    Order { name, column, id: "l.id", text: false, descending }
}

const ISSUED: Order = by("issued", "l.issued_at", true);
const EXPIRES: Order = by("expires", "l.expires_at", false);
const GONE: Order = by("gone", "l.gone_at", true);
const NUMBER: Order = by("number", "l.id", true);

/// The orders of the list; which of them are offered depends on what is shown.
pub static ORDERS: [Order; 4] = [ISSUED, EXPIRES, GONE, NUMBER];

/// Whether an index gives this order for what is shown. Licenses by issue or expiry are indexed while they are on
/// their servers; the gone ones, which only grow more, by when they went.
pub fn offers(filter: &Filter, name: &str) -> bool {
    let live = filter.presence == Presence::OnServer;
    let few = filter.client.is_some() || filter.pack.is_some();
    let led = Lead::of(filter, &ISSUED) != Lead::Nothing;
    match name {
        "issued" => live || led,
        "expires" => live || few,
        "gone" => filter.presence == Presence::Gone,
        "number" => filter.presence == Presence::All && !led,
        _ => false,
    }
}

/// The order that an address asks for, where it is offered; else the one that suits what is shown.
pub fn order(filter: &Filter, sort: &str) -> Order {
    if offers(filter, sort.trim_start_matches('-')) {
        return Order::chosen(sort, &ORDERS);
    }
    match (filter.presence, filter.status, filter.within) {
        (Presence::Gone, ..) => GONE,
        (Presence::All, ..) if offers(filter, "number") => NUMBER,
        (Presence::All, ..) => ISSUED,
        (_, Some(Status::Expired), _) => Order { descending: true, ..EXPIRES },
        // Temporary licenses last equally long: those issued first run out first, and they are few among all.
        (_, Some(Status::Temporary), Some(_)) => Order { descending: false, ..ISSUED },
        (_, _, Some(_)) => EXPIRES,
        _ => ISSUED,
    }
}

/// A license's place in an order.
pub fn place(order: &Order, license: &License) -> Cursor {
    let key = match order.name {
        "expires" => license.expires_at.0,
        "gone" => license.gone_at.unwrap_or_default().0,
        "number" => license.id.0,
        _ => license.issued_at.0,
    };
    Cursor::new(key, license.id.0)
}

/// The one filter by whose index SQLite finds the rows, already in their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Client,
    Pack,
    Status,
    Server,
    Version,
    Type,
    Nothing,
}

impl Lead {
    fn of(filter: &Filter, order: &Order) -> Lead {
        let plain = filter.status.is_some_and(|status| status.code().is_some());
        match order.name {
            // One client's or one pack's rows are sorted sooner than all rows are walked.
            _ if filter.client.is_some() => Lead::Client,
            _ if filter.pack.is_some() => Lead::Pack,
            "issued" if plain && filter.status != Some(Status::Active) => Lead::Status,
            "issued" if filter.server.is_some() => Lead::Server,
            "issued" if filter.version.is_some() => Lead::Version,
            "issued" if filter.license_type.is_some() => Lead::Type,
            "issued" if plain => Lead::Status,
            _ => Lead::Nothing,
        }
    }
}

/// SQLite weighs its indexes without knowing that a page is only fifty rows, so all filters but the leading one are
/// written so that they offer it no index. PostgreSQL weighs better, and is left to it.
fn source<'c>(db: &'c Db, (columns, from): (&'static str, &'static str), filter: &Filter, order: &Order) -> Query<'c> {
    let lead = Lead::of(filter, order);
    let when = |sharp: bool, text, dull| if sharp { text } else { db.pick(dull, text) };
    let query = db
        .sql("select ")
        .push(columns)
        .push(from)
        .push_some(when(lead == Lead::Client, " and l.client_id = ?", " and +l.client_id = ?"), filter.client)
        .push_some(when(lead == Lead::Pack, " and l.key_pack_id = ?", " and +l.key_pack_id = ?"), filter.pack)
        .push_some(when(lead == Lead::Server, " and l.server_id = ?", " and +l.server_id = ?"), filter.server)
        .push_some(
            when(lead == Lead::Version, " and l.version = ?", " and +l.version = ?"),
            filter.version.map(String::from),
        )
        .push_some(
            when(lead == Lead::Type, " and l.license_type = ?", " and +l.license_type = ?"),
            filter.license_type.map(LicenseType::as_str),
        );
    let query = held_by(query, db, filter);
    // The index of temporary licenses by their end is there for those alone, so it must be written who they are.
    let equals = match filter.status {
        Some(Status::Temporary) if order.name == "expires" && lead == Lead::Nothing => " and l.status = 1 and ? = 1",
        _ => when(lead == Lead::Status, " and l.status = ?", " and +l.status = ?"),
    };
    let query = in_state(query, filter, equals);
    by_time(query, db, filter, order)
}

/// Only those whose holder has a text: the clients are found first, by their own index.
fn held_by<'c>(query: Query<'c>, db: &Db, filter: &Filter) -> Query<'c> {
    match Search::of(&filter.find) {
        Some(Search::Part { whole, piece }) => query
            .push_bind(
                db.pick(
                    " and l.client_id in (select f.rowid from client_search f where f.search like ?",
                    " and l.client_id in (select f.id from clients f where f.search like ?",
                ),
                format!("%{piece}%"),
            )
            .push_bind(db.pick(" and instr(f.search, ?) > 0)", " and strpos(f.search, ?) > 0)"), whole)
            .planned_for_its_values(),
        Some(Search::Start(start)) => query
            .push_bind(" and l.client_id in (select f.id from clients f where f.name_key >= ?", &start)
            .push_bind(" and f.name_key < ?)", format!("{start}\u{10ffff}")),
        None => query,
    }
}

fn in_state<'c>(query: Query<'c>, filter: &Filter, equals: &'static str) -> Query<'c> {
    let Some(status) = filter.status else { return query };
    match status.code() {
        Some(code) => query.push_bind(equals, code),
        None => query.push(" and +l.status in (1, 2) and l.expires_at > 0"),
    }
}

fn by_time<'c>(query: Query<'c>, db: &Db, filter: &Filter, order: &Order) -> Query<'c> {
    let (walks_expiry, walks_gone) = (order.name == "expires", order.name == "gone");
    let when = |sharp: bool, text, dull| if sharp { text } else { db.pick(dull, text) };
    let runs = matches!(filter.status, Some(Status::Temporary | Status::Active));
    let lives = filter.within.is_some() || runs;
    let query = query
        .push_some(when(walks_expiry, " and l.expires_at <= ?", " and +l.expires_at <= ?"), filter.until())
        .push_some(
            when(walks_expiry, " and l.expires_at <= ?", " and +l.expires_at <= ?"),
            (filter.status == Some(Status::Expired)).then_some(filter.now),
        )
        .push_some(when(walks_expiry, " and l.expires_at > ?", " and +l.expires_at > ?"), lives.then_some(filter.now))
        .push_some(
            when(walks_gone, " and l.gone_at <= ?", " and +l.gone_at <= ?"),
            filter.unseen.map(|days| filter.now.plus_days(-days)),
        );
    match filter.presence {
        Presence::OnServer => query.push(" and l.gone_at is null"),
        Presence::Gone => query.push(when(walks_gone, " and l.gone_at is not null", " and +l.gone_at is not null")),
        Presence::All => query,
    }
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, (COLUMNS, FROM), filter, order), order)
}

/// The query of a count: it walks as the list does, so that it stops as soon. No filter asks what the licenses are joined to.
///
/// Temporary licenses on their servers are listed as they were issued, and each of them is looked up to see whether it has run
/// out; they are counted by their end, whose index says that.
pub fn select_count<'c>(db: &'c Db, filter: &Filter, order: &Order) -> Query<'c> {
    let is_temporary = filter.presence == Presence::OnServer && filter.status == Some(Status::Temporary);
    let order = if is_temporary && Lead::of(filter, &EXPIRES) == Lead::Nothing { &EXPIRES } else { order };
    walk(source(db, ("1 as one", " from licenses l where true"), filter, order), order)
}

/// Licenses in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<License>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many licenses there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, order: &Order, cap: i64) -> Outcome<i64> {
    Ok(select_count(db, filter, order).count_up_to(cap).await?)
}

/// One license.
pub async fn find<'c>(db: impl Reads<'c>, id: LicenseId) -> Outcome<License> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and l.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// Whose past is told.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// All licenses of a client.
    Client(ClientId),
    /// One license.
    License(LicenseId),
}

/// What license rows tell of their own past: issued, first seen, expired, and gone where history does not say it.
/// In the order of a timeline.
pub async fn events(db: &Db, of: Of, now: Moment, window: &Window) -> Outcome<Vec<Event>> {
    let query = db.sql(
        "with held as (select id, version, license_type, server_id, status, expires_at, first_issued_at, \
         first_seen_at, first_import_id, gone_at from licenses where",
    );
    let query = match of {
        Of::Client(id) => query.push_bind(" client_id = ?)", id),
        Of::License(id) => query.push_bind(" id = ?)", id),
    };
    let query = query
        .push(
            " select e.at, e.n, e.license_id, e.version, e.license_type, s.name as server, e.import_id from ( \
             select first_issued_at as at, id * 8 + 1 as n, id as license_id, version, license_type, server_id, \
             cast(null as bigint) as import_id from held where first_issued_at > 0 \
             union all select first_seen_at, id * 8 + 2, id, version, license_type, server_id, first_import_id from held \
             union all select expires_at, id * 8 + 3, id, version, license_type, server_id, null from held \
             where status in (1, 2) and expires_at > 0",
        )
        .push_bind(" and expires_at <= ?", now)
        .push(
            " union all select gone_at, id * 8 + 4, id, version, license_type, server_id, null from held \
             where gone_at is not null and not exists (select 1 from history_subjects t \
             join history h on h.id = t.line where t.kind = 'license' and t.id = held.id \
             and h.action = 'license gone from the server')) e join license_servers s on s.id = e.server_id where true",
        );
    let order = Order { name: "told", column: "e.at", id: "e.n", text: false, descending: true };
    Ok(window.by(query, &order).all().await?)
}
