//! Backups that somebody worked on, disks that are full, and a backup of before that cannot be written: each is a
//! sentence, and nothing is lost.

use std::path::{Path, PathBuf};

use reseat::backups::restore::restore;
use reseat::backups::write::{migrate_after_backup, write};
use reseat::db::Db;
use reseat::moment::Moment;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::bring::{license, licenses};
use crate::on_both;
use crate::program::{ask, on_a_full_disk, reseat, serve, sign_in};
use crate::years::of_schema_1;

const AT: Moment = Moment(1_787_400_000);

/// A backup as somebody makes it anew who knows its form: members changed, and every checksum right.
fn worked_on(file: &Path, change: impl Fn(&str, String) -> String, say: impl Fn(&mut Value)) -> PathBuf {
    use std::io::Read;
    let to = file.with_extension("worked-on");
    let packed = flate2::write::GzEncoder::new(std::fs::File::create(&to).unwrap(), flate2::Compression::fast());
    let mut out = tar::Builder::new(packed);
    let mut put = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        out.append_data(&mut header, name, bytes).unwrap();
    };
    let read = flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap());
    let mut sums = serde_json::Map::new();
    for member in tar::Archive::new(read).entries().unwrap() {
        let mut member = member.unwrap();
        let name = member.path().unwrap().display().to_string();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_str(&text).unwrap();
            manifest["sha256"] = sums.clone().into();
            say(&mut manifest);
            put(&name, manifest.to_string().as_bytes());
        } else {
            let text = change(&name, text);
            let sum = sha256(text.as_bytes());
            sums.insert(name.clone(), sum.into());
            put(&name, text.as_bytes());
        }
    }
    out.into_inner().unwrap().finish().unwrap();
    to
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn as_it_is(_: &str, text: String) -> String {
    text
}

async fn is_empty(url: &str) -> bool {
    let db = Db::open_as_it_stands(url).await.unwrap();
    let empty = db.snapshot().await.unwrap().tables().await.unwrap().is_empty();
    db.close().await;
    empty
}

on_both! {
    async fn a_backup_of_a_newer_program_is_refused_and_changes_nothing(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let url = console.elsewhere(folder.path()).await;
        let schema = worked_on(&file, as_it_is, |manifest| manifest["schema"] = 9_999.into());
        let refusal = restore(&schema, &url, true, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("newer than this program (it has schema 9999"), "{refusal}");
        let form = worked_on(&file, as_it_is, |manifest| manifest["format"] = 2.into());
        let refusal = restore(&form, &url, true, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("has form 2, which this program does not know"), "{refusal}");
        assert!(is_empty(&url).await);
    }

    async fn a_backup_that_somebody_worked_on_with_every_checksum_right_is_found_by_historys_chain(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let url = console.elsewhere(folder.path()).await;
        let same = worked_on(&file, as_it_is, |_| {});
        restore(&same, &url, true, AT).await.unwrap();
        let mallory = |name: &str, text: String| {
            if name.starts_with("tables/history/") { text.replacen("\"the test\"", "\"Mallory\"", 1) } else { text }
        };
        let changed = worked_on(&file, mallory, |_| {});
        let refusal = restore(&changed, &url, true, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("Line 1 of history was changed after it was written"), "{refusal}");
        let short = worked_on(&file, |name, text| {
            if name != "tables/history/00001.jsonl" { return text; }
            let lines: Vec<_> = text.lines().collect();
            lines[..lines.len() - 1].join("\n") + "\n"
        }, |manifest| manifest["rows"]["history"] = (manifest["rows"]["history"].as_i64().unwrap() - 1).into());
        let refusal = restore(&short, &url, true, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("history"), "{refusal}");
        let db = Db::open(&url).await.unwrap();
        assert_eq!(reseat::checks::verify(&db).await.unwrap(), Vec::<String>::new());
        db.close().await;
    }
}

