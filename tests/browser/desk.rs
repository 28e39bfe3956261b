//! The reissue desk: its pages, its call sheet, and a live call by keyboard, by two people, over a poor connection.

use fantoccini::key::Key;

use crate::exports::Export;
use crate::steps::{PASSWORD, apply, bring, set_up, sign_in};
use crate::support::{Browser, Server};
use crate::tour::Tour;

const PAPERS: [(&str, f64, f64); 2] = [("a4", 8.27, 11.69), ("letter", 8.5, 11.0)];
pub const EIGHT: &str = "bcdfg-hjkmp qrtvw.xy234/6789b_cdfgh:jkmpq";

pub fn names(prefix: &str) -> Vec<String> {
    (1..=10).map(|n| format!("{prefix}-{n:02}")).collect()
}

/// Brings in what LIC-01 shows, and applies it.
async fn shows(ada: &Browser, server: &Server, packs: &[(i64, i64, i64)], computers: &[String]) {
    let day = ada.script("return new Date().toISOString().slice(0, 10).replaceAll('-', '')").await;
    let day = day.as_str().unwrap_or_default().to_owned();
    let rows: Vec<[String; 3]> =
        (1..).zip(computers).map(|(n, name)| [n.to_string(), name.clone(), format!("aa{n:02}")]).collect();
    let issued: Vec<(&str, &str, &str, &str)> =
        rows.iter().map(|[n, name, id]| (n.as_str(), name.as_str(), id.as_str(), day.as_str())).collect();
    ada.visit(&server.at("/imports/new")).await;
    bring(ada, "LIC-01", &Export::new().packs(packs).issued(&issued).server("LIC-01")).await;
    ada.comes_to("Waits for your decision").await;
    apply(ada).await;
}

/// Ten old computers hold ten of fifty licenses; the seats of so many are queued from one list.
pub async fn queued(ada: &Browser, server: &Server, many: usize) {
    shows(ada, server, &[(4, 50, 10)], &names("OLD")).await;
    let lines: Vec<String> =
        names("OLD").iter().zip(names("NEW")).take(many).map(|(old, new)| format!("{old} -> {new}")).collect();
    ada.visit(&server.at("/transfers/new")).await;
    ada.fill("Old and new computers", &lines.join("\n")).await;
    ada.fill("Reason", "Client hardware failed").await;
    ada.fill("New computers that nobody knows are added", "on").await;
    ada.press("Queue them").await;
    ada.sees(&format!("{many} transfers queued.")).await;
}

/// Types a whole license key pack ID into the first box, as a paste comes.
pub async fn first_box(ada: &Browser, id: &str) {
    ada.script("document.querySelector('[name=\"id-1-0\"]').focus()").await;
    ada.strike(id).await;
}

#[tokio::test]
async fn every_page_of_the_desk_keeps_nobody_out_and_the_call_sheet_is_one_sheet() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    queued(&browser, &server, 10).await;
    let mut tour = Tour::new(&server, browser);
    tour.page("requests-empty", "/reissues", "No request yet").await;
    tour.page("calls-empty", "/calls", "No call yet").await;
    tour.page("request-new", "/reissues/new?license_server=1", "Key packs in whose place they come").await;
    tour.page("call-new-server", "/calls/new", "About the license server alone").await;
    tour.page("several", "/transfers/new?clients=1&clients=2", "Transfer several seats").await;
    tour.browser.visit(&server.at("/transfers/queue")).await;
    tour.press("Prepare the call", "request", "R-1 is open.").await;
    tour.page("requests", "/reissues", "R-1").await;
    tour.page("call-new-open", "/calls/new", "Open requests").await;
    tour.page("call-sheet", "/reissues/1/sheet", "Start the call").await;
    for paper in PAPERS {
        assert_eq!(tour.browser.print("call-sheet", paper).await, 1, "the call sheet of ten on {}", paper.0);
    }
    tour.page("call-new", "/calls/new?request=1", "Or log a call that has ended").await;
    tour.press("Log the call", "call-new-refused", "A call does not end without an outcome").await;
    tour.browser.visit(&server.at("/reissues/1")).await;
    tour.press("Start the call", "call-live", "What comes back").await;
    tour.browser.script("document.querySelector('[name=\"id-1-0\"]').focus()").await;
    tour.browser.strike("BCDFGHJ0O").await;
    tour.browser.comes_to("9 of 35 characters").await;
    tour.look("call-typed", "seldom have 0 O").await;
    tour.press("End the call", "call-refused", "A call does not end without an outcome").await;
    tour.browser.visit(&server.at("/calls/1")).await;
    tour.browser.sees("9 of 35 characters").await;
    tour.browser.script("document.querySelectorAll('[name=\"id-1-0\"]').forEach((box) => { box.value = ''; })").await;
    first_box(&tour.browser, EIGHT).await;
    tour.browser.fill("granted-1", "8").await;
    tour.browser.fill("Callback somebody calls again", "on").await;
    tour.press("End the call", "call-open", "Call again").await;
    tour.page("installation", "/key-packs/2/installation", "It is installed").await;
    tour.browser
        .fill("What the server said", "Message Number 0x13A7: unable to install the client license key pack")
        .await;
    tour.press("Record the failure", "installation-failed", "KB 839878").await;
    tour.page("transfer-granted", "/transfers/1", "Reissued key pack").await;
    tour.page("calls", "/calls", "Callback").await;
    tour.page("evidence", "/reports/evidence", "What is in it").await;
    tour.page("home-desk", "/", "to be followed").await;
    tour.end();
}

