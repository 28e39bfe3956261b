//! Calendars in the database.

use std::collections::HashMap;

use super::calendar::{Calendar, Details, Listed};
use crate::check::Problems;
use crate::db::{Db, Tx};
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};

/// Every country's calendar, by name (at most 500).
pub async fn list(db: &Db) -> Outcome<Vec<Listed>> {
    Ok(db.sql("select id, country, days from calendars order by country_key limit 500").all().await?)
}

/// One calendar.
pub async fn find(db: &Db, id: i64) -> Outcome<Listed> {
    let found = db.sql("select id, country, days from calendars where id = $1").bind(id).optional().await?;
    found.ok_or(Error::NotFound)
}

/// Every country's days off, by the country's name as it is compared.
pub async fn by_country(db: &Db) -> Outcome<HashMap<String, Calendar>> {
    let rows = list(db).await?;
    Ok(rows.into_iter().map(|row| (name_key(&row.details.country), Calendar::of(&row.details.days))).collect())
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        return Problems::of("country", "This country has a calendar already. Correct that one.").into();
    }
    error
}

/// Adds a country's calendar.
pub async fn add(tx: &mut Tx, new: &Details) -> Outcome<i64> {
    let id: i64 = tx
        .sql("insert into calendars (country, country_key, days) values ($1, $2, $3) returning id")
        .bind(&new.country)
        .bind(name_key(&new.country))
        .bind(&new.days)
        .scalar()
        .await
        .map_err(taken)?;
    record(tx, NewLine::new("calendar added", Subject("calendar", id)).after(serde_json::json!(new))).await?;
    Ok(id)
}

/// Corrects a country's calendar.
pub async fn correct(tx: &mut Tx, id: i64, new: &Details, why: &Correction) -> Outcome<()> {
    let lock = tx.pick("", " for update");
    let before: Option<Details> =
        tx.sql("select country, days from calendars").push_bind(" where id = ?", id).push(lock).optional().await?;
    let before = before.ok_or(Error::NotFound)?;
    let subject = Subject("calendar", id);
    still_newest(tx, subject, why.seen).await?;
    tx.sql("update calendars set country = $1, country_key = $2, days = $3 where id = $4")
        .bind(&new.country)
        .bind(name_key(&new.country))
        .bind(&new.days)
        .bind(id)
        .execute()
        .await
        .map_err(taken)?;
    record_correction(tx, NewLine::new("calendar corrected", subject), (&before, new), why).await
}
