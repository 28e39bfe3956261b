//! JSON objects laid out as rows of a table, and a reader that keeps each of them small.

use super::Refusal;
use super::encoding::newlines;
use super::row::{LARGEST_RECORD, MOST_COLUMNS, Row, too_large, too_wide};
use super::text::Text;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};

/// The row that is being filled, and the columns that were met so far.
pub(super) struct Table {
    pub(super) headers: Vec<String>,
    known: usize,
    places: HashMap<String, usize>,
    cells: Vec<String>,
    filled: Vec<bool>,
    lowered: String,
    line: u64,
    fault: Option<String>,
    text: String,
    ends: Vec<usize>,
}

impl Table {
    pub(super) fn new(headers: &[String]) -> Self {
        let mut table = Self {
            headers: Vec::new(),
            known: headers.len(),
            places: HashMap::new(),
            cells: Vec::new(),
            filled: Vec::new(),
            lowered: String::new(),
            line: 1,
            fault: None,
            text: String::new(),
            ends: Vec::new(),
        };
        for header in headers {
            table.add(header);
        }
        table
    }

    /// Starts a row at this line.
    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.fault = None;
        self.filled.fill(false);
        self.cells.iter_mut().for_each(String::clear);
    }

    /// Forgets the row that was begun and the columns it brought: it turned out to be a wrapping.
    pub(super) fn forget(&mut self) {
        let known = self.known;
        self.headers.truncate(known);
        self.cells.truncate(known);
        self.filled.truncate(known);
        self.places.retain(|_, place| *place < known);
        self.begin(self.line);
    }

    /// The column of this key, added if it is new; none when the row has a value there already.
    pub(super) fn column(&mut self, key: &str) -> Result<Option<usize>, Refusal> {
        let key = key.trim();
        self.lowered.clear();
        self.lowered.extend(key.chars().flat_map(char::to_lowercase));
        let place = match self.places.get(&self.lowered) {
            Some(place) => *place,
            None if self.headers.len() >= MOST_COLUMNS => return Err(too_wide(self.line)),
            None => self.add(key),
        };
        let filled = self.filled.get_mut(place).is_none_or(|filled| std::mem::replace(filled, true));
        Ok((!filled).then_some(place))
    }

    pub(super) fn cell(&mut self, column: usize) -> Option<&mut String> {
        self.cells.get_mut(column)
    }

    /// Notes what is wrong with the row as a whole.
    pub(super) fn fault(&mut self, sentence: &str) {
        self.fault = Some(sentence.to_owned());
    }

    /// The row as it was filled.
    pub(super) fn row(&mut self) -> Row<'_> {
        self.text.clear();
        self.ends.clear();
        for cell in &self.cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        Row {
            line: self.line,
            headers: &self.headers,
            text: &self.text,
            ends: &self.ends,
            fault: self.fault.as_deref(),
        }
    }

    fn add(&mut self, header: &str) -> usize {
        let place = self.headers.len();
        self.headers.push(header.to_owned());
        self.places.insert(header.to_lowercase(), place);
        self.cells.push(String::new());
        self.filled.push(false);
        place
    }
}

/// Counts the lines of a JSON text and the bytes of its present record.
pub(super) struct Meter {
    line: Cell<u64>,
    record: Cell<usize>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { line: Cell::new(1), record: Cell::new(0) }
    }
}

impl Meter {
    /// Starts counting a record anew and says the line it starts in.
    pub(super) fn begin_record(&self) -> u64 {
        self.record.set(0);
        self.line.get()
    }
}

/// A text that stops being readable when one record of it grows too large.
pub(super) struct Metered<'m, R> {
    pub(super) text: Text<R>,
    pub(super) meter: &'m Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let chunk = self.text.chunk().map_err(io::Error::other)?;
        let taken = chunk.len().min(into.len());
        let (Some(from), Some(to)) = (chunk.get(..taken), into.get_mut(..taken)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.meter.line.set(self.meter.line.get() + newlines(from));
        self.text.consume(taken);
        let record = self.meter.record.get() + taken;
        self.meter.record.set(record);
        if record > LARGEST_RECORD {
            return Err(io::Error::other(too_large(self.meter.line.get())));
        }
        Ok(taken)
    }
}
