//! What was so at the end of a day: today's rows, with what came later taken back by what history says.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::estate::{Agreement, Estate, Group, Pack, Request, Server};
use crate::agreements::agreement::Agreement as Purchase;
use crate::ids::{AgreementId, CallId, CompanyId, ImportId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::key_packs::key_pack::Origin;
use crate::key_packs::state::State;
use crate::moment::Moment;

/// The moment that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Until {
    /// The calendar day, in the console's zone.
    pub day: String,
    /// The first moment after it; nothing: now.
    pub end: Option<Moment>,
}

impl Until {
    fn has(&self, at: Moment) -> bool {
        self.end.is_none_or(|end| at < end)
    }

    /// Whether a day that is recorded had come.
    fn has_day(&self, day: &str) -> bool {
        self.end.is_none() || day <= self.day.as_str()
    }
}

/// A key pack as the register has it now, with what an export last said of it by then.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of key_packs and key_pack_counts")]
pub struct PackRow {
    pub id: KeyPackId,
    pub server_id: LicenseServerId,
    pub epoch: i64,
    pub origin: Origin,
    pub state: State,
    pub version: String,
    pub license_type: String,
    pub quantity: Option<i64>,
    pub issued: Option<i64>,
    pub described_at: Option<Moment>,
    pub first_import_id: Option<i64>,
    pub created_at: Moment,
    pub gone_at: Option<Moment>,
    pub agreement_id: Option<AgreementId>,
    pub installed_on: Option<String>,
    pub reissue_id: Option<ReissueId>,
    pub superseded_by_id: Option<ReissueId>,
    pub call_id: Option<CallId>,
    /// When the first export was taken that tells of it.
    pub first_told_at: Option<Moment>,
    /// When the last one by then was taken.
    pub told_at: Option<Moment>,
    pub told_import_id: Option<ImportId>,
    pub told_quantity: Option<i64>,
    pub told_issued: Option<i64>,
}

/// A license server.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of license_servers")]
pub struct ServerRow {
    pub id: LicenseServerId,
    pub company_id: CompanyId,
    pub name: String,
    pub epoch: i64,
    pub packs_seen_at: Option<Moment>,
}

/// A transfer that Microsoft granted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of transfers")]
pub struct TransferRow {
    pub id: TransferId,
    pub key_pack_id: KeyPackId,
    pub granted_at: Moment,
}

/// A line of history that says what became of something.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of history")]
pub struct Event {
    pub id: i64,
    pub subject_kind: String,
    pub subject_id: i64,
    pub at: Moment,
    pub action: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// When the export was taken that showed it.
    pub captured_at: Option<Moment>,
}

impl Event {
    fn told(&self, name: &str) -> Option<Value> {
        value(self.after.as_deref(), name)
    }

    fn told_before(&self, name: &str) -> Option<Value> {
        value(self.before.as_deref(), name)
    }
}

fn value(json: Option<&str>, name: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(json?).ok()?;
    value.get(name).cloned()
}

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The companies, by name.
    pub companies: Vec<(CompanyId, String)>,
    /// The servers.
    pub servers: Vec<ServerRow>,
    /// The purchases.
    pub agreements: Vec<Purchase>,
    /// The key packs, but for pools.
    pub packs: Vec<PackRow>,
    /// The transfers that were granted.
    pub transfers: Vec<TransferRow>,
    /// The requests.
    pub requests: HashMap<ReissueId, Request>,
    /// History, in its order; nothing where it is asked about now.
    pub events: Vec<Event>,
}

/// Everything as it was at the end of a day.
pub fn as_of(records: Records, until: &Until) -> Estate {
    let past = Past::of(&records, until);
    let mut estate = Estate { requests: records.requests.clone(), ..Estate::default() };
    let servers: HashMap<LicenseServerId, &ServerRow> = records.servers.iter().map(|one| (one.id, one)).collect();
    let mut had_moved = past.transfers(&records.transfers);
    let (mut known, mut later) = (HashSet::new(), BTreeSet::new());
    for row in &records.packs {
        let Some(server) = servers.get(&row.server_id) else { continue };
        let group = Group {
            company_id: server.company_id,
            version: row.version.clone(),
            license_type: row.license_type.clone(),
        };
        if !past.is_known(row) {
            later.insert((row.server_id, group));
            continue;
        }
        known.insert(row.server_id);
        if let Some(quantity) = past.quantity(row) {
            let transfers = had_moved.remove(&row.id).unwrap_or_default();
            estate.packs.push(past.pack(row, server, (group, quantity, transfers)));
        }
    }
    estate.unknown = later.into_iter().filter(|(server, _)| !known.contains(server)).map(|(_, group)| group).collect();
    let last = last_told(&records.packs);
    estate.servers = records.servers.iter().map(|server| past.server(server, last.get(&server.id), &known)).collect();
    estate.agreements = records.agreements.iter().filter_map(|bought| past.agreement(bought)).collect();
    estate.companies = records.companies;
    estate
}

