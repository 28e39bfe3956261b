//! Charts: one idea each, labeled directly, drawn by the server. Places are in units of the drawing; behind each stands a
//! table that says the same.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::moment::Moment;
use crate::web::format::{self, number};

/// A drawing's width and height.
pub const WIDTH: i64 = 340;
/// Its height.
pub const HEIGHT: i64 = 190;
const TOP: i64 = 14;
const BOTTOM: i64 = 166;
const LEFT: i64 = 8;
/// Lines end here, so that their names have room.
const RIGHT: i64 = 262;
/// The most lines that one drawing takes.
const MOST_LINES: usize = 4;
/// The least distance between two names at the ends of lines.
const APART: i64 = 13;

/// A text on an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands.
    pub x: i64,
    /// What it says.
    pub text: String,
}

/// One bar, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it counts: `7 Sep`, `Sep 2026`.
    pub name: String,
    /// How many.
    pub value: i64,
    /// Its left edge.
    pub x: i64,
    /// Its upper edge.
    pub y: i64,
    /// Its width.
    pub width: i64,
    /// Its height.
    pub height: i64,
    /// Whether its name stands under it: every one where there is room, else every second or third.
    pub is_named: bool,
}

impl Bar {
    /// Its middle.
    pub fn middle(&self) -> i64 {
        self.x + self.width / 2
    }

    /// The value with its thousands parted.
    pub fn said(&self) -> String {
        number(self.value)
    }
}

/// Bars beside each other; nothing where all of them are none.
pub fn bars(values: Vec<(String, i64)>) -> Option<Vec<Bar>> {
    let most = values.iter().map(|(_, value)| *value).max().filter(|most| *most > 0)?;
    let count = i64::try_from(values.len()).unwrap_or(1);
    let step = (WIDTH - 2 * LEFT) / count;
    let every = (count + 5) / 6;
    let bar = |((name, value), n): ((String, i64), i64)| {
        let height = ((BOTTOM - TOP) * value / most).max(i64::from(value > 0));
        Bar {
            x: LEFT + n * step + 2,
            y: BOTTOM - height,
            width: step - 4,
            height,
            is_named: n % every == 0,
            name,
            value,
        }
    };
    Some(values.into_iter().zip(0..).map(bar).collect())
}

/// One line, with its name at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it counts.
    pub name: String,
    /// The last value.
    pub last: i64,
    /// Its points, as SVG writes them: in steps, since nothing is known between two imports.
    pub points: String,
    /// The height of its name.
    pub name_y: i64,
    /// The first line is 1: each has a stroke of its own besides its color.
    pub place: usize,
    /// Its values, for the table, the newest first.
    pub values: Vec<Value>,
}

/// How many at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// When.
    pub at: Moment,
    /// How many.
    pub value: i64,
}

impl Value {
    /// The value with its thousands parted.
    pub fn said(&self) -> String {
        number(self.value)
    }
}

impl Line {
    /// The last value with its thousands parted.
    pub fn said(&self) -> String {
        number(self.last)
    }

    /// The year in the name of a version: `2008`.
    pub fn short(&self) -> &str {
        self.name.split(' ').find(|word| word.starts_with("20")).unwrap_or(&self.name)
    }
}

/// Lines over a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The lines, those with most in use first.
    pub lines: Vec<Line>,
    /// The first days of some months.
    pub months: Vec<Mark>,
    /// The value at the top.
    pub most: i64,
}

impl Lines {
    /// The lines of the versions that are used most; nothing where none of them has two counts.
    pub fn of(series: &[(String, Vec<(Moment, i64)>)], now: Moment, zone: &TimeZone) -> Option<Lines> {
        let mut series: Vec<_> = series.iter().filter(|(_, values)| values.len() > 1).collect();
        series.sort_by_key(|(_, values)| std::cmp::Reverse(values.last().map_or(0, |(_, value)| *value)));
        series.truncate(MOST_LINES);
        let first = series.iter().filter_map(|(_, values)| values.first()).map(|(at, _)| *at).min()?;
        let most = series.iter().flat_map(|(_, values)| values).map(|(_, value)| *value).max()?.max(1);
        let x = |at: Moment| LEFT + (at.0 - first.0) * (RIGHT - LEFT) / (now.0 - first.0).max(1);
        let y = |value: i64| BOTTOM - (BOTTOM - TOP) * value / most;
        let lines =
            series.into_iter().zip(1..).map(|((name, values), place)| line(name, values, place, (&x, &y))).collect();
        Some(Lines { lines: apart(lines), months: months(first.date(zone), now.date(zone), &x, zone), most })
    }

    /// The value at the top, with its thousands parted.
    pub fn top(&self) -> String {
        number(self.most)
    }
}

fn line(
    name: &str,
    values: &[(Moment, i64)],
    place: usize,
    (x, y): (&impl Fn(Moment) -> i64, &impl Fn(i64) -> i64),
) -> Line {
    let mut points: Vec<String> = Vec::with_capacity(values.len() * 2 + 1);
    let mut before = None;
    for (at, value) in values {
        points.extend(before.map(|before| format!("{},{}", x(*at), y(before))));
        points.push(format!("{},{}", x(*at), y(*value)));
        before = Some(*value);
    }
    let last = before.unwrap_or(0);
    points.push(format!("{RIGHT},{}", y(last)));
    Line {
        name: name.to_owned(),
        last,
        points: points.join(" "),
        name_y: y(last) + 4,
        place,
        values: values.iter().rev().map(|(at, value)| Value { at: *at, value: *value }).collect(),
    }
}

