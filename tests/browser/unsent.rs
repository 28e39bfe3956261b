//! What was typed and could not be sent, or was not: no word of it is lost.

use crate::steps::{PASSWORD, set_up, sign_in};
use crate::support::{Browser, Server};

#[tokio::test]
async fn a_session_that_ends_while_somebody_types_leads_back_to_what_was_typed() {
    through_signing_in(true).await;
}

#[tokio::test]
async fn a_session_that_ends_while_somebody_types_leads_back_to_what_was_typed_without_javascript() {
    through_signing_in(false).await;
}

async fn through_signing_in(javascript: bool) {
    let (_server, ada, page) = at_the_form(javascript).await;
    ada.fill("Name", "Contoso AG").await;
    ada.fill("Note", "The seat is in Basel.\nAsk for “Reto” & nobody else.").await;
    ada.fill("Reason for the correction", "It moved").await;
    ada.lose_session().await;
    ada.press("Save the correction").await;
    ada.sees("Your session has ended. Sign in, and what you typed is still here.").await;
    ada.axe().await;
    ada.is_quiet().await;
    ada.fill("Name", "Ada").await;
    ada.fill("Password", "wrong").await;
    ada.press("Sign in").await;
    ada.sees("do not belong together").await;
    ada.fill("Password", PASSWORD).await;
    ada.press("Sign in").await;
    ada.sees("You are signed in again").await;
    ada.axe().await;
    ada.fill("Reason", "It moved to Basel").await;
    ada.press("Send it").await;
    ada.sees("The correction is recorded.").await;
    ada.sees("It moved to Basel").await;
    ada.sees("Ask for “Reto” & nobody else.").await;
    if javascript {
        ada.visit(&page).await;
        is_not_offered(&ada).await;
    }
    ada.is_quiet().await;
}

/// Ada before the form that corrects a company, and its address.
async fn at_the_form(javascript: bool) -> (Server, Browser, String) {
    let mut server = Server::start().await;
    let ada = Browser::new(javascript, false, 1280).await;
    set_up(&ada, &mut server).await;
    ada.visit(&server.at("/companies/new")).await;
    ada.fill("Name", "Contoso").await;
    ada.press("Add the company").await;
    ada.sees("Contoso is recorded.").await;
    let page = server.at("/companies/1/edit");
    ada.visit(&page).await;
    (server, ada, page)
}

async fn is_not_offered(browser: &Browser) {
    browser.sees("Reason for the correction").await;
    assert!(!browser.text().await.contains("was not sent"), "what was sent is offered again");
}

async fn is_sent_and_offered_no_more(browser: &Browser, page: &str) {
    browser.fill("Reason for the correction", "It moved").await;
    browser.press("Save the correction").await;
    browser.sees("The correction is recorded.").await;
    browser.visit(page).await;
    is_not_offered(browser).await;
    browser.is_quiet().await;
}

