//! Applying an import: one transaction that moves what is staged into the register and writes the history.

use super::covered::Covered;
use super::import::Import;
use super::work::Worker;
use super::{apply_clients, apply_packs, apply_rows, store};
use crate::change;
use crate::check::Problems;
use crate::companies;
use crate::db::{Db, Tx};
use crate::findings::look;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{CompanyId, ImportId, LicenseServerId};
use crate::license_servers;
use crate::moment::Moment;
use crate::transfers::by_import::{self, Brought};
use crate::web::error::{Error, Outcome};

/// The import that is being applied.
pub(super) struct Applying<'a> {
    pub import: &'a Import,
    pub company: CompanyId,
}

impl Applying<'_> {
    pub fn id(&self) -> ImportId {
        self.import.id
    }
}

/// Applies an import that the state `applying` reserves for this worker: all of it or, with an error, nothing.
///
/// # Errors
/// Refused, when the register has changed since the comparison.
pub async fn apply(db: &Db, import: &Import, actor: &str, worker: &Worker) -> Outcome<()> {
    let servers = store::servers(db, import.id).await?;
    let files = store::files(db, import.id).await?;
    change!(db, actor, worker.clock.now(), tx, {
        take(tx, import.id, &worker.name).await?;
        // First of all, so that whoever changes a transfer or a finding meanwhile waits for the import and never the other way
        // round.
        let look = look::begin(tx).await?;
        let before = by_import::watch(tx, &told_of(&servers)).await?;
        let company = company(tx, import).await?;
        // Before its servers, as people do who add one of its clients.
        companies::store::hold_clients(tx, company).await?;
        let applying = Applying { import, company };
        for server in &servers {
            settle_server(tx, &applying, server).await?;
        }
        apply_packs::apply(tx, &applying).await?;
        apply_clients::apply(tx, &applying).await?;
        apply_rows::apply(tx, &applying).await?;
        let brought = brought(tx, import).await?;
        let told = by_import::follow(tx, &brought, before).await?;
        for server in &servers {
            mark(tx, &applying, server).await?;
        }
        let found = look::at_everything(tx, look, (import.id, import.captured_at), worker.unseen_days).await?;
        say(tx, &applying, &files, (told, found)).await?;
    })
}

/// The known servers whose licenses the import tells, unless it is an older one.
fn told_of(servers: &[Covered]) -> Vec<LicenseServerId> {
    let tells = servers.iter().filter(|server| server.has_licenses == 1 && server.older_licenses == 0);
    tells.filter_map(|server| server.server_id.map(LicenseServerId)).collect()
}

/// What the import tells of licenses, new servers among it.
async fn brought(tx: &mut Tx, import: &Import) -> Outcome<Brought> {
    let servers: Vec<(LicenseServerId,)> = tx
        .sql(
            "select server_id from import_servers where import_id = $1 and has_licenses = 1 and older_licenses = 0 order by n",
        )
        .bind(import.id)
        .all()
        .await?;
    let servers = servers.into_iter().map(|(id,)| id).collect();
    Ok(Brought { import: import.id, captured_at: import.captured_at, servers })
}

/// Takes the import for this change; whoever else would apply it finds it taken.
async fn take(tx: &mut Tx, id: ImportId, worker: &str) -> Outcome<()> {
    let (now, actor) = (tx.at, tx.actor.clone());
    let taken = tx
        .sql(
            "update imports set state = 'applied', finished_at = $1, finished_by = $2, message = '' \
             where id = $3 and state = 'applying' and worker = $4",
        )
        .bind(now)
        .bind(&actor)
        .bind(id)
        .bind(worker)
        .execute()
        .await?;
    if taken == 1 { Ok(()) } else { Err(Error::internal("the import was taken by another copy of the program")) }
}

async fn company(tx: &mut Tx, import: &Import) -> Outcome<CompanyId> {
    if import.company_name.trim().is_empty() {
        let only: Option<(CompanyId,)> = tx.sql("select id from companies order by id limit 1").optional().await?;
        if let Some((only,)) = only {
            return Ok(only);
        }
        return companies::store::find_or_add(tx, companies::store::UNNAMED).await;
    }
    companies::store::find_or_add(tx, &import.company_name).await
}

