//! What the demonstration asks of the database itself: whether it may be made there, or is there already.

use crate::agreements::agreement::Details as Bought;
use crate::db::{Db, Tx};
use crate::findings::finding::Kind;
use crate::history::correction::Correction;
use crate::history::line::{NewLine, Subject};
use crate::history::store::{newest, record};
use crate::ids::{AgreementId, ClientId, CompanyId, FindingId, KeyPackId, LicenseId, LicenseServerId, ReissueId};
use crate::key_packs::by_hand::correct;
use crate::key_packs::form::{Details, IdChange};
use crate::key_packs::key_pack::Origin;
use crate::web::error::{Error, Outcome};
use crate::{clients, companies, license_servers};

/// The action of the first line of a demonstration's history.
const MADE: &str = "demonstration made";
/// The action of the line that says that all of it is there.
const COMPLETE: &str = "demonstration complete";

/// What a database holds, as far as a demonstration is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Empty,
    /// A demonstration.
    Demonstration,
    /// A demonstration whose making was interrupted.
    Unfinished,
    /// Somebody's own data.
    Taken,
}

/// What the database holds.
pub async fn standing(db: &Db) -> Outcome<Standing> {
    let first: Option<(String,)> = db.sql("select action from history where id = 1").optional().await?;
    let Some((first,)) = first else {
        let taken: i64 = db
            .sql(
                "select 1 as one from users union all select 1 as one from companies \
                 union all select 1 as one from imports",
            )
            .count_up_to(1)
            .await?;
        return Ok(if taken == 0 { Standing::Empty } else { Standing::Taken });
    };
    if first != MADE {
        return Ok(Standing::Taken);
    }
    let complete: i64 = db.sql("select 1 as one from history where action = $1").bind(COMPLETE).count_up_to(1).await?;
    Ok(if complete == 1 { Standing::Demonstration } else { Standing::Unfinished })
}

/// Marks the database as a demonstration, forever: history is never changed.
pub async fn mark(tx: &mut Tx) -> Outcome<()> {
    let line = NewLine::new(MADE, Subject("demonstration", 1))
        .because("Made up, for trying the console out: no company, computer or person in it exists.");
    record(tx, line).await
}

/// Says that all of it is there.
pub async fn mark_complete(tx: &mut Tx) -> Outcome<()> {
    record(tx, NewLine::new(COMPLETE, Subject("demonstration", 1))).await
}

/// The full license of the computer of a hardware ID.
pub async fn license_of(tx: &mut Tx, hardware_id: &str) -> Outcome<LicenseId> {
    let query = tx.sql(
        "select l.id from clients c join licenses l on l.client_id = c.id where c.hardware_id = $1 and l.status = 2 \
         and l.gone_at is null and l.transferred_at is null order by l.expires_at desc limit 1",
    );
    query.bind(hardware_id.to_lowercase()).optional::<(LicenseId,)>().await?.map(|(id,)| id).ok_or_else(missing)
}

/// The computer of a hardware ID.
pub async fn client_of(tx: &mut Tx, hardware_id: &str) -> Outcome<ClientId> {
    let query =
        tx.sql("select id from clients where hardware_id = $1 order by id limit 1").bind(hardware_id.to_lowercase());
    query.optional::<(ClientId,)>().await?.map(|(id,)| id).ok_or_else(missing)
}

/// A company by name.
pub async fn company(tx: &mut Tx, name: &str) -> Outcome<CompanyId> {
    let found: Option<(CompanyId,)> = tx.sql("select id from companies where name = $1").bind(name).optional().await?;
    found.map(|(id,)| id).ok_or_else(missing)
}

/// Records whom Microsoft knows as the company's contact, and its country.
pub async fn known_as(tx: &mut Tx, company: CompanyId) -> Outcome<()> {
    let listed = companies::read::find(&mut *tx, company).await?;
    let details = companies::company::Details {
        contact_first_name: "Erika".to_owned(),
        contact_last_name: "Beispiel".to_owned(),
        phone: "+49 40 5550 0117 (made up)".to_owned(),
        country: "Germany".to_owned(),
        ..listed.details
    };
    let seen = newest(&mut *tx, Subject("company", company.0)).await?;
    let why = Correction { reason: "For the call to Microsoft.".to_owned(), effective_on: None, seen };
    companies::store::correct(tx, company, &details, &why).await
}

/// A license server of a company.
pub async fn server_of(tx: &mut Tx, company: &str) -> Outcome<LicenseServerId> {
    let query = tx.sql("select s.id from license_servers s join companies o on o.id = s.company_id where o.name = $1");
    query
        .bind(company)
        .push(" order by s.id limit 1")
        .optional::<(LicenseServerId,)>()
        .await?
        .map(|(id,)| id)
        .ok_or_else(missing)
}

/// A license server by name, and what is recorded of it.
pub async fn server_named(tx: &mut Tx, name: &str) -> Outcome<(LicenseServerId, license_servers::form::Details)> {
    let query = tx.sql("select id from license_servers where name = $1").bind(name);
    let (id,): (LicenseServerId,) = query.optional().await?.ok_or_else(missing)?;
    Ok((id, license_servers::by_hand::details(&mut *tx, id).await?))
}

