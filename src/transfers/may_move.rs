//! *May it move?* What decides it, and the answer.

use super::transfer::{REASONS, State};
use crate::ids::{ClientId, TransferId};
use crate::moment::Moment;

/// An earlier move of a seat.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Move {
    /// The transfer.
    pub id: TransferId,
    /// Where it stands.
    pub state: State,
    /// Which move it was.
    pub move_number: i64,
    /// Who took the seat.
    pub destination: String,
    /// Since when: completed, else granted, else queued.
    pub at: Moment,
}

/// The license that is to move.
#[derive(Clone, Debug)]
pub struct Moving {
    /// Who holds it.
    pub client: ClientId,
    /// The server's number for its status.
    pub status: i64,
    /// When it expires.
    pub expires_at: Moment,
    /// Whether its server shows it no longer.
    pub is_gone: bool,
    /// Whether it was transferred away.
    pub is_transferred: bool,
    /// What it is counted by, as stored.
    pub license_type: String,
    /// The product version, as stored.
    pub version: String,
    /// Whether its key pack holds a number of bought licenses.
    pub is_finite: bool,
}

/// The client that is to take the seat.
#[derive(Clone, Debug)]
pub struct Taking {
    /// Its number.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// Whether it is a computer.
    pub is_computer: bool,
    /// Whether it is of the license's company.
    pub same_company: bool,
    /// Whether it holds a full license of that version and type on that server already.
    pub holds_one: bool,
    /// Whether it needs a license there: `needed`, `none`, `ask`; and where that is written.
    pub need: Option<(String, String)>,
    /// The family of its system.
    pub os_family: Option<String>,
}

/// What decides whether a seat may move.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The present moment.
    pub now: Moment,
    /// The license that is to move.
    pub license: Moving,
    /// The client that is to take it.
    pub taker: Taking,
    /// Under which rule the seat was bought.
    pub policy: String,
    /// Why it is to move.
    pub reason: String,
    /// Its earlier moves that still count, the newest last.
    pub moves: Vec<Move>,
}

/// The answer to *may it move?*
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why it may not, whoever asks.
    pub refusals: Vec<String>,
    /// Why it may not unless an admin overrides it, with a reason.
    pub against_the_rule: Option<String>,
    /// What only a person can answer; no reason to refuse.
    pub questions: Vec<String>,
}

/// Days within which *ninety days* refuses another move.
const NINETY: i64 = 90;

/// The refusal of a move from a computer to itself. Where one replaced it under its name, or it was installed anew and has
/// another hardware ID since, the license server knows two computers, and so must the register.
pub fn holds_already(name: &str) -> String {
    format!(
        "{name} holds this license already. If another computer bears its name now, or it was installed anew and has another \
         hardware ID, add that one as a new client with its hardware ID and type its number here. With the same hardware ID \
         nothing moves: its server may give it this license again, else ask Microsoft by a request without a transfer."
    )
}

impl Facts {
    /// May the seat move?
    pub fn judge(&self) -> Verdict {
        let mut verdict = Verdict::default();
        self.judge_license(&mut verdict.refusals);
        self.judge_destination(&mut verdict);
        verdict.against_the_rule = self.judge_moves(&mut verdict.refusals);
        verdict
    }

    /// May the seat move at all, to whichever client? Only the license and its earlier moves are judged.
    pub fn judge_source(&self) -> Verdict {
        let mut verdict = Verdict::default();
        self.judge_license(&mut verdict.refusals);
        verdict.against_the_rule = self.judge_moves(&mut verdict.refusals);
        verdict
    }

    /// May another client take the seat of a transfer that is on its way? The license and its earlier moves were judged
    /// when it was queued.
    pub fn judge_other_destination(&self) -> Verdict {
        let mut verdict = Verdict::default();
        self.judge_destination(&mut verdict);
        verdict
    }

