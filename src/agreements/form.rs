//! The form of an agreement, and what it is checked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agreement::{Asks, Details, POLICIES, bare, program};
use crate::check::{Problems, whole};
use crate::history::correction::{Correction, CorrectionForm};
use crate::ids::CompanyId;
use crate::moment::Moment;
use crate::products::product::{LicenseType, Version};
use crate::web::slice::Paging;

/// What the list's address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A text that they have; programs ask for it.
    pub find: String,
    /// The company's number.
    pub company: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// The form of a new agreement, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AgreementForm {
    /// The company's number.
    pub company: String,
    /// The program, as stored.
    pub program: String,
    /// Open License: 8 digits.
    pub license_number: String,
    /// Open License: 15 characters.
    pub authorization_number: String,
    /// The others: the enrollment or agreement number.
    pub agreement_number: String,
    /// Retail: the license code, or its last five characters.
    pub retail_code: String,
    /// The product version, as stored.
    pub product_version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// How many licenses.
    pub quantity: String,
    /// The day of the purchase.
    pub purchased_on: String,
    /// When its seats may move.
    pub transfer_policy: String,
    /// Where its papers are.
    pub document: String,
    /// Anything else.
    pub note: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl AgreementForm {
    /// An empty form, with what is usual.
    pub fn usual() -> AgreementForm {
        AgreementForm { transfer_policy: "one_time".to_owned(), ..AgreementForm::default() }
    }

    /// The form that says what is recorded now.
    pub fn of(company: CompanyId, details: Details, newest: i64) -> AgreementForm {
        AgreementForm {
            company: company.to_string(),
            program: details.program,
            license_number: details.license_number,
            authorization_number: details.authorization_number,
            agreement_number: details.agreement_number,
            retail_code: details.retail_code_end,
            product_version: details.product_version,
            license_type: details.license_type,
            quantity: details.quantity.to_string(),
            purchased_on: details.purchased_on.unwrap_or_default(),
            transfer_policy: details.transfer_policy,
            document: details.document,
            note: details.note,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The agreement and its company's number, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<(CompanyId, Details), Problems> {
        let mut problems = Problems::none();
        let company = self.company.trim().parse().unwrap_or_else(|_| {
            problems.add("company", "Choose the company that bought.");
            0
        });
        let details = self.details(now, &mut problems);
        problems.or((CompanyId(company), details))
    }

    /// The corrected agreement and why, or all that is wrong. Its company stays: another's purchase is another agreement.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, now: Moment) -> Result<(Details, Correction), Problems> {
        let mut problems = Problems::none();
        let details = self.details(now, &mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((details, correction))
    }

    fn details(&self, now: Moment, problems: &mut Problems) -> Details {
        let mut details = Details {
            product_version: self.product_version.clone(),
            license_type: self.license_type.clone(),
            transfer_policy: self.transfer_policy.clone(),
            document: problems.line("document", "The reference of its papers", &self.document, 255),
            note: problems.lines("note", "The note", &self.note, 2_000),
            ..Details::default()
        };
        self.numbers(&mut details, problems);
        if Version::parse(&self.product_version).is_none() {
            problems.add("product_version", "Choose the product version that was bought.");
        }
        if LicenseType::parse(&self.license_type).is_none() {
            problems.add("license_type", "Choose the license type that was bought.");
        }
        match whole(self.quantity.trim()) {
            Some(quantity) if (1..=9_999_999).contains(&quantity) => details.quantity = quantity,
            _ => problems.add("quantity", "Type how many licenses were bought: a number from 1 to 9,999,999."),
        }
        details.purchased_on = problems.past_day("purchased_on", &self.purchased_on, now);
        if !POLICIES.iter().any(|(policy, ..)| *policy == self.transfer_policy) {
            problems.add("transfer_policy", "Choose when its seats may move.");
        }
        details
    }

    /// The numbers that the program asks for; those of other programs are not kept.
    fn numbers(&self, details: &mut Details, problems: &mut Problems) {
        let Some(program) = program(&self.program) else {
            return problems.add("program", "Choose the program by which the licenses were bought.");
        };
        program.name.clone_into(&mut details.program);
        match program.asks {
            Asks::Code => {
                let code = bare(&self.retail_code);
                if code.len() != 25 && code.len() != 5 {
                    let says =
                        "A retail license code has 25 letters and digits in five groups; its last five are enough.";
                    problems.add("retail_code", says);
                }
                details.retail_code_end = code.chars().skip(code.len().saturating_sub(5)).collect();
            }
            Asks::LicenseAndAuthorization => {
                let (number, authorization) = (bare(&self.license_number), bare(&self.authorization_number));
                if number.len() != 8 || !number.chars().all(|letter| letter.is_ascii_digit()) {
                    problems.add("license_number", "An Open License’s license number has 8 digits.");
                }
                if authorization.len() != 15 {
                    let says = "An Open License’s authorization number has 15 letters and digits.";
                    problems.add("authorization_number", says);
                }
                (details.license_number, details.authorization_number) = (number, authorization);
            }
            Asks::Enrollment | Asks::Agreement => {
                let number = problems.line("agreement_number", "The number", &self.agreement_number, 64);
                if bare(&number).is_empty() {
                    problems.add("agreement_number", "Type the enrollment or agreement number.");
                }
                details.agreement_number = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(program: &str, change: impl FnOnce(&mut AgreementForm)) -> AgreementForm {
        let mut form = AgreementForm {
            company: "1".into(),
            program: program.into(),
            product_version: "2019".into(),
            license_type: "per_device".into(),
            quantity: "50".into(),
            ..AgreementForm::usual()
        };
        change(&mut form);
        form
    }

    /// 22 August 2026.
    const NOW: Moment = Moment(1_787_356_800);

    #[test]
    fn each_program_asks_for_its_own_numbers() {
        type Change = fn(&mut AgreementForm);
        let table: [(&str, Change, &str); 10] = [
            ("retail", |form| form.retail_code = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2".into(), ""),
            ("retail", |form| form.retail_code = "wxyz2".into(), ""),
            ("retail", |form| form.retail_code = "ABCDE-FGHJK".into(), "retail_code"),
            ("open_license", |form| form.license_number = "1234567".into(), "license_number authorization_number"),
            ("select", |form| form.agreement_number = "12345".into(), ""),
            ("select", |form| form.agreement_number = " - ".into(), "agreement_number"),
            ("other", |form| form.quantity = "0".into(), "agreement_number quantity"),
            ("select", |form| form.purchased_on = "2126-08-22".into(), "agreement_number purchased_on"),
            ("", |form| form.purchased_on = "1/2/2020".into(), "program purchased_on"),
            (
                "select",
                |form| *form = AgreementForm::default(),
                "company program product_version license_type quantity transfer_policy",
            ),
        ];
        for (program, change, wrong) in table {
            let found = form(program, change).check(NOW);
            let fields = found.err().unwrap_or_default();
            let fields: Vec<&str> = fields.iter().map(|problem| &*problem.field).collect();
            assert_eq!(fields.join(" "), wrong, "{program}");
        }
    }

    #[test]
    fn only_the_end_of_a_retail_code_is_kept() {
        let form = form("retail", |form| form.retail_code = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2".into());
        let (_, details) = form.check(NOW).unwrap();
        assert_eq!((details.retail_code_end.as_str(), details.search().as_str()), ("WXYZ2", "WXYZ2"));
        assert!(!serde_json::json!(details).to_string().contains("FGHJK"));
    }
}
