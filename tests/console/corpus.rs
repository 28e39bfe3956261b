//! Every file of the corpus, and files made to do harm, through a whole import: each ends as it must, and what is
//! refused writes nothing.

use std::collections::BTreeMap;

use reseat::imports::import::State;
use reseat::imports::reading::Inspection;
use reseat::imports::settle::Which;
use reseat::imports::{preview, store};
use serde_json::Value;

use crate::bring::{L, Preview, license, licenses, packs};
use crate::on_both;
use crate::support::Console;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/files/exports");

fn corpus() -> Vec<(String, Vec<u8>, Value)> {
    let expected = std::fs::read_to_string(format!("{CORPUS}/expected.json")).unwrap();
    let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
    let file = |(name, wanted): (String, Value)| {
        let bytes = std::fs::read(format!("{CORPUS}/{name}")).unwrap();
        (name, bytes, wanted)
    };
    expected.into_iter().map(file).collect()
}

/// Fails when the register holds anything.
async fn wrote_nothing(console: &Console, name: &str) {
    for text in [
        "select count(*) from companies",
        "select count(*) from license_servers",
        "select count(*) from key_packs",
        "select count(*) from clients",
        "select count(*) from licenses",
        "select count(*) from key_pack_counts",
        "select line from history_tail",
    ] {
        assert_eq!(console.count(text).await, 0, "{name}: {text}");
    }
}

/// Fails unless an import was refused with a sentence and left nothing.
async fn is_refused(console: &Console, name: &str, preview: &Preview, words: &str) {
    let import = preview.import().await;
    assert_eq!(import.state, State::Failed, "{name}");
    assert!(import.message.contains(words), "{name}: {}", import.message);
    assert!(import.message.starts_with(name) && import.message.ends_with('.'), "{}", import.message);
    assert!(import.message.len() < 500, "{name}: {}", import.message);
    assert_eq!(console.count("select count(*) from import_chunks").await, 0, "{name}");
    assert_eq!(console.count("select count(*) from import_licenses").await, 0, "{name}");
    wrote_nothing(console, name).await;
}

/// What must be asked about a file before it is read.
fn question(wanted: &Value) -> &'static str {
    match (wanted["kind"].as_str(), wanted["dates"].as_str()) {
        (Some("unmapped"), _) => "columns",
        (_, Some("ambiguous" | "contradictory")) => "dates",
        _ => "",
    }
}

fn rows(wanted: &Value) -> i64 {
    wanted["rows"].as_i64().unwrap_or(0)
}

/// Answers what an import asks as a person would, and leaves out what has errors.
async fn answer(console: &Console, preview: &Preview, wanted: &Value) {
    let (db, id) = (console.db(), preview.id);
    match question(wanted) {
        "columns" => {
            let file = store::files(db, id).await.unwrap().remove(0);
            let inspection: Inspection = serde_json::from_str(&file.inspection).unwrap();
            let guess = inspection.guess.unwrap();
            store::remember_mapping(db, &file.signature, &guess, "Ada", console.app.now()).await.unwrap();
        }
        "dates" => {
            let order = wanted["order"].as_str().unwrap();
            store::set_date_order(db, id, order, console.app.now()).await.unwrap();
        }
        _ => {}
    }
    if preview.import().await.state == State::Asking {
        preview.worker.read(id).await.unwrap();
    }
    if preview.import().await.error_count > 0 {
        preview.settle(Which::AllErrors, "left_out").await;
    }
}

