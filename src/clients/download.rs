//! Clients as a file: the list, and one client's timeline.

use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::client::Client;
use super::filter::{Asked, Filter};
use super::pages;
use super::store;
use crate::companies;
use crate::db::Db;
use crate::ids::ClientId;
use crate::licenses::store::Of;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};
use crate::web::story::Story;

struct Clients {
    filter: Filter,
    order: Order,
    with_company: bool,
}

impl Listed for Clients {
    type Row = Client;
    const NAME: &'static str = "clients";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Clients, Client>] = &[
        shown("Name", |_, client| client.name.as_str().into()),
        shown("Kind", |_, client| client.kind.label().into()),
        shown("Company", |_, client| client.company.as_str().into()),
        shown("Last license issued", |_, client| client.last_issued_at.into()),
        shown("Hardware ID", |_, client| client.raw_id().into()),
        shown("Number", |_, client| client.id.0.into()),
        shown("Status", |_, client| client.status.label().into()),
        more("Full name in the network", |_, client| client.fqdn.as_str().into()),
        more("System", |_, client| client.os_family.clone().unwrap_or_default().into()),
        more("Site", |_, client| client.site.as_str().into()),
        more("Used by", |_, client| client.owner.as_str().into()),
        more("Local license", |_, client| client.local_license.word().into()),
        more("Local license since", |_, client| client.local_license_at.into()),
        more("Local license removed by", |_, client| client.local_license_by.as_str().into()),
        more("Local license removed how", |_, client| client.removed_how().into()),
        more("Backup of the local license", |_, client| client.local_license_backup.as_str().into()),
        more("Note", |_, client| client.note.as_str().into()),
        more("First seen", |_, client| client.created_at.into()),
        more("First seen by import", |_, client| client.first_import_id.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Client>> {
        store::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, client: &Client) -> Cursor {
        store::place(&self.order, client)
    }

    fn leaves_out(&self, column: &str) -> bool {
        column == "Company" && !self.with_company
    }
}

/// The list of clients.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let filter = Filter::of(&asked);
    let order = store::order(&filter, &asked.paging.sort);
    let with_company = companies::read::are_several(&app.db).await?;
    export::send(app, &auditor, wanted, Clients { filter, order, with_company }).await
}

/// Everything that happened to a client.
pub async fn timeline(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Path(id): Path<i64>,
) -> Outcome<Response> {
    let client = store::find(&app.db, ClientId(id)).await?;
    let story = Story::of(&auditor.shell, Of::Client(client.id));
    export::send(app, &auditor, wanted, story).await
}
