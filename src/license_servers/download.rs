//! License servers as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::license_server::{Asked, ListedServer};
use super::pages;
use super::read::{self, Filter, ORDERS};
use crate::companies;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct Servers {
    filter: Filter,
    order: Order,
    with_company: bool,
    /// Whether the reader may read license server IDs.
    with_ids: bool,
}

impl Servers {
    /// What only the help desk and admins may read, or for others that it is known.
    fn guarded(&self, text: Option<&str>) -> String {
        match text {
            Some(text) if self.with_ids => text.to_owned(),
            Some(_) => "known".to_owned(),
            None => String::new(),
        }
    }
}

impl Listed for Servers {
    type Row = ListedServer;
    const NAME: &'static str = "license-servers";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Servers, ListedServer>] = &[
        shown("License server", |_, server| server.name.as_str().into()),
        shown("Company", |_, server| server.company.as_str().into()),
        shown("Key packs", |_, server| server.key_packs.into()),
        shown("Key packs last seen", |_, server| server.packs_seen_at.into()),
        shown("Licenses last seen", |_, server| server.licenses_seen_at.into()),
        shown("License server ID", |list, server| list.guarded(server.license_server_id.as_deref()).into()),
        more("Product ID", |list, server| list.guarded(server.product_id.as_deref()).into()),
        more("Number", |_, server| server.id.0.into()),
        more("License databases", |_, server| server.epoch.into()),
        more("First seen", |_, server| server.created_at.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<ListedServer>> {
        read::list(db, self.filter, &self.order, window).await
    }

    fn place(&self, server: &ListedServer) -> Cursor {
        read::place(server)
    }

    fn leaves_out(&self, column: &str) -> bool {
        column == "Company" && !self.with_company
    }
}

/// The list of license servers.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let servers = Servers {
        filter: pages::filter(&asked, app.now()).0,
        order: Order::chosen(&asked.paging.sort, &ORDERS),
        with_company: companies::read::are_several(&app.db).await?,
        with_ids: auditor.shell.may_read_ids,
    };
    export::send(app, &auditor, wanted, servers).await
}