/// Adds a new server, begins the epoch of a rebuilt one, and notes the license server ID that was told.
async fn settle_server(tx: &mut Tx, applying: &Applying<'_>, server: &Covered) -> Outcome<()> {
    let id = match server.server_id {
        Some(id) => LicenseServerId(id),
        None => license_servers::store::add(tx, applying.company, &server.name, applying.id()).await?,
    };
    let known = license_servers::store::hold(tx, id).await?;
    if known.company_id != applying.company {
        let sentence = "The server belongs to another company than this import names. Discard it, and bring the files in \
            again under the company’s present name.";
        return Err(Problems::of("company", sentence).into());
    }
    if server.server_id.is_some() && known.revision != server.revision {
        let sentence = "The register has changed since this import was compared with it. It is being compared anew.";
        return Err(Problems::of("stale", sentence).into());
    }
    let epoch = if server.new_epoch == 1 {
        license_servers::store::begin_epoch(tx, &known, applying.id()).await?
    } else {
        known.epoch
    };
    let told = &server.license_server_id;
    if !told.is_empty() && known.license_server_id.as_ref() != Some(told) {
        license_servers::store::set_license_server_id(tx, &known, told, &server.product_id, applying.id()).await?;
    }
    tx.sql("update import_servers set server_id = $1, epoch = $2 where import_id = $3 and n = $4")
        .bind(id)
        .bind(epoch)
        .bind(applying.id())
        .bind(server.n)
        .execute()
        .await?;
    Ok(())
}

/// Notes until when the server is known now.
async fn mark(tx: &mut Tx, applying: &Applying<'_>, server: &Covered) -> Outcome<()> {
    let (id,): (LicenseServerId,) = tx
        .sql("select server_id from import_servers where import_id = $1 and n = $2")
        .bind(applying.id())
        .bind(server.n)
        .one()
        .await?;
    let seen = |has: i64, older: i64| (has == 1 && older == 0).then_some(applying.import.captured_at);
    let packs = seen(server.has_packs, server.older_packs);
    let licenses = seen(server.has_licenses, server.older_licenses);
    license_servers::store::mark_seen(tx, id, packs, licenses).await
}

/// The import's own line of history: what it brought in figures, and the files by which that can be checked.
async fn say(
    tx: &mut Tx,
    applying: &Applying<'_>,
    files: &[super::import::ImportFile],
    (told, found): (by_import::Told, look::Told),
) -> Outcome<()> {
    let import = applying.import;
    let files: Vec<serde_json::Value> = files
        .iter()
        .map(|file| serde_json::json!({"name": file.name, "rows": file.row_count, "sha256": file.sha256}))
        .collect();
    let mut line =
        NewLine::new("import applied", Subject("import", import.id.0)).by_import(import.id).after(serde_json::json!({
            "captured_at": import.captured_at.iso(),
            "new": import.new_count,
            "changed": import.changed_count,
            "unchanged": import.unchanged_count,
            "gone": import.gone_count,
            "older": import.older_count,
            "left_out": import.left_out_count,
            "seats_gone_on": told.gone_on,
            "transfers_completed": told.completed,
            "transfers_asked_about": told.asked,
            "findings": found.found,
            "findings_again": found.back,
            "findings_no_longer_there": found.gone,
            "files": files,
        }));
    let servers: Vec<(i64,)> =
        tx.sql("select server_id from import_servers where import_id = $1 order by n").bind(import.id).all().await?;
    for (server,) in servers {
        line = line.touching(Subject("license_server", server));
    }
    record(tx, line.touching(Subject("company", applying.company.0))).await
}

/// The fields that differ, before and after, for a line of history.
#[derive(Default)]
pub(super) struct Difference {
    before: serde_json::Map<String, serde_json::Value>,
    after: serde_json::Map<String, serde_json::Value>,
}

impl Difference {
    /// Notes a field when its values differ.
    pub fn field<T: serde::Serialize + PartialEq>(mut self, name: &str, before: &T, after: &T) -> Difference {
        if before != after {
            self.before.insert(name.to_owned(), serde_json::json!(before));
            self.after.insert(name.to_owned(), serde_json::json!(after));
        }
        self
    }

    /// Notes a moment when it differs, as people and machines can read it.
    pub fn moment(self, name: &str, before: Moment, after: Moment) -> Difference {
        let word = |at: Moment| match at {
            at if at.is_never() => "never".to_owned(),
            at if at.is_unknown() => "not known".to_owned(),
            at => at.iso(),
        };
        self.field(name, &word(before), &word(after))
    }

    /// Puts the fields into a line.
    pub fn into_line(self, line: NewLine) -> NewLine {
        line.before(self.before.into()).after(self.after.into())
    }
}
