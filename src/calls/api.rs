//! Calls for programs.

use axum::extract::{Path, State as Of};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::call::{ABOUT, AskedFor, Call as Telephone, Ending, NOTES, Standing};
use super::draft::Draft;
use super::editing::{by_urgency, check_note, number_for};
use super::filter::{Asked as PageAsked, Filter};
use super::form::CallForm;
use super::read::{self, Granted as GrantedPack, ORDERS};
use super::{ending, store};
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::body::{Text, fields};
use crate::api::call::Call;
use crate::api::form::For;
use crate::api::made;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::{CallId, ReissueId};
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;
use crate::web::slice::{Cursor, Order};

/// A request within a call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestOfCall {
    /// The request's number.
    request: i64,
    /// How many licenses were asked for.
    asked: i64,
    /// How many were granted.
    granted: i64,
}

/// A key pack that a call granted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrantOfCall {
    /// The request's number.
    request: i64,
    /// The key pack's number.
    key_pack: i64,
    /// How many licenses.
    quantity: i64,
    /// The last five characters of its license key pack ID.
    license_key_pack_id_end: Option<String>,
}

/// A telephone call to Microsoft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct TelephoneCall {
    /// Its number.
    id: i64,
    /// Where it stands: `live`, `open` or `closed`.
    state: String,
    /// What it is about: `reissue`, `activation`, `deactivation` or `other`.
    about: String,
    /// The license server.
    license_server: Named,
    /// Who called.
    operator: String,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// The number of the call that it follows.
    follows: Option<i64>,
    /// The number that was called.
    number_called: Option<String>,
    /// Who answered.
    representative: Option<String>,
    /// The number of the case at Microsoft.
    case_reference: Option<String>,
    /// What came of it: `completed`, `partial`, `denied`, `dropped`, `callback` or `wrong_desk`.
    outcome: Option<String>,
    /// When somebody calls again.
    #[schema(format = DateTime)]
    call_back_at: Option<String>,
    /// Since when nothing is to follow.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// Who or what closed it.
    closed_by: Option<String>,
    /// What was noted at its end.
    note: String,
    /// The requests that it is about.
    requests: Vec<RequestOfCall>,
    /// What it granted.
    grants: Vec<GrantOfCall>,
}

impl Item for TelephoneCall {
    const KIND: &'static str = "call";
    const PATH: &'static str = "calls";

    fn id(&self) -> i64 {
        self.id
    }
}

impl TelephoneCall {
    fn of(call: Telephone, asked: &[AskedFor], granted: &[GrantedPack]) -> TelephoneCall {
        let asked = asked.iter().filter(|one| one.call_id == call.id);
        let granted = granted.iter().filter(|one| one.call_id == call.id);
        TelephoneCall {
            id: call.id.0,
            state: call.standing().as_str().to_owned(),
            about: call.about,
            license_server: Named::new(call.server_id.0, call.server),
            operator: call.operator,
            started_at: moment(call.started_at),
            ended_at: call.ended_at.and_then(moment),
            follows: call.follows_id.map(|id| id.0),
            number_called: answer::said(call.number_called),
            representative: answer::said(call.representative),
            case_reference: answer::said(call.case_reference),
            outcome: call.outcome.map(|outcome| outcome.as_str().to_owned()),
            call_back_at: call.call_back_at.and_then(moment),
            closed_at: call.closed_at.and_then(moment),
            closed_by: call.closed_by,
            note: call.note,
            requests: asked
                .map(|one| RequestOfCall { request: one.reissue_id.0, asked: one.asked, granted: one.granted })
                .collect(),
            grants: granted
                .map(|one| GrantOfCall {
                    request: one.reissue_id.0,
                    key_pack: one.key_pack_id.0,
                    quantity: one.quantity,
                    license_key_pack_id_end: one.end.clone(),
                })
                .collect(),
        }
    }
}

/// A call as it stands, read by a macro since a connection is lent anew for each question.
macro_rules! telephone_call {
    ($db:expr, $id:expr) => {{
        let one = read::find($db, $id).await?;
        let asked = read::asked($db, $id).await?;
        TelephoneCall::of(one, &asked, &read::granted($db, $id).await?)
    }};
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::one_of("state", "Only those in this state.", Standing::ALL.map(Standing::as_str)),
            Param::number("server", "Only this license server’s, by its number."),
        ]
    }
}

/// A license key pack ID, and how many licenses it holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PackBody {
    license_key_pack_id: Text,
    quantity: Text,
    key_pack: Text,
}

