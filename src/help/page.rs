//! A page of help: a Markdown file of `docs/help`, rendered once, with an anchor for each heading.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The files, in the order in which the index lists them.
const FILES: [(&str, &str); 8] = [
    ("quick-start", include_str!("../../docs/help/quick-start.md")),
    ("reissue-call", include_str!("../../docs/help/reissue-call.md")),
    ("export", include_str!("../../docs/help/export.md")),
    ("runbooks", include_str!("../../docs/help/runbooks.md")),
    ("glossary", include_str!("../../docs/help/glossary.md")),
    ("position", include_str!("../../docs/help/position.md")),
    ("roles", include_str!("../../docs/help/roles.md")),
    ("keyboard", include_str!("../../docs/help/keyboard.md")),
];

/// Every page, rendered when the first one is asked for.
pub static PAGES: LazyLock<Vec<Page>> =
    LazyLock::new(|| FILES.iter().map(|(name, text)| Page::of(name, text)).collect());

/// The page of a name.
pub fn named(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.name == name)
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its name in the address, which is that of its file.
    pub name: &'static str,
    /// Its first heading.
    pub title: String,
    /// Its first paragraph, as plain text: what the index says of it.
    pub lead: String,
    /// What stands below the title.
    pub html: Html,
    /// Its sections in their order; the first is what stands before any heading.
    pub sections: Vec<Section>,
}

/// What a heading stands over.
#[derive(Clone, Debug)]
pub struct Section {
    /// The anchor of its heading; empty for what stands before any.
    pub anchor: String,
    /// Its heading.
    pub heading: String,
    /// How deep the heading is: 2 or more, and 1 for the page's own title.
    pub level: usize,
    /// What it says, as plain text.
    pub text: String,
}

/// Rendered Markdown of our own files. What looks like HTML there was written as text.
#[derive(Clone, Debug)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// It comes from `docs/help` alone, never from a person's input, and holds no HTML but what is written here.
impl HtmlSafe for Html {}

impl Page {
    /// The page that a file's text makes.
    pub fn of(name: &'static str, text: &'static str) -> Page {
        let mut made = Making::default();
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            made.take(event);
        }
        let mut rendered = String::new();
        html::push_html(&mut rendered, made.events.into_iter());
        let title = made.sections.first().map(|first| first.heading.clone()).unwrap_or_default();
        Page { name, title, lead: made.lead, html: Html(rendered), sections: made.sections }
    }

    /// Where it is.
    pub fn href(&self) -> String {
        format!("/help/{}", self.name)
    }

    /// What its table of contents lists.
    pub fn contents(&self) -> Vec<&Section> {
        self.sections.iter().filter(|section| section.level == 2).collect()
    }
}

/// A page in the making.
#[derive(Default)]
struct Making<'a> {
    events: Vec<Event<'a>>,
    sections: Vec<Section>,
    taken: HashSet<String>,
    lead: String,
    /// The heading that is being read: where its tag is to stand.
    heading: Option<usize>,
}

impl<'a> Making<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.heading = Some(self.events.len());
                let (anchor, heading, text) = (String::new(), String::new(), String::new());
                self.sections.push(Section { anchor, heading, level: level as usize, text });
            }
            Event::End(TagEnd::Heading(level)) => self.end_heading(level),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = address(&dest_url).map_or(dest_url, CowStr::from);
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            // A table scrolls inside its own region, never the page.
            Event::Start(Tag::Table(columns)) => {
                let name = self.sections.last().map(|section| escaped(&section.heading)).unwrap_or_default();
                let region = format!(r#"<div class="region" role="region" aria-label="Table: {name}" tabindex="0">"#);
                self.events.push(Event::Html(region.into()));
                self.events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                self.events.push(Event::End(TagEnd::Table));
                self.events.push(Event::Html("</div>\n".into()));
            }
            // HTML in a file is text about HTML.
            Event::Html(text) | Event::InlineHtml(text) => self.take(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => self.events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            other => {
                self.say(&other);
                self.events.push(other);
            }
        }
    }

    /// Adds what an event says to the section's plain text, or to the heading that is being read.
    fn say(&mut self, event: &Event<'a>) {
        let said = match event {
            Event::Text(text) | Event::Code(text) => &**text,
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => " ",
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::TableRow) => "\n",
            _ => return,
        };
        let is_first = self.sections.len() == 1;
        let Some(section) = self.sections.last_mut() else { return };
        if self.heading.is_some() {
            section.heading.push_str(said);
            return;
        }
        if is_first && self.lead.is_empty() && matches!(event, Event::End(TagEnd::Paragraph)) {
            self.lead.clone_from(&section.text);
        }
        section.text.push_str(said);
    }

    /// A heading is written once its words, and so its anchor, are known. The page's title is not part of what is below it.
    fn end_heading(&mut self, level: HeadingLevel) {
        let (Some(at), Some(section)) = (self.heading.take(), self.sections.last_mut()) else { return };
        if level == HeadingLevel::H1 {
            self.events.truncate(at);
            return;
        }
        let (plain, mut n) = (anchor(&section.heading), 0);
        section.anchor.clone_from(&plain);
        while !self.taken.insert(section.anchor.clone()) {
            n += 1;
            section.anchor = format!("{plain}-{n}");
        }
        let id = Some(CowStr::from(section.anchor.clone()));
        let tag = Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() };
        self.events.insert(at, Event::Start(tag));
        self.events.push(Event::End(TagEnd::Heading(level)));
    }
}

