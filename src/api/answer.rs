//! What is answered: a thing with its tag, or a slice of a list.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::ROOT;
use super::tag::{Conditions, Tag};
use crate::db::Reads;
use crate::history;
use crate::history::line::Subject;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::Slice;

/// A noun as programs get it.
pub trait Item: Serialize + ToSchema {
    /// What the noun is called in history: `key_pack`.
    const KIND: &'static str;
    /// Where its list is, behind [`ROOT`]: `key-packs`.
    const PATH: &'static str;

    /// Its number.
    fn id(&self) -> i64;

    /// Its own address.
    fn address(&self) -> String {
        format!("{ROOT}/{}/{}", Self::PATH, self.id())
    }
}

/// Another noun that a thing points to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

impl Named {
    /// A noun by number and name.
    pub fn new(id: i64, name: impl Into<String>) -> Named {
        Named { id, name: name.into() }
    }
}

/// A moment as programs read it, in UTC; nothing for one that nobody told or that never comes.
pub fn moment(at: Moment) -> Option<String> {
    (!at.is_unknown() && !at.is_never()).then(|| at.iso())
}

/// The day of a moment in UTC; nothing for one that nobody told or that never comes.
pub fn day(at: Moment) -> Option<String> {
    moment(at).map(|_| at.day(&jiff::tz::TimeZone::UTC))
}

/// A text; nothing where it is empty.
pub fn said(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

/// The newest line of history about a thing, to be read before the thing itself: what changes in between is then
/// noticed, never overwritten.
///
/// # Errors
/// Internal.
pub async fn newest<'c, I: Item>(db: impl Reads<'c>, id: i64) -> Outcome<i64> {
    history::store::newest(db, Subject(I::KIND, id)).await
}

/// The newest line of history about a thing that was just read in the same change.
///
/// # Errors
/// Internal.
pub async fn newest_of<'c, I: Item>(db: impl Reads<'c>, item: &I) -> Outcome<i64> {
    newest::<I>(db, item.id()).await
}

#[derive(Serialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// Answers with a slice of a list.
pub fn list<R, T: Serialize>(slice: Slice<R>, each: impl FnMut(R) -> T) -> Response {
    let next = slice.next.map(|place| place.to_string());
    Json(Page { items: slice.rows.into_iter().map(each).collect(), next }).into_response()
}

/// Answers with a thing, or that the reader has it already.
///
/// # Errors
/// Internal.
pub fn show<I: Item>(conditions: &Conditions, newest: i64, item: &I) -> Outcome<Response> {
    let tag = Tag::of(newest, item)?;
    if conditions.has(&tag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().insert(ETAG, header(tag.as_str())?);
        return Ok(response);
    }
    Answer::of(StatusCode::OK, &tag, item)?.response()
}

/// Answers with a thing that was just changed.
///
/// # Errors
/// Internal.
pub fn changed<I: Item>(newest: i64, item: &I) -> Outcome<Response> {
    Answer::of(StatusCode::OK, &Tag::of(newest, item)?, item)?.response()
}

/// An answer that can be kept and given again.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answer {
    /// Its status.
    pub status: i64,
    /// Where the thing is that was made; empty: nothing was.
    pub location: String,
    /// The thing's tag; empty: they are several.
    pub tag: String,
    /// The thing itself, as JSON.
    pub answer: String,
}

impl Answer {
    pub(super) fn of(status: StatusCode, tag: &Tag, item: &impl Serialize) -> Outcome<Answer> {
        let answer = serde_json::to_string(item).map_err(Error::internal)?;
        Ok(Answer { status: status.as_u16().into(), location: String::new(), tag: tag.as_str().to_owned(), answer })
    }

    /// The answer about a thing that was just made, or that is still to be worked on.
    ///
    /// # Errors
    /// Internal.
    pub fn made<I: Item>(status: StatusCode, newest: i64, item: &I) -> Outcome<Answer> {
        Ok(Answer { location: item.address(), ..Answer::of(status, &Tag::of(newest, item)?, item)? })
    }

    /// The answer about several things, which have no tag and no address of their own.
    ///
    /// # Errors
    /// Internal.
    pub fn of_several(status: StatusCode, done: &impl Serialize) -> Outcome<Answer> {
        let answer = serde_json::to_string(done).map_err(Error::internal)?;
        Ok(Answer { status: status.as_u16().into(), location: String::new(), tag: String::new(), answer })
    }

    /// As it is sent.
    ///
    /// # Errors
    /// Internal.
    pub fn response(self) -> Outcome<Response> {
        let status = u16::try_from(self.status).map_err(Error::internal)?;
        let status = StatusCode::from_u16(status).map_err(Error::internal)?;
        let mut response = (status, [(CONTENT_TYPE, "application/json")], self.answer).into_response();
        if !self.tag.is_empty() {
            response.headers_mut().insert(ETAG, header(&self.tag)?);
        }
        if !self.location.is_empty() {
            response.headers_mut().insert(LOCATION, header(&self.location)?);
        }
        Ok(response)
    }
}

fn header(text: &str) -> Outcome<HeaderValue> {
    HeaderValue::from_str(text).map_err(Error::internal)
}
