//! Transfers: every page and state of them, and the way of a seat from one computer to another.

use crate::exports::Export;
use crate::steps::{apply, bring, set_up};
use crate::support::{Browser, Server};
use crate::tour::Tour;

/// An estate by hand: a server, a pack of twenty, PC-0117 with a license, PC-0200 with a temporary one.
async fn two_computers(ada: &Browser, server: &Server) {
    ada.visit(&server.at("/companies/new")).await;
    ada.fill("name", "Contoso").await;
    ada.fill("country", "Germany").await;
    ada.press("Add the company").await;
    ada.visit(&server.at("/license-servers/new")).await;
    ada.fill("name", "LIC-2003").await;
    ada.press("Add the license server").await;
    ada.visit(&server.at("/key-packs/new")).await;
    ada.fill("product_version", "Windows Server 2003").await;
    ada.fill("license_type", "Per Device").await;
    ada.fill("total", "20").await;
    ada.press("Record the key pack").await;
    let today = ada.script("return new Date(Date.now() - 864e5 * 3).toISOString().slice(0, 10)").await;
    let end = ada.script("return new Date(Date.now() + 864e5 * 87).toISOString().slice(0, 10)").await;
    for (client, status) in [("PC-0117", "Active"), ("PC-0200", "Temporary")] {
        ada.visit(&server.at("/licenses/new?key_pack=1")).await;
        ada.fill("client", client).await;
        ada.fill("new_client", "on").await;
        ada.fill("status", status).await;
        ada.fill("issued_on", today.as_str().unwrap_or_default()).await;
        ada.fill("expires_on", end.as_str().unwrap_or_default()).await;
        ada.press("Record the license").await;
        ada.sees("The license is recorded.").await;
    }
}

#[tokio::test]
async fn every_page_of_a_transfer_keeps_nobody_out() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    two_computers(&browser, &server).await;
    let mut tour = Tour::new(&server, browser);
    tour.page("transfers-empty", "/transfers", "No transfer yet").await;
    tour.page("queue-empty", "/transfers/queue", "Nothing waits").await;
    tour.page("transfer-new", "/licenses/1/transfer", "Transfer seat S-1").await;
    tour.press("Queue the transfer", "transfer-new-refused", "things to mend").await;
    tour.browser.fill("destination", "PC-0200").await;
    tour.browser.fill("reason", "Client hardware failed").await;
    tour.press("May it move?", "transfer-may-move", "It may move").await;
    tour.press("Queue the transfer", "transfer", "T-1 is queued.").await;
    tour.page("transfers", "/transfers", "PC-0200").await;
    tour.page("queue", "/transfers/queue", "1 client depends on it").await;
    tour.page("calendars-empty", "/calendars", "No calendar yet").await;
    tour.page("calendar-new", "/calendars/new", "Add a calendar").await;
    tour.press("Add the calendar", "calendar-new-refused", "One thing to mend").await;
    tour.browser.fill("country", "Germany").await;
    tour.browser.fill("days", "2026-12-25 Christmas Day").await;
    tour.press("Add the calendar", "calendars", "The calendar of Germany is recorded.").await;
    tour.page("calendar-edit", "/calendars/1", "Save the correction").await;
    tour.end();
}

/// Brings in who holds licenses of pack 4.
async fn previews(ada: &Browser, server: &Server, licenses: &[(&str, &str, &str, &str)]) {
    ada.visit(&server.at("/imports/new")).await;
    let count = i64::try_from(licenses.len()).unwrap_or(0);
    bring(ada, "LIC-01", &Export::new().packs(&[(4, 50, count)]).issued(licenses)).await;
    ada.comes_to("Waits for your decision").await;
}

