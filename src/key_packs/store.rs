//! Key packs in the database.

use super::filter::Filter;
use super::key_pack::{Count, KeyPack};
use super::product::LicenseType;
use crate::db::{Db, Query, Reads};
use crate::ids::{KeyPackId, LicenseServerId};
use crate::license_servers::read::on_server;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, Window, walk};

const COLUMNS: &str = "k.id, k.server_id, s.name as server, o.name as company, k.epoch, k.keypack_id, k.origin, \
    k.version, k.license_type, k.product_code, k.product_version, k.product_version_id, k.key_pack_type, \
    k.product_type, k.type_and_model, k.access_rights, k.quantity, k.issued, k.available, k.expires_at, k.described_at, \
    k.first_import_id, k.created_at, k.gone_at, k.follow_up, k.state, k.entered_by_hand, \
    substr(k.license_key_pack_id, 31) as license_key_pack_id_end, k.agreement_id, \
    (select coalesce(nullif(a.license_number, ''), nullif(a.agreement_number, ''), a.retail_code_end) from agreements a \
     where a.id = k.agreement_id) as agreement_number, k.installed_on, k.note, k.failure, k.reissue_id, k.superseded_by_id";

/// Left joins, so that SQLite begins with the key packs and keeps their order.
const FROM: &str = " from key_packs k left join license_servers s on s.id = k.server_id \
    left join companies o on o.id = s.company_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 2] = [
    Order { name: "newest", column: "k.id", id: "k.id", text: false, descending: true },
    Order { name: "expires", column: "k.expires_at", id: "k.id", text: false, descending: false },
];

/// The order that an address asks for.
pub fn order(sort: &str) -> Order {
    Order::chosen(sort, &ORDERS)
}

/// A key pack's place in an order.
pub fn place(order: &Order, pack: &KeyPack) -> Cursor {
    match order.name {
        "expires" => Cursor::new(pack.expires_at.0, pack.id.0),
        _ => Cursor::new(pack.id, pack.id.0),
    }
}

fn source<'c>(db: &'c Db, (columns, from): (&'static str, &'static str), filter: &Filter, order: &Order) -> Query<'c> {
    // Where SQLite must keep to the order's own index, a filter is written so that it offers no other one.
    let free = order.name == "newest";
    let pick = |sharp, dull| if free { sharp } else { db.pick(dull, sharp) };
    let query = db.sql("select ").push(columns).push(from);
    let query = query
        .push_some(pick(" and k.server_id = ?", " and +k.server_id = ?"), filter.server)
        .push_some(pick(" and k.version = ?", " and +k.version = ?"), filter.version.map(String::from))
        .push_some(
            pick(" and k.license_type = ?", " and +k.license_type = ?"),
            filter.license_type.map(LicenseType::as_str),
        )
        .push_some(pick(" and k.origin = ?", " and +k.origin = ?"), filter.origin)
        .push_some(pick(" and k.state = ?", " and +k.state = ?"), filter.state)
        .push_some(pick(" and k.agreement_id = ?", " and +k.agreement_id = ?"), filter.agreement);
    let query = query.push_some(
        db.pick(
            " and instr(lower(k.product_code || ' ' || k.product_version || ' ' || k.version || ' ') || s.name_key, ?) > 0",
            " and strpos(lower(k.product_code || ' ' || k.product_version || ' ' || k.version || ' ') || s.name_key, ?) > 0",
        ),
        filter.find.as_ref(),
    );
    let query = match filter.on_server {
        Some(true) => query.push(concat!(" and ", on_server!())),
        Some(false) => query.push(" and k.gone_at is not null"),
        None => query,
    };
    if filter.over_used {
        return query.push(" and k.issued > k.quantity");
    }
    if filter.follow_up {
        return query.push(" and k.follow_up <> ''");
    }
    query
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, (COLUMNS, FROM), filter, order), order)
}

/// Key packs in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<KeyPack>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many key packs there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, order: &Order, cap: i64) -> Outcome<i64> {
    // Only a text is looked for in what the key packs are joined to.
    let from = if filter.find.is_some() { FROM } else { " from key_packs k where true" };
    Ok(walk(source(db, ("1 as one", from), filter, order), order).count_up_to(cap).await?)
}

/// One key pack.
pub async fn find<'c>(db: impl Reads<'c>, id: KeyPackId) -> Outcome<KeyPack> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and k.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// What the latest imports said of a key pack, the newest first.
pub async fn counts(db: &Db, id: KeyPackId, most: i64) -> Outcome<Vec<Count>> {
    Ok(db
        .sql(
            "select captured_at, import_id, quantity, issued, available from key_pack_counts \
             where key_pack_id = $1 order by captured_at desc limit $2",
        )
        .bind(id)
        .bind(most)
        .all()
        .await?)
}

/// How many licenses are free in key packs `k`.
pub const FREE: &str = "cast(coalesce(sum(k.available), 0) as bigint) from key_packs k";

/// Which packs a server hands licenses out of, but for those that have expired.
pub const IS_FREE: &str = " and k.available > 0 and k.state = 'installed' and k.gone_at is null \
    and k.origin not in ('built_in', 'temporary', 'over_used')";

/// How many licenses of a version and type are free on a server, as its last export said of what is installed.
pub async fn free<'c>(
    db: impl Reads<'c>,
    server: LicenseServerId,
    (version, license_type): (&str, &str),
    now: Moment,
) -> Outcome<i64> {
    let query = db
        .sql("select ")
        .push(FREE)
        .push_bind(" where k.server_id = ?", server)
        .push_bind(" and k.version = ?", version);
    let query = query.push_bind(" and k.license_type = ?", license_type).push_bind(" and k.expires_at > ?", now);
    Ok(query.push(IS_FREE).scalar().await?)
}
