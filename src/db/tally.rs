//! How many statements a piece of work asked of the database, and for tests which ones.

use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    static TALLY: Arc<Tally>;
}

/// What was asked so far.
#[derive(Default)]
struct Tally {
    asked: Mutex<Asked>,
    /// Whether texts are kept.
    lists: bool,
}

#[derive(Default)]
struct Asked {
    count: u64,
    texts: Vec<String>,
}

impl Tally {
    fn add(&self, count: u64, texts: impl IntoIterator<Item = String>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.count += count;
        asked.texts.extend(texts);
    }
}

/// Notes a statement, where somebody counts. What runs on a task of its own is not counted.
pub(super) fn note(text: &str) {
    let _ = TALLY.try_with(|tally| tally.add(1, tally.lists.then(|| text.to_owned())));
}

/// Does a piece of work and counts its statements; they count for whoever counts around it too.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, u64) {
    let lists = TALLY.try_with(|outer| outer.lists).unwrap_or(false);
    let (done, Asked { count, texts }) = tallying(work, lists).await;
    let _ = TALLY.try_with(|outer| outer.add(count, texts));
    (done, count)
}

/// Does a piece of work and lists its statements, for tests.
pub async fn listing<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    let (done, asked) = tallying(work, true).await;
    (done, asked.texts)
}

async fn tallying<T>(work: impl Future<Output = T>, lists: bool) -> (T, Asked) {
    let tally = Arc::new(Tally { lists, ..Tally::default() });
    let done = TALLY.scope(tally.clone(), work).await;
    let asked = std::mem::take(&mut *tally.asked.lock().unwrap_or_else(PoisonError::into_inner));
    (done, asked)
}
