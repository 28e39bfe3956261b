//! The pages by which license servers are added, corrected and retired.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::by_hand;
use super::form::{CONNECTION_METHODS, DISCOVERY_SCOPES, ID_CHANGES, ServerForm};
use super::license_server::ListedServer;
use super::read;
use crate::change;
use crate::check::Problems;
use crate::companies;
use crate::history;
use crate::history::line::Subject;
use crate::ids::LicenseServerId;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "license_servers/form.html")]
struct FormPage {
    shell: Shell,
    /// The server that is corrected; nothing: a new one.
    server: Option<ListedServer>,
    form: ServerForm,
    problems: Problems,
    companies: Vec<Choice>,
    methods: Vec<Choice>,
    scopes: Vec<Choice>,
    changes: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        server: Option<ListedServer>,
        (mut form, problems): (ServerForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match &server {
            Some(server) => {
                let subject = Subject("license_server", server.id.0);
                meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?
            }
            None => Meanwhile::default(),
        };
        let known = companies::store::list(&app.db).await?;
        if let ([only], true) = (known.as_slice(), form.company.is_empty()) {
            form.company = only.id.to_string();
        }
        let nothing = Choice::new("", "Nothing", &form.id_change);
        let changes = ID_CHANGES
            .map(|(name, words, meaning)| Choice { hint: meaning, ..Choice::new(name, words, &form.id_change) });
        Ok(FormPage {
            companies: Choice::any(known.into_iter().map(|one| (one.id, one.name)), &form.company, "Choose"),
            methods: Choice::any(CONNECTION_METHODS, &form.connection_method, "Not recorded"),
            scopes: Choice::any(DISCOVERY_SCOPES, &form.discovery_scope, "Not recorded"),
            changes: std::iter::once(nothing).chain(changes).collect(),
            shell,
            server,
            form,
            problems,
            meanwhile,
        })
    }
}

/// The form of a new license server.
pub async fn new(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    page::show(&FormPage::of(&app, admin.0.shell, None, (ServerForm::default(), Problems::none())).await?)
}

/// Adds a license server.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<ServerForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok((company, new)) => change!(app.db, &admin.name, app.now(), tx, { by_hand::add(tx, company, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/license-servers/{id}"), &format!("{} is recorded.", form.name.trim()))),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a license server.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("license_server", id)).await?;
    let server = read::find(&app.db, LicenseServerId(id)).await?;
    let form = ServerForm::of(server.company_id, by_hand::details(&app.db, server.id).await?, newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(server), (form, Problems::none())).await?)
}

/// Corrects a license server.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<ServerForm>,
) -> Outcome<Response> {
    let server = read::find(&app.db, LicenseServerId(id)).await?;
    let changed = match form.check_correction(server.license_server_id.as_deref(), app.now()) {
        Ok((new, change, why)) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::correct(tx, LicenseServerId(id), (&new, change), &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/license-servers/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(server), (form, problems(error)?)).await?),
    }
}

/// Retires a license server, or takes it back.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let server = read::find(&app.db, LicenseServerId(id)).await?;
    let mut form = ServerForm::of(server.company_id, by_hand::details(&app.db, server.id).await?, 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The license server is in use again." } else { "The license server is retired." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::retire(tx, LicenseServerId(id), back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/license-servers/{id}"), says)),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(server), (form, problems(error)?)).await?),
    }
}
