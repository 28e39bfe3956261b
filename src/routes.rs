//! The site map: every address, and who answers it.

mod answers;
mod api;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::web::app::App;
use crate::web::assets;
use crate::web::error::{Error, Outcome, page};
use crate::web::export::XLSX;
use crate::web::faces::faces;
use crate::web::page::NOTICE;
use crate::web::styleguide;
use crate::web::{log, look};
use crate::{
    agreements, api as programs, calendars, call_numbers, calls, checks, clients, companies, demo, help, history,
    imports, key_packs, license_servers, licenses, products, reissues, reports, search, transfers, users, views,
};

/// The largest form that is not an upload, in bytes.
const FORM_LIMIT: usize = 1_000_000;

/// Every address of the console.
fn site() -> Router<App> {
    Router::new()
        .route("/", get(reports::pages::home))
        .route("/search", get(search::pages::show))
        .route("/help", get(help::pages::list))
        .route("/help/{page}", get(help::pages::show))
        .route("/views", get(views::pages::list).post(views::pages::create))
        .route("/views/columns", get(views::pages::choose_columns))
        .route("/views/{id}/removal", post(views::pages::remove))
        .route("/views/{id}/sharing", post(views::pages::share))
        .route("/sign-in", get(users::pages::sign_in).post(users::pages::begin_session))
        .route("/sign-out", post(users::pages::end_session))
        .route("/set-up/{token}", get(users::pages::set_up).post(users::pages::use_link))
        .route("/set-up/{token}/demonstration", post(demo::pages::fill))
        .route("/account", get(users::pages::account))
        .route("/account/password", post(users::pages::change_password))
        .route("/styleguide", get(styleguide::show))
        .route("/account/time-zone", post(users::pages::reading::choose_zone))
        .route("/account/look", post(users::pages::reading::choose_look))
        .route("/account/sessions/{id}/end", post(users::pages::end_own_session))
        .route("/users", get(users::people::list).post(users::people::create))
        .route("/users/{id}/role", post(users::people::update_role))
        .route("/users/{id}/disablement", post(users::people::disable))
        .route("/users/{id}/enablement", post(users::people::enable))
        .route("/users/{id}/link", post(users::people::reset))
        .route("/history", get(history::pages::list))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .merge(register())
        .merge(clients_site())
        .merge(imports())
        .merge(downloads())
        .merge(upkeep())
        .merge(tokens())
        .merge(desk())
        .merge(answers::site())
        .merge(api::site())
}

/// What programs sign in with, and the page that explains what they can ask.
fn tokens() -> Router<App> {
    Router::new()
        .route("/account/tokens", post(users::tokens::create))
        .route("/account/tokens/{id}/revocation", post(users::tokens::revoke_own))
        .route("/tokens", get(users::tokens::list))
        .route("/tokens/{id}/revocation", post(users::tokens::revoke))
        .route("/api", get(programs::explorer::show))
}

