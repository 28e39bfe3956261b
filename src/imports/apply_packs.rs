//! Moving the staged key packs into the register.

use super::apply::{Applying, Difference};
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record_all;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// Adds new packs, changes changed ones, marks those that are gone, and notes the counts of all.
pub(super) async fn apply(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    add(tx, applying).await?;
    recognize(tx, applying).await?;
    say_changes(tx, applying).await?;
    let now = tx.at;
    tx.sql(
        "update key_packs set version = p.version, license_type = p.license_type, product_code = p.product_code, \
         product_version = p.product_version, product_version_id = p.product_version_id, \
         key_pack_type = p.key_pack_type, product_type = p.product_type, type_and_model = p.type_and_model, \
         access_rights = p.access_rights, quantity = p.quantity, issued = p.issued, available = p.available, \
         expires_at = p.expires_at, described_at = coalesce(described_at, $2), gone_at = null, \
         origin = case when key_packs.described_at is not null or key_packs.origin <> 'unknown' then key_packs.origin \
             when p.key_pack_type = 6 then 'built_in' when p.key_pack_type = 4 then 'temporary' \
             when p.key_pack_type = 8 then 'over_used' else key_packs.origin end \
         from import_key_packs p where p.import_id = $1 and p.outcome = 'changed' and p.key_pack_id = key_packs.id",
    )
    .bind(applying.id())
    .bind(now)
    .execute()
    .await?;
    note_counts(tx, applying).await?;
    mark_gone(tx, applying).await
}

/// A pack that people recorded, beside what an export shows of it for the first time.
#[derive(sqlx::FromRow)]
struct Recognized {
    id: i64,
    server_id: i64,
    was_keypack_id: Option<i64>,
    keypack_id: Option<i64>,
    state: String,
    installed_on: Option<String>,
}

/// Takes packs that people recorded for those that their server shows: it shows them, so they are installed.
async fn recognize(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let rows: Vec<Recognized> = tx
        .sql(
            "select k.id, k.server_id, k.keypack_id as was_keypack_id, p.keypack_id, k.state, k.installed_on \
             from key_packs k join import_key_packs p on p.import_id = $1 and p.key_pack_id = k.id \
             where k.entered_by_hand = 1 and (p.outcome = 'changed' or (p.outcome = 'context' and k.keypack_id is null)) \
             order by p.n",
        )
        .bind(applying.id())
        .all()
        .await?;
    let day = applying.import.captured_at.day(&jiff::tz::TimeZone::UTC);
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let installed_on = row.installed_on.clone().or_else(|| Some(day.clone()));
        let shown = ["received", "install_failed", "removed"].contains(&row.state.as_str());
        let state = if shown { "installed".to_owned() } else { row.state.clone() };
        tx.sql(
            "update key_packs set keypack_id = $1, state = $2, installed_on = $5, \
             entered_by_hand = case when exists (select 1 from import_key_packs p where p.import_id = $3 \
                 and p.key_pack_id = key_packs.id and p.described = 1) then 0 else 1 end where id = $4",
        )
        .bind(row.keypack_id)
        .bind(&state)
        .bind(applying.id())
        .bind(row.id)
        .bind(&installed_on)
        .execute()
        .await?;
        let line = NewLine::new("key pack recognized on the server", Subject("key_pack", row.id))
            .touching(Subject("license_server", row.server_id));
        let line = Difference::default()
            .field("keypack_id", &row.was_keypack_id, &row.keypack_id)
            .field("state", &row.state, &state)
            .field("installed_on", &row.installed_on, &installed_on)
            .into_line(line);
        lines.push(line.by_import(applying.id()));
    }
    record_all(tx, lines).await
}

/// Adds the packs that the register has not seen. An origin is set only now, by the pack's type.
async fn add(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let now = tx.at;
    tx.sql(
        "insert into key_packs (server_id, epoch, keypack_id, origin, version, license_type, product_code, \
         product_version, product_version_id, key_pack_type, product_type, type_and_model, access_rights, quantity, \
         issued, available, expires_at, described_at, first_import_id, created_at, gone_at) \
         select s.server_id, s.epoch, p.keypack_id, \
         case p.key_pack_type when 6 then 'built_in' when 4 then 'temporary' when 8 then 'over_used' else 'unknown' end, \
         p.version, p.license_type, p.product_code, p.product_version, p.product_version_id, p.key_pack_type, \
         p.product_type, p.type_and_model, p.access_rights, p.quantity, p.issued, p.available, p.expires_at, \
         case when p.described = 1 then $2 + 0 end, $1 + 0, $2 + 0, \
         case when s.older_packs = 1 then v.packs_seen_at end \
         from import_key_packs p join import_servers s on s.import_id = p.import_id and s.n = p.server_n \
         join license_servers v on v.id = s.server_id \
         where p.import_id = $1 and p.outcome = 'new' order by p.n",
    )
    .bind(applying.id())
    .bind(now)
    .execute()
    .await?;
    tx.sql(
        "update import_key_packs set key_pack_id = k.id from import_servers s, key_packs k \
         where import_key_packs.import_id = $1 and import_key_packs.outcome = 'new' \
         and s.import_id = $1 and s.n = import_key_packs.server_n \
         and k.server_id = s.server_id and k.epoch = s.epoch and k.first_import_id = $1 \
         and (k.keypack_id = import_key_packs.keypack_id or (k.keypack_id is null \
             and import_key_packs.keypack_id is null and k.version = import_key_packs.version \
             and k.license_type = import_key_packs.license_type))",
    )
    .bind(applying.id())
    .execute()
    .await?;
    Ok(())
}

