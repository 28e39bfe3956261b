//! What is kept for years: backups, giving them back, and the checks that say whether all is well.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use reseat::backups::restore::restore;
use reseat::backups::write::{migrate_after_backup, write};
use reseat::checks::verify;
use reseat::db::Db;
use reseat::moment::Moment;
use reseat::users::user::{NewUser, Role};

use crate::bring::{license, licenses, packs, two_clients};
use crate::on_both;
use crate::support::{Console, empty_postgres};

const AT: Moment = Moment(1_787_400_000);

impl Console {
    /// A server with two key packs and three licenses, one of which changed since.
    pub async fn with_an_estate(&self) {
        self.add("Ada", Role::Admin).await;
        let first = [license(1, "PC-1", "a1"), license(2, "PC-2", "a2"), license(3, "ZOË-PC\\'3", "a3")];
        let packs = packs(&[(4, 100, 3), (5, 50, 0)]);
        self.bring("LIC-01").file("packs.csv", packs).file("issued.csv", licenses(&first)).apply().await;
        self.pass(86_400);
        let again = [license(1, "PC-1", "a1"), license(2, "PC-2B", "a2")];
        self.bring("LIC-01").part().file("issued.csv", licenses(&again)).preview().await;
    }

    /// The address of an empty database of the same engine.
    pub async fn elsewhere(&self, folder: &Path) -> String {
        if self.url.starts_with("sqlite:") { sqlite_in(folder) } else { another_postgres().await }
    }
}

fn sqlite_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("restored.db").display())
}

pub async fn another_postgres() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    empty_postgres(&format!("years_{}", NEXT.fetch_add(1, Ordering::SeqCst))).await
}

/// Every row of every table, in an order of their own.
async fn everything(db: &Db) -> Vec<String> {
    use futures_util::TryStreamExt;
    let mut tx = db.snapshot().await.unwrap();
    let mut found = Vec::new();
    for table in tx.tables().await.unwrap() {
        let rows: Vec<(String,)> = tx.rows_of(&table).try_collect().await.unwrap();
        let rows = rows.into_iter().map(|(row,)| {
            let row: serde_json::Value = serde_json::from_str(&row).unwrap();
            format!("{} {}", table.name, row.to_string().to_lowercase())
        });
        found.extend(rows);
    }
    found.sort();
    found
}

