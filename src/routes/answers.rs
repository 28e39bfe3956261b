//! The site map of reports: answers, not data.

use axum::Router;
use axum::routing::get;

use crate::web::app::App;
use crate::{positions, reports};

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
}
