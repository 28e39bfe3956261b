//! What a list of licenses shows.

use serde::Deserialize;

use super::license::Status;
use crate::key_packs::product::{LicenseType, Version};
use crate::moment::Moment;
use crate::web::address::Address;
use crate::web::format::counted;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Part of the name or hardware ID of who holds it.
    pub find: String,
    /// The license server's number.
    pub server: String,
    /// The key pack's number.
    pub pack: String,
    /// The client's number.
    pub client: String,
    /// The product version.
    pub version: String,
    /// The license type.
    #[serde(rename = "type")]
    pub license_type: String,
    /// The status.
    pub status: String,
    /// Expires within so many days.
    pub within: String,
    /// Not seen for so many days.
    pub unseen: String,
    /// `all`, `gone`, or nothing for those still on their server.
    pub on: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// Whether a server still shows a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Those still on their server: what Microsoft's tool would list today.
    OnServer,
    /// Those that their server no longer shows.
    Gone,
    /// Both.
    All,
}

impl Presence {
    /// As addresses write it; nothing for what is usual.
    pub fn as_str(self) -> &'static str {
        match self {
            Presence::OnServer => "",
            Presence::Gone => "gone",
            Presence::All => "all",
        }
    }
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only those whose holder's name or hardware ID has this text.
    pub find: String,
    /// Only this server's.
    pub server: Option<i64>,
    /// Only this key pack's.
    pub pack: Option<i64>,
    /// Only this client's.
    pub client: Option<i64>,
    /// Only of this version.
    pub version: Option<Version>,
    /// Only of this type.
    pub license_type: Option<LicenseType>,
    /// Only in this state.
    pub status: Option<Status>,
    /// Only those that expire within so many days from now.
    pub within: Option<i64>,
    /// Only those that their server has not shown for so many days.
    pub unseen: Option<i64>,
    /// Whether their server still shows them.
    pub presence: Presence,
    /// The present moment.
    pub now: Moment,
}

impl Filter {
    /// Those still on their server.
    pub fn on_server(now: Moment) -> Filter {
        Filter {
            find: String::new(),
            server: None,
            pack: None,
            client: None,
            version: None,
            license_type: None,
            status: None,
            within: None,
            unseen: None,
            presence: Presence::OnServer,
            now,
        }
    }

    /// Also only this server's.
    #[must_use]
    pub fn of_server(self, server: i64) -> Filter {
        Filter { server: Some(server), ..self }
    }

    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked, now: Moment) -> Filter {
        let days = |text: &str| number(text).filter(|days| *days <= 36_500);
        let unseen = days(&asked.unseen);
        Filter {
            find: asked.find.trim().to_owned(),
            server: number(&asked.server),
            pack: number(&asked.pack),
            client: number(&asked.client),
            version: Version::parse(&asked.version),
            license_type: LicenseType::parse(&asked.license_type),
            status: Status::parse(&asked.status),
            within: days(&asked.within),
            unseen,
            presence: match asked.on.as_str() {
                _ if unseen.is_some() => Presence::Gone,
                "gone" => Presence::Gone,
                "all" => Presence::All,
                _ => Presence::OnServer,
            },
            now,
        }
    }

    /// The moment until which `within` reaches.
    pub fn until(&self) -> Option<Moment> {
        self.within.map(|days| self.now.plus_days(days))
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let on = if self.unseen.is_some() { "" } else { self.presence.as_str() };
        Address::new("/licenses")
            .with("find", &self.find)
            .with("server", text(self.server))
            .with("pack", text(self.pack))
            .with("client", text(self.client))
            .with("version", self.version.map(|version| version.to_string()).unwrap_or_default())
            .with("type", self.license_type.map_or("", LicenseType::as_str))
            .with("status", self.status.map_or("", Status::as_str))
            .with("within", text(self.within))
            .with("unseen", text(self.unseen))
            .with("on", on)
    }

    /// The filters in force. `named`: the names of the server, key pack and client asked for.
    pub fn chips(&self, address: &Address, named: &Named) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut say = |name, value: Option<String>, field| {
            chips.extend(value.map(|value| Chip::new(name, value, field, address)));
        };
        say("Holder has", Some(self.find.clone()).filter(|find| !find.is_empty()), "find");
        say("Client", named.client.clone(), "client");
        say("Key pack", named.pack.clone(), "pack");
        say("License server", named.server.clone(), "server");
        say("Product version", self.version.map(Version::label), "version");
        say("License type", self.license_type.map(|one| one.label().to_owned()), "type");
        say("License status", self.status.map(|one| one.label().to_owned()), "status");
        say("Expires within", self.within.map(|days| counted(days, "day")), "within");
        say("Not seen for", self.unseen.map(|days| counted(days, "day")), "unseen");
        let shown = match self.presence {
            Presence::All => return chips,
            Presence::Gone if self.unseen.is_some() => return chips,
            Presence::Gone => "no longer on the server",
            Presence::OnServer => "still on the server",
        };
        chips.push(Chip {
            name: "Shown",
            value: shown.to_owned(),
            href: address.without("after").without("before").with("on", "all").to_string(),
        });
        chips
    }

    /// Whether anything narrows the list beyond what is usual.
    pub fn is_narrowed(&self) -> bool {
        self.presence != Presence::OnServer || !self.address().query().is_empty()
    }
}

/// The names of what a filter names by number.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The server's.
    pub server: Option<String>,
    /// The key pack's.
    pub pack: Option<String>,
    /// The client's.
    pub client: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(change: impl FnOnce(&mut Asked)) -> Filter {
        let mut asked = Asked::default();
        change(&mut asked);
        Filter::of(&asked, Moment(1_000))
    }

    #[test]
    fn unseen_licenses_are_gone_ones_whatever_else_is_asked() {
        let unseen = filter(|asked| {
            asked.unseen = "30".into();
            asked.on = "all".into();
        });
        assert_eq!(unseen.presence, Presence::Gone);
        assert_eq!(unseen.address().to_string(), "/licenses?unseen=30");
    }

    #[test]
    fn what_an_address_says_wrongly_is_not_said() {
        let odd = filter(|asked| {
            asked.server = "-1".into();
            asked.version = "1999".into();
            asked.within = "soon".into();
        });
        assert_eq!(odd.address().to_string(), "/licenses");
        assert!(!odd.is_narrowed());
    }

    #[test]
    fn taking_away_what_is_usual_shows_all() {
        let usual = filter(|_| ());
        let chips = usual.chips(&usual.address(), &Named::default());
        assert_eq!((chips.len(), chips[0].href.as_str()), (1, "/licenses?on=all"));
        let all = filter(|asked| asked.on = "all".into());
        assert!(all.chips(&all.address(), &Named::default()).is_empty());
    }
}