    fn judge_license(&self, refusals: &mut Vec<String>) {
        let license = &self.license;
        let mut refuse = |says: &str| refusals.push(says.to_owned());
        match license.status {
            1 => refuse("A temporary license is no seat: it runs out by itself. Only a full license moves."),
            4 => refuse("This license was revoked: its server hands it out again by itself. Nothing is to be moved."),
            2 | 3 => {}
            _ => refuse("Its server does not call this license active, so there is no seat to move."),
        }
        if license.is_transferred {
            refuse(
                "This license was transferred already: its seat is on another client. Open the seat’s newest license.",
            );
        } else if license.is_gone {
            refuse("Its server no longer shows this license, so it is free again. No call is needed.");
        }
        if license.license_type != "per_device" {
            refuse("Only Per Device licenses are bound to a computer; a Per User license needs no transfer.");
        }
        if !license.is_finite {
            refuse("Its key pack is a pool that nobody bought, so there is no seat to move.");
        }
    }

    fn judge_destination(&self, verdict: &mut Verdict) {
        let (license, taker) = (&self.license, &self.taker);
        let name = &taker.name;
        if taker.client == license.client {
            verdict.refusals.push(holds_already(name));
        }
        if !taker.same_company {
            let says = "A seat moves only within one company; this computer belongs to another.";
            verdict.refusals.push(says.to_owned());
        }
        if !taker.is_computer {
            verdict.refusals.push(format!("{name} is a user; a Per Device seat moves to a computer."));
        }
        let host = if license.version == "2000" { "a Windows 2000 terminal server" } else { "a later session host" };
        let family = taker.os_family.as_deref().unwrap_or("its system");
        match taker.need.as_ref().map(|(need, source)| (need.as_str(), source)) {
            Some(("none", source)) => verdict.refusals.push(format!(
                "{name} needs no license on {host}: {family} is served without one ({source}). Nothing is to be moved."
            )),
            Some(("needed", _)) => {}
            Some(_) => verdict.questions.push(format!(
                "Whether {name} needs a license on {host} depends on your agreement: {family} is a question there."
            )),
            None if license.version != "2000" => {}
            None => verdict.questions.push(format!(
                "The system of {name} is not recorded, so whether it needs a license at all is not known."
            )),
        }
        if taker.holds_one {
            verdict
                .questions
                .push(format!("{name} holds a full license of this version there already. Does it need another?"));
        }
        let expired = license.expires_at <= self.now && !license.expires_at.is_unknown();
        if expired && !license.is_gone {
            let says = "By the last export this license has run out: if the old computer stayed off, it is free again.";
            verdict.questions.push(says.to_owned());
        }
    }

