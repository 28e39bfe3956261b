//! JSON: walks through what `ConvertTo-Json` writes, one object at a time.
//!
//! Accepted: a list of objects, one object, `{"value": […], "Count": n}` and `null`.

use super::Refusal;
use super::fields::Field;
use super::json_cell::Cell;
use super::json_table::{Meter, Metered, Table};
use super::stream::Sink;
use super::text::Text;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::fmt;
use std::io::{self, Read};

/// Gives every object to the sink and returns the names of the columns.
pub(super) fn stream<R: Read>(text: Text<R>, headers: &[String], sink: Sink<'_>) -> Result<Vec<String>, Refusal> {
    let meter = Meter::default();
    let mut walk = Walk { table: Table::new(headers), sink, meter: &meter, stop: None };
    let mut json = serde_json::Deserializer::from_reader(Metered { text, meter: &meter });
    let result = Top(&mut walk).deserialize(&mut json).and_then(|()| json.end());
    match (walk.stop, result) {
        (Some(Stop::Refused(refusal)), _) => Err(refusal),
        (Some(Stop::Asked), _) | (None, Ok(())) => Ok(walk.table.headers),
        (None, Err(error)) => Err(refusal(error)),
    }
}

fn refusal(error: serde_json::Error) -> Refusal {
    let line = error.line();
    match error.classify() {
        Category::Io => io::Error::from(error).into(),
        Category::Eof => {
            Refusal(format!("The JSON breaks off in line {line}, so the file is cut off; export it again."))
        }
        Category::Syntax | Category::Data => {
            let text = error.to_string();
            if text.contains("recursion limit") {
                return Refusal(format!(
                    "The JSON is nested too deeply in line {line}; export it again with a smaller -Depth."
                ));
            }
            let reason = text.split(" at line ").next().unwrap_or_default();
            Refusal(format!("The JSON is damaged in line {line} ({reason}); export it again."))
        }
    }
}

enum Stop {
    Asked,
    Refused(Refusal),
}

struct Walk<'w> {
    table: Table,
    sink: Sink<'w>,
    meter: &'w Meter,
    stop: Option<Stop>,
}

impl Walk<'_> {
    fn begin_row(&mut self) {
        self.table.begin(self.meter.begin_record());
    }

    fn end_row<E: Error>(&mut self) -> Result<(), E> {
        let row = self.table.row();
        if row.is_blank() {
            return Ok(());
        }
        let stop = match (self.sink)(&row) {
            Ok(flow) if flow.is_continue() => return Ok(()),
            Ok(_) => Stop::Asked,
            Err(refusal) => Stop::Refused(refusal),
        };
        self.stop(stop)
    }

    fn stop<E: Error>(&mut self, stop: Stop) -> Result<(), E> {
        self.stop = Some(stop);
        Err(E::custom("stopped"))
    }

    /// Reads one `key: value` pair of a row after its key was read.
    fn pair<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match self.table.column(key) {
            Ok(Some(column)) => map.next_value_seed(Cell(self.table.cell(column))),
            Ok(None) => {
                map.next_value_seed(Cell(None))?;
                if Field::is_native(key) {
                    self.table.fault(&format!("The object names “{key}” twice; remove one of the two and try again."));
                }
                Ok(())
            }
            Err(refusal) => self.stop(Stop::Refused(refusal)),
        }
    }
}

/// The outermost value of the file.
struct Top<'a, 'w>(&'a mut Walk<'w>);

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of objects or one object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Element(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let walk = self.0;
        let mut wrapped = false;
        walk.begin_row();
        while let Some(key) = map.next_key::<String>()? {
            if key.eq_ignore_ascii_case("value") {
                map.next_value_seed(Wrapped { walk: &mut *walk, rows: &mut wrapped })?;
            } else if wrapped {
                map.next_value_seed(Cell(None))?;
            } else {
                walk.pair(&key, &mut map)?;
            }
        }
        if wrapped { Ok(()) } else { walk.end_row() }
    }
}

/// What stands under `value` in the outermost object: the rows, when it is a list.
struct Wrapped<'a, 'w> {
    walk: &'a mut Walk<'w>,
    rows: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Wrapped<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wrapped<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of objects")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        *self.rows = true;
        self.walk.table.forget();
        Top(self.walk).visit_seq(list)
    }
}

/// One element of the list of rows.
struct Element<'a, 'w>(&'a mut Walk<'w>);

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.begin_row();
        from.deserialize_any(self)
    }
}

impl Element<'_, '_> {
    fn no_object<E: Error>(self) -> Result<(), E> {
        self.0.table.fault("The list holds something that is no object; export the file again.");
        self.0.end_row()
    }
}

impl<'de> Visitor<'de> for Element<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.no_object()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.no_object()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.no_object()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.no_object()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.no_object()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        Cell(None).visit_seq(list)?;
        self.no_object()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.0.pair(&key, &mut map)?;
        }
        self.0.end_row()
    }
}
