//! The head of a file: whether it is CSV or JSON, which delimiter it has and which line names the columns.

use super::csv_rows::CsvRows;
use super::guess::guess;
use super::row::{LARGEST_RECORD, MOST_COLUMNS, too_large};
use super::stream::{Shape, header_names};
use super::text::Text;
use super::{Encoding, Kind, Refusal};
use std::io::Read;

/// The delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many lines that are not blank are searched for the header.
const LINES: usize = 60;

/// The start of a file, line by line.
pub(super) struct Head {
    lines: Vec<(u64, Vec<u8>)>,
}

impl Head {
    /// Reads the first lines that are not blank.
    pub(super) fn of<R: Read>(mut text: Text<R>) -> Result<Self, Refusal> {
        let (mut lines, mut line, mut number, mut size) = (Vec::new(), Vec::new(), 1, 0);
        loop {
            let chunk = text.chunk()?;
            let ended = chunk.is_empty();
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(chunk.len(), |end| end + 1);
            line.extend_from_slice(chunk.get(..used).unwrap_or_default());
            text.consume(used);
            if ended || end.is_some() {
                if !line.trim_ascii().is_empty() {
                    size += line.len();
                    lines.push((number, std::mem::take(&mut line)));
                }
                line.clear();
                number += 1;
            }
            if ended || lines.len() >= LINES || size > LARGEST_RECORD {
                return Ok(Self { lines });
            }
            if line.len() > LARGEST_RECORD {
                // Without an earlier line there is nothing to search for a header.
                return if lines.is_empty() { Self::of_one_long_line(line, number) } else { Ok(Self { lines }) };
            }
        }
    }

    /// A long first line is fine in JSON, and more than a header can be in CSV.
    fn of_one_long_line(line: Vec<u8>, number: u64) -> Result<Self, Refusal> {
        let head = Self { lines: vec![(number, line)] };
        if head.is_json() { Ok(head) } else { Err(too_large(number)) }
    }

    /// The shape of the file, and the line that names its columns.
    pub(super) fn shape(&self) -> Result<(Shape, u64), Refusal> {
        let Some((first, line)) = self.lines.first() else {
            return Ok((Shape::Empty, 1));
        };
        if self.is_json() {
            return Ok((Shape::Json, *first));
        }
        let start = line.trim_ascii_start();
        if start.first() == Some(&b'<') && !start.starts_with(b"<<<") {
            let sentence =
                "This is a page or an XML document, not a table; export the rows with Export-Csv or ConvertTo-Json.";
            return Err(Refusal(sentence.to_owned()));
        }
        let (line, delimiter) = self.header();
        Ok((Shape::Csv { delimiter }, line))
    }

    /// The delimiter that splits this line into most columns; none when the line is not in the head.
    pub(super) fn delimiter_of(&self, number: u64) -> Option<u8> {
        let (_, line) = self.lines.iter().find(|(line, _)| *line == number)?;
        let width = |delimiter| names(line, delimiter).map_or(MOST_COLUMNS + 1, |names| names.len());
        // Of those that split it equally well the last is taken, so the likeliest comes last here.
        DELIMITERS.into_iter().rev().max_by_key(|delimiter| width(*delimiter))
    }

    fn is_json(&self) -> bool {
        let Some((_, line)) = self.lines.first() else {
            return false;
        };
        let line = line.trim_ascii();
        matches!(line.first(), Some(b'[' | b'{')) || line == b"null"
    }

    /// The first line with the headers of a license server's export; else the one with the most words a guess knows;
    /// else the first.
    fn header(&self) -> (u64, u8) {
        let mut best: Option<(usize, u64, u8)> = None;
        for (number, line) in self.lines.iter().filter(|(_, line)| !names_a_type(line)) {
            for delimiter in DELIMITERS {
                let names = names(line, delimiter).unwrap_or_default();
                if Kind::of(&names) != Kind::Unmapped {
                    return (*number, delimiter);
                }
                let known = guess(&names, *number).map_or(0, |mapping| mapping.columns.len());
                if known > best.map_or(0, |(most, ..)| most) {
                    best = Some((known, *number, delimiter));
                }
            }
        }
        if let Some((_, line, delimiter)) = best {
            return (line, delimiter);
        }
        let first = self.lines.iter().find(|(_, line)| !names_a_type(line)).map_or(1, |(line, _)| *line);
        (first, self.delimiter_of(first).unwrap_or(b','))
    }
}

/// Whether this is the `#TYPE` line that `Export-Csv` writes above the header.
fn names_a_type(line: &[u8]) -> bool {
    line.trim_ascii_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"#TYPE"))
}

/// The column names in one line, if this were the delimiter; refused when there are too many.
fn names(line: &[u8], delimiter: u8) -> Result<Vec<String>, Refusal> {
    let mut rows = CsvRows::starting_at(1, Text::new(line, Encoding::Utf8), delimiter)?;
    if rows.advance()? { Ok(header_names(&rows.row(&[])?)) } else { Ok(Vec::new()) }
}
