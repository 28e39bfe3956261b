//! Signs of life: what an old computer did after its seat had gone to another one.
//!
//! Its old license's row merely standing until it expires is no such sign; a renewed date or a new license is.

use std::collections::HashMap;

use serde::Deserialize;

use super::by_import::Brought;
use crate::check::Problems;
use crate::db::{Db, Query, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_all};
use crate::ids::{ClientId, ImportId, KeyPackId, LicenseId, LicenseServerId, TransferId};
use crate::key_packs::product::words;
use crate::licenses::license::Status;
use crate::moment::{DAY, Moment};
use crate::web::error::{Error, Outcome};

/// The most signs that a page lists.
pub const MOST: i64 = 100;

/// A sign of life.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Sign {
    /// Its number.
    pub id: i64,
    /// The transfer by which the seat went.
    pub transfer_id: TransferId,
    /// The old computer.
    pub client_id: ClientId,
    /// Its name.
    pub client: String,
    /// The license that was renewed, or the new one.
    pub license_id: LicenseId,
    /// `renewed` or `new_license`.
    pub kind: String,
    /// The import that showed it.
    pub import_id: ImportId,
    /// When the server showed it.
    pub seen_at: Moment,
    /// When somebody said what was done about it.
    pub settled_at: Option<Moment>,
    /// Who.
    pub settled_by: Option<String>,
    /// What was done.
    pub settlement: String,
    /// The key pack that gave the license.
    pub key_pack_id: KeyPackId,
    /// That pack's number on its server.
    pub keypack_id: Option<i64>,
    /// The license's version, as stored.
    pub version: String,
    /// The license's type, as stored.
    pub license_type: String,
    /// The server's number for the license's status.
    pub status: i64,
    /// When it was issued last.
    pub issued_at: Moment,
    /// Until when it is valid.
    pub expires_at: Moment,
}

impl Sign {
    /// What the computer did.
    pub fn says(&self) -> &'static str {
        match (self.kind.as_str(), Status::of_code(self.status)) {
            ("renewed", _) => "Renewed its old license",
            (_, Status::Temporary) => "Took a temporary license",
            _ => "Took another license",
        }
    }

    /// What was typed of it, where it was refused; `typed`: of which sign, and what.
    pub fn typed<'a>(&self, typed: &'a Option<(i64, String)>) -> Option<&'a str> {
        typed.as_ref().filter(|(id, _)| *id == self.id).map(|(_, text)| text.as_str())
    }

    /// The pack that gave it: `keypack ID 4, Windows Server 2019 Per Device`.
    pub fn pack(&self) -> String {
        let product = words(&self.version, &self.license_type);
        self.keypack_id.map_or_else(|| product.clone(), |id| format!("Keypack ID {id}, {product}"))
    }
}

/// A license whose seat has gone to another client, as the register knows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Standing {
    id: TransferId,
    client_id: ClientId,
    license_id: LicenseId,
    holder_id: ClientId,
    issued_at: Moment,
    expires_at: Moment,
    gone_at: Option<Moment>,
    entered_by_hand: i64,
    since: Moment,
}

impl Standing {
    /// Whether the old computer renewed its license after the seat had gone; `self` is what was known before.
    ///
    /// A day is as near as some exports tell, so the day itself on which the seat went counts.
    fn is_renewed(&self, now: &Standing, captured_at: Moment) -> bool {
        if now.gone_at.is_some() || now.holder_id != self.client_id {
            return false;
        }
        if now.issued_at > self.issued_at && !self.issued_at.is_unknown() {
            return now.issued_at >= day_of(self.since);
        }
        let longer = now.expires_at > self.expires_at && !self.expires_at.is_unknown();
        // What people typed and an export corrects is no renewal.
        longer && self.entered_by_hand == 0 && captured_at > self.since
    }
}

fn day_of(moment: Moment) -> Moment {
    Moment(moment.0 - moment.0.rem_euclid(DAY))
}

