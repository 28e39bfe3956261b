//! A number to call, and what a form says of one.

use serde::{Deserialize, Serialize};

use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::CompanyId;
use crate::moment::Moment;
use crate::web::slice::Paging;

/// What is recorded of a number to call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// The country or region from which it is called, as license servers and companies name it.
    pub country: String,
    /// The telephone number.
    pub number: String,
    /// When somebody answers, in words.
    pub hours: String,
}

/// A number to call as the list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Its number here.
    pub id: i64,
    /// The company that calls it.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// What is recorded of it.
    #[sqlx(flatten)]
    pub details: Details,
}

/// The number to call about one license server.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CallNumber {
    /// The telephone number.
    pub number: String,
    /// When somebody answers, in words; empty where nobody said.
    pub hours: String,
    /// The country or region that it is called from; empty where nobody said.
    pub country: String,
}

/// What the list's address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The company's number.
    pub company: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// The form of a number to call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallNumberForm {
    /// The company's number; it stays as it is in a correction.
    pub company: String,
    /// The country or region.
    pub country: String,
    /// The telephone number.
    pub number: String,
    /// When somebody answers.
    pub hours: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl CallNumberForm {
    /// The form that says what is recorded now.
    pub fn of(listed: &Listed, newest: i64) -> CallNumberForm {
        let details = listed.details.clone();
        CallNumberForm {
            company: listed.company_id.to_string(),
            country: details.country,
            number: details.number,
            hours: details.hours,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The company's number and the number to call, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(CompanyId, Details), Problems> {
        let mut problems = Problems::none();
        let company = self.company.trim().parse().unwrap_or_else(|_| {
            problems.add("company", "Choose the company that calls it.");
            0
        });
        let details = self.details(&mut problems);
        problems.or((CompanyId(company), details))
    }

    /// The corrected number and why, or all that is wrong.
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
        let country = problems.line("country", "The country or region", &self.country, 100);
        if country.is_empty() {
            problems.add("country", "Type the country or region, as its license servers name it.");
        }
        let number = problems.line("number", "The number to call", &self.number, 100);
        if number.chars().filter(char::is_ascii_digit).count() < 3 {
            problems.add("number", "Type the telephone number, as one dials it there.");
        }
        Details { country, number, hours: problems.line("hours", "The hours", &self.hours, 200) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_number_names_every_problem_at_once() {
        let form = CallNumberForm { number: "ask Otto".into(), hours: "x".repeat(201), ..CallNumberForm::default() };
        let problems = form.check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(fields, ["company", "country", "number", "hours"]);
        let form = CallNumberForm {
            company: "1".into(),
            country: " Germany ".into(),
            number: "+49 (0)30 5550100, then 2".into(),
            ..form
        };
        let form = CallNumberForm { hours: "Mon–Fri 8–18".into(), ..form };
        assert_eq!(form.check().unwrap().1.country, "Germany");
    }
}
