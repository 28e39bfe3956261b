//! Downloads: a preview's rows, and the script that exports a license server.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::preview_rows::LicenseRow;
use super::{preview, store};
use crate::ids::ImportId;
use crate::licenses::license::Status;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;

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
pub async fn rows(State(app): State<App>, _auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
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
            match row.map_err(std::io::Error::other).and_then(|row| line(&row)) {
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

fn line(row: &LicenseRow) -> Result<Vec<u8>, std::io::Error> {
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
    let status = |code: i64| Status::of_code(code).label().to_owned();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        row.outcome.clone(),
        harmless(&row.file),
        row.line.to_string(),
        harmless(&row.server),
        number(row.keypack_id),
        number(row.license_number),
        harmless(&row.client),
        status(row.status),
        row.issued_at.iso(),
        row.expires_at.iso(),
        harmless(row.was_client.as_deref().unwrap_or_default()),
        row.was_status.map_or_else(String::new, status),
        row.was_expiring.map_or_else(String::new, super::super::moment::Moment::iso),
    ])?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A text that a spreadsheet would run as a formula is given an apostrophe in front.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_made_harmless() {
        for (text, harmless_text) in [("=cmd()", "'=cmd()"), ("@sum", "'@sum"), ("PC-0117", "PC-0117"), ("", "")] {
            assert_eq!(harmless(text), harmless_text);
        }
    }
}
