//! Licenses in the database: what people record of them.

use super::form::{Details, Holder};
use crate::check::Problems;
use crate::clients::by_hand::{self as clients, Meant};
use crate::clients::client::Kind;
use crate::db::{Db, Query, Tx};
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{ClientId, CompanyId, KeyPackId, LicenseId, LicenseServerId};
use crate::license_servers::by_hand::overtake_imports;
use crate::web::error::{Error, Outcome};

const DETAILS: &str = "select l.key_pack_id, l.entered_by_hand, l.gone_at, l.client_id, c.name as client, l.license_number, \
    l.user_name, l.status, l.issued_at, l.expires_at, l.note from licenses l join clients c on c.id = l.client_id";

/// What is recorded of a license.
pub async fn details(db: &Db, id: LicenseId) -> Outcome<Details> {
    db.sql(DETAILS).push_bind(" where l.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The pack that a license is of.
#[derive(sqlx::FromRow)]
struct Pack {
    company_id: CompanyId,
    server_id: LicenseServerId,
    version: String,
    license_type: String,
}

async fn pack(tx: &mut Tx, id: KeyPackId) -> Outcome<Option<Pack>> {
    Ok(tx
        .sql(
            "select s.company_id, k.server_id, k.version, k.license_type from key_packs k \
             join license_servers s on s.id = k.server_id where k.id = $1",
        )
        .bind(id)
        .optional()
        .await?)
}

/// Who holds the license, found or added among the clients of the pack's company.
async fn hold_by(tx: &mut Tx, pack: &Pack, holder: &Holder) -> Outcome<ClientId> {
    let kind = if pack.license_type == "per_user" { Kind::User } else { Kind::Computer };
    match clients::meant(tx, pack.company_id, &holder.typed).await? {
        Meant::One(id, _) => Ok(id),
        Meant::Several(says) => Err(Problems::of("client", says).into()),
        Meant::Nobody if holder.may_be_new => {
            clients::add(tx, pack.company_id, kind, &clients::named(&holder.typed)).await
        }
        Meant::Nobody => {
            let says = format!(
                "No client of this company is named {}. Mend the name, or tick that it is a new client.",
                holder.typed
            );
            Err(Problems::of("client", says).into())
        }
    }
}

/// A client as a license names it.
#[derive(sqlx::FromRow)]
struct Named {
    name: String,
    kind: Kind,
    hardware_id: Option<String>,
}

/// What the server would say of the holder.
struct Words {
    name: String,
    user: String,
    computer: String,
    hardware_id: String,
}

async fn words_of(tx: &mut Tx, client: ClientId, user: &str) -> Outcome<Words> {
    let named: Named = tx.sql("select name, kind, hardware_id from clients where id = $1").bind(client).one().await?;
    let (computer, own) = match named.kind {
        Kind::Computer => (named.name.clone(), String::new()),
        Kind::User => (String::new(), named.name.clone()),
    };
    let user = if user.is_empty() { own } else { user.to_owned() };
    Ok(Words { name: named.name, user, computer, hardware_id: named.hardware_id.unwrap_or_default() })
}

/// Records a license that no export has told of.
pub async fn add(tx: &mut Tx, pack_id: KeyPackId, holder: &Holder, new: &Details) -> Outcome<LicenseId> {
    let pack = pack(tx, pack_id).await?.ok_or_else(|| {
        Problems::of("key_pack", "No key pack has this number. Type the one that the key pack’s page shows.")
    })?;
    let mut new = new.clone();
    new.client_id = hold_by(tx, &pack, holder).await?;
    let now = tx.at;
    let words = words_of(tx, new.client_id, &new.user_name).await?;
    new.client.clone_from(&words.name);
    new.user_name.clone_from(&words.user);
    let insert = tx.sql(
        "insert into licenses (client_id, license_number, user_name, computer, hardware_id, status, issued_at, expires_at, \
         note, key_pack_id, version, license_type, server_id, first_issued_at, first_seen_at, entered_by_hand) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1) returning id",
    );
    let added = filled(insert, &new, &words)
        .bind(pack_id)
        .bind(&pack.version)
        .bind(&pack.license_type)
        .bind(pack.server_id)
        .bind(new.issued_at)
        .bind(now)
        .scalar()
        .await;
    let id: i64 = added.map_err(taken)?;
    overtake_imports(tx, pack.server_id).await?;
    renewed(tx, &new).await?;
    let line = NewLine::new("license recorded", Subject("license", id))
        .touching(Subject("client", new.client_id.0))
        .touching(Subject("key_pack", pack_id.0));
    record(tx, line.after(serde_json::json!(new))).await?;
    Ok(LicenseId(id))
}

/// Binds what is recorded of a license, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details, words: &Words) -> Query<'c> {
    query
        .bind(new.client_id)
        .bind(new.license_number)
        .bind(&words.user)
        .bind(&words.computer)
        .bind(&words.hardware_id)
        .bind(new.status)
        .bind(new.issued_at)
        .bind(new.expires_at)
        .bind(&new.note)
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        let says = "This key pack has a license of this number already. Correct that one, or mend the number.";
        return Problems::of("license_number", says).into();
    }
    error
}

