//! CSV: splits delimited text into rows, whatever the delimiter.

use super::Refusal;
use super::row::{LARGEST_RECORD, MOST_COLUMNS, Row, too_large, too_wide};
use super::text::Text;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::Read;

/// The records of a delimited text, one at a time.
pub(super) struct CsvRows<R> {
    text: Text<R>,
    splitter: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
    used: usize,
    columns: usize,
    quotes: usize,
    skipped: u64,
    line: u64,
}

impl<R: Read> CsvRows<R> {
    /// Starts at `line`, which is read as the first record.
    pub(super) fn starting_at(line: u64, mut text: Text<R>, delimiter: u8) -> Result<Self, Refusal> {
        text.skip_to_line(line)?;
        let splitter = ReaderBuilder::new().delimiter(delimiter).build();
        // The splitter counts from 1.
        let skipped = line.saturating_sub(1);
        Ok(Self {
            text,
            splitter,
            cells: vec![0; 4096],
            ends: vec![0; 64],
            used: 0,
            columns: 0,
            quotes: 0,
            skipped,
            line,
        })
    }

    /// Reads the next record that is not blank; false at the end.
    pub(super) fn advance(&mut self) -> Result<bool, Refusal> {
        while self.advance_to_any()? {
            if !self.row(&[])?.is_blank() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The record that was read last.
    pub(super) fn row<'a>(&'a self, headers: &'a [String]) -> Result<Row<'a>, Refusal> {
        let cells = self.cells.get(..self.used).unwrap_or_default();
        let text = std::str::from_utf8(cells).map_err(|_| {
            Refusal(format!(
                "The record in line {} is split inside a character; save the file as UTF-8 and try again.",
                self.line
            ))
        })?;
        Ok(Row { line: self.line, headers, text, ends: self.ends.get(..self.columns).unwrap_or_default(), fault: None })
    }

    fn advance_to_any(&mut self) -> Result<bool, Refusal> {
        self.skip_line_ends()?;
        self.line = self.splitter.line() + self.skipped;
        (self.used, self.columns, self.quotes) = (0, 0, 0);
        loop {
            let input = self.text.chunk()?;
            let ended = input.is_empty();
            let cells = self.cells.get_mut(self.used..).unwrap_or_default();
            let ends = self.ends.get_mut(self.columns..).unwrap_or_default();
            let (result, read, written, found) = self.splitter.read_record(input, cells, ends);
            let taken = input.get(..read).unwrap_or_default();
            self.quotes += taken.iter().map(|byte| usize::from(*byte == b'"')).sum::<usize>();
            self.text.consume(read);
            self.used += written;
            self.columns += found;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.grow_cells()?,
                ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                ReadRecordResult::Record if ended && self.quotes % 2 == 1 => {
                    return Err(self.unclosed());
                }
                ReadRecordResult::Record if self.columns > MOST_COLUMNS => {
                    return Err(too_wide(self.line));
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// Goes past the line ends between records, so that a record's line is the one it starts in.
    fn skip_line_ends(&mut self) -> Result<(), Refusal> {
        loop {
            let chunk = self.text.chunk()?;
            let blanks = chunk.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let (mut used, mut lines) = (0, 0);
            for byte in blanks {
                used += 1;
                lines += u64::from(*byte == b'\n');
            }
            let more = used > 0 && used == chunk.len();
            self.text.consume(used);
            self.skipped += lines;
            if !more {
                return Ok(());
            }
        }
    }

    fn grow_cells(&mut self) -> Result<(), Refusal> {
        if self.cells.len() >= LARGEST_RECORD {
            return Err(too_large(self.line));
        }
        self.cells.resize((self.cells.len() * 2).min(LARGEST_RECORD), 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<(), Refusal> {
        if self.ends.len() > MOST_COLUMNS {
            return Err(too_wide(self.line));
        }
        self.ends.resize((self.ends.len() * 2).min(MOST_COLUMNS + 1), 0);
        Ok(())
    }

    fn unclosed(&self) -> Refusal {
        let line = self.line;
        Refusal(format!(
            "A quoted value in the record of line {line} is never closed, so the file is cut off or damaged; correct that line or export the file again."
        ))
    }
}
