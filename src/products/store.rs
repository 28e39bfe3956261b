//! The tables of product versions, systems and who needs a license, in the database.

use super::product::Version;
use super::tables::{Row, Table};
use crate::check::Problems;
use crate::db::{Db, Tx};
use crate::history::correction::{Correction, not_again};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};
use crate::web::slice::Window;

/// A family of client operating systems, as far as licensing tells them apart.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OsFamily {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub source: String,
    /// Since when it is offered no longer.
    pub retired_at: Option<Moment>,
}

/// The families of client operating systems, in their order.
pub async fn os_families(db: &Db) -> Outcome<Vec<OsFamily>> {
    Ok(db.sql("select id, name, source, retired_at from os_families order by position, id").all().await?)
}

/// The product versions to choose from, the oldest first: as stored, and in words.
pub async fn versions(db: &Db) -> Outcome<Vec<(String, String)>> {
    let known: Vec<(String,)> = db.sql("select version from product_versions order by version").all().await?;
    let words = |version: &str| Version::parse(version).map_or_else(|| version.to_owned(), Version::label);
    Ok(known.into_iter().map(|(version,)| (version.clone(), words(&version))).collect())
}

/// Refuses a product version that the table does not have.
pub async fn must_know(tx: &mut Tx, version: &str) -> Outcome<()> {
    let known = tx.sql("select 1 as one from product_versions where version = $1").bind(version).count_up_to(1).await?;
    if known == 0 {
        let says = "Choose one of the product versions. An admin adds another under “Versions”.";
        return Err(Problems::of("product_version", says).into());
    }
    Ok(())
}

/// The middles of product codes by which exports tell versions that the program does not know by itself: `11.00`.
pub async fn codes(db: &Db) -> Outcome<Vec<(String, String)>> {
    let known: Vec<(String, String)> = db.sql("select version, product_code from product_versions").all().await?;
    let middle = |code: &str| code.split('-').nth(1).map(str::to_owned);
    let unknown = |code: &String| Version::of(None, code).is_none();
    Ok(known
        .into_iter()
        .filter(|(_, code)| unknown(code))
        .filter_map(|(version, code)| Some((version, middle(&code)?)))
        .collect())
}

/// A row of one of the tables with its number, and the keys by which a grid places it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Numbered {
    /// Its number.
    pub id: i64,
    /// Needs: the system's number. Serves: the session host's version. Versions: the version.
    pub row_key: String,
    /// Needs: `2000` or `later`. Serves: the license's version.
    pub column_key: String,
    /// What people may change of it.
    #[sqlx(flatten)]
    pub row: Row,
}

/// The rows of a table: each text gives [`Numbered`]'s columns and ends where a condition may follow.
fn text(table: Table) -> &'static str {
    match table {
        Table::Versions => {
            "select t.id, t.version as row_key, '' as column_key, t.name, t.per_device_name, t.per_user_name, \
             t.product_code, '' as answer, t.note, t.source from product_versions t where true"
        }
        Table::Systems => {
            "select t.id, cast(t.position as text) as row_key, '' as column_key, t.name, '' as per_device_name, \
             '' as per_user_name, '' as product_code, '' as answer, '' as note, t.source from os_families t where true"
        }
        Table::Needs => {
            "select t.id, cast(t.os_family_id as text) as row_key, t.host as column_key, \
             f.name || ', session host ' || case t.host when '2000' then 'Windows 2000' else 'later than Windows 2000' end \
             as name, '' as per_device_name, '' as per_user_name, '' as product_code, t.need as answer, t.note, t.source \
             from cal_needs t join os_families f on f.id = t.os_family_id where true"
        }
        Table::Serves => {
            "select t.id, t.host as row_key, t.cal as column_key, \
             'License of ' || t.cal || ', session host of ' || t.host as name, '' as per_device_name, \
             '' as per_user_name, '' as product_code, t.serves as answer, t.note, t.source from cal_serves t where true"
        }
    }
}

/// Every row of a table.
pub async fn rows(db: &Db, table: Table) -> Outcome<Vec<Numbered>> {
    Ok(db.sql(text(table)).push(" order by row_key, column_key, t.id limit 2000").all().await?)
}

/// The rows of a table, a slice at a time, those added last first.
pub async fn slice(db: &Db, table: Table, window: &Window) -> Outcome<Vec<Numbered>> {
    Ok(window.by_id(db.sql(text(table)), "t.id").all().await?)
}

/// One row of a table.
pub async fn find(db: &Db, table: Table, id: i64) -> Outcome<Row> {
    let found: Option<Numbered> = db.sql(text(table)).push_bind(" and t.id = ?", id).optional().await?;
    found.map(|found| found.row).ok_or(Error::NotFound)
}

/// Adds a version or a system, and what follows from it in the other tables.
pub async fn add(tx: &mut Tx, table: Table, new: &Row) -> Outcome<i64> {
    let id = match table {
        Table::Versions => add_version(tx, new).await?,
        Table::Systems => add_system(tx, new).await?,
        Table::Needs | Table::Serves => return Err(Error::NotFound),
    };
    let action = if table == Table::Versions { "product version added" } else { "system added" };
    record(tx, NewLine::new(action, Subject(table.subject(), id)).after(serde_json::json!(new))).await?;
    Ok(id)
}