    /// What the policy says to the earlier moves. One that is still open stands in the way whoever asks.
    fn judge_moves(&self, refusals: &mut Vec<String>) -> Option<String> {
        let last = self.moves.last()?;
        let day = last.at.day_words(&jiff::tz::TimeZone::UTC);
        if last.state.is_open() {
            refusals.push(format!(
                "This seat is on its way to {} already (T-{}, {} since {day}). Complete or cancel that transfer first.",
                last.destination,
                last.id,
                last.state.as_str()
            ));
            return None;
        }
        let moved = format!("This seat moved to {} on {day} (T-{})", last.destination, last.id);
        let may_move_sooner = REASONS.iter().any(|(name, _, sooner)| *name == self.reason && *sooner);
        match self.policy.as_str() {
            "one_time" => Some(format!("{moved}, and its agreement lets a seat move once.")),
            "ninety_day" if !may_move_sooner && self.now < last.at.plus_days(NINETY) => {
                let from = last.at.plus_days(NINETY).day_words(&jiff::tz::TimeZone::UTC);
                Some(format!(
                    "{moved}, and its agreement lets it move again from {from} on, except after a failure or loss."
                ))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            now: Moment::of_day("2026-08-22").unwrap(),
            license: Moving {
                client: ClientId(1),
                status: 2,
                expires_at: Moment::of_day("2026-09-20").unwrap(),
                is_gone: false,
                is_transferred: false,
                license_type: "per_device".into(),
                version: "2019".into(),
                is_finite: true,
            },
            taker: Taking {
                client: ClientId(2),
                name: "PC-0200".into(),
                is_computer: true,
                same_company: true,
                holds_one: false,
                need: Some(("needed".into(), "KB 823313".into())),
                os_family: Some("Windows XP Professional".into()),
            },
            policy: "one_time".into(),
            reason: "permanent".into(),
            moves: Vec::new(),
        }
    }

    fn moved(day: &str, state: State) -> Vec<Move> {
        let at = Moment::of_day(day).unwrap();
        vec![Move { id: TransferId(7), state, move_number: 1, destination: "PC-0150".into(), at }]
    }

    #[test]
    fn a_full_live_per_device_license_of_a_bought_pack_may_move_once() {
        assert_eq!(facts().judge(), Verdict::default());
        for (change, says) in [
            ((|f| f.license.status = 1) as fn(&mut Facts), "temporary license is no seat"),
            (|f| f.license.status = 4, "was revoked"),
            (|f| f.license.status = 0, "does not call this license active"),
            (|f| f.license.is_gone = true, "No call is needed"),
            (|f| f.license.is_transferred = true, "was transferred already"),
            (|f| f.license.license_type = "per_user".into(), "Only Per Device"),
            (|f| f.license.is_finite = false, "nobody bought"),
            (|f| f.taker.client = ClientId(1), "holds this license already"),
            (|f| f.taker.same_company = false, "within one company"),
            (|f| f.taker.is_computer = false, "is a user"),
            (
                |f| f.taker.need = Some(("none".into(), "KB 315262".into())),
                "Windows XP Professional is served without one (KB 315262)",
            ),
            (|f| f.moves = moved("2026-08-01", State::Queued), "on its way to PC-0150 already (T-7"),
        ] {
            let mut facts = facts();
            change(&mut facts);
            let refusals = facts.judge().refusals;
            assert!(refusals.len() == 1 && refusals[0].contains(says), "{says}: {refusals:?}");
        }
    }

    #[test]
    fn what_only_a_person_knows_is_a_question_and_never_a_refusal() {
        for (change, says) in [
            (
                (|f| {
                    f.taker.need = None;
                    f.license.version = "2000".into();
                }) as fn(&mut Facts),
                "is not recorded",
            ),
            (|f| f.taker.need = Some(("ask".into(), String::new())), "depends on your agreement"),
            (|f| f.taker.holds_one = true, "Does it need another?"),
            (|f| f.license.expires_at = f.now, "has run out"),
        ] {
            let mut facts = facts();
            change(&mut facts);
            let verdict = facts.judge();
            assert!(verdict.refusals.is_empty(), "{verdict:?}");
            assert!(verdict.questions.len() == 1 && verdict.questions[0].contains(says), "{says}: {verdict:?}");
        }
    }

    #[test]
    fn an_earlier_move_stands_in_the_way_as_its_agreement_says() {
        for (policy, day, reason, refused) in [
            ("one_time", "2020-01-01", "permanent", true),
            ("one_time", "2020-01-01", "hardware_failed", true),
            ("ninety_day", "2026-05-24", "permanent", false),
            ("ninety_day", "2026-05-25", "permanent", true),
            ("ninety_day", "2026-08-21", "hardware_failed", false),
            ("ninety_day", "2026-08-21", "lost", false),
            ("ninety_day", "2026-08-21", "other", true),
            ("none", "2026-08-21", "permanent", false),
        ] {
            let moves = moved(day, State::Completed);
            let facts = Facts { policy: policy.into(), reason: reason.into(), moves, ..facts() };
            let verdict = facts.judge();
            assert!(verdict.refusals.is_empty());
            assert_eq!(verdict.against_the_rule.is_some(), refused, "{policy} {day} {reason}: {verdict:?}");
        }
    }
}
