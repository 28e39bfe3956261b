//! Downloads of lists: what a list shows, in its order and by its filters, but every row and not only a page, as CSV,
//! XLSX or JSON lines. A list says its columns and how it is read ([`Listed`]); everything else is said here.

mod cell;
mod csv;
mod json;
pub mod mark;
mod xlsx;

use std::future::Future;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde::Deserialize;

use super::actor::Actor;
use super::address::Address;
use super::app::App;
use super::columns;
use super::error::{Error, Outcome};
use super::slice::{Cursor, Window};
use crate::db::Db;

pub use cell::Cell;
pub use csv::{MARK, write as write_csv};
pub use xlsx::KIND as XLSX;

/// Rows that are read in one step: all that an export holds in memory.
const STEP: i64 = 2_000;

/// A list that can be downloaded.
pub trait Listed: Sized + Send + Sync + 'static {
    /// One row of it.
    type Row: Send + Sync + 'static;
    /// The name of the file, without its ending.
    const NAME: &'static str;
    /// Its columns: those that the page shows, then those that only an export of all columns has.
    const COLUMNS: &'static [Column<Self, Self::Row>];
    /// The columns of its page, where its reader may hide some of them.
    const PAGE: &'static [columns::Column] = &[];

    /// Rows from a place on, one more than the window's size when there are more.
    fn rows(&self, db: &Db, window: &Window) -> impl Future<Output = Outcome<Vec<Self::Row>>> + Send;

    /// A row's place in the list's order.
    fn place(&self, row: &Self::Row) -> Cursor;

    /// Whether the page leaves out this column now, as where there is only one company.
    fn leaves_out(&self, _column: &str) -> bool {
        false
    }
}

/// A column of a list.
pub struct Column<L, R> {
    /// Its heading: the page's caption, or the name that a license server's own export gives it.
    pub name: &'static str,
    /// Whether the page shows it.
    shown: bool,
    /// What a row has in it.
    cell: fn(&L, &R) -> Cell,
}

/// A column that the page shows.
pub const fn shown<L, R>(name: &'static str, cell: fn(&L, &R) -> Cell) -> Column<L, R> {
    Column { name, shown: true, cell }
}

/// A column that only an export of all columns has.
pub const fn more<L, R>(name: &'static str, cell: fn(&L, &R) -> Cell) -> Column<L, R> {
    Column { name, shown: false, cell }
}

/// The form of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Xlsx,
    JsonLines,
}

impl Form {
    const ALL: [Form; 3] = [Form::Csv, Form::Xlsx, Form::JsonLines];

    fn ending(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
            Form::JsonLines => "jsonl",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Form::Csv => "text/csv; charset=utf-8",
            Form::Xlsx => xlsx::KIND,
            Form::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
}

/// What a download's address asks for: the form by its ending, and which columns.
#[derive(Clone, Debug)]
pub struct Wanted {
    form: Form,
    all: bool,
    /// Those that the page hides, by name.
    without: String,
}

impl Wanted {
    /// The columns of a list's file: as the page shows them, unless all are asked for.
    fn columns<L: Listed>(&self, list: &L) -> Vec<&'static Column<L, L::Row>> {
        let hidden = columns::hidden(L::PAGE, &self.without);
        let on_page = |one: &Column<L, L::Row>| {
            one.shown && !list.leaves_out(one.name) && !hidden.iter().any(|column| column.label == one.name)
        };
        L::COLUMNS.iter().filter(|one| self.all || on_page(one)).collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    columns: String,
    without: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Wanted> {
        let ending = parts.uri.path().rsplit('.').next().unwrap_or_default();
        let form = Form::ALL.into_iter().find(|form| form.ending() == ending).ok_or(Error::NotFound)?;
        let asked = Query::<Asked>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        Ok(Wanted { form, all: asked.columns == "all" || form == Form::JsonLines, without: asked.without })
    }
}

/// A link to a download.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its address.
    pub href: String,
    /// What it is called.
    pub text: &'static str,
    /// What it gives, in a sentence.
    pub hint: &'static str,
}

