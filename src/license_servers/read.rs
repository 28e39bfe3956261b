//! License servers read from the database.

use super::license_server::ListedServer;
use crate::db::{Db, Query, Reads};
use crate::ids::{CompanyId, LicenseServerId};
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, Window};

/// The key packs `k` that stand on their server: what was only received is on none yet.
macro_rules! on_server {
    () => {
        "k.gone_at is null and k.state not in ('received', 'install_failed', 'void')"
    };
}
pub(crate) use on_server;

const COLUMNS: &str = concat!(
    "s.id, s.company_id, o.name as company, s.name, s.name_key, s.license_server_id, s.product_id, \
    s.epoch, s.packs_seen_at, s.licenses_seen_at, s.created_at, s.retired_at, \
    s.os_version, s.connection_method, s.discovery_scope, s.country, s.call_number, s.note, \
    (select count(*) from key_packs k where k.server_id = s.id and ",
    on_server!(),
    ") as key_packs"
);

/// The orders of the list.
pub static ORDERS: [Order; 1] =
    [Order { name: "name", column: "s.name_key", id: "s.id", text: true, descending: false }];

/// A server's place in the list.
pub fn place(server: &ListedServer) -> Cursor {
    Cursor::new(&server.name_key, server.id.0)
}

/// What a list shows; everything unless something is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only this company's.
    pub company: Option<CompanyId>,
    /// Only those in use whose newest export is older; one that never had any has none to miss.
    pub unheard_since: Option<Moment>,
}

impl Filter {
    /// Every server of a company.
    pub fn of_company(company: Option<CompanyId>) -> Filter {
        Filter { company, unheard_since: None }
    }
}

fn source<'c>(db: &'c Db, columns: &'static str, filter: Filter) -> Query<'c> {
    let query = db
        .sql("select ")
        .push(columns)
        .push(" from license_servers s join companies o on o.id = s.company_id where true")
        .push_some(" and s.company_id = ?", filter.company);
    let Some(since) = filter.unheard_since else { return query };
    query
        .push(" and s.retired_at is null and (s.packs_seen_at is not null or s.licenses_seen_at is not null)")
        .push_bind(" and coalesce(s.packs_seen_at, 0) < ?", since)
        .push_bind(" and coalesce(s.licenses_seen_at, 0) < ?", since)
}

/// License servers in an order.
pub async fn list(db: &Db, filter: Filter, order: &Order, window: &Window) -> Outcome<Vec<ListedServer>> {
    Ok(window.by(source(db, COLUMNS, filter), order).all().await?)
}

/// License servers whose name has a text, in an order; an empty one: every one.
pub async fn having(
    db: &Db,
    (company, find): (Option<CompanyId>, &str),
    order: &Order,
    window: &Window,
) -> Outcome<Vec<ListedServer>> {
    let find = Some(name_key(find)).filter(|find| !find.is_empty());
    let has = db.pick(" and instr(s.name_key, ?) > 0", " and strpos(s.name_key, ?) > 0");
    Ok(window.by(source(db, COLUMNS, Filter::of_company(company)).push_some(has, find), order).all().await?)
}

/// How many license servers there are, up to a cap.
pub async fn count(db: &Db, filter: Filter, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", filter).count_up_to(cap).await?)
}

/// One license server.
pub async fn find<'c>(db: impl Reads<'c>, id: LicenseServerId) -> Outcome<ListedServer> {
    db.sql("select ")
        .push(COLUMNS)
        .push_bind(" from license_servers s join companies o on o.id = s.company_id where s.id = ?", id)
        .optional()
        .await?
        .ok_or(Error::NotFound)
}

/// The servers by name with their numbers, for a filter's list (at most 1,000).
pub async fn names(db: &Db) -> Outcome<Vec<(i64, String)>> {
    Ok(db.sql("select id, name from license_servers order by name_key, id limit 1000").all().await?)
}

/// The company whose server it is; nothing where there is no such server.
pub async fn company(db: &Db, id: i64) -> Outcome<Option<CompanyId>> {
    let found: Option<(CompanyId,)> =
        db.sql("select company_id from license_servers where id = $1").bind(id).optional().await?;
    Ok(found.map(|(company,)| company))
}
