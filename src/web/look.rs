//! How a browser shows the console: how close the rows stand, how large the letters are, light or dark. The browser keeps it,
//! for it belongs to a screen and not to a person.

use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::parts::Choice;

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
            }
        }
        look
    }

    /// As the cookie keeps it.
    pub fn kept(&self) -> String {
        let known = |word: &str, words: &[(&str, &str)]| words.iter().any(|(name, _)| *name == word);
        let chosen = [(&self.rows, ROWS.as_slice()), (&self.text, &TEXT), (&self.theme, &THEME)];
        let words = chosen.into_iter().filter(|(word, words)| !word.is_empty() && known(word, words));
        words.map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(".")
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
