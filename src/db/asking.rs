//! On which connection a request asks.
//!
//! A pool asks a connection whether it is still alive each time that it gets it back, which takes as long as a small
//! statement, and a page asks up to thirty things one after the other: it keeps its connection from the first to the last.
//! Whoever comes to record something asks on connections of their own, so as not to wait behind thirty pages that are read.

use std::cell::Cell;

use sqlx::Result;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, Postgres};
use sqlx::sqlite::{Sqlite, SqlitePool};

tokio::task_local! {
    static ASKING: Asking;
}

struct Asking {
    /// Whether it only reads.
    reads: bool,
    kept: Cell<Option<Kept>>,
}

/// A connection between two questions of a page.
pub(super) enum Kept {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Answers a request. `reads`: it changes nothing, so that it keeps its connection; it must call [`hand_back`] before it waits
/// for anything that another request may hold.
pub async fn asking<T>(reads: bool, request: impl Future<Output = T>) -> T {
    ASKING.scope(Asking { reads, kept: Cell::new(None) }, request).await
}

/// Hands the connection back that a page keeps; its next question takes one again.
pub fn hand_back() {
    let _ = ASKING.try_with(|asking| drop(asking.kept.take()));
}

/// Whether a request that may change something asks.
pub(super) fn is_change() -> bool {
    ASKING.try_with(|asking| !asking.reads).unwrap_or(false)
}

/// Whether a request asks that keeps its connection.
pub(super) fn is_page() -> bool {
    ASKING.try_with(|asking| asking.reads).unwrap_or(false)
}

/// Keeps a connection for the page's next question, once it has given its whole answer.
pub(super) fn keep(kept: Kept) {
    let _ = ASKING.try_with(|asking| asking.kept.set(Some(kept)));
}

fn kept() -> Option<Kept> {
    ASKING.try_with(|asking| asking.kept.take()).ok().flatten()
}

/// The connection that the page keeps, or one of the pool.
pub(super) async fn sqlite(pool: &SqlitePool) -> Result<PoolConnection<Sqlite>> {
    match kept() {
        Some(Kept::Sqlite(connection)) => Ok(connection),
        _ => pool.acquire().await,
    }
}

/// The connection that the page keeps, or one of the pool.
pub(super) async fn postgres(pool: &PgPool) -> Result<PoolConnection<Postgres>> {
    match kept() {
        Some(Kept::Postgres(connection)) => Ok(connection),
        _ => pool.acquire().await,
    }
}
