//! The form of a key pack, and what it is checked for.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::key_pack::Origin;
use super::state::State;
use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::history::line::hex;
use crate::ids::LicenseServerId;
use crate::license_servers::license_server::long_id;
use crate::moment::Moment;
use crate::products::product::{LicenseType, Version};

/// What people record of a key pack; no server tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Recorded {
    /// How it came to be there.
    pub origin: Origin,
    /// Where it stands.
    pub state: State,
    /// The purchase that it came with.
    #[serde(rename = "agreement")]
    pub agreement_id: Option<i64>,
    /// The 35 characters that installed it. History never holds more than their last group.
    #[serde(serialize_with = "end_alone")]
    pub license_key_pack_id: Option<String>,
    /// The day on which it was installed.
    pub installed_on: Option<String>,
    /// Anything else.
    pub note: String,
}

/// What its server shows of a key pack; people record it only where no export has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Shown {
    /// The server's small number for it; a Windows 2000 server shows none.
    pub keypack_id: Option<i64>,
    /// The product version, as stored.
    #[serde(rename = "product_version")]
    pub version: String,
    /// What it is counted by, as stored.
    pub license_type: String,
    /// How many licenses it holds; nothing: any number.
    #[serde(rename = "total_licenses")]
    pub quantity: Option<i64>,
    /// How many of them are issued, where somebody read that.
    pub issued: Option<i64>,
    /// When it expires.
    pub expires_at: Moment,
}

impl Shown {
    /// How many licenses are left, where both numbers are known.
    pub fn available(&self) -> Option<i64> {
        Some((self.quantity? - self.issued?).max(0))
    }
}

/// Everything that is recorded of a key pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// By people.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub recorded: Recorded,
    /// By its server, else by people.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub shown: Shown,
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
/// The last group of a license key pack ID, and a mark that tells two of the same ending apart.
fn end_alone<S: serde::Serializer>(id: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    let Some(id) = id else { return to.serialize_none() };
    let sum = hex(&Sha256::digest(id.as_bytes()));
    let mark = sum.get(..6).unwrap_or_default();
    to.serialize_str(&format!("…-{} ({mark})", last_group(id)))
}

/// The last five characters of an ID.
pub fn last_group(id: &str) -> &str {
    let start = id.char_indices().rev().nth(4).map_or(0, |(at, _)| at);
    id.get(start..).unwrap_or(id)
}

/// The form of a new key pack, or of a correction.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct KeyPackForm {
    /// The license server's number.
    pub license_server: String,
    /// The server's small number for it.
    pub keypack_id: String,
    /// The product version, as stored.
    pub product_version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// How many licenses it holds.
    pub total: String,
    /// How many of them are issued.
    pub issued: String,
    /// The day on which it expires.
    pub expires_on: String,
    /// How it came to be there.
    pub origin: String,
    /// Where it stands.
    pub state: String,
    /// The agreement's number.
    pub agreement: String,
    /// The 35 characters, with or without hyphens and blanks. A correction: empty keeps those recorded.
    pub license_key_pack_id: String,
    /// Set: the license key pack ID recorded is not this pack's.
    #[schema(value_type = bool)]
    pub forget_license_key_pack_id: String,
    /// The day on which it was installed.
    pub installed_on: String,
    /// Anything else.
    pub note: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

/// A corrected key pack: what becomes of its license key pack ID is said beside.
pub type Corrected = (Details, IdChange, Correction);

/// What a correction says of the license key pack ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdChange {
    /// As it is recorded.
    Keep,
    /// The one given.
    Set,
    /// It is not this pack's.
    Forget,
}

impl KeyPackForm {
    /// An empty form, with what is usual.
    pub fn usual() -> KeyPackForm {
        KeyPackForm { origin: "original".to_owned(), state: "installed".to_owned(), ..KeyPackForm::default() }
    }

    /// The form that says what is recorded now. The license key pack ID is not printed back.
    pub fn of(server: LicenseServerId, details: Details, newest: i64) -> KeyPackForm {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let Details { recorded, shown } = details;
        KeyPackForm {
            license_server: server.to_string(),
            keypack_id: text(shown.keypack_id),
            product_version: shown.version,
            license_type: shown.license_type,
            total: text(shown.quantity),
            issued: text(shown.issued),
            expires_on: shown.expires_at.typed_day(),
            origin: recorded.origin.as_str().to_owned(),
            state: recorded.state.as_str().to_owned(),
            agreement: text(recorded.agreement_id),
            license_key_pack_id: String::new(),
            forget_license_key_pack_id: String::new(),
            installed_on: recorded.installed_on.unwrap_or_default(),
            note: recorded.note,
            correction: CorrectionForm::at(newest),
        }
    }

