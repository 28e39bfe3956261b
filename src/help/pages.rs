//! Help's pages: the index with its search, and one page.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::find::{Hit, find};
use super::page::{PAGES, Page, named};
use crate::web::actor::Auditor;
use crate::web::error::{Error, Outcome};
use crate::web::format::counted;
use crate::web::page;
use crate::web::shell::Shell;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What is looked for.
    find: String,
}

#[derive(Template)]
#[template(path = "help/list.html")]
struct List {
    shell: Shell,
    pages: &'static [Page],
    text: String,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "help/show.html")]
struct Show {
    shell: Shell,
    pages: &'static [Page],
    page: &'static Page,
}

impl List {
    fn count(&self) -> String {
        counted(i64::try_from(self.hits.len()).unwrap_or(i64::MAX), "section")
    }
}

/// Every page, or the sections that fit what is looked for.
pub async fn list(auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let text: String = asked.find.trim().chars().take(200).collect();
    let hits = find(&PAGES, &text);
    page::show(&List { shell: auditor.0.shell, pages: &PAGES, text, hits })
}

/// One page.
pub async fn show(auditor: Auditor, Path(name): Path<String>) -> Outcome<Response> {
    let page = named(&name).ok_or(Error::NotFound)?;
    page::show(&Show { shell: auditor.0.shell, pages: &PAGES, page })
}
