//! Whose the staged licenses are: known clients, new ones, renamed ones, and hardware IDs under two names.

use super::compare::{Problem, Work, note_problems};
use crate::draft;
use crate::web::error::Outcome;

/// Finds the register's clients for the staged ones. `older`: the files are older than what is known, so they
/// rename nobody and ask nothing.
pub(super) async fn compare(work: &Work<'_>, older: bool) -> Outcome<()> {
    rule(work).await?;
    if !older {
        ask_about_hardware_ids(work).await?;
    }
    let last = work.last("select max(n) from import_clients where import_id = $1").await?;
    for text in RESOLVE {
        work.in_steps(last, text).await?;
    }
    if !older {
        work.in_steps(last, RENAMED).await?;
    }
    Ok(())
}

/// Hardware IDs that a person said are cloned belong to one client for each name.
async fn rule(work: &Work<'_>) -> Outcome<()> {
    draft!(work.db, work.clock.now(), tx, {
        tx.sql(
            "update import_clients set identity = 'c:' || hardware_id || '|' || name_key \
             where import_id = $1 and hardware_id is not null and hardware_id in ( \
                 select r.hardware_id from hardware_id_rulings r where r.company_id = $2 and r.ruling = 'cloned' \
                 union all select p.subject from import_problems p \
                 where p.import_id = $1 and p.kind = 'hardware_id' and p.settled = 'cloned')",
        )
        .bind(work.import)
        .bind(work.company.map_or(0, |company| company.0))
        .execute()
        .await?;
        tx.sql(
            "update import_clients set outcome = 'left_out' \
             where import_id = $1 and hardware_id is not null and hardware_id in ( \
                 select p.subject from import_problems p \
                 where p.import_id = $1 and p.kind = 'hardware_id' and p.settled = 'left_out')",
        )
        .bind(work.import)
        .execute()
        .await?;
    })
}

/// One hardware ID under two names in one file would rewrite the past: a person says what it is, once.
async fn ask_about_hardware_ids(work: &Work<'_>) -> Outcome<()> {
    let doubles: Vec<(String, String, String, i64)> = work
        .db
        .sql(
            "select max(c.hardware_id), min(c.name), max(c.name), count(*) from import_clients c \
             where c.import_id = $1 and c.identity like 'h:%' and c.outcome = 'new' \
             and not exists (select 1 from hardware_id_rulings r where r.company_id = $2 and r.hardware_id = c.hardware_id) \
             and not exists (select 1 from import_problems p \
                 where p.import_id + 0 = $1 and p.kind = 'hardware_id' and p.subject = c.hardware_id) \
             group by c.identity having count(*) > 1",
        )
        .bind(work.import)
        .bind(work.company.map_or(0, |company| company.0))
        .all()
        .await?;
    let problems = doubles.into_iter().map(|(hardware_id, one, other, names)| {
        let more = if names > 2 { format!(" and {} more", names - 2) } else { String::new() };
        let message = format!(
            "The hardware ID {hardware_id} stands under {names} names in this file: {one}, {other}{more}. \
             Is it one computer that was renamed, or were images cloned?"
        );
        Problem { kind: "hardware_id", server_n: None, row_n: None, subject: hardware_id, message }
    });
    note_problems(work, problems.collect()).await
}

/// In this order: each takes only what the ones before left.
/// (`import_id + 0`: the row is to be found by what is looked for, for which SQLite without statistics would
/// walk through the whole import.)
const RESOLVE: [&str; 8] = [
    "update import_clients set outcome = 'asked' \
     where import_id = $1 and n > $2 and n <= $3 and outcome = 'new' and identity like 'h:%' \
     and exists (select 1 from import_problems p where p.import_id + 0 = $1 and p.kind = 'hardware_id' \
         and p.subject = import_clients.hardware_id and p.settled is null)",
    // The same identity.
    "update import_clients set client_id = c.id from clients c \
     where import_clients.import_id = $1 and import_clients.n > $2 and import_clients.n <= $3 \
     and c.company_id = $4 and c.identity = import_clients.identity",
    // A cloned hardware ID: the one client that had it keeps it under its own name.
    "update import_clients set client_id = c.id from clients c \
     where import_clients.import_id = $1 and import_clients.n > $2 and import_clients.n <= $3 \
     and import_clients.client_id is null and import_clients.identity like 'c:%' \
     and c.company_id = $4 and c.identity = 'h:' || import_clients.hardware_id and c.name_key = import_clients.name_key",
    // A client known by name only, whose hardware ID is told now for the first time.
    "update import_clients set client_id = c.id, outcome = 'adopted' from clients c \
     where import_clients.import_id = $1 and import_clients.n > $2 and import_clients.n <= $3 \
     and import_clients.client_id is null and import_clients.outcome = 'new' \
     and import_clients.hardware_id is not null \
     and c.company_id = $4 and c.identity = 'n:' || import_clients.name_key \
     and not exists (select 1 from import_clients o where o.import_id + 0 = $1 and o.name_key = import_clients.name_key \
         and o.hardware_id is not null and o.n < import_clients.n)",
    // A row that tells the name only: the newest client of that name.
    "update import_clients set client_id = ( \
         select max(c.id) from clients c where c.company_id = $4 and c.kind = 'computer' \
         and c.name_key = import_clients.name_key) \
     where import_id = $1 and n > $2 and n <= $3 and client_id is null and kind = 'computer' and hardware_id is null",
    // The same, where another row of the import tells the hardware ID of that name.
    "update import_clients set outcome = 'same' \
     where import_id = $1 and n > $2 and n <= $3 and client_id is null and kind = 'computer' and hardware_id is null \
     and exists (select 1 from import_clients o where o.import_id + 0 = $1 and o.name_key = import_clients.name_key \
         and o.hardware_id is not null)",
    // Several names of one computer: the one of the license issued last is its name now.
    "update import_clients set outcome = 'alias' \
     where import_id = $1 and n > $2 and n <= $3 and outcome in ('new', 'adopted') and identity like 'h:%' \
     and exists (select 1 from import_clients o where o.import_id + 0 = $1 and o.identity = import_clients.identity \
         and (o.issued_at, o.n) > (import_clients.issued_at, import_clients.n))",
    "update import_clients set outcome = 'known' \
     where import_id = $1 and n > $2 and n <= $3 and client_id is not null and outcome = 'new'",
];

/// A known computer under a new name, told by a license no older than what is known of it.
const RENAMED: &str = "update import_clients set outcome = 'renamed' from clients c \
     where import_clients.import_id = $1 and import_clients.n > $2 and import_clients.n <= $3 \
     and import_clients.outcome = 'known' and import_clients.identity like 'h:%' \
     and c.id = import_clients.client_id and c.name_key <> import_clients.name_key \
     and import_clients.issued_at >= c.last_issued_at";
