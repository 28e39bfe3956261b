//! The license that a computer keeps in its own registry: what is known of it, and the form by which somebody says so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::client::Client;
use crate::check::Problems;
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// What is known of the license that a client keeps in its own registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum LocalLicense {
    /// Nobody has looked.
    Unknown,
    /// It is there.
    Present,
    /// Somebody was asked to remove it.
    RemovalRequested,
    /// It was removed.
    Removed,
    /// It cannot be removed, as from a thin client.
    NotPossible,
}

impl LocalLicense {
    /// What a person may say of it.
    pub const SAID: [LocalLicense; 4] =
        [LocalLicense::Removed, LocalLicense::RemovalRequested, LocalLicense::NotPossible, LocalLicense::Present];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            LocalLicense::Unknown => "unknown",
            LocalLicense::Present => "present",
            LocalLicense::RemovalRequested => "removal_requested",
            LocalLicense::Removed => "removed",
            LocalLicense::NotPossible => "not_possible",
        }
    }

    /// As pages say it.
    pub fn word(self) -> &'static str {
        match self {
            LocalLicense::Unknown => "Not known",
            LocalLicense::Present => "Present",
            LocalLicense::RemovalRequested => "Removal requested",
            LocalLicense::Removed => "Removed",
            LocalLicense::NotPossible => "Cannot be removed",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            LocalLicense::Unknown | LocalLicense::Present => Meaning::Plain,
            LocalLicense::RemovalRequested => Meaning::Wait,
            LocalLicense::Removed => Meaning::Done,
            LocalLicense::NotPossible => Meaning::Stop,
        }
    }

    /// What history says happened.
    pub fn action(self) -> &'static str {
        match self {
            LocalLicense::Unknown | LocalLicense::Present => "local license said to be present",
            LocalLicense::RemovalRequested => "local license asked to be removed",
            LocalLicense::Removed => "local license removed",
            LocalLicense::NotPossible => "local license said not to be removable",
        }
    }

    /// What a person says, written `text`.
    pub fn parse(text: &str) -> Option<LocalLicense> {
        LocalLicense::SAID.into_iter().find(|one| one.as_str() == text)
    }
}

/// How a local license is removed: stored name, words.
pub const METHODS: [(&str, &str); 5] = [
    ("script", "By the PowerShell script"),
    ("reg_file", "By the .reg file"),
    ("regedit", "By hand in the registry editor"),
    ("erased", "Disk erased or computer scrapped"),
    ("other", "Another way"),
];

/// A stored way of removing in words.
pub fn method_words(name: &str) -> &str {
    METHODS.iter().find(|(method, _)| *method == name).map_or(name, |(_, words)| words)
}

/// What somebody says of a computer's local license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// What came of it.
    pub state: LocalLicense,
    /// Who removed it, or said so; nobody named: whoever records it.
    pub by: String,
    /// The day; nothing: now.
    pub on: Option<String>,
    /// How, as [`METHODS`] stores it; empty where it was not removed.
    pub method: String,
    /// Where the backup of the key is.
    pub backup: String,
    /// Anything else, or why.
    pub note: String,
    /// Whether the computer is taken out of use with it.
    pub decommission: bool,
    /// The newest line of history about the client that its author had seen, where that matters.
    pub seen: Option<i64>,
}

/// The form that records what came of removing a local license.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RemovalForm {
    /// What came of it: `removed`, `removal_requested`, `not_possible`, or `present`.
    pub state: String,
    /// Who removed it; empty: whoever records it.
    pub removed_by: String,
    /// The day on which it was removed.
    pub removed_on: String,
    /// How it was removed: `script`, `reg_file`, `regedit`, `erased` or `other`.
    pub method: String,
    /// Where the backup of the key is.
    pub backup: String,
    /// Anything else; why, where it cannot be removed or is present after all.
    pub note: String,
    /// Whether the computer is decommissioned with it.
    #[schema(value_type = bool)]
    pub decommission: String,
    /// The newest line of history about the client when the page was opened.
    pub seen: String,
}

impl RemovalForm {
    /// The form as a page opens it, for a client whose newest line of history has this number.
    pub fn begun((client, newest): (&Client, i64), person: &str, today: String) -> RemovalForm {
        RemovalForm {
            state: LocalLicense::Removed.as_str().to_owned(),
            removed_by: person.to_owned(),
            removed_on: today,
            backup: client.local_license_backup.clone(),
            seen: newest.to_string(),
            ..RemovalForm::default()
        }
    }

