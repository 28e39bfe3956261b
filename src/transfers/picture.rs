//! The queue as a picture: each temporary license a bar from its issue to its end, with the last safe day on it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::queue::{Group, Row};
use crate::web::format::months;

/// One bar of the picture; places in units of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The name beside it.
    pub name: String,
    /// Its upper edge.
    pub y: i64,
    /// Its left edge.
    pub x: i64,
    /// Its width.
    pub width: i64,
    /// The last safe day.
    pub call_by: i64,
    /// Whether that day has passed.
    pub is_late: bool,
}

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands.
    pub x: i64,
    /// What it says: `Sep 2026`.
    pub text: String,
}

/// The picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The bars, the most urgent first.
    pub bars: Vec<Bar>,
    /// The first days of months.
    pub months: Vec<Mark>,
    /// Today.
    pub today: i64,
    /// The drawing's height.
    pub height: i64,
}

/// The drawing's width, and where its bars begin.
pub const WIDTH: i64 = 900;
const LEFT: i64 = 130;
const STEP: i64 = 22;
/// The most bars that are drawn; the table below has them all.
const MOST: usize = 40;

impl Picture {
    /// The picture of what has a temporary license; nothing where nothing has.
    pub fn of(groups: &[Group], today: Date, zone: &TimeZone) -> Option<Picture> {
        let mut rows: Vec<(&Row, Date, Date, Date)> = groups
            .iter()
            .flat_map(|group| &group.rows)
            .filter_map(|row| Some((row, row.issued_at?.date(zone), row.ends_at?.date(zone), row.call_by?)))
            .collect();
        rows.sort_by_key(|(row, _, _, call_by)| (*call_by, row.transfer.id.0));
        rows.truncate(MOST);
        let first = rows.iter().map(|(_, issued, ..)| *issued).min()?.min(today);
        let last = rows.iter().map(|(_, _, ends, _)| *ends).max()?.max(today);
        let days = |from: Date, to: Date| from.until(to).map_or(0, |span| i64::from(span.get_days()));
        let whole = days(first, last).max(1);
        let place = |day: Date| LEFT + days(first, day) * (WIDTH - LEFT - 10) / whole;
        let bars = rows.iter().zip(0_i64..).map(|((row, issued, ends, call_by), n)| Bar {
            name: row.transfer.destination.chars().take(16).collect(),
            y: 28 + n * STEP,
            x: place(*issued),
            width: (place(*ends) - place(*issued)).max(2),
            call_by: place(*call_by),
            is_late: row.is_late,
        });
        let bars: Vec<Bar> = bars.collect();
        let height = 28 + i64::try_from(bars.len()).unwrap_or(0) * STEP + 6;
        Some(Picture {
            months: months(first, last).take(24).map(|day| mark(day, place(day))).collect(),
            today: place(today),
            bars,
            height,
        })
    }
}

fn mark(day: Date, x: i64) -> Mark {
    Mark { x, text: day.strftime("%b %Y").to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_the_first_days_of_months_between_its_ends() {
        let days: Vec<String> =
            months("2026-11-20".parse().unwrap(), "2027-02-01".parse().unwrap()).map(|day| mark(day, 0).text).collect();
        assert_eq!(days, ["Dec 2026", "Jan 2027", "Feb 2027"]);
        assert_eq!(Picture::of(&[], "2026-11-20".parse().unwrap(), &TimeZone::UTC), None);
    }
}
