//! A timeline as a file: what its page says, one row for each thing that happened, nothing folded.

use super::error::Outcome;
use super::export::{Column, Listed, shown};
use super::shell::Shell;
use super::slice::{Cursor, Window};
use super::timeline::{Entry, Told, entries};
use crate::db::Db;
use crate::history;
use crate::licenses::store::{Of, events};

/// One thing that happened, and its place on the timeline.
pub type Happened = (Cursor, Entry);

/// Everything that happened to a client or a license.
pub struct Story {
    shell: Shell,
    of: Of,
}

impl Story {
    /// The story of a client or a license, as a reader may read it.
    pub fn of(shell: &Shell, of: Of) -> Story {
        Story { shell: shell.clone(), of }
    }

    fn about(&self) -> (&'static str, i64) {
        match self.of {
            Of::Client(id) => ("client", id.0),
            Of::License(id) => ("license", id.0),
        }
    }
}

/// What a timeline says of each thing.
macro_rules! columns {
    () => {
        &[
            shown("When", |_, (_, entry)| entry.at().into()),
            shown("What happened", |_, (_, entry)| entry.what.as_str().into()),
            shown("To what", |_, (_, entry)| entry.subject.as_str().into()),
            shown("Made by", |_, (_, entry)| entry.who.as_str().into()),
            shown("Import", |_, (_, entry)| entry.import().into()),
            shown("More", |_, (_, entry)| entry.why.as_str().into()),
            shown("What changed", |_, (_, entry)| entry.changes_text().into()),
        ]
    };
}
pub(crate) use columns;

impl Listed for Story {
    type Row = Happened;
    const NAME: &'static str = "timeline";
    const COLUMNS: &'static [Column<Story, Happened>] = columns!();

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Happened>> {
        let (kind, id) = self.about();
        let lines = history::store::told_of(db, kind, id, window).await?.into_iter().map(Told::Line).collect();
        let rows = events(db, self.of, self.shell.format.now, window).await?.into_iter().map(Told::Event).collect();
        told(db, &self.shell, window.merge(lines, rows, Told::place), Some((kind, id))).await
    }

    fn place(&self, row: &Happened) -> Cursor {
        row.0.clone()
    }
}

/// What was told, ready to be read, each with its place.
pub async fn told(db: &Db, shell: &Shell, told: Vec<Told>, about: Option<(&str, i64)>) -> Outcome<Vec<Happened>> {
    let places: Vec<Cursor> = told
        .iter()
        .map(|told| {
            let (at, n) = told.place();
            Cursor::new(at, n)
        })
        .collect();
    Ok(places.into_iter().zip(entries(db, shell, told, about).await?).collect())
}
