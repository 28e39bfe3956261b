//! A key pack installation: where it came from, how much it holds and how much of it is used.

use super::product::title;
use super::state::State;
use crate::ids::{AgreementId, KeyPackId, LicenseServerId, ReissueId};
use crate::moment::Moment;
use crate::web::format::number;

/// How a key pack came to be on its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Nobody has said yet.
    Unknown,
    /// Bought.
    Original,
    /// Given by Microsoft for seats that moved.
    Reissue,
    /// Installed again after the server's database was lost.
    Reinstall,
    /// Moved here from another server.
    Migration,
    /// Made from licenses of the other type.
    Conversion,
    /// Part of Windows.
    BuiltIn,
    /// The pool of temporary licenses.
    Temporary,
    /// The pool that counts use beyond what is owned.
    OverUsed,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Origin; 9] = [
        Origin::Unknown,
        Origin::Original,
        Origin::Reissue,
        Origin::Reinstall,
        Origin::Migration,
        Origin::Conversion,
        Origin::BuiltIn,
        Origin::Temporary,
        Origin::OverUsed,
    ];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Unknown => "unknown",
            Origin::Original => "original",
            Origin::Reissue => "reissue",
            Origin::Reinstall => "reinstall",
            Origin::Migration => "migration",
            Origin::Conversion => "conversion",
            Origin::BuiltIn => "built_in",
            Origin::Temporary => "temporary",
            Origin::OverUsed => "over_used",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Origin::Unknown => "Unknown",
            Origin::Original => "Original",
            Origin::Reissue => "Reissue",
            Origin::Reinstall => "Reinstall",
            Origin::Migration => "Migration",
            Origin::Conversion => "Conversion",
            Origin::BuiltIn => "Built-in",
            Origin::Temporary => "Temporary",
            Origin::OverUsed => "Over-used",
        }
    }

    /// Whether it is a pool that Windows makes itself: nobody bought it, and it may have no end.
    pub fn is_pool(self) -> bool {
        matches!(self, Origin::BuiltIn | Origin::Temporary | Origin::OverUsed)
    }

    /// The origin that is written `text`.
    pub fn parse(text: &str) -> Option<Origin> {
        Origin::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// A key pack as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyPack {
    /// Its number here.
    pub id: KeyPackId,
    /// The server it is installed on.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// The company whose server it is.
    pub company: String,
    /// Which of the server's license databases it belongs to.
    pub epoch: i64,
    /// The small number that the server gave it; never the 35-character license key pack ID.
    pub keypack_id: Option<i64>,
    /// How it came to be there.
    pub origin: Origin,
    /// The product version, as stored.
    pub version: String,
    /// What it is counted by, as stored.
    pub license_type: String,
    /// The product code, such as `A02-6.02-S`.
    pub product_code: String,
    /// The version in the server's own language.
    pub product_version: String,
    /// The server's number for the product version.
    pub product_version_id: Option<i64>,
    /// The server's number for the license program.
    pub key_pack_type: Option<i64>,
    /// The server's number for what it is counted by.
    pub product_type: Option<i64>,
    /// Type and model in the server's words, such as `RDS Per Device CAL`.
    pub type_and_model: String,
    /// The sessions that a license of it allows, as the server's number.
    pub access_rights: Option<i64>,
    /// How many licenses it holds; nothing: unlimited.
    pub quantity: Option<i64>,
    /// How many of them are issued, as the server last said.
    pub issued: Option<i64>,
    /// How many of them are free, as the server last said.
    pub available: Option<i64>,
    /// When it expires.
    pub expires_at: Moment,
    /// Since when a key pack export describes it; never: only licenses told of it.
    pub described_at: Option<Moment>,
    /// The import that first showed it.
    pub first_import_id: Option<i64>,
    /// Since when it is known here.
    pub created_at: Moment,
    /// Since when the server no longer shows it.
    pub gone_at: Option<Moment>,
    /// What is to be done about it: `reissue_unissued`, `reinstall_or_migrate`, or nothing.
    pub follow_up: String,
    /// Where it stands.
    pub state: State,
    /// Whether people recorded it (1), or a server's export (0).
    pub entered_by_hand: i64,
    /// The last group of its license key pack ID, where that is recorded.
    pub license_key_pack_id_end: Option<String>,
    /// The purchase that it came with.
    pub agreement_id: Option<AgreementId>,
    /// The number on that purchase's papers.
    pub agreement_number: Option<String>,
    /// The day on which it was installed, where that is recorded.
    pub installed_on: Option<String>,
    /// Anything else.
    pub note: String,
    /// Why its server refused it, as [`super::installing::FAILURES`] stores it.
    pub failure: String,
    /// The request that brought it.
    pub reissue_id: Option<ReissueId>,
    /// The request that brought others in its place.
    pub superseded_by_id: Option<ReissueId>,
}

