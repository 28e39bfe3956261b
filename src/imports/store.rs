//! Imports in the database: their list, their files, their state.

use super::covered::Covered;
use super::import::{Import, ImportFile, State};
use super::reading::Mapping;
use crate::change;
use crate::db::{Db, Query, Reads, Tx};
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::Window;

const COLUMNS: &str = "select i.id, i.state, i.source, i.actor, i.company_name, i.server_name, i.captured_at, i.time_zone, i.date_order, \
     i.covers, i.accept_gone, i.created_at, i.heartbeat_at, i.progress, i.rows_total, i.rows_done, i.reading_since, \
     i.new_count, i.changed_count, i.unchanged_count, i.gone_count, i.older_count, i.conflict_count, i.error_count, \
     i.left_out_count, i.message, i.finished_at, i.finished_by from imports i";

/// After so many seconds without a word from it, a copy of the program is taken to be gone.
pub const SILENT: i64 = 20;

/// Imports, newest first; of one state, if said.
pub async fn list(db: &Db, state: Option<State>, window: &Window) -> Outcome<Vec<Import>> {
    Ok(window.by_id(of_state(db.sql(COLUMNS), state), "i.id").all().await?)
}

/// How many imports there are, up to a cap.
pub async fn count(db: &Db, state: Option<State>, cap: i64) -> Outcome<i64> {
    Ok(of_state(db.sql("select 1 as one from imports i"), state).count_up_to(cap).await?)
}

