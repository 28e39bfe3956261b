//! A call that changes something: what was sent, on which conditions, and by which key it may be sent again.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Item};
use super::form::{For, Form, lay};
use super::kept::{self, Key};
use super::tag::{Conditions, Tag};
use crate::db::Tx;
use crate::history::line::hex;
use crate::web::actor::Actor;
use crate::web::error::{Error, Outcome};

/// A call with a JSON object.
#[derive(Clone, Debug)]
pub struct Call {
    key: Option<String>,
    call: String,
    conditions: Conditions,
    is_json: bool,
    body: Bytes,
}

/// The key by which a call may be sent again, if its headers say one.
///
/// # Errors
/// 422, when it cannot be kept.
pub fn key_of(headers: &HeaderMap) -> Outcome<Option<String>> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    kept::check(key)?;
    Ok(Some(key.to_owned()))
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Call, Response> {
        let headers = request.headers();
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (key, is_json) = (key_of(headers).map_err(IntoResponse::into_response)?, is_json(kind));
        let call = format!("{} {}", request.method(), request.uri().path());
        let conditions = Conditions::of(headers);
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Call { key, call, conditions, is_json, body })
    }
}

impl Call {
    /// The form of something new.
    ///
    /// # Errors
    /// 415, 400 or 422.
    pub fn filled<F: Form>(&self) -> Outcome<F> {
        lay(&F::usual(), self.object()?, For::New)
    }

    /// The form of a correction: what stands, and over it what was sent.
    ///
    /// # Errors
    /// 415, 400 or 422.
    pub fn correction<F: Form>(&self, stands: &F) -> Outcome<F> {
        lay(stands, self.object()?, For::Correction)
    }

    /// The form of a correction of what an export may have shown: what its server says of it then cannot be sent.
    ///
    /// # Errors
    /// 415, 400 or 422.
    pub fn correction_of<F: Form>(&self, stands: &F, told: bool) -> Outcome<F> {
        lay(stands, self.object()?, if told { For::CorrectionOfTold } else { For::Correction })
    }

    /// What was sent, in a shape of its own.
    ///
    /// # Errors
    /// 415, 400 or 422.
    pub fn body<T: DeserializeOwned>(&self) -> Outcome<T> {
        serde_json::from_value(Value::Object(self.object()?)).map_err(|error| {
            let says = format!("This is not what the call takes: {error}. See /api.");
            Error::unmet(StatusCode::UNPROCESSABLE_ENTITY, says)
        })
    }

    /// Refuses a change by somebody who has not seen what stands there now.
    ///
    /// # Errors
    /// 428, 412.
    pub fn require<I: Item>(&self, newest: i64, item: &I) -> Outcome<()> {
        self.conditions.require(&Tag::of(newest, item)?)
    }

    /// Refuses a change by somebody who says what they have seen, and it stands there no more.
    ///
    /// # Errors
    /// 412.
    pub fn require_if_said<I: Item>(&self, newest: i64, item: &I) -> Outcome<()> {
        if self.conditions.are_said() { self.require(newest, item) } else { Ok(()) }
    }

    fn object(&self) -> Outcome<Map<String, Value>> {
        if !self.is_json {
            let says = "Send JSON, and say so: Content-Type: application/json.";
            return Err(Error::unmet(StatusCode::UNSUPPORTED_MEDIA_TYPE, says));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Error::unmet(StatusCode::UNPROCESSABLE_ENTITY, "Send a JSON object.")),
            // The position is told, but nothing of what was sent.
            Err(error) => {
                let says = format!("This is not JSON from line {}, column {} on.", error.line(), error.column());
                Err(Error::unmet(StatusCode::BAD_REQUEST, says))
            }
        }
    }

    /// What the same call was answered before, if it has a key and was sent before.
    ///
    /// # Errors
    /// 422, when the key was used for another call.
    pub async fn before(&self, tx: &mut Tx, actor: &Actor) -> Outcome<Option<Reply>> {
        let Some(key) = self.named(actor) else { return Ok(None) };
        Ok(kept::claim(tx, &key).await?.map(|answer| Reply { answer, again: true }))
    }

    /// The answer to a call that made something, kept in the transaction that made it.
    ///
    /// # Errors
    /// Internal.
    pub async fn made<I: Item>(&self, tx: &mut Tx, actor: &Actor, newest: i64, item: &I) -> Outcome<Reply> {
        self.answered(tx, actor, Answer::made(StatusCode::CREATED, newest, item)?).await
    }

    /// The answer to a call that did something with several things, kept likewise.
    ///
    /// # Errors
    /// Internal.
    pub async fn made_together(&self, tx: &mut Tx, actor: &Actor, done: &impl Serialize) -> Outcome<Reply> {
        self.answered(tx, actor, Answer::of_several(StatusCode::CREATED, done)?).await
    }

    async fn answered(&self, tx: &mut Tx, actor: &Actor, answer: Answer) -> Outcome<Reply> {
        if let Some(key) = self.named(actor) {
            kept::keep(tx, &key, &answer).await?;
        }
        Ok(Reply { answer, again: false })
    }

    fn named(&self, actor: &Actor) -> Option<Key> {
        let (key, token) = (self.key.clone()?, actor.token?);
        Some(Key { token, key, call: self.call.clone(), body: hex(&Sha256::digest(&self.body)) })
    }
}

/// The answer to a creating call, and whether it is the answer to an earlier one.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What is answered.
    pub answer: Answer,
    /// Whether it was answered before.
    pub again: bool,
}

impl Reply {
    /// As it is sent.
    ///
    /// # Errors
    /// Internal.
    pub fn response(self) -> Outcome<Response> {
        let mut response = self.answer.response()?;
        if self.again {
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        Ok(response)
    }
}
