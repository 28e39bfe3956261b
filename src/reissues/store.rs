//! Requests in the database: opened, withdrawn, denied.

use super::form::{NewReissue, Wanted};
use super::reissue::{Reason, State};
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{AgreementId, CallId, CompanyId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::key_packs::state::State as PackState;
use crate::products::store as products;
use crate::transfers::held::{self as transfers, Held as Transfer};
use crate::transfers::steps;
use crate::transfers::transfer::State as TransferState;
use crate::web::error::{Error, Outcome};

/// A request as it stands, held against other changes until this one ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    /// The request.
    pub id: ReissueId,
    /// The company whose licenses they are.
    pub company_id: CompanyId,
    /// The license server.
    pub server_id: LicenseServerId,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The purchase that is named in the call.
    pub agreement_id: Option<AgreementId>,
    /// What it is for.
    pub reason: Reason,
    /// How many licenses are asked for.
    pub quantity: i64,
    /// Where it stands.
    pub state: State,
    /// How many were granted, those of void packs not counted.
    pub granted: i64,
    /// How many transfers it names, whatever became of them.
    pub moves: i64,
    /// How many of them still wait for a grant.
    pub waiting: i64,
}

impl Held {
    /// How many are still to be granted: the transfers that wait, or what is missing of a number.
    pub fn left(&self) -> i64 {
        if self.moves > 0 { self.waiting } else { (self.quantity - self.granted).max(0) }
    }

    /// Its subject in history.
    pub fn subject(&self) -> Subject {
        Subject("reissue", self.id.0)
    }

    pub(super) fn line(&self, action: &'static str) -> NewLine {
        NewLine::new(action, self.subject())
            .touching(Subject("license_server", self.server_id.0))
            .before(serde_json::json!({"state": self.state}))
    }
}

/// Holds a request against other changes until this one ends.
pub async fn hold(tx: &mut Tx, id: ReissueId) -> Outcome<Held> {
    let lock = tx.pick("select id from reissues where id = $1", "select id from reissues where id = $1 for update");
    tx.sql(lock).bind(id).optional::<(i64,)>().await?.ok_or(Error::NotFound)?;
    Ok(tx
        .sql(
            "select r.id, r.company_id, r.server_id, r.version, r.license_type, r.reason, r.quantity, r.state, \
             coalesce(r.agreement_id, (select min(k.agreement_id) from transfers t join licenses l on l.id = t.license_id \
                 join key_packs k on k.id = l.key_pack_id where t.reissue_id = r.id and t.denied_at is null \
                 and t.cancelled_at is null having min(k.agreement_id) = max(k.agreement_id) and count(*) = count(k.agreement_id))) as agreement_id, \
             (select cast(coalesce(sum(g.quantity), 0) as bigint) from grants g join key_packs k on k.id = g.key_pack_id \
                 where g.reissue_id = r.id and k.state <> 'void') as granted, \
             (select count(*) from transfers t where t.reissue_id = r.id) as moves, \
             (select count(*) from transfers t where t.reissue_id = r.id and t.state = 'requested') as waiting \
             from reissues r where r.id = $1",
        )
        .bind(id)
        .one()
        .await?)
}

/// Sets where a request stands; a change of it is what its line of history says.
pub(super) async fn stand(tx: &mut Tx, held: &Held, state: State) -> Outcome<()> {
    let closed = (!state.is_open()).then_some(tx.at);
    tx.sql("update reissues set state = $1, closed_at = $2 where id = $3")
        .bind(state)
        .bind(closed)
        .bind(held.id)
        .execute()
        .await?;
    Ok(())
}

/// Opens a request.
pub async fn open(tx: &mut Tx, new: &NewReissue) -> Outcome<ReissueId> {
    match new {
        NewReissue::OfTransfers { transfers, note } => of_transfers(tx, transfers, note).await,
        NewReissue::OfLicenses(wanted) => of_licenses(tx, wanted).await,
    }
}

/// What a new request is of, beside what was asked for.
struct Placed {
    company: CompanyId,
    epoch: i64,
}

