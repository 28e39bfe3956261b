//! What the demonstration asks of the database itself: whether it may be made there, or is there already.

use crate::db::{Db, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::web::error::Outcome;

/// The action of the first line of a demonstration's history.
const MADE: &str = "demonstration made";
/// The action of the line that says that all of it is there.
const COMPLETE: &str = "demonstration complete";

/// What a database holds, as far as a demonstration is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Empty,
    /// A demonstration.
    Demonstration,
    /// A demonstration whose making was interrupted.
    Unfinished,
    /// Somebody's own data.
    Taken,
}

/// What the database holds.
pub async fn standing(db: &Db) -> Outcome<Standing> {
    let first: Option<(String,)> = db.sql("select action from history where id = 1").optional().await?;
    let Some((first,)) = first else {
        let taken: i64 = db
            .sql(
                "select 1 as one from users union all select 1 as one from companies \
                 union all select 1 as one from imports",
            )
            .count_up_to(1)
            .await?;
        return Ok(if taken == 0 { Standing::Empty } else { Standing::Taken });
    };
    if first != MADE {
        return Ok(Standing::Taken);
    }
    let complete: i64 = db.sql("select 1 as one from history where action = $1").bind(COMPLETE).count_up_to(1).await?;
    Ok(if complete == 1 { Standing::Demonstration } else { Standing::Unfinished })
}

/// Marks the database as a demonstration, for ever: history is never changed.
pub async fn mark(tx: &mut Tx) -> Outcome<()> {
    let line = NewLine::new(MADE, Subject("demonstration", 1))
        .because("Made up, for trying the console out: no company, computer or person in it exists.");
    record(tx, line).await
}

/// Says that all of it is there.
pub async fn mark_complete(tx: &mut Tx) -> Outcome<()> {
    record(tx, NewLine::new(COMPLETE, Subject("demonstration", 1))).await
}
