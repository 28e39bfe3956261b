//! What is wrong with an input, field by field, each in one sentence that says what to do.

use std::borrow::Cow;

use crate::moment::Moment;

/// What is said of a day that is none.
pub const DAY: &str = "Write a day that exists, like 2026-08-22 or 22 Aug 2026.";

/// The name of a field.
pub type Field = Cow<'static, str>;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field it is wrong with; empty: the whole input.
    pub field: Field,
    /// The sentence.
    pub says: String,
}

/// The problems of an input. Empty: nothing is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Nothing wrong yet.
    pub fn none() -> Problems {
        Problems::default()
    }

    /// One problem, for a rule that refuses outright.
    pub fn of(field: impl Into<Field>, sentence: impl Into<String>) -> Problems {
        let mut problems = Problems::none();
        problems.add(field, sentence);
        problems
    }

    /// Notes what is wrong with a field (`""`: with the whole form).
    pub fn add(&mut self, field: impl Into<Field>, sentence: impl Into<String>) {
        self.0.push(Problem { field: field.into(), says: sentence.into() });
    }

    /// What was typed into one line, without blanks around it; too much of it, or characters that nobody can see, is a
    /// problem. `what`: the field's label.
    pub fn line(&mut self, field: impl Into<Field>, what: &str, typed: &str, most: usize) -> String {
        let text = typed.trim();
        if text.chars().count() > most {
            self.add(field, format!("{what} may have at most {most} characters."));
        } else if text.chars().any(char::is_control) {
            self.add(field, format!("{what} holds characters that cannot be shown. Type it again."));
        }
        text.to_owned()
    }

    /// The same for text of several lines.
    pub fn lines(&mut self, field: impl Into<Field>, what: &str, typed: &str, most: usize) -> String {
        let text = typed.replace("\r\n", "\n");
        let shown = text.replace(['\n', '\t'], " ");
        self.line(field, what, &shown, most);
        text.trim().to_owned()
    }

    /// A day like `2026-08-22`; nothing where nothing was typed, and what was typed where that is no day, which is refused.
    pub fn day(&mut self, field: impl Into<Field>, typed: &str) -> Option<String> {
        let typed = typed.trim();
        let day = Moment::written_day(typed);
        if !typed.is_empty() && day.is_none() {
            self.add(field, DAY);
        }
        day.or_else(|| Some(typed.to_owned()).filter(|typed| !typed.is_empty()))
    }

    /// The same of something that has happened: a day that is still to come is refused. Somewhere it is tomorrow already.
    pub fn past_day(&mut self, field: &'static str, typed: &str, now: Moment) -> Option<String> {
        let day = self.day(field, typed);
        if day.as_deref().and_then(Moment::of_day).is_some_and(|at| at > now.plus_days(1)) {
            self.add(field, "This day is still to come. Write the day on which it was.");
        }
        day
    }

    /// An e-mail address; nothing where nothing was typed. Only what no address can have is refused.
    pub fn email(&mut self, field: &'static str, typed: &str) -> String {
        let address = self.line(field, "The e-mail address", typed, 255);
        let strange = |letter: char| letter.is_whitespace() || ",;<>()\"".contains(letter);
        let parts =
            address.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        if !address.is_empty() && (parts.is_none() || address.contains(strange)) {
            self.add(field, "Write one e-mail address, like ada@example.com, or leave it empty.");
        }
        address
    }

    /// A whole number within bounds; nothing where nothing was typed. `says`: what to type instead.
    pub fn number(
        &mut self,
        field: impl Into<Field>,
        typed: &str,
        bounds: std::ops::RangeInclusive<i64>,
        says: &str,
    ) -> Option<i64> {
        let typed = typed.trim();
        let number = whole(typed).filter(|number| bounds.contains(number));
        if number.is_none() && !typed.is_empty() {
            self.add(field, says);
        }
        number
    }

    /// The same problems, those of one field under another name: on a page where several forms have a field of that name.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &'static str) -> Problems {
        for problem in self.0.iter_mut().filter(|problem| problem.field == from) {
            problem.field = to.into();
        }
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things are wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every problem, in the order found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// What is wrong with a field, if anything.
    pub fn of_field(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.says.as_str())
    }

    /// The value when nothing is wrong, else the problems.
    pub fn or<T>(self, value: T) -> Result<T, Problems> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sentences: Vec<&str> = self.0.iter().map(|problem| problem.says.as_str()).collect();
        f.write_str(&sentences.join(" "))
    }
}

/// A whole number, also with its thousands parted as people write them: `1,000`, `1 000`, `1’000`. Not by a point: programs send fractions with it.
pub fn whole(typed: &str) -> Option<i64> {
    let marks = [',', '\'', '’', ' ', '\u{a0}', '\u{202f}'];
    let mut parts = typed.split(marks);
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let is_parted = rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|part| part.len() == 3));
    let mark = typed.chars().find(|letter| marks.contains(letter));
    let is_one = mark.is_none_or(|mark| typed.matches(mark).count() == rest.len());
    (is_parted && is_one).then(|| format!("{first}{}", rest.concat()).parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_have_its_thousands_parted() {
        for (typed, number) in [
            ("1000", Some(1_000)),
            ("1,000", Some(1_000)),
            ("1.000", None),
            ("12 345 678", Some(12_345_678)),
            ("1’000", Some(1_000)),
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("1.5", None),
            ("1,00", None),
            ("1,0000", None),
            ("1000,000", None),
            ("1,000.000", None),
            (",100", None),
            ("1,+23", None),
            ("", None),
        ] {
            assert_eq!(whole(typed), number, "{typed}");
        }
    }
}
