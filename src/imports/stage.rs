//! From files to staged rows: finding out what each file is, asking what only a person knows, reading.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::form::Coverage;
use super::import::{Import, ImportFile};
use super::reading::{self, DateOrder, Dates, Inspection, Kind, Line, Mapping, Record, Refusal, Settings, Shape};
use super::receive::Pieces;
use super::staging::{STEP, Stager};
use super::store;
use crate::change;
use crate::companies;
use crate::db::Db;
use crate::ids::{CompanyId, ImportId};
use crate::moment::Clock;
use crate::web::error::{Error, Outcome};

/// How the reading of an import's files ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Staged {
    /// Every row is staged.
    Whole,
    /// A person must say something first; the files say what.
    Asks,
    /// A person must name the company or the server first; one sentence.
    AsksNames(String),
    /// The import was cancelled meanwhile.
    Cancelled,
    /// The files cannot be used; one sentence.
    Refused(String),
}

/// A file that was looked through.
struct Looked {
    file: ImportFile,
    inspection: Inspection,
    mapping: Option<Mapping>,
}

/// Looks through an import's files and stages their rows.
pub async fn stage(db: &Db, clock: &Clock, import: &Import) -> Outcome<Staged> {
    let files = store::files(db, import.id).await?;
    let mut looked = Vec::with_capacity(files.len());
    let bytes: i64 = files.iter().map(|file| file.size).sum();
    if !store::begin_step(db, import.id, "Looking through the files", bytes, clock.now()).await? {
        return Ok(Staged::Cancelled);
    }
    for file in files {
        match look_through(db, file).await? {
            Ok(one) => looked.push(one),
            Err(sentence) => return Ok(Staged::Refused(sentence)),
        }
    }
    let order = import.date_order.as_deref().and_then(date_order);
    let mut asks = false;
    for one in &looked {
        asks |= note(db, clock, one, order).await?;
    }
    if asks {
        return Ok(Staged::Asks);
    }
    let company = match company(db, import).await? {
        Ok(company) => company,
        Err(sentence) => return Ok(Staged::AsksNames(sentence)),
    };
    let (named, several) = match name_servers(import, &looked) {
        Ok(servers) => servers,
        Err(sentence) => return Ok(Staged::AsksNames(sentence)),
    };
    clear(db, clock, import.id).await?;
    if import.covers == Coverage::AsUsual && looked.iter().any(|one| one.mapping.is_some()) {
        // A report is a part of the server, unless somebody said otherwise.
        change!(db, "", clock.now(), tx, {
            tx.sql("update imports set covers = $1 where id = $2")
                .bind(Coverage::Part)
                .bind(import.id)
                .execute()
                .await?;
        })?;
    }
    // Servers and packs first: licenses are counted by what their pack says.
    looked.sort_by_key(|one| match kind(one) {
        Kind::Server => 0,
        Kind::KeyPacks => 1,
        Kind::Licenses | Kind::Unmapped => 2,
    });
    if import.server_name.trim().is_empty() && !named.is_empty() {
        store::set_names(db, import.id, &import.company_name, &named, clock.now()).await?;
    }
    let stager = Stager::new(db, import.id, company, &named, several);
    read_all(db, clock, import, looked, stager).await
}

fn kind(one: &Looked) -> Kind {
    one.mapping.as_ref().map_or(one.inspection.kind, |mapping| mapping.kind)
}

