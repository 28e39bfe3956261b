//! Companies as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::company::ListedCompany;
use super::read::{self, ORDERS};
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Paging, Window};

struct Companies {
    order: Order,
}

/// The state in a word.
fn state(company: &ListedCompany) -> &'static str {
    if company.retired_at.is_some() { "Retired" } else { "In use" }
}

impl Listed for Companies {
    type Row = ListedCompany;
    const NAME: &'static str = "companies";
    const COLUMNS: &'static [Column<Companies, ListedCompany>] = &[
        shown("Company", |_, company| company.details.name.as_str().into()),
        shown("Contact", |_, company| company.contact().into()),
        shown("Country or region", |_, company| company.details.country.as_str().into()),
        shown("License servers", |_, company| company.servers.into()),
        shown("Agreements", |_, company| company.agreements.into()),
        shown("State", |_, company| state(company).into()),
        more("Telephone", |_, company| company.details.phone.as_str().into()),
        more("E-mail", |_, company| company.details.email.as_str().into()),
        more("Address", |_, company| company.details.address.as_str().into()),
        more("Note", |_, company| company.details.note.as_str().into()),
        more("Number", |_, company| company.id.0.into()),
        more("Recorded", |_, company| company.created_at.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<ListedCompany>> {
        read::list(db, &self.order, window).await
    }

    fn place(&self, company: &ListedCompany) -> Cursor {
        Cursor::new(&company.name_key, company.id.0)
    }
}

/// The list of companies.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(paging): Query<Paging>,
) -> Outcome<Response> {
    let companies = Companies { order: Order::chosen(&paging.sort, &ORDERS) };
    export::send(app, &auditor, wanted, companies).await
}
