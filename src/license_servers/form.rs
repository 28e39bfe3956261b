//! The form of a license server, and what it is checked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::license_server::{ODD_IN_ID, long_id};
use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::CompanyId;
use crate::moment::Moment;

/// What is recorded of a license server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// Its computer name.
    pub name: String,
    /// The Windows that it runs on.
    pub os_version: String,
    /// The 35 characters that are read out to Microsoft.
    pub license_server_id: Option<String>,
    /// What is read out when it is activated by telephone.
    pub product_id: Option<String>,
    /// How it reaches Microsoft, as [`CONNECTION_METHODS`] stores it.
    pub connection_method: String,
    /// Who may find it, as [`DISCOVERY_SCOPES`] stores it.
    pub discovery_scope: String,
    /// The country or region that was chosen for it.
    pub country: String,
    /// The number to call.
    pub call_number: String,
    /// Anything else.
    pub note: String,
}

/// How a license server reaches Microsoft: stored name, Microsoft's words.
pub const CONNECTION_METHODS: [(&str, &str); 3] =
    [("automatic", "Automatic connection (recommended)"), ("web", "Web Browser"), ("telephone", "Telephone")];

/// Who may find a license server by itself: stored name, Microsoft's words.
pub const DISCOVERY_SCOPES: [(&str, &str); 3] =
    [("workgroup", "This workgroup"), ("domain", "This domain"), ("forest", "The forest")];

/// What another license server ID means, or that the database is another: stored name, words, meaning.
pub const ID_CHANGES: [(&str, &str, &str); 3] = [
    ("typo", "It was recorded wrongly", "Nothing happened on the server; the record is put right."),
    (
        "reactivated",
        "The server was reactivated",
        "The same database: issued licenses stay valid, unissued ones must be reissued by Microsoft.",
    ),
    (
        "new_database",
        "Its license database is a new one",
        "Key packs must be reinstalled or migrated; its numbers start anew. Possible under the same ID too.",
    ),
];

/// What a correction says has happened to the server itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdChange {
    /// Nothing: at most the record was wrong, or the ID was not known.
    #[default]
    None,
    /// Another ID for the same database.
    Reactivated,
    /// The license database started anew.
    NewDatabase,
}

