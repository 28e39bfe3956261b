//! A line of history and the chain that binds the lines together.

use sha2::{Digest, Sha256};

use crate::ids::ImportId;
use crate::moment::Moment;

/// What a line is about, or also touches: a noun and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject(pub &'static str, pub i64);

/// A change that is about to be recorded. Its actor and moment are the change's own.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// What happened, as noun and verb: `license changed`.
    pub action: &'static str,
    /// What it happened to.
    pub subject: Subject,
    /// What else it touches; the line stands on their timelines too.
    pub touches: Vec<Subject>,
    /// The values before, as a JSON object; `None` where nothing was.
    pub before: Option<serde_json::Value>,
    /// The values after, as a JSON object.
    pub after: Option<serde_json::Value>,
    /// Why, in the person's own words.
    pub reason: Option<String>,
    /// The import that brought the change.
    pub import: Option<ImportId>,
    /// The day from which the change holds, where it is not the day of recording: `2026-08-22`.
    pub effective_on: Option<String>,
}

impl NewLine {
    /// A line about one subject, without values.
    pub fn new(action: &'static str, subject: Subject) -> NewLine {
        NewLine {
            action,
            subject,
            touches: Vec::new(),
            before: None,
            after: None,
            reason: None,
            import: None,
            effective_on: None,
        }
    }

    /// Also puts the line on another thing's timeline.
    #[must_use]
    pub fn touching(mut self, subject: Subject) -> NewLine {
        self.touches.push(subject);
        self
    }

    /// The values before.
    #[must_use]
    pub fn before(mut self, values: serde_json::Value) -> NewLine {
        self.before = Some(values);
        self
    }

    /// The values after.
    #[must_use]
    pub fn after(mut self, values: serde_json::Value) -> NewLine {
        self.after = Some(values);
        self
    }

    /// The import that brought the change.
    #[must_use]
    pub fn by_import(mut self, import: ImportId) -> NewLine {
        self.import = Some(import);
        self
    }

    /// The day from which the change holds.
    #[must_use]
    pub fn effective(mut self, day: String) -> NewLine {
        self.effective_on = Some(day);
        self
    }

    /// Why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> NewLine {
        self.reason = Some(reason.into());
        self
    }
}

/// The fields in which two JSON objects differ, of each its own; none when they are the same.
pub fn differing(
    before: &serde_json::Value,
    after: &serde_json::Value,
) -> Option<(serde_json::Value, serde_json::Value)> {
    let (before, after) = (before.as_object()?, after.as_object()?);
    let differs = |name: &String| before.get(name) != after.get(name);
    let only = |values: &serde_json::Map<String, serde_json::Value>| -> serde_json::Map<String, serde_json::Value> {
        values.iter().filter(|(name, _)| differs(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let (before, after) = (only(before), only(after));
    (!before.is_empty() || !after.is_empty()).then(|| (before.into(), after.into()))
}

/// A line as it stands in history.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Line {
    /// Its number; lines are numbered without gaps.
    pub id: i64,
    /// When it was recorded; never earlier than the line before.
    pub at: Moment,
    /// The day from which the change holds, where a person said another one.
    pub effective_on: Option<String>,
    /// Who made the change.
    pub actor: String,
    /// What happened: `license changed`.
    pub action: String,
    /// The noun of what it happened to.
    pub subject_kind: String,
    /// Its number.
    pub subject_id: i64,
    /// The values before, as a JSON object.
    pub before: Option<String>,
    /// The values after, as a JSON object.
    pub after: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The import that brought it.
    pub import_id: Option<i64>,
    /// The hash of the line before.
    pub previous_hash: String,
    /// This line's hash.
    pub hash: String,
}

impl Line {
    /// The hash that this line must have: SHA-256, in hexadecimal, over the JSON array of everything it says,
    /// the hash of the line before among it.
    pub fn expected_hash(&self) -> String {
        let said = serde_json::json!([
            self.previous_hash,
            self.id,
            self.at.0,
            self.effective_on,
            self.actor,
            self.action,
            self.subject_kind,
            self.subject_id,
            self.before,
            self.after,
            self.reason,
            self.import_id,
        ]);
        hex(&Sha256::digest(said.to_string().as_bytes()))
    }

    /// What changed, field by field: `(field, before, after)`, in the order of the field names.
    pub fn differences(&self) -> Vec<(String, String, String)> {
        let read = |text: &Option<String>| -> serde_json::Map<String, serde_json::Value> {
            text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        };
        let (before, after) = (read(&self.before), read(&self.after));
        let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
        fields.sort();
        fields.dedup();
        let word = |value: Option<&serde_json::Value>| match value {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        fields
            .into_iter()
            .map(|field| (field.replace('_', " "), word(before.get(field)), word(after.get(field))))
            .filter(|(_, before, after)| before != after)
            .collect()
    }
}

/// The end of the chain: the last line's number, moment and hash.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tail {
    /// The last line's number; 0 before the first.
    pub line: i64,
    /// The last line's moment.
    pub at: Moment,
    /// The last line's hash; empty before the first.
    pub hash: String,
}

/// Bytes as lower-case hexadecimal text.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
