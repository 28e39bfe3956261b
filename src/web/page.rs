//! A page that is ready to be sent.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::address::escape;
use super::error::{Error, Outcome};

/// The cookie that carries one sentence over a redirect.
pub const NOTICE: &str = "reseat-notice";

/// Renders a page.
pub fn show(template: &impl Template) -> Outcome<Response> {
    Ok(Html(template.render()?).into_response())
}

/// Renders a refused form again: status 422, everything kept.
pub fn refused(template: &impl Template) -> Outcome<Response> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}

/// Goes to another page and says one sentence there.
pub fn go(to: &str, sentence: &str) -> Response {
    let cookie = Cookie::build((NOTICE, escape(sentence))).path("/").http_only(true).same_site(SameSite::Lax).build();
    ([(axum::http::header::SET_COOKIE, cookie.to_string())], Redirect::to(to)).into_response()
}

/// The problems of a refused form, or the error itself when it is of another kind.
pub fn problems(error: Error) -> Outcome<crate::check::Problems> {
    match error {
        Error::Refused(problems) => Ok(problems),
        other => Err(other),
    }
}
