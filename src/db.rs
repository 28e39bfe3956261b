//! One SQL text, two engines. Nobody else asks which engine is open, except through [`Db::pick`] and
//! [`Tx::pick`] where the dialects really differ. Rows and values are sqlx's own, so whatever derives
//! `FromRow` or `sqlx::Type` works, and is checked by the compiler, for both engines.

mod abort;
mod asking;
mod copy;
mod open;
mod query;
mod tally;

pub use asking::{asking, hand_back};
pub use copy::{Away, Kind, Table};
pub use open::{OpenError, file_of, let_go, make_folder, migrations, newest_schema};
pub use query::{Query, Record, Value};
pub use tally::{counting, listing};

use sqlx::postgres::{PgArguments, PgPool, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqlitePool};
use sqlx::{AssertSqlSafe, Result, Transaction};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::history::line::Tail;
use crate::moment::Moment;
use query::On;

/// The open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// The embedded one. SQLite has one writer at a time: writers queue for the one connection of `write`.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// Read-only connections of those who come to record something, and of [`Db::sql_at_the_door`].
        door: SqlitePool,
        /// The connection of changes, which survive power loss.
        write: SqlitePool,
        /// The connection of drafts, which need not.
        draft: SqlitePool,
        /// Whose turn it is to write: first come, first served.
        turn: Arc<Semaphore>,
    },
    /// A PostgreSQL server, shared by any number of copies of the program.
    Postgres {
        /// Connections of those who read.
        pool: PgPool,
        /// Connections of changes, of those who come to make one, and of [`Db::sql_at_the_door`].
        door: PgPool,
    },
}

/// A change in the making: it knows who makes it and when, and writes its own history.
pub struct Tx {
    on: TxOn,
    /// Who makes the change, as history will name them.
    pub actor: String,
    /// When the change is made.
    pub at: Moment,
    /// The end of history's chain, once this change has written a line.
    pub(crate) tail: Option<Tail>,
}

/// Whatever a statement can be run on: the database, or a change that reads what it has just written.
pub trait Reads<'c> {
    /// A statement.
    fn sql(self, text: &'static str) -> Query<'c>;
}

impl<'c> Reads<'c> for &'c Db {
    fn sql(self, text: &'static str) -> Query<'c> {
        Db::sql(self, text)
    }
}

impl<'c> Reads<'c> for &'c mut Tx {
    fn sql(self, text: &'static str) -> Query<'c> {
        Tx::sql(self, text)
    }
}

/// Indexes that were taken away for the time being, as the statements that make them.
#[must_use]
pub struct IndexesAway(Vec<String>);

