//! Licenses: what is shown, in which order, and by which index.

use reseat::licenses::filter::{Asked, Filter};
use reseat::licenses::store;
use reseat::web::slice::Window;

use crate::key_packs::numbers;
use crate::on_both;
use crate::support::Console;

on_both! {
    async fn the_list_shows_what_is_on_the_servers_until_more_is_asked_for(console) {
        let stock = console.stock();
        let (one, two) = (stock.server("LIC-01").await, stock.server("LIC-02").await);
        let (first, second) = (stock.key_pack(one).await, stock.key_pack(two).version("2012").counted_by("per_user").await);
        let (pc, ada) = (stock.client("PC-0117").await, stock.client("CONTOSO\\ada").user().await);
        let now = console.app.now();
        let day = |days| now.plus_days(days);
        stock.license(first, pc).issued(day(-5)).expires(day(60)).await;
        stock.license(first, pc).issued(day(-80)).expires(day(10)).status(1).await;
        stock.license(second, ada).issued(day(-90)).expires(day(-1)).await;
        stock.license(second, ada).issued(day(-200)).expires(day(-140)).gone(day(-40)).await;
        stock.license(first, pc).issued(day(-3)).expires(day(70)).status(4).await;
        let mut audrey = console.auditor().await;
        for (query, ids) in [
            ("", vec![5, 1, 2, 3]),
            ("?on=all", vec![5, 4, 3, 2, 1]),
            ("?on=all&sort=-number", vec![1, 2, 3, 4, 5]),
            ("?on=gone", vec![4]),
            ("?sort=expires", vec![3, 2, 1, 5]),
            ("?sort=-issued", vec![3, 2, 1, 5]),
            ("?server=2", vec![3]),
            ("?pack=1&sort=expires", vec![2, 1, 5]),
            ("?client=2&on=all", vec![3, 4]),
            ("?version=2012&type=per_user&on=all", vec![3, 4]),
            ("?status=active", vec![1]),
            ("?status=temporary", vec![2]),
            ("?status=revoked", vec![5]),
            ("?status=expired", vec![3]),
            ("?status=expired&on=all", vec![4, 3]),
            ("?within=14", vec![2]),
            ("?within=65", vec![2, 1]),
            ("?status=temporary&within=14", vec![2]),
            ("?unseen=30", vec![4]),
            ("?unseen=60", vec![]),
            ("?server=999", vec![]),
        ] {
            let page = audrey.get(&format!("/licenses{query}")).await;
            assert_eq!(numbers(&page.is(200).text, "/licenses/"), ids, "{query}");
        }
        audrey.get("/licenses").await.says("still on the server").says("href=\"/licenses?on=all\"");
        audrey.get("/licenses?server=2&pack=2").await.says("LIC-02").says("keypack 2 on LIC-02").says("name=\"pack\" value=\"2\"");
        audrey.get("/licenses?server=999").await.says("No license fits").says("Show the licenses on the servers");
        let page = audrey.get("/licenses/3").await;
        page.is(200).says("Expired").says("/clients/2").says("/key-packs/2").says("/license-servers/2").says("First issued");
        audrey.get("/licenses/999").await.is(404);
    }
}

fn asked(query: &str) -> Filter {
    let query = axum::extract::Query::<Asked>::try_from_uri(&format!("/?{query}").parse().unwrap()).unwrap();
    Filter::of(&query.0, reseat::moment::Moment(1_787_389_200))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_license_list_reads_every_license_or_sorts_what_it_reads() {
    let console = Console::on_sqlite().await;
    let all = [
        ("server=1", "licenses_server"),
        ("pack=1", "licenses_pack"),
        ("client=1", "licenses_client"),
        ("version=2019", "licenses_version"),
        ("type=per_user", "licenses_type"),
        ("status=revoked", "licenses_status"),
        ("status=active", "licenses_status"),
        ("status=temporary&within=14", "licenses_status"),
        ("status=expired", "licenses_expires"),
        ("within=14", "licenses_expires"),
        ("unseen=30", "licenses_gone"),
        ("on=gone", "licenses_gone"),
        ("on=all", ""),
        ("on=all&version=2019", "licenses_version"),
        ("", "licenses_issued"),
        ("server=1&version=2019&status=revoked", "licenses_status"),
        ("server=1&status=active&type=per_device", "licenses_server"),
        ("server=1&status=expired&within=9", "licenses_expires"),
    ];
    for (query, index) in all {
        let filter = asked(query);
        for sort in ["", "issued", "-issued", "expires", "gone"] {
            let order = store::order(&filter, sort);
            let window = Window::after_id(9, 50);
            let plans = [
                store::select(console.db(), &filter, &order, &window).plan().await.unwrap(),
                store::select_count(console.db(), &filter, &order).plan().await.unwrap(),
            ];
            for (n, plan) in plans.into_iter().enumerate() {
                // The few licenses of one client or pack may be sorted by another column.
                let few = (filter.client.is_some() || filter.pack.is_some()) && order.name != "issued";
                assert!(few || !plan.contains("TEMP B-TREE"), "{query} {sort}\n{plan}");
                // A walk in the order of the numbers themselves ends after a page.
                let scans = plan.lines().any(|line| line.trim() == "SCAN l");
                assert!(order.name == "number" || !scans, "{query} {sort}\n{plan}");
                if sort.is_empty() {
                    // Temporary licenses that run out are counted by their end.
                    let counts_short = n == 1 && query.starts_with("status=temporary");
                    let index = if counts_short { "licenses_temporary" } else { index };
                    assert!(plan.contains(index), "{query}\n{plan}");
                }
            }
        }
    }
}
