//! Moving the staged clients into the register: new ones, renamed ones, hardware IDs learned.

use super::apply::{Applying, Difference};
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record_all;
use crate::web::error::Outcome;

/// Adds new clients, renames renamed ones, and finds the number of every client that a staged license belongs to.
pub(super) async fn apply(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    keep_rulings(tx, applying).await?;
    change(tx, applying, "adopted", "hardware ID told").await?;
    change(tx, applying, "renamed", "client renamed").await?;
    add(tx, applying).await?;
    for text in [
        // What was added just now, and the other names of one computer.
        "update import_clients set client_id = c.id from clients c \
         where import_clients.import_id = $1 and import_clients.client_id is null \
         and c.company_id = $2 and c.identity = import_clients.identity",
        // Rows that tell the name only, where another row told the hardware ID.
        "update import_clients set client_id = ( \
             select max(c.id) from clients c where c.company_id = $2 and c.kind = 'computer' \
             and c.name_key = import_clients.name_key) \
         where import_id = $1 and client_id is null and outcome = 'same'",
        "update clients set last_issued_at = i.latest from ( \
             select client_id, max(issued_at) as latest from import_clients \
             where import_id = $1 and client_id is not null group by client_id) i \
         where clients.id = i.client_id and i.latest > clients.last_issued_at and clients.company_id = $2",
    ] {
        tx.sql(text).bind(applying.id()).bind(applying.company).execute().await?;
    }
    Ok(())
}

/// Remembers what a person said of hardware IDs under several names, so that nobody is asked again.
async fn keep_rulings(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let (now, actor) = (tx.at, tx.actor.clone());
    let rulings: Vec<(String, String)> = tx
        .sql(
            "select subject, settled from import_problems \
             where import_id = $1 and kind = 'hardware_id' and settled in ('one_computer', 'cloned') order by n",
        )
        .bind(applying.id())
        .all()
        .await?;
    if rulings.is_empty() {
        return Ok(());
    }
    for (hardware_id, ruling) in &rulings {
        tx.sql(
            "insert into hardware_id_rulings (company_id, hardware_id, ruling, ruled_at, ruled_by) \
             values ($1, $2, $3, $4, $5) on conflict (company_id, hardware_id) do nothing",
        )
        .bind(applying.company)
        .bind(hardware_id)
        .bind(ruling)
        .bind(now)
        .bind(&actor)
        .execute()
        .await?;
        if ruling == "cloned" {
            tx.sql(
                "update clients set identity = 'c:' || hardware_id || '|' || name_key \
                 where company_id = $1 and hardware_id = $2 and identity like 'h:%'",
            )
            .bind(applying.company)
            .bind(hardware_id)
            .execute()
            .await?;
        }
    }
    let lines = rulings.into_iter().map(|(hardware_id, ruling)| {
        NewLine::new("hardware ID settled", Subject("import", applying.id().0))
            .touching(Subject("company", applying.company.0))
            .after(serde_json::json!({"hardware_id": hardware_id, "ruling": ruling.replace('_', " ")}))
            .by_import(applying.id())
    });
    record_all(tx, lines.collect()).await
}

/// A known client beside what the import tells of it.
#[derive(sqlx::FromRow)]
struct Told {
    id: i64,
    was_name: String,
    name: String,
    was_hardware_id: Option<String>,
    hardware_id: Option<String>,
}

/// Changes known clients of one outcome, with a line of history each.
async fn change(tx: &mut Tx, applying: &Applying<'_>, outcome: &str, action: &'static str) -> Outcome<()> {
    let told: Vec<Told> = tx
        .sql(
            "select c.id, c.name as was_name, i.name, c.hardware_id as was_hardware_id, i.hardware_id \
             from import_clients i join clients c on c.id = i.client_id \
             where i.import_id = $1 and i.outcome = $2 order by i.n",
        )
        .bind(applying.id())
        .bind(outcome)
        .all()
        .await?;
    let lines = told.into_iter().map(|row| {
        Difference::default()
            .field("name", &row.was_name, &row.name)
            .field("hardware_id", &row.was_hardware_id, &row.hardware_id)
            .into_line(NewLine::new(action, Subject("client", row.id)))
            .by_import(applying.id())
    });
    record_all(tx, lines.collect()).await?;
    tx.sql(
        "update clients set name = i.name, name_key = i.name_key, hardware_id = i.hardware_id, \
         identity = i.identity, search = i.search \
         from import_clients i where i.import_id = $1 and i.outcome = $2 and clients.id = i.client_id",
    )
    .bind(applying.id())
    .bind(outcome)
    .execute()
    .await?;
    Ok(())
}

/// From so many new clients on, the indexes of a register without any are built anew rather than filled row by row.
const MANY: i64 = 10_000;

async fn add(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let new = "select 1 as one from import_clients where import_id = $1 and outcome = 'new'";
    let many = tx.sql("select 1 as one from clients").count_up_to(1).await? == 0
        && tx.sql(new).bind(applying.id()).count_up_to(MANY).await? == MANY;
    if !many {
        return insert(tx, applying).await;
    }
    let away = tx.take_indexes_away("clients").await?;
    insert(tx, applying).await?;
    Ok(tx.put_indexes_back(away).await?)
}

async fn insert(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let now = tx.at;
    let query = tx
        .sql(
            "insert into clients (company_id, kind, name, name_key, hardware_id, identity, search, last_issued_at, \
             first_import_id, created_at) \
             select $2 + 0, i.kind, i.name, i.name_key, i.hardware_id, i.identity, i.search, i.issued_at, $1 + 0, $3 + 0 \
             from import_clients i where i.import_id = $1 and i.outcome = 'new'",
        )
        .bind(applying.id())
        .bind(applying.company)
        .bind(now);
    // Rows that were left out bring no client.
    let query = if applying.import.left_out_count > 0 {
        query.push(
            " and i.n in (select r.client_n from import_licenses r where r.import_id = $1 \
             and r.outcome in ('new', 'changed', 'reassigned', 'older'))",
        )
    } else {
        query
    };
    query.push(" order by i.n on conflict (company_id, identity) do nothing").execute().await?;
    Ok(())
}