/// The license program in Microsoft's words, by the number that a license server gives it.
pub fn program_words(key_pack_type: Option<i64>) -> &'static str {
    match key_pack_type {
        Some(1) => "Retail Purchase",
        Some(2) => "Volume Purchase",
        Some(3) => "Concurrent License",
        Some(4) => "Temporary",
        Some(5) => "Open License",
        Some(6) => "Built-in",
        Some(7 | 8) => "Built-in OverUsed",
        _ => "Unknown",
    }
}

impl KeyPack {
    /// Whether somebody still has to install it.
    pub fn is_to_install(&self) -> bool {
        matches!(self.state, State::Received | State::InstallFailed)
    }

    /// License version and type, as Microsoft's tool heads its list: `Windows Server 2019 – RDS Per Device CAL`.
    pub fn name(&self) -> String {
        title((&self.version, &self.license_type), (&self.product_version, &self.type_and_model))
    }

    /// The license program in Microsoft's words.
    pub fn program(&self) -> &'static str {
        // No server told; of what people recorded, the origin says it.
        if self.key_pack_type.is_none() && self.entered_by_hand == 1 { "" } else { program_words(self.key_pack_type) }
    }

    /// Whether an export or a person described it; otherwise only its licenses told of it.
    pub fn is_described(&self) -> bool {
        self.described_at.is_some() || self.entered_by_hand == 1
    }

    /// Whether an export has shown it, so that its server says what it holds.
    pub fn is_told(&self) -> bool {
        self.described_at.is_some() || self.first_import_id.is_some()
    }

    /// Where it stands; nothing where it is installed, as nearly all are.
    pub fn standing(&self) -> Option<State> {
        Some(self.state).filter(|state| *state != State::Installed)
    }

    /// Its license key pack ID in groups, masked but for the last; empty where none is recorded.
    pub fn masked_groups(&self) -> Vec<String> {
        let Some(end) = &self.license_key_pack_id_end else { return Vec::new() };
        std::iter::repeat_n("•••••".to_owned(), 6).chain([end.clone()]).collect()
    }

    /// What is to be done about it, in words; empty: nothing.
    pub fn to_do(&self) -> &'static str {
        match self.follow_up.as_str() {
            "reissue_unissued" => "unissued licenses must be reissued",
            "reinstall_or_migrate" => "must be reinstalled or migrated",
            _ => "",
        }
    }

    /// Whether the server no longer shows it.
    pub fn is_gone(&self) -> bool {
        self.gone_at.is_some()
    }

    /// Whether it holds any number of licenses.
    pub fn is_unlimited(&self) -> bool {
        self.is_described() && self.quantity.is_none()
    }

    /// By how many licenses it is over-used; 0 when it is not.
    pub fn over(&self) -> i64 {
        match (self.quantity, self.issued) {
            (Some(quantity), Some(issued)) => (issued - quantity).max(0),
            _ => 0,
        }
    }

    /// `over-used by 3`.
    pub fn over_text(&self) -> String {
        format!("over-used by {}", number(self.over()))
    }

    /// Total licenses, in words.
    pub fn total_text(&self) -> String {
        match self.quantity {
            Some(quantity) => number(quantity),
            None if self.is_described() => "Unlimited".to_owned(),
            None => String::new(),
        }
    }

    /// `20 licenses`.
    pub fn licenses_text(&self) -> String {
        format!("{} license{}", self.total_text(), if self.quantity == Some(1) { "" } else { "s" })
    }

    /// Available licenses, in words; empty where the server does not say.
    pub fn available_text(&self) -> String {
        match self.available {
            Some(available) => number(available),
            None if self.is_unlimited() => "Unlimited".to_owned(),
            None => String::new(),
        }
    }

    /// Issued licenses; empty where the server does not say.
    pub fn issued_text(&self) -> String {
        self.issued.map(number).unwrap_or_default()
    }

    /// Issued and total for a gauge; none where there is nothing to compare.
    pub fn used(&self) -> Option<(i64, i64)> {
        Some((self.issued?, self.quantity.filter(|quantity| *quantity > 0)?))
    }

    /// The server's small number for it; empty for one that a person entered.
    pub fn keypack_text(&self) -> String {
        self.keypack_id.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// What one import said of a key pack.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Count {
    /// When the export was taken.
    pub captured_at: Moment,
    /// The import.
    pub import_id: i64,
    /// Total licenses; nothing: unlimited.
    pub quantity: Option<i64>,
    /// Issued licenses.
    pub issued: Option<i64>,
    /// Available licenses.
    pub available: Option<i64>,
}

