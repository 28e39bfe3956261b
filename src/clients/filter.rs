//! What a list of clients shows.

use serde::Deserialize;

use super::client::{Kind, Status};
use crate::web::address::Address;
use crate::web::listing::number;
use crate::web::parts::Chip;
use crate::web::slice::Paging;

/// The list of computers in use whose name has what is written behind it: a field to type one in offers the first of them.
pub const COMPUTERS_BY_NAME: &str = "/clients?kind=computer&status=active&size=25&q=";

/// What the list's address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Part of a name or hardware ID; programs call it `find`.
    #[serde(alias = "find")]
    pub q: String,
    /// `computer` or `user`.
    pub kind: String,
    /// What became of them.
    pub status: String,
    /// The number of a family of operating systems.
    pub os_family: String,
    /// The company's number.
    pub company: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Clients whose name or hardware ID has this text somewhere.
    Part {
        /// The whole text, in lower case.
        whole: String,
        /// Its longest piece without a wildcard, by which the index finds candidates: three characters at least.
        piece: String,
    },
    /// Clients whose name begins with this text, in lower case: it is too short for the index of parts.
    Start(String),
}

/// The digits of two of the groups in which a client's page shows a hardware ID.
const TWO_GROUPS: usize = 16;

/// The fewest characters that the index of parts can find.
const SHORTEST: usize = 3;

impl Search {
    /// What a text asks for; nothing for an empty one.
    pub fn of(text: &str) -> Option<Search> {
        let whole: String = joined(text.trim().to_lowercase()).chars().take(200).collect();
        if whole.is_empty() {
            return None;
        }
        // `%`, `_` and `\` mean something to `like`, and a zero ends a text for SQLite's index, so the index is asked only for what
        // lies between them.
        let piece = whole.split(['%', '_', '\\', '\0']).max_by_key(|piece| piece.chars().count())?.to_owned();
        if piece.chars().count() < SHORTEST {
            return Some(Search::Start(whole));
        }
        Some(Search::Part { whole, piece })
    }
}

/// A hardware ID that was written in groups, as a client's page shows it, as one word; any other text as it is.
fn joined(text: String) -> String {
    let is_in_groups = text.contains(' ') && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' ');
    let word = text.replace(' ', "");
    if is_in_groups && word.len() >= TWO_GROUPS { word } else { text }
}

/// The threes of characters that a text of three or more is made of, side by side, as SQLite's index of parts is asked for them:
/// what has the text has all of these. Each that is left out is a list of candidates less to be walked.
pub fn threes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (whole, last) = (letters.chunks_exact(3), letters.rchunks_exact(3).next());
    let last = last.filter(|_| !whole.remainder().is_empty());
    let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
    whole.chain(last).map(quoted).collect::<Vec<_>>().join(" ")
}

/// What the list shows; everything unless something is said.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What was typed.
    pub text: String,
    /// What is searched for.
    pub search: Option<Search>,
    /// Only computers, or only users.
    pub kind: Option<Kind>,
    /// Only those of which this became.
    pub status: Option<Status>,
    /// Only those with a system of this family.
    pub os_family: Option<i64>,
    /// Only this company's.
    pub company: Option<i64>,
}

impl Filter {
    /// What was asked for; what was said wrongly is taken as not said.
    pub fn of(asked: &Asked) -> Filter {
        Filter {
            text: asked.q.trim().to_owned(),
            search: Search::of(&asked.q),
            kind: Kind::parse(&asked.kind),
            status: Status::parse(&asked.status),
            os_family: number(&asked.os_family),
            company: number(&asked.company),
        }
    }

    /// The list's address.
    pub fn address(&self) -> Address {
        Address::new("/clients")
            .with("q", &self.text)
            .with("kind", self.kind.map_or("", Kind::as_str))
            .with("status", self.status.map_or("", Status::as_str))
            .with("os_family", self.os_family.map(|id| id.to_string()).unwrap_or_default())
            .with("company", self.company.map(|id| id.to_string()).unwrap_or_default())
    }

    /// The filters in force. `names`: those of the company and the family of systems asked for.
    pub fn chips(&self, address: &Address, (company, family): (Option<&str>, Option<&str>)) -> Vec<Chip> {
        let mut chips = Vec::new();
        match &self.search {
            Some(Search::Part { .. }) => chips.push(Chip::new("Name or hardware ID has", &self.text, "q", address)),
            Some(Search::Start(_)) => chips.push(Chip::new("Name begins with", &self.text, "q", address)),
            None => {}
        }
        if let Some(kind) = self.kind {
            chips.push(Chip::new("Kind", kind.label(), "kind", address));
        }
        if let Some(status) = self.status {
            chips.push(Chip::new("Status", status.label(), "status", address));
        }
        for (what, id, name, field) in
            [("System", self.os_family, family, "os_family"), ("Company", self.company, company, "company")]
        {
            if let Some(id) = id {
                let name = name.map_or_else(|| format!("number {id}"), str::to_owned);
                chips.push(Chip::new(what, name, field, address));
            }
        }
        chips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_covered_by_its_threes() {
        for (text, asked) in [
            ("ber-ws-07", r#""ber" "-ws" "-07""#),
            ("ber-ws-0", r#""ber" "-ws" "s-0""#),
            ("0117", r#""011" "117""#),
            ("abc", r#""abc""#),
            ("a\"b c", r#""a""b" "b c""#),
            ("grüße", r#""grü" "üße""#),
        ] {
            assert_eq!(threes(text), asked);
        }
    }

    #[test]
    fn a_text_is_searched_by_its_longest_piece_and_a_short_one_by_its_beginning() {
        let part = |whole: &str, piece: &str| Some(Search::Part { whole: whole.into(), piece: piece.into() });
        for (text, search) in [
            (" PC-0117 ", part("pc-0117", "pc-0117")),
            ("pc_0117%a", part("pc_0117%a", "0117")),
            ("CONTOSO\\ada", part("contoso\\ada", "contoso")),
            ("PC", Some(Search::Start("pc".into()))),
            ("a_b", Some(Search::Start("a_b".into()))),
            ("ÄÖÜ", part("äöü", "äöü")),
            ("C5591A46 1f95cf59", part("c5591a461f95cf59", "c5591a461f95cf59")),
            ("c5591a46 1f95", part("c5591a46 1f95", "c5591a46 1f95")),
            ("pc 0117 in the cafe hall", part("pc 0117 in the cafe hall", "pc 0117 in the cafe hall")),
            ("  ", None),
        ] {
            assert_eq!(Search::of(text), search, "{text}");
        }
    }
}