/// What came of one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GrantBody {
    request: Text,
    granted: Text,
    license_key_pack_ids: Vec<Text>,
    license_key_packs: Vec<PackBody>,
    transfers: Vec<Text>,
    refused: bool,
    more_than_asked: bool,
}

/// A call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    requests: Vec<Text>,
    about: Text,
    license_server: Text,
    follows: Text,
    started_at: Text,
    operator: Text,
    number_called: Text,
    license_server_id: Text,
    representative: Text,
    case_reference: Text,
    outcome: Text,
    call_back_at: Text,
    grants: Vec<GrantBody>,
    notes: Text,
}

impl GrantBody {
    /// Writes what came of the request into the form's fields.
    fn lay(&self, mut fields: Draft) -> Draft {
        let request = self.request.0.trim().trim_start_matches("R-");
        let flag = |on: bool| if on { "yes" } else { "" };
        fields = fields
            .with(&format!("granted-{request}"), &*self.granted.0)
            .with(&format!("take-{request}"), Text::all(&self.transfers).join(",").replace("T-", ""))
            .with(&format!("refused-{request}"), flag(self.refused))
            .with(&format!("more-{request}"), flag(self.more_than_asked));
        let plain = self
            .license_key_pack_ids
            .iter()
            .map(|id| PackBody { license_key_pack_id: id.clone(), ..PackBody::default() });
        for (n, pack) in plain.chain(self.license_key_packs.iter().cloned()).enumerate() {
            // An empty ID is one that is missing, not one that was never meant.
            let id = if pack.license_key_pack_id.0.is_empty() { "-" } else { &*pack.license_key_pack_id.0 };
            fields = fields
                .with(&format!("id-{request}-{n}"), id)
                .with(&format!("quantity-{request}-{n}"), pack.quantity.0)
                .with(&format!("pack-{request}-{n}"), pack.key_pack.0);
        }
        fields
    }
}

impl Body {
    /// The page's form. A request that is granted something is one that the call is about.
    fn form(&self) -> CallForm {
        let number = |text: &Text| text.0.trim().trim_start_matches("R-").parse().ok().map(ReissueId);
        let named = self.requests.iter().chain(self.grants.iter().map(|grant| &grant.request));
        let mut requests: Vec<ReissueId> = named.filter_map(number).take(100).collect();
        requests.sort_unstable();
        requests.dedup();
        let plain = [
            ("about", &self.about),
            ("license_server", &self.license_server),
            ("follows", &self.follows),
            ("started_at", &self.started_at),
            ("operator", &self.operator),
            ("number_called", &self.number_called),
            ("license_server_id", &self.license_server_id),
            ("representative", &self.representative),
            ("case_reference", &self.case_reference),
            ("outcome", &self.outcome),
            ("call_back_at", &self.call_back_at),
            ("note", &self.notes),
        ];
        let fields = plain.iter().fold(Draft::default(), |fields, (name, text)| fields.with(name, &*text.0));
        CallForm { fields: self.grants.iter().fold(fields, |fields, grant| grant.lay(fields)), requests }
    }
}

fn several(says: &str, items: &Value) -> Value {
    json!({"description": says, "type": "array", "items": items})
}

fn grant_schema() -> Value {
    let scalar = json!({"type": ["string", "number"]});
    let pack = fields(&[
        ("license_key_pack_id", "Its 35 characters."),
        ("quantity", "How many licenses it holds."),
        ("key_pack", "Which key pack it is, where imports brought in several that it may be: its number, or new."),
    ]);
    let pack = json!({"type": "object", "properties": pack, "additionalProperties": false});
    let mut all = fields(&[("request", "The request’s number."), ("granted", "How many licenses were granted.")]);
    let ids = "License key pack IDs; a single one takes all that was granted.";
    all.insert("license_key_pack_ids".into(), several(ids, &scalar));
    let packs = "Several license key pack IDs with their quantities, which add up to what was granted.";
    all.insert("license_key_packs".into(), several(packs, &pack));
    let transfers = "The transfers that are granted; else those with the nearest last safe day.";
    all.insert("transfers".into(), several(transfers, &scalar));
    all.insert("refused".into(), json!({"description": "Microsoft said no to it.", "type": "boolean"}));
    all.insert("more_than_asked".into(), json!({"description": "More was granted than asked for.", "type": "boolean"}));
    json!({"type": "object", "properties": all, "additionalProperties": false})
}

