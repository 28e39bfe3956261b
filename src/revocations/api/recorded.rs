//! What people recorded of a license's revocations, for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::answer::{self, Item, day, moment, newest, said};
use crate::api::call::Call;
use crate::api::form::For;
use crate::api::made;
use crate::api::operations::{APPENDING, Operation, Operations, SHOWING, idempotency};
use crate::api::tag::Conditions;
use crate::ids::LicenseId;
use crate::licenses;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::revocations::editing::TAKEN_BACK;
use crate::revocations::form::RevocationForm;
use crate::revocations::store;
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;

/// What is known of a license's revocations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LicenseRevocations {
    /// The license.
    license: i64,
    /// Whether its server shows it as revoked.
    shown_by_server: bool,
    /// Why it may not be revoked today, a sentence each.
    refusals: Vec<String>,
    /// What people recorded, the newest first.
    recorded: Vec<RecordedRevocation>,
}

/// A revocation that people recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordedRevocation {
    /// Its number.
    id: i64,
    /// The day on which it was made.
    #[schema(format = Date)]
    revoked_on: String,
    /// Who made it on the server.
    revoked_by: String,
    /// Why.
    reason: String,
    /// The day on which the license expires, so that its slot frees.
    #[schema(format = Date)]
    counts_until: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: Option<String>,
    /// By whom.
    recorded_by: String,
    /// When it was taken back as recorded by mistake.
    #[schema(format = DateTime)]
    taken_back_at: Option<String>,
    /// By whom.
    taken_back_by: Option<String>,
    /// Why.
    taken_back_reason: Option<String>,
}

impl Item for LicenseRevocations {
    const KIND: &'static str = "license";
    const PATH: &'static str = "licenses";

    fn id(&self) -> i64 {
        self.license
    }

    fn address(&self) -> String {
        format!("{}/licenses/{}/revocations", crate::api::ROOT, self.license)
    }
}

impl From<store::Revocation> for RecordedRevocation {
    fn from(one: store::Revocation) -> RecordedRevocation {
        RecordedRevocation {
            id: one.id,
            revoked_on: one.revoked_on,
            revoked_by: one.revoked_by,
            reason: one.reason,
            counts_until: day(one.expires_at),
            recorded_at: moment(one.recorded_at),
            recorded_by: one.recorded_by,
            taken_back_at: one.taken_back_at.and_then(moment),
            taken_back_by: one.taken_back_by,
            taken_back_reason: one.taken_back_reason.and_then(said),
        }
    }
}

/// Everything about one license, read from a database or within a change.
macro_rules! known {
    ($db:expr, $id:expr, $today:expr) => {{
        let revocable = store::revocable($db, $id).await?;
        LicenseRevocations {
            license: $id.0,
            shown_by_server: Status::of_code(revocable.status) == Status::Revoked,
            refusals: revocable
                .may_revoke($today)
                .err()
                .unwrap_or_default()
                .iter()
                .map(|one| one.says.clone())
                .collect(),
            recorded: store::of_license($db, $id).await?.into_iter().map(RecordedRevocation::from).collect(),
        }
    }};
}

fn today(app: &App) -> Moment {
    let now = app.now();
    Moment::of_day(&now.day(&app.settings.zone)).unwrap_or(now)
}

/// What programs can do with a license's revocations.
pub fn describe(calls: &mut Operations) {
    let shape = calls.shape::<LicenseRevocations>();
    calls.add(Operation {
        method: "get",
        path: "licenses/{id}/revocations".to_owned(),
        summary: "What is known of a license’s revocations, and whether it may be revoked",
        role: Some(Role::Auditor),
        parameters: Vec::new(),
        body: None,
        answer: (200, "The same thing, as it is now.", Some(shape.clone()), &["ETag"]),
        refusals: SHOWING,
    });
    let example = json!({"revoked_on": "2026-08-20", "revoked_by": "Ada", "reason": "The seat was needed."});
    let body = calls.form::<RevocationForm>(For::New, example);
    let says = "Records that somebody revoked a license on its server";
    calls.append::<LicenseRevocations>("/revocations", (Role::HelpDesk, says), body);
    let body = calls.form::<ReasonForm>(For::New, json!({"reason": "It was another license."}));
    calls.add(Operation {
        method: "post",
        path: "revocations/{id}/taking-back".to_owned(),
        summary: "Takes back a revocation that was recorded by mistake",
        role: Some(Role::HelpDesk),
        parameters: vec![idempotency()],
        body: Some(("application/json", body)),
        answer: (201, "It is recorded.", Some(shape), &["ETag", "Location", "Idempotency-Replayed"]),
        refusals: APPENDING,
    });
}

/// What is known of a license's revocations.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<LicenseRevocations>(&app.db, id).await?;
    answer::show(&conditions, newest, &known!(&app.db, LicenseId(id), today(&app)))
}

/// Records a revocation.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = licenses::store::find(&app.db, LicenseId(id)).await?.id;
    let (new, today) = (call.filled::<RevocationForm>()?.check(app.now())?, today(&app));
    made!(app, help_desk, call, tx, {
        store::record(tx, id, &new).await?;
        known!(&mut *tx, id, today)
    })
}

/// Takes back what was recorded by mistake.
pub async fn take_back(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    call: Call,
) -> Outcome<Response> {
    let license = store::license_of(&app.db, id).await?;
    let (reason, today) = (call.filled::<ReasonForm>()?.check(TAKEN_BACK)?, today(&app));
    made!(app, help_desk, call, tx, {
        store::take_back(tx, id, &reason).await?;
        known!(&mut *tx, license, today)
    })
}
