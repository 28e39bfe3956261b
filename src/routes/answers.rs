//! The site map of reports: answers, not data.

use axum::Router;
use axum::routing::get;

use crate::reports;
use crate::web::app::App;

/// Every address of a report.
pub(super) fn site() -> Router<App> {
    Router::new()
        .route("/reports", get(reports::pages::list))
        .route("/reports/run-out", get(reports::pages::run_out))
        .route("/reports/run-out.csv", get(reports::download::run_out))
        .route("/reports/run-out.xlsx", get(reports::download::run_out))
}