async fn add_people(db: Db, writer: usize, most: usize) {
    for n in 0..most {
        let mut tx = db.begin("a writer", AT).await.unwrap();
        let new = NewUser { name: format!("Writer {writer} {n}"), role: Role::Auditor };
        reseat::users::store::add(&mut tx, &new, None).await.unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn what_later_imports_bring_is_sound(console) {
        two_clients(&console).await;
        console.pass(5 * 86_400);
        console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 60, 3)])).apply().await;
        assert_eq!(console.count("select count(*) from key_pack_counts").await, 2);
        // A pack recorded by hand that only an older export shows is not described by it, and counted all the same.
        let mut ada = console.admin().await;
        let pack = [("license_server", "1"), ("product_version", "2022"), ("license_type", "per_device"), ("total", "20"),
            ("origin", "original"), ("state", "removed"), ("keypack_id", "7")];
        ada.post("/key-packs", &pack).await.is(303);
        console.bring("LIC-01").captured("2026-08-01").file("keypacks.csv", packs(&[(4, 50, 2), (7, 20, 9)])).apply().await;
        assert_eq!(console.count("select count(*) from key_pack_counts").await, 4);
        assert_eq!(verify(console.db()).await.unwrap(), Vec::<String>::new());
    }

    async fn a_backup_that_is_taken_while_others_write_is_whole(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        add_people(console.db().clone(), 0, 5).await;
        let writers: Vec<_> = (1..4).map(|n| tokio::spawn(add_people(console.db().clone(), n, 40))).collect();
        let manifest = write(console.db(), &file, false, AT).await.unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        let url = console.elsewhere(folder.path()).await;
        restore(&file, &url, false, AT).await.unwrap();
        let db = Db::open(&url).await.unwrap();
        assert_eq!(verify(&db).await.unwrap(), Vec::<String>::new());
        let people: i64 = db.sql("select count(*) from users").scalar().await.unwrap();
        assert!((6..=126).contains(&people) && people == manifest.rows["users"], "{people}");
        let tail: i64 = db.sql("select max(line) from history_tail").scalar().await.unwrap();
        assert_eq!(tail, manifest.history_line);
        db.close().await;
    }

    async fn what_was_restored_is_all_there_and_goes_on(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let before = everything(console.db()).await;
        assert!(before.len() > 100, "{}", before.len());
        let url = console.elsewhere(folder.path()).await;
        restore(&file, &url, false, AT).await.unwrap();
        let db = Db::open(&url).await.unwrap();
        assert_eq!(everything(&db).await, before);
        add_people(db.clone(), 1, 2).await;
        assert_eq!(verify(&db).await.unwrap(), Vec::<String>::new());
        db.close().await;
    }

    async fn a_database_that_holds_something_is_replaced_only_when_told(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let url = console.elsewhere(folder.path()).await;
        let other = Db::open(&url).await.unwrap();
        add_people(other.clone(), 9, 1).await;
        other.close().await;
        let refusal = restore(&file, &url, false, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("--force"), "{refusal}");
        let other = Db::open(&url).await.unwrap();
        assert_eq!(other.sql("select count(*) from users").scalar::<i64>().await.unwrap(), 1);
        other.close().await;
        let restored = restore(&file, &url, true, AT).await.unwrap();
        assert_eq!(restored.before.is_some_and(|before| before.exists()), url.starts_with("sqlite:"));
        let other = Db::open(&url).await.unwrap();
        assert_eq!(everything(&other).await, everything(console.db()).await);
        other.close().await;
    }

    async fn a_file_that_is_not_what_was_written_is_refused_and_changes_nothing(console) {
        console.with_an_estate().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let refusal = write(console.db(), &file, false, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("is there already"), "{refusal}");
        let url = console.elsewhere(folder.path()).await;
        let bytes = std::fs::read(&file).unwrap();
        let bad = |name: &str, bytes: &[u8]| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x20;
        let half = bad("half", &bytes[..bytes.len() / 2]);
        for file in [half, bad("flipped", &flipped), bad("short", &bytes[..bytes.len() - 4]), bad("empty", b""), bad("text", b"hello")] {
            let refusal = restore(&file, &url, true, AT).await.unwrap_err().to_string();
            assert!(refusal.contains("is not a whole backup") && refusal.contains("Nothing was changed"), "{refusal}");
        }
        let db = Db::open_as_it_stands(&url).await.unwrap();
        assert!(db.snapshot().await.unwrap().tables().await.unwrap().is_empty());
        db.close().await;
    }

    async fn history_that_was_changed_behind_the_programs_back_is_named(console) {
        console.with_an_estate().await;
        assert_eq!(verify(console.db()).await.unwrap(), Vec::<String>::new());
        let folder = tempfile::tempdir().unwrap();
        let mut tx = console.db().begin("", AT).await.unwrap();
        for text in [
            tx.pick("drop trigger history_no_update", "alter table history disable trigger user"),
            "update history set actor = 'Mallory' where id = 2",
        ] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let wrong = verify(console.db()).await.unwrap();
        assert_eq!(wrong, ["Line 2 of history was changed after it was written."]);
        let file = folder.path().join("b.reseat");
        write(console.db(), &file, false, AT).await.unwrap();
        let url = console.elsewhere(folder.path()).await;
        let refusal = restore(&file, &url, false, AT).await.unwrap_err().to_string();
        assert!(refusal.contains("Line 2 of history was changed"), "{refusal}");
    }

    async fn lines_that_were_swapped_are_named(console) {
        console.with_an_estate().await;
        let mut tx = console.db().begin("", AT).await.unwrap();
        for text in [
            tx.pick("drop trigger history_no_update", "alter table history disable trigger user"),
            "create temporary table swapped as select * from history where id in (2, 3)",
            "update history set (at, actor, action, subject_kind, subject_id, after, previous_hash, hash) = \
             (select at, actor, action, subject_kind, subject_id, after, previous_hash, hash from swapped s \
             where s.id = 5 - history.id) where id in (2, 3)",
        ] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let wrong = verify(console.db()).await.unwrap().join("\n");
        assert!(wrong.contains("Line 2 of history was changed after it was written."), "{wrong}");
    }

    async fn lines_that_were_cut_off_and_rows_that_disagree_are_named(console) {
        console.with_an_estate().await;
        let mut tx = console.db().begin("", AT).await.unwrap();
        for text in [
            "update key_packs set epoch = 7 where keypack_id = 5",
            "update history_tail set line = line + 1",
        ] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        let wrong = verify(console.db()).await.unwrap().join("\n");
        assert!(wrong.contains("Key packs of an epoch that their server has not reached: "), "{wrong}");
        assert!(wrong.contains("was the last one written"), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_moves_from_one_engine_to_the_other_and_back_on_postgres() {
    let console = Console::on_sqlite().await;
    console.with_an_estate().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    write(console.db(), &first, false, AT).await.unwrap();
    let url = another_postgres().await;
    restore(&first, &url, false, AT).await.unwrap();
    let db = Db::open(&url).await.unwrap();
    assert_eq!(everything(&db).await, everything(console.db()).await);
    write(&db, &second, false, AT).await.unwrap();
    add_people(db.clone(), 1, 1).await;
    db.close().await;
    restore(&second, &sqlite_in(folder.path()), false, AT).await.unwrap();
    let back = Db::open(&sqlite_in(folder.path())).await.unwrap();
    assert_eq!(everything(&back).await, everything(console.db()).await);
    let found: i64 =
        back.sql("select count(*) from client_search where client_search match '\"pc-\"'").scalar().await.unwrap();
    assert_eq!(found, 2);
    back.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_program_has_open_is_not_replaced_on_sqlite() {
    let console = Console::on_sqlite().await;
    console.with_an_estate().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.reseat");
    write(console.db(), &file, false, AT).await.unwrap();
    let refusal = restore(&file, &console.url, true, AT).await.unwrap_err().to_string();
    assert!(refusal.contains("Stop Reseat"), "{refusal}");
}

/// The address of a database that a program with the first schema alone wrote.
pub async fn of_schema_1(folder: &Path, postgres: bool) -> String {
    use sqlx::Connection;
    let dumps = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/files/dumps");
    let read = |name: &str| sqlx::AssertSqlSafe(std::fs::read_to_string(dumps.join(name)).unwrap());
    if postgres {
        let url = another_postgres().await;
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(read("schema-1.postgres.sql")).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        return url;
    }
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("restored.db")).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(read("schema-1.sqlite.sql")).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    sqlite_in(folder)
}

/// Everything of the first program is there in today's, and the backup of before can be given back.
async fn grows_up(postgres: bool) {
    let folder = tempfile::tempdir().unwrap();
    let url = of_schema_1(folder.path(), postgres).await;
    let db = Db::open_as_it_stands(&url).await.unwrap();
    assert_eq!(db.snapshot().await.unwrap().schema().await.unwrap(), 1);
    let kept = folder.path().join("kept");
    let backup = migrate_after_backup(&db, &kept, AT).await.unwrap().unwrap();
    assert!(migrate_after_backup(&db, &kept, AT).await.unwrap().is_none());
    assert_eq!(verify(&db).await.unwrap(), Vec::<String>::new());
    let counts = "select (select count(*) from licenses) * 1000000 + (select count(*) from clients) * 1000 + \
        (select count(*) from key_packs) * 100 + (select count(*) from users)";
    assert_eq!(db.sql(counts).scalar::<i64>().await.unwrap(), 40_040_302);
    let hashes = "select count(*) from users where password_hash like '$argon2id$%'";
    assert_eq!(db.sql(hashes).scalar::<i64>().await.unwrap(), 2);
    let again = if postgres { another_postgres().await } else { format!("{url}.again") };
    restore(&backup, &again, false, AT).await.unwrap();
    let restored = Db::open(&again).await.unwrap();
    assert_eq!(everything(&restored).await, everything(&db).await);
    restored.close().await;
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_first_schema_grows_up_after_a_backup_on_sqlite() {
    grows_up(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_first_schema_grows_up_after_a_backup_on_postgres() {
    grows_up(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_is_brought_up_to_date_without_a_backup_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_as_it_stands(&sqlite_in(folder.path())).await.unwrap();
    assert!(migrate_after_backup(&db, folder.path(), AT).await.unwrap().is_none());
    db.close().await;
}
