//! The form of a client, and what it is checked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::client::{Kind, Status};
use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::CompanyId;
use crate::moment::Moment;

/// What is recorded of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// Its name. Where an export has shown it, its server says it.
    pub name: String,
    /// What identifies a computer beside its name, in lower case. Where an export has shown it, its server says it.
    pub hardware_id: Option<String>,
    /// Its full name in the network.
    pub fqdn: String,
    /// The family of its operating system, by number; history says its name.
    #[serde(skip)]
    pub os_family_id: Option<i64>,
    /// That family's name, as the register has it.
    pub os_family: Option<String>,
    /// Where it stands.
    pub site: String,
    /// Who uses it.
    pub owner: String,
    /// What became of it.
    pub status: Status,
    /// Anything else.
    pub note: String,
}

/// The form of a new client, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ClientForm {
    /// The company's number.
    pub company: String,
    /// `computer` or `user`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// A computer's hardware ID.
    pub hardware_id: String,
    /// Its full name in the network.
    pub fqdn: String,
    /// The number of its family of operating systems.
    pub os_family: String,
    /// Where it stands.
    pub site: String,
    /// Who uses it.
    pub owner: String,
    /// What became of it.
    pub status: String,
    /// Anything else.
    pub note: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

/// The longest hardware ID, in characters: what servers tell has 40 to 60.
const HARDWARE_ID: usize = 200;

impl ClientForm {
    /// An empty form, with what is usual.
    pub fn usual() -> ClientForm {
        ClientForm { kind: "computer".to_owned(), status: "active".to_owned(), ..ClientForm::default() }
    }

    /// The form that says what is recorded now.
    pub fn of((company, kind): (CompanyId, Kind), details: Details, newest: i64) -> ClientForm {
        ClientForm {
            company: company.to_string(),
            kind: kind.as_str().to_owned(),
            name: details.name,
            hardware_id: details.hardware_id.unwrap_or_default(),
            fqdn: details.fqdn,
            os_family: details.os_family_id.map(|id| id.to_string()).unwrap_or_default(),
            site: details.site,
            owner: details.owner,
            status: details.status.as_str().to_owned(),
            note: details.note,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The client, its company's number and its kind, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(CompanyId, Kind, Details), Problems> {
        let mut problems = Problems::none();
        let company = self.company.trim().parse().unwrap_or_else(|_| {
            problems.add("company", "Choose the company that it belongs to.");
            0
        });
        let kind = Kind::parse(&self.kind).unwrap_or_else(|| {
            problems.add("kind", "Choose whether it is a computer or a user.");
            Kind::Computer
        });
        let details = self.details(kind, false, &mut problems);
        problems.or((CompanyId(company), kind, details))
    }

    /// The corrected client and why, or all that is wrong. `told`: an export has shown it, so that its name and hardware
    /// ID stay as its server says them.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, (kind, told): (Kind, bool), now: Moment) -> Result<(Details, Correction), Problems> {
        let mut problems = Problems::none();
        let details = self.details(kind, told, &mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((details, correction))
    }

    fn details(&self, kind: Kind, told: bool, problems: &mut Problems) -> Details {
        let (mut name, mut hardware_id) = (String::new(), String::new());
        if !told {
            name = problems.line("name", "The name", &self.name, 255);
            hardware_id =
                problems.line("hardware_id", "The hardware ID", &self.hardware_id, HARDWARE_ID).to_lowercase();
            if name.is_empty() {
                problems.add("name", "Type its name, as its license server shows it.");
            }
            if kind == Kind::User && !hardware_id.is_empty() {
                problems.add("hardware_id", "Only a computer has a hardware ID. Leave it empty for a user.");
            }
        }
        let status = Status::parse(&self.status).unwrap_or_else(|| {
            problems.add("status", "Choose what became of it.");
            Status::Active
        });
        Details {
            name,
            hardware_id: Some(hardware_id).filter(|id| !id.is_empty()),
            fqdn: problems.line("fqdn", "The full name", &self.fqdn, 255),
            os_family_id: problems.number("os_family", &self.os_family, 1..=i64::MAX, "Choose one of the systems."),
            os_family: None,
            site: problems.line("site", "The site", &self.site, 100),
            owner: problems.line("owner", "The name of who uses it", &self.owner, 100),
            status,
            note: problems.lines("note", "The note", &self.note, 2_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_client_names_every_problem_at_once() {
        let form = ClientForm { site: "x".repeat(101), os_family: "0".into(), ..ClientForm::default() };
        let problems = form.check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(fields, ["company", "kind", "name", "status", "os_family", "site"]);
    }

    #[test]
    fn a_user_has_no_hardware_id_and_a_computers_is_kept_in_lower_case() {
        let form = |kind: &str| ClientForm {
            company: "1".into(),
            kind: kind.into(),
            name: " PC-0117 ".into(),
            hardware_id: "0AFF".into(),
            ..ClientForm::usual()
        };
        let (_, _, details) = form("computer").check().unwrap();
        assert_eq!((details.name.as_str(), details.hardware_id.as_deref()), ("PC-0117", Some("0aff")));
        assert!(form("user").check().unwrap_err().of_field("hardware_id").is_some());
    }
}