on_both! {
    async fn what_the_corpus_holds_that_is_no_export_is_refused_and_writes_nothing(console) {
        for (name, bytes, wanted) in corpus() {
            let words = match wanted["refused"].as_str() {
                Some(words) => words,
                None if rows(&wanted) == 0 => "is empty",
                None => continue,
            };
            let preview = console.bring("LIC-01").file(&name, bytes).preview().await;
            is_refused(&console, &name, &preview, words).await;
        }
    }

    async fn what_only_a_person_knows_of_the_corpus_is_asked_and_writes_nothing(console) {
        let mut asked = 0;
        for (name, bytes, wanted) in corpus() {
            if question(&wanted).is_empty() || rows(&wanted) == 0 {
                continue;
            }
            let preview = console.bring("LIC-01").file(&name, bytes).preview().await;
            assert_eq!(preview.import().await.state, State::Asking, "{name}");
            let files = store::files(console.db(), preview.id).await.unwrap();
            assert_eq!(files[0].question, question(&wanted), "{name}");
            assert!(preview::asked(&preview.import().await, &files)[0].1.contains(&name), "{name}");
            assert!(!preview.refusal().await.is_empty());
            asked += 1;
        }
        assert!(asked >= 6, "{asked}");
        wrote_nothing(&console, "what asks").await;
    }

    async fn every_other_file_of_the_corpus_comes_in_whole_and_once(console) {
        let mut taken = 0;
        for (name, bytes, wanted) in corpus() {
            if rows(&wanted) == 0 {
                continue;
            }
            // Each from a server of its own, so that every row is new.
            let preview = console.bring(&name).file(&name, bytes.clone()).preview().await;
            answer(&console, &preview, &wanted).await;
            let import = preview.import().await;
            let troubles = preview.troubles().await;
            assert_eq!(import.state, State::Ready, "{name}: {} {troubles:?}", import.message);
            let bad = wanted["bad"].as_i64().unwrap_or(0);
            let new = if wanted["kind"] == "server" { 0 } else { rows(&wanted) - bad };
            assert_eq!((import.new_count, import.left_out_count), (new, bad), "{name}: {troubles:?}");
            preview.apply().await.unwrap();
            let here = console
                .db()
                .sql(
                    "select (select count(*) from licenses l where l.server_id = s.id) \
                     + (select count(*) from key_packs p where p.server_id = s.id and p.described_at is not null) \
                     from license_servers s where s.name = $1",
                )
                .bind(&name)
                .scalar::<i64>()
                .await
                .unwrap();
            assert_eq!(here, new, "{name}");
            let again = console.bring(&name).file(&name, bytes).preview().await;
            assert_eq!(again.import().await.state, State::NothingToDo, "{name} twice");
            taken += 1;
        }
        assert!(taken > 30, "{taken}");
        assert_eq!(console.count("select count(*) from license_servers where license_server_id is not null").await, 1);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn files_made_to_do_harm_are_refused_with_a_sentence_and_write_nothing(console) {
        let head = "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\n";
        let long = |start: &str| [start.as_bytes(), &vec![b'x'; 20 << 20]].concat();
        let nul = [head.as_bytes(), b"1,4,,PC\0,2,20260701091422.000000+000,20260920091422.000000+000,aa\n"].concat();
        let mut zip = b"PK\x03\x04\x14\0\0\0".to_vec();
        zip.resize(4_096, 7);
        let files: Vec<(&str, Vec<u8>, &str)> = vec![
            ("line.csv", long(&format!("{head}1,4,")), "1 MiB"),
            ("head.csv", long(""), "1 MiB"),
            ("text.json", long("[{\"LicenseId\":1,\"sIssuedToUser\":\""), "1 MiB"),
            ("nul.csv", nul, "NUL"),
            ("zeros.csv", vec![0; 300_000], "NUL"),
            ("wide.csv", format!("LicenseId,KeyPackId{}\n1,2\n", ",c".repeat(200_000)).into_bytes(), "columns"),
            ("wide-row.csv", format!("{head}1,2{}\n", ",3".repeat(200_000)).into_bytes(), "columns"),
            ("folder.zip", zip, "Excel"),
            ("deep.json", vec![b'['; 1 << 20], "deeply"),
            ("deep-key.json", "{\"a\":".repeat(200_000).into_bytes(), "deeply"),
            ("deep-cell.json", format!("[{{\"LicenseId\":1,\"KeyPackId\":{}", "[".repeat(200_000)).into_bytes(), "deeply"),
            ("open.csv", format!("{head}1,4,\"{}", "5,6,b\n".repeat(300_000)).into_bytes(), "line 2"),
        ];
        for (name, bytes, words) in files {
            let preview = console.bring("LIC-01").file(name, bytes).preview().await;
            is_refused(&console, name, &preview, words).await;
        }
    }

    async fn rows_made_to_do_harm_are_errors_and_write_nothing(console) {
        let good = license(1, "PC-0117", "aa01");
        let late = L { issued: "99990101", ..license(2, "PC-0118", "aa02") };
        let text = licenses(&[good, late, license(3, "PC-0119", "aa03"), license(3, "PC-0120", "aa04")]);
        let text = text
            + "=cmd(),4,,PC-1,2,20260701091422.000000+000,20260920091422.000000+000,aa05\r\n"
            + "5,99999999999999999999,,PC-2,2,20260701091422.000000+000,20260920091422.000000+000,aa06\r\n"
            + "6,4,,PC-3,=1+1,20260701091422.000000+000,20260920091422.000000+000,aa07\r\n"
            + "-7,4,,PC-4,2,20260731256199.000000+000,20260920091422.000000+000,aa08\r\n";
        let preview = console.bring("LIC-01").file("issued.csv", text).preview().await;
        let import = preview.import().await;
        assert_eq!((import.state, import.new_count), (State::Ready, 1));
        let mut lines: Vec<i64> = preview.troubles().await.iter().map(|trouble| trouble.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9]);
        assert!(preview.refusal().await.contains("7 rows with errors"));
        wrote_nothing(&console, "rows with errors").await;
    }

    async fn formulas_and_marks_are_kept_as_the_text_they_are(console) {
        let names = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "'; drop table licenses; --", "@SUM(1+1)", "\u{202e}cp-7110"];
        let rows: Vec<L<'_>> = (1..).zip(names).map(|(n, name)| L { computer: name, expires: "99991231", ..license(n, name, "") }).collect();
        let import = console
            .bring("LIC-01")
            .file("keypacks.csv", packs(&[(4, 50, 5)]))
            .file("issued.csv", licenses(&rows))
            .apply()
            .await;
        assert_eq!(import.new_count, 6);
        for name in names {
            let found: i64 = console.db().sql("select count(*) from clients where name = $1").bind(name).scalar().await.unwrap();
            assert_eq!(found, 1, "{name}");
        }
        let never = reseat::moment::Moment::NEVER;
        let found: i64 = console.db().sql("select count(*) from licenses where expires_at = $1").bind(never).scalar().await.unwrap();
        assert_eq!(found, 5);
    }
}
