//! Numbers to call as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::call_number::{Asked, Listed as Row};
use super::store::{self, ORDERS};
use crate::db::Db;
use crate::ids::CompanyId;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::listing::number;
use crate::web::slice::{Cursor, Order, Window};

struct CallNumbers {
    company: Option<CompanyId>,
    order: Order,
}

impl Listed for CallNumbers {
    type Row = Row;
    const NAME: &'static str = "call-numbers";
    const COLUMNS: &'static [Column<CallNumbers, Row>] = &[
        shown("Country or region", |_, one| one.details.country.as_str().into()),
        shown("Company", |_, one| one.company.as_str().into()),
        shown("Number to call", |_, one| one.details.number.as_str().into()),
        shown("Hours", |_, one| one.details.hours.as_str().into()),
        more("Number", |_, one| one.id.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Row>> {
        store::list(db, self.company, &self.order, window).await
    }

    fn place(&self, one: &Row) -> Cursor {
        Cursor::new(one.id, one.id)
    }
}

/// The list of numbers to call.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let company = number(&asked.company).map(CompanyId);
    let order = Order::chosen(&asked.paging.sort, &ORDERS);
    export::send(app, &auditor, wanted, CallNumbers { company, order }).await
}
