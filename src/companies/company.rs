//! A company, and what a form says of one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::CompanyId;
use crate::moment::Moment;

/// What is recorded of a company; the contact is what a caller is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// The legal entity's name.
    pub name: String,
    /// First name of the person whom Microsoft knows as the contact.
    pub contact_first_name: String,
    /// Their last name.
    pub contact_last_name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number.
    pub phone: String,
    /// The company's address.
    pub address: String,
    /// Its country or region.
    pub country: String,
    /// Anything else.
    pub note: String,
}

/// A company as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedCompany {
    /// Its number.
    pub id: CompanyId,
    /// Its name as it is compared.
    pub name_key: String,
    /// What is recorded of it.
    #[sqlx(flatten)]
    pub details: Details,
    /// Since when it is known here.
    pub created_at: Moment,
    /// Since when it is retired.
    pub retired_at: Option<Moment>,
    /// How many license servers it has in use.
    pub servers: i64,
    /// How many purchases are recorded for it.
    pub agreements: i64,
}

impl ListedCompany {
    /// The contact's whole name.
    pub fn contact(&self) -> String {
        format!("{} {}", self.details.contact_first_name, self.details.contact_last_name).trim().to_owned()
    }
}

/// The form of a new company, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CompanyForm {
    /// The legal entity's name.
    pub name: String,
    /// The contact's first name.
    pub contact_first_name: String,
    /// The contact's last name.
    pub contact_last_name: String,
    /// The contact's e-mail address.
    pub email: String,
    /// The contact's telephone number.
    pub phone: String,
    /// The address.
    pub address: String,
    /// The country or region.
    pub country: String,
    /// Anything else.
    pub note: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl CompanyForm {
    /// The form that says what is recorded now.
    pub fn of(details: Details, newest: i64) -> CompanyForm {
        CompanyForm {
            name: details.name,
            contact_first_name: details.contact_first_name,
            contact_last_name: details.contact_last_name,
            email: details.email,
            phone: details.phone,
            address: details.address,
            country: details.country,
            note: details.note,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The company, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<Details, Problems> {
        let mut problems = Problems::none();
        let details = self.details(&mut problems);
        problems.or(details)
    }

    /// The corrected company and why, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, now: Moment) -> Result<(Details, Correction), Problems> {
        let mut problems = Problems::none();
        let details = self.details(&mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((details, correction))
    }

    fn details(&self, problems: &mut Problems) -> Details {
        let details = Details {
            name: problems.line("name", "The name", &self.name, 255),
            contact_first_name: problems.line("contact_first_name", "The first name", &self.contact_first_name, 100),
            contact_last_name: problems.line("contact_last_name", "The last name", &self.contact_last_name, 100),
            email: problems.email("email", &self.email),
            phone: problems.line("phone", "The telephone number", &self.phone, 100),
            address: problems.lines("address", "The address", &self.address, 500),
            country: problems.line("country", "The country or region", &self.country, 100),
            note: problems.lines("note", "The note", &self.note, 2_000),
        };
        if details.name.is_empty() {
            problems.add("name", "Type the company’s name, as its agreements bear it.");
        }
        details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_company_names_every_problem_at_once() {
        let form = CompanyForm { email: "ada".into(), phone: "1".repeat(101), ..CompanyForm::default() };
        let problems = form.check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(fields, ["email", "phone", "name"]);
        let form = CompanyForm { name: " Contoso ".into(), ..CompanyForm::default() };
        assert_eq!(form.check().unwrap().name, "Contoso");
        assert!(form.check_correction(Moment(0)).unwrap_err().of_field("reason").is_some());
    }
}
