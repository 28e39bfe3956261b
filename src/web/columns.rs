//! Which of its columns a list shows. Its address names those that are hidden, so that the choice is shared and saved with
//! the list's filters, and a column that a later version adds shows by itself.

use super::address::Address;
use super::parts::{Choice, Heading, Sort};

/// What an address calls the columns that it hides.
const WITHOUT: &str = "without";
/// What stands between their names; no browser writes it in another way.
const BETWEEN: char = '.';

/// A column of a list's page.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What the address calls it.
    pub name: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// The order that its heading leads to; empty: none.
    pub order: &'static str,
    is_number: bool,
    is_fixed: bool,
}

impl Column {
    /// A column that its reader may hide.
    pub const fn new(name: &'static str, label: &'static str) -> Column {
        Column { name, label, order: "", is_number: false, is_fixed: false }
    }

    /// A column that nobody hides: it says what its row is, or takes the tick of those chosen.
    pub const fn fixed(name: &'static str, label: &'static str) -> Column {
        Column { is_fixed: true, ..Column::new(name, label) }
    }

    /// Of numbers, which stand at the right.
    #[must_use]
    pub const fn number(self) -> Column {
        Column { is_number: true, ..self }
    }

    /// With a heading that orders the list.
    #[must_use]
    pub const fn ordered_by(self, order: &'static str) -> Column {
        Column { order, ..self }
    }

    /// Its heading, which leads to an order where there is one.
    pub fn heading(&self, sort: Option<Sort>) -> Heading {
        Heading { label: self.label, is_number: self.is_number, sort }
    }
}

/// Those of a list's columns that an address hides; names that are none of them, or cannot be hidden, are passed over.
pub fn hidden(all: &'static [Column], asked: &str) -> Vec<Column> {
    let is_hidden = |column: &&Column| !column.is_fixed && asked.split(BETWEEN).any(|name| name == column.name);
    all.iter().filter(is_hidden).copied().collect()
}

/// The address of a list whose reader ticked these of the columns that were offered. What was hidden and not offered, as
/// where it holds nothing now, stays hidden.
pub fn choose(address: &Address, offered: &str, ticked: &[String]) -> Address {
    let before = address.query().iter().find(|(name, _)| name == WITHOUT).map_or("", |(_, names)| names.as_str());
    let was_offered = |name: &str| offered.split(BETWEEN).any(|other| other == name);
    let kept = before.split(BETWEEN).filter(|name| !was_offered(name));
    let taken = offered.split(BETWEEN).filter(|name| !ticked.iter().any(|other| other == name));
    let names = kept.chain(taken).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    address.with(WITHOUT, names.join("."))
}

/// The columns of a list at an address.
#[derive(Clone, Debug)]
pub struct Columns {
    address: Address,
    all: &'static [Column],
    hidden: Vec<Column>,
    absent: Vec<&'static str>,
}

impl From<Address> for Columns {
    /// A list that has no columns to choose from.
    fn from(address: Address) -> Columns {
        Columns { address, all: &[], hidden: Vec::new(), absent: Vec::new() }
    }
}

impl Columns {
    /// The columns of a list at its address, of which `asked` are to be hidden.
    pub fn of(all: &'static [Column], asked: &str, address: &Address) -> Columns {
        let hidden = hidden(all, asked);
        let names = hidden.iter().map(|column| column.name).collect::<Vec<_>>();
        Columns { address: address.with(WITHOUT, names.join(".")), all, hidden, absent: Vec::new() }
    }

    /// With a column only where it has something to say now.
    #[must_use]
    pub fn having(mut self, has: bool, name: &'static str) -> Columns {
        if !has {
            self.absent.push(name);
        }
        self
    }

    /// The list's address, with the choice.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether a column is to be seen.
    pub fn shows(&self, name: &str) -> bool {
        self.shown().any(|column| column.name == name)
    }

    /// How many of some columns are to be seen: what a cell over all of them spans.
    pub fn span(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.shows(name)).count()
    }

    /// Those that are to be seen.
    pub fn shown(&self) -> impl Iterator<Item = &'static Column> {
        self.present().filter(|column| !self.is_hidden(column))
    }

    /// The headings, where none of them orders the list.
    pub fn headings(&self) -> Vec<Heading> {
        self.shown().map(|column| column.heading(None)).collect()
    }

    /// Those that the reader may show and hide.
    pub fn choices(&self) -> Vec<Choice> {
        let choice = |column: &Column| Choice {
            value: column.name.to_owned(),
            text: column.label.to_owned(),
            hint: "",
            chosen: !self.is_hidden(column),
        };
        self.present().filter(|column| !column.is_fixed).map(choice).collect()
    }

    /// The names of those to choose from, as the form of the choice sends them along.
    pub fn offered(&self) -> String {
        self.choices().iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>().join(".")
    }

    /// How many of them are hidden.
    pub fn count_hidden(&self) -> usize {
        self.choices().iter().filter(|choice| !choice.chosen).count()
    }

    /// The query of the list's address, as the form of the choice sends it along.
    pub fn query(&self) -> String {
        let address = self.address.to_string();
        address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The choice, as other forms send it along: `(name, value)`.
    pub fn kept(&self) -> impl Iterator<Item = &(String, String)> {
        self.address.query().iter().filter(|(name, _)| name == WITHOUT)
    }

    /// The list with all of its columns.
    pub fn whole(&self) -> String {
        self.address.without(WITHOUT).to_string()
    }

    fn present(&self) -> impl Iterator<Item = &'static Column> {
        self.all.iter().filter(|column| !self.absent.contains(&column.name))
    }

    fn is_hidden(&self, column: &Column) -> bool {
        self.hidden.iter().any(|hidden| hidden.name == column.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static COLUMNS: [Column; 4] = [
        Column::fixed("number", "License").number().ordered_by("number"),
        Column::new("client", "Client"),
        Column::new("gone", "Gone since").ordered_by("gone"),
        Column::new("seat", "Seat"),
    ];

    fn of(asked: &str) -> Columns {
        Columns::of(&COLUMNS, asked, &Address::new("/licenses").with("sort", "gone"))
    }

    fn shown(columns: &Columns) -> Vec<&'static str> {
        columns.shown().map(|column| column.name).collect()
    }

    #[test]
    fn an_address_hides_the_columns_that_it_names_and_says_them_in_their_order() {
        let columns = of("seat.client.number.nonsense");
        assert_eq!(shown(&columns), ["number", "gone"]);
        assert_eq!(columns.address().to_string(), "/licenses?sort=gone&without=client.seat");
        assert_eq!((columns.count_hidden(), columns.offered()), (2, "client.gone.seat".into()));
        assert_eq!(columns.whole(), "/licenses?sort=gone");
        assert_eq!(columns.span(&["client", "gone", "other"]), 1);
        assert_eq!(of("").address().to_string(), "/licenses?sort=gone");
    }

    #[test]
    fn a_column_that_holds_nothing_now_is_not_offered_and_stays_as_it_was_chosen() {
        let columns = of("gone.seat").having(false, "gone").having(true, "client");
        assert_eq!((shown(&columns), columns.offered()), (vec!["number", "client"], "client.seat".into()));
        let after = choose(columns.address(), &columns.offered(), &["seat".into()]);
        assert_eq!(after.to_string(), "/licenses?sort=gone&without=gone.client");
        let all = choose(columns.address(), &of("").offered(), &["client".into(), "gone".into(), "seat".into()]);
        assert_eq!(all.to_string(), "/licenses?sort=gone");
    }
}
