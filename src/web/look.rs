//! How a browser shows the console: how close the rows stand, how large the letters are, light or dark, how numbers and
//! days are written. The browser keeps it, for it belongs to a screen and not to a person.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::days::{self, Days, MONTH_AS_WORD};
use super::numbers::{COMMA, KINDS, Numbers};
use super::parts::Choice;
use crate::api;

tokio::task_local! {
    /// Who reads the answer that is being made.
    static READER: (Look, Numbers, Days);
}

/// Makes the answer for its reader. Programs, and files that other programs read, get the same for everybody.
pub async fn for_reader(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let look = Look::of(&CookieJar::from_headers(request.headers()));
    let for_program = is_file || api::is_for(path);
    let days = Days::chosen(&look.days).filter(|_| !for_program).unwrap_or(MONTH_AS_WORD);
    let numbers = match Numbers::chosen(&look.numbers) {
        _ if for_program => COMMA,
        Some(chosen) => chosen,
        None => Numbers::of(request.headers()),
    };
    READER.scope((look, numbers, days), next.run(request)).await
}

/// How the reader's browser shows the console; as it comes where nobody reads.
pub fn of_reader() -> Look {
    READER.try_with(|(look, ..)| look.clone()).unwrap_or_default()
}

/// How the reader writes numbers.
pub fn numbers_of_reader() -> Numbers {
    READER.try_with(|(_, numbers, _)| *numbers).unwrap_or(COMMA)
}

/// How the reader writes days.
pub fn days_of_reader() -> Days {
    READER.try_with(|(.., days)| *days).unwrap_or(MONTH_AS_WORD)
}

/// The cookie that keeps it: its words, parted by dots.
pub const LOOK: &str = "look";

const ROWS: [(&str, &str); 2] = [("", "Close"), ("roomy", "Roomy")];
const TEXT: [(&str, &str); 2] = [("", "Usual"), ("large", "Large")];
const THEME: [(&str, &str); 3] = [("", "As the system says"), ("light", "Light"), ("dark", "Dark")];

/// What was chosen; empty where nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Look {
    rows: String,
    text: String,
    theme: String,
    numbers: String,
    days: String,
}

impl Look {
    /// What a browser keeps; words that nobody knows are passed over.
    pub fn of(jar: &CookieJar) -> Look {
        let mut look = Look::default();
        for word in jar.get(LOOK).map(|cookie| cookie.value().to_owned()).unwrap_or_default().split('.') {
            let known = |words: &[(&str, &str)]| !word.is_empty() && words.iter().any(|(name, _)| *name == word);
            if known(&ROWS) {
                word.clone_into(&mut look.rows);
            } else if known(&TEXT) {
                word.clone_into(&mut look.text);
            } else if known(&THEME) {
                word.clone_into(&mut look.theme);
            } else if Numbers::chosen(word).is_some() {
                word.clone_into(&mut look.numbers);
            } else if Days::chosen(word).is_some() {
                word.clone_into(&mut look.days);
            }
        }
        look
    }

    /// As the cookie keeps it.
    pub fn kept(&self) -> String {
        let known = |word: &str, words: &[(&str, &str)]| words.iter().any(|(name, _)| *name == word);
        let chosen = [(&self.rows, ROWS.as_slice()), (&self.text, &TEXT), (&self.theme, &THEME)];
        let words = chosen.into_iter().filter(|(word, words)| !word.is_empty() && known(word, words));
        let numbers = Some(&self.numbers).filter(|word| Numbers::chosen(word).is_some());
        let days = Some(&self.days).filter(|word| Days::chosen(word).is_some());
        words.map(|(word, _)| word).chain(numbers).chain(days).map(String::as_str).collect::<Vec<_>>().join(".")
    }

    /// Whether rows stand far apart.
    pub fn is_roomy(&self) -> bool {
        self.rows == "roomy"
    }

    /// Whether letters are large.
    pub fn is_large(&self) -> bool {
        self.text == "large"
    }

    /// `light` or `dark`, where it is not left to the system.
    pub fn theme(&self) -> Option<&str> {
        Some(self.theme.as_str()).filter(|theme| !theme.is_empty())
    }

    /// The choices of rows.
    pub fn rows(&self) -> Vec<Choice> {
        ROWS.iter().map(|(value, text)| Choice::new(value, text, &self.rows)).collect()
    }

    /// The choices of letters.
    pub fn text(&self) -> Vec<Choice> {
        TEXT.iter().map(|(value, text)| Choice::new(value, text, &self.text)).collect()
    }

    /// The choices of light.
    pub fn themes(&self) -> Vec<Choice> {
        THEME.iter().map(|(value, text)| Choice::new(value, text, &self.theme)).collect()
    }

    /// The choices of numbers.
    pub fn numbers(&self) -> Vec<Choice> {
        let all = KINDS.iter().map(|(value, example, _)| (*value, *example));
        Choice::any(all, &self.numbers, "As my browser says")
    }

    /// The choices of days.
    pub fn days(&self) -> Vec<Choice> {
        let all = days::KINDS.iter().map(|(value, example, _)| (*value, *example));
        Choice::any(all, &self.days, "22 Aug 2026")
    }
}

#[cfg(test)]
mod tests {
    use axum_extra::extract::cookie::Cookie;

    use super::*;

    #[test]
    fn a_look_is_kept_in_known_words_only() {
        let kept = |value: &'static str| Look::of(&CookieJar::new().add(Cookie::new(LOOK, value)));
        for (value, again) in [
            ("", ""),
            ("roomy.dark", "roomy.dark"),
            ("dot.dark", "dark.dot"),
            ("year-first.dot", "dot.year-first"),
            ("dark.large.roomy", "roomy.large.dark"),
            ("light.\"><script>", "light"),
            ("green", ""),
        ] {
            assert_eq!(kept(value).kept(), again, "{value}");
        }
        assert!(kept("roomy").is_roomy() && !kept("roomy").is_large());
        assert_eq!(Look { theme: "\r\nset-cookie".into(), ..Look::default() }.kept(), "");
    }
}
