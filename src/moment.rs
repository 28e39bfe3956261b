//! Moments and days. The only file that may read the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// A moment in UTC, in seconds since 1970: the form in which both databases keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// What "never expires" is stored as (end of the year 9999), so that it sorts last.
    pub const NEVER: Moment = Moment(253_402_300_799);
    /// What a moment that nobody told is stored as, so that it sorts first.
    pub const UNKNOWN: Moment = Moment(0);

    /// Whether this is the stored form of "never".
    pub fn is_never(self) -> bool {
        self >= Moment::NEVER
    }

    /// Whether nobody told this moment.
    pub fn is_unknown(self) -> bool {
        self <= Moment::UNKNOWN
    }

    /// This moment and a number of seconds.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Moment {
        Moment(self.0.saturating_add(seconds))
    }

    /// This moment and a number of days of 24 hours.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Moment {
        self.plus(days.saturating_mul(DAY))
    }

    /// The beginning of its day in UTC.
    #[must_use]
    pub fn midnight(self) -> Moment {
        self.plus(-self.0.rem_euclid(DAY))
    }

    /// The moment as ISO 8601 in UTC, for machines: `2026-08-22T09:14:00Z`.
    pub fn iso(self) -> String {
        self.timestamp().to_string()
    }

    /// The moment in UTC without signs between, for names of files: `20260822T091400Z`.
    pub fn compact(self) -> String {
        self.iso().replace([':', '-'], "")
    }

    /// The calendar day in a time zone: `2026-08-22`.
    pub fn day(self, zone: &TimeZone) -> String {
        self.date(zone).to_string()
    }

    /// The calendar day in a time zone, to be reckoned with.
    pub fn date(self, zone: &TimeZone) -> Date {
        self.timestamp().to_zoned_datetime(zone.clone()).date()
    }

    /// As a form of `strftime` says it, in a time zone.
    pub fn written(self, zone: &TimeZone, form: &str) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime(form).to_string()
    }

    /// The day in a time zone, in words: `22 Aug 2026`.
    pub fn day_words(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%-d %b %Y").to_string()
    }

    /// The time of day in a time zone: `09:14`.
    pub fn clock(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string()
    }

    /// The first moment of a calendar day (`2026-08-22`) in UTC; `None` when it is not such a day.
    pub fn of_day(day: &str) -> Option<Moment> {
        Moment::of_day_in(day, &TimeZone::UTC)
    }

    /// The first moment of a calendar day (`2026-08-22`) in a time zone; `None` when it is not such a day.
    pub fn of_day_in(day: &str, zone: &TimeZone) -> Option<Moment> {
        let date: Date = day.trim().parse().ok()?;
        Some(Moment(date.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_second()))
    }

    /// A calendar day as somebody wrote it, `2026-08-22`, `22.8.2026` or in words, `22 Aug 2026`, in the first of these forms;
    /// `None` when it is none of them. With slashes it would be read in two ways.
    pub fn written_day(text: &str) -> Option<String> {
        let read = |form| Date::strptime(form, text.trim()).ok().filter(|date| date.year() >= 1000);
        let day = DAY_FORMS.iter().find_map(read)?.to_string();
        Moment::of_day(&day).is_some().then_some(day)
    }

    /// A day and minute in a time zone: a day as [`Moment::written_day`] takes it, and `14:05`; or with a T between as browsers
    /// write it. A day alone begins at midnight, and a moment that says its own offset is taken as it is. `None` when it is none
    /// of these.
    pub fn of_minute_in(text: &str, zone: &TimeZone) -> Option<Moment> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Moment(timestamp.as_second()));
        }
        if let Some(day) = Moment::written_day(text) {
            return Moment::of_day_in(&day, zone);
        }
        let (day, clock) = text.rsplit_once([' ', 'T'])?;
        let day: Date = Moment::written_day(day.trim_end_matches(','))?.parse().ok()?;
        let clock = Time::strptime("%H:%M", clock).or_else(|_| clock.parse()).ok()?;
        Some(Moment(day.to_datetime(clock).to_zoned_datetime(zone.clone()).ok()?.timestamp().as_second()))
    }

    /// The day and minute in a time zone as a form takes them: `2026-08-22 14:05`.
    pub fn typed_minute(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Noon in UTC of a calendar day, for what is known by its day only: nearly everywhere it is that day then.
    pub fn noon_of(day: &str) -> Option<Moment> {
        Moment::of_day(day).map(|at| at.plus(DAY / 2))
    }

    /// The day in UTC as a form shows it again; empty for never and for what nobody told.
    pub fn typed_day(self) -> String {
        if self.is_never() || self.is_unknown() { String::new() } else { self.day(&TimeZone::UTC) }
    }

    /// The day in a time zone with its weekday, as a timeline's heading: `Saturday, 22 August 2026`.
    pub fn long_day(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%A, %-d %B %Y").to_string()
    }

    /// A moment written as ISO 8601, with an offset or in UTC; `None` when it is not one.
    pub fn of_iso(text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Moment(timestamp.as_second()));
        }
        let local: jiff::civil::DateTime = text.parse().ok()?;
        Some(Moment(local.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_second()))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX)
    }
}

