//! The cast and the stage: a console on a fresh database, and the people who use it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use reseat::db::Db;
use reseat::moment::{Clock, DAY, Moment};
use reseat::users::password::Hasher;
use reseat::users::session::Limits;
use reseat::users::user::{NewUser, Role};
use reseat::web::app::{App, Settings};
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// Makes two tests of one body: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($console:ident) $body:block)*) => {$(
        async fn $name($console: $crate::support::Console) $body

        mod $name {
            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::support::Console::on_sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::support::Console::on_postgres().await).await;
            }
        }
    )*};
}

/// The password of everybody in the cast.
pub const PASSWORD: &str = "a password for the tests";

/// A console on a fresh database.
pub struct Console {
    pub app: App,
    pub url: String,
    folder: tempfile::TempDir,
}

impl Console {
    pub async fn on_sqlite() -> Console {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("reseat.db").display());
        Console::on(url, folder).await
    }

    pub async fn on_postgres() -> Console {
        Console::on(fresh_postgres().await, tempfile::tempdir().unwrap()).await
    }

    async fn on(url: String, folder: tempfile::TempDir) -> Console {
        let app = open(&url).await;
        Console { app, url, folder }
    }

    /// Leaves the database to others: its address, and the folder that it is in.
    pub async fn close(self) -> (String, tempfile::TempDir) {
        self.app.db.close().await;
        (self.url, self.folder)
    }

    /// A second copy of the program on the same database.
    pub async fn second_copy(&self) -> Console {
        let app = App { clock: self.app.clock.clone(), ..open(&self.url).await };
        Console { app, url: self.url.clone(), folder: tempfile::tempdir().unwrap() }
    }

    /// The same console, whose connections say more.
    pub async fn opened_as(&self, url: &str) -> Console {
        let app = App { clock: self.app.clock.clone(), ..open(url).await };
        Console { app, url: url.to_owned(), folder: tempfile::tempdir().unwrap() }
    }

    pub fn with_settings(mut self, change: impl FnOnce(&mut Settings)) -> Console {
        let mut settings = (*self.app.settings).clone();
        change(&mut settings);
        self.app.settings = Arc::new(settings);
        self
    }

    pub fn pass(&self, seconds: i64) {
        self.app.clock.advance(seconds);
    }

    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Person {
        Person { app: self.app.clone(), cookies: Vec::new(), address: None }
    }

    pub async fn auditor(&self) -> Person {
        self.person("Audrey", Role::Auditor).await
    }

    pub async fn help_desk(&self) -> Person {
        self.person("Hedda", Role::HelpDesk).await
    }

    pub async fn admin(&self) -> Person {
        self.person("Ada", Role::Admin).await
    }

    /// Adds somebody if they are new, and signs them in.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        if reseat::users::store::look_up(self.db(), name).await.is_err() {
            self.add(name, role).await;
        }
        let mut person = self.stranger();
        let reply = person.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{name} could not sign in: {}", reply.text);
        person
    }

    pub async fn add(&self, name: &str, role: Role) {
        let hashed = self.app.hasher.hash(PASSWORD.into()).await.unwrap();
        let mut tx = self.db().begin("the test", self.app.now()).await.unwrap();
        let new = NewUser { name: name.into(), role };
        reseat::users::store::add(&mut tx, &new, Some(&hashed)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn open(url: &str) -> App {
    let settings = Settings {
        port: None,
        public_url: None,
        trusted_proxies: Vec::new(),
        limits: Limits { idle: 12 * 3_600, whole: 7 * DAY },
        zone: jiff::tz::TimeZone::UTC,
        upload_limit: 50_000_000,
        import_days: 30,
        reserve: reseat::transfers::deadline::Reserve { reconnect_days: 14, lead_days: 2 },
        unseen_days: 180,
        upkeep: reseat::upkeep::Plan::default(),
    };
    App {
        db: Db::open(url).await.unwrap(),
        clock: Clock::standing(Moment::of_day("2026-08-22").unwrap()),
        hasher: Hasher::weak().unwrap(),
        kept: Arc::default(),
        settings: Arc::new(settings),
        worker: "the test".into(),
    }
}

/// The address of a new PostgreSQL database with the schema in it.
pub async fn fresh_postgres() -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let server = std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL names no PostgreSQL server; scripts/test starts one and sets it");
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("reseat_template_{}", std::process::id());
            run(&server, format!("create database {name}")).await;
            Db::open(&database(&server, &name)).await.unwrap().close().await;
            name
        })
        .await;
    another(&server, template).await
}

