//! Calls in the database: begun, typed into, noted, taken over.

use super::call::{Ending, about_words};
use super::draft::Draft;
use super::form::Begun;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{CallId, CompanyId, LicenseServerId, ReissueId};
use crate::moment::Moment;
use crate::reissues::store::{self as reissues, Held as Request};
use crate::web::error::{Error, Outcome};

/// The server that a call is about, and what is read out and dialed for it.
#[derive(sqlx::FromRow)]
struct On {
    company_id: CompanyId,
    license_server_id: Option<String>,
}

/// Begins a call: from now on it is live. `number`: to call.
pub async fn start(tx: &mut Tx, begun: &Begun, number: &str) -> Outcome<CallId> {
    let now = tx.at;
    let operator = tx.actor.clone();
    // Held first, so that of two who begin at once one finds the other's call.
    let requests = hold_requests(tx, &begun.requests).await?;
    for request in &begun.requests {
        if let Some((call, who)) = live(tx, *request).await? {
            let says = format!(
                "{who} is on the telephone about R-{request} (call {call}). Open that call: you can write into it too."
            );
            return Err(Problems::of("requests", says).into());
        }
    }
    insert(tx, begun, (now, &operator, number), &requests).await
}

/// The live call about a request, and who is on the telephone.
async fn live(tx: &mut Tx, request: ReissueId) -> Outcome<Option<(CallId, String)>> {
    Ok(tx
        .sql(
            "select c.id, c.operator from call_requests q join calls c on c.id = q.call_id \
             where q.reissue_id = $1 and c.ended_at is null order by c.id desc limit 1",
        )
        .bind(request)
        .optional()
        .await?)
}

/// Requests of which something is still asked for, in the order of their numbers, held until the change ends.
pub(super) async fn hold_requests(tx: &mut Tx, ids: &[ReissueId]) -> Outcome<Vec<Request>> {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut held = Vec::with_capacity(sorted.len());
    let mut problems = Problems::none();
    for id in sorted {
        match reissues::hold(tx, id).await {
            Ok(request) if request.state.is_open() => held.push(request),
            Ok(request) => {
                let says =
                    format!("R-{id} is {}: nothing of it is asked for any more.", request.state.word().to_lowercase());
                problems.add("requests", says);
            }
            Err(Error::NotFound) => problems.add("requests", format!("There is no request R-{id}. Take it out.")),
            Err(other) => return Err(other),
        }
    }
    Ok(problems.or(held)?)
}

pub(super) async fn insert(
    tx: &mut Tx,
    begun: &Begun,
    (started_at, operator, number): (Moment, &str, &str),
    requests: &[Request],
) -> Outcome<CallId> {
    let server = requests.first().map(|request| request.server_id).or(begun.server);
    let server =
        server.ok_or_else(|| Problems::of("license_server", "Choose the license server that the call is about."))?;
    let on: Option<On> = tx
        .sql("select company_id, license_server_id from license_servers where id = $1")
        .bind(server)
        .optional()
        .await?;
    let on = on.ok_or_else(|| Problems::of("license_server", "Choose the license server that the call is about."))?;
    may_follow(tx, begun.follows).await?;
    let id: i64 = tx
        .sql(
            "insert into calls (company_id, server_id, about, started_at, operator, follows_id, number_called, representative, \
             case_reference, license_server_id, closing, note, afterwards, draft) \
             values ($1, $2, $3, $4, $5, $6, $7, '', '', $8, '', '', 0, '') returning id",
        )
        .bind(on.company_id)
        .bind(server)
        .bind(&begun.about)
        .bind(started_at)
        .bind(operator)
        .bind(begun.follows)
        .bind(number)
        .bind(on.license_server_id.unwrap_or_default())
        .scalar()
        .await?;
    for request in requests {
        tx.sql("insert into call_requests (call_id, reissue_id, asked) values ($1, $2, $3)")
            .bind(id)
            .bind(request.id)
            .bind(request.left())
            .execute()
            .await?;
    }
    let line = NewLine::new("call started", Subject("call", id)).touching(Subject("license_server", server.0));
    let line = requests.iter().fold(line, |line, request| line.touching(request.subject()));
    let line = begun.follows.iter().fold(line, |line, call| line.touching(Subject("call", call.0)));
    let asked: Vec<String> = requests.iter().map(|request| format!("R-{}", request.id)).collect();
    let after =
        serde_json::json!({"about": about_words(&begun.about), "requests": asked.join(", "), "operator": operator});
    record(tx, line.after(after)).await?;
    Ok(CallId(id))
}

