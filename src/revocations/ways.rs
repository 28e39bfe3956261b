//! Which way out there is for a license whose computer is gone: revoke it, wait until it expires, or call Microsoft.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::budget::Line;
use super::revocation::Able;
use crate::check::Problems;
use crate::ids::TransferId;
use crate::moment::Moment;
use crate::transfers::may_move::Verdict;
use crate::web::format::day_words;
use crate::web::parts::Meaning;

/// Whether a way is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Now.
    Now,
    /// From a day on.
    Later,
    /// Only a person can say.
    Ask,
    /// It is not.
    No,
    /// It was gone already.
    Done,
}

impl Open {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Open::Now => "Possible now",
            Open::Later => "Possible later",
            Open::Ask => "To be asked",
            Open::No => "No",
            Open::Done => "Done",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            Open::Now | Open::Done => Meaning::Done,
            Open::Later => Meaning::Wait,
            Open::Ask => Meaning::Act,
            Open::No => Meaning::Stop,
        }
    }
}

/// One way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether it is open.
    pub open: Open,
    /// From which day on, or on which.
    pub on: Option<Date>,
    /// Why, a sentence each.
    pub says: Vec<String>,
}

impl Way {
    fn of(open: Open, on: Option<Date>, says: impl Into<String>) -> Way {
        Way { open, on, says: vec![says.into()] }
    }
}

/// A transfer of the seat that is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnItsWay {
    /// The transfer.
    pub id: TransferId,
    /// Where it stands, in a word.
    pub state: &'static str,
    /// The last day on which a call still helps.
    pub call_by: Option<Date>,
}

/// A revocation of the license that counts already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The day on which it was made, where somebody recorded it.
    pub on: Option<String>,
    /// Who made it.
    pub by: Option<String>,
}

/// What decides it for one license.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The present moment.
    pub now: Moment,
    /// Where days begin.
    pub zone: &'a TimeZone,
    /// When the license expires.
    pub expires_at: Moment,
    /// Whether it may be revoked at all.
    pub may_revoke: Result<(), Problems>,
    /// What may be revoked of its version on its server.
    pub line: Option<&'a Line>,
    /// Its revocation, where one is known.
    pub revoked: Option<Before>,
    /// Whether its seat may move.
    pub may_move: Verdict,
    /// Its transfer, where one is on its way.
    pub on_its_way: Option<OnItsWay>,
}

/// The three ways, and which comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Revoke it.
    pub revoke: Way,
    /// Wait until it expires.
    pub wait: Way,
    /// Call Microsoft for a reissue.
    pub call: Way,
    /// What to do first, in a sentence.
    pub first: String,
}

