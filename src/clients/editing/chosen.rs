//! Several clients at once: what is known of each, and what is recorded of all of them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use crate::change;
use crate::check::Problems;
use crate::clients::chosen::{CHANGES, Change, ChosenForm, names, nobody};
use crate::clients::client::Status;
use crate::clients::filter::Filter;
use crate::clients::together::{self, Done, Known, Named};
use crate::findings::look;
use crate::ids::ClientId;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::counted;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

/// A pasted list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pasted {
    names: String,
}

#[derive(Template)]
#[template(path = "clients/chosen.html")]
struct Page {
    shell: Shell,
    /// What was pasted.
    names: String,
    /// Names that nobody bears.
    unknown: Vec<String>,
    /// Names that several bear.
    shared: Vec<String>,
    clients: Vec<Known>,
    form: ChosenForm,
    changes: Vec<Choice>,
    statuses: Vec<Choice>,
    problems: Problems,
}

impl Page {
    fn of(shell: Shell, clients: Vec<Known>, form: ChosenForm, problems: Problems) -> Page {
        Page {
            changes: Choice::any(CHANGES, &form.change, "Choose"),
            statuses: Choice::any(Status::ALL.map(|one| (one.as_str(), one.label())), &form.status, "Choose"),
            shell,
            names: String::new(),
            unknown: Vec::new(),
            shared: Vec::new(),
            clients,
            form,
            problems,
        }
    }

    /// `3 clients`.
    fn counted(&self) -> String {
        counted(i64::try_from(self.clients.len()).unwrap_or(0), "client")
    }

    /// Whether a client stays ticked: all of them, until somebody has taken some out.
    fn is_ticked(&self, client: &Known) -> bool {
        self.form.clients.is_empty() || self.form.clients.iter().any(|typed| typed.trim() == client.id.to_string())
    }
}

/// The clients that are meant: all that match, or those ticked.
async fn meant(app: &App, form: &ChosenForm) -> Outcome<Vec<ClientId>> {
    if form.all.is_empty() { Ok(form.ids()?) } else { together::matching(&app.db, &Filter::of(&form.asked)).await }
}

/// What is known of the clients chosen in a list; of nobody: the form that takes a list of names.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Outcome<Response> {
    let form = ChosenForm::of(pairs);
    match meant(&app, &form).await {
        Ok(ids) => {
            let clients = together::known(&app.db, &ids).await?;
            page::show(&Page::of(auditor.0.shell, clients, form, Problems::none()))
        }
        Err(error) => refused(&Page::of(auditor.0.shell, Vec::new(), form, problems(error)?)),
    }
}

/// What is known of whoever bears the names of a list. It changes nothing.
pub async fn look_up(State(app): State<App>, auditor: Auditor, Form(pasted): Form<Pasted>) -> Outcome<Response> {
    let form = ChosenForm::default();
    let names = match names(&pasted.names) {
        Ok(names) => names,
        Err(wrong) => {
            let page = Page::of(auditor.0.shell, Vec::new(), form, wrong);
            return refused(&Page { names: pasted.names, ..page });
        }
    };
    let found = together::named(&app.db, names).await?;
    let of = |many: fn(usize) -> bool| -> Vec<String> {
        found.iter().filter(|one| many(one.clients.len())).map(|one| one.name.clone()).collect()
    };
    let (unknown, shared) = (of(|count| count == 0), of(|count| count > 1));
    let clients = found.into_iter().flat_map(|Named { clients, .. }| clients).collect();
    let page = Page::of(auditor.0.shell, clients, form, Problems::none());
    page::show(&Page { names: pasted.names, unknown, shared, ..page })
}

/// Records the same of all that are chosen: of all of them, or of none.
pub async fn create(
    State(app): State<App>,
    help_desk: HelpDesk,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Outcome<Response> {
    let form = ChosenForm::of(pairs);
    match record(&app, &help_desk, &form).await {
        Ok(done) => Ok(go("/clients", &said(done))),
        Err(error) => {
            let problems = problems(error)?;
            let ids = meant(&app, &form).await.unwrap_or_default();
            let clients = together::known(&app.db, &ids).await?;
            refused(&Page::of(help_desk.0.shell, clients, form, problems))
        }
    }
}

async fn record(app: &App, help_desk: &HelpDesk, form: &ChosenForm) -> Outcome<Done> {
    let (change, reason) = form.check()?;
    let ids = meant(app, form).await?;
    if ids.is_empty() {
        return Err(nobody().into());
    }
    change!(app.db, &help_desk.name, app.now(), tx, {
        let look = look::begin(tx).await?;
        let done = together::change_all(tx, &ids, (&change, &reason)).await?;
        if matches!(change, Change::Status(_)) {
            look::at_clients(tx, look, &ids, app.settings.unseen_days).await?;
        }
        done
    })
}

fn said(done: Done) -> String {
    let same = if done.same > 0 { format!(" Of {} it was recorded already.", done.same) } else { String::new() };
    format!("It is recorded of {}.{same}", counted(done.changed, "client"))
}
