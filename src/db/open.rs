//! Opening the database and bringing its schema up to this program's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use tokio::sync::Semaphore;

use super::Db;

pub(super) static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why a database cannot be used, as a sentence for the person who starts the program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);

/// The names of the schema's migrations, in order: `(number, description)`.
pub fn migrations() -> Vec<(i64, String)> {
    SQLITE.iter().map(|migration| (migration.version, migration.description.to_string())).collect()
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`, creating an SQLite file that is not there yet.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the address, the folder, the server or the schema.
    pub async fn open(url: &str) -> Result<Db, OpenError> {
        let db = connect(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Brings the schema up to this program's.
    ///
    /// # Errors
    /// A sentence about a schema that this program does not know.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        let done = match self {
            Db::Sqlite { write, .. } => SQLITE.run(write).await,
            Db::Postgres { pool, .. } => POSTGRES.run(pool).await,
        };
        done.map_err(|error| schema(&error))
    }
}

/// The file that an address of an embedded database names.
pub fn file_of(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").map(|path| Path::new(path.strip_prefix("//").unwrap_or(path)))
}

pub(super) async fn connect(url: &str) -> Result<Db, OpenError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return open_postgres(url).await;
    }
    match file_of(url) {
        Some(path) => open_sqlite(path).await,
        None => Err(OpenError(
            "RESEAT_DATABASE_URL must start with sqlite: or postgres://, for example sqlite:/var/lib/reseat/reseat.db."
                .into(),
        )),
    }
}

async fn open_postgres(url: &str) -> Result<Db, OpenError> {
    // One that was used just now needs no asking whether its server still answers.
    let pool = |n| {
        let options = PgPoolOptions::new().max_connections(n).acquire_timeout(Duration::from_secs(30));
        options.test_before_acquire(false).before_acquire(|connection, told| {
            Box::pin(async move {
                if told.idle_for < Duration::from_secs(1) {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
    };
    let cannot = |error: sqlx::Error| OpenError(format!("The PostgreSQL server cannot be used: {error}."));
    let all = pool(12).connect(url).await.map_err(cannot)?;
    let door = pool(16).connect_lazy(url).map_err(cannot)?;
    Ok(Db::Postgres { pool: all, door })
}

async fn open_sqlite(path: &Path) -> Result<Db, OpenError> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), PathBuf::from);
    let cannot = |error: &dyn std::fmt::Display| {
        OpenError(format!("The database file {} cannot be opened: {error}.", path.display()))
    };
    make_folder(&folder)
        .map_err(|error| OpenError(format!("The folder {} cannot be made: {error}.", folder.display())))?;
    may_write(&folder)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Another process's import may hold the lock for a while; a change waits its turn.
        .busy_timeout(Duration::from_mins(10))
        .foreign_keys(true)
        // A page's rows come over from the connection's thread without its waiting in between.
        .row_buffer_size(256)
        .pragma("temp_store", "file")
        .pragma("wal_autocheckpoint", "8000")
        .pragma("mmap_size", "1073741824");
    let pool = |n| {
        SqlitePoolOptions::new()
            .max_connections(n)
            .acquire_timeout(Duration::from_hours(1))
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let options = options.pragma("cache_size", "-65536");
    let write = pool(1).connect_with(options.clone()).await.map_err(|error| cannot(&error))?;
    let draft = options.clone().synchronous(SqliteSynchronous::Normal).pragma("cache_size", "-16384");
    let draft = pool(1).connect_with(draft).await.map_err(|error| cannot(&error))?;
    let reading = options.pragma("cache_size", "-8192").read_only(true);
    let door = pool(2).connect_lazy_with(reading.clone().pragma("cache_size", "-1024"));
    let read = pool(4).connect_with(reading).await.map_err(|error| cannot(&error))?;
    Ok(Db::Sqlite { read, door, write, draft, turn: Arc::new(Semaphore::new(1)) })
}

/// SQLite's planner reads a table that had one row when it was last counted from end to end for every row of another one,
/// however many rows it has by now. So what is small is told as no smaller than this, and looked up by its number.
const NO_SMALLER: &str = "update sqlite_stat1 set stat = '1000' || substr(stat, instr(stat || ' ', ' ')) \
    where cast(stat as integer) between 1 and 999 and tbl not like '%!_search!_%' escape '!'";

/// Tells SQLite's planner how large the tables have become, where that is much changed. Connections that are opened after
/// it know. `how`: [`WELL`] or [`QUICKLY`].
pub(super) async fn note_sizes(write: &mut SqliteConnection, how: &'static str) -> sqlx::Result<()> {
    for text in [how, "pragma optimize = 0x10002", NO_SMALLER, "analyze sqlite_schema"] {
        sqlx::raw_sql(text).execute(&mut *write).await?;
    }
    Ok(())
}

/// Indexes are read whole.
pub(super) const WELL: &str = "pragma analysis_limit = 0";

/// For whoever wants to end: a few hundred rows of each index are read, and nothing while another program writes.
pub(super) const QUICKLY: &str = "pragma analysis_limit = 400; pragma busy_timeout = 0";

/// The number of the schema that this program works with.
pub fn newest_schema() -> i64 {
    migrations().last().map_or(0, |(number, _)| *number)
}

/// Makes a folder for its owner alone, where it is missing: it holds names of computers and people.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes and removes a small file, so that a read-only folder is noticed at the start and not in a change.
fn may_write(folder: &Path) -> Result<(), OpenError> {
    let probe = folder.join(format!(".reseat-write-test-{}", std::process::id()));
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    written.map_err(|error| OpenError(format!("The folder {} cannot be written to: {error}.", folder.display())))
}

pub(super) fn schema(error: &MigrateError) -> OpenError {
    OpenError(match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooOld(version, _) => format!(
            "The database is newer than this program (it has schema {version}, which this program does not know). Start a newer program; nothing was changed."
        ),
        MigrateError::VersionMismatch(version) => format!(
            "The database’s schema {version} is not the one this program knows. It was made by another program or a development version; nothing was changed."
        ),
        other => format!("The database’s schema cannot be brought up to date: {other}. Nothing was changed."),
    })
}

/// Folds an embedded database's log into its file, which nobody but the one who has it alone can do. `false`: another
/// program has it open.
pub async fn let_go(path: &Path) -> bool {
    use sqlx::Connection;
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(2));
    let Ok(mut connection) = sqlx::SqliteConnection::connect_with(&options).await else { return true };
    let folded = sqlx::query("pragma journal_mode = delete").execute(&mut connection).await;
    // Whatever else is wrong with the file: nobody holds it.
    let busy = folded.err().and_then(|error| Some(error.as_database_error()?.code()?.into_owned()));
    let _ = connection.close().await;
    busy.is_none_or(|code| code != "5" && code != "6")
}
