//! The harness is not blind: what a journey asserts through it can also be false.

use crate::support::{Browser, Engine};
use serde_json::json;

const PAGE: &str = "data:text/html,<!doctype html><html lang=en><title>t</title>\
    <meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">\
    <style>:root{color-scheme:light dark}</style><main><h1>h</h1><noscript>blocked</noscript>\
    <script>document.write('ran')</script></main>";

#[tokio::test]
async fn scripts_run_only_where_they_may() {
    for (javascript, shown) in [(true, "ran"), (false, "blocked")] {
        let browser = Browser::new(javascript, false, 1280).await;
        browser.visit(PAGE).await;
        assert_eq!(browser.text().await, format!("h\n{shown}"));
    }
}

#[tokio::test]
async fn theme_and_width_stay_from_page_to_page() {
    let ask = "return [matchMedia('(prefers-color-scheme: dark)').matches, innerWidth]";
    for (dark, width) in [(true, 390), (false, 1280)] {
        let browser = Browser::new(true, dark, width).await;
        for page in [PAGE, "about:blank", PAGE] {
            browser.visit(page).await;
            assert_eq!(browser.script(ask).await, json!([dark, width]), "{page}");
        }
    }
}

#[tokio::test]
async fn axe_finds_a_field_without_a_label_with_and_without_javascript() {
    for javascript in [true, false] {
        if !javascript && Engine::wanted() == Engine::Firefox {
            continue; // There axe cannot run without scripts.
        }
        let browser = Browser::new(javascript, false, 1280).await;
        browser.visit(&format!("{PAGE}<input name=nameless>")).await;
        let violations = browser.violations().await.join("\n");
        assert!(violations.contains("Form elements must have labels (label) at input"), "{violations}");
    }
}

#[tokio::test]
#[should_panic(expected = "no button reads \"Save\"")]
async fn a_missing_button_fails_a_journey() {
    let browser = Browser::new(true, false, 1280).await;
    browser.visit(PAGE).await;
    browser.press("Save").await;
}

#[tokio::test]
#[should_panic(expected = "violates the following")]
async fn what_the_policy_refuses_fails_a_journey() {
    let browser = Browser::new(true, false, 1280).await;
    browser.visit(&PAGE.replace("<main>", "<script src=https://127.0.0.1/x.js></script><main>")).await;
    browser.is_quiet().await;
}
