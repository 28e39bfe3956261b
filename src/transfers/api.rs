//! Transfers for programs.

pub mod deadlines;
pub mod several;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::filter::{Asked as PageAsked, Filter};
use super::form::{CompletionForm, DestinationForm, TransferForm};
use super::read::{self, ORDERS};
use super::transfer::{self, REASONS, Transfer};
use super::{by_hand, ending, store};
use crate::api::answer::{self, Item, Named, moment, newest, said};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::{For, Form};
use crate::api::operations::{APPENDING, Operation, Operations, idempotency};
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::{LicenseId, TransferId};
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;
use crate::web::slice::{Cursor, Order};

/// One seat moving from one client to another, permanently.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct Move {
    /// Its number: `T-88` is 88.
    id: i64,
    /// Where it stands: `queued`, `requested`, `granted`, `completed`, `denied` or `cancelled`.
    state: String,
    /// The seat: the number of the first license of its lineage.
    seat: i64,
    /// Which move of the seat it is.
    move_number: i64,
    /// The license that moves.
    license: i64,
    /// The client that gives the seat.
    source: Named,
    /// The client that takes it.
    destination: Named,
    /// The license server.
    license_server: Named,
    /// The product version, by the year in its name.
    product_version: String,
    /// What is counted: `per_device`.
    license_type: String,
    /// Why: `permanent`, `hardware_failed`, `lost`, `reinstalled` or `other`.
    reason: String,
    /// Anything else.
    note: String,
    /// Why an admin let it move against the rule of its agreement.
    override_reason: Option<String>,
    /// That admin.
    override_by: Option<String>,
    /// Since when it is queued.
    #[schema(format = DateTime)]
    queued_at: Option<String>,
    /// Who queued it.
    queued_by: String,
    /// The request that asks Microsoft for it.
    reissue: Option<i64>,
    /// When Microsoft reissued the license.
    #[schema(format = DateTime)]
    granted_at: Option<String>,
    /// The reissued key pack.
    key_pack: Option<i64>,
    /// When the destination took the seat.
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    /// The license that the destination holds since.
    destination_license: Option<i64>,
}

impl Item for Move {
    const KIND: &'static str = "transfer";
    const PATH: &'static str = "transfers";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<Transfer> for Move {
    fn from(transfer: Transfer) -> Move {
        Move {
            id: transfer.id.0,
            state: transfer.state.as_str().to_owned(),
            seat: transfer.seat_id.0,
            move_number: transfer.move_number,
            license: transfer.license_id.0,
            source: Named::new(transfer.source_id.0, transfer.source),
            destination: Named::new(transfer.destination_id.0, transfer.destination),
            license_server: Named::new(transfer.server_id.0, transfer.server),
            product_version: transfer.version,
            license_type: transfer.license_type,
            reason: transfer.reason,
            note: transfer.note,
            override_reason: transfer.override_reason.and_then(said),
            override_by: transfer.override_by.and_then(said),
            queued_at: moment(transfer.queued_at),
            queued_by: transfer.queued_by,
            reissue: transfer.reissue_id.map(|id| id.0),
            granted_at: transfer.granted_at.and_then(moment),
            key_pack: transfer.key_pack_id.map(|id| id.0),
            completed_at: transfer.completed_at.and_then(moment),
            destination_license: transfer.destination_license_id.map(|id| id.0),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        let states = std::iter::once("open").chain(transfer::State::ALL.map(transfer::State::as_str));
        vec![
            Param::one_of("state", "Only those in this state; `open`: those on their way.", states),
            Param::number("server", "Only those of this license server, by its number."),
            Param::number("client", "Only those that this client gives or takes, by its number."),
        ]
    }
}

impl Form for TransferForm {
    fn usual() -> TransferForm {
        TransferForm::default()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("reason", REASONS.map(|(name, ..)| name).into())]
    }
}

/// What a form has whose fields are all empty at first.
macro_rules! plain_forms {
    ($($form:ty),*) => {$(
        impl Form for $form {
            fn usual() -> $form {
                <$form>::default()
            }
        }
    )*};
}

plain_forms!(CompletionForm, DestinationForm);

