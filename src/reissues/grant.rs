//! What Microsoft grants: each license key pack ID is a key pack installation, and so many seats may move with it.

use super::reissue::{Reason, State, standing};
use super::store::{Held, stand};
use crate::check::Problems;
use crate::db::{Reads, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{CallId, KeyPackId, ReissueId, TransferId};
use crate::key_packs::form::last_group;
use crate::license_servers::by_hand::overtake_imports;
use crate::moment::Moment;
use crate::transfers::held::{self as transfers, Held as Transfer};
use crate::transfers::steps;
use crate::transfers::transfer::State as TransferState;
use crate::web::error::{Error, Outcome};

/// Which key pack a license key pack ID is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Nobody said: the only one that it can be, else a new one.
    #[default]
    Unsaid,
    /// One that no export has shown yet.
    New,
    /// One that an import brought in already.
    Known(KeyPackId),
}

/// A license key pack ID that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPack {
    /// Its 35 characters.
    pub license_key_pack_id: String,
    /// How many licenses it holds.
    pub quantity: i64,
    /// Which key pack it is.
    pub which: Which,
}

/// What a call brought for a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The license key pack IDs.
    pub packs: Vec<NewPack>,
    /// The transfers that the agent chose for it; the rest goes by `nearest`.
    pub take: Vec<TransferId>,
    /// The transfers that wait, the one with the nearest last safe day first.
    pub nearest: Vec<TransferId>,
    /// Whether it is certain that more is granted than is asked for.
    pub more: bool,
}

impl Grant {
    /// How many licenses are granted.
    pub fn total(&self) -> i64 {
        self.packs.iter().map(|pack| pack.quantity).sum()
    }
}

/// A key pack that an import brought in and that a license key pack ID may be.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Candidate {
    /// The pack.
    pub id: KeyPackId,
    /// The server's small number for it.
    pub keypack_id: Option<i64>,
    /// Since when it is known here.
    pub created_at: Moment,
}

/// The key packs that a grant may be: of the request's server, version and type, so many licenses, of unknown origin, and
/// not known before the call.
pub async fn candidates<'c>(
    db: impl Reads<'c>,
    request: ReissueId,
    quantity: i64,
    since: Moment,
) -> Outcome<Vec<Candidate>> {
    Ok(db
        .sql(
            "select k.id, k.keypack_id, k.created_at from reissues r join license_servers s on s.id = r.server_id \
             join key_packs k on k.server_id = r.server_id and k.epoch = s.epoch and k.version = r.version \
             and k.license_type = r.license_type where r.id = $1 and k.quantity = $2 and k.created_at >= $3 \
             and k.origin = 'unknown' and k.reissue_id is null and k.license_key_pack_id is null and k.gone_at is null \
             and k.state = 'installed' order by k.id limit 20",
        )
        .bind(request)
        .bind(quantity)
        .bind(since)
        .all()
        .await?)
}

/// Where a license key pack ID is in the register already: in words, for people.
pub async fn known<'c>(db: impl Reads<'c>, id: &str) -> Outcome<Option<String>> {
    let found: Option<(i64, String, i64)> = db
        .sql(
            "select k.id, s.name, cast(case when k.license_key_pack_id = $1 then 0 else 1 end as bigint) as former from key_packs k \
             join license_servers s on s.id = k.server_id where k.license_key_pack_id = $1 \
             or k.id in (select f.key_pack_id from former_license_key_pack_ids f where f.license_key_pack_id = $1) \
             order by former limit 1",
        )
        .bind(id)
        .optional()
        .await?;
    Ok(found.map(|(pack, server, former)| match former {
        0 => format!("This license key pack ID is in the register already: key pack K-{pack} on {server}."),
        _ => {
            format!("This license key pack ID was heard before and corrected: see key pack K-{pack} on {server}.")
        }
    }))
}