/// The full license of a computer that lasts the longest, on a server that can revoke.
pub async fn to_revoke(tx: &mut Tx) -> Outcome<Option<LicenseId>> {
    let now = tx.at;
    let query = tx.sql(
        "select l.id from license_servers s join licenses l on l.server_id = s.id where s.os_version = 'Windows Server 2022' \
         and l.license_type = 'per_device' and l.version = '2022' and l.status = 2 and l.gone_at is null \
         and l.transferred_at is null and l.expires_at > $1 \
         and not exists (select 1 from findings f where f.client_id = l.client_id or f.other_client_id = l.client_id) \
         order by l.expires_at desc, l.id limit 1",
    );
    Ok(query.bind(now).optional::<(LicenseId,)>().await?.map(|(id,)| id))
}

/// Says of a company's key packs of an agreement's version and type that they came with it, where nobody said yet whence they
/// came and as far as its licenses go.
pub async fn bought_by(tx: &mut Tx, company: CompanyId, (agreement, bought): (AgreementId, &Bought)) -> Outcome<()> {
    let packs: Vec<(KeyPackId, i64)> = tx
        .sql(
            "select k.id, k.quantity from key_packs k join license_servers s on s.id = k.server_id where s.company_id = $1 \
             and k.version = $2 and k.license_type = $3 and k.quantity > 0 and k.origin = 'unknown' and k.gone_at is null \
             order by k.id",
        )
        .bind(company)
        .bind(&bought.product_version)
        .bind(&bought.license_type)
        .all()
        .await?;
    let mut left = bought.quantity;
    for (id, quantity) in packs {
        if quantity > left {
            continue;
        }
        left -= quantity;
        let mut details: Details = tx
            .sql(
                "select origin, state, agreement_id, license_key_pack_id, installed_on, note, keypack_id, version, \
                 license_type, quantity, issued, expires_at from key_packs where id = $1",
            )
            .bind(id)
            .one()
            .await?;
        details.recorded.origin = Origin::Original;
        details.recorded.agreement_id = Some(agreement.0);
        let seen = newest(&mut *tx, Subject("key_pack", id.0)).await?;
        let why = Correction { reason: "As the papers say.".to_owned(), effective_on: None, seen };
        correct(tx, id, (&details, IdChange::Keep), &why).await?;
    }
    Ok(())
}

/// The key packs that came of a request, the first one first.
pub async fn granted(tx: &mut Tx, request: ReissueId) -> Outcome<Vec<KeyPackId>> {
    let rows: Vec<(KeyPackId,)> =
        tx.sql("select key_pack_id from grants where reissue_id = $1 order by id").bind(request).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A bought key pack of Windows Server 2003, and its server.
pub async fn pack_to_replace(tx: &mut Tx) -> Outcome<Option<(LicenseServerId, KeyPackId)>> {
    let query = tx.sql(
        "select server_id, id from key_packs where version = '2003' and license_type = 'per_device' and quantity > 0 \
         and state = 'installed' and reissue_id is null order by quantity, id limit 1",
    );
    Ok(query.optional().await?)
}

/// The newest license that carries on a seat which has moved.
pub async fn moved(tx: &mut Tx) -> Outcome<Option<LicenseId>> {
    let query = tx.sql(
        "select l.id from transfers t join licenses l on l.id = t.destination_license_id where t.state = 'completed' \
         and l.gone_at is null order by t.id limit 1",
    );
    Ok(query.optional::<(LicenseId,)>().await?.map(|(id,)| id))
}

/// A request of transfers that waits for its call.
pub async fn open_request(tx: &mut Tx) -> Outcome<Option<ReissueId>> {
    let query = tx.sql("select id from reissues where state = 'open' and reason = 'transfer' order by id desc limit 1");
    Ok(query.optional::<(ReissueId,)>().await?.map(|(id,)| id))
}

/// Says of two computers that still hold a license that one is out of use and the other lost, and names them.
pub async fn take_out_of_use(tx: &mut Tx) -> Outcome<Vec<ClientId>> {
    let query = tx.sql(
        "select c.id from clients c where c.kind = 'computer' and c.status = 'active' and c.hardware_id is not null \
         and not exists (select 1 from transfers t where t.source_id = c.id or t.destination_id = c.id) \
         and exists (select 1 from licenses l join license_servers s on s.id = l.server_id where l.client_id = c.id \
             and l.gone_at is null and l.status = 2 and l.transferred_at is null and l.expires_at > s.licenses_seen_at) \
         order by c.id limit 2",
    );
    let found: Vec<(ClientId,)> = query.all().await?;
    let mut named = Vec::new();
    for ((id,), status) in
        found.into_iter().zip([clients::client::Status::Decommissioned, clients::client::Status::Lost])
    {
        let details = clients::form::Details { status, ..clients::by_hand::details(&mut *tx, id).await? };
        let seen = newest(&mut *tx, Subject("client", id.0)).await?;
        let why = Correction { reason: "Told by the site.".to_owned(), effective_on: None, seen };
        clients::by_hand::correct(tx, id, &details, &why).await?;
        named.push(id);
    }
    Ok(named)
}

/// The first open finding of a kind.
pub async fn open_finding(tx: &mut Tx, kind: Kind) -> Outcome<Option<FindingId>> {
    let query = tx.sql("select id from findings where kind = $1 and state = 'open' order by id limit 1").bind(kind);
    Ok(query.optional::<(FindingId,)>().await?.map(|(id,)| id))
}

fn missing() -> Error {
    Error::internal("the demonstration lacks what it made itself")
}
