//! Looking for twins and ghosts: when an import is applied, and when somebody changes what became of a client.

use super::causes::{self, Asked};
use super::finding::Kind;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record_all;
use crate::ids::{ClientId, FindingId, ImportId};
use crate::moment::Moment;
use crate::web::error::Outcome;

/// Lines of history that are written at once.
const AT_ONCE: i64 = 1_000;

/// A look that was begun. While it goes on, nobody else looks or answers.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Look(i64);

/// What a look found, for the import's own line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Findings that nobody had seen before.
    pub found: i64,
    /// Those that had vanished and are there again.
    pub back: i64,
    /// Those that are no longer there.
    pub gone: i64,
}

/// Begins a look. It comes first of all in its change, so that whoever answers a finding waits for it and never the other
/// way round.
pub async fn begin(tx: &mut Tx) -> Outcome<Look> {
    Ok(Look(tx.sql("update finding_looks set looked = looked + 1 where id = 1 returning looked").scalar().await?))
}

/// Looks at everything, once an import has changed the register.
pub async fn at_everything(
    tx: &mut Tx,
    look: Look,
    (import, captured_at): (ImportId, Moment),
    unseen_days: i64,
) -> Outcome<Told> {
    let by = By { import: Some(import), day: Some(captured_at.day(&jiff::tz::TimeZone::UTC)) };
    let short = tx.sql("select 1 as one from licenses where status = 1 and gone_at is null");
    let many_short = short.count_up_to(causes::MANY_SHORT).await? == causes::MANY_SHORT;
    look_at(tx, Asked { look: look.0, import: Some(import), client: None, unseen_days, many_short }, &by).await
}

/// Looks at what has to do with a client of which somebody said what became of it.
pub async fn at_client(tx: &mut Tx, look: Look, client: ClientId, unseen_days: i64) -> Outcome<Told> {
    let by = By { import: None, day: None };
    let asked = Asked { look: look.0, import: None, client: Some(client), unseen_days, many_short: false };
    look_at(tx, asked, &by).await
}

/// The same of several clients.
pub async fn at_clients(tx: &mut Tx, look: Look, clients: &[ClientId], unseen_days: i64) -> Outcome<()> {
    for client in clients {
        let _told = at_client(tx, look, *client, unseen_days).await?;
    }
    Ok(())
}

/// What brought it about, for lines of history.
struct By {
    import: Option<ImportId>,
    day: Option<String>,
}

async fn look_at(tx: &mut Tx, asked: Asked, by: &By) -> Outcome<Told> {
    let last: i64 = tx.sql("select coalesce(max(id), 0) from findings").scalar().await?;
    for kind in Kind::ALL {
        causes::note(tx, kind, asked).execute().await?;
    }
    let found = tx.sql("select count(*) from findings where id > $1").bind(last).scalar().await?;
    let back = tell(tx, asked, Turn::Back, by).await?;
    let gone = tell(tx, asked, Turn::Gone, by).await?;
    Ok(Told { found, back, gone })
}

/// The two ways in which a known finding turns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Back,
    Gone,
}

impl Turn {
    /// Those that turn now, of one client where the look was about one.
    fn those(self) -> &'static str {
        match self {
            Turn::Back => " where looked = $1 and gone_at is not null",
            Turn::Gone => " where looked <> $1 and gone_at is null",
        }
    }
}

/// A finding that turns, and that nobody has answered.
#[derive(sqlx::FromRow)]
struct Turned {
    id: FindingId,
    kind: Kind,
    client_id: ClientId,
    other_client_id: Option<ClientId>,
}

impl Turned {
    fn line(&self, turn: Turn, by: &By) -> NewLine {
        let action = if turn == Turn::Gone { "finding no longer there" } else { "finding there again" };
        let mut line = NewLine::new(action, Subject("finding", self.id.0))
            .touching(Subject("client", self.client_id.0))
            .after(serde_json::json!({"finding": self.kind.word()}));
        if let Some(other) = self.other_client_id {
            line = line.touching(Subject("client", other.0));
        }
        if let Some(import) = by.import {
            line = line.by_import(import);
        }
        match &by.day {
            Some(day) => line.effective(day.clone()),
            None => line,
        }
    }
}

/// Tells the findings that turn, and turns them. What somebody answered keeps its answer, and only notes whether it is there.
async fn tell(tx: &mut Tx, asked: Asked, turn: Turn, by: &By) -> Outcome<i64> {
    const OF_CLIENT: &str = " and (client_id = ?";
    let mut place = FindingId(0);
    let mut told = 0;
    loop {
        let query = tx
            .sql("select id, kind, client_id, other_client_id from findings")
            .push(turn.those())
            .bind(asked.look)
            .push(" and answered_at is null")
            .push_some(OF_CLIENT, asked.client)
            .push_some(" or other_client_id = ?)", asked.client)
            .push_bind(" and id > ?", place);
        let rows: Vec<Turned> = query.push_limit(" order by id limit ?", AT_ONCE).all().await?;
        let Some(last) = rows.last() else { break };
        place = last.id;
        told += i64::try_from(rows.len()).unwrap_or(0);
        record_all(tx, rows.iter().map(|one| one.line(turn, by)).collect()).await?;
    }
    let now = tx.at;
    let text = match turn {
        Turn::Back => {
            "update findings set gone_at = null, gone_import_id = null, \
             state = case when answered_at is null then 'open' else state end"
        }
        Turn::Gone => {
            "update findings set gone_at = $2 + 0, gone_import_id = $3 + 0, \
             state = case when answered_at is null then 'gone' else state end"
        }
    };
    let query = tx.sql(text).push(turn.those()).bind(asked.look);
    let query = if turn == Turn::Gone { query.bind(now).bind(asked.import) } else { query };
    query.push_some(OF_CLIENT, asked.client).push_some(" or other_client_id = ?)", asked.client).execute().await?;
    Ok(told)
}
