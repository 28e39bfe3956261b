//! The program's own commands for years of use, and databases that an earlier program wrote.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::bring::{license, licenses};

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

fn with_a_license(folder: &Path) {
    let file = folder.join("issued.csv");
    std::fs::write(&file, licenses(&[license(1, "PC-1", "a1")])).unwrap();
    bring(folder, &file);
}

/// Enough for a backup that does not fit where little fits.
#[cfg(unix)]
fn with_many_licenses(folder: &Path) {
    let names: Vec<(i64, String, String)> =
        (1..=3_000).map(|n: i64| (n, format!("PC-{n}"), format!("{:016x}", n * 0x9e37_79b9_7f4a))).collect();
    let rows: Vec<_> = names.iter().map(|(n, name, hardware)| license(*n, name, hardware)).collect();
    let file = folder.join("issued.csv");
    std::fs::write(&file, licenses(&rows)).unwrap();
    bring(folder, &file);
}

fn bring(folder: &Path, file: &Path) {
    let arguments = ["import", "--apply", "--server", "LIC-01", "--captured-at", "2026-08-22"];
    ends(&reseat(folder).args(arguments).arg(file).output().unwrap(), 0, "");
}

#[test]
fn a_backup_is_taken_given_back_and_checked_from_the_command_line_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    with_a_license(folder.path());
    let file = folder.path().join("b.reseat");
    ends(&reseat(folder.path()).arg("backup").arg(&file).output().unwrap(), 0, "history ends with line");
    ends(&reseat(folder.path()).arg("backup").arg(&file).output().unwrap(), 1, "--force");
    ends(&reseat(folder.path()).arg("restore").arg(&file).output().unwrap(), 1, "holds data already");
    ends(&reseat(folder.path()).args(["restore", "--force"]).arg(&file).output().unwrap(), 0, "before-restore");
    ends(&reseat(folder.path()).arg("verify").output().unwrap(), 0, "All is well");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// Runs the program where no file may grow past so many blocks of 512 bytes: as on a disk that is full.
#[cfg(unix)]
fn on_a_full_disk(folder: &Path, blocks: u32, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_reseat");
    let text = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &text, program])
        .args(arguments)
        .env("RESEAT_DATA_DIR", folder.join("data"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_a_sentence_and_leaves_everything_sound_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    with_many_licenses(folder.path());
    let (file, good) = (folder.path().join("b.reseat"), folder.path().join("good.reseat"));
    let full = on_a_full_disk(folder.path(), 80, &["backup", file.to_str().unwrap()]);
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(String::from_utf8_lossy(&full.stderr).contains("cannot be written"), "{full:?}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("b.reseat")), "{left:?}");
    ends(&reseat(folder.path()).arg("backup").arg(&good).output().unwrap(), 0, "");
    let full = on_a_full_disk(folder.path(), 200, &["restore", "--force", good.to_str().unwrap()]);
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    ends(&reseat(folder.path()).arg("verify").output().unwrap(), 0, "All is well");
    ends(&reseat(folder.path()).args(["restore", "--force"]).arg(&good).output().unwrap(), 0, "");
}

#[test]
fn the_doctor_says_what_is_well_and_what_is_not_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    ends(&reseat(folder.path()).arg("doctor").output().unwrap(), 1, "wrong    There is no database at");
    with_a_license(folder.path());
    let output = reseat(folder.path()).arg("doctor").output().unwrap();
    ends(&output, 0, "ok       The database has schema");
    ends(&output, 0, "LIC-01 was last brought in as of 2026-08-22");
    ends(&output, 0, "warning  There was no backup yet");
    ends(&output, 0, "warning  There was no check yet");
    ends(&output, 0, "free for the database in");
    let file = folder.path().join("b.reseat");
    ends(&reseat(folder.path()).arg("backup").arg(&file).output().unwrap(), 0, "");
    ends(&reseat(folder.path()).arg("verify").output().unwrap(), 0, "");
    let output = reseat(folder.path()).arg("doctor").output().unwrap();
    ends(&output, 0, "ok       The last backup is of");
    ends(&output, 0, "ok       The last check is of");
    ends(
        &reseat(folder.path()).arg("doctor").env("RESEAT_PUBLIC_URL", "nonsense").output().unwrap(),
        1,
        "wrong    RESEAT_PUBLIC_URL",
    );
}
