//! The revocation budget as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::budget::Line;
use super::pages::Asked;
use super::store;
use crate::db::Db;
use crate::ids::LicenseServerId;
use crate::moment::Moment;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::listing::number;
use crate::web::slice::{Cursor, Window};

struct Lines {
    server: Option<LicenseServerId>,
    now: Moment,
}

impl Listed for Lines {
    type Row = Line;
    const NAME: &'static str = "revocation-budget";
    const COLUMNS: &'static [Column<Lines, Line>] = &[
        shown("License server", |_, one| one.server.as_str().into()),
        shown("License version", |_, one| one.product().into()),
        shown("Installed Per Device", |_, one| one.budget.installed.into()),
        shown("May be revoked", |_, one| one.limit().into()),
        shown("Revoked", |_, one| one.budget.revoked.into()),
        shown("Left", |_, one| one.left().into()),
        shown("Next slot", |_, one| one.budget.next_slot_at.into()),
        shown("Note", |_, one| one.note().into()),
        more("May be revoked again", |_, one| one.budget.free_again_at.into()),
        more("Can revoke", |_, one| one.able.as_str().into()),
        more("License server number", |_, one| one.server_id.0.into()),
    ];

    /// All of them at once: they are no more than a page holds.
    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Line>> {
        if window.is_first() { store::lines(db, self.server, self.now).await } else { Ok(Vec::new()) }
    }

    fn place(&self, one: &Line) -> Cursor {
        Cursor::new(&one.version, one.server_id.0)
    }
}

/// The revocation budget.
pub async fn report(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let lines = Lines { server: number(&asked.server).map(LicenseServerId), now: app.now() };
    export::send(app, &auditor, wanted, lines).await
}
