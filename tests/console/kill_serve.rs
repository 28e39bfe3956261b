//! The console is killed while people change and read: whatever it confirmed is there, nothing is half, and history holds.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use reseat::checks::verify;
use reseat::db::Db;

use crate::program::{ask, serve, sign_in};
use crate::support::fresh_postgres;

/// Confirmed changes after which the program is killed.
const MOMENTS: [usize; 3] = [1, 25, 90];

/// Changes that each of the writers tries at most; the kill comes long before.
const MOST: usize = 200;

/// Adds companies until the program is gone; tells each that was confirmed.
fn write_on(address: &str, cookie: &str, writer: usize, told: &Sender<String>) {
    for n in 0..MOST {
        let name = format!("Company {writer} {n}");
        let answer = ask(address, "POST", "/companies", cookie, &format!("name={}", name.replace(' ', "+")));
        if !answer.is_some_and(|answer| answer.starts_with("HTTP/1.1 303")) || told.send(name).is_err() {
            return;
        }
    }
}

fn read_on(address: &str, cookie: &str) {
    for n in 0..MOST {
        let path = ["/companies", "/history", "/licenses", "/"][n % 4];
        let Some(answer) = ask(address, "GET", path, cookie, "") else { return };
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// The changes that were confirmed before the program was killed.
fn killed_at_work(url: &str, folder: &Path, moment: usize) -> BTreeSet<String> {
    let (mut program, address) = serve(url, folder, None);
    let cookie = sign_in(&address);
    let (tell, told) = channel();
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (tell, address, cookie) = (tell.clone(), &address, &cookie);
            scope.spawn(move || write_on(address, cookie, writer, &tell));
        }
        scope.spawn(|| read_on(&address, &cookie));
        drop(tell);
        let mut confirmed: BTreeSet<String> = told.iter().take(moment).collect();
        // SIGKILL: the program has no chance to tidy up.
        program.kill().unwrap();
        program.wait().unwrap();
        confirmed.extend(told.iter());
        confirmed
    })
}

async fn nothing_that_was_confirmed_is_lost(url: &str, moment: usize) {
    let folder = tempfile::tempdir().unwrap();
    let (to, path) = (url.to_owned(), folder.path().to_owned());
    let confirmed = tokio::task::spawn_blocking(move || killed_at_work(&to, &path, moment)).await.unwrap();
    assert!(confirmed.len() >= moment && confirmed.len() < 3 * MOST, "{} were confirmed", confirmed.len());
    let db = Db::open(url).await.unwrap();
    assert_eq!(verify(&db).await.unwrap(), Vec::<String>::new(), "killed after {moment}");
    let there: Vec<(String,)> = db.sql("select name from companies").all().await.unwrap();
    let there: BTreeSet<String> = there.into_iter().map(|(name,)| name).collect();
    let lost: Vec<_> = confirmed.difference(&there).collect();
    assert!(lost.is_empty(), "killed after {moment}, lost {lost:?}");
    // Each writer had one change under way at most.
    assert!(there.len() <= confirmed.len() + 3, "{} of {}", there.len(), confirmed.len());
    let told: i64 = db.sql("select count(*) from history where action = 'company added'").scalar().await.unwrap();
    assert_eq!(usize::try_from(told).unwrap(), there.len());
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_is_killed_at_work_keeps_every_change_that_it_confirmed_on_sqlite() {
    for moment in MOMENTS {
        let folder = tempfile::tempdir().unwrap();
        nothing_that_was_confirmed_is_lost(&format!("sqlite:{}", folder.path().join("r.db").display()), moment).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_is_killed_at_work_keeps_every_change_that_it_confirmed_on_postgres() {
    for moment in MOMENTS {
        nothing_that_was_confirmed_is_lost(&fresh_postgres().await, moment).await;
    }
}
