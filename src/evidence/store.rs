//! What evidence is made of, as the database holds it.

pub mod revokes;

use futures_util::TryStreamExt;

use super::form::Scope;
use super::manifest::Chain;
use crate::calls;
use crate::calls::call::Call;
use crate::db::{Db, Query};
use crate::history::line::Line;
use crate::history::store::COLUMNS;
use crate::ids::{CompanyId, KeyPackId, TransferId};
use crate::moment::Moment;
use crate::reissues;
use crate::reissues::reissue::Reissue;
use crate::transfers;
use crate::transfers::transfer::Transfer;
use crate::web::error::Outcome;

/// Rows that are read in one step.
pub const STEP: i64 = 2_000;

/// Whose the lines about a kind of thing are: the kind as history names it, and each of its lines' number with the
/// number of the company.
const OWNERS: [(&str, &str); 11] = [
    ("company", "select s.line, s.id from history_subjects s where s.kind = 'company'"),
    (
        "license_server",
        "select s.line, o.company_id from history_subjects s join license_servers o on o.id = s.id \
         where s.kind = 'license_server'",
    ),
    (
        "agreement",
        "select s.line, o.company_id from history_subjects s join agreements o on o.id = s.id where s.kind = 'agreement'",
    ),
    (
        "key_pack",
        "select s.line, o.company_id from history_subjects s join key_packs k on k.id = s.id \
         join license_servers o on o.id = k.server_id where s.kind = 'key_pack'",
    ),
    (
        "client",
        "select s.line, o.company_id from history_subjects s join clients o on o.id = s.id where s.kind = 'client'",
    ),
    (
        "finding",
        "select s.line, o.company_id from history_subjects s join findings f on f.id = s.id \
         join clients o on o.id = f.client_id where s.kind = 'finding'",
    ),
    (
        "license",
        "select s.line, o.company_id from history_subjects s join licenses l on l.id = s.id \
         join clients o on o.id = l.client_id where s.kind = 'license'",
    ),
    (
        "transfer",
        "select s.line, o.company_id from history_subjects s join transfers o on o.id = s.id where s.kind = 'transfer'",
    ),
    (
        "reissue",
        "select s.line, o.company_id from history_subjects s join reissues o on o.id = s.id where s.kind = 'reissue'",
    ),
    ("call", "select s.line, o.company_id from history_subjects s join calls o on o.id = s.id where s.kind = 'call'"),
    (
        "call_number",
        "select s.line, o.company_id from history_subjects s join call_numbers o on o.id = s.id \
         where s.kind = 'call_number'",
    ),
];

/// An import is of the companies whose servers it told of.
const IMPORTS: &str = "select s.line, o.company_id from history_subjects s join import_servers i on i.import_id = s.id \
    join license_servers o on o.id = i.server_id where s.kind = 'import'";

/// Kinds of things that are no company's: the console's own.
#[cfg(test)]
const NOBODYS: [&str; 6] = ["calendar", "user", "product_version", "os_family", "cal_need", "cal_serves"];

/// The part of history that a period covers; how much of it is told is not known yet.
pub async fn chain(db: &Db, scope: &Scope) -> Outcome<Chain> {
    let before = "select id, hash from history where at < $1 order by at desc, id desc limit 1";
    let last = |until: Moment| db.sql(before).bind(until).optional::<(i64, String)>();
    let (before, hash_before_first) = last(scope.begins).await?.unwrap_or_default();
    let (last_line, hash_of_last) = last(scope.ends).await?.unwrap_or_default();
    Ok(Chain { first_line: before + 1, last_line, hash_before_first, hash_of_last, sealed: 0, withheld: 0 })
}

/// Which lines of a part of history are a company's: a bit for each line, however long the part is.
pub struct Owned {
    first: i64,
    own: Vec<u64>,
    others: Vec<u64>,
}

impl Owned {
    fn new(chain: &Chain) -> Owned {
        let words = usize::try_from(chain.lines().max(0) / 64 + 1).unwrap_or(0);
        Owned { first: chain.first_line, own: vec![0; words], others: vec![0; words] }
    }

    fn place(&self, line: i64) -> Option<(usize, u64)> {
        let n = u64::try_from(line - self.first).ok()?;
        Some((usize::try_from(n / 64).ok()?, 1 << (n % 64)))
    }

    fn mark(&mut self, line: i64, own: bool) {
        let Some((word, bit)) = self.place(line) else { return };
        let marks = if own { &mut self.own } else { &mut self.others };
        if let Some(word) = marks.get_mut(word) {
            *word |= bit;
        }
    }