/// The anchor of a heading, as code hosts make it: lower case, blanks as hyphens, no other signs.
pub fn anchor(heading: &str) -> String {
    let letters = heading.trim().chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    letters.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// A link from file to file, as it is inside the program; nothing where it leads elsewhere.
fn address(link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let name = file.strip_suffix(".md").filter(|name| !name.contains('/'))?;
    Some(anchor.map_or_else(|| format!("/help/{name}"), |anchor| format!("/help/{name}#{anchor}")))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids that stand around every page, and in the search below it.
    const AROUND: [&str; 6] = ["main", "search", "said", "found", "f-find", "sections"];

    fn links(html: &str) -> Vec<&str> {
        html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_link_in_help_leads_to_a_page_and_an_anchor_that_are_there() {
        let mut count = 0;
        for page in PAGES.iter() {
            for link in links(&page.html.0) {
                count += 1;
                let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
                assert!(path.is_empty() || path.starts_with('/'), "{}: {link} leads away", page.name);
                let to = match path.strip_prefix("/help/") {
                    Some(name) => named(name).unwrap_or_else(|| panic!("{}: {link} is no page", page.name)),
                    None if path.is_empty() => page,
                    None => continue,
                };
                let is_there = anchor.is_empty() || to.sections.iter().any(|section| section.anchor == anchor);
                assert!(is_there, "{}: {link} is no heading", page.name);
            }
        }
        assert!(count > 100, "only {count} links were read");
    }

    #[test]
    fn every_page_has_a_title_a_lead_and_headings_with_anchors_of_their_own() {
        for page in PAGES.iter() {
            assert!(!page.title.is_empty() && !page.lead.is_empty() && page.contents().len() > 2, "{}", page.name);
            let mut anchors: Vec<&str> = page.sections.iter().skip(1).map(|one| one.anchor.as_str()).collect();
            assert!(anchors.iter().all(|one| !one.is_empty() && !AROUND.contains(one)), "{}: {anchors:?}", page.name);
            assert!(anchors.iter().all(|one| page.html.0.contains(&format!("id=\"{one}\""))), "{}", page.name);
            let count = anchors.len();
            anchors.sort_unstable();
            anchors.dedup();
            assert_eq!(anchors.len(), count, "{}", page.name);
            assert!(page.sections.iter().skip(1).all(|one| one.level == 2 || one.level == 3), "{}", page.name);
            assert!(!page.html.0.contains("<h1"), "{}", page.name);
        }
    }

    #[test]
    fn every_file_of_the_folder_is_a_page_and_every_page_a_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/help");
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = entries.collect();
        let mut pages: Vec<String> = PAGES.iter().map(|page| format!("{}.md", page.name)).collect();
        files.sort();
        pages.sort();
        assert_eq!(files, pages);
    }

    #[test]
    fn html_in_a_file_is_shown_as_text_and_never_passed_on() {
        let page = Page::of("x", "# T\n\nA <b>bold</b> word.\n\n<script>alert(1)</script>\n\n## <i>H</i>\n");
        assert!(!page.html.0.contains("<b>") && !page.html.0.contains("<script>") && !page.html.0.contains("<i>"));
        assert!(page.html.0.contains("&lt;b&gt;") && page.html.0.contains("&lt;script&gt;"), "{}", page.html);
    }

    #[test]
    fn a_page_is_made_of_sections_with_anchors_as_code_hosts_make_them() {
        let text = "# Words\n\nLead with `code`.\n\n## A key: pack’s *ID*\n\nSee [there](other.md#one).\n\n- One\n- Two\n\n## Twice\n\n\
             ## Twice\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let page = Page::of("words", text);
        assert_eq!((page.title.as_str(), page.lead.as_str()), ("Words", "Lead with code."));
        let told: Vec<_> = page.sections.iter().map(|one| (one.anchor.as_str(), one.level)).collect();
        assert_eq!(told, [("", 1), ("a-key-packs-id", 2), ("twice", 2), ("twice-1", 2)]);
        assert!(page.html.0.contains("<h2 id=\"a-key-packs-id\">A key: pack’s <em>ID</em></h2>"), "{}", page.html);
        assert!(page.html.0.contains("href=\"/help/other#one\""), "{}", page.html);
        assert!(page.html.0.contains("aria-label=\"Table: Twice\" tabindex=\"0\""), "{}", page.html);
        assert!(page.sections.iter().any(|one| one.text.contains("See there.\nOne\nTwo")), "{:?}", page.sections);
    }
}
