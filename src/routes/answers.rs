//! The site map of reports: answers, not data.

use axum::Router;
use axum::routing::{get, post};

use crate::web::app::App;
use crate::{evidence, findings, license_servers, positions, products, reports, revocations};

/// Every address of a report.
pub(super) fn site() -> Router<App> {
    Router::new()
        .route("/reports", get(reports::pages::list))
        .route("/reports/run-out", get(reports::pages::run_out))
        .route("/reports/run-out.csv", get(reports::download::run_out))
        .route("/reports/run-out.xlsx", get(reports::download::run_out))
        .route("/reports/position", get(positions::pages::show))
        .route("/reports/position.csv", get(positions::download::list))
        .route("/reports/position.xlsx", get(positions::download::list))
        .route("/reports/position-lines.csv", get(positions::download::lines))
        .route("/reports/position-lines.xlsx", get(positions::download::lines))
        .route("/reports/findings", get(findings::pages::list))
        .route("/reports/findings.csv", get(findings::download::list))
        .route("/reports/findings.xlsx", get(findings::download::list))
        .route("/reports/findings/answers", post(findings::editing::answer_many))
        .route("/reports/findings/{id}", get(findings::pages::show))
        .route("/reports/findings/{id}/settlement", post(findings::editing::settle))
        .route("/reports/findings/{id}/dismissal", post(findings::editing::dismiss))
        .route("/reports/findings/{id}/reopening", post(findings::editing::reopen))
        .route("/reports/evidence", get(evidence::pages::new).post(evidence::pages::create))
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
