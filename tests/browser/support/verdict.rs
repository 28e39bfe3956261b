//! What is to be said of a page: its picture, whether it keeps anyone out, whether anything failed.

use super::browser::Browser;
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The accessibility checker, from the npm registry; fetched once, never committed.
const AXE: &str = "axe-core@4.14.1";

impl Browser {
    /// Keeps a picture of the whole page as `target/screenshots/NAME-WIDTH-THEME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let sizes = self.protocol("Page.getLayoutMetrics", json!({})).await;
        let mut clip = sizes.get("cssContentSize").cloned().expect("a page has a size");
        if let Some(clip) = clip.as_object_mut() {
            clip.insert("scale".into(), json!(1));
        }
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.protocol("Page.captureScreenshot", wanted).await;
        let picture = picture.get("data").and_then(Value::as_str).expect("a picture has data");
        let picture = base64::engine::general_purpose::STANDARD.decode(picture).expect("base64");

        let folder = target().join("screenshots");
        let theme = if self.dark { "dark" } else { "light" };
        let file = folder.join(format!("{name}-{}-{theme}.png", self.width));
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        std::fs::write(&file, picture).expect("a screenshot is written");
        file
    }

    /// Prints the page as `target/screenshots/NAME-PAPER.pdf`, and says on how many sheets. `paper`: its name, and its
    /// width and height in inches.
    pub async fn print(&self, name: &str, (paper, width, height): (&str, f64, f64)) -> usize {
        let wanted = json!({ "paperWidth": width, "paperHeight": height, "preferCSSPageSize": true });
        let printed = self.protocol("Page.printToPDF", wanted).await;
        let printed = printed.get("data").and_then(Value::as_str).expect("a print has data");
        let printed = base64::engine::general_purpose::STANDARD.decode(printed).expect("base64");
        let folder = target().join("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for prints");
        std::fs::write(folder.join(format!("{name}-{paper}.pdf")), &printed).expect("a print is written");
        let text = String::from_utf8_lossy(&printed);
        text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
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

    /// What the browser's console says since it was last asked. That the page itself was refused (a form
    /// that came back, a page that is not there) is the page's business and no complaint.
    pub async fn complaints(&self) -> Vec<String> {
        let at = self.client.current_url().await.map(String::from).unwrap_or_default();
        let refused = format!("{at} - Failed to load resource");
        let log = self.raw("se/log", json!({ "type": "browser" })).await;
        let lines = log.as_array().expect("a log is a list").iter();
        let lines = lines.filter_map(|line| line.get("message")?.as_str());
        lines.filter(|line| !line.contains("status of 422") && !line.starts_with(&refused)).map(str::to_owned).collect()
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

/// The source of axe-core, from the npm registry the first time.
fn axe_source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let folder = target().join(AXE);
        let file = folder.join("node_modules/axe-core/axe.min.js");
        if !file.exists() {
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
            let done = npm.arg(&folder).arg(AXE).output().expect("npm is installed");
            assert!(done.status.success(), "npm cannot fetch {AXE}: {}", String::from_utf8_lossy(&done.stderr));
        }
        std::fs::read_to_string(file).expect("axe-core has axe.min.js")
    })
}

/// Cargo's target folder, wherever it is.
fn target() -> &'static Path {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch)
}
