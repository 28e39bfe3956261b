//! Cells of a download: numbers stay numbers, and moments moments.

use crate::moment::Moment;

/// One cell of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A moment.
    At(Moment),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        text.to_owned().into()
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(number)
    }
}

impl From<Moment> for Cell {
    fn from(at: Moment) -> Cell {
        match at {
            at if at.is_unknown() => Cell::Empty,
            // A word that the import reads, too.
            at if at.is_never() => Cell::Text("Never".to_owned()),
            at => Cell::At(at),
        }
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}
