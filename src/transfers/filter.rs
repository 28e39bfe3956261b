//! What a list of transfers shows.

use serde::Deserialize;

use super::transfer::State;
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Where they stand: one state, or `open` for those on their way.
    pub state: String,
    /// The license server's number.
    pub server: String,
    /// The number of a client that gives or takes the seat.
    pub client: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// Which states are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Every one.
    #[default]
    All,
    /// Those on their way.
    Open,
    /// One of them.
    One(State),
}

/// What the list shows; everything unless something is said.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which states.
    pub shown: Shown,
    /// Only this server's.
    pub server: Option<i64>,
    /// Only those that this client gives or takes.
    pub client: Option<i64>,
}

impl Filter {
    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        let shown = match (asked.state.as_str(), State::parse(&asked.state)) {
            ("open", _) => Shown::Open,
            (_, Some(state)) => Shown::One(state),
            _ => Shown::All,
        };
        Filter { shown, server: number(&asked.server), client: number(&asked.client) }
    }

    /// All on their way.
    pub fn open() -> Filter {
        Filter { shown: Shown::Open, ..Filter::default() }
    }

    /// The state as the address writes it.
    pub fn state(&self) -> &'static str {
        match self.shown {
            Shown::All => "",
            Shown::Open => "open",
            Shown::One(state) => state.as_str(),
        }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        Address::new("/transfers")
            .with("state", self.state())
            .with("server", text(self.server))
            .with("client", text(self.client))
    }

    /// The filters in force. `names`: those of the server and the client asked for.
    pub fn chips(&self, address: &Address, (server, client): (Option<String>, Option<String>)) -> Vec<Chip> {
        let mut chips = Vec::new();
        match self.shown {
            Shown::All => {}
            Shown::Open => chips.push(Chip::new("State", "on their way", "state", address)),
            Shown::One(state) => chips.push(Chip::new("State", state.word(), "state", address)),
        }
        for (what, name, field) in [("License server", server, "server"), ("Client", client, "client")] {
            chips.extend(name.map(|name| Chip::new(what, name, field, address)));
        }
        chips
    }
}
