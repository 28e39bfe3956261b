//! What a search found: hits in groups, each saying what of it fits.

use super::term::{Named, Term};
use crate::clients::client::Client;

/// The most hits that a group shows.
pub const MOST: usize = 8;

/// A piece of a text; the pieces that fit what was typed are marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it fits.
    pub fits: bool,
}

/// One thing that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub title: Vec<Piece>,
    /// What of it fits: `name`, `hardware ID`.
    pub what: &'static str,
    /// That part of it, where it is not the title.
    pub part: Vec<Piece>,
    /// What else tells it apart.
    pub note: String,
}

impl Hit {
    /// Whether it must be said what of it fits: a name that is marked says so itself.
    pub fn says_what(&self) -> bool {
        self.what != "name" || !self.part.is_empty()
    }

    /// A hit whose title fits.
    pub fn titled(href: String, title: &str, what: &'static str, term: &Term, note: impl ToString) -> Hit {
        Hit { href, title: pieces(title, &term.key), what, part: Vec::new(), note: note.to_string() }
    }

    /// A hit of which something else than the title fits.
    pub fn parted(href: String, title: &str, what: &'static str, part: Vec<Piece>, note: impl ToString) -> Hit {
        Hit { href, title: vec![Piece { text: title.to_owned(), fits: false }], what, part, note: note.to_string() }
    }
}

/// Hits of one kind.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they are: `Clients`.
    pub name: &'static str,
    /// The best of them first.
    pub hits: Vec<Hit>,
    /// The list of all of them, where there are more: its address and its words.
    pub more: Option<More>,
}

/// A list's address, and what the link to it says.
pub type More = (String, &'static str);

impl Group {
    /// A group of all that was read, cut to what is shown. `all`: the list of all of them, where there is one.
    pub fn of(name: &'static str, mut hits: Vec<Hit>, all: Option<More>) -> Group {
        let more = all.filter(|_| hits.len() > MOST);
        hits.truncate(MOST);
        Group { name, hits, more }
    }
}

/// The group of one thing that was named by its number.
pub fn of_named(named: Named, number: i64, href: String) -> Group {
    let title = vec![Piece { text: format!("{}-{number}", named.letter()), fits: true }];
    let hit = Hit { href, title, what: "number", part: Vec::new(), note: named.label().to_owned() };
    Group::of("By number", vec![hit], None)
}

/// A client as a hit.
pub fn of_client(client: &Client, several: bool, term: &Term) -> Hit {
    let href = format!("/clients/{}", client.id);
    let mut note = client.kind.label().to_owned();
    if several {
        note = format!("{note}, {}", client.company);
    }
    if client.has_namesake {
        note = format!("{note}, {}", client.mark());
    }
    let hardware_id = client.raw_id();
    if client.name.to_lowercase().contains(&term.key) || !hardware_id.to_lowercase().contains(&term.key) {
        return Hit::titled(href, &client.name, "name", term, note);
    }
    Hit::parted(href, &client.name, "hardware ID", pieces(hardware_id, &term.key), note)
}

/// A text in pieces. `key`: what fits, in lower case.
pub fn pieces(text: &str, key: &str) -> Vec<Piece> {
    let mut made = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match fitting(rest, key) {
            Some(length) => {
                push(&mut made, text.get(plain..at), false);
                push(&mut made, rest.get(..length), true);
                at += length;
                plain = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    push(&mut made, text.get(plain..), false);
    made
}

fn push(made: &mut Vec<Piece>, text: Option<&str>, fits: bool) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        made.push(Piece { text: text.to_owned(), fits });
    }
}

/// How many bytes at the beginning of a text are the key, in whatever case: lower case may be longer or shorter.
fn fitting(text: &str, key: &str) -> Option<usize> {
    let mut rest = key;
    for (at, letter) in text.char_indices() {
        if rest.is_empty() {
            return Some(at).filter(|at| *at > 0);
        }
        for lower in letter.to_lowercase() {
            rest = rest.strip_prefix(lower)?;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_marked_wherever_it_stands_and_in_whatever_case() {
        let shown = |text, key| {
            let mark = |piece: Piece| if piece.fits { format!("[{}]", piece.text) } else { piece.text };
            pieces(text, key).into_iter().map(mark).collect::<String>()
        };
        for (text, key, marked) in [
            ("PC-0117", "c-01", "P[C-01]17"),
            ("PC-0117", "x", "PC-0117"),
            ("aaa", "a", "[a][a][a]"),
            ("Büro-PC", "ü", "B[ü]ro-PC"),
            ("İstanbul", "stan", "İ[stan]bul"),
            ("", "a", ""),
            ("PC", "", "PC"),
            ("PC", "pc-0", "PC"),
        ] {
            assert_eq!(shown(text, key), marked);
        }
    }
}
