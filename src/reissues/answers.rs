//! Installing a key pack that Microsoft granted, and what can go wrong with it.

use askama::Template;
use axum::extract::{Path, State as Of};
use axum::response::Response;
use axum_extra::extract::Form;

use super::grant;
use super::read::{self, Granted};
use crate::change;
use crate::check::Problems;
use crate::ids::KeyPackId;
use crate::key_packs::installing::{self, FAILURES, FailureForm, HeardForm, InstallationForm, failure};
use crate::key_packs::key_pack::KeyPack;
use crate::key_packs::state::State;
use crate::key_packs::store as key_packs;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "reissues/installation.html")]
struct Page {
    shell: Shell,
    pack: KeyPack,
    granted: Option<Granted>,
    installation: InstallationForm,
    failing: FailureForm,
    failures: Vec<Choice>,
    heard: HeardForm,
    void: ReasonForm,
    problems: Problems,
}

impl Page {
    async fn of(app: &App, shell: Shell, id: KeyPackId, problems: Problems) -> Outcome<Page> {
        Ok(Page {
            pack: key_packs::find(&app.db, id).await?,
            granted: read::granted(&app.db, id).await?,
            installation: InstallationForm {
                installed_on: app.now().day(&app.settings.zone),
                ..InstallationForm::default()
            },
            failing: FailureForm::default(),
            failures: failures(""),
            heard: HeardForm::default(),
            void: ReasonForm::default(),
            shell,
            problems,
        })
    }

    /// Whether its license key pack ID can still be installed.
    fn may_install(&self) -> bool {
        matches!(self.pack.state, State::Received | State::InstallFailed)
    }

    /// Why the server refused it, and the way on.
    fn failed(&self) -> Option<(&'static str, &'static str)> {
        failure(&self.pack.failure).filter(|_| self.pack.state == State::InstallFailed)
    }
}

fn failures(chosen: &str) -> Vec<Choice> {
    Choice::any(FAILURES.map(|(name, words, _)| (name, words)), chosen, "Choose")
}

/// What is to be done with a license key pack ID that was received.
pub async fn show(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    page::show(&Page::of(&app, help_desk.0.shell, KeyPackId(id), Problems::none()).await?)
}

/// Says that a key pack is installed.
pub async fn install(
    Of(app): Of<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<InstallationForm>,
) -> Outcome<Response> {
    let id = KeyPackId(id);
    key_packs::find(&app.db, id).await?;
    let installed = match form.check(app.now()) {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, { installing::install(tx, id, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match installed {
        Ok(()) => Ok(go(&format!("/key-packs/{id}"), "The key pack is installed. Now the new computers must connect.")),
        Err(error) => {
            let page = Page::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&Page { installation: form, ..page })
        }
    }
}

/// Says that the server refused a license key pack ID.
pub async fn fail(
    Of(app): Of<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<FailureForm>,
) -> Outcome<Response> {
    let id = KeyPackId(id);
    key_packs::find(&app.db, id).await?;
    let failed = match form.check() {
        Ok((why, note)) => {
            change!(app.db, &help_desk.name, app.now(), tx, { installing::fail(tx, id, why, &note).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match failed {
        Ok(()) => Ok(go(&format!("/key-packs/{id}/installation"), "That it was refused is recorded.")),
        Err(error) => {
            let page = Page::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&Page { failures: failures(&form.failure), failing: form, ..page })
        }
    }
}

/// Corrects a license key pack ID that was heard wrong.
pub async fn hear_again(
    Of(app): Of<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<HeardForm>,
) -> Outcome<Response> {
    let id = KeyPackId(id);
    key_packs::find(&app.db, id).await?;
    let heard = match form.check() {
        Ok((right, reason)) => match grant::may_be_heard(&app.db, &right, id).await? {
            None => change!(app.db, &help_desk.name, app.now(), tx, {
                installing::hear_again(tx, id, &right, &reason).await?;
            }),
            Some(says) => Err(Problems::of("license_key_pack_id", says).into()),
        },
        Err(wrong) => Err(wrong.into()),
    };
    match heard {
        Ok(()) => Ok(go(
            &format!("/key-packs/{id}/installation"),
            "The license key pack ID is corrected; the wrong one is kept.",
        )),
        Err(error) => {
            let page = Page::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&Page { heard: form, ..page })
        }
    }
}

/// Says that a license key pack ID can no longer be installed.
pub async fn void(
    Of(app): Of<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = KeyPackId(id);
    key_packs::find(&app.db, id).await?;
    let voided = match form.check_as("void", "Say why it is void") {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { grant::void(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match voided {
        Ok(()) => Ok(go(
            &format!("/key-packs/{id}"),
            "The license key pack ID is void; what it was granted for is asked for again.",
        )),
        Err(error) => {
            let page = Page::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&Page { void: form, ..page })
        }
    }
}
