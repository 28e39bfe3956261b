//! What a person does on a page.

use super::browser::{Browser, PATIENCE_MS};
use super::words::{control, literal, reads};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::Locator;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

impl Browser {
    /// Opens a full address.
    pub async fn visit(&self, address: &str) {
        self.must(self.client.goto(address).await, &format!("open {address}")).await;
    }

    /// Fills the field with this label (or this `name`): text, an option's words, a date as
    /// 2026-03-05, `on` or `off` for a box to tick.
    pub async fn fill(&self, field: &str, value: &str) {
        let element = self.only("field", field, &control(field)).await;
        // A line's end in a field of one line is the Enter key.
        let enter = char::from(Key::Enter).to_string();
        let kind = match element.tag_name().await.as_deref() {
            Ok("input") => element.attr("type").await.ok().flatten().unwrap_or_default(),
            Ok(tag) => tag.to_owned(),
            Err(_) => String::new(),
        };
        let done = match kind.as_str() {
            "select" => element.select_by_label(value).await,
            "checkbox" | "radio" => match element.is_selected().await {
                Ok(ticked) if ticked == (value == "on") => Ok(()),
                Ok(_) => element.click().await,
                Err(error) => Err(error),
            },
            _ => match element.clear().await {
                Ok(()) if kind == "textarea" => element.send_keys(value).await,
                Ok(()) => element.send_keys(&value.replace('\n', &enter)).await,
                Err(error) => Err(error),
            },
        };
        self.must(done, &format!("fill \"{field}\" with \"{value}\"")).await;
    }

    /// Presses the button with these words, and waits for the page it leads to.
    pub async fn press(&self, words: &str) {
        let reads = reads(words);
        let value = literal(words);
        let path = format!("(//button|//summary|//*[@role='button'])[{reads}]|//input[@type='submit'][@value={value}]");
        let button = self.only("button", words, &path).await;
        self.click(&button, &format!("press \"{words}\"")).await;
    }

    /// Follows the link with these words, and waits for the page it leads to.
    pub async fn follow(&self, words: &str) {
        let link = self.only("link", words, &format!("//a[@href][{}]", reads(words))).await;
        self.click(&link, &format!("follow \"{words}\"")).await;
    }

    /// Chooses a file in the file field with this label (or this `name`).
    pub async fn upload(&self, field: &str, path: &Path) {
        let path = path.canonicalize().expect("the file to upload exists");
        let found = self.client.find(Locator::XPath(&control(field))).await;
        let input = self.must(found, &format!("find the file field \"{field}\"")).await;
        let sent = input.send_keys(&path.to_string_lossy()).await;
        self.must(sent, &format!("choose a file for \"{field}\"")).await;
    }

