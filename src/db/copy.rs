//! Whole tables, in and out, as both engines write and read them: one JSON array a row, made by the database itself.
//! The names in the statements come from the database's own catalog, never from a person or a file.

use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, Result};

use super::open::{POSTGRES, SQLITE};
use super::query::On;
use super::{Db, OpenError, Query, Tx, TxOn, open};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// Bytes; they travel as hexadecimal digits.
    Bytes,
}

/// A table as the catalog tells it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in the order of its rows: name and kind.
    pub columns: Vec<(String, Kind)>,
}

/// Indexes and foreign keys that were taken away for a load, as the statements that make them.
#[must_use]
pub struct Away(Vec<String>);

const SQLITE_COLUMNS: &str = "select m.name, c.name, lower(c.type) from sqlite_schema m, pragma_table_info(m.name) c \
    where m.type = 'table' and m.name not like 'sqlite%' and m.name not like 'client\\_search%' escape '\\' \
    and m.name <> '_sqlx_migrations' order by m.name, c.name";
const POSTGRES_COLUMNS: &str = "select c.table_name::text, c.column_name::text, c.data_type::text \
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name) \
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.table_name <> '_sqlx_migrations' \
    order by c.table_name collate \"C\", c.column_name collate \"C\"";

impl Db {
    /// Opens a database as it stands, without bringing its schema up to date.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the address, the folder or the server.
    pub async fn open_as_it_stands(url: &str) -> std::result::Result<Db, OpenError> {
        open::connect(url).await
    }

    /// A view of everything as it is at this moment, which others' changes do not disturb and which disturbs nobody.
    pub async fn snapshot(&self) -> Result<Tx> {
        super::hand_back();
        let on = match self {
            Db::Sqlite { read, .. } => TxOn::Sqlite(read.begin().await?, None),
            Db::Postgres { pool, .. } => {
                let mut tx = pool.begin().await?;
                sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
                TxOn::Postgres(tx)
            }
        };
        Ok(Tx { on, actor: String::new(), at: crate::moment::Moment(0), tail: None })
    }
}

impl Table {
    /// The statement that gives each row as one text.
    fn reading(&self, sqlite: bool) -> String {
        let columns = self.columns.iter().map(|(name, kind)| match (kind, sqlite) {
            (Kind::Bytes, true) => format!("hex({})", quoted(name)),
            (Kind::Bytes, false) => format!("encode({}, 'hex')", quoted(name)),
            _ => quoted(name),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let table = quoted(&self.name);
        if sqlite {
            format!("select json_array({columns}) from {table}")
        } else {
            format!("select json_build_array({columns})::text from {table}")
        }
    }

    /// The statement that takes an array of rows.
    fn writing(&self, sqlite: bool) -> String {
        let names = self.columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ");
        let values = self.columns.iter().enumerate().map(|(n, (_, kind))| match (kind, sqlite) {
            (Kind::Bytes, true) => format!("unhex(json_extract(value, '$[{n}]'))"),
            (_, true) => format!("json_extract(value, '$[{n}]')"),
            (Kind::Bytes, false) => format!("decode(value ->> {n}, 'hex')"),
            (Kind::Integer, false) => format!("(value ->> {n})::bigint"),
            (Kind::Text, false) => format!("value ->> {n}"),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let from = if sqlite { "json_each($1)" } else { "jsonb_array_elements($1::jsonb) as rows (value)" };
        format!("insert into {} ({names}) select {values} from {from}", quoted(&self.name))
    }
}

impl Tx {
    /// Every table but those that the database or the schema's history keep for themselves.
    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        let text = self.pick(SQLITE_COLUMNS, POSTGRES_COLUMNS);
        let rows: Vec<(String, String, String)> = self.sql(text).all().await?;
        let mut tables: Vec<Table> = Vec::new();
        for (table, column, kind) in rows {
            let kind = match kind.as_str() {
                "integer" | "bigint" => Kind::Integer,
                "blob" | "bytea" => Kind::Bytes,
                _ => Kind::Text,
            };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push((column, kind)),
                None => tables.push(Table { name: table, columns: vec![(column, kind)] }),
            }
        }
        Ok(tables)
    }

    /// The rows of a table, one by one.
    pub fn rows_of(&mut self, table: &Table) -> BoxStream<'_, Result<(String,)>> {
        let text = table.reading(self.is_sqlite());
        self.said(&text).stream()
    }

    /// The rows of a table in the order of a column.
    pub fn rows_in_order(&mut self, table: &Table, column: &str) -> BoxStream<'_, Result<(String,)>> {
        let text = format!("{} order by {}", table.reading(self.is_sqlite()), quoted(column));
        self.said(&text).stream()
    }

