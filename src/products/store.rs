//! The tables of product versions, operating systems and who needs a license, in the database.

use crate::db::Db;
use crate::web::error::Outcome;

/// A family of client operating systems, as far as licensing tells them apart.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OsFamily {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub source: String,
    /// Whether it is offered no longer.
    pub retired_at: Option<crate::moment::Moment>,
}

/// The families of client operating systems, in their order.
pub async fn os_families(db: &Db) -> Outcome<Vec<OsFamily>> {
    Ok(db.sql("select id, name, source, retired_at from os_families order by position, id").all().await?)
}
