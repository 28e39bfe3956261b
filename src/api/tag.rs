//! `ETag`, `If-Match` and `If-None-Match`: nobody overwrites what they have not seen.

use axum::extract::FromRequestParts;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::check::Problems;
use crate::history::line::hex;
use crate::web::error::{Error, Outcome};

/// What stands at an address just now: the newest line of history about it, and a hash of the answer itself, which
/// also changes with what imports write without a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of an answer about a thing whose newest line of history was read before.
    ///
    /// # Errors
    /// Internal, where the answer cannot be written.
    pub fn of(newest: i64, answer: &impl Serialize) -> Outcome<Tag> {
        let text = serde_json::to_vec(answer).map_err(Error::internal)?;
        let hash: String = hex(&Sha256::digest(&text)).chars().take(20).collect();
        Ok(Tag(format!("\"{newest}-{hash}\"")))
    }

    /// As the header writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The conditions that a request makes.
#[derive(Clone, Debug)]
pub struct Conditions {
    matching: Option<String>,
    none_matching: Option<String>,
}

const UNSEEN: &str = "Say which state you have seen: send its ETag as If-Match (or * for whatever stands there).";
const OVERTAKEN: &str = "It was changed since you read it, and nothing of yours is saved. Read it again, look at both, then \
    send your change with the new ETag.";

impl Conditions {
    /// What the headers say.
    pub fn of(headers: &HeaderMap) -> Conditions {
        let said = |name: HeaderName| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            Some(values.collect::<Vec<_>>().join(",")).filter(|values| !values.is_empty())
        };
        Conditions { matching: said(IF_MATCH), none_matching: said(IF_NONE_MATCH) }
    }

    /// Whether the reader has this very answer already.
    pub fn has(&self, tag: &Tag) -> bool {
        self.none_matching.as_deref().is_some_and(|tags| names(tags, tag, true))
    }

    /// Refuses a change by somebody who has not seen what stands there now.
    ///
    /// # Errors
    /// 428 without `If-Match`, 412 when it names another state.
    pub fn require(&self, tag: &Tag) -> Outcome<()> {
        match &self.matching {
            None => Err(Error::unmet(StatusCode::PRECONDITION_REQUIRED, UNSEEN)),
            Some(tags) if names(tags, tag, false) => Ok(()),
            Some(_) => Err(Error::unmet(StatusCode::PRECONDITION_FAILED, OVERTAKEN)),
        }
    }

    /// Whether the sender says what they have seen at all.
    pub fn are_said(&self) -> bool {
        self.matching.is_some()
    }
}

/// Whether a header's tags name this one. `weak`: also those that are told to be only alike.
fn names(tags: &str, tag: &Tag, weak: bool) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one == tag.0 || (weak && one.strip_prefix("W/").is_some_and(|one| one == tag.0)))
}

/// A change that was overtaken between the look at its conditions and itself is refused by the same words.
pub fn overtaken(error: Error) -> Error {
    match error {
        Error::Refused(problems) if is_overtaken(&problems) => Error::unmet(StatusCode::PRECONDITION_FAILED, OVERTAKEN),
        other => other,
    }
}

fn is_overtaken(problems: &Problems) -> bool {
    problems.of_field("seen").is_some()
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Conditions> {
        Ok(Conditions::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_named_alone_among_others_or_by_a_star() {
        let tag = Tag("\"7-ab\"".into());
        for (tags, weak, named) in [
            ("\"7-ab\"", false, true),
            ("\"1-x\", \"7-ab\"", false, true),
            ("*", false, true),
            ("W/\"7-ab\"", false, false),
            ("W/\"7-ab\"", true, true),
            ("7-ab", false, false),
            ("", true, false),
        ] {
            assert_eq!(names(tags, &tag, weak), named, "{tags}");
        }
    }

    #[test]
    fn a_tag_changes_with_the_newest_line_and_with_the_answer() {
        let of = |newest, answer: &str| Tag::of(newest, &answer).unwrap();
        assert_eq!(of(1, "a"), of(1, "a"));
        assert!(of(1, "a") != of(2, "a") && of(1, "a") != of(1, "b"));
    }
}
