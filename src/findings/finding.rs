//! A finding: something that imports show and a person should look at, and what was said of it.

use super::ways::{self, Way};
use crate::check::Problems;
use crate::ids::{ClientId, CompanyId, FindingId, ImportId, LicenseId, LicenseServerId};
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two computers of one name and different hardware IDs hold a license each.
    SameName,
    /// Two computers of one hardware ID and different names hold a license each.
    SameHardwareId,
    /// One computer holds a full and a temporary license of one version.
    FullAndTemporary,
    /// A computer that is out of use or lost holds a license.
    RetiredHolder,
    /// A license ran out on its server, and its client was not seen for long.
    Unseen,
    /// One person holds licenses under several spellings of one name.
    UserSpelling,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] = [
        Kind::SameName,
        Kind::SameHardwareId,
        Kind::FullAndTemporary,
        Kind::RetiredHolder,
        Kind::Unseen,
        Kind::UserSpelling,
    ];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::SameName => "same_name",
            Kind::SameHardwareId => "same_hardware_id",
            Kind::FullAndTemporary => "full_and_temporary",
            Kind::RetiredHolder => "retired_holder",
            Kind::Unseen => "unseen",
            Kind::UserSpelling => "user_spelling",
        }
    }

    /// As lists say it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::SameName => "One name, two hardware IDs",
            Kind::SameHardwareId => "One hardware ID, two names",
            Kind::FullAndTemporary => "Full and temporary license",
            Kind::RetiredHolder => "Out of use, holds a license",
            Kind::Unseen => "Not seen for long",
            Kind::UserSpelling => "One user, several spellings",
        }
    }

    /// The kind that is written `text`.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Why it matters and what is usually behind it.
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::SameName => {
                "A license server knows a computer by its hardware ID. A computer whose system was installed anew, or whose \
                 whole MSLicensing key was deleted, has another one and takes a second license. Or two computers really bear \
                 one name."
            }
            Kind::SameHardwareId => {
                "The hardware ID came along with a copied system: computers made of one image share it, and somebody said so \
                 when an import asked. The license server takes them for one computer, so that their licenses change hands \
                 between them."
            }
            Kind::FullAndTemporary => {
                "A temporary license gives way to a full one when the computer connects again. Both at once mean that the \
                 computer cannot keep or show its full license, or that another server that had none free gave a temporary one."
            }
            Kind::RetiredHolder => {
                "Its license stays with it until it expires. Until then nobody else can use it; and if the computer connects \
                 again, it renews the license."
            }
            Kind::Unseen => {
                "A full license is renewed every 52 to 89 days when its client connects. This one has run out, and no export \
                 has said that it is gone from its server: its client has not come back. A license that never expires is never renewed either: of \
                 those no server can tell, and none is found here."
            }
            Kind::UserSpelling => {
                "Windows takes the spellings for one person, but a license server that cannot write to Active Directory (event \
                 4105) keeps its own list and counts each spelling as another user."
            }
        }
    }
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody said yet what was done.
    Open,
    /// Something was done about it.
    Settled,
    /// It may stay as it is.
    Dismissed,
    /// It is no longer there, and nobody had to do anything.
    Gone,
}

impl State {
    /// Every state.
    pub const ALL: [State; 4] = [State::Open, State::Settled, State::Dismissed, State::Gone];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Settled => "settled",
            State::Dismissed => "dismissed",
            State::Gone => "gone",
        }
    }

    /// Its word, for a badge.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "Open",
            State::Settled => "Settled",
            State::Dismissed => "Dismissed",
            State::Gone => "No longer there",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            State::Open => Meaning::Act,
            State::Settled => Meaning::Done,
            State::Dismissed | State::Gone => Meaning::Plain,
        }
    }

    /// The state that is written `text`.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What a person says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Something was done about it.
    Settled,
    /// It may stay as it is.
    Dismissed,
}

impl Answer {
    /// As it is stored.
    pub fn state(self) -> State {
        match self {
            Answer::Settled => State::Settled,
            Answer::Dismissed => State::Dismissed,
        }
    }

    /// The answer that a form writes as `text`.
    pub fn parse(text: &str) -> Option<Answer> {
        match text {
            "settled" => Some(Answer::Settled),
            "dismissed" => Some(Answer::Dismissed),
            _ => None,
        }
    }

    /// What its line of history says.
    pub fn action(self) -> &'static str {
        match self {
            Answer::Settled => "finding settled",
            Answer::Dismissed => "finding dismissed",
        }
    }

    /// What is asked for where no reason is said.
    pub fn asks(self) -> &'static str {
        match self {
            Answer::Settled => "Say what was done about it",
            Answer::Dismissed => "Say why it may stay as it is",
        }
    }
}