#[tokio::test]
async fn a_call_is_made_from_start_to_finish_without_a_mouse() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    queued(&browser, &server, 10).await;
    let key = |key: Key| char::from(key).to_string();
    browser.visit(&server.at("/transfers/queue")).await;
    browser.tab_to("Prepare the call").await;
    browser.strike(&key(Key::Enter)).await;
    browser.comes_to("R-1 is open.").await;
    browser.tab_to("Start the call").await;
    browser.strike(&key(Key::Enter)).await;
    browser.comes_to("What comes back").await;
    has_cursor(&browser, "representative").await;
    browser.strike("Ann Example").await;
    browser.tab_to("Granted").await;
    browser.strike("10").await;
    browser.strike(&key(Key::Tab)).await;
    // The boxes lead on by themselves.
    for group in ["BCDFG", "HJKMP", "QRTVW", "XY234", "6789B", "CDFGH", "JKMPQ"] {
        browser.strike(group).await;
    }
    browser.comes_to("Juliett Kilo Mike Papa Quebec").await;
    browser.tab_to("Add a note optional").await;
    browser.strike("She wants the papers").await;
    browser.strike(&key(Key::Enter)).await;
    browser.comes_to("She wants the papers").await;
    browser.tab_to("Completed all that was asked for").await;
    browser.strike(&key(Key::Space)).await;
    browser.tab_to("End the call").await;
    browser.strike(&key(Key::Enter)).await;
    browser.comes_to("10 licenses for").await;
    browser.sees("Ann Example").await;
    browser.is_quiet().await;
}

/// The cursor comes to stand in the field.
async fn has_cursor(browser: &Browser, field: &str) {
    let script = "return document.activeElement.name ?? ''";
    for _ in 0..100 {
        if browser.script(script).await == field {
            return;
        }
    }
    assert_eq!(browser.script(script).await, field);
}

#[tokio::test]
async fn another_license_key_pack_id_is_there_on_demand() {
    let mut server = Server::start().await;
    let ada = Browser::new(true, false, 1280).await;
    calling(&ada, &mut server).await;
    first_box(&ada, EIGHT).await;
    ada.comes_to("Another license key pack ID").await;
    let is_seen = "return document.querySelector('[name=\"id-1-1\"]').checkVisibility()";
    assert_eq!(ada.script(is_seen).await, false, "nobody asked for another one");
    ada.press("Another license key pack ID").await;
    assert_eq!(ada.script(is_seen).await, true);
    ada.axe().await;
    ada.script("document.querySelector('[name=\"id-1-1\"]').focus()").await;
    ada.strike("CDFGHJKMPQ").await;
    ada.comes_to("10 of 35 characters").await;
    // It is open for whoever looks at the call.
    ada.visit(&server.at("/calls/1")).await;
    ada.sees("10 of 35 characters").await;
    assert_eq!(ada.script(is_seen).await, true);
    ada.is_quiet().await;
}

/// Lets every answer to this page take so long, from now on.
async fn slow(browser: &Browser, ms: u32) {
    let script = format!(
        "const fast = window.fetch; window.fetch = async (...all) => {{ \
         await new Promise((done) => setTimeout(done, {ms})); return fast(...all); }}"
    );
    browser.script(&script).await;
}

