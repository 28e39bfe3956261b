//! The old computer: how its local license is removed, on the screen and on paper, and the numbers to call.

use crate::steps::set_up;
use crate::support::{Browser, Server};
use crate::tour::Tour;

const PAPERS: [(&str, f64, f64); 2] = [("a4", 8.27, 11.69), ("letter", 8.5, 11.0)];

/// A company with computers of some systems.
async fn computers(ada: &Browser, server: &Server) {
    ada.visit(&server.at("/companies/new")).await;
    ada.fill("name", "Contoso").await;
    ada.fill("country", "Germany").await;
    ada.press("Add the company").await;
    for (name, system) in [
        ("PC-0117", "Not known"),
        ("PC-0118", "Windows XP Professional"),
        ("PC-0119", "Windows Vista or later, Professional or higher"),
        ("PC-0120", "Windows 95, 98 or Me"),
        ("MAC-07", "Mac"),
    ] {
        ada.visit(&server.at("/clients/new")).await;
        ada.fill("name", name).await;
        ada.fill("os_family", system).await;
        ada.press("Add the client").await;
        ada.sees("is recorded.").await;
    }
}

#[tokio::test]
async fn every_page_of_an_old_computer_keeps_nobody_out_and_its_runbook_is_one_sheet() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    computers(&browser, &server).await;
    let mut tour = Tour::new(&server, browser);
    for (client, name) in [(1, "any"), (2, "xp"), (3, "later"), (4, "old"), (5, "mac")] {
        tour.page(&format!("runbook-{name}"), &format!("/clients/{client}/runbook"), "this computer only").await;
        for paper in PAPERS {
            let sheets = tour.browser.print(&format!("runbook-{name}"), paper).await;
            assert_eq!(sheets, 1, "the runbook of client {client} on {}", paper.0);
        }
    }
    tour.page("local-license-new", "/clients/1/local-license-removal", "It removes nothing from the license server")
        .await;
    tour.press("Record it", "local-license-refused", "Choose how it was removed.").await;
    tour.browser.fill("method", "By the PowerShell script").await;
    tour.browser.fill("backup", "C:\\ProgramData\\MSLicensing-backup\\PC-0117-20260822.reg").await;
    tour.browser.fill("decommission", "on").await;
    tour.press("Record it", "local-license", "It is recorded.").await;
    tour.page("call-numbers-empty", "/call-numbers", "No number to call yet").await;
    tour.page("call-number-new", "/call-numbers/new", "Add a number to call").await;
    tour.press("Add the number", "call-number-refused", "things to mend").await;
    tour.browser.fill("country", "Germany").await;
    tour.browser.fill("number", "+49 30 5550100").await;
    tour.browser.fill("hours", "Mon–Fri 8–18").await;
    tour.press("Add the number", "call-numbers", "The number to call in Germany is recorded.").await;
    tour.page("call-number-edit", "/call-numbers/1", "Save the correction").await;
    tour.page("company-with-numbers", "/companies/1", "Mon–Fri 8–18").await;
    tour.end();
}
