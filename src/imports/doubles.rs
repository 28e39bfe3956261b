//! Licenses that stand twice in the files of an import: neither row is taken until a person has left one of them out.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use jiff::tz::TimeZone;

use super::compare::Work;
use super::staging::STEP;
use crate::db::Tx;
use crate::draft;
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// A staged license that stands twice.
#[derive(sqlx::FromRow)]
struct Double {
    n: i64,
    file_id: i64,
    line: i64,
    pack_n: i64,
    license_number: i64,
    keypack_id: Option<i64>,
    client: String,
    issued_at: Moment,
}

impl Double {
    fn is_of(&self, other: &Double) -> bool {
        (self.pack_n, self.license_number) == (other.pack_n, other.license_number)
    }

    /// `other`: the first row besides this one.
    fn message(&self, other: &Double) -> String {
        let keypack = self.keypack_id.map_or_else(String::new, |keypack| format!(" of keypack ID {keypack}"));
        let (license, line) = (self.license_number, other.line);
        let (here, there) = (self.holder(), other.holder());
        format!(
            "License ID {license}{keypack} stands twice: here {here}, in line {line} {there}. Leave one of the rows out."
        )
    }

    fn holder(&self) -> String {
        if self.issued_at.is_unknown() {
            return format!("held by {}", self.client);
        }
        format!("held by {} since {}", self.client, self.issued_at.day(&TimeZone::UTC))
    }
}

/// The license IDs that stand twice, and nothing else of their rows, so that a million of them are sorted quickly.
const TWICE: &str = "select d.pack_n, d.license_number from import_licenses d \
    where d.import_id = $1 and d.license_number is not null and d.outcome <> 'error' \
    group by d.pack_n, d.license_number having count(*) > 1";

/// A license that stands twice in the files: neither row is taken, for nobody knows which is right.
pub(super) async fn refuse(work: &Work<'_>) -> Outcome<()> {
    if work.db.sql(TWICE).bind(work.import).count_up_to(1).await? == 0 {
        return Ok(());
    }
    let mut rows = work
        .db
        .sql(
            "select r.n, r.file_id, r.line, r.pack_n, r.license_number, p.keypack_id, c.name as client, r.issued_at \
             from import_licenses r cross join import_key_packs p cross join import_clients c \
             where r.import_id = $1 and p.import_id = r.import_id and p.n = r.pack_n \
             and c.import_id = r.import_id and c.n = r.client_n \
             and (r.pack_n, r.license_number) in (",
        )
        .bind(work.import)
        .push(TWICE)
        .push(") order by r.pack_n, r.license_number, r.n")
        .stream::<Double>();
    let (mut same, mut told): (Vec<Double>, Vec<(Double, String)>) = (Vec::new(), Vec::new());
    loop {
        let row = rows.try_next().await?;
        if !row.as_ref().zip(same.first()).is_some_and(|(row, first)| row.is_of(first)) {
            told.extend(beside_each_other(std::mem::take(&mut same)));
        }
        if told.len() >= STEP || row.is_none() {
            note(work, &std::mem::take(&mut told)).await?;
        }
        let Some(row) = row else { return Ok(()) };
        same.push(row);
    }
}

/// Each of the rows with what is wrong with it: the first row besides it.
fn beside_each_other(mut rows: Vec<Double>) -> Vec<(Double, String)> {
    rows.sort_unstable_by_key(|row| (row.line, row.n));
    let says = |row: &Double| rows.iter().find(|other| other.n != row.n).map(|other| row.message(other));
    let says: Vec<String> = rows.iter().map(|row| says(row).unwrap_or_default()).collect();
    rows.into_iter().zip(says).collect()
}

async fn note(work: &Work<'_>, rows: &[(Double, String)]) -> Outcome<()> {
    let first = work.last("select max(n) from import_problems where import_id = $1").await? + 1;
    draft!(work.db, work.clock.now(), tx, {
        for (place, some) in rows.chunks(STEP).enumerate() {
            let from = first + i64::try_from(place * STEP).unwrap_or(0);
            tx.sql("insert into import_problems (import_id, n, kind, file_id, line, row_n, subject, message) values")
                .rows_of((from..).zip(some), |query, (n, (row, says))| {
                    let query = query.value(work.import).value(n).value("error").value(row.file_id).value(row.line);
                    query.value(row.n).value("").value(says)
                })
                .execute()
                .await?;
            tx.sql("update import_licenses set outcome = 'error' where n in")
                .rows_of([()], |query, ()| some.iter().fold(query, |query, (row, _)| query.value(row.n)))
                .push_bind(" and import_id = ?", work.import)
                .execute()
                .await?;
        }
    })
}

/// A row with an error that is still open beside one that was left out.
#[derive(sqlx::FromRow)]
struct Left {
    problem: i64,
    row: i64,
    pack_n: i64,
    license_number: i64,
}

/// Takes rows back that stand alone now, because all others of their license were left out: the problems with the numbers
/// `settled`. Whether there are such rows; they are to be compared.
pub(super) async fn take_back(tx: &mut Tx, import: ImportId, settled: &[i64]) -> Outcome<bool> {
    let left: Vec<Left> = tx
        .sql(
            "select p.n as problem, r.n as row, r.pack_n, r.license_number from import_problems p \
             join import_licenses r on r.import_id = p.import_id and r.n = p.row_n \
             where p.import_id = $1 and p.kind = 'error' and p.settled is null \
             and (r.pack_n, r.license_number) in ( \
                 select o.pack_n, o.license_number from import_problems s \
                 join import_licenses o on o.import_id = s.import_id and o.n = s.row_n \
                 where s.import_id = $1 and s.n in",
        )
        .bind(import)
        .among(settled)
        .push(")")
        .all()
        .await?;
    let mut rows_of: HashMap<(i64, i64), Vec<Left>> = HashMap::new();
    for row in left {
        rows_of.entry((row.pack_n, row.license_number)).or_default().push(row);
    }
    let mut found = false;
    for rows in rows_of.into_values() {
        let [row] = rows.as_slice() else { continue };
        found = true;
        tx.sql("delete from import_problems where import_id = $1 and n = $2")
            .bind(import)
            .bind(row.problem)
            .execute()
            .await?;
        tx.sql("update import_licenses set outcome = 'new' where import_id = $1 and n = $2")
            .bind(import)
            .bind(row.row)
            .execute()
            .await?;
    }
    Ok(found)
}
