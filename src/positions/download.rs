//! The position as files: a row for each company, version and type; and a row for each line.

use axum::extract::{Query, State};
use axum::response::Response;

use super::line::{Line, Term, joined};
use super::pages::{self, Asked, estate};
use super::position::{Position, reckon};
use super::store;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Cell, Column, Listed, Wanted, shown};
use crate::web::slice::{Cursor, Window};

/// A row of a file that is held in memory, by its number.
#[derive(Clone)]
pub(super) struct Numbered<T>(i64, T);

fn numbered<T>(rows: impl IntoIterator<Item = T>) -> Vec<Numbered<T>> {
    (0..).zip(rows).map(|(n, row)| Numbered(n, row)).collect()
}

struct Positions {
    on: String,
    rows: Vec<Numbered<Position>>,
}

fn told(number: Option<i64>, word: &str) -> Cell {
    number.map_or_else(|| word.into(), Cell::Number)
}

impl Listed for Positions {
    type Row = Numbered<Position>;
    const NAME: &'static str = "position";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Positions, Numbered<Position>>] = &[
        shown("Company", |_, row| row.1.company.as_str().into()),
        shown("License Version and Type", |_, row| row.1.product().into()),
        shown("On", |list, _| list.on.as_str().into()),
        shown("Owned", |_, row| told(row.1.owned, "not recorded")),
        shown("Installed", |_, row| told(row.1.installed, "not known")),
        shown("In use", |_, row| told(row.1.in_use, "not known")),
        shown("Phantom", |_, row| told(row.1.phantom(), "not known")),
        shown("Explained", |_, row| told(row.1.explained, "not known")),
        shown("Unexplained", |_, row| told(row.1.unexplained(), "not known")),
        shown("Superseded, still installed", |_, row| row.1.left_standing().into()),
        shown("Equation", |_, row| row.1.equation().into()),
    ];

    async fn rows(&self, _: &Db, window: &Window) -> Outcome<Vec<Numbered<Position>>> {
        Ok(window.of_held(&self.rows, |row| row.0))
    }

    fn place(&self, row: &Numbered<Position>) -> Cursor {
        Cursor::new(row.0, row.0)
    }
}

/// A line with the position that it belongs to.
#[derive(Clone)]
pub(super) struct Told {
    company: String,
    product: String,
    line: Line,
}

struct Lines {
    on: String,
    rows: Vec<Numbered<Told>>,
}

impl Listed for Lines {
    type Row = Numbered<Told>;
    const NAME: &'static str = "position-lines";
    const COLUMNS: &'static [Column<Lines, Numbered<Told>>] = &[
        shown("Company", |_, row| row.1.company.as_str().into()),
        shown("License Version and Type", |_, row| row.1.product.as_str().into()),
        shown("On", |list, _| list.on.as_str().into()),
        shown("Term", |_, row| row.1.line.term.label().into()),
        shown("Licenses", |_, row| row.1.line.amount.into()),
        shown("What it is", |_, row| row.1.line.words.as_str().into()),
        shown("License server", |_, row| row.1.line.points.server.clone().map(|(_, name)| name).into()),
        shown("Key packs", |_, row| joined(&row.1.line.points.key_packs, "").into()),
        shown("Agreement", |_, row| row.1.line.points.agreement.map(|id| id.0).into()),
        shown("Request", |_, row| row.1.line.points.reissue.map(|id| format!("R-{id}")).into()),
        shown("Calls", |_, row| joined(&row.1.line.points.calls, "").into()),
        shown("Transfers", |_, row| joined(&row.1.line.points.transfers, "T-").into()),
        shown("In the place of key packs", |_, row| joined(&row.1.line.points.replaced, "").into()),
        shown("Must be removed", |_, row| if row.1.line.is_left_standing { "yes".into() } else { Cell::Empty }),
    ];

    async fn rows(&self, _: &Db, window: &Window) -> Outcome<Vec<Numbered<Told>>> {
        Ok(window.of_held(&self.rows, |row| row.0))
    }

    fn place(&self, row: &Numbered<Told>) -> Cursor {
        Cursor::new(row.0, row.0)
    }
}

async fn positions(app: &App, asked: &Asked) -> Outcome<(String, Vec<Position>)> {
    let until = store::until(&asked.on, app.now(), &app.settings.zone)?;
    let estate = estate(app, asked.company(), &until).await?;
    Ok((until.day, reckon(&estate)))
}

/// A row for each company, version and type.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (on, rows) = positions(&app, &asked).await?;
    export::send(app, &auditor, wanted, Positions { on, rows: numbered(rows) }).await
}

/// A row for each line of them.
pub async fn lines(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (on, positions) = positions(&app, &asked).await?;
    let lines = positions.into_iter().flat_map(|position| {
        let (company, product) = (position.company.clone(), position.product());
        let told = move |line| Told { company: company.clone(), product: product.clone(), line };
        in_order(position.lines).into_iter().map(told)
    });
    let rows = numbered(lines);
    export::send(app, &auditor, wanted, Lines { on, rows }).await
}

fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    let terms = [Term::Owned, Term::Installed, Term::Explained, Term::Suspect];
    lines.sort_by_key(|line| terms.iter().position(|term| *term == line.term));
    lines
}
