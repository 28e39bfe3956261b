//! Starting a browser, and the ways to speak to it.

use super::engine::Engine;
use super::process::{Process, ask};
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;

/// How long the browser looks for a thing that a script may still be bringing.
pub(super) const PATIENCE_MS: u32 = 3_000;

/// A browser, as one person sees it: with or without scripts, light or dark, so many pixels wide.
///
/// Things on a page are found by what a person reads: a label, a button's or a link's words. What is
/// not there, or is there twice, fails the journey with the page's text and a picture of it.
pub struct Browser {
    pub(super) client: Client,
    session: String,
    address: String,
    pub(super) engine: Engine,
    pub(super) javascript: bool,
    pub(super) dark: bool,
    pub(super) width: u32,
    _driver: Process,
}

impl Browser {
    pub async fn new(javascript: bool, dark: bool, width: u32) -> Self {
        let engine = Engine::wanted();
        let mut driver = Process::start(engine.driver(), "TMPDIR", None);
        let port = driver.until("says its port", |said| engine.port(said)).await;

        let address = format!("127.0.0.1:{port}");
        let wanted = engine.capabilities(javascript, driver.folder.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().cloned().expect("capabilities are an object"))
            .connect(&format!("http://{address}"))
            .await
            .expect("the browser starts (Debian: chromium and chromium-driver, or firefox-esr)");
        let session = client.session_id().await.ok().flatten().expect("a session has an id");
        let browser = Self { client, session, address, engine, javascript, dark, width, _driver: driver };
        browser.emulate().await;
        browser
    }

    /// The same page, in another theme and width from now on.
    pub async fn look(&mut self, dark: bool, width: u32) {
        (self.dark, self.width) = (dark, width);
        self.emulate().await;
    }

    /// How the page is seen: `360, dark`.
    pub fn is_seen(&self) -> String {
        format!("{}, {}", self.width, if self.dark { "dark" } else { "light" })
    }

    /// The cookie of the session, as a request says it: its name and value.
    pub async fn session(&self) -> (String, String) {
        let cookies = self.must(self.client.get_all_cookies().await, "read the cookies").await;
        let session =
            cookies.into_iter().find(|cookie| cookie.name().starts_with("reseat") && cookie.name() != "reseat-notice");
        let session = session.expect("there is no session");
        (session.name().to_owned(), session.value().to_owned())
    }

    /// Loses the cookie of the session, as if it had ended.
    pub async fn lose_session(&self) {
        let (name, _) = self.session().await;
        self.must(self.client.delete_cookie(&name).await, "lose the session").await;
    }

    pub(super) async fn raw(&self, path: &'static str, body: Value) -> Value {
        self.command(Raw { path, body: Some(body) }).await
    }

    /// What a command without anything to say answers.
    pub(super) async fn asked(&self, path: &'static str) -> Value {
        self.command(Raw { path, body: None }).await
    }

    async fn command(&self, command: Raw) -> Value {
        let path = command.path;
        let answer = self.client.issue_cmd(command).await;
        answer.unwrap_or_else(|error| panic!("the driver refuses {path}: {error}"))
    }

    pub(super) async fn must<T>(&self, result: Result<T, CmdError>, what: &str) -> T {
        match result {
            Ok(value) => value,
            Err(error) => self.lost(&format!("cannot {what}: {error}")).await,
        }
    }
}

impl Drop for Browser {
    /// A driver ends its browser when the session ends, and only then.
    fn drop(&mut self) {
        let request =
            format!("DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.session, self.address);
        drop(ask(&self.address, &request));
    }
}

/// A command to the driver that WebDriver itself, or the client, does not name.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        match &self.body {
            Some(body) => (http::Method::POST, Some(body.to_string())),
            None => (http::Method::GET, None),
        }
    }
}
