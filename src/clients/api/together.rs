//! Several clients at once, for programs: what is known of names, and what is recorded of all of them together.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::answer::{Named, moment};
use crate::api::body::{Text, fields};
use crate::api::call::Call;
use crate::api::made_together;
use crate::api::operations::{MAKING, Operation, Operations, idempotency};
use crate::clients::chosen::{CHANGES, Change, ChosenForm, MOST, MOST_NAMES, names};
use crate::clients::client::Status;
use crate::clients::together::{self, Done, Known};
use crate::findings::look;
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;

/// What is known of one client, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KnownClient {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// What identifies it beside its name.
    hardware_id: Option<String>,
    /// Its company.
    company: Named,
    /// What became of it: `active`, `decommissioned`, `lost` or `reinstalled`.
    status: String,
    /// Where it stands.
    site: String,
    /// Who uses it.
    owner: String,
    /// The license in its own registry.
    local_license: String,
    /// Full licenses that servers show for it.
    full_licenses: i64,
    /// When its last temporary license ends.
    #[schema(format = DateTime)]
    temporary_until: Option<String>,
    /// A transfer on its way by which it gives or takes a seat.
    transfer: Option<i64>,
}

impl From<Known> for KnownClient {
    fn from(one: Known) -> KnownClient {
        KnownClient {
            id: one.id.0,
            name: one.name,
            hardware_id: one.hardware_id,
            company: Named::new(one.company_id.0, one.company),
            status: one.status.as_str().to_owned(),
            site: one.site,
            owner: one.owner,
            local_license: one.local_license.as_str().to_owned(),
            full_licenses: one.full,
            temporary_until: one.temporary_until.and_then(moment),
            transfer: one.transfer_id.map(|id| id.0),
        }
    }
}

/// A name, and the clients that bear it: none, one, or several.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookedUp {
    /// The name, as it was sent.
    name: String,
    /// Who bears it.
    clients: Vec<KnownClient>,
}

/// What became of a change of several clients.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedClients {
    /// How many were changed, each with a line of history of its own.
    changed: i64,
    /// How many were so already.
    same: i64,
}

impl From<Done> for ChangedClients {
    fn from(done: Done) -> ChangedClients {
        ChangedClients { changed: done.changed, same: done.same }
    }
}

/// Names to look up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    names: Vec<Text>,
}

/// What is to be recorded of several clients.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Changes {
    clients: Vec<Text>,
    change: Text,
    site: Text,
    owner: Text,
    status: Text,
    removed_by: Text,
    reason: Text,
}

impl From<Changes> for ChosenForm {
    fn from(body: Changes) -> ChosenForm {
        ChosenForm {
            clients: Text::all(&body.clients),
            change: body.change.0,
            site: body.site.0,
            owner: body.owner.0,
            status: body.status.0,
            removed_by: body.removed_by.0,
            reason: body.reason.0,
            ..ChosenForm::default()
        }
    }
}

fn list(says: String) -> Value {
    json!({"description": says, "type": "array", "items": {"type": ["string", "number"]}})
}

/// What programs can do with several clients at once.
pub fn describe(calls: &mut Operations) {
    let items = calls.shape::<LookedUp>();
    let names = list(format!("The names of computers or people, {MOST_NAMES} at most."));
    calls.add(Operation {
        method: "post",
        path: "clients/lookup".to_owned(),
        summary: "What is known of the clients of a list of names; it changes nothing",
        role: Some(Role::Auditor),
        parameters: Vec::new(),
        body: Some((
            "application/json",
            json!({"type": "object", "properties": {"names": names}, "required": ["names"],
                "additionalProperties": false, "example": {"names": ["PC-0117", "PC-0200"]}}),
        )),
        answer: (
            200,
            "Each name once, with whoever bears it.",
            Some(json!({"type": "object", "properties": {"items": {"type": "array", "items": items}}, "required": ["items"]})),
            &[],
        ),
        refusals: &[400, 401, 413, 415, 422],
    });
    let mut properties = fields(&[
        ("site", "Where they stand."),
        ("owner", "Who uses them."),
        ("removed_by", "Who is asked to remove their local licenses."),
        ("reason", "Why: it stands in the history of each of them forever."),
    ]);
    properties.insert("clients".into(), list(format!("Their numbers, {MOST} at most.")));
    properties
        .insert("change".into(), json!({"description": "What is recorded.", "enum": CHANGES.map(|(name, _)| name)}));
    let statuses: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();
    properties.insert("status".into(), json!({"description": "What became of them.", "enum": statuses}));
    let example = json!({"clients": [117, 200], "change": "site", "site": "Hamburg", "reason": "Moved house."});
    let shape = calls.shape::<ChangedClients>();
    calls.add(Operation {
        method: "post",
        path: "clients/changes".to_owned(),
        summary: "Records the same of several clients: of all of them, or of none",
        role: Some(Role::HelpDesk),
        parameters: vec![idempotency()],
        body: Some((
            "application/json",
            json!({"type": "object", "properties": properties, "additionalProperties": false, "example": example}),
        )),
        answer: (201, "It is recorded.", Some(shape), &["Idempotency-Replayed"]),
        refusals: MAKING,
    });
}

/// What is known of whoever bears the names of a list.
pub async fn look_up(State(app): State<App>, _: Auditor, call: Call) -> Outcome<Response> {
    let sent = Text::all(&call.body::<Names>()?.names);
    let found = together::named(&app.db, names(&sent.join("\n"))?).await?;
    let items: Vec<LookedUp> = found
        .into_iter()
        .map(|one| LookedUp { name: one.name, clients: one.clients.into_iter().map(KnownClient::from).collect() })
        .collect();
    Ok(Json(json!({"items": items})).into_response())
}

/// Records the same of several clients.
pub async fn change(State(app): State<App>, help_desk: HelpDesk, call: Call) -> Outcome<Response> {
    let form = ChosenForm::from(call.body::<Changes>()?);
    let (change, reason) = form.check()?;
    let ids = form.some_ids()?;
    made_together!(app, help_desk, call, tx, {
        let look = look::begin(tx).await?;
        let done = together::change_all(tx, &ids, (&change, &reason)).await?;
        if matches!(change, Change::Status(_)) {
            look::at_clients(tx, look, &ids, app.settings.unseen_days).await?;
        }
        ChangedClients::from(done)
    })
}