/// How a date order is written in settings and addresses.
pub fn date_order(text: &str) -> Option<DateOrder> {
    match text {
        "day_first" => Some(DateOrder::DayFirst),
        "month_first" => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

async fn look_through(db: &Db, file: ImportFile) -> Outcome<Result<Looked, String>> {
    let (pieces, id) = (db.clone(), file.id);
    let runtime = tokio::runtime::Handle::current();
    let first = inspect(pieces.clone(), id, runtime.clone(), None).await?;
    let mut inspection = match first {
        Ok(inspection) => inspection,
        Err(Refusal(sentence)) => return Ok(Err(format!("{}: {sentence}", file.name))),
    };
    // An empty list in JSON has no headings either, so there is nothing to ask about.
    if inspection.shape == Shape::Empty || inspection.headers.is_empty() {
        let sentence = format!("{} is empty: it has neither rows nor headings. Export it again.", file.name);
        return Ok(Err(sentence));
    }
    let mut mapping = None;
    if inspection.kind == Kind::Unmapped {
        mapping = store::mapping(db, &inspection.signature).await?;
        if let Some(known) = mapping.clone() {
            inspection = match inspect(pieces, id, runtime, Some(known)).await? {
                Ok(inspection) => inspection,
                Err(Refusal(sentence)) => return Ok(Err(format!("{}: {sentence}", file.name))),
            };
        }
    }
    Ok(Ok(Looked { file, inspection, mapping }))
}

async fn inspect(
    db: Db,
    file: i64,
    runtime: tokio::runtime::Handle,
    mapping: Option<Mapping>,
) -> Outcome<Result<Inspection, Refusal>> {
    tokio::task::spawn_blocking(move || {
        reading::inspect(|| Ok(Pieces::of(&db, file, runtime.clone())), mapping.as_ref())
    })
    .await
    .map_err(Error::internal)
}

/// Notes what was found out about a file. Says whether something must be asked about it.
async fn note(db: &Db, clock: &Clock, one: &Looked, order: Option<DateOrder>) -> Outcome<bool> {
    let inspection = &one.inspection;
    let question = match (&inspection.dates, kind(one)) {
        (_, Kind::Unmapped) => "columns",
        (Dates::Ambiguous { .. } | Dates::Contradictory { .. }, _) if order.is_none() => "dates",
        _ => "",
    };
    let shape = match inspection.shape {
        Shape::Csv { delimiter: b'\t' } => "separated by tabs".to_owned(),
        Shape::Csv { delimiter } => format!("separated by “{}”", char::from(delimiter)),
        Shape::Json => "JSON".to_owned(),
        Shape::Empty => "empty".to_owned(),
    };
    let described = format!("{}, {shape}", inspection.encoding.label());
    let text = serde_json::to_string(inspection).map_err(Error::internal)?;
    let rows = i64::try_from(inspection.rows).unwrap_or(i64::MAX);
    let now = clock.now();
    change!(db, "", now, tx, {
        tx.sql(
            "update import_files set kind = $1, described = $2, signature = $3, question = $4, inspection = $5, \
             row_count = $6 where id = $7",
        )
        .bind(kind(one).label())
        .bind(&described)
        .bind(&inspection.signature)
        .bind(question)
        .bind(&text)
        .bind(rows)
        .bind(one.file.id)
        .execute()
        .await?;
    })?;
    Ok(!question.is_empty())
}

/// The company that an import is for, if the register has it already.
async fn company(db: &Db, import: &Import) -> Outcome<Result<Option<CompanyId>, String>> {
    let companies = companies::store::list(db).await?;
    if !import.company_name.trim().is_empty() {
        let company = companies::store::look_up(db, &import.company_name).await?;
        return Ok(Ok(company.map(|company| company.id)));
    }
    Ok(match companies.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.id)),
        several => {
            let names: Vec<&str> = several.iter().map(|company| company.name.as_str()).collect();
            Err(format!("There are several companies ({}). Say whose server this is.", names.join(", ")))
        }
    })
}

/// The server for rows that name none, and whether rows belong to the servers they name.
fn name_servers(import: &Import, looked: &[Looked]) -> Result<(String, bool), String> {
    let mut named: Vec<&str> =
        looked.iter().flat_map(|one| one.inspection.servers.iter().map(String::as_str)).collect();
    named.sort_unstable_by_key(|name| name.to_lowercase());
    named.dedup_by_key(|name| name.to_lowercase());
    let own = own_name(looked);
    let said =
        if named.is_empty() && import.server_name.trim().is_empty() { own.trim() } else { import.server_name.trim() };
    let nameless = looked.iter().any(|one| one.inspection.blank_server_rows > 0 || one.inspection.rows == 0);
    match (named.as_slice(), said) {
        ([only], "") => Ok(((*only).to_owned(), false)),
        ([] | [_], said) if !said.is_empty() => Ok((said.to_owned(), false)),
        ([_, _, ..], said) if !said.is_empty() || !nameless => Ok((said.to_owned(), true)),
        _ => Err("Some rows do not say which license server they come from. Name the server.".into()),
    }
}

/// The name that the export's own server file tells; empty when it tells none, or several do.
fn own_name(looked: &[Looked]) -> String {
    let mut names = looked.iter().filter(|one| one.inspection.kind == Kind::Server).filter_map(|one| {
        let column = one.inspection.headers.iter().position(|header| header.trim().eq_ignore_ascii_case("name"))?;
        one.inspection.sample.first()?.get(column).cloned()
    });
    let first = names.next().unwrap_or_default();
    if names.next().is_some() { String::new() } else { first }
}

/// Takes away what an earlier reading of the same import staged.
async fn clear(db: &Db, clock: &Clock, import: ImportId) -> Outcome<()> {
    super::sweep::sweep(db, clock, import).await?;
    change!(db, "", clock.now(), tx, {
        tx.sql("delete from import_servers where import_id = $1").bind(import).execute().await?;
        tx.sql("delete from import_problems where import_id = $1").bind(import).execute().await?;
    })
}

