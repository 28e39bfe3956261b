//! The revocation budget for programs: what the report's page says.

pub mod recorded;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::budget::Line;
use super::store;
use crate::api::answer::{Named, day, said};
use crate::api::operations::Operations;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;

/// How much of one version may be revoked on one license server.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevocationBudget {
    /// The license server.
    license_server: Named,
    /// The product version, by the year in its name.
    product_version: String,
    /// Per Device licenses of that version that are installed there.
    installed: i64,
    /// How many may be revoked at a time: a fifth of the installed ones, rounded down (how Microsoft rounds is not
    /// documented), and one at least.
    limit: i64,
    /// How many are revoked and have not expired.
    revoked: i64,
    /// How many more may be revoked now.
    left: i64,
    /// By how many more are revoked than the limit.
    over: i64,
    /// The day on which the first of the revoked ones expires.
    #[schema(format = Date)]
    next_slot_on: Option<String>,
    /// The day from which another one may be revoked, where none may be now.
    #[schema(format = Date)]
    free_again_on: Option<String>,
    /// Whether the server can revoke at all: `yes`, `no` (older than Windows Server 2008) or `not_known`.
    can_revoke: String,
    /// What else is to be known.
    note: Option<String>,
}

impl From<Line> for RevocationBudget {
    fn from(line: Line) -> RevocationBudget {
        RevocationBudget {
            product_version: line.version.clone(),
            installed: line.budget.installed,
            limit: line.limit(),
            revoked: line.budget.revoked,
            left: line.left(),
            over: line.budget.over(),
            next_slot_on: line.budget.next_slot_at.and_then(day),
            free_again_on: line.budget.free_again_at.and_then(day),
            can_revoke: line.able.as_str().to_owned(),
            note: said(line.note()),
            license_server: Named::new(line.server_id.0, line.server),
        }
    }
}

/// What programs can ask about revoking.
pub fn describe(calls: &mut Operations) {
    let summary = "How many Per Device licenses may be revoked, by license server and product version (at most 1,000)";
    calls.all::<RevocationBudget>(("revocation-budget", summary), Vec::new(), &[401]);
    recorded::describe(calls);
}

/// How many licenses may be revoked, by server and version.
pub async fn list(State(app): State<App>, _: Auditor) -> Outcome<Response> {
    let lines = store::lines(&app.db, None, app.now()).await?;
    let items: Vec<RevocationBudget> = lines.into_iter().map(RevocationBudget::from).collect();
    Ok(Json(json!({"items": items})).into_response())
}
