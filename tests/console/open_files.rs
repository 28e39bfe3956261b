//! Everything as open files: whole, readable without the program, and without what would let somebody in.

use std::collections::BTreeSet;
use std::path::Path;

use reseat::backups::open_files::write;
use reseat::db::Db;
use reseat::history::line::Line;
use reseat::moment::Moment;
use reseat::users::user::Role;

use crate::bring::{license, licenses, packs};
use crate::on_both;
use crate::support::{Console, PASSWORD};

const AT: Moment = Moment(1_787_400_000);

async fn with_an_estate(console: &Console) {
    console.admin().await;
    let rows = [license(1, "=PC-1", "a1"), license(2, "ZOË \"PC\"", "a2")];
    console.bring("LIC-01").file("packs.csv", packs(&[(4, 100, 2)])).file("issued.csv", licenses(&rows)).apply().await;
}

fn lines(folder: &Path, table: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join(format!("{table}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The tables that the database itself has, search indexes and all.
async fn tables(db: &Db) -> BTreeSet<String> {
    let text = db.pick(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'",
        "select tablename::text from pg_tables where schemaname = current_schema()",
    );
    db.sql(text).all::<(String,)>().await.unwrap().into_iter().map(|(name,)| name).collect()
}

on_both! {
    async fn every_table_is_there_with_every_row_or_named_as_left_out(console) {
        with_an_estate(&console).await;
        let folder = tempfile::tempdir().unwrap();
        let written = write(console.db(), folder.path(), AT).await.unwrap();
        let readme = std::fs::read_to_string(folder.path().join("README.txt")).unwrap();
        let (_, left_out) = readme.split_once("Left out: ").unwrap();
        let mut rows = 0;
        for table in tables(console.db()).await {
            if !folder.path().join(format!("{table}.jsonl")).exists() {
                assert!(left_out.contains(&table) || table.starts_with("client_search_"), "{table} is nowhere");
                continue;
            }
            let count: i64 = console.db().sql("select count(*) from ").push(Box::leak(table.clone().into_boxed_str())).scalar().await.unwrap();
            let found = lines(folder.path(), &table);
            assert_eq!(i64::try_from(found.len()).unwrap(), count, "{table}");
            let csv = std::fs::read(folder.path().join(format!("{table}.csv"))).unwrap();
            let read = csv::Reader::from_reader(csv.as_slice()).into_records().map(Result::unwrap).count();
            assert_eq!(i64::try_from(read).unwrap(), count, "{table}.csv");
            assert!(readme.lines().any(|line| line.starts_with(&table) && line.contains(&count.to_string())), "{table}\n{readme}");
            rows += count;
        }
        assert_eq!(written.rows, rows);
        assert!(written.tables > 25);
        let names: BTreeSet<_> = lines(folder.path(), "clients").iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["=PC-1", "ZOË \"PC\""].map(String::from).into());
        let csv = std::fs::read_to_string(folder.path().join("clients.csv")).unwrap();
        assert!(csv.contains("'=PC-1") && csv.contains("\"ZOË \"\"PC\"\"\""), "{csv}");
    }

    async fn nothing_of_it_would_let_somebody_in(console) {
        with_an_estate(&console).await;
        console.auditor().await;
        console.program(Role::Auditor).await;
        let folder = tempfile::tempdir().unwrap();
        write(console.db(), folder.path(), AT).await.unwrap();
        let secrets: Vec<(String,)> = console.db().sql("select password_hash from users union all select token_hash from sessions union all select token_hash from api_tokens").all().await.unwrap();
        assert!(secrets.len() >= 5);
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains(PASSWORD), "{}", path.display());
            for (secret,) in &secrets {
                assert!(!text.contains(secret.as_str()), "{}", path.display());
            }
            // A new column that holds a secret is noticed by its name.
            let heading = text.lines().next().unwrap_or_default();
            let suspicious = |name: &&str| name.contains("hash") || name.contains("secret") || name.contains("token");
            let names = heading.split([',', '"', ':', '{']).filter(suspicious).collect::<BTreeSet<_>>();
            let known = ["hash", "previous_hash", "body_hash", "token_id"];
            if !path.ends_with("README.txt") {
                assert!(names.iter().all(|name| known.contains(name)), "{}: {names:?}", path.display());
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
    }

    async fn historys_chain_can_be_checked_from_its_file(console) {
        with_an_estate(&console).await;
        let folder = tempfile::tempdir().unwrap();
        write(console.db(), folder.path(), AT).await.unwrap();
        let (mut previous, mut n) = (String::new(), 0);
        for said in lines(folder.path(), "history") {
            let text = |name: &str| said[name].as_str().map(str::to_owned);
            n += 1;
            let line = Line {
                id: n,
                at: Moment(said["at"].as_i64().unwrap()),
                effective_on: text("effective_on"),
                actor: text("actor").unwrap(),
                action: text("action").unwrap(),
                subject_kind: text("subject_kind").unwrap(),
                subject_id: said["subject_id"].as_i64().unwrap(),
                before: text("before"),
                after: text("after"),
                reason: text("reason"),
                import_id: said["import_id"].as_i64(),
                previous_hash: previous,
                hash: text("hash").unwrap(),
            };
            assert_eq!(line.hash, line.expected_hash(), "{said}");
            previous = line.hash;
        }
        let readme = std::fs::read_to_string(folder.path().join("README.txt")).unwrap();
        assert!(n > 1 && readme.contains(&format!("History ends with line {n}, {previous}.")), "{readme}");
    }

    async fn a_folder_that_holds_something_is_left_as_it_is(console) {
        with_an_estate(&console).await;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("new/one");
        write(console.db(), &inside, AT).await.unwrap();
        for taken in [folder.path(), inside.as_path(), &inside.join("README.txt")] {
            let before = std::fs::read_dir(folder.path()).unwrap().count();
            let refusal = write(console.db(), taken, AT).await.unwrap_err().to_string();
            assert!(refusal.contains("holds something already") || refusal.contains("cannot be used"), "{refusal}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
        }
    }
}
