//! The page of the quick search, and the same answers alone, for the box that answers as one types.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::found::{Group, of_named};
use super::store;
use super::term::Term;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page;
use crate::web::shell::Shell;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What is searched for.
    find: String,
    /// Not empty: only the answers are wanted, since somebody is still typing.
    typing: String,
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct Show {
    shell: Shell,
    text: String,
    nothing: String,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "search/found.html")]
struct Found {
    nothing: String,
    groups: Vec<Group>,
}

/// Everything that fits what was typed. A number with a letter, and whatever alone fits, leads straight to the thing.
pub async fn show(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let term = Term::of(&asked.find);
    let named = term.as_ref().and_then(Term::named);
    let (mut groups, mut nothing) = (Vec::new(), String::new());
    if let Some((kind, number)) = named {
        match store::named(&app.db, kind, number).await? {
            Some(href) if asked.typing.is_empty() => return Ok(Redirect::to(&href).into_response()),
            Some(href) => groups.push(of_named(kind, number, href)),
            None => nothing = format!("There is no {} {}-{number}.", kind.label(), kind.letter()),
        }
    }
    if let Some(term) = &term {
        groups.extend(store::find(&app.db, term, auditor.shell.may_read_ids).await?);
    }
    if asked.typing.is_empty()
        && nothing.is_empty()
        && let [Group { hits, .. }] = groups.as_slice()
        && let [only] = hits.as_slice()
    {
        return Ok(Redirect::to(&only.href).into_response());
    }
    if !asked.typing.is_empty() {
        return page::show(&Found { nothing, groups });
    }
    let text = term.map(|term| term.text).unwrap_or_default();
    page::show(&Show { shell: Shell { search: text.clone(), ..auditor.0.shell }, text, nothing, groups })
}
