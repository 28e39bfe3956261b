//! Numbers to call in the database.

use super::call_number::{CallNumber, Details, Listed};
use crate::check::Problems;
use crate::db::{Db, Query, Reads, Tx};
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{CompanyId, LicenseServerId};
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

const COLUMNS: &str = "n.id, n.company_id, o.name as company, n.country, n.number, n.hours";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "n.id", id: "n.id", text: false, descending: true }];

/// A left join, so that SQLite begins with the numbers and keeps their order; and a filter that offers no other index.
fn source<'c>(db: &'c Db, columns: &'static str, company: Option<CompanyId>) -> Query<'c> {
    db.sql("select ")
        .push(columns)
        .push(" from call_numbers n left join companies o on o.id = n.company_id where true")
        .push_some(db.pick(" and +n.company_id = ?", " and n.company_id = ?"), company)
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, company: Option<CompanyId>, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, COLUMNS, company), order)
}

/// Numbers to call in an order, of one company or of all.
pub async fn list(db: &Db, company: Option<CompanyId>, order: &Order, window: &Window) -> Outcome<Vec<Listed>> {
    Ok(select(db, company, order, window).all().await?)
}

/// How many there are, up to a cap.
pub async fn count(db: &Db, company: Option<CompanyId>, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", company).count_up_to(cap).await?)
}

/// A company's numbers by country (at most 50).
pub async fn of_company(db: &Db, company: CompanyId) -> Outcome<Vec<Listed>> {
    let query = db.sql("select ").push(COLUMNS).push(" from call_numbers n join companies o on o.id = n.company_id");
    Ok(query.push_bind(" where n.company_id = ?", company).push(" order by n.country_key limit 50").all().await?)
}

/// One number to call.
pub async fn find(db: &Db, id: i64) -> Outcome<Listed> {
    source(db, COLUMNS, None).push_bind(" and n.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// A license server, and one of its company's numbers.
#[derive(sqlx::FromRow)]
struct Caller {
    call_number: String,
    country: String,
    country_key: Option<String>,
    number: Option<String>,
    hours: Option<String>,
}

/// The number to call about a license server: its own where it has one, else its company's number for the server's
/// country or, where the server names none, for the company's. Nothing where none is recorded.
pub async fn for_server<'c>(db: impl Reads<'c>, server: LicenseServerId) -> Outcome<Option<CallNumber>> {
    let callers: Vec<Caller> = db
        .sql(
            "select s.call_number, case when s.country <> '' then s.country else o.country end as country, n.country_key, \
             n.number, n.hours from license_servers s join companies o on o.id = s.company_id \
             left join call_numbers n on n.company_id = s.company_id where s.id = $1",
        )
        .bind(server)
        .all()
        .await?;
    let Some(any) = callers.first() else { return Err(Error::NotFound) };
    if !any.call_number.is_empty() {
        let (number, country) = (any.call_number.clone(), any.country.clone());
        return Ok(Some(CallNumber { number, country, hours: String::new() }));
    }
    let key = name_key(&any.country);
    let found = callers.into_iter().find(|one| one.country_key.as_deref() == Some(&key));
    Ok(found.and_then(|one| Some(CallNumber { number: one.number?, hours: one.hours?, country: one.country })))
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "The company has a number for this country already. Correct that one.";
        return Problems::of("country", says).into();
    }
    error
}

/// Adds a company's number for a country.
pub async fn add(tx: &mut Tx, company: CompanyId, new: &Details) -> Outcome<i64> {
    let known = tx.sql("select 1 as one from companies where id = $1").bind(company).count_up_to(1).await?;
    if known == 0 {
        return Err(Problems::of("company", "Choose the company that calls it.").into());
    }
    let id: i64 = tx
        .sql(
            "insert into call_numbers (company_id, country, country_key, number, hours) values ($1, $2, $3, $4, $5) \
             returning id",
        )
        .bind(company)
        .bind(&new.country)
        .bind(name_key(&new.country))
        .bind(&new.number)
        .bind(&new.hours)
        .scalar()
        .await
        .map_err(taken)?;
    record(tx, line("number to call added", id, company).after(serde_json::json!(new))).await?;
    Ok(id)
}

/// A line of history, which stands on the company's timeline too.
fn line(action: &'static str, id: i64, company: CompanyId) -> NewLine {
    NewLine::new(action, Subject("call_number", id)).touching(Subject("company", company.0))
}

/// Corrects a number to call.
pub async fn correct(tx: &mut Tx, id: i64, new: &Details, why: &Correction) -> Outcome<()> {
    let lock = tx.pick("", " for update");
    let company: Option<(CompanyId,)> =
        tx.sql("select company_id from call_numbers").push_bind(" where id = ?", id).push(lock).optional().await?;
    let (company,) = company.ok_or(Error::NotFound)?;
    let before: Details =
        tx.sql("select country, number, hours from call_numbers where id = $1").bind(id).one().await?;
    still_newest(tx, Subject("call_number", id), why.seen).await?;
    tx.sql("update call_numbers set country = $1, country_key = $2, number = $3, hours = $4 where id = $5")
        .bind(&new.country)
        .bind(name_key(&new.country))
        .bind(&new.number)
        .bind(&new.hours)
        .bind(id)
        .execute()
        .await
        .map_err(taken)?;
    record_correction(tx, line("number to call corrected", id, company), (&before, new), why).await
}