    /// What is said of the local license, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<Removal, Problems> {
        let mut problems = Problems::none();
        let state = LocalLicense::parse(&self.state).unwrap_or_else(|| {
            problems.add("state", "Choose what came of it.");
            LocalLicense::Unknown
        });
        let removal = Removal {
            state,
            by: problems.line("removed_by", "The name of who removed it", &self.removed_by, 100),
            on: self.day(now, &mut problems),
            method: self.method.trim().to_owned(),
            backup: problems.line("backup", "Where the backup is", &self.backup, 255),
            note: problems.lines("note", "The note", &self.note, 1_000),
            decommission: !self.decommission.is_empty(),
            seen: Some(self.seen.trim()).filter(|seen| !seen.is_empty()).map(|seen| seen.parse().unwrap_or(0)),
        };
        removal.how(&mut problems);
        problems.or(removal)
    }

    fn day(&self, now: Moment, problems: &mut Problems) -> Option<String> {
        let day = problems.day("removed_on", &self.removed_on)?;
        // It may be that day already where the reader is: nowhere is more than 14 hours ahead.
        if Moment::of_day(&day).is_some_and(|at| at > now.plus(14 * 3_600)) {
            problems.add("removed_on", "Choose a day that is not in the future.");
        }
        Some(day)
    }
}

impl Removal {
    /// Only of a removal it is said how; of all else why.
    fn how(&self, problems: &mut Problems) {
        let is_known = METHODS.iter().any(|(name, _)| *name == self.method);
        match self.state {
            LocalLicense::Unknown => {}
            LocalLicense::Removed => {
                if self.on.is_none() && problems.of_field("removed_on").is_none() {
                    problems.add("removed_on", "Write the day on which it was removed, like 2026-08-22.");
                }
                if !is_known {
                    problems.add("method", "Choose how it was removed.");
                }
            }
            state => {
                if !self.method.is_empty() {
                    problems.add("method", "It is said only of a license that was removed. Leave it empty.");
                }
                if state == LocalLicense::NotPossible && self.note.is_empty() {
                    problems.add("note", "Say why it cannot be removed.");
                }
                if state == LocalLicense::Present && self.note.is_empty() {
                    problems.add("note", "Say how it is known to be there: what was said before stays in history.");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed() -> RemovalForm {
        RemovalForm {
            state: "removed".into(),
            removed_on: "2026-08-20".into(),
            method: "script".into(),
            ..RemovalForm::default()
        }
    }

    #[test]
    fn what_is_wrong_is_said_all_at_once() {
        let now = Moment::of_day("2026-08-22").unwrap();
        let form = |state: &str, day: &str, method: &str, note: &str| RemovalForm {
            state: state.into(),
            removed_on: day.into(),
            method: method.into(),
            note: note.into(),
            ..removed()
        };
        for (form, wrong) in [
            (form("removed", "2026-08-22", "regedit", ""), ""),
            (form("", "", "", ""), "state"),
            (form("unknown", "", "", ""), "state"),
            (form("removed", "", "", ""), "removed_on method"),
            (form("removed", "2026-08-23", "magic", ""), "removed_on method"),
            (form("removed", "22/8/2026", "other", ""), "removed_on"),
            (form("removal_requested", "", "", ""), ""),
            (form("removal_requested", "", "script", ""), "method"),
            (form("not_possible", "", "", " "), "note"),
            (form("present", "", "", ""), "note"),
            (form("present", "2026-08-01", "", "It still connects"), ""),
        ] {
            let problems = form.check(now).err().unwrap_or_default();
            let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
            assert_eq!(fields.join(" "), wrong, "{form:?}");
        }
    }

    #[test]
    fn a_day_that_has_begun_somewhere_is_not_in_the_future() {
        let noon = Moment::noon_of("2026-08-22").unwrap();
        let tomorrow = RemovalForm { removed_on: "2026-08-23".into(), ..removed() };
        assert!(tomorrow.check(noon).is_ok());
        assert!(tomorrow.check(noon.plus(-3 * 3_600)).is_err());
    }
}