/// The licenses of a server's transfers that are granted or completed.
pub(super) async fn standing(tx: &mut Tx, server: LicenseServerId) -> Outcome<Vec<Standing>> {
    Ok(tx
        .sql(
            "select t.id, t.source_id as client_id, t.license_id, l.client_id as holder_id, l.issued_at, l.expires_at, \
             l.gone_at, l.entered_by_hand, coalesce(t.granted_at, t.completed_at) as since \
             from transfers t join licenses l on l.id = t.license_id \
             where t.server_id = $1 and t.state in ('granted', 'completed') order by t.id",
        )
        .bind(server)
        .all()
        .await?)
}

/// A license that an import showed first on a client whose seat has gone.
#[derive(sqlx::FromRow)]
struct Fresh {
    id: TransferId,
    client_id: ClientId,
    license_id: LicenseId,
    server_id: LicenseServerId,
    issued_at: Moment,
    gone_at: Option<Moment>,
    since: Moment,
}

/// New licenses of those whose seats have gone, from the transfers, never from the many new licenses. Who takes a seat by
/// a later transfer is in use on purpose.
pub const FRESH: &str = "select t.id, t.source_id as client_id, l.id as license_id, l.server_id, l.issued_at, l.gone_at, \
    coalesce(t.granted_at, t.completed_at) as since \
    from transfers t join licenses l on l.client_id = t.source_id \
    where t.state in ('granted', 'completed') and l.first_import_id = $2 and +l.id > $1 and l.id <> t.license_id \
    and not exists (select 1 from transfers d where d.destination_id = t.source_id and d.id > t.id \
        and d.denied_at is null and d.cancelled_at is null) \
    order by l.id, case when l.version = t.version and l.license_type = t.license_type then 0 else 1 end, t.id desc";

/// Notes the signs of life that an import shows; `before`: what stood, `last`: the last license before it.
pub(super) async fn note(tx: &mut Tx, brought: &Brought, before: Vec<Standing>, last: i64) -> Outcome<()> {
    let before: HashMap<TransferId, Standing> = before.into_iter().map(|one| (one.id, one)).collect();
    let mut signs = Vec::new();
    for server in &brought.servers {
        for now in standing(tx, *server).await? {
            let renewed = before.get(&now.id).is_some_and(|before| before.is_renewed(&now, brought.captured_at));
            if renewed {
                signs.push((now.id, now.client_id, now.license_id, "renewed"));
            }
        }
    }
    let mut fresh: Vec<Fresh> = tx.sql(FRESH).bind(last).bind(brought.import).all().await?;
    // A client that gave several seats away gives one sign, for the seat of that kind.
    fresh.dedup_by_key(|one| one.license_id);
    let after = |one: &Fresh| one.issued_at.is_unknown() || one.issued_at >= day_of(one.since);
    let shown = |one: &Fresh| one.gone_at.is_none() && brought.servers.contains(&one.server_id);
    let fresh = fresh.iter().filter(|one| shown(one) && after(one));
    signs.extend(fresh.map(|one| (one.id, one.client_id, one.license_id, "new_license")));
    tell(tx, brought, &signs).await
}

