//! A transfer, its states, and the answer to *may it move?*

use crate::ids::{ClientId, KeyPackId, LicenseId, LicenseServerId, ReissueId, TransferId};
use crate::key_packs::product::words;
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a call to Microsoft.
    Queued,
    /// A call asks for it.
    Requested,
    /// Microsoft reissued the license; the destination has not connected yet.
    Granted,
    /// The destination holds the seat.
    Completed,
    /// Microsoft said no.
    Denied,
    /// Our people took it back before a grant.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [State; 6] =
        [State::Queued, State::Requested, State::Granted, State::Completed, State::Denied, State::Cancelled];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Requested => "requested",
            State::Granted => "granted",
            State::Completed => "completed",
            State::Denied => "denied",
            State::Cancelled => "cancelled",
        }
    }

    /// Its word, for a badge.
    pub fn word(self) -> &'static str {
        match self {
            State::Queued => "Queued",
            State::Requested => "Requested",
            State::Granted => "Granted",
            State::Completed => "Completed",
            State::Denied => "Denied",
            State::Cancelled => "Cancelled",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            State::Queued => Meaning::Act,
            State::Requested | State::Granted => Meaning::Wait,
            State::Completed => Meaning::Done,
            State::Denied => Meaning::Stop,
            State::Cancelled => Meaning::Plain,
        }
    }

    /// The state that is written `text`.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether our people may take it back: Microsoft has granted nothing yet.
    pub fn may_be_cancelled(self) -> bool {
        matches!(self, State::Queued | State::Requested)
    }

    /// Whether the seat is still on its way.
    pub fn is_open(self) -> bool {
        matches!(self, State::Queued | State::Requested | State::Granted)
    }
}

/// Why a seat moves: stored name, words, whether *ninety days* lets it move sooner.
pub const REASONS: [(&str, &str, bool); 5] = [
    ("permanent", "Permanent transfer to another client computer", false),
    ("hardware_failed", "Client hardware failed", true),
    ("lost", "Client lost or stolen", true),
    ("reinstalled", "Client reinstalled and lost its license", false),
    ("other", "Other", false),
];

/// What is asked of whoever cancels a transfer, says that it was denied, or lets it move against the rule.
pub const CANCELLED: &str = "Say why it is cancelled";
/// The same of a denial.
pub const DENIED: &str = "Say why Microsoft said no, and to whom";
/// The same of an override.
pub const OVERRIDDEN: &str = "Say why it may move still";

/// A stored reason in words.
pub fn reason_words(name: &str) -> &str {
    REASONS.iter().find(|(reason, ..)| *reason == name).map_or(name, |(_, words, _)| words)
}

/// A transfer as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Transfer {
    /// Its number: `T-88`.
    pub id: TransferId,
    /// The seat: its first license's number, `S-1042`.
    pub seat_id: LicenseId,
    /// Which move of the seat it is.
    pub move_number: i64,
    /// The license that moves.
    pub license_id: LicenseId,
    /// The client that gives the seat.
    pub source_id: ClientId,
    /// That client's name.
    pub source: String,
    /// The client that takes it.
    pub destination_id: ClientId,
    /// That client's name.
    pub destination: String,
    /// The license server.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// Why, as [`REASONS`] stores it.
    pub reason: String,
    /// Anything else.
    pub note: String,
    /// Where it stands.
    pub state: State,
    /// Why an admin let it move against the rule.
    pub override_reason: Option<String>,
    /// That admin.
    pub override_by: Option<String>,
    /// Since when it is queued.
    pub queued_at: Moment,
    /// Who queued it.
    pub queued_by: String,
    /// When Microsoft reissued the license.
    pub granted_at: Option<Moment>,
    /// When the destination took the seat.
    pub completed_at: Option<Moment>,
    /// The request that asks for it.
    pub reissue_id: Option<ReissueId>,
    /// The reissued key pack.
    pub key_pack_id: Option<KeyPackId>,
    /// The license that the destination holds since.
    pub destination_license_id: Option<LicenseId>,
}

/// The transfer among those on their way that moves a seat.
pub fn moving(under_way: &[Transfer], seat: Option<LicenseId>) -> Option<&Transfer> {
    under_way.iter().find(|transfer| Some(transfer.seat_id) == seat)
}

impl Transfer {
    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }

    /// Whether an admin may queue the same move once more.
    pub fn may_be_queued_again(&self) -> bool {
        matches!(self.state, State::Denied | State::Cancelled)
    }

    /// Why, in words.
    pub fn reason_words(&self) -> &str {
        reason_words(&self.reason)
    }
}