/// Names keep a distance, from the bottom up.
fn apart(mut lines: Vec<Line>) -> Vec<Line> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|n| lines.get(*n).map_or(0, |line| line.name_y));
    let mut lowest = i64::MAX;
    for n in order.into_iter().rev() {
        if let Some(line) = lines.get_mut(n) {
            line.name_y = line.name_y.min(lowest.saturating_sub(APART));
            lowest = line.name_y;
        }
    }
    lines
}

/// The first days of at most six months between two days.
fn months(first: Date, last: Date, x: &impl Fn(Moment) -> i64, zone: &TimeZone) -> Vec<Mark> {
    let all: Vec<Date> = format::months(first, last).take(240).collect();
    let every = all.len().div_ceil(5).max(1);
    all.into_iter()
        .step_by(every)
        .filter_map(|day| {
            let at = Moment::of_day_in(&day.to_string(), zone)?;
            Some(Mark { x: x(at), text: day.strftime("%b ’%y").to_string() })
        })
        .collect()
}

/// A span of time that is counted as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first day.
    pub day: Date,
    /// When it begins.
    pub since: Moment,
    /// When it is over.
    pub until: Moment,
}

/// The weeks to come in a zone, from Monday to Monday; the first begins now.
pub fn weeks(now: Moment, zone: &TimeZone, count: i64) -> Vec<Span> {
    let today = now.date(zone);
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let begins = |day: Date| Moment::of_day_in(&day.to_string(), zone).unwrap_or(now);
    (0..count)
        .map(|n| {
            let day = monday.saturating_add((n * 7).days());
            Span { day, since: begins(day).max(now), until: begins(day.saturating_add(7.days())) }
        })
        .collect()
}

/// Counts of half hours, told by the month in which each falls in a zone: the last twelve, this one last.
pub fn by_month(counts: &[(Moment, i64)], now: Moment, zone: &TimeZone) -> Vec<(Date, i64)> {
    let this = now.date(zone).first_of_month();
    let mut told: Vec<(Date, i64)> = (0..12).rev().map(|n| (this.saturating_sub(n.months()), 0)).collect();
    for (at, count) in counts {
        let of = at.date(zone).first_of_month();
        if let Some((_, sum)) = told.iter_mut().find(|(day, _)| *day == of) {
            *sum += count;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::DAY;

    #[test]
    fn bars_are_as_high_as_what_they_count() {
        assert_eq!(bars(vec![("a".into(), 0)]), None);
        let found = bars(vec![("a".into(), 10), ("b".into(), 5), ("c".into(), 0)]).unwrap();
        let heights: Vec<i64> = found.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [152, 76, 0]);
        assert!(found.iter().all(|bar| bar.y + bar.height == BOTTOM && bar.x + bar.width <= WIDTH));
        // What there is can be seen, however little it is beside the most.
        assert_eq!(bars(vec![("a".into(), 100_000), ("b".into(), 1)]).unwrap()[1].height, 1);
    }

    #[test]
    fn a_line_goes_in_steps_and_names_keep_their_distance() {
        let day = |n: i64| Moment(n * DAY);
        let series = vec![
            ("Windows Server 2019".to_owned(), vec![(day(0), 50), (day(10), 100)]),
            ("Windows Server 2022".to_owned(), vec![(day(0), 98), (day(10), 99)]),
            ("once".to_owned(), vec![(day(0), 7)]),
        ];
        let found = Lines::of(&series, day(10), &TimeZone::UTC).unwrap();
        assert_eq!(found.most, 100);
        assert_eq!(found.lines[0].points, "8,90 262,90 262,14 262,14");
        assert_eq!(found.lines[0].short(), "2019");
        assert!((found.lines[0].name_y - found.lines[1].name_y).abs() >= APART);
        assert_eq!(Lines::of(&[("once".to_owned(), vec![(day(0), 7)])], day(1), &TimeZone::UTC), None);
    }

    #[test]
    fn weeks_go_from_monday_to_monday_of_their_zone_and_the_first_begins_now() {
        let now = Moment::of_iso("2026-11-25T12:00:00Z").unwrap();
        let told = |zone: &str| -> Vec<[String; 3]> {
            let spans = weeks(now, &TimeZone::get(zone).unwrap(), 2);
            spans.into_iter().map(|span| [span.day.to_string(), span.since.iso(), span.until.iso()]).collect()
        };
        assert_eq!(
            told("UTC"),
            [
                ["2026-11-23", "2026-11-25T12:00:00Z", "2026-11-30T00:00:00Z"],
                ["2026-11-30", "2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z"]
            ]
        );
        assert_eq!(told("Europe/Berlin")[1], ["2026-11-30", "2026-11-29T23:00:00Z", "2026-12-06T23:00:00Z"]);
    }

    #[test]
    fn months_go_back_a_year_and_end_with_this_one() {
        let now = Moment::of_iso("2026-03-31T12:00:00Z").unwrap();
        let counts = [
            (Moment::of_iso("2026-02-28T23:30:00Z").unwrap(), 4),
            (Moment::of_iso("2025-03-31T00:00:00Z").unwrap(), 9),
        ];
        let told = by_month(&counts, now, &TimeZone::UTC);
        assert_eq!(
            (told.len(), told[0].0.to_string(), told[11].0.to_string()),
            (12, "2025-04-01".into(), "2026-03-01".into())
        );
        assert_eq!(told[10].1, 4);
        assert_eq!(told.iter().map(|(_, n)| n).sum::<i64>(), 4);
        assert_eq!(by_month(&counts, now, &TimeZone::get("Europe/Berlin").unwrap())[11].1, 4);
    }
}
