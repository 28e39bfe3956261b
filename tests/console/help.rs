//! Help: its pages, its search, and the links that lead there and from there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use reseat::help::page::{PAGES, named};

use crate::on_both;
use crate::support::Reply;

/// The sections that a search found, in their order.
fn hits(reply: &Reply) -> Vec<&str> {
    let found = reply.text.split("class=\"found\"").nth(1).unwrap_or_default();
    found.split("<li><a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The addresses of the console that help names, without their anchors.
fn addresses() -> BTreeSet<String> {
    let link = Regex::new(r#"href="(/[^"]*)""#).unwrap();
    let mut found = BTreeSet::new();
    for page in PAGES.iter() {
        let html = page.html.to_string();
        found.extend(link.captures_iter(&html).map(|one| one[1].split('#').next().unwrap_or_default().to_owned()));
    }
    found
}

fn templates(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn what_forms_and_pages_say_of_help_is_there() {
    let mut all = Vec::new();
    templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut all);
    let said = Regex::new(r##"(?:help = "|told\("|"/help/|")([a-z-]+)#([a-z0-9-]+)""##).unwrap();
    let mut count = 0;
    for (path, text) in &all {
        for one in said.captures_iter(text) {
            let page = named(&one[1]).unwrap_or_else(|| panic!("{}: there is no page {}", path.display(), &one[1]));
            let is_there = page.sections.iter().any(|section| section.anchor == one[2]);
            assert!(is_there, "{}: {} has no heading {}", path.display(), page.name, &one[2]);
            count += 1;
        }
    }
    assert!(count > 20, "only {count} were read");
}

on_both! {
    async fn every_page_of_help_is_there_for_everybody_signed_in_and_says_something(console) {
        for mut person in [console.auditor().await, console.help_desk().await, console.admin().await] {
            let index = person.get("/help").await;
            index.is(200);
            for page in PAGES.iter() {
                index.says(&format!("href=\"{}\"", page.href())).says(&page.title);
                let shown = person.get(&page.href()).await;
                shown.is(200).says(&format!("<h1>{}</h1>", page.title));
                for section in page.contents() {
                    shown.says(&format!("href=\"#{}\"", section.anchor)).says(&format!("id=\"{}\"", section.anchor));
                }
            }
            person.get("/help/nothing").await.is(404);
            person.get("/").await.says("href=\"/help\"");
        }
    }

    async fn every_address_that_help_names_is_there(console) {
        let mut ada = console.admin().await;
        let all = addresses();
        assert!(all.len() > 30, "{all:?}");
        for address in all {
            let reply = ada.get(&address.replace("&amp;", "&")).await;
            assert_eq!(reply.status.as_u16(), 200, "{address}");
        }
    }

    async fn a_search_in_help_finds_the_sections_that_fit_the_best_first(console) {
        let mut audrey = console.auditor().await;
        let found = audrey.get("/help?find=keypack+ID").await;
        assert_eq!(hits(&found).first(), Some(&"/help/glossary#keypack-id"), "{:?}", hits(&found));
        found.says("<mark>Keypack</mark> <mark>ID</mark>").says("value=\"keypack ID\"").says("sections that fit");
        let found = audrey.get("/help?find=server+dies").await;
        assert_eq!(hits(&found).first(), Some(&"/help/runbooks#a-license-server-dies"), "{:?}", hits(&found));
        let nothing = audrey.get("/help?find=%3Cb%3Ezebra").await;
        nothing.is(200).says("Nothing in help fits this").says("Try one word of it").says_nothing_of("<b>zebra");
        audrey.get("/help?find=+").await.says("How the work is done here");
    }

    async fn a_field_of_the_jargon_says_where_its_word_is_explained(console) {
        console.stock().company("Contoso").await;
        let form = console.admin().await.get("/key-packs/new").await;
        form.is(200)
            .says("href=\"/help/glossary#keypack-id\" target=\"_blank\" rel=\"noopener\">What is this?")
            .says("Keypack ID, opens in a new tab")
            .says("id=\"f-keypack_id-hint\"");
    }
}
