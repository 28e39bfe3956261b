//! From an empty installation to the answers it is there for.

use crate::exports::{Export, THREE, three_computers};
use crate::steps::{apply, bring, set_password, set_up};
use crate::support::{Browser, Server};

#[tokio::test]
async fn files_become_key_packs_clients_and_history() {
    from_set_up_to_an_auditor(true).await;
}

#[tokio::test]
async fn files_become_key_packs_clients_and_history_without_javascript() {
    from_set_up_to_an_auditor(false).await;
}

async fn from_set_up_to_an_auditor(javascript: bool) {
    let mut server = Server::start().await;
    let ada = Browser::new(javascript, false, 1280).await;
    set_up(&ada, &mut server).await;
    ada.sees("Nothing here yet").await;

    ada.follow("Imports").await;
    ada.sees("No import yet").await;
    ada.follow("Import files").await;
    bring(&ada, "LIC-01", &three_computers()).await;
    ada.comes_to("Waits for your decision").await;
    ada.sees("New server").await;
    ada.sees("THIN-007").await;
    ada.axe().await;
    apply(&ada).await;

    ada.follow("Key packs").await;
    ada.follow("Windows Server 2022 – RDS Per Device CAL").await;
    ada.sees("What its server said, import by import").await;
    ada.follow("All 3 on the server").await;
    ada.sees("THIN-007").await;

    ada.fill("Search by part of a name, an ID or a number", "pc-0117\n").await;
    // Nothing else fits, so that it leads straight there.
    ada.comes_to("Licenses it holds").await;
    ada.sees("1 Jul 2025").await;
    ada.axe().await;

    ada.follow("History").await;
    ada.fill("What happened", "import applied").await;
    ada.press("Filter").await;
    ada.sees("Remove filter What happened import applied").await;
    ada.sees("by Ada").await;

    let link = add_a_person(&ada, &server).await;
    ada.press("Sign out").await;
    ada.sees("You are signed out.").await;
    ada.is_quiet().await;

    let audrey = Browser::new(javascript, true, 390).await;
    an_auditor_only_reads(&audrey, &server, &link).await;
}

/// The one-time link of a new auditor.
async fn add_a_person(ada: &Browser, server: &Server) -> String {
    ada.follow("People").await;
    ada.fill("Name to sign in with", "Audrey").await;
    ada.fill("Auditor", "on").await;
    ada.press("Add and make a link").await;
    ada.sees("A link for Audrey").await;
    let link = ada.script("return document.querySelector('main code').innerText").await;
    let link = link.as_str().unwrap_or_default();
    assert!(link.starts_with(&server.at("/set-up/")), "{link} can be given to somebody as it is");
    link.to_owned()
}

async fn an_auditor_only_reads(audrey: &Browser, server: &Server, link: &str) {
    audrey.visit(link).await;
    audrey.sees("You sign in as Audrey").await;
    set_password(audrey).await;
    audrey.sees("LIC-01").await;
    audrey.press("Menu").await;
    audrey.follow("Imports").await;
    audrey.sees("Import 1 from LIC-01").await;
    assert!(!audrey.text().await.contains("Import files"), "an auditor is offered no import");
    audrey.visit(&server.at("/imports/new")).await;
    audrey.sees("or your role does not show it").await;
    audrey.is_quiet().await;
    audrey.visit(link).await;
    audrey.sees("There is nothing here").await;
    audrey.is_quiet().await;
}

#[tokio::test]
async fn a_conflict_and_rows_with_errors_are_settled_on_their_page() {
    let mut server = Server::start().await;
    let ada = Browser::new(true, false, 1280).await;
    set_up(&ada, &mut server).await;
    ada.visit(&server.at("/imports/new")).await;
    ada.press("More about these files").await;
    ada.fill("Exported at", "2026-01-05T09:14").await;
    bring(&ada, "LIC-01", &three_computers()).await;
    ada.comes_to("Waits for your decision").await;
    apply(&ada).await;

    ada.visit(&server.at("/imports/new")).await;
    bring(&ada, "LIC-01", &with_troubles()).await;
    ada.comes_to("Settle this first").await;
    ada.sees("was held by PC-0117").await;
    ada.press("Keep this answer").await;
    ada.sees("Choose one of the answers.").await;
    ada.fill("The server gave the license to the other client", "on").await;
    ada.press("Keep this answer").await;
    ada.comes_to("2 rows with errors").await;
    ada.sees("Conflicts 0").await;
    ada.follow("Rows with errors").await;
    ada.sees("yesterday").await;
    ada.press("Leave all 2 out").await;
    ada.comes_to("Apply this import").await;
    apply(&ada).await;
    ada.sees("Left out on purpose").await;

    ada.visit(&server.at("/clients?q=0900")).await;
    ada.follow("PC-0900").await;
    ada.sees("PC-0117").await;
    ada.is_quiet().await;
}

/// The first license has another holder, the second is renewed, and two rows are no licenses.
fn with_troubles() -> Export {
    let [_, (second, computer, hardware_id, _), third] = THREE;
    Export::new().issued(&[
        ("1", "PC-0900", "cc01", "20250701"),
        (second, computer, hardware_id, "20250801"),
        third,
        ("5", "PC-0901", "cc02", "yesterday"),
        ("x", "PC-0902", "cc03", "20250701"),
    ])
}

#[tokio::test]
async fn the_keyboard_alone_leads_from_signing_in_to_a_client() {
    let server = Server::demo().await;
    let browser = Browser::new(true, false, 1280).await;
    browser.visit(&server.at("/sign-in")).await;
    browser.tab_to("Name").await;
    browser.strike("auditor").await;
    browser.tab_to("Password").await;
    browser.strike(&format!("{}\n", crate::support::password_of("auditor"))).await;
    browser.sees("License servers").await;
    browser.tab_to("Skip to the page").await;
    browser.strike("/").await;
    browser.strike("det-tc").await;
    browser.sees("All clients that fit").await;
    browser.axe().await;
    let first = browser.script("return document.querySelector('.answers a b').innerText.trim()").await;
    let first = first.as_str().unwrap_or_default();
    browser.strike("\u{e015}").await;
    browser.strike("\n").await;
    browser.sees("Everything that happened to it").await;
    browser.sees(first).await;
    browser.is_quiet().await;
}
