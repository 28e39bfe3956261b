//! The look on one page: what its colors mean, its letters, its parts. For whoever changes or extends the console.

use askama::Template;
use axum::response::Response;

use super::actor::Admin;
use super::error::Outcome;
use super::page;
use super::parts::{Choice, Meaning};
use super::shell::Shell;
use crate::check::Problems;

/// What a color stands for, and the states that bear it.
const MEANINGS: [(Meaning, &str, &str); 5] = [
    (Meaning::Act, "act", "Somebody has to do something: a call is due, an import asks, licenses run out."),
    (Meaning::Wait, "wait", "It waits for somebody or something else: a request is open, a seat is queued."),
    (Meaning::Done, "done", "It is as it should be: installed, completed, applied."),
    (Meaning::Stop, "stop", "It was refused, is void or has run out."),
    (Meaning::Plain, "plain", "A fact that asks nothing: gone, temporary, recorded by hand."),
];

/// The tokens beside the meanings, and what each is for.
const TOKENS: [(&str, &str); 10] = [
    ("paper", "What one reads on"),
    ("canvas", "What lies behind: the rail, a table’s frame"),
    ("sunk", "Under the pointer, in a chip"),
    ("line", "Between rows"),
    ("edge", "Around controls, 3:1 on paper"),
    ("ink", "Text"),
    ("soft", "Text that is said beside"),
    ("accent", "Links, the main button, where one is"),
    ("accent-wash", "Where one is, behind the text"),
    ("on-accent", "Text on the main button"),
];

#[derive(Template)]
#[template(path = "styleguide.html")]
struct Styleguide {
    shell: Shell,
    meanings: [(Meaning, &'static str, &'static str); 5],
    tokens: [(&'static str, &'static str); 10],
    choices: Vec<Choice>,
    refused: Problems,
}

/// The look, for admins.
pub async fn show(admin: Admin) -> Outcome<Response> {
    page::show(&Styleguide {
        shell: admin.0.shell,
        meanings: MEANINGS,
        tokens: TOKENS,
        choices: Choice::any([("device", "Per Device"), ("user", "Per User")], "device", "Any"),
        refused: Problems::of("number", "This is no number. Write digits only, like 315262."),
    })
}