/// Where a finding that is opened again lacks its reason.
pub const REOPENED: &str = "Say why it is to be looked at again";

/// A finding.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Finding {
    /// Its number.
    pub id: FindingId,
    /// What is found.
    pub kind: Kind,
    /// The company of its clients.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// The server that shows it.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// The client; of two the one that was known first.
    pub client_id: ClientId,
    /// Its name.
    pub client: String,
    /// The other client, where there are two.
    pub other_client_id: Option<ClientId>,
    /// Its name.
    pub other_client: Option<String>,
    /// The license; of two the full one, or the one that was known first.
    pub license_id: Option<LicenseId>,
    /// The user that its server tells.
    pub spelling: Option<String>,
    /// The other license, where there are two.
    pub other_license_id: Option<LicenseId>,
    /// The user that its server tells of that one.
    pub other_spelling: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was found.
    pub found_at: Moment,
    /// The import that showed it; nothing: it followed from what somebody said of a client.
    pub found_import_id: Option<ImportId>,
    /// Since when it is no longer there.
    pub gone_at: Option<Moment>,
    /// The import that no longer showed it.
    pub gone_import_id: Option<ImportId>,
    /// When somebody answered it.
    pub answered_at: Option<Moment>,
    /// Who.
    pub answered_by: Option<String>,
    /// What was done, or why it may stay.
    pub answer: String,
}

impl Finding {
    /// What it is, in one sentence.
    pub fn says(&self) -> String {
        let name = &self.client;
        match self.kind {
            Kind::SameName => format!("Two computers named {name} hold a license each, under different hardware IDs."),
            Kind::SameHardwareId => {
                format!("{name} and {} hold a license each, under one hardware ID.", self.other())
            }
            Kind::FullAndTemporary => {
                format!("{name} holds a full and a temporary license of one version at the same time.")
            }
            Kind::RetiredHolder => format!("{name} is no longer in use, but still holds a license on {}.", self.server),
            Kind::Unseen => format!("{name} holds a license on {} that it has not renewed for long.", self.server),
            Kind::UserSpelling => {
                format!("One person holds licenses as {} and as {}.", self.spelled(), self.other())
            }
        }
    }

    /// Whom it is about, as lists say it.
    pub fn first(&self) -> &str {
        if self.kind == Kind::UserSpelling { self.spelled() } else { &self.client }
    }

    /// The other one beside it: another client, or another spelling; empty where there is none.
    pub fn other(&self) -> &str {
        let other = if self.kind == Kind::UserSpelling { &self.other_spelling } else { &self.other_client };
        other.as_deref().unwrap_or_default()
    }

    fn spelled(&self) -> &str {
        self.spelling.as_deref().unwrap_or(&self.client)
    }

    /// The page that the other one is read on; empty where there is none.
    pub fn other_href(&self) -> String {
        match (self.other_client_id, self.other_license_id) {
            (Some(client), _) => format!("/clients/{client}"),
            (None, Some(license)) => format!("/licenses/{license}"),
            _ => String::new(),
        }
    }

    /// Its number as people say it.
    pub fn number(&self) -> String {
        format!("F-{}", self.id)
    }

    /// Whether it can be answered.
    ///
    /// # Errors
    /// The sentence that says why not.
    pub fn may_answer(&self) -> Result<(), Problems> {
        match (self.state, &self.answered_by) {
            (State::Open, _) => Ok(()),
            (State::Gone, _) => {
                let says = format!("{} is no longer there. There is nothing to answer.", self.number());
                Err(Problems::of("", says))
            }
            (state, who) => {
                let who = who.as_deref().unwrap_or("Somebody");
                let word = state.word().to_lowercase();
                Err(Problems::of("", format!("{who} {word} {} already. Read below what was said.", self.number())))
            }
        }
    }

    /// Whether it can be opened again.
    ///
    /// # Errors
    /// The sentence that says why not.
    pub fn may_reopen(&self) -> Result<(), Problems> {
        if matches!(self.state, State::Settled | State::Dismissed) {
            return Ok(());
        }
        Err(Problems::of("", format!("Nobody has answered {}: there is nothing to take back.", self.number())))
    }

    /// Whether it waits for an answer.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether somebody answered it.
    pub fn is_answered(&self) -> bool {
        matches!(self.state, State::Settled | State::Dismissed)
    }

    /// What can be done about it, the usual thing first.
    pub fn ways(&self) -> Vec<Way> {
        ways::of(self)
    }
}
