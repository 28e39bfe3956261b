//! A country's or region's days off, and what a form says of them.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::moment::Moment;

/// The days on which nobody works, beside Saturdays and Sundays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar(pub BTreeSet<Date>);

impl Calendar {
    /// The calendar of stored lines; what is no day is passed over.
    pub fn of(days: &str) -> Calendar {
        Calendar(days.lines().filter_map(|line| day_of(line).map(|(day, _)| day)).collect())
    }

    /// Whether people work on that day.
    pub fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.0.contains(&day)
    }

    /// The day itself where it is a working day, else the last one before it.
    pub fn back_to_work(&self, mut day: Date) -> Date {
        while !self.is_working_day(day) {
            let Ok(before) = day.yesterday() else { return day };
            day = before;
        }
        day
    }

    /// So many working days before a day.
    pub fn working_days_before(&self, mut day: Date, count: u32) -> Date {
        for _ in 0..count {
            let Ok(before) = day.yesterday() else { return day };
            day = self.back_to_work(before);
        }
        day
    }
}

/// The day and the name of a line such as `2026-12-25 Christmas Day`.
fn day_of(line: &str) -> Option<(Date, &str)> {
    let line = line.trim();
    let (day, name) = line.split_once([' ', '\t', ',', ';']).unwrap_or((line, ""));
    let whole = day.len() == 10;
    day.parse().ok().filter(|_| whole).map(|day| (day, name.trim()))
}

/// What is recorded of a country.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Details {
    /// The country or region, as license servers and companies name it.
    pub country: String,
    /// Its days off, a line each, in their order.
    pub days: String,
}

/// A country's calendar as the list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// What is recorded of it.
    #[sqlx(flatten)]
    pub details: Details,
}

impl Listed {
    /// How many days off it has.
    pub fn count(&self) -> usize {
        self.details.days.lines().count()
    }

    /// The last of them, so that one sees when it runs out.
    pub fn last(&self) -> String {
        self.details.days.lines().last().and_then(|line| line.get(..10)).unwrap_or_default().to_owned()
    }
}

/// The form of a calendar.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CalendarForm {
    /// The country or region.
    pub country: String,
    /// Its days off, a line each, as they were typed or pasted.
    pub days: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

/// The most days that a calendar may have.
const MOST: usize = 1_000;

impl CalendarForm {
    /// The form that says what is recorded now.
    pub fn of(details: Details, newest: i64) -> CalendarForm {
        CalendarForm { country: details.country, days: details.days, correction: CorrectionForm::at(newest) }
    }

    /// The calendar, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<Details, Problems> {
        let mut problems = Problems::none();
        let details = self.details(&mut problems);
        problems.or(details)
    }

    /// The corrected calendar and why, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, now: Moment) -> Result<(Details, Correction), Problems> {
        let mut problems = Problems::none();
        let details = self.details(&mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((details, correction))
    }

    fn details(&self, problems: &mut Problems) -> Details {
        let country = problems.line("country", "The country or region", &self.country, 100);
        if country.is_empty() {
            problems.add("country", "Type the country or region, as its license servers name it.");
        }
        let typed = problems.lines("days", "The list", &self.days, 100_000);
        let mut days: Vec<(Date, &str)> = Vec::new();
        for (n, line) in typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let Some(day) = day_of(line) else {
                problems.add("days", format!("Line {}: write the day like 2026-12-25, then its name.", n + 1));
                break;
            };
            days.push(day);
        }
        if days.len() > MOST {
            problems.add("days", format!("A calendar may have at most {MOST} days. Leave old years out."));
        }
        days.sort_unstable();
        days.dedup_by_key(|(day, _)| *day);
        let lines: Vec<String> = days.iter().map(|(day, name)| format!("{day} {name}").trim_end().to_owned()).collect();
        Details { country, days: lines.join("\n") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_list_is_taken_in_order_and_each_day_once() {
        let days = "2026-12-25, Christmas Day\r\n\r\n2026-01-01\tNew Year\n2026-12-25 again";
        let details = CalendarForm { country: "Germany".into(), days: days.into(), ..CalendarForm::default() }.check();
        assert_eq!(details.unwrap().days, "2026-01-01 New Year\n2026-12-25 Christmas Day");
    }

    #[test]
    fn a_line_that_is_no_day_is_named() {
        for (days, line) in
            [("25.12.2026 Christmas", 1), ("2026-12-25\n2026-02-30 no such day", 2), ("2026-12-25T12", 1)]
        {
            let form = CalendarForm { country: "Germany".into(), days: days.into(), ..CalendarForm::default() };
            let problems = form.check().unwrap_err();
            assert!(problems.of_field("days").unwrap().starts_with(&format!("Line {line}:")), "{problems}");
        }
        assert!(CalendarForm::default().check().unwrap_err().of_field("country").is_some());
    }

    #[test]
    fn working_days_are_neither_weekends_nor_days_off() {
        let calendar = Calendar::of("2026-12-25 Christmas Day\nrubbish");
        for (day, works) in [("2026-12-24", true), ("2026-12-25", false), ("2026-12-26", false), ("2026-12-28", true)] {
            assert_eq!(calendar.is_working_day(day.parse().unwrap()), works, "{day}");
        }
        let monday: Date = "2026-12-28".parse().unwrap();
        assert_eq!(calendar.working_days_before(monday, 1).to_string(), "2026-12-24");
        assert_eq!(calendar.back_to_work("2026-12-27".parse().unwrap()).to_string(), "2026-12-24");
    }
}
