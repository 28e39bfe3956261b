//! The keyboard: its keys are never in the way, and a call takes few of them.

use fantoccini::key::Key;

use crate::desk::queued;
use crate::steps::set_up;
use crate::support::{Browser, Server};

/// Keys that are struck beside the words that are typed.
struct Keys<'a> {
    browser: &'a Browser,
    struck: usize,
}

impl Keys<'_> {
    async fn strike(&mut self, keys: &[char]) {
        for key in keys {
            self.browser.strike(&key.to_string()).await;
            self.struck += 1;
        }
    }

    /// Two keys that are held together.
    async fn chord(&mut self, keys: [Key; 2]) {
        self.browser.strike(&keys.map(char::from).iter().collect::<String>()).await;
        self.struck += 2;
    }

    async fn tab_to(&mut self, words: &str) {
        let script = "const one = document.activeElement, of = (what) => what?.innerText?.trim() ?? '';
            return [of(one), ...[...(one.labels ?? [])].map(of)]";
        for _ in 0..40 {
            self.strike(&[char::from(Key::Tab)]).await;
            if self.browser.script(script).await.as_array().is_some_and(|read| read.iter().any(|read| read == words)) {
                return;
            }
        }
        panic!("the Tab key never comes to {words}");
    }
}

/// Asks the page until it says yes.
async fn until(browser: &Browser, script: &str) {
    for _ in 0..200 {
        if browser.script(script).await == true {
            return;
        }
    }
    panic!("the page never says yes to: {script}");
}

#[tokio::test]
async fn a_call_about_three_clients_takes_at_most_sixty_keys_beside_the_words() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    queued(&browser, &server, 3).await;
    browser.visit(&server.at("/")).await;
    let mut keys = Keys { browser: &browser, struck: 0 };
    let enter = char::from(Key::Enter);
    keys.strike(&['g', 'q']).await;
    browser.comes_to("What waits for a call to Microsoft").await;
    keys.strike(&['m', enter]).await;
    browser.comes_to("R-1 is open.").await;
    keys.strike(&['m', enter]).await;
    browser.comes_to("What comes back").await;
    // The first field of a call that has just begun has the cursor.
    until(&browser, "return document.activeElement.name === 'representative'").await;
    browser.strike("Ann Example").await;
    // All three are granted under one ID, so their number need not be typed.
    keys.tab_to("Granted").await;
    keys.strike(&[char::from(Key::Tab)]).await;
    browser.strike("BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ").await;
    browser.comes_to("Juliett Kilo Mike Papa Quebec").await;
    keys.tab_to("Completed all that was asked for").await;
    keys.strike(&[char::from(Key::Space)]).await;
    keys.chord([Key::Control, Key::Enter]).await;
    browser.comes_to("3 licenses for").await;
    println!("{} keys beside the words", keys.struck);
    assert!(keys.struck <= 60, "{} keys", keys.struck);
    browser.is_quiet().await;
}

/// A person in a call that has just begun, about three clients.
async fn in_a_live_call() -> (Server, Browser) {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    queued(&browser, &server, 3).await;
    browser.visit(&server.at("/transfers/queue")).await;
    browser.press("Prepare the call").await;
    browser.press("Start the call").await;
    (server, browser)
}

#[tokio::test]
async fn in_a_live_call_the_enter_key_keeps_what_is_typed_and_sends_a_note_alone() {
    let (server, browser) = in_a_live_call().await;
    let enter = char::from(Key::Enter).to_string();
    browser.fill("Case reference", "C-77").await;
    browser.strike(&enter).await;
    browser.comes_to("by Ada").await;
    let stays = "return location.pathname === '/calls/1' && document.activeElement.name === 'case_reference'";
    assert_eq!(browser.script(stays).await, true, "the cursor stays in the field");

    // With an outcome the call could end; only the note is added.
    browser.fill("Dropped the line went dead", "on").await;
    browser.fill("said", "She wants the papers").await;
    browser.strike(&[Key::Control, Key::Enter].map(char::from).iter().collect::<String>()).await;
    browser.comes_to("She wants the papers").await;
    until(&browser, "return document.querySelector('[name=said]').value === ''").await;
    browser.visit(&server.at("/calls/1")).await;
    browser.sees("She wants the papers").await;
    browser.sees("End the call").await;
    browser.is_quiet().await;
}

