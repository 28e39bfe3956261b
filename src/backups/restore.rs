//! Giving a backup's rows back to a database, all of them or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::archive::{Archive, damaged, keep_name, look_through, open, read};
use super::{Manifest, holds_something, refused};
use crate::checks;
use crate::db::{Db, Table, Tx, file_of, let_go};
use crate::moment::Moment;
use crate::upkeep::store as upkeep;
use crate::web::error::Outcome;

/// How many bytes of rows one statement takes, more or less.
const AT_ONCE: usize = 1 << 20;

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Where the embedded database that was there before is kept.
    pub before: Option<PathBuf>,
}

/// Restores a file into the database at an address. What that one holds is replaced only when `over` says so.
pub async fn restore(file: &Path, url: &str, over: bool, now: Moment) -> Outcome<Restored> {
    let manifest = tokio::task::block_in_place(|| look_through(file))?;
    let newest = crate::db::newest_schema();
    if manifest.schema > newest {
        return Err(refused(format!(
            "{} is newer than this program (it has schema {}, this program knows {newest}). Restore it with a newer program; nothing was changed.",
            file.display(),
            manifest.schema
        )));
    }
    if let Some(path) = file_of(url) {
        return restore_beside(file, path, manifest, over, now).await;
    }
    let db = as_it_stands(url).await?;
    let done = fill(file, &db, &manifest, over, now).await;
    db.close().await;
    done.map(|()| Restored { manifest, before: None })
}

/// On SQLite a new file is filled beside the old one and then takes its place.
async fn restore_beside(file: &Path, path: &Path, manifest: Manifest, over: bool, now: Moment) -> Outcome<Restored> {
    let is_there = path.exists();
    if is_there {
        alone(path).await?;
        if !over {
            let old = as_it_stands(&format!("sqlite:{}", path.display())).await?;
            let held = refuse_what_is_held(&mut old.snapshot().await?).await;
            old.close().await;
            held?;
        }
    }
    let beside = named(path, &format!("restoring-{}", std::process::id()));
    remove(&beside);
    let db = as_it_stands(&format!("sqlite:{}", beside.display())).await?;
    let done = fill(file, &db, &manifest, true, now).await;
    db.close().await;
    let done = match done {
        Ok(()) => swap(path, &beside, is_there).await,
        Err(error) => Err(error),
    };
    if done.is_err() {
        remove(&beside);
    }
    done.map(|before| Restored { manifest, before })
}

async fn as_it_stands(url: &str) -> Outcome<Db> {
    Db::open_as_it_stands(url).await.map_err(|error| refused(error.to_string()))
}

async fn alone(path: &Path) -> Outcome<()> {
    if let_go(path).await {
        return Ok(());
    }
    Err(refused(format!(
        "Another program has {} open. Stop Reseat, then restore; nothing was changed.",
        path.display()
    )))
}

async fn refuse_what_is_held(tx: &mut Tx) -> Outcome<()> {
    if holds_something(tx).await? {
        return Err(refused(
            "The database holds data already. To replace all of it, say --force; nothing was changed.",
        ));
    }
    Ok(())
}

/// A name beside the database's own.
fn named(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{name}.{ending}"))
}

fn remove(beside: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        // Mostly there is none; one that stays is only in the way.
        let _ = std::fs::remove_file(format!("{}{ending}", beside.display()));
    }
}

/// The new file takes the old one's place in one step; the old one stays beside under another name.
async fn swap(path: &Path, beside: &Path, is_there: bool) -> Outcome<Option<PathBuf>> {
    let before = named(path, "before-restore");
    if is_there {
        alone(path).await?;
    }
    let swapped = (|| {
        std::fs::File::open(beside)?.sync_all()?;
        if is_there {
            remove(&before);
            std::fs::hard_link(path, &before).or_else(|_| std::fs::copy(path, &before).map(|_| ()))?;
        }
        std::fs::rename(beside, path)?;
        keep_name(path)
    })();
    swapped.map_err(|error| refused(format!("{} cannot be replaced: {error}.", path.display())))?;
    Ok(is_there.then_some(before))
}

/// One transaction: a schema of the backup's number, its rows, this program's schema, and every check.
async fn fill(file: &Path, db: &Db, manifest: &Manifest, over: bool, now: Moment) -> Outcome<()> {
    let mut tx = db.begin("reseat restore", now).await?;
    if !over {
        refuse_what_is_held(&mut tx).await?;
    }
    tx.clear().await?;
    tx.migrate(Some(manifest.schema)).await.map_err(|error| refused(error.to_string()))?;
    let tables = tx.tables().await?;
    if tables != manifest.tables {
        return Err(damaged(file, &format!("its tables are not those of schema {}", manifest.schema)));
    }
    let away = tx.take_away().await?;
    for table in &tables {
        tx.empty(table).await?;
    }
    let rows = load(file, &mut tx, &tables).await?;
    tx.put_back(away).await.map_err(|error| damaged(file, &error))?;
    if let Some(table) = tables.iter().find(|table| rows.get(&table.name) != manifest.rows.get(&table.name)) {
        return Err(damaged(file, &format!("{} has not as many rows as were written", table.name)));
    }
    tx.migrate(None).await.map_err(|error| refused(error.to_string()))?;
    upkeep::free(&mut tx).await?;
    let wrong = checks::verify_in(&mut tx).await?;
    if let Some(first) = wrong.first() {
        return Err(damaged(file, &first.trim_end_matches('.')));
    }
    if super::write::end_of_history(&mut tx).await? != (manifest.history_line, manifest.history_hash.clone()) {
        return Err(damaged(file, &"history does not end as its manifest says"));
    }
    Ok(tx.commit().await?)
}

async fn load(file: &Path, tx: &mut Tx, tables: &[Table]) -> Outcome<BTreeMap<String, i64>> {
    let mut rows: BTreeMap<String, i64> = tables.iter().map(|table| (table.name.clone(), 0)).collect();
    let mut archive: Archive = open(file)?;
    for member in archive.entries().map_err(|error| damaged(file, &error))? {
        let (name, bytes) = read(file, member)?;
        let table = name.strip_prefix("tables/").and_then(|name| name.split('/').next());
        let Some(table) = tables.iter().find(|known| Some(known.name.as_str()) == table) else { continue };
        let text = String::from_utf8(bytes).map_err(|error| damaged(file, &error))?;
        let count = load_piece(file, tx, table, &text).await?;
        *rows.entry(table.name.clone()).or_default() += count;
    }
    Ok(rows)
}

async fn load_piece(file: &Path, tx: &mut Tx, table: &Table, text: &str) -> Outcome<i64> {
    let (mut count, mut some) = (0, String::from("["));
    for line in text.lines() {
        if some.len() > 1 {
            some.push(',');
        }
        some.push_str(line);
        count += 1;
        if some.len() >= AT_ONCE {
            some.push(']');
            put(file, tx, table, std::mem::replace(&mut some, String::from("["))).await?;
        }
    }
    if some.len() > 1 {
        some.push(']');
        put(file, tx, table, some).await?;
    }
    Ok(count)
}

async fn put(file: &Path, tx: &mut Tx, table: &Table, rows: String) -> Outcome<()> {
    tx.put_rows(table, rows).await.map_err(|error| {
        refused(format!(
            "The rows of {} in {} cannot be taken: {error}. Nothing was changed.",
            table.name,
            file.display()
        ))
    })
}
