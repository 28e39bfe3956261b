//! Calls as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::call::Call;
use super::filter::{Asked, Filter};
use super::pages;
use super::read::{self, ORDERS};
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct Calls {
    filter: Filter,
    order: Order,
}

impl Listed for Calls {
    type Row = Call;
    const NAME: &'static str = "calls";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Calls, Call>] = &[
        shown("Call", |_, one| one.id.0.into()),
        shown("State", |_, one| one.standing().word().into()),
        shown("Began", |_, one| one.started_at.into()),
        shown("Made by", |_, one| one.operator.as_str().into()),
        shown("License server", |_, one| one.server.as_str().into()),
        shown("About", |_, one| one.about_words().into()),
        shown("Outcome", |_, one| one.outcome_words().into()),
        shown("Granted", |_, one| one.granted.into()),
        shown("Call back", |_, one| one.call_back_at.into()),
        more("Company", |_, one| one.company.as_str().into()),
        more("Ended", |_, one| one.ended_at.into()),
        more("Follows call", |_, one| one.follows_id.map(|id| id.0).into()),
        more("Number called", |_, one| one.number_called.as_str().into()),
        more("Representative", |_, one| one.representative.as_str().into()),
        more("Case reference", |_, one| one.case_reference.as_str().into()),
        more("Closed", |_, one| one.closed_at.into()),
        more("Closed by", |_, one| one.closed_by.clone().unwrap_or_default().into()),
        more("Note", |_, one| one.note.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Call>> {
        read::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, one: &Call) -> Cursor {
        Cursor::new(one.id, one.id.0)
    }
}

/// The list of calls.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, Calls { filter: Filter::of(&asked), order }).await
}
