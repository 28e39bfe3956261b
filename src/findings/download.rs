//! Findings as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::finding::Finding;
use super::pages;
use super::store::{self, ORDERS};
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct Findings {
    filter: Filter,
    order: Order,
}

impl Listed for Findings {
    type Row = Finding;
    const NAME: &'static str = "findings";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Findings, Finding>] = &[
        shown("Finding", |_, one| one.number().into()),
        shown("What", |_, one| one.kind.word().into()),
        shown("State", |_, one| one.state.word().into()),
        shown("Client", |_, one| one.first().into()),
        shown("The other one", |_, one| one.other().into()),
        shown("License server", |_, one| one.server.as_str().into()),
        shown("Found", |_, one| one.found_at.into()),
        more("Company", |_, one| one.company.as_str().into()),
        more("In a sentence", |_, one| one.says().into()),
        more("Client number", |_, one| one.client_id.0.into()),
        more("Number of the other client", |_, one| one.other_client_id.map(|id| id.0).into()),
        more("License", |_, one| one.license_id.map(|id| id.0).into()),
        more("The other license", |_, one| one.other_license_id.map(|id| id.0).into()),
        more("Found by import", |_, one| one.found_import_id.map(|id| id.0).into()),
        more("No longer there since", |_, one| one.gone_at.into()),
        more("Answered", |_, one| one.answered_at.into()),
        more("Answered by", |_, one| one.answered_by.clone().unwrap_or_default().into()),
        more("Answer", |_, one| one.answer.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Finding>> {
        store::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, one: &Finding) -> Cursor {
        Cursor::new(one.id, one.id.0)
    }
}

/// The list of findings.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, Findings { filter: Filter::of(&asked), order }).await
}
