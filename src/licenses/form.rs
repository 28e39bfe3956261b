//! The form of a license, and what it is checked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::license::Status;
use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::{ClientId, KeyPackId};
use crate::moment::Moment;

/// What is recorded of a license. Where an export has shown it, its server says everything but the note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// Who holds it, by number; history says the name.
    #[serde(skip)]
    pub client_id: ClientId,
    /// The holder's name, as the register has it.
    pub client: String,
    /// The server's number for it, where it shows one.
    pub license_number: Option<i64>,
    /// The user it was issued to, in the server's words.
    #[serde(rename = "user")]
    pub user_name: String,
    /// The server's number for its status.
    pub status: i64,
    /// When it was last issued or renewed.
    pub issued_at: Moment,
    /// When it expires.
    pub expires_at: Moment,
    /// Anything else.
    pub note: String,
}

/// Who holds a license, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// A name, or a client's number.
    pub typed: String,
    /// Whether a name that nobody bears is a new client's.
    pub may_be_new: bool,
}

/// The form of a new license, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LicenseForm {
    /// The key pack's number.
    pub key_pack: String,
    /// The holder's name or number.
    pub client: String,
    /// Set: a holder whom nobody knows is added.
    #[schema(value_type = bool)]
    pub new_client: String,
    /// The server's number for it.
    pub license_number: String,
    /// The user it was issued to.
    pub user: String,
    /// Its status, as addresses write it.
    pub status: String,
    /// The day on which it was issued.
    pub issued_on: String,
    /// The day on which it expires.
    pub expires_on: String,
    /// Anything else.
    pub note: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl LicenseForm {
    /// An empty form, with what is usual.
    pub fn usual() -> LicenseForm {
        LicenseForm { status: "active".to_owned(), ..LicenseForm::default() }
    }

    /// The form that says what is recorded now.
    pub fn of(pack: KeyPackId, details: Details, newest: i64) -> LicenseForm {
        LicenseForm {
            key_pack: pack.to_string(),
            client: details.client,
            new_client: String::new(),
            license_number: details.license_number.map(|number| number.to_string()).unwrap_or_default(),
            user: details.user_name,
            status: Status::of_code(details.status).as_str().to_owned(),
            issued_on: details.issued_at.typed_day(),
            expires_on: details.expires_at.typed_day(),
            note: details.note,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The license, its key pack's number and its holder, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(KeyPackId, Holder, Details), Problems> {
        let mut problems = Problems::none();
        let pack = self.key_pack.trim().parse().unwrap_or_else(|_| {
            problems.add("key_pack", "Type the key pack’s number here, as its page shows it.");
            0
        });
        let (holder, details) = self.details(false, &mut problems);
        problems.or((KeyPackId(pack), holder, details))
    }

    /// The corrected license and why, or all that is wrong. `told`: an export has shown it, so that only the note is
    /// people's.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, told: bool, now: Moment) -> Result<(Holder, Details, Correction), Problems> {
        let mut problems = Problems::none();
        let (holder, details) = self.details(told, &mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((holder, details, correction))
    }

    fn details(&self, told: bool, problems: &mut Problems) -> (Holder, Details) {
        let note = problems.lines("note", "The note", &self.note, 2_000);
        let mut details = Details {
            client_id: ClientId(0),
            client: String::new(),
            license_number: None,
            user_name: String::new(),
            status: 0,
            issued_at: Moment::UNKNOWN,
            expires_at: Moment::NEVER,
            note,
        };
        let mut holder = Holder { typed: String::new(), may_be_new: !self.new_client.is_empty() };
        if told {
            return (holder, details);
        }
        holder.typed = problems.line("client", "The client’s name", &self.client, 255);
        if holder.typed.is_empty() {
            problems.add("client", "Type the name of the computer or user that holds it.");
        }
        let says = "Type the server’s number for it, or leave it empty.";
        details.license_number = problems.number("license_number", &self.license_number, 0..=i64::from(i32::MAX), says);
        details.user_name = problems.line("user", "The user’s name", &self.user, 255);
        self.state(&mut details, problems);
        (holder, details)
    }

    /// The status and the days.
    fn state(&self, details: &mut Details, problems: &mut Problems) {
        let status = Status::parse(&self.status).and_then(Status::code);
        details.status = status.unwrap_or_else(|| {
            problems.add("status", "Choose the status that its server shows.");
            0
        });
        let noon = |day: Option<String>| day.and_then(|day| Moment::noon_of(&day));
        let issued = noon(problems.day("issued_on", &self.issued_on));
        if self.issued_on.trim().is_empty() {
            problems.add("issued_on", "Type the day on which it was issued, as its server shows it.");
        }
        let expires = noon(problems.day("expires_on", &self.expires_on));
        if details.status == 1 && self.expires_on.trim().is_empty() {
            let says = "Type the day on which the temporary license expires: usually the 90th day after its issue.";
            problems.add("expires_on", says);
        }
        if let (Some(issued), Some(expires)) = (issued, expires)
            && expires < issued
        {
            problems.add("expires_on", "It cannot expire before it was issued. Mend one of the days.");
        }
        details.issued_at = issued.unwrap_or(Moment::UNKNOWN);
        details.expires_at = expires.unwrap_or(Moment::NEVER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> LicenseForm {
        LicenseForm {
            key_pack: "1".into(),
            client: "PC-0117".into(),
            issued_on: "2026-06-01".into(),
            ..LicenseForm::usual()
        }
    }

    #[test]
    fn a_refused_license_names_every_problem_at_once() {
        let fields = |form: LicenseForm| -> String {
            let problems = form.check().err().unwrap_or_default();
            problems.iter().map(|problem| &*problem.field).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(fields(LicenseForm::default()), "key_pack client status issued_on");
        assert_eq!(fields(filled()), "");
        let temporary =
            |expires: &str| LicenseForm { status: "temporary".into(), expires_on: expires.into(), ..filled() };
        assert_eq!(fields(temporary("")), "expires_on");
        assert_eq!(fields(temporary("2026-05-31")), "expires_on");
        assert_eq!(fields(temporary("2026-08-30")), "");
        assert_eq!(fields(LicenseForm { status: "expired".into(), ..filled() }), "status");
    }

    #[test]
    fn of_a_license_that_its_server_tells_only_the_note_is_read() {
        let form = LicenseForm { note: "see the mail".into(), ..LicenseForm::default() };
        let form =
            LicenseForm { correction: CorrectionForm { reason: "asked".into(), ..CorrectionForm::default() }, ..form };
        assert!(form.check_correction(true, Moment(0)).is_ok());
        assert!(form.check_correction(false, Moment(0)).is_err());
    }
}