/// What programs can do with transfers.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Move>("Transfers, the newest first");
    calls.show::<Move>("One transfer");
    let new = json!({"destination": "PC-0200", "reason": "hardware_failed"});
    let body = calls.form::<TransferForm>(For::New, new);
    let queues = "Queues the move of a license’s seat to another client, if it may move; override_reason counts from an admin only";
    makes(calls, "licenses/{id}/transfer", (Role::HelpDesk, queues), body);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "Agreed with Microsoft by letter."}));
    let again = "Queues a denied or cancelled transfer again, as a new one, also against the rule of its agreement";
    makes(calls, "transfers/{id}/override", (Role::Admin, again), body);
    let help_desk = |says| (Role::HelpDesk, says);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "The old computer was repaired."}));
    calls.step::<Move>("/cancellation", help_desk("Cancels a transfer that is not granted yet"), body);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "Told on the phone: the license is an OEM one."}));
    calls.step::<Move>("/denial", help_desk("Says that Microsoft refused a transfer"), body);
    let body =
        calls.form::<CompletionForm>(For::New, json!({"license": 1043, "reason": "Seen in the licensing tool."}));
    let says =
        "Completes a transfer by hand; license is the one that the destination holds since, if a server shows one";
    calls.step::<Move>("/completion", help_desk(says), body);
    let body =
        calls.form::<DestinationForm>(For::New, json!({"destination": "PC-0201", "reason": "Broken on arrival."}));
    let says = "Names another destination for a transfer on its way, before the first ever connected";
    calls.step::<Move>("/destination", help_desk(says), body);
    several::describe(calls);
    deadlines::describe(calls);
}

fn makes(calls: &mut Operations, path: &str, (role, summary): (Role, &'static str), body: Value) {
    let shape = calls.shape::<Move>();
    calls.add(Operation {
        method: "post",
        path: path.to_owned(),
        summary,
        role: Some(role),
        parameters: vec![idempotency()],
        body: Some(("application/json", body)),
        answer: (201, "The transfer that is queued.", Some(shape), &["ETag", "Location", "Idempotency-Replayed"]),
        refusals: APPENDING,
    });
}

/// Transfers, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let window = asked.window(&order)?;
    let rows = read::list(&app.db, &Filter::of(&asked.filters), &order, &window).await?;
    Ok(answer::list(window.cut(rows, |one| Cursor::new(one.id, one.id.0)), Move::from))
}

/// One transfer.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Move>(&app.db, id).await?;
    answer::show(&conditions, newest, &Move::from(read::find(&app.db, TransferId(id)).await?))
}

/// Queues the move of a license's seat.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let license = crate::licenses::store::find(&app.db, LicenseId(id)).await?.id;
    let (new, role) = (call.filled::<TransferForm>()?.check()?, help_desk.role);
    made!(app, help_desk, call, tx, {
        let id = store::queue(tx, license, &new, role).await?;
        Move::from(read::find(&mut *tx, id).await?)
    })
}

/// Queues again what was denied or cancelled.
pub async fn queue_again(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = read::find(&app.db, TransferId(id)).await?.id;
    let reason = call.filled::<ReasonForm>()?.check(transfer::OVERRIDDEN)?;
    made!(app, admin, call, tx, {
        let again = by_hand::queue_again(tx, id, &reason).await?;
        Move::from(read::find(&mut *tx, again).await?)
    })
}

/// Reads a transfer that is to be changed; the number is the newest line of history that its sender has seen.
async fn seen(app: &App, id: i64, call: &Call) -> Outcome<(TransferId, i64)> {
    let newest = newest::<Move>(&app.db, id).await?;
    let transfer = Move::from(read::find(&app.db, TransferId(id)).await?);
    call.require_if_said(newest, &transfer)?;
    Ok((TransferId(id), newest))
}

/// Cancels a transfer.
pub async fn cancel(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let (id, newest) = seen(&app, id, &call).await?;
    let reason = call.filled::<ReasonForm>()?.check(transfer::CANCELLED)?;
    changed!(app, help_desk, tx, {
        by_hand::seen(tx, id, newest).await?;
        ending::cancel(tx, id, &reason).await?;
        Move::from(read::find(&mut *tx, id).await?)
    })
}

/// Says that Microsoft refused a transfer.
pub async fn deny(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let (id, newest) = seen(&app, id, &call).await?;
    let reason = call.filled::<ReasonForm>()?.check(transfer::DENIED)?;
    changed!(app, help_desk, tx, {
        by_hand::seen(tx, id, newest).await?;
        by_hand::deny(tx, id, &reason).await?;
        Move::from(read::find(&mut *tx, id).await?)
    })
}

/// Completes a transfer by hand.
pub async fn complete(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    call: Call,
) -> Outcome<Response> {
    let (id, newest) = seen(&app, id, &call).await?;
    let done = call.filled::<CompletionForm>()?.check()?;
    changed!(app, help_desk, tx, {
        by_hand::seen(tx, id, newest).await?;
        ending::complete(tx, id, &done).await?;
        Move::from(read::find(&mut *tx, id).await?)
    })
}

/// Names another destination.
pub async fn redirect(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    call: Call,
) -> Outcome<Response> {
    let (id, newest) = seen(&app, id, &call).await?;
    let new = call.filled::<DestinationForm>()?.check()?;
    changed!(app, help_desk, tx, {
        by_hand::seen(tx, id, newest).await?;
        by_hand::redirect(tx, id, &new).await?;
        Move::from(read::find(&mut *tx, id).await?)
    })
}
