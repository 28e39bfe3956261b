//! Opening and withdrawing a request, and saying that a license key pack ID is void.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::{Form, Query};

use super::form::ReissueForm;
use super::pages::Show;
use super::reissue::{CAUSES, Reason};
use super::{read, store};
use crate::agreements;
use crate::change;
use crate::check::Problems;
use crate::ids::ReissueId;
use crate::key_packs;
use crate::key_packs::filter::Filter as PackFilter;
use crate::key_packs::key_pack::KeyPack;
use crate::license_servers;
use crate::products;
use crate::products::product::LicenseType;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::listing::number;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;
use crate::web::slice::Window;

#[derive(Template)]
#[template(path = "reissues/form.html")]
struct FormPage {
    shell: Shell,
    form: ReissueForm,
    problems: Problems,
    servers: Vec<Choice>,
    versions: Vec<Choice>,
    types: Vec<Choice>,
    reasons: Vec<Choice>,
    causes: Vec<Choice>,
    agreements: Vec<Choice>,
    /// The key packs of the server that may be replaced, each with whether it is ticked.
    packs: Vec<(KeyPack, bool)>,
}

impl FormPage {
    async fn of(app: &App, shell: Shell, (form, problems): (ReissueForm, Problems)) -> Outcome<FormPage> {
        let types = LicenseType::ALL.map(|one| (one.as_str(), one.label()));
        Ok(FormPage {
            servers: Choice::any(license_servers::read::names(&app.db).await?, &form.license_server, "Choose"),
            versions: Choice::any(products::store::versions(&app.db).await?, &form.product_version, "Choose"),
            types: Choice::any(types, &form.license_type, "Choose"),
            reasons: Reason::ALL.map(|one| Choice::new(one.as_str(), one.label(), &form.reason)).into(),
            causes: Choice::any(CAUSES, &form.cause, "Not said"),
            agreements: agreements_of(app, &form).await?,
            packs: packs_of(app, &form).await?,
            shell,
            form,
            problems,
        })
    }
}

async fn agreements_of(app: &App, form: &ReissueForm) -> Outcome<Vec<Choice>> {
    let company = match number(&form.license_server) {
        Some(server) => license_servers::read::company(&app.db, server).await?,
        None => None,
    };
    let order = agreements::read::ORDERS[0];
    let rows = agreements::read::having(&app.db, (company, ""), &order, &Window::first(200)).await?;
    Ok(Choice::any(rows.iter().map(|one| (one.id, one.title())), &form.agreement, "Not recorded"))
}

async fn packs_of(app: &App, form: &ReissueForm) -> Outcome<Vec<(KeyPack, bool)>> {
    let Some(server) = number(&form.license_server) else { return Ok(Vec::new()) };
    // A migration replaces packs of another server.
    let migrates = form.reason == Reason::Migration.as_str();
    let filter = PackFilter { server: (!migrates).then_some(server), ..PackFilter::default() };
    let rows = key_packs::store::list(&app.db, &filter, &key_packs::store::order(""), &Window::first(100)).await?;
    let ticked = |pack: &KeyPack| form.replaces.iter().any(|id| id.trim() == pack.id.to_string());
    Ok(rows
        .into_iter()
        .filter(|pack| !pack.origin.is_pool())
        .map(|pack| {
            let on = ticked(&pack);
            (pack, on)
        })
        .collect())
}

/// What the address of a new request says: the form's own fields.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Query(form): Query<ReissueForm>) -> Outcome<Response> {
    let reason = if form.reason.is_empty() { Reason::Reinstall.as_str().to_owned() } else { form.reason.clone() };
    let form = ReissueForm { reason, ..form };
    page::show(&FormPage::of(&app, help_desk.0.shell, (form, Problems::none())).await?)
}

/// Opens a request.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Form(form): Form<ReissueForm>) -> Outcome<Response> {
    let opened = match form.check() {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, { store::open(tx, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match opened {
        Ok(id) => Ok(go(&format!("/reissues/{id}"), &format!("R-{id} is open. Its call sheet is ready."))),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, (form, problems(error)?)).await?),
    }
}

/// Withdraws what a request still asks for.
pub async fn withdraw(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = ReissueId(id);
    read::find(&app.db, id).await?;
    let withdrawn = match form.check("Say why it is withdrawn") {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { store::withdraw(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match withdrawn {
        Ok(()) => Ok(go(&format!("/reissues/{id}"), &format!("R-{id} is withdrawn; what waited is queued again."))),
        Err(error) => {
            let page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&page.with_withdrawal(form.reason))
        }
    }
}
