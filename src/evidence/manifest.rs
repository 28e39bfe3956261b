//! What a bundle says of itself: for whom and when it was made, and every file of it.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::measure::{Mark, sha256};

/// The format of the bundles that this program writes.
pub const FORMAT: u32 = 1;
/// The file that says what the bundle is.
pub const MANIFEST: &str = "manifest.json";
/// The file that `sha256sum --check` reads; the last one.
pub const SUMS: &str = "SHA256SUMS";
/// The file with a mark for each line of each file.
pub const MARKS: &str = "lines.txt";
/// The file with history's lines.
pub const HISTORY: &str = "history.jsonl";

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format, so that later programs know how to read it.
    pub format: u32,
    /// When it was made.
    pub made_at: String,
    /// Who made it.
    pub made_by: String,
    /// The company it is about.
    pub company: String,
    /// The company's number.
    pub company_number: i64,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The time zone of the two days.
    pub time_zone: String,
    /// The moment at which the period begins.
    pub from_at: String,
    /// The moment before which it ends.
    pub until_at: String,
    /// The part of history that the period covers.
    pub chain: Chain,
    /// Every other file, but for `SHA256SUMS`.
    pub files: Vec<FileTold>,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTold {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Its lines, as a text editor counts them.
    pub lines: usize,
    /// The rows of a table, without its headings; the lines of history.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<u64>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The part of history that the period covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The first line's number; the one after the last where there is none.
    pub first_line: i64,
    /// The last line's number.
    pub last_line: i64,
    /// The hash of the line before the first; empty where history begins with it.
    pub hash_before_first: String,
    /// The last line's hash; the one before the first where there is no line.
    pub hash_of_last: String,
    /// Lines that are not this company's: only number and hashes are told.
    pub sealed: i64,
    /// Lines whose values are withheld: they tell a license server ID or a license key pack ID.
    pub withheld: i64,
}

impl Chain {
    /// How many lines the period has.
    pub fn lines(&self) -> i64 {
        self.last_line - self.first_line + 1
    }

    /// The lines of the company.
    pub fn told(&self) -> i64 {
        self.lines() - self.sealed
    }
}

/// The manifest as it is written.
///
/// # Errors
/// None that memory does not give.
pub fn written(manifest: &Manifest) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    Ok(text)
}

/// `SHA256SUMS` as it must be.
pub fn sums(manifest: &Manifest, manifest_sha256: &str) -> String {
    let mut text = String::new();
    let files = manifest.files.iter().map(|file| (file.name.as_str(), file.sha256.as_str()));
    for (name, hash) in files.chain([(MANIFEST, manifest_sha256)]) {
        let _ = writeln!(text, "{hash}  {name}");
    }
    text
}

/// The name of a file and the marks of its lines, as they stand in `lines.txt`.
pub fn marks(name: &str, marks: &[Mark]) -> String {
    let mut text = format!("{} lines of {name}\n", marks.len());
    for mark in marks {
        let _ = writeln!(text, "{mark:08x}");
    }
    text
}

/// What is wrong with `SHA256SUMS`, compared with the manifest; nothing when they agree.
pub fn disagreeing(manifest: &Manifest, manifest_bytes: &[u8], found: &str) -> Vec<String> {
    let expected = sums(manifest, &sha256(manifest_bytes));
    if expected == found {
        return Vec::new();
    }
    let (lines, others): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut wrong = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        match others.get(n) {
            Some(other) if other == line => {}
            Some(_) if line.ends_with(MANIFEST) => {
                wrong.push(format!("{MANIFEST} and {SUMS}, line {}, do not agree: one of the two was changed.", n + 1));
            }
            Some(_) => wrong.push(format!("{SUMS}, line {}, does not say what {MANIFEST} says.", n + 1)),
            None => wrong.push(format!("{SUMS}: line {} is missing.", n + 1)),
        }
    }
    if wrong.is_empty() {
        wrong.push(format!("{SUMS} was changed after its line {}.", lines.len().min(others.len())));
    }
    wrong
}