async fn note(browser: &Browser) -> String {
    let note = browser.script("return document.querySelector('[name=note]').value").await;
    note.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_page_that_was_left_offers_what_was_typed_there_and_overwrites_nothing() {
    let (server, ada, page) = at_the_form(true).await;
    is_not_offered(&ada).await;
    ada.fill("Note", "The seat is in Basel.").await;
    ada.visit(&server.at("/")).await;

    ada.visit(&page).await;
    ada.sees("was not sent.").await;
    ada.axe().await;
    assert_eq!(note(&ada).await, "", "nothing is restored without being asked");
    ada.press("Throw it away").await;
    ada.visit(&page).await;
    is_not_offered(&ada).await;

    ada.fill("Note", "The seat is in Basel.").await;
    ada.press("Save the correction").await;
    ada.sees("Say why").await;
    ada.visit(&page).await;
    ada.sees("was not sent.").await;
    // Another change meanwhile: what is restored has not seen it, and is told so.
    ada.fill("Telephone", "+41 61").await;
    ada.fill("Reason for the correction", "Its number").await;
    ada.press("Save the correction").await;
    ada.sees("The correction is recorded.").await;
    ada.visit(&page).await;
    ada.press("Restore it").await;
    assert_eq!(note(&ada).await, "The seat is in Basel.");
    ada.fill("Reason for the correction", "It moved").await;
    ada.press("Save the correction").await;
    ada.sees("It was changed while your page was open").await;
    ada.press("Save the correction").await;
    ada.sees("The correction is recorded.").await;
    ada.visit(&page).await;
    is_not_offered(&ada).await;
    ada.is_quiet().await;
}

#[tokio::test]
async fn what_was_refused_then_typed_anew_and_sent_is_offered_no_more() {
    let (_server, ada, page) = at_the_form(true).await;
    ada.fill("Note", "The seat is in Basel.").await;
    ada.press("Save the correction").await;
    ada.sees("Say why").await;
    // Somebody opens the form anew instead of mending the refused one, and types without an answer to the offer.
    ada.visit(&page).await;
    ada.sees("was not sent.").await;
    ada.fill("Note", "The seat is in Bern.").await;
    ada.press("Save the correction").await;
    ada.sees("Say why").await;
    is_sent_and_offered_no_more(&ada, &page).await;
}

#[tokio::test]
async fn whoever_goes_back_to_a_refused_form_finds_its_page_and_is_offered_what_was_typed() {
    let (server, ada, page) = at_the_form(true).await;
    ada.fill("Note", "The seat is in Basel.").await;
    ada.press("Save the correction").await;
    ada.sees("Say why").await;
    assert_eq!(ada.script("return location.href").await, page.as_str());
    ada.visit(&server.at("/companies")).await;
    ada.script("history.back()").await;
    ada.comes_to("was not sent.").await;
    ada.press("Restore it").await;
    assert_eq!(note(&ada).await, "The seat is in Basel.");
    is_sent_and_offered_no_more(&ada, &page).await;
}

#[tokio::test]
async fn what_is_typed_beside_an_offer_is_kept_too_and_both_are_offered_the_latest_first() {
    let (server, ada, page) = at_the_form(true).await;
    for words in ["The seat is in Basel.", "The seat is in Bern."] {
        ada.visit(&page).await;
        ada.fill("Note", words).await;
        ada.visit(&server.at("/")).await;
    }
    ada.visit(&page).await;
    ada.press("Restore it").await;
    assert_eq!(note(&ada).await, "The seat is in Bern.");
    ada.visit(&page).await;
    ada.press("Throw it away").await;
    ada.sees("was not sent.").await;
    ada.press("Restore it").await;
    assert_eq!(note(&ada).await, "The seat is in Basel.");
    is_sent_and_offered_no_more(&ada, &page).await;
}

#[tokio::test]
async fn what_was_typed_is_offered_after_signing_in_and_to_nobody_after_signing_out() {
    let (server, ada, page) = at_the_form(true).await;
    ada.fill("Note", "The seat is in Basel.").await;
    ada.lose_session().await;
    ada.press("Save the correction").await;
    ada.sees("Your session has ended.").await;
    ada.is_quiet().await;
    ada.fill("Name", "Ada").await;
    ada.fill("Password", PASSWORD).await;
    ada.press("Sign in").await;
    ada.follow("Open the form anew").await;
    ada.sees("was not sent.").await;
    ada.press("Restore it").await;
    assert_eq!(note(&ada).await, "The seat is in Basel.");
    ada.press("Sign out").await;
    ada.sees("You are signed out.").await;
    let left = ada.script("return Object.keys(sessionStorage).length").await;
    assert_eq!(left, 0, "signing out leaves something behind");
    sign_in(&ada, &server, "Ada", PASSWORD).await;
    ada.visit(&page).await;
    is_not_offered(&ada).await;

    // Neither passwords nor license key pack IDs are kept.
    ada.visit(&server.at("/account")).await;
    ada.fill("Present password", "a secret to nobody else").await;
    ada.visit(&server.at("/license-servers/new")).await;
    ada.fill("Name", "LIC-2000").await;
    ada.press("Add the license server").await;
    ada.sees("LIC-2000").await;
    ada.visit(&server.at("/key-packs/new")).await;
    ada.fill("Note", "bought in 2004").await;
    ada.fill("License key pack ID", "BCDFG-HJKMP").await;
    ada.visit(&server.at("/")).await;
    let kept = ada.script("return JSON.stringify(Object.values(sessionStorage))").await;
    let kept = kept.as_str().unwrap_or_default();
    assert!(kept.contains("bought in 2004") && !kept.contains("BCDFG") && !kept.contains("secret"), "{kept}");
    ada.is_quiet().await;
}