/// What people record and correct.
fn register() -> Router<App> {
    Router::new()
        .route("/license-servers", get(license_servers::pages::list).post(license_servers::editing::create))
        .route("/license-servers/new", get(license_servers::editing::new))
        .route("/license-servers/{id}", get(license_servers::pages::show).post(license_servers::editing::update))
        .route("/license-servers/{id}/edit", get(license_servers::editing::edit))
        .route("/license-servers/{id}/retirement", post(license_servers::editing::retire))
        .route("/agreements", get(agreements::pages::list).post(agreements::pages::create))
        .route("/agreements/new", get(agreements::pages::new))
        .route("/agreements/{id}", get(agreements::pages::show).post(agreements::pages::update))
        .route("/agreements/{id}/edit", get(agreements::pages::edit))
        .route("/agreements/{id}/retirement", post(agreements::pages::retire))
        .route("/key-packs", get(key_packs::pages::list).post(key_packs::editing::create))
        .route("/key-packs/new", get(key_packs::editing::new))
        .route("/key-packs/{id}", get(key_packs::pages::show).post(key_packs::editing::update))
        .route("/key-packs/{id}/edit", get(key_packs::editing::edit))
        .route("/key-packs/{id}/retirement", post(key_packs::editing::retire))
        .route("/key-packs/{id}/license-key-pack-id", post(key_packs::editing::show_id))
        .route("/licenses", get(licenses::pages::list).post(licenses::editing::create))
        .route("/licenses/new", get(licenses::editing::new))
        .route("/licenses/{id}", get(licenses::pages::show).post(licenses::editing::update))
        .route("/licenses/{id}/edit", get(licenses::editing::edit))
        .route("/licenses/{id}/retirement", post(licenses::editing::retire))
        .route("/licenses/{id}/transfer", get(transfers::pages::marking::new).post(transfers::pages::marking::create))
        .route("/transfers", get(transfers::pages::list))
        .route("/transfers/queue", get(transfers::asking::queue).post(transfers::asking::prepare))
        .route("/calendars", get(calendars::pages::list).post(calendars::pages::create))
        .route("/calendars/new", get(calendars::pages::new))
        .route("/calendars/{id}", get(calendars::pages::edit).post(calendars::pages::update))
        .route("/call-numbers", get(call_numbers::pages::list).post(call_numbers::pages::create))
        .route("/call-numbers/new", get(call_numbers::pages::new))
        .route("/call-numbers/{id}", get(call_numbers::pages::edit).post(call_numbers::pages::update))
        .route("/transfers/{id}", get(transfers::pages::show))
        .route("/transfers/{id}/cancellation", post(transfers::pages::cancel))
        .route("/transfers/{id}/completion", post(transfers::pages::complete))
        .route("/transfers/{id}/call-need", post(transfers::answers::need_call))
        .route("/signs-of-life/{id}/settlement", post(transfers::answers::settle))
        .route("/products", get(products::pages::show))
        .route("/products/{table}", post(products::pages::create))
        .route("/products/{table}/new", get(products::pages::new))
        .route("/products/{table}/{id}", get(products::pages::edit).post(products::pages::update))
        .route("/products/systems/{id}/retirement", post(products::pages::retire))
        .route("/companies", get(companies::pages::list).post(companies::pages::create))
        .route("/companies/new", get(companies::pages::new))
        .route("/companies/{id}", get(companies::pages::show).post(companies::pages::update))
        .route("/companies/{id}/edit", get(companies::pages::edit))
        .route("/companies/{id}/retirement", post(companies::pages::retire))
}

/// Clients, one or several at once.
fn clients_site() -> Router<App> {
    Router::new()
        .route("/clients", get(clients::pages::list).post(clients::editing::create))
        .route("/clients/new", get(clients::editing::new))
        .route("/clients/chosen", get(clients::editing::chosen::show).post(clients::editing::chosen::create))
        .route("/clients/lookup", post(clients::editing::chosen::look_up))
        .route("/clients/{id}", get(clients::pages::show).post(clients::editing::update))
        .route("/clients/{id}/edit", get(clients::editing::edit))
        .route("/clients/{id}/retirement", post(clients::editing::retire))
        .route("/clients/{id}/replaces", get(clients::pages::replaces))
        .route("/clients/{id}/runbook", get(clients::pages::runbook::show))
        .route("/clients/{id}/remove-local-license.ps1", get(clients::pages::runbook::script))
        .route("/clients/{id}/remove-local-license.reg", get(clients::pages::runbook::reg_file))
        .route(
            "/clients/{id}/local-license-removal",
            get(clients::editing::removal::new).post(clients::editing::removal::create),
        )
}

