//! Starting Chromium, and the ways to speak to it.

use super::process::{Process, ask};
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// How long the browser looks for a thing that a script may still be bringing.
pub(super) const PATIENCE_MS: u32 = 3_000;

/// Chromium, as one person sees it: with or without scripts, light or dark, so many pixels wide.
///
/// Things on a page are found by what a person reads: a label, a button's or a link's words. What is
/// not there, or is there twice, fails the journey with the page's text and a picture of it.
pub struct Browser {
    pub(super) client: Client,
    session: String,
    address: String,
    pub(super) javascript: bool,
    pub(super) dark: bool,
    pub(super) width: u32,
    _driver: Process,
}

impl Browser {
    pub async fn new(javascript: bool, dark: bool, width: u32) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").arg("--disable-dev-shm-usage");
        let mut driver = Process::start(command, "TMPDIR", None);
        let port = |said: &str| said.split_once("successfully on port ")?.1.split_once('.')?.0.parse::<u16>().ok();
        let port = driver.until("says its port", port).await;

        let address = format!("127.0.0.1:{port}");
        let wanted = capabilities(javascript, driver.folder.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().cloned().expect("capabilities are an object"))
            .connect(&format!("http://{address}"))
            .await
            .expect("Chromium starts (Debian: chromium, chromium-driver)");
        let session = client.session_id().await.ok().flatten().expect("a session has an id");
        let browser = Self { client, session, address, javascript, dark, width, _driver: driver };
        browser.emulate().await;
        browser
    }

    /// Theme and width for this and every later page. Reduced motion makes pictures repeatable.
    async fn emulate(&self) {
        let theme = if self.dark { "dark" } else { "light" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.protocol("Emulation.setEmulatedMedia", media).await;
        let screen = json!({ "width": self.width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.protocol("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// The same page, in another theme and width from now on.
    pub async fn look(&mut self, dark: bool, width: u32) {
        (self.dark, self.width) = (dark, width);
        self.emulate().await;
    }

    /// The value of one of the page's cookies.
    pub async fn cookie(&self, name: &str) -> String {
        let cookie = self.must(self.client.get_named_cookie(name).await, &format!("find the cookie {name}")).await;
        cookie.value().to_owned()
    }

    /// Loses the cookie of the session, as if it had ended.
    pub async fn lose_session(&self) {
        self.must(self.client.delete_cookie("reseat").await, "lose the session").await;
    }

    /// One command of Chromium's own protocol.
    pub(super) async fn protocol(&self, command: &str, params: Value) -> Value {
        self.raw("goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }

    pub(super) async fn raw(&self, path: &'static str, body: Value) -> Value {
        let answer = self.client.issue_cmd(Raw { path, body }).await;
        answer.unwrap_or_else(|error| panic!("chromedriver refuses {path}: {error}"))
    }

    pub(super) async fn must<T>(&self, result: Result<T, CmdError>, what: &str) -> T {
        match result {
            Ok(value) => value,
            Err(error) => self.lost(&format!("cannot {what}: {error}")).await,
        }
    }
}

impl Drop for Browser {
    /// chromedriver ends Chromium when its session ends, and only then.
    fn drop(&mut self) {
        let request =
            format!("DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.session, self.address);
        drop(ask(&self.address, &request));
    }
}

/// A command to chromedriver that WebDriver itself does not name.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

fn capabilities(javascript: bool, folder: &Path) -> Value {
    let profile = folder.join("profile");
    let mut chromium = json!({
        "args": [
            "--headless",
            // Root and most containers cannot have Chromium's sandbox; only our own pages are opened.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=en-US",
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    if let (false, Some(chromium)) = (javascript, chromium.as_object_mut()) {
        let blocked = json!({ "profile.managed_default_content_settings.javascript": 2 });
        chromium.insert("prefs".into(), blocked);
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": chromium,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "implicit": PATIENCE_MS, "pageLoad": 30_000, "script": 30_000 },
    })
}
