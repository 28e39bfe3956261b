//! Agreements as pages ask for them.

use super::agreement::{Agreement, bare};
use crate::db::{Db, Query, Reads};
use crate::ids::{AgreementId, CompanyId};
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

const COLUMNS: &str = "a.id, a.company_id, o.name as company, a.program, a.license_number, a.authorization_number, \
    a.agreement_number, a.retail_code_end, a.product_version, a.license_type, a.quantity, a.purchased_on, \
    a.transfer_policy, a.document, a.note, a.created_at, a.retired_at";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "a.id", id: "a.id", text: false, descending: true }];

fn source<'c>(db: impl Reads<'c>, columns: &'static str, company: Option<CompanyId>) -> Query<'c> {
    db.sql("select ")
        .push(columns)
        .push(" from agreements a join companies o on o.id = a.company_id where true")
        .push_some(" and a.company_id = ?", company)
}

/// Agreements in an order.
pub async fn list(db: &Db, company: Option<CompanyId>, order: &Order, window: &Window) -> Outcome<Vec<Agreement>> {
    Ok(window.by(source(db, COLUMNS, company), order).all().await?)
}

/// Agreements whose numbers have a text, in an order; an empty one: every one.
pub async fn having(
    db: &Db,
    (company, find): (Option<CompanyId>, &str),
    order: &Order,
    window: &Window,
) -> Outcome<Vec<Agreement>> {
    let find = Some(bare(find)).filter(|find| !find.is_empty());
    let has = db.pick(" and instr(a.search, ?) > 0", " and strpos(a.search, ?) > 0");
    Ok(window.by(source(db, COLUMNS, company).push_some(has, find), order).all().await?)
}

/// How many agreements there are, up to a cap.
pub async fn count(db: &Db, company: Option<CompanyId>, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", company).count_up_to(cap).await?)
}

/// One agreement.
pub async fn find<'c>(db: impl Reads<'c>, id: AgreementId) -> Outcome<Agreement> {
    source(db, COLUMNS, None).push_bind(" and a.id = ?", id).optional().await?.ok_or(Error::NotFound)
}