/// The holder got a license at that moment, if at no later one.
async fn renewed(tx: &mut Tx, new: &Details) -> Outcome<()> {
    tx.sql("update clients set last_issued_at = $1 where id = $2 and last_issued_at < $1")
        .bind(new.issued_at)
        .bind(new.client_id)
        .execute()
        .await?;
    Ok(())
}

/// A license as it stands, held against other changes until this one ends.
#[derive(sqlx::FromRow)]
struct Held {
    key_pack_id: KeyPackId,
    entered_by_hand: i64,
    gone_at: Option<i64>,
    #[sqlx(flatten)]
    details: Details,
}

async fn hold(tx: &mut Tx, id: LicenseId) -> Outcome<Held> {
    let lock = tx.pick("", " for update of l");
    tx.sql(DETAILS).push_bind(" where l.id = ?", id).push(lock).optional().await?.ok_or(Error::NotFound)
}

/// Corrects what is recorded of a license. Where an export has shown it, only the note.
pub async fn correct(tx: &mut Tx, id: LicenseId, (holder, new): (&Holder, &Details), why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("license", id.0);
    still_newest(tx, subject, why.seen).await?;
    let before = &held.details;
    let line = NewLine::new("license corrected", subject).touching(Subject("client", before.client_id.0));
    let mut after = Details { note: new.note.clone(), ..before.clone() };
    if held.entered_by_hand == 0 {
        tx.sql("update licenses set note = $1 where id = $2").bind(&new.note).bind(id).execute().await?;
        return record_correction(tx, line, (before, &after), why).await;
    }
    let pack = pack(tx, held.key_pack_id).await?.ok_or(Error::NotFound)?;
    let same = crate::users::user::name_key(&holder.typed) == crate::users::user::name_key(&before.client);
    let client_id = if same { before.client_id } else { hold_by(tx, &pack, holder).await? };
    let words = words_of(tx, client_id, &new.user_name).await?;
    after = Details { client_id, client: words.name.clone(), user_name: words.user.clone(), ..new.clone() };
    let update = tx.sql(
        "update licenses set client_id = $1, license_number = $2, user_name = $3, computer = $4, hardware_id = $5, \
         status = $6, issued_at = $7, expires_at = $8, note = $9, \
         first_issued_at = case when first_issued_at = $10 then $7 else first_issued_at end where id = $11",
    );
    filled(update, &after, &words).bind(before.issued_at).bind(id).execute().await.map_err(taken)?;
    overtake_imports(tx, pack.server_id).await?;
    renewed(tx, &after).await?;
    record_correction(tx, line.touching(Subject("client", client_id.0)), (before, &after), why).await
}

/// Says that a license that people recorded is no longer on its server, or is there again. One that an export has shown
/// goes when its server no longer shows it.
pub async fn retire(tx: &mut Tx, id: LicenseId, back: bool, why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("license", id.0);
    still_newest(tx, subject, why.seen).await?;
    if held.entered_by_hand == 0 {
        let says = "Its server tells of this license: the next import says when it is gone.";
        return Err(Problems::of("", says).into());
    }
    if held.gone_at.is_some() != back {
        let says = if back { "It is on its server already." } else { "It is off its server already." };
        return Err(Problems::of("", says).into());
    }
    let at = (!back).then_some(tx.at);
    if let Some(pack) = pack(tx, held.key_pack_id).await? {
        overtake_imports(tx, pack.server_id).await?;
    }
    tx.sql("update licenses set gone_at = $1 where id = $2").bind(at).bind(id).execute().await?;
    let action = if back { "license taken back" } else { "license gone from the server" };
    let line = NewLine::new(action, subject).touching(Subject("client", held.details.client_id.0));
    record(tx, why.explain(line)).await
}
