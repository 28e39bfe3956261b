//! Clients in the database: what people record of them.

use super::client::{Kind, Status, identity, search};
use super::form::Details;
use crate::check::Problems;
use crate::db::{Db, Query, Reads, Tx};
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{ClientId, CompanyId};
use crate::license_servers::by_hand::overtake_all_imports;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};

const DETAILS: &str = "select c.company_id, c.kind, c.identity, c.name, c.hardware_id, c.fqdn, c.os_family_id, \
    f.name as os_family, c.site, c.owner, c.status, c.note from clients c left join os_families f on f.id = c.os_family_id";

/// What is recorded of a client.
pub async fn details<'c>(db: impl Reads<'c>, id: ClientId) -> Outcome<Details> {
    db.sql(DETAILS).push_bind(" where c.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// A client of no more than its name, as one that is typed beside a license.
pub fn named(name: &str) -> Details {
    Details { name: name.trim().to_owned(), ..Details::default() }
}

/// Adds a client that no import has told of.
pub async fn add(tx: &mut Tx, company: CompanyId, kind: Kind, new: &Details) -> Outcome<ClientId> {
    let known: i64 = tx.sql("select count(*) from companies where id = $1").bind(company).scalar().await?;
    if known == 0 {
        return Err(Problems::of("company", "Choose the company that it belongs to.").into());
    }
    let new = &with_family(tx, new.clone()).await?;
    refuse(tx, (company, kind), new, None).await?;
    let (now, identity) = (tx.at, identity_of(tx, company, kind, new).await?);
    let insert = tx.sql(
        "insert into clients (name, name_key, hardware_id, search, fqdn, os_family_id, site, owner, status, note, identity, \
         company_id, kind, last_issued_at, created_at, entered_by_hand) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 1) returning id",
    );
    let added = filled(insert, new).bind(identity).bind(company).bind(kind).bind(now).scalar().await;
    let id: i64 = added.map_err(taken)?;
    overtake_all_imports(tx, company).await?;
    let line = NewLine::new("client added", Subject("client", id)).touching(Subject("company", company.0));
    record(tx, line.after(serde_json::json!(new))).await?;
    Ok(ClientId(id))
}

/// Binds what is recorded of a client, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details) -> Query<'c> {
    let key = name_key(&new.name);
    let search = search(&key, new.hardware_id.as_deref());
    query
        .bind(&new.name)
        .bind(key)
        .bind(&new.hardware_id)
        .bind(search)
        .bind(&new.fqdn)
        .bind(new.os_family_id)
        .bind(&new.site)
        .bind(&new.owner)
        .bind(new.status)
        .bind(&new.note)
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() {
        return Problems::of("name", "Another client of this identity was recorded just now. Look it up first.").into();
    }
    error
}

/// What makes it the same client in every import. Cloned hardware IDs belong to one client for each name.
async fn identity_of(tx: &mut Tx, company: CompanyId, kind: Kind, new: &Details) -> Outcome<String> {
    let key = name_key(&new.name);
    if let Some(id) = &new.hardware_id {
        let cloned = tx
            .sql("select 1 as one from hardware_id_rulings where company_id = $1 and hardware_id = $2 and ruling = 'cloned'")
            .bind(company)
            .bind(id)
            .count_up_to(1)
            .await?;
        if cloned > 0 {
            return Ok(format!("c:{id}|{key}"));
        }
    }
    Ok(identity(kind, &key, new.hardware_id.as_deref()))
}

/// Names the family of systems that was chosen.
async fn with_family(tx: &mut Tx, mut new: Details) -> Outcome<Details> {
    if let Some(family) = new.os_family_id {
        let found: Option<(String,)> =
            tx.sql("select name from os_families where id = $1").bind(family).optional().await?;
        let (name,) = found.ok_or_else(|| Problems::of("os_family", "Choose one of the systems."))?;
        new.os_family = Some(name);
    }
    Ok(new)
}

/// Refuses a client that is known already.
async fn refuse(tx: &mut Tx, (company, kind): (CompanyId, Kind), new: &Details, own: Option<ClientId>) -> Outcome<()> {
    let mut problems = Problems::none();
    let own = own.map_or(0, |id| id.0);
    let identity = identity_of(tx, company, kind, new).await?;
    let same: Option<(i64, String)> = tx
        .sql("select id, name from clients where company_id = $1 and identity = $2 and id <> $3")
        .bind(company)
        .bind(identity)
        .bind(own)
        .optional()
        .await?;
    if let Some((id, name)) = same {
        let field = if new.hardware_id.is_some() { "hardware_id" } else { "name" };
        problems.add(field, format!("{name} is known already, as client number {id}. Correct that one."));
    } else if kind == Kind::Computer && new.hardware_id.is_none() {
        let namesake: Option<(i64,)> = tx
            .sql(
                "select id from clients where name_key = $1 and company_id = $2 and kind = 'computer' and id <> $3 \
                 order by id desc limit 1",
            )
            .bind(name_key(&new.name))
            .bind(company)
            .bind(own)
            .optional()
            .await?;
        if let Some((id,)) = namesake {
            let says = format!(
                "A computer of this name is known already, as client number {id}. Correct that one, or type the hardware \
                 ID that tells them apart."
            );
            problems.add("name", says);
        }
    }
    Ok(problems.or(())?)
}

/// A client as it stands, held against other changes until this one ends.
#[derive(sqlx::FromRow)]
struct Held {
    company_id: CompanyId,
    kind: Kind,
    identity: String,
    #[sqlx(flatten)]
    details: Details,
}

async fn hold(tx: &mut Tx, id: ClientId) -> Outcome<Held> {
    let lock = tx.pick("", " for update of c");
    tx.sql(DETAILS).push_bind(" where c.id = ?", id).push(lock).optional().await?.ok_or(Error::NotFound)
}

/// Whether an export has shown the client, so that its server says its name and hardware ID.
const TOLD: &str = "select 1 as one from clients c where c.id = $1 and (c.first_import_id is not null \
    or exists (select 1 from licenses l where l.client_id = c.id and l.first_import_id is not null))";

/// Whether an export has shown the client.
pub async fn is_told(db: &Db, id: ClientId) -> Outcome<bool> {
    Ok(db.sql(TOLD).bind(id).count_up_to(1).await? > 0)
}

/// Corrects what is recorded of a client. What its server says of it stays as the server says it.
pub async fn correct(tx: &mut Tx, id: ClientId, new: &Details, why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("client", id.0);
    still_newest(tx, subject, why.seen).await?;
    let told = tx.sql(TOLD).bind(id).count_up_to(1).await? > 0;
    let mut new = with_family(tx, new.clone()).await?;
    let mut identity = held.identity;
    if told {
        new.name.clone_from(&held.details.name);
        new.hardware_id.clone_from(&held.details.hardware_id);
    } else {
        refuse(tx, (held.company_id, held.kind), &new, Some(id)).await?;
        identity = identity_of(tx, held.company_id, held.kind, &new).await?;
        overtake_all_imports(tx, held.company_id).await?;
    }
    let update = tx.sql(
        "update clients set name = $1, name_key = $2, hardware_id = $3, search = $4, fqdn = $5, os_family_id = $6, site = $7, \
         owner = $8, status = $9, note = $10, identity = $11 where id = $12",
    );
    filled(update, &new).bind(identity).bind(id).execute().await.map_err(taken)?;
    record_correction(tx, NewLine::new("client corrected", subject), (&held.details, &new), why).await
}

/// Says that a client was taken out of use, or is in use again.
pub async fn retire(tx: &mut Tx, id: ClientId, back: bool, why: &Correction) -> Outcome<()> {
    let held = hold(tx, id).await?;
    let subject = Subject("client", id.0);
    still_newest(tx, subject, why.seen).await?;
    let status = if back { Status::Active } else { Status::Decommissioned };
    if held.details.status == status {
        let says = if back { "It is in use already." } else { "It was decommissioned already." };
        return Err(Problems::of("", says).into());
    }
    tx.sql("update clients set status = $1 where id = $2").bind(status).bind(id).execute().await?;
    let action = if back { "client taken back" } else { "client decommissioned" };
    let line = NewLine::new(action, subject)
        .before(serde_json::json!({"status": held.details.status.label()}))
        .after(serde_json::json!({"status": status.label()}));
    record(tx, why.explain(line)).await
}

/// What a typed name or number means among a company's clients.
#[derive(Debug)]
pub enum Meant {
    /// This client.
    One(ClientId, Kind),
    /// Nobody by that name or number.
    Nobody,
    /// Several bear the name; the sentence says how to tell them apart.
    Several(String),
}

/// A client as it is meant by name or number.
#[derive(sqlx::FromRow)]
struct Bearer {
    id: ClientId,
    kind: Kind,
    hardware_id: Option<String>,
}

/// The client of a company that is meant by a name, or by its number here.
pub async fn meant(tx: &mut Tx, company: CompanyId, typed: &str) -> Outcome<Meant> {
    let bearers: Vec<Bearer> = tx
        .sql("select id, kind, hardware_id from clients where name_key = $1 and company_id = $2 order by id limit 6")
        .bind(name_key(typed))
        .bind(company)
        .all()
        .await?;
    match bearers.as_slice() {
        [one] => return Ok(Meant::One(one.id, one.kind)),
        [] => {}
        several => {
            let words = |one: &Bearer| match &one.hardware_id {
                Some(id) => format!("{} (hardware ID {id})", one.id),
                None => one.id.to_string(),
            };
            let numbers: Vec<String> = several.iter().map(words).collect();
            let says = format!(
                "Several clients are named {}. Type the number of the one you mean: {}.",
                typed.trim(),
                numbers.join(", ")
            );
            return Ok(Meant::Several(says));
        }
    }
    let Ok(number) = typed.trim().parse::<i64>() else { return Ok(Meant::Nobody) };
    let one: Option<Bearer> = tx
        .sql("select id, kind, hardware_id from clients where id = $1 and company_id = $2")
        .bind(number)
        .bind(company)
        .optional()
        .await?;
    Ok(one.map_or(Meant::Nobody, |one| Meant::One(one.id, one.kind)))
}
