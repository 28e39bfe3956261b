//! What was typed into a form whose session had ended: it goes along through signing in, and can be sent then.

use serde::Deserialize;

use crate::web::address::{is_here, unescape};

/// The largest form that is carried, in bytes as it was sent. Within the form for signing in each may take three.
pub const LARGEST: u64 = 300_000;

/// A form that was sent without a session: where it was to go, and what it said. An empty address means that there is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Unsent {
    /// Where it was to go: an address of this console.
    pub to: String,
    /// The page that it stood on; empty where that is not known.
    pub back: String,
    /// Its fields as they were sent, without those that hold a password.
    pub typed: String,
}

/// How a field is shown before it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line, to be changed.
    Line,
    /// Several lines, to be changed.
    Lines,
    /// A word that was chosen from a list or ticked.
    Chosen,
    /// The number of something that was chosen from a list.
    Picked,
    /// Nothing that a person typed or chose.
    Unseen,
}

/// One field of such a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, as it is sent.
    pub name: String,
    /// What is sent.
    pub value: String,
    /// Its name, as it is read.
    pub label: String,
    /// How it is shown.
    pub kind: Kind,
}

impl Field {
    /// Whether it is one line to be changed.
    pub fn is_line(&self) -> bool {
        self.kind == Kind::Line
    }

    /// Whether it is several lines to be changed.
    pub fn is_lines(&self) -> bool {
        self.kind == Kind::Lines
    }

    /// Whether it is a word that was chosen.
    pub fn is_chosen(&self) -> bool {
        self.kind == Kind::Chosen
    }

    /// The chosen word, as it is read.
    pub fn word(&self) -> String {
        match self.value.as_str() {
            "per_device" => "Per Device".to_owned(),
            "per_user" => "Per User".to_owned(),
            word => capital(&word.replace('_', " ")),
        }
    }
}

impl Unsent {
    /// What a form that was sent to an address says; nothing where it says nothing that could be lost.
    pub fn of(to: &str, back: &str, body: &[u8]) -> Option<Unsent> {
        let typed = std::str::from_utf8(body).ok()?;
        let kept: Vec<&str> =
            typed.split('&').filter(|pair| !pair.is_empty() && !is_secret(&pair_of(pair).0)).collect();
        let back = if is_here(back) && back.split('?').next() != to.split('?').next() { back } else { "" };
        let unsent = Unsent { to: to.to_owned(), back: back.to_owned(), typed: kept.join("&") };
        (unsent.is_any() && unsent.pairs().any(|(_, value)| !value.trim().is_empty())).then_some(unsent)
    }

    /// Whether there is something to send, and to where it may go. What came back with the form for signing in is not
    /// believed: an address of another site counts as none.
    pub fn is_any(&self) -> bool {
        let room = self.to.split(['/', '?', '#']).nth(1).unwrap_or_default();
        let is_form = is_here(&self.to) && !["", "sign-in", "sign-out", "set-up", "api"].contains(&room);
        is_form && !self.typed.is_empty() && u64::try_from(self.typed.len()).is_ok_and(|size| size <= LARGEST)
    }

    /// The page that the form stood on, or the first page.
    pub fn back(&self) -> &str {
        if is_here(&self.back) { &self.back } else { "/" }
    }

    fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        self.typed.split('&').map(pair_of).filter(|(name, _)| !is_secret(name))
    }

    /// Its fields, in the order in which they were sent.
    pub fn fields(&self) -> Vec<Field> {
        let field =
            |(name, value): (String, String)| Field { label: label(&name), kind: kind(&name, &value), name, value };
        self.pairs().map(field).collect()
    }

    /// The names of what was picked from lists, each once.
    pub fn picked(&self) -> String {
        let mut labels: Vec<String> = Vec::new();
        for field in self.fields() {
            if field.kind == Kind::Picked && !labels.contains(&field.label) {
                labels.push(field.label);
            }
        }
        labels.join(", ")
    }
}

fn pair_of(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let plain = |text: &str| unescape(&text.replace('+', " "));
    (plain(name), plain(value))
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name == "present"
}

/// What forms carry that nobody typed or chose.
const UNSEEN: [&str; 14] = [
    "seen",
    "base",
    "offered",
    "back",
    "file",
    "header_line",
    "list",
    "query",
    "follows",
    "shown",
    "find",
    "n",
    "next",
    "take",
];

/// What is picked from a list and sent by its number.
const PICKED: [&str; 18] = [
    "company",
    "companies",
    "server",
    "license_server",
    "client",
    "clients",
    "agreement",
    "license",
    "licenses",
    "key_pack",
    "findings",
    "transfer",
    "transfers",
    "request",
    "requests",
    "replaces",
    "destination",
    "views",
];

/// What is chosen by a word, on top of whatever is written like one.
const CHOSEN: [&str; 22] = [
    "version",
    "product_version",
    "license_type",
    "type",
    "state",
    "status",
    "kind",
    "origin",
    "os_family",
    "role",
    "outcome",
    "way",
    "order",
    "method",
    "program",
    "cause",
    "failure",
    "change",
    "covers",
    "about",
    "answer",
    "on",
];

