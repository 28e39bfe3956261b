//! What is measured of the database's contents: each by one range of an index, however much there is.

use crate::db::Db;
use crate::imports::import::State;
use crate::moment::Moment;
use crate::upkeep::{Work, store};
use crate::web::error::Outcome;

/// States in which an import waits or is worked on, and the one that somebody should look at.
const STATES: [State; 6] =
    [State::Receiving, State::Reading, State::Asking, State::Ready, State::Applying, State::Failed];

/// How things stand.
#[derive(Debug)]
pub struct Figures {
    /// How many imports are in which state.
    pub imports: Vec<(&'static str, i64)>,
    /// How many lines history has.
    pub history: i64,
    /// How backups and checks ended.
    pub upkeep: Vec<Upkept>,
}

/// How one kind of upkeep ended.
#[derive(Debug)]
pub struct Upkept {
    /// Which.
    pub work: Work,
    /// When it last ended well.
    pub good_at: Option<Moment>,
    /// Whether it did so the last time.
    pub ok: Option<bool>,
}

/// Reads them.
pub async fn figures(db: &Db) -> Outcome<Figures> {
    let found: Vec<(String, i64)> = db
        .sql(
            "select state, count(*) from imports where state in ('receiving', 'reading', 'asking', 'ready', 'applying', \
             'failed') group by state",
        )
        .all()
        .await?;
    let count = |state: &str| found.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
    let imports = STATES.map(|state| (state.as_str(), count(state.as_str()))).to_vec();
    let history = db.sql("select line from history_tail where id = 1").scalar().await?;
    let mut upkeep = Vec::new();
    for work in Work::ALL {
        let good_at = store::last_good(db, work).await?.map(|run| run.began_at);
        let runs = !store::latest(db, work, 1).await?.is_empty();
        let ok = if runs { Some(store::failed(db, work).await?.is_none()) } else { None };
        upkeep.push(Upkept { work, good_at, ok });
    }
    Ok(Figures { imports, history, upkeep })
}
