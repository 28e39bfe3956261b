//! Transfers in the database: may it move, and queueing.

use super::form::NewTransfer;
use super::may_move::{Facts, Move, Moving, Taking, Verdict};
use crate::check::Problems;
use crate::clients::by_hand::{self as clients, Meant};
use crate::clients::client::Kind;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{ClientId, CompanyId, LicenseId, TransferId};
use crate::key_packs::key_pack::Origin;
use crate::moment::Moment;
use crate::users::user::Role;
use crate::web::error::{Error, Outcome};

/// The license that is to move, with its pack, its server and its seat; held against other changes.
#[derive(sqlx::FromRow)]
pub(super) struct Held {
    pub id: LicenseId,
    seat_id: LicenseId,
    status: i64,
    expires_at: Moment,
    gone_at: Option<Moment>,
    transferred_at: Option<Moment>,
    pub version: String,
    license_type: String,
    pub client_id: ClientId,
    server_id: i64,
    company_id: CompanyId,
    quantity: Option<i64>,
    origin: Origin,
    policy: Option<String>,
}

/// Holds the seat's first license, so that two who move one seat wait for each other, and reads the license anew.
pub(super) async fn hold(tx: &mut Tx, id: LicenseId) -> Outcome<Held> {
    let seat: Option<(i64,)> =
        tx.sql("select coalesce(seat_id, id) from licenses where id = $1").bind(id).optional().await?;
    let (seat,) = seat.ok_or(Error::NotFound)?;
    let lock = tx.pick("select id from licenses where id = $1", "select id from licenses where id = $1 for update");
    tx.sql(lock).bind(seat).optional::<(i64,)>().await?;
    look_up(tx, id).await
}

pub(super) async fn look_up(tx: &mut Tx, id: LicenseId) -> Outcome<Held> {
    tx.sql(
        "select l.id, coalesce(l.seat_id, l.id) as seat_id, l.status, l.expires_at, l.gone_at, l.transferred_at, l.version, \
         l.license_type, l.client_id, l.server_id, s.company_id, k.quantity, k.origin, a.transfer_policy as policy \
         from licenses l join key_packs k on k.id = l.key_pack_id join license_servers s on s.id = l.server_id \
         left join agreements a on a.id = k.agreement_id where l.id = $1",
    )
    .bind(id)
    .optional()
    .await?
    .ok_or(Error::NotFound)
}

/// The client that is to take the seat.
#[derive(sqlx::FromRow)]
pub(super) struct Taker {
    pub name: String,
    kind: Kind,
    company_id: CompanyId,
    os_family: Option<String>,
    need: Option<String>,
    source: Option<String>,
}

impl Taker {
    /// A computer that nobody knows yet.
    fn unknown(name: &str, company_id: CompanyId) -> Taker {
        Taker { name: name.to_owned(), kind: Kind::Computer, company_id, os_family: None, need: None, source: None }
    }
}

pub(super) async fn taker(tx: &mut Tx, id: ClientId, version: &str) -> Outcome<Taker> {
    let host = if version == "2000" { "2000" } else { "later" };
    tx.sql(
        "select c.name, c.kind, c.company_id, f.name as os_family, n.need, n.source from clients c \
         left join os_families f on f.id = c.os_family_id \
         left join cal_needs n on n.os_family_id = c.os_family_id and n.host = $2 where c.id = $1",
    )
    .bind(id)
    .bind(host)
    .optional()
    .await?
    .ok_or(Error::NotFound)
}

/// Everything that decides whether the seat may move to a client, for a reason.
pub(super) async fn facts(
    tx: &mut Tx,
    held: &Held,
    (destination, taker): (ClientId, Taker),
    reason: &str,
) -> Outcome<Facts> {
    let moves: Vec<Move> = tx
        .sql(
            "select t.id, t.state, t.move_number, c.name as destination, \
             coalesce(t.completed_at, t.granted_at, t.queued_at) as at from transfers t \
             join clients c on c.id = t.destination_id \
             where t.seat_id = $1 and t.state not in ('denied', 'cancelled') order by t.move_number",
        )
        .bind(held.seat_id)
        .all()
        .await?;
    let holds = tx
        .sql(
            "select 1 as one from licenses where client_id = $1 and version = $2 and license_type = $3 and server_id = $4 \
             and status in (2, 3) and gone_at is null and transferred_at is null",
        )
        .bind(destination)
        .bind(&held.version)
        .bind(&held.license_type)
        .bind(held.server_id)
        .count_up_to(1)
        .await?;
    Ok(Facts {
        now: tx.at,
        license: Moving {
            client: held.client_id,
            status: held.status,
            expires_at: held.expires_at,
            is_gone: held.gone_at.is_some(),
            is_transferred: held.transferred_at.is_some(),
            license_type: held.license_type.clone(),
            version: held.version.clone(),
            is_finite: held.quantity.is_some() && !held.origin.is_pool(),
        },
        taker: Taking {
            client: destination,
            name: taker.name,
            is_computer: taker.kind == Kind::Computer,
            same_company: taker.company_id == held.company_id,
            holds_one: holds > 0,
            need: taker.need.map(|need| (need, taker.source.unwrap_or_default())),
            os_family: taker.os_family,
        },
        policy: held.policy.clone().unwrap_or_else(|| "one_time".to_owned()),
        reason: reason.to_owned(),
        moves,
    })
}

