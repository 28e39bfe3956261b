//! Several transfers at once, and what people decide of one on its way: refused, sent elsewhere, queued again.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::by_hand;
use super::form::DestinationForm;
use super::pages::{Show, Typed};
use super::read;
use super::several::{self, Judged, SeveralForm};
use super::transfer::{DENIED, OVERRIDDEN, REASONS};
use crate::change;
use crate::check::Problems;
use crate::ids::TransferId;
use crate::web::actor::{Admin, HelpDesk};
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::format::counted;
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "transfers/several.html")]
struct Several {
    shell: Shell,
    form: SeveralForm,
    reasons: Vec<Choice>,
    judged: Vec<Judged>,
    problems: Problems,
}

impl Several {
    fn of(shell: Shell, form: SeveralForm, (judged, problems): (Vec<Judged>, Problems)) -> Several {
        let reasons = REASONS.iter().map(|(name, words, _)| (*name, *words));
        Several { reasons: Choice::any(reasons, &form.reason, "Choose"), shell, form, judged, problems }
    }

    /// How many of the lines may move.
    fn may(&self) -> usize {
        self.judged.iter().filter(|one| one.may_move()).count()
    }
}

/// Clients that were chosen in a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    clients: Vec<i64>,
}

/// The form of several transfers.
pub async fn new(State(app): State<App>, help_desk: HelpDesk, Query(chosen): Query<Chosen>) -> Outcome<Response> {
    let lines = several::chosen(&mut app.db.snapshot().await?, &chosen.clients).await?;
    let form = SeveralForm { lines, ..SeveralForm::default() };
    page::show(&Several::of(help_desk.0.shell, form, (Vec::new(), Problems::none())))
}

/// Queues several transfers: all of them, or, where that was asked, those that may move.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Form(form): Form<SeveralForm>) -> Outcome<Response> {
    let lines = match form.check() {
        Ok(lines) => lines,
        Err(wrong) => return refused(&Several::of(help_desk.0.shell, form, (Vec::new(), wrong))),
    };
    let judged = several::judge(&mut app.db.snapshot().await?, &form, &lines).await?;
    if let Err(wrong) = several::refuse(&form, &judged) {
        return refused(&Several::of(help_desk.0.shell, form, (judged, wrong)));
    }
    let role = help_desk.role;
    let queued = change!(app.db, &help_desk.name, app.now(), tx, { several::queue(tx, &form, &judged, role).await? });
    match queued {
        Ok(ids) => {
            let count = i64::try_from(ids.len()).unwrap_or(0);
            Ok(go("/transfers/queue", &format!("{} queued.", counted(count, "transfer"))))
        }
        Err(error) => refused(&Several::of(help_desk.0.shell, form, (judged, problems(error)?))),
    }
}

/// The transfer's page again, with what was wrong.
async fn refuse(app: &App, shell: Shell, id: TransferId, (typed, error): (Typed, Error)) -> Outcome<Response> {
    refused(&Show::of(app, shell, id, problems(error)?.renamed("reason", "elsewhere")).await?.with_typed(typed))
}

/// Says that Microsoft refused a transfer.
pub async fn deny(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = read::find(&app.db, TransferId(id)).await?.id;
    let denied = match form.check_as("denial", DENIED) {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { by_hand::deny(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match denied {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} is denied."))),
        Err(error) => refuse(&app, help_desk.0.shell, id, (Typed::Denial(form), error)).await,
    }
}

/// Names another destination.
pub async fn redirect(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<DestinationForm>,
) -> Outcome<Response> {
    let id = read::find(&app.db, TransferId(id)).await?.id;
    let moved = match form.check() {
        Ok(new) => change!(app.db, &help_desk.name, app.now(), tx, { by_hand::redirect(tx, id, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match moved {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} goes to another computer now."))),
        Err(error) => refuse(&app, help_desk.0.shell, id, (Typed::Elsewhere(form), error)).await,
    }
}

/// Queues again what was denied or cancelled.
pub async fn queue_again(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = read::find(&app.db, TransferId(id)).await?.id;
    let queued = match form.check_as("override", OVERRIDDEN) {
        Ok(reason) => change!(app.db, &admin.name, app.now(), tx, { by_hand::queue_again(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match queued {
        Ok(again) => Ok(go(&format!("/transfers/{again}"), &format!("T-{again} is queued."))),
        Err(error) => refuse(&app, admin.0.shell, id, (Typed::Over(form), error)).await,
    }
}
