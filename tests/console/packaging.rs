//! What is shipped beside the program says only what the program knows.

use std::path::Path;
use std::process::{Command, Stdio};

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// How the program takes a command line and settings, without doing what they say.
fn is_known(arguments: &[&str], settings: &[(String, String)]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESEAT_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().cloned()).args(arguments).arg("--help").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

/// Every `RESEAT_NAME=value` of a text.
fn settings(text: &str) -> Vec<(String, String)> {
    let words = text.split(|c: char| c.is_whitespace() || c == '#').filter(|word| word.starts_with("RESEAT_"));
    let pairs = words.filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_unit_starts_the_program_with_what_it_knows() {
    let unit = read("packaging/reseat.service");
    let starts = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words: Vec<&str> = starts.split_whitespace().collect();
    assert_eq!(words[0].rsplit('/').next().unwrap(), "reseat");
    let set: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(settings).collect();
    assert!(set.iter().any(|(name, _)| name == "RESEAT_DATA_DIR"), "{set:?}");
    assert!(is_known(&words[1..], &set), "{starts} {set:?}");
    assert!(!is_known(&["serve", "--no-such-flag"], &[]) && !is_known(&[], &[("RESEAT_NONE".into(), "1".into())]));
}

#[test]
fn the_container_starts_the_program_with_what_it_knows_and_not_as_root() {
    let file = read("Containerfile");
    let list = |word: &str| -> Vec<String> {
        let text = file.lines().find_map(|line| line.strip_prefix(word)).unwrap();
        serde_json::from_str(text).unwrap()
    };
    let (entry, command) = (list("ENTRYPOINT "), list("CMD "));
    let copied = file.lines().find(|line| line.starts_with("COPY --from=build")).unwrap();
    assert!(copied.ends_with(&entry[0]), "{copied}");
    let arguments: Vec<&str> = entry[1..].iter().chain(&command).map(String::as_str).collect();
    let set = settings(&file);
    assert_eq!(set.len(), 2, "{set:?}");
    assert!(is_known(&arguments, &set), "{arguments:?} {set:?}");
    let user = file.lines().find_map(|line| line.strip_prefix("USER ")).unwrap();
    let id: u32 = user.split(':').next().unwrap().parse().unwrap();
    let data = format!("VOLUME {}", set[0].1);
    assert!(id > 0 && file.contains(&data), "{user} {data}");
}

#[test]
fn the_package_brings_settings_that_the_program_knows_an_account_and_the_papers_of_this_version() {
    let set = settings(&read("packaging/debian/reseat.env"));
    assert!(set.len() >= 3 && is_known(&["serve"], &set), "{set:?}");
    let unit = read("packaging/reseat.service");
    let account = unit.lines().find_map(|line| line.strip_prefix("User=")).unwrap();
    assert!(read("packaging/reseat.sysusers").contains(&format!("u {account} ")));
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("packaging/debian/changelog").starts_with(&format!("reseat ({version}-1)")));
}
