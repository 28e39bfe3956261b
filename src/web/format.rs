//! How moments and numbers are written for a reader.

use std::borrow::Borrow;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::look::{days_of_reader, numbers_of_reader};
use crate::moment::{DAY, Moment};

/// The reader's time zone, and the moment the page was made.
#[derive(Clone, Debug)]
pub struct Format {
    /// The zone that moments are shown in.
    pub zone: TimeZone,
    /// The present moment.
    pub now: Moment,
}

impl Format {
    /// A moment, to be written so.
    pub fn when(&self, at: Moment) -> When<'_> {
        When { at, format: self }
    }
}

/// A moment, to be written for a reader.
#[derive(Clone, Copy, Debug)]
pub struct When<'a> {
    at: Moment,
    format: &'a Format,
}

impl When<'_> {
    /// For machines: `2026-08-22T09:14:00Z`.
    pub fn iso(&self) -> String {
        self.at.iso()
    }

    /// Whether it is a moment that comes or came: neither "Never" nor "not known".
    pub fn is_a_day(&self) -> bool {
        self.word().is_none()
    }

    /// Day, minute and zone: `22 Aug 2026, 09:14 UTC`; "Never" and "not known" as such.
    pub fn exact(&self) -> String {
        let form = || format!("{}, %H:%M %Z", days_of_reader().day);
        self.word().map_or_else(|| self.at.written(&self.format.zone, &form()), str::to_owned)
    }

    /// The day: `22 Aug 2026`; "Never" and "not known" as such.
    pub fn day(&self) -> String {
        self.word().map_or_else(|| self.at.written(&self.format.zone, days_of_reader().day), str::to_owned)
    }

    /// The time of day: `09:14`.
    pub fn clock(&self) -> String {
        self.at.clock(&self.format.zone)
    }

    /// Near moments in words ("in 12 days", "3 hours ago"); the day for those more than 90 days away.
    pub fn near(&self) -> String {
        let away = self.at.0 - self.format.now.0;
        if self.word().is_some() || away.abs() > 90 * DAY {
            return self.day();
        }
        let (amount, unit) = match away.abs() {
            0..45 => return "just now".to_owned(),
            seconds @ 45..2_700 => ((seconds + 30) / 60, "minute"),
            seconds @ 2_700..DAY => ((seconds + 1_800) / 3_600, "hour"),
            seconds => (seconds / DAY, "day"),
        };
        let many = if amount == 1 { "" } else { "s" };
        if away > 0 { format!("in {amount} {unit}{many}") } else { format!("{amount} {unit}{many} ago") }
    }

    /// Whether it is less than 90 days away, so that [`When::near`] says more than the day.
    pub fn is_near(&self) -> bool {
        self.word().is_none() && (self.at.0 - self.format.now.0).abs() <= 90 * DAY
    }

    /// Whether it is at most 14 days ahead.
    pub fn is_soon(&self) -> bool {
        let away = self.at.0 - self.format.now.0;
        self.word().is_none() && (0..=14 * DAY).contains(&away)
    }

    /// Whether it has passed.
    pub fn is_past(&self) -> bool {
        self.at <= self.format.now
    }

    fn word(&self) -> Option<&'static str> {
        match self.at {
            at if at.is_never() => Some("Never"),
            at if at.is_unknown() => Some("not known"),
            _ => None,
        }
    }
}

/// A whole number with its thousands parted as its reader writes them: `1,000,000`.
pub fn number(n: impl Borrow<i64>) -> String {
    let n = *n.borrow();
    let digits = n.unsigned_abs().to_string();
    let thousands = numbers_of_reader().thousands;
    let mut text = String::with_capacity(digits.len() * 2);
    if n < 0 {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    text
}

/// A number to a tenth, as its reader writes it: `1.4`.
pub fn tenth(n: f64) -> String {
    format!("{n:.1}").replace('.', numbers_of_reader().point.encode_utf8(&mut [0; 4]))
}

/// A capped count: `1,000+` where it reached the cap.
pub fn capped(n: i64, cap: i64) -> String {
    if n >= cap { format!("{}+", number(cap - 1)) } else { number(n) }
}

/// A calendar day: `14 Aug 2026`.
pub fn day_words(day: impl Borrow<Date>) -> String {
    day.borrow().strftime(days_of_reader().day).to_string()
}

/// A calendar day as it is stored, `2026-08-14`, in words; anything else as it is.
pub fn written_day(day: impl AsRef<str>) -> String {
    day.as_ref().parse::<Date>().map_or_else(|_| day.as_ref().to_owned(), day_words)
}

/// A calendar day with its weekday, as deadlines say it: `Fri 14 Aug 2026`.
pub fn weekday_words(day: impl Borrow<Date>) -> String {
    day.borrow().strftime(days_of_reader().with_weekday).to_string()
}

/// How far off a day is: `in 12 days`, `today`, `8 days ago`.
pub fn away(today: impl Borrow<Date>, day: impl Borrow<Date>) -> String {
    match today.borrow().until(*day.borrow()).map_or(0, |span| i64::from(span.get_days())) {
        0 => "today".to_owned(),
        days @ 1.. => format!("in {}", counted(days, "day")),
        days => format!("{} ago", counted(-days, "day")),
    }
}

/// The first days of the months between two days, for an axis.
pub fn months(first: Date, last: Date) -> impl Iterator<Item = Date> {
    let next = |day: &Date| day.first_of_month().checked_add(1.month()).ok();
    std::iter::successors(next(&first), next).take_while(move |day| *day <= last)
}

/// A count with its noun: `1 client`, `2,000 clients`.
pub fn counted(n: impl Borrow<i64>, noun: &str) -> String {
    let n = *n.borrow();
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parted_by_thousands() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "−1,000")] {
            assert_eq!(number(n), text);
        }
        assert_eq!(capped(1_001, 1_001), "1,000+");
    }

    #[test]
    fn near_moments_are_said_in_words_and_far_ones_are_not() {
        let format = Format { zone: TimeZone::UTC, now: Moment(1_000_000_000) };
        let when = |at| When { at, format: &format };
        for (seconds, words) in
            [(12 * DAY, "in 12 days"), (-3_600, "1 hour ago"), (30, "just now"), (-200 * DAY, "21 Feb 2001")]
        {
            assert_eq!(when(Moment(1_000_000_000 + seconds)).near(), words);
        }
        assert_eq!(when(Moment::NEVER).exact(), "Never");
        assert_eq!(when(Moment(1_787_389_200)).day(), "22 Aug 2026");
        assert!(when(Moment(999_999_999)).is_past());
    }
}
