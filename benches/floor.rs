//! The floor: a bare axum + sqlx program that answers with the same rows as the console's pages, from the same database, and
//! with nothing around them: no sign-in, no filters, no names of things, no navigation. What the console costs is told as a
//! ratio to it, measured in the same run (`scripts/bench`).
//!
//! `floor sqlite:PATH|postgres://… PORT`

#![expect(clippy::unwrap_used, reason = "a measure, not a product")]

use std::collections::HashMap;
use std::fmt::Write;
use std::str::FromStr;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Row};

/// The columns of the list of licenses.
const LICENSES: &str = "select l.id, l.key_pack_id, k.keypack_id, l.version, l.license_type, l.server_id, s.name as server, \
    l.license_number, l.client_id, c.name as client, l.user_name, l.computer, l.hardware_id, l.status, l.issued_at, \
    l.expires_at, l.first_issued_at, l.first_seen_at, l.gone_at from licenses l left join key_packs k on k.id = l.key_pack_id \
    left join license_servers s on s.id = l.server_id left join clients c on c.id = l.client_id";

const KEY_PACKS: &str = "select k.id, k.server_id, s.name as server, k.keypack_id, k.origin, k.version, k.license_type, \
    k.product_code, k.quantity, k.issued, k.available, k.expires_at, k.state, k.created_at, k.gone_at from key_packs k \
    left join license_servers s on s.id = k.server_id";

const HISTORY: &str = "select h.id, h.at, h.actor, h.action, h.subject_kind, h.subject_id, h.before, h.after, h.reason, \
    h.effective_on from history_subjects t join history h on h.id = t.line";

#[derive(Clone)]
enum Db {
    Sqlite(sqlx::SqlitePool, sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

/// A value that is bound.
#[derive(Clone)]
enum Bound {
    Number(i64),
    Text(String),
}

macro_rules! table {
    ($pool:expr, $text:expr, $bound:expr, $html:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($text));
        for one in $bound {
            query = match one {
                Bound::Number(n) => query.bind(n),
                Bound::Text(text) => query.bind(text),
            };
        }
        for row in query.fetch_all($pool).await? {
            $html.push_str("<tr>");
            for n in 0..row.columns().len() {
                let text = row.try_get::<Option<String>, _>(n);
                let text = text.or_else(|_| row.try_get::<Option<i64>, _>(n).map(|n| n.map(|n| n.to_string())));
                let text = text.ok().flatten().unwrap_or_default();
                write!($html, "<td>{}</td>", text.replace('&', "&amp;").replace('<', "&lt;")).unwrap();
            }
            $html.push_str("</tr>");
        }
    }};
}

impl Db {
    async fn open(url: &str) -> Db {
        if !url.starts_with("sqlite") {
            return Db::Postgres(sqlx::postgres::PgPoolOptions::new().max_connections(8).connect(url).await.unwrap());
        }
        let options = SqliteConnectOptions::from_str(url)
            .unwrap()
            .pragma("mmap_size", "4294967296")
            .pragma("cache_size", "-65536");
        let pool = SqlitePoolOptions::new().max_connections(4).min_connections(4);
        let write = SqlitePoolOptions::new().max_connections(1);
        Db::Sqlite(
            pool.connect_with(options.clone()).await.unwrap(),
            write.connect_with(options.synchronous(SqliteSynchronous::Full)).await.unwrap(),
        )
    }

    /// Appends the rows of a statement as a table.
    async fn rows(&self, html: &mut String, text: String, bound: Vec<Bound>) -> Result<(), sqlx::Error> {
        html.push_str("<table>");
        match self {
            Db::Sqlite(read, _) => table!(read, text, bound, html),
            Db::Postgres(pool) => table!(pool, text, bound, html),
        }
        html.push_str("</table>");
        Ok(())
    }
}

