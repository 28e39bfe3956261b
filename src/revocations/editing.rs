//! What people record of a revocation: that it was made, and that it was recorded by mistake.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::budget::Line;
use super::form::RevocationForm;
use super::store::{self, Recorded, Revocation};
use crate::change;
use crate::check::Problems;
use crate::ids::LicenseId;
use crate::licenses;
use crate::licenses::license::{License, Status};
use crate::moment::Moment;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::number;
use crate::web::page::{self, go, problems, refused};
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;

/// What a taking back is asked for.
pub const TAKEN_BACK: &str = "Say why it was recorded by mistake";

#[derive(Template)]
#[template(path = "revocations/form.html")]
struct FormPage {
    shell: Shell,
    license: License,
    /// What may be revoked of its version on its server.
    line: Option<Line>,
    /// Why it may not be revoked today.
    refusals: Problems,
    /// What is recorded of it already.
    recorded: Vec<Revocation>,
    form: RevocationForm,
    problems: Problems,
    /// A revocation that is to be taken back, and what was typed of it.
    taking_back: Option<(i64, String)>,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        id: LicenseId,
        (form, problems): (RevocationForm, Problems),
    ) -> Outcome<FormPage> {
        let license = licenses::store::find(&app.db, id).await?;
        let lines = store::lines(&app.db, Some(license.server_id), app.now()).await?;
        let today = Moment::of_day(&app.now().day(&shell.format.zone)).unwrap_or(app.now());
        Ok(FormPage {
            line: lines.into_iter().find(|line| line.version == license.version),
            refusals: store::revocable(&app.db, id).await?.may_revoke(today).err().unwrap_or_default(),
            recorded: store::of_license(&app.db, id).await?,
            shell,
            license,
            form,
            problems,
            taking_back: None,
        })
    }

    /// Whether its server shows it as revoked.
    fn is_shown(&self) -> bool {
        Status::of_code(self.license.status) == Status::Revoked
    }

    /// Why it may not be revoked whatever the day, the first reason.
    fn refusal(&self) -> Option<&str> {
        self.refusals.of_field("")
    }

    /// Whether one more goes beyond the limit.
    fn is_over(&self) -> bool {
        !self.is_shown() && self.line.as_ref().is_some_and(|line| line.left() == 0)
    }

    fn typed(&self, one: &Revocation) -> &str {
        self.taking_back.as_ref().filter(|(id, _)| *id == one.id).map_or("", |(_, text)| text)
    }

    fn problem_of(&self, one: &Revocation) -> Option<&str> {
        self.taking_back.as_ref().filter(|(id, _)| *id == one.id).and_then(|_| self.problems.of_field("taking_back"))
    }
}

/// The form of a revocation, and what is recorded of the license's revocations already.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let shell = help_desk.0.shell;
    let person = shell.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let form = RevocationForm::begun(&person, app.now().day(&shell.format.zone));
    page::show(&FormPage::of(&app, shell, LicenseId(id), (form, Problems::none())).await?)
}

/// Records a revocation.
pub async fn create(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<RevocationForm>,
) -> Outcome<Response> {
    let id = LicenseId(id);
    licenses::store::find(&app.db, id).await?;
    let recorded = match form.check(app.now()) {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, { store::record(tx, id, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match recorded {
        Ok(recorded) => Ok(go(&format!("/licenses/{id}"), &said(&recorded))),
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, id, (form, problems(error)?)).await?),
    }
}

fn said(recorded: &Recorded) -> String {
    match (recorded.was_shown, recorded.over) {
        (true, _) => "Recorded. Its server had shown this revocation already: it counts once.".to_owned(),
        (_, Some(limit)) => format!(
            "Recorded, though it goes beyond the limit of {} that may be revoked: look whether the server really did it.",
            number(limit)
        ),
        _ => "The revocation is recorded.".to_owned(),
    }
}

/// Takes back what was recorded by mistake.
pub async fn take_back(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let license = store::license_of(&app.db, id).await?;
    let done = match form.check_as("taking_back", TAKEN_BACK) {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { store::take_back(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match done {
        Ok(()) => Ok(go(&format!("/licenses/{license}"), "It is taken back. History keeps both.")),
        Err(error) => {
            let shell = help_desk.0.shell;
            let person = shell.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
            let begun = RevocationForm::begun(&person, app.now().day(&shell.format.zone));
            let page = FormPage::of(&app, shell, license, (begun, problems(error)?)).await?;
            refused(&FormPage { taking_back: Some((id, form.reason)), ..page })
        }
    }
}
