//! Cells: the values of one row by their meaning, and everything that is wrong with them.

use super::Field;
use super::dates::{Calendar, Trouble, Written, means_never};
use super::order::DateOrder;
use super::row::Row;
use crate::web::export::mark::unmarked;
use std::collections::BTreeMap;

/// The most characters a name may have.
const LONGEST_NAME: usize = 256;
/// 1 January 2101, 00:00 UTC: nothing was issued after it.
const ISSUED_BEFORE: i64 = 4_133_980_800;
/// The largest number WMI writes, which stands for unlimited.
const LARGEST: i64 = 4_294_967_295;

/// A row whose values are asked for by field; what is wrong with them gathers in `problems`.
pub(super) struct Cells<'r> {
    pub(super) row: &'r Row<'r>,
    pub(super) columns: &'r BTreeMap<Field, usize>,
    pub(super) calendar: &'r Calendar,
    pub(super) problems: Vec<String>,
}

impl Cells<'_> {
    /// The text as it stands there, without the mark that a download of ours put before it; empty when the file has no such column.
    pub(super) fn raw(&self, field: Field) -> &str {
        self.columns.get(&field).map_or("", |column| unmarked(self.row.cell(*column)))
    }

    /// A name or other short text.
    pub(super) fn text(&mut self, field: Field) -> String {
        let text = self.raw(field).to_owned();
        if text.len() > LONGEST_NAME && text.chars().count() > LONGEST_NAME {
            self.problem(field, &format!("is longer than {LONGEST_NAME} characters; shorten it in the file"));
        } else if text.chars().any(char::is_control) {
            self.problem(
                field,
                &format!(
                    "“{}” has a line break or another control character in it; remove it in the file",
                    shown(&text)
                ),
            );
        } else if text.contains(char::REPLACEMENT_CHARACTER) {
            self.problem(
                field,
                &format!("“{}” has characters that could not be read; export the file again as UTF-8", shown(&text)),
            );
        }
        text
    }

    /// A whole number of WMI's range; none when it is empty.
    pub(super) fn number(&mut self, field: Field) -> Option<i64> {
        let text = self.raw(field);
        if text.is_empty() {
            return None;
        }
        let number = whole(text);
        let what = match number {
            Some(number) if (0..=LARGEST).contains(&number) => return Some(number),
            Some(_) => "is out of range: it must be from 0 to 4294967295",
            None if digits_and_signs(text) => "is no plain whole number: write it with digits only",
            None => "is no whole number: correct it in the file",
        };
        let sentence = format!("“{}” {what}", shown(text));
        self.problem(field, &sentence);
        None
    }

    /// A number the row cannot do without; 0 with a problem when it is empty.
    pub(super) fn required_number(&mut self, field: Field) -> i64 {
        if self.raw(field).is_empty() {
            self.problem(field, "is empty: export the file again as an administrator, who alone sees all values");
            return 0;
        }
        self.number(field).unwrap_or_default()
    }

    /// How many licenses; none when it is empty or unlimited, which is −1 or 4294967295.
    pub(super) fn count(&mut self, field: Field) -> Option<i64> {
        if whole(self.raw(field)) == Some(-1) {
            return None;
        }
        self.number(field).filter(|count| *count != LARGEST)
    }

    /// When the license was issued, in seconds since 1970; none when the file does not say it.
    pub(super) fn issued_at(&mut self) -> Option<i64> {
        let field = Field::IssuedAt;
        let written = self.written(field)?;
        if written.is_long_ago() {
            return None;
        }
        let moment = self.moment(field, written)?;
        if moment >= ISSUED_BEFORE {
            let sentence = format!("“{}” lies far in the future: correct the date", shown(self.raw(field)));
            self.problem(field, &sentence);
            return None;
        }
        Some(moment)
    }

    /// When it expires, in seconds since 1970; none when it never does.
    pub(super) fn expires_at(&mut self) -> Option<i64> {
        let field = Field::ExpiresAt;
        let written = self.written(field)?;
        if written.is_never() {
            return None;
        }
        self.moment(field, written).filter(|moment| !means_never(*moment))
    }

    /// Notes a problem with a field; `what` goes on after its name and has no full stop.
    pub(super) fn problem(&mut self, field: Field, what: &str) {
        self.problems.push(format!("{} {what}.", field.label()));
    }

    fn written(&mut self, field: Field) -> Option<Written> {
        let text = self.raw(field);
        if text.is_empty() || text == "0" || matches!(text.to_ascii_lowercase().as_str(), "never" | "nie") {
            return None;
        }
        let written = Written::parse(text);
        if written.is_none() {
            let sentence = format!("“{}” is no date that can be read: write it as 2024-03-05 09:14", shown(text));
            self.problem(field, &sentence);
        }
        written
    }

    fn moment(&mut self, field: Field, written: Written) -> Option<i64> {
        let trouble = match written.seconds(self.calendar) {
            Ok(moment) => return Some(moment),
            Err(trouble) => trouble,
        };
        let what = match trouble {
            Trouble::Impossible => "is no day of the calendar: correct it in the file",
            Trouble::Open => "can be read day first or month first: choose the date order of the file",
            Trouble::Against(DateOrder::DayFirst) => {
                "cannot be read day first: choose month first or correct it in the file"
            }
            Trouble::Against(DateOrder::MonthFirst) => {
                "cannot be read month first: choose day first or correct it in the file"
            }
        };
        let sentence = format!("“{}” {what}", shown(self.raw(field)));
        self.problem(field, &sentence);
        None
    }
}

/// A whole number, written with an ordinary or a typographic minus.
fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than an i64 has are out of range all the same.
    let number = digits.parse::<i64>().unwrap_or(i64::MAX);
    Some(if negative { -number } else { number })
}

fn digits_and_signs(text: &str) -> bool {
    text.chars()
        .all(|sign| sign.is_ascii_digit() || sign.is_whitespace() || matches!(sign, '.' | ',' | '\'' | '’' | '-' | '+'))
}

/// The start of a text, fit to stand in a sentence.
pub(super) fn shown(text: &str) -> String {
    let mut start: String = text.chars().take(40).map(|sign| if sign.is_control() { '␣' } else { sign }).collect();
    if text.chars().nth(40).is_some() {
        start.push('…');
    }
    start
}
