//! One line of the log for each request.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use crate::db::{asking, counting};
use crate::measures;
use crate::moment::Stopwatch;

/// Who asks, for the log: the request carries it, and whoever finds out says it.
#[derive(Clone, Debug, Default)]
pub struct Who(Arc<OnceLock<String>>);

impl Who {
    /// Says who asks.
    pub fn is(&self, name: &str) {
        let _ = self.0.set(name.to_owned());
    }
}

/// A path as the log may hold it: a set-up link's token lets in whoever has it.
pub fn path_of<B>(request: &axum::http::Request<B>) -> &str {
    let path = request.uri().path();
    if path.starts_with("/set-up/") { "/set-up/…" } else { path }
}

/// Writes the line when the request was answered. Those who only ask whether the program is well are told at `debug`.
pub async fn line(mut request: Request, next: Next) -> Response {
    let (began, who) = (Stopwatch::start(), Who::default());
    let (method, path) = (request.method().clone(), path_of(&request).to_owned());
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(who.clone());
    let (response, statements) = counting(asking(method.is_safe(), next.run(request))).await;
    let status = response.status().as_u16();
    let ms = began.ms();
    measures::request(method.as_str(), &route, status, began.seconds(), statements);
    let user = who.0.get().map_or("", String::as_str);
    if matches!(route.as_str(), "/healthz" | "/readyz") {
        tracing::debug!(id, %method, route, path, status, ms, user, statements, "answered");
    } else {
        tracing::info!(id, %method, route, path, status, ms, user, statements, "answered");
    }
    response
}
