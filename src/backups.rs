//! Backups: everything that a database holds, of either engine, in one file that says of itself what it is and that
//! either engine takes back. It is a gzip-compressed tar: `tables/NAME/00001.jsonl` hold a JSON array a row, the values
//! in the order of the columns that `manifest.json`, the last member, lists; bytes are hexadecimal digits.

mod archive;
pub mod open_files;
pub mod restore;
pub mod write;

use std::collections::BTreeMap;

use crate::check::Problems;
use crate::db::{Table, Tx};
use crate::web::error::{Error, Outcome};

/// The form of the file; a later one gets another number.
pub const FORMAT: i64 = 1;

/// The name of the member that describes the others.
const MANIFEST: &str = "manifest.json";

/// What a backup says of itself.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub format: i64,
    /// The version of the program that wrote it.
    pub program: String,
    /// The number of the database's newest migration.
    pub schema: i64,
    /// `sqlite` or `postgres`: where it comes from.
    pub engine: String,
    /// When it was taken: ISO 8601 in UTC.
    pub taken_at: String,
    /// The number of history's last line.
    pub history_line: i64,
    /// That line's hash; whoever writes it down elsewhere can prove later that nothing before was changed.
    pub history_hash: String,
    /// Every table with its columns.
    pub tables: Vec<Table>,
    /// How many rows each table has.
    pub rows: BTreeMap<String, i64>,
    /// The SHA-256 of every member but this one.
    pub sha256: BTreeMap<String, String>,
}

/// Whether a database holds anything that somebody would miss.
pub async fn holds_something(tx: &mut Tx) -> Outcome<bool> {
    if !tx.has_table("users").await? || !tx.has_table("history_tail").await? {
        return Ok(!tx.tables().await?.is_empty());
    }
    let found: i64 = tx
        .sql("select (select count(*) from users) + (select coalesce(max(line), 0) from history_tail)")
        .scalar()
        .await?;
    Ok(found > 0)
}

/// A refusal in one sentence.
pub(crate) fn refused(sentence: impl Into<String>) -> Error {
    Error::Refused(Problems::of("", sentence))
}
