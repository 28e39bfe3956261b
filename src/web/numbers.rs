//! How a reader writes numbers: as they chose for their browser, else as the language is written that the browser asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// The signs between thousands and before tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Between thousands.
    pub thousands: char,
    /// Before tenths.
    pub point: char,
}

/// As English is written; also what stands in files and in what is stored.
pub const COMMA: Numbers = Numbers { thousands: ',', point: '.' };
const DOT: Numbers = Numbers { thousands: '.', point: ',' };
// A space that no line breaks at.
const SPACE: Numbers = Numbers { thousands: '\u{a0}', point: ',' };
const APOSTROPHE: Numbers = Numbers { thousands: '’', point: '.' };

/// What can be chosen: the word that a browser keeps, an example, and the signs.
pub const KINDS: [(&str, &str, Numbers); 4] = [
    ("comma", "1,234.5", COMMA),
    ("dot", "1.234,5", DOT),
    ("space", "1 234,5", SPACE),
    ("apostrophe", "1’234.5", APOSTROPHE),
];

/// Languages in which thousands are parted by a dot (CLDR).
const WITH_DOT: [&str; 12] = ["de", "nl", "it", "es", "da", "tr", "id", "el", "hr", "ro", "sl", "pt-br"];

/// Languages in which a space parts them (CLDR).
const WITH_SPACE: [&str; 15] =
    ["fr", "pl", "cs", "sk", "ru", "uk", "be", "bg", "sv", "nb", "nn", "no", "fi", "hu", "pt"];

impl Numbers {
    /// As somebody chose by a word.
    pub fn chosen(word: &str) -> Option<Numbers> {
        KINDS.iter().find(|(kind, _, _)| *kind == word).map(|(_, _, numbers)| *numbers)
    }

    /// As the first language is written that the browser asks for.
    pub fn of(headers: &HeaderMap) -> Numbers {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
        let first = asked.split([',', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
        let language = first.split('-').next().unwrap_or_default();
        let is_one_of = |languages: &[&str]| languages.contains(&first.as_str()) || languages.contains(&language);
        match first.as_str() {
            "de-ch" | "de-li" | "it-ch" => APOSTROPHE,
            "de-at" => SPACE,
            "es-mx" | "es-us" => COMMA,
            _ if is_one_of(&WITH_DOT) => DOT,
            _ if is_one_of(&WITH_SPACE) => SPACE,
            _ => COMMA,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_that_asks_for_a_language_is_shown_its_numbers() {
        for (asked, kind) in [
            ("", "comma"),
            ("*", "comma"),
            ("en-US,en;q=0.9", "comma"),
            ("de", "dot"),
            ("de-DE,de;q=0.9,en;q=0.8", "dot"),
            ("de-CH", "apostrophe"),
            ("fr-FR;q=0.9", "space"),
            ("pt-BR", "dot"),
            ("pt-PT", "space"),
            ("ja", "comma"),
            ("x-klingon", "comma"),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(asked))]);
            assert_eq!(Some(Numbers::of(&headers)), Numbers::chosen(kind), "{asked}");
        }
        assert_eq!(Numbers::of(&HeaderMap::new()), COMMA);
    }
}