#[tokio::test]
async fn a_problem_of_a_choice_leads_to_the_first_choice() {
    let (_server, browser) = in_a_live_call().await;
    browser.press("End the call").await;
    browser.follow("A call does not end without an outcome: choose what came of it.").await;
    let first = "return document.activeElement === document.querySelector('[name=outcome]')";
    assert_eq!(browser.script(first).await, true, "the first outcome has the focus");
    browser.is_quiet().await;
}

#[tokio::test]
async fn the_keys_lead_everywhere_walk_lists_and_can_be_switched_off() {
    let server = Server::demo().await;
    let browser = Browser::new(true, false, 1280).await;
    crate::steps::sign_in(&browser, &server, "help_desk", crate::support::password_of("help_desk")).await;
    let enter = char::from(Key::Enter).to_string();
    for (key, place) in [
        ("k", "/key-packs"),
        ("c", "/clients"),
        ("l", "/licenses"),
        ("t", "/transfers"),
        ("q", "/transfers/queue"),
        ("r", "/reissues"),
        ("p", "/calls"),
        ("s", "/license-servers"),
        ("i", "/imports"),
        ("a", "/reports"),
        ("h", "/"),
    ] {
        browser.strike("g").await;
        browser.strike(key).await;
        until(&browser, &format!("return document.readyState === 'complete' && location.pathname === '{place}'")).await;
    }
    browser.visit(&server.at("/clients")).await;
    browser.strike("j").await;
    browser.strike(&char::from(Key::Down).to_string()).await;
    let second = "return document.activeElement === document.querySelectorAll('main tbody tr')[1].querySelector('a')";
    assert_eq!(browser.script(second).await, true, "the second row has the focus");
    browser.strike(&enter).await;
    browser.comes_to("Everything that happened to it").await;
    browser.strike("e").await;
    browser.comes_to("Correct the client").await;
    browser.strike("f").await;
    browser.strike("gk?").await;
    browser.comes_to("Correct the client").await;
    browser.visit(&server.at("/clients")).await;
    browser.strike("n").await;
    browser.comes_to("Add a client").await;
    browser.visit(&server.at("/clients")).await;
    browser.strike("c").await;
    browser.comes_to("New call").await;
    browser.visit(&server.at("/clients")).await;
    browser.strike("?").await;
    until(&browser, "return document.querySelector('#keys')?.open === true").await;
    browser.axe().await;
    browser.screenshot("keys").await;
    browser.script("document.querySelector('#keys input').click(); document.querySelector('#keys').close()").await;
    browser.strike("n").await;
    browser.sees("Computers, and for Per User licenses people").await;
    // Without a key, they are switched on again on their page in help.
    browser.visit(&server.at("/help/keyboard")).await;
    browser.axe().await;
    browser.script("document.querySelector('main label.tick input').click()").await;
    browser.visit(&server.at("/clients")).await;
    browser.strike("n").await;
    browser.comes_to("Add a client").await;
    browser.is_quiet().await;
}

#[tokio::test]
async fn a_day_is_typed_or_taken_from_the_browsers_calendar() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    browser.visit(&server.at("/history")).await;
    browser.press("From: open the calendar").await;
    // What is pressed in the calendar itself no page sees; it ends like this.
    let choose = "const calendar = document.querySelector('.calendar');
        calendar.value = '2099-01-02';
        calendar.dispatchEvent(new Event('change'));
        return document.activeElement.value";
    assert_eq!(browser.script(choose).await, "2099-01-02");
    browser.is_quiet().await;
    browser.press("Filter").await;
    browser.sees("No change fits these filters").await;
    browser.fill("from", "2 Jan 20").await;
    browser.press("Filter").await;
    browser.sees("Write a day that exists, like 2026-08-22 or 22 Aug 2026.").await;
    browser.fill("from", "2 Jan 2020").await;
    browser.press("Filter").await;
    browser.sees("Person added").await;
}