fn of_state(query: Query<'_>, state: Option<State>) -> Query<'_> {
    query.push(" where true").push_some(" and i.state = ?", state)
}

/// One import.
pub async fn find<'c>(db: impl Reads<'c>, id: ImportId) -> Outcome<Import> {
    db.sql(COLUMNS).push_bind(" where i.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// An import's files, in the order they came.
pub async fn files<'c>(db: impl Reads<'c>, id: ImportId) -> Outcome<Vec<ImportFile>> {
    Ok(db
        .sql(
            "select id, name, size, sha256, kind, described, signature, question, inspection, row_count \
             from import_files where import_id = $1 order by id",
        )
        .bind(id)
        .all()
        .await?)
}

/// The servers that an import speaks of.
pub async fn servers(db: &Db, id: ImportId) -> Outcome<Vec<Covered>> {
    Ok(db
        .sql(
            "select n, name, server_id, epoch, revision, license_server_id, product_id, has_packs, has_licenses, older_packs, \
             older_licenses, new_epoch, gone_packs, gone_licenses, live_packs, live_licenses \
             from import_servers where import_id = $1 order by n",
        )
        .bind(id)
        .all()
        .await?)
}

/// Brings an import from one of some states into another. Says whether it was in one of them.
pub async fn pass(db: &Db, id: ImportId, from: &[State], to: State, worker: &str, now: Moment) -> Outcome<bool> {
    change!(db, worker, now, tx, { pass_in(tx, id, from, to, worker).await? })
}

/// [`pass`] within a change that is open already.
pub async fn pass_in(tx: &mut Tx, id: ImportId, from: &[State], to: State, worker: &str) -> Outcome<bool> {
    let now = tx.at;
    let mut query = tx
        .sql("update imports set state = $1, heartbeat_at = $2, worker = $3, message = '' where id = $4 and state in")
        .bind(to)
        .bind(now)
        .bind(worker)
        .bind(id);
    query = query.rows_of([()], |query, ()| from.iter().fold(query, |query, state| query.value(*state)));
    Ok(query.execute().await? == 1)
}

/// Ends an import without applying it.
pub async fn finish(db: &Db, id: ImportId, to: State, message: &str, actor: &str, now: Moment) -> Outcome<bool> {
    let ended = change!(db, actor, now, tx, {
        tx.sql(
            "update imports set state = $1, message = $2, finished_at = $3, finished_by = $4 \
             where id = $5 and state not in ('applied', 'applying', 'nothing_to_do', 'discarded', 'failed')",
        )
        .bind(to)
        .bind(message)
        .bind(now)
        .bind(actor)
        .bind(id)
        .execute()
        .await?
    })?;
    Ok(ended == 1)
}

/// Says that the work goes on, and how far it is. False when the import was cancelled meanwhile.
pub async fn advance(db: &Db, id: ImportId, done: i64, now: Moment) -> Outcome<bool> {
    let still = change!(db, "", now, tx, {
        tx.sql("update imports set rows_done = $1, heartbeat_at = $2 where id = $3 and state = 'reading'")
            .bind(done)
            .bind(now)
            .bind(id)
            .execute()
            .await?
    })?;
    Ok(still == 1)
}

/// Begins a step of the work, in words for the progress page.
pub async fn begin_step(db: &Db, id: ImportId, words: &str, total: i64, now: Moment) -> Outcome<bool> {
    let still = change!(db, "", now, tx, {
        tx.sql(
            "update imports set progress = $1, rows_total = $2, rows_done = 0, reading_since = $3, heartbeat_at = $3 \
             where id = $4 and state = 'reading'",
        )
        .bind(words)
        .bind(total)
        .bind(now)
        .bind(id)
        .execute()
        .await?
    })?;
    Ok(still == 1)
}

/// Whether an import repeats one that was applied: the same files to the same server, no newer than then, with nothing
/// of just that age applied in between. It can add nothing, not even to history.
pub async fn repeats(db: &Db, import: &Import) -> Outcome<bool> {
    let before: Option<(i64,)> = db
        .sql(
            "select max(i.id) from import_files f join imports i on i.id = f.import_id \
             where f.sha256 = (select min(t.sha256) from import_files t where t.import_id = $1) \
             and i.state = 'applied' and i.server_name = $2 and (i.company_name = $3 or i.company_name = '' or $3 = '') and i.covers = $4 \
             and i.captured_at >= $5 \
             and not exists (select 1 from import_files t where t.import_id = $1 and t.sha256 not in \
                 (select o.sha256 from import_files o where o.import_id = i.id)) \
             having max(i.id) is not null",
        )
        .bind(import.id)
        .bind(&import.server_name)
        .bind(&import.company_name)
        .bind(import.covers)
        .bind(import.captured_at)
        .optional()
        .await?;
    let Some((before,)) = before else { return Ok(false) };
    let between = db
        .sql("select 1 as one from imports where state = 'applied' and id > $1 and captured_at = $2")
        .bind(before)
        .bind(import.captured_at)
        .count_up_to(1)
        .await?;
    Ok(between == 0)
}

/// Whether an import tells a license server ID that the register does not have.
pub async fn tells_of_servers(db: &Db, id: ImportId) -> Outcome<bool> {
    let news = db
        .sql(
            "select 1 as one from import_servers s left join license_servers v on v.id = s.server_id \
             where s.import_id = $1 and s.license_server_id <> '' \
             and (v.license_server_id is null or v.license_server_id <> s.license_server_id)",
        )
        .bind(id)
        .count_up_to(1)
        .await?;
    Ok(news > 0)
}

/// The column mapping that a person gave for such files, if one did.
pub async fn mapping(db: &Db, signature: &str) -> Outcome<Option<Mapping>> {
    let found: Option<(String,)> =
        db.sql("select mapping from column_mappings where signature = $1").bind(signature).optional().await?;
    Ok(found.and_then(|(text,)| serde_json::from_str(&text).ok()))
}

/// Remembers what the columns of such files mean.
pub async fn remember_mapping(db: &Db, signature: &str, mapping: &Mapping, actor: &str, now: Moment) -> Outcome<()> {
    let text = serde_json::to_string(mapping).map_err(Error::internal)?;
    change!(db, actor, now, tx, {
        tx.sql(
            "insert into column_mappings (signature, mapping, mapped_at, mapped_by) values ($1, $2, $3, $4) \
             on conflict (signature) do update set mapping = excluded.mapping, mapped_at = excluded.mapped_at, \
             mapped_by = excluded.mapped_by",
        )
        .bind(signature)
        .bind(&text)
        .bind(now)
        .bind(actor)
        .execute()
        .await?;
    })
}

/// Lets an import wait for an answer; the sentence says what is asked, where no file says it.
pub async fn ask(db: &Db, id: ImportId, sentence: &str, now: Moment) -> Outcome<()> {
    change!(db, "", now, tx, {
        tx.sql(
            "update imports set state = 'asking', message = $1, heartbeat_at = $2 where id = $3 and state = 'reading'",
        )
        .bind(sentence)
        .bind(now)
        .bind(id)
        .execute()
        .await?;
    })
}

/// Says a sentence on an import's page.
pub async fn say(db: &Db, id: ImportId, sentence: &str, now: Moment) -> Outcome<()> {
    change!(db, "", now, tx, {
        tx.sql("update imports set message = $1 where id = $2").bind(sentence).bind(id).execute().await?;
    })
}

/// Says whose server an import is from, and which.
pub async fn set_names(db: &Db, id: ImportId, company: &str, server: &str, now: Moment) -> Outcome<()> {
    change!(db, "", now, tx, {
        tx.sql("update imports set company_name = $1, server_name = $2 where id = $3")
            .bind(company)
            .bind(server)
            .bind(id)
            .execute()
            .await?;
    })
}

/// Says how the ambiguous dates of an import's files are meant.
pub async fn set_date_order(db: &Db, id: ImportId, order: &str, now: Moment) -> Outcome<()> {
    change!(db, "", now, tx, {
        tx.sql("update imports set date_order = $1 where id = $2").bind(order).bind(id).execute().await?;
    })
}

/// Says that rows may be gone, however many.
pub async fn accept_gone(db: &Db, id: ImportId, now: Moment) -> Outcome<()> {
    change!(db, "", now, tx, {
        tx.sql("update imports set accept_gone = 1 where id = $1").bind(id).execute().await?;
    })
}

/// Imports that a copy of the program was working on when it went silent. A demonstration is made in the past, which is no
/// silence.
pub async fn abandoned(db: &Db, now: Moment) -> Outcome<Vec<(ImportId, State)>> {
    Ok(db
        .sql("select id, state from imports where state in ('receiving', 'reading', 'applying') and heartbeat_at < $1 \
             and worker <> 'reseat demo'")
        .bind(now.plus(-SILENT))
        .all()
        .await?)
}
