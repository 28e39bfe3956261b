//! Clients in the database.

use super::client::{Client, Kind};
use super::filter::{Filter, Search, threes};
use crate::db::{Db, Query, Reads};
use crate::ids::ClientId;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, Window, walk};

const COLUMNS: &str = "c.id, c.company_id, o.name as company, c.kind, c.name, c.name_key, c.hardware_id, \
    c.last_issued_at, c.first_import_id, c.created_at, \
    exists (select 1 from clients n where n.name_key = c.name_key and n.id <> c.id) as has_namesake, \
    c.fqdn, c.site, c.owner, c.status, c.os_family_id, (select f.name from os_families f where f.id = c.os_family_id) as os_family, \
    c.local_license, c.local_license_at, c.local_license_by, c.local_license_method, c.local_license_backup, c.note";

/// Left joins, so that SQLite begins with the clients and keeps their order.
const FROM: &str = " from clients c left join companies o on o.id = c.company_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 3] = [
    Order { name: "newest", column: "c.id", id: "c.id", text: false, descending: true },
    Order { name: "name", column: "c.name_key", id: "c.id", text: true, descending: false },
    Order { name: "issued", column: "c.last_issued_at", id: "c.id", text: false, descending: true },
];

/// The order that an address asks for. A search has its own: newest first, or by the name that it begins with.
pub fn order(filter: &Filter, sort: &str) -> Order {
    match filter.search {
        Some(Search::Part { .. }) => Order::chosen("newest", &ORDERS),
        Some(Search::Start(_)) => Order::chosen("name", &ORDERS),
        None => Order::chosen(sort, &ORDERS),
    }
}

/// A client's place in an order.
pub fn place(order: &Order, client: &Client) -> Cursor {
    match order.name {
        "name" => Cursor::new(&client.name_key, client.id.0),
        "issued" => Cursor::new(client.last_issued_at.0, client.id.0),
        _ => Cursor::new(client.id, client.id.0),
    }
}

/// How a query of clients begins, and whether it names their companies.
type Head = (&'static str, &'static str, bool);

const ROWS: Head = ("select ", COLUMNS, true);
const COUNT: Head = ("select ", "1 as one", false);
const FOUND: Head = ("with found as materialized (select ", "c.id as id", false);

fn source<'c>(db: &'c Db, (head, columns, named): Head, filter: &Filter, order: &Order) -> Query<'c> {
    let company = if named { " left join companies o on o.id = c.company_id" } else { "" };
    let query = db.sql(head).push(columns);
    let query = match &filter.search {
        // The index of parts must drive, and give its rows already ordered: 0.1 ms instead of 100 ms.
        Some(Search::Part { whole, piece }) => {
            let query =
                query.push(db.pick(" from client_search f cross join clients c", " from clients c")).push(company);
            let candidates = db.pick(" where c.id = f.rowid and f.client_search match ?", " where c.search like ?");
            let query = query.push_bind(candidates, db.pick(threes(piece), format!("%{piece}%")));
            let rest = db.pick(true, whole != piece).then_some(whole);
            let query = query.planned_for_its_values();
            query.push_some(db.pick(" and instr(c.search, ?) > 0", " and strpos(c.search, ?) > 0"), rest)
        }
        Some(Search::Start(start)) => query
            .push(" from clients c")
            .push(company)
            .push(" where true")
            .push_bind(" and c.name_key >= ?", start)
            .push_bind(" and c.name_key < ?", format!("{start}\u{10ffff}")),
        None => query.push(" from clients c").push(company).push(" where true"),
    };
    // Where SQLite must keep to the order's own index, a filter is written so that it offers no other one.
    let free = order.name == "newest" && filter.search.is_none();
    let pick = |sharp, dull| if free { sharp } else { db.pick(dull, sharp) };
    query
        .push_some(pick(" and c.kind = ?", " and +c.kind = ?"), filter.kind.map(Kind::as_str))
        .push_some(pick(" and c.status = ?", " and +c.status = ?"), filter.status)
        .push_some(pick(" and c.os_family_id = ?", " and +c.os_family_id = ?"), filter.os_family)
        .push_some(pick(" and c.company_id = ?", " and +c.company_id = ?"), filter.company)
}

