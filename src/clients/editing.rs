//! What people change of clients: adding one by hand, correcting, decommissioning.

pub mod chosen;
pub mod removal;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::by_hand;
use super::client::{Client, Kind, Status};
use super::form::ClientForm;
use super::store;
use crate::change;
use crate::check::Problems;
use crate::companies;
use crate::findings::look;
use crate::history;
use crate::history::line::Subject;
use crate::ids::ClientId;
use crate::products;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "clients/form.html")]
struct FormPage {
    shell: Shell,
    /// The client that is corrected; nothing: a new one.
    client: Option<Client>,
    /// Whether an export has shown it, so that its server says its name and hardware ID.
    told: bool,
    form: ClientForm,
    problems: Problems,
    companies: Vec<Choice>,
    kinds: Vec<Choice>,
    families: Vec<Choice>,
    statuses: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        client: Option<Client>,
        (mut form, problems): (ClientForm, Problems),
    ) -> Outcome<FormPage> {
        let (mut told, mut before) = (false, Meanwhile::default());
        if let Some(client) = &client {
            let subject = Subject("client", client.id.0);
            before = meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?;
            told = by_hand::is_told(&app.db, client.id).await?;
        }
        let known = companies::store::list(&app.db).await?;
        if let ([only], true) = (known.as_slice(), form.company.is_empty()) {
            form.company = only.id.to_string();
        }
        let families = products::store::os_families(&app.db).await?.into_iter();
        let offered = families.filter(|one| one.retired_at.is_none() || one.id.to_string() == form.os_family);
        Ok(FormPage {
            companies: Choice::any(known.into_iter().map(|one| (one.id, one.name)), &form.company, "Choose"),
            kinds: Kind::ALL.map(|one| Choice::new(one.as_str(), one.label(), &form.kind)).to_vec(),
            families: Choice::any(offered.map(|one| (one.id, one.name)), &form.os_family, "Not known"),
            statuses: Status::ALL.map(|one| Choice::new(one.as_str(), one.label(), &form.status)).to_vec(),
            shell,
            client,
            told,
            form,
            problems,
            meanwhile: before,
        })
    }
}

/// The form of a new client.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Query(begun): Query<ClientForm>) -> Outcome<Response> {
    let form = ClientForm { company: begun.company, name: begun.name, ..ClientForm::usual() };
    page::show(&FormPage::of(&app, help_desk.0.shell, None, (form, Problems::none())).await?)
}

/// Adds a client.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Form(form): Form<ClientForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok((company, kind, new)) => {
            change!(app.db, &help_desk.name, app.now(), tx, { by_hand::add(tx, company, kind, &new).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/clients/{id}"), &format!("{} is recorded.", form.name.trim()))),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a client.
pub async fn edit(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("client", id)).await?;
    let client = store::find(&app.db, ClientId(id)).await?;
    let details = by_hand::details(&app.db, client.id).await?;
    let form = ClientForm::of((client.company_id, client.kind), details, newest);
    page::show(&FormPage::of(&app, help_desk.0.shell, Some(client), (form, Problems::none())).await?)
}

/// Corrects a client.
pub async fn update(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ClientForm>,
) -> Outcome<Response> {
    let client = store::find(&app.db, ClientId(id)).await?;
    let told = by_hand::is_told(&app.db, client.id).await?;
    let changed = match form.check_correction((client.kind, told), app.now()) {
        Ok((new, why)) => change!(app.db, &help_desk.name, app.now(), tx, {
            let look = look::begin(tx).await?;
            by_hand::correct(tx, ClientId(id), &new, &why).await?;
            let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/clients/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, Some(client), (form, problems(error)?)).await?),
    }
}

/// Says that a client was taken out of use, or is in use again.
pub async fn retire(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let client = store::find(&app.db, ClientId(id)).await?;
    let mut form = ClientForm::of((client.company_id, client.kind), by_hand::details(&app.db, client.id).await?, 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The client is in use again." } else { "The client is decommissioned." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &help_desk.name, app.now(), tx, {
            let look = look::begin(tx).await?;
            by_hand::retire(tx, ClientId(id), back, &why).await?;
            let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/clients/{id}"), says)),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, Some(client), (form, problems(error)?)).await?),
    }
}
