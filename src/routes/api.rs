//! The site map of the interface for programs.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::web::app::App;
use crate::{
    agreements, api, calls, clients, companies, findings, history, imports, key_packs, license_servers, licenses,
    positions, products, reissues, reports, revocations, transfers, users, views,
};

/// Every address of the interface for programs.
pub(super) fn site() -> Router<App> {
    Router::new()
        .route("/api/v1/openapi.json", get(api::document::show))
        .route("/api/v1/companies", get(companies::api::list).post(companies::api::create))
        .route("/api/v1/companies/{id}", get(companies::api::show).patch(companies::api::update))
        .route("/api/v1/companies/{id}/retirement", post(companies::api::retire))
        .route("/api/v1/license-servers", get(license_servers::api::list).post(license_servers::api::create))
        .route("/api/v1/license-servers/{id}", get(license_servers::api::show).patch(license_servers::api::update))
        .route("/api/v1/license-servers/{id}/retirement", post(license_servers::api::retire))
        .route("/api/v1/agreements", get(agreements::api::list).post(agreements::api::create))
        .route("/api/v1/agreements/{id}", get(agreements::api::show).patch(agreements::api::update))
        .route("/api/v1/agreements/{id}/retirement", post(agreements::api::retire))
        .route("/api/v1/key-packs", get(key_packs::api::list).post(key_packs::api::create))
        .route("/api/v1/key-packs/{id}", get(key_packs::api::show).patch(key_packs::api::update))
        .route("/api/v1/key-packs/{id}/retirement", post(key_packs::api::retire))
        .route("/api/v1/clients", get(clients::api::list).post(clients::api::create))
        .route("/api/v1/clients/{id}", get(clients::api::show).patch(clients::api::update))
        .route("/api/v1/clients/{id}/retirement", post(clients::api::retire))
        .route("/api/v1/clients/{id}/local-license-removal", post(clients::api::remove_local_license))
        .route("/api/v1/clients/lookup", post(clients::api::together::look_up))
        .route("/api/v1/clients/changes", post(clients::api::together::change))
        .route("/api/v1/licenses", get(licenses::api::list).post(licenses::api::create))
        .route("/api/v1/licenses/{id}", get(licenses::api::show).patch(licenses::api::update))
        .route("/api/v1/licenses/{id}/retirement", post(licenses::api::retire))
        .merge(transfers())
        .merge(desk())
        .merge(answers())
        .merge(saved_views())
        .route("/api/v1/history", get(history::api::list))
        .route("/api/v1/history/{id}", get(history::api::show))
        .route("/api/v1/imports", get(imports::api::list).post(imports::api::create).layer(DefaultBodyLimit::disable()))
        .route("/api/v1/imports/{id}", get(imports::api::show))
        .route("/api/v1/imports/{id}/rows", get(imports::api::list_rows))
        .route("/api/v1/imports/{id}/application", post(imports::api::apply))
        .route("/api/v1/imports/{id}/discard", post(imports::api::discard))
        .route("/api/v1/users", get(users::api::list))
        .route("/api/v1/users/{id}", get(users::api::show))
}

/// The transfers of the reissue desk.
fn transfers() -> Router<App> {
    Router::new()
        .route("/api/v1/licenses/{id}/transfer", post(transfers::api::create))
        .route("/api/v1/transfers", get(transfers::api::list).post(transfers::api::several::create))
        .route("/api/v1/transfers/{id}", get(transfers::api::show))
        .route("/api/v1/transfers/{id}/cancellation", post(transfers::api::cancel))
        .route("/api/v1/transfers/{id}/completion", post(transfers::api::complete))
        .route("/api/v1/transfers/{id}/denial", post(transfers::api::deny))
        .route("/api/v1/transfers/{id}/destination", post(transfers::api::redirect))
        .route("/api/v1/transfers/{id}/override", post(transfers::api::queue_again))
        .route("/api/v1/deadlines", get(transfers::api::deadlines::list))
}

/// Its requests and calls.
fn desk() -> Router<App> {
    Router::new()
        .route("/api/v1/reissues", get(reissues::api::list).post(reissues::api::create))
        .route("/api/v1/reissues/{id}", get(reissues::api::show))
        .route("/api/v1/reissues/{id}/withdrawal", post(reissues::api::withdraw))
        .route("/api/v1/calls", get(calls::api::list).post(calls::api::create))
        .route("/api/v1/calls/{id}", get(calls::api::show))
        .route("/api/v1/calls/{id}/notes", post(calls::api::note))
        .route("/api/v1/calls/{id}/closing", post(calls::api::close))
        .route("/api/v1/key-packs/{id}/installation", post(key_packs::api::installation::install))
        .route("/api/v1/key-packs/{id}/installation-failure", post(key_packs::api::installation::fail))
        .route("/api/v1/key-packs/{id}/corrected-id", post(key_packs::api::installation::hear_again))
        .route("/api/v1/key-packs/{id}/void", post(key_packs::api::installation::void))
}

/// What reports answer.
fn answers() -> Router<App> {
    Router::new()
        .route("/api/v1/position", get(positions::api::list))
        .route("/api/v1/findings", get(findings::api::list))
        .route("/api/v1/findings/{id}", get(findings::api::show))
        .route("/api/v1/findings/{id}/settlement", post(findings::api::settle))
        .route("/api/v1/findings/{id}/dismissal", post(findings::api::dismiss))
        .route("/api/v1/findings/{id}/reopening", post(findings::api::reopen))
        .route(
            "/api/v1/licenses/{id}/revocations",
            get(revocations::api::recorded::show).post(revocations::api::recorded::create),
        )
        .route("/api/v1/revocations/{id}/taking-back", post(revocations::api::recorded::take_back))
        .route("/api/v1/run-out", get(reports::api::run_out))
        .route("/api/v1/revocation-budget", get(revocations::api::list))
        .route("/api/v1/compatibility", get(products::answers::show))
}

/// Lists as people look at them.
fn saved_views() -> Router<App> {
    Router::new()
        .route("/api/v1/views", get(views::api::list).post(views::api::create))
        .route("/api/v1/views/{id}", get(views::api::show))
        .route("/api/v1/views/{id}/sharing", post(views::api::share))
        .route("/api/v1/views/{id}/removal", post(views::api::remove))
}
