//! Companies in the database.

use super::company::Details;
use crate::check::Problems;
use crate::db::{Db, Query, Tx};
use crate::history::correction::{Correction, not_again};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::CompanyId;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};

/// What the only company is called until somebody names it.
pub const UNNAMED: &str = "My company";

/// A company by number and name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Company {
    /// Its number.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
}

/// Every company, by name.
pub async fn list(db: &Db) -> Outcome<Vec<Company>> {
    Ok(db.sql("select id, name from companies order by name_key").all().await?)
}

/// The company of a name, if there is one.
pub async fn look_up(db: &Db, name: &str) -> Outcome<Option<Company>> {
    Ok(db.sql("select id, name from companies where name_key = $1").bind(name_key(name)).optional().await?)
}

/// Holds a company against changes of its clients until this change ends. Other rows may still come to refer to it.
pub async fn hold_clients(tx: &mut Tx, id: CompanyId) -> Outcome<()> {
    let lock =
        tx.pick("select id from companies where id = $1", "select id from companies where id = $1 for no key update");
    tx.sql(lock).bind(id).one::<(i64,)>().await?;
    Ok(())
}

/// The company of a name; it is added when it is new.
pub async fn find_or_add(tx: &mut Tx, name: &str) -> Outcome<CompanyId> {
    let found: Option<(CompanyId,)> =
        tx.sql("select id from companies where name_key = $1").bind(name_key(name)).optional().await?;
    if let Some((id,)) = found {
        return Ok(id);
    }
    add(tx, &Details { name: name.trim().to_owned(), ..Details::default() }).await
}

/// Adds a company.
pub async fn add(tx: &mut Tx, new: &Details) -> Outcome<CompanyId> {
    let now = tx.at;
    let insert = tx.sql(
        "insert into companies (name, name_key, contact_first_name, contact_last_name, email, phone, address, country, note, \
         created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    );
    let added = filled(insert, new).bind(now).scalar().await;
    let id: i64 = added.map_err(|error| taken(error.into()))?;
    let line = NewLine::new("company added", Subject("company", id)).after(said(new));
    record(tx, line).await?;
    Ok(CompanyId(id))
}

/// Binds what is recorded of a company, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details) -> Query<'c> {
    query
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(&new.contact_first_name)
        .bind(&new.contact_last_name)
        .bind(&new.email)
        .bind(&new.phone)
        .bind(&new.address)
        .bind(&new.country)
        .bind(&new.note)
}

/// What is filled in of a company, for history.
fn said(details: &Details) -> serde_json::Value {
    let mut values = serde_json::json!(details);
    if let Some(values) = values.as_object_mut() {
        values.retain(|_, value| value != "");
    }
    values
}

fn taken(error: Error) -> Error {
    if error.is_taken() {
        return Problems::of(
            "name",
            "Another company bears this name already. Correct that one, or choose another name.",
        )
        .into();
    }
    error
}

/// The company, held against other changes until this one ends.
async fn hold(tx: &mut Tx, id: CompanyId) -> Outcome<Details> {
    let lock = tx.pick("", " for update");
    tx.sql("select name, contact_first_name, contact_last_name, email, phone, address, country, note from companies")
        .push_bind(" where id = ?", id)
        .push(lock)
        .optional()
        .await?
        .ok_or(Error::NotFound)
}

/// Corrects what is recorded of a company.
pub async fn correct(tx: &mut Tx, id: CompanyId, new: &Details, why: &Correction) -> Outcome<()> {
    let before = hold(tx, id).await?;
    let subject = Subject("company", id.0);
    still_newest(tx, subject, why.seen).await?;
    let update = tx.sql(
        "update companies set name = $1, name_key = $2, contact_first_name = $3, contact_last_name = $4, email = $5, \
         phone = $6, address = $7, country = $8, note = $9 where id = $10",
    );
    let updated = filled(update, new).bind(id).execute().await;
    updated.map_err(|error| taken(error.into()))?;
    rename_in_imports(tx, &before.name, &new.name).await?;
    record_correction(tx, NewLine::new("company corrected", subject), (&before, new), why).await
}

/// Imports that are not over name their company by its name: they go on with the new one.
async fn rename_in_imports(tx: &mut Tx, before: &str, after: &str) -> Outcome<()> {
    let open: Vec<(i64, String)> = tx
        .sql("select id, company_name from imports where state in ('receiving', 'reading', 'asking', 'ready')")
        .all()
        .await?;
    for (id, _) in open.iter().filter(|(_, name)| name_key(name) == name_key(before)) {
        tx.sql("update imports set company_name = $1 where id = $2").bind(after).bind(*id).execute().await?;
    }
    Ok(())
}

/// Retires a company that owns nothing in use, or takes it back.
pub async fn retire(tx: &mut Tx, id: CompanyId, back: bool, why: &Correction) -> Outcome<()> {
    hold(tx, id).await?;
    let subject = Subject("company", id.0);
    still_newest(tx, subject, why.seen).await?;
    let retired: Option<i64> = tx.sql("select retired_at from companies where id = $1").bind(id).scalar().await?;
    not_again(retired.is_some(), back)?;
    let servers = tx.sql("select count(*) from license_servers").push_bind(" where company_id = ?", id);
    let servers: i64 = servers.push(" and retired_at is null").scalar().await?;
    if servers > 0 && !back {
        let says = "Retire its license servers first: a company is retired when none of them is in use.";
        return Err(Problems::of("", says).into());
    }
    let at = (!back).then_some(tx.at);
    tx.sql("update companies set retired_at = $1 where id = $2").bind(at).bind(id).execute().await?;
    let action = if back { "company taken back" } else { "company retired" };
    record(tx, why.explain(NewLine::new(action, subject))).await
}
