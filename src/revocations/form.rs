//! The form of a revocation that somebody made on a license server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::form::Form;
use crate::check::Problems;
use crate::moment::Moment;

/// What is recorded of a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevocation {
    /// The day on which it was made.
    pub revoked_on: String,
    /// Who made it on the server.
    pub revoked_by: String,
    /// Why.
    pub reason: String,
}

/// The form of a revocation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RevocationForm {
    /// The day on which it was made on the server: `2026-08-22`.
    pub revoked_on: String,
    /// Who made it on the server.
    pub revoked_by: String,
    /// Why: it stands in history forever.
    pub reason: String,
}

impl RevocationForm {
    /// The form as it is shown at first.
    pub fn begun(person: &str, today: String) -> RevocationForm {
        RevocationForm { revoked_on: today, revoked_by: person.to_owned(), reason: String::new() }
    }

    /// What is recorded, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<NewRevocation, Problems> {
        let mut problems = Problems::none();
        let day = problems.past_day("revoked_on", &self.revoked_on, now).unwrap_or_default();
        if day.is_empty() {
            problems.add("revoked_on", "Type the day on which it was revoked, like 2026-08-22.");
        }
        let revoked_by = problems.line("revoked_by", "The name", &self.revoked_by, 100);
        if revoked_by.is_empty() {
            problems.add("revoked_by", "Type who revoked it on the server.");
        }
        let reason = problems.lines("reason", "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add("reason", "Say why it was revoked: it stands in history forever.");
        }
        problems.or(NewRevocation { revoked_on: day, revoked_by, reason })
    }
}

impl Form for RevocationForm {
    fn usual() -> RevocationForm {
        RevocationForm::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revoke_says_when_by_whom_and_why() {
        let now = Moment::of_day("2026-08-22").unwrap();
        let fields = |form: &RevocationForm| -> String {
            let problems = form.check(now).err().unwrap_or_default();
            problems.iter().map(|problem| &*problem.field).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(fields(&RevocationForm::default()), "revoked_on revoked_by reason");
        let form = RevocationForm { reason: "scrapped".into(), ..RevocationForm::begun("Hedda", "2026-08-22".into()) };
        assert_eq!(fields(&form), "");
        assert_eq!(fields(&RevocationForm { revoked_on: "22/8/2026".into(), ..form.clone() }), "revoked_on");
        assert_eq!(fields(&RevocationForm { revoked_on: "2026-08-24".into(), ..form.clone() }), "revoked_on");
        assert_eq!(fields(&RevocationForm { revoked_on: "2024-02-29".into(), ..form }), "");
    }
}
