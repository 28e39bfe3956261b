//! Every form that corrects what is recorded, or retires it: an older page never overwrites a newer change.

use std::collections::BTreeSet;

use regex::Regex;

use crate::bring::two_clients;
use crate::forms::otherwise;
use crate::support::Console;
use crate::who_may::WHO_MAY;

/// Each such address, an example of it, the page with its form, and the field in which two people differ.
const CORRECTIONS: &[(&str, &str, &str, &str)] = &[
    ("/companies/{id}", "/companies/1", "/companies/1/edit", "note"),
    ("/license-servers/{id}", "/license-servers/1", "/license-servers/1/edit", "note"),
    ("/agreements/{id}", "/agreements/1", "/agreements/1/edit", "note"),
    ("/key-packs/{id}", "/key-packs/1", "/key-packs/1/edit", "note"),
    ("/clients/{id}", "/clients/1", "/clients/1/edit", "note"),
    ("/licenses/{id}", "/licenses/1", "/licenses/1/edit", "note"),
    ("/calendars/{id}", "/calendars/1", "/calendars/1", "days"),
    ("/call-numbers/{id}", "/call-numbers/1", "/call-numbers/1", "hours"),
    ("/products/{table}/{id}", "/products/versions/1", "/products/versions/1", "note"),
    ("/products/{table}/{id}", "/products/systems/1", "/products/systems/1", "name"),
    ("/products/{table}/{id}", "/products/needs/1", "/products/needs/1", "note"),
    ("/products/{table}/{id}", "/products/serves/1", "/products/serves/1", "note"),
    // Whatever others hang on goes last.
    ("/licenses/{id}/retirement", "/licenses/3/retirement", "/licenses/3/edit", "reason"),
    ("/key-packs/{id}/retirement", "/key-packs/2/retirement", "/key-packs/2/edit", "reason"),
    ("/license-servers/{id}/retirement", "/license-servers/2/retirement", "/license-servers/2/edit", "reason"),
    ("/clients/{id}/retirement", "/clients/1/retirement", "/clients/1/edit", "reason"),
    ("/agreements/{id}/retirement", "/agreements/1/retirement", "/agreements/1/edit", "reason"),
    ("/companies/{id}/retirement", "/companies/2/retirement", "/companies/2/edit", "reason"),
    ("/products/systems/{id}/retirement", "/products/systems/2/retirement", "/products/systems/2", "reason"),
];

/// Something of each kind.
async fn stock(console: &Console) {
    two_clients(console).await;
    let mut ada = console.admin().await;
    for (path, fields) in [
        ("/companies", "name=Fabrikam"),
        ("/license-servers", "company=2&name=LIC-2000"),
        (
            "/agreements",
            "company=1&program=other&agreement_number=X-1&product_version=2019&license_type=per_device&quantity=20&transfer_policy=one_time",
        ),
        (
            "/key-packs",
            "license_server=2&product_version=2000&license_type=per_device&total=20&origin=original&state=installed",
        ),
        ("/licenses", "key_pack=2&client=OLD-1&new_client=yes&status=active&issued_on=2004-05-06"),
        ("/calendars", "country=Germany&days=2026-09-14+A+day+off"),
        ("/call-numbers", "company=1&country=Germany&number=%2B49+30+5550199"),
    ] {
        let fields: Vec<(&str, String)> = fields
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, reseat::web::address::unescape(&value.replace('+', " "))))
            .collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ada.post(path, &fields).await.is(303);
    }
}

#[test]
fn every_address_that_corrects_or_retires_is_tried_with_an_older_page() {
    let corrects = Regex::new(r"^/[a-z-]+(/\{table\}|/systems)?/\{id\}(/retirement)?$").unwrap();
    let addresses = WHO_MAY.iter().filter(|(method, address, ..)| *method == "POST" && corrects.is_match(address));
    let addresses: BTreeSet<&str> = addresses.map(|(_, address, ..)| *address).collect();
    let tried: BTreeSet<&str> = CORRECTIONS.iter().map(|(address, ..)| *address).collect();
    assert_eq!(addresses, tried);
}

crate::on_both! {
    async fn an_older_page_overwrites_no_newer_change_whatever_it_corrects(console) {
        stock(&console).await;
        let mut ada = console.admin().await;
        for (_, address, page, field) in CORRECTIONS {
            let older = ada.get(page).await.is(200).form(address);
            let words = |tab: &str| if *field == "days" { format!("2026-09-14 {tab}") } else { tab.to_owned() };
            let (first, second) = (words("the first tab"), words("the second tab"));
            let mine = otherwise(older.clone(), &[("reason", "asked for"), (field, &first)]);
            let theirs = otherwise(older.clone(), &[("reason", "asked for"), (field, &second)]);
            assert!(older.iter().any(|(name, seen)| name == "seen" && !seen.is_empty()), "{address} does not say what was seen");
            let reply = ada.post_form(address, &mine).await;
            assert_eq!(reply.status.as_u16(), 303, "{address}\n{}", reply.text);
            let reply = ada.post_form(address, &theirs).await;
            assert_eq!(reply.status.as_u16(), 422, "{address}\n{}", reply.text);
            reply.says("It was changed while your page was open").says("Changed meanwhile");
            // Whoever had not touched that field finds the first tab's words there, and undoes nothing.
            if *field != "reason" {
                let untouched = otherwise(older, &[("reason", "something else")]);
                let form = ada.post_form(address, &untouched).await.is(422).says("Taken over").form(address);
                assert!(form.contains(&((*field).to_owned(), first)), "{address}: {form:?}");
            }
        }
    }

    async fn what_is_recorded_of_a_things_own_things_fills_none_of_its_fields(console) {
        stock(&console).await;
        let mut ada = console.admin().await;
        let older = ada.get("/companies/1/edit").await.form("/companies/1");
        let number = [("company", "1"), ("country", "France"), ("number", "+33 1 55501"), ("hours", "")];
        ada.post("/call-numbers", &number).await.is(303);
        let mine = otherwise(older, &[("reason", "asked for"), ("note", "mine")]);
        let form = ada.post_form("/companies/1", &mine).await.is(422).says("Changed meanwhile").form("/companies/1");
        assert!(form.contains(&("country".to_owned(), String::new())), "{form:?}");
    }
}