async fn place(tx: &mut Tx, server: LicenseServerId) -> Outcome<Placed> {
    let found: Option<(CompanyId, i64)> =
        tx.sql("select company_id, epoch from license_servers where id = $1").bind(server).optional().await?;
    let (company, epoch) =
        found.ok_or_else(|| Problems::of("license_server", "Choose the license server that it is for."))?;
    Ok(Placed { company, epoch })
}

async fn insert(tx: &mut Tx, placed: &Placed, wanted: &Wanted) -> Outcome<ReissueId> {
    let (now, actor) = (tx.at, tx.actor.clone());
    let id: i64 = tx
        .sql(
            "insert into reissues (company_id, server_id, epoch, version, license_type, agreement_id, reason, cause, \
             quantity, note, state, opened_at, opened_by) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12) returning id",
        )
        .bind(placed.company)
        .bind(wanted.server)
        .bind(placed.epoch)
        .bind(&wanted.version)
        .bind(&wanted.license_type)
        .bind(wanted.agreement)
        .bind(wanted.reason)
        .bind(&wanted.cause)
        .bind(wanted.quantity)
        .bind(&wanted.note)
        .bind(now)
        .bind(&actor)
        .scalar()
        .await?;
    let mut line = NewLine::new("request opened", Subject("reissue", id))
        .touching(Subject("license_server", wanted.server.0))
        .after(serde_json::json!({
            "product_version": wanted.version,
            "license_type": wanted.license_type,
            "quantity": wanted.quantity,
            "reason": wanted.reason,
            "cause": super::reissue::cause_words(&wanted.cause),
            "note": wanted.note,
        }));
    for pack in &wanted.replaces {
        line = line.touching(Subject("key_pack", pack.0));
    }
    record(tx, line).await?;
    Ok(ReissueId(id))
}

async fn of_transfers(tx: &mut Tx, ids: &[TransferId], note: &str) -> Outcome<ReissueId> {
    let held = transfers::hold_all(tx, ids).await?;
    let first = may_request(ids, &held)?;
    let wanted = Wanted {
        server: LicenseServerId(first.server_id),
        version: first.version.clone(),
        license_type: first.license_type.clone(),
        agreement: first.agreement_id,
        quantity: i64::try_from(held.len()).unwrap_or(i64::MAX),
        reason: Reason::Transfer,
        cause: String::new(),
        replaces: Vec::new(),
        note: note.to_owned(),
    };
    let placed = place(tx, wanted.server).await?;
    let id = insert(tx, &placed, &wanted).await?;
    for step in &held {
        steps::request(tx, step, id).await?;
    }
    Ok(id)
}

/// May these transfers stand in one request? All must wait, and be of what one call can ask for.
///
/// # Errors
/// Every reason why not.
pub fn may_request<'s>(ids: &[TransferId], held: &'s [Transfer]) -> Result<&'s Transfer, Problems> {
    let mut problems = Problems::none();
    for id in ids {
        if !held.iter().any(|step| step.id == *id) {
            problems.add("transfers", format!("There is no transfer T-{id}. Take it out."));
        }
    }
    for step in held {
        match (step.state, step.reissue_id) {
            (TransferState::Queued, _) => {}
            (TransferState::Requested, Some(request)) => {
                problems.add("transfers", format!("T-{} is asked for by R-{request} already. Take it out.", step.id));
            }
            (state, _) => {
                problems.add(
                    "transfers",
                    format!("T-{} is {}, so it waits for no call. Take it out.", step.id, state.as_str()),
                );
            }
        }
    }
    let Some(first) = held.first() else {
        problems.add("transfers", "Choose the transfers that the call is to ask for.");
        return Err(problems);
    };
    let kind = |step: &Transfer| (step.server_id, step.version.clone(), step.license_type.clone(), step.agreement_id);
    let others: Vec<String> =
        held.iter().filter(|step| kind(step) != kind(first)).map(|step| format!("T-{}", step.id)).collect();
    if !others.is_empty() {
        let says = format!(
            "One request is of one server, version, type and agreement, and {} are of others than T-{}. Make a request for \
             each.",
            others.join(", "),
            first.id
        );
        problems.add("transfers", says);
    }
    problems.or(first)
}