/// Requests to Microsoft, calls, and what came of them.
fn desk() -> Router<App> {
    Router::new()
        .route("/transfers/new", get(transfers::editing::new).post(transfers::editing::create))
        .route("/transfers/{id}/denial", post(transfers::editing::deny))
        .route("/transfers/{id}/destination", post(transfers::editing::redirect))
        .route("/transfers/{id}/override", post(transfers::editing::queue_again))
        .route("/reissues", get(reissues::pages::list).post(reissues::editing::create))
        .route("/reissues/new", get(reissues::editing::new))
        .route("/reissues/{id}", get(reissues::pages::show))
        .route("/reissues/{id}/sheet", get(calls::pages::sheet))
        .route("/reissues/{id}/withdrawal", post(reissues::editing::withdraw))
        .route("/key-packs/{id}/installation", get(reissues::answers::show).post(reissues::answers::install))
        .route("/key-packs/{id}/installation-failure", post(reissues::answers::fail))
        .route("/key-packs/{id}/corrected-id", post(reissues::answers::hear_again))
        .route("/key-packs/{id}/void", post(reissues::answers::void))
        .route("/calls", get(calls::pages::list).post(calls::editing::beginning::create))
        .route("/calls/new", get(calls::editing::beginning::new))
        .route("/calls/{id}", get(calls::pages::show))
        .route("/calls/{id}/draft", post(calls::editing::keep))
        .route("/calls/{id}/notes", post(calls::editing::note))
        .route("/calls/{id}/ending", post(calls::editing::end))
        .route("/calls/{id}/mistake", post(calls::editing::throw_away))
        .route("/calls/{id}/takeover", post(calls::editing::take_over))
        .route("/calls/{id}/closing", post(calls::editing::close))
}

/// What license servers' files are brought in by.
fn imports() -> Router<App> {
    Router::new()
        .route("/imports", get(imports::pages::list).post(imports::upload::create).layer(DefaultBodyLimit::disable()))
        .route("/imports/new", get(imports::pages::new))
        .route("/imports/export-license-server.ps1", get(imports::download::script))
        .route("/imports/{id}", get(imports::pages::show_one))
        .route("/imports/{id}/rows.csv", get(imports::download::rows))
        .route("/imports/{id}/application", post(imports::answers::apply))
        .route("/imports/{id}/discard", post(imports::answers::discard))
        .route("/imports/{id}/answers", post(imports::answers::answer))
        .route("/imports/{id}/omissions", post(imports::answers::omit))
        .route("/imports/{id}/dates", post(imports::answers::dates))
        .route("/imports/{id}/names", post(imports::answers::names))
        .route("/imports/{id}/columns", post(imports::answers::columns))
}

/// What the console does for itself.
fn upkeep() -> Router<App> {
    Router::new()
        .route("/checks", get(checks::pages::list))
        .route("/checks/verification", post(checks::pages::verify))
        .route("/checks/backup", post(checks::pages::back_up))
}

/// Lists and timelines as files.
fn downloads() -> Router<App> {
    Router::new()
        .route("/key-packs.csv", get(key_packs::download::list))
        .route("/key-packs.xlsx", get(key_packs::download::list))
        .route("/clients.csv", get(clients::download::list))
        .route("/clients.xlsx", get(clients::download::list))
        .route("/clients/{id}/timeline.csv", get(clients::download::timeline))
        .route("/clients/{id}/timeline.xlsx", get(clients::download::timeline))
        .route("/licenses.csv", get(licenses::download::list))
        .route("/licenses.xlsx", get(licenses::download::list))
        .route("/licenses/{id}/timeline.csv", get(licenses::download::timeline))
        .route("/licenses/{id}/timeline.xlsx", get(licenses::download::timeline))
        .route("/license-servers.csv", get(license_servers::download::list))
        .route("/license-servers.xlsx", get(license_servers::download::list))
        .route("/history.csv", get(history::download::list))
        .route("/history.xlsx", get(history::download::list))
        .route("/history.jsonl", get(history::download::lines))
        .route("/imports.csv", get(imports::download::list))
        .route("/imports.xlsx", get(imports::download::list))
        .route("/call-numbers.csv", get(call_numbers::download::list))
        .route("/call-numbers.xlsx", get(call_numbers::download::list))
        .route("/transfers.csv", get(transfers::download::list))
        .route("/transfers.xlsx", get(transfers::download::list))
        .route("/reissues.csv", get(reissues::download::list))
        .route("/reissues.xlsx", get(reissues::download::list))
        .route("/calls.csv", get(calls::download::list))
        .route("/calls.xlsx", get(calls::download::list))
        .route("/users.csv", get(users::download::list))
        .route("/users.xlsx", get(users::download::list))
        .route("/products/{table}/rows.csv", get(products::download::rows))
        .route("/products/{table}/rows.xlsx", get(products::download::rows))
        .route("/companies.csv", get(companies::download::list))
        .route("/companies.xlsx", get(companies::download::list))
        .route("/agreements.csv", get(agreements::download::list))
        .route("/agreements.xlsx", get(agreements::download::list))
}

