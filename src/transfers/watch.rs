//! The reconnect watch: computers that have not connected since their key pack was installed. The step that everyone forgets.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::deadline::ends_at;
use super::transfer::Transfer;
use crate::moment::Moment;

/// A granted transfer whose key pack is installed, with the dates that its servers gave.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Awaited {
    /// The transfer.
    #[sqlx(flatten)]
    pub transfer: Transfer,
    /// The day on which the pack was installed, where it is recorded: `2026-08-22`.
    pub installed_on: Option<String>,
    /// When the destination got the temporary license on which it works now; nothing: it has none.
    pub temporary_issued_at: Option<Moment>,
    /// When that one expires, as its server says.
    pub temporary_expires_at: Option<Moment>,
}

/// How long a computer has had, and has yet, to connect.
#[derive(Clone, Debug)]
pub struct Row {
    /// The transfer.
    pub transfer: Transfer,
    /// Days since the pack was installed; nothing: the day is not recorded.
    pub days_since: Option<i64>,
    /// When the temporary license ends; nothing: it has none.
    pub ends_at: Option<Moment>,
    /// Days until then; below zero it has ended.
    pub days_left: Option<i64>,
}

impl Row {
    /// Whether the computer is locked out until it connects and takes a license.
    pub fn is_out(&self) -> bool {
        self.days_left.is_some_and(|days| days < 0)
    }
}

/// Who has not connected yet, the most urgent first.
pub fn rows(awaited: Vec<Awaited>, now: Moment, zone: &TimeZone) -> Vec<Row> {
    let today = now.date(zone);
    let days_to = |day: Date| today.until(day).map_or(0, |span| i64::from(span.get_days()));
    let mut rows: Vec<Row> = awaited
        .into_iter()
        .map(|one| {
            let ends = one.temporary_issued_at;
            let ends = ends.map(|issued| ends_at(issued, one.temporary_expires_at.unwrap_or(Moment::UNKNOWN)));
            let installed: Option<Date> = one.installed_on.as_deref().and_then(|day| day.parse().ok());
            Row {
                days_since: installed.map(|day| -days_to(day)),
                days_left: ends.map(|ends| days_to(ends.date(zone))),
                ends_at: ends,
                transfer: one.transfer,
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.ends_at.unwrap_or(Moment::NEVER), row.days_since.map(|days| -days), row.transfer.id));
    rows
}
