//! Companies as pages ask for them.

use super::company::ListedCompany;
use crate::db::{Db, Query, Reads};
use crate::ids::CompanyId;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

const COLUMNS: &str = "o.id, o.name_key, o.name, o.contact_first_name, o.contact_last_name, o.email, o.phone, o.address, \
    o.country, o.note, o.created_at, o.retired_at, \
    (select count(*) from license_servers s where s.company_id = o.id and s.retired_at is null) as servers, \
    (select count(*) from agreements a where a.company_id = o.id and a.retired_at is null) as agreements";

/// The orders of the list.
pub static ORDERS: [Order; 1] =
    [Order { name: "name", column: "o.name_key", id: "o.id", text: true, descending: false }];

fn source<'c>(db: impl Reads<'c>, columns: &'static str) -> Query<'c> {
    db.sql("select ").push(columns).push(" from companies o where true")
}

/// Companies in an order.
pub async fn list(db: &Db, order: &Order, window: &Window) -> Outcome<Vec<ListedCompany>> {
    Ok(window.by(source(db, COLUMNS), order).all().await?)
}

/// Companies whose name has a text, in an order; an empty one: every company.
pub async fn having(db: &Db, find: &str, order: &Order, window: &Window) -> Outcome<Vec<ListedCompany>> {
    let find = Some(name_key(find)).filter(|find| !find.is_empty());
    let has = db.pick(" and instr(o.name_key, ?) > 0", " and strpos(o.name_key, ?) > 0");
    Ok(window.by(source(db, COLUMNS).push_some(has, find), order).all().await?)
}

/// How many companies there are, up to a cap.
pub async fn count(db: &Db, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one").count_up_to(cap).await?)
}

/// One company.
pub async fn find<'c>(db: impl Reads<'c>, id: CompanyId) -> Outcome<ListedCompany> {
    source(db, COLUMNS).push_bind(" and o.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// Whether there are several companies to tell apart.
pub async fn are_several(db: &Db) -> Outcome<bool> {
    Ok(db.sql("select 1 as one from companies").count_up_to(2).await? > 1)
}
