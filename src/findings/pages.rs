//! The pages of findings: the list, and one finding with whom it is about.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::finding::{Finding, Kind, State as Stands};
use super::store::{self, ORDERS};
use crate::check::Problems;
use crate::clients;
use crate::clients::client::Client;
use crate::companies;
use crate::history;
use crate::ids::{ClientId, FindingId, LicenseId};
use crate::license_servers;
use crate::licenses::filter::Filter as LicenseFilter;
use crate::licenses::license::License;
use crate::licenses::store as licenses;
use crate::transfers::signs;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, with_paging};
use crate::web::page;
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};
use crate::web::subject;
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 9] = [
    Column::fixed("finding", "Finding"),
    Column::fixed("choose", "Choose"),
    Column::new("client", "Client"),
    Column::new("other", "The other one"),
    Column::new("kind", "What"),
    Column::new("state", "State"),
    Column::new("server", "License server"),
    Column::new("found", "Found"),
    Column::new("company", "Company"),
];

#[derive(Template)]
#[template(path = "findings/list.html")]
pub(super) struct List {
    shell: Shell,
    findings: Vec<Finding>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    servers: Vec<Choice>,
    /// The companies to choose from; empty when there is only one.
    companies: Vec<Choice>,
    /// The client that only a link sets, which the form sends along.
    client: String,
    /// Days without a sign after which a client counts as unseen.
    unseen_days: i64,
    /// Old computers that showed a sign of life, which are told on the queue's page.
    open_signs: i64,
    /// What the list's address asks for, which the form of answers sends along.
    back: String,
    /// Those that were chosen in a form that was refused.
    chosen: Vec<i64>,
    /// The reason that was typed in it.
    reason: String,
    problems: Problems,
    list: Listing,
}

impl List {
    pub(super) async fn of(app: &App, shell: Shell, asked: &Asked, problems: Problems) -> Outcome<List> {
        let filter = Filter::of(asked);
        let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
        let rows = store::list(&app.db, &filter, &order, &window).await?;
        let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
        let named = [("company", filter.company), ("license_server", filter.server), ("client", filter.client)];
        let names =
            subject::names(&app.db, named.iter().filter_map(|(kind, id)| Some(((*kind).to_owned(), (*id)?)))).await?;
        let known = companies::store::list(&app.db).await?;
        let may_answer = shell.may_read_ids && slice.rows.iter().any(Finding::is_open);
        let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
        let columns = Columns::of(&COLUMNS, &asked.paging.without, &address)
            .having(may_answer, "choose")
            .having(known.len() > 1, "company");
        let address = columns.address();
        let chips = filter.chips(address, named.map(|(kind, id)| id.map(|id| names.of(kind, id))));
        let footer = slice.counted(address, store::count(&app.db, &filter, CAP), "findings").await?;
        let here = address.with("after", &asked.paging.after).with("before", &asked.paging.before).to_string();
        let company = filter.company.map(|id| id.to_string()).unwrap_or_default();
        let several = Choice::any(known.iter().map(|one| (one.id, &one.name)), &company, "Any");
        let kind = filter.kind.map_or("", Kind::as_str);
        let states = Stands::ALL.map(|state| (if state == Stands::Open { "" } else { state.as_str() }, state.word()));
        let states = states.into_iter().chain([("all", "Any")]);
        Ok(List {
            kinds: Choice::any(Kind::ALL.map(|kind| (kind.as_str(), kind.word())), kind, "Any"),
            states: states.map(|(value, text)| Choice::new(value, text, filter.state())).collect(),
            servers: Choice::any(license_servers::read::names(&app.db).await?, &asked.server, "Any"),
            companies: if known.len() > 1 { several } else { Vec::new() },
            client: filter.client.map(|id| id.to_string()).unwrap_or_default(),
            unseen_days: app.settings.unseen_days,
            open_signs: signs::count_open(&app.db, CAP).await?,
            back: here.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
            chosen: Vec::new(),
            reason: String::new(),
            list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
            findings: slice.rows,
            shell,
            problems,
        })
    }

    /// With what was chosen and typed in a form that was refused.
    pub(super) fn with_typed(self, chosen: Vec<i64>, reason: String) -> List {
        List { chosen, reason, ..self }
    }

    fn is_chosen(&self, one: &Finding) -> bool {
        self.chosen.contains(&one.id.0)
    }

    /// Whether one of those shown waits for an answer that the reader may give.
    fn may_answer(&self) -> bool {
        self.list.shows("choose")
    }
}

/// Findings, the newest first; those that are open unless something else is asked for.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    page::show(&List::of(&app, auditor.0.shell, &asked, Problems::none()).await?)
}

#[derive(Template)]
#[template(path = "findings/show.html")]
pub(super) struct Show {
    shell: Shell,
    finding: Finding,
    /// Whom it is about.
    clients: Vec<Client>,
    /// The licenses that it names, or that its clients hold.
    licenses: Vec<License>,
    unseen_days: i64,
    /// What was typed in a form that was refused.
    pub(super) reason: String,
    problems: Problems,
    days: Vec<Day>,
}

impl Show {
    pub(super) async fn of(app: &App, shell: Shell, id: FindingId, problems: Problems) -> Outcome<Show> {
        let finding = store::find(&app.db, id).await?;
        let mut about = Vec::new();
        for client in std::iter::once(finding.client_id).chain(finding.other_client_id) {
            about.push(clients::store::find(&app.db, client).await?);
        }
        let (lines, _) = history::store::latest(&app.db, "finding", id.0, 50).await?;
        Ok(Show {
            licenses: licenses_of(app, &finding).await?,
            days: timeline::of_lines(&app.db, &shell, lines, Some(("finding", id.0))).await?,
            clients: about,
            unseen_days: app.settings.unseen_days,
            reason: String::new(),
            shell,
            finding,
            problems,
        })
    }

    /// Whether the clients' hardware IDs are the same, or there is only one client.
    fn is_twin(&self) -> bool {
        self.clients.len() > 1
    }
}

/// The licenses that a finding names; where it names clients only, those that they hold.
async fn licenses_of(app: &App, finding: &Finding) -> Outcome<Vec<License>> {
    let named: Vec<LicenseId> = [finding.license_id, finding.other_license_id].into_iter().flatten().collect();
    let mut all = Vec::new();
    for id in &named {
        all.push(licenses::find(&app.db, *id).await?);
    }
    if named.is_empty() {
        for client in std::iter::once(finding.client_id).chain(finding.other_client_id) {
            all.extend(held(app, client).await?);
        }
    }
    Ok(all)
}

async fn held(app: &App, client: ClientId) -> Outcome<Vec<License>> {
    let filter = LicenseFilter { client: Some(client.0), ..LicenseFilter::on_server(app.now()) };
    let window = Window::first(20);
    let rows = licenses::list(&app.db, &filter, &licenses::order(&filter, "issued"), &window).await?;
    Ok(window.cut(rows, |license| Cursor::new(license.id, license.id.0)).rows)
}

/// One finding.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    page::show(&Show::of(&app, auditor.0.shell, FindingId(id), Problems::none()).await?)
}
