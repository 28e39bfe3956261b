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
    Ok(Html(text(template)?).into_response())
}

/// Renders a refused form again: status 422, everything kept.
pub fn refused(template: &impl Template) -> Outcome<Response> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(text(template)?)).into_response())
}

/// Room for most pages, so that a text does not move to a larger place ten times while it grows.
const ROOM: usize = 80 << 10;

fn text(template: &impl Template) -> Outcome<String> {
    let mut text = String::with_capacity(ROOM);
    template.render_into(&mut text)?;
    Ok(text)
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
