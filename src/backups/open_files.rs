//! Everything as files that any program reads: a table each, as JSON lines and as CSV, and a text that says what is what.
//! It is there so that nobody ever depends on this program to get at what they recorded. What would let somebody in is
//! left out: hashes of passwords and tokens.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use serde_json::Value;

use super::refused;
use crate::db::{Db, Kind, Table, Tx};
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::export::{Cell, MARK, write_csv};

/// How many rows are written at once.
const AT_ONCE: usize = 1_000;

/// Columns that are left out, in whichever table.
const SECRET: [&str; 2] = ["password_hash", "token_hash"];

/// What the tables hold.
const ABOUT: &[(&str, &str)] = &[
    ("agreements", "purchases: what a company owns"),
    ("api_tokens", "what programs sign in with, from when to when"),
    ("cal_needs", "which clients need a license"),
    ("cal_serves", "which license serves which session host"),
    ("calendars", "days on which a country does not work"),
    ("call_notes", "what was noted during calls"),
    ("call_numbers", "the numbers to call, by company and country"),
    ("call_requests", "which requests a call was about"),
    ("calls", "telephone calls to Microsoft"),
    ("clients", "computers and people that hold licenses"),
    ("column_mappings", "what the columns of a kind of report mean, as somebody said once"),
    ("companies", "legal entities that own seats"),
    ("finding_looks", "how often twins and ghosts were looked for"),
    ("findings", "twins and ghosts, and what was said of each"),
    ("former_license_key_pack_ids", "license key pack IDs that were heard wrong"),
    ("grants", "what calls granted: licenses under one license key pack ID"),
    ("hardware_id_rulings", "what somebody said about a hardware ID under several names"),
    ("history", "every change, forever; each line carries the hash of the one before"),
    ("history_subjects", "which things a line of history touches"),
    ("history_tail", "the number and the hash of history's last line"),
    ("idempotency_keys", "calls of programs of the last day, and how they were answered"),
    ("import_chunks", "files of imports that wait, in pieces"),
    ("import_clients", "staged: clients of imports that wait"),
    ("import_files", "the files of imports"),
    ("import_gone", "staged: what imports that wait would mark as gone"),
    ("import_key_packs", "staged: key packs of imports that wait"),
    ("import_licenses", "staged: licenses of imports that wait"),
    ("import_problems", "questions and errors of imports"),
    ("import_servers", "the license servers that imports speak of"),
    ("imports", "deliveries of files, and what became of them"),
    ("key_pack_counts", "what one export said of a key pack"),
    ("key_packs", "installations of license key packs on license servers"),
    ("license_servers", "license servers"),
    ("licenses", "licenses, each held by a client"),
    ("one_time_links", "links by which somebody sets a password"),
    ("os_families", "client operating systems"),
    ("product_versions", "versions of licenses"),
    ("reissue_replaces", "the key packs that a request is to replace"),
    ("reissues", "requests to Microsoft for licenses"),
    ("saved_views", "filters and orders of lists under a name"),
    ("revocations", "revokes that people recorded: of which license, when, by whom and why"),
    ("sessions", "who was signed in, from when to when"),
    ("sign_in_attempts", "tries to sign in that failed"),
    ("signs_of_life", "what old computers did after their seat had moved"),
    ("transfers", "seats moving from one client to another"),
    ("upkeep", "which copy of the program backs up or checks"),
    ("upkeep_runs", "the latest backups and checks, and how they ended"),
    ("users", "people who may sign in, and their roles"),
];

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// How many tables.
    pub tables: usize,
    /// How many rows of all of them.
    pub rows: i64,
}

/// Writes everything as it is at this moment into a folder that is empty or not there yet.
///
/// # Errors
/// A sentence, when the folder holds something or cannot be written. A folder without README.txt is not whole.
pub async fn write(db: &Db, folder: &Path, now: Moment) -> Outcome<Written> {
    prepare(folder)?;
    let mut tx = db.snapshot().await?;
    let tables = tx.tables().await?;
    let mut readme = opening(&mut tx, now).await?;
    let mut rows = 0;
    for table in &tables {
        let count = write_table(&mut tx, table, folder).await?;
        rows += count;
        describe(&mut readme, table, count);
    }
    readme.push_str(CLOSING);
    let path = folder.join("README.txt");
    private(&path).and_then(|mut file| file.write_all(readme.as_bytes())).map_err(|error| broken(&path, &error))?;
    Ok(Written { tables: tables.len(), rows })
}

fn prepare(folder: &Path) -> Outcome<()> {
    let cannot = |error: std::io::Error| refused(format!("The folder {} cannot be used: {error}.", folder.display()));
    if folder.exists() {
        if std::fs::read_dir(folder).map_err(cannot)?.next().is_some() {
            let says =
                format!("The folder {} holds something already. Name another one, or empty it.", folder.display());
            return Err(refused(says));
        }
        return Ok(());
    }
    crate::db::make_folder(folder).map_err(cannot)
}

/// The two files of one table.
struct Files {
    columns: Vec<(usize, String, Kind)>,
    json: (PathBuf, BufWriter<File>),
    csv: (PathBuf, BufWriter<File>),
}

impl Files {
    fn begin(table: &Table, folder: &Path) -> Outcome<Files> {
        let open = |ending: &str| {
            let path = folder.join(format!("{}.{ending}", table.name));
            private(&path).map(|file| (path.clone(), BufWriter::new(file))).map_err(|error| broken(&path, &error))
        };
        let columns = table.columns.iter().enumerate().map(|(n, (name, kind))| (n, name.clone(), *kind));
        let columns = columns.filter(|(_, name, _)| !SECRET.contains(&name.as_str())).collect();
        let mut files = Files { columns, json: open("jsonl")?, csv: open("csv")? };
        let headings: Vec<Cell> = files.for_people().map(|(_, name, _)| Cell::Text(name.clone())).collect();
        files.csv.1.write_all(MARK.as_bytes()).map_err(|error| broken(&files.csv.0, &error))?;
        files.csv(vec![headings])?;
        Ok(files)
    }