/// When what is there cannot be kept first, the schema stays as it is.
async fn stays_as_it_is(postgres: bool) {
    let folder = tempfile::tempdir().unwrap();
    let url = of_schema_1(folder.path(), postgres).await;
    let in_the_way = folder.path().join("in-the-way");
    std::fs::write(&in_the_way, "a file").unwrap();
    let db = Db::open_as_it_stands(&url).await.unwrap();
    let refusal = migrate_after_backup(&db, &in_the_way, AT).await.unwrap_err().to_string();
    assert!(refusal.contains("cannot be made"), "{refusal}");
    assert_eq!(db.snapshot().await.unwrap().schema().await.unwrap(), 1);
    db.close().await;
    let output = reseat(&url, &in_the_way).arg("migrate").output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{says}");
    assert!(says.contains("The schema was not brought up to date"), "{says}");
    let db = Db::open_as_it_stands(&url).await.unwrap();
    assert_eq!(db.snapshot().await.unwrap().schema().await.unwrap(), 1);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_backup_of_before_no_schema_is_changed_on_sqlite() {
    stays_as_it_is(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_backup_of_before_no_schema_is_changed_on_postgres() {
    stays_as_it_is(true).await;
}

/// An export whose hardware IDs no compression makes small.
#[cfg(unix)]
fn export(folder: &Path, name: &str, from: i64, rows: i64) -> PathBuf {
    let numbers = from..from + rows;
    let named: Vec<(i64, String, String)> = numbers.map(|n| (n, format!("PC-{n}"), sha256(&n.to_le_bytes()))).collect();
    let rows: Vec<_> = named.iter().map(|(n, name, hardware)| license(*n, name, &hardware[..40])).collect();
    let file = folder.join(name);
    std::fs::write(&file, licenses(&rows)).unwrap();
    file
}

#[cfg(unix)]
fn importing(mut command: std::process::Command, file: &Path) -> std::process::Output {
    let arguments = ["import", "--apply", "--part", "--server", "LIC-01", "--captured-at", "2026-08-22"];
    command.args(arguments).arg(file).output().unwrap()
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_while_the_console_works_is_told_and_harms_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("r.db").display());
    let first = importing(reseat(&url, folder.path()), &export(folder.path(), "first.csv", 1, 6_000));
    assert!(first.status.success(), "{first:?}");
    let well = |url: &str| reseat(url, folder.path()).arg("verify").output().unwrap();
    assert!(well(&url).status.success());

    let (mut program, address) = serve(&url, folder.path(), Some(500));
    let cookie = sign_in(&address);
    let get = |path: &str| ask(&address, "GET", path, &cookie, "").unwrap();
    assert!(ask(&address, "POST", "/checks/backup", &cookie, "").unwrap().starts_with("HTTP/1.1 303"));
    let page = get("/checks");
    assert!(page.contains("cannot be written") && page.contains("The last backup failed."), "{page}");
    let xlsx = get("/licenses.xlsx?columns=all");
    assert!(
        xlsx.starts_with("HTTP/1.1 422") && xlsx.contains("folder for temporary files seems to be full"),
        "{}",
        &xlsx[..200]
    );
    let csv = get("/licenses.csv?columns=all");
    assert!(csv.starts_with("HTTP/1.1 200") && csv.contains("PC-6000"), "the console goes on");
    program.kill().unwrap();
    program.wait().unwrap();
    let left: Vec<_> =
        std::fs::read_dir(folder.path().join("backups")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(well(&url).status.success());

    let open = folder.path().join("open");
    let full = on_a_full_disk(&url, folder.path(), 500).arg("export").arg(&open).output().unwrap();
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(
        String::from_utf8_lossy(&full.stderr).contains("is not whole") && !open.join("README.txt").exists(),
        "{full:?}"
    );

    let more = export(folder.path(), "more.csv", 10_001, 6_000);
    let full = importing(on_a_full_disk(&url, folder.path(), 1_000), &more);
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(String::from_utf8_lossy(&full.stderr).contains("its disk seems to be full"), "{full:?}");
    assert!(well(&url).status.success());
    let again = importing(reseat(&url, folder.path()), &more);
    assert!(again.status.success(), "{again:?}");
    let output = well(&url);
    assert!(output.status.success(), "{output:?}");
}

/// Files without a name that a program has open: what it writes for a while.
#[cfg(target_os = "linux")]
fn temporary_files_of(program: u32) -> usize {
    let open = std::fs::read_dir(format!("/proc/{program}/fd")).unwrap().flatten();
    let links = open.filter_map(|one| std::fs::read_link(one.path()).ok());
    links.filter(|link| link.to_string_lossy().contains("(deleted)")).count()
}

/// Looks again and again, for half a minute at most.
#[cfg(target_os = "linux")]
fn comes_true(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{what} never came true");
}

#[test]
#[cfg(target_os = "linux")]
fn whoever_leaves_in_the_middle_of_a_download_leaves_no_file_and_no_turn_behind_on_sqlite() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("r.db").display());
    let first = importing(reseat(&url, folder.path()), &export(folder.path(), "first.csv", 1, 6_000));
    assert!(first.status.success(), "{first:?}");
    let (mut program, address) = serve(&url, folder.path(), None);
    let cookie = sign_in(&address);
    let usual = temporary_files_of(program.id());
    for _ in 0..3 {
        let mut leaving = std::net::TcpStream::connect(&address).unwrap();
        let path = "/licenses.xlsx?columns=all";
        write!(leaving, "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n").unwrap();
        comes_true("a workbook is begun", || temporary_files_of(program.id()) > usual);
        drop(leaving);
        comes_true("its files are gone", || temporary_files_of(program.id()) == usual);
    }
    let whole = ask(&address, "GET", "/licenses.xlsx?columns=all", &cookie, "").unwrap();
    assert!(whole.starts_with("HTTP/1.1 200"), "{}", &whole[..200]);
    comes_true("the last one's files are gone", || temporary_files_of(program.id()) == usual);
    program.kill().unwrap();
    program.wait().unwrap();
}
