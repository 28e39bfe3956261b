//! History's own page: every change, by subject, actor, action and time.

use axum::response::Response;

use crate::web::actor::Auditor;
use crate::web::error::Outcome;

/// Every change, newest first.
pub async fn list(auditor: Auditor) -> Outcome<Response> {
    let _ = auditor;
    Ok(axum::response::IntoResponse::into_response("history"))
}
