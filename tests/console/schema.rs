//! The two schemas say the same.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use reseat::db::{Db, migrations};

use crate::support::{Console, empty_postgres, fresh_postgres};

/// A table's columns, as `name type null`, read from a database that has been migrated.
async fn columns(db: &Db) -> BTreeMap<String, BTreeSet<String>> {
    let rows: Vec<(String, String, String, i64)> = db
        .sql(db.pick(
            "select m.name, c.name, lower(c.type), c.\"notnull\" from sqlite_schema m, pragma_table_info(m.name) c \
             where m.type = 'table' and m.name not like 'sqlite%' and m.name not like 'client_search%' \
             and m.name <> '_sqlx_migrations'",
            "select table_name::text, column_name::text, data_type::text, \
             case when is_nullable = 'YES' then 0 else 1 end::bigint from information_schema.columns \
             where table_schema = 'public' and table_name <> '_sqlx_migrations'",
        ))
        .all()
        .await
        .unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column, kind, required) in rows {
        let kind = kind.replace("bigint", "integer").replace("bytea", "blob");
        // SQLite's own row number is never null, though its column does not say so.
        let required = required == 1 || column == "id";
        tables.entry(table).or_default().insert(format!("{column} {kind} {required}"));
    }
    tables
}

async fn indexes(db: &Db) -> BTreeSet<String> {
    let rows: Vec<(String,)> = db
        .sql(db.pick(
            "select sql from sqlite_schema where type = 'index' and sql is not null",
            "select indexdef from pg_indexes i where schemaname = 'public' and tablename <> '_sqlx_migrations' \
             and not exists (select 1 from pg_constraint c where c.conname = i.indexname)",
        ))
        .all()
        .await
        .unwrap();
    let noise = Regex::new(r"public\.|::text|using btree |\(|\)|\s+").unwrap();
    rows.into_iter()
        .map(|(sql,)| noise.replace_all(&sql.to_lowercase(), " ").split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|sql| !sql.contains("clients_search"))
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let sqlite = Console::on_sqlite().await;
    let postgres = Db::open(&fresh_postgres().await).await.unwrap();
    let (left, right) = (columns(sqlite.db()).await, columns(&postgres).await);
    assert_eq!(left, right);
    assert!(left.len() > 15, "{left:?}");
    assert_eq!(indexes(sqlite.db()).await, indexes(&postgres).await);
}

#[tokio::test]
async fn two_copies_that_start_at_once_migrate_once() {
    let url = empty_postgres("at_once").await;
    let (one, two) = tokio::join!(Db::open(&url), Db::open(&url));
    let applied: i64 = one.unwrap().sql("select count(*) from _sqlx_migrations").scalar().await.unwrap();
    assert_eq!(applied, i64::try_from(migrations().len()).unwrap());
    two.unwrap();
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused_with_a_sentence() {
    let console = Console::on_sqlite().await;
    let mut tx = console.db().begin("", console.app.now()).await.unwrap();
    tx.sql(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
            values (9999, 'later', 1, x'00', 1)",
    )
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let error = Db::open(&console.url).await.unwrap_err().to_string();
    assert!(error.contains("newer than this program") && error.contains("9999"), "{error}");
}

#[tokio::test]
async fn a_table_that_was_small_when_it_was_counted_is_not_read_from_end_to_end_for_every_row_of_another() {
    let console = Console::on_sqlite().await;
    for n in 0..50 {
        console.stock().client(&format!("PC-{n}")).await;
    }
    console.db().analyze(console.app.now()).await.unwrap();
    let (url, _folder) = console.close().await;
    let db = Db::open(&url).await.unwrap();
    let known: i64 = db.sql("select count(*) from sqlite_stat1 where tbl = 'companies'").scalar().await.unwrap();
    let text = "select c.name, o.name from clients c left join companies o on o.id = c.company_id order by c.id";
    let plan = db.sql(text).plan().await.unwrap();
    assert!(known > 0 && plan.contains("SEARCH o USING INTEGER PRIMARY KEY"), "{plan}");
}
