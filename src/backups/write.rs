//! Taking a backup, while others go on writing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;

use super::archive::Writer;
use super::{FORMAT, Manifest};
use crate::db::{Db, Table, Tx};
use crate::moment::Moment;
use crate::web::error::Outcome;

/// How many bytes of rows one member holds, more or less: as much as is ever held in memory.
const PIECE: usize = 4 << 20;

/// Writes a backup of the database as it is at this moment.
pub async fn write(db: &Db, to: &Path, over: bool, now: Moment) -> Outcome<Manifest> {
    let mut writer = Writer::begin(to, over)?;
    let mut tx = db.snapshot().await?;
    let tables = tx.tables().await?;
    let (history_line, history_hash) = end_of_history(&mut tx).await?;
    let mut rows = BTreeMap::new();
    for table in &tables {
        rows.insert(table.name.clone(), write_table(&mut tx, table, &mut writer).await?);
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").into(),
        schema: tx.schema().await?,
        engine: tx.pick("sqlite", "postgres").into(),
        taken_at: now.iso(),
        history_line,
        history_hash,
        tables,
        rows,
        sha256: BTreeMap::new(),
    };
    tokio::task::block_in_place(|| writer.end(manifest))
}

/// The last line of history and its hash.
pub(super) async fn end_of_history(tx: &mut Tx) -> Outcome<(i64, String)> {
    Ok(tx.sql("select line, hash from history_tail where id = 1").one().await?)
}

async fn write_table(tx: &mut Tx, table: &Table, writer: &mut Writer) -> Outcome<i64> {
    let (mut count, mut n, mut piece) = (0, 0, String::new());
    let mut rows = tx.rows_of(table);
    while let Some((row,)) = rows.try_next().await? {
        count += 1;
        piece.push_str(&row);
        piece.push('\n');
        if piece.len() >= PIECE {
            n += 1;
            put(writer, table, n, &piece)?;
            piece.clear();
        }
    }
    if !piece.is_empty() {
        put(writer, table, n + 1, &piece)?;
    }
    Ok(count)
}

/// Packs a piece without keeping other requests of this thread waiting.
fn put(writer: &mut Writer, table: &Table, n: u32, piece: &str) -> Outcome<()> {
    tokio::task::block_in_place(|| writer.member(&format!("tables/{}/{n:05}.jsonl", table.name), piece.as_bytes()))
}

/// Brings an opened database's schema up to this program's, after a backup in `folder` when there is something to lose.
/// Gives the backup's file, if one was written.
pub async fn migrate_after_backup(db: &Db, folder: &Path, now: Moment) -> Outcome<Option<PathBuf>> {
    let mut tx = db.snapshot().await?;
    let schema = tx.schema().await?;
    let newest = crate::db::newest_schema();
    let keeps = schema > 0 && schema < newest && super::holds_something(&mut tx).await?;
    drop(tx);
    let mut kept = None;
    if keeps {
        let file = folder.join(format!("before-schema-{newest}-{}.reseat-backup", now.compact()));
        crate::db::make_folder(folder)
            .map_err(|error| super::refused(format!("The folder {} cannot be made: {error}.", folder.display())))?;
        write(db, &file, true, now).await?;
        kept = Some(file);
    }
    db.migrate().await.map_err(|error| super::refused(error.to_string()))?;
    Ok(kept)
}