impl Count {
    /// Total licenses, in words.
    pub fn total_text(&self) -> String {
        self.quantity.map_or_else(|| "Unlimited".to_owned(), number)
    }

    /// Issued licenses, in words.
    pub fn issued_text(&self) -> String {
        self.issued.map(number).unwrap_or_default()
    }

    /// Available licenses, in words.
    pub fn available_text(&self) -> String {
        self.available.map(number).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> KeyPack {
        KeyPack {
            id: KeyPackId(1),
            server_id: LicenseServerId(1),
            server: "LIC-01".into(),
            company: "Contoso".into(),
            epoch: 1,
            keypack_id: Some(3),
            origin: Origin::Original,
            version: "2019".into(),
            license_type: "per_device".into(),
            product_code: "A02-10.01-S".into(),
            product_version: "Windows Server 2019".into(),
            product_version_id: Some(5),
            key_pack_type: Some(2),
            product_type: Some(0),
            access_rights: Some(7),
            type_and_model: "RDS Per Device CAL".into(),
            quantity: Some(20),
            issued: Some(23),
            available: Some(0),
            expires_at: Moment::NEVER,
            described_at: Some(Moment(1)),
            first_import_id: None,
            created_at: Moment(1),
            gone_at: None,
            follow_up: String::new(),
            state: State::Installed,
            entered_by_hand: 0,
            license_key_pack_id_end: None,
            agreement_id: None,
            agreement_number: None,
            installed_on: None,
            note: String::new(),
            failure: String::new(),
            reissue_id: None,
            superseded_by_id: None,
        }
    }

    #[test]
    fn over_use_is_what_is_issued_beyond_the_total() {
        assert_eq!(pack().over_text(), "over-used by 3");
        for (quantity, issued) in [(Some(23), Some(23)), (None, Some(900)), (Some(5), None)] {
            assert_eq!(KeyPack { quantity, issued, ..pack() }.over(), 0);
        }
    }

    #[test]
    fn only_a_described_pack_is_unlimited() {
        let unlimited = KeyPack { quantity: None, available: None, ..pack() };
        assert_eq!((unlimited.total_text().as_str(), unlimited.available_text().as_str()), ("Unlimited", "Unlimited"));
        let placeholder = KeyPack { described_at: None, ..unlimited };
        assert_eq!((placeholder.total_text(), placeholder.available_text()), (String::new(), String::new()));
    }

    #[test]
    fn a_pack_is_named_by_version_and_type_whatever_is_known_of_them() {
        assert_eq!(pack().name(), "Windows Server 2019 – RDS Per Device CAL");
        let bare = KeyPack { type_and_model: String::new(), ..pack() };
        assert_eq!(bare.name(), "Windows Server 2019 Per Device");
        let odd = KeyPack { version: String::new(), product_version: "Windows Server 7".into(), ..pack() };
        assert_eq!(odd.name(), "Windows Server 7 – RDS Per Device CAL");
        assert!(Origin::ALL.iter().all(|origin| Origin::parse(origin.as_str()) == Some(*origin)));
    }
}
