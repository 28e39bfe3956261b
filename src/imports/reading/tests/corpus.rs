use super::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};

/// Where the made-up files and what is expected of them lie.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/files/exports");

fn expected() -> BTreeMap<String, Value> {
    serde_json::from_str(&fs::read_to_string(format!("{CORPUS}/expected.json")).unwrap()).unwrap()
}

/// The bytes of every file of the corpus.
pub(super) fn files() -> Vec<Vec<u8>> {
    let bytes = |name: &String| fs::read(format!("{CORPUS}/{name}")).unwrap();
    expected().keys().map(bytes).collect()
}

fn dates_word(dates: &Dates) -> &'static str {
    match dates {
        Dates::NoneNeeded => "none_needed",
        Dates::Known(DateOrder::DayFirst) => "day_first",
        Dates::Known(DateOrder::MonthFirst) => "month_first",
        Dates::Ambiguous { .. } => "ambiguous",
        Dates::Contradictory { .. } => "contradictory",
    }
}

fn check_inspection(name: &str, inspection: &Inspection, wanted: &Value) {
    let delimiter = match inspection.shape {
        Shape::Csv { delimiter } => Value::from(char::from(delimiter).to_string()),
        Shape::Json | Shape::Empty => Value::Null,
    };
    assert_eq!(serde_json::to_value(inspection.encoding).unwrap(), wanted["encoding"], "{name}: encoding");
    assert_eq!(delimiter, wanted["delimiter"], "{name}: delimiter");
    assert_eq!(serde_json::to_value(inspection.kind).unwrap(), wanted["kind"], "{name}: kind");
    assert_eq!(Value::from(inspection.rows), wanted["rows"], "{name}: rows");
    assert_eq!(dates_word(&inspection.dates), wanted["dates"], "{name}: dates");
    if let Some(line) = wanted["header_line"].as_u64() {
        assert_eq!(inspection.header_line, line, "{name}: header line");
    }
    if !wanted["servers"].is_null() {
        assert_eq!(serde_json::to_value(&inspection.servers).unwrap(), wanted["servers"], "{name}: servers");
        assert_eq!(inspection.blank_server_rows, wanted["blank"].as_u64().unwrap_or(0), "{name}: blank servers");
    }
    if !wanted["guess"].is_null() {
        let guess = serde_json::to_value(inspection.guess.as_ref().unwrap()).unwrap();
        assert_eq!(guess["kind"], wanted["guess"], "{name}: guess");
        assert_eq!(guess["columns"], wanted["columns"], "{name}: columns of the guess");
    }
}

fn check_rows(name: &str, inspection: &Inspection, wanted: &Value) {
    let order = serde_json::from_value(wanted["order"].clone()).unwrap();
    let settings = Settings { date_order: order, zone: berlin(), mapping: inspection.guess.clone() };
    let (mut first, mut bad) = (Value::Null, 0);
    let rows = read(File::open(format!("{CORPUS}/{name}")).unwrap(), inspection, &settings, &mut |line| {
        match &line.record {
            Ok(record) if first.is_null() => first = serde_json::to_value(record).unwrap(),
            Ok(_) => {}
            Err(_) => bad += 1,
        }
        ControlFlow::Continue(())
    });
    assert_eq!(rows, Ok(inspection.rows), "{name}");
    assert_eq!(bad, wanted["bad"].as_u64().unwrap_or(0), "{name}: rows with problems");
    let row = first.as_object().and_then(|record| record.values().next()).cloned().unwrap_or_default();
    for (field, value) in wanted["first"].as_object().into_iter().flatten() {
        assert_eq!(&row[field], value, "{name}: {field} of the first row");
    }
}

#[test]
fn every_file_of_the_corpus_is_read_as_expected() {
    for (name, wanted) in expected() {
        let result = inspect(|| File::open(format!("{CORPUS}/{name}")), None);
        match (&wanted["refused"], result) {
            (Value::Null, Ok(inspection)) => {
                check_inspection(&name, &inspection, &wanted);
                check_rows(&name, &inspection, &wanted);
            }
            (words, Err(refusal)) => {
                let words = words.as_str().unwrap_or_else(|| panic!("{name} was refused: {refusal}"));
                assert!(refusal.0.contains(words), "{name}: {refusal}");
            }
            (words, Ok(_)) => panic!("{name} should be refused with {words}"),
        }
    }
}

#[test]
fn every_file_of_the_corpus_is_expected() {
    let expected = expected();
    for file in fs::read_dir(CORPUS).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let known = expected.contains_key(&name) || name == "expected.json" || name == "make.py";
        assert!(known, "{name} has no entry in expected.json");
    }
}
