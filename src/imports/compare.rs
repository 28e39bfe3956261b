//! Comparing what is staged with the register: what is new, changed, gone, or a question for a person.
//!
//! Everything is done set by set and in small steps, so that a million rows neither fill the memory nor keep other
//! changes waiting.

use super::covered::Covered;
use super::import::Import;
use super::{compare_clients, compare_rows, store};
use crate::companies;
use crate::db::Db;
use crate::draft;
use crate::ids::{CompanyId, ImportId, LicenseServerId};
use crate::moment::{Clock, Moment};
use crate::web::error::Outcome;

/// Rows that one step compares.
const STEP: i64 = 10_000;

/// What the comparing of one import has in hand.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub import: ImportId,
    /// The company, when the register has it already.
    pub company: Option<CompanyId>,
}

impl Work<'_> {
    /// Runs a statement over staged rows, a step at a time. The text takes the import as `$1`, the row numbers above
    /// `$2` and up to `$3`, and the company as `$4`.
    pub async fn in_steps(&self, last: i64, text: &'static str) -> Outcome<()> {
        let company = self.company.map_or(0, |company| company.0);
        let with_company = text.contains("$4");
        let mut from = 0;
        while from < last {
            let to = from + STEP;
            draft!(self.db, self.clock.now(), tx, {
                let query = tx.sql(text).bind(self.import).bind(from).bind(to);
                let query = if with_company { query.bind(company) } else { query };
                query.execute().await?;
            })?;
            from = to;
        }
        Ok(())
    }

    /// The largest row number of a staged table; the text takes the import.
    pub async fn last(&self, text: &'static str) -> Outcome<i64> {
        Ok(self.db.sql(text).bind(self.import).scalar::<Option<i64>>().await?.unwrap_or(0))
    }
}

/// Compares an import with the register. False when it was cancelled meanwhile.
pub async fn compare(db: &Db, clock: &Clock, import: &Import, again: bool) -> Outcome<bool> {
    if !store::begin_step(db, import.id, "Comparing with the register", 0, clock.now()).await? {
        return Ok(false);
    }
    let company = if import.company_name.trim().is_empty() {
        companies::store::list(db).await?.into_iter().next()
    } else {
        companies::store::look_up(db, &import.company_name).await?
    };
    let work = Work { db, clock, import: import.id, company: company.map(|company| company.id) };
    tell_planner(&work).await?;
    if again {
        reset(&work).await?;
    }
    let servers = compare_servers(&work, import).await?;
    compare_clients::compare(&work, servers.iter().all(|server| server.older_licenses == 1)).await?;
    compare_rows::packs(&work, &servers).await?;
    compare_rows::licenses(&work).await?;
    compare_rows::gone(&work, import, &servers).await?;
    count(&work).await?;
    store::advance(db, import.id, 0, clock.now()).await
}

/// Tells PostgreSQL of the rows staged just now.
async fn tell_planner(work: &Work<'_>) -> Outcome<()> {
    draft!(work.db, work.clock.now(), tx, {
        tx.tell_planner("import_servers, import_key_packs, import_clients, import_licenses, import_problems").await?;
    })
}

/// Forgets what an earlier comparison found; what a person settled stays.
async fn reset(work: &Work<'_>) -> Outcome<()> {
    let last = work.last("select max(n) from import_licenses where import_id = $1").await?;
    work.in_steps(
        last,
        "update import_licenses set outcome = 'new', license_id = null \
         where import_id = $1 and n > $2 and n <= $3 and outcome <> 'error'",
    )
    .await?;
    let last = work.last("select max(n) from import_clients where import_id = $1").await?;
    work.in_steps(
        last,
        "update import_clients set outcome = 'new', client_id = null where import_id = $1 and n > $2 and n <= $3",
    )
    .await?;
    draft!(work.db, work.clock.now(), tx, {
        for text in [
            "update import_key_packs set key_pack_id = null, outcome = 'new' \
             where import_id = $1 and keypack_id is not null and outcome <> 'error'",
            "delete from import_gone where import_id = $1",
            "delete from import_problems where import_id = $1 and kind <> 'error' and settled is null",
        ] {
            tx.sql(text).bind(work.import).execute().await?;
        }
    })
}

/// Looks the servers up again, and asks when one tells another license server ID than the register has.
async fn compare_servers(work: &Work<'_>, import: &Import) -> Outcome<Vec<Covered>> {
    for server in store::servers(work.db, import.id).await? {
        let known = match work.company {
            Some(company) => crate::license_servers::store::look_up(work.db, company, &server.name).await?,
            None => None,
        };
        let Some(known) = known else { continue };
        let told = &server.license_server_id;
        if let Some(before) = known.license_server_id.as_ref().filter(|id| !told.is_empty() && *id != told) {
            ask_about_server(work, &server, known.id, before).await?;
        }
        let settled = settled_as_rebuilt(work, server.n).await?;
        let older = |seen: Option<Moment>| i64::from(seen.is_some_and(|seen| import.captured_at < seen));
        let (older_packs, older_licenses) = (older(known.packs_seen_at), older(known.licenses_seen_at));
        let epoch = known.epoch + i64::from(settled);
        draft!(work.db, work.clock.now(), tx, {
            tx.sql(
                "update import_servers set server_id = $1, epoch = $2, revision = $3, older_packs = $4, \
                 older_licenses = $5, new_epoch = $6 where import_id = $7 and n = $8",
            )
            .bind(known.id)
            .bind(epoch)
            .bind(known.revision)
            .bind(older_packs)
            .bind(older_licenses)
            .bind(i64::from(settled))
            .bind(import.id)
            .bind(server.n)
            .execute()
            .await?;
            if settled {
                // The packs of the old database are not those of the new one, whatever their numbers.
                tx.sql(
                    "update import_key_packs set key_pack_id = null, outcome = case when described = 1 or n in ( \
                         select r.pack_n from import_licenses r where r.import_id = $1) \
                     then 'new' else 'context' end where import_id = $1 and server_n = $2",
                )
                .bind(import.id)
                .bind(server.n)
                .execute()
                .await?;
            }
        })?;
    }
    store::servers(work.db, import.id).await
}

