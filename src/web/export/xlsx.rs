//! XLSX, in bounded memory: rows go to temporary files, the workbook to another one that has no name, so that nothing
//! stays behind however the program ends; then it is sent from there.

use std::fs::File;
use std::io::{Read, Seek};

use axum::body::{Body, Bytes};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, channel};

use super::{Cell, Listed, Rows};
use crate::check::Problems;
use crate::web::error::{Error, Outcome};

/// What such a file is called on the network.
pub const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The rows of a sheet that are not its heading, of 1,048,576 in all.
const MOST: u32 = 1_048_575;
/// The longest text of a cell, in UTF-16 units, is 32,767; so many characters never have more.
const LONGEST: usize = 16_000;
/// Workbooks that are made at once; others wait their turn.
static TURNS: Semaphore = Semaphore::const_new(2);

enum Piece {
    Rows(Vec<Vec<Cell>>),
    /// Nothing was lost on the way: the workbook may be closed.
    End,
}

/// A list as a workbook, once it is whole.
pub(super) async fn body<L: Listed>(mut rows: Rows<L>) -> Outcome<Body> {
    crate::db::hand_back();
    let turn = TURNS.acquire().await.map_err(Error::internal)?;
    let (send, receive) = channel(2);
    let headings = rows.headings();
    let writing = tokio::task::spawn_blocking(move || {
        // Who goes away leaves the writer to its end, which comes soon; until then the turn is taken.
        let _turn = turn;
        Book::new(headings, MOST)?.fill(receive)
    });
    while let Some(step) = rows.step().await? {
        if send.send(Piece::Rows(step)).await.is_err() {
            break;
        }
    }
    // Where the writer has ended already, it says below why.
    let _ = send.send(Piece::End).await;
    let file = match writing.await {
        Ok(Ok(file)) => file,
        Ok(Err(XlsxError::IoError(error))) => return Err(no_room(&error)),
        Ok(Err(error)) => return Err(Error::internal(error)),
        // The writer of rows knows no other end when its file cannot grow.
        Err(error) => return Err(no_room(&error)),
    };
    Ok(Body::from_stream(futures_util::stream::try_unfold(file, |file| async move {
        tokio::task::spawn_blocking(move || piece(file)).await.map_err(std::io::Error::other)?
    })))
}

fn no_room(error: &dyn std::fmt::Display) -> Error {
    tracing::error!("a workbook could not be written: {error}");
    let says = "The Excel file could not be made: the console’s folder for temporary files seems to be full. Download CSV, \
                which needs no room there, or tell an admin.";
    Problems::of("", says).into()
}

fn piece(mut file: File) -> std::io::Result<Option<(Bytes, File)>> {
    let mut bytes = vec![0; 64 * 1024];
    let read = file.read(&mut bytes)?;
    bytes.truncate(read);
    Ok((read > 0).then(|| (Bytes::from(bytes), file)))
}

/// A workbook in the making.
struct Book {
    workbook: Workbook,
    headings: Vec<&'static str>,
    most: u32,
    sheets: usize,
    /// The row of the last sheet that was written last; its heading is row 0.
    row: u32,
    bold: Format,
    moment: Format,
}

impl Book {
    fn new(headings: Vec<&'static str>, most: u32) -> Result<Book, XlsxError> {
        let mut book = Book {
            workbook: Workbook::new(),
            headings,
            most,
            sheets: 0,
            row: 0,
            bold: Format::new().set_bold(),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        };
        book.turn_over()?;
        Ok(book)
    }

    /// Writes what comes until the end is said; a reader who went away never says it.
    fn fill(mut self, mut receive: Receiver<Piece>) -> Result<File, XlsxError> {
        while let Some(piece) = receive.blocking_recv() {
            match piece {
                Piece::Rows(rows) => self.add(&rows)?,
                Piece::End => return self.close(),
            }
        }
        Err(XlsxError::IoError(std::io::Error::other("the reader went away")))
    }

    fn add(&mut self, rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
        for row in rows {
            if self.row == self.most {
                self.turn_over()?;
            }
            self.row += 1;
            let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
            for (cell, column) in row.iter().zip(0_u16..) {
                put(sheet, (self.row, column), cell, &self.moment)?;
            }
        }
        Ok(())
    }

    /// Ends the sheet, if there is one, and begins the next.
    fn turn_over(&mut self) -> Result<(), XlsxError> {
        self.offer_filters()?;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (heading, column) in self.headings.iter().zip(0_u16..) {
            sheet.set_column_width(column, 20)?;
            sheet.write_with_format(0, column, *heading, &self.bold)?;
        }
        (self.sheets, self.row) = (self.sheets + 1, 0);
        Ok(())
    }