    /// Whether a line touches something of the company and nothing of another one.
    pub fn has(&self, line: i64) -> bool {
        let Some((word, bit)) = self.place(line) else { return false };
        let set = |marks: &[u64]| marks.get(word).is_some_and(|word| word & bit != 0);
        set(&self.own) && !set(&self.others)
    }
}

/// Which lines of a part of history are a company's. Each kind of thing is one range of the subjects' index.
pub async fn owned(db: &Db, company: CompanyId, chain: &Chain) -> Outcome<Owned> {
    let mut owned = Owned::new(chain);
    for (_, text) in OWNERS.into_iter().chain([("import", IMPORTS)]) {
        let query = db.sql(text).push_bind(" and s.line >= ?", chain.first_line);
        let mut rows = query.push_bind(" and s.line <= ?", chain.last_line).stream::<(i64, i64)>();
        while let Some((line, whose)) = rows.try_next().await? {
            owned.mark(line, whose == company.0);
        }
    }
    Ok(owned)
}

/// The next lines of history behind one.
pub async fn lines(db: &Db, behind: i64, last: i64) -> Outcome<Vec<Line>> {
    let query = db.sql("select ").push(COLUMNS).push_bind(" from history h where h.id > ?", behind);
    Ok(query.push_bind(" and h.id <= ?", last).push_limit(" order by h.id limit ?", STEP).all().await?)
}

/// The numbers of a company's license servers.
pub async fn servers(db: &Db, company: CompanyId) -> Outcome<Vec<i64>> {
    let rows: Vec<(i64,)> =
        db.sql("select id from license_servers where company_id = $1 order by id").bind(company).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What an export said of a key pack.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Count {
    /// The key pack.
    pub key_pack_id: KeyPackId,
    /// When the export was taken.
    pub captured_at: Moment,
    /// Its licenses.
    pub quantity: Option<i64>,
    /// Those issued.
    pub issued: Option<i64>,
    /// Those left.
    pub available: Option<i64>,
}

/// The last counts of a server's key packs before a moment.
pub async fn counts(db: &Db, server: i64, until: Moment) -> Outcome<Vec<Count>> {
    let query = db
        .sql(
            "select c.key_pack_id, c.captured_at, c.quantity, c.issued, c.available from key_packs k \
             join key_pack_counts c on c.key_pack_id = k.id",
        )
        .push_bind(" where k.server_id = ?", server)
        .push(" and c.captured_at = (select max(d.captured_at) from key_pack_counts d where d.key_pack_id = k.id")
        .push_bind(" and d.captured_at < ?)", until);
    Ok(query.all().await?)
}

/// Ends a `select … where …` over things of a company that began before the period's end and did not end before it began.
fn within<'c>(
    query: Query<'c>,
    scope: &Scope,
    [company, began, ended, id]: [&'static str; 4],
    behind: i64,
) -> Query<'c> {
    query
        .push_bind(company, scope.company)
        .push_bind(began, scope.ends)
        .push_bind(ended, scope.begins)
        .push_bind(id, behind)
}