async fn ask_about_server(work: &Work<'_>, server: &Covered, id: LicenseServerId, before: &str) -> Outcome<()> {
    let asked: i64 = work
        .db
        .sql("select 1 as one from import_problems where import_id = $1 and kind = 'license_server_id' and server_n = $2")
        .bind(work.import)
        .bind(server.n)
        .count_up_to(1)
        .await?;
    if asked > 0 {
        return Ok(());
    }
    let others = crate::license_servers::store::of_license_server_id(work.db, &server.license_server_id).await?;
    let other = others.iter().find(|other| other.id != id);
    let hint = other.map(|other| format!(" It is the ID of {}: is this its export?", other.name)).unwrap_or_default();
    let message = format!(
        "{} told another license server ID (ending in {}) than the register has (ending in {}). Was its database rebuilt, \
         was it reactivated, or is this another server's export?{hint}",
        server.name,
        ending(&server.license_server_id),
        ending(before)
    );
    let problem =
        Problem { kind: "license_server_id", server_n: Some(server.n), row_n: None, subject: String::new(), message };
    note_problems(work, vec![problem]).await
}

fn ending(id: &str) -> String {
    let start = id.char_indices().rev().nth(4).map_or(0, |(place, _)| place);
    id.get(start..).unwrap_or(id).to_owned()
}

async fn settled_as_rebuilt(work: &Work<'_>, server_n: i64) -> Outcome<bool> {
    let rebuilt: i64 = work
        .db
        .sql("select 1 as one from import_problems where import_id = $1 and server_n = $2 and settled = 'rebuilt'")
        .bind(work.import)
        .bind(server_n)
        .count_up_to(1)
        .await?;
    Ok(rebuilt > 0)
}

/// A question for a person.
pub(super) struct Problem {
    pub kind: &'static str,
    pub server_n: Option<i64>,
    /// The staged license, or key pack, that it is about.
    pub row_n: Option<i64>,
    pub subject: String,
    pub message: String,
}

/// Notes questions for a person.
pub(super) async fn note_problems(work: &Work<'_>, problems: Vec<Problem>) -> Outcome<()> {
    let first = work.last("select max(n) from import_problems where import_id = $1").await? + 1;
    for (step, some) in problems.chunks(super::staging::STEP).enumerate() {
        let from = first + i64::try_from(step * super::staging::STEP).unwrap_or(0);
        draft!(work.db, work.clock.now(), tx, {
            tx.sql("insert into import_problems (import_id, n, kind, server_n, row_n, subject, message) values")
                .rows_of((from..).zip(some), |query, (n, problem)| {
                    query
                        .value(work.import)
                        .value(n)
                        .value(problem.kind)
                        .value(problem.server_n)
                        .value(problem.row_n)
                        .value(&problem.subject)
                        .value(&problem.message)
                })
                .execute()
                .await?;
        })?;
    }
    Ok(())
}

/// Counts what the comparison found.
pub(super) async fn count(work: &Work<'_>) -> Outcome<()> {
    let outcomes: Vec<(String, i64)> = work
        .db
        .sql(
            "select outcome, count(*) from import_licenses where import_id = $1 group by outcome \
             union all select outcome, count(*) from import_key_packs where import_id = $1 and described = 1 group by outcome",
        )
        .bind(work.import)
        .all()
        .await?;
    let of = |names: &[&str]| -> i64 {
        outcomes.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, count)| count).sum()
    };
    let problems: Vec<(String, i64, i64)> = work
        .db
        .sql(
            "select case when kind = 'error' then 'error' else 'question' end as what, \
             cast(case when settled is null then 0 else 1 end as bigint) as done, count(*) from import_problems \
             where import_id = $1 group by 1, 2",
        )
        .bind(work.import)
        .all()
        .await?;
    let problem = |what: &str, done: i64| -> i64 {
        problems.iter().filter(|(name, is_done, _)| name == what && *is_done == done).map(|(.., count)| count).sum()
    };
    let gone: i64 =
        work.db.sql("select count(*) from import_gone where import_id = $1").bind(work.import).scalar().await?;
    draft!(work.db, work.clock.now(), tx, {
        tx.sql(
            "update imports set new_count = $1, changed_count = $2, unchanged_count = $3, older_count = $4, \
             gone_count = $5, conflict_count = $6, error_count = $7, left_out_count = $8 where id = $9",
        )
        .bind(of(&["new"]))
        .bind(of(&["changed", "reassigned"]))
        .bind(of(&["unchanged"]))
        .bind(of(&["older"]))
        .bind(gone)
        .bind(problem("question", 0))
        .bind(problem("error", 0))
        .bind(problem("error", 1) + of(&["left_out"]))
        .bind(work.import)
        .execute()
        .await?;
    })
}
