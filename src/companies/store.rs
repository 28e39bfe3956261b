//! Companies in the database.

use crate::db::{Db, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::CompanyId;
use crate::users::user::name_key;
use crate::web::error::Outcome;

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

/// The company of a name; it is added when it is new.
pub async fn find_or_add(tx: &mut Tx, name: &str) -> Outcome<CompanyId> {
    let found: Option<(CompanyId,)> =
        tx.sql("select id from companies where name_key = $1").bind(name_key(name)).optional().await?;
    if let Some((id,)) = found {
        return Ok(id);
    }
    let now = tx.at;
    let id: i64 = tx
        .sql("insert into companies (name, name_key, created_at) values ($1, $2, $3) returning id")
        .bind(name.trim())
        .bind(name_key(name))
        .bind(now)
        .scalar()
        .await?;
    let line = NewLine::new("company added", Subject("company", id)).after(serde_json::json!({"name": name.trim()}));
    record(tx, line).await?;
    Ok(CompanyId(id))
}
