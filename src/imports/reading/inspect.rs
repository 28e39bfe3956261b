//! Inspecting: what a file is, how many rows it has, and what must be asked before it is read.

use super::guess::guess;
use super::head::Head;
use super::mapping::{native, signature};
use super::order::Evidence;
use super::row::Row;
use super::stream::{Layout, Shape, stream};
use super::text::Text;
use super::{Dates, Encoding, Field, Kind, Mapping, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// How many rows are shown as a sample.
const SAMPLE_ROWS: usize = 5;
/// How many characters of a cell are shown in the sample.
const SAMPLE_CELL: usize = 200;
/// How many license servers a file is looked through for.
const MOST_SERVERS: usize = 1000;

/// What is known of a file before its rows are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// How its characters are written.
    pub encoding: Encoding,
    /// How its rows are laid out.
    pub shape: Shape,
    /// What its rows are.
    pub kind: Kind,
    /// The names of its columns, as it writes them.
    pub headers: Vec<String>,
    /// The line that names the columns, or the first line of JSON, counted from 1.
    pub header_line: u64,
    /// Its first five rows, with long values cut short.
    pub sample: Vec<Vec<String>>,
    /// How many rows it has, blank ones not counted.
    pub rows: u64,
    /// What its dates say about their order.
    pub dates: Dates,
    /// What its columns probably mean, for a person to confirm.
    pub guess: Option<Mapping>,
    /// The text by which a mapping of such files is remembered.
    pub signature: String,
    /// The license servers its rows name, each once, a thousand at most.
    pub servers: Vec<String>,
    /// How many rows name no license server.
    pub blank_server_rows: u64,
}

/// Looks through the whole file, more than once: `open` gives a fresh reader each time.
///
/// A mapping, when there is one, says where the header is and which columns hold the dates; without one the dates of a
/// table nobody knows are those of the guess, so look again once a person has confirmed or changed it.
pub fn inspect<R: Read>(open: impl Fn() -> io::Result<R>, mapping: Option<&Mapping>) -> Result<Inspection, Refusal> {
    let encoding = Encoding::of(open()?)?;
    let head = Head::of(Text::new(open()?, encoding))?;
    let (mut shape, mut header_line) = head.shape()?;
    if let (Shape::Csv { delimiter }, Some(mapping)) = (shape, mapping) {
        header_line = mapping.header_line;
        shape = Shape::Csv { delimiter: head.delimiter_of(header_line).unwrap_or(delimiter) };
    }
    let mut survey = Survey { mapping, header_line, ..Survey::default() };
    let layout = Layout { encoding, shape, header_line, headers: &[] };
    let headers = stream(open()?, &layout, &mut |row| survey.row(row))?;
    survey.meet(&headers)?;
    Ok(Inspection {
        encoding,
        shape,
        kind: survey.kind,
        guess: guess(&headers, header_line).filter(|_| survey.kind == Kind::Unmapped),
        signature: signature(&headers),
        headers,
        header_line,
        sample: survey.sample,
        rows: survey.rows,
        dates: survey.evidence.verdict(),
        servers: survey.servers.into_values().collect(),
        blank_server_rows: survey.blank_server_rows,
    })
}

/// What was seen on the way through the rows.
#[derive(Default)]
struct Survey<'m> {
    mapping: Option<&'m Mapping>,
    header_line: u64,
    width: Option<usize>,
    kind: Kind,
    columns: BTreeMap<Field, usize>,
    sample: Vec<Vec<String>>,
    rows: u64,
    evidence: Evidence,
    servers: BTreeMap<String, String>,
    last_server: String,
    blank_server_rows: u64,
}

impl Survey<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<ControlFlow<()>, Refusal> {
        if self.width != Some(row.headers.len()) {
            self.meet(row.headers)?;
        }
        self.rows += 1;
        if self.sample.len() < SAMPLE_ROWS {
            self.sample.push(row.cells().map(|cell| cell.chars().take(SAMPLE_CELL).collect()).collect());
        }
        if let Some(column) = self.columns.get(&Field::IssuedAt) {
            self.evidence.see(row.cell(*column), row.line, false);
        }
        if let Some(column) = self.columns.get(&Field::ExpiresAt) {
            self.evidence.see(row.cell(*column), row.line, true);
        }
        let server = self.columns.get(&Field::Server).map_or("", |column| row.cell(*column));
        self.server(server);
        Ok(ControlFlow::Continue(()))
    }

    /// Learns what the columns are.
    fn meet(&mut self, headers: &[String]) -> Result<(), Refusal> {
        self.width = Some(headers.len());
        self.kind = Kind::of(headers);
        self.columns = match self.mapping {
            Some(mapping) => mapping.columns.clone(),
            None if self.kind == Kind::Unmapped => {
                guess(headers, self.header_line).map(|guess| guess.columns).unwrap_or_default()
            }
            None => native(self.kind, headers, self.header_line)?,
        };
        Ok(())
    }

    fn server(&mut self, name: &str) {
        if name.is_empty() {
            self.blank_server_rows += 1;
        } else if name != self.last_server {
            name.clone_into(&mut self.last_server);
            let key = name.to_lowercase();
            if self.servers.len() < MOST_SERVERS || self.servers.contains_key(&key) {
                self.servers.entry(key).or_insert_with(|| name.to_owned());
            }
        }
    }
}