const LINKS: [(&str, &str, &str, &str); 4] = [
    (".csv", "", "CSV", "Every row, with the columns of this page, as CSV"),
    (".xlsx", "", "Excel", "Every row, with the columns of this page, as XLSX"),
    (".csv", "all", "CSV, all columns", "Every row, with all columns, as CSV"),
    (".xlsx", "all", "Excel, all columns", "Every row, with all columns, as XLSX"),
];

/// The downloads of the list at an address.
pub fn links(address: &Address) -> Vec<Link> {
    let plain = address.without("after").without("before").without("size");
    let link = |ending, columns| plain.at(format!("{}{ending}", plain.path())).with("columns", columns).to_string();
    LINKS.into_iter().map(|(ending, columns, text, hint)| Link { href: link(ending, columns), text, hint }).collect()
}

/// A list's rows as cells, a step at a time.
struct Rows<L: Listed> {
    db: Db,
    list: L,
    columns: Vec<&'static Column<L, L::Row>>,
    next: Option<Window>,
}

impl<L: Listed> Rows<L> {
    fn headings(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    async fn step(&mut self) -> Outcome<Option<Vec<Vec<Cell>>>> {
        let Some(window) = self.next.take() else { return Ok(None) };
        let slice = window.cut(self.list.rows(&self.db, &window).await?, |row| self.list.place(row));
        self.next = slice.next.map(|place| Window::behind(place, STEP));
        let cells = |row| self.columns.iter().map(|column| (column.cell)(&self.list, row)).collect();
        Ok(Some(slice.rows.iter().map(cells).collect()))
    }
}

/// Answers with a list's download. It leaves a line in the log, none in history.
pub async fn send<L: Listed>(app: App, reader: &Actor, wanted: Wanted, list: L) -> Outcome<Response> {
    let columns = if wanted.all { "all columns" } else { "the columns shown" };
    tracing::info!("{} downloads {} as {}, {columns}", reader.name, L::NAME, wanted.form.ending());
    let columns = wanted.columns(&list);
    let rows = Rows { db: app.db, list, columns, next: Some(Window::first(STEP)) };
    let body = match wanted.form {
        Form::Csv => streamed(rows, true, csv::step),
        Form::JsonLines => streamed(rows, false, json::step),
        Form::Xlsx => xlsx::body(rows).await?,
    };
    let file = format!("attachment; filename=\"{}.{}\"", L::NAME, wanted.form.ending());
    Ok(([(CONTENT_TYPE, wanted.form.kind().to_owned()), (CONTENT_DISPOSITION, file)], body).into_response())
}

type Written = Result<Vec<u8>, std::io::Error>;

/// Rows as a body. Each step is read when the one before was taken, so that memory stays bounded and nothing goes on
/// once the reader is gone. Whoever downloads sees a transfer that broke off, never a short file that looks whole.
fn streamed<L: Listed>(rows: Rows<L>, first: bool, write: fn(&[&'static str], &[Vec<Cell>], bool) -> Written) -> Body {
    Body::from_stream(steps(rows, first, write))
}

fn steps<L: Listed>(
    rows: Rows<L>,
    first: bool,
    write: fn(&[&'static str], &[Vec<Cell>], bool) -> Written,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let headings = rows.headings();
    futures_util::stream::try_unfold((rows, headings, first), move |(mut rows, headings, first)| async move {
        let step = rows.step().await.map_err(|error| {
            tracing::error!("a download of {} broke off: {error:#}", L::NAME);
            std::io::Error::other("the download broke off")
        })?;
        let Some(step) = step else { return Ok(None) };
        let text = write(&headings, &step, first)?;
        Ok(Some((Bytes::from(text), (rows, headings, false))))
    })
}
