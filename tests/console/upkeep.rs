//! What the console does by itself: backups that come and go, the nightly check, and what an admin sees of both.

use std::path::{Path, PathBuf};

use reseat::backups::restore::restore;
use reseat::checks::verify;
use reseat::db::Db;
use reseat::moment::{DAY, Moment};
use reseat::upkeep::keeper::Keeper;
use reseat::upkeep::{Backups, Plan, Run, SILENCE, Work, store};
use reseat::users::user::Role;

use crate::on_both;
use crate::support::Console;

const HOUR: i64 = 3_600;

/// A console with somebody in it, that backs up daily and checks at three in the morning.
async fn planned(console: Console, folder: &Path) -> Console {
    console.add("Ada", Role::Admin).await;
    let backups = Backups { every: DAY, folder: folder.join("backups"), keep: 3 };
    console.with_settings(|settings| settings.upkeep = Plan { backups: Some(backups), verify_hour: Some(3) })
}

impl Console {
    async fn go_on(&self) {
        Keeper::of(&self.app).go_on().await.unwrap();
    }

    async fn runs(&self, work: Work) -> Vec<Run> {
        store::latest(self.db(), work, 100).await.unwrap()
    }

    /// Changes what nobody may change, as somebody would who has the database itself.
    async fn tamper_with_line(&self, text: &'static str) {
        let mut tx = self.db().begin("", self.app.now()).await.unwrap();
        let open = tx.pick("drop trigger if exists history_no_update", "alter table history disable trigger user");
        for text in [open, text] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder.join("backups"))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    found.sort();
    found
}

