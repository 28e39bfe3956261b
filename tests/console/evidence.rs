//! Audit evidence: a bundle is checked anywhere, whatever is done to it is named, and it tells nothing of others.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use reseat::demo::make;
use reseat::evidence::checking::{Found, check};
use reseat::evidence::line::{Entry, Is};
use reseat::evidence::manifest::{HISTORY, MANIFEST, MARKS, Manifest, SUMS, marks, sums, written};
use reseat::evidence::measure::{Measure, sha256};
use reseat::history::store::{Filter, list as history};
use reseat::web::slice::Window;

use crate::on_both;
use crate::support::{Console, Person};

/// Percent of the demonstration: some 60 clients of two companies.
const SMALL: i64 = 3;

type Files = Vec<(String, Vec<u8>)>;

fn unpack(zip: &[u8]) -> Option<Files> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).ok()?;
    let mut files = Vec::new();
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n).ok()?;
        let (name, mut bytes) = (entry.name().ok()?.to_string(), Vec::new());
        entry.read_to_end(&mut bytes).ok()?;
        files.push((name, bytes));
    }
    Some(files)
}

fn pack(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn checked(bytes: &[u8]) -> std::io::Result<Found> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    check(file.path())
}

fn file<'a>(files: &'a Files, name: &str) -> &'a Vec<u8> {
    &files.iter().find(|(other, _)| other == name).unwrap().1
}

fn file_mut<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(other, _)| other == name).unwrap().1
}

fn lines_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
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

/// Everything that the demonstration has of a company, until today.
async fn bundle(person: &mut Person, company: i64, ids: bool) -> Vec<u8> {
    let company = company.to_string();
    let mut form = vec![("company", company.as_str()), ("from", "2020-01-01"), ("to", "2026-08-22")];
    if ids {
        form.push(("ids", "yes"));
    }
    let reply = person.post("/reports/evidence", &form).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/zip");
    reply.bytes
}

