//! Downloads: the list of imports, a preview's rows, and the script that exports a license server.

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::import::{Import, State};
use super::pages::{self, ListQuery};
use super::preview_rows::LicenseRow;
use super::{preview, store};
use crate::db::Db;
use crate::ids::ImportId;
use crate::licenses::license::Status;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Cell, Column, Listed, Wanted, more, shown, write_csv};
use crate::web::slice::{Cursor, Window};

const SCRIPT: &str = include_str!("../../templates/imports/export-license-server.ps1");

/// The PowerShell script by which an admin exports a license server. It only reads.
pub async fn script(_auditor: Auditor) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"export-license-server.ps1\""),
    ];
    (headers, SCRIPT).into_response()
}

const HEADINGS: [&str; 13] = [
    "outcome",
    "file",
    "line",
    "server",
    "keypack_id",
    "license_id",
    "client",
    "status",
    "issued_at",
    "expires_at",
    "was_client",
    "was_status",
    "was_expires_at",
];

/// Every staged license of an import that waits, as CSV, row by row.
pub async fn rows(
    axum::extract::State(app): axum::extract::State<App>,
    _auditor: Auditor,
    Path(id): Path<i64>,
) -> Outcome<Response> {
    let id = ImportId(id);
    store::find(&app.db, id).await?;
    let stream = async_rows(app, id);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"import-{id}.csv\"")),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// The rows as pieces of CSV text. The stream owns what it reads from.
fn async_rows(app: App, id: ImportId) -> impl futures_util::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
    tokio::spawn(async move {
        let mut rows = preview::all_licenses(&app.db, id);
        let mut text = [HEADINGS.join(",").into_bytes(), b"\r\n".to_vec()].concat();
        while let Some(row) = rows.next().await {
            match row.map_err(std::io::Error::other).and_then(|row| write_csv(Vec::new(), [cells(&row)])) {
                Ok(line) => text.extend(line),
                Err(error) => {
                    // Whoever downloads sees a transfer that broke off, never a short file that looks whole.
                    let _ = send.send(Err(error)).await;
                    return;
                }
            }
            if text.len() > 64 * 1024 && send.send(Ok(std::mem::take(&mut text))).await.is_err() {
                return;
            }
        }
        let _ = send.send(Ok(text)).await;
    });
    futures_util::stream::unfold(receive, |mut receive| async move { Some((receive.recv().await?, receive)) })
}

fn cells(row: &LicenseRow) -> [Cell; 13] {
    let status = |code: i64| Status::of_code(code).label();
    [
        row.outcome.as_str().into(),
        row.file.as_str().into(),
        row.line.into(),
        row.server.as_str().into(),
        row.keypack_id.into(),
        row.license_number.into(),
        row.client.as_str().into(),
        status(row.status).into(),
        Cell::At(row.issued_at),
        Cell::At(row.expires_at),
        row.was_client.as_deref().into(),
        row.was_status.map(status).into(),
        row.was_expiring.map(Cell::At).into(),
    ]
}

struct Imports(Option<State>);

impl Listed for Imports {
    type Row = Import;
    const NAME: &'static str = "imports";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<Imports, Import>] = &[
        shown("Import", |_, import| import.title().into()),
        shown("State", |_, import| import.state.word().into()),
        shown("New", |_, import| import.new_count.into()),
        shown("Changed", |_, import| import.changed_count.into()),
        shown("Gone", |_, import| import.gone_count.into()),
        shown("To settle", |_, import| import.to_settle().into()),
        shown("Exported", |_, import| import.captured_at.into()),
        shown("Imported by", |_, import| import.actor.as_str().into()),
        shown("Imported", |_, import| import.created_at.into()),
        more("Number", |_, import| import.id.0.into()),
        more("License server", |_, import| import.server_name.as_str().into()),
        more("Company", |_, import| import.company_name.as_str().into()),
        more("Unchanged", |_, import| import.unchanged_count.into()),
        more("From an older file", |_, import| import.older_count.into()),
        more("Left out", |_, import| import.left_out_count.into()),
        more("Message", |_, import| import.message.as_str().into()),
        more("Ended", |_, import| import.finished_at.into()),
        more("Ended by", |_, import| import.finished_by.as_deref().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<Import>> {
        store::list(db, self.0, window).await
    }

    fn place(&self, import: &Import) -> Cursor {
        Cursor::new(import.id, import.id.0)
    }
}

/// The list of imports.
pub async fn list(
    state: axum::extract::State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(query): Query<ListQuery>,
) -> Outcome<Response> {
    export::send(state.0, &auditor, wanted, Imports(query.state())).await
}