on_both! {
    async fn backups_come_daily_the_newest_stay_and_what_is_not_the_consoles_is_left_alone(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        console.go_on().await;
        let first = files(folder.path());
        assert_eq!(first, [folder.path().join("backups/reseat-20260822T000000Z.reseat-backup")]);
        console.pass(DAY - 60);
        console.go_on().await;
        assert_eq!(files(folder.path()), first);
        let mine = folder.path().join("backups/before-the-move.reseat-backup");
        std::fs::write(&mine, "somebody's own").unwrap();
        for _ in 0..5 {
            console.pass(DAY);
            console.go_on().await;
        }
        let left = files(folder.path());
        assert_eq!(left.len(), 4, "{left:?}");
        assert!(mine.exists() && !first[0].exists());
        assert_eq!(console.runs(Work::Backup).await.len(), 6);
        let other = folder.path().join("again.db");
        let url = format!("sqlite:{}", other.display());
        restore(left.last().unwrap(), &url, false, console.app.now()).await.unwrap();
        let restored = Db::open(&url).await.unwrap();
        assert_eq!(verify(&restored).await.unwrap(), Vec::<String>::new());
        restored.close().await;
    }

    async fn a_console_that_holds_nothing_writes_no_backup(console) {
        let folder = tempfile::tempdir().unwrap();
        let backups = Backups { every: DAY, folder: folder.path().join("backups"), keep: 3 };
        let console = console.with_settings(|settings| settings.upkeep.backups = Some(backups));
        console.go_on().await;
        assert!(files(folder.path()).is_empty() && console.runs(Work::Backup).await.is_empty());
    }

    async fn two_copies_of_the_program_do_it_once(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let plan = console.app.settings.upkeep.clone();
        let mut other = console.second_copy().await.with_settings(|settings| settings.upkeep = plan);
        other.app.worker = "the other copy".into();
        for _ in 0..3 {
            let (one, two) = (Keeper::of(&console.app), Keeper::of(&other.app));
            let (one, two) = tokio::join!(tokio::spawn(async move { one.go_on().await }), tokio::spawn(async move { two.go_on().await }));
            one.unwrap().unwrap();
            two.unwrap().unwrap();
            console.pass(DAY);
        }
        assert_eq!((console.runs(Work::Backup).await.len(), console.runs(Work::Verify).await.len()), (3, 3));
        assert_eq!(files(folder.path()).len(), 3);
    }

    async fn what_a_killed_copy_left_is_noted_and_done_by_another(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let mut killed = console.app.clone();
        killed.worker = "the killed copy".into();
        assert!(Keeper::of(&killed).begin(Work::Backup).await.unwrap());
        console.pass(SILENCE - 1);
        console.go_on().await;
        assert!(files(folder.path()).is_empty(), "it may still be at it");
        console.pass(1);
        console.go_on().await;
        let runs = console.runs(Work::Backup).await;
        assert_eq!(runs.iter().map(Run::is_good).collect::<Vec<_>>(), [true, false], "{runs:?}");
        assert_eq!(runs[1].wrong, "The program ended before it was done.");
        assert_eq!(files(folder.path()).len(), 1);
        console.admin().await.get("/").await.says_nothing_of("backup failed");
    }

    async fn what_a_copy_that_is_told_to_stop_gives_up_is_due_at_once(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let stopped = Keeper::of(&console.app);
        assert!(stopped.begin(Work::Backup).await.unwrap());
        stopped.stop().await.unwrap();
        console.go_on().await;
        assert_eq!(files(folder.path()).len(), 1);
        let runs = console.runs(Work::Backup).await;
        assert!(runs.len() == 1 && runs[0].is_good(), "{runs:?}");
        // The backup says of itself that it is under way; whoever restores it is not told so.
        let url = format!("sqlite:{}", folder.path().join("again.db").display());
        restore(&files(folder.path())[0], &url, false, console.app.now()).await.unwrap();
        let db = Db::open(&url).await.unwrap();
        let standing = store::find(&db, Work::Backup).await.unwrap();
        assert_eq!((standing.held_by.as_str(), standing.began_at), ("", Moment::UNKNOWN));
        db.close().await;
    }

    async fn a_backup_that_fails_is_told_on_every_page_of_an_admin_until_one_succeeds(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let in_the_way = folder.path().join("backups");
        std::fs::write(&in_the_way, "a file").unwrap();
        console.go_on().await;
        let mut ada = console.admin().await;
        ada.get("/licenses").await.says("The last backup failed.").says("href=\"/checks\"");
        console.auditor().await.get("/licenses").await.says_nothing_of("backup failed");
        ada.get("/checks").await.says("cannot be made");
        std::fs::remove_file(&in_the_way).unwrap();
        console.pass(HOUR - 1);
        console.go_on().await;
        assert!(files(folder.path()).is_empty());
        console.pass(1);
        console.go_on().await;
        assert_eq!(files(folder.path()).len(), 1, "what failed is tried again within the hour");
        ada.get("/licenses").await.says_nothing_of("The last backup failed.");
        let mut tx = console.db().begin("", console.app.now()).await.unwrap();
        let bad = Run { wrong: "The disk is full.".into(), ..Run::begin(Work::Backup, "Ada", console.app.now()) };
        store::record(&mut tx, &bad).await.unwrap();
        tx.commit().await.unwrap();
        console.pass(6 * HOUR);
        ada.get("/licenses").await.says("The last backup failed.");
        console.pass(18 * HOUR);
        console.admin().await.get("/licenses").await.says_nothing_of("backup failed");
    }

    async fn every_night_everything_is_checked_and_what_is_wrong_is_told_until_it_is_mended(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        for n in 1..=4 {
            console.add(&format!("Person {n}"), Role::Auditor).await;
        }
        console.go_on().await;
        let mut ada = console.admin().await;
        ada.get("/checks").await.says("All is well").says("Once a day, from 03:00 UTC on.");
        console.tamper_with_line("update history set actor = 'Mallory' where id in (2, 4)").await;
        console.pass(3 * HOUR - 1);
        console.go_on().await;
        assert_eq!(console.runs(Work::Verify).await.len(), 1, "not before the hour");
        console.pass(1);
        console.go_on().await;
        console.go_on().await;
        assert_eq!(console.runs(Work::Verify).await.len(), 2, "once a night");
        ada.get("/").await.says("The last check found something wrong.");
        let page = ada.get("/checks").await;
        for line in [2, 4] {
            page.says(&format!("Line {line} of history was changed after it was written."));
        }
        page.says("2 things wrong").says_nothing_of("Line 3 of history");
        console.tamper_with_line("update history set actor = 'the test' where id in (2, 4)").await;
        let page = ada.post_and_follow("/checks/verification", &[]).await;
        page.says("It is done; see the result.").says("All is well").says_nothing_of("found something wrong");
        assert_eq!(console.runs(Work::Verify).await[0].actor, "Ada");
    }

    async fn a_check_under_way_keeps_neither_readers_nor_writers_waiting(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let mut ada = console.admin().await;
        // It ends though somebody is writing all the while, so it waits for no writer and no writer for it.
        let mut writing = console.db().begin("the test", console.app.now()).await.unwrap();
        writing.sql("update companies set note = 'x'").execute().await.unwrap();
        let check = reseat::checks::verify(console.db());
        let wrong = tokio::time::timeout(std::time::Duration::from_secs(20), check).await.expect("it waits").unwrap();
        assert_eq!(wrong, Vec::<String>::new());
        drop(writing);
        let mut view = console.db().snapshot().await.unwrap();
        assert_eq!(reseat::checks::verify_in(&mut view).await.unwrap(), Vec::<String>::new());
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let seen: i64 = view.sql("select count(*) from companies").scalar().await.unwrap();
        assert_eq!(seen, 0, "it sees what was there when it began");
    }

    async fn an_admin_takes_a_backup_now(console) {
        let folder = tempfile::tempdir().unwrap();
        let console = planned(console, folder.path()).await;
        let mut ada = console.admin().await;
        ada.get("/checks").await.says("Back up now").says("Every 24 hours into");
        ada.post_and_follow("/checks/backup", &[]).await.says("It is done").says("reseat-20260822T000000Z.reseat-backup");
        assert_eq!(files(folder.path()).len(), 1);
        assert!(Keeper::of(&console.app).begin(Work::Verify).await.unwrap());
        ada.post_and_follow("/checks/verification", &[]).await.says("It is being done already").says("Running now");
    }

    async fn a_copy_without_a_folder_says_so_and_notes_no_failure(console) {
        let mut ada = console.admin().await;
        ada.post_and_follow("/checks/backup", &[]).await.is(200).says("its settings name no folder").says_nothing_of("Failed");
        assert!(console.runs(Work::Backup).await.is_empty());
    }

    async fn a_backup_made_elsewhere_does_not_hide_that_the_consoles_own_fail(console) {
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        let begun = |actor: &str| reseat::upkeep::Run::begin(Work::Backup, actor, console.app.now());
        let bad = reseat::upkeep::Run { wrong: "The disk is full.".into(), ..begun("reseat serve") };
        reseat::upkeep::store::record(&mut tx, &bad).await.unwrap();
        reseat::upkeep::store::note(&mut tx, &begun("reseat backup")).await.unwrap();
        tx.commit().await.unwrap();
        let failed = reseat::upkeep::store::failed(console.db(), Work::Backup).await.unwrap();
        assert_eq!(failed.unwrap().wrong, "The disk is full.");
        console.admin().await.get("/checks").await.says("Failed").says("The disk is full.");
        let figures = reseat::measures::store::figures(console.db()).await.unwrap();
        assert_eq!(figures.upkeep.iter().find(|one| one.work == Work::Backup).unwrap().ok, Some(false));
    }

    async fn only_the_latest_runs_are_kept(console) {
        for n in 0..205 {
            let run = Run::begin(Work::Verify, "Ada", Moment(n + 1));
            let mut tx = console.db().begin("", console.app.now()).await.unwrap();
            store::record(&mut tx, &run).await.unwrap();
            tx.commit().await.unwrap();
        }
        let kept: i64 = console.db().sql("select count(*) from upkeep_runs").scalar().await.unwrap();
        assert_eq!((kept, console.runs(Work::Verify).await[0].began_at), (200, Moment(205)));
    }
}
