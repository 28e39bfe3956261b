//! Rows: one record of a file as text cells, whatever format it came in.

use super::Refusal;

/// The most bytes one record may have, so that a damaged file cannot fill the memory.
pub const LARGEST_RECORD: usize = 1 << 20;

/// The most columns a file may have.
pub const MOST_COLUMNS: usize = 4096;

/// One record: its cells one after the other in `text`, and where each of them ends.
pub(super) struct Row<'a> {
    /// The line of the file the record starts in, counted from 1.
    pub(super) line: u64,
    /// The names of the columns, as the file writes them.
    pub(super) headers: &'a [String],
    pub(super) text: &'a str,
    pub(super) ends: &'a [usize],
    /// What is wrong with the record as a whole.
    pub(super) fault: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// The cell in this column without surrounding blanks; empty when the row has none there.
    pub(super) fn cell(&self, column: usize) -> &'a str {
        let Some(end) = self.ends.get(column) else {
            return "";
        };
        let start = column.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..*end).unwrap_or_default().trim()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.ends.len()).map(|column| self.cell(column))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.fault.is_none() && self.text.trim().is_empty()
    }

    /// What is wrong with the number of cells, if anything.
    pub(super) fn misfit(&self) -> Option<String> {
        let (have, want) = (self.ends.len(), self.headers.len());
        if have < want {
            return Some(format!(
                "The row has {have} values where the header names {want}, so it is cut off; export the file again."
            ));
        }
        let spills = (want..have).any(|column| !self.cell(column).is_empty());
        spills.then(|| {
            format!("The row has {have} values where the header names {want}; put a value that holds the delimiter in quotes and try again.")
        })
    }
}

/// The refusal of a record that is longer than any license server writes.
pub(super) fn too_large(line: u64) -> Refusal {
    Refusal(format!(
        "The record in line {line} is larger than 1 MiB, perhaps because a quote is never closed; correct that line or export the file again."
    ))
}

/// The refusal of a table with more columns than any license server writes.
pub(super) fn too_wide(line: u64) -> Refusal {
    Refusal(format!(
        "Line {line} has more than {MOST_COLUMNS} columns, which no license server writes; choose the file that the export wrote."
    ))
}
