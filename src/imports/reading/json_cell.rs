//! JSON values as the text of one cell.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// One value of an object: written into the text, or only gone past when there is none.
///
/// `null`, lists and objects leave the text empty, except that Windows PowerShell 5.1 sometimes wraps a date in an
/// object whose `value` is what counts.
pub(super) struct Cell<'a>(pub(super) Option<&'a mut String>);

impl Cell<'_> {
    fn write(self, text: &str) {
        if let Some(cell) = self.0 {
            cell.clear();
            cell.push_str(text);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    // Not `deserialize_ignored_any`, even to go past a value: only this one refuses nesting without end.
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.write(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.write(&value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.write(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.write(&value.to_string());
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Cell(None))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let cell = self.0.as_deref_mut().filter(|_| key.eq_ignore_ascii_case("value"));
            map.next_value_seed(Cell(cell))?;
        }
        Ok(())
    }
}
