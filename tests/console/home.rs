//! The first page: what needs somebody, each line with the number of the list behind it; what runs out; charts.

use jiff::tz::TimeZone;
use regex::Regex;
use reseat::demo::make;
use reseat::moment::{DAY, Moment};
use reseat::reports::chart::weeks;
use reseat::reports::stock::Stock;
use reseat::reports::store;

use crate::on_both;
use crate::support::{Console, Person};

/// The links of the first page, with the number that each of them says.
fn counted(page: &str) -> Vec<(String, String)> {
    let link = Regex::new(r#"<a href="([^"]+)" data-count="([^"]+)">"#).unwrap();
    link.captures_iter(page)
        .map(|found| (found[1].replace("&#38;", "&").replace("&amp;", "&"), found[2].to_owned()))
        .collect()
}

/// The number that a page says of itself, or of its part; none where it shows nothing.
fn said(page: &str, part: Option<&str>) -> String {
    let of = match part {
        Some(id) => format!(r#"aria-labelledby="{id}"[^>]*data-count="([^"]*)""#),
        None => r#"role="status" data-count="([^"]*)""#.to_owned(),
    };
    Regex::new(&of).unwrap().captures(page).map_or_else(|| "0".to_owned(), |found| found[1].to_owned())
}

/// Follows every line, and compares.
async fn every_number_is_the_lists_own(reader: &mut Person) -> usize {
    let home = reader.get("/").await.is(200).text.clone();
    let links = counted(&home);
    for (href, count) in &links {
        let page = reader.get(href).await.is(200).text.clone();
        assert_eq!(said(&page, href.split_once('#').map(|(_, part)| part)), *count, "{href}");
    }
    links.len()
}

/// Imports told that so many of a hundred licenses were issued, so many days ago each.
async fn told(console: &Console, (pack, server): (&'static str, i64), counts: &[(i64, i64)]) {
    let stock = console.stock();
    let pack = stock.key_pack(server).version(pack).of(100).await;
    for (days_ago, issued) in counts {
        stock.count(pack, console.app.now().plus_days(-days_ago), Some(100), *issued).await;
    }
}

on_both! {
    async fn every_number_on_the_first_page_is_the_same_as_on_the_page_that_it_leads_to(console) {
        make(&console.app, 10).await.unwrap();
        for mut reader in [console.admin().await, console.auditor().await] {
            let links = every_number_is_the_lists_own(&mut reader).await;
            assert!(links > 12, "only {links} lines: the demonstration needs more of a look");
        }
        // Ten weeks later more is late, unheard of and run out.
        console.pass(70 * DAY);
        let mut ada = console.admin().await;
        ada.get("/").await.says("without an import for 30 days").says("Call now: the last safe day was");
        every_number_is_the_lists_own(&mut ada).await;
    }

    async fn a_kind_of_license_that_runs_out_at_the_present_rate_is_told_with_its_range(console) {
        let server = console.stock().server("LIC-01").await;
        told(&console, ("2019", server), &[(21, 30), (14, 40), (7, 50), (0, 60)]).await;
        told(&console, ("2012", server), &[(60, 30), (14, 40), (0, 60)]).await;
        told(&console, ("2008", server), &[(28, 30), (21, 30), (14, 30), (0, 30)]).await;
        let mut audrey = console.auditor().await;
        let day = console.app.now().plus_days(28).day_words(&jiff::tz::TimeZone::UTC);
        audrey.get("/").await.is(200).says("1 kind of licenses that may run out within 90 days");
        let report = audrey.get("/reports/run-out").await;
        report.is(200).says("3 kinds of licenses").says("Runs out").says(&day).says("Not enough imports").says("3 of 4").says("Not at this rate");
        audrey.get("/reports/run-out?within=90").await.says("1 kind of licenses").says_nothing_of("Not enough imports");
        audrey.get("/reports/run-out?within=27").await.says("Nothing runs out");
        let file = audrey.get("/reports/run-out.csv?within=90").await;
        file.is(200).says("10.0,Runs out");
        assert_eq!(file.text.lines().count(), 2);
        every_number_is_the_lists_own(&mut audrey).await;
    }

    async fn charts_say_as_tables_what_they_draw(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        told(&console, ("2019", server), &[(300, 30), (0, 61)]).await;
        let now = console.app.now();
        let client = stock.client("PC-0117").await;
        let pool = stock.key_pack(server).origin("temporary").unlimited().await;
        for days in [1, 8, 8, 400] {
            stock.license(pool, client).status(1).expires(now.plus_days(days)).await;
        }
        let mut audrey = console.auditor().await;
        let page = audrey.get("/").await;
        page.is(200).says("Licenses in use").says(">61</td>").says(">30</td>").says("Temporary licenses that end").says_nothing_of("Transfers completed");
        let drawn = Regex::new(r#"<rect class="bar""#).unwrap().find_iter(&page.text).count();
        assert_eq!(drawn, 13);
        let ends = store::temporary_ends(console.db(), &weeks(now, &TimeZone::UTC, 13)).await.unwrap();
        assert_eq!((ends.len(), ends.iter().sum::<i64>()), (13, 3));
        assert_eq!(store::completed(console.db(), Moment(0)).await.unwrap(), []);
        assert_eq!(store::changes(console.db(), now.plus_days(-1)).await.unwrap().len(), 1);
    }

    async fn a_pack_keeps_what_was_last_said_of_it_until_its_server_no_longer_shows_it(console) {
        let shelves = console.stock();
        let (server, day) = (shelves.server("LIC-01").await, |ago: i64| console.app.now().plus_days(-ago));
        let (whole, part) = (shelves.key_pack(server).await, shelves.key_pack(server).await);
        let gone = shelves.key_pack(server).gone(day(4)).await;
        for (pack, ago, issued) in [(whole, 6, 50), (part, 6, 5), (gone, 6, 9), (whole, 4, 60), (part, 2, 6)] {
            shelves.count(pack, day(ago), Some(100), issued).await;
        }
        // A pool of Windows itself has no end.
        let pool = shelves.key_pack(server).origin("temporary").await;
        shelves.count(pool, day(1), Some(100), 99).await;
        let changes = store::changes(console.db(), day(365)).await.unwrap();
        let kinds = Stock::of(&changes).kinds;
        let points: Vec<_> = kinds[0].points.iter().map(|point| (point.at, point.total, point.issued)).collect();
        assert_eq!((kinds.len(), points), (1, vec![(day(6), 300, 64), (day(4), 200, 65), (day(2), 200, 66)]));
    }

    async fn a_server_that_never_had_an_export_is_not_missed(console) {
        let company = console.stock().company("Contoso").await.to_string();
        let mut ada = console.admin().await;
        ada.post("/license-servers", &[("company", company.as_str()), ("name", "LIC-2000")]).await.is(303);
        console.pass(365 * DAY);
        let mut audrey = console.auditor().await;
        audrey.get("/").await.is(200).says_nothing_of("without an import");
        audrey.get("/license-servers?unheard=30").await.is(200).says("Without an import for").says_nothing_of("LIC-2000");
    }
}
