//! The program itself: its commands, what they print, and how they end.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::bring::{license, licenses, packs};
use crate::support::fresh_postgres;

/// The program with nothing of the environment but what a test says.
fn reseat(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESEAT_")) {
        command.env_remove(name);
    }
    command.env("RESEAT_DATA_DIR", folder.join("data")).stdin(Stdio::null());
    command
}

#[track_caller]
fn ends(output: &Output, code: i32, says: &str) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    assert!(format!("{out}{err}").contains(says), "it does not say {says:?}:\n{out}{err}");
}

#[test]
fn what_is_set_wrongly_is_one_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("in-the-way");
    std::fs::write(&in_the_way, "a file").unwrap();
    let in_the_way = in_the_way.to_string_lossy().into_owned();
    for (name, value, says) in [
        ("RESEAT_LISTNE", "127.0.0.1:1", "RESEAT_LISTNE is not a setting"),
        ("RESEAT_LISTEN", "nowhere", "--listen"),
        ("RESEAT_DATABASE_URL", "mysql://localhost/x", "must start with sqlite: or postgres://"),
        ("RESEAT_DATABASE_URL_FILE", "/no/such/file", "cannot be read"),
        ("RESEAT_DATA_DIR", in_the_way.as_str(), "cannot be made"),
        ("RESEAT_PUBLIC_URL", "reseat.example", "must be http:// or https://"),
        ("RESEAT_TIME_ZONE", "Mars/Olympus", "is not a time zone"),
        ("RESEAT_LOG", "=[", "is not a log filter"),
    ] {
        let output = reseat(folder.path()).arg("migrate").env(name, value).output().unwrap();
        ends(&output, 2, says);
    }
    ends(&reseat(folder.path()).args(["import", "x.csv"]).output().unwrap(), 2, "--dry-run");
}

#[test]
fn every_setting_is_told_by_the_help() {
    let output = reseat(Path::new(".")).arg("--help").output().unwrap();
    for name in
        ["RESEAT_DATABASE_URL", "RESEAT_DATA_DIR", "RESEAT_LISTEN", "RESEAT_PUBLIC_URL", "RESEAT_TRUSTED_PROXIES"]
    {
        ends(&output, 0, name);
    }
}

#[test]
fn people_are_added_listed_and_disabled() {
    let folder = tempfile::tempdir().unwrap();
    let add = ["user", "add", "--name", "Ada", "--role", "admin", "--password-stdin"];
    let mut adding = reseat(folder.path()).args(add).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(b"a password for the tests\n").unwrap();
    ends(&adding.wait_with_output().unwrap(), 0, "Ada may sign in as Admin");
    ends(
        &reseat(folder.path()).args(["user", "add", "--name", "ada", "--role", "auditor"]).output().unwrap(),
        1,
        "already",
    );
    ends(
        &reseat(folder.path()).args(["user", "add", "--name", "Eve", "--role", "owner"]).output().unwrap(),
        2,
        "owner",
    );
    ends(&reseat(folder.path()).args(["user", "list"]).output().unwrap(), 0, "Ada\tadmin\tmay sign in");
    ends(&reseat(folder.path()).args(["user", "reset", "--name", "Ada"]).output().unwrap(), 0, "/set-up/");
    ends(&reseat(folder.path()).args(["user", "disable", "--name", "Ada"]).output().unwrap(), 1, "last admin");
    ends(&reseat(folder.path()).args(["user", "disable", "--name", "Nobody"]).output().unwrap(), 1, "Nobody signs in");
}

