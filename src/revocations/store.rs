//! Revocations in the database.
//!
//! A revocation is known in two ways: its server shows the license as revoked, or people recorded it. Both are of one license,
//! so that whichever came first, it counts once.

use super::budget::{self, Counted, Line, Pack, Server, Slot};
use super::form::NewRevocation;
use super::revocation::{Able, Revocable};
use crate::check::Problems;
use crate::db::{Db, Query, Reads, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record as write;
use crate::ids::{ClientId, LicenseId, LicenseServerId};
use crate::key_packs::key_pack::Origin;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};

/// The most revoked licenses that a page lists.
pub const LISTED: i64 = 100;

/// A revocation that people recorded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Revocation {
    /// Its number.
    pub id: i64,
    /// The license.
    pub license_id: LicenseId,
    /// The day on which it was made.
    pub revoked_on: String,
    /// Who made it on the server.
    pub revoked_by: String,
    /// Why.
    pub reason: String,
    /// When the license expires, so that its slot frees.
    pub expires_at: Moment,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// By whom.
    pub recorded_by: String,
    /// Since when it is taken back as recorded by mistake.
    pub taken_back_at: Option<Moment>,
    /// By whom.
    pub taken_back_by: Option<String>,
    /// Why.
    pub taken_back_reason: Option<String>,
}

const COLUMNS: &str = "r.id, r.license_id, r.revoked_on, r.revoked_by, r.reason, r.expires_at, r.recorded_at, r.recorded_by, \
    r.taken_back_at, r.taken_back_by, r.taken_back_reason";

/// What people recorded of a license's revocations, the newest first.
pub async fn of_license<'c>(db: impl Reads<'c>, license: LicenseId) -> Outcome<Vec<Revocation>> {
    let query = db.sql("select ").push(COLUMNS).push(" from revocations r");
    Ok(query.push_bind(" where r.license_id = ?", license).push(" order by r.id desc limit 20").all().await?)
}

/// The day on which a license was last revoked, as people recorded and nobody took back.
pub async fn standing(db: &Db, license: LicenseId) -> Outcome<Option<String>> {
    let all = of_license(db, license).await?;
    Ok(all.into_iter().find(|one| one.taken_back_at.is_none()).map(|one| one.revoked_on))
}

/// The license of a revocation that people recorded.
pub async fn license_of(db: &Db, id: i64) -> Outcome<LicenseId> {
    let found: Option<(LicenseId,)> =
        db.sql("select license_id from revocations where id = $1").bind(id).optional().await?;
    found.map(|(license,)| license).ok_or(Error::NotFound)
}

/// The revoked licenses that have not expired: those that their servers show so, and those that people recorded before
/// their servers did. `$1`: now.
const STANDING: &str = "select l.id as license_id, l.server_id, k.epoch, l.version, l.expires_at \
    from licenses l join key_packs k on k.id = l.key_pack_id \
    where l.status = 4 and l.expires_at > $1 and l.license_type = 'per_device' \
    union all select l.id as license_id, l.server_id, k.epoch, l.version, r.expires_at \
    from revocations r join licenses l on l.id = r.license_id join key_packs k on k.id = l.key_pack_id \
    where r.taken_back_at is null and r.expires_at > $1 and l.status <> 4";

/// The slots that are used, of one server or of all. The `+` keeps both databases from reading all licenses of a server.
pub fn slots<'c>(db: impl Reads<'c>, server: Option<LicenseServerId>, now: Moment) -> Query<'c> {
    db.sql("select t.server_id, t.epoch, t.version, t.expires_at from (")
        .push(STANDING)
        .push(") t where true")
        .bind(now)
        .push_some(" and +t.server_id = ?", server)
}

/// The key packs that are installed by device, of one server or of all.
pub fn packs<'c>(db: impl Reads<'c>, server: Option<LicenseServerId>) -> Query<'c> {
    db.sql(
        "select k.server_id, k.epoch, k.version, k.quantity from key_packs k \
         where k.license_type = 'per_device' and k.quantity is not null and k.gone_at is null \
         and k.origin not in ('built_in', 'temporary', 'over_used') and k.state in ('installed', 'superseded', 'removed')",
    )
    .push_some(" and k.server_id = ?", server)
}

