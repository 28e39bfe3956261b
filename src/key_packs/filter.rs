//! What a list of key packs shows.

use serde::Deserialize;

use super::key_pack::Origin;
use super::product::{LicenseType, Version};
use super::state::State;
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Part of a product code, a version's or a server's name.
    pub find: String,
    /// The license server's number.
    pub server: String,
    /// The product version.
    pub version: String,
    /// The license type.
    #[serde(rename = "type")]
    pub license_type: String,
    /// The origin.
    pub origin: String,
    /// Where it stands.
    pub state: String,
    /// The agreement's number.
    pub agreement: String,
    /// `server`: still on it; `gone`: no longer; `over`: still on it, and more is issued than there is; `follow-up`: still on
    /// it, and to be reissued or reinstalled.
    pub on: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// What the list shows; everything unless something is said.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of which this is part of the product code, the version's or the server's name; in lower case.
    pub find: Option<String>,
    /// Only this server's.
    pub server: Option<i64>,
    /// Only of this version.
    pub version: Option<Version>,
    /// Only of this type.
    pub license_type: Option<LicenseType>,
    /// Only of this origin.
    pub origin: Option<Origin>,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those of this purchase.
    pub agreement: Option<i64>,
    /// Only those still on their server, or only those no longer there.
    pub on_server: Option<bool>,
    /// Only those of which more is issued than there is.
    pub over_used: bool,
    /// Only those to be reissued, reinstalled or migrated.
    pub follow_up: bool,
}

impl Filter {
    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        Filter {
            find: Some(asked.find.trim().to_lowercase()).filter(|find| !find.is_empty()),
            server: number(&asked.server),
            version: Version::parse(&asked.version),
            license_type: LicenseType::parse(&asked.license_type),
            origin: Origin::parse(&asked.origin),
            state: State::parse(&asked.state),
            agreement: number(&asked.agreement),
            on_server: match asked.on.as_str() {
                "server" | "over" | "follow-up" => Some(true),
                "gone" => Some(false),
                _ => None,
            },
            over_used: asked.on == "over",
            follow_up: asked.on == "follow-up",
        }
    }

    /// `server`, `gone`, `over`, `follow-up` or nothing, as the address says it.
    pub fn on(&self) -> &'static str {
        match self.on_server {
            _ if self.over_used => "over",
            _ if self.follow_up => "follow-up",
            Some(true) => "server",
            Some(false) => "gone",
            None => "",
        }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        Address::new("/key-packs")
            .with("find", self.find.as_deref().unwrap_or_default())
            .with("server", self.server.map(|id| id.to_string()).unwrap_or_default())
            .with("version", self.version.map(|version| version.to_string()).unwrap_or_default())
            .with("type", self.license_type.map_or("", LicenseType::as_str))
            .with("origin", self.origin.map_or("", Origin::as_str))
            .with("state", self.state.map_or("", State::as_str))
            .with("agreement", self.agreement.map(|id| id.to_string()).unwrap_or_default())
            .with("on", self.on())
    }

    /// The filters in force. `server`: the name of the server asked for.
    pub fn chips(&self, address: &Address, server: Option<&str>) -> Vec<Chip> {
        let mut chips = Vec::new();
        chips.extend(self.find.as_ref().map(|find| Chip::new("Has", find, "find", address)));
        if let Some(id) = self.server {
            let name = server.map_or_else(|| format!("number {id}"), str::to_owned);
            chips.push(Chip::new("License server", name, "server", address));
        }
        if let Some(version) = self.version {
            chips.push(Chip::new("Product version", version.label(), "version", address));
        }
        let mut say = |name, value: Option<&'static str>, field| {
            chips.extend(value.map(|value| Chip::new(name, value, field, address)));
        };
        say("License type", self.license_type.map(LicenseType::label), "type");
        say("Origin", self.origin.map(Origin::label), "origin");
        say("Stands", self.state.map(State::label), "state");
        let on = match self.on() {
            "over" => Some("over-used"),
            "follow-up" => Some("to be reissued or reinstalled"),
            "server" => Some("still on the server"),
            "gone" => Some("no longer on the server"),
            _ => None,
        };
        say("Shown", on, "on");
        if let Some(id) = self.agreement {
            chips.push(Chip::new("Agreement", format!("number {id}"), "agreement", address));
        }
        chips
    }
}
