//! The staged key packs and licenses beside those of the register.

use super::compare::{Problem, Work, note_problems};
use super::compare_hand;
use super::covered::Covered;
use super::doubles;
use super::import::Import;
use crate::draft;
use crate::products::store as products;
use crate::web::error::Outcome;

/// Finds the register's packs for the staged ones, and what would change of them.
pub(super) async fn packs(work: &Work<'_>, servers: &[Covered]) -> Outcome<()> {
    let last = work.last("select max(n) from import_key_packs where import_id = $1").await?;
    recognize_versions(work).await?;
    if servers.iter().all(|server| server.server_id.is_none()) {
        return Ok(());
    }
    let [matched, judged] = PACKS;
    work.in_steps(last, matched).await?;
    compare_hand::packs(work).await?;
    work.in_steps(last, judged).await
}

/// Recognizes versions that the program does not know by itself, by the product codes of the register's table.
async fn recognize_versions(work: &Work<'_>) -> Outcome<()> {
    for (version, code) in products::codes(work.db).await? {
        draft!(work.db, work.clock.now(), tx, {
            tx.sql(
                "update import_key_packs set version = $1 where import_id = $2 and version = $4 and product_code like $3",
            )
            .bind(&version)
            .bind(work.import)
            .bind(format!("%-{code}-%"))
            .bind(super::staging::UNKNOWN_VERSION)
            .execute()
            .await?;
        })?;
    }
    Ok(())
}

const PACKS: [&str; 2] = [
    "update import_key_packs set key_pack_id = k.id, \
         outcome = case when import_key_packs.described = 0 then 'context' else 'changed' end \
     from import_servers s, key_packs k \
     where import_key_packs.import_id = $1 and import_key_packs.n > $2 and import_key_packs.n <= $3 \
     and s.import_id = $1 and s.n = import_key_packs.server_n \
     and k.server_id = s.server_id and k.epoch = s.epoch and k.keypack_id = import_key_packs.keypack_id",
    "update import_key_packs set outcome = case \
         when k.quantity is not distinct from import_key_packs.quantity \
             and k.issued is not distinct from import_key_packs.issued \
             and k.available is not distinct from import_key_packs.available \
             and k.expires_at = import_key_packs.expires_at and k.version = import_key_packs.version \
             and k.license_type = import_key_packs.license_type and k.product_code = import_key_packs.product_code \
             and k.product_version = import_key_packs.product_version \
             and k.product_version_id is not distinct from import_key_packs.product_version_id \
             and k.key_pack_type is not distinct from import_key_packs.key_pack_type \
             and k.product_type is not distinct from import_key_packs.product_type \
             and k.type_and_model = import_key_packs.type_and_model \
             and k.access_rights is not distinct from import_key_packs.access_rights \
             and k.described_at is not null and (k.gone_at is null or s.older_packs = 1) then 'unchanged' \
         when s.older_packs = 1 then 'older' \
         else 'changed' end \
     from import_servers s, key_packs k \
     where import_key_packs.import_id = $1 and import_key_packs.n > $2 and import_key_packs.n <= $3 \
     and import_key_packs.described = 1 and k.id = import_key_packs.key_pack_id \
     and s.import_id = $1 and s.n = import_key_packs.server_n",
];

/// Finds the register's licenses for the staged ones, what would change of them, and whose they were.
pub(super) async fn licenses(work: &Work<'_>) -> Outcome<()> {
    let last = work.last("select max(n) from import_licenses where import_id = $1").await?;
    doubles::refuse(work).await?;
    let known: i64 = work
        .db
        .sql("select 1 as one from import_key_packs where import_id = $1 and key_pack_id is not null")
        .bind(work.import)
        .count_up_to(1)
        .await?;
    if known > 0 {
        work.in_steps(last, NUMBERED).await?;
        work.in_steps(last, WITHOUT_NUMBER).await?;
        compare_hand::licenses(work).await?;
    }
    let held: i64 = work
        .db
        .sql("select 1 as one from import_clients where import_id = $1 and outcome in ('asked', 'left_out')")
        .bind(work.import)
        .count_up_to(1)
        .await?;
    if held > 0 {
        work.in_steps(last, HELD).await?;
    }
    settle_again(work).await?;
    ask_about_holders(work).await
}

