//! Key packs in the database: what people record of them.

use super::form::{Details, IdChange, last_group};
use super::installing::keep_former;
use super::key_pack::Origin;
use super::state::State;
use crate::check::Problems;
use crate::db::{Db, Query, Tx};
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{KeyPackId, LicenseServerId};
use crate::license_servers::by_hand::overtake_imports;
use crate::products::store as products;
use crate::web::error::{Error, Outcome};

const DETAILS: &str = "select origin, state, agreement_id, license_key_pack_id, installed_on, note, keypack_id, version, \
    license_type, quantity, issued, expires_at from key_packs";

/// What is recorded of a key pack.
pub async fn details(db: &Db, id: KeyPackId) -> Outcome<Details> {
    db.sql(DETAILS).push_bind(" where id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The server that a pack is recorded on.
#[derive(sqlx::FromRow)]
struct On {
    company_id: i64,
    epoch: i64,
}

/// Records a key pack that no export has told of.
pub async fn add(tx: &mut Tx, server: LicenseServerId, new: &Details) -> Outcome<KeyPackId> {
    let on: Option<On> =
        tx.sql("select company_id, epoch from license_servers where id = $1").bind(server).optional().await?;
    let on = on.ok_or_else(|| Problems::of("license_server", "Choose the license server that it is for."))?;
    refuse(tx, (server, on.epoch, on.company_id), new, None).await?;
    let now = tx.at;
    let insert = tx.sql(
        "insert into key_packs (origin, state, agreement_id, license_key_pack_id, installed_on, note, keypack_id, version, \
         license_type, quantity, issued, available, expires_at, server_id, epoch, created_at, entered_by_hand, \
         product_code, product_version, type_and_model) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1, '', '', '') returning id",
    );
    let id: i64 = filled(insert, new).bind(server).bind(on.epoch).bind(now).scalar().await.map_err(taken)?;
    overtake_imports(tx, server).await?;
    let line = NewLine::new("key pack recorded", Subject("key_pack", id));
    let line = touching(line.touching(Subject("license_server", server.0)), &[new.recorded.agreement_id]);
    record(tx, line.after(serde_json::json!(new))).await?;
    Ok(KeyPackId(id))
}

/// Binds what is recorded of a pack, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details) -> Query<'c> {
    let (recorded, shown) = (&new.recorded, &new.shown);
    query
        .bind(recorded.origin)
        .bind(recorded.state)
        .bind(recorded.agreement_id)
        .bind(&recorded.license_key_pack_id)
        .bind(&recorded.installed_on)
        .bind(&recorded.note)
        .bind(shown.keypack_id)
        .bind(&shown.version)
        .bind(&shown.license_type)
        .bind(shown.quantity)
        .bind(shown.issued)
        .bind(shown.available())
        .bind(shown.expires_at)
}

fn touching(mut line: NewLine, agreements: &[Option<i64>]) -> NewLine {
    for agreement in agreements.iter().flatten() {
        line = line.touching(Subject("agreement", *agreement));
    }
    line
}

/// Two changes at once: what [`refuse`] looked for came to be meanwhile.
fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "Another key pack of the same number or license key pack ID was recorded just now. Look it up, then \
            save again.";
        return Problems::of("", says).into();
    }
    error
}

