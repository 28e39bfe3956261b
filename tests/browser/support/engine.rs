//! The browsers that journeys run in, and what is each one's own: how it is started, emulates a screen and says what went wrong.

use super::browser::{Browser, PATIENCE_MS};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What shows the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
}

impl Engine {
    /// Chromium, or Firefox with `BROWSER=firefox`.
    pub fn wanted() -> Self {
        match std::env::var("BROWSER").as_deref() {
            Ok("firefox") => Self::Firefox,
            Ok("" | "chromium") | Err(_) => Self::Chromium,
            Ok(other) => panic!("BROWSER is {other}; it must be chromium or firefox"),
        }
    }

    /// The program that drives it, on a port of its own choice.
    pub(super) fn driver(self) -> Command {
        match self {
            Self::Chromium => {
                let mut driver = Command::new("chromedriver");
                driver.arg("--port=0").arg("--disable-dev-shm-usage");
                driver
            }
            Self::Firefox => {
                let mut driver = Command::new("geckodriver");
                // With system access a script can run in Firefox itself, which is how theme and width are set.
                driver.args(["--port", "0", "--websocket-port", "0", "--allow-system-access"]);
                driver
            }
        }
    }

    /// The port that its driver has printed.
    pub(super) fn port(self, said: &str) -> Option<u16> {
        let (before, after) = match self {
            Self::Chromium => ("successfully on port ", '.'),
            Self::Firefox => ("Listening on 127.0.0.1:", '\n'),
        };
        said.split_once(before)?.1.split_once(after)?.0.trim().parse().ok()
    }

    pub(super) fn capabilities(self, javascript: bool, folder: &Path) -> Value {
        let mut wanted = match self {
            Self::Chromium => chromium(javascript, folder),
            Self::Firefox => firefox(javascript),
        };
        if let Some(wanted) = wanted.as_object_mut() {
            let timeouts = json!({ "implicit": PATIENCE_MS, "pageLoad": 30_000, "script": 30_000 });
            wanted.insert("timeouts".into(), timeouts);
        }
        wanted
    }
}

fn chromium(javascript: bool, folder: &Path) -> Value {
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
        // The second one tells what was loaded, so that a page can be had as it was sent.
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    })
}

fn firefox(javascript: bool) -> Value {
    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "args": ["-headless", "--width=1400", "--height=1000"],
            "prefs": {
                "javascript.enabled": javascript,
                "intl.accept_languages": "en-US",
                // Reduced motion, and scroll bars that take no room, as Chromium is told by its arguments.
                "ui.prefersReducedMotion": 1,
                "ui.useOverlayScrollbars": 1,
            },
        },
    })
}

/// Theme (1 is light) and width for this and every later page of Firefox.
const FIREFOX_LOOK: &str = "const [light, width] = arguments;
    Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', light);
    for (const side of ['width', 'min-width', 'max-width'])
        gBrowser.selectedBrowser.style.setProperty(side, `${width}px`, 'important')";

/// The errors that Firefox's console has of pages since it was last asked; warnings are not told.
const FIREFOX_ERRORS: &str = "const found = Services.console.getMessageArray().flatMap(message => {
        try { message.QueryInterface(Ci.nsIScriptError) } catch { return [] }
        const isOurs = /^(https?|data):/.test(message.sourceName) && !(message.flags & Ci.nsIScriptError.warningFlag);
        return isOurs ? [`${message.sourceName.slice(0, 200)}: ${message.errorMessage}`] : [];
    });
    Services.console.reset();
    return found";

impl Browser {
    /// Theme and width for this and every later page. Reduced motion makes pictures repeatable.
    pub(super) async fn emulate(&self) {
        match self.engine {
            Engine::Chromium => {
                self.media(json!({ "media": "" }), None).await;
                let screen = json!({ "width": self.width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
                self.protocol("Emulation.setDeviceMetricsOverride", screen).await;
            }
            Engine::Firefox => {
                self.privileged(FIREFOX_LOOK, vec![json!(i32::from(!self.dark)), json!(self.width)]).await;
                for _ in 0..PATIENCE_MS / 20 {
                    if self.script("return innerWidth").await == self.width {
                        return;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                self.lost(&format!("Firefox does not become {} pixels wide", self.width)).await;
            }
        }
    }

    /// Chromium's media: for screens unless said, and one more feature than theme and motion.
    pub(super) async fn media(&self, mut media: Value, feature: Option<(&str, &str)>) {
        let theme = if self.dark { "dark" } else { "light" };
        let told = [("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")];
        let features = told.into_iter().chain(feature).map(|(name, value)| json!({ "name": name, "value": value }));
        let features: Vec<Value> = features.collect();
        if let Some(media) = media.as_object_mut() {
            media.insert("features".into(), json!(features));
        }
        self.protocol("Emulation.setEmulatedMedia", media).await;
    }

    /// What the browser's console says since it was last asked. That the page itself was refused (a form
    /// that came back, a page that is not there) is the page's business and no complaint.
    pub async fn complaints(&self) -> Vec<String> {
        if self.engine == Engine::Firefox {
            let found = self.privileged(FIREFOX_ERRORS, Vec::new()).await;
            return serde_json::from_value(found).expect("errors are texts");
        }
        let at = self.client.current_url().await.map(String::from).unwrap_or_default();
        let refused = format!("{at} - Failed to load resource");
        let log = self.raw("se/log", json!({ "type": "browser" })).await;
        let lines = log.as_array().expect("a log is a list").iter();
        let lines = lines.filter_map(|line| line.get("message")?.as_str());
        lines.filter(|line| !line.contains("status of 422") && !line.starts_with(&refused)).map(str::to_owned).collect()
    }

    /// One command of Chromium's own protocol.
    pub(super) async fn protocol(&self, command: &str, params: Value) -> Value {
        self.raw("goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }

    /// Runs a script in Firefox itself, not in the page.
    async fn privileged(&self, script: &str, given: Vec<Value>) -> Value {
        self.raw("moz/context", json!({ "context": "chrome" })).await;
        let answer = self.client.execute(script, given).await;
        self.raw("moz/context", json!({ "context": "content" })).await;
        self.must(answer, "run a script in Firefox itself").await
    }
}
