//! What is done to a bundle of evidence is named: by who changes a byte, and by a forger who makes every sum anew.

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use reseat::demo::make;
use reseat::evidence::checking::check;
use reseat::evidence::line::{Entry, Is};
use reseat::evidence::manifest::{HISTORY, MANIFEST, MARKS, Manifest, SUMS, marks, sums, written};
use reseat::evidence::measure::{Measure, sha256};

use crate::evidence::{Files, SMALL, bundle, checked, file, lines_of, pack, unpack};
use crate::support::Console;

fn file_mut<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(other, _)| other == name).unwrap().1
}

/// Changes a file's lines.
fn edit(files: &mut Files, name: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut lines = lines_of(file(files, name));
    change(&mut lines);
    *file_mut(files, name) = lines.concat();
}

/// What a forger does: sizes, sums and marks are made anew for what the files now are.
fn reseal(files: &mut Files) {
    let mut manifest: Manifest = serde_json::from_slice(file(files, MANIFEST)).unwrap();
    let mut all = String::new();
    for told in &mut manifest.files {
        if told.name == MARKS {
            *file_mut(files, MARKS) = all.clone().into_bytes();
        }
        let mut measure = Measure::default();
        measure.take(file(files, &told.name));
        let found = measure.end();
        (told.size, told.lines, told.sha256) = (found.size, found.marks.len(), found.sha256);
        all += &marks(&told.name, &found.marks);
    }
    let text = written(&manifest).unwrap();
    *file_mut(files, SUMS) = sums(&manifest, &sha256(&text)).into_bytes();
    *file_mut(files, MANIFEST) = text;
}

/// One bundle of the demonstration, for the tests that only change it.
fn small() -> &'static Files {
    static MADE: OnceLock<Files> = OnceLock::new();
    MADE.get_or_init(|| {
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let console = Console::on_sqlite().await;
                make(&console.app, SMALL).await.unwrap();
                unpack(&bundle(&mut console.admin().await, 1, true).await).unwrap()
            })
        })
        .join()
        .unwrap()
    })
}

/// Something that is done to a bundle, and what is said of it.
type Harm = (&'static str, fn(&mut Files), &'static str);

const HARMS: &[Harm] = &[
    ("a changed byte", |files| file_mut(files, "transfers.csv")[200] ^= 1, "transfers.csv: line 1 was changed."),
    (
        "a changed line of history",
        |files| {
            edit(files, HISTORY, |lines| {
                let text = String::from_utf8(lines[4].clone()).unwrap();
                lines[4] = text.replacen("\"hash\":\"", "\"hash\":\"0", 1).into_bytes();
            });
        },
        "history.jsonl: line 5 was changed.",
    ),
    (
        "a missing row",
        |files| edit(files, "key-packs.csv", |lines| drop(lines.remove(2))),
        "key-packs.csv: line 3 of those",
    ),
    (
        "a missing line of history",
        |files| edit(files, HISTORY, |lines| drop(lines.remove(2))),
        "should stand before line 4",
    ),
    (
        "two rows swapped",
        |files| edit(files, "key-packs.csv", |lines| lines.swap(1, 2)),
        "key-packs.csv: lines 2 and 3 were swapped.",
    ),
    (
        "two lines swapped",
        |files| edit(files, HISTORY, |lines| lines.swap(6, 7)),
        "history.jsonl: lines 7 and 8 were swapped.",
    ),
    ("an added row", |files| edit(files, "calls.csv", |lines| lines.push(b"99,\r\n".to_vec())), "calls.csv: line"),
    ("a missing file", |files| files.retain(|(name, _)| name != "calls.csv"), "calls.csv is missing from the bundle."),
    ("no history", |files| files.retain(|(name, _)| name != HISTORY), "history.jsonl is missing from the bundle."),
    ("no manifest", |files| files.retain(|(name, _)| name != MANIFEST), "manifest.json is missing from the bundle."),
    ("no sums", |files| files.retain(|(name, _)| name != SUMS), "SHA256SUMS is missing from the bundle."),
    ("no marks", |files| files.retain(|(name, _)| name != MARKS), "lines.txt is missing from the bundle."),
    (
        "an added file",
        |files| files.push(("more.csv".into(), b"a,b\r\n".to_vec())),
        "more.csv does not belong to the bundle",
    ),
    ("a cut tail", |files| edit(files, HISTORY, |lines| lines.truncate(lines.len() - 3)), "history.jsonl was cut"),
    (
        "a changed manifest",
        |files| edit(files, MANIFEST, |lines| lines[3] = b"  \"made_by\": \"Mallory\",\n".to_vec()),
        "manifest.json and SHA256SUMS",
    ),
    ("a broken manifest", |files| edit(files, MANIFEST, |lines| drop(lines.pop())), "manifest.json, line"),
    ("a changed sum", |files| file_mut(files, SUMS)[70] ^= 1, "SHA256SUMS, line 1,"),
];

