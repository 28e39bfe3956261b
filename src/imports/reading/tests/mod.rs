//! What reading promises, one sentence a test.

mod corpus;
mod csv;
mod dates;
mod hostile;
mod json;
mod mappings;
mod properties;
mod rows;

use super::*;
use jiff::tz::TimeZone;
use std::ops::ControlFlow;

/// Reads dates without a zone as Berlin writes them.
fn settings() -> Settings {
    Settings { date_order: None, zone: berlin(), mapping: None }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn look(bytes: &[u8]) -> Inspection {
    inspect(|| Ok(bytes), None).unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    match inspect(|| Ok(bytes), None) {
        Err(refusal) => refusal.0,
        Ok(inspection) => panic!("it was taken: {inspection:?}"),
    }
}

fn lines_with(bytes: &[u8], settings: &Settings) -> Vec<Line> {
    let inspection = inspect(|| Ok(bytes), settings.mapping.as_ref()).unwrap();
    let mut lines = Vec::new();
    let count = read(bytes, &inspection, settings, &mut |line| {
        lines.push(line);
        ControlFlow::Continue(())
    });
    assert_eq!(count, Ok(lines.len() as u64));
    assert_eq!(inspection.rows, lines.len() as u64);
    lines
}

fn lines(bytes: &[u8]) -> Vec<Line> {
    lines_with(bytes, &settings())
}

fn licenses(bytes: &[u8]) -> Vec<LicenseRow> {
    let license = |line: Line| match line.record {
        Ok(Record::License(license)) => license,
        other => panic!("line {}: {other:?}", line.number),
    };
    lines(bytes).into_iter().map(license).collect()
}

fn key_packs(bytes: &[u8]) -> Vec<KeyPackRow> {
    let key_pack = |line: Line| match line.record {
        Ok(Record::KeyPack(key_pack)) => key_pack,
        other => panic!("line {}: {other:?}", line.number),
    };
    lines(bytes).into_iter().map(key_pack).collect()
}

/// Every problem of every row, with the number of its line.
fn problems(bytes: &[u8]) -> Vec<(u64, String)> {
    let of = |line: Line| {
        let number = line.number;
        line.record.err().unwrap_or_default().into_iter().map(move |problem| (number, problem))
    };
    lines(bytes).into_iter().flat_map(of).collect()
}
