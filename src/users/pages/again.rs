//! A form whose session had ended: the page for signing in carries what was typed, and shows it again.

use askama::Template;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, REFERER};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::SignIn;
use crate::api;
use crate::check::Problems;
use crate::users::unsent::{LARGEST, Unsent};
use crate::users::user::SignInForm;
use crate::web::error::{Error, Outcome, SignInFirst};
use crate::web::page::show;
use crate::web::parts::Meaning;
use crate::web::shell::{Notice, Shell};

const ENDED: &str = "Your session has ended. Sign in, and what you typed is still here.";

/// Answers a form that came without a session by the page for signing in, which carries it. The body, which such an
/// answer never reads, is held while the request is answered; a form that is read shares the same bytes.
pub async fn keep_typed(request: Request, next: Next) -> Response {
    if !is_small_form(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::try_from(LARGEST).unwrap_or(usize::MAX)).await else {
        return Error::unmet(StatusCode::BAD_REQUEST, "The form did not arrive whole. Send it again.").into_response();
    };
    let to = parts.uri.path_and_query().map_or(String::new(), ToString::to_string);
    let back = page_before(&parts.headers);
    let mut response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if response.extensions_mut().remove::<SignInFirst>().is_none() {
        return response;
    }
    let Some(unsent) = Unsent::of(&to, &back, &body) else { return response };
    let form = SignInForm { unsent, ..SignInForm::default() };
    let page = SignIn { shell: at_the_door(&form.unsent), nobody: false, form, problems: Problems::none() };
    match page.render() {
        Ok(text) => (StatusCode::UNAUTHORIZED, Html(text)).into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}

fn is_small_form(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST
        && kind.starts_with("application/x-www-form-urlencoded")
        && request.body().size_hint().upper().is_some_and(|size| size <= LARGEST)
        && !api::is_for(request.uri().path())
}

/// The page of this console that a form was sent from, as the browser says.
fn page_before(headers: &HeaderMap) -> String {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (_, page) = header(REFERER).split_once("://").unwrap_or_default();
    let path = page.strip_prefix(header(HOST)).filter(|path| path.starts_with('/'));
    path.filter(|path| !path.starts_with("/sign-in")).unwrap_or_default().to_owned()
}

/// The frame of the page for signing in, which says what it carries.
pub(super) fn at_the_door(unsent: &Unsent) -> Shell {
    let notice = Notice { meaning: Meaning::Wait, text: ENDED.to_owned() };
    Shell { notice: unsent.is_any().then_some(notice), ..Shell::outside() }
}

#[derive(Template)]
#[template(path = "users/again.html")]
struct Again {
    shell: Shell,
    name: String,
    unsent: Unsent,
}

/// What was typed before the session ended, ready to be sent by whoever signed in. Nothing was sent yet: the button
/// does it, and what it sends is checked like any other form.
pub(super) fn page(name: &str, unsent: Unsent) -> Outcome<Response> {
    show(&Again { shell: Shell::outside(), name: name.trim().to_owned(), unsent })
}
