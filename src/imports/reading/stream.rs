//! Streams: one way through the rows of a file, whether it is CSV or JSON.

use super::csv_rows::CsvRows;
use super::json_rows;
use super::row::Row;
use super::text::Text;
use super::{Encoding, Refusal};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::ops::ControlFlow;

/// How the rows of a file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A table with one row a line, or a quoted value that spans lines.
    Csv {
        /// The sign between two values: comma, semicolon, tab or bar.
        delimiter: u8,
    },
    /// What `ConvertTo-Json` writes.
    Json,
    /// No rows at all, as when a license server has issued nothing.
    Empty,
}

/// What must be known about a file before its rows can be read.
pub(super) struct Layout<'a> {
    pub(super) encoding: Encoding,
    pub(super) shape: Shape,
    pub(super) header_line: u64,
    /// The columns a JSON file is known to have; others are added at their end when they are met.
    pub(super) headers: &'a [String],
}

/// What takes the rows; it breaks to read no further.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, Refusal>;

/// Gives every row to the sink and returns the names of the columns.
pub(super) fn stream<R: Read>(reader: R, layout: &Layout<'_>, sink: Sink<'_>) -> Result<Vec<String>, Refusal> {
    let text = Text::new(reader, layout.encoding);
    match layout.shape {
        Shape::Empty => Ok(Vec::new()),
        Shape::Json => json_rows::stream(text, layout.headers, sink),
        Shape::Csv { delimiter } => {
            let mut rows = CsvRows::starting_at(layout.header_line, text, delimiter)?;
            let headers = if rows.advance()? { header_names(&rows.row(&[])?) } else { Vec::new() };
            while rows.advance()? {
                if sink(&rows.row(&headers)?)?.is_break() {
                    break;
                }
            }
            Ok(headers)
        }
    }
}

/// The names in a header row, without blanks, byte order marks and quotes around them.
pub(super) fn header_names(row: &Row<'_>) -> Vec<String> {
    row.cells().map(header_name).collect()
}

fn header_name(cell: &str) -> String {
    cell.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, '\u{feff}' | '"')).to_owned()
}
