//! How a computer's local license is removed: the page to print, the script and the .reg file.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::clients::client::Client;
use crate::clients::runbook::{self, Era, PlainName};
use crate::clients::store;
use crate::ids::ClientId;
use crate::moment::Moment;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "clients/runbook.html")]
struct Runbook {
    shell: Shell,
    client: Client,
    era: Era,
    name: PlainName,
    now: Moment,
}

/// The client, which must be a computer: a user has no registry of its own.
pub(in crate::clients) async fn computer(app: &App, id: i64) -> Outcome<Client> {
    let client = store::find(&app.db, ClientId(id)).await?;
    if client.is_computer() { Ok(client) } else { Err(Error::NotFound) }
}

/// The page to read and to print.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let client = computer(&app, id).await?;
    page::show(&Runbook {
        era: Era::of(client.os_family.as_deref()),
        name: PlainName::of(&client.name),
        now: app.now(),
        shell: auditor.0.shell,
        client,
    })
}

/// The PowerShell script with the computer's name in it.
pub async fn script(State(app): State<App>, _: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let client = computer(&app, id).await?;
    let name = PlainName::of(&client.name);
    Ok(file(&name.file("ps1"), runbook::script(&name, client.id.0)))
}

/// The .reg file with the computer's name in it.
pub async fn reg_file(State(app): State<App>, _: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let client = computer(&app, id).await?;
    let (name, era) = (PlainName::of(&client.name), Era::of(client.os_family.as_deref()));
    Ok(file(&name.file("reg"), runbook::reg_file(&name, client.id.0, era)))
}

fn file(name: &str, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=us-ascii".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}
