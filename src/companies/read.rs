//! Companies as pages ask for them.

use crate::db::Db;
use crate::web::error::Outcome;

/// Whether there are several companies to tell apart.
pub async fn are_several(db: &Db) -> Outcome<bool> {
    Ok(db.sql("select 1 as one from companies").count_up_to(2).await? > 1)
}