/// The console, with everything that stands around its pages.
pub fn router(app: App) -> Router {
    let request_id = HeaderName::from_static("x-request-id");
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
        .layer(middleware::from_fn(log::line))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<axum::body::Body>| {
            let path = log::path_of(request);
            let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
            tracing::info_span!("request", method = %request.method(), path, id)
        }))
        .layer(PropagateRequestIdLayer::new(request_id))
        .layer(middleware::from_fn(look::for_reader))
        .layer(middleware::from_fn(faces))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request ended in a panic");
            page(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "Nothing of your change was kept. The program’s log says more.",
            )
        }))
        .layer(CompressionLayer::new().compress_when(
            SizeAbove::new(1_024).and(NotForContentType::IMAGES).and(NotForContentType::const_new(XLSX)),
        ))
        .layer(CsrfLayer::new().with_rejection_response(|_| {
            page(
                StatusCode::FORBIDDEN,
                "This did not come from a page of this console",
                "A change is taken only from this console’s own pages. Open the page here and send it again. Behind a \
                 proxy, the proxy must pass Host and Origin on unchanged.",
            )
        }));
    site()
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(not_here)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn(forget_notice))
        .layer(middleware::from_fn(users::pages::again::keep_typed))
        .merge(assets::router())
        .layer(around)
        .layer(middleware::from_fn_with_state(app.clone(), headers))
        .with_state(app)
}

/// What an address answers to a method that it does not take: programs are told so, for people there is no such page.
async fn not_here(uri: Uri) -> Error {
    if programs::is_for(uri.path()) {
        return Error::unmet(StatusCode::METHOD_NOT_ALLOWED, "The address does not take this method. See /api.");
    }
    Error::NotFound
}

/// A sentence that was carried over a redirect is shown once: a page that was sent takes its cookie away.
async fn forget_notice(request: Request<axum::body::Body>, next: Next) -> axum::response::Response {
    let carried = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .any(|cookies| cookies.to_str().is_ok_and(|cookies| cookies.contains(NOTICE)));
    let mut response = next.run(request).await;
    if carried && response.status() == StatusCode::OK {
        let gone = format!("{NOTICE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        if let Ok(gone) = HeaderValue::from_str(&gone) {
            response.headers_mut().append(header::SET_COOKIE, gone);
        }
    }
    response
}

/// The headers that keep a browser from doing what no page of ours asks for.
async fn headers(State(app): State<App>, request: Request<axum::body::Body>, next: Next) -> Response<axum::body::Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    set(header::CACHE_CONTROL, "no-store");
    if app.settings.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Whether the process answers.
async fn healthz() -> &'static str {
    "ok"
}

/// Whether the console can work: the database answers.
async fn readyz(State(app): State<App>) -> Outcome<&'static str> {
    app.db.sql("select line from history_tail where id = 1").scalar::<i64>().await?;
    Ok("ready")
}
