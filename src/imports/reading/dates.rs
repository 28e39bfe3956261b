//! Dates: the many ways license servers and PowerShell write a moment.

use super::DateOrder;
use super::date_words::Words;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// 31 December 2035, 00:00 UTC: from here on an expiry means never.
const NEVER_FROM: i64 = 2_082_672_000;
/// 1 January 1971, 00:00 UTC: before it an expiry means never.
const NEVER_BEFORE: i64 = 31_536_000;

/// A moment as a file writes it, before its date order and its time zone are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) day: Day,
    /// Seconds since midnight.
    pub(super) second: u32,
    /// Seconds east of UTC, when the file says so.
    pub(super) offset: Option<i32>,
}

/// The day part of a written moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Seconds since 1970 in UTC: the whole moment.
    Unix(i64),
    /// A date whose parts are certain.
    Certain { year: i16, month: i8, day: i8 },
    /// Two numbers and a year: which of the two is the month depends on the file.
    Turned { first: i8, second: i8, year: i16 },
}

/// What one date says about the order of all dates in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    NotNeeded,
    Of(DateOrder),
    Open,
}

/// Why a written moment cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such day.
    Impossible,
    /// It can be read in two ways.
    Open,
    /// It contradicts the order that counts for the file.
    Against(DateOrder),
}

/// What is needed to turn written dates into moments.
pub(super) struct Calendar {
    /// Day first or month first, once that is known.
    pub(super) order: Option<DateOrder>,
    /// The zone of dates that name none.
    pub(super) zone: TimeZone,
}

impl Written {
    /// Reads any of the accepted forms; none when the text is no date.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 64 {
            return None;
        }
        if text.is_ascii() {
            return Words::new(text).moment();
        }
        // Newer Windows writes a narrow blank before AM and PM; some tools add direction marks.
        let marks = |sign: char| matches!(sign, '\u{200e}' | '\u{200f}');
        let plain = text.chars().filter(|sign| !marks(*sign)).map(|sign| if sign.is_whitespace() { ' ' } else { sign });
        Words::new(&plain.collect::<String>()).moment()
    }

    pub(super) fn proof(self) -> Proof {
        match self.day {
            Day::Unix(_) | Day::Certain { .. } => Proof::NotNeeded,
            Day::Turned { first, second, year } => match (valid(year, second, first), valid(year, first, second)) {
                (true, true) if first != second => Proof::Open,
                (true, false) => Proof::Of(DateOrder::DayFirst),
                (false, true) => Proof::Of(DateOrder::MonthFirst),
                _ => Proof::NotNeeded,
            },
        }
    }

    /// Whether an expiry so written means never, in whatever order it is read.
    pub(super) fn is_never(self) -> bool {
        let far = |year: i16, month: i8, day: i8| {
            valid(year, month, day) && (year >= 2036 || (year == 2035 && month == 12 && day == 31))
        };
        match self.day {
            _ if self.is_long_ago() => true,
            Day::Unix(seconds) => means_never(seconds),
            Day::Certain { year, month, day } => far(year, month, day),
            Day::Turned { first, second, year } => far(year, first, second) || far(year, second, first),
        }
    }

    /// Whether it is one of the dates Windows writes for a moment that was never set.
    pub(super) fn is_long_ago(self) -> bool {
        match self.day {
            Day::Unix(seconds) => seconds < NEVER_BEFORE,
            Day::Certain { year, .. } | Day::Turned { year, .. } => year <= 1970,
        }
    }

    /// Seconds since 1970 in UTC.
    pub(super) fn seconds(self, calendar: &Calendar) -> Result<i64, Trouble> {
        let (year, month, day) = match self.day {
            Day::Unix(seconds) => return Ok(seconds),
            Day::Certain { year, month, day } => (year, month, day),
            Day::Turned { first, second, year } => match self.order(calendar)? {
                DateOrder::DayFirst => (year, second, first),
                DateOrder::MonthFirst => (year, first, second),
            },
        };
        let date = Date::new(year, month, day).map_err(|_| Trouble::Impossible)?;
        let midnight = date.at(0, 0, 0, 0);
        let second = i64::from(self.second);
        if let Some(offset) = self.offset {
            let midnight = Offset::UTC.to_timestamp(midnight).map_err(|_| Trouble::Impossible)?;
            return Ok(midnight.as_second() + second - i64::from(offset));
        }
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        let parts = (i8::try_from(hour), i8::try_from(minute), i8::try_from(second));
        let (Ok(hour), Ok(minute), Ok(second)) = parts else {
            return Err(Trouble::Impossible);
        };
        let moment = calendar.zone.to_timestamp(date.at(hour, minute, second, 0));
        Ok(moment.map_err(|_| Trouble::Impossible)?.as_second())
    }

    fn order(self, calendar: &Calendar) -> Result<DateOrder, Trouble> {
        match (self.proof(), calendar.order) {
            (Proof::Of(proven), Some(order)) if proven != order => Err(Trouble::Against(order)),
            (Proof::Of(order), _) | (Proof::Open, Some(order)) => Ok(order),
            (Proof::Open, None) => Err(Trouble::Open),
            // Both numbers are the same, or no day at all.
            (Proof::NotNeeded, _) => Ok(DateOrder::DayFirst),
        }
    }
}

/// Whether an expiry at this moment means never.
pub(super) fn means_never(seconds: i64) -> bool {
    !(NEVER_BEFORE..NEVER_FROM).contains(&seconds)
}

fn valid(year: i16, month: i8, day: i8) -> bool {
    Date::new(year, month, day).is_ok()
}
