//! What is to be said of a page: its picture, whether it keeps anyone out, whether anything failed.

use super::browser::Browser;
use super::engine::Engine;
use base64::Engine as _;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// The accessibility checker, from the npm registry; fetched once, never committed.
const AXE: &str = "axe-core@4.14.1";

/// The checker of HTML (the Nu Html Checker), likewise.
const VNU: &str = "vnu-jar@26.9.27";

impl Browser {
    /// Keeps a picture of the whole page as `target/screenshots/NAME-WIDTH-THEME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let theme = if self.dark { "dark" } else { "light" };
        self.picture(&format!("{name}-{}-{theme}", self.width)).await
    }

    /// A picture in the colors that a person has forced on all pages. Only Chromium can be told so.
    pub async fn with_forced_colors(&self, name: &str) {
        if self.engine == Engine::Chromium {
            self.media(json!({ "media": "" }), Some(("forced-colors", "active"))).await;
            self.picture(&format!("{name}-forced-colors")).await;
            self.emulate().await;
        }
    }

    /// A picture of the page as it is on paper. Only Chromium can be told so.
    pub async fn as_printed(&self, name: &str) {
        if self.engine == Engine::Chromium {
            self.media(json!({ "media": "print" }), None).await;
            // A4 less its margins, at 96 pixels an inch.
            let paper = json!({ "width": 718, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
            self.protocol("Emulation.setDeviceMetricsOverride", paper).await;
            self.picture(&format!("{name}-print")).await;
            self.emulate().await;
        }
    }

    async fn picture(&self, name: &str) -> PathBuf {
        let picture = match self.engine {
            Engine::Chromium => {
                let sizes = self.protocol("Page.getLayoutMetrics", json!({})).await;
                let mut clip = sizes.get("cssContentSize").cloned().expect("a page has a size");
                if let Some(clip) = clip.as_object_mut() {
                    clip.insert("scale".into(), json!(1));
                }
                let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
                let picture = self.protocol("Page.captureScreenshot", wanted).await;
                picture.get("data").cloned().expect("a picture has data")
            }
            Engine::Firefox => self.asked("moz/screenshot/full").await,
        };
        keep(&folder(self.engine).join(format!("{name}.png")), &decoded(&picture))
    }

    /// Prints the page as `target/screenshots/NAME-PAPER.pdf`, and says on how many sheets. `paper`: its name, and its
    /// width and height in inches.
    pub async fn print(&self, name: &str, (paper, width, height): (&str, f64, f64)) -> usize {
        let printed = match self.engine {
            Engine::Chromium => {
                let wanted = json!({ "paperWidth": width, "paperHeight": height, "preferCSSPageSize": true });
                let printed = self.protocol("Page.printToPDF", wanted).await;
                printed.get("data").cloned().expect("a print has data")
            }
            Engine::Firefox => {
                let inch = 2.54;
                let wanted = json!({ "page": { "width": width * inch, "height": height * inch } });
                self.raw("print", wanted).await
            }
        };
        let printed = decoded(&printed);
        keep(&folder(self.engine).join(format!("{name}-{paper}.pdf")), &printed);
        sheets(&printed)
    }

    /// The page as the server sent it since this was last asked, kept as `target/screenshots/html/NAME.html`. Only Chromium
    /// tells it.
    pub async fn source(&self, name: &str) -> Option<PathBuf> {
        if self.engine != Engine::Chromium {
            return None;
        }
        let log = self.raw("se/log", json!({ "type": "performance" })).await;
        let lines = log.as_array().expect("a log is a list").iter();
        let events = lines.filter_map(|line| serde_json::from_str::<Value>(line.get("message")?.as_str()?).ok());
        let is = |event: &Value, place: &str, what: &str| event.pointer(place).is_some_and(|found| found == what);
        let mut pages = events.filter(|event| {
            is(event, "/message/method", "Network.responseReceived") && is(event, "/message/params/type", "Document")
        });
        let request = pages.next_back()?.pointer("/message/params/requestId").cloned();
        let source = self.protocol("Network.getResponseBody", json!({ "requestId": request })).await;
        let source = source.get("body").and_then(Value::as_str).expect("a page has a source");
        Some(keep(&folder(self.engine).join(format!("html/{name}.html")), source.as_bytes()))
    }

    /// Nothing on this page keeps a person out: every rule of axe-core that runs by default, the
    /// whole page, no exclusions.
    pub async fn axe(&self) {
        let violations = self.violations().await;
        if !violations.is_empty() {
            self.lost(&format!("axe finds {}:\n{}", violations.len(), violations.join("\n"))).await;
        }
    }

    /// What axe-core finds wrong with this page, one sentence for each element.
    pub async fn violations(&self) -> Vec<String> {
        if self.engine == Engine::Firefox && !self.javascript {
            // Without scripts no promise comes to anything there, not even that of a test.
            return Vec::new();
        }
        if !self.javascript {
            // axe puts off its work with timers, which a page without scripts never runs.
            self.script("window.setTimeout = (work, _, ...given) => { Promise.resolve().then(() => work(...given)) }")
                .await;
        }
        if self.script("return typeof axe").await == "undefined" {
            self.script(axe_source()).await;
        }
        // Preloading (only for sounds that play by themselves) waits for timers as well.
        let run = "return axe.run(document, { resultTypes: ['violations'], preload: arguments[0] }).then(
            found => found.violations.flatMap(rule => rule.nodes.map(node =>
                `${rule.help} (${rule.id}) at ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)),
            error => [`axe failed: ${error}`])";
        let found = self.must(self.client.execute(run, vec![json!(self.javascript)]).await, "run axe").await;
        let found = found.as_array().expect("axe answers with a list");
        found.iter().map(|sentence| sentence.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The browser's console is empty: no script failed, nothing was refused by the content security
    /// policy, no file was missing.
    pub async fn is_quiet(&self) {
        let complaints = self.complaints().await;
        if !complaints.is_empty() {
            self.lost(&format!("the browser's console says:\n{}", complaints.join("\n"))).await;
        }
    }

    /// The end of a journey that went wrong, with what the person has before them.
    pub(super) async fn lost(&self, why: &str) -> ! {
        let at = self.client.current_url().await.map(String::from).unwrap_or_default();
        let shown = self.text().await;
        let thread = std::thread::current();
        let journey = thread.name().unwrap_or("journey").replace("::", "-");
        let picture = self.screenshot(&format!("lost-{journey}")).await;
        panic!("{why}\nat {at}, which shows:\n{shown}\nseen in {}", picture.display());
    }
}

/// The source of axe-core.
fn axe_source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = fetched(AXE).join("node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(file).expect("axe-core has axe.min.js")
    })
}

/// What the checker of HTML finds wrong with these pages, one sentence for each place. It takes seconds to start, so it is
/// asked once for many.
pub fn invalid(pages: &[PathBuf]) -> Vec<String> {
    if pages.is_empty() {
        return Vec::new();
    }
    let jar = fetched(VNU).join("node_modules/vnu-jar/build/dist/vnu.jar");
    let mut java = Command::new("java");
    java.arg("-jar").arg(jar).args(["--stdout", "--exit-zero-always", "--format", "json"]).args(pages);
    let done = java.output().expect("java is installed (Debian: default-jre-headless)");
    let found: Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|error| {
        panic!("the checker of HTML does not answer ({error}): {}", String::from_utf8_lossy(&done.stderr))
    });
    let found = found.get("messages").and_then(Value::as_array).expect("it answers with messages");
    let said = |message: &Value, what: &str| message.get(what).map(ToString::to_string).unwrap_or_default();
    let sentence = |message: &Value| {
        let page = said(message, "url");
        let page = page.rsplit('/').next().unwrap_or_default().trim_end_matches('"').to_owned();
        format!("{page}, line {}: {} {}", said(message, "lastLine"), said(message, "message"), said(message, "extract"))
    };
    found.iter().map(sentence).collect()
}

/// The folder of a package from the npm registry, which is asked the first time.
fn fetched(package: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let folder = target().join(package);
    let fetched = folder.join("fetched");
    if !fetched.exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        let done = npm.arg(&folder).arg(package).output().expect("npm is installed");
        assert!(done.status.success(), "npm cannot fetch {package}: {}", String::from_utf8_lossy(&done.stderr));
        std::fs::write(fetched, "").expect("a note that it is there");
    }
    folder
}

/// On how many sheets it is printed: its pages, which Firefox writes into packed pieces of the file.
fn sheets(printed: &[u8]) -> usize {
    let mut text = String::from_utf8_lossy(printed).into_owned();
    for at in (0..printed.len()).filter(|at| printed.get(*at..).is_some_and(|rest| rest.starts_with(b"stream"))) {
        let packed = printed.get(at + b"stream".len()..).unwrap_or_default();
        let packed = packed.trim_ascii_start();
        let mut piece = Vec::new();
        // What is packed in another way has no pages in it.
        drop(flate2::read::ZlibDecoder::new(packed).read_to_end(&mut piece));
        text.push_str(&String::from_utf8_lossy(&piece));
    }
    text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
}

fn decoded(base64: &Value) -> Vec<u8> {
    let text = base64.as_str().expect("a picture or print is a text");
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}

fn keep(file: &Path, bytes: &[u8]) -> PathBuf {
    std::fs::create_dir_all(file.parent().unwrap_or(file)).expect("a folder for what is kept");
    std::fs::write(file, bytes).expect("it is kept");
    file.to_owned()
}

/// Where pictures are kept.
fn folder(engine: Engine) -> PathBuf {
    target().join(if engine == Engine::Firefox { "screenshots/firefox" } else { "screenshots" })
}

/// Cargo's target folder, wherever it is.
fn target() -> &'static Path {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch)
}
