//! Requests for programs, and what becomes of the key packs that come of them.

use axum::extract::{Path, State as Of};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::filter::{Asked as PageAsked, Filter};
use super::form::ReissueForm;
use super::read::{self, ORDERS};
use super::reissue::{CAUSES, Reason, Reissue, State};
use super::store;
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::body::{Text, fields};
use crate::api::call::Call;
use crate::api::form::For;
use crate::api::made;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::{KeyPackId, ReissueId};
use crate::transfers::read::named_by;
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;
use crate::web::slice::{Cursor, Order};

/// A request to Microsoft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reissue)]
pub struct Request {
    /// Its number: 17 for R-17.
    id: i64,
    /// Where it stands: `open`, `partly_granted`, `granted`, `denied` or `withdrawn`.
    state: String,
    /// The license server.
    license_server: Named,
    /// The product version, by the year in its name.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// What it is for: `transfer`, `reinstall` or `migration`.
    reason: String,
    /// Why, where no seat moves.
    cause: Option<String>,
    /// How many licenses are asked for.
    quantity: i64,
    /// How many were granted in all calls, those of void key packs not counted.
    granted: i64,
    /// The numbers of its transfers.
    transfers: Vec<i64>,
    /// The numbers of the key packs in whose place they come.
    replaces: Vec<i64>,
    /// The number of the agreement that is named in the call.
    agreement: Option<i64>,
    /// Anything else.
    note: String,
    /// Since when.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// By whom.
    opened_by: String,
    /// Since when nothing of it is asked for any more.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
}

impl Item for Request {
    const KIND: &'static str = "reissue";
    const PATH: &'static str = "reissues";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Request {
    fn of(one: Reissue, named: &[(ReissueId, crate::ids::TransferId)], replaced: &[(ReissueId, KeyPackId)]) -> Request {
        Request {
            id: one.id.0,
            state: one.state.as_str().to_owned(),
            license_server: Named::new(one.server_id.0, one.server),
            product_version: one.version,
            license_type: one.license_type,
            reason: one.reason.as_str().to_owned(),
            cause: answer::said(one.cause),
            quantity: one.quantity,
            granted: one.granted,
            transfers: named.iter().filter(|(id, _)| *id == one.id).map(|(_, id)| id.0).collect(),
            replaces: replaced.iter().filter(|(id, _)| *id == one.id).map(|(_, id)| id.0).collect(),
            agreement: one.agreement_id.map(|id| id.0),
            note: one.note,
            opened_at: moment(one.opened_at),
            opened_by: one.opened_by,
            closed_at: one.closed_at.and_then(moment),
        }
    }
}

/// A request as it stands, read by a macro since a connection is lent anew for each question.
macro_rules! request {
    ($db:expr, $id:expr) => {{
        let one = read::find($db, $id).await?;
        let named = named_by($db, &[$id]).await?;
        Request::of(one, &named, &read::replaced_by($db, &[$id]).await?)
    }};
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::one_of("state", "Only those in this state.", State::ALL.map(State::as_str)),
            Param::number("server", "Only this license server’s, by its number."),
        ]
    }
}

/// What a request asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    transfers: Vec<Text>,
    license_server: Text,
    product_version: Text,
    license_type: Text,
    agreement: Text,
    quantity: Text,
    reason: Text,
    cause: Text,
    replaces: Vec<Text>,
    note: Text,
}

impl From<Body> for ReissueForm {
    fn from(body: Body) -> ReissueForm {
        ReissueForm {
            transfers: Text::all(&body.transfers),
            license_server: body.license_server.0,
            product_version: body.product_version.0,
            license_type: body.license_type.0,
            agreement: body.agreement.0,
            quantity: body.quantity.0,
            reason: body.reason.0,
            cause: body.cause.0,
            replaces: Text::all(&body.replaces),
            note: body.note.0,
        }
    }
}

fn body() -> Value {
    let mut properties = fields(&[
        ("license_server", "Where no transfer is named: the license server’s number."),
        ("product_version", "Where no transfer is named: the product version, by its year."),
        ("license_type", "Where no transfer is named: per_device, per_user or other."),
        ("agreement", "The agreement’s number."),
        ("quantity", "Where no transfer is named: how many licenses."),
        ("note", "Anything else."),
    ]);
    let list = |says: &str| json!({"description": says, "type": "array", "items": {"type": ["string", "number"]}});
    properties.insert(
        "transfers".into(),
        list("The transfers that it asks for; their server, version and type are its own."),
    );
    properties.insert("replaces".into(), list("The key packs in whose place the licenses come."));
    let reasons: Vec<&str> = Reason::ALL.map(Reason::as_str).into();
    properties.insert("reason".into(), json!({"description": "What for; transfer unless said.", "enum": reasons}));
    let causes: Vec<&str> = CAUSES.iter().map(|(name, _)| *name).collect();
    properties.insert("cause".into(), json!({"description": "Why, where no seat moves.", "enum": causes}));
    json!({"type": "object", "properties": properties, "additionalProperties": false, "example": {"transfers": [1, 2]}})
}

/// What programs can do with requests.
pub fn describe(calls: &mut Operations) {
    let help_desk = Role::HelpDesk;
    calls.list::<PageAsked, Request>("Requests, the newest first");
    calls.show::<Request>("One request");
    calls.make::<Request>(help_desk, "Opens a request", body());
    let withdrawal = calls.form::<ReasonForm>(For::New, json!({"reason": "The papers are missing."}));
    calls.append::<Request>("/withdrawal", (help_desk, "Withdraws what a request still asks for"), withdrawal);
}

/// Requests, the newest first.
pub async fn list(Of(app): Of<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let window = asked.window(&order)?;
    let rows = read::list(&app.db, &Filter::of(&asked.filters), &order, &window).await?;
    let ids: Vec<ReissueId> = rows.iter().map(|one| one.id).collect();
    let (named, replaced) = (named_by(&app.db, &ids).await?, read::replaced_by(&app.db, &ids).await?);
    Ok(answer::list(window.cut(rows, |one| Cursor::new(one.id, one.id.0)), |one| Request::of(one, &named, &replaced)))
}

/// One request.
pub async fn show(Of(app): Of<App>, _: Auditor, Path(id): Path<i64>, conditions: Conditions) -> Outcome<Response> {
    let newest = newest::<Request>(&app.db, id).await?;
    answer::show(&conditions, newest, &request!(&app.db, ReissueId(id)))
}

/// Opens a request.
pub async fn create(Of(app): Of<App>, help_desk: HelpDesk, call: Call) -> Outcome<Response> {
    let new = ReissueForm::from(call.body::<Body>()?).check()?;
    made!(app, help_desk, call, tx, {
        let id = store::open(tx, &new).await?;
        request!(&mut *tx, id)
    })
}

/// Withdraws what a request still asks for.
pub async fn withdraw(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = ReissueId(id);
    read::find(&app.db, id).await?;
    let why = call.filled::<ReasonForm>()?.check("Say why it is withdrawn")?;
    made!(app, help_desk, call, tx, {
        store::withdraw(tx, id, &why).await?;
        request!(&mut *tx, id)
    })
}
