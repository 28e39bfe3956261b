//! The keys of `static/reseat.js`: what they lead to is there, and the help says so.

use std::fs;

use regex::Regex;

use crate::on_both;

/// A letter behind `g`, and where it leads.
fn places() -> Vec<(String, String)> {
    let script = fs::read_to_string("static/reseat.js").unwrap();
    let list = Regex::new(r"const places = \{([^}]*)\}").unwrap();
    let list = list.captures(&script).expect("the places stand in the script")[1].to_owned();
    let one = Regex::new("([a-z]): \"(/[^\"]*)\"").unwrap();
    one.captures_iter(&list).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

#[test]
fn the_help_says_each_place_that_a_key_leads_to() {
    let help = fs::read_to_string("docs/help/keyboard.md").unwrap();
    let places = places();
    assert!(places.len() > 8, "{places:?}");
    for (key, place) in places {
        let says = help.lines().any(|line| line.contains(&format!("`g` `{key}`")) && line.contains(&format!("]({place})")));
        assert!(says, "docs/help/keyboard.md does not say that g {key} leads to {place}");
    }
    let script = fs::read_to_string("static/reseat.js").unwrap();
    let list = Regex::new(r"(?s)const keys = \{(.*?)\n\};").unwrap();
    let list = list.captures(&script).expect("the keys stand in the script")[1].to_owned();
    for key in Regex::new(r#"(?m)^  "?([a-z/?])"?: "#).unwrap().captures_iter(&list) {
        assert!(help.contains(&format!("`{}`", &key[1])), "docs/help/keyboard.md does not say what {} does", &key[1]);
    }
}

on_both! {
    async fn every_place_that_a_key_leads_to_is_there(console) {
        let mut ada = console.admin().await;
        for (_, place) in places() {
            ada.get(&place).await.is(200);
        }
        ada.get("/").await.says("href=\"/calls/new\" data-log-call");
        console.auditor().await.get("/").await.says_nothing_of("data-log-call");
    }
}