    /// The key pack and its server's number, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<(LicenseServerId, Details), Problems> {
        let mut problems = Problems::none();
        let server = self.license_server.trim().parse().unwrap_or_else(|_| {
            problems.add("license_server", "Choose the license server that it is for.");
            0
        });
        let recorded = self.recorded(now, &mut problems);
        let shown = self.shown(recorded.origin, &mut problems);
        problems.or((LicenseServerId(server), Details { recorded, shown }))
    }

    /// The corrected key pack and why, or all that is wrong. `told`: an export has shown it, so that what its server
    /// shows stays as the server shows it.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, told: bool, now: Moment) -> Result<Corrected, Problems> {
        let mut problems = Problems::none();
        let recorded = self.recorded(now, &mut problems);
        let shown = if told { Shown::default() } else { self.shown(recorded.origin, &mut problems) };
        let change = match (&recorded.license_key_pack_id, self.forget_license_key_pack_id.is_empty()) {
            (None, true) => IdChange::Keep,
            (Some(_), true) => IdChange::Set,
            (None, false) => IdChange::Forget,
            (Some(_), false) => {
                let says = "Either type the right license key pack ID, or take the recorded one away: not both.";
                problems.add("license_key_pack_id", says);
                IdChange::Keep
            }
        };
        let correction = self.correction.check(now, &mut problems);
        problems.or((Details { recorded, shown }, change, correction))
    }

    fn recorded(&self, now: Moment, problems: &mut Problems) -> Recorded {
        let origin = Origin::parse(&self.origin).unwrap_or_else(|| {
            problems.add("origin", "Choose how it came to be on the server.");
            Origin::Unknown
        });
        let state = State::parse(&self.state).unwrap_or_else(|| {
            problems.add("state", "Choose where it stands.");
            State::Installed
        });
        Recorded {
            origin,
            state,
            agreement_id: problems.number("agreement", &self.agreement, 1..=i64::MAX, "Choose one of the agreements."),
            license_key_pack_id: self.license_key_pack_id(problems),
            installed_on: problems.past_day("installed_on", &self.installed_on, now),
            note: problems.lines("note", "The note", &self.note, 2_000),
        }
    }

    fn license_key_pack_id(&self, problems: &mut Problems) -> Option<String> {
        if self.license_key_pack_id.trim().is_empty() {
            return None;
        }
        long_id(&self.license_key_pack_id).map_err(|says| problems.add("license_key_pack_id", says)).ok()
    }

    fn shown(&self, origin: Origin, problems: &mut Problems) -> Shown {
        if Version::parse(&self.product_version).is_none() {
            problems.add("product_version", "Choose the product version.");
        }
        if LicenseType::parse(&self.license_type).is_none() {
            problems.add("license_type", "Choose the license type.");
        }
        let total = "Type how many licenses it holds: a number from 1 to 9,999,999.";
        let quantity = problems.number("total", &self.total, 1..=9_999_999, total);
        if self.total.trim().is_empty() && !origin.is_pool() {
            problems.add("total", "Type how many licenses it holds. Only a pool of Windows itself has no end.");
        }
        let small = "Type the number under “Keypack ID” in the server’s list, or leave it empty.";
        let issued = "Type how many of its licenses are issued, or leave it empty.";
        Shown {
            keypack_id: problems.number("keypack_id", &self.keypack_id, 0..=i64::from(i32::MAX), small),
            version: self.product_version.clone(),
            license_type: self.license_type.clone(),
            quantity,
            issued: problems.number("issued", &self.issued, 0..=9_999_999, issued),
            expires_at: problems
                .day("expires_on", &self.expires_on)
                .and_then(|day| Moment::noon_of(&day))
                .unwrap_or(Moment::NEVER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 22 August 2026.
    const NOW: Moment = Moment(1_787_356_800);

    fn filled() -> KeyPackForm {
        KeyPackForm {
            license_server: "1".into(),
            product_version: "2000".into(),
            license_type: "per_device".into(),
            total: "20".into(),
            ..KeyPackForm::usual()
        }
    }

    #[test]
    fn a_refused_key_pack_names_every_problem_at_once() {
        let form = KeyPackForm { license_key_pack_id: "BCDFG".into(), total: "0".into(), ..KeyPackForm::default() };
        let problems = form.check(NOW).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(
            fields,
            ["license_server", "origin", "state", "license_key_pack_id", "product_version", "license_type", "total"]
        );
        assert!(filled().check(NOW).is_ok());
    }

    #[test]
    fn only_a_pool_of_windows_itself_has_no_end() {
        let endless = |origin: &str| KeyPackForm { total: String::new(), origin: origin.into(), ..filled() };
        for origin in Origin::ALL {
            assert_eq!(endless(origin.as_str()).check(NOW).is_ok(), origin.is_pool(), "{origin:?}");
        }
    }

    #[test]
    fn history_tells_two_ids_of_the_same_ending_apart_and_gives_neither_away() {
        let said = |id: &str| {
            let (_, mut details) = filled().check(NOW).unwrap();
            details.recorded.license_key_pack_id = Some(id.to_owned());
            serde_json::to_value(&details).unwrap().get("license_key_pack_id").unwrap().as_str().unwrap().to_owned()
        };
        let (one, other) = (said("BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ"), said("CCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ"));
        assert!(one.starts_with("…-JKMPQ (") && other.starts_with("…-JKMPQ ("), "{one} {other}");
        assert_ne!(one, other);
    }

    #[test]
    fn a_correction_keeps_sets_or_forgets_the_license_key_pack_id() {
        let id = "BCDFG HJKMP QRTVW XY234 6789B CDFGH JKMPQ";
        for (typed, forget, change) in [
            ("", "", Some(IdChange::Keep)),
            (id, "", Some(IdChange::Set)),
            ("", "yes", Some(IdChange::Forget)),
            (id, "yes", None),
        ] {
            let form = KeyPackForm {
                license_key_pack_id: typed.into(),
                forget_license_key_pack_id: forget.into(),
                correction: CorrectionForm { reason: "read again".into(), ..CorrectionForm::default() },
                ..filled()
            };
            assert_eq!(form.check_correction(false, Moment(0)).ok().map(|(_, change, _)| change), change);
        }
    }
}
