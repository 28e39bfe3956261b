//! What is asked for when evidence is made: a company and a period.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::check::{self, Problems};
use crate::ids::CompanyId;
use crate::moment::Moment;
use crate::positions::as_of::Until;

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EvidenceForm {
    /// The company's number.
    pub company: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// `yes`: license server IDs and license key pack IDs stand in history whole.
    pub ids: String,
}

/// What evidence is made of.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The zone of the two days.
    pub zone: TimeZone,
    /// The moment at which the period begins.
    pub begins: Moment,
    /// The moment before which it ends.
    pub ends: Moment,
    /// When it is asked for.
    pub now: Moment,
    /// Whether history's lines tell license server IDs and license key pack IDs.
    pub with_ids: bool,
}

impl Scope {
    /// Up to when things are told: the period's last day, or now where that is still to come.
    pub fn until(&self) -> Until {
        if self.ends <= self.now {
            Until { day: self.to.clone(), end: Some(self.ends) }
        } else {
            Until { day: self.now.day(&self.zone), end: None }
        }
    }
}

impl EvidenceForm {
    /// The last full year, which is what an auditor asks for.
    pub fn of_last_year(company: &str, now: Moment, zone: &TimeZone) -> EvidenceForm {
        let year = now.date(zone).year() - 1;
        let (company, ids) = (company.to_owned(), String::new());
        EvidenceForm { company, from: format!("{year:04}-01-01"), to: format!("{year:04}-12-31"), ids }
    }

    /// What the form asks for; `companies`: numbers and names of those there are; `may_read_ids`: whether whoever asks
    /// may read license server IDs.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn check(
        &self,
        companies: &[(i64, String)],
        (now, zone): (Moment, &TimeZone),
        may_read_ids: bool,
    ) -> Result<Scope, Problems> {
        let mut problems = Problems::none();
        let company = companies.iter().find(|(id, _)| id.to_string() == self.company.trim());
        if company.is_none() {
            problems.add("company", "Choose the company.");
        }
        let from = day(&mut problems, "from", &self.from, zone);
        let to = day(&mut problems, "to", &self.to, zone);
        if let (Some((_, from)), Some((_, to))) = (&from, &to) {
            if *from > now {
                problems.add("from", "Choose a first day that is not in the future.");
            } else if to < from {
                problems.add("to", "Choose a last day that is not before the first one.");
            }
        }
        if !self.ids.is_empty() && !may_read_ids {
            problems.add(
                "ids",
                "Only an admin may put license server IDs and license key pack IDs into evidence. Leave them out.",
            );
        }
        let (id, name) = company.cloned().unwrap_or_default();
        let ((from, begins), (to, _)) = (from.unwrap_or_default(), to.unwrap_or_default());
        let ends = next_day(&to, zone).unwrap_or(Moment::UNKNOWN);
        problems.or(Scope {
            company: CompanyId(id),
            name,
            from,
            to,
            zone: zone.clone(),
            begins,
            ends,
            now,
            with_ids: !self.ids.is_empty(),
        })
    }
}

/// The day as `2026-08-22`, and its first moment.
fn day(problems: &mut Problems, field: &'static str, typed: &str, zone: &TimeZone) -> Option<(String, Moment)> {
    let day = Moment::written_day(typed);
    let begins = day.as_deref().and_then(|day| Moment::of_day_in(day, zone));
    if begins.is_none() {
        problems.add(field, check::DAY);
    }
    day.zip(begins)
}

/// The beginning of the day after a day, which may be longer or shorter than 24 hours.
fn next_day(day: &str, zone: &TimeZone) -> Option<Moment> {
    let date: jiff::civil::Date = day.parse().ok()?;
    Moment::of_day_in(&date.checked_add(1.day()).ok()?.to_string(), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_and_two_days_are_asked_for_and_all_problems_said_at_once() {
        let (now, zone) = (Moment::of_day("2026-08-22").unwrap(), TimeZone::get("Europe/Berlin").unwrap());
        let last = EvidenceForm::of_last_year("7", now, &zone);
        assert_eq!((last.from.as_str(), last.to.as_str()), ("2025-01-01", "2025-12-31"));
        let companies = [(7, "Contoso".to_owned())];
        let scope = last.check(&companies, (now, &zone), false).unwrap();
        assert_eq!(
            (scope.begins.iso(), scope.ends.iso()),
            ("2024-12-31T23:00:00Z".into(), "2025-12-31T23:00:00Z".into())
        );
        let until = |scope: &Scope| (scope.until().day, scope.until().end.is_some());
        assert_eq!(until(&scope), ("2025-12-31".into(), true));
        let lasting = EvidenceForm { to: "2026-12-31".into(), ..last.clone() };
        assert_eq!(until(&lasting.check(&companies, (now, &zone), false).unwrap()), ("2026-08-22".into(), false));
        let long = EvidenceForm { from: "2025-10-26".into(), to: "2025-10-26".into(), ..last.clone() };
        let scope = long.check(&companies, (now, &zone), false).unwrap();
        assert_eq!(scope.ends.0 - scope.begins.0, 25 * 3_600, "the day on which the clocks are set back");
        let written = EvidenceForm { from: "1.1.2025".into(), to: "31.12.2025".into(), ..last.clone() };
        let scope = written.check(&companies, (now, &zone), false).unwrap();
        assert_eq!((scope.from.as_str(), scope.to.as_str()), ("2025-01-01", "2025-12-31"), "however it was written");
        assert_eq!(scope.ends.iso(), "2025-12-31T23:00:00Z");
        for (company, from, to, ids, wrong) in [
            ("8", "2025-01-01", "2025-12-31", "", vec!["company"]),
            ("", "1 May", "", "yes", vec!["company", "from", "to", "ids"]),
            ("7", "2025-02-01", "2025-01-31", "", vec!["to"]),
            ("7", "2026-09-01", "2026-09-30", "", vec!["from"]),
        ] {
            let form = EvidenceForm { company: company.into(), from: from.into(), to: to.into(), ids: ids.into() };
            let problems = form.check(&companies, (now, &zone), false).unwrap_err();
            assert_eq!(problems.iter().map(|one| &*one.field).collect::<Vec<_>>(), wrong);
        }
    }
}
