//! What a list of calls shows.

use serde::Deserialize;

use super::call::Standing;
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Where they stand: `live`, `open` or `closed`.
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
    pub standing: Option<Standing>,
    /// Only this server's.
    pub server: Option<i64>,
}

impl Filter {
    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        Filter { standing: Standing::parse(&asked.state), server: number(&asked.server) }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        let server = self.server.map(|number| number.to_string()).unwrap_or_default();
        Address::new("/calls").with("state", self.standing.map_or("", Standing::as_str)).with("server", server)
    }

    /// The filters in force. `server`: the name of the one asked for.
    pub fn chips(&self, address: &Address, server: Option<String>) -> Vec<Chip> {
        let state = self.standing.map(|standing| Chip::new("State", standing.word(), "state", address));
        let server = server.map(|name| Chip::new("License server", name, "server", address));
        state.into_iter().chain(server).collect()
    }
}
