//! The page of a bundle that is printed, and the text that says how to check it.

use askama::Template;
use jiff::tz::TimeZone;

use super::form::Scope;
use super::manifest::Chain;
use crate::web::export::Cell;

/// Rows of a table that are printed; its file has every one.
pub const PRINTED: usize = 1_000;

/// A table as it is printed.
pub struct Sheet {
    /// What it is called.
    pub title: &'static str,
    /// Which rows are in it.
    pub about: &'static str,
    /// The file that has all of it.
    pub file: &'static str,
    /// The headings.
    pub headings: Vec<&'static str>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows the file has.
    pub count: usize,
}

impl Sheet {
    /// Rows that only the file has.
    pub fn left_out(&self) -> usize {
        self.count - self.rows.len()
    }
}

/// A cell as it is printed: moments in the company's days.
pub fn printed(cell: &Cell, zone: &TimeZone) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::At(at) => at.typed_minute(zone).replace('T', " "),
    }
}

/// The page of a bundle that is printed.
#[derive(Template)]
#[template(path = "evidence/index.html")]
pub struct Index<'a> {
    /// Company and period.
    pub scope: &'a Scope,
    /// When it was made.
    pub made: String,
    /// Who made it.
    pub made_by: &'a str,
    /// The zone of the days and moments.
    pub zone: &'a str,
    /// The part of history.
    pub chain: &'a Chain,
    /// The tables.
    pub sheets: &'a [Sheet],
}

/// The text that says how to check a bundle.
#[derive(Template)]
#[template(path = "evidence/README.txt", escape = "none")]
pub struct Readme<'a> {
    /// Company and period.
    pub scope: &'a Scope,
    /// When it was made.
    pub made: String,
    /// Who made it.
    pub made_by: &'a str,
    /// The zone of the days.
    pub zone: &'a str,
    /// The part of history.
    pub chain: &'a Chain,
    /// The tables.
    pub sheets: &'a [Sheet],
}
