//! A correction: why it is made, from which day it holds, and what its author had seen.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::line::NewLine;
use crate::check::Problems;
use crate::moment::Moment;

/// What every form of a correction asks besides the values themselves.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CorrectionForm {
    /// Why, in the person's own words.
    pub reason: String,
    /// The day from which it holds; empty: from now on.
    pub effective_on: String,
    /// The newest line of history about the thing when the form was opened.
    pub seen: String,
}

/// A checked correction.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Why.
    pub reason: String,
    /// The day from which it holds, where it is not today.
    pub effective_on: Option<String>,
    /// The newest line of history that its author had seen.
    pub seen: i64,
}

/// The most characters of a reason.
const REASON: usize = 1_000;

impl CorrectionForm {
    /// The form of a thing whose newest line of history has this number.
    pub fn at(newest: i64) -> CorrectionForm {
        CorrectionForm { seen: newest.to_string(), ..CorrectionForm::default() }
    }

    /// The correction; what is wrong is added to the problems.
    pub fn check(&self, now: Moment, problems: &mut Problems) -> Correction {
        let reason = problems.lines("reason", "The reason", &self.reason, REASON);
        if reason.is_empty() {
            problems.add("reason", "Say why: it stands in history forever.");
        }
        let effective_on = problems.day("effective_on", &self.effective_on);
        // A day may already have begun where the reader is.
        if effective_on.as_deref().and_then(Moment::of_day).is_some_and(|at| at > now.plus_days(1)) {
            problems.add("effective_on", "Choose a day that is not in the future, or none.");
        }
        Correction { reason, effective_on, seen: self.seen.trim().parse().unwrap_or(0) }
    }
}

/// Refuses to retire what is retired, or to take back what is in use.
///
/// # Errors
/// The sentence.
pub fn not_again(retired: bool, back: bool) -> Result<(), Problems> {
    if retired == back {
        return Ok(());
    }
    Err(Problems::of("", if back { "It is in use already." } else { "It is retired already." }))
}

impl Correction {
    /// Puts the reason and the day on a line of history.
    pub fn explain(&self, line: NewLine) -> NewLine {
        let line = line.because(self.reason.clone());
        match &self.effective_on {
            Some(day) => line.effective(day.clone()),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_needs_a_reason_and_a_day_that_has_come() {
        let now = Moment::of_day("2026-08-22").unwrap();
        for (reason, day, wrong) in [
            ("moved", "", ""),
            ("moved", "2026-08-01", ""),
            (" ", "", "reason"),
            ("moved", "2026-09-01", "effective_on"),
            ("moved", "1 August", "effective_on"),
            ("a\0b", "", "reason"),
        ] {
            let form = CorrectionForm { reason: reason.into(), effective_on: day.into(), seen: "7".into() };
            let mut problems = Problems::none();
            let correction = form.check(now, &mut problems);
            let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
            assert_eq!(fields.join(" "), wrong, "{reason:?} {day:?}");
            assert_eq!(correction.seen, 7);
        }
    }
}