#[tokio::test]
async fn what_imports_show_of_transfers_keeps_nobody_out() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    let today = browser.script("return new Date().toISOString().slice(0, 10).replaceAll('-', '')").await;
    let today = today.as_str().unwrap_or_default().to_owned();
    let (old, another) = (("1", "PC-0117", "aa01", "20260801"), ("2", "PC-0118", "aa02", "20260801"));
    previews(&browser, &server, &[old, another]).await;
    apply(&browser).await;
    for (license, client) in [("1", "PC-0200"), ("2", "PC-0201")] {
        browser.visit(&server.at(&format!("/licenses/{license}/transfer"))).await;
        browser.fill("destination", client).await;
        browser.fill("new_client", "on").await;
        browser.fill("reason", "Client hardware failed").await;
        browser.press("Queue the transfer").await;
        browser.sees("is queued.").await;
    }
    browser.visit(&server.at("/transfers/1")).await;
    browser.press("Complete it by hand").await;
    browser.fill("How it is known", "Seen in the licensing tool").await;
    browser.press("Complete the transfer").await;
    let (again, new) = (("3", "PC-0117", "aa01", today.as_str()), ("4", "PC-0201", "bb01", today.as_str()));
    previews(&browser, &server, &[old, another, again, new]).await;
    let mut tour = Tour::new(&server, browser);
    tour.page("import-preview-transfers", "/imports/2", "The queue would ask").await;
    apply(&tour.browser).await;
    tour.page("queue-asks", "/transfers/queue", "It has a license: complete without a call?").await;
    tour.browser.sees("Took another license").await;
    tour.page("client-sign-of-life", "/clients/1", "Signs of life after its seat had gone").await;
    tour.page("transfer-sign-of-life", "/transfers/1", "Signs of life of PC-0117").await;
    tour.page("transfer-asks", "/transfers/2", "before anybody granted one").await;
    tour.browser
        .script("document.querySelector('#asked').closest('section').querySelector('details').open = true")
        .await;
    tour.press("Put it back into the queue", "transfer-asks-refused", "Say why it still needs a call").await;
    tour.browser.visit(&server.at("/transfers/2")).await;
    tour.browser.press("Complete without a call").await;
    tour.browser.sees("T-2 is completed.").await;
    tour.end();
}

#[tokio::test]
async fn a_seat_moves_from_one_computer_to_another() {
    moves(true).await;
}

#[tokio::test]
async fn a_seat_moves_from_one_computer_to_another_without_javascript() {
    moves(false).await;
}

/// The names that the destination offers, as soon as it does.
const OFFERED: &str = "return new Promise((done) => { const look = () => {
    const names = [...document.getElementById('f-destination').list.options].map((one) => one.value);
    names.length ? done(names) : setTimeout(look, 50); }; look(); })";

async fn moves(javascript: bool) {
    let mut server = Server::start().await;
    // What the estate is made with may need scripts; the journey itself does not.
    let maker = Browser::new(true, false, 1280).await;
    set_up(&maker, &mut server).await;
    two_computers(&maker, &server).await;
    let ada = Browser::new(javascript, false, 1280).await;
    crate::steps::sign_in(&ada, &server, "Ada", crate::steps::PASSWORD).await;
    ada.visit(&server.at("/licenses/1")).await;
    ada.follow("Transfer this seat").await;
    if javascript {
        ada.fill("destination", "c-02").await;
        assert_eq!(ada.script(OFFERED).await, serde_json::json!(["PC-0200"]));
    }
    ada.fill("destination", "PC-0200").await;
    ada.fill("reason", "Client hardware failed").await;
    ada.press("May it move?").await;
    ada.sees("It may move").await;
    ada.press("Queue the transfer").await;
    ada.sees("T-1 is queued.").await;
    ada.visit(&server.at("/licenses/1/transfer")).await;
    ada.fill("destination", "PC-0200").await;
    ada.fill("reason", "Client lost or stolen").await;
    ada.press("Queue the transfer").await;
    ada.sees("This seat is on its way to PC-0200 already").await;
    ada.follow("Transfers").await;
    ada.follow("Queue").await;
    ada.sees("1 client depends on it").await;
    ada.follow("T-1").await;
    ada.press("Complete it by hand").await;
    ada.fill("How it is known", "Seen in the licensing tool").await;
    ada.press("Complete the transfer").await;
    ada.sees("T-1 is completed.").await;
    ada.sees("Seen in the licensing tool").await;
    ada.is_quiet().await;
}
