//! What a call sends where a form’s flat fields are not enough: lists, and things within things. It becomes the page’s own
//! form all the same.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value, json};

/// A text, a number or nothing, as a browser’s form would send it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(Text::default()),
            Value::String(text) => Ok(Text(text)),
            Value::Number(number) => Ok(Text(number.to_string())),
            _ => Err(D::Error::custom("Send a text, a number or null.")),
        }
    }
}

impl Text {
    /// The texts of several.
    pub fn all(several: &[Text]) -> Vec<String> {
        several.iter().map(|one| one.0.clone()).collect()
    }
}

/// Fields of a body, each with what it means, as the description says them.
pub fn fields(fields: &[(&str, &str)]) -> Map<String, Value> {
    let field = |(name, says): &(&str, &str)| {
        ((*name).to_owned(), json!({"description": says, "type": ["string", "number", "null"]}))
    };
    fields.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_numbers_and_nothing_are_taken_as_a_form_takes_them() {
        let texts: Vec<Text> = serde_json::from_str(r#"["T-3", 5, null]"#).unwrap();
        assert_eq!(Text::all(&texts), ["T-3", "5", ""]);
        assert!(serde_json::from_str::<Text>("[]").is_err() && serde_json::from_str::<Text>("true").is_err());
    }
}
