//! Findings for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::filter::{Asked as PageAsked, Filter};
use super::finding::{Answer, Finding, Kind, REOPENED, State as Stands};
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, moment, newest, said};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::changed;
use crate::api::form::For;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::FindingId;
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;
use crate::web::slice::{Cursor, Order};

/// A twin or a ghost: what imports show and somebody should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct Shown {
    /// Its number: `F-12` is 12.
    id: i64,
    /// What is found: `same_name`, `same_hardware_id`, `full_and_temporary`, `retired_holder`, `unseen` or `user_spelling`.
    kind: String,
    /// What it is, in one sentence.
    says: String,
    /// Where it stands: `open`, `settled`, `dismissed` or `gone`.
    state: String,
    /// The company of its clients.
    company: Named,
    /// The license server that shows it.
    license_server: Named,
    /// The client; of two the one that was known first.
    client: Named,
    /// The other client, where there are two.
    other_client: Option<Named>,
    /// The license; of two the full one, or the one that was known first.
    license: Option<i64>,
    /// The other license, where there are two.
    other_license: Option<i64>,
    /// When it was found.
    #[schema(format = DateTime)]
    found_at: Option<String>,
    /// The import that showed it; null: it followed from what somebody said of a client.
    found_by_import: Option<i64>,
    /// Since when it is no longer there.
    #[schema(format = DateTime)]
    gone_at: Option<String>,
    /// The import that no longer showed it.
    gone_by_import: Option<i64>,
    /// When somebody answered it.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// Who.
    answered_by: Option<String>,
    /// What was done, or why it may stay.
    answer: Option<String>,
}

impl Item for Shown {
    const KIND: &'static str = "finding";
    const PATH: &'static str = "findings";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<Finding> for Shown {
    fn from(one: Finding) -> Shown {
        Shown {
            id: one.id.0,
            kind: one.kind.as_str().to_owned(),
            says: one.says(),
            state: one.state.as_str().to_owned(),
            other_client: one.other_client_id.map(|id| Named::new(id.0, one.other_client.unwrap_or_default())),
            company: Named::new(one.company_id.0, one.company),
            license_server: Named::new(one.server_id.0, one.server),
            client: Named::new(one.client_id.0, one.client),
            license: one.license_id.map(|id| id.0),
            other_license: one.other_license_id.map(|id| id.0),
            found_at: moment(one.found_at),
            found_by_import: one.found_import_id.map(|id| id.0),
            gone_at: one.gone_at.and_then(moment),
            gone_by_import: one.gone_import_id.map(|id| id.0),
            answered_at: one.answered_at.and_then(moment),
            answered_by: one.answered_by.and_then(said),
            answer: said(one.answer),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        let states = Stands::ALL.map(Stands::as_str).into_iter().chain(["all"]);
        vec![
            Param::one_of("kind", "Only of this kind.", Kind::ALL.map(Kind::as_str)),
            Param::one_of("state", "Only those in this state; `all`: in any. Left out: those that are open.", states),
            Param::number("company", "Only those of this company, by its number."),
            Param::number("server", "Only those that this license server shows, by its number."),
            Param::number("client", "Only those about this client, by its number."),
        ]
    }
}

/// What programs can do with findings.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Shown>("Twins and ghosts, the newest first");
    calls.show::<Shown>("One twin or ghost");
    let help_desk = |says| (Role::HelpDesk, says);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "The seat was transferred to the new record."}));
    calls.step::<Shown>("/settlement", help_desk("Says that something was done about a finding"), body);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "Two laboratory computers bear this name."}));
    calls.step::<Shown>("/dismissal", help_desk("Says that a finding may stay as it is"), body);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "It was the other computer."}));
    calls.step::<Shown>("/reopening", help_desk("Takes back what somebody said of a finding"), body);
}

/// Findings, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let window = asked.window(&order)?;
    let rows = store::list(&app.db, &Filter::of(&asked.filters), &order, &window).await?;
    Ok(answer::list(window.cut(rows, |one| Cursor::new(one.id, one.id.0)), Shown::from))
}

/// One finding.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Shown>(&app.db, id).await?;
    answer::show(&conditions, newest, &Shown::from(store::find(&app.db, FindingId(id)).await?))
}

/// Reads a finding that is to be answered, and holds its sender to what they have seen.
async fn seen(app: &App, id: i64, call: &Call) -> Outcome<FindingId> {
    let newest = newest::<Shown>(&app.db, id).await?;
    call.require_if_said(newest, &Shown::from(store::find(&app.db, FindingId(id)).await?))?;
    Ok(FindingId(id))
}

/// Says that something was done about a finding.
pub async fn settle(app: State<App>, help_desk: HelpDesk, id: Path<i64>, call: Call) -> Outcome<Response> {
    answer_one(app, help_desk, (id, call), Answer::Settled).await
}

/// Says that a finding may stay as it is.
pub async fn dismiss(app: State<App>, help_desk: HelpDesk, id: Path<i64>, call: Call) -> Outcome<Response> {
    answer_one(app, help_desk, (id, call), Answer::Dismissed).await
}

async fn answer_one(
    State(app): State<App>,
    help_desk: HelpDesk,
    (Path(id), call): (Path<i64>, Call),
    said: Answer,
) -> Outcome<Response> {
    let id = seen(&app, id, &call).await?;
    let reason = call.filled::<ReasonForm>()?.check(said.asks())?;
    changed!(app, help_desk, tx, {
        store::answer(tx, id, said, &reason).await?;
        Shown::from(store::find(&mut *tx, id).await?)
    })
}

/// Takes back what somebody said of a finding.
pub async fn reopen(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = seen(&app, id, &call).await?;
    let reason = call.filled::<ReasonForm>()?.check(REOPENED)?;
    changed!(app, help_desk, tx, {
        store::reopen(tx, id, &reason).await?;
        Shown::from(store::find(&mut *tx, id).await?)
    })
}
