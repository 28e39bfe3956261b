//! The form of a call, for the page, for programs and for a call that is logged afterwards; and what it is checked for.

use jiff::tz::TimeZone;

use super::call::{ABOUT, Ending};
use super::draft::Draft;
use crate::check::Problems;
use crate::ids::{CallId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::license_servers::license_server::long_id;
use crate::moment::Moment;
use crate::reissues::grant::{Grant, NewPack, Which};

/// A call that begins: what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// The requests that it asks for.
    pub requests: Vec<ReissueId>,
    /// The license server, where no request says it.
    pub server: Option<LicenseServerId>,
    /// What it is about, as [`ABOUT`] stores it.
    pub about: String,
    /// The open call that it follows.
    pub follows: Option<CallId>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The number that was called.
    pub number_called: String,
    /// Who answered.
    pub representative: String,
    /// The number of the case at Microsoft.
    pub case_reference: String,
    /// The license server ID as it was read out; empty: none was.
    pub license_server_id: String,
    /// What came of it.
    pub outcome: Ending,
    /// When somebody calls again.
    pub call_back_at: Option<Moment>,
    /// Anything else.
    pub note: String,
    /// What came of each request.
    pub asks: Vec<Ask>,
}

impl Ended {
    /// Whose seats move first where fewer are granted than wait.
    pub fn nearest_first(&mut self, nearest: Vec<TransferId>) {
        for ask in &mut self.asks {
            ask.grant.nearest.clone_from(&nearest);
        }
    }
}

/// What came of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The request.
    pub request: ReissueId,
    /// What was granted.
    pub grant: Grant,
    /// Whether Microsoft said no to it.
    pub refused: bool,
}

/// A call that had ended before it was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// What it was about.
    pub begun: Begun,
    /// When it began.
    pub started_at: Moment,
    /// Who called.
    pub operator: String,
    /// What came of it.
    pub ended: Ended,
}

/// The form of a call: its fields by name. Those of a request end with its number (`granted-17`), those of its license key
/// pack IDs with another one (`id-17-0`).
#[derive(Clone, Debug, Default)]
pub struct CallForm {
    /// What was typed.
    pub fields: Draft,
    /// The requests that the call is about.
    pub requests: Vec<ReissueId>,
}

/// The fields of a call that are not a request's.
const PLAIN: [&str; 7] =
    ["number_called", "representative", "case_reference", "license_server_id", "outcome", "call_back_at", "note"];

/// The fields of a request within a call.
const OF_REQUEST: [&str; 7] = ["granted", "more", "refused", "take", "id", "quantity", "pack"];

/// Whether a field belongs to what is typed during a call.
pub fn is_typed(name: &str) -> bool {
    PLAIN.contains(&name) || name.split_once('-').is_some_and(|(field, _)| OF_REQUEST.contains(&field))
}

/// The most license key pack IDs for one request.
pub const MOST_PACKS: usize = 20;