/// The forms in which a day is typed: by numbers, by points, and in words as the console and others write it.
const DAY_FORMS: [&str; 8] =
    ["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%a %d %b %Y", "%A, %d %B %Y"];

/// How long something takes, by the machine's steady clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
impl Stopwatch {
    /// Begins to measure.
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// Whole milliseconds since the start.
    pub fn ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Where "now" comes from: the machine, or a moment that a test sets.
#[derive(Clone, Debug)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Clock {
        Clock(None)
    }

    /// A clock that stands still at a moment until it is moved.
    pub fn standing(at: Moment) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Moment {
        match &self.0 {
            Some(at) => Moment(at.load(Ordering::SeqCst)),
            None => Moment(Timestamp::now().as_second()),
        }
    }

    /// Moves a standing clock; the machine's clock is left alone.
    pub fn advance(&self, seconds: i64) {
        if let Some(at) = &self.0 {
            at.fetch_add(seconds, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_may_be_written_by_points_or_in_words_and_must_exist() {
        for (text, day) in [
            ("2026-08-22", Some("2026-08-22")),
            (" 22.8.2026 ", Some("2026-08-22")),
            ("02.08.2026", Some("2026-08-02")),
            ("29.2.2024", Some("2024-02-29")),
            ("22 Aug 2026", Some("2026-08-22")),
            ("2 august 2026", Some("2026-08-02")),
            ("Aug 22, 2026", Some("2026-08-22")),
            ("August 2, 2026", Some("2026-08-02")),
            ("Sat 22 Aug 2026", Some("2026-08-22")),
            ("Saturday, 22 August 2026", Some("2026-08-22")),
            ("2026-8-2", Some("2026-08-02")),
            ("Sun 22 Aug 2026", None),
            ("22 Aug", None),
            ("22 Aug 26", None),
            ("August 2026", None),
            ("9999-12-31", None),
            ("31.2.2024", None),
            ("2026-02-30", None),
            ("22.8.26", None),
            ("22.8.2026 14:05", None),
            ("8/22/2026", None),
            ("..2026", None),
            ("1.2.3.2026", None),
            ("", None),
        ] {
            assert_eq!(Moment::written_day(text).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn a_minute_may_begin_with_any_form_of_a_day() {
        let at = Moment::of_iso("2026-08-22T14:05:00Z");
        for text in [
            "2026-08-22 14:05",
            "2026-08-22T14:05",
            "2026-08-22T14:05:00",
            "22.8.2026 14:05",
            "22.08.2026 14:05",
            "22 Aug 2026 14:05",
            "22 Aug 2026, 14:05",
            "Aug 22, 2026 14:05",
            "2026-08-22T16:05+02:00",
        ] {
            assert_eq!(Moment::of_minute_in(text, &TimeZone::UTC), at, "{text}");
        }
        for text in ["22.8.2026 25:00", "31.2.2026 14:05", "8/22/2026 14:05", "14:05", "soon", ""] {
            assert_eq!(Moment::of_minute_in(text, &TimeZone::UTC), None, "{text}");
        }
        assert_eq!(Moment::of_minute_in("22.8.2026", &TimeZone::UTC), Moment::of_day("2026-08-22"));
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(Moment::of_minute_in("22 Aug 2026 9:05", &berlin), Moment::of_iso("2026-08-22T07:05:00Z"));
    }

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(Moment::of_iso("2026-08-22T14:05:00Z").map(Moment::midnight), Moment::of_day("2026-08-22"));
        assert_eq!(Moment(-1).midnight(), Moment(-DAY));
    }
}