async fn companies(console: &Console) -> Vec<(i64, String)> {
    console.db().sql("select id, name from companies order by id").all().await.unwrap()
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

on_both! {
    async fn a_bundle_of_the_demonstration_verifies_and_history_keeps_who_made_it(console) {
        make(&console.app, SMALL).await.unwrap();
        let tail: i64 = console.count("select line from history_tail").await;
        let (mut auditor, companies) = (console.auditor().await, companies(&console).await);
        assert_eq!(companies.len(), 2);
        let mut told = 0;
        for (id, name) in &companies {
            let bytes = bundle(&mut auditor, *id, false).await;
            let found = checked(&bytes).unwrap();
            assert_eq!(found.wrong, Vec::<String>::new());
            let manifest = found.manifest.unwrap();
            assert_eq!((&manifest.company, manifest.made_by.as_str()), (name, "Audrey"));
            assert_eq!((manifest.chain.first_line, manifest.chain.hash_before_first.as_str()), (1, ""));
            assert!(manifest.chain.last_line >= tail);
            told += manifest.chain.told();
            let count = |file: &str| manifest.files.iter().find(|one| one.name == file).unwrap().rows.unwrap();
            for (file, text) in [
                ("purchases.csv", "select count(*) from agreements where company_id = $1"),
                ("key-packs.csv", "select count(*) from key_packs k join license_servers s on s.id = k.server_id \
                    where s.company_id = $1"),
                ("transfers.csv", "select count(*) from transfers where company_id = $1"),
                ("requests.csv", "select count(*) from reissues where company_id = $1"),
                ("calls.csv", "select count(*) from calls where company_id = $1"),
                ("call-notes.csv", "select count(*) from call_notes n join calls c on c.id = n.call_id where c.company_id = $1"),
                ("grants.csv", "select count(*) from grants g join calls c on c.id = g.call_id where c.company_id = $1"),
                ("local-license-removals.csv", "select count(*) from clients where local_license <> 'unknown' \
                    and company_id = $1"),
            ] {
                let there: i64 = console.db().sql(text).bind(*id).scalar().await.unwrap();
                assert_eq!(i64::try_from(count(file)).unwrap(), there, "{file} of {name}");
            }
            let made = history(console.db(), &Filter::default(), &Window::first(1)).await.unwrap().remove(0);
            assert_eq!((made.action.as_str(), made.actor.as_str(), made.subject_id), ("evidence made", "Audrey", *id));
            assert!(made.after.unwrap().contains(&found.manifest_sha256));
            auditor.get("/reports/evidence").await.is(200).says(&found.manifest_sha256).says(name);
        }
        assert!(told > tail * 9 / 10, "nearly every line is of one of the two: {told} of {tail}");
        reseat::history::store::verify(console.db()).await.unwrap().unwrap();
    }

    async fn a_bundle_tells_nothing_of_another_company(console) {
        make(&console.app, SMALL).await.unwrap();
        let mut admin = console.admin().await;
        for (id, _) in companies(&console).await {
            let files = unpack(&bundle(&mut admin, id, true).await).unwrap();
            let words: Vec<(String, i64)> = console.db().sql(
                "select name, id from companies union all select name, company_id from license_servers \
                 union all select license_server_id, company_id from license_servers where license_server_id is not null \
                 union all select name, company_id from clients union all select hardware_id, company_id from clients \
                 where hardware_id is not null union all select license_number, company_id from agreements",
            ).all().await.unwrap();
            let (own, others): (Vec<_>, Vec<_>) = words.into_iter().partition(|(_, company)| *company == id);
            let own: Vec<String> = own.into_iter().map(|(word, _)| word).collect();
            let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
            let texts: Vec<(String, String)> = files.iter().map(|(name, bytes)| (name.clone(), text(bytes))).collect();
            let others: Vec<String> =
                others.into_iter().map(|(word, _)| word).filter(|word| word.len() > 4 && !own.contains(word)).collect();
            assert!(others.len() > 20, "{}", others.len());
            for (name, text) in &texts {
                for word in &others {
                    assert!(!text.contains(word.as_str()), "{name} of company {id} tells {word:?} of another one");
                }
            }
            let history = &texts.iter().find(|(name, _)| name == HISTORY).unwrap().1;
            assert!(own.iter().filter(|word| word.len() > 4 && history.contains(word.as_str())).count() > 10);
        }
    }

    async fn license_key_pack_ids_are_withheld_unless_an_admin_asks_for_them(console) {
        make(&console.app, SMALL).await.unwrap();
        let ids: Vec<(String,)> = console.db().sql(
            "select license_key_pack_id from key_packs where license_key_pack_id is not null \
             union select license_server_id from license_servers where license_server_id is not null",
        ).all().await.unwrap();
        assert!(!ids.is_empty());
        let tells = |files: &Files| {
            let all = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect::<String>();
            ids.iter().filter(|(id,)| all.contains(id.as_str())).count()
        };
        let (mut auditor, admin) = (console.auditor().await, console.admin().await);
        let reply = auditor.post("/reports/evidence", &[("company", "1"), ("from", "2020-01-01"), ("to", "2026-08-22"),
            ("ids", "yes")]).await;
        reply.is(422).says("Only an admin may put license server IDs");
        for (mut person, with) in [(auditor, false), (admin.clone(), false), (admin, true)] {
            let files = unpack(&bundle(&mut person, 1, with).await).unwrap();
            let manifest: Manifest = serde_json::from_slice(file(&files, MANIFEST)).unwrap();
            assert_eq!((tells(&files) > 0, manifest.chain.withheld == 0), (with, with));
            assert!(checked(&pack(&files)).unwrap().wrong.is_empty());
        }
    }

    async fn a_period_has_its_own_lines_and_counts_and_an_empty_one_verifies_too(console) {
        make(&console.app, SMALL).await.unwrap();
        let mut admin = console.admin().await;
        let year = |from, to| [("company", "1"), ("from", from), ("to", to)];
        let reply = admin.post("/reports/evidence", &year("2025-01-01", "2025-12-31")).await;
        let (found, files) = (checked(&reply.bytes).unwrap(), unpack(&reply.bytes).unwrap());
        assert_eq!(found.wrong, Vec::<String>::new());
        let chain = found.manifest.unwrap().chain;
        let tail = console.count("select line from history_tail").await;
        assert!(1 < chain.first_line && chain.first_line < chain.last_line && chain.last_line < tail, "{chain:?}");
        let (from, until) = (1_735_689_600, 1_767_225_600);
        for line in lines_of(file(&files, HISTORY)) {
            if let Entry::Told(line) = serde_json::from_slice(&line).unwrap() {
                assert!((from..until).contains(&line.at), "line {} is of another year", line.id);
            }
        }
        let newest: String = console.db().sql(
            "select max(c.captured_at) from key_pack_counts c join key_packs k on k.id = c.key_pack_id \
             join license_servers s on s.id = k.server_id where s.company_id = 1 and c.captured_at < 1767225600",
        ).scalar::<i64>().await.map(|at| reseat::moment::Moment(at).iso()).unwrap();
        let packs = String::from_utf8_lossy(file(&files, "key-packs.csv")).into_owned();
        assert!(packs.contains(&newest), "{newest}\n{packs}");
        let latest = packs.lines().skip(1).filter_map(|row| row.split(',').nth(9)).max().unwrap();
        assert!(latest < "2026", "{latest}");

        let reply = admin.post("/reports/evidence", &year("2001-01-01", "2001-12-31")).await;
        let found = checked(&reply.bytes).unwrap();
        assert_eq!((found.wrong, found.manifest.unwrap().chain.lines()), (Vec::<String>::new(), 0));
    }

    async fn a_refused_form_keeps_what_was_typed_and_records_nothing(console) {
        console.stock().server("LIC-01").await;
        console.stock().server("LIC-02").company("Fabrikam").await;
        let (mut auditor, mut hedda) = (console.auditor().await, console.help_desk().await);
        let page = auditor.get("/reports/evidence").await;
        page.says("2025-01-01").says("2025-12-31").says("Contoso").says_nothing_of("Tell license server IDs");
        auditor.get("/reports").await.says("/reports/evidence");
        hedda.get("/reports").await.says_nothing_of("/reports/evidence");
        let form = [("company", ""), ("from", "last May"), ("to", "2025-06-30")];
        let reply = auditor.post("/reports/evidence", &form).await;
        reply.is(422).says("Choose the company.").says("Write the day like 2026-08-22.");
        reply.says("last May").says("2025-06-30");
        hedda.post("/reports/evidence", &form).await.is(403).says("made by an auditor or an admin");
        assert_eq!(console.count("select count(*) from history where action = 'evidence made'").await, 0);
    }
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
