//! The few ways in which a request can fail, and the one page that says so.

use askama::Template;
use axum::Extension;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::address::escape;
use super::shell::Shell;
use crate::check::Problems;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in; afterwards the person goes on to this address.
    #[error("sign in first")]
    SignIn(String),
    /// A program showed no token that lets it in.
    #[error("show a token first")]
    NoToken,
    /// What was sent cannot be read, or what it presumes does not hold.
    #[error("{says}")]
    Unmet {
        /// The status that says of which kind it is.
        status: StatusCode,
        /// The sentence.
        says: String,
        /// What is wrong with which field, where it is about fields.
        fields: Vec<(String, String)>,
    },
    /// This person's role may not make this change.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or this person's role may not see it.
    #[error("not found")]
    NotFound,
    /// A rule refuses; the sentences say why.
    #[error("{0}")]
    Refused(Problems),
    /// The database or the program failed; the log has the reason.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// Travels with the answer that sends somebody to the page for signing in.
#[derive(Clone, Copy, Debug)]
pub struct SignInFirst;

/// What a fallible step gives.
pub type Outcome<T> = std::result::Result<T, Error>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Error::Internal(anyhow::Error::new(error))
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Error::Refused(problems)
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Error::Internal(anyhow::Error::new(error))
    }
}

impl Error {
    /// Whether another change got in the way and trying again can help.
    pub fn is_conflict(&self) -> bool {
        let code = self.database().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        code.is_some_and(|code| code == "40001" || code == "40P01")
    }

    /// Whether the database refused a second row of the same name or number.
    pub fn is_taken(&self) -> bool {
        self.database().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// Whether the database found no room to write: SQLite's `FULL` and `IOERR_WRITE`, PostgreSQL's `disk_full`.
    pub fn is_full(&self) -> bool {
        let code = self.database().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        code.is_some_and(|code| ["13", "778", "53100"].contains(&code.as_str()))
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Error::Internal(error) => error.downcast_ref::<sqlx::Error>()?.as_database_error(),
            _ => None,
        }
    }

    /// A refusal by HTTP's own rules.
    pub fn unmet(status: StatusCode, says: impl Into<String>) -> Error {
        Error::Unmet { status, says: says.into(), fields: Vec::new() }
    }

    /// A failure of the program itself, said for the log.
    pub fn internal(message: impl std::fmt::Display) -> Error {
        Error::Internal(anyhow::anyhow!("{message}"))
    }
}

/// What to do about a full disk.
pub const FULL: &str = "The database cannot be written to: its disk seems to be full. Make room there, then do it again; \
    nothing of it was kept.";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    shell: Shell,
    title: &'a str,
    says: &'a str,
    back: &'a str,
    back_href: &'a str,
    reference: &'a str,
}

/// What a refusal says. It travels with the page, for programs get it as JSON.
#[derive(Clone, Debug)]
pub struct Told {
    /// The sentence.
    pub says: String,
    /// What is wrong with which field.
    pub fields: Vec<(String, String)>,
}

/// The error page, with a way back.
pub fn page(status: StatusCode, title: &str, says: &str) -> Response {
    told(status, title, says, Vec::new())
}

fn told(status: StatusCode, title: &str, says: &str, fields: Vec<(String, String)>) -> Response {
    let mut response = drawn(status, title, says);
    response.extensions_mut().insert(Told { says: says.to_owned(), fields });
    response
}

fn drawn(status: StatusCode, title: &str, says: &str) -> Response {
    let shell = Shell::outside();
    let page = ErrorPage { shell, title, says, back: "Go to the first page", back_href: "/", reference: "" };
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => (status, says.to_owned()).into_response(),
    }
}

const REFUSED: &str = "This was refused";

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Error::SignIn(next) => {
                let next = if next == "/" { String::new() } else { next };
                let to = if next.is_empty() { String::new() } else { format!("?next={}", escape(&next)) };
                (Extension(SignInFirst), Redirect::to(&format!("/sign-in{to}"))).into_response()
            }
            Error::Forbidden(sentence) => page(StatusCode::FORBIDDEN, "Your role may not do this", &sentence),
            Error::NotFound => page(
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "The address is mistyped, or what it names does not exist, or your role does not show it.",
            ),
            Error::Refused(problems) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let fields = problems.iter().map(|problem| (problem.field.to_string(), problem.says.clone())).collect();
                told(status, REFUSED, &problems.to_string(), fields)
            }
            Error::Unmet { status, says, fields } => told(status, REFUSED, &says, fields),
            Error::NoToken => {
                let says =
                    "Send a token that is in use: Authorization: Bearer reseat_…. Your account’s page makes tokens.";
                let mut response = page(StatusCode::UNAUTHORIZED, REFUSED, says);
                let realm = HeaderValue::from_static("Bearer realm=\"reseat\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, realm);
                response
            }
            Error::Internal(_) if self.is_full() => {
                tracing::error!("{self:#}");
                page(StatusCode::INSUFFICIENT_STORAGE, "The disk is full", FULL)
            }
            Error::Internal(error) => {
                tracing::error!("{error:#}");
                page(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong on our side",
                    "Nothing of your change was kept. Try it again; if it fails again, the program’s log says why.",
                )
            }
        }
    }
}