async fn read_all(db: &Db, clock: &Clock, import: &Import, looked: Vec<Looked>, mut stager: Stager) -> Outcome<Staged> {
    let total: u64 = looked.iter().map(|one| one.inspection.rows).sum();
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    if !store::begin_step(db, import.id, "Reading the rows", total, clock.now()).await? {
        return Ok(Staged::Cancelled);
    }
    let order = import.date_order.as_deref().and_then(date_order);
    let zone = TimeZone::get(&import.time_zone).unwrap_or(TimeZone::UTC);
    let mut done = 0;
    let mut covers = Vec::new();
    for one in looked {
        covers.push((
            kind(&one),
            one.inspection.servers.clone(),
            one.inspection.blank_server_rows,
            one.inspection.rows,
        ));
        let settings = Settings { date_order: order, zone: zone.clone(), mapping: one.mapping.clone() };
        let (file, name) = (one.file.id, one.file.name.clone());
        let (lines, mut arriving) = mpsc::channel::<Vec<Line>>(2);
        let reading = spawn_reading(db.clone(), one, settings, lines);
        while let Some(batch) = arriving.recv().await {
            done += i64::try_from(batch.len()).unwrap_or(0);
            for line in batch {
                take(&mut stager, file, line).await?;
            }
            if stager.is_full() && !stager.flush(done, clock.now()).await? {
                return Ok(Staged::Cancelled);
            }
        }
        if let Err(Refusal(sentence)) = reading.await.map_err(Error::internal)? {
            return Ok(Staged::Refused(format!("{name}: {sentence}")));
        }
    }
    for (_, servers, nameless, rows) in &covers {
        for server in servers {
            stager.server_of(Some(server)).await?;
        }
        if *nameless > 0 || *rows == 0 {
            stager.server_of(None).await?;
        }
    }
    if !stager.end(done, clock.now()).await? {
        return Ok(Staged::Cancelled);
    }
    note_covers(db, clock, import, &covers).await?;
    Ok(Staged::Whole)
}

/// Reads a file on a thread of its own and sends its rows in batches.
fn spawn_reading(
    db: Db,
    one: Looked,
    settings: Settings,
    lines: mpsc::Sender<Vec<Line>>,
) -> tokio::task::JoinHandle<Result<u64, Refusal>> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let pieces = Pieces::of(&db, one.file.id, runtime);
        let mut batch = Vec::with_capacity(STEP);
        let read = reading::read(pieces, &one.inspection, &settings, &mut |line| {
            batch.push(line);
            if batch.len() < STEP {
                return ControlFlow::Continue(());
            }
            match lines.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(STEP))) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        if !batch.is_empty() {
            // A receiver that is gone has been cancelled.
            let _ = lines.blocking_send(batch);
        }
        read
    })
}

async fn take(stager: &mut Stager, file: i64, line: Line) -> Outcome<()> {
    let server = line.server.as_deref();
    match line.record {
        Ok(Record::License(row)) => stager.license(file, line.number, server, row).await,
        Ok(Record::KeyPack(row)) => stager.key_pack(file, line.number, server, row).await,
        Ok(Record::Server(row)) => stager.server(server, &row).await,
        Err(problems) => {
            stager.problem(file, line.number, problems.join(" "));
            Ok(())
        }
    }
}

type Covers = (Kind, Vec<String>, u64, u64);

/// Notes which servers' packs and licenses the files speak of.
async fn note_covers(db: &Db, clock: &Clock, import: &Import, covers: &[Covers]) -> Outcome<()> {
    let column = |kind| match kind {
        Kind::KeyPacks => Some("update import_servers set has_packs = 1 where import_id = $1"),
        Kind::Licenses => Some("update import_servers set has_licenses = 1 where import_id = $1"),
        Kind::Server | Kind::Unmapped => None,
    };
    let several: std::collections::BTreeSet<String> =
        covers.iter().flat_map(|(_, servers, ..)| servers.iter().map(|name| name.to_lowercase())).collect();
    change!(db, "", clock.now(), tx, {
        for (kind, servers, nameless, rows) in covers {
            let Some(text) = column(*kind) else { continue };
            if several.len() < 2 {
                tx.sql(text).bind(import.id).execute().await?;
                continue;
            }
            let here = import.server_name.clone();
            let also = (*nameless > 0 || *rows == 0).then_some(&here);
            for name in servers.iter().chain(also) {
                tx.sql(text)
                    .bind(import.id)
                    .push_bind(" and name_key = ?", crate::users::user::name_key(name))
                    .execute()
                    .await?;
            }
        }
    })
}
