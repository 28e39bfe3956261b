//! A statement being built and run, on whichever engine it is for.

use super::asking::{self, Kept};
use futures_util::stream::BoxStream;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, Result, Row, Type};

/// A row that both engines can produce: `#[derive(sqlx::FromRow)]` is enough.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// A value that both engines can store: integers, text, bytes, `Option` of them, newtypes, enums.
pub trait Value<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Value<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

pub(super) enum On<'c> {
    SqlitePool(&'c SqlitePool, SqliteArguments),
    Sqlite(&'c mut sqlx::SqliteConnection, SqliteArguments),
    PgPool(&'c PgPool, PgArguments),
    Pg(&'c mut sqlx::PgConnection, PgArguments),
}

/// A statement being built. Its text comes only from `&'static str`, so what a user typed can only be bound.
#[must_use]
pub struct Query<'c> {
    text: String,
    bound: usize,
    /// How many of the values bound so far have no name.
    nameless: usize,
    /// Whether it stays prepared.
    keeps: bool,
    refused: Option<sqlx::Error>,
    on: On<'c>,
}

enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

/// Finishes a statement with one of sqlx's methods, on whichever engine it is for.
macro_rules! run {
    ($query:expr, $statement:ident, $on:ident => $sqlite:expr, $postgres:expr) => {{
        super::tally::note(&$query.text);
        super::abort::here();
        let sql = AssertSqlSafe($query.text);
        let keep = $query.keeps;
        match $query.on {
            On::SqlitePool($on, a) => {
                let $statement = sqlx::query_with(sql, a).persistent(keep);
                $sqlite
            }
            On::Sqlite($on, a) => {
                let $statement = sqlx::query_with(sql, a).persistent(keep);
                $sqlite
            }
            On::PgPool($on, a) => {
                let $statement = sqlx::query_with(sql, a).persistent(keep);
                $postgres
            }
            On::Pg($on, a) => {
                let $statement = sqlx::query_with(sql, a).persistent(keep);
                $postgres
            }
        }
    }};
}

impl<'c> Query<'c> {
    pub(super) fn new(text: &str, on: On<'c>) -> Self {
        Query { text: text.to_owned(), bound: 0, nameless: 0, keeps: true, refused: None, on }
    }

    /// Binds the next of `$1`, `$2`, …
    pub fn bind<'q>(mut self, value: impl Value<'q>) -> Self {
        self.bound += 1;
        let added = match &mut self.on {
            On::SqlitePool(_, a) | On::Sqlite(_, a) => a.add(value),
            On::PgPool(_, a) | On::Pg(_, a) => a.add(value),
        };
        if let Err(error) = added {
            self.refused = Some(sqlx::Error::Encode(error));
        }
        self
    }

    /// Appends to the text.
    pub fn push(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Appends `text` with `?` standing for one of the few numbers that rows are limited to. It is written and not bound: PostgreSQL
    /// takes a bound limit for a tenth of the table, and so makes the plan anew each time.
    pub fn push_limit(mut self, text: &'static str, limit: i64) -> Self {
        self.text.push_str(&text.replace('?', &limit.to_string()));
        self
    }

    /// Has PostgreSQL make the plan for the values that are bound, each time: which is best depends on how many rows have them.
    pub fn planned_for_its_values(mut self) -> Self {
        self.keeps &= self.is_sqlite();
        self
    }

    /// Appends `text` with `?` standing for the bound value.
    pub fn push_bind<'q>(self, text: &'static str, value: impl Value<'q>) -> Self {
        self.push_some(text, Some(value))
    }

    /// Appends `text` with `?` standing for the bound value; appends nothing for `None`.
    pub fn push_some<'q>(self, text: &'static str, value: Option<impl Value<'q>>) -> Self {
        let Some(value) = value else { return self };
        let mut query = self.bind(value);
        query.text.push_str(&text.replace('?', &format!("${}", query.bound)));
        query
    }

    /// Appends a row of values for each item: `(…), (…)`. `each` gives an item's values with [`Query::value`].
    pub fn rows_of<T>(mut self, items: impl IntoIterator<Item = T>, each: impl Fn(Self, T) -> Self) -> Self {
        // Such statements are hardly ever of the same length twice; kept ones would only fill the memory.
        self.keeps = false;
        for (n, item) in items.into_iter().enumerate() {
            self.text.push_str(if n == 0 { " (" } else { ", (" });
            self = each(self, item);
            self.text.push(')');
        }
        self
    }

    /// Appends `(…)` with these values, for `in`; none at all is `(null)`, which nothing is in. Of a few the last one is repeated
    /// up to a power of two, so that there are few texts and each stays prepared.
    pub fn among<'q, T: Value<'q> + Copy>(mut self, values: &[T]) -> Self {
        let Some(last) = values.last() else { return self.push(" (null)") };
        let few = values.len() <= 128;
        self.keeps &= few;
        let many = if few { values.len().next_power_of_two() } else { values.len() };
        let padded = values.iter().chain(std::iter::repeat(last)).take(many);
        self.text.push_str(" (");
        for value in padded {
            self = self.value(*value);
        }
        self.text.push(')');
        self
    }

    /// The next value of a row that [`Query::rows_of`] is writing.
    pub fn value<'q>(mut self, value: impl Value<'q>) -> Self {
        let first = self.text.ends_with('(');
        // SQLite looks a `$1` up among all names before it: thousands of them take the square of their number.
        // Nameless ones are counted by themselves, so they must be the first.
        let nameless = self.is_sqlite() && self.bound == self.nameless;
        self = self.bind(value);
        self.text.push_str(if first { "" } else { ", " });
        if nameless {
            self.nameless += 1;
            self.text.push('?');
        } else {
            self.text.push('$');
            self.text.push_str(&self.bound.to_string());
        }
        self
    }

    /// Every row.
    pub async fn all<T: Record>(self) -> Result<Vec<T>> {
        match self.rows().await? {
            Rows::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            Rows::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        }
    }

    /// The first row, if there is one.
    pub async fn optional<T: Record>(self) -> Result<Option<T>> {
        Ok(self.all().await?.into_iter().next())
    }

    /// The first row; an error when there is none.
    pub async fn one<T: Record>(self) -> Result<T> {
        self.optional().await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The first column of the first row.
    pub async fn scalar<T>(self) -> Result<T>
    where
        (T,): Record,
    {
        self.one::<(T,)>().await.map(|(value,)| value)
    }

    /// Counts the rows of a `select`, but stops at `cap`: a page needs "1,000+", never an exact 600,000.
    pub async fn count_up_to(mut self, cap: i64) -> Result<i64> {
        self.text.insert_str(0, "select count(*) from (");
        self.push_limit(" limit ?) as capped", cap).scalar().await
    }

    /// The number of rows changed.
    pub async fn execute(mut self) -> Result<u64> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        Ok(run!(self, statement, on =>
            statement.execute(on).await?.rows_affected(),
            statement.execute(on).await?.rows_affected()))
    }

    /// Rows one by one, for downloads that must not be held in memory.
    pub fn stream<T: Record>(self) -> BoxStream<'c, Result<T>> {
        asking::hand_back();
        run!(self, statement, on =>
            statement.try_map(|row: SqliteRow| T::from_row(&row)).fetch(on),
            statement.try_map(|row: PgRow| T::from_row(&row)).fetch(on))
    }

    /// How the engine would run this statement, for tests that guard against full scans.
    pub async fn plan(mut self) -> Result<String> {
        let sqlite = self.is_sqlite();
        self.text.insert_str(0, if sqlite { "explain query plan " } else { "explain " });
        let lines = match self.rows().await? {
            Rows::Sqlite(rows) => rows.iter().map(|row| row.try_get("detail")).collect::<Result<Vec<String>>>()?,
            Rows::Postgres(rows) => rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>>>()?,
        };
        Ok(lines.join("\n"))
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.on, On::SqlitePool(..) | On::Sqlite(..))
    }

    /// Every row, asked on the connection that a page keeps.
    async fn rows(self) -> Result<Rows> {
        match self.on {
            On::SqlitePool(pool, a) if asking::is_page() => {
                let mut connection = asking::sqlite(pool).await?;
                let rows = Query { on: On::Sqlite(&mut connection, a), ..self }.fetch().await?;
                asking::keep(Kept::Sqlite(connection));
                Ok(rows)
            }
            On::PgPool(pool, a) if asking::is_page() => {
                let mut connection = asking::postgres(pool).await?;
                let rows = Query { on: On::Pg(&mut connection, a), ..self }.fetch().await?;
                asking::keep(Kept::Postgres(connection));
                Ok(rows)
            }
            on => Query { on, ..self }.fetch().await,
        }
    }

    /// Not generic, so that the compiler builds this, the large part, only once.
    async fn fetch(mut self) -> Result<Rows> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        Ok(run!(self, statement, on =>
            Rows::Sqlite(statement.fetch_all(on).await?),
            Rows::Postgres(statement.fetch_all(on).await?)))
    }
}