/// A request of all ten, and a call about it that has begun.
async fn calling(browser: &Browser, server: &mut Server) {
    set_up(browser, server).await;
    queued(browser, server, 10).await;
    browser.visit(&server.at("/transfers/queue")).await;
    browser.press("Prepare the call").await;
    browser.press("Start the call").await;
    browser.sees("What comes back").await;
}

#[tokio::test]
async fn a_call_that_is_ended_while_a_note_is_on_its_way_ends_once_the_note_is_there() {
    let mut server = Server::start().await;
    let ada = Browser::new(true, false, 1280).await;
    calling(&ada, &mut server).await;
    slow(&ada, 600).await;
    ada.fill("said", "Last words").await;
    ada.fill("Dropped the line went dead", "on").await;
    // One after the other, without waiting: the note's answer is still to come.
    ada.script(
        "document.querySelector('[data-note] button').click(); \
         setTimeout(() => document.querySelector('[formaction$=\"/ending\"]').click(), 50);",
    )
    .await;
    ada.comes_to("Call again").await;
    ada.sees("Last words").await;
}

#[tokio::test]
async fn a_field_that_nobody_typed_in_never_overwrites_what_another_wrote() {
    let mut server = Server::start().await;
    let one = Browser::new(true, false, 1280).await;
    calling(&one, &mut server).await;
    let other = Browser::new(true, false, 1280).await;
    sign_in(&other, &server, "Ada", PASSWORD).await;
    other.visit(&server.at("/calls/1")).await;
    // The cursor of one stands in the field, but nothing is typed there.
    one.script("document.querySelector('[name=case_reference]').focus()").await;
    other.fill("Case reference", "C-77").await;
    holds(&one, "case_reference", "C-77").await;
    one.fill("Representative", "Ann").await;
    holds(&other, "representative", "Ann").await;
    holds(&other, "case_reference", "C-77").await;
}

/// The field comes to hold a text within ten seconds.
async fn holds(browser: &Browser, field: &str, text: &str) {
    let script = format!("return document.querySelector('[name={field}]').value");
    for _ in 0..40 {
        if browser.script(&script).await == text {
            return;
        }
        browser.script("return new Promise((done) => setTimeout(done, 250))").await;
    }
    assert_eq!(browser.script(&script).await, text, "{field}");
}

#[tokio::test]
async fn what_is_typed_in_a_call_outlives_the_browser_and_is_seen_by_another() {
    let mut server = Server::start().await;
    let one = Browser::new(true, false, 1280).await;
    calling(&one, &mut server).await;
    let other = Browser::new(true, false, 1280).await;
    sign_in(&other, &server, "Ada", PASSWORD).await;
    other.visit(&server.at("/calls/1")).await;
    one.fill("Case reference", "C-77").await;
    one.fill("said", "On the line").await;
    one.press("Note").await;
    other.comes_to("On the line").await;
    holds(&other, "case_reference", "C-77").await;
    drop((one, other));
    let third = Browser::new(true, false, 1280).await;
    sign_in(&third, &server, "Ada", PASSWORD).await;
    third.visit(&server.at("/calls/1")).await;
    third.sees("On the line").await;
    holds(&third, "case_reference", "C-77").await;
}

#[tokio::test]
async fn what_is_typed_when_the_session_has_ended_is_kept_once_somebody_signs_in_again() {
    let mut server = Server::start().await;
    let one = Browser::new(true, false, 1280).await;
    calling(&one, &mut server).await;
    one.script("return fetch('/sign-out', { method: 'POST', credentials: 'same-origin' }).then(() => 1)").await;
    one.fill("Case reference", "C-78").await;
    one.comes_to("Your session has ended. What you typed stays here").await;
    // Another tab of the same browser: the cookie is the same.
    let body = format!("name=Ada&password={}", PASSWORD.replace(' ', "+"));
    let script = format!(
        "return fetch('/sign-in', {{ method: 'POST', credentials: 'same-origin', body: new URLSearchParams('{body}') }}).then(() => 1)"
    );
    one.script(&script).await;
    one.comes_to("by Ada").await;
    let other = Browser::new(true, false, 1280).await;
    sign_in(&other, &server, "Ada", PASSWORD).await;
    other.visit(&server.at("/calls/1")).await;
    holds(&other, "case_reference", "C-78").await;
}