/// The order as the query writes it: on SQLite a search walks the index of parts.
fn written(db: &Db, filter: &Filter, order: &Order) -> Order {
    let driven = matches!(filter.search, Some(Search::Part { .. }));
    let id = if driven { db.pick("f.rowid", "c.id") } else { "c.id" };
    Order { column: if order.column == order.id { id } else { order.column }, id, ..*order }
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, ROWS, filter, order), &written(db, filter, order))
}

/// The query of a count: it walks as the list does, so that it stops as soon.
pub fn select_count<'c>(db: &'c Db, filter: &Filter, order: &Order) -> Query<'c> {
    walk(source(db, COUNT, filter, order), &written(db, filter, order))
}

/// Clients in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<Client>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// A client of a search, and how many there are, up to a cap.
#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    client: Client,
    many: i64,
}

/// The query of a search's first clients with their count: the index of parts, which takes the time, is asked once for both.
pub fn select_found<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window, cap: i64) -> Query<'c> {
    walk(source(db, FOUND, filter, order), &written(db, filter, order))
        .push_limit(" limit ?), page as (", cap)
        .push_limit("select id from found order by id desc limit ?) select ", window.size() + 1)
        .push(COLUMNS)
        .push(
            ", (select count(*) from found) as many from page p cross join clients c \
             left join companies o on o.id = c.company_id where c.id = p.id order by c.id desc",
        )
}

/// Clients in an order, and how many there are, up to a cap, where that is known without asking for it.
pub async fn list_and_count(
    db: &Db,
    filter: &Filter,
    order: &Order,
    window: &Window,
    cap: i64,
) -> Outcome<(Vec<Client>, Option<i64>)> {
    if !matches!(filter.search, Some(Search::Part { .. })) || !window.is_first() {
        return Ok((list(db, filter, order, window).await?, None));
    }
    let found: Vec<Found> = select_found(db, filter, order, window, cap).all().await?;
    let many = found.first().map_or(0, |one| one.many);
    Ok((found.into_iter().map(|one| one.client).collect(), Some(many)))
}

/// How many clients there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, order: &Order, cap: i64) -> Outcome<i64> {
    Ok(select_count(db, filter, order).count_up_to(cap).await?)
}

/// A client, and what there may be of it besides, so that a page asks only for what there is.
#[derive(Debug, sqlx::FromRow)]
pub struct Known {
    /// The client.
    #[sqlx(flatten)]
    pub client: Client,
    /// Whether one of its seats was to go to another client.
    pub has_given: bool,
    /// Whether a transfer is on its way by which it gives or takes a seat.
    pub is_moving: bool,
    /// Whether imports showed something of it that somebody should look at.
    pub has_findings: bool,
}

/// One client with what there may be of it besides.
pub async fn find_known(db: &Db, id: ClientId) -> Outcome<Known> {
    let query = db.sql("select ").push(COLUMNS).push(
        ", exists (select 1 from transfers t where t.source_id = c.id) as has_given, \
         exists (select 1 from transfers t where t.source_id = c.id and t.state in ('queued', 'requested', 'granted')) \
         or exists (select 1 from transfers t where t.destination_id = c.id and t.state in ('queued', 'requested', 'granted')) \
         as is_moving, exists (select 1 from findings f \
         where f.client_id = c.id) or exists (select 1 from findings f where f.other_client_id = c.id) as has_findings",
    );
    query.push(FROM).push_bind(" and c.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// One client.
pub async fn find<'c>(db: impl Reads<'c>, id: ClientId) -> Outcome<Client> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and c.id = ?", id).optional().await?.ok_or(Error::NotFound)
}