/// Refuses another company's agreement, and a number or license key pack ID that another pack bears.
async fn refuse(
    tx: &mut Tx,
    (server, epoch, company): (LicenseServerId, i64, i64),
    new: &Details,
    own: Option<KeyPackId>,
) -> Outcome<()> {
    if !new.shown.version.is_empty() {
        products::must_know(tx, &new.shown.version).await?;
    }
    let own = own.map_or(0, |id| id.0);
    let mut problems = Problems::none();
    if let Some(agreement) = new.recorded.agreement_id {
        let buyer: Option<(i64,)> =
            tx.sql("select company_id from agreements where id = $1").bind(agreement).optional().await?;
        if buyer.is_none_or(|(buyer,)| buyer != company) {
            problems.add("agreement", "Choose an agreement of the company whose server it is.");
        }
    }
    if let Some(long) = &new.recorded.license_key_pack_id {
        let other = tx.sql("select id from key_packs where license_key_pack_id = $1 and id <> $2").bind(long).bind(own);
        if let Some((id,)) = other.optional::<(i64,)>().await? {
            let says = format!("Key pack K-{id} bears this license key pack ID already. Correct that one first.");
            problems.add("license_key_pack_id", says);
        }
    }
    if let Some(small) = new.shown.keypack_id {
        let other = tx
            .sql("select id from key_packs where server_id = $1 and epoch = $2 and keypack_id = $3 and id <> $4")
            .bind(server)
            .bind(epoch)
            .bind(small)
            .bind(own);
        if let Some((id,)) = other.optional::<(i64,)>().await? {
            let says = format!("Key pack K-{id} has the keypack ID {small} on this server already.");
            problems.add("keypack_id", says);
        }
    }
    Ok(problems.or(())?)
}

/// A pack as it stands, held against other changes until this one ends.
#[derive(sqlx::FromRow)]
struct Held {
    server_id: LicenseServerId,
    company_id: i64,
    epoch: i64,
    described_at: Option<i64>,
    first_import_id: Option<i64>,
    gone_at: Option<i64>,
    reissue_id: Option<i64>,
    #[sqlx(flatten)]
    details: Details,
}

impl Held {
    /// Whether an export has shown it.
    fn is_told(&self) -> bool {
        self.described_at.is_some() || self.first_import_id.is_some()
    }
}

async fn hold(tx: &mut Tx, id: KeyPackId) -> Outcome<Held> {
    let lock = tx.pick("", " for update of k");
    tx.sql(
        "select k.server_id, s.company_id, k.epoch, k.described_at, k.first_import_id, k.gone_at, k.reissue_id, k.origin, k.state, \
         k.agreement_id, k.license_key_pack_id, k.installed_on, k.note, k.keypack_id, k.version, k.license_type, \
         k.quantity, k.issued, k.expires_at from key_packs k join license_servers s on s.id = k.server_id",
    )
    .push_bind(" where k.id = ?", id)
    .push(lock)
    .optional()
    .await?
    .ok_or(Error::NotFound)
}

/// Corrects what is recorded of a key pack. What its server shows of it stays as the server shows it.
pub async fn correct(tx: &mut Tx, id: KeyPackId, (new, change): (&Details, IdChange), why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("key_pack", id.0);
    still_newest(tx, subject, why.seen).await?;
    let before = &held.details;
    let mut new = new.clone();
    if change == IdChange::Keep {
        new.recorded.license_key_pack_id.clone_from(&before.recorded.license_key_pack_id);
    }
    if held.is_told() {
        new.shown = before.shown.clone();
    }
    refuse(tx, (held.server_id, held.epoch, held.company_id), &new, Some(id)).await?;
    if held.reissue_id.is_some() && new.recorded.state == State::Void && before.recorded.state != State::Void {
        let says = "A call granted this key pack. Say on its installation page that it is void: what it was granted for is \
            asked for again then.";
        return Err(Problems::of("state", says).into());
    }
    let was =
        before.recorded.license_key_pack_id.clone().filter(|id| Some(id) != new.recorded.license_key_pack_id.as_ref());
    keep_former(tx, id, &was.unwrap_or_default()).await?;
    let now = tx.at;
    // Of what people recorded, whether it stands on its server is what they say.
    let update = tx.sql(
        "update key_packs set origin = $1, state = $2, agreement_id = $3, license_key_pack_id = $4, installed_on = $5, \
         note = $6, keypack_id = $7, version = $8, license_type = $9, quantity = $10, issued = $11, \
         available = case when $14 = 1 then available else $12 end, expires_at = $13, \
         follow_up = case when $15 = 1 then '' else follow_up end, \
         gone_at = case when $14 = 1 then gone_at when $2 = 'removed' then coalesce(gone_at, $17) end where id = $16",
    );
    let told = i64::from(held.is_told());
    // What was to be done about a pack is done when it is said to be out of use, or where it came from is put right.
    let settled =
        i64::from(before.recorded.state != new.recorded.state || before.recorded.origin != new.recorded.origin);
    filled(update, &new).bind(told).bind(settled).bind(id).bind(now).execute().await.map_err(taken)?;
    overtake_imports(tx, held.server_id).await?;
    let line = NewLine::new("key pack corrected", subject).touching(Subject("license_server", held.server_id.0));
    let line = touching(line, &[before.recorded.agreement_id, new.recorded.agreement_id]);
    record_correction(tx, line, (before, &new), why).await
}