impl CallForm {
    /// What came of the call, or all that is wrong. `zone`: in which times are typed.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, zone: &TimeZone) -> Result<Ended, Problems> {
        let mut problems = Problems::none();
        let ended = self.ended(zone, &mut problems);
        problems.or(ended)
    }

    /// With what a person need not type where everything was granted: the only license key pack ID of a request takes all
    /// that the request still asks for. `left`: so many, request by request.
    #[must_use]
    pub fn granting_all(mut self, left: &[(ReissueId, i64)]) -> CallForm {
        if self.fields.get("outcome") != Ending::Completed.as_str() {
            return self;
        }
        for (id, left) in left.iter().filter(|(_, left)| *left > 0) {
            let granted = format!("granted-{id}");
            let rows = self.fields.numbers(&format!("id-{id}-"));
            let is_empty = |field: &str| self.fields.get(field).trim().is_empty();
            if rows.iter().all(|n| is_empty(&format!("quantity-{id}-{n}"))) && rows.len() == 1 && is_empty(&granted) {
                self.fields = std::mem::take(&mut self.fields).with(&granted, left.to_string());
            }
        }
        self
    }

    /// A call that is logged afterwards, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_logged(&self, (zone, now): (&TimeZone, Moment), actor: &str) -> Result<Logged, Problems> {
        let mut problems = Problems::none();
        let started_at = self.moment("started_at", zone, &mut problems).unwrap_or(now);
        if self.fields.get("started_at").is_empty() {
            problems.add("started_at", "Say when the call was, like 2026-08-22 14:05.");
        } else if started_at > now {
            problems.add("started_at", "This moment is still to come. Say when the call was.");
        }
        let operator = problems.line("operator", "The name", self.fields.get("operator"), 100);
        let begun = self.begun(&mut problems);
        let ended = self.ended(zone, &mut problems);
        let operator = if operator.is_empty() { actor.to_owned() } else { operator };
        problems.or(Logged { begun, started_at, operator, ended })
    }

    /// What a call is about, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_begun(&self) -> Result<Begun, Problems> {
        let mut problems = Problems::none();
        let begun = self.begun(&mut problems);
        problems.or(begun)
    }

    fn begun(&self, problems: &mut Problems) -> Begun {
        let about = match self.fields.get("about") {
            "" => "reissue",
            about => about,
        };
        if !ABOUT.iter().any(|(name, _)| *name == about) {
            problems.add("about", "Choose what the call is about.");
        }
        if about == "reissue" && self.requests.is_empty() {
            problems
                .add("about", "Choose what the call is about: a request, or something else about the license server.");
        }
        let server = problems.number(
            "license_server",
            self.fields.get("license_server"),
            1..=i64::MAX,
            "Choose the license server that the call is about.",
        );
        if about != "reissue" && server.is_none() && self.requests.is_empty() {
            problems.add("license_server", "Choose the license server that the call is about.");
        }
        let follows = "Name the call that it follows by its number, or leave it empty.";
        let follows = problems.number("follows", self.fields.get("follows"), 1..=i64::MAX, follows);
        Begun {
            requests: self.requests.clone(),
            server: server.map(LicenseServerId),
            about: about.to_owned(),
            follows: follows.map(CallId),
        }
    }

    fn moment(&self, field: &'static str, zone: &TimeZone, problems: &mut Problems) -> Option<Moment> {
        let typed = self.fields.get(field).trim();
        if typed.is_empty() {
            return None;
        }
        // A day alone would be midnight, when nobody calls.
        let at = Moment::of_minute_in(typed, zone).filter(|_| Moment::written_day(typed).is_none());
        if at.is_none() {
            problems.add(field, "Write a day that exists, and the time, like 2026-08-22 14:05.");
        }
        at
    }

    fn ended(&self, zone: &TimeZone, problems: &mut Problems) -> Ended {
        let outcome = Ending::parse(self.fields.get("outcome")).unwrap_or_else(|| {
            problems.add("outcome", "A call does not end without an outcome: choose what came of it.");
            Ending::Completed
        });
        let server_id = self.fields.get("license_server_id");
        let license_server_id = match server_id.trim() {
            "" => String::new(),
            typed => long_id(typed).unwrap_or_else(|says| {
                problems.add("license_server_id", says);
                String::new()
            }),
        };
        let asks: Vec<Ask> = self.requests.iter().map(|id| self.ask(*id, outcome, problems)).collect();
        self.each_id_once(problems);
        Ended {
            number_called: problems.line("number_called", "The number", self.fields.get("number_called"), 100),
            representative: problems.line("representative", "The name", self.fields.get("representative"), 100),
            case_reference: problems.line("case_reference", "The reference", self.fields.get("case_reference"), 100),
            license_server_id,
            outcome,
            call_back_at: self.moment("call_back_at", zone, problems),
            note: problems.lines("note", "The note", self.fields.get("note"), 2_000),
            asks,
        }
    }

    /// One license key pack ID is one key pack: in the whole call it stands once.
    fn each_id_once(&self, problems: &mut Problems) {
        let mut seen = std::collections::HashSet::new();
        for request in &self.requests {
            for n in self.fields.numbers(&format!("id-{request}-")) {
                let field = format!("id-{request}-{n}");
                if long_id(self.fields.get(&field)).is_ok_and(|id| !seen.insert(id)) {
                    problems.add(field, "This license key pack ID stands here twice. One ID is one key pack.");
                }
            }
        }
    }

    fn ask(&self, id: ReissueId, outcome: Ending, problems: &mut Problems) -> Ask {
        let field = |name: &str| self.fields.get(&format!("{name}-{id}")).trim().to_owned();
        let says = "Type how many licenses were granted: a number, or leave it empty.";
        let granted = problems.number(format!("granted-{id}"), &field("granted"), 0..=9_999_999, says);
        let packs = self.packs(id, granted, problems);
        let refused = outcome == Ending::Denied || !field("refused").is_empty();
        if refused && !packs.is_empty() {
            let says =
                format!("R-{id} was refused and a license key pack ID was received for it: only one can be true.");
            problems.add(format!("refused-{id}"), says);
        }
        let take: Vec<TransferId> =
            field("take").split(',').filter_map(|id| id.trim().parse().ok()).map(TransferId).collect();
        Ask { request: id, grant: Grant { packs, take, nearest: Vec::new(), more: !field("more").is_empty() }, refused }
    }

    /// The license key pack IDs that were received for a request.
    fn packs(&self, request: ReissueId, granted: Option<i64>, problems: &mut Problems) -> Vec<NewPack> {
        let rows = self.fields.numbers(&format!("id-{request}-"));
        if rows.len() > MOST_PACKS {
            problems.add(
                format!("granted-{request}"),
                format!("One call takes at most {MOST_PACKS} license key pack IDs for a request."),
            );
            return Vec::new();
        }
        let only = rows.len() == 1;
        let mut packs = Vec::with_capacity(rows.len());
        for n in rows {
            let of_row = |name: &str| self.fields.get(&format!("{name}-{request}-{n}")).trim().to_owned();
            let id = long_id(&of_row("id")).unwrap_or_else(|says| {
                let says = format!("{says} A promise without a complete ID is a note, not a grant.");
                problems.add(format!("id-{request}-{n}"), says);
                String::new()
            });
            let says = "Type how many licenses this license key pack ID holds.";
            let said = problems.number(format!("quantity-{request}-{n}"), &of_row("quantity"), 1..=9_999_999, says);
            // A single ID takes all that was granted.
            let quantity = said.or(granted.filter(|granted| only && *granted > 0)).unwrap_or_else(|| {
                let (field, says) = if only {
                    (format!("granted-{request}"), "Type how many licenses were granted.")
                } else {
                    (format!("quantity-{request}-{n}"), says)
                };
                problems.add(field, says);
                1
            });
            packs.push(NewPack { license_key_pack_id: id, quantity, which: self.which(request, n, problems) });
        }
        let sum: i64 = packs.iter().map(|pack| pack.quantity).sum();
        match granted {
            Some(granted) if granted > 0 && packs.is_empty() => problems.add(
                format!("granted-{request}"),
                format!("The number granted is {granted}, but no license key pack ID stands here. Type it; a promise without one is a note."),
            ),
            Some(granted) if !packs.is_empty() && sum != granted => problems.add(
                format!("granted-{request}"),
                format!("The number granted is {granted}, but the license key pack IDs hold {sum}. They must be the same."),
            ),
            _ => {}
        }
        packs
    }

    fn which(&self, request: ReissueId, n: usize, problems: &mut Problems) -> Which {
        match self.fields.get(&format!("pack-{request}-{n}")).trim() {
            "" => Which::Unsaid,
            "new" => Which::New,
            id => id.parse().map_or_else(
                |_| {
                    problems.add(format!("pack-{request}-{n}"), "Choose one of the key packs, or a new one.");
                    Which::Unsaid
                },
                |id| Which::Known(KeyPackId(id)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: &str = "CDFGH-JKMPQ-RTVWX-Y2346-789BC-DFGHJ-KMPQR";
    const ID: &str = "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";

    fn form(fields: &[(&str, &str)]) -> CallForm {
        let fields = fields.iter().fold(Draft::default(), |draft, (name, value)| draft.with(name, *value));
        CallForm { fields, requests: vec![ReissueId(7)] }
    }

    fn wrong(fields: &[(&str, &str)]) -> Vec<String> {
        let problems = form(fields).check(&TimeZone::UTC).unwrap_err();
        problems.iter().map(|problem| problem.field.to_string()).collect()
    }

    #[test]
    fn a_call_is_refused_with_every_problem_at_once() {
        for (fields, problems) in [
            (&[] as &[(&str, &str)], &["outcome"] as &[&str]),
            (&[("outcome", "completed"), ("granted-7", "8")], &["granted-7"]),
            (&[("outcome", "completed"), ("granted-7", "8"), ("id-7-0", "BCDFG")], &["id-7-0"]),
            (&[("outcome", "completed"), ("granted-7", "8"), ("id-7-0", ID), ("quantity-7-0", "7")], &["granted-7"]),
            (&[("outcome", "partial"), ("id-7-0", ID)], &["granted-7"]),
            (&[("outcome", "denied"), ("granted-7", "8"), ("id-7-0", ID)], &["refused-7"]),
            (
                &[("outcome", "callback"), ("call_back_at", "soon"), ("license_server_id", "x")],
                &["license_server_id", "call_back_at"],
            ),
            (
                &[("outcome", "partial"), ("granted-7", "9"), ("id-7-0", ID), ("id-7-1", ID)],
                &["quantity-7-0", "quantity-7-1", "granted-7", "id-7-1"],
            ),
        ] {
            assert_eq!(wrong(fields), problems, "{fields:?}");
        }
    }

    #[test]
    fn a_single_id_takes_all_that_was_granted_and_several_add_up_to_it() {
        let one = form(&[("outcome", "completed"), ("granted-7", "8"), ("id-7-0", ID)]).check(&TimeZone::UTC).unwrap();
        assert_eq!(one.asks[0].grant.packs.iter().map(|pack| pack.quantity).collect::<Vec<_>>(), [8]);
        let two = [
            ("outcome", "completed"),
            ("granted-7", "8"),
            ("id-7-0", ID),
            ("quantity-7-0", "5"),
            ("id-7-1", OTHER),
            ("quantity-7-1", "3"),
        ];
        assert_eq!(form(&two).check(&TimeZone::UTC).unwrap().asks[0].grant.total(), 8);
    }

    #[test]
    fn only_fields_of_a_call_are_kept_in_its_draft() {
        for (name, ours) in [
            ("note", true),
            ("id-7-0", true),
            ("take-7", true),
            ("outcome", true),
            ("base", false),
            ("identity-7", false),
        ] {
            assert_eq!(is_typed(name), ours, "{name}");
        }
    }
}
