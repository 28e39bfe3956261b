//! The register by hand: every form, filled, refused and empty; an old server written down; two tabs.

use crate::steps::{PASSWORD, set_up, sign_in};
use crate::support::{Browser, Server};
use crate::tour::Tour;

#[tokio::test]
async fn every_form_of_the_register_keeps_nobody_out() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    let mut tour = Tour::new(&server, browser);
    tour.page("companies-empty", "/companies", "No company yet").await;
    tour.page("company-new", "/companies/new", "Add a company").await;
    tour.press("Add the company", "company-new-refused", "One thing to mend").await;
    tour.browser.fill("name", "Contoso Ltd").await;
    tour.press("Add the company", "company", "is recorded").await;
    tour.page("company-edit", "/companies/1/edit", "Save the correction").await;
    tour.press("Save the correction", "company-edit-refused", "Say why").await;
    tour.browser.fill("name", "Contoso AG").await;
    tour.browser.fill("Reason for the correction", "Another legal form").await;
    tour.press("Save the correction", "company-corrected", "The correction is recorded").await;
    tour.page("companies", "/companies", "Contoso AG").await;
    tour.page("agreements-empty", "/agreements", "No agreement yet").await;
    tour.page("agreement-new", "/agreements/new", "Record a purchase").await;
    tour.press("Record the purchase", "agreement-new-refused", "things to mend").await;
    tour.browser.fill("program", "Select License").await;
    tour.browser.fill("agreement_number", "12345678").await;
    tour.browser.fill("product_version", "Windows Server 2003").await;
    tour.browser.fill("license_type", "Per Device").await;
    tour.browser.fill("quantity", "100").await;
    tour.press("Record the purchase", "agreement", "Worth a look").await;
    tour.page("agreements", "/agreements", "In force").await;
    tour.page("agreement-edit", "/agreements/1/edit", "Retire it").await;
    tour.page("license-server-new", "/license-servers/new", "Add a license server").await;
    tour.browser.fill("license_server_id", "BCDFG-HJKMP").await;
    tour.press("Add the license server", "license-server-new-refused", "things to mend").await;
    tour.browser.fill("name", "LIC-2000").await;
    tour.browser.fill("license_server_id", "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ").await;
    tour.press("Add the license server", "license-server-by-hand", "LIC-2000 is recorded").await;
    tour.page("license-server-edit", "/license-servers/1/edit", "What happened to the server").await;
    tour.page("key-packs-empty", "/key-packs", "No key pack yet").await;
    tour.page("key-pack-new", "/key-packs/new", "Record a key pack").await;
    tour.press("Record the key pack", "key-pack-new-refused", "things to mend").await;
    tour.browser.fill("product_version", "Windows 2000 Server").await;
    tour.browser.fill("license_type", "Per Device").await;
    tour.browser.fill("total", "20").await;
    tour.browser.fill("license_key_pack_id", "CCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ").await;
    tour.press("Record the key pack", "key-pack-by-hand", "The key pack is recorded").await;
    tour.press("Show it whole", "license-key-pack-id", "Its history now says that you were shown it").await;
    tour.page("key-pack-edit", "/key-packs/1/edit", "Where it stands").await;
    tour.page("license-new", "/licenses/new?key_pack=1", "Record a license").await;
    tour.press("Record the license", "license-new-refused", "things to mend").await;
    tour.browser.fill("client", "PC-0117").await;
    tour.browser.fill("new_client", "on").await;
    tour.browser.fill("issued_on", "2026-06-01").await;
    tour.press("Record the license", "license-by-hand", "The license is recorded").await;
    tour.page("license-edit", "/licenses/1/edit", "Correct the license").await;
    tour.page("client-new", "/clients/new", "Add a client").await;
    tour.press("Add the client", "client-new-refused", "to mend").await;
    tour.page("client-edit", "/clients/1/edit", "What became of it").await;
    tour.browser.fill("site", "Berlin").await;
    tour.browser.fill("os_family", "Windows XP Professional").await;
    tour.browser.fill("Reason for the correction", "Seen there").await;
    tour.press("Save the correction", "client-corrected", "The correction is recorded").await;
    tour.page("products", "/products", "Who needs a license").await;
    tour.page("product-version-new", "/products/versions/new", "Add a version").await;
    tour.press("Add the version", "product-version-new-refused", "things to mend").await;
    tour.page("product-need", "/products/needs/19", "Save the correction").await;
    tour.page("product-system", "/products/systems/2", "Retire it").await;
    tour.end();
}