fn kind(name: &str, value: &str) -> Kind {
    let is_number = value.chars().all(|sign| sign.is_ascii_digit());
    let is_word = value.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if value.is_empty() || UNSEEN.contains(&name) {
        Kind::Unseen
    } else if is_number && PICKED.contains(&name) {
        Kind::Picked
    } else if is_word && (CHOSEN.contains(&name) || value.contains('_') || value == "yes") {
        Kind::Chosen
    } else if value.contains('\n') || value.chars().count() > 60 || ["note", "reason", "address"].contains(&name) {
        Kind::Lines
    } else {
        Kind::Line
    }
}

/// A field's name as it is read: `hardware_id` is “Hardware ID”.
fn label(name: &str) -> String {
    if name.starts_with("id-") {
        return "License key pack ID".to_owned();
    }
    let words = name.split(['_', '-']).filter(|word| !word.is_empty());
    let words =
        words.map(|word| if ["id", "os", "fqdn"].contains(&word) { word.to_uppercase() } else { word.to_owned() });
    capital(&words.collect::<Vec<_>>().join(" "))
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_left_out_and_a_form_of_nothing_else_is_not_carried() {
        let form = b"name=Ada&password=a&password_again=a&%70resent=b&note=c+d";
        let unsent = Unsent::of("/users", "", form).unwrap();
        assert_eq!(unsent.typed, "name=Ada&note=c+d");
        let sent_back = Unsent { typed: "note=c&password=a&p%61ssword_again=b".into(), ..unsent };
        assert_eq!(sent_back.fields().len(), 1);
        for nothing in [&b""[..], b"present=a&password=b", b"note=&reason=+", b"note=\xff"] {
            assert!(Unsent::of("/users", "", nothing).is_none(), "{nothing:?}");
        }
    }

    #[test]
    fn only_an_address_of_this_console_that_takes_a_form_is_carried() {
        for (to, carried) in [
            ("/companies/3", true),
            ("/companies?sort=name", true),
            ("https://evil.example/companies", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("javascript:alert(1)", false),
            ("/companies\r\nX: y", false),
            ("/sign-in", false),
            ("/sign-out?a", false),
            ("/set-up/abc", false),
            ("/api/v1/companies", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(Unsent::of(to, "", b"note=a").is_some(), carried, "{to}");
            let sent_back = Unsent { to: to.into(), typed: "note=a".into(), ..Unsent::default() };
            assert_eq!(sent_back.is_any(), carried, "{to}");
        }
        let huge = Unsent { to: "/companies".into(), typed: "a".repeat(300_001), ..Unsent::default() };
        assert!(!huge.is_any());
    }

    #[test]
    fn the_page_that_a_form_stood_on_is_one_of_this_console_and_not_the_address_that_took_it() {
        for (back, leads) in [
            ("/companies/3/edit", "/companies/3/edit"),
            ("/companies/3", "/"),
            ("/companies/3?a=b", "/"),
            ("//evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(Unsent::of("/companies/3", back, b"note=a").unwrap().back(), leads, "{back}");
        }
    }

    #[test]
    fn what_was_typed_is_shown_to_be_changed_and_what_was_picked_is_kept() {
        for (name, value, label, kind) in [
            ("name", "Contoso", "Name", Kind::Line),
            ("note", "short", "Note", Kind::Lines),
            ("lines", "OLD-1 NEW-1\r\nOLD-2 NEW-2", "Lines", Kind::Lines),
            ("hardware_id", "aa01", "Hardware ID", Kind::Line),
            ("os_version", "10.0", "OS version", Kind::Line),
            ("id-3-1", "ABCDE", "License key pack ID", Kind::Line),
            ("total", "50", "Total", Kind::Line),
            ("company", "3", "Company", Kind::Picked),
            ("company", "Contoso", "Company", Kind::Line),
            ("license_type", "per_device", "License type", Kind::Chosen),
            ("state", "used", "State", Kind::Chosen),
            ("shared", "yes", "Shared", Kind::Chosen),
            ("seen", "17", "Seen", Kind::Unseen),
            ("email", "", "Email", Kind::Unseen),
        ] {
            assert_eq!((super::label(name).as_str(), super::kind(name, value)), (label, kind), "{name}");
        }
        let unsent = Unsent::of("/clients/chosen", "", b"clients=1&clients=2&company=3&site=B+1%2C+%C3%9C").unwrap();
        assert_eq!(unsent.picked(), "Clients, Company");
        assert_eq!(unsent.fields().last().map(|field| field.value.as_str()), Some("B 1, Ü"));
        assert_eq!(
            Field { name: String::new(), value: "per_device".into(), label: String::new(), kind: Kind::Chosen }.word(),
            "Per Device"
        );
    }
}
