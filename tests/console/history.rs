//! History: only added to, and chained.

use reseat::history::line::{NewLine, Subject};
use reseat::history::store::{Filter, list, record, verify};
use reseat::web::slice::Window;

use crate::on_both;
use crate::support::Console;

async fn write(console: &Console, actor: &str, action: &'static str, subject: i64) {
    let mut tx = console.db().begin(actor, console.app.now()).await.unwrap();
    let line = NewLine::new(action, Subject("client", subject)).touching(Subject("license", 7));
    record(&mut tx, line.after(serde_json::json!({"name": "PC-0117"}))).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn history_is_never_changed_or_deleted(console) {
        write(&console, "Ada", "client renamed", 1).await;
        for text in [
            "update history set actor = 'Mallory'",
            "delete from history",
            "delete from history_subjects",
            "update history_subjects set id = 2",
        ] {
            let mut tx = console.db().begin("Mallory", console.app.now()).await.unwrap();
            assert!(tx.sql(text).execute().await.is_err(), "{text}");
        }
        assert_eq!(verify(console.db()).await.unwrap(), Ok(1));
    }

    async fn a_timeline_shows_what_touches_its_subject_newest_first(console) {
        for n in 1..=5 {
            write(&console, "Ada", "client renamed", n).await;
            console.pass(60);
        }
        let about = Filter::about("license", 7);
        let first = list(console.db(), &about, &Window::first(2)).await.unwrap();
        assert_eq!(first.iter().map(|line| line.subject_id).collect::<Vec<_>>(), [5, 4, 3]);
        let next = list(console.db(), &about, &Window::after_id(first[1].id, 2)).await.unwrap();
        assert_eq!(next.iter().map(|line| line.subject_id).collect::<Vec<_>>(), [3, 2, 1]);
        let one = list(console.db(), &Filter::about("client", 4), &Window::first(9)).await.unwrap();
        assert_eq!(one.len(), 1);
        let from = Filter { from: Some(console.app.now().plus(-150)), ..Filter::default() };
        assert_eq!(list(console.db(), &from, &Window::first(9)).await.unwrap().len(), 2);
        let until = Filter { until: Some(console.app.now().plus(-150)), ..Filter::default() };
        assert_eq!(list(console.db(), &until, &Window::first(9)).await.unwrap().len(), 3);
        let later = Filter { from: Some(console.app.now().plus(1)), ..Filter::default() };
        assert!(list(console.db(), &later, &Window::first(9)).await.unwrap().is_empty());
    }

    async fn a_line_that_was_tampered_with_is_found(console) {
        for n in 1..=3 {
            write(&console, "Ada", "client renamed", n).await;
        }
        let mut tx = console.db().begin("Mallory", console.app.now()).await.unwrap();
        for text in [
            console.db().pick("drop trigger history_no_update", "drop trigger history_append_only on history"),
            "update history set actor = 'Mallory' where id = 2",
        ] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(verify(console.db()).await.unwrap(), Err(vec!["Line 2 of history was changed after it was written.".into()]));
    }

    async fn a_last_line_that_is_missing_is_found(console) {
        for n in 1..=3 {
            write(&console, "Ada", "client renamed", n).await;
        }
        let mut tx = console.db().begin("Mallory", console.app.now()).await.unwrap();
        for text in [
            console.db().pick("drop trigger history_no_delete", "drop trigger history_append_only on history"),
            console.db().pick("drop trigger history_subjects_no_delete", "drop trigger history_subjects_append_only on history_subjects"),
            "delete from history_subjects where line = 3",
            "delete from history where id = 3",
        ] {
            tx.sql(text).execute().await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(verify(console.db()).await.unwrap(), Err(vec!["History ends with line 2, but line 3 was the last one written.".into()]));
    }

    async fn the_page_shows_every_change_and_narrows_it_down(console) {
        console.stock().client("PC-0117").await;
        write(&console, "Hedda", "client renamed", 1).await;
        console.pass(86_400);
        write(&console, "Ada", "client merged", 2).await;
        let mut audrey = console.auditor().await;
        let page = audrey.get("/history").await;
        page.is(200).says("Client renamed").says("href=\"/clients/1\">PC-0117</a>").says("client 2").says("Person added");
        for (query, shown, hidden) in [
            ("actor=Hedda", "Client renamed", "Client merged"),
            ("action=client%20merged", "Client merged", "Client renamed"),
            ("kind=client&id=2", "Client merged", "Client renamed"),
            ("from=2026-08-23&kind=license&id=7", "Client merged", "Client renamed"),
            ("until=2026-08-22&kind=license&id=7", "Client renamed", "Client merged"),
            ("until=2026-08-22", "Client renamed", "Client merged"),
        ] {
            audrey.get(&format!("/history?{query}")).await.is(200).says(shown).says_nothing_of(hidden).says("Remove filter");
        }
        audrey.get("/history?kind=client&id=2").await.says("client 2").says("name=\"kind\" value=\"client\"");
        audrey.get("/history?import=9").await.is(200).says("No change fits these filters");
        audrey.get("/history?from=22%20Aug%202026&id=x&kind=moon").await.is(200).says("Client merged");
        let page = audrey.get("/history?from=8%2F22%2F2026").await;
        page.is(422).says("Write a day that exists, like 2026-08-22 or 22 Aug 2026.").says("value=\"8/22/2026\"");
    }

    async fn two_writers_at_once_leave_one_unbroken_chain(console) {
        let other = console.second_copy().await;
        let both = (0..10).map(|n| {
            let (console, other) = (&console, &other);
            async move {
                tokio::join!(write(console, "Ada", "client renamed", 1), write(other, "Hedda", "client renamed", 2));
                n
            }
        });
        futures_util::future::join_all(both).await;
        assert_eq!(verify(console.db()).await.unwrap(), Ok(20));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reading_of_history_sorts_what_it_reads() {
    let console = Console::on_sqlite().await;
    let day = Some(console.app.now());
    for filter in [
        Filter::default(),
        Filter::about("client", 7),
        Filter { actor: Some("Ada".into()), ..Filter::default() },
        Filter { action: Some("client renamed".into()), actor: Some("Ada".into()), ..Filter::default() },
        Filter { import: Some(7), ..Filter::default() },
    ] {
        for filter in [filter.clone(), Filter { from: day, until: day, ..filter }] {
            let query = reseat::history::store::select(console.db(), &filter, &Window::after_id(9, 50));
            let plan = query.plan().await.unwrap();
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
            // The window itself bounds the lines, so this is a search even without a filter.
            assert!(!plan.lines().any(|line| line.trim() == "SCAN h"), "{filter:?}\n{plan}");
        }
    }
}
