//! What an import did to transfers, as its own line of history says; and before it is applied, what it may do.

use serde::Deserialize;

use super::import::Import;
use super::preview;
use crate::db::{Db, Query};
use crate::history::store::{self as history, Filter};
use crate::ids::{ImportId, TransferId};
use crate::moment::Moment;
use crate::transfers::read;
use crate::transfers::transfer::{State, Transfer};
use crate::web::error::Outcome;
use crate::web::slice::Window;

/// The most transfers of a kind that are named.
const NAMED: usize = 100;

/// The transfers that an import moved on, as they stand now, or may move on; at most 100 of each kind.
#[derive(Debug, Default)]
pub struct Moved {
    /// It completed them.
    pub completed: Vec<Transfer>,
    /// It showed a license on their destination before anybody granted one.
    pub asked: Vec<Transfer>,
}

/// The transfers on their way that an import may move on, and the staged clients that they go to. `$1`: the import.
const WAYS: &str = "with ways as (select t.id, t.state, t.server_id, t.version, t.license_type, t.destination_id, c.n as client_n \
    from transfers t cross join clients d cross join import_clients c \
    where t.state in ('queued', 'requested', 'granted') and (t.state = 'granted' or t.seen_license_id is null) \
    and d.id = t.destination_id and c.name_key = d.name_key and +c.import_id = $1 and c.client_id = d.id), \
    fresh as (select r.client_n, r.server_n, r.pack_n, r.status, r.expires_at";

/// Those of them whose destination has, by the files, a full license that it had not: among the first 50,000 new rows, and the
/// rows of licenses that were temporary or gone. `$2`: when the files were made.
const SHOWN: &str = " where r.import_id = $1 and r.outcome = 'new' order by r.n limit 50000) \
    select w.id, w.state from fresh r cross join ways w cross join import_servers s cross join import_key_packs p \
    where r.status in (2, 3) and r.expires_at > $2 and w.client_n = r.client_n \
    and s.import_id = $1 and s.n = r.server_n and s.server_id = w.server_id and s.older_licenses = 0 \
    and p.import_id = $1 and p.n = r.pack_n and p.version = w.version and p.license_type = w.license_type \
    union select w.id, w.state from ways w cross join licenses l cross join import_licenses r \
    where l.client_id = w.destination_id and +l.server_id = w.server_id and l.version = w.version \
    and l.license_type = w.license_type and (l.status not in (2, 3) or l.gone_at is not null) \
    and r.license_id = l.id and +r.import_id = $1 and r.outcome = 'changed' and r.status in (2, 3) and r.expires_at > $2 \
    order by 1 limit 200";

/// The query of what an import may move on, also for those who ask how it would be run. SQLite joins in the order that is
/// written, from the few transfers on.
pub fn select_ahead(db: &Db, import: ImportId, captured_at: Moment) -> Query<'_> {
    let query = db.sql(WAYS).push(preview::by_outcome(db)).push(SHOWN);
    query.bind(import).bind(captured_at).planned_for_its_values()
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
        Moved::of(db, told).await
    }

    /// The transfers that an import may move on when it is applied: which of several gets a license is known only then.
    pub async fn ahead(db: &Db, import: &Import) -> Outcome<Moved> {
        let found: Vec<(TransferId, State)> = select_ahead(db, import.id, import.captured_at).all().await?;
        let (granted, waiting): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, state)| *state == State::Granted);
        let ids = |all: Vec<(TransferId, State)>| all.into_iter().map(|(id, _)| id).collect();
        Moved::of(db, Told { transfers_completed: ids(granted), transfers_asked_about: ids(waiting) }).await
    }

    async fn of(db: &Db, told: Told) -> Outcome<Moved> {
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
