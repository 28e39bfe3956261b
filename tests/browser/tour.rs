//! A look at pages, narrow and wide, light and dark.

use crate::exports::Export;
use crate::steps::bring;
use crate::support::{Browser, Server};

/// A look at many pages, which tells at the end, all at once, what is wrong with them.
pub struct Tour<'a> {
    pub server: &'a Server,
    pub browser: Browser,
    pub wrong: Vec<String>,
}

/// What makes the page itself wider than the window.
const OVER: &str = "const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const over = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > width + 1);
    return 'these stand over the side: ' + over.map(one => one.outerHTML.slice(0, 80)).slice(-3).join(' ')";

impl<'a> Tour<'a> {
    pub fn new(server: &'a Server, browser: Browser) -> Self {
        Self { server, browser, wrong: Vec::new() }
    }

    /// Opens a page that shows these words, and looks at it.
    pub async fn page(&mut self, name: &str, path: &str, words: &str) {
        self.browser.visit(&self.server.at(path)).await;
        self.look(name, words).await;
    }

    /// Looks at the page that is open, which shows these words.
    pub async fn look(&mut self, name: &str, words: &str) {
        self.browser.sees(words).await;
        for (dark, width) in [(true, 360), (false, 360), (true, 1280), (false, 1280)] {
            self.browser.look(dark, width).await;
            let mut wrong = self.browser.violations().await;
            wrong.extend(self.browser.script(OVER).await.as_str().map(str::to_owned));
            let theme = if dark { "dark" } else { "light" };
            self.wrong.extend(wrong.iter().map(|wrong| format!("{name}, {width}, {theme}: {wrong}")));
            self.browser.screenshot(name).await;
        }
        let complaints = self.browser.complaints().await;
        self.wrong.extend(complaints.iter().map(|wrong| format!("{name}: {wrong}")));
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

    pub fn end(self) {
        assert!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}
