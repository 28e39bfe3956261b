//! What several journeys begin with.

use crate::exports::Export;
use crate::support::{Browser, Server};

pub const PASSWORD: &str = "correct horse battery";

/// Makes the first administrator by the link that a new installation prints.
pub async fn set_up(browser: &Browser, server: &mut Server) {
    browser.visit(&server.set_up_link().await).await;
    browser.sees("Make the first admin").await;
    browser.fill("Name to sign in with", "Ada").await;
    set_password(browser).await;
}

/// Chooses a password on the page behind a link, which also signs in.
pub async fn set_password(browser: &Browser) {
    browser.fill("Password", PASSWORD).await;
    browser.fill("The same password again", PASSWORD).await;
    browser.press("Save and sign in").await;
}

pub async fn sign_in(browser: &Browser, server: &Server, name: &str, password: &str) {
    browser.visit(&server.at("/sign-in")).await;
    browser.fill("Name", name).await;
    browser.fill("Password", password).await;
    browser.press("Sign in").await;
    browser.sees("Home").await;
}

/// Hands files in on the page that is open, which is the one for it.
pub async fn bring(browser: &Browser, server: &str, export: &Export) {
    browser.fill("License server", server).await;
    for path in export.paths() {
        browser.upload("Files", &path).await;
    }
    browser.press("Show me what would change").await;
}

/// Applies the import whose preview is open.
pub async fn apply(browser: &Browser) {
    let button =
        browser.script("return document.querySelector('form[action$=\"/application\"] button').innerText").await;
    browser.press(button.as_str().unwrap_or_default()).await;
    browser.comes_to("What it brought").await;
    browser.sees("Applied").await;
}