fn taken(error: sqlx::Error) -> Error {
    let error = Error::from(error);
    if error.is_taken() { Problems::of("name", "It is in the table already. Correct that row.").into() } else { error }
}

async fn add_version(tx: &mut Tx, new: &Row) -> Outcome<i64> {
    let label = Version::parse(&new.name).map_or_else(|| new.name.clone(), Version::label);
    let id = tx
        .sql(
            "insert into product_versions (version, name, per_device_name, per_user_name, product_code, source, note) \
             values ($1, $2, $3, $4, $5, $6, $7) returning id",
        )
        .bind(&new.name)
        .bind(label)
        .bind(&new.per_device_name)
        .bind(&new.per_user_name)
        .bind(&new.product_code)
        .bind(&new.source)
        .bind(&new.note)
        .scalar()
        .await
        .map_err(taken)?;
    // A license serves session hosts of its own version and of earlier ones.
    let note = "By the rule that a license serves its own version and earlier ones. Check it.";
    tx.sql(
        "insert into cal_serves (host, cal, serves, note, source) \
         select v.version, $1, case when v.version >= '2008' then 'yes' else 'ask' end, $2, $3 from product_versions v \
         where v.version <= $1 \
         union all select $1, v.version, 'no', $2, $3 from product_versions v where v.version < $1 \
         union all select v.version, $1, 'no', $2, $3 from product_versions v where v.version > $1 \
         union all select $1, v.version, 'yes', $2, $3 from product_versions v where v.version > $1 \
         on conflict (host, cal) do nothing",
    )
    .bind(&new.name)
    .bind(note)
    .bind(&new.source)
    .execute()
    .await?;
    Ok(id)
}

async fn add_system(tx: &mut Tx, new: &Row) -> Outcome<i64> {
    let id = tx
        .sql(
            "insert into os_families (name, name_key, position, source) \
             select $1, $2, coalesce(max(position), 0) + 1, $3 from os_families returning id",
        )
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(&new.source)
        .scalar()
        .await
        .map_err(taken)?;
    for host in ["2000", "later"] {
        tx.sql("insert into cal_needs (os_family_id, host, need, note, source) values ($1, $2, 'ask', '', $3)")
            .bind(id)
            .bind(host)
            .bind(&new.source)
            .execute()
            .await?;
    }
    Ok(id)
}

/// Corrects a row. Which row it is stays; only a system may be named otherwise.
pub async fn correct(tx: &mut Tx, table: Table, id: i64, new: &Row, why: &Correction) -> Outcome<()> {
    let lock = tx.pick("", " for update of t");
    let found: Option<Numbered> = tx.sql(text(table)).push_bind(" and t.id = ?", id).push(lock).optional().await?;
    let before = found.ok_or(Error::NotFound)?.row;
    let subject = Subject(table.subject(), id);
    still_newest(tx, subject, why.seen).await?;
    let mut new = new.clone();
    if table != Table::Systems {
        new.name.clone_from(&before.name);
    }
    let update = match table {
        Table::Versions => tx
            .sql(
                "update product_versions set note = $1, source = $2, per_device_name = $3, per_user_name = $4, \
                 product_code = $5 where id = $6",
            )
            .bind(&new.note)
            .bind(&new.source)
            .bind(&new.per_device_name)
            .bind(&new.per_user_name)
            .bind(&new.product_code),
        Table::Systems => tx
            .sql("update os_families set source = $1, name = $2, name_key = $3 where id = $4")
            .bind(&new.source)
            .bind(&new.name)
            .bind(name_key(&new.name)),
        Table::Needs => tx
            .sql("update cal_needs set note = $1, source = $2, need = $3 where id = $4")
            .bind(&new.note)
            .bind(&new.source)
            .bind(&new.answer),
        Table::Serves => tx
            .sql("update cal_serves set note = $1, source = $2, serves = $3 where id = $4")
            .bind(&new.note)
            .bind(&new.source)
            .bind(&new.answer),
    };
    update.bind(id).execute().await.map_err(taken)?;
    record_correction(tx, NewLine::new("table corrected", subject), (&before, &new), why).await
}

/// Offers a system no longer, or again. Clients that have it keep it.
pub async fn retire_system(tx: &mut Tx, id: i64, back: bool, why: &Correction) -> Outcome<()> {
    let at = (!back).then_some(tx.at);
    let subject = Subject(Table::Systems.subject(), id);
    let lock = tx.pick("", " for update of t");
    let found: Option<Numbered> =
        tx.sql(text(Table::Systems)).push_bind(" and t.id = ?", id).push(lock).optional().await?;
    found.ok_or(Error::NotFound)?;
    still_newest(tx, subject, why.seen).await?;
    let retired: Option<i64> = tx.sql("select retired_at from os_families where id = $1").bind(id).scalar().await?;
    not_again(retired.is_some(), back)?;
    tx.sql("update os_families set retired_at = $1 where id = $2").bind(at).bind(id).execute().await?;
    let action = if back { "system offered again" } else { "system offered no longer" };
    record(tx, why.explain(NewLine::new(action, subject))).await
}
