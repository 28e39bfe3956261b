//! The program ends itself before each of its statements and commits, in a live call and where transfers complete: what it
//! confirmed is there, nothing is half done, and who comes back can go on.

use std::path::Path;
use std::process::Command;

use reseat::checks::verify;
use reseat::db::Db;

use crate::bring::{L, licenses};
use crate::calls::{ID, requested};
use crate::desk_property::INVARIANTS;
use crate::program::{ask, reseat, serve, sign_in, start};
use crate::support::{Console, copy_of};

/// Statements and commits after which something is wrong: nothing here needs as many.
const MOST: u64 = 600;

/// One thing that somebody does, and what is true once it is confirmed.
type Deed = (&'static str, &'static str, &'static str);

/// A live call about three transfers, from its beginning to its end.
const CALL: [Deed; 4] = [
    ("/calls", "requests=1&live=yes", "select count(*) from calls"),
    (
        "/calls/{call}/draft",
        "representative=Ann&base=%7B%7D",
        "select count(*) from calls where (draft like '%Ann%' or representative = 'Ann')",
    ),
    (
        "/calls/{call}/notes",
        "kind=hold&said=They+look+for+the+papers&base=%7B%7D",
        "select count(*) from call_notes where kind = 'hold'",
    ),
    (
        "/calls/{call}/ending",
        "representative=Ann&outcome=completed&granted-1=3&id-1-0=BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ&base=%7B%7D",
        "select count(*) from calls c where c.ended_at is not null and c.outcome = 'completed' \
         and (select count(*) from transfers where state = 'granted') = 3 and (select count(*) from grants) = 1",
    ),
];

/// A transfer that was granted, completed by hand.
const COMPLETION: [Deed; 1] = [(
    "/transfers/1/completion",
    "reason=It+works",
    "select count(*) from transfers t join licenses l on l.id = t.license_id where t.id = 1 and t.state = 'completed' \
     and l.transferred_at is not null",
)];

/// What is there before: a database, and who is signed in to it.
struct Prepared {
    url: String,
    cookie: String,
    _folder: tempfile::TempDir,
}

impl Prepared {
    /// Three transfers that are asked for, or granted.
    async fn on(console: Console, granted: bool) -> Prepared {
        let mut hal = requested(&console, 3).await;
        if granted {
            let form = [("requests", "1"), ("live", "yes")];
            hal.post("/calls", &form).await.is(303);
            let form = [("outcome", "completed"), ("granted-1", "3"), ("id-1-0", ID)];
            hal.post("/calls/1/ending", &form).await.is(303);
        }
        let (url, folder) = console.close().await;
        let (mut program, address) = serve(&url, folder.path(), None);
        let cookie = sign_in(&address);
        program.kill().unwrap();
        program.wait().unwrap();
        // Whatever the log still holds goes into the file, which alone is copied.
        Db::open(&url).await.unwrap().close().await;
        Prepared { url, cookie, _folder: folder }
    }

    /// A copy of it, in a folder of its own.
    async fn copy(&self) -> (String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (copy_of(&self.url, folder.path()).await, folder)
    }
}

/// The program, which ends itself once the file is there.
fn mortal(url: &str, folder: &Path, file: &Path) -> Command {
    let mut command = reseat(url, folder);
    command.env("TEST_ABORT_FILE", file);
    command
}

/// Does one thing after another until the program is gone; how many were confirmed. `call`: the number of the call, where one
/// has begun. (PostgreSQL gives a number only once, also where the change that took it was lost.)
fn do_until_gone(deeds: &[Deed], (address, cookie): (&str, &str), mut call: String) -> usize {
    for (n, (path, form, _)) in deeds.iter().enumerate() {
        let path = path.replace("{call}", &call);
        let Some(answer) = ask(address, "POST", &path, cookie, form) else { return n };
        assert!(answer.starts_with("HTTP/1.1 303") || answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        if let Some(begun) = answer.lines().find_map(|line| line.strip_prefix("location: /calls/")) {
            begun.split(['?', '#']).next().unwrap().clone_into(&mut call);
        }
    }
    deeds.len()
}

/// What must be so whenever the program was gone: no line of history is missing, and nothing is half done.
async fn is_sound(db: &Db, when: &str) {
    assert_eq!(verify(db).await.unwrap(), Vec::<String>::new(), "{when}");
    for (says, text) in INVARIANTS {
        let found: i64 = db.sql(text).scalar().await.unwrap();
        assert_eq!(found, 0, "{when}: {says}");
    }
}

/// Aborts before the n-th statement. Says whether the program came through it all.
async fn abort_before(prepared: &Prepared, deeds: &'static [Deed], n: u64) -> bool {
    let (url, folder) = prepared.copy().await;
    let (cookie, to, path) = (prepared.cookie.clone(), url.clone(), folder.path().to_owned());
    let work = move || {
        let file = path.join("abort");
        let (mut program, address) = start(mortal(&to, &path, &file));
        // Only now: what the program does when it starts is not counted.
        std::fs::write(&file, n.to_string()).unwrap();
        let confirmed = do_until_gone(deeds, (&address, &cookie), String::new());
        let _ = program.kill();
        program.wait().unwrap();
        confirmed
    };
    let confirmed = tokio::task::spawn_blocking(work).await.unwrap();
    let when = format!("before statement {n}, with {confirmed} of {} confirmed", deeds.len());
    let db = Db::open(&url).await.unwrap();
    is_sound(&db, &when).await;
    let mut there = 0;
    for (path, _, holds) in deeds {
        let holds: i64 = db.sql(holds).scalar().await.unwrap();
        there += usize::from(holds > 0);
        assert!(holds > 0 || there >= confirmed, "{when}: {path} is lost");
    }
    db.close().await;
    go_on(&url, &folder, prepared, &deeds[there..]).await;
    confirmed == deeds.len()
}

/// Who comes back does the rest, and nothing stands in the way.
async fn go_on(url: &str, folder: &tempfile::TempDir, prepared: &Prepared, rest: &'static [Deed]) {
    if rest.is_empty() {
        return;
    }
    let (to, path, cookie) = (url.to_owned(), folder.path().to_owned(), prepared.cookie.clone());
    let db = Db::open(url).await.unwrap();
    let call: i64 = db.sql("select coalesce(max(id), 0) from calls").scalar().await.unwrap();
    let work = move || {
        let (mut program, address) = start(reseat(&to, &path));
        assert_eq!(do_until_gone(rest, (&address, &cookie), call.to_string()), rest.len());
        program.kill().unwrap();
        program.wait().unwrap();
    };
    tokio::task::spawn_blocking(work).await.unwrap();
    is_sound(&db, "afterwards").await;
    for (path, _, holds) in rest {
        let holds: i64 = db.sql(holds).scalar().await.unwrap();
        assert!(holds > 0, "{path} could not be done again");
    }
    db.close().await;
}

async fn every_statement(console: Console, granted: bool, deeds: &'static [Deed]) {
    let prepared = Prepared::on(console, granted).await;
    let mut n = 1;
    while !abort_before(&prepared, deeds, n).await {
        n += 1;
        assert!(n < MOST, "the program never comes through");
    }
    println!("{n} statements and commits");
    assert!(n > 10 * u64::try_from(deeds.len()).unwrap(), "it came through after {n}: was it ended at all?");
}

/// Brings in what completes two transfers, ended before the n-th statement. Says whether the program came through.
async fn import_before(prepared: &Prepared, n: u64) -> bool {
    let (url, folder) = prepared.copy().await;
    let file = folder.path().join("abort");
    std::fs::write(&file, n.to_string()).unwrap();
    let export = folder.path().join("issued.csv");
    let row = |id, computer| L {
        id,
        pack: 2,
        user: "",
        computer,
        status: 2,
        issued: "20260825",
        expires: "20261110",
        hardware_id: "",
    };
    std::fs::write(&export, licenses(&[row(71, "PC-NEW-02"), row(72, "PC-NEW-03")])).unwrap();
    let import = |mut command: Command| {
        command.args(["import", "--apply", "--part", "--server", "LIC-01", "--captured-at", "2026-08-28"]).arg(&export);
        command.output().unwrap()
    };
    let through = import(mortal(&url, folder.path(), &file)).status.success();
    let db = Db::open(&url).await.unwrap();
    is_sound(&db, &format!("import, before statement {n}")).await;
    let completed = "select count(*) from transfers where state = 'completed'";
    let done: i64 = db.sql(completed).scalar().await.unwrap();
    let shown: i64 = db.sql("select count(*) from licenses where id > 3").scalar().await.unwrap();
    assert!((done, shown) == (2, 2) || (!through && (done, shown) == (0, 0)), "{done} of {shown} before {n}");
    if !through {
        let again = import(reseat(&url, folder.path()));
        assert!(again.status.success(), "before {n}: {}", String::from_utf8_lossy(&again.stderr));
        assert_eq!(db.sql(completed).scalar::<i64>().await.unwrap(), 2, "before {n}");
        is_sound(&db, "afterwards").await;
    }
    db.close().await;
    through
}

/// Every statement where there is time for it (`MORE=10`), else every fourth.
async fn every_statement_of_an_import(console: Console) {
    let prepared = Prepared::on(console, true).await;
    let step = if crate::desk_property::more() > 1 { 1 } else { 4 };
    let mut n = 1;
    while !import_before(&prepared, n).await {
        n += step;
        assert!(n < MOST, "the program never comes through");
    }
    println!("{n} statements and commits");
    assert!(n > 20, "it came through after {n}: was it ended at all?");
}

macro_rules! on_each {
    ($($name:ident = $work:expr;)*) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let work = $work;
                work(Console::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let work = $work;
                work(Console::on_postgres().await).await;
            }
        }
    )* };
}

on_each! {
    a_call_that_is_cut_off_before_any_statement_is_lost_in_nothing = |console| every_statement(console, false, &CALL);
    a_completion_that_is_cut_off_is_whole_or_not_there = |console| every_statement(console, true, &COMPLETION);
    an_import_that_is_cut_off_completes_all_or_nothing = every_statement_of_an_import;
}