fn body() -> Value {
    let mut all = fields(&[
        ("license_server", "Where no request is named: the license server’s number."),
        ("follows", "The number of the call that it follows."),
        ("started_at", "When it began, ISO 8601; now unless said."),
        ("operator", "Who called; you unless said."),
        ("number_called", "The number that was called."),
        ("license_server_id", "The license server ID as it was read out."),
        ("representative", "Who answered."),
        ("case_reference", "The number of the case at Microsoft."),
        ("call_back_at", "When somebody calls again, ISO 8601: the call stays open."),
        ("notes", "Anything else."),
    ]);
    all.insert("requests".into(), several("The requests that it is about.", &json!({"type": ["string", "number"]})));
    let about: Vec<&str> = ABOUT.iter().map(|(name, _)| *name).collect();
    all.insert("about".into(), json!({"description": "What it is about; reissue unless said.", "enum": about}));
    let outcomes: Vec<&str> = Ending::ALL.map(Ending::as_str).into();
    let outcome = "What came of it. Left out, the call begins: it is live until its screen ends it.";
    all.insert("outcome".into(), json!({"description": outcome, "enum": outcomes}));
    all.insert("grants".into(), several("What came of each request.", &grant_schema()));
    let id = "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";
    let example = json!({
        "requests": [1], "outcome": "completed", "representative": "Ann", "case_reference": "C-77",
        "grants": [{"request": 1, "granted": 8, "license_key_pack_ids": [id]}],
    });
    json!({"type": "object", "properties": all, "additionalProperties": false, "example": example})
}

/// What programs can do with calls.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, TelephoneCall>("Calls, the newest first");
    calls.show::<TelephoneCall>("One call");
    calls.make::<TelephoneCall>(Role::HelpDesk, "Logs a call that has ended, or begins one", body());
    let mut all = fields(&[("note", "Its text.")]);
    let kinds: Vec<&str> = NOTES.iter().take(5).map(|(kind, _)| *kind).collect();
    all.insert("kind".into(), json!({"description": "What it is; note unless said.", "enum": kinds}));
    let note = json!({"type": "object", "properties": all, "additionalProperties": false});
    calls.append::<TelephoneCall>("/notes", (Role::HelpDesk, "Adds a note to a call"), note);
    let closing = calls.form::<ReasonForm>(For::New, json!({"reason": "They wrote a letter."}));
    calls.append::<TelephoneCall>("/closing", (Role::HelpDesk, "Closes an open call"), closing);
}

/// Calls, the newest first.
pub async fn list(Of(app): Of<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let window = asked.window(&order)?;
    let rows = read::list(&app.db, &Filter::of(&asked.filters), &order, &window).await?;
    let ids: Vec<CallId> = rows.iter().map(|one| one.id).collect();
    let (asked, granted) = (read::asked_in(&app.db, &ids).await?, read::granted_in(&app.db, &ids).await?);
    let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
    Ok(answer::list(slice, |one| TelephoneCall::of(one, &asked, &granted)))
}

/// One call.
pub async fn show(Of(app): Of<App>, _: Auditor, Path(id): Path<i64>, conditions: Conditions) -> Outcome<Response> {
    let newest = newest::<TelephoneCall>(&app.db, id).await?;
    answer::show(&conditions, newest, &telephone_call!(&app.db, CallId(id)))
}

/// Logs a call that has ended; one without an outcome begins.
pub async fn create(Of(app): Of<App>, help_desk: HelpDesk, call: Call) -> Outcome<Response> {
    let mut form = call.body::<Body>()?.form();
    if form.fields.get("outcome").is_empty() {
        let (begun, number) = (form.check_begun()?, number_for(&app, &form).await?);
        return made!(app, help_desk, call, tx, {
            let id = store::start(tx, &begun, &number).await?;
            telephone_call!(&mut *tx, id)
        });
    }
    if form.fields.get("started_at").is_empty() {
        form.fields = form.fields.with("started_at", app.now().iso());
    }
    let mut logged = form.check_logged((&jiff::tz::TimeZone::UTC, app.now()), &help_desk.name)?;
    logged.ended.nearest_first(by_urgency(&app).await?);
    made!(app, help_desk, call, tx, {
        let id = ending::log(tx, &logged).await?;
        telephone_call!(&mut *tx, id)
    })
}

/// A note.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NoteBody {
    kind: Text,
    note: Text,
}

/// Adds a note to a call.
pub async fn note(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    let body = call.body::<NoteBody>()?;
    let (kind, text) = check_note(&body.kind.0, &body.note.0)?;
    made!(app, help_desk, call, tx, {
        store::note(tx, id, kind, &text).await?;
        telephone_call!(&mut *tx, id)
    })
}

/// Closes an open call.
pub async fn close(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    let reason = call.filled::<ReasonForm>()?.check("Say why nothing is to follow")?;
    made!(app, help_desk, call, tx, {
        ending::close(tx, id, &reason).await?;
        telephone_call!(&mut *tx, id)
    })
}
