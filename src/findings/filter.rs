//! What a list of findings shows.

use serde::Deserialize;

use super::finding::{Kind, State};
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// Where the list is.
pub const PATH: &str = "/reports/findings";

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What is found.
    pub kind: String,
    /// Where they stand: one state, or `all`; nothing for those that are open.
    pub state: String,
    /// The company's number.
    pub company: String,
    /// The license server's number.
    pub server: String,
    /// The number of a client that it is about.
    pub client: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// What the list shows; those that are open unless something else is said.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only in this state; nothing: in any.
    pub state: Option<State>,
    /// Only this company's.
    pub company: Option<i64>,
    /// Only this server's.
    pub server: Option<i64>,
    /// Only about this client.
    pub client: Option<i64>,
}

impl Filter {
    /// Those that are open.
    pub const OPEN: Filter = Filter { kind: None, state: Some(State::Open), company: None, server: None, client: None };

    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        let state = if asked.state == "all" { None } else { Some(State::parse(&asked.state).unwrap_or(State::Open)) };
        Filter {
            kind: Kind::parse(&asked.kind),
            state,
            company: number(&asked.company),
            server: number(&asked.server),
            client: number(&asked.client),
        }
    }

    /// The state as the address writes it; nothing for what is usual.
    pub fn state(&self) -> &'static str {
        match self.state {
            None => "all",
            Some(State::Open) => "",
            Some(state) => state.as_str(),
        }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        Address::new(PATH)
            .with("kind", self.kind.map_or("", Kind::as_str))
            .with("state", self.state())
            .with("company", text(self.company))
            .with("server", text(self.server))
            .with("client", text(self.client))
    }

    /// The filters in force. `names`: those of the company, the server and the client asked for.
    pub fn chips(&self, address: &Address, names: [Option<String>; 3]) -> Vec<Chip> {
        let mut chips = Vec::new();
        if let Some(kind) = self.kind {
            chips.push(Chip::new("Kind", kind.word(), "kind", address));
        }
        match self.state {
            Some(State::Open) => {}
            Some(state) => chips.push(Chip::new("State", state.word(), "state", address)),
            None => chips.push(Chip::new("State", "any", "state", address)),
        }
        let fields = [("Company", "company"), ("License server", "server"), ("Client", "client")];
        for ((what, field), name) in fields.into_iter().zip(names) {
            chips.extend(name.map(|name| Chip::new(what, name, field, address)));
        }
        chips
    }
}