#[test]
fn a_token_is_printed_alone_listed_without_itself_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| reseat(folder.path()).args(arguments).output().unwrap();
    ends(&run(&["user", "add", "--name", "Audrey", "--role", "auditor"]), 0, "Audrey may sign in");
    let made =
        run(&["token", "add", "--user", "audrey", "--role", "auditor", "--label", "nightly", "--expires", "never"]);
    ends(&made, 0, "reseat_");
    let token = String::from_utf8(made.stdout).unwrap();
    assert!(token.ends_with('\n') && token.trim().len() == 71 && token.lines().count() == 1, "{token}");
    let list = run(&["token", "list"]);
    ends(&list, 0, "1\tAudrey\tauditor\tIn use\texpires never\tnightly");
    assert!(!String::from_utf8(list.stdout).unwrap().contains(token.trim()));
    ends(&run(&["token", "add", "--user", "Audrey", "--role", "admin"]), 1, "Auditor at most");
    ends(&run(&["token", "add", "--user", "Audrey", "--role", "auditor", "--expires", "0"]), 1, "from 1 to 3,650");
    ends(&run(&["token", "add", "--user", "Eve", "--role", "auditor"]), 1, "Nobody signs in as Eve");
    ends(&run(&["token", "revoke", "1"]), 0, "Token 1 is revoked.");
    ends(&run(&["token", "list"]), 0, "Revoked");
    ends(&run(&["token", "revoke", "1"]), 1, "No token of number 1 is in use");
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(folder: &Path, url: Option<&str>, arguments: &[&str], files: &[&PathBuf]) -> (Output, serde_json::Value) {
    let mut command = reseat(folder);
    if let Some(url) = url {
        command.env("RESEAT_DATABASE_URL", url);
    }
    let output = command.arg("import").args(arguments).arg("--json").args(files).output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output, report)
}

fn imports_keep_their_contract(url: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let packs = file(here, "keypacks.csv", &packs(&[(4, 50, 2)]));
    let good = file(here, "issued.csv", &licenses(&[license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")]));
    let server = ["--server", "LIC-01", "--company", "Contoso"];
    let (output, report) = import(here, url, &[&server[..], &["--dry-run"]].concat(), &[&packs, &good]);
    ends(&output, 0, "\"new\":3");
    assert_eq!(report["applied"], false);
    let (output, report) = import(here, url, &[&server[..], &["--apply"]].concat(), &[&packs, &good]);
    ends(&output, 0, "\"applied\":true");
    assert_eq!(
        (&report["new"], &report["unchanged"], &report["errors"]),
        (&3.into(), &0.into(), &serde_json::json!([]))
    );
    let (output, report) = import(here, url, &[&server[..], &["--apply"]].concat(), &[&packs, &good]);
    ends(&output, 0, "\"applied\":false");
    assert_eq!(report["new"], 0);
    let bad = file(here, "bad.csv", &(licenses(&[license(1, "PC-0117", "aa01")]) + "x,4,,PC-1,2,,,aa\r\n"));
    let (output, report) = import(here, url, &[&server[..], &["--apply"]].concat(), &[&bad]);
    ends(&output, 1, "row with errors");
    assert_eq!((&report["errors"][0]["file"], &report["errors"][0]["line"]), (&"bad.csv".into(), &3.into()));
    let other = file(here, "other.csv", &licenses(&[license(1, "PC-0900", "cc01"), license(2, "PC-0118", "aa02")]));
    let (output, report) = import(here, url, &[&server[..], &["--apply"]].concat(), &[&other]);
    ends(&output, 1, "It waits in the console under Imports");
    assert_eq!((&report["conflicts"], &report["applied"]), (&1.into(), &false.into()));
    let dates = "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n\
                 1,4,,PC-0117,2,3/5/2026 9:14:22,5/6/2026 9:14:22,aa01\r\n";
    let dates = file(here, "dates.csv", dates);
    let (output, report) = import(here, url, &["--server", "LIC-02", "--dry-run"], &[&dates]);
    ends(&output, 1, "--day-first or --month-first");
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(1));
    let (output, _) = import(here, url, &["--server", "LIC-02", "--dry-run", "--day-first"], &[&dates]);
    ends(&output, 0, "\"new\":1");
    let (output, _) = import(here, url, &["--server", "LIC-02", "--dry-run"], &[&here.join("missing.csv")]);
    ends(&output, 2, "cannot be read");
}

#[test]
fn imports_keep_their_contract_on_sqlite() {
    imports_keep_their_contract(None);
}

#[tokio::test]
async fn imports_keep_their_contract_on_postgres() {
    let url = fresh_postgres().await;
    tokio::task::spawn_blocking(move || imports_keep_their_contract(Some(&url))).await.unwrap();
}

#[cfg(unix)]
#[test]
fn the_console_prints_its_address_and_a_link_and_stops_in_good_order_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut serving = reseat(folder.path())
        .arg("serve")
        .env("RESEAT_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serving.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("Reseat is at http://127.0.0.1:"));
    lines.next();
    assert!(lines.next().unwrap().unwrap().contains("/set-up/"));
    let told = Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap();
    assert!(told.success());
    ends(&serving.wait_with_output().unwrap(), 0, "stopped in good order");
    assert!(!folder.path().join("data/reseat.db-wal").exists(), "the log was folded into the file");
}