/// Transfers that went on in the period, behind a number.
pub async fn transfers(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Transfer>> {
    let query = db.sql("select ").push(transfers::read::COLUMNS).push(transfers::read::FROM);
    let query = within(
        query,
        scope,
        [
            " and t.company_id = ?",
            " and t.queued_at < ?",
            " and coalesce(t.completed_at, t.denied_at, t.cancelled_at, 253402300799) >= ?",
            " and t.id > ?",
        ],
        behind,
    );
    Ok(query.push_limit(" order by t.id limit ?", STEP).all().await?)
}

/// When transfers were denied or cancelled.
pub async fn undone(
    db: &Db,
    from: TransferId,
    to: TransferId,
) -> Outcome<Vec<(TransferId, Option<Moment>, Option<Moment>)>> {
    let query = db.sql("select id, denied_at, cancelled_at from transfers where state in ('denied', 'cancelled')");
    Ok(query.push_bind(" and id >= ?", from).push_bind(" and id <= ?", to).all().await?)
}

/// The calls that asked for transfers' requests: transfer and call, in order.
pub async fn calls_of(db: &Db, from: TransferId, to: TransferId) -> Outcome<Vec<(TransferId, i64)>> {
    let query = db
        .sql("select t.id, q.call_id from transfers t join call_requests q on q.reissue_id = t.reissue_id where true");
    let query = query.push_bind(" and t.id >= ?", from).push_bind(" and t.id <= ?", to);
    Ok(query.push(" order by t.id, q.call_id").all().await?)
}

/// Requests that went on in the period, behind a number.
pub async fn requests(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Reissue>> {
    let query = db.sql("select ").push(reissues::read::COLUMNS).push(reissues::read::FROM);
    let query = within(
        query,
        scope,
        [
            " and r.company_id = ?",
            " and r.opened_at < ?",
            " and coalesce(r.closed_at, 253402300799) >= ?",
            " and r.id > ?",
        ],
        behind,
    );
    Ok(query.push_limit(" order by r.id limit ?", STEP).all().await?)
}

/// Calls that went on in the period, behind a number.
pub async fn calls(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Call>> {
    let query = db.sql("select ").push(calls::read::COLUMNS).push(calls::read::FROM);
    let query = within(query, scope, CALLS, behind);
    Ok(query.push_limit(" order by c.id limit ?", STEP).all().await?)
}

const CALLS: [&str; 4] = [
    " and c.company_id = ?",
    " and c.started_at < ?",
    " and coalesce(c.closed_at, 253402300799) >= ?",
    " and c.id > ?",
];

/// A note of a call.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// The call.
    pub call_id: i64,
    /// When it was written.
    pub at: Moment,
    /// By whom.
    pub author: String,
    /// Its kind, as stored.
    pub kind: String,
    /// What it says.
    pub note: String,
}

/// The notes of the calls that went on in the period, behind a number.
pub async fn notes(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Note>> {
    let text = "select n.id, n.call_id, n.at, n.author, n.kind, n.note from call_notes n join calls c on c.id = n.call_id \
                where true";
    let [company, began, ended, _] = CALLS;
    let query = within(db.sql(text), scope, [company, began, ended, " and n.id > ?"], behind);
    Ok(query.push_limit(" order by n.id limit ?", STEP).all().await?)
}

/// What a call granted: so many licenses for a request, under one license key pack ID.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Grant {
    /// Its number.
    pub id: i64,
    /// The call.
    pub call_id: i64,
    /// The request.
    pub reissue_id: i64,
    /// How many the call asked for.
    pub asked: Option<i64>,
    /// How many it granted.
    pub quantity: i64,
    /// The key pack that they are.
    pub key_pack_id: i64,
    /// The last five characters of the license key pack ID.
    pub id_end: Option<String>,
}

/// What the calls that went on in the period granted, behind a number.
pub async fn grants(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Grant>> {
    let text = "select g.id, g.call_id, g.reissue_id, q.asked, g.quantity, g.key_pack_id, \
                substr(k.license_key_pack_id, 31) as id_end from grants g join calls c on c.id = g.call_id \
                join key_packs k on k.id = g.key_pack_id \
                left join call_requests q on q.call_id = g.call_id and q.reissue_id = g.reissue_id where true";
    let [company, began, ended, _] = CALLS;
    let query = within(db.sql(text), scope, [company, began, ended, " and g.id > ?"], behind);
    Ok(query.push_limit(" order by g.id limit ?", STEP).all().await?)
}

/// What became of the license that a computer keeps itself.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Removal {
    /// The client's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where the local license stands, as stored.
    pub local_license: String,
    /// Since when.
    pub local_license_at: Moment,
    /// By whom.
    pub local_license_by: String,
    /// How, as stored.
    pub local_license_method: String,
    /// The file that keeps what was removed.
    pub local_license_backup: String,
}

/// The computers whose local license was spoken of in the period, behind a number.
pub async fn removals(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Removal>> {
    let query = db
        .sql(
            "select c.id, c.name, c.local_license, c.local_license_at, c.local_license_by, c.local_license_method, \
             c.local_license_backup from clients c where c.local_license <> 'unknown'",
        )
        .push_bind(" and c.company_id = ?", scope.company)
        .push_bind(" and c.local_license_at < ?", scope.ends)
        .push_bind(" and c.local_license_at >= ?", scope.begins)
        .push_bind(" and c.id > ?", behind);
    Ok(query.push_limit(" order by c.id limit ?", STEP).all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::subject;

    #[test]
    fn of_every_kind_of_thing_it_is_said_whose_its_lines_are() {
        for kind in subject::kinds() {
            let owned = kind == "import" || OWNERS.iter().any(|(name, _)| *name == kind);
            let sealed = NOBODYS.contains(&kind);
            assert!(owned != sealed, "say in OWNERS or NOBODYS whose the lines about a {kind} are");
        }
    }

    #[test]
    fn a_line_that_touches_another_companys_thing_is_nobodys() {
        let chain = Chain { first_line: 100, last_line: 300, ..Chain::default() };
        let mut owned = Owned::new(&chain);
        for (line, own) in [(100, true), (164, true), (164, false), (300, true), (200, false), (99, true), (900, true)]
        {
            owned.mark(line, own);
        }
        let has: Vec<i64> = (90..=400).filter(|line| owned.has(*line)).collect();
        assert_eq!(has, [100, 300]);
    }
}