enum TxOn {
    Sqlite(
        Transaction<'static, Sqlite>,
        #[expect(dead_code, reason = "held until the change ends")] Option<OwnedSemaphorePermit>,
    ),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// A query outside any change. On SQLite it runs on a read-only connection.
    pub fn sql(&self, text: &'static str) -> Query<'_> {
        self.query(text, asking::is_change())
    }

    /// A query that tells who asks: outside a page it has connections of its own, as it has in a request that may change
    /// something.
    pub fn sql_at_the_door(&self, text: &'static str) -> Query<'_> {
        self.query(text, !asking::is_page())
    }

    fn query(&self, text: &'static str, at_the_door: bool) -> Query<'_> {
        let on = match self {
            Db::Sqlite { read, door, .. } => {
                On::SqlitePool(if at_the_door { door } else { read }, SqliteArguments::default())
            }
            Db::Postgres { pool, door } => On::PgPool(if at_the_door { door } else { pool }, PgArguments::default()),
        };
        Query::new(text, on)
    }

    /// Begins a change; it waits its turn when another one is being made. Once committed it survives power loss.
    pub async fn begin(&self, actor: &str, at: Moment) -> Result<Tx> {
        hand_back();
        let on = match self {
            Db::Sqlite { write, turn, .. } => begin_sqlite(write, take_turn(turn).await?).await?,
            Db::Postgres { door, .. } => TxOn::Postgres(door.begin().await?),
        };
        Ok(Tx { on, actor: actor.to_owned(), at, tail: None })
    }

    /// Begins to write what can be written again: once committed it survives the process, but perhaps not power loss.
    pub async fn begin_draft(&self, at: Moment) -> Result<Tx> {
        hand_back();
        let on = match self {
            Db::Sqlite { draft, turn, .. } => begin_sqlite(draft, take_turn(turn).await?).await?,
            Db::Postgres { door, .. } => {
                let mut tx = door.begin().await?;
                sqlx::query("set local synchronous_commit = off").execute(&mut *tx).await?;
                TxOn::Postgres(tx)
            }
        };
        Ok(Tx { on, actor: String::new(), at, tail: None })
    }

    /// Begins a change only if nobody else is making one: for what may be skipped, such as a session's last use.
    pub async fn try_begin(&self, at: Moment) -> Result<Option<Tx>> {
        hand_back();
        let on = match self {
            Db::Sqlite { draft, turn, .. } => match turn.clone().try_acquire_owned() {
                Ok(permit) => begin_sqlite(draft, permit).await?,
                Err(_) => return Ok(None),
            },
            Db::Postgres { door, .. } => TxOn::Postgres(door.begin().await?),
        };
        Ok(Some(Tx { on, actor: String::new(), at, tail: None }))
    }

    /// The text, or the value in it, for the engine that is open.
    pub fn pick<T>(&self, sqlite: T, postgres: T) -> T {
        if matches!(self, Db::Sqlite { .. }) { sqlite } else { postgres }
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { read, door, write, draft, .. } => {
                door.close().await;
                read.close().await;
                draft.close().await;
                // An end in good order is worth more than a better plan: what goes wrong here is left.
                if let Some(mut idle) = write.try_acquire() {
                    let _ = open::note_sizes(&mut idle, open::QUICKLY).await;
                }
                write.close().await;
            }
            Db::Postgres { pool, door } => {
                door.close().await;
                pool.close().await;
            }
        }
    }

    /// The pools: name, open connections, and how many of those nobody uses just now.
    pub fn pools(&self) -> Vec<(&'static str, i64, i64)> {
        fn pool<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> (&'static str, i64, i64) {
            let size = i64::from(pool.size());
            (name, size, i64::try_from(pool.num_idle()).unwrap_or(size).min(size))
        }
        match self {
            Db::Sqlite { read, door, write, draft, .. } => {
                vec![pool("read", read), pool("door", door), pool("write", write), pool("draft", draft)]
            }
            Db::Postgres { pool: one, door } => vec![pool("all", one), pool("door", door)],
        }
    }

    /// Tells the planner how large the tables have become, after a large import.
    pub async fn analyze(&self, at: Moment) -> Result<()> {
        match self {
            Db::Sqlite { write, turn, .. } => {
                let _permit = take_turn(turn).await?;
                // Waited for: a connection is given back a moment after the turn that it was used in.
                open::note_sizes(&mut *write.acquire().await?, open::WELL).await
            }
            Db::Postgres { .. } => {
                let mut tx = self.begin("", at).await?;
                tx.sql("analyze").execute().await?;
                tx.commit().await
            }
        }
    }
}

async fn take_turn(turn: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    turn.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)
}

async fn begin_sqlite(pool: &SqlitePool, permit: OwnedSemaphorePermit) -> Result<TxOn> {
    Ok(TxOn::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?, Some(permit)))
}