    fn offer_filters(&mut self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.headings.len()).unwrap_or(1).saturating_sub(1);
        if self.sheets > 0 && self.row > 0 {
            self.workbook.worksheet_from_index(self.sheets - 1)?.autofilter(0, 0, self.row, last)?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<File, XlsxError> {
        self.offer_filters()?;
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(file)
    }
}

/// Texts are written as texts, so that no spreadsheet takes them for formulas.
fn put(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, moment: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) if text.len() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            sheet.write_string(row, column, start)?;
        }
        Cell::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write(row, column, *number)?;
        }
        Cell::At(at) => {
            let at = ExcelDateTime::from_timestamp(at.0)?;
            sheet.write_datetime_with_format(row, column, at, moment)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::moment::Moment;
    use crate::web::slice::{Cursor, Window};

    #[test]
    fn rows_beyond_a_sheets_end_go_to_the_next_one_each_under_the_headings() {
        let mut book = Book::new(vec!["n", "when"], 3).unwrap();
        let row = |n| vec![Cell::Number(n), Cell::At(Moment(86_400))];
        book.add(&(1..=5).map(row).collect::<Vec<_>>()).unwrap();
        book.add(&(6..=7).map(row).collect::<Vec<_>>()).unwrap();
        let mut read = Xlsx::new(std::io::BufReader::new(book.close().unwrap())).unwrap();
        let sheets: Vec<Vec<String>> =
            read.worksheets().iter().map(|(_, sheet)| sheet.rows().map(|row| row[0].to_string()).collect()).collect();
        assert_eq!(sheets, [vec!["n", "1", "2", "3"], vec!["n", "4", "5", "6"], vec!["n", "7"]]);
        let first = read.worksheet_range_at(0).unwrap().unwrap();
        assert!(matches!(first.get((1, 1)), Some(Data::DateTime(at)) if at.is_datetime()));
    }

    #[test]
    fn a_list_longer_than_a_sheet_goes_on_on_the_next_one_and_every_row_is_there_once() {
        let rows = i64::from(MOST) + 2_500;
        let mut book = Book::new(vec!["n"], MOST).unwrap();
        for first in (1..=rows).step_by(2_000) {
            let last = rows.min(first + 1_999);
            book.add(&(first..=last).map(|n| vec![Cell::Number(n)]).collect::<Vec<_>>()).unwrap();
        }
        let mut read = Xlsx::new(std::io::BufReader::new(book.close().unwrap())).unwrap();
        let sheets: Vec<Vec<String>> =
            read.worksheets().iter().map(|(_, sheet)| sheet.rows().map(|row| row[0].to_string()).collect()).collect();
        assert_eq!(sheets.iter().map(Vec::len).collect::<Vec<_>>(), [1_048_576, 2_501]);
        let numbers = sheets.iter().flat_map(|sheet| &sheet[1..]).map(|n| n.parse::<i64>().unwrap());
        assert!(numbers.eq(1..=rows));
    }

    #[test]
    fn a_reader_who_goes_away_leaves_no_workbook() {
        let (send, receive) = channel(1);
        drop(send);
        assert!(Book::new(vec!["n"], MOST).unwrap().fill(receive).is_err());
    }

    /// A list whose rows come when the gate lets them.
    struct Gated {
        gate: Arc<Semaphore>,
        begun: Arc<AtomicUsize>,
    }

    impl Listed for Gated {
        type Row = i64;
        const NAME: &'static str = "gated";
        const COLUMNS: &'static [super::super::Column<Gated, i64>] =
            &[super::super::shown("n", |_, n| Cell::Number(*n))];

        async fn rows(&self, _: &crate::db::Db, _: &Window) -> Outcome<Vec<i64>> {
            self.begun.fetch_add(1, SeqCst);
            self.gate.acquire().await.unwrap().forget();
            Ok(vec![1])
        }

        fn place(&self, n: &i64) -> Cursor {
            Cursor::new(*n, *n)
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_workbooks_are_made_at_once_and_whoever_goes_away_gives_their_turn_back() {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::db::Db::open(&format!("sqlite:{}", folder.path().join("r.db").display())).await.unwrap();
        let (gate, begun) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let make = || {
            let list = Gated { gate: gate.clone(), begun: begun.clone() };
            let columns = Gated::COLUMNS.iter().collect();
            let rows = Rows { db: db.clone(), list, columns, next: Some(Window::first(super::super::STEP)) };
            tokio::spawn(async move { body(rows).await.is_ok() })
        };
        let until = async |count: usize| {
            let reached = async {
                while begun.load(SeqCst) < count {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(20), reached).await.expect("nobody else began");
        };
        let (one, two) = (make(), make());
        until(2).await;
        let (three, four) = (make(), make());
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(begun.load(SeqCst), 2, "the third waits its turn");
        // As a server does with a request whose reader went away.
        one.abort();
        until(3).await;
        gate.add_permits(3);
        assert!(two.await.unwrap() && three.await.unwrap() && four.await.unwrap());
        assert_eq!((TURNS.available_permits(), begun.load(SeqCst)), (2, 4));
    }
}
