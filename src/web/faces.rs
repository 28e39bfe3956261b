//! The face of what is refused: a page, or JSON for programs. What the framework refuses by itself comes as bare text,
//! and gets the same faces.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{Told, page};
use crate::api;

/// What a refused call is answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// A sentence that says what is wrong and what to do.
    pub error: String,
    /// The same for each field that is wrong; empty where it is not about fields.
    pub fields: BTreeMap<String, String>,
}

/// Gives every refusal its face.
pub async fn faces(mut request: Request, next: Next) -> Response {
    let for_program = api::is_for(request.uri().path());
    let mut response = match without_zero(&mut request, for_program) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused,
    };
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    match response.extensions_mut().remove::<Told>() {
        Some(told) if for_program => json(response, told),
        None if is_bare(response.headers()) => {
            let (title, says) = words(status);
            let told = Told { says: says.to_owned(), fields: Vec::new() };
            if for_program { json(response, told) } else { page(status, title, says) }
        }
        _ => response,
    }
}

/// No text of the console holds the character of number 0, and PostgreSQL takes none that does. A program is told so;
/// what a person looks for is looked for without it.
#[expect(clippy::result_large_err, reason = "the answer is given at once")]
fn without_zero(request: &mut Request, for_program: bool) -> Result<(), Response> {
    const ZERO: &str = "%00";
    let uri = request.uri().to_string();
    if !uri.contains(ZERO) {
        return Ok(());
    }
    let mut plain = uri;
    // What is left when one is taken away may be another.
    while plain.contains(ZERO) {
        plain = plain.replace(ZERO, "");
    }
    if let Some(plain) = plain.parse().ok().filter(|_| !for_program) {
        *request.uri_mut() = plain;
        return Ok(());
    }
    let (title, says) = words(StatusCode::BAD_REQUEST);
    Err(page(StatusCode::BAD_REQUEST, title, says))
}

fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// What a status means here, as the title and the sentence of a page.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("There is nothing here", "The address is mistyped, or what it names does not exist."),
        StatusCode::METHOD_NOT_ALLOWED => ("This cannot be done here", "The address does not take this method."),
        StatusCode::PAYLOAD_TOO_LARGE => ("This is too much", "What was sent is too large. Send less of it at once."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "This cannot be read",
            "What was sent is of a kind that is not taken here. Send the form of the page itself.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("This cannot be read", "A field is missing or holds what it cannot. Open the page anew and send it again.")
        }
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE => {
            ("Something went wrong on our side", "Nothing of your change was kept. Try it again.")
        }
        _ => ("This cannot be read", "The address or what was sent with it cannot be read. Check it and try again."),
    }
}

fn json(response: Response, told: Told) -> Response {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (name, says) in told.fields.into_iter().filter(|(name, _)| !name.is_empty()) {
        let said = fields.entry(name).or_default();
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&says);
    }
    let (parts, _) = response.into_parts();
    let mut answer = (parts.status, Json(Refusal { error: told.says, fields })).into_response();
    for (name, value) in &parts.headers {
        if ![CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING].contains(name) {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}
