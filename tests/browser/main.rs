//! Journeys: what a person does, in a real browser, against the built console.
//!
//! They need Chromium, chromedriver and npm, so `cargo test` alone leaves them out;
//! `scripts/test`, or `cargo test --test browser`, runs them.
#![expect(clippy::expect_used, clippy::panic, reason = "a journey that goes wrong ends by panicking")]

mod harness;
mod support;

use support::{Browser, Server};

#[tokio::test]
async fn a_person_signs_in_without_javascript() {
    let server = Server::start().await;
    let browser = Browser::new(false, false, 1280).await;
    sign_in(&browser, &server).await;
    browser.sees("No script runs here.").await;
    browser.axe().await;
    browser.is_quiet().await;
    browser.screenshot("key-packs").await;
}

#[tokio::test]
async fn a_person_signs_in_on_a_telephone_in_the_dark() {
    let server = Server::start().await;
    let browser = Browser::new(true, true, 390).await;
    sign_in(&browser, &server).await;
    browser.sees("Script runs here.").await;
    browser.axe().await;
    browser.is_quiet().await;
    browser.screenshot("key-packs").await;
}

#[tokio::test]
async fn a_wrong_password_brings_the_form_back() {
    let server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    browser.visit(&server.at("/sign-in")).await;
    browser.fill("Name", "ada").await;
    browser.fill("Password", "wrong").await;
    browser.press("Sign in").await;
    browser.sees("The name or the password is wrong.").await;
    browser.axe().await;
    browser.is_quiet().await;
}

#[tokio::test]
async fn a_file_is_imported() {
    let server = Server::start().await;
    let browser = Browser::new(false, false, 1280).await;
    browser.visit(&server.at("/key-packs")).await;
    browser.upload("File", std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml").as_path()).await;
    browser.press("Import").await;
    browser.sees("Cargo.toml:").await;
}

#[tokio::test]
async fn the_first_administrator_follows_the_printed_link() {
    let mut server = Server::start().await;
    let browser = Browser::new(false, false, 1280).await;
    browser.visit(&server.set_up_link().await).await;
    browser.sees("The first administrator.").await;
}

async fn sign_in(browser: &Browser, server: &Server) {
    browser.visit(&server.at("/key-packs")).await;
    browser.follow("Sign in").await;
    browser.axe().await;
    browser.fill("Name", "ada").await;
    browser.fill("Password", "correct horse").await;
    browser.fill("Time zone", "UTC").await;
    browser.fill("Day", "2026-03-05").await;
    browser.fill("Keep me signed in", "on").await;
    browser.press("Sign in").await;
    assert!(browser.text().await.contains("All packs"), "signing in leads to the list");
}
