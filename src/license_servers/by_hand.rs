//! License servers in the database: what people change of them.

use super::epoch;
use super::form::{Details, IdChange};
use crate::check::Problems;
use crate::db::{Query, Reads, Tx};
use crate::history::correction::{Correction, not_again};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{CompanyId, LicenseServerId};
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};

const DETAILS: &str = "select name, os_version, license_server_id, product_id, connection_method, discovery_scope, country, \
    call_number, note from license_servers";

/// What is recorded of a server.
pub async fn details<'c>(db: impl Reads<'c>, id: LicenseServerId) -> Outcome<Details> {
    db.sql(DETAILS).push_bind(" where id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// Adds a server that no import has told of.
pub async fn add(tx: &mut Tx, company: CompanyId, new: &Details) -> Outcome<LicenseServerId> {
    let known: i64 = tx.sql("select count(*) from companies where id = $1").bind(company).scalar().await?;
    if known == 0 {
        return Err(Problems::of("company", "Choose the company whose seats it hands out.").into());
    }
    let now = tx.at;
    let insert = tx.sql(
        "insert into license_servers (name, name_key, os_version, license_server_id, product_id, connection_method, \
         discovery_scope, country, call_number, note, company_id, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id",
    );
    let added = filled(insert, new).bind(company).bind(now).scalar().await;
    let id: i64 = added.map_err(|error| taken(error.into()))?;
    let line =
        NewLine::new("license server added", Subject("license_server", id)).touching(Subject("company", company.0));
    record(tx, line.after(serde_json::json!(new))).await?;
    Ok(LicenseServerId(id))
}

/// Binds what is recorded of a server, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details) -> Query<'c> {
    query
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(&new.os_version)
        .bind(&new.license_server_id)
        .bind(&new.product_id)
        .bind(&new.connection_method)
        .bind(&new.discovery_scope)
        .bind(&new.country)
        .bind(&new.call_number)
        .bind(&new.note)
}

fn taken(error: Error) -> Error {
    if error.is_taken() {
        let says = "This company has a license server of this name already. Correct that one, or choose another name.";
        return Problems::of("name", says).into();
    }
    error
}

/// The server and its epoch, held against other changes until this one ends.
async fn hold(tx: &mut Tx, id: LicenseServerId) -> Outcome<(i64, Details)> {
    let lock = tx.pick("", " for update");
    let details: Option<Details> = tx.sql(DETAILS).push_bind(" where id = ?", id).push(lock).optional().await?;
    let details = details.ok_or(Error::NotFound)?;
    let epoch: i64 = tx.sql("select epoch from license_servers where id = $1").bind(id).scalar().await?;
    Ok((epoch, details))
}

/// Corrects what is recorded of a server, and does what another ID or a new database asks for.
pub async fn correct(
    tx: &mut Tx,
    id: LicenseServerId,
    (new, change): (&Details, IdChange),
    why: &Correction,
) -> Outcome<()> {
    let (old_epoch, before) = hold(tx, id).await?;
    let subject = Subject("license_server", id.0);
    still_newest(tx, subject, why.seen).await?;
    // One revision more: an import that was compared with the server as it was is compared anew.
    let update = tx.sql(
        "update license_servers set name = $1, name_key = $2, os_version = $3, license_server_id = $4, product_id = $5, \
         connection_method = $6, discovery_scope = $7, country = $8, call_number = $9, note = $10, \
         revision = revision + 1 where id = $11",
    );
    let updated = filled(update, new).bind(id).execute().await;
    updated.map_err(|error| taken(error.into()))?;
    if before != *new || change == IdChange::None {
        let action =
            if change == IdChange::Reactivated { "license server reactivated" } else { "license server corrected" };
        record_correction(tx, NewLine::new(action, subject), (&before, new), why).await?;
    }
    match change {
        IdChange::None => Ok(()),
        IdChange::Reactivated => epoch::note_reactivated(tx, id, old_epoch, None).await,
        IdChange::NewDatabase => begin_epoch(tx, id, old_epoch, why).await,
    }
}

async fn begin_epoch(tx: &mut Tx, id: LicenseServerId, old_epoch: i64, why: &Correction) -> Outcome<()> {
    tx.sql("update license_servers set epoch = epoch + 1 where id = $1").bind(id).execute().await?;
    let line = NewLine::new("license database rebuilt", Subject("license_server", id.0))
        .before(serde_json::json!({"epoch": old_epoch}))
        .after(serde_json::json!({"epoch": old_epoch + 1}));
    record(tx, why.explain(line)).await?;
    epoch::note_new_database(tx, id, old_epoch, None).await
}

/// Retires a server, or takes it back.
pub async fn retire(tx: &mut Tx, id: LicenseServerId, back: bool, why: &Correction) -> Outcome<()> {
    hold(tx, id).await?;
    let subject = Subject("license_server", id.0);
    still_newest(tx, subject, why.seen).await?;
    let retired: Option<i64> = tx.sql("select retired_at from license_servers where id = $1").bind(id).scalar().await?;
    not_again(retired.is_some(), back)?;
    let at = (!back).then_some(tx.at);
    tx.sql("update license_servers set retired_at = $1 where id = $2").bind(at).bind(id).execute().await?;
    let action = if back { "license server taken back" } else { "license server retired" };
    record(tx, why.explain(NewLine::new(action, subject))).await
}

/// One revision more of a server: an import that was compared with what it had is compared anew.
pub async fn overtake_imports(tx: &mut Tx, id: LicenseServerId) -> Outcome<()> {
    tx.sql("update license_servers set revision = revision + 1 where id = $1").bind(id).execute().await?;
    Ok(())
}

/// The same for every server of a company, whose clients they share.
pub async fn overtake_all_imports(tx: &mut Tx, company: CompanyId) -> Outcome<()> {
    tx.sql("update companies set revision = revision + 1 where id = $1").bind(company).execute().await?;
    Ok(())
}
