//! The page that answers whether a client, a session host and a license go together; and the same for programs.

use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::compatibility::{Question, Reply, cell, host_column};
use super::product::Version;
use super::store::{self, OsFamily};
use super::tables::Table;
use crate::api::answer::said;
use crate::api::asked::refuse;
use crate::api::operations::{Operation, Operations};
use crate::check::Problems;
use crate::db::Db;
use crate::users::user::{Role, name_key};
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{self, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The client's system: its number or its name; empty: any that needs a license.
    pub client: String,
    /// The session host's version.
    pub host: String,
    /// The license's version.
    pub cal: String,
}

impl Asked {
    /// The answer by the tables.
    async fn answer(&self, db: &Db) -> Outcome<Result<Reply, Problems>> {
        let mut problems = Problems::none();
        let families = store::os_families(db).await?;
        let versions = store::versions(db).await?;
        let family = self.family(&families);
        if family.is_none() && !self.client.trim().is_empty() {
            problems.add("client", "No system of this number or name is in the table. Choose one of them.");
        }
        let mut version = |field: &'static str, text: &str, says: &str| {
            let known = versions.iter().any(|(version, _)| version == text.trim());
            let version = Version::parse(text.trim()).filter(|_| known);
            if version.is_none() {
                problems.add(field, says);
            }
            version
        };
        let host = version("host", &self.host, "Choose the session host’s version.");
        let cal = version("cal", &self.cal, "Choose the license’s version.");
        let (Some(host), Some(cal), true) = (host, cal, problems.is_empty()) else { return Ok(Err(problems)) };
        let (needs, serves) = (store::rows(db, Table::Needs).await?, store::rows(db, Table::Serves).await?);
        let need = family.and_then(|family| cell(&needs, &family.id.to_string(), host_column(host)));
        Ok(Ok(Question {
            client: family.map(|family| (family.name.as_str(), need)),
            host,
            cal,
            serves: cell(&serves, &host.to_string(), &cal.to_string()),
        }
        .judge()))
    }

    fn family<'a>(&self, families: &'a [OsFamily]) -> Option<&'a OsFamily> {
        let typed = self.client.trim();
        families.iter().find(|one| one.id.to_string() == typed || name_key(&one.name) == name_key(typed))
    }

    fn is_empty(&self) -> bool {
        [&self.client, &self.host, &self.cal].iter().all(|text| text.trim().is_empty())
    }
}

#[derive(Template)]
#[template(path = "products/compatibility.html")]
struct Compatibility {
    shell: Shell,
    clients: Vec<Choice>,
    hosts: Vec<Choice>,
    cals: Vec<Choice>,
    problems: Problems,
    reply: Option<Reply>,
}

/// The form, and the answer to what its address asks.
pub async fn compatibility(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let answer = if asked.is_empty() { None } else { Some(asked.answer(&app.db).await?) };
    let (reply, problems) = match answer {
        Some(Ok(reply)) => (Some(reply), Problems::none()),
        Some(Err(problems)) => (None, problems),
        None => (None, Problems::none()),
    };
    let families = store::os_families(&app.db).await?;
    let client = asked.family(&families).map_or_else(|| asked.client.clone(), |family| family.id.to_string());
    let versions = store::versions(&app.db).await?;
    let page = Compatibility {
        shell: auditor.0.shell,
        clients: Choice::any(families.iter().map(|one| (one.id, &one.name)), &client, "Any that needs a license"),
        hosts: Choice::any(versions.iter().map(|(version, words)| (version, words)), &asked.host, "Choose"),
        cals: Choice::any(versions.iter().map(|(version, words)| (version, words)), &asked.cal, "Choose"),
        reply,
        problems,
    };
    if page.problems.is_empty() { page::show(&page) } else { refused(&page) }
}

/// Whether a client, a session host and a license go together.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Compatibility)]
pub struct Told {
    /// The answer: `yes`, `no` or `ask` (read your agreement).
    answer: String,
    /// Why, each with its source.
    reasons: Vec<ToldReason>,
}

/// A reason of the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CompatibilityReason)]
pub struct ToldReason {
    /// What it says.
    says: String,
    /// Where it is written.
    source: Option<String>,
}

/// What programs can ask about it.
pub fn describe(calls: &mut Operations) {
    let shape = calls.shape::<Told>();
    calls.shape::<ToldReason>();
    let query = |name: &str, required: bool, says: &str| json!({"name": name, "in": "query", "required": required, "description": says, "schema": {"type": "string", "pattern": "^[^\\u0000]*$"}});
    calls.add(Operation {
        method: "get",
        path: "compatibility".to_owned(),
        summary: "Whether a client, a session host and a license go together, by the tables of versions and systems",
        role: Some(Role::Auditor),
        parameters: vec![
            query(
                "client",
                false,
                "The client’s system, by its number or its name; left out: any that needs a license.",
            ),
            query("host", true, "The session host’s version, by the year in its name."),
            query("cal", true, "The license’s version, by the year in its name."),
        ],
        body: None,
        answer: (200, "The answer.", Some(shape), &[]),
        refusals: &[400, 401, 422],
    });
}

/// The answer, for programs.
pub async fn show(State(app): State<App>, _: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    match asked.answer(&app.db).await? {
        Ok(reply) => {
            let reasons = reply.reasons.into_iter();
            let reasons = reasons.map(|one| ToldReason { says: one.says, source: said(one.source) }).collect();
            Ok(Json(Told { answer: reply.answer.as_str().to_owned(), reasons }).into_response())
        }
        Err(problems) => Err(problems
            .iter()
            .next()
            .map_or_else(|| problems.clone().into(), |problem| refuse(&problem.field, problem.says.clone()))),
    }
}
