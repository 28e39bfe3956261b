//! License servers in the database: what imports change of them.

use super::epoch;
use super::license_server::LicenseServer;
use crate::db::{Db, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{CompanyId, ImportId, LicenseServerId};
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::Outcome;

/// The revision is the server's own and that of its company's clients.
const COLUMNS: &str = "select id, company_id, name, license_server_id, epoch, \
    revision + (select o.revision from companies o where o.id = company_id) as revision, packs_seen_at, licenses_seen_at \
    from license_servers";

/// The server of a name within a company, if it is known.
pub async fn look_up(db: &Db, company: CompanyId, name: &str) -> Outcome<Option<LicenseServer>> {
    Ok(db
        .sql(COLUMNS)
        .push_bind(" where company_id = ?", company)
        .push_bind(" and name_key = ?", name_key(name))
        .optional()
        .await?)
}

/// The servers' names, for a form's suggestions (at most 500).
pub async fn names(db: &Db) -> Outcome<Vec<String>> {
    let names: Vec<(String,)> = db.sql("select name from license_servers order by name_key limit 500").all().await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// The servers that bear a license server ID.
pub async fn of_license_server_id(db: &Db, license_server_id: &str) -> Outcome<Vec<LicenseServer>> {
    Ok(db.sql(COLUMNS).push_bind(" where license_server_id = ?", license_server_id).all().await?)
}

/// The server, held against other imports until this change ends; its company is held before it.
pub async fn hold(tx: &mut Tx, id: LicenseServerId) -> Outcome<LicenseServer> {
    let lock = tx.pick("", " for update");
    Ok(tx.sql(COLUMNS).push_bind(" where id = ?", id).push(lock).one().await?)
}

/// Adds a server that an import speaks of.
pub async fn add(tx: &mut Tx, company: CompanyId, name: &str, import: ImportId) -> Outcome<LicenseServerId> {
    let now = tx.at;
    let id: i64 = tx
        .sql(
            "insert into license_servers (company_id, name, name_key, created_at) values ($1, $2, $3, $4) returning id",
        )
        .bind(company)
        .bind(name.trim())
        .bind(name_key(name))
        .bind(now)
        .scalar()
        .await?;
    let line = NewLine::new("license server added", Subject("license_server", id))
        .touching(Subject("company", company.0))
        .after(serde_json::json!({"name": name.trim()}))
        .by_import(import);
    record(tx, line).await?;
    Ok(LicenseServerId(id))
}

/// Notes the license server ID (and product ID) that an export told; `None` before: it was not known.
pub async fn set_license_server_id(
    tx: &mut Tx,
    server: &LicenseServer,
    license_server_id: &str,
    product_id: &str,
    import: ImportId,
) -> Outcome<()> {
    tx.sql("update license_servers set license_server_id = $1, product_id = nullif($2, '') where id = $3")
        .bind(license_server_id)
        .bind(product_id)
        .bind(server.id)
        .execute()
        .await?;
    let action =
        if server.license_server_id.is_none() { "license server ID noted" } else { "license server reactivated" };
    let line = NewLine::new(action, Subject("license_server", server.id.0))
        .before(serde_json::json!({"license_server_id": server.license_server_id}))
        .after(serde_json::json!({"license_server_id": license_server_id}))
        .by_import(import);
    record(tx, line).await?;
    if server.license_server_id.is_some() {
        epoch::note_reactivated(tx, server.id, server.epoch, Some(import)).await?;
    }
    Ok(())
}

/// Begins a new epoch: the license database started anew, so its numbers start anew too.
pub async fn begin_epoch(tx: &mut Tx, server: &LicenseServer, import: ImportId) -> Outcome<i64> {
    let epoch = server.epoch + 1;
    tx.sql("update license_servers set epoch = $1 where id = $2").bind(epoch).bind(server.id).execute().await?;
    let line = NewLine::new("license database rebuilt", Subject("license_server", server.id.0))
        .before(serde_json::json!({"epoch": server.epoch}))
        .after(serde_json::json!({"epoch": epoch}))
        .because("Key packs of the old database must be reinstalled or migrated.")
        .by_import(import);
    record(tx, line).await?;
    epoch::note_new_database(tx, server.id, server.epoch, Some(import)).await?;
    Ok(epoch)
}

/// Notes until when the server's packs and licenses are known, after an import was applied.
pub async fn mark_seen(
    tx: &mut Tx,
    id: LicenseServerId,
    packs: Option<Moment>,
    licenses: Option<Moment>,
) -> Outcome<()> {
    tx.sql(
        "update license_servers set revision = revision + 1, packs_seen_at = coalesce($1, packs_seen_at), \
         licenses_seen_at = coalesce($2, licenses_seen_at) where id = $3",
    )
    .bind(packs)
    .bind(licenses)
    .bind(id)
    .execute()
    .await?;
    Ok(())
}