    /// Adds rows: a JSON array of what [`Tx::rows_of`] gives.
    pub async fn put_rows(&mut self, table: &Table, rows: String) -> Result<()> {
        let text = table.writing(self.is_sqlite());
        self.said(&text).bind(rows).execute().await?;
        Ok(())
    }

    /// Takes out the rows that the schema itself brings along, before others' take their place.
    pub async fn empty(&mut self, table: &Table) -> Result<()> {
        let found: i64 = self.said(&format!("select count(*) from {}", quoted(&table.name))).scalar().await?;
        if found > 0 {
            self.said(&format!("delete from {}", quoted(&table.name))).execute().await?;
        }
        Ok(())
    }

    /// Takes indexes and foreign keys away until [`Tx::put_back`]: rows come in any order, and quicker without.
    pub async fn take_away(&mut self) -> Result<Away> {
        if self.is_sqlite() {
            self.said("pragma defer_foreign_keys = on").execute().await?;
        }
        let text = self.pick(
            "select 'drop index \"' || name || '\"', sql from sqlite_schema \
             where type = 'index' and sql is not null and sql not like 'create unique%'",
            "select format('alter table %s drop constraint %I', conrelid::regclass, conname), \
                format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
             from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace \
             union all select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) \
             from pg_index i join pg_class c on c.oid = i.indexrelid \
             where c.relnamespace = current_schema()::regnamespace and not i.indisunique",
        );
        let found: Vec<(String, String)> = self.sql(text).all().await?;
        for (drop, _) in &found {
            self.raw(drop).await?;
        }
        Ok(Away(found.into_iter().map(|(_, make)| make).collect()))
    }

    /// Puts back what was taken away; a row that points to nothing is noticed here or when the change ends.
    pub async fn put_back(&mut self, away: Away) -> Result<()> {
        for make in &away.0 {
            self.raw(make).await?;
        }
        if self.is_sqlite() {
            return Ok(());
        }
        let numbered: Vec<(String,)> = self
            .sql(
                "select format('select setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 1, false) from %I', \
                 quote_ident(table_name), column_name, column_name, table_name) from information_schema.columns \
                 where table_schema = current_schema() and is_identity = 'YES'",
            )
            .all()
            .await?;
        for (text,) in &numbered {
            self.raw(text).await?;
        }
        Ok(())
    }

    /// Takes every table out, to make room for others. (On PostgreSQL; on SQLite a new file takes the old one's place.)
    pub async fn clear(&mut self) -> Result<()> {
        if self.is_sqlite() {
            return Ok(());
        }
        let found: Vec<(String,)> = self
            .sql(
                "select format('drop table %I cascade', tablename) from pg_tables where schemaname = current_schema() \
                 union all select format('drop function %s cascade', p.oid::regprocedure) from pg_proc p \
                 where p.pronamespace = current_schema()::regnamespace \
                 and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')",
            )
            .all()
            .await?;
        for (text,) in &found {
            self.raw(text).await?;
        }
        Ok(())
    }

    /// The number of the newest migration that was applied; 0 when there is no schema yet.
    pub async fn schema(&mut self) -> Result<i64> {
        if self.has_table("_sqlx_migrations").await? {
            return self.sql("select coalesce(max(version), 0) from _sqlx_migrations").scalar().await;
        }
        Ok(0)
    }

    /// Whether there is a table of this name.
    pub async fn has_table(&mut self, name: &str) -> Result<bool> {
        let text = self.pick(
            "select count(*) from sqlite_schema where type = 'table' and name = $1",
            "select count(*) from pg_tables where schemaname = current_schema() and tablename = $1",
        );
        Ok(self.sql(text).bind(name).scalar::<i64>().await? > 0)
    }

    /// Brings the schema up to a number, or to this program's own.
    ///
    /// # Errors
    /// A sentence about a schema that this program does not know.
    pub async fn migrate(&mut self, to: Option<i64>) -> std::result::Result<(), OpenError> {
        let done = match &mut self.on {
            TxOn::Sqlite(tx, _) => SQLITE.run_direct(to, &mut **tx, false).await,
            TxOn::Postgres(tx) => POSTGRES.run_direct(to, &mut **tx, false).await,
        };
        done.map_err(|error| open::schema(&error))
    }

    /// Whether the engine is the embedded one.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.on, TxOn::Sqlite(..))
    }

    fn said(&mut self, text: &str) -> Query<'_> {
        match &mut self.on {
            TxOn::Sqlite(tx, _) => Query::new(text, On::Sqlite(tx, sqlx::sqlite::SqliteArguments::default())),
            TxOn::Postgres(tx) => Query::new(text, On::Pg(tx, sqlx::postgres::PgArguments::default())),
        }
    }

    async fn raw(&mut self, text: &str) -> Result<()> {
        let text = AssertSqlSafe(text.to_owned());
        match &mut self.on {
            TxOn::Sqlite(tx, _) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ()),
            TxOn::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ()),
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
