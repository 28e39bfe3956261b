//! What an import shows of transfers that are on their way: a destination that has its license now.
//!
//! A server hands out any free license and ties no key pack to a client, so it is the license that counts, not the pack.

use std::collections::{HashMap, HashSet};

use super::ending::{finish, fits};
use super::going_on;
use super::held::hold;
use super::signs::{self, Standing};
use super::transfer::State;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{ClientId, ImportId, LicenseId, LicenseServerId, TransferId};
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// An import that is being applied, as far as it tells of licenses and is not an older one.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The import.
    pub import: ImportId,
    /// When its files were made.
    pub captured_at: Moment,
    /// The servers whose licenses it tells.
    pub servers: Vec<LicenseServerId>,
}

impl Brought {
    /// The day from which what it shows holds.
    pub(super) fn day(&self) -> String {
        self.captured_at.day(&jiff::tz::TimeZone::UTC)
    }
}

/// What stood before an import was applied, to see afterwards what it showed first.
#[derive(Debug, Default)]
pub struct Before {
    /// The licenses of those to whom a seat is on its way.
    held: HashMap<LicenseId, Held>,
    /// The licenses whose seat has gone to another client.
    standing: Vec<Standing>,
    /// The servers of which the register knew licenses.
    known: Vec<LicenseServerId>,
    /// The last license that the register had.
    last: i64,
}

/// What became of transfers and seats by what an import showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Seats that went on to a later license of the same client.
    pub gone_on: u64,
    /// The granted transfers that it completed.
    pub completed: Vec<TransferId>,
    /// The transfers that nobody granted and whose destination has a license now, about which is asked.
    pub asked: Vec<TransferId>,
}

/// A transfer that is on its way.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Way {
    id: TransferId,
    destination_id: ClientId,
    server_id: i64,
    version: String,
    license_type: String,
    state: State,
    granted_at: Option<Moment>,
    seen_license_id: Option<LicenseId>,
}

impl Way {
    fn is_of(&self, held: &Held) -> bool {
        self.destination_id == held.client_id
            && self.server_id == held.server_id
            && self.version == held.version
            && self.license_type == held.license_type
    }

    /// Whether a license would do something for it: a granted one completes, one that is not asked about yet asks.
    fn waits(&self) -> bool {
        self.state == State::Granted || self.seen_license_id.is_none()
    }

    /// The oldest granted first, then the oldest that waits.
    fn place(&self) -> (bool, Option<Moment>, TransferId) {
        (self.state != State::Granted, self.granted_at, self.id)
    }
}

/// A license of somebody to whom a seat is on its way.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Held {
    id: LicenseId,
    client_id: ClientId,
    server_id: i64,
    version: String,
    license_type: String,
    status: i64,
    issued_at: Moment,
    expires_at: Moment,
    gone_at: Option<Moment>,
    transferred_at: Option<Moment>,
    predecessor_id: Option<LicenseId>,
    /// Not 0: its own seat is on its way to somebody else, or went.
    leaves: i64,
}

impl Held {
    fn is_full(&self) -> bool {
        matches!(Status::of_code(self.status), Status::Active | Status::Upgrade)
    }

    /// Whether it can take a seat over, at that moment.
    fn is_free(&self, at: Moment) -> bool {
        let live = Status::at(self.status, self.expires_at, at) != Status::Expired && self.gone_at.is_none();
        self.is_full() && live && self.transferred_at.is_none() && self.predecessor_id.is_none() && self.leaves == 0
    }

    /// Whether the client has it now and had not before.
    fn is_first_shown(&self, before: Option<&Held>) -> bool {
        before.is_none_or(|before| {
            let came_back = before.gone_at.is_some() && self.issued_at > before.issued_at;
            before.client_id != self.client_id || !before.is_full() || came_back
        })
    }
}

/// What stands of transfers before an import changes it; those on their way are held against other changes.
pub async fn watch(tx: &mut Tx, servers: &[LicenseServerId]) -> Outcome<Before> {
    let last = tx.sql("select coalesce(max(id), 0) from licenses").scalar().await?;
    let mut before = Before { last, ..Before::default() };
    for server in servers {
        let licenses = tx.sql("select 1 as one from licenses where server_id = $1").bind(*server);
        if licenses.count_up_to(1).await? > 0 {
            before.known.push(*server);
        }
        if !on_their_way(tx, *server).await?.is_empty() {
            before.held.extend(held(tx, *server).await?.into_iter().map(|held| (held.id, held)));
        }
        before.standing.extend(signs::standing(tx, *server).await?);
    }
    Ok(before)
}