/// What a forger does who also makes every sum anew: the chain tells it.
const FORGERIES: &[Harm] = &[
    (
        "a cut tail",
        |files| edit(files, HISTORY, |lines| lines.truncate(lines.len() - 3)),
        "but manifest.json says that line",
    ),
    (
        "a missing line",
        |files| edit(files, HISTORY, |lines| drop(lines.remove(9))),
        "history.jsonl, line 10: line 10 of history should stand before",
    ),
    (
        "two lines swapped",
        |files| edit(files, HISTORY, |lines| lines.swap(6, 7)),
        "history.jsonl, line 7: line 7 of history should stand before line 8",
    ),
    (
        "a line twice",
        |files| edit(files, HISTORY, |lines| lines.insert(5, lines[4].clone())),
        "history.jsonl, line 6: line 5 of history stands behind line 5",
    ),
    (
        "another actor",
        |files| told(files, |line| line.actor = "Mallory".into()),
        "of history is not what its hash was made of.",
    ),
    (
        "another actor, and a hash that fits",
        |files| {
            told(files, |line| {
                line.actor = "Mallory".into();
                line.hash = "0".repeat(64);
                line.is = Is::Withheld;
                (line.before, line.after) = (None, None);
            });
        },
        "does not follow from line",
    ),
    (
        "a line sealed afterwards",
        |files| {
            edit(files, HISTORY, |lines| {
                let place = lines.iter().rposition(|line| line.starts_with(b"{\"is\":\"whole\"")).unwrap();
                let entry: serde_json::Value = serde_json::from_slice(&lines[place]).unwrap();
                let sealed = serde_json::json!({"is": "sealed", "previous_hash": entry["previous_hash"], "id": entry["id"],
                    "hash": entry["hash"]});
                lines[place] = format!("{sealed}\n").into_bytes();
            });
        },
        "sealed lines and",
    ),
    (
        "no line of history",
        |files| edit(files, HISTORY, |lines| lines[3] = b"{}\n".to_vec()),
        "history.jsonl, line 4: this is no line of history.",
    ),
];

/// Changes a line of history that is told, in the middle of the file.
fn told(files: &mut Files, change: fn(&mut reseat::evidence::line::Told)) {
    edit(files, HISTORY, |lines| {
        let whole = |line: &Vec<u8>| line.starts_with(b"{\"is\":\"whole\"");
        let place = lines[..lines.len() - 5].iter().rposition(whole).unwrap();
        let Entry::Told(mut line) = serde_json::from_slice(&lines[place]).unwrap() else { unreachable!() };
        change(&mut line);
        lines[place] = [serde_json::to_vec(&Entry::Told(line)).unwrap(), b"\n".to_vec()].concat();
    });
}

#[test]
fn whatever_is_done_to_a_bundle_is_named() {
    assert_eq!(checked(&pack(small())).unwrap().wrong, Vec::<String>::new());
    for (what, harm, says) in HARMS {
        let mut files = small().clone();
        harm(&mut files);
        let wrong = checked(&pack(&files)).unwrap().wrong;
        assert!(wrong.iter().any(|sentence| sentence.contains(says)), "{what}: {says:?} is not in {wrong:#?}");
    }
}

#[test]
fn the_chain_names_what_a_forger_does_who_makes_every_sum_anew() {
    let mut files = small().clone();
    reseal(&mut files);
    assert_eq!(&files, small());
    for (what, harm, says) in FORGERIES {
        let mut files = small().clone();
        harm(&mut files);
        reseal(&mut files);
        let wrong = checked(&pack(&files)).unwrap().wrong;
        assert!(wrong.iter().any(|sentence| sentence.contains(says)), "{what}: {says:?} is not in {wrong:#?}");
        assert!(!wrong.iter().any(|sentence| sentence.contains("SHA256SUMS")), "{what}: {wrong:#?}");
    }
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_is_refused() {
    let whole = pack(small());
    for part in 0..40 {
        let wrong = checked(&whole[..whole.len() * part / 40]).unwrap().wrong;
        assert!(wrong.iter().any(|sentence| sentence.contains("cut off")), "{part}/40: {wrong:?}");
    }
    assert!(!checked(&whole[..whole.len() - 1]).unwrap().wrong.is_empty());
    assert!(check(Path::new("/no/such/file")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_single_changed_byte_of_any_file_is_found(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut files = small().clone();
        let n = which.index(files.len());
        let (name, bytes) = &mut files[n];
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let name = name.clone();
        let wrong = checked(&pack(&files)).unwrap().wrong;
        prop_assert!(wrong.iter().any(|sentence| sentence.contains(&name)), "{} at {}: {:?}", name, at, wrong);
    }

    #[test]
    fn a_changed_byte_of_the_zip_file_is_found_or_changes_nothing_that_is_in_it(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut bytes = pack(small());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let sound = checked(&bytes).is_ok_and(|found| found.wrong.is_empty());
        prop_assert!(!sound || unpack(&bytes).as_ref() == Some(small()), "byte {}", at);
    }
}
