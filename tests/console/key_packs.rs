//! Key packs: the list as Microsoft's tool shows it, and one pack's page.

use reseat::key_packs::filter::Filter;
use reseat::key_packs::key_pack::Origin;
use reseat::key_packs::product::{LicenseType, Version};
use reseat::key_packs::state::State;
use reseat::key_packs::store;
use reseat::web::slice::Window;

use crate::on_both;

on_both! {
    async fn every_installation_stands_in_the_list_and_a_reissued_one_like_any_other(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        stock.key_pack(server).of(100).issued(97).await;
        stock.key_pack(server).of(8).issued(8).origin("reissue").await;
        stock.key_pack(server).of(20).issued(23).version("2012").counted_by("per_user").await;
        stock.key_pack(server).unlimited().origin("built_in").version("2000").await;
        stock.key_pack(server).undescribed().await;
        stock.key_pack(server).gone(console.app.now()).await;
        let mut audrey = console.auditor().await;
        let list = audrey.get("/key-packs").await;
        list.is(200).says("Windows Server 2019 – RDS Per Device CAL").says("Reissue").says("over-used by 3");
        list.says("Unlimited").says("not described yet").says("no longer on the server").says(">6 key packs<");
        list.says_nothing_of("<th scope=\"col\">Company</th>");
        audrey.get("/key-packs?origin=reissue").await.says(">1 key pack<").says("Remove filter");
        audrey.get("/key-packs?on=over").await.says(">1 key pack<").says("over-used by 3");
        audrey.get("/key-packs?on=gone").await.says(">1 key pack<");
        audrey.get("/key-packs?version=2012&type=per_user&server=1").await.says(">1 key pack<");
        audrey.get("/key-packs?version=2003").await.says("No key pack fits");
        audrey.get("/key-packs?version=nonsense&server=x").await.says(">6 key packs<");
        stock.server("LIC-02").company("Fabrikam").await;
        audrey.get("/key-packs").await.says("<th scope=\"col\">Company</th>");
    }

    async fn a_pack_has_a_page_with_its_counts_and_its_licenses(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).of(10).issued(12).await;
        let client = stock.client("PC-0117").await;
        stock.license(pack, client).await;
        stock.count(pack, console.app.now().plus_days(-7), Some(10), 4).await;
        stock.count(pack, console.app.now(), Some(10), 12).await;
        let mut audrey = console.auditor().await;
        let page = audrey.get(&format!("/key-packs/{pack}")).await;
        page.is(200).says("over-used by 2").says("PC-0117").says(&format!("/licenses?pack={pack}"));
        page.says("22 Aug 2026, 00:00 UTC").says("15 Aug 2026, 00:00 UTC").says("Nothing about this key pack has changed");
        audrey.get("/key-packs/999").await.is(404);
        audrey.get("/key-packs/x").await.is(400);
    }

    async fn an_empty_list_says_to_an_admin_what_to_do_and_to_others_whom_to_ask(console) {
        for list in ["/key-packs", "/clients", "/licenses", "/license-servers"] {
            console.admin().await.get(list).await.is(200).says("href=\"/imports/new\"");
            console.auditor().await.get(list).await.is(200).says("Ask one.").says_nothing_of("/imports/new");
        }
    }

    async fn steps_through_a_list_stay_right_while_packs_are_added(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        for n in 1..=60 {
            stock.key_pack(server).of(n).expires(console.app.now().plus_days(n % 7)).await;
        }
        let mut audrey = console.auditor().await;
        for sort in ["newest", "-newest", "expires", "-expires"] {
            let mut seen = Vec::new();
            let mut at = format!("/key-packs?size=25&sort={sort}");
            loop {
                let page = audrey.get(&at).await;
                seen.extend(numbers(&page.is(200).text, "/key-packs/"));
                stock.key_pack(server).of(1000).expires(console.app.now().plus_days(3)).await;
                match page.text.split("rel=\"next\" href=\"").nth(1) {
                    Some(rest) => at = rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&"),
                    None => break,
                }
            }
            let mut once = seen.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{sort}");
            assert!((1..=60).all(|id| once.contains(&id)), "{sort}: {seen:?}");
        }
    }
}

/// The numbers that rows' own links lead to.
pub fn numbers(page: &str, path: &str) -> Vec<i64> {
    page.split(&format!("class=\"cell\" href=\"{path}"))
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_pack_list_sorts_what_it_reads() {
    let console = crate::support::Console::on_sqlite().await;
    let filters = [
        Filter::default(),
        Filter { server: Some(1), ..Filter::default() },
        Filter { version: Some(Version::V2019), license_type: Some(LicenseType::PerDevice), ..Filter::default() },
        Filter { origin: Some(Origin::Reissue), on_server: Some(true), ..Filter::default() },
        Filter { state: Some(State::Received), ..Filter::default() },
        Filter { agreement: Some(1), ..Filter::default() },
    ];
    for filter in filters {
        for sort in ["newest", "expires"] {
            let order = store::order(sort);
            let plan = store::select(console.db(), &filter, &order, &Window::after_id(9, 50)).plan().await.unwrap();
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?} {sort}\n{plan}");
        }
    }
}