fn servers<'c>(db: impl Reads<'c>, server: Option<LicenseServerId>) -> Query<'c> {
    db.sql("select s.id, s.name, s.os_version, s.epoch from license_servers s where s.retired_at is null")
        .push_some(" and s.id = ?", server)
        .push(" order by s.name_key, s.id")
}

/// The budget of every version on a server, or on all that are in use (at most [`budget::MOST`] lines).
pub async fn lines(db: &Db, server: Option<LicenseServerId>, now: Moment) -> Outcome<Vec<Line>> {
    let known: Vec<Server> = servers(db, server).all().await?;
    let installed: Vec<Pack> = packs(db, server).all().await?;
    let used: Vec<Slot> = slots(db, server, now).all().await?;
    let mut lines = budget::lines(known, &installed, &used, now);
    lines.truncate(budget::MOST);
    Ok(lines)
}

/// The same of one server, within a change.
async fn lines_in(tx: &mut Tx, server: LicenseServerId) -> Outcome<Vec<Line>> {
    let now = tx.at;
    let known: Vec<Server> = servers(&mut *tx, Some(server)).all().await?;
    let installed: Vec<Pack> = packs(&mut *tx, Some(server)).all().await?;
    let used: Vec<Slot> = slots(&mut *tx, Some(server), now).all().await?;
    Ok(budget::lines(known, &installed, &used, now))
}

/// The revoked licenses that count now, the first to expire first (at most [`LISTED`]).
pub async fn counted(db: &Db, server: Option<LicenseServerId>, now: Moment) -> Outcome<Vec<Counted>> {
    let query = db
        .sql(
            "select l.id as license_id, l.client_id, c.name as client, l.server_id, s.name as server, l.version, \
             t.expires_at, cast(case when l.status = 4 then 1 else 0 end as bigint) as shown, \
             (select max(r.revoked_on) from revocations r where r.license_id = l.id and r.taken_back_at is null \
              and r.expires_at > $1) as revoked_on, \
             (select max(r.revoked_by) from revocations r where r.license_id = l.id and r.taken_back_at is null \
              and r.expires_at > $1) as revoked_by from (",
        )
        .push(STANDING)
        .push(
            ") t join licenses l on l.id = t.license_id join clients c on c.id = l.client_id \
             join license_servers s on s.id = l.server_id and s.epoch = t.epoch and s.retired_at is null where true",
        )
        .bind(now)
        .push_some(" and +t.server_id = ?", server);
    Ok(query.push_limit(" order by t.expires_at, l.id limit ?", LISTED).all().await?)
}

/// A license that is to be revoked, as it stands.
#[derive(sqlx::FromRow)]
struct Held {
    client_id: ClientId,
    server_id: LicenseServerId,
    server: String,
    os_version: String,
    version: String,
    license_type: String,
    status: i64,
    issued_at: Moment,
    expires_at: Moment,
    gone_at: Option<Moment>,
    quantity: Option<i64>,
    origin: Origin,
    newest: Option<String>,
}

const HELD: &str = "select l.client_id, l.server_id, s.name as server, s.os_version, l.version, l.license_type, l.status, \
    l.issued_at, l.expires_at, l.gone_at, k.quantity, k.origin, \
    (select max(o.version) from key_packs o where o.server_id = l.server_id and o.license_type = 'per_device' \
     and o.gone_at is null) as newest \
    from licenses l join key_packs k on k.id = l.key_pack_id join license_servers s on s.id = l.server_id where l.id = $1";

impl Held {
    fn revocable(&self) -> Revocable {
        let able = budget::able(&self.os_version, self.newest.iter().map(String::as_str));
        Revocable {
            license_type: self.license_type.clone(),
            status: self.status,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            gone_at: self.gone_at,
            is_finite: self.quantity.is_some() && !self.origin.is_pool(),
            server: self.server.clone(),
            able,
        }
    }
}

/// A license as far as it decides whether it may be revoked.
pub async fn revocable<'c>(db: impl Reads<'c>, license: LicenseId) -> Outcome<Revocable> {
    let held: Option<Held> = db.sql(HELD).bind(license).optional().await?;
    Ok(held.ok_or(Error::NotFound)?.revocable())
}

