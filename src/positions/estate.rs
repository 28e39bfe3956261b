//! What a position is reckoned from: the agreements, servers, key packs and requests of one moment.

use std::collections::{BTreeSet, HashMap};

use crate::ids::{AgreementId, CallId, CompanyId, ImportId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::key_packs::key_pack::Origin;
use crate::key_packs::state::State;
use crate::moment::Moment;
use crate::reissues::reissue::Reason;

/// What is counted together: the licenses of one company, version and type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// The company.
    pub company_id: CompanyId,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
}

impl Group {
    /// The same version counted by the other of the two types that are converted into each other.
    pub fn converted_from(&self) -> Option<Group> {
        let license_type = match self.license_type.as_str() {
            "per_device" => "per_user",
            "per_user" => "per_device",
            _ => return None,
        };
        Some(Group { license_type: license_type.to_owned(), ..self.clone() })
    }
}

/// A purchase that was made by that moment.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Its number.
    pub id: AgreementId,
    /// What was bought.
    pub group: Group,
    /// What it is called: `Open License 12345678`.
    pub title: String,
    /// How many licenses were bought.
    pub quantity: i64,
    /// Whether it was in force.
    pub in_force: bool,
    /// Whether the day of the purchase is recorded.
    pub has_day: bool,
}

/// A key pack as it stood at that moment. Pools that Windows makes itself, and unlimited packs, are not among them.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its number.
    pub id: KeyPackId,
    /// What it is counted with.
    pub group: Group,
    /// The server it is installed on.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// How it came to be there, as known then.
    pub origin: Origin,
    /// Where it stood.
    pub state: State,
    /// Whether it was on its server: for one that is superseded or removed, whether its server still showed it.
    pub stands: bool,
    /// How many licenses it held.
    pub quantity: i64,
    /// How many were issued, as the server last said.
    pub issued: Option<i64>,
    /// The purchase that it came with.
    pub agreement_id: Option<AgreementId>,
    /// The request that brought it.
    pub reissue_id: Option<ReissueId>,
    /// The call that granted it.
    pub call_id: Option<CallId>,
    /// The request that brought others in its place.
    pub superseded_by_id: Option<ReissueId>,
    /// The transfers that were granted with it and not cancelled.
    pub transfers: Vec<TransferId>,
}

impl Pack {
    /// Whether it is part of what is installed: it is in that state, or it is out of use and its server still shows it.
    pub fn is_installed(&self) -> bool {
        self.stands && matches!(self.state, State::Installed | State::Superseded | State::Removed)
    }

    /// Whether another pack stands in its place.
    pub fn is_superseded(&self) -> bool {
        self.state == State::Superseded
    }

    /// Whether it is out of use and still on its server.
    pub fn is_left_standing(&self) -> bool {
        self.is_installed() && self.state != State::Installed
    }

    /// Whether its licenses were ever on a server.
    pub fn was_installed(&self) -> bool {
        matches!(self.state, State::Installed | State::Superseded | State::Removed)
    }
}

/// A request to Microsoft.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is for.
    pub reason: Reason,
    /// The key packs that it replaces.
    pub replaces: Vec<KeyPackId>,
}

/// What is known of a license server at that moment.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its number.
    pub id: LicenseServerId,
    /// The company whose server it is.
    pub company_id: CompanyId,
    /// Its name.
    pub name: String,
    /// Whether anything is known of its key packs: an export told of them, or people recorded them.
    pub is_known: bool,
    /// When the export was taken that its counts come from; nothing: people recorded them.
    pub captured_at: Option<Moment>,
    /// The import that brought it.
    pub import_id: Option<ImportId>,
}

/// Everything that positions are reckoned from.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// The companies, by name.
    pub companies: Vec<(CompanyId, String)>,
    /// The purchases made by then.
    pub agreements: Vec<Agreement>,
    /// The key packs known by then.
    pub packs: Vec<Pack>,
    /// The requests.
    pub requests: HashMap<ReissueId, Request>,
    /// The license servers.
    pub servers: Vec<Server>,
    /// What cannot be counted: a server of which nothing was known then has key packs of it.
    pub unknown: BTreeSet<Group>,
}
