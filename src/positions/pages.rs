//! The page of the position: company by company, with the equation of each version and type.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::as_of::Until;
use super::estate::{Estate, Server};
use super::line::Term;
use super::position::{Position, reckon};
use super::store;
use crate::check::Problems;
use crate::companies;
use crate::ids::CompanyId;
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::format::{counted, number};
use crate::web::listing;
use crate::web::page;
use crate::web::parts::Choice;
use crate::web::shell::Shell;

/// Lines of one term that the page shows; a download has them all.
const SHOWN: usize = 100;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The day.
    pub on: String,
    /// The company's number.
    pub company: String,
    /// The columns that are hidden, by name.
    pub without: String,
}

impl Asked {
    /// The company that is asked about.
    pub fn company(&self) -> Option<CompanyId> {
        listing::number(&self.company).map(CompanyId)
    }
}

/// A company with its servers and positions.
struct Part {
    id: CompanyId,
    name: String,
    servers: Vec<Server>,
    positions: Vec<Position>,
}

/// The columns of the list.
pub(super) static COLUMNS: [Column; 7] = [
    Column::fixed("product", "License Version and Type"),
    Column::new("owned", "Owned").number(),
    Column::new("installed", "Installed").number(),
    Column::new("used", "In use").number(),
    Column::new("phantom", "Phantom").number(),
    Column::new("explained", "Explained").number(),
    Column::new("unexplained", "Unexplained").number(),
];

#[derive(Template)]
#[template(path = "positions/show.html")]
struct Show {
    shell: Shell,
    asked: Asked,
    problems: Problems,
    companies: Vec<Choice>,
    /// The moment, where it could be read.
    until: Option<Until>,
    columns: Columns,
    parts: Vec<Part>,
}

/// The position now, or as it was at the end of a day.
pub async fn show(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let shell = auditor.0.shell;
    let names = companies::store::list(&app.db).await?;
    let several = names.len() > 1;
    let names = names.into_iter().filter(|_| several).map(|one| (one.id, one.name));
    let companies = if several { Choice::any(names, &asked.company, "Every company") } else { Vec::new() };
    let company = asked.company();
    let address = Address::new("/reports/position").with("on", &asked.on).with("company", &asked.company);
    let columns = Columns::of(&COLUMNS, &asked.without, &address);
    let problems = Problems::none();
    let mut page = Show { shell, asked, problems, companies, until: None, columns, parts: Vec::new() };
    match store::until(&page.asked.on, app.now(), &app.settings.zone) {
        Ok(until) => {
            page.parts = parts(&*estate(&app, company, &until).await?);
            page.asked.on.clone_from(&until.day);
            page.until = Some(until);
            page::show(&page)
        }
        Err(problems) => {
            page.problems = problems;
            page::refused(&page)
        }
    }
}

/// What positions are reckoned from; that of today is kept.
pub(super) async fn estate(app: &App, company: Option<CompanyId>, until: &Until) -> Outcome<Arc<Estate>> {
    let read = Box::pin(store::read(&app.db, company, until));
    match until.end {
        Some(_) => Ok(Arc::new(read.await?)),
        None => app.kept.estates.answer(&app.db, (company, until.day.clone()), read).await,
    }
}

fn parts(estate: &Estate) -> Vec<Part> {
    let mut positions = reckon(estate);
    let mut parts = Vec::with_capacity(estate.companies.len());
    for (id, name) in estate.companies.clone() {
        let (own, rest) = positions.into_iter().partition(|position| position.group.company_id == id);
        positions = rest;
        let servers = estate.servers.iter().filter(|server| server.company_id == id).cloned().collect();
        parts.push(Part { id, name, servers, positions: own });
    }
    parts.retain(|part| !part.positions.is_empty() || !part.servers.is_empty());
    parts
}

impl Show {
    /// Whether a day before today is asked about.
    fn is_past(&self) -> bool {
        self.until.as_ref().is_some_and(|until| until.end.is_some())
    }

    fn download(&self, file: &str) -> String {
        let on = if self.is_past() { self.asked.on.as_str() } else { "" };
        self.columns.address().at(file).with("on", on).to_string()
    }
}

impl Part {
    fn has_open(&self) -> bool {
        self.positions.iter().any(Position::is_open)
    }

    /// What keeps the purchases from being certain, in a sentence.
    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let without: i64 = self.positions.iter().map(|position| position.without_day).sum();
        if without > 0 {
            let are = if without == 1 { "has no recorded day of purchase" } else { "have no recorded day of purchase" };
            doubts.push(format!("{} {are}: counted on every day.", counted(without, "agreement")));
        }
        doubts
    }
}

/// A number of the table, or why there is none.
struct Told {
    text: String,
    is_known: bool,
}

impl Told {
    fn of(value: Option<i64>, otherwise: &str) -> Told {
        Told { is_known: value.is_some(), text: value.map_or_else(|| otherwise.to_owned(), number) }
    }
}

impl Position {
    /// The numbers of its row by their columns, but for the last.
    fn cells(&self) -> [(&'static str, Told); 5] {
        [
            ("owned", Told::of(self.owned, "not recorded")),
            ("installed", Told::of(self.installed, "not known")),
            ("used", Told::of(self.in_use, "not known")),
            ("phantom", Told::of(self.phantom(), "not known")),
            ("explained", Told::of(self.explained, "not known")),
        ]
    }

    /// How much is owned and not installed.
    fn left(&self) -> Option<String> {
        self.not_installed().map(number)
    }

    /// What nothing explains.
    fn rest(&self) -> String {
        Told::of(self.unexplained(), "not known").text
    }

    /// The lines of a term that the page shows.
    fn shown(&self, term: impl Borrow<Term>) -> Vec<&super::line::Line> {
        let mut lines = self.of(*term.borrow());
        lines.truncate(SHOWN);
        lines
    }

    /// What the page leaves out of a term: how many lines, and what they come to.
    fn left_out(&self, term: impl Borrow<Term>) -> Option<String> {
        let lines = self.of(*term.borrow());
        let rest = lines.get(SHOWN..).filter(|rest| !rest.is_empty())?;
        let sum: i64 = rest.iter().map(|line| line.amount).sum();
        let many = counted(i64::try_from(rest.len()).unwrap_or(i64::MAX), "more line");
        Some(format!("{many}, {} in all: the download of the lines has every one", number(sum)))
    }

    fn anchor(&self) -> String {
        format!("p-{}-{}-{}", self.group.company_id, self.group.version, self.group.license_type)
    }
}
