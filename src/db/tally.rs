//! How many statements a piece of work asked of the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

tokio::task_local! {
    static STATEMENTS: Arc<AtomicU64>;
}

/// Notes a statement, where somebody counts. What runs on a task of its own is not counted.
pub(super) fn note() {
    let _ = STATEMENTS.try_with(|statements| statements.fetch_add(1, Ordering::Relaxed));
}

/// Does a piece of work and counts its statements.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, u64) {
    let statements = Arc::new(AtomicU64::new(0));
    let done = STATEMENTS.scope(statements.clone(), work).await;
    (done, statements.load(Ordering::Relaxed))
}
