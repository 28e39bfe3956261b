//! How a call begins, or is logged after it has ended: on the page that offers both.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{Pairs, by_urgency, number_for, outcomes};
use crate::calls::call::ABOUT;
use crate::calls::draft::Draft;
use crate::calls::form::{CallForm, is_typed};
use crate::calls::live::Asked;
use crate::calls::sheet::Part;
use crate::calls::{ending, read, store};
use crate::change;
use crate::check::Problems;
use crate::ids::{CallId, ReissueId};
use crate::license_servers;
use crate::moment::Moment;
use crate::reissues;
use crate::reissues::reissue::Reissue;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

/// The most open requests that the page offers.
const OFFERED: usize = 20;

#[derive(Template)]
#[template(path = "calls/form.html")]
struct FormPage {
    shell: Shell,
    asks: Vec<Asked>,
    /// Open requests to choose from, where none is chosen: those of the license server, if one is.
    open: Vec<Reissue>,
    fields: Draft,
    abouts: Vec<Choice>,
    servers: Vec<Choice>,
    outcomes: Vec<Choice>,
    problems: Problems,
}

impl FormPage {
    async fn of(app: &App, shell: Shell, (form, problems): (&CallForm, Problems)) -> Outcome<FormPage> {
        let since = Moment::of_minute_in(form.fields.get("started_at"), &shell.format.zone);
        let mut asks = Vec::with_capacity(form.requests.len());
        for id in &form.requests {
            let part = match Part::of(&app.db, *id).await {
                Err(Error::NotFound) => continue,
                part => part?,
            };
            asks.push(Asked::of(&app.db, part, &form.fields, since.unwrap_or(app.now())).await?);
        }
        let servers = license_servers::read::names(&app.db).await?;
        let chosen = form.fields.get("license_server");
        let is_offered = form.requests.is_empty() && form.fields.get("follows").is_empty();
        let open = if is_offered { reissues::read::open(&app.db).await? } else { Vec::new() };
        let open = open.into_iter().filter(|one| chosen.is_empty() || one.server_id.to_string() == chosen);
        Ok(FormPage {
            abouts: ABOUT
                .iter()
                .skip(1)
                .map(|(name, words)| Choice::new(name, words, form.fields.get("about")))
                .collect(),
            servers: Choice::any(servers, form.fields.get("license_server"), "Choose"),
            outcomes: outcomes(form.fields.get("outcome")),
            open: open.take(OFFERED).collect(),
            shell,
            asks,
            fields: form.fields.clone(),
            problems,
        })
    }
}

/// What the address of a new call says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewAsked {
    /// The request that it is about.
    request: String,
    /// The license server that it is about.
    server: String,
    /// The call that it follows.
    follows: String,
}

/// The page on which a call is begun, or logged afterwards.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Query(asked): Query<NewAsked>) -> Outcome<Response> {
    let mut form = CallForm {
        fields: Draft::default().with("license_server", &*asked.server).with("follows", &*asked.follows),
        requests: asked.request.parse().map(ReissueId).into_iter().collect(),
    };
    if let (Ok(follows), true) = (asked.follows.parse().map(CallId), form.requests.is_empty()) {
        let open = read::asked(&app.db, follows).await?;
        for one in open {
            if reissues::read::find(&app.db, one.reissue_id).await?.state.is_open() {
                form.requests.push(one.reissue_id);
            }
        }
        let call = read::find(&app.db, follows).await?;
        // What its requests asked for has come: what is left is something else about their server.
        let about = if call.about == "reissue" { "other" } else { &*call.about };
        form.fields = form.fields.with("license_server", call.server_id.to_string()).with("about", about);
    }
    page::show(&FormPage::of(&app, help_desk.0.shell, (&form, Problems::none())).await?)
}

/// The form that was sent, with everything that a call may say.
fn form_of(pairs: &[(String, String)]) -> CallForm {
    let others = ["about", "license_server", "follows", "started_at", "operator"];
    let numbers = pairs.iter().filter(|(name, _)| name == "requests").filter_map(|(_, id)| id.trim().parse().ok());
    let mut requests: Vec<ReissueId> = numbers.map(ReissueId).take(50).collect();
    requests.sort_unstable();
    requests.dedup();
    CallForm { fields: Draft::of_pairs(pairs, |name| is_typed(name) || others.contains(&name)), requests }
}

/// Begins a call, or logs one that has ended.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Form(pairs): Form<Pairs>) -> Outcome<Response> {
    let form = form_of(&pairs);
    let begins = pairs.iter().any(|(name, value)| name == "live" && !value.is_empty());
    let made = if begins { begin(&app, &help_desk, &form).await } else { log(&app, &help_desk, &form).await };
    match made {
        Ok(id) => {
            let says =
                if begins { "The call has begun. Everything that you type is kept." } else { "The call is logged." };
            Ok(go(&format!("/calls/{id}"), says))
        }
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, (&form, problems(error)?)).await?),
    }
}

async fn begin(app: &App, help_desk: &HelpDesk, form: &CallForm) -> Outcome<CallId> {
    let begun = form.check_begun()?;
    let number = number_for(app, form).await?;
    change!(app.db, &help_desk.name, app.now(), tx, { store::start(tx, &begun, &number).await? })
}

async fn log(app: &App, help_desk: &HelpDesk, form: &CallForm) -> Outcome<CallId> {
    let left = left(app, &form.requests).await?;
    let mut logged =
        form.clone().granting_all(&left).check_logged((&help_desk.shell.format.zone, app.now()), &help_desk.name)?;
    logged.ended.nearest_first(by_urgency(app).await?);
    change!(app.db, &help_desk.name, app.now(), tx, { ending::log(tx, &logged).await? })
}

/// How many each request still asks for.
async fn left(app: &App, requests: &[ReissueId]) -> Outcome<Vec<(ReissueId, i64)>> {
    let mut left = Vec::with_capacity(requests.len());
    for id in requests {
        match Part::of(&app.db, *id).await {
            Err(Error::NotFound) => {}
            part => left.push((*id, part?.left)),
        }
    }
    Ok(left)
}