/// What was recorded, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The revocation's number.
    pub id: i64,
    /// The limit that it goes beyond, by what is known here.
    pub over: Option<i64>,
    /// Whether the server had shown the license as revoked before.
    pub was_shown: bool,
}

/// Records a revocation that somebody made on a license's server. More than the limit is no reason to refuse: the server
/// decides.
pub async fn record(tx: &mut Tx, license: LicenseId, new: &NewRevocation) -> Outcome<Recorded> {
    let lock = tx.pick("", " for update of l");
    let held: Option<Held> = tx.sql(HELD).push(lock).bind(license).optional().await?;
    let held = held.ok_or(Error::NotFound)?;
    held.revocable().may_revoke(Moment::of_day(&new.revoked_on).unwrap_or(tx.at))?;
    let was_shown = Status::of_code(held.status) == Status::Revoked;
    let line = lines_in(tx, held.server_id).await?.into_iter().find(|line| line.version == held.version);
    let over = line.filter(|line| !was_shown && line.left() == 0).map(|line| line.limit());
    let (now, actor) = (tx.at, tx.actor.clone());
    let id = tx
        .sql(
            "insert into revocations (license_id, client_id, revoked_on, revoked_by, reason, expires_at, recorded_at, \
             recorded_by) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        )
        .bind(license)
        .bind(held.client_id)
        .bind(&new.revoked_on)
        .bind(&new.revoked_by)
        .bind(&new.reason)
        .bind(held.expires_at)
        .bind(now)
        .bind(actor)
        .scalar()
        .await
        .map_err(taken)?;
    let mut values = serde_json::json!({"revoked_by": new.revoked_by, "expires_at": held.expires_at});
    if let (Some(limit), Some(values)) = (over, values.as_object_mut()) {
        values.insert("limit".to_owned(), limit.into());
    }
    let line = NewLine::new("license revoked", Subject("license", license.0))
        .touching(Subject("client", held.client_id.0))
        .touching(Subject("license_server", held.server_id.0))
        .effective(new.revoked_on.clone());
    write(tx, line.after(values).because(new.reason.clone())).await?;
    Ok(Recorded { id, over, was_shown })
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "This revocation is recorded already. The license’s page says by whom and why.";
        return Problems::of("", says).into();
    }
    error
}

/// Takes back what was recorded by mistake. That it was recorded stays in history.
pub async fn take_back(tx: &mut Tx, id: i64, reason: &str) -> Outcome<()> {
    let lock = tx.pick("", " for update of r");
    let found: Option<Revocation> = tx
        .sql("select ")
        .push(COLUMNS)
        .push_bind(" from revocations r where r.id = ?", id)
        .push(lock)
        .optional()
        .await?;
    let revocation = found.ok_or(Error::NotFound)?;
    if let Some(who) = revocation.taken_back_by {
        return Err(Problems::of("", format!("{who} took it back already. Read why below.")).into());
    }
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql("update revocations set taken_back_at = $1, taken_back_by = $2, taken_back_reason = $3 where id = $4")
        .bind(now)
        .bind(actor)
        .bind(reason)
        .bind(id)
        .execute()
        .await?;
    let license = revocation.license_id;
    let (client, server): (ClientId, LicenseServerId) = tx
        .sql(
            "select r.client_id, l.server_id from revocations r join licenses l on l.id = r.license_id where r.id = $1",
        )
        .bind(id)
        .one()
        .await?;
    let line = NewLine::new("revocation taken back", Subject("license", license.0))
        .touching(Subject("client", client.0))
        .touching(Subject("license_server", server.0))
        .before(serde_json::json!({"revoked_on": revocation.revoked_on, "revoked_by": revocation.revoked_by}));
    write(tx, line.because(reason)).await
}

/// Whether a server can revoke, as far as is known.
pub async fn able(db: &Db, server: LicenseServerId) -> Outcome<Able> {
    let known: Vec<Server> = servers(db, Some(server)).all().await?;
    let installed: Vec<Pack> = packs(db, Some(server)).all().await?;
    let os = known.first().map(|server| server.os_version.clone()).unwrap_or_default();
    Ok(budget::able(&os, installed.iter().map(|pack| pack.version.as_str())))
}