/// Why a license key pack ID may not be what a key pack's ID was meant to be; nothing where it may.
pub async fn may_be_heard<'c>(db: impl Reads<'c>, right: &str, pack: KeyPackId) -> Outcome<Option<String>> {
    let own = format!("key pack K-{pack} on");
    Ok(known(db, right).await?.filter(|says| !says.contains(&own)))
}

/// A grant that was looked at and may be carried out.
pub struct Planned {
    packs: Vec<(NewPack, Option<KeyPackId>)>,
    moves: Vec<Transfer>,
    /// Whether every transfer that waited moves.
    all_move: bool,
}

/// Looks at what a call brought for a request, and notes all that is wrong with it. `since`: when the call began.
pub async fn plan(
    tx: &mut Tx,
    held: &Held,
    (grant, since): (&Grant, Moment),
    problems: &mut Problems,
) -> Outcome<Planned> {
    let id = held.id;
    // Held only now: one that was cancelled just before is no longer among them.
    let waiting = transfers::hold_requested(tx, id).await?;
    let count = i64::try_from(waiting.len()).unwrap_or(0);
    let left = if held.moves > 0 { count } else { held.left() };
    if grant.total() > left && !grant.more {
        let says = format!(
            "R-{id} still asks for {left}, and {} are granted. Mend the number, or tick that it is more than was asked for.",
            grant.total()
        );
        problems.add(format!("more-{id}"), says);
    }
    let mut packs: Vec<(NewPack, Option<KeyPackId>)> = Vec::with_capacity(grant.packs.len());
    for (n, pack) in grant.packs.iter().enumerate() {
        let field = format!("id-{id}-{n}");
        if let Some(says) = known(&mut *tx, &pack.license_key_pack_id).await? {
            problems.add(field, says);
        }
        let which = which(tx, held, pack, since).await?;
        let taken = |id: KeyPackId| packs.iter().any(|(_, other)| *other == Some(id));
        match which {
            Ok(Some(known)) if taken(known) => {
                problems
                    .add(format!("pack-{id}-{n}"), "Two license key pack IDs cannot be one key pack. Choose another.");
            }
            Ok(known) => packs.push((pack.clone(), known)),
            Err(says) => problems.add(format!("pack-{id}-{n}"), says),
        }
    }
    let moves = chosen(waiting, grant, problems, id);
    let all_move = held.moves > 0 && i64::try_from(moves.len()) == Ok(count);
    Ok(Planned { packs, moves, all_move })
}

/// The known pack that a license key pack ID is, or nothing for a new one; or why that must be asked.
async fn which(tx: &mut Tx, held: &Held, pack: &NewPack, since: Moment) -> Outcome<Result<Option<KeyPackId>, String>> {
    let found = candidates(&mut *tx, held.id, pack.quantity, since).await?;
    Ok(match (pack.which, found.as_slice()) {
        (Which::New, _) | (Which::Unsaid, []) => Ok(None),
        (Which::Known(id), found) if found.iter().any(|one| one.id == id) => Ok(Some(id)),
        (Which::Known(_), _) => Err("That key pack cannot be it any more. Choose another, or a new one.".to_owned()),
        (Which::Unsaid, [only]) => Ok(Some(only.id)),
        (Which::Unsaid, several) => {
            let names: Vec<String> = several.iter().map(|one| format!("key pack K-{}", one.id)).collect();
            Err(format!(
                "Imports brought in {}, and it may be any of them. Say which, or that it is a new one.",
                names.join(" and ")
            ))
        }
    })
}

/// The transfers that move with a grant: those that were chosen, then those with the nearest last safe day.
fn chosen(mut waiting: Vec<Transfer>, grant: &Grant, problems: &mut Problems, request: ReissueId) -> Vec<Transfer> {
    let total = usize::try_from(grant.total()).unwrap_or(0);
    let strange = grant.take.iter().any(|id| !waiting.iter().any(|step| step.id == *id));
    if strange {
        problems
            .add(format!("take-{request}"), "A transfer that was ticked no longer waits in this request. Look again.");
    }
    if grant.take.len() > total && total > 0 {
        let says =
            format!("{} transfers are ticked, but {total} were granted. Take some ticks away.", grant.take.len());
        problems.add(format!("take-{request}"), says);
    }
    let place = |step: &Transfer| {
        let nearest = grant.nearest.iter().position(|id| *id == step.id).unwrap_or(usize::MAX);
        (!grant.take.contains(&step.id), nearest, step.id)
    };
    waiting.sort_by_key(place);
    waiting.truncate(total);
    waiting
}