fn answer(html: Result<String, sqlx::Error>) -> Response {
    match html {
        Ok(html) => Html(format!("<!doctype html><title>Floor</title>{html}")).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

type Asked = Query<HashMap<String, String>>;

async fn licenses(State(db): State<Db>, Query(asked): Asked) -> Response {
    let (mut text, mut bound) = (format!("{LICENSES} where l.gone_at is null"), Vec::new());
    if let Some(status) = asked.get("status") {
        text.push_str(" and l.status = $1");
        bound.push(Bound::Number(status.parse().unwrap()));
    }
    if let Some(place) = asked.get("after") {
        let (at, id) = place.split_once('.').unwrap();
        write!(text, " and (l.issued_at, l.id) < (${}, ${})", bound.len() + 1, bound.len() + 2).unwrap();
        bound.extend([Bound::Number(at.parse().unwrap()), Bound::Number(id.parse().unwrap())]);
    }
    text.push_str(" order by l.issued_at desc, l.id desc limit 50");
    let mut html = String::new();
    answer(db.rows(&mut html, text, bound).await.map(|()| html))
}

async fn key_packs(State(db): State<Db>) -> Response {
    let mut html = String::new();
    answer(db.rows(&mut html, format!("{KEY_PACKS} order by k.id desc limit 50"), Vec::new()).await.map(|()| html))
}

/// A trigram search on SQLite, and on PostgreSQL what its trigram index gives.
async fn clients(State(db): State<Db>, Query(asked): Asked) -> Response {
    let find = asked.get("q").cloned().unwrap_or_default().to_lowercase();
    let text = match &db {
        Db::Sqlite(..) => {
            "select c.id, c.name, c.hardware_id, c.site, c.owner, c.status from clients c where c.id in \
             (select f.rowid from client_search f where f.search like $1) order by c.id desc limit 50"
        }
        Db::Postgres(_) => {
            "select c.id, c.name, c.hardware_id, c.site, c.owner, c.status from clients c where c.search like $1 \
             order by c.id desc limit 50"
        }
    };
    let mut html = String::new();
    answer(db.rows(&mut html, text.to_owned(), vec![Bound::Text(format!("%{find}%"))]).await.map(|()| html))
}

async fn client(State(db): State<Db>, Path(id): Path<i64>) -> Response {
    let mut html = String::new();
    let one = "select c.id, c.name, c.hardware_id, c.site, c.owner, c.status, c.note from clients c where c.id = $1";
    let parts = [
        one.to_owned(),
        format!("{LICENSES} where l.client_id = $1 order by l.issued_at desc, l.id desc limit 50"),
        format!("{HISTORY} where t.kind = 'client' and t.id = $1 order by t.line desc limit 50"),
    ];
    for text in parts {
        if let Err(error) = db.rows(&mut html, text, vec![Bound::Number(id)]).await {
            return answer(Err(error));
        }
    }
    answer(Ok(html))
}

/// One change that survives power loss: a row of a table of its own.
async fn write(State(db): State<Db>, Form(form): Form<HashMap<String, String>>) -> Response {
    let text = "insert into floor_notes (at, note) values ($1, $2)";
    let note = form.get("note").cloned().unwrap_or_default();
    let done = match &db {
        Db::Sqlite(_, write) => sqlx::query(text).bind(0_i64).bind(note).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(text).bind(0_i64).bind(note).execute(pool).await.map(drop),
    };
    done.map_or_else(|error| answer(Err(error)), |()| Redirect::to("/licenses").into_response())
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (url, port) = (arguments.next().unwrap(), arguments.next().unwrap());
    let db = Db::open(&url).await;
    let table = "create table if not exists floor_notes (id integer primary key, at bigint, note text)";
    match &db {
        Db::Sqlite(_, write) => sqlx::query(table).execute(write).await.map(drop),
        Db::Postgres(pool) => {
            let table = "create table if not exists floor_notes (id bigserial primary key, at bigint, note text)";
            sqlx::query(table).execute(pool).await.map(drop)
        }
    }
    .unwrap();
    let site = Router::new()
        .route("/licenses", get(licenses))
        .route("/key-packs", get(key_packs))
        .route("/clients", get(clients))
        .route("/clients/{id}", get(client))
        .route("/notes", post(write))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port.parse().unwrap())).await.unwrap();
    axum::serve(listener, site).await.unwrap();
}
