//! What stands around a list's rows: its headings, the filters in force, how many rows there are and how to go on.

use super::address::Address;
use super::columns::Columns;
use super::export::{Link, links};
use super::parts::{Chip, Choice, Footer, Heading, Sort};
use super::slice::{Order, Paging, SIZE, SIZES, Window};

/// How a list is shown, whatever it is filtered by.
const KEPT: [&str; 3] = ["sort", "size", "without"];

/// The frame of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its columns, at the address that holds its filters, order and size.
    pub columns: Columns,
    order: Order,
    offered: &'static [Order],
    /// The orders that it can be read in now.
    orders: Vec<&'static str>,
    size: i64,
    /// The filters in force.
    pub chips: Vec<Chip>,
    /// How much of the list is shown, and the steps beside.
    pub footer: Footer,
}

impl Listing {
    /// The frame of a list at an address that holds its filters, order and size, or with its columns there.
    pub fn new(
        columns: impl Into<Columns>,
        order: Order,
        offered: &'static [Order],
        window: &Window,
        chips: Vec<Chip>,
        footer: Footer,
    ) -> Listing {
        let orders = offered.iter().map(|order| order.name).collect();
        Listing { columns: columns.into(), order, offered, orders, size: window.size(), chips, footer }
    }

    /// A list of whose orders only some can be had with its filters.
    #[must_use]
    pub fn in_orders(mut self, can: impl Fn(&str) -> bool) -> Listing {
        self.orders.retain(|name| can(name));
        self
    }

    fn address(&self) -> &Address {
        self.columns.address()
    }

    /// The heading of a column that the list can be ordered by.
    pub fn sort(&self, name: &str) -> Sort {
        Sort::of(name, &self.order, self.offered, self.address())
    }

    /// The headings of the columns that are to be seen.
    pub fn headings(&self) -> Vec<Heading> {
        let sort = |order| self.orders.contains(&order).then(|| self.sort(order));
        self.columns.shown().map(|column| column.heading(sort(column.order))).collect()
    }

    /// Whether a column is to be seen.
    pub fn shows(&self, name: &str) -> bool {
        self.columns.shows(name)
    }

    /// The list without filters.
    pub fn clear(&self) -> String {
        self.kept().fold(Address::new(self.address().path()), |list, (name, value)| list.with(name, value)).to_string()
    }

    /// Order, size and hidden columns, which the filter form sends along: `(name, value)`.
    pub fn kept(&self) -> impl Iterator<Item = &(String, String)> {
        self.address().query().iter().filter(|(name, _)| KEPT.contains(&name.as_str()))
    }

    /// The downloads of everything that the list shows.
    pub fn downloads(&self) -> Vec<Link> {
        links(self.address())
    }

    /// What the list shows, at another address.
    pub fn at(&self, path: &str) -> String {
        self.address().at(path).without("size").to_string()
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
                value: self.address().with("size", size).to_string(),
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
