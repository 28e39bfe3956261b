//! A request to Microsoft, and where it stands.

use crate::ids::{AgreementId, CompanyId, LicenseServerId, ReissueId};
use crate::key_packs::key_pack::Origin;
use crate::key_packs::product::words;
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing of it is granted yet.
    Open,
    /// Some of it is granted; the rest is still asked for.
    PartlyGranted,
    /// All of it is granted.
    Granted,
    /// Microsoft said no to what was still asked for.
    Denied,
    /// Our people no longer ask for the rest.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [State::Open, State::PartlyGranted, State::Granted, State::Denied, State::Withdrawn];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::PartlyGranted => "partly_granted",
            State::Granted => "granted",
            State::Denied => "denied",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Its word, for a badge.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "Open",
            State::PartlyGranted => "Partly granted",
            State::Granted => "Granted",
            State::Denied => "Denied",
            State::Withdrawn => "Withdrawn",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            State::Open | State::PartlyGranted => Meaning::Act,
            State::Granted => Meaning::Done,
            State::Denied => Meaning::Stop,
            State::Withdrawn => Meaning::Plain,
        }
    }

    /// The state that is written `text`.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a call may still ask for the rest.
    pub fn is_open(self) -> bool {
        matches!(self, State::Open | State::PartlyGranted)
    }
}

/// What a request is for; the packs that come of it have their origin by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Seats move to other computers.
    #[default]
    Transfer,
    /// Licenses of this server are to be installed on it again.
    Reinstall,
    /// Licenses of another server are to come to this one.
    Migration,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 3] = [Reason::Transfer, Reason::Reinstall, Reason::Migration];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Transfer => "transfer",
            Reason::Reinstall => "reinstall",
            Reason::Migration => "migration",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Reason::Transfer => "Transfer to other computers",
            Reason::Reinstall => "Reinstall on this server",
            Reason::Migration => "Migration to this server",
        }
    }

    /// The reason that is written `text`.
    pub fn parse(text: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// How the key packs that come of it came to be on their server.
    pub fn origin(self) -> Origin {
        match self {
            Reason::Transfer => Origin::Reissue,
            Reason::Reinstall => Origin::Reinstall,
            Reason::Migration => Origin::Migration,
        }
    }
}

/// Why licenses are asked for that move no seat: stored name, words.
pub const CAUSES: [(&str, &str); 6] = [
    ("reactivated", "License server reactivated; unissued licenses must be reissued"),
    ("replaced", "The source license server is being replaced by this license server"),
    ("no_longer_functioning", "The source license server is no longer functioning"),
    ("rebuilt", "License server database rebuilt"),
    ("wrong_pack", "Wrong program, type or quantity installed"),
    ("other", "Other"),
];

/// A stored cause in words; nothing where none is said.
pub fn cause_words(name: &str) -> &str {
    CAUSES.iter().find(|(cause, _)| *cause == name).map_or(name, |(_, words)| words)
}

/// A request as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reissue {
    /// Its number: `R-17`.
    pub id: ReissueId,
    /// The company whose licenses they are.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// The license server.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// The server's license database that it was asked for.
    pub epoch: i64,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The purchase that is named in the call.
    pub agreement_id: Option<AgreementId>,
    /// What it is for.
    pub reason: Reason,
    /// Why, where no seat moves; as [`CAUSES`] stores it.
    pub cause: String,
    /// How many licenses are asked for.
    pub quantity: i64,
    /// How many of them were granted, in all calls; those of void packs do not count.
    pub granted: i64,
    /// Anything else.
    pub note: String,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub opened_at: Moment,
    /// By whom.
    pub opened_by: String,
    /// Since when nothing of it is asked for any more.
    pub closed_at: Option<Moment>,
}

impl Reissue {
    /// How many are still to be granted.
    pub fn left(&self) -> i64 {
        (self.quantity - self.granted).max(0)
    }

    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }

    /// Why, in words.
    pub fn cause_words(&self) -> &str {
        cause_words(&self.cause)
    }
}

/// Where a request stands when so many of its licenses are granted.
pub fn standing(quantity: i64, granted: i64) -> State {
    match granted {
        0 => State::Open,
        granted if granted < quantity => State::PartlyGranted,
        _ => State::Granted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_granted_when_nothing_of_it_is_left() {
        for (granted, state) in [
            (0, State::Open),
            (1, State::PartlyGranted),
            (9, State::PartlyGranted),
            (10, State::Granted),
            (11, State::Granted),
        ] {
            assert_eq!(standing(10, granted), state, "{granted}");
        }
    }

    #[test]
    fn what_comes_of_a_request_has_its_origin() {
        for (reason, origin) in
            [("transfer", Origin::Reissue), ("reinstall", Origin::Reinstall), ("migration", Origin::Migration)]
        {
            assert_eq!(Reason::parse(reason).unwrap().origin(), origin);
        }
    }
}
