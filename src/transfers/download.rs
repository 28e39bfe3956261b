//! Transfers as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::pages;
use super::read::{self, ORDERS};
use super::transfer::Transfer;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct Transfers {
    filter: Filter,
    order: Order,
}

impl Listed for Transfers {
    type Row = Transfer;
    const NAME: &'static str = "transfers";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Transfers, Transfer>] = &[
        shown("Transfer", |_, one| format!("T-{}", one.id).into()),
        shown("Seat", |_, one| format!("S-{}", one.seat_id).into()),
        shown("From", |_, one| one.source.as_str().into()),
        shown("To", |_, one| one.destination.as_str().into()),
        shown("License Version and Type", |_, one| one.product().into()),
        shown("License server", |_, one| one.server.as_str().into()),
        shown("Reason", |_, one| one.reason_words().into()),
        shown("Queued", |_, one| one.queued_at.into()),
        shown("State", |_, one| one.state.word().into()),
        more("Queued by", |_, one| one.queued_by.as_str().into()),
        more("Granted", |_, one| one.granted_at.into()),
        more("Completed", |_, one| one.completed_at.into()),
        more("Move of the seat", |_, one| one.move_number.into()),
        more("Override", |_, one| one.override_reason.clone().unwrap_or_default().into()),
        more("Override by", |_, one| one.override_by.clone().unwrap_or_default().into()),
        more("License", |_, one| one.license_id.0.into()),
        more("License of the destination", |_, one| one.destination_license_id.map(|id| id.0).into()),
        more("Note", |_, one| one.note.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Transfer>> {
        read::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, one: &Transfer) -> Cursor {
        Cursor::new(one.id, one.id.0)
    }
}

/// The list of transfers.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, Transfers { filter: Filter::of(&asked), order }).await
}
