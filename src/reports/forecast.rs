//! When a kind of license runs out on a server at the present rate: a straight line through the counts of its imports.

use crate::moment::{DAY, Moment};

/// Days of counts that are looked at.
pub const LOOKED_AT: i64 = 90;

/// Imports with counts that it takes at least.
pub const LEAST: usize = 4;

/// Days beyond which nothing is said: a straight line is not true for longer.
const FAR: f64 = 3_650.0;

/// Student's factor for a range that holds 19 times in 20, by the number of counts less two; more of them: 1.96.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// How many licenses were there and how many were issued, as one import told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When the export was made.
    pub at: Moment,
    /// Licenses in finite key packs.
    pub total: i64,
    /// Those of them that were issued.
    pub issued: i64,
}

/// What the counts say of the days to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Forecast {
    /// Fewer than [`LEAST`] imports within [`LOOKED_AT`] days: so many.
    NotEnough(usize),
    /// Nothing is left by the last count.
    Out,
    /// No more are issued from import to import.
    Steady,
    /// At the present rate they run out.
    RunsOut {
        /// Licenses more a day.
        rate: f64,
        /// When, by the line itself.
        at: Moment,
        /// The early end of the range.
        earliest: Moment,
        /// Its late end; nothing: the counts scatter so much that they may also last.
        latest: Option<Moment>,
    },
}

impl Forecast {
    /// Reads the counts of the last days; the newest comes last.
    pub fn of(points: &[Point], now: Moment) -> Forecast {
        let Some(last) = points.last() else { return Forecast::NotEnough(0) };
        let left = last.total - last.issued;
        if left <= 0 {
            return Forecast::Out;
        }
        let since = now.plus_days(-LOOKED_AT);
        let recent: Vec<(f64, f64)> = points
            .iter()
            .filter(|point| point.at >= since)
            .map(|point| (days_between(last.at, point.at), real(point.issued)))
            .collect();
        if recent.len() < LEAST {
            return Forecast::NotEnough(recent.len());
        }
        let (rate, error) = slope(&recent);
        let days = |rate: f64| Some(real(left) / rate).filter(|days| rate > 0.0 && *days <= FAR);
        let moment = |days: f64| last.at.plus(seconds(days));
        match days(rate) {
            None => Forecast::Steady,
            Some(likely) => Forecast::RunsOut {
                rate,
                at: moment(likely),
                earliest: moment(days(rate + error).unwrap_or(likely)),
                latest: days(rate - error).map(moment),
            },
        }
    }

    /// The day before which it may be; of what is out already, none.
    pub fn earliest(&self) -> Option<Moment> {
        match self {
            Forecast::RunsOut { earliest, .. } => Some(*earliest),
            _ => None,
        }
    }

    /// Whether nothing is left, or may not be within so many days.
    pub fn is_within(&self, days: i64, now: Moment) -> bool {
        *self == Forecast::Out || self.earliest().is_some_and(|at| at <= now.plus_days(days))
    }
}

/// The slope by least squares, and how far it may be off.
fn slope(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.iter().fold(0.0, |count, _| count + 1.0);
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if spread <= 0.0 {
        return (0.0, 0.0);
    }
    let rate = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread;
    let off: f64 = points.iter().map(|(x, y)| (y - mean_y - rate * (x - mean_x)).powi(2)).sum();
    let factor = STUDENT.get(points.len().saturating_sub(3)).copied().unwrap_or(1.96);
    (rate, factor * (off / (count - 2.0) / spread).sqrt())
}

fn days_between(from: Moment, to: Moment) -> f64 {
    real(to.0 - from.0) / real(DAY)
}

#[expect(clippy::cast_precision_loss, reason = "licenses and seconds are far below 2^52")]
fn real(n: i64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "at most ten years")]
fn seconds(days: f64) -> i64 {
    (days.clamp(0.0, FAR) * real(DAY)).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_000 * DAY);

    /// Counts of a hundred licenses, each so many days ago.
    fn counts(issued: &[(i64, i64)]) -> Vec<Point> {
        issued.iter().map(|(ago, issued)| Point { at: NOW.plus_days(-ago), total: 100, issued: *issued }).collect()
    }

    #[test]
    fn a_straight_line_runs_out_on_its_day_without_a_range() {
        // Ten more each week, sixty issued: forty are left, which last four weeks.
        let found = Forecast::of(&counts(&[(21, 30), (14, 40), (7, 50), (0, 60)]), NOW);
        let Forecast::RunsOut { rate, at, earliest, latest } = found else { panic!("{found:?}") };
        assert!((rate - 10.0 / 7.0).abs() < 1e-9);
        assert_eq!((at, earliest, latest), (NOW.plus_days(28), NOW.plus_days(28), Some(NOW.plus_days(28))));
        assert!(found.is_within(28, NOW) && !found.is_within(27, NOW));
    }

    #[test]
    fn counts_that_scatter_give_a_range_and_those_that_scatter_much_have_no_end() {
        // By hand: x = -30, -20, -10, 0 and y = 10, 22, 28, 40, so the means are -15 and 25. The rate is 480 / 500 = 0.96 a
        // day; the counts are off the line by -0.6, 1.8, -1.8 and 0.6, squared 7.2 altogether.
        let found = Forecast::of(&counts(&[(30, 10), (20, 22), (10, 28), (0, 40)]), NOW);
        let Forecast::RunsOut { rate, at, earliest, latest } = found else { panic!("{found:?}") };
        assert!((rate - 0.96).abs() < 1e-9);
        assert_eq!(at, NOW.plus(seconds(60.0 / 0.96)));
        let error = 4.303 * (7.2_f64 / 2.0 / 500.0).sqrt();
        assert_eq!(earliest, NOW.plus(seconds(60.0 / (0.96 + error))));
        assert_eq!(latest, Some(NOW.plus(seconds(60.0 / (0.96 - error)))));
        let wild = Forecast::of(&counts(&[(30, 10), (20, 40), (10, 5), (0, 40)]), NOW);
        assert!(matches!(wild, Forecast::RunsOut { latest: None, .. }), "{wild:?}");
    }

    #[test]
    fn what_cannot_be_said_is_not_said() {
        for (points, says) in [
            (counts(&[]), Forecast::NotEnough(0)),
            (counts(&[(20, 1), (10, 2), (0, 3)]), Forecast::NotEnough(3)),
            // Only three of them are of the last ninety days.
            (counts(&[(91, 1), (40, 2), (20, 3), (0, 4)]), Forecast::NotEnough(3)),
            (counts(&[(30, 50), (20, 50), (10, 50), (0, 50)]), Forecast::Steady),
            (counts(&[(30, 60), (20, 50), (10, 40), (0, 30)]), Forecast::Steady),
            (counts(&[(30, 60), (20, 70), (10, 90), (0, 100)]), Forecast::Out),
            (counts(&[(0, 101)]), Forecast::Out),
            // One more in a hundred days, of ninety that are left: more than ten years.
            (counts(&[(90, 9), (60, 10), (30, 10), (0, 10)]), Forecast::Steady),
        ] {
            assert_eq!(Forecast::of(&points, NOW), says);
        }
        // Four exports of one moment have no rate.
        assert_eq!(Forecast::of(&counts(&[(1, 1), (1, 2), (1, 3), (1, 4)]), NOW), Forecast::Steady);
    }
}