    /// The columns of the CSV: nobody reads bytes in a spreadsheet.
    fn for_people(&self) -> impl Iterator<Item = &(usize, String, Kind)> {
        self.columns.iter().filter(|(_, _, kind)| *kind != Kind::Bytes)
    }

    fn add(&mut self, rows: &[String]) -> Outcome<()> {
        let rows: std::result::Result<Vec<Vec<Value>>, _> = rows.iter().map(|row| serde_json::from_str(row)).collect();
        let rows = rows.map_err(Error::internal)?;
        for row in &rows {
            let written = write_object(&mut self.json.1, &self.columns, row);
            written.map_err(|error| broken(&self.json.0, &error))?;
        }
        let cells = |row: &Vec<Value>| self.for_people().map(|(n, name, _)| cell(name, row.get(*n))).collect();
        let cells: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
        self.csv(cells)
    }

    fn csv(&mut self, rows: Vec<Vec<Cell>>) -> Outcome<()> {
        let written = write_csv(Vec::new(), rows).and_then(|text| self.csv.1.write_all(&text));
        written.map_err(|error| broken(&self.csv.0, &error))
    }

    fn end(self) -> Outcome<()> {
        for (path, file) in [self.json, self.csv] {
            let ended = file.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all());
            ended.map_err(|error| broken(&path, &error))?;
        }
        Ok(())
    }
}

async fn write_table(tx: &mut Tx, table: &Table, folder: &Path) -> Outcome<i64> {
    let mut files = tokio::task::block_in_place(|| Files::begin(table, folder))?;
    let mut rows = match table.name.as_str() {
        "history" => tx.rows_in_order(table, "id"),
        _ => tx.rows_of(table),
    };
    let (mut count, mut some) = (0, Vec::with_capacity(AT_ONCE));
    while let Some((row,)) = rows.try_next().await? {
        count += 1;
        some.push(row);
        if some.len() == AT_ONCE {
            tokio::task::block_in_place(|| files.add(&some))?;
            some.clear();
        }
    }
    tokio::task::block_in_place(|| files.add(&some).and_then(|()| files.end()))?;
    Ok(count)
}

fn write_object(into: &mut impl Write, columns: &[(usize, String, Kind)], row: &[Value]) -> Result<()> {
    let mut between = "{";
    for (n, name, _) in columns {
        let value = row.get(*n).unwrap_or(&Value::Null);
        write!(into, "{between}{}:{value}", Value::from(name.as_str()))?;
        between = ",";
    }
    into.write_all(b"}\n")
}

/// A value as a person reads it: moments are written out, and one that nobody told is empty.
fn cell(column: &str, value: Option<&Value>) -> Cell {
    match value {
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(at) if is_moment(column) => Moment(at).into(),
            Some(number) => Cell::Number(number),
            None => Cell::Text(number.to_string()),
        },
        _ => Cell::Empty,
    }
}

fn is_moment(column: &str) -> bool {
    column == "at" || column.ends_with("_at") || column.ends_with("_since")
}

/// A new file for the account's own eyes.
fn private(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn broken(path: &Path, error: &std::io::Error) -> Error {
    refused(format!("{} cannot be written: {error}. What stands in the folder is not whole.", path.display()))
}

async fn opening(tx: &mut Tx, now: Moment) -> Outcome<String> {
    let (line, hash) = super::write::end_of_history(tx).await?;
    Ok(format!(
        "Everything that Reseat {} held at {} (schema {}, {}).\n\
         History ends with line {line}, {hash}.\n\n\
         Each table is there twice. NAME.jsonl has one JSON object a row and every value as it is stored: moments are\n\
         seconds since 1970 in UTC, 0 is “not told” and {} is “never”; bytes are hexadecimal digits. NAME.csv is for\n\
         spreadsheets: UTF-8, moments as ISO 8601 in UTC, no bytes, and an apostrophe in front of a text that a\n\
         spreadsheet would run. A column NAME_id is the id of a row of another table.\n\n",
        env!("CARGO_PKG_VERSION"),
        now.iso(),
        tx.schema().await?,
        tx.pick("SQLite", "PostgreSQL"),
        Moment::NEVER.0,
    ))
}

fn describe(readme: &mut String, table: &Table, rows: i64) {
    let about = ABOUT.iter().find(|(name, _)| *name == table.name).map_or("", |(_, about)| about);
    let secret: Vec<&str> =
        table.columns.iter().map(|(name, _)| name.as_str()).filter(|name| SECRET.contains(name)).collect();
    let without = if secret.is_empty() { String::new() } else { format!(" (left out: {})", secret.join(", ")) };
    // Writing to a text cannot fail.
    let _ = writeln!(readme, "{:<22} {rows:>10}  {about}{without}", table.name);
}

const CLOSING: &str = "
history.jsonl can be checked without Reseat. A line's hash is the SHA-256, in hexadecimal digits, of the compact JSON
array (UTF-8, not escaped) of previous_hash, id, at, effective_on, actor, action, subject_kind, subject_id, before, after,
reason, import_id, in this order; before and after are texts there, as they are here. The first line's previous_hash is
empty, and every other line's is the hash of the one before.

Left out: the hashes of passwords, of sessions, of links and of API tokens, which would help somebody to get in; _sqlx_migrations, the
database's own list of what made its schema; and client_search with the tables that belong to it, which holds what clients
says, for searching. To move to another Reseat use `reseat backup`, not these files.
";