/// A changed pack beside what it was.
#[derive(sqlx::FromRow)]
struct Changed {
    id: i64,
    outcome: String,
    server_id: i64,
    was_version: String,
    version: String,
    was_type: String,
    license_type: String,
    was_quantity: Option<i64>,
    quantity: Option<i64>,
    was_issued: Option<i64>,
    issued: Option<i64>,
    was_available: Option<i64>,
    available: Option<i64>,
    was_expiring: Moment,
    expires_at: Moment,
    was_code: String,
    product_code: String,
    was_model: String,
    type_and_model: String,
    was_gone: Option<Moment>,
    was_described: Option<Moment>,
}

async fn say_changes(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let rows: Vec<Changed> = tx
        .sql(
            "select k.id, p.outcome, k.server_id, k.version as was_version, p.version, k.license_type as was_type, \
             p.license_type, k.quantity as was_quantity, p.quantity, k.issued as was_issued, p.issued, \
             k.available as was_available, p.available, k.expires_at as was_expiring, p.expires_at, \
             k.product_code as was_code, p.product_code, k.type_and_model as was_model, p.type_and_model, \
             k.gone_at as was_gone, k.described_at as was_described \
             from import_key_packs p join key_packs k on k.id = p.key_pack_id \
             where p.import_id = $1 and p.outcome in ('changed', 'older') order by p.n",
        )
        .bind(applying.id())
        .all()
        .await?;
    let day = applying.import.captured_at.day(&jiff::tz::TimeZone::UTC);
    let lines = rows.into_iter().map(|row| {
        let older = row.outcome == "older";
        let action = match (older, row.was_gone, row.was_described) {
            (true, ..) => "key pack seen in an older export",
            (false, Some(_), _) => "key pack back on the server",
            (false, None, None) => "key pack described",
            (false, None, Some(_)) => "key pack changed",
        };
        let number = |n: Option<i64>| n.map_or_else(|| "unlimited".to_owned(), |n| n.to_string());
        let line = NewLine::new(action, Subject("key_pack", row.id)).touching(Subject("license_server", row.server_id));
        Difference::default()
            .field("version", &row.was_version, &row.version)
            .field("license_type", &row.was_type, &row.license_type)
            .field("total_licenses", &number(row.was_quantity), &number(row.quantity))
            .field("issued", &row.was_issued, &row.issued)
            .field("available", &row.was_available, &row.available)
            .moment("expires_at", row.was_expiring, row.expires_at)
            .field("product_code", &row.was_code, &row.product_code)
            .field("type_and_model", &row.was_model, &row.type_and_model)
            .into_line(line)
            .by_import(applying.id())
            .effective(day.clone())
    });
    record_all(tx, lines.collect()).await
}

/// One row of counts for each pack that the files tell of.
async fn note_counts(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    tx.sql(
        "insert into key_pack_counts (key_pack_id, captured_at, import_id, quantity, issued, available) \
         select p.key_pack_id, $2 + 0, $1 + 0, p.quantity, p.issued, p.available from import_key_packs p \
         where p.import_id = $1 and p.described = 1 and p.key_pack_id is not null \
         on conflict (key_pack_id, captured_at) do nothing",
    )
    .bind(applying.id())
    .bind(applying.import.captured_at)
    .execute()
    .await?;
    Ok(())
}

async fn mark_gone(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let gone: Vec<(i64, i64)> = tx
        .sql(
            "select k.id, k.server_id from import_gone g join key_packs k on k.id = g.id \
             where g.import_id = $1 and g.kind = 'key_pack' order by g.id",
        )
        .bind(applying.id())
        .all()
        .await?;
    let day = applying.import.captured_at.day(&jiff::tz::TimeZone::UTC);
    let lines = gone.iter().map(|(id, server)| {
        NewLine::new("key pack gone from the server", Subject("key_pack", *id))
            .touching(Subject("license_server", *server))
            .by_import(applying.id())
            .effective(day.clone())
    });
    record_all(tx, lines.collect()).await?;
    tx.sql(
        "update key_packs set gone_at = $2 where id in \
         (select g.id from import_gone g where g.import_id = $1 and g.kind = 'key_pack')",
    )
    .bind(applying.id())
    .bind(applying.import.captured_at)
    .execute()
    .await?;
    Ok(())
}
