//! What an import did to transfers, as its own line of history says.

use serde::Deserialize;

use crate::db::Db;
use crate::history::store::{self as history, Filter};
use crate::ids::{ImportId, TransferId};
use crate::transfers::read;
use crate::transfers::transfer::Transfer;
use crate::web::error::Outcome;
use crate::web::slice::Window;

/// The most transfers of a kind that are named.
const NAMED: usize = 100;

/// The transfers that an import moved on, as they stand now; at most 100 of each kind.
#[derive(Debug, Default)]
pub struct Moved {
    /// It completed them.
    pub completed: Vec<Transfer>,
    /// It showed a license on their destination before anybody granted one.
    pub asked: Vec<Transfer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    transfers_completed: Vec<TransferId>,
    transfers_asked_about: Vec<TransferId>,
}

impl Moved {
    /// The transfers that an import moved on.
    pub async fn by(db: &Db, import: ImportId) -> Outcome<Moved> {
        let filter = Filter { action: Some("import applied".to_owned()), ..Filter::about("import", import.0) };
        let lines = history::list(db, &filter, &Window::first(1)).await?;
        let told = lines.first().and_then(|line| line.after.as_deref());
        let told: Told = told.and_then(|told| serde_json::from_str(told).ok()).unwrap_or_default();
        let first = |ids: Vec<TransferId>| ids.into_iter().take(NAMED).collect::<Vec<_>>();
        Ok(Moved {
            completed: read::some(db, &first(told.transfers_completed)).await?,
            asked: read::some(db, &first(told.transfers_asked_about)).await?,
        })
    }

    /// Whether it moved none.
    pub fn is_empty(&self) -> bool {
        self.completed.is_empty() && self.asked.is_empty()
    }
}
