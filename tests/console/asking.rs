//! On which connection a request asks: a page keeps one, and never while it waits for what another one may hold.

use std::time::Duration;

use reseat::db::{Db, asking, hand_back};

use crate::on_both;

/// How many connections of those who read are in use.
fn in_use(db: &Db) -> i64 {
    db.pools().into_iter().filter(|(name, ..)| ["read", "all"].contains(name)).map(|(_, size, idle)| size - idle).sum()
}

/// A connection is given back, and a new one is opened, by a task of its own.
async fn so_many_are_used(db: &Db, many: i64) {
    tokio::time::timeout(Duration::from_secs(30), async {
        while in_use(db) != many {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap_or_else(|_| panic!("{} connections are in use and not {many}", in_use(db)));
}

async fn ask(db: &Db) -> i64 {
    db.sql("select cast(7 as bigint)").scalar().await.unwrap()
}

on_both! {
    async fn a_page_keeps_its_connection_and_hands_it_back_before_it_waits(console) {
        let (db, now) = (console.db().clone(), console.app.now());
        so_many_are_used(&db, 0).await;
        asking(true, async {
            for _ in 0..3 {
                assert_eq!(ask(&db).await, 7);
                so_many_are_used(&db, 1).await;
            }
            let change = db.begin("Ada", now).await.unwrap();
            so_many_are_used(&db, 0).await;
            drop(change);
            assert_eq!(ask(&db).await, 7);
            so_many_are_used(&db, 1).await;
            hand_back();
            so_many_are_used(&db, 0).await;
            assert!(db.sql("select no_such_column").scalar::<i64>().await.is_err());
            assert_eq!(ask(&db).await, 7);
            so_many_are_used(&db, 1).await;
        })
        .await;
        so_many_are_used(&db, 0).await;
        // Whoever comes to change something asks on other connections than those who read.
        asking(false, async {
            assert_eq!(ask(&db).await, 7);
            so_many_are_used(&db, 0).await;
        })
        .await;
    }

    async fn more_pages_files_and_changes_at_once_than_there_are_connections_all_come_to_an_end(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        for n in 0..60 {
            let client = stock.client(&format!("PC-{n:04}")).await;
            stock.license(pack, client).await;
        }
        let mut at_once = tokio::task::JoinSet::new();
        for n in 0..36 {
            let mut ada = console.admin().await;
            at_once.spawn(async move {
                match n % 6 {
                    0 => ada.get("/licenses.xlsx").await.is(200).bytes.len(),
                    1 => ada.get("/licenses.csv").await.is(200).bytes.len(),
                    2 => ada.get("/history.jsonl").await.is(200).bytes.len(),
                    3 => ada.get("/clients/7").await.is(200).bytes.len(),
                    4 => ada.get("/").await.is(200).bytes.len(),
                    _ => {
                        let name = format!("NEW-{n}");
                        let fields = [("company", "1"), ("kind", "computer"), ("status", "active"), ("name", name.as_str())];
                        ada.post("/clients", &fields).await.is(303).bytes.len()
                    }
                }
            });
        }
        let all = tokio::time::timeout(Duration::from_mins(2), at_once.join_all()).await;
        assert_eq!(all.expect("nobody waits for ever").len(), 36);
        assert_eq!(console.count("select count(*) from clients").await, 66);
    }
}
