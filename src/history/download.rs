//! History as a file: as its page says it, or as JSON lines with everything that the chain binds.

use axum::extract::{Query, State};
use axum::response::Response;

use super::line::Line;
use super::pages::Asked;
use super::store::{self, Filter};
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{self, Cell, Column, Listed, Wanted, more, shown};
use crate::web::shell::Shell;
use crate::web::slice::{Cursor, Window};
use crate::web::story::{Happened, columns, told};
use crate::web::timeline::{Told, withholds};

/// As the page says it.
struct Changes {
    filter: Filter,
    shell: Shell,
}

impl Listed for Changes {
    type Row = Happened;
    const NAME: &'static str = "history";
    const COLUMNS: &'static [Column<Changes, Happened>] = columns!();

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Happened>> {
        let lines: Vec<Line> = store::list(db, &self.filter, window).await?;
        let ids: Vec<i64> = lines.iter().map(|line| line.id).collect();
        let rows = told(db, &self.shell, lines.into_iter().map(Told::Line).collect(), None).await?;
        // History is paged by the line's own number.
        Ok(ids.into_iter().zip(rows).map(|(id, (_, entry))| (Cursor::new(id, id), entry)).collect())
    }

    fn place(&self, row: &Happened) -> Cursor {
        row.0.clone()
    }
}

/// As it is stored.
struct Lines {
    filter: Filter,
    /// Whether the reader may read license server IDs.
    with_ids: bool,
}

impl Lines {
    /// Values before or after; nothing where they hold what this reader may not read.
    fn values(&self, line: &Line, values: Option<&String>) -> Cell {
        if self.withholds(line) { Cell::Empty } else { values.cloned().into() }
    }

    fn withholds(&self, line: &Line) -> bool {
        withholds(line, self.with_ids)
    }
}

impl Listed for Lines {
    type Row = Line;
    const NAME: &'static str = "history";
    /// In the order in which the hash takes them.
    const COLUMNS: &'static [Column<Lines, Line>] = &[
        shown("previous_hash", |_, line| Cell::Text(line.previous_hash.clone())),
        shown("id", |_, line| line.id.into()),
        shown("at", |_, line| Cell::At(line.at)),
        shown("effective_on", |_, line| text(line.effective_on.as_ref())),
        shown("actor", |_, line| Cell::Text(line.actor.clone())),
        shown("action", |_, line| Cell::Text(line.action.clone())),
        shown("subject_kind", |_, line| Cell::Text(line.subject_kind.clone())),
        shown("subject_id", |_, line| line.subject_id.into()),
        shown("before", |list, line| list.values(line, line.before.as_ref())),
        shown("after", |list, line| list.values(line, line.after.as_ref())),
        shown("reason", |_, line| text(line.reason.as_ref())),
        shown("import_id", |_, line| line.import_id.into()),
        shown("hash", |_, line| Cell::Text(line.hash.clone())),
        more("withheld", |list, line| Cell::Number(list.withholds(line).into())),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Line>> {
        store::list(db, &self.filter, window).await
    }

    fn place(&self, line: &Line) -> Cursor {
        Cursor::new(line.id, line.id)
    }
}

/// A text as it is stored: an empty one is not the same as none.
fn text(text: Option<&String>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.clone()))
}

/// History, as its page says it.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let shell = auditor.shell.clone();
    let filter = asked.filter(&shell.format.zone);
    export::send(app, &auditor, wanted, Changes { filter, shell }).await
}

/// History line by line, so that somebody else can check the chain.
pub async fn lines(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let filter = asked.filter(&auditor.shell.format.zone);
    let with_ids = auditor.shell.may_read_ids;
    export::send(app, &auditor, wanted, Lines { filter, with_ids }).await
}
