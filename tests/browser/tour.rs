//! A look at pages, narrow and wide, light and dark.

use crate::exports::Export;
use crate::steps::bring;
use crate::support::{Browser, Engine, Server, invalid};
use std::path::PathBuf;

/// A look at many pages, which tells at the end, all at once, what is wrong with them.
pub struct Tour<'a> {
    pub server: &'a Server,
    pub browser: Browser,
    pub wrong: Vec<String>,
    /// The pages as the server sent them, to be checked at the end.
    pub sources: Vec<PathBuf>,
}

/// How a page is looked at: dark or light, and so many pixels wide.
const LOOKS: [(bool, u32); 4] = [(true, 360), (false, 360), (true, 1280), (false, 1280)];

/// As narrow as any page must bear (WCAG 1.4.10), and what 1280 pixels are at 200 %: nothing scrolls two ways.
const NARROW: [u32; 2] = [320, 640];

/// Main pages, of which there is also a picture in colors that a person has forced on all pages.
const FORCED: [&str; 5] = ["home", "key-packs", "client", "queue", "call-live"];

/// What makes the page itself wider than the window.
const OVER: &str = "const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const over = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > width + 1);
    return 'these stand over the side: ' + over.map(one => one.outerHTML.slice(0, 80)).slice(-3).join(' ')";

impl<'a> Tour<'a> {
    pub fn new(server: &'a Server, browser: Browser) -> Self {
        Self { server, browser, wrong: Vec::new(), sources: Vec::new() }
    }

    /// Opens a page that shows these words, and looks at it.
    pub async fn page(&mut self, name: &str, path: &str, words: &str) {
        self.browser.visit(&self.server.at(path)).await;
        self.look(name, words).await;
    }

    /// Looks at the page that is open, which shows these words.
    pub async fn look(&mut self, name: &str, words: &str) {
        self.browser.sees(words).await;
        self.sources.extend(self.browser.source(name).await);
        for width in NARROW {
            self.browser.look(false, width).await;
            self.stays_within(name).await;
        }
        if everything() {
            for dark in [true, false] {
                self.browser.look(dark, 768).await;
                self.stays_within(name).await;
                self.browser.screenshot(name).await;
            }
            self.browser.as_printed(name).await;
        }
        for (dark, width) in LOOKS {
            self.browser.look(dark, width).await;
            self.stays_within(name).await;
            // What axe-core reads is the same in every engine, and pictures of one are enough.
            if Engine::wanted() == Engine::Chromium {
                let violations = self.browser.violations().await;
                self.note(name, violations);
                self.browser.screenshot(name).await;
            }
        }
        if FORCED.contains(&name) {
            self.browser.with_forced_colors(name).await;
        }
        let complaints = self.browser.complaints().await;
        self.wrong.extend(complaints.iter().map(|wrong| format!("{name}: {wrong}")));
    }

    /// Nothing stands over the side of the page that is open.
    async fn stays_within(&mut self, name: &str) {
        let over = self.browser.script(OVER).await;
        self.note(name, over.as_str().map(str::to_owned));
    }

    fn note(&mut self, name: &str, wrong: impl IntoIterator<Item = String>) {
        let look = self.browser.is_seen();
        self.wrong.extend(wrong.into_iter().map(|wrong| format!("{name}, {look}: {wrong}")));
    }

    /// Presses the only button of a form, which leads to the page with these words, and looks at that.
    pub async fn press(&mut self, button: &str, name: &str, words: &str) {
        self.browser.press(button).await;
        self.look(name, words).await;
    }

    /// Brings files in and looks at what comes of it.
    pub async fn bring(&mut self, export: &Export, server: &str, name: &str, words: &str) {
        self.browser.visit(&self.server.at("/imports/new")).await;
        bring(&self.browser, server, export).await;
        self.browser.comes_to(words).await;
        self.look(name, words).await;
    }

    /// The address of the first row of a list.
    pub async fn first_of(&self, list: &str) -> String {
        self.browser.visit(&self.server.at(list)).await;
        let first = self.browser.script("return document.querySelector('tbody a').getAttribute('href')").await;
        first.as_str().unwrap_or_default().to_owned()
    }

    pub fn end(mut self) {
        self.wrong.extend(invalid(&self.sources));
        assert!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

/// Whether pictures of everything are wanted (`scripts/screenshots`), not only what a tour needs.
fn everything() -> bool {
    std::env::var("SCREENSHOTS").is_ok_and(|wanted| wanted == "all")
}
