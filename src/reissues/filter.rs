//! What a list of requests shows.

use serde::Deserialize;

use super::reissue::State;
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Where they stand.
    pub state: String,
    /// The license server's number.
    pub server: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// What the list shows; everything unless something is said.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Where they stand.
    pub state: Option<State>,
    /// Only this server's.
    pub server: Option<i64>,
}

impl Filter {
    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        Filter { state: State::parse(&asked.state), server: number(&asked.server) }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        let server = self.server.map(|number| number.to_string()).unwrap_or_default();
        Address::new("/reissues").with("state", self.state.map_or("", State::as_str)).with("server", server)
    }

    /// The filters in force. `server`: the name of the one asked for.
    pub fn chips(&self, address: &Address, server: Option<String>) -> Vec<Chip> {
        let state = self.state.map(|state| Chip::new("State", state.word(), "state", address));
        let server = server.map(|name| Chip::new("License server", name, "server", address));
        state.into_iter().chain(server).collect()
    }
}