impl Facts<'_> {
    /// The three ways.
    pub fn judge(&self) -> Ways {
        let (revoke, wait, call) = (self.revoke(), self.wait(), self.call());
        let first = self.first(&revoke, &wait, &call);
        Ways { revoke, wait, call, first }
    }

    fn day(&self, at: Moment) -> Date {
        at.date(self.zone)
    }

    fn revoke(&self) -> Way {
        if let Some(before) = &self.revoked {
            let by = before.by.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
            let on = before.on.as_ref().map(|day| format!(" on {day}")).unwrap_or_default();
            let says = format!("It was revoked{on}{by}: its server hands it to another computer. It is no transfer.");
            return Way::of(Open::Done, None, says);
        }
        if let Err(problems) = &self.may_revoke {
            return Way {
                open: Open::No,
                on: None,
                says: problems.iter().map(|problem| problem.says.clone()).collect(),
            };
        }
        let Some(line) = self.line.filter(|line| line.budget.installed > 0) else {
            return Way::of(Open::No, None, "Nothing of this version is installed there by device: nothing to revoke.");
        };
        let of = line.words();
        let open = if line.able == Able::Yes { Open::Now } else { Open::Ask };
        let mut way = if line.left() > 0 {
            let says = format!("{of}: this one is free for another computer at once.");
            Way::of(open, None, says)
        } else if let Some(at) = line.budget.free_again_at {
            let day = self.day(at);
            Way::of(Open::Later, Some(day), format!("{of}. The next slot frees on {}.", day_words(day)))
        } else {
            Way::of(Open::No, None, format!("{of}, and none of those expires."))
        };
        if line.able == Able::NotKnown {
            way.says.push(line.able.words().to_owned());
        }
        if way.open != Open::No && !self.expires_at.is_never() && self.expires_at > self.now {
            let day = day_words(self.day(self.expires_at));
            way.says.push(format!("The old computer’s own copy still lets it in until {day}, if it comes back."));
        }
        way
    }

    fn wait(&self) -> Way {
        let at = self.expires_at;
        if at.is_never() {
            let says = "It never expires, as a Windows 2000 license issued before Service Pack 3 does not. Waiting frees \
                nothing.";
            return Way::of(Open::No, None, says);
        }
        if at.is_unknown() {
            return Way::of(Open::Ask, None, "When it expires is not known: look at its server.");
        }
        let day = self.day(at);
        if at <= self.now {
            let says = format!("It ran out on {}: it is free again, if the old computer stayed off.", day_words(day));
            return Way::of(Open::Now, Some(day), says);
        }
        let says = format!(
            "It expires on {} and returns to the pool by itself, but only if the old computer stays off: if that connects in \
             the last 7 days before, it is renewed for 52 to 89 days.",
            day_words(day)
        );
        Way::of(Open::Later, Some(day), says)
    }

    fn call(&self) -> Way {
        if let Some(transfer) = &self.on_its_way {
            let by = match transfer.call_by {
                Some(day) if day < self.day(self.now) => {
                    format!("The last safe day to call was {}: call now.", day_words(day))
                }
                Some(day) => format!("The last safe day to call is {}.", day_words(day)),
                None => "Nothing runs out for its destination yet, so there is no last day to call.".to_owned(),
            };
            let says = format!("T-{} is {}. {by}", transfer.id, transfer.state);
            return Way::of(Open::Now, transfer.call_by, says);
        }
        let refusals = &self.may_move.refusals;
        if !refusals.is_empty() {
            return Way { open: Open::No, on: None, says: refusals.clone() };
        }
        if let Some(rule) = &self.may_move.against_the_rule {
            return Way::of(
                Open::No,
                None,
                format!("Not by the rule. {rule} An admin can let it move still, with a reason."),
            );
        }
        let says = "The seat may move. Microsoft reissues it by telephone, and the seat’s one transfer is used \
            up where the rule is one-time. No transfer is queued, so there is no last day to call.";
        Way::of(Open::Now, None, says)
    }

    fn first(&self, revoke: &Way, wait: &Way, call: &Way) -> String {
        let today = self.day(self.now);
        let urgent = self.on_its_way.as_ref().and_then(|one| one.call_by);
        match (revoke.open, wait.open) {
            (Open::Done, _) => "Nothing: it is revoked.".to_owned(),
            (Open::Now, _) => "Revoke it: it costs no call, and the seat keeps its transfer.".to_owned(),
            (_, Open::Now) => "Nothing: it has run out. Keep the old computer off.".to_owned(),
            _ => {
                let soonest = [(revoke, "Revoke it"), (wait, "Wait until it expires")]
                    .into_iter()
                    .filter(|(way, _)| way.open == Open::Later)
                    .filter_map(|(way, says)| Some((way.on?.max(today), says)))
                    .min_by_key(|(day, _)| *day);
                match (soonest, urgent) {
                    (Some((day, _)), Some(last)) if last < day => {
                        format!("Call: the last safe day comes before {}.", day_words(day))
                    }
                    (Some((day, says)), _) => format!("{says}: on {}.", day_words(day)),
                    (None, _) if call.open == Open::Now => "Call: no other way frees it.".to_owned(),
                    (None, _) if revoke.open == Open::Ask => "Ask which Windows its server runs on.".to_owned(),
                    (None, _) => "Ask an admin: none of the ways is open.".to_owned(),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::revocation::{Budget, Installed, Revoked};
    use super::*;
    use crate::ids::LicenseServerId;

    static UTC: TimeZone = TimeZone::UTC;

    fn day(day: &str) -> Moment {
        Moment::of_day(day).unwrap()
    }

    fn line(installed: i64, ends: &[&str], able: Able) -> Line {
        let revoked: Vec<Revoked> = ends.iter().map(|on| Revoked { epoch: 1, expires_at: day(on) }).collect();
        let installed = [Installed { epoch: 1, quantity: installed }];
        Line {
            server_id: LicenseServerId(1),
            server: "LIC-01".into(),
            able,
            version: "2019".into(),
            budget: Budget::tally(1, &installed, &revoked, day("2026-08-22")),
        }
    }

    fn facts(line: Option<&Line>) -> Facts<'_> {
        Facts {
            now: day("2026-08-22"),
            zone: &UTC,
            expires_at: day("2026-10-01"),
            may_revoke: Ok(()),
            line,
            revoked: None,
            may_move: Verdict::default(),
            on_its_way: None,
        }
    }

    #[test]
    fn with_budget_left_it_is_revoked_and_no_call_is_made() {
        let free = line(10, &["2026-09-10"], Able::Yes);
        let ways = facts(Some(&free)).judge();
        assert_eq!((ways.revoke.open, ways.wait.open, ways.call.open), (Open::Now, Open::Later, Open::Now));
        assert!(ways.revoke.says[0].starts_with("Of Windows Server 2019 on LIC-01, 2 may be revoked and 1 is:"));
        assert!(ways.revoke.says[1].contains("until 1 Oct 2026"));
        assert!(ways.wait.says[0].contains("1 Oct 2026") && ways.wait.says[0].contains("stays off"));
        assert!(ways.first.starts_with("Revoke it"), "{}", ways.first);
    }

    #[test]
    fn without_budget_it_waits_for_the_next_slot_or_for_its_own_end_whichever_is_sooner() {
        let full = line(10, &["2026-09-10", "2026-09-20"], Able::Yes);
        let ways = facts(Some(&full)).judge();
        assert_eq!(ways.revoke.open, Open::Later);
        assert!(ways.revoke.says[0].ends_with("The next slot frees on 10 Sep 2026."), "{:?}", ways.revoke);
        assert_eq!(ways.first, "Revoke it: on 10 Sep 2026.");
        let sooner = Facts { expires_at: day("2026-09-01"), ..facts(Some(&full)) }.judge();
        assert_eq!(sooner.first, "Wait until it expires: on 1 Sep 2026.");
        let ended = Facts { expires_at: day("2026-08-20"), ..facts(Some(&full)) }.judge();
        assert_eq!(
            (ended.wait.open, &*ended.first),
            (Open::Now, "Nothing: it has run out. Keep the old computer off.")
        );
    }

    #[test]
    fn a_last_safe_day_before_every_other_way_says_call() {
        let full = line(10, &["2026-09-10", "2026-09-20"], Able::Yes);
        let on_its_way =
            |call_by: &str| OnItsWay { id: TransferId(7), state: "queued", call_by: Some(call_by.parse().unwrap()) };
        let ways = Facts { on_its_way: Some(on_its_way("2026-09-02")), ..facts(Some(&full)) }.judge();
        assert_eq!(ways.call.says, ["T-7 is queued. The last safe day to call is 2 Sep 2026."]);
        assert_eq!(ways.first, "Call: the last safe day comes before 10 Sep 2026.");
        let later = Facts { on_its_way: Some(on_its_way("2026-09-30")), ..facts(Some(&full)) }.judge();
        assert_eq!(later.first, "Revoke it: on 10 Sep 2026.");
        let late = Facts { on_its_way: Some(on_its_way("2026-08-20")), ..facts(Some(&full)) }.judge();
        assert!(late.call.says[0].ends_with("was 20 Aug 2026: call now."));
    }

    #[test]
    fn a_license_that_never_expires_is_not_waited_for() {
        let none = line(0, &[], Able::Yes);
        let facts = Facts { expires_at: Moment::NEVER, ..facts(Some(&none)) };
        let ways = facts.judge();
        assert_eq!((ways.revoke.open, ways.wait.open), (Open::No, Open::No));
        assert!(ways.wait.says[0].contains("before Service Pack 3"));
        assert_eq!(ways.first, "Call: no other way frees it.");
        let moved = Verdict { against_the_rule: Some("This seat moved.".into()), ..Verdict::default() };
        let ways = Facts { may_move: moved, ..facts }.judge();
        assert_eq!(
            ways.call.says,
            ["Not by the rule. This seat moved. An admin can let it move still, with a reason."]
        );
        assert_eq!(ways.first, "Ask an admin: none of the ways is open.");
    }

    #[test]
    fn what_is_not_known_of_its_server_is_asked_and_what_was_revoked_is_done() {
        let unknown = line(10, &[], Able::NotKnown);
        let ways = facts(Some(&unknown)).judge();
        assert_eq!(ways.revoke.open, Open::Ask);
        assert!(ways.revoke.says.iter().any(|says| says.contains("is not recorded")));
        assert_eq!(ways.first, "Wait until it expires: on 1 Oct 2026.");
        let refused = Facts {
            may_revoke: Err(Problems::of("", "A temporary license cannot be revoked.")),
            ..facts(Some(&unknown))
        };
        assert_eq!(refused.judge().revoke.says, ["A temporary license cannot be revoked."]);
        let before = Before { on: Some("2026-08-21".into()), by: Some("Hedda".into()) };
        let done = Facts { revoked: Some(before), ..facts(Some(&unknown)) }.judge();
        assert!(done.revoke.says[0].starts_with("It was revoked on 2026-08-21 by Hedda:"));
        assert_eq!((done.revoke.open, &*done.first), (Open::Done, "Nothing: it is revoked."));
    }
}