/// The form of a new license server, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ServerForm {
    /// The company's number.
    pub company: String,
    /// The computer name.
    pub name: String,
    /// The Windows that it runs on.
    pub os_version: String,
    /// The license server ID, with or without hyphens and blanks.
    pub license_server_id: String,
    /// The product ID.
    pub product_id: String,
    /// How it reaches Microsoft.
    pub connection_method: String,
    /// Who may find it.
    pub discovery_scope: String,
    /// The country or region chosen for it.
    pub country: String,
    /// The number to call.
    pub call_number: String,
    /// Anything else.
    pub note: String,
    /// What another ID means.
    pub id_change: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl ServerForm {
    /// The form that says what is recorded now.
    pub fn of(company: CompanyId, details: Details, newest: i64) -> ServerForm {
        let id = details.license_server_id.unwrap_or_default();
        ServerForm {
            company: company.to_string(),
            name: details.name,
            os_version: details.os_version,
            license_server_id: super::license_server::groups(&id).join("-"),
            product_id: details.product_id.unwrap_or_default(),
            connection_method: details.connection_method,
            discovery_scope: details.discovery_scope,
            country: details.country,
            call_number: details.call_number,
            note: details.note,
            id_change: String::new(),
            correction: CorrectionForm::at(newest),
        }
    }

    /// The server and its company's number, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(CompanyId, Details), Problems> {
        let mut problems = Problems::none();
        let company = self.company.trim().parse().unwrap_or_else(|_| {
            problems.add("company", "Choose the company whose seats it hands out.");
            0
        });
        let details = self.details(&mut problems);
        problems.or((CompanyId(company), details))
    }

    /// The corrected server, what happened to it, and why; or all that is wrong. `before`: the ID recorded now.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(
        &self,
        before: Option<&str>,
        now: Moment,
    ) -> Result<(Details, IdChange, Correction), Problems> {
        let mut problems = Problems::none();
        let details = self.details(&mut problems);
        let changed = before.is_some() && details.license_server_id.as_deref() != before;
        let change = match (self.id_change.as_str(), changed) {
            ("new_database", _) => IdChange::NewDatabase,
            ("reactivated", true) => IdChange::Reactivated,
            ("typo", _) | ("", false) => IdChange::None,
            ("reactivated", false) => {
                let says =
                    "A reactivated server has another license server ID: type the new one, or choose nothing here.";
                problems.add("id_change", says);
                IdChange::None
            }
            _ => {
                let says = "The license server ID differs from the one recorded: say what happened to the server.";
                problems.add("id_change", says);
                IdChange::None
            }
        };
        let correction = self.correction.check(now, &mut problems);
        problems.or((details, change, correction))
    }

    fn details(&self, problems: &mut Problems) -> Details {
        let details = Details {
            name: problems.line("name", "The name", &self.name, 255),
            os_version: problems.line("os_version", "The Windows version", &self.os_version, 100),
            license_server_id: self.id(problems),
            product_id: Some(problems.line("product_id", "The product ID", &self.product_id, 32))
                .filter(|id| !id.is_empty()),
            connection_method: one_of(("connection_method", &self.connection_method), &CONNECTION_METHODS, problems),
            discovery_scope: one_of(("discovery_scope", &self.discovery_scope), &DISCOVERY_SCOPES, problems),
            country: problems.line("country", "The country or region", &self.country, 100),
            call_number: problems.line("call_number", "The number to call", &self.call_number, 100),
            note: problems.lines("note", "The note", &self.note, 2_000),
        };
        if details.name.is_empty() {
            problems.add("name", "Type the server’s computer name.");
        }
        details
    }

    fn id(&self, problems: &mut Problems) -> Option<String> {
        if self.license_server_id.trim().is_empty() {
            return None;
        }
        match long_id(&self.license_server_id) {
            Ok(id) => Some(id),
            Err(says) => {
                problems.add("license_server_id", says);
                None
            }
        }
    }
}

/// A choice that is offered, or none.
fn one_of((field, chosen): (&'static str, &str), offered: &[(&str, &str)], problems: &mut Problems) -> String {
    if !chosen.is_empty() && !offered.iter().any(|(name, _)| *name == chosen) {
        problems.add(field, "Choose one of those offered, or nothing.");
    }
    chosen.to_owned()
}

/// What looks odd in an ID: worth reading it out again, but no reason to refuse.
pub fn doubt(id: &str) -> Option<String> {
    let odd: String = id.chars().filter(|letter| ODD_IN_ID.contains(*letter)).collect();
    (!odd.is_empty())
        .then(|| format!("Microsoft’s codes usually hold none of these characters: {odd}. Read it out again."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP";

    #[test]
    fn another_license_server_id_asks_what_happened() {
        let plain = long_id(ID).unwrap();
        for (typed, choice, before, expected) in [
            (ID, "", None, Ok(IdChange::None)),
            (ID, "", Some(plain.as_str()), Ok(IdChange::None)),
            (ID, "new_database", Some(plain.as_str()), Ok(IdChange::NewDatabase)),
            (ID, "", Some("OTHER"), Err("id_change")),
            (ID, "typo", Some("OTHER"), Ok(IdChange::None)),
            (ID, "reactivated", Some("OTHER"), Ok(IdChange::Reactivated)),
            (ID, "reactivated", Some(plain.as_str()), Err("id_change")),
            ("", "", Some("OTHER"), Err("id_change")),
            ("BCDFG", "typo", Some("OTHER"), Err("license_server_id")),
        ] {
            let correction = CorrectionForm { reason: "so".into(), ..CorrectionForm::default() };
            let form = ServerForm {
                name: "LIC-01".into(),
                license_server_id: typed.into(),
                id_change: choice.into(),
                correction,
                ..ServerForm::default()
            };
            let found = form.check_correction(before, Moment(0)).map(|(_, change, _)| change);
            let found = found.map_err(|problems| {
                problems.iter().next().map_or_else(String::new, |problem| problem.field.to_string())
            });
            assert_eq!(found, expected.map_err(str::to_owned), "{typed} {choice} {before:?}");
        }
    }
}
