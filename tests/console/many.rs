//! Imports of many rows: what is done otherwise for them must leave everything as it was.

use crate::bring::{L, license, licenses};
use crate::on_both;
use crate::support::Console;

async fn indexes(console: &Console) -> Vec<(String,)> {
    let text = console.db().pick(
        "select name || ' ' || coalesce(sql, '') from sqlite_schema where type = 'index' and tbl_name = 'licenses' order by 1",
        "select indexname || ' ' || indexdef from pg_indexes where tablename = 'licenses' order by 1",
    );
    console.db().sql(text).all().await.unwrap()
}

on_both! {
    async fn a_first_import_of_many_leaves_every_index_in_its_place(console) {
        let before = indexes(&console).await;
        assert!(before.len() > 8);
        let names: Vec<(String, String)> = (0..20_100).map(|n| (format!("PC-{n:05}"), format!("aa{n:05}"))).collect();
        let rows: Vec<L<'_>> = (1..).zip(&names).map(|(n, (name, hw))| license(n, name, hw)).collect();
        let import = console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(import.new_count, 20_100);
        assert_eq!(indexes(&console).await, before);
        assert_eq!(console.count("select count(*) from licenses").await, 20_100);
        console.pass(86_400);
        let again = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await.import().await;
        assert_eq!(again.unchanged_count, 20_100);
    }
}
