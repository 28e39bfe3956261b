//! What people record of a computer's local license: what came of removing it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use crate::change;
use crate::check::Problems;
use crate::clients::client::{Client, Status};
use crate::clients::local_license::{LocalLicense, METHODS, RemovalForm};
use crate::clients::pages::runbook::computer;
use crate::clients::removing;
use crate::findings::look;
use crate::history;
use crate::history::correction::CorrectionForm;
use crate::history::line::Subject;
use crate::ids::ClientId;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, meanwhile};
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "clients/local_license_removal.html")]
struct FormPage {
    shell: Shell,
    client: Client,
    form: RemovalForm,
    problems: Problems,
    states: Vec<Choice>,
    methods: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        client: Client,
        (mut form, problems): (RemovalForm, Problems),
    ) -> Outcome<FormPage> {
        let subject = Subject("client", client.id.0);
        // What others corrected of the client is none of this form's fields, whatever these are called.
        let mut seen = CorrectionForm { seen: form.seen.clone(), ..CorrectionForm::default() };
        let meanwhile = meanwhile(&app.db, &shell, subject, (&mut seen, &problems)).await?;
        form.seen = seen.seen;
        Ok(FormPage {
            states: LocalLicense::SAID.map(|one| Choice::new(one.as_str(), one.word(), &form.state)).to_vec(),
            methods: Choice::any(METHODS, &form.method, "Choose"),
            shell,
            client,
            form,
            problems,
            meanwhile,
        })
    }

    fn is_in_use(&self) -> bool {
        self.client.status != Status::Decommissioned
    }
}

/// The form.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("client", id)).await?;
    let client = computer(&app, id).await?;
    let shell = help_desk.0.shell;
    let person = shell.person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let form = RemovalForm::begun((&client, newest), &person, app.now().day(&shell.format.zone));
    page::show(&FormPage::of(&app, shell, client, (form, Problems::none())).await?)
}

/// Records it.
pub async fn create(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<RemovalForm>,
) -> Outcome<Response> {
    let client = computer(&app, id).await?;
    let recorded = match form.check(app.now()) {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, {
            let look = look::begin(tx).await?;
            removing::record(tx, ClientId(id), &new).await?;
            let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match recorded {
        Ok(()) => {
            Ok(go(&format!("/clients/{id}"), "It is recorded. The license server was not told: its history remains."))
        }
        Err(error) => refused(&FormPage::of(&app, help_desk.0.shell, client, (form, problems(error)?)).await?),
    }
}
