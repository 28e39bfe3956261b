//! Calls as pages ask for them.

use super::call::{AskedFor, Call, Note, Standing};
use super::draft::Draft;
use super::filter::Filter;
use crate::db::{Db, Query, Reads};
use crate::ids::{CallId, KeyPackId, ReissueId};
use crate::key_packs::state::State;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

pub(crate) const COLUMNS: &str = "c.id, c.company_id, o.name as company, c.server_id, s.name as server, c.about, c.started_at, \
    c.ended_at, c.operator, c.follows_id, c.number_called, c.representative, c.case_reference, c.outcome, c.call_back_at, \
    c.closed_at, c.closed_by, c.closing, c.note, c.afterwards, \
    (select cast(coalesce(sum(g.quantity), 0) as bigint) from grants g where g.call_id = c.id) as granted";

/// Left joins, so that SQLite begins with the calls and keeps their order.
pub(crate) const FROM: &str = " from calls c left join license_servers s on s.id = c.server_id \
    left join companies o on o.id = c.company_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "c.id", id: "c.id", text: false, descending: true }];

fn source<'c>(db: &'c Db, columns: &'static str, filter: &Filter) -> Query<'c> {
    let query = db.sql("select ").push(columns).push(FROM);
    let query = match filter.standing {
        None => query,
        Some(Standing::Live) => query.push(" and c.closed_at is null and c.ended_at is null"),
        Some(Standing::Open) => query.push(" and c.closed_at is null and c.ended_at is not null"),
        Some(Standing::Closed) => query.push(" and c.closed_at is not null"),
    };
    query.push_some(" and c.server_id = ?", filter.server)
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, COLUMNS, filter), order)
}

/// Calls in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<Call>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", filter).count_up_to(cap).await?)
}

/// Calls that are live or of which something is to follow, the newest first (at most 200).
pub async fn open(db: &Db) -> Outcome<Vec<Call>> {
    let query =
        db.sql("select ").push(COLUMNS).push(FROM).push(" and c.closed_at is null order by c.id desc limit 200");
    Ok(query.all().await?)
}

/// One call.
pub async fn find<'c>(db: impl Reads<'c>, id: CallId) -> Outcome<Call> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and c.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The calls about a request, the first one first (at most 200).
pub async fn about(db: &Db, request: ReissueId) -> Outcome<Vec<Call>> {
    let query = db.sql("select ").push(COLUMNS).push(FROM);
    let query = query.push_bind(" and c.id in (select q.call_id from call_requests q where q.reissue_id = ?)", request);
    Ok(query.push(" order by c.id limit 200").all().await?)
}

/// The calls that follow a call (at most 50).
pub async fn following(db: &Db, id: CallId) -> Outcome<Vec<CallId>> {
    let rows: Vec<(CallId,)> =
        db.sql("select id from calls where follows_id = $1 order by id limit 50").bind(id).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The notes of a call, the first one first (at most 1,000).
pub async fn notes<'c>(db: impl Reads<'c>, id: CallId) -> Outcome<Vec<Note>> {
    Ok(db
        .sql("select at, author, kind, note from call_notes where call_id = $1 order by id limit 1000")
        .bind(id)
        .all()
        .await?)
}

/// The requests of a call, with what was asked and granted in it.
pub async fn asked<'c>(db: impl Reads<'c>, id: CallId) -> Outcome<Vec<AskedFor>> {
    asked_in(db, &[id]).await
}

/// The requests of calls, in order.
pub async fn asked_in<'c>(db: impl Reads<'c>, ids: &[CallId]) -> Outcome<Vec<AskedFor>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql(
        "select q.call_id, q.reissue_id, q.asked, (select cast(coalesce(sum(g.quantity), 0) as bigint) from grants g \
         where g.call_id = q.call_id and g.reissue_id = q.reissue_id) as granted from call_requests q where q.call_id in",
    );
    Ok(query.among(ids).push(" order by q.call_id, q.reissue_id").all().await?)
}

/// A key pack that a call granted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Granted {
    /// The call.
    pub call_id: CallId,
    /// The pack.
    pub key_pack_id: KeyPackId,
    /// The request.
    pub reissue_id: ReissueId,
    /// How many licenses.
    pub quantity: i64,
    /// Where the pack stands.
    pub state: State,
    /// The last group of its license key pack ID.
    pub end: Option<String>,
}

impl Granted {
    /// Whether somebody still has to install it.
    pub fn is_to_install(&self) -> bool {
        matches!(self.state, State::Received | State::InstallFailed)
    }
}

/// The key packs that a call granted.
pub async fn granted<'c>(db: impl Reads<'c>, id: CallId) -> Outcome<Vec<Granted>> {
    granted_in(db, &[id]).await
}

/// The key packs that calls granted, in order.
pub async fn granted_in<'c>(db: impl Reads<'c>, ids: &[CallId]) -> Outcome<Vec<Granted>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql(
        "select g.call_id, g.key_pack_id, g.reissue_id, g.quantity, k.state, substr(k.license_key_pack_id, 31) as \"end\" \
         from grants g join key_packs k on k.id = g.key_pack_id where g.call_id in",
    );
    Ok(query.among(ids).push(" order by g.id").all().await?)
}

/// What is being typed in a live call.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Typed {
    draft: String,
    /// When it was kept last.
    pub draft_at: Option<Moment>,
    /// By whom.
    pub draft_by: Option<String>,
    /// The license server ID that is to be read out.
    pub license_server_id: String,
}

impl Typed {
    /// The fields.
    pub fn fields(&self) -> Draft {
        Draft::parse(&self.draft)
    }
}

/// What is being typed in a live call.
pub async fn typed<'c>(db: impl Reads<'c>, id: CallId) -> Outcome<Typed> {
    db.sql("select draft, draft_at, draft_by, license_server_id from calls where id = $1")
        .bind(id)
        .optional()
        .await?
        .ok_or(Error::NotFound)
}
