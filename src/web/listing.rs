//! What stands around a list's rows: its headings, the filters in force, how many rows there are and how to go on.

use super::address::Address;
use super::export::{Link, links};
use super::parts::{Chip, Choice, Footer, Sort};
use super::slice::{Order, Paging, SIZE, SIZES, Window};

/// The frame of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    address: Address,
    order: Order,
    offered: &'static [Order],
    size: i64,
    /// The filters in force.
    pub chips: Vec<Chip>,
    /// How much of the list is shown, and the steps beside.
    pub footer: Footer,
}

impl Listing {
    /// The frame of a list at an address that holds its filters, order and size.
    pub fn new(
        address: Address,
        order: Order,
        offered: &'static [Order],
        window: &Window,
        chips: Vec<Chip>,
        footer: Footer,
    ) -> Listing {
        Listing { address, order, offered, size: window.size(), chips, footer }
    }

    /// The heading of a column that the list can be ordered by.
    pub fn sort(&self, name: &str) -> Sort {
        Sort::of(name, &self.order, self.offered, &self.address)
    }

    /// The list without filters.
    pub fn clear(&self) -> &str {
        self.address.path()
    }

    /// Order and size, which the filter form sends along: `(name, value)`.
    pub fn kept(&self) -> impl Iterator<Item = &(String, String)> {
        self.address.query().iter().filter(|(name, _)| name == "sort" || name == "size")
    }

    /// The downloads of everything that the list shows.
    pub fn downloads(&self) -> Vec<Link> {
        links(&self.address)
    }

    /// What the list shows, at another address.
    pub fn at(&self, path: &str) -> String {
        self.address.at(path).without("size").to_string()
    }

    /// The sizes of a page that a reader may choose, each with its address; none where one page holds all.
    pub fn sizes(&self) -> Vec<Choice> {
        let all_fit = self.footer.previous.is_none() && self.footer.next.is_none();
        if all_fit && self.footer.shown <= 25 {
            return Vec::new();
        }
        let chosen = self.size.to_string();
        SIZES
            .iter()
            .map(|size| Choice {
                value: self.address.with("size", size).to_string(),
                text: size.to_string(),
                hint: "",
                chosen: size.to_string() == chosen,
            })
            .collect()
    }
}

/// A list's address with its order and size, where the reader chose them.
pub fn with_paging(address: &Address, paging: &Paging, offered: &[Order]) -> Address {
    let name = paging.sort.trim_start_matches('-');
    let known = offered.iter().any(|order| order.name == name);
    let size = Window::of(paging).size();
    address
        .with("sort", if known { paging.sort.as_str() } else { "" })
        .with("size", if size == SIZE { String::new() } else { size.to_string() })
}

/// A whole number above zero from an address; nothing when it is not one.
pub fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|number| *number > 0)
}
