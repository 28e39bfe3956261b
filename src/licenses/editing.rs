//! What people change of licenses: recording one by hand, correcting, taking off.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::by_hand;
use super::form::LicenseForm;
use super::license::{License, Status};
use super::store;
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::history::line::Subject;
use crate::ids::{KeyPackId, LicenseId};
use crate::key_packs;
use crate::key_packs::key_pack::KeyPack;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::{Error, Outcome};
use crate::web::listing::number;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "licenses/form.html")]
struct FormPage {
    shell: Shell,
    /// The license that is corrected; nothing: a new one.
    license: Option<License>,
    /// Its key pack, once that is known.
    pack: Option<KeyPack>,
    form: LicenseForm,
    problems: Problems,
    statuses: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        license: Option<License>,
        (mut form, problems): (LicenseForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match &license {
            Some(license) => {
                let subject = Subject("license", license.id.0);
                meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?
            }
            None => Meanwhile::default(),
        };
        let pack = match number(&form.key_pack) {
            Some(id) => match key_packs::store::find(&app.db, KeyPackId(id)).await {
                Err(Error::NotFound) => None,
                found => Some(found?),
            },
            None => None,
        };
        let statuses = Status::ALL.into_iter().filter(|status| status.code().is_some());
        Ok(FormPage {
            statuses: Choice::any(statuses.map(|one| (one.as_str(), one.label())), &form.status, "Choose"),
            shell,
            license,
            pack,
            form,
            problems,
            meanwhile,
        })
    }

    /// Whether an export has shown the license, so that its server says everything but the note.
    fn is_told(&self) -> bool {
        self.license.as_ref().is_some_and(License::is_told)
    }
}

/// The form of a new license.
pub async fn new(State(app): State<App>, admin: Admin, Query(begun): Query<LicenseForm>) -> Outcome<Response> {
    let form = LicenseForm { key_pack: begun.key_pack, client: begun.client, ..LicenseForm::usual() };
    page::show(&FormPage::of(&app, admin.0.shell, None, (form, Problems::none())).await?)
}

/// Records a license.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<LicenseForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok((pack, holder, new)) => {
            change!(app.db, &admin.name, app.now(), tx, { by_hand::add(tx, pack, &holder, &new).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/licenses/{id}"), "The license is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a license.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("license", id)).await?;
    let license = store::find(&app.db, LicenseId(id)).await?;
    let form = LicenseForm::of(license.key_pack_id, by_hand::details(&app.db, license.id).await?, newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(license), (form, Problems::none())).await?)
}

/// Corrects a license.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(mut form): Form<LicenseForm>,
) -> Outcome<Response> {
    let license = store::find(&app.db, LicenseId(id)).await?;
    form.key_pack = license.key_pack_id.to_string();
    let changed = match form.check_correction(license.is_told(), app.now()) {
        Ok((holder, new, why)) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::correct(tx, LicenseId(id), (&holder, &new), &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/licenses/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(license), (form, problems(error)?)).await?),
    }
}

/// Says that a license that people recorded is no longer on its server, or is there again.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let license = store::find(&app.db, LicenseId(id)).await?;
    let mut form = LicenseForm::of(license.key_pack_id, by_hand::details(&app.db, license.id).await?, 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The license is on its server again." } else { "The license is off its server." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            by_hand::retire(tx, LicenseId(id), back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/licenses/{id}"), says)),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(license), (form, problems(error)?)).await?),
    }
}
