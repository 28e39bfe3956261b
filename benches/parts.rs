//! The parts that know no database, by themselves: reading a file, telling whose a license is, the chain of history, forecasts
//! and charts, and a page. `cargo bench --bench parts`.

#![expect(clippy::unwrap_used, reason = "a measure, not a product")]

use std::fmt::Write;
use std::ops::ControlFlow;

use axum::http::StatusCode;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use jiff::tz::TimeZone;
use reseat::history::line::Line;
use reseat::ids::LicenseServerId;
use reseat::imports::identity::Identity;
use reseat::imports::reading::{LicenseType, Record, Settings, inspect, read};
use reseat::moment::{DAY, Moment};
use reseat::reports::chart::Lines;
use reseat::reports::stock::{Change, Stock};
use reseat::search::term::Term;
use reseat::web::error::page;

fn main() {
    divan::main();
}

/// An export of so many issued licenses, as Windows Server writes it.
fn export(rows: usize) -> Vec<u8> {
    let mut text =
        "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n"
            .to_owned();
    for n in 0..rows {
        write!(
            text,
            "\"{}\",\"{}\",\"\",\"BER-WS-{n:06}\",\"2\",\"20260822091400.000000+000\",\"20261110091400.000000+000\",\"{n:032x}\"\r\n",
            n + 1,
            3 + n % 40
        )
        .unwrap();
    }
    text.into_bytes()
}

fn records(file: &[u8]) -> Vec<Record> {
    let inspection = inspect(|| Ok(file), None).unwrap();
    let settings = Settings { date_order: None, zone: TimeZone::UTC, mapping: None };
    let mut found = Vec::new();
    read(file, &inspection, &settings, &mut |line| {
        found.extend(line.record);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// A file is looked through once for what it is, and once more for its rows.
#[divan::bench(args = [1_000, 100_000])]
fn reading_an_export(bencher: Bencher, rows: usize) {
    let file = export(rows);
    bencher
        .counter(BytesCount::of_slice(&file))
        .counter(ItemsCount::new(rows))
        .bench(|| assert_eq!(records(black_box(&file)).len(), rows));
}

#[divan::bench]
fn whose_a_license_is(bencher: Bencher) {
    let rows = records(&export(1_000));
    bencher.counter(ItemsCount::new(rows.len())).bench(|| {
        let of = |record: &Record| match record {
            Record::License(row) => Identity::of(row, LicenseType::PerDevice),
            _ => None,
        };
        rows.iter().filter_map(of).count()
    });
}

#[divan::bench(args = ["ber-ws-0042", "  HD 042 ", "A1B2C-D3E4F-G5H6J-K7L8M-N9P2Q-R3S4T-U5V6W"])]
fn what_was_searched_for(text: &str) -> Option<Term> {
    Term::of(black_box(text))
}

/// The hash of a line of history, over everything that it says.
#[divan::bench]
fn a_link_of_the_chain(bencher: Bencher) {
    let line = Line {
        id: 1_000_000,
        at: Moment(1_793_000_000),
        effective_on: None,
        actor: "import".into(),
        action: "license changed".into(),
        subject_kind: "license".into(),
        subject_id: 4_711,
        before: Some(r#"{"expires_at":1793000000,"status":2}"#.into()),
        after: Some(r#"{"expires_at":1800000000,"status":2}"#.into()),
        reason: None,
        import_id: Some(12),
        previous_hash: "0123456789abcdef".repeat(4),
        hash: String::new(),
    };
    bencher.bench(|| black_box(&line).expected_hash());
}

/// What weekly imports of a year told of so many kinds of licenses.
fn changes(kinds: i64) -> Vec<Change> {
    let versions = ["2012", "2016", "2019", "2022"];
    let told = |week: i64| {
        (0..kinds).zip(versions.into_iter().cycle()).map(move |(kind, version)| Change {
            server_id: LicenseServerId(1 + kind / 4),
            server: format!("LIC-{:02}", 1 + kind / 4),
            version: version.into(),
            license_type: "per_device".into(),
            at: Moment((week * 7 + 1) * DAY),
            quantity: if week == 0 { 500 } else { 0 },
            issued: if week == 0 { 100 + kind % 7 } else { 3 },
            told: true,
        })
    };
    (0..52).flat_map(told).collect()
}

/// What runs out, and the chart of licenses in use.
#[divan::bench(args = [4, 40, 400])]
fn a_year_of_counts(bencher: Bencher, kinds: i64) {
    let (changes, now) = (changes(kinds), Moment(53 * 7 * DAY));
    bencher.counter(ItemsCount::new(changes.len())).bench(|| {
        let stock = Stock::of(black_box(&changes));
        (stock.pools(now).len(), Lines::of(&stock.in_use, now, &TimeZone::UTC).is_some())
    });
}

#[divan::bench]
fn a_page_that_says_one_thing() -> StatusCode {
    page(StatusCode::NOT_FOUND, black_box("There is no such page"), black_box("It may have been moved.")).status()
}