async fn may_follow(tx: &mut Tx, follows: Option<CallId>) -> Outcome<()> {
    let Some(id) = follows else { return Ok(()) };
    let found: Option<(Option<Moment>,)> =
        tx.sql("select ended_at from calls where id = $1").bind(id).optional().await?;
    match found {
        Some((Some(_),)) => Ok(()),
        Some((None,)) => {
            Err(Problems::of("follows", format!("Call {id} is still live: write into it instead.")).into())
        }
        None => Err(Problems::of("follows", format!("There is no call {id}.")).into()),
    }
}

/// A call as it stands, held against other changes until this one ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    /// The call.
    pub id: CallId,
    /// The license server.
    pub server_id: LicenseServerId,
    /// What it is about, as stored.
    pub about: String,
    /// When it began.
    pub started_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// What came of it.
    pub outcome: Option<Ending>,
    /// Since when nothing is to follow.
    pub closed_at: Option<Moment>,
    /// The call that it follows.
    pub follows_id: Option<CallId>,
    /// Who calls.
    pub operator: String,
    draft: String,
}

impl Held {
    /// Whether nobody has typed anything into it.
    pub(super) fn is_untouched(&self) -> bool {
        Draft::parse(&self.draft) == Draft::default()
    }

    pub(super) fn line(&self, action: &'static str) -> NewLine {
        NewLine::new(action, Subject("call", self.id.0)).touching(Subject("license_server", self.server_id.0))
    }
}

/// Holds a call against other changes until this one ends.
pub async fn hold(tx: &mut Tx, id: CallId) -> Outcome<Held> {
    let lock = tx.pick("", " for update");
    tx.sql(
        "select id, server_id, about, started_at, ended_at, outcome, closed_at, follows_id, operator, draft from calls",
    )
    .push_bind(" where id = ?", id)
    .push(lock)
    .optional()
    .await?
    .ok_or(Error::NotFound)
}

/// Keeps what is being typed: only the fields that were changed since `base`. The names of fields that somebody else
/// changed meanwhile come back; what was typed here stands in them then.
pub async fn keep_draft(tx: &mut Tx, id: CallId, who: &str, (mine, base): (&Draft, &Draft)) -> Outcome<Vec<String>> {
    let held = hold_live(tx, id).await?;
    let (merged, both) = mine.laid_over(base, &Draft::parse(&held.draft));
    let text = merged.text();
    if text != held.draft {
        let now = tx.at;
        tx.sql("update calls set draft = $1, draft_at = $2, draft_by = $3 where id = $4")
            .bind(text)
            .bind(now)
            .bind(who)
            .bind(id)
            .execute()
            .await?;
    }
    Ok(both)
}

/// Holds a call that nobody has ended yet.
pub(super) async fn hold_live(tx: &mut Tx, id: CallId) -> Outcome<Held> {
    let held = hold(tx, id).await?;
    match held.ended_at {
        None => Ok(held),
        Some(_) => Err(Problems::of("", ended_already(tx, &held).await?).into()),
    }
}

async fn ended_already(tx: &mut Tx, held: &Held) -> Outcome<String> {
    let by: Option<(String,)> = tx
        .sql(
            "select h.actor from history h join history_subjects s on s.line = h.id where s.kind = 'call' and s.id = $1 \
             and h.action = 'call ended' order by h.id limit 1",
        )
        .bind(held.id)
        .optional()
        .await?;
    let who = by.map_or_else(|| "Somebody".to_owned(), |(who,)| who);
    Ok(format!(
        "{who} has ended call {} already. What you typed is kept here; add it as a note if it is needed.",
        held.id
    ))
}

/// Adds a note to a call, live or ended.
pub async fn note(tx: &mut Tx, id: CallId, kind: &'static str, text: &str) -> Outcome<()> {
    let held = hold(tx, id).await?;
    insert_note(tx, id, kind, text).await?;
    record(tx, held.line("call noted").after(serde_json::json!({"note": text, "kind": kind}))).await
}

async fn insert_note(tx: &mut Tx, id: CallId, kind: &str, text: &str) -> Outcome<()> {
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql("insert into call_notes (call_id, at, author, kind, note) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(now)
        .bind(&actor)
        .bind(kind)
        .bind(text)
        .execute()
        .await?;
    Ok(())
}

/// Takes a live call over from whoever is on the telephone.
pub async fn take_over(tx: &mut Tx, id: CallId) -> Outcome<()> {
    let held = hold(tx, id).await?;
    if held.ended_at.is_some() {
        return Err(Problems::of("", ended_already(tx, &held).await?).into());
    }
    let actor = tx.actor.clone();
    tx.sql("update calls set operator = $1 where id = $2").bind(&actor).bind(id).execute().await?;
    insert_note(tx, id, "took_over", &format!("from {}", held.operator)).await?;
    let line = held.line("call taken over").before(serde_json::json!({"operator": held.operator}));
    record(tx, line.after(serde_json::json!({"operator": actor}))).await
}
