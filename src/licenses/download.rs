//! Licenses as a file: the list, and one license's timeline.

use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter, Presence};
use super::license::License;
use super::pages;
use super::store;
use crate::db::Db;
use crate::ids::LicenseId;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};
use crate::web::story::Story;

struct Licenses {
    filter: Filter,
    order: Order,
}

impl Listed for Licenses {
    type Row = License;
    const NAME: &'static str = "licenses";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Licenses, License>] = &[
        shown("License", |_, license| license.id.0.into()),
        shown("Client", |_, license| license.client.as_str().into()),
        shown("License Version and Type", |_, license| license.product().into()),
        shown("License Status", |list, license| license.state(&list.filter.now).label().into()),
        shown("Issued On", |_, license| license.issued_at.into()),
        shown("Expires On", |_, license| license.expires_at.into()),
        shown("Gone since", |_, license| license.gone_at.into()),
        shown("License server", |_, license| license.server.as_str().into()),
        shown("Keypack ID", |_, license| license.keypack_id.into()),
        more("First issued", |_, license| license.first_issued_at.into()),
        more("First seen", |_, license| license.first_seen_at.into()),
        more("First seen by import", |_, license| license.first_import_id.into()),
        more("Note", |_, license| license.note.as_str().into()),
        // What follows is what a license server's own export has, so that the file can be brought in again.
        more("LicenseId", |_, license| license.license_number.into()),
        more("KeyPackId", |_, license| license.keypack_id.into()),
        more("sIssuedToUser", |_, license| license.user_name.as_str().into()),
        more("sIssuedToComputer", |_, license| license.computer.as_str().into()),
        more("LicenseStatus", |_, license| license.status.into()),
        more("IssueDate", |_, license| license.issued_at.into()),
        more("ExpirationDate", |_, license| license.expires_at.into()),
        more("sHardwareId", |_, license| license.hardware_id.as_str().into()),
        more("PSComputerName", |_, license| license.server.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<License>> {
        store::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, license: &License) -> Cursor {
        store::place(&self.order, license)
    }

    fn leaves_out(&self, column: &str) -> bool {
        column == "Gone since" && self.filter.presence == Presence::OnServer
    }
}

/// The list of licenses.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let filter = Filter::of(&asked, app.now());
    let order = store::order(&filter, &asked.paging.sort);
    export::send(app, &auditor, wanted, Licenses { filter, order }).await
}

/// Everything that happened to a license.
pub async fn timeline(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Path(id): Path<i64>,
) -> Outcome<Response> {
    let license = store::find(&app.db, LicenseId(id)).await?;
    let story = Story::of(&auditor.shell, store::Of::License(license.id));
    export::send(app, &auditor, wanted, story).await
}