/// Does what follows of what an import showed: completes, asks, lets seats go on, tells signs of life.
pub async fn follow(tx: &mut Tx, brought: &Brought, before: Before) -> Outcome<Told> {
    let mut told = Told::default();
    for server in &brought.servers {
        let ways = on_their_way(tx, *server).await?;
        if ways.is_empty() {
            continue;
        }
        let shown = held(tx, *server).await?;
        let shown = shown
            .into_iter()
            .filter(|held| held.is_free(brought.captured_at) && held.is_first_shown(before.held.get(&held.id)));
        for (way, license) in pair(ways, shown.collect()) {
            give(tx, brought, &way, license).await?;
            let moved = if way.state == State::Granted { &mut told.completed } else { &mut told.asked };
            moved.push(way.id);
        }
    }
    for server in brought.servers.iter().filter(|server| before.known.contains(server)) {
        told.gone_on += going_on::carry(tx, *server, before.last, brought.captured_at).await?;
    }
    signs::note(tx, brought, before.standing, before.last).await?;
    Ok(told)
}

const WAYS: &str = "select t.id, t.destination_id, t.server_id, t.version, t.license_type, t.state, t.granted_at, \
    t.seen_license_id from transfers t \
    where t.state in ('queued', 'requested', 'granted') and +t.server_id = $1 order by t.id";

/// The few of a server that are on their way, held against other changes.
async fn on_their_way(tx: &mut Tx, server: LicenseServerId) -> Outcome<Vec<Way>> {
    let lock = tx.pick("", " for update");
    Ok(tx.sql(WAYS).push(lock).bind(server).all().await?)
}

/// The licenses of the clients to whom seats of a server are on their way: from the few transfers, never from the many licenses.
pub const HELD: &str = "select distinct l.id, l.client_id, l.server_id, l.version, l.license_type, l.status, l.issued_at, \
    l.expires_at, l.gone_at, l.transferred_at, l.predecessor_id, \
    (select count(*) from transfers o where o.license_id = l.id and o.denied_at is null and o.cancelled_at is null) as leaves \
    from transfers t join licenses l on l.client_id = t.destination_id \
    where t.state in ('queued', 'requested', 'granted') and +t.server_id = $1 order by l.issued_at, l.id";

async fn held(tx: &mut Tx, server: LicenseServerId) -> Outcome<Vec<Held>> {
    Ok(tx.sql(HELD).bind(server).all().await?)
}

/// Which license each transfer gets: one for one, the oldest granted first.
fn pair(mut ways: Vec<Way>, shown: Vec<Held>) -> Vec<(Way, LicenseId)> {
    ways.retain(Way::waits);
    ways.sort_by_key(Way::place);
    let mut taken: HashSet<LicenseId> = HashSet::new();
    let mut pairs = Vec::new();
    for way in ways {
        let license = shown.iter().find(|held| way.is_of(held) && !taken.contains(&held.id)).map(|held| held.id);
        if let Some(license) = license {
            taken.insert(license);
            pairs.push((way, license));
        }
    }
    pairs
}

/// Completes a granted transfer with a license; asks about one that waits.
async fn give(tx: &mut Tx, brought: &Brought, way: &Way, license: LicenseId) -> Outcome<()> {
    let open = hold(tx, way.id).await?;
    let told = |line: NewLine| line.by_import(brought.import).effective(brought.day());
    if open.state == State::Granted {
        let line = told(open.line("transfer completed"));
        return finish(tx, &open, Some(license), line).await;
    }
    set_seen(tx, way.id, Some(license), false).await?;
    let line = open.note("license seen on the destination").touching(Subject("license", license.0));
    record(tx, told(line.after(serde_json::json!({"license": license})))).await
}

async fn set_seen(tx: &mut Tx, id: TransferId, license: Option<LicenseId>, needs_call: bool) -> Outcome<()> {
    tx.sql("update transfers set seen_license_id = $1, needs_call = $2 where id = $3")
        .bind(license)
        .bind(i64::from(needs_call))
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// A person says that a transfer needs its call, although an import showed a license on the destination.
pub async fn need_call(tx: &mut Tx, id: TransferId, reason: &str) -> Outcome<()> {
    let open = hold(tx, id).await?;
    let (true, Some(license)) = (open.state.may_be_cancelled(), open.seen_license_id) else {
        let says = format!("Nothing is asked about T-{id}: no import showed a license that could complete it.");
        return Err(Problems::of("", says).into());
    };
    set_seen(tx, id, None, true).await?;
    let line = open.note("call still needed").touching(Subject("license", license.0));
    record(tx, line.before(serde_json::json!({"license": license})).because(reason)).await
}

/// Completes a transfer that was granted just now with the license that an import had shown before.
pub async fn after_grant(tx: &mut Tx, id: TransferId) -> Outcome<()> {
    let open = hold(tx, id).await?;
    let (State::Granted, Some(license)) = (open.state, open.seen_license_id) else { return Ok(()) };
    if fits(tx, &open, license).await? {
        let line = open.line("transfer completed").because("An import showed the license before the grant.");
        return finish(tx, &open, Some(license), line).await;
    }
    set_seen(tx, id, None, false).await?;
    let line = open.note("license no longer fits the transfer").touching(Subject("license", license.0));
    record(tx, line.before(serde_json::json!({"license": license}))).await
}
