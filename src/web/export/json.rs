//! JSON lines: one object a row, moments as seconds since 1970.

use std::io::Write;

use super::{Cell, Written};

/// One step of a list.
pub(super) fn step(headings: &[&'static str], rows: &[Vec<Cell>], _first: bool) -> Written {
    let mut text = Vec::new();
    for row in rows {
        let mut between = "{";
        for (name, cell) in headings.iter().zip(row) {
            let value = match cell {
                Cell::Empty => serde_json::Value::Null,
                Cell::Text(text) => text.as_str().into(),
                Cell::Number(number) => (*number).into(),
                Cell::At(at) => at.0.into(),
            };
            write!(text, "{between}{}:{value}", serde_json::Value::from(*name))?;
            between = ",";
        }
        text.extend(b"}\n");
    }
    Ok(text)
}