/// A pack in whose place licenses come.
#[derive(sqlx::FromRow)]
struct Replaced {
    server_id: LicenseServerId,
    company_id: CompanyId,
    version: String,
    license_type: String,
    state: PackState,
}

async fn of_licenses(tx: &mut Tx, wanted: &Wanted) -> Outcome<ReissueId> {
    let placed = place(tx, wanted.server).await?;
    products::must_know(tx, &wanted.version).await?;
    let mut problems = Problems::none();
    if let Some(agreement) = wanted.agreement {
        let buyer: Option<(CompanyId,)> =
            tx.sql("select company_id from agreements where id = $1").bind(agreement).optional().await?;
        if buyer.is_none_or(|(buyer,)| buyer != placed.company) {
            problems.add("agreement", "Choose an agreement of the company whose server it is.");
        }
    }
    for pack in &wanted.replaces {
        if let Some(says) = may_replace(tx, &placed, wanted, *pack).await? {
            problems.add("replaces", says);
        }
    }
    problems.or(())?;
    let id = insert(tx, &placed, wanted).await?;
    for pack in &wanted.replaces {
        tx.sql("insert into reissue_replaces (reissue_id, key_pack_id) values ($1, $2) on conflict do nothing")
            .bind(id)
            .bind(*pack)
            .execute()
            .await?;
    }
    Ok(id)
}

/// Why licenses may not come in a pack's place; nothing where they may.
async fn may_replace(tx: &mut Tx, placed: &Placed, wanted: &Wanted, id: KeyPackId) -> Outcome<Option<String>> {
    let pack: Option<Replaced> = tx
        .sql(
            "select k.server_id, s.company_id, k.version, k.license_type, k.state from key_packs k \
             join license_servers s on s.id = k.server_id where k.id = $1",
        )
        .bind(id)
        .optional()
        .await?;
    let Some(pack) = pack else { return Ok(Some(format!("There is no key pack K-{id}. Take it out."))) };
    if !matches!(pack.state, PackState::Installed | PackState::Removed) {
        let state = pack.state.label().to_lowercase();
        return Ok(Some(format!("Key pack K-{id} is {state}, so nothing comes in its place. Take it out.")));
    }
    let same_kind = pack.version == wanted.version && pack.license_type == wanted.license_type;
    let same_server = pack.server_id == wanted.server;
    Ok(match (pack.company_id == placed.company, same_kind, wanted.reason) {
        (false, ..) => Some(format!("Key pack K-{id} belongs to another company. Take it out.")),
        (_, false, _) => Some(format!("Key pack K-{id} is of another version or type. Make a request for each.")),
        (.., Reason::Reinstall) if !same_server => {
            Some(format!("Key pack K-{id} is on another server: that is a migration."))
        }
        _ => None,
    })
}

/// Takes back what is still asked for: the transfers that wait are queued again.
pub async fn withdraw(tx: &mut Tx, id: ReissueId, reason: &str) -> Outcome<()> {
    let held = hold(tx, id).await?;
    if !held.state.is_open() {
        let says = format!("R-{id} is {} already: nothing of it is asked for.", held.state.word().to_lowercase());
        return Err(Problems::of("", says).into());
    }
    for step in transfers::hold_requested(tx, id).await? {
        steps::release(tx, &step, TransferState::Queued, reason).await?;
    }
    stand(tx, &held, State::Withdrawn).await?;
    let after = serde_json::json!({"state": State::Withdrawn});
    record(tx, held.line("request withdrawn").after(after).because(reason)).await
}

/// Microsoft said no to what was still asked for.
pub async fn deny(tx: &mut Tx, held: &Held, call: CallId) -> Outcome<()> {
    for step in transfers::hold_requested(tx, held.id).await? {
        steps::deny(tx, &step, step.line("transfer denied").touching(Subject("call", call.0))).await?;
    }
    stand(tx, held, State::Denied).await?;
    let after = serde_json::json!({"state": State::Denied, "call": call});
    record(tx, held.line("request denied").touching(Subject("call", call.0)).after(after)).await
}
