//! The tables as files.

use axum::extract::{Path, State};
use axum::response::Response;

use super::store::{self, Numbered};
use super::tables::Table;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::export::{self, Column, Listed, Wanted, shown};
use crate::web::slice::{Cursor, Window};

struct Rows {
    table: Table,
}

impl Listed for Rows {
    type Row = Numbered;
    const NAME: &'static str = "products";
    const COLUMNS: &'static [Column<Rows, Numbered>] = &[
        shown("Name", |_, one| one.row.name.as_str().into()),
        shown("Answer", |rows, one| rows.table.answer(&one.row.answer).into()),
        shown("Per Device license", |_, one| one.row.per_device_name.as_str().into()),
        shown("Per User license", |_, one| one.row.per_user_name.as_str().into()),
        shown("Product code", |_, one| one.row.product_code.as_str().into()),
        shown("Note", |_, one| one.row.note.as_str().into()),
        shown("Source", |_, one| one.row.source.as_str().into()),
        shown("Number", |_, one| one.id.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Numbered>> {
        store::slice(db, self.table, window).await
    }

    fn place(&self, one: &Numbered) -> Cursor {
        Cursor::new(one.id, one.id)
    }

    fn leaves_out(&self, column: &str) -> bool {
        match column {
            "Answer" => self.table.answers().is_empty(),
            "Per Device license" | "Per User license" | "Product code" => self.table != Table::Versions,
            "Note" => self.table == Table::Systems,
            _ => false,
        }
    }
}

/// One of the tables.
pub async fn rows(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Path(table): Path<String>,
) -> Outcome<Response> {
    let table = Table::parse(&table).ok_or(Error::NotFound)?;
    export::send(app, &auditor, wanted, Rows { table }).await
}