/// A new database on a server that is a copy of one of its databases, to which nobody is connected.
async fn another(server: &str, template: &str) -> String {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let n = NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let name = format!("reseat_test_{}_{n}", std::process::id());
    run(server, format!("create database {name} template {template}")).await;
    database(server, &name)
}

/// The address of a copy of a database that nobody has open; an embedded one's file goes into the folder.
pub async fn copy_of(url: &str, folder: &std::path::Path) -> String {
    if let Some(file) = reseat::db::file_of(url) {
        let copy = folder.join("copy.db");
        std::fs::copy(file, &copy).unwrap();
        return format!("sqlite:{}", copy.display());
    }
    let address = url.split('?').next().unwrap();
    another(url, address.rsplit_once('/').unwrap().1).await
}

/// An empty PostgreSQL database, without even the schema.
pub async fn empty_postgres(name: &str) -> String {
    let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names no PostgreSQL server");
    let name = format!("reseat_{name}_{}", std::process::id());
    run(&server, format!("create database {name}")).await;
    database(&server, &name)
}

async fn run(server: &str, sql: String) {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = address.rsplit_once('/').unwrap();
    format!("{host}/{name}?{options}")
}

/// Somebody in front of a browser.
#[derive(Clone)]
pub struct Person {
    app: App,
    pub cookies: Vec<(String, String)>,
    pub address: Option<String>,
}

/// What the console answered.
pub struct Reply {
    pub status: StatusCode,
    pub text: String,
    pub bytes: Vec<u8>,
    pub to: String,
    pub headers: axum::http::HeaderMap,
}

impl Reply {
    /// Fails with the page when it lacks a text.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Reply {
        assert!(self.text.contains(text), "the page does not say {text:?} ({}):\n{}", self.status, self.text);
        self
    }

    /// The same of what is read, whatever of it is a link.
    #[track_caller]
    pub fn reads(&self, text: &str) -> &Reply {
        let pieces = self.text.replace("</a>", "");
        let read: Vec<&str> = pieces
            .split("<a ")
            .enumerate()
            .map(|(n, piece)| if n == 0 { piece } else { piece.split_once('>').unwrap().1 })
            .collect();
        assert!(read.concat().contains(text), "nobody reads {text:?} ({}):\n{}", self.status, self.text);
        self
    }

    #[track_caller]
    pub fn says_nothing_of(&self, text: &str) -> &Reply {
        assert!(!self.text.contains(text), "the page says {text:?}:\n{}", self.text);
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Reply {
        assert_eq!(self.status.as_u16(), status, "to {}\n{}", self.to, self.text);
        self
    }
}

impl Reply {
    /// The newest line of history that a form of a correction has seen.
    #[track_caller]
    pub fn seen(&self) -> String {
        let (_, rest) = self.text.split_once(r#"name="seen" value=""#).expect("the page has no such form");
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Person {
    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect::<Vec<_>>()
            .join("&");
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// Posts and goes where the answer leads.
    pub async fn post_and_follow(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let reply = self.post(path, form).await;
        reply.is(303);
        self.get(&reply.to).await
    }

    /// Posts files as a browser's form does.
    pub async fn upload(&mut self, path: &str, form: &[(&str, &str)], files: &[(&str, &[u8])]) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, MULTIPART);
        self.send(request, Body::from(multipart(form, files))).await
    }

    pub async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Reply {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::HOST, "localhost:8080");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        if let Some(address) = &self.address {
            let address: std::net::SocketAddr = address.parse().unwrap();
            request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        }
        let response = reseat::routes::router(self.app.clone()).oneshot(request).await.unwrap();
        self.keep_cookies(response.headers());
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let to = parts.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        Reply { status: parts.status, text, bytes, to, headers: parts.headers }
    }

    fn keep_cookies(&mut self, headers: &axum::http::HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(other, _)| other != name);
            if !cookie.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

/// How a form with files says what it is.
pub const MULTIPART: &str = "multipart/form-data; boundary=b0undary";

/// A form with files, as a browser sends it.
pub fn multipart(form: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in form {
        body.extend(
            format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for (name, bytes) in files {
        body.extend(
            format!(
                "--b0undary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--b0undary--\r\n");
    body
}

fn escape(text: &str) -> String {
    reseat::web::address::escape(text)
}
