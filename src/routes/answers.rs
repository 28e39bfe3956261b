//! The site map of reports: answers, not data.

use axum::Router;
use axum::routing::{get, post};

use crate::web::app::App;
use crate::{license_servers, products, reports, revocations};

/// Every address of a report.
pub(super) fn site() -> Router<App> {
    Router::new()
        .route("/reports", get(reports::pages::list))
        .route("/reports/compatibility", get(products::answers::compatibility))
        .route(
            "/license-servers/{id}/folder",
            get(license_servers::pages::folder::show).post(license_servers::pages::folder::show_whole),
        )
        .merge(revoking())
}

/// What may be revoked, what was, and a client's ways out.
fn revoking() -> Router<App> {
    Router::new()
        .route("/reports/revocation-budget", get(revocations::pages::report))
        .route("/reports/revocation-budget.csv", get(revocations::download::report))
        .route("/reports/revocation-budget.xlsx", get(revocations::download::report))
        .route("/clients/{id}/ways", get(revocations::pages::ways))
        .route("/licenses/{id}/revocation", get(revocations::editing::new).post(revocations::editing::create))
        .route("/revocations/{id}/taking-back", post(revocations::editing::take_back))
}
