//! The site map of reports: answers, not data.

use axum::Router;
use axum::routing::get;

use crate::evidence;
use crate::reports;
use crate::web::app::App;

/// Every address of a report.
pub(super) fn site() -> Router<App> {
    Router::new()
        .route("/reports", get(reports::pages::list))
        .route("/reports/evidence", get(evidence::pages::new).post(evidence::pages::create))
}
