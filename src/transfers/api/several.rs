//! Several transfers at once, for programs: each line is judged on its own, and all that is wrong is said together.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Move;
use crate::api::body::{Text, fields};
use crate::api::call::Call;
use crate::api::made_together;
use crate::api::operations::{MAKING, Operation, Operations, idempotency};
use crate::check::Problems;
use crate::transfers::read;
use crate::transfers::several::{self, Judged, Line, MOST, SeveralForm};
use crate::transfers::transfer::REASONS;
use crate::users::user::Role;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;

/// What became of a list of transfers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueuedTransfers {
    /// Those that are queued.
    queued: Vec<Move>,
    /// The lines that were left, with why.
    left: Vec<LeftLine>,
}

/// A line that may not be queued.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftLine {
    /// Which line it is, from 1 on.
    line: usize,
    /// Why it may not move, a sentence each.
    says: Vec<String>,
}

/// A line of the list.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Pair {
    old: Text,
    new: Text,
    license: Text,
}

/// The list.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    moves: Vec<Pair>,
    reason: Text,
    new_clients: bool,
    those_that_may: bool,
}

impl Body {
    fn form(self) -> (SeveralForm, Vec<Line>) {
        let lines = (1..).zip(self.moves).map(|(n, one)| Line {
            n,
            old: one.old.0.trim().to_owned(),
            new: one.new.0.trim().to_owned(),
            license: one.license.0.trim().to_owned(),
        });
        let lines = lines.collect();
        let flag = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let form = SeveralForm {
            lines: String::new(),
            reason: self.reason.0,
            new_client: flag(self.new_clients),
            those_that_may: flag(self.those_that_may),
        };
        (form, lines)
    }
}

fn body() -> Value {
    let of_line = fields(&[
        ("old", "The computer that gives its seat: its name, or its number."),
        ("new", "The computer that takes it: its name, or its number."),
        ("license", "Where the old one holds several: the license or seat that moves."),
    ]);
    let reasons: Vec<&str> = REASONS.iter().map(|(name, ..)| *name).collect();
    let flag = |says: &str| json!({"description": says, "type": "boolean", "default": false});
    json!({
        "type": "object",
        "properties": {
            "moves": {
                "description": format!("The moves, {MOST} at most."),
                "type": "array",
                "items": {"type": "object", "properties": of_line, "additionalProperties": false},
            },
            "reason": {"description": "Why, for all of them.", "enum": reasons},
            "new_clients": flag("Whether new computers that nobody knows are added."),
            "those_that_may": flag("Whether those that may move are queued and the others left; otherwise all are queued, or none."),
        },
        "additionalProperties": false,
        "example": {"moves": [{"old": "PC-0117", "new": "PC-0200"}], "reason": "permanent"},
    })
}

/// What programs can do with several transfers at once.
pub fn describe(calls: &mut Operations) {
    let shape = calls.shape::<QueuedTransfers>();
    calls.add(Operation {
        method: "post",
        path: "transfers".to_owned(),
        summary: "Queues the moves of several seats: all of them, none, or those that may move",
        role: Some(Role::HelpDesk),
        parameters: vec![idempotency()],
        body: Some(("application/json", body())),
        answer: (201, "What is queued, and what was left.", Some(shape), &["Idempotency-Replayed"]),
        refusals: MAKING,
    });
}

/// What is wrong with each line, where the page says it beside the line.
fn line_by_line(judged: &[Judged]) -> Problems {
    let mut problems = Problems::none();
    for one in judged.iter().filter(|one| !one.may_move()) {
        problems.add("moves", format!("Line {}: {}", one.line.n, one.says().join(" ")));
    }
    problems
}

/// Queues several transfers.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, call: Call) -> Outcome<Response> {
    let (form, lines) = call.body::<Body>()?.form();
    form.check_with(&lines)?;
    let role = help_desk.role;
    made_together!(app, help_desk, call, tx, {
        let judged = several::judge(tx, &form, &lines).await?;
        several::refuse(&form, &judged).map_err(|_| line_by_line(&judged))?;
        let mut queued = Vec::new();
        for id in several::queue(tx, &form, &judged, role).await? {
            queued.push(Move::from(read::find(&mut *tx, id).await?));
        }
        let left = judged.iter().filter(|one| !one.may_move());
        QueuedTransfers { queued, left: left.map(|one| LeftLine { line: one.line.n, says: one.says() }).collect() }
    })
}
