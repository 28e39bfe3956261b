//! A line of history in a bundle: whole, with its values withheld, or sealed.

use serde::{Deserialize, Serialize};

use crate::history::line::Line;
use crate::moment::Moment;

/// How much of a line is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Is {
    /// All that its hash covers.
    Whole,
    /// All but its values before and after.
    Withheld,
    /// Its number and its hashes.
    Sealed,
}

/// A line as it is written: one JSON object.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// A line of the company; its fields stand in the order in which the hash takes them.
    Told(Told),
    /// Somebody else's line.
    Sealed(Sealed),
}

/// A line of the company.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of history's Line")]
pub struct Told {
    pub is: Is,
    pub previous_hash: String,
    pub id: i64,
    pub at: i64,
    pub effective_on: Option<String>,
    pub actor: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: i64,
    pub before: Option<String>,
    pub after: Option<String>,
    pub reason: Option<String>,
    pub import_id: Option<i64>,
    pub hash: String,
}

/// A line of which only its place in the chain is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of history's Line")]
pub struct Sealed {
    pub is: Is,
    pub previous_hash: String,
    pub id: i64,
    pub hash: String,
}

impl Entry {
    /// A line, told as much as may be.
    pub fn of(line: Line, is: Is) -> Entry {
        if is == Is::Sealed {
            return Entry::Sealed(Sealed { is, previous_hash: line.previous_hash, id: line.id, hash: line.hash });
        }
        let values = |values: Option<String>| values.filter(|_| is == Is::Whole);
        Entry::Told(Told {
            is,
            previous_hash: line.previous_hash,
            id: line.id,
            at: line.at.0,
            effective_on: line.effective_on,
            actor: line.actor,
            action: line.action,
            subject_kind: line.subject_kind,
            subject_id: line.subject_id,
            before: values(line.before),
            after: values(line.after),
            reason: line.reason,
            import_id: line.import_id,
            hash: line.hash,
        })
    }

    /// Its number, the hash of the line before, its own hash, and how much is told.
    pub fn link(&self) -> (i64, &str, &str, Is) {
        match self {
            Entry::Told(line) => (line.id, &line.previous_hash, &line.hash, line.is),
            Entry::Sealed(line) => (line.id, &line.previous_hash, &line.hash, line.is),
        }
    }

    /// Whether what it tells is what its hash was made of; a line that does not tell all cannot be asked.
    pub fn holds(&self) -> bool {
        match self {
            Entry::Sealed(line) => line.is == Is::Sealed,
            Entry::Told(told) if told.is == Is::Withheld => told.before.is_none() && told.after.is_none(),
            Entry::Told(told) => told.is == Is::Whole && told.line().expected_hash() == told.hash,
        }
    }
}

impl Told {
    fn line(&self) -> Line {
        Line {
            id: self.id,
            at: Moment(self.at),
            effective_on: self.effective_on.clone(),
            actor: self.actor.clone(),
            action: self.action.clone(),
            subject_kind: self.subject_kind.clone(),
            subject_id: self.subject_id,
            before: self.before.clone(),
            after: self.after.clone(),
            reason: self.reason.clone(),
            import_id: self.import_id,
            previous_hash: self.previous_hash.clone(),
            hash: self.hash.clone(),
        }
    }
}
