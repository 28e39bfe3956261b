//! The shapes that the templates' parts read.

use super::address::Address;
use super::icon::{self, Icon};
use super::slice::Order;

/// What a state means to the reader; each has its own word, shape and color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Somebody has to do something.
    Act,
    /// It waits for somebody or something else.
    Wait,
    /// It is as it should be.
    Done,
    /// It was refused, or has run out.
    Stop,
    /// A fact that asks nothing.
    Plain,
}

impl Meaning {
    /// As the style sheet names it.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::Act => "act",
            Meaning::Wait => "wait",
            Meaning::Done => "done",
            Meaning::Stop => "stop",
            Meaning::Plain => "plain",
        }
    }

    /// Its shape.
    pub fn icon(self) -> Icon {
        match self {
            Meaning::Act => icon::ACT,
            Meaning::Wait => icon::WAIT,
            Meaning::Done => icon::DONE,
            Meaning::Stop => icon::STOP,
            Meaning::Plain => icon::PLAIN,
        }
    }
}

/// One choice of a select or of a group of radio buttons.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// What it means, beside it.
    pub hint: &'static str,
    /// Whether it is chosen now.
    pub chosen: bool,
}

impl Choice {
    /// A choice that is chosen when its value is the one given.
    pub fn new(value: impl ToString, text: impl ToString, chosen: &str) -> Choice {
        let value = value.to_string();
        Choice { chosen: value == chosen, value, text: text.to_string(), hint: "" }
    }

    /// Choices with the empty one ("Any") in front, for a filter.
    pub fn any<V: ToString, T: ToString>(
        choices: impl IntoIterator<Item = (V, T)>,
        chosen: &str,
        any: &str,
    ) -> Vec<Choice> {
        let first = Choice::new("", any, chosen);
        std::iter::once(first)
            .chain(choices.into_iter().map(|(value, text)| Choice::new(value, text, chosen)))
            .collect()
    }
}

/// Where a column's heading leads, and how the list is ordered by it now.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The list ordered by this column, or the other way round.
    pub href: String,
    /// `ascending`, `descending` or `none`.
    pub order: &'static str,
}

impl Sort {
    /// The heading of one of a list's orders, while the list stands in the order `now`.
    pub fn of(name: &str, now: &Order, offered: &'static [Order], address: &Address) -> Sort {
        let here = address.without("after").without("before");
        let usual = offered.iter().find(|order| order.name == name);
        let (order, next) = if now.name == name {
            let turned = usual.is_some_and(|usual| usual.descending == now.descending);
            (
                if now.descending { "descending" } else { "ascending" },
                if turned { format!("-{name}") } else { name.to_owned() },
            )
        } else {
            ("none", name.to_owned())
        };
        Sort { href: here.with("sort", next).to_string(), order }
    }
}

/// The heading of a column.
#[derive(Clone, Debug)]
pub struct Heading {
    /// What it says.
    pub label: &'static str,
    /// Whether it stands over numbers.
    pub is_number: bool,
    /// Where it leads, if the list can be ordered by it.
    pub sort: Option<Sort>,
}

/// A filter in force, and the address of the list without it.
#[derive(Clone, Debug)]
pub struct Chip {
    /// What it filters by.
    pub name: &'static str,
    /// The value that is asked for.
    pub value: String,
    /// The list without it.
    pub href: String,
}

impl Chip {
    /// The chip of a filter that stands in the address as `field`.
    pub fn new(name: &'static str, value: impl ToString, field: &str, address: &Address) -> Chip {
        let href = address.without(field).without("after").without("before").to_string();
        Chip { name, value: value.to_string(), href }
    }
}

/// The line under a list: how much of it is shown, and the steps beside.
#[derive(Clone, Debug)]
pub struct Footer {
    /// Rows on this page.
    pub shown: usize,
    /// Rows in all, `1,000+` where the count stopped.
    pub count: String,
    /// What the rows are.
    pub noun: &'static str,
    /// The beginning of the list.
    pub first: Option<String>,
    /// The rows before.
    pub previous: Option<String>,
    /// The rows behind.
    pub next: Option<String>,
}

impl Footer {
    /// What is shown of how much: `50 of 1,000+ licenses`; only how many there are where all are shown.
    pub fn words(&self) -> String {
        if self.count == "1" {
            return format!("1 {}", one_of(self.noun));
        }
        let of = if self.shown.to_string() == self.count { String::new() } else { format!("{} of ", self.shown) };
        format!("{of}{} {}", self.count, self.noun)
    }
}

/// `license` of `licenses`, `number to call` of `numbers to call`, `row with errors` of `rows with errors`.
fn one_of(noun: &str) -> String {
    let at = [" to ", " with "].into_iter().find_map(|word| noun.find(word)).unwrap_or(noun.len());
    let (what, rest) = noun.split_at(at);
    match what.strip_suffix("ies") {
        Some(stem) => format!("{stem}y{rest}"),
        None => format!("{}{rest}", what.strip_suffix('s').unwrap_or(what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_says_how_much_is_shown_of_how_much() {
        let says = |shown, count: &str, noun| {
            Footer { shown, count: count.to_owned(), noun, first: None, previous: None, next: None }.words()
        };
        assert_eq!(says(50, "1,000+", "licenses"), "50 of 1,000+ licenses");
        assert_eq!(says(31, "31", "key packs"), "31 key packs");
        assert_eq!(says(1, "1", "companies"), "1 company");
        assert_eq!(says(1, "1", "numbers to call"), "1 number to call");
        assert_eq!(says(1, "1", "rows with errors"), "1 row with errors");
        assert_eq!(says(1, "26", "findings"), "1 of 26 findings");
    }
}
