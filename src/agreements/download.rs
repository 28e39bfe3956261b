//! Agreements as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::agreement::Agreement;
use super::form::Asked;
use super::pages;
use super::read::{self, ORDERS};
use crate::companies;
use crate::db::Db;
use crate::ids::CompanyId;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::listing::number;
use crate::web::slice::{Cursor, Order, Window};

struct Agreements {
    company: Option<CompanyId>,
    order: Order,
    with_company: bool,
}

/// The state in words.
fn state(agreement: &Agreement) -> &'static str {
    if agreement.retired_at.is_some() { "Retired" } else { "In force" }
}

impl Listed for Agreements {
    type Row = Agreement;
    const NAME: &'static str = "agreements";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Agreements, Agreement>] = &[
        shown("Program and number", |_, agreement| agreement.title().into()),
        shown("Company", |_, agreement| agreement.company.as_str().into()),
        shown("License Version and Type", |_, agreement| agreement.product().into()),
        shown("Quantity", |_, agreement| agreement.details.quantity.into()),
        shown("Purchased", |_, agreement| agreement.details.purchased_on.clone().unwrap_or_default().into()),
        shown("Seats move", |_, agreement| agreement.policy().into()),
        shown("State", |_, agreement| state(agreement).into()),
        more("Authorization number", |_, agreement| agreement.details.authorization_number.as_str().into()),
        more("Papers", |_, agreement| agreement.details.document.as_str().into()),
        more("Note", |_, agreement| agreement.details.note.as_str().into()),
        more("Number", |_, agreement| agreement.id.0.into()),
        more("Recorded", |_, agreement| agreement.created_at.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Agreement>> {
        read::list(db, self.company, &self.order, window).await
    }

    fn place(&self, agreement: &Agreement) -> Cursor {
        Cursor::new(agreement.id, agreement.id.0)
    }

    fn leaves_out(&self, column: &str) -> bool {
        column == "Company" && !self.with_company
    }
}

/// The list of agreements.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let company = number(&asked.company).map(CompanyId);
    let with_company = companies::read::are_several(&app.db).await?;
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, Agreements { company, order, with_company }).await
}
