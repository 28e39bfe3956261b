//! What people change of key packs: recording one by hand, correcting, taking off, showing its license key pack ID.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::by_hand;
use super::form::KeyPackForm;
use super::key_pack::{KeyPack, Origin};
use super::product::LicenseType;
use super::state;
use super::store;
use crate::agreements;
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::history::line::Subject;
use crate::ids::KeyPackId;
use crate::license_servers;
use crate::license_servers::license_server::groups;
use crate::products;
use crate::web::actor::{Admin, HelpDesk};
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::Outcome;
use crate::web::listing::number;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::slice::{Order, Window};

#[derive(Template)]
#[template(path = "key_packs/form.html")]
struct FormPage {
    shell: Shell,
    /// The pack that is corrected; nothing: a new one.
    pack: Option<KeyPack>,
    form: KeyPackForm,
    problems: Problems,
    servers: Vec<Choice>,
    versions: Vec<Choice>,
    types: Vec<Choice>,
    origins: Vec<Choice>,
    states: Vec<Choice>,
    agreements: Vec<Choice>,
    meanwhile: Meanwhile,
}

/// The most agreements that a list to choose from shows.
const AGREEMENTS: i64 = 500;

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        pack: Option<KeyPack>,
        (mut form, problems): (KeyPackForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match &pack {
            Some(pack) => {
                let subject = Subject("key_pack", pack.id.0);
                meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?
            }
            None => Meanwhile::default(),
        };
        let servers = license_servers::read::names(&app.db).await?;
        if let ([(only, _)], true) = (servers.as_slice(), form.license_server.is_empty()) {
            form.license_server = only.to_string();
        }
        let states = state::State::ALL
            .map(|one| Choice { hint: one.says(), ..Choice::new(one.as_str(), one.label(), &form.state) });
        Ok(FormPage {
            agreements: choices_of_agreements(app, &form).await?,
            servers: Choice::any(servers, &form.license_server, "Choose"),
            versions: Choice::any(products::store::versions(&app.db).await?, &form.product_version, "Choose"),
            types: Choice::any(LicenseType::ALL.map(|one| (one.as_str(), one.label())), &form.license_type, "Choose"),
            origins: Choice::any(Origin::ALL.map(|one| (one.as_str(), one.label())), &form.origin, "Choose"),
            states: states.to_vec(),
            shell,
            pack,
            form,
            problems,
            meanwhile,
        })
    }

    /// Whether an export has shown the pack, so that its server says what it holds.
    fn is_told(&self) -> bool {
        self.pack.as_ref().is_some_and(KeyPack::is_told)
    }

    /// The last group of the license key pack ID that is recorded, said under the field.
    fn id_hint(&self) -> String {
        let how = "35 characters, with or without hyphens.";
        match self.pack.as_ref().and_then(|pack| pack.license_key_pack_id_end.as_deref()) {
            Some(end) => format!("{how} The one that ends in {end} is recorded; leave this empty to keep it."),
            None => format!("{how} Microsoft gives it; never the small keypack ID."),
        }
    }

    fn has_id(&self) -> bool {
        self.pack.as_ref().is_some_and(|pack| pack.license_key_pack_id_end.is_some())
    }
}

/// The agreements of the company whose server is chosen; of all companies while none is.
async fn choices_of_agreements(app: &App, form: &KeyPackForm) -> Outcome<Vec<Choice>> {
    let company = match number(&form.license_server) {
        Some(server) => license_servers::read::company(&app.db, server).await?,
        None => None,
    };
    let order = Order::chosen("newest", &agreements::read::ORDERS);
    let known = agreements::read::list(&app.db, company, &order, &Window::first(AGREEMENTS)).await?;
    let words = |one: &agreements::agreement::Agreement| {
        let whose = if company.is_none() { format!(", {}", one.company) } else { String::new() };
        format!("{} ({}{whose})", one.title(), one.product())
    };
    Ok(Choice::any(known.iter().map(|one| (one.id, words(one))), &form.agreement, "Not known"))
}

/// What the form of a new key pack begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    server: String,
    agreement: String,
}

/// The form of a new key pack.
pub async fn new(State(app): State<App>, admin: Admin, Query(begun): Query<Begun>) -> Outcome<Response> {
    let form = KeyPackForm { license_server: begun.server, agreement: begun.agreement, ..KeyPackForm::usual() };
    page::show(&FormPage::of(&app, admin.0.shell, None, (form, Problems::none())).await?)
}

/// Records a key pack.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<KeyPackForm>) -> Outcome<Response> {
    let added = match form.check(app.now()) {
        Ok((server, new)) => change!(app.db, &admin.name, app.now(), tx, { by_hand::add(tx, server, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/key-packs/{id}"), "The key pack is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a key pack.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("key_pack", id)).await?;
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    let form = KeyPackForm::of(pack.server_id, by_hand::details(&app.db, pack.id).await?, newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(pack), (form, Problems::none())).await?)
}

/// Corrects a key pack.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(mut form): Form<KeyPackForm>,
) -> Outcome<Response> {
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    form.license_server = pack.server_id.to_string();
    let changed = match form.check_correction(pack.is_told(), app.now()) {
        Ok((new, change, why)) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::correct(tx, KeyPackId(id), (&new, change), &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/key-packs/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(pack), (form, problems(error)?)).await?),
    }
}

/// Takes a key pack that people recorded off its server, or puts it back.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    let mut form = KeyPackForm::of(pack.server_id, by_hand::details(&app.db, pack.id).await?, 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The key pack is on its server again." } else { "The key pack is off its server." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::retire(tx, KeyPackId(id), back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/key-packs/{id}"), says)),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(pack), (form, problems(error)?)).await?),
    }
}

#[derive(Template)]
#[template(path = "key_packs/license_key_pack_id.html")]
struct IdPage {
    shell: Shell,
    pack: KeyPack,
    /// The license key pack ID as one word.
    id: String,
    groups: Vec<String>,
}

/// Shows the whole license key pack ID of a key pack. That it was shown stands in history.
pub async fn show_id(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    let id = change!(app.db, &help_desk.name, app.now(), tx, { by_hand::show_id(tx, pack.id).await? })?;
    page::show(&IdPage { shell: help_desk.0.shell, pack, groups: groups(&id), id })
}
