//! History for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::line::Line;
use super::pages::Asked as PageAsked;
use super::store;
use crate::api::answer::{self, Item, moment};
use crate::api::asked::{Asked, List, Param, refuse};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::web::actor::{Actor, Auditor};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::slice::{Cursor, Order};
use crate::web::subject::{self, Names};
use crate::web::timeline::withholds;

/// A line of history: one change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct Told {
    /// Its number; lines are numbered without gaps.
    id: i64,
    /// When it was recorded.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// The day from which the change holds, where somebody said another one.
    #[schema(format = Date)]
    effective_on: Option<String>,
    /// Who made it.
    actor: String,
    /// What happened.
    action: String,
    /// What it happened to.
    subject: About,
    /// Why.
    reason: Option<String>,
    /// The import that brought it.
    import: Option<i64>,
    /// The values before, where there were any.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The values after, where there are any.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// Whether values are left out because the token’s role may not read them.
    withheld: bool,
    /// The hash of the line before.
    previous_hash: String,
    /// The hash of this line.
    hash: String,
}

/// What a change happened to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Subject)]
pub struct About {
    /// The noun: `license`, `key_pack`.
    kind: String,
    /// Its number.
    id: i64,
    /// What it is called.
    name: String,
}

impl Item for Told {
    const KIND: &'static str = "history";
    const PATH: &'static str = "history";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Told {
    fn of(line: Line, names: &Names, reader: &Actor) -> Told {
        let withheld = withholds(&line, reader.shell.may_read_ids);
        let values = |text: Option<String>| serde_json::from_str(&text.filter(|_| !withheld)?).ok();
        let name = names.of(&line.subject_kind, line.subject_id);
        Told {
            id: line.id,
            at: moment(line.at),
            effective_on: line.effective_on,
            actor: line.actor,
            action: line.action,
            subject: About { kind: line.subject_kind, id: line.subject_id, name },
            reason: line.reason,
            import: line.import_id,
            before: values(line.before),
            after: values(line.after),
            withheld,
            previous_hash: line.previous_hash,
            hash: line.hash,
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &[];

    fn filters() -> Vec<Param> {
        vec![
            Param::one_of("kind", "With id: only what touches this noun.", subject::kinds()),
            Param::number("id", "With kind: the noun’s number."),
            Param::text("actor", "Only changes made by somebody, by name."),
            Param::text("action", "Only one kind of change."),
            Param::day("from", "Only from this day on, in UTC."),
            Param::day("until", "Only until the end of this day, in UTC."),
            Param::number("import", "Only what this import brought."),
        ]
    }
}

/// What programs can do with history.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Told>("Changes, the newest first");
    calls.show::<Told>("One change");
}

/// Changes, the newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let filters = &asked.filters;
    if filters.kind.is_empty() != filters.id.is_empty() {
        return Err(refuse("kind", "Send kind and id together, or neither."));
    }
    let filter = filters.filter(&auditor.shell.format.zone);
    let window = asked.window(&Order::BY_NUMBER)?;
    let slice = window.cut(store::list(&app.db, &filter, &window).await?, |line| Cursor::new(line.id, line.id));
    let subjects = slice.rows.iter().map(|line| (line.subject_kind.clone(), line.subject_id));
    let names = subject::names(&app.db, subjects).await?;
    Ok(answer::list(slice, |line| Told::of(line, &names, &auditor)))
}

/// One change.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let line = store::find(&app.db, id).await?;
    let names = subject::names(&app.db, [(line.subject_kind.clone(), line.subject_id)]).await?;
    answer::show(&conditions, id, &Told::of(line, &names, &auditor))
}