/// When an export was taken, and the import that brought it.
type Told = (Moment, ImportId);

/// The last export that told of a server's key packs.
fn last_told(packs: &[PackRow]) -> HashMap<LicenseServerId, Told> {
    let mut last: HashMap<LicenseServerId, Told> = HashMap::new();
    for pack in packs {
        if let (Some(at), Some(import)) = (pack.told_at, pack.told_import_id) {
            let latest = last.entry(pack.server_id).or_insert((at, import));
            *latest = (*latest).max((at, import));
        }
    }
    last
}

struct Past<'a> {
    until: &'a Until,
    events: HashMap<(&'a str, i64), Vec<&'a Event>>,
}

impl<'a> Past<'a> {
    fn of(records: &'a Records, until: &'a Until) -> Past<'a> {
        let mut events: HashMap<(&str, i64), Vec<&Event>> = HashMap::new();
        for event in &records.events {
            events.entry((event.subject_kind.as_str(), event.subject_id)).or_default().push(event);
        }
        Past { until, events }
    }

    fn events(&self, kind: &'static str, id: i64) -> &[&'a Event] {
        self.events.get(&(kind, id)).map_or(&[], Vec::as_slice)
    }

    /// Whether people recorded it, or a call granted it, before any export told of it.
    fn is_by_hand(row: &PackRow) -> bool {
        row.first_import_id.is_none()
    }

    /// Whether anything was known of it by then.
    fn is_known(&self, row: &PackRow) -> bool {
        if self.until.end.is_none() || row.told_at.is_some() {
            return true;
        }
        let installed = row.installed_on.as_deref().is_some_and(|day| self.until.has_day(day));
        Past::is_by_hand(row) && (installed || self.until.has(row.created_at))
    }

    /// When a line of history came to hold: an installation on the day that was said.
    fn had_come(&self, event: &Event) -> bool {
        let day = event.told("installed_on").and_then(|day| day.as_str().map(str::to_owned));
        match (day, event.action.as_str()) {
            (Some(day), "key pack installed") => self.until.has_day(&day),
            (Some(day), "key pack recorded") => self.until.has_day(&day) || self.until.has(event.at),
            _ => self.until.has(event.captured_at.unwrap_or(event.at)),
        }
    }

    /// What a field of a pack was: what the last line by then says, or else what the first one after it says was before.
    fn field(&self, row: &PackRow, name: &str) -> Option<Value> {
        let events = self.events("key_pack", row.id.0);
        let last = events.iter().rev().find(|event| self.had_come(event) && event.told(name).is_some());
        if let Some(event) = last {
            return event.told(name);
        }
        events.iter().find(|event| !self.had_come(event) && event.told(name).is_some())?.told_before(name)
    }

    fn state(&self, row: &PackRow) -> State {
        let said = self.field(row, "state").and_then(|state| State::parse(state.as_str()?));
        let later = self.events("key_pack", row.id.0).iter().any(|event| event.told("state").is_some());
        match said {
            Some(state) => state,
            // It was superseded only later, and no line before says anything: exports bring packs in as installed.
            None if later => State::Installed,
            None => row.state,
        }
    }

    /// How many licenses it held; nothing: any number, or not told.
    fn quantity(&self, row: &PackRow) -> Option<i64> {
        match (self.until.end, row.told_at) {
            (None, _) => row.quantity,
            (Some(_), Some(_)) => row.told_quantity,
            (Some(_), None) => self.field(row, "total_licenses").and_then(|n| n.as_i64()).or(row.quantity),
        }
    }

    fn issued(&self, row: &PackRow) -> Option<i64> {
        match (self.until.end, row.told_at) {
            (None, _) => row.issued,
            (Some(_), Some(_)) => row.told_issued,
            (Some(_), None) if row.first_told_at.is_none() => row.issued,
            (Some(_), None) => self.field(row, "issued").and_then(|n| n.as_i64()),
        }
    }

    /// Whether its server had ceased to show it, or people had taken it off.
    fn is_gone(&self, row: &PackRow, state: State) -> bool {
        if self.until.end.is_none() {
            return row.gone_at.is_some();
        }
        let is_told = row.told_at.is_some();
        if !is_told && state == State::Removed {
            return true;
        }
        let said = |event: &&&Event| {
            ["key pack gone from the server", "key pack back on the server"].contains(&event.action.as_str())
        };
        let events = self.events("key_pack", row.id.0);
        match events.iter().filter(said).rfind(|event| self.until.has(event.captured_at.unwrap_or(event.at))) {
            Some(event) => event.action == "key pack gone from the server",
            None => row.gone_at.is_some_and(|at| self.until.has(at)) && (is_told || state != State::Installed),
        }
    }

    /// Whether its server's license database had started anew.
    fn is_of_old_database(&self, row: &PackRow, server: &ServerRow) -> bool {
        let events = self.events("license_server", server.id.0);
        let number = |value: Option<Value>| value.and_then(|n| n.as_i64());
        let last = events.iter().rev().find(|event| self.until.has(event.captured_at.unwrap_or(event.at)));
        let epoch = match (last, events.first()) {
            (Some(event), _) => number(event.told("epoch")),
            (None, Some(first)) => number(first.told_before("epoch")),
            (None, None) => None,
        };
        row.epoch < epoch.unwrap_or(server.epoch)
    }

    fn pack(
        &self,
        row: &PackRow,
        server: &ServerRow,
        (group, quantity, transfers): (Group, i64, Vec<TransferId>),
    ) -> Pack {
        let state = self.state(row);
        let gone = self.is_gone(row, state);
        let was_told = row.told_at.is_some() || row.described_at.is_some_and(|at| self.until.has(at));
        let stands = match state {
            State::Superseded | State::Removed => was_told && !gone && !self.is_of_old_database(row, server),
            _ => !gone,
        };
        let granted =
            self.events("key_pack", row.id.0).iter().find(|event| event.action == "key pack granted").copied();
        let is_granted = granted.is_none_or(|event| self.until.has(event.at));
        Pack {
            id: row.id,
            group,
            server_id: row.server_id,
            server: server.name.clone(),
            origin: if is_granted { row.origin } else { Origin::Unknown },
            state,
            stands,
            quantity,
            issued: self.issued(row),
            agreement_id: row.agreement_id,
            reissue_id: row.reissue_id.filter(|_| is_granted),
            call_id: row.call_id.filter(|_| is_granted),
            superseded_by_id: row.superseded_by_id.filter(|_| state == State::Superseded),
            transfers,
        }
    }

    /// The transfers that were granted with each pack.
    fn transfers(&self, rows: &[TransferRow]) -> HashMap<KeyPackId, Vec<TransferId>> {
        let mut of_packs: HashMap<KeyPackId, Vec<TransferId>> = HashMap::new();
        let mut told = HashSet::new();
        for ((kind, id), events) in &self.events {
            if *kind != "transfer" {
                continue;
            }
            told.insert(TransferId(*id));
            let last = events.iter().rev().find(|event| self.until.has(event.at));
            if let Some(pack) = last.and_then(|event| event.told("key_pack")).and_then(|pack| pack.as_i64()) {
                of_packs.entry(KeyPackId(pack)).or_default().push(TransferId(*id));
            }
        }
        for row in rows.iter().filter(|row| !told.contains(&row.id) && self.until.has(row.granted_at)) {
            of_packs.entry(row.key_pack_id).or_default().push(row.id);
        }
        for transfers in of_packs.values_mut() {
            transfers.sort_unstable();
        }
        of_packs
    }

    fn agreement(&self, bought: &Purchase) -> Option<Agreement> {
        let day = bought.details.purchased_on.as_deref().filter(|day| !day.is_empty());
        if !day.is_none_or(|day| self.until.has_day(day)) {
            return None;
        }
        let events = self.events("agreement", bought.id.0);
        let last = events.iter().rev().find(|event| self.until.has(event.at));
        let is_retired = match last {
            Some(event) => event.action == "agreement retired",
            None => bought.retired_at.is_some_and(|at| self.until.has(at)),
        };
        Some(Agreement {
            id: bought.id,
            group: Group {
                company_id: bought.company_id,
                version: bought.details.product_version.clone(),
                license_type: bought.details.license_type.clone(),
            },
            title: bought.title(),
            quantity: bought.details.quantity,
            in_force: !is_retired,
            has_day: day.is_some(),
        })
    }

    fn server(&self, server: &ServerRow, last: Option<&Told>, known: &HashSet<LicenseServerId>) -> Server {
        let seen = server.packs_seen_at.filter(|at| self.until.has(*at));
        Server {
            id: server.id,
            company_id: server.company_id,
            name: server.name.clone(),
            is_known: known.contains(&server.id) || seen.is_some(),
            captured_at: last.map(|(at, _)| *at).or(seen),
            import_id: last.map(|(_, import)| *import),
        }
    }
}
