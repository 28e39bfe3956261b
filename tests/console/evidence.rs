//! Audit evidence: a bundle is checked anywhere, whatever is done to it is named, and it tells nothing of others.

use std::io::{Cursor, Read, Write};

use reseat::demo::make;
use reseat::evidence::checking::{Found, check};
use reseat::evidence::line::Entry;
use reseat::evidence::manifest::{HISTORY, MANIFEST, Manifest};
use reseat::history::store::{Filter, list as history};
use reseat::users::user::Role;
use reseat::web::slice::Window;

use crate::on_both;
use crate::program::reseat;
use crate::support::{Console, Person};

/// Percent of the demonstration: some 60 clients of two companies.
pub const SMALL: i64 = 3;

pub type Files = Vec<(String, Vec<u8>)>;

pub fn unpack(zip: &[u8]) -> Option<Files> {
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

pub fn pack(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn checked(bytes: &[u8]) -> std::io::Result<Found> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    check(file.path())
}

pub fn file<'a>(files: &'a Files, name: &str) -> &'a Vec<u8> {
    &files.iter().find(|(other, _)| other == name).unwrap().1
}

pub fn lines_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Everything that the demonstration has of a company, until today.
pub async fn bundle(person: &mut Person, company: i64, ids: bool) -> Vec<u8> {
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
                ("revocations.csv", "select count(*) from licenses l join clients c on c.id = l.client_id \
                    where c.company_id = $1 and (l.status = 4 or l.id in (select license_id from revocations))"),
                ("findings.csv", "select count(*) from findings where company_id = $1"),
            ] {
                let there: i64 = console.db().sql(text).bind(*id).scalar().await.unwrap();
                assert_eq!(i64::try_from(count(file)).unwrap(), there, "{file} of {name}");
            }
            let made = history(console.db(), &Filter::default(), &Window::first(1)).await.unwrap().remove(0);
            assert_eq!((made.action.as_str(), made.actor.as_str(), made.subject_id), ("evidence made", "Audrey", *id));
            assert!(made.after.unwrap().contains(&found.manifest_sha256));
            auditor.get("/reports/evidence").await.is(200).says(&found.manifest_sha256).says(name);
            let on = format!("/api/v1/position?company={id}&on=2026-08-22");
            let position = console.program(Role::Auditor).await.get(&on).await.json()["items"].clone();
            let lines = position.as_array().unwrap().iter().map(|one| one["lines"].as_array().unwrap().len()).sum::<usize>();
            assert!(lines > 4, "{position}");
            assert_eq!((count("position.csv"), count("position-lines.csv")),
                (position.as_array().unwrap().len() as u64, lines as u64));
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

    async fn the_commands_make_a_bundle_and_check_it_without_a_database(console) {
        make(&console.app, SMALL).await.unwrap();
        let (_, name) = companies(&console).await.remove(0);
        let day = console.app.now().typed_day();
        let (url, folder) = console.close().await;
        let file = folder.path().join("evidence.zip");
        let make = |company: &str| {
            let mut command = reseat(&url, folder.path());
            command.args(["evidence", "--company", company, "--from", "2024-01-01", "--to", &day, "--output"]).arg(&file);
            command.output().unwrap()
        };
        let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let unknown = make("Northwind");
        assert!(!unknown.status.success() && told(&unknown.stderr).contains("There is no company"), "{unknown:?}");
        let made = make(&name);
        assert!(made.status.success(), "{made:?}");
        let sha256 = told(&made.stdout).lines().last().unwrap().to_owned();
        // A file that is there is not written over.
        assert!(!make(&name).status.success());
        let check = || reseat("sqlite:/nowhere/at/all.db", folder.path()).arg("verify").arg(&file).output().unwrap();
        let sound = check();
        assert!(sound.status.success() && told(&sound.stdout).contains(&sha256), "{sound:?}");
        let mut files = unpack(&std::fs::read(&file).unwrap()).unwrap();
        files.retain(|(name, _)| name != "calls.csv");
        std::fs::write(&file, pack(&files)).unwrap();
        let harmed = check();
        assert!(!harmed.status.success() && told(&harmed.stderr).contains("calls.csv is missing from the bundle."), "{harmed:?}");
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
        reply.is(422).says("Choose the company.").says("Write a day that exists, like 2026-08-22 or 22 Aug 2026.");
        reply.says("last May").says("2025-06-30");
        hedda.post("/reports/evidence", &form).await.is(403).says("made by an auditor or an admin");
        assert_eq!(console.count("select count(*) from history where action = 'evidence made'").await, 0);
    }
}
