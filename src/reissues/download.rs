//! Requests as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::pages;
use super::read::{self, ORDERS};
use super::reissue::Reissue;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct Reissues {
    filter: Filter,
    order: Order,
}

impl Listed for Reissues {
    type Row = Reissue;
    const NAME: &'static str = "requests";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Reissues, Reissue>] = &[
        shown("Request", |_, one| format!("R-{}", one.id).into()),
        shown("State", |_, one| one.state.word().into()),
        shown("License Version and Type", |_, one| one.product().into()),
        shown("License server", |_, one| one.server.as_str().into()),
        shown("For", |_, one| one.reason.label().into()),
        shown("Asked for", |_, one| one.quantity.into()),
        shown("Granted", |_, one| one.granted.into()),
        shown("Opened", |_, one| one.opened_at.into()),
        more("Company", |_, one| one.company.as_str().into()),
        more("Opened by", |_, one| one.opened_by.as_str().into()),
        more("Closed", |_, one| one.closed_at.into()),
        more("Reason", |_, one| one.cause_words().into()),
        more("Agreement", |_, one| one.agreement_id.map(|id| id.0).into()),
        more("Note", |_, one| one.note.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Reissue>> {
        read::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, one: &Reissue) -> Cursor {
        Cursor::new(one.id, one.id.0)
    }
}

/// The list of requests.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, Reissues { filter: Filter::of(&asked), order }).await
}
