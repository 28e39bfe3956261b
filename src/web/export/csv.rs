//! CSV: UTF-8 with its mark, so that a spreadsheet reads it; moments as ISO 8601 in UTC.

use super::mark::harmless;
use super::{Cell, Written};

/// What tells a spreadsheet that a file is UTF-8.
pub const MARK: &str = "\u{feff}";

/// Rows as CSV text, every text harmless to a spreadsheet.
///
/// # Errors
/// None that memory does not give.
pub fn write<R: IntoIterator<Item = Cell>>(into: Vec<u8>, rows: impl IntoIterator<Item = R>) -> Written {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(into);
    for row in rows {
        for cell in row {
            match cell {
                Cell::Empty => writer.write_field("")?,
                Cell::Text(text) => writer.write_field(harmless(&text))?,
                Cell::Number(number) => writer.write_field(number.to_string())?,
                Cell::At(at) => writer.write_field(at.iso())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// One step of a list; the first one begins with the headings.
pub(super) fn step(headings: &[&'static str], rows: &[Vec<Cell>], first: bool) -> Written {
    let mut text = Vec::new();
    if first {
        text = write(MARK.as_bytes().to_vec(), [headings.iter().map(|name| Cell::from(*name))])?;
    }
    write(text, rows.iter().map(|row| row.iter().cloned()))
}