impl Tx {
    /// A statement of this change.
    pub fn sql(&mut self, text: &'static str) -> Query<'_> {
        match &mut self.on {
            TxOn::Sqlite(tx, _) => Query::new(text, On::Sqlite(tx, SqliteArguments::default())),
            TxOn::Postgres(tx) => Query::new(text, On::Pg(tx, PgArguments::default())),
        }
    }

    /// Takes a table's indexes away until [`Tx::put_indexes_back`], where that makes filling it quicker: on SQLite, whose
    /// readers go on reading what was before. (On PostgreSQL it would keep them waiting, so nothing is taken.)
    pub async fn take_indexes_away(&mut self, table: &str) -> Result<IndexesAway> {
        let TxOn::Sqlite(tx, _) = &mut self.on else { return Ok(IndexesAway(Vec::new())) };
        let found: Vec<(String, String)> = sqlx::query_as(
            "select name, sql from sqlite_schema where type = 'index' and tbl_name = $1 and sql like 'create %index %'",
        )
        .bind(table.to_owned())
        .fetch_all(&mut **tx)
        .await?;
        for (name, _) in &found {
            // Names come from the schema itself, never from a user.
            sqlx::raw_sql(AssertSqlSafe(format!("drop index {name}"))).execute(&mut **tx).await?;
        }
        Ok(IndexesAway(found.into_iter().map(|(_, text)| text).collect()))
    }

    /// Builds the indexes anew that were taken away.
    pub async fn put_indexes_back(&mut self, away: IndexesAway) -> Result<()> {
        let TxOn::Sqlite(tx, _) = &mut self.on else { return Ok(()) };
        for text in away.0 {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// The text for the engine that is open.
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if matches!(self.on, TxOn::Sqlite(..)) { sqlite } else { postgres }
    }

    /// Tells PostgreSQL how large tables have become within this change. By what it knew before they may be empty, and it would
    /// look through all of one for each row of another. (SQLite needs no telling: its statements begin with what is looked for.)
    pub async fn tell_planner(&mut self, tables: &'static str) -> Result<()> {
        if matches!(self.on, TxOn::Postgres(_)) {
            self.sql("analyze ").push(tables).execute().await?;
        }
        Ok(())
    }

    /// Makes the change last.
    pub async fn commit(self) -> Result<()> {
        abort::here();
        match self.on {
            TxOn::Sqlite(tx, _) => tx.commit().await,
            TxOn::Postgres(tx) => tx.commit().await,
        }
    }
}

/// Makes a change: the block runs in a transaction that is committed when it ends well, and is run again
/// from the start when another change got in its way. Nothing of it lasts when it ends with an error.
/// (A macro, since futures of async closures taken by `impl AsyncFn` are not yet provably `Send`.)
#[macro_export]
macro_rules! change {
    ($db:expr, $actor:expr, $at:expr, $tx:ident, $work:block) => {
        $crate::in_transaction!($db.begin($actor, $at), $tx, $work)
    };
}

/// Like [`change!`], for what can be done again after a power failure, such as staging an import: it need not
/// wait for the disk.
#[macro_export]
macro_rules! draft {
    ($db:expr, $at:expr, $tx:ident, $work:block) => {
        $crate::in_transaction!($db.begin_draft($at), $tx, $work)
    };
}

/// What [`change!`] and [`draft!`] share.
#[macro_export]
macro_rules! in_transaction {
    ($begin:expr, $tx:ident, $work:block) => {{
        let mut tries = 0;
        loop {
            let mut transaction = match $begin.await {
                Ok(transaction) => transaction,
                Err(error) => break $crate::web::error::Outcome::Err(error.into()),
            };
            let $tx = &mut transaction;
            let done = async {
                let value = $work;
                $crate::web::error::Outcome::Ok(value)
            }
            .await;
            let error = match done {
                Ok(value) => match transaction.commit().await {
                    Ok(()) => break $crate::web::error::Outcome::Ok(value),
                    Err(error) => error.into(),
                },
                Err(error) => {
                    drop(transaction);
                    error
                }
            };
            // Given back to whoever asked for the change, who may still have a form to show.
            if let Err(error) = $crate::db::again(error, &mut tries).await {
                break Err(error);
            }
        }
    }};
}

/// Waits before another try, or gives the error back when trying again cannot help.
/// 40001 and 40P01: PostgreSQL, and every distributed engine that speaks its protocol.
pub async fn again(error: crate::web::error::Error, tries: &mut u32) -> crate::web::error::Outcome<()> {
    *tries += 1;
    if !error.is_conflict() || *tries == 5 {
        return Err(error);
    }
    tokio::time::sleep(Duration::from_millis(10 << *tries)).await;
    Ok(())
}
