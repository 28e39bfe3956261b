//! The pages of imports: the list, the form, and what an import shows in each of its states.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::asking::Asking;
use super::deciding::Preview;
use super::form::ImportForm;
use super::import::{Import, ImportFile, State as Stage};
use super::moved::Moved;
use super::store;
use super::work::Worker;
use crate::check::Problems;
use crate::companies;
use crate::ids::ImportId;
use crate::web::actor::{Admin, Auditor};
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::format::{counted, number};
use crate::web::icon;
use crate::web::listing::{Listing, with_paging};
use crate::web::page::show;
use crate::web::parts::{Chip, Choice};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Paging, Window};

/// Whoever works on imports for this copy of the program.
pub fn worker(app: &App) -> Worker {
    Worker {
        db: app.db.clone(),
        clock: app.clock.clone(),
        name: app.worker.clone(),
        unseen_days: app.settings.unseen_days,
    }
}

/// The columns of the list.
pub(super) static COLUMNS: [Column; 9] = [
    Column::fixed("import", "Import"),
    Column::new("state", "State"),
    Column::new("new", "New").number(),
    Column::new("changed", "Changed").number(),
    Column::new("gone", "Gone").number(),
    Column::new("settle", "To settle").number(),
    Column::new("exported", "Exported"),
    Column::new("actor", "Imported by"),
    Column::new("imported", "Imported"),
];

#[derive(Template)]
#[template(path = "imports/list.html")]
struct List {
    shell: Shell,
    imports: Vec<Import>,
    states: Vec<Choice>,
    list: Listing,
}

/// Imports have one order: the newest first.
static ORDERS: [Order; 0] = [];

/// How the list of imports is filtered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    state: String,
    #[serde(flatten)]
    paging: Paging,
}

impl ListQuery {
    /// The state asked for.
    pub(super) fn state(&self) -> Option<Stage> {
        FILTERS.into_iter().find(|state| state.as_str() == self.state)
    }
}

pub(super) const FILTERS: [Stage; 7] =
    [Stage::Ready, Stage::Asking, Stage::Reading, Stage::Applied, Stage::NothingToDo, Stage::Discarded, Stage::Failed];

/// Imports, newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(query): Query<ListQuery>) -> Outcome<Response> {
    let state = query.state();
    let window = Window::of(&query.paging);
    let rows = store::list(&app.db, state, &window).await?;
    let slice = window.cut(rows, |import| Cursor::new(import.id, import.id.0));
    let address = Address::new("/imports").with("state", state.map_or("", Stage::as_str));
    let address = with_paging(&address, &query.paging, &ORDERS);
    let columns = Columns::of(&COLUMNS, &query.paging.without, &address);
    let footer = slice.counted(columns.address(), store::count(&app.db, state, CAP), "imports").await?;
    let states = Choice::any(FILTERS.map(|state| (state.as_str(), state.word())), &query.state, "Any");
    let chip = state.map(|state| Chip::new("State", state.word(), "state", columns.address()));
    show(&List {
        shell: auditor.0.shell,
        states,
        list: Listing::new(columns, Order::BY_NUMBER, &ORDERS, &window, chip.into_iter().collect(), footer),
        imports: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "imports/new.html")]
pub(super) struct New {
    shell: Shell,
    form: ImportForm,
    problems: Problems,
    companies: Vec<Choice>,
    servers: Vec<String>,
    covers: Vec<Choice>,
    orders: Vec<Choice>,
}

impl New {
    pub(super) async fn of(app: &App, admin: Admin, form: ImportForm, problems: Problems) -> Outcome<New> {
        let companies = companies::store::list(&app.db).await?;
        let companies = companies.iter().map(|company| Choice::new(&company.name, &company.name, &form.company));
        let hinted = |value, text, hint| Choice { hint, ..Choice::new(value, text, &form.covers) };
        Ok(New {
            shell: admin.0.shell,
            companies: companies.collect(),
            servers: crate::license_servers::store::names(&app.db).await?,
            covers: vec![
                hinted("", "As usual", "An export is the whole server, a report a part of it."),
                hinted("part", "Only a part", "What the files lack is not gone from the server."),
                hinted("whole", "The whole server", "What the files lack is gone from the server."),
            ],
            orders: vec![
                Choice::new("", "Ask me when it matters", &form.date_order),
                Choice::new("day_first", "03/05/2024 is 3 May", &form.date_order),
                Choice::new("month_first", "03/05/2024 is 5 March", &form.date_order),
            ],
            form,
            problems,
        })
    }
}

/// The form by which files are brought in.
pub async fn new(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    show(&New::of(&app, admin, ImportForm::default(), Problems::none()).await?)
}

/// What an import's page shows, and which slice of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ShowQuery {
    /// The tab: `new`, `changed`, …
    pub(super) show: String,
    /// What the columns of an unknown table are taken for.
    pub(super) kind: String,
    #[serde(flatten)]
    pub(super) paging: Paging,
}

/// An import: how far it has come, what it asks, what it would change, or what became of it.
pub async fn show_one(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    Query(query): Query<ShowQuery>,
) -> Outcome<Response> {
    page(&app, auditor.0.shell, ImportId(id), query, Problems::none()).await
}

/// An import's page after a refused answer.
pub(super) async fn refuse(app: &App, shell: Shell, id: ImportId, problems: Problems) -> Outcome<Response> {
    // Of several things to settle, the first tab is the first of them.
    let errors = problems.of_field("errors").is_some() && problems.of_field("conflicts").is_none();
    let show = if errors { "errors".to_owned() } else { String::new() };
    page(app, shell, id, ShowQuery { show, ..ShowQuery::default() }, problems).await
}

async fn page(app: &App, shell: Shell, id: ImportId, query: ShowQuery, problems: Problems) -> Outcome<Response> {
    let import = store::find(&app.db, id).await?;
    let files = store::files(&app.db, id).await?;
    match import.state {
        Stage::Receiving | Stage::Reading | Stage::Applying => show(&Progress { shell, import, files }),
        Stage::Asking => Asking::show(app, shell, import, files, &query, problems).await,
        Stage::Ready => Preview::show(app, shell, import, files, &query, problems).await,
        _ if !problems.is_empty() => Err(problems.into()),
        _ => show(&Over { moved: Moved::by(&app.db, id).await?, shell, import, files }),
    }
}

#[derive(Template)]
#[template(path = "imports/progress.html")]
struct Progress {
    shell: Shell,
    import: Import,
    files: Vec<ImportFile>,
}

impl Progress {
    fn pace(&self) -> Option<(String, String)> {
        let (pace, left) = self.import.pace(self.shell.format.now)?;
        let left = if left < 90 { counted(left, "second") } else { counted((left + 30) / 60, "minute") };
        Some((number(pace), left))
    }
}

#[derive(Template)]
#[template(path = "imports/over.html")]
struct Over {
    shell: Shell,
    import: Import,
    moved: Moved,
    files: Vec<ImportFile>,
}
