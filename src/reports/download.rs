//! What runs out, as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::pages::{self, RunOutAsked, pools};
use super::stock::Pool;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, shown};
use crate::web::slice::{Cursor, Window};

struct Pools {
    pools: Vec<Pool>,
}

impl Listed for Pools {
    type Row = Pool;
    const NAME: &'static str = "run-out";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Pools, Pool>] = &[
        shown("License Version and Type", |_, one| one.product().into()),
        shown("License server", |_, one| one.server.as_str().into()),
        shown("Total Licenses", |_, one| one.last.map(|point| point.total).into()),
        shown("Issued", |_, one| one.last.map(|point| point.issued).into()),
        shown("Available", |_, one| one.left().into()),
        shown("Last export", |_, one| one.last.map(|point| point.at).into()),
        shown("More a week", |_, one| one.forecast.weekly().into()),
        shown("What that means", |_, one| one.forecast.word().into()),
        shown("Runs out", |_, one| one.forecast.likely().into()),
        shown("Not before", |_, one| one.forecast.earliest().into()),
        shown("Not after", |_, one| one.forecast.latest().into()),
    ];

    /// They are few, and all of them are there from the beginning.
    async fn rows(&self, _: &Db, window: &Window) -> Outcome<Vec<Pool>> {
        Ok(if window.is_first() { self.pools.clone() } else { Vec::new() })
    }

    fn place(&self, _: &Pool) -> Cursor {
        Cursor::new("", 0)
    }
}

/// What runs out.
pub async fn run_out(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<RunOutAsked>,
) -> Outcome<Response> {
    let pools = pools(&app, asked.days()).await?;
    export::send(app, &auditor, wanted, Pools { pools }).await
}