#[tokio::test]
async fn an_old_server_is_written_down_by_hand() {
    written_down(true).await;
}

#[tokio::test]
async fn an_old_server_is_written_down_by_hand_without_javascript() {
    written_down(false).await;
}

/// What a Windows 2000 server and a folder of papers tell, from nothing to a client's page.
async fn written_down(javascript: bool) {
    let mut server = Server::start().await;
    let ada = Browser::new(javascript, false, 1280).await;
    set_up(&ada, &mut server).await;
    ada.visit(&server.at("/companies/new")).await;
    ada.fill("name", "Contoso").await;
    ada.press("Add the company").await;
    ada.visit(&server.at("/license-servers/new")).await;
    ada.fill("name", "LIC-2000").await;
    ada.press("Add the license server").await;
    ada.sees("LIC-2000 is recorded.").await;
    ada.visit(&server.at("/agreements/new")).await;
    ada.fill("program", "Other agreement").await;
    ada.fill("agreement_number", "X-1").await;
    ada.fill("product_version", "Windows 2000 Server").await;
    ada.fill("license_type", "Per Device").await;
    ada.fill("quantity", "20").await;
    ada.press("Record the purchase").await;
    ada.follow("Key packs").await;
    ada.follow("Record a key pack").await;
    ada.fill("product_version", "Windows 2000 Server").await;
    ada.fill("license_type", "Per Device").await;
    ada.fill("license_key_pack_id", "BCDFG HJKMP").await;
    ada.press("Record the key pack").await;
    ada.sees("these are 10").await;
    ada.fill("license_key_pack_id", "bcdfg hjkmp qrtvw xy234 6789b cdfgh jkmpq").await;
    ada.fill("total", "20").await;
    ada.fill("agreement", "Other agreement X-1 (Windows 2000 Server Per Device)").await;
    ada.press("Record the key pack").await;
    ada.sees("The key pack is recorded.").await;
    ada.follow("Record a license").await;
    ada.fill("client", "PC-0117").await;
    ada.fill("new_client", "on").await;
    ada.fill("issued_on", "2026-06-01").await;
    ada.press("Record the license").await;
    ada.sees("The license is recorded.").await;
    ada.follow("PC-0117").await;
    ada.sees("Licenses it holds").await;
    ada.follow("Correct").await;
    ada.fill("owner", "Herbert").await;
    ada.fill("Reason for the correction", "Seen at the desk").await;
    ada.press("Save the correction").await;
    ada.sees("Seen at the desk").await;
    ada.is_quiet().await;
}

#[tokio::test]
async fn an_older_page_in_a_second_tab_shows_both_and_overwrites_nothing() {
    let mut server = Server::start().await;
    let first = Browser::new(true, false, 1280).await;
    set_up(&first, &mut server).await;
    first.visit(&server.at("/companies/new")).await;
    first.fill("name", "Contoso").await;
    first.press("Add the company").await;
    let second = Browser::new(true, false, 1280).await;
    sign_in(&second, &server, "Ada", PASSWORD).await;
    for tab in [&first, &second] {
        tab.visit(&server.at("/companies/1/edit")).await;
    }
    first.fill("phone", "+1 555 0100").await;
    first.fill("Reason for the correction", "A new number").await;
    first.press("Save the correction").await;
    first.sees("The correction is recorded.").await;
    second.fill("note", "kept words").await;
    second.fill("Reason for the correction", "A note").await;
    second.press("Save the correction").await;
    second.sees("Changed meanwhile").await;
    second.sees("+1 555 0100").await;
    second.axe().await;
    // What was typed is there; having seen both, it is saved.
    second.fill("phone", "+1 555 0100").await;
    second.press("Save the correction").await;
    second.sees("The correction is recorded.").await;
    second.sees("kept words").await;
    second.sees("+1 555 0100").await;
}