/// The client that is meant, among those of the license's company; nobody, where a new one may be added.
async fn meant(tx: &mut Tx, held: &Held, new: &NewTransfer) -> Outcome<Option<ClientId>> {
    match clients::meant(tx, held.company_id, &new.destination).await? {
        Meant::One(id, _) => Ok(Some(id)),
        Meant::Several(says) => Err(Problems::of("destination", says).into()),
        Meant::Nobody if new.may_be_new => Ok(None),
        Meant::Nobody => {
            let says = format!(
                "No client of this company is named {}. A seat moves only within one company. Mend the name, or tick that \
                 it is a new client.",
                new.destination
            );
            Err(Problems::of("destination", says).into())
        }
    }
}

/// May the license’s seat move to that client? Nothing is promised and nothing changed.
pub async fn may_move(tx: &mut Tx, id: LicenseId, new: &NewTransfer) -> Outcome<Verdict> {
    let held = look_up(tx, id).await?;
    let taking = match meant(tx, &held, new).await? {
        Some(id) => (id, taker(tx, id, &held.version).await?),
        None => (ClientId(0), Taker::unknown(&new.destination, held.company_id)),
    };
    Ok(facts(tx, &held, taking, &new.reason).await?.judge())
}

/// May the license’s seat move at all, to whichever client? Nothing is promised and nothing changed.
pub async fn may_leave(tx: &mut Tx, id: LicenseId) -> Outcome<Verdict> {
    let held = look_up(tx, id).await?;
    let nobody = (ClientId(0), Taker::unknown("", held.company_id));
    Ok(facts(tx, &held, nobody, "permanent").await?.judge_source())
}

/// The client that takes the seat; where nobody bears the name and that may be, it is added.
pub(super) async fn found(tx: &mut Tx, held: &Held, new: &NewTransfer) -> Outcome<ClientId> {
    match meant(tx, held, new).await? {
        Some(id) => Ok(id),
        None => clients::add(tx, held.company_id, Kind::Computer, &clients::named(&new.destination)).await,
    }
}

/// Queues the move of a license's seat. `role`: of whoever asks; only an admin overrides a rule.
pub async fn queue(tx: &mut Tx, id: LicenseId, new: &NewTransfer, role: Role) -> Outcome<TransferId> {
    let held = hold(tx, id).await?;
    let destination = found(tx, &held, new).await?;
    queue_to(tx, &held, destination, (new, role)).await
}

/// The same, where the destination is known.
pub(super) async fn queue_to(
    tx: &mut Tx,
    held: &Held,
    destination: ClientId,
    (new, role): (&NewTransfer, Role),
) -> Outcome<TransferId> {
    let taker = taker(tx, destination, &held.version).await?;
    let facts = facts(tx, held, (destination, taker), &new.reason).await?;
    let over = may_override(&facts.judge(), new, role)?;
    let (now, actor) = (tx.at, tx.actor.clone());
    let number = i64::try_from(facts.moves.len()).unwrap_or(0) + 1;
    let inserted = tx
        .sql(
            "insert into transfers (seat_id, move_number, policy, license_id, source_id, destination_id, company_id, \
             server_id, version, license_type, reason, note, state, override_reason, override_by, queued_at, queued_by) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', $13, $14, $15, $16) returning id",
        )
        .bind(held.seat_id)
        .bind(number)
        .bind(&facts.policy)
        .bind(held.id)
        .bind(held.client_id)
        .bind(destination)
        .bind(held.company_id)
        .bind(held.server_id)
        .bind(&held.version)
        .bind(&held.license_type)
        .bind(&new.reason)
        .bind(&new.note)
        .bind(&over)
        .bind(over.as_ref().map(|_| actor.clone()))
        .bind(now)
        .bind(&actor)
        .scalar()
        .await;
    let transfer: i64 = inserted.map_err(taken)?;
    let line = NewLine::new("transfer queued", Subject("transfer", transfer))
        .touching(Subject("license", held.id.0))
        .touching(Subject("client", held.client_id.0))
        .touching(Subject("client", destination.0));
    let line = line.after(serde_json::json!({
        "seat": format!("S-{}", held.seat_id),
        "destination": facts.taker.name,
        "reason": super::transfer::reason_words(&new.reason),
        "override": over,
    }));
    record(tx, line).await?;
    Ok(TransferId(transfer))
}

/// The override that the move needs and an admin gave; or why it may not move.
fn may_override(verdict: &Verdict, new: &NewTransfer, role: Role) -> Outcome<Option<String>> {
    let mut problems = Problems::none();
    for says in &verdict.refusals {
        problems.add("destination", says.clone());
    }
    if let Some(rule) = &verdict.against_the_rule {
        match (&new.override_reason, role) {
            (Some(reason), Role::Admin) => {
                problems.or(())?;
                return Ok(Some(reason.clone()));
            }
            (_, Role::Admin) => problems.add("override_reason", format!("{rule} To let it move still, say why.")),
            _ => problems.add("destination", format!("{rule} An admin can let it move still, with a reason.")),
        }
    }
    problems.or(())?;
    Ok(None)
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "Somebody else moved this seat just now. Open the license again to see where it goes.";
        return Problems::of("destination", says).into();
    }
    error
}
