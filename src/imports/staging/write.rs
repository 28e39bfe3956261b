//! The staged rows as statements, a step's worth at a time.

use super::{STEP, StagedClient, StagedLicense, StagedPack, StagedProblem, StagedServer, UNKNOWN_VERSION};
use crate::db::Tx;
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::Outcome;

pub(super) async fn servers(tx: &mut Tx, import: ImportId, servers: &[StagedServer]) -> Outcome<()> {
    for server in servers {
        let known = server.known.as_ref();
        tx.sql(
            "insert into import_servers (import_id, n, name, name_key, server_id, epoch, revision, \
             license_server_id, product_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(import)
        .bind(server.n)
        .bind(&server.name)
        .bind(name_key(&server.name))
        .bind(known.map(|known| known.id))
        .bind(known.map_or(1, |known| known.epoch))
        .bind(known.map_or(0, |known| known.revision))
        .bind(&server.license_server_id)
        .bind(&server.product_id)
        .execute()
        .await?;
    }
    Ok(())
}

pub(super) async fn packs(tx: &mut Tx, import: ImportId, packs: &[StagedPack]) -> Outcome<()> {
    for some in packs.chunks(STEP) {
        tx.sql(
            "insert into import_key_packs (import_id, n, file_id, line, server_n, keypack_id, version, license_type, \
             product_code, product_version, product_version_id, key_pack_type, product_type, type_and_model, \
             access_rights, quantity, issued, available, expires_at, described, outcome, key_pack_id) values",
        )
        .rows_of(some, |query, pack| {
            let row = pack.row.as_ref();
            let text = |value: Option<&String>| value.cloned().unwrap_or_default();
            query
                .value(import)
                .value(pack.n)
                .value(pack.file)
                .value(pack.line)
                .value(pack.server)
                .value(pack.keypack_id)
                .value(pack.version.map_or_else(|| UNKNOWN_VERSION.to_owned(), String::from))
                .value(pack.license_type.as_str())
                .value(text(row.map(|row| &row.product_code)))
                .value(text(row.map(|row| &row.product_version)))
                .value(row.and_then(|row| row.product_version_id))
                .value(row.map(|row| row.key_pack_type))
                .value(row.map(|row| row.product_type))
                .value(text(row.map(|row| &row.type_and_model)))
                .value(row.and_then(|row| row.access_rights))
                .value(row.and_then(|row| row.quantity))
                .value(row.and_then(|row| row.issued))
                .value(row.and_then(|row| row.available))
                .value(row.and_then(|row| row.expires_at).map_or(Moment::NEVER, Moment))
                .value(i64::from(row.is_some()))
                .value(if row.is_none() && pack.known.is_some() { "context" } else { "new" })
                .value(pack.known)
        })
        .execute()
        .await?;
    }
    Ok(())
}

pub(super) async fn clients(tx: &mut Tx, import: ImportId, clients: &[StagedClient]) -> Outcome<()> {
    for some in clients.chunks(STEP) {
        tx.sql(
            "insert into import_clients (import_id, n, identity, kind, name, name_key, hardware_id, search, issued_at, \
             outcome) values",
        )
        .rows_of(some, |query, client| {
            let identity = &client.identity;
            query
                .value(import)
                .value(client.n)
                .value(&identity.key)
                .value(identity.kind)
                .value(&identity.name)
                .value(name_key(&identity.name))
                .value(&identity.hardware_id)
                .value(identity.search())
                .value(client.issued_at)
                .value("new")
        })
        .execute()
        .await?;
    }
    Ok(())
}

pub(super) async fn licenses(tx: &mut Tx, import: ImportId, licenses: &[StagedLicense]) -> Outcome<()> {
    for some in licenses.chunks(STEP) {
        tx.sql(
            "insert into import_licenses (import_id, n, file_id, line, server_n, pack_n, client_n, license_number, \
             user_name, computer, hardware_id, status, issued_at, expires_at, outcome) values",
        )
        .rows_of(some, |query, license| {
            let row = &license.row;
            query
                .value(import)
                .value(license.n)
                .value(license.file)
                .value(license.line)
                .value(license.server)
                .value(license.pack)
                .value(license.client)
                .value(row.license_id)
                .value(&row.user)
                .value(&row.computer)
                .value(&row.hardware_id)
                .value(row.status)
                .value(row.issued_at.map_or(Moment::UNKNOWN, Moment))
                .value(row.expires_at.map_or(Moment::NEVER, Moment))
                .value("new")
        })
        .execute()
        .await?;
    }
    Ok(())
}

pub(super) async fn problems(tx: &mut Tx, import: ImportId, problems: &[StagedProblem]) -> Outcome<()> {
    for some in problems.chunks(STEP) {
        tx.sql("insert into import_problems (import_id, n, kind, file_id, line, subject, message) values")
            .rows_of(some, |query, problem| {
                query
                    .value(import)
                    .value(problem.n)
                    .value("error")
                    .value(problem.file)
                    .value(problem.line)
                    .value("")
                    .value(&problem.message)
            })
            .execute()
            .await?;
    }
    Ok(())
}
