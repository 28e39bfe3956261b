//! The last safe day to call: before the destination's temporary license ends, there must be time to install the
//! reissued licenses, and for every computer to connect again.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendars::calendar::Calendar;
use crate::moment::Moment;

/// For how many days a temporary license lasts (Microsoft, “Terminal Server Licensing”).
pub const TEMPORARY_DAYS: i64 = 90;

/// How much time is kept free before a temporary license ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Days within which every computer surely connects again.
    pub reconnect_days: i32,
    /// Working days from the call to the installed key pack.
    pub lead_days: u32,
}

/// When a temporary license ends: as its server says, else 90 days after its issue.
pub fn ends_at(issued_at: Moment, expires_at: Moment) -> Moment {
    if expires_at.is_unknown() || expires_at.is_never() { issued_at.plus_days(TEMPORARY_DAYS) } else { expires_at }
}

/// The last day on which a call still helps: the day on which the temporary license ends where the people are, less the
/// days to connect again, less the working days to install, on a working day.
pub fn last_safe_day(ends_at: Moment, zone: &TimeZone, reserve: Reserve, calendar: &Calendar) -> Date {
    let ends = ends_at.date(zone);
    let connected = ends.checked_sub(reserve.reconnect_days.days()).unwrap_or(ends);
    calendar.working_days_before(calendar.back_to_work(connected), reserve.lead_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVE: Reserve = Reserve { reconnect_days: 14, lead_days: 2 };

    fn last(ends: &str, zone: &str, holidays: &[&str]) -> String {
        let calendar = Calendar(holidays.iter().map(|day| day.parse().unwrap()).collect());
        let ends = Moment::of_iso(ends).unwrap();
        last_safe_day(ends, &TimeZone::get(zone).unwrap(), RESERVE, &calendar).to_string()
    }

    #[test]
    fn the_last_safe_day_leaves_time_to_connect_and_to_install() {
        for (ends, zone, holidays, day) in [
            // A Tuesday, 14 days before is a Tuesday, two working days before that a Friday.
            ("2026-08-25T12:00:00Z", "UTC", &[] as &[&str], "2026-08-07"),
            // 14 days before is a Sunday: back to Friday, then two working days.
            ("2026-08-23T12:00:00Z", "UTC", &[], "2026-08-05"),
            // A holiday on the way is no working day, and neither is one on the day itself.
            ("2026-08-25T12:00:00Z", "UTC", &["2026-08-10"], "2026-08-06"),
            ("2026-08-25T12:00:00Z", "UTC", &["2026-08-07"], "2026-08-06"),
            // Both sides of midnight: the day is that of the people's zone.
            ("2026-08-25T23:30:00Z", "Europe/Berlin", &[], "2026-08-10"),
            ("2026-08-25T23:30:00Z", "America/New_York", &[], "2026-08-07"),
            ("2026-08-25T00:30:00Z", "America/New_York", &[], "2026-08-06"),
            // Over the end of daylight saving (25 October 2026) and over a leap day.
            ("2026-11-03T22:30:00Z", "Europe/Berlin", &[], "2026-10-16"),
            ("2028-03-14T12:00:00Z", "UTC", &[], "2028-02-25"),
            // Over the start of daylight saving (28 March 2027): by the winter's clock it would end a day earlier.
            ("2027-04-06T22:30:00Z", "Europe/Berlin", &[], "2027-03-22"),
            // Far to the east it is the next day already, far to the west still the day before.
            ("2026-08-25T13:00:00Z", "Pacific/Auckland", &[], "2026-08-10"),
            ("2026-08-25T09:00:00Z", "Pacific/Honolulu", &[], "2026-08-06"),
        ] {
            assert_eq!(last(ends, zone, holidays), day, "{ends} {zone} {holidays:?}");
        }
    }

    #[test]
    fn a_temporary_license_ends_as_its_server_says_else_after_ninety_days() {
        let issued = Moment::of_day("2026-05-01").unwrap();
        assert_eq!(ends_at(issued, Moment::UNKNOWN), Moment::of_day("2026-07-30").unwrap());
        assert_eq!(ends_at(issued, Moment::NEVER), Moment::of_day("2026-07-30").unwrap());
        let told = Moment::of_day("2026-07-29").unwrap();
        assert_eq!(ends_at(issued, told), told);
        // The 90th day is a leap day, and the hour stays whatever clocks do meanwhile.
        let late = Moment::of_iso("2027-12-01T23:59:59Z").unwrap();
        assert_eq!(ends_at(late, Moment::UNKNOWN), Moment::of_iso("2028-02-29T23:59:59Z").unwrap());
    }
}
