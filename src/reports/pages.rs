//! The first page, and the list of what can be answered.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::store;
use super::summary::{SOON, Summary};
use crate::license_servers::license_server::ListedServer;
use crate::license_servers::read;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::slice::{Cursor, Order, Window};

/// Servers that the first page lists; the rest has its own page.
const SERVERS: i64 = 10;

#[derive(Template)]
#[template(path = "reports/home.html")]
struct Home {
    shell: Shell,
    servers: Vec<ListedServer>,
    more_servers: bool,
    summary: Summary,
    soon: i64,
}

/// The first page: what to do first, and later what needs a look.
pub async fn home(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    let window = Window::first(SERVERS);
    let servers = read::list(&app.db, None, &Order::chosen("name", &read::ORDERS), &window).await?;
    let slice = window.cut(servers, |server| Cursor::new(&server.name_key, server.id.0));
    let summary = if slice.rows.is_empty() { Summary::default() } else { store::summary(&app.db, app.now()).await? };
    page::show(&Home {
        shell: auditor.0.shell,
        more_servers: slice.next.is_some(),
        servers: slice.rows,
        summary,
        soon: SOON,
    })
}

#[derive(Template)]
#[template(path = "reports/list.html")]
struct Reports {
    shell: Shell,
}

/// What Reseat answers, a line each.
pub async fn list(auditor: Auditor) -> Outcome<Response> {
    page::show(&Reports { shell: auditor.0.shell })
}