/// Carries a grant out: the packs are made or taken, the transfers granted, and the request stands where it then stands.
pub async fn carry_out(tx: &mut Tx, held: &Held, planned: Planned, call: CallId) -> Outcome<()> {
    overtake_imports(tx, held.server_id).await?;
    let total: i64 = planned.packs.iter().map(|(pack, _)| pack.quantity).sum();
    let mut moves = planned.moves.into_iter();
    let mut ids = Vec::with_capacity(planned.packs.len());
    for (pack, known) in planned.packs {
        let id = match known {
            Some(id) => take(tx, held, (&pack, id), call).await?,
            None => make(tx, held, &pack, call).await?,
        };
        tx.sql("insert into grants (call_id, reissue_id, key_pack_id, quantity) values ($1, $2, $3, $4)")
            .bind(call)
            .bind(held.id)
            .bind(id)
            .bind(pack.quantity)
            .execute()
            .await?;
        for step in moves.by_ref().take(usize::try_from(pack.quantity).unwrap_or(0)) {
            steps::grant(tx, &step, id, call).await?;
        }
        ids.push(id);
    }
    let state = if planned.all_move { State::Granted } else { standing(held.quantity, held.granted + total) };
    stand(tx, held, state).await?;
    if state == State::Granted && held.reason != Reason::Transfer {
        supersede(tx, held).await?;
    }
    let line = held.line("request granted").touching(Subject("call", call.0));
    let line = ids.iter().fold(line, |line, id| line.touching(Subject("key_pack", id.0)));
    record(tx, line.after(serde_json::json!({"state": state, "granted": total, "call": call}))).await
}

/// The line of history of a pack that a call granted.
fn granted(held: &Held, (pack, id): (&NewPack, KeyPackId), call: CallId, state: &str) -> NewLine {
    NewLine::new("key pack granted", Subject("key_pack", id.0))
        .touching(Subject("license_server", held.server_id.0))
        .touching(held.subject())
        .touching(Subject("call", call.0))
        .after(serde_json::json!({
            "origin": held.reason.origin(),
            "state": state,
            "request": format!("R-{}", held.id),
            "call": call,
            "total_licenses": pack.quantity,
            "license_key_pack_id": format!("…-{}", last_group(&pack.license_key_pack_id)),
        }))
}

async fn make(tx: &mut Tx, held: &Held, pack: &NewPack, call: CallId) -> Outcome<KeyPackId> {
    let now = tx.at;
    let made = tx
        .sql(
            "insert into key_packs (server_id, epoch, origin, state, agreement_id, license_key_pack_id, version, license_type, \
             quantity, expires_at, created_at, entered_by_hand, reissue_id, product_code, product_version, type_and_model) \
             select s.id, s.epoch, $2, 'received', $3, $4, $5, $6, $7, $8, $9, 1, $10, '', '', '' \
             from license_servers s where s.id = $1 returning id",
        )
        .bind(held.server_id)
        .bind(held.reason.origin())
        .bind(held.agreement_id)
        .bind(&pack.license_key_pack_id)
        .bind(&held.version)
        .bind(&held.license_type)
        .bind(pack.quantity)
        .bind(Moment::NEVER)
        .bind(now)
        .bind(held.id)
        .scalar()
        .await;
    let id = KeyPackId(made.map_err(recorded_meanwhile)?);
    record(tx, granted(held, (pack, id), call, "received")).await?;
    Ok(id)
}