async fn tell(
    tx: &mut Tx,
    brought: &Brought,
    signs: &[(TransferId, ClientId, LicenseId, &'static str)],
) -> Outcome<()> {
    let mut lines = Vec::with_capacity(signs.len());
    for (transfer, client, license, kind) in signs {
        tx.sql(
            "insert into signs_of_life (transfer_id, client_id, license_id, kind, import_id, seen_at, settlement) \
             values ($1, $2, $3, $4, $5, $6, '')",
        )
        .bind(*transfer)
        .bind(*client)
        .bind(*license)
        .bind(*kind)
        .bind(brought.import)
        .bind(brought.captured_at)
        .execute()
        .await?;
        let line = NewLine::new("sign of life", Subject("client", client.0))
            .touching(Subject("transfer", transfer.0))
            .touching(Subject("license", license.0))
            .after(serde_json::json!({
                "transfer": format!("T-{transfer}"),
                "license": license,
                "sign": if *kind == "renewed" { "old license renewed" } else { "another license" },
            }));
        lines.push(line.by_import(brought.import).effective(brought.day()));
    }
    record_all(tx, lines).await
}

fn select(db: &Db) -> Query<'_> {
    db.sql(
        "select g.id, g.transfer_id, g.client_id, c.name as client, g.license_id, g.kind, g.import_id, g.seen_at, \
         g.settled_at, g.settled_by, g.settlement, l.key_pack_id, k.keypack_id, l.version, l.license_type, l.status, \
         l.issued_at, l.expires_at from signs_of_life g left join clients c on c.id = g.client_id \
         left join licenses l on l.id = g.license_id left join key_packs k on k.id = l.key_pack_id where",
    )
}

/// Those about which nobody said yet what was done, the latest first (at most [`MOST`]).
pub async fn open(db: &Db) -> Outcome<Vec<Sign>> {
    Ok(select(db).push(" g.settled_at is null").push_limit(" order by g.id desc limit ?", MOST).all().await?)
}

/// How many of those there are, up to a cap.
pub async fn count_open(db: &Db, cap: i64) -> Outcome<i64> {
    Ok(db.sql("select 1 as one from signs_of_life where settled_at is null").count_up_to(cap).await?)
}

/// The latest signs of a client (at most [`MOST`]).
pub async fn of_client(db: &Db, client: ClientId) -> Outcome<Vec<Sign>> {
    let query = select(db).push_bind(" g.client_id = ?", client);
    Ok(query.push_limit(" order by g.id desc limit ?", MOST).all().await?)
}

/// The latest signs after a transfer (at most [`MOST`]).
pub async fn of_transfer(db: &Db, transfer: TransferId) -> Outcome<Vec<Sign>> {
    let query = select(db).push_bind(" g.transfer_id = ?", transfer);
    Ok(query.push_limit(" order by g.id desc limit ?", MOST).all().await?)
}

/// The transfer after which a sign was seen.
pub async fn transfer_of(db: &Db, id: i64) -> Outcome<TransferId> {
    let found: Option<(TransferId,)> =
        db.sql("select transfer_id from signs_of_life where id = $1").bind(id).optional().await?;
    found.map(|(transfer,)| transfer).ok_or(Error::NotFound)
}

/// The form that says what was done about a sign of life.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettlementForm {
    /// What was done.
    pub settlement: String,
}

impl SettlementForm {
    /// What was done, or what is wrong.
    ///
    /// # Errors
    /// The problem.
    pub fn check(&self) -> Result<String, Problems> {
        let mut problems = Problems::none();
        let done = problems.lines("settlement", "What was done", &self.settlement, 1_000);
        if done.is_empty() {
            problems
                .add("settlement", "Say what was done about it: switched off, license removed, or why it may stay.");
        }
        problems.or(done)
    }
}

/// Says what was done about a sign of life.
pub async fn settle(tx: &mut Tx, id: i64, done: &str) -> Outcome<()> {
    let lock = tx.pick("", " for update");
    let sign: Option<(TransferId, ClientId, LicenseId, Option<String>)> = tx
        .sql("select transfer_id, client_id, license_id, settled_by from signs_of_life")
        .push_bind(" where id = ?", id)
        .push(lock)
        .optional()
        .await?;
    let (transfer, client, license, settled_by) = sign.ok_or(Error::NotFound)?;
    if let Some(who) = settled_by {
        let says = format!("{who} said already what was done about it. Read it below.");
        return Err(Problems::of("", says).into());
    }
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql("update signs_of_life set settled_at = $1, settled_by = $2, settlement = $3 where id = $4")
        .bind(now)
        .bind(actor)
        .bind(done)
        .bind(id)
        .execute()
        .await?;
    let line = NewLine::new("sign of life settled", Subject("client", client.0))
        .touching(Subject("transfer", transfer.0))
        .touching(Subject("license", license.0));
    record(tx, line.because(done)).await
}