/// What a matched license would become; `r` is the staged row, `l` the register's.
macro_rules! outcome {
    ($match:literal) => {
        concat!(
            "update import_licenses set license_id = l.id, outcome = case \
             when c.outcome in ('asked', 'left_out') then import_licenses.outcome \
             when s.older_licenses = 0 and c.identity not like 'c:%' \
                 and (c.client_id is null or c.client_id <> l.client_id) \
                 and not (c.hardware_id is null and exists ( \
                     select 1 from clients h where h.id = l.client_id and h.name_key = c.name_key)) \
             then 'conflict' \
             when l.entered_by_hand = 0 and l.status = import_licenses.status \
                 and l.issued_at = import_licenses.issued_at \
                 and l.expires_at = import_licenses.expires_at and l.user_name = import_licenses.user_name \
                 and l.computer = import_licenses.computer and l.hardware_id = import_licenses.hardware_id \
                 and (l.gone_at is null or s.older_licenses = 1) \
                 and (c.identity not like 'c:%' or c.client_id = l.client_id) \
             then 'unchanged' \
             when s.older_licenses = 1 then 'older' \
             else 'changed' end \
             from import_key_packs p, licenses l, import_clients c, import_servers s \
             where import_licenses.import_id = $1 and import_licenses.n > $2 and import_licenses.n <= $3 \
             and import_licenses.outcome <> 'error' \
             and p.import_id = $1 and p.n = import_licenses.pack_n \
             and c.import_id = $1 and c.n = import_licenses.client_n \
             and s.import_id = $1 and s.n = import_licenses.server_n \
             and l.key_pack_id = p.key_pack_id and ",
            $match
        )
    };
}

const NUMBERED: &str = outcome!("l.license_number = import_licenses.license_number");
const WITHOUT_NUMBER: &str =
    outcome!("import_licenses.license_number is null and l.license_number is null and l.client_id = c.client_id");

/// Rows of clients about which a question is open, or which are left out.
const HELD: &str = "update import_licenses set outcome = case when c.outcome = 'asked' then 'conflict' else 'left_out' end \
     from import_clients c \
     where import_licenses.import_id = $1 and import_licenses.n > $2 and import_licenses.n <= $3 \
     and import_licenses.outcome <> 'error' and c.import_id = $1 and c.n = import_licenses.client_n \
     and c.outcome in ('asked', 'left_out')";

/// Takes what a person settled row by row into a comparison that was made anew.
async fn settle_again(work: &Work<'_>) -> Outcome<()> {
    draft!(work.db, work.clock.now(), tx, {
        tx.sql(
            "update import_licenses set outcome = p.settled from import_problems p \
             where import_licenses.import_id = $1 and p.import_id = $1 and p.kind = 'license_holder' \
             and p.row_n = import_licenses.n and p.settled in ('reassigned', 'left_out') \
             and import_licenses.outcome = 'conflict'",
        )
        .bind(work.import)
        .execute()
        .await?;
    })
}

#[derive(sqlx::FromRow)]
struct Holder {
    n: i64,
    server_n: i64,
    license_number: Option<i64>,
    keypack_id: Option<i64>,
    before: String,
    after: String,
}

/// A known license ID that now belongs to another client would rewrite the past: was the database rebuilt?
async fn ask_about_holders(work: &Work<'_>) -> Outcome<()> {
    let mut place = 0;
    loop {
        let rows: Vec<Holder> = work
            .db
            .sql(
                "select r.n, r.server_n, r.license_number, p.keypack_id, h.name as before, c.name as after \
                 from import_licenses r join import_clients c on c.import_id = r.import_id and c.n = r.client_n \
                 join import_key_packs p on p.import_id = r.import_id and p.n = r.pack_n \
                 join licenses l on l.id = r.license_id join clients h on h.id = l.client_id \
                 where r.import_id = $1 and r.outcome = 'conflict' and c.outcome <> 'asked' \
                 and r.n > $2 order by r.n limit 1000",
            )
            .bind(work.import)
            .bind(place)
            .all()
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        place = last.n;
        let problems = rows.iter().map(|row| {
            let license = row.license_number.map_or_else(|| "A license".to_owned(), |n| format!("License ID {n}"));
            let keypack = row.keypack_id.map_or_else(String::new, |keypack| format!(" of keypack ID {keypack}"));
            let message = format!(
                "{license}{keypack} was held by {}, and this file gives it to {}. Was the license database rebuilt?",
                row.before, row.after
            );
            Problem {
                kind: "license_holder",
                server_n: Some(row.server_n),
                row_n: Some(row.n),
                subject: String::new(),
                message,
            }
        });
        note_problems(work, problems.collect()).await?;
    }
}

