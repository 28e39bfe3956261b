//! The program is killed while it applies an import, at several moments: all of the import is in the register or nothing
//! of it, history holds, and another copy of the program brings it to its end.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reseat::db::Db;
use reseat::history::store::verify;
use reseat::ids::ImportId;
use reseat::imports::import::State;
use reseat::imports::store;
use reseat::imports::work::Worker;
use reseat::moment::Clock;

use crate::support::fresh_postgres;

const ROWS: i64 = 30_000;

/// Polls after the program was seen to apply the import, and before it is killed.
const MOMENTS: [u32; 5] = [0, 5, 20, 60, 150];

/// Between two polls.
const PAUSE: Duration = Duration::from_millis(5);

/// Polls after which something is wrong.
const MOST_POLLS: u32 = 40_000;

fn export() -> String {
    let mut text = String::from(
        "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n",
    );
    for n in 1..=ROWS {
        let row = format!("{n},4,,PC-{n:05},2,20260701091422.000000+000,20260920091422.000000+000,{n:032x}\r\n");
        text += &row;
    }
    text
}

fn start(url: &str, folder: &Path) -> Child {
    let file = folder.join("issued.csv");
    if !file.exists() {
        std::fs::write(&file, export()).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_reseat"))
        .args(["import", "--apply", "--server", "LIC-01", "--captured-at", "2026-08-22"])
        .arg(file)
        .env("RESEAT_DATABASE_URL", url)
        .env("RESEAT_DATA_DIR", folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn state(db: &Db) -> Option<State> {
    let found: Option<(State,)> = db.sql("select state from imports").optional().await.unwrap();
    found.map(|(state,)| state)
}

/// Kills the program so many polls after it began to apply. Says whether it was still at it.
async fn kill_while_applying(db: &Db, program: &mut Child, polls_later: u32) {
    let mut polls = 0;
    while !matches!(state(db).await, Some(State::Applying | State::Applied)) {
        polls += 1;
        assert!(polls < MOST_POLLS, "the program never began to apply: {:?}", state(db).await);
        assert!(program.try_wait().unwrap().is_none(), "the program ended by itself");
        tokio::time::sleep(PAUSE).await;
    }
    for _ in 0..polls_later {
        if state(db).await == Some(State::Applied) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    // SIGKILL: the program has no chance to tidy up.
    program.kill().unwrap();
    program.wait().unwrap();
}

/// All or nothing, and then all. Says whether nothing was in the register after the kill.
async fn all_or_nothing(url: &str, moment: u32) -> bool {
    let db = Db::open(url).await.unwrap();
    let count = async |text: &'static str| -> i64 { db.sql(text).scalar().await.unwrap() };
    let found = count("select count(*) from licenses").await;
    let after = state(&db).await.unwrap();
    assert!(found == 0 || found == ROWS, "{found} licenses, killed after {moment} polls");
    assert!(matches!(after, State::Applying | State::Applied), "{after:?}");
    verify(&db).await.unwrap().unwrap();
    let worker = Worker {
        db: db.clone(),
        clock: Clock::standing(Clock::machine().now().plus(60)),
        name: Arc::from("another copy"),
        unseen_days: 180,
    };
    worker.go_on().await.unwrap();
    let id = ImportId(count("select id from imports").await);
    if store::find(&db, id).await.unwrap().state == State::Ready {
        worker.apply(id, "Ada").await.unwrap();
    }
    let import = store::find(&db, id).await.unwrap();
    assert_eq!((import.state, import.new_count), (State::Applied, ROWS));
    for text in ["select count(*) from licenses", "select count(*) from clients where hardware_id is not null"] {
        assert_eq!(count(text).await, ROWS, "{text}, killed after {moment} polls");
    }
    assert_eq!(count("select count(*) from history where action = 'import applied'").await, 1);
    verify(&db).await.unwrap().unwrap();
    db.close().await;
    found == 0
}

async fn kill_at(url: &str, folder: &Path, moment: u32) -> bool {
    let watching = Db::open(url).await.unwrap();
    let mut program = start(url, folder);
    kill_while_applying(&watching, &mut program, moment).await;
    watching.close().await;
    all_or_nothing(url, moment).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_killed_while_it_applies_leaves_all_or_nothing_on_sqlite() {
    let mut undone = 0;
    for moment in MOMENTS {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("reseat.db").display());
        undone += u32::from(kill_at(&url, folder.path(), moment).await);
    }
    assert!(undone > 0, "no kill came in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_killed_while_it_applies_leaves_all_or_nothing_on_postgres() {
    let mut undone = 0;
    for moment in MOMENTS {
        let folder = tempfile::tempdir().unwrap();
        undone += u32::from(kill_at(&fresh_postgres().await, folder.path(), moment).await);
    }
    assert!(undone > 0, "no kill came in time");
}
