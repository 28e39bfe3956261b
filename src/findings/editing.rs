//! What people say of findings: settled, dismissed, to be looked at again; one, or many at once.

use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::filter::{Asked, Filter, PATH};
use super::finding::{Answer, REOPENED};
use super::pages::{List, Show};
use super::store::{self, AT_ONCE};
use crate::change;
use crate::check::Problems;
use crate::ids::FindingId;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::counted;
use crate::web::page::{go, problems, refused};
use crate::web::reason::ReasonForm;

/// Says that something was done about a finding.
pub async fn settle(app: State<App>, help_desk: HelpDesk, id: Path<i64>, form: Form<ReasonForm>) -> Outcome<Response> {
    answer(app, help_desk, (id, form), Answer::Settled).await
}

/// Says that a finding may stay as it is.
pub async fn dismiss(app: State<App>, help_desk: HelpDesk, id: Path<i64>, form: Form<ReasonForm>) -> Outcome<Response> {
    answer(app, help_desk, (id, form), Answer::Dismissed).await
}

async fn answer(
    State(app): State<App>,
    help_desk: HelpDesk,
    (Path(id), Form(form)): (Path<i64>, Form<ReasonForm>),
    answer: Answer,
) -> Outcome<Response> {
    let id = FindingId(id);
    store::find(&app.db, id).await?;
    let answered = match form.check(answer.asks()) {
        Ok(why) => change!(app.db, &help_desk.name, app.now(), tx, { store::answer(tx, id, answer, &why).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    let word = answer.state().word().to_lowercase();
    match answered {
        Ok(()) => Ok(go(&format!("{PATH}/{id}"), &format!("F-{id} is {word}."))),
        Err(error) => {
            let mut page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            page.reason = form.reason;
            refused(&page)
        }
    }
}

/// Opens a finding again that somebody answered.
pub async fn reopen(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = FindingId(id);
    store::find(&app.db, id).await?;
    let opened = match form.check(REOPENED) {
        Ok(why) => change!(app.db, &help_desk.name, app.now(), tx, { store::reopen(tx, id, &why).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match opened {
        Ok(()) => Ok(go(&format!("{PATH}/{id}"), &format!("What was said of F-{id} is taken back."))),
        Err(error) => {
            let mut page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            page.reason = form.reason;
            refused(&page)
        }
    }
}

/// The form that answers many findings at once.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ManyForm {
    /// Their numbers.
    findings: Vec<String>,
    /// `settled` or `dismissed`.
    answer: String,
    /// Why, for all of them.
    reason: String,
    /// What the list's address asked for.
    back: String,
}

impl ManyForm {
    fn check(&self) -> Result<(Vec<FindingId>, Answer, String), Problems> {
        let mut problems = Problems::none();
        let mut ids = self.chosen();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() != self.findings.len() {
            problems.add("findings", "Tick the findings that you mean.");
        } else if ids.len() > AT_ONCE {
            problems.add("findings", format!("Tick at most {AT_ONCE} at once."));
        }
        let answer = Answer::parse(&self.answer);
        let reason = problems.lines("reason", "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            let asks = answer.unwrap_or(Answer::Settled).asks();
            problems.add("reason", format!("{asks}: it stands in history forever."));
        }
        let Some(answer) = answer else {
            problems.add("answer", "Choose whether they are settled or dismissed.");
            return Err(problems);
        };
        problems.or((ids.into_iter().map(FindingId).collect(), answer, reason))
    }

    fn chosen(&self) -> Vec<i64> {
        self.findings.iter().filter_map(|text| text.trim().parse().ok()).collect()
    }

    /// What the list showed.
    fn asked(&self) -> Asked {
        let uri: Option<Uri> = format!("{PATH}?{}", self.back).parse().ok();
        uri.and_then(|uri| Query::<Asked>::try_from_uri(&uri).ok()).map(|query| query.0).unwrap_or_default()
    }
}

/// Settles or dismisses those that were ticked in the list.
pub async fn answer_many(State(app): State<App>, help_desk: HelpDesk, Form(form): Form<ManyForm>) -> Outcome<Response> {
    let answered = match form.check() {
        Ok((ids, answer, why)) => change!(app.db, &help_desk.name, app.now(), tx, {
            (answer, store::answer_many(tx, &ids, answer, &why).await?)
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match answered {
        Ok((answer, told)) => {
            let count = |count: usize| counted(i64::try_from(count).unwrap_or(0), "finding");
            let mut says = format!("{}: {}.", answer.state().word(), count(told.answered));
            if told.left > 0 {
                let left = count(told.left);
                says = format!("{says} No longer open, and left as it was: {left}.");
            }
            Ok(go(&Filter::of(&form.asked()).address().to_string(), &says))
        }
        Err(error) => {
            let page = List::of(&app, help_desk.0.shell, &form.asked(), problems(error)?).await?;
            refused(&page.with_typed(form.chosen(), form.reason))
        }
    }
}