/// Finds what the register has of the covered servers and the files have no more.
pub(super) async fn gone(work: &Work<'_>, import: &Import, servers: &[Covered]) -> Outcome<()> {
    if import.is_part() {
        return Ok(());
    }
    for server in servers {
        let Some(id) = server.server_id else { continue };
        let (mut gone_packs, mut gone_licenses) = (0, 0);
        if server.has_packs == 1 && server.older_packs == 0 && !has_errors(work, "key packs").await? {
            gone_packs = gone_of(work, id, PACKS_GONE, "key_pack").await?;
        }
        if server.has_licenses == 1 && server.older_licenses == 0 && !has_errors(work, "licenses").await? {
            gone_licenses = gone_of(work, id, LICENSES_GONE, "license").await?;
        }
        let (live_packs, live_licenses) = (live(work, id, LIVE_PACKS).await?, live(work, id, LIVE_LICENSES).await?);
        draft!(work.db, work.clock.now(), tx, {
            tx.sql(
                "update import_servers set gone_packs = $1, gone_licenses = $2, live_packs = $3, live_licenses = $4 \
                 where import_id = $5 and n = $6",
            )
            .bind(gone_packs)
            .bind(gone_licenses)
            .bind(live_packs)
            .bind(live_licenses)
            .bind(work.import)
            .bind(server.n)
            .execute()
            .await?;
        })?;
    }
    Ok(())
}

const LIVE_PACKS: &str = "select count(*) from key_packs where server_id = $1 and gone_at is null";
const LIVE_LICENSES: &str = "select count(*) from licenses where server_id = $1 and gone_at is null";

async fn live(work: &Work<'_>, server: i64, text: &'static str) -> Outcome<i64> {
    Ok(work.db.sql(text).bind(server).scalar().await?)
}

/// Whether rows of a kind have errors or were left out: then the files do not cover the whole server.
async fn has_errors(work: &Work<'_>, kind: &str) -> Outcome<bool> {
    let errors: i64 = work
        .db
        .sql(
            "select 1 as one from import_problems p join import_files f on f.id = p.file_id \
             where p.import_id = $1 and p.kind = 'error' and f.kind = $2",
        )
        .bind(work.import)
        .bind(kind)
        .count_up_to(1)
        .await?;
    Ok(errors > 0)
}

const PACKS_GONE: &str = "select k.id, k.id from key_packs k where k.server_id = $1 and (k.id, k.id) > ($2, $3) \
     and k.gone_at is null and k.keypack_id is not null and k.described_at is not null \
     and not exists (select 1 from import_key_packs p where p.import_id = $4 and p.key_pack_id = k.id and p.described = 1) \
     order by k.id limit 2000";
const LICENSES_GONE: &str = "select l.issued_at, l.id from licenses l \
     where l.server_id = $1 and (l.issued_at, l.id) > ($2, $3) \
     and l.gone_at is null and l.license_number is not null \
     and not exists (select 1 from import_licenses r where r.import_id + 0 = $4 and r.license_id = l.id) \
     order by l.issued_at, l.id limit 2000";

async fn gone_of(work: &Work<'_>, server: i64, text: &'static str, kind: &'static str) -> Outcome<i64> {
    let mut place = (i64::MIN, 0);
    let mut found = 0;
    loop {
        let rows: Vec<(i64, i64)> =
            work.db.sql(text).bind(server).bind(place.0).bind(place.1).bind(work.import).all().await?;
        let Some(last) = rows.last() else { return Ok(found) };
        place = *last;
        found += i64::try_from(rows.len()).unwrap_or(0);
        for some in rows.chunks(super::staging::STEP) {
            draft!(work.db, work.clock.now(), tx, {
                tx.sql("insert into import_gone (import_id, kind, id) values")
                    .rows_of(some, |query, (_, id)| query.value(work.import).value(kind).value(*id))
                    .execute()
                    .await?;
            })?;
        }
    }
}