    /// What the page shows, as text.
    pub async fn text(&self) -> String {
        // Not WebDriver's own text: that leaves out what stands in <noscript>.
        let shown = self.client.execute("return document.body?.innerText ?? ''", Vec::new()).await;
        shown.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The page shows these words, now or as soon as its script has brought them.
    pub async fn sees(&self, words: &str) {
        let path = format!("//body[contains(normalize-space(), {})]", literal(words));
        let found = self.client.find(Locator::XPath(&path)).await.is_ok();
        if !found || !self.text().await.split_whitespace().collect::<Vec<_>>().join(" ").contains(words) {
            self.lost(&format!("the page does not show \"{words}\"")).await;
        }
    }

    /// The page comes to show these words: the program works in the background, and the page looks
    /// after it by its script, or by loading itself anew.
    pub async fn comes_to(&self, words: &str) {
        let path = format!("//main[contains(normalize-space(), {})]", literal(words));
        for _ in 0..10 {
            if self.client.find(Locator::XPath(&path)).await.is_ok() {
                return;
            }
        }
        self.lost(&format!("the page never comes to show \"{words}\"")).await;
    }

    /// Strikes keys, wherever the focus is; a line's end is the Enter key.
    pub async fn strike(&self, keys: &str) {
        let keys = &keys.replace('\n', &char::from(Key::Enter).to_string());
        let mut struck = Ok(());
        // What has the focus may be hidden just now, as in a dialog that closes: a person's keys go where the focus is then.
        for _ in 0..50 {
            let focused = self.must(self.client.active_element().await, "find the focus").await;
            struck = focused.send_keys(keys).await;
            match &struck {
                Err(error) if error.to_string().contains("not interactable") => {}
                _ => break,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.must(struck, "strike keys").await;
    }

    /// Goes on with the Tab key to what a person knows by these words.
    pub async fn tab_to(&self, words: &str) {
        let script = "const one = document.activeElement, of = (what) => what?.innerText?.trim() ?? '';
            return [of(one), ...[...(one.labels ?? [])].map(of)]";
        for _ in 0..80 {
            self.strike(&char::from(Key::Tab).to_string()).await;
            if self.script(script).await.as_array().is_some_and(|read| read.iter().any(|read| read == words)) {
                return;
            }
        }
        self.lost(&format!("the Tab key never comes to \"{words}\"")).await;
    }

    /// Runs a script in the page and returns what it returns, or what its promise comes to. Works
    /// without JavaScript too, where it is the only script that runs; timers then never fire.
    pub async fn script(&self, script: &str) -> Value {
        self.must(self.client.execute(script, Vec::new()).await, "run a script").await
    }

    /// The one element here that a person would mean by these words.
    async fn only(&self, what: &str, words: &str, path: &str) -> Element {
        let found = self.must(self.client.find_all(Locator::XPath(path)).await, &format!("look for \"{words}\"")).await;
        // Not WebDriver's own "displayed": that takes what stands in <noscript> for hidden. The same
        // link twice, say in the rail and in the text, is one answer.
        let script = "const seen = [...arguments].filter(one => one.checkVisibility({ visibilityProperty: true }));
            const same = seen.length > 1 && seen.every(one => one.href && one.href === seen[0].href);
            return [same ? 1 : seen.length, [...arguments].indexOf(seen[0])]";
        let given = found.iter().map(|element| serde_json::to_value(element).expect("an element is a reference"));
        let answer = self.must(self.client.execute(script, given.collect()).await, &format!("see \"{words}\"")).await;
        let (count, first): (usize, isize) = serde_json::from_value(answer).expect("a count and a place");
        match found.into_iter().nth(usize::try_from(first).unwrap_or(usize::MAX)) {
            Some(element) if count == 1 => element,
            Some(_) => self.lost(&format!("{count} {what}s read \"{words}\"")).await,
            None => self.lost(&format!("no {what} reads \"{words}\"")).await,
        }
    }

    /// Clicks; where that sends a form or follows a link, and no script takes it over, the page before
    /// must also be gone: chromedriver alone may answer before the browser has begun to leave it.
    async fn click(&self, element: &Element, what: &str) {
        let prepare = "const [one] = arguments, form = one.form;
            const bare = address => address.split('#')[0];
            const leaves = one.href
                ? !one.target && !one.download && !(one.hash && bare(one.href) === bare(location.href))
                : one.type === 'submit' && form && form.method !== 'dialog'
                    && (form.noValidate || one.formNoValidate || !form.matches(':invalid'));
            document.leaving = Boolean(leaves);
            addEventListener(one.href ? 'click' : 'submit',
                event => { document.leaving = !event.defaultPrevented }, { once: true })";
        let reference = serde_json::to_value(element).expect("an element is a reference");
        self.must(self.client.execute(prepare, vec![reference]).await, what).await;
        self.must(element.click().await, what).await;
        for _ in 0..PATIENCE_MS / 20 {
            let leaving = self.client.execute("return document.leaving === true", Vec::new()).await;
            if leaving.is_ok_and(|answer| answer == false) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