/// The pack that an import brought in is what was granted: it is no second one.
async fn take(tx: &mut Tx, held: &Held, (pack, id): (&NewPack, KeyPackId), call: CallId) -> Outcome<KeyPackId> {
    let taken = tx
        .sql(
            "update key_packs set origin = $1, license_key_pack_id = $2, reissue_id = $3, \
             agreement_id = coalesce(agreement_id, $4) where id = $5 and origin = 'unknown' and reissue_id is null",
        )
        .bind(held.reason.origin())
        .bind(&pack.license_key_pack_id)
        .bind(held.id)
        .bind(held.agreement_id)
        .bind(id)
        .execute()
        .await
        .map_err(recorded_meanwhile)?;
    if taken == 0 {
        let says = format!("Somebody said just now what key pack K-{id} is. Look again.");
        return Err(Problems::of("", says).into());
    }
    record(tx, granted(held, (pack, id), call, "installed")).await?;
    Ok(id)
}

fn recorded_meanwhile(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "This license key pack ID was recorded just now by somebody else. Look the call up first.";
        return Problems::of("", says).into();
    }
    error
}

/// The packs that a request replaces are out of use once it is granted.
async fn supersede(tx: &mut Tx, held: &Held) -> Outcome<()> {
    let packs: Vec<(KeyPackId,)> = tx
        .sql("select key_pack_id from reissue_replaces where reissue_id = $1 order by key_pack_id")
        .bind(held.id)
        .all()
        .await?;
    for (pack,) in packs {
        // One that was never installed, or is void by now, is in nobody's place.
        let done = tx
            .sql(
                "update key_packs set state = 'superseded', superseded_by_id = $1, follow_up = '' \
                 where id = $2 and state in ('installed', 'removed')",
            )
            .bind(held.id)
            .bind(pack)
            .execute()
            .await?;
        if done == 0 {
            continue;
        }
        let line = NewLine::new("key pack superseded", Subject("key_pack", pack.0)).touching(held.subject());
        record(tx, line.after(serde_json::json!({"state": "superseded", "request": format!("R-{}", held.id)}))).await?;
    }
    Ok(())
}

/// Says that a license key pack ID can no longer be installed: what was granted with it is asked for again.
pub async fn void(tx: &mut Tx, pack: KeyPackId, reason: &str) -> Outcome<()> {
    let lock = tx.pick("", " for update");
    let found: Option<(String, Option<ReissueId>)> = tx
        .sql("select state, reissue_id from key_packs")
        .push_bind(" where id = ?", pack)
        .push(lock)
        .optional()
        .await?;
    let (state, request) = found.ok_or(Error::NotFound)?;
    if !["received", "install_failed"].contains(&state.as_str()) {
        let says = "Only a license key pack ID that is not installed can be void. One that is installed is taken off its server.";
        return Err(Problems::of("", says).into());
    }
    let held = match request {
        Some(request) => Some(super::store::hold(tx, request).await?),
        None => None,
    };
    tx.sql("update key_packs set state = 'void' where id = $1").bind(pack).execute().await?;
    let mut line = NewLine::new("key pack void", Subject("key_pack", pack.0));
    if let Some(held) = &held {
        reopen(tx, held, pack, reason).await?;
        line = line.touching(held.subject());
    }
    let line = line.before(serde_json::json!({"state": state})).after(serde_json::json!({"state": "void"}));
    record(tx, line.because(reason)).await
}

async fn reopen(tx: &mut Tx, held: &Held, pack: KeyPackId, reason: &str) -> Outcome<()> {
    let asks = held.state.is_open() || held.state == State::Granted;
    let into = if asks { TransferState::Requested } else { TransferState::Queued };
    for step in transfers::hold_granted(tx, pack).await? {
        steps::release(tx, &step, into, reason).await?;
    }
    if !asks {
        return Ok(());
    }
    let left = super::store::hold(tx, held.id).await?;
    let state = standing(held.quantity, left.granted);
    stand(tx, held, state).await?;
    record(tx, held.line("request open again").after(serde_json::json!({"state": state})).because(reason)).await
}
