//! An agreement, the programs by which licenses are bought, and when its seats may move.

use serde::Serialize;

use crate::ids::{AgreementId, CompanyId};
use crate::moment::Moment;
use crate::products::product;

/// A license program, as Microsoft's wizard calls it, and which numbers it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// As it is stored: `open_license`.
    pub name: &'static str,
    /// As the wizard says it.
    pub label: &'static str,
    /// Which of the numbers belongs to it.
    pub asks: Asks,
}

/// The numbers that a program asks for (Microsoft, `Win32_TSLicenseKeyPack`'s install methods).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A license code of 25 characters; only its last five are kept.
    Code,
    /// A license number of 8 digits and an authorization number of 15 characters.
    LicenseAndAuthorization,
    /// An enrollment number of 7 digits.
    Enrollment,
    /// An agreement number, whose length varies.
    Agreement,
}

/// Every license program.
pub const PROGRAMS: [Program; 8] = [
    Program { name: "retail", label: "License Pack (Retail Purchase)", asks: Asks::Code },
    Program { name: "open_license", label: "Open License", asks: Asks::LicenseAndAuthorization },
    Program { name: "select", label: "Select License", asks: Asks::Enrollment },
    Program { name: "enterprise", label: "Enterprise Agreement", asks: Asks::Enrollment },
    Program { name: "campus", label: "Campus Agreement", asks: Asks::Enrollment },
    Program { name: "school", label: "School Agreement", asks: Asks::Enrollment },
    Program { name: "spla", label: "Service Provider License Agreement", asks: Asks::Enrollment },
    Program { name: "other", label: "Other agreement", asks: Asks::Agreement },
];

/// The program of a stored name.
pub fn program(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}

/// When a seat bought by an agreement may move: stored name, label, meaning.
pub const POLICIES: [(&str, &str, &str); 3] = [
    ("one_time", "One-time", "Each seat moves once, permanently (KB 315262)."),
    ("ninety_day", "Ninety days", "A seat moves at most every 90 days, except after a hardware failure or loss."),
    ("none", "No rule", "Moves are recorded, never refused."),
];

/// The label of a stored transfer policy.
pub fn policy_label(name: &str) -> &str {
    POLICIES.iter().find(|(policy, ..)| *policy == name).map_or(name, |(_, label, _)| label)
}

/// What is recorded of a purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// The program, as [`Program::name`] stores it.
    pub program: String,
    /// Open License: the license number.
    pub license_number: String,
    /// Open License: the authorization number.
    pub authorization_number: String,
    /// The others: the enrollment or agreement number.
    pub agreement_number: String,
    /// Retail: the last five characters of the license code.
    pub retail_code_end: String,
    /// The product version, as stored.
    pub product_version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// How many licenses were bought.
    pub quantity: i64,
    /// The day of the purchase.
    pub purchased_on: Option<String>,
    /// When its seats may move, as [`POLICIES`] stores it.
    pub transfer_policy: String,
    /// Where its papers are.
    pub document: String,
    /// Anything else.
    pub note: String,
}

impl Details {
    /// The numbers it may be looked for by: without blanks and hyphens, in capitals.
    pub fn search(&self) -> String {
        let numbers = [&self.license_number, &self.authorization_number, &self.agreement_number, &self.retail_code_end];
        let plain = numbers.map(|number| bare(number)).into_iter().filter(|number| !number.is_empty());
        plain.collect::<Vec<_>>().join(" ")
    }

    /// What looks odd in it, a sentence each: worth a look, but no reason to refuse.
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if program(&self.program).is_some_and(|program| program.asks == Asks::Enrollment) {
            let number = bare(&self.agreement_number);
            if number.len() != 7 || !number.chars().all(|letter| letter.is_ascii_digit()) {
                let number = &self.agreement_number;
                doubts.push(format!("Microsoft asks for an enrollment number of 7 digits; this one is {number}."));
            }
        }
        doubts
    }
}

/// A number without blanks, hyphens and dots, in capitals.
pub fn bare(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// An agreement as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Agreement {
    /// Its number here.
    pub id: AgreementId,
    /// The company that bought.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// What is recorded of it.
    #[sqlx(flatten)]
    pub details: Details,
    /// Since when it is recorded.
    pub created_at: Moment,
    /// Since when it is retired.
    pub retired_at: Option<Moment>,
}

impl Agreement {
    /// The program, as the wizard says it.
    pub fn program_label(&self) -> &str {
        program(&self.details.program).map_or("", |program| program.label)
    }

    /// The number that tells it from others, as papers show it.
    pub fn number(&self) -> String {
        let details = &self.details;
        match program(&details.program).map(|program| program.asks) {
            Some(Asks::Code) => format!("…-{}", details.retail_code_end),
            Some(Asks::LicenseAndAuthorization) => details.license_number.clone(),
            _ => details.agreement_number.clone(),
        }
    }

    /// What was bought: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        product::words(&self.details.product_version, &self.details.license_type)
    }

    /// The numbers that its papers show and a call asks for, each with its name.
    pub fn numbers(&self) -> Vec<(&'static str, String)> {
        let details = &self.details;
        let named = match program(&details.program).map(|program| program.asks) {
            Some(Asks::Code) => vec![("License code", self.number())],
            Some(Asks::LicenseAndAuthorization) => vec![
                ("License number", details.license_number.clone()),
                ("Authorization number", details.authorization_number.clone()),
            ],
            Some(Asks::Enrollment) => vec![("Enrollment number", details.agreement_number.clone())],
            Some(Asks::Agreement) | None => vec![("Agreement number", details.agreement_number.clone())],
        };
        named.into_iter().filter(|(_, number)| !number.is_empty()).collect()
    }

    /// When its seats may move, in a word.
    pub fn policy(&self) -> &str {
        policy_label(&self.details.transfer_policy)
    }

    /// What a page about it is called.
    pub fn title(&self) -> String {
        format!("{} {}", self.program_label(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_enrollment_number_is_a_doubt_and_an_odd_agreement_number_is_none() {
        for (program, number, doubts) in [
            ("select", "1234567", 0),
            ("select", "123 4567", 0),
            ("spla", "12345678", 1),
            ("campus", "12345AB", 1),
            ("other", "X1", 0),
        ] {
            let details = Details { program: program.into(), agreement_number: number.into(), ..Details::default() };
            assert_eq!(details.doubts().len(), doubts, "{program} {number}");
        }
    }
}
