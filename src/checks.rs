//! Whether everything that must hold does: the database's own soundness, what the tables say of each other, and
//! history's chain.

pub mod doctor;
pub mod pages;

use crate::db::{Db, Tx};
use crate::history::store as history;
use crate::web::error::Outcome;

/// How many rows a sentence names.
const NAMED: usize = 5;

/// What must hold: a query for the numbers of the rows where it does not, and the sentence about them.
const RULES: [(&str, &str); 9] = [
    (
        "select l.id from licenses l where not exists (select 1 from key_packs p where p.id = l.key_pack_id \
         and p.version = l.version and p.license_type = l.license_type) order by l.id limit 6",
        "Licenses that say another version or type than their key pack, or belong to none",
    ),
    (
        "select l.id from licenses l join key_packs p on p.id = l.key_pack_id where p.server_id <> l.server_id \
         order by l.id limit 6",
        "Licenses of another server than their key pack",
    ),
    (
        "select l.id from licenses l join clients c on c.id = l.client_id join license_servers s on s.id = l.server_id \
         where c.company_id <> s.company_id order by l.id limit 6",
        "Licenses whose client belongs to another company than their server",
    ),
    (
        "select l.id from licenses l where l.predecessor_id = l.id or (l.seat_id is not null \
         and not exists (select 1 from licenses f where f.id = l.seat_id)) order by l.id limit 6",
        "Licenses that follow themselves, or whose seat is missing",
    ),
    (
        "select p.id from key_packs p join license_servers s on s.id = p.server_id where p.epoch > s.epoch or p.epoch < 1 \
         order by p.id limit 6",
        "Key packs of an epoch that their server has not reached",
    ),
    (
        "select p.id from key_packs p where p.license_key_pack_id is not null and length(p.license_key_pack_id) <> 35 \
         order by p.id limit 6",
        "Key packs whose license key pack ID has not 35 characters",
    ),
    (
        "select h.id from history h where not exists (select 1 from history_subjects s where s.line = h.id \
         and s.kind = h.subject_kind and s.id = h.subject_id) order by h.id limit 6",
        "Lines of history that stand on nothing's timeline",
    ),
    (
        "select i.id from imports i where i.state = 'applied' and not exists (select 1 from history h \
         where h.import_id = i.id) order by i.id limit 6",
        "Applied imports of which history knows nothing",
    ),
    (
        "select min(s.id) from sessions s where not exists (select 1 from users u where u.id = s.user_id) having count(*) > 0",
        "Sessions of nobody",
    ),
];

/// Everything that is wrong, one sentence each; nothing when all holds. What others write meanwhile does not disturb.
pub async fn verify(db: &Db) -> Outcome<Vec<String>> {
    verify_in(&mut db.snapshot().await?).await
}

/// [`verify`] within a change or a snapshot that is open already.
pub async fn verify_in(tx: &mut Tx) -> Outcome<Vec<String>> {
    let mut wrong = if tx.is_sqlite() { sqlite(tx).await? } else { postgres(tx).await? };
    for (text, says) in RULES {
        let found: Vec<(i64,)> = tx.sql(text).all().await?;
        if !found.is_empty() {
            wrong.push(format!("{says}: {}.", numbers(&found)));
        }
    }
    if let Err(sentences) = history::verify_in(tx).await? {
        wrong.extend(sentences);
    }
    Ok(wrong)
}

fn numbers(found: &[(i64,)]) -> String {
    let mut text = found.iter().take(NAMED).map(|(id,)| id.to_string()).collect::<Vec<_>>().join(", ");
    if found.len() > NAMED {
        text.push_str(" and more");
    }
    text
}

async fn sqlite(tx: &mut Tx) -> Outcome<Vec<String>> {
    let found: Vec<(String,)> = tx.sql("pragma integrity_check(20)").all().await?;
    let mut wrong: Vec<String> = found
        .into_iter()
        .filter(|(line,)| line != "ok")
        .map(|(line,)| format!("The database file is damaged: {line}."))
        .collect();
    let lost: Vec<(String, String, i64)> =
        tx.sql("select \"table\", parent, count(*) from pragma_foreign_key_check group by 1, 2").all().await?;
    wrong
        .extend(lost.into_iter().map(|(table, parent, n)| format!("{n} rows of {table} point to no row of {parent}.")));
    Ok(wrong)
}

async fn postgres(tx: &mut Tx) -> Outcome<Vec<String>> {
    let found: Vec<(String,)> = tx
        .sql(
            "select format('The constraint %s of %s was never checked.', conname, conrelid::regclass) from pg_constraint \
             where not convalidated and connamespace = current_schema()::regnamespace \
             union all select format('The index %s is not valid.', i.indexrelid::regclass) from pg_index i \
             join pg_class c on c.oid = i.indexrelid \
             where not i.indisvalid and c.relnamespace = current_schema()::regnamespace",
        )
        .all()
        .await?;
    Ok(found.into_iter().map(|(sentence,)| sentence).collect())
}
