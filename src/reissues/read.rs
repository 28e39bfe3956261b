//! Requests as pages ask for them.

use super::filter::Filter;
use super::reissue::Reissue;
use crate::db::{Db, Query, Reads};
use crate::ids::{CallId, KeyPackId, ReissueId};
use crate::key_packs::state::State;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

pub(crate) const COLUMNS: &str = "r.id, r.company_id, o.name as company, r.server_id, s.name as server, r.epoch, r.version, \
    r.license_type, r.reason, r.cause, r.quantity, \
    coalesce(r.agreement_id, (select min(k.agreement_id) from transfers t join licenses l on l.id = t.license_id \
        join key_packs k on k.id = l.key_pack_id where t.reissue_id = r.id and t.denied_at is null \
        and t.cancelled_at is null having min(k.agreement_id) = max(k.agreement_id) and count(*) = count(k.agreement_id))) as agreement_id, \
    (select cast(coalesce(sum(g.quantity), 0) as bigint) from grants g join key_packs k on k.id = g.key_pack_id \
        where g.reissue_id = r.id and k.state <> 'void') as granted, \
    r.note, r.state, r.opened_at, r.opened_by, r.closed_at";

/// Left joins, so that SQLite begins with the requests and keeps their order.
pub(crate) const FROM: &str = " from reissues r left join license_servers s on s.id = r.server_id \
    left join companies o on o.id = r.company_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "r.id", id: "r.id", text: false, descending: true }];

fn source<'c>(db: &'c Db, columns: &'static str, filter: &Filter) -> Query<'c> {
    db.sql("select ")
        .push(columns)
        .push(FROM)
        .push_some(" and r.state = ?", filter.state)
        .push_some(" and r.server_id = ?", filter.server)
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, COLUMNS, filter), order)
}

/// Requests in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<Reissue>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", filter).count_up_to(cap).await?)
}

/// Requests of which something is still asked for, the newest first (at most 200).
pub async fn open(db: &Db) -> Outcome<Vec<Reissue>> {
    let query = db.sql("select ").push(COLUMNS).push(FROM).push(" and r.state in ('open', 'partly_granted')");
    Ok(query.push(" order by r.id desc limit 200").all().await?)
}

/// One request.
pub async fn find<'c>(db: impl Reads<'c>, id: ReissueId) -> Outcome<Reissue> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and r.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// A key pack that a request brought or replaces.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pack {
    /// The pack.
    pub id: KeyPackId,
    /// The call that granted it; nothing: it is one that is replaced.
    pub call_id: Option<CallId>,
    /// How many licenses were granted with it, or how many it holds.
    pub quantity: Option<i64>,
    /// Where it stands, as stored.
    pub state: State,
    /// The server's small number for it.
    pub keypack_id: Option<i64>,
    /// The last group of its license key pack ID.
    pub end: Option<String>,
}

impl Pack {
    /// Whether somebody still has to install it.
    pub fn is_to_install(&self) -> bool {
        matches!(self.state, State::Received | State::InstallFailed)
    }
}

/// The key packs that a request brought, the first one first (at most 500).
pub async fn brought<'c>(db: impl Reads<'c>, id: ReissueId) -> Outcome<Vec<Pack>> {
    Ok(db
        .sql(
            "select k.id, g.call_id, g.quantity, k.state, k.keypack_id, substr(k.license_key_pack_id, 31) as \"end\" \
             from grants g join key_packs k on k.id = g.key_pack_id where g.reissue_id = $1 order by g.id limit 500",
        )
        .bind(id)
        .all()
        .await?)
}

/// The key packs that a request replaces (at most 500).
pub async fn replaced<'c>(db: impl Reads<'c>, id: ReissueId) -> Outcome<Vec<Pack>> {
    Ok(db
        .sql(
            "select k.id, null as call_id, k.quantity, k.state, k.keypack_id, substr(k.license_key_pack_id, 31) as \"end\" \
             from reissue_replaces p join key_packs k on k.id = p.key_pack_id where p.reissue_id = $1 order by k.id limit 500",
        )
        .bind(id)
        .all()
        .await?)
}

/// The key packs that requests replace: request and pack, in order.
pub async fn replaced_by<'c>(db: impl Reads<'c>, requests: &[ReissueId]) -> Outcome<Vec<(ReissueId, KeyPackId)>> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql("select reissue_id, key_pack_id from reissue_replaces where reissue_id in").among(requests);
    Ok(query.push(" order by reissue_id, key_pack_id").all().await?)
}

/// Where a key pack came from: its request and the call that granted it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Granted {
    /// The request.
    pub reissue_id: ReissueId,
    /// The call.
    pub call_id: CallId,
    /// When the call began.
    pub called_at: Moment,
}

/// The request and the call that a key pack came from.
pub async fn granted<'c>(db: impl Reads<'c>, pack: KeyPackId) -> Outcome<Option<Granted>> {
    Ok(db
        .sql(
            "select g.reissue_id, g.call_id, c.started_at as called_at from grants g join calls c on c.id = g.call_id \
             where g.key_pack_id = $1",
        )
        .bind(pack)
        .optional()
        .await?)
}
