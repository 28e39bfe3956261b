//! The pages of calendars: the list, and a country's days off.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::calendar::{CalendarForm, Listed};
use super::store;
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::history::line::Subject;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, meanwhile};
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "calendars/list.html")]
struct List {
    shell: Shell,
    calendars: Vec<Listed>,
}

/// Every country's calendar.
pub async fn list(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    page::show(&List { shell: auditor.0.shell, calendars: store::list(&app.db).await? })
}

#[derive(Template)]
#[template(path = "calendars/form.html")]
struct FormPage {
    shell: Shell,
    /// The calendar that is corrected; nothing: a new one.
    id: Option<i64>,
    form: CalendarForm,
    problems: Problems,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        id: Option<i64>,
        (mut form, problems): (CalendarForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match id {
            Some(id) => meanwhile(&app.db, &shell, Subject("calendar", id), (&mut form, &problems)).await?,
            None => Meanwhile::default(),
        };
        Ok(FormPage { shell, id, form, problems, meanwhile })
    }
}

/// The form of a new calendar.
pub async fn new(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    page::show(&FormPage::of(&app, admin.0.shell, None, (CalendarForm::default(), Problems::none())).await?)
}

/// Adds a calendar.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<CalendarForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok(new) => change!(app.db, &admin.name, app.now(), tx, { store::add(tx, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(_) => Ok(go("/calendars", &format!("The calendar of {} is recorded.", form.country.trim()))),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a calendar.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("calendar", id)).await?;
    let form = CalendarForm::of(store::find(&app.db, id).await?.details, newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(id), (form, Problems::none())).await?)
}

/// Corrects a calendar.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<CalendarForm>,
) -> Outcome<Response> {
    store::find(&app.db, id).await?;
    let changed = match form.check_correction(app.now()) {
        Ok((new, why)) => change!(app.db, &admin.name, app.now(), tx, { store::correct(tx, id, &new, &why).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go("/calendars", "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(id), (form, problems(error)?)).await?),
    }
}
