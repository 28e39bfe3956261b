//! How a reader writes days: as they chose for their browser. Where nobody chose, the month stands as a word, which no reader
//! takes for a day.

/// The forms of a day, as `strftime` takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// A day.
    pub day: &'static str,
    /// A day with its weekday, as deadlines say it.
    pub with_weekday: &'static str,
}

/// `22 Aug 2026`; also what stands in files.
pub const MONTH_AS_WORD: Days = Days { day: "%-d %b %Y", with_weekday: "%a %-d %b %Y" };

/// What can be chosen beside it: the word that a browser keeps, an example, and the forms.
pub const KINDS: [(&str, &str, Days); 2] = [
    ("month-first", "Aug 22, 2026", Days { day: "%b %-d, %Y", with_weekday: "%a, %b %-d, %Y" }),
    ("year-first", "2026-08-22", Days { day: "%Y-%m-%d", with_weekday: "%a %Y-%m-%d" }),
];

impl Days {
    /// As somebody chose by a word.
    pub fn chosen(word: &str) -> Option<Days> {
        KINDS.iter().find(|(kind, ..)| *kind == word).map(|(.., days)| *days)
    }
}
