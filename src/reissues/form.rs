//! The forms about a request, and what they are checked for.

use serde::Deserialize;

use super::reissue::{CAUSES, Reason};
use crate::check::Problems;
use crate::ids::{AgreementId, KeyPackId, LicenseServerId, TransferId};
use crate::products::product::{LicenseType, Version};

/// The most transfers, and the most replaced packs, of one request.
pub const MOST: usize = 500;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewReissue {
    /// The seats of transfers that wait.
    OfTransfers {
        /// The transfers.
        transfers: Vec<TransferId>,
        /// Anything else.
        note: String,
    },
    /// So many licenses, whatever becomes of them.
    OfLicenses(Wanted),
}

/// Licenses that are asked for by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The server that they are for.
    pub server: LicenseServerId,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The purchase that is named in the call.
    pub agreement: Option<AgreementId>,
    /// How many.
    pub quantity: i64,
    /// What for.
    pub reason: Reason,
    /// Why, where no seat moves.
    pub cause: String,
    /// The packs in whose place they come.
    pub replaces: Vec<KeyPackId>,
    /// Anything else.
    pub note: String,
}

/// The form that opens a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReissueForm {
    /// The numbers of the transfers that it asks for; none: it asks for a number of licenses.
    pub transfers: Vec<String>,
    /// The license server's number.
    pub license_server: String,
    /// The product version, as stored.
    pub product_version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The agreement's number.
    pub agreement: String,
    /// How many licenses.
    pub quantity: String,
    /// `transfer`, `reinstall` or `migration`.
    pub reason: String,
    /// Why, where no seat moves.
    pub cause: String,
    /// The numbers of the key packs in whose place they come.
    pub replaces: Vec<String>,
    /// Anything else.
    pub note: String,
}

fn ids(problems: &mut Problems, field: &'static str, typed: &[String], says: &str) -> Vec<i64> {
    if typed.len() > MOST {
        problems.add(field, format!("One request holds at most {MOST}. Make several."));
        return Vec::new();
    }
    let number = |text: &String| text.trim().trim_start_matches("T-").parse::<i64>().ok().filter(|id| *id > 0);
    let numbers: Option<Vec<i64>> = typed.iter().filter(|text| !text.trim().is_empty()).map(number).collect();
    numbers.unwrap_or_else(|| {
        problems.add(field, says);
        Vec::new()
    })
}

impl ReissueForm {
    /// What is asked for, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<NewReissue, Problems> {
        let mut problems = Problems::none();
        let note = problems.lines("note", "The note", &self.note, 2_000);
        let transfers = ids(&mut problems, "transfers", &self.transfers, "Name transfers by their numbers.");
        if !self.transfers.is_empty() {
            let transfers = transfers.into_iter().map(TransferId).collect();
            return problems.or(NewReissue::OfTransfers { transfers, note });
        }
        let wanted = self.wanted(note, &mut problems);
        problems.or(NewReissue::OfLicenses(wanted))
    }

    fn wanted(&self, note: String, problems: &mut Problems) -> Wanted {
        let server = self.license_server.trim().parse().unwrap_or_else(|_| {
            problems.add("license_server", "Choose the license server that it is for.");
            0
        });
        if Version::parse(&self.product_version).is_none() {
            problems.add("product_version", "Choose the product version.");
        }
        if LicenseType::parse(&self.license_type).is_none() {
            problems.add("license_type", "Choose the license type.");
        }
        let how_many = "Type how many licenses are asked for: a number from 1 to 9,999,999.";
        let quantity = problems.number("quantity", &self.quantity, 1..=9_999_999, how_many);
        if self.quantity.trim().is_empty() {
            problems.add("quantity", how_many);
        }
        let reason = if self.reason.is_empty() { Some(Reason::Transfer) } else { Reason::parse(&self.reason) };
        let reason = reason.unwrap_or_else(|| {
            problems.add("reason", "Choose what the licenses are for.");
            Reason::Transfer
        });
        let known = CAUSES.iter().any(|(name, _)| *name == self.cause);
        if !known && !self.cause.is_empty() {
            problems.add("cause", "Choose why the licenses are asked for.");
        }
        let says = "Name key packs by their numbers.";
        let replaces = ids(problems, "replaces", &self.replaces, says);
        if reason == Reason::Transfer && !replaces.is_empty() {
            problems.add("replaces", "A transfer replaces no key pack. Choose another reason, or leave the packs out.");
        }
        let agreement = problems.number("agreement", &self.agreement, 1..=i64::MAX, "Choose one of the agreements.");
        Wanted {
            server: LicenseServerId(server),
            version: self.product_version.clone(),
            license_type: self.license_type.clone(),
            agreement: agreement.map(AgreementId),
            quantity: quantity.unwrap_or(1),
            reason,
            cause: self.cause.clone(),
            replaces: replaces.into_iter().map(KeyPackId).collect(),
            note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_request_names_every_problem_at_once() {
        let form = ReissueForm { reason: "because".into(), cause: "none".into(), ..ReissueForm::default() };
        let problems = form.check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(fields, ["license_server", "product_version", "license_type", "quantity", "reason", "cause"]);
    }

    #[test]
    fn transfers_are_named_by_number_with_or_without_their_letter() {
        let form = |typed: &[&str]| ReissueForm {
            transfers: typed.iter().map(|text| (*text).to_owned()).collect(),
            ..ReissueForm::default()
        };
        let NewReissue::OfTransfers { transfers, .. } = form(&["T-3", " 5 "]).check().unwrap() else { panic!() };
        assert_eq!(transfers, [TransferId(3), TransferId(5)]);
        assert!(form(&["T-x"]).check().unwrap_err().of_field("transfers").is_some());
        assert!(form(&vec!["1"; MOST + 1]).check().unwrap_err().of_field("transfers").is_some());
    }

    #[test]
    fn only_a_reinstall_or_a_migration_replaces_key_packs() {
        let form = |reason: &str| ReissueForm {
            license_server: "1".into(),
            product_version: "2019".into(),
            license_type: "per_device".into(),
            quantity: "10".into(),
            reason: reason.into(),
            replaces: vec!["4".into()],
            ..ReissueForm::default()
        };
        assert!(form("reinstall").check().is_ok() && form("migration").check().is_ok());
        assert!(form("").check().unwrap_err().of_field("replaces").is_some());
    }
}