/// Takes a pack that people recorded off its server, or puts it back. One that an export has shown goes when its server
/// no longer shows it.
pub async fn retire(tx: &mut Tx, id: KeyPackId, back: bool, why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("key_pack", id.0);
    still_newest(tx, subject, why.seen).await?;
    if held.is_told() {
        let says = "Its server shows this key pack: take it off there, and the next import says that it is gone. To say \
            that another stands in its place, correct where it stands.";
        return Err(Problems::of("", says).into());
    }
    if held.gone_at.is_some() != back {
        let says = if back { "It is on its server already." } else { "It was taken off its server already." };
        return Err(Problems::of("", says).into());
    }
    let (state, at) = if back { ("installed", None) } else { ("removed", Some(tx.at)) };
    tx.sql("update key_packs set state = $1, gone_at = $2, follow_up = '' where id = $3")
        .bind(state)
        .bind(at)
        .bind(id)
        .execute()
        .await?;
    overtake_imports(tx, held.server_id).await?;
    let action = if back { "key pack taken back" } else { "key pack removed" };
    let line = NewLine::new(action, subject)
        .touching(Subject("license_server", held.server_id.0))
        .before(serde_json::json!({"state": held.details.recorded.state}))
        .after(serde_json::json!({"state": state}));
    record(tx, why.explain(line)).await
}

/// The whole license key pack ID of a pack; that it was shown, and to whom, is a line of history.
pub async fn show_id(tx: &mut Tx, id: KeyPackId) -> Outcome<String> {
    let held = hold(tx, id).await?;
    let long = held.details.recorded.license_key_pack_id.ok_or(Error::NotFound)?;
    let line = NewLine::new("license key pack ID shown", Subject("key_pack", id.0));
    record(tx, line.after(serde_json::json!({"license_key_pack_id": format!("…-{}", last_group(&long))}))).await?;
    Ok(long)
}

/// The whole license key pack IDs of a server's packs; that they were shown, and to whom, is a line of history.
pub async fn show_ids_of_server(tx: &mut Tx, server: LicenseServerId) -> Outcome<Vec<(KeyPackId, String)>> {
    let shown: Vec<(KeyPackId, String)> = tx
        .sql(
            "select id, license_key_pack_id from key_packs where server_id = $1 and license_key_pack_id is not null \
             and gone_at is null order by id",
        )
        .bind(server)
        .all()
        .await?;
    let mut line = NewLine::new("license server’s folder shown whole", Subject("license_server", server.0));
    for (pack, _) in &shown {
        line = line.touching(Subject("key_pack", pack.0));
    }
    record(tx, line.after(serde_json::json!({"key packs": shown.len()}))).await?;
    Ok(shown)
}

/// What looks odd in a pack beside the agreement that it came with: worth a look, but no reason to refuse.
pub async fn doubts(db: &Db, id: KeyPackId) -> Outcome<Vec<String>> {
    let row: Option<(String, String, String, String, Origin)> = db
        .sql(
            "select a.product_version, a.license_type, k.version, k.license_type, k.origin from key_packs k \
             join agreements a on a.id = k.agreement_id where k.id = $1",
        )
        .bind(id)
        .optional()
        .await?;
    let Some((bought, bought_type, version, license_type, origin)) = row else { return Ok(Vec::new()) };
    let mut doubts = Vec::new();
    if version > bought {
        doubts.push(format!("Its agreement bought licenses of {bought}; this pack is of {version}, which is later."));
    }
    if bought_type != license_type && origin != Origin::Conversion {
        doubts.push("Its agreement bought licenses of the other type, and its origin is no conversion.".to_owned());
    }
    Ok(doubts)
}
