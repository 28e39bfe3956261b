//! What the first page says: what needs somebody, the most urgent first, and how much is known.

use jiff::civil::Date;

use super::forecast::Forecast;
use super::stock::Pool;
use crate::transfers::queue::Group;
use crate::web::format::{away, capped, counted, weekday_words};
use crate::web::parts::Meaning;
use crate::web::slice::CAP;

/// Days ahead in which a temporary license that runs out is worth a look.
pub const SOON: i64 = 14;

/// Days ahead in which a kind of license that may run out is worth a look.
pub const RUN_OUT: i64 = 90;

/// A count that stopped at the cap of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub i64);

impl Count {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self.0 > 0
    }

    /// With its noun: `1 call`, `1,000+ calls`.
    pub fn of(self, noun: &str) -> String {
        if self.0 == 1 { counted(1, noun) } else { format!("{self} {noun}s") }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&capped(self.0, CAP))
    }
}

/// Counts for the first page, each up to its cap.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Temporary licenses on their servers that end within [`SOON`] days.
    pub running_out: Count,
    /// Key packs on their servers of which more is issued than there is.
    pub over_used: Count,
    /// Key packs that must be reissued, reinstalled or migrated, since their server's ID or database is another one.
    pub follow_up: Count,
    /// Imports that ask something.
    pub asking: Count,
    /// Imports that wait for a decision.
    pub ready: Count,
    /// License servers in use of which nothing was imported for the days that the settings say.
    pub unheard: Count,
    /// Requests of which nothing was granted yet.
    pub open: Count,
    /// Requests of which something was granted, and the rest is still asked for.
    pub partly: Count,
    /// Calls that are live.
    pub live: Count,
    /// Calls that ended, and something is to follow.
    pub open_calls: Count,
    /// Key packs that were received and are not installed.
    pub to_install: Count,
    /// Key packs that could not be installed.
    pub not_installed: Count,
    /// Computers that must still connect to take the license that was granted and installed for them.
    pub awaited: Count,
    /// Transfers whose destination has a license already.
    pub complete: Count,
    /// Signs of life of old computers that nobody has settled.
    pub signs: Count,
    /// Old computers of the latest moves with which something is still to be done.
    pub old: Count,
    /// Twins and ghosts that nobody has answered.
    pub findings: Count,
    /// Key packs on their servers.
    pub key_packs: Count,
    /// Clients.
    pub clients: Count,
    /// Licenses on their servers.
    pub licenses: Count,
    /// Lines of history.
    pub changes: Count,
}

impl Summary {
    /// Whether there is no key pack, client, license or request: nothing that an import or somebody recorded.
    pub fn is_nothing(&self) -> bool {
        let counts = [self.key_packs, self.clients, self.licenses, self.to_install, self.open];
        !counts.into_iter().any(Count::any)
    }
}

/// One thing that needs somebody: how many, and where it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How urgent it is.
    pub meaning: Meaning,
    /// What kind of thing.
    pub kind: &'static str,
    /// How many, as the page behind it counts them.
    pub count: String,
    /// What is to be done.
    pub says: String,
    /// Where.
    pub href: String,
    /// Why, or what else is known.
    pub why: String,
}

/// What is told of a count: how urgent, what kind, its noun and what follows it, where, and why.
type Told = (fn(&Summary) -> Count, Meaning, &'static str, (&'static str, &'static str), &'static str, &'static str);

/// What has a day, or somebody waits for.
const URGENT: [Told; 8] = [
    (|all| all.live, Meaning::Wait, "Calls", ("live call", ""), "/calls?state=live", ""),
    (
        |all| all.open_calls,
        Meaning::Act,
        "Calls",
        ("call", "to be followed"),
        "/calls?state=open",
        "Dropped, or a callback was agreed.",
    ),
    (|all| all.asking, Meaning::Act, "Imports", ("import", "with a question"), "/imports?state=asking", ""),
    (
        |all| all.ready,
        Meaning::Act,
        "Imports",
        ("import", "to be decided"),
        "/imports?state=ready",
        "Nothing is stored until an admin applies it.",
    ),
    (
        |all| all.complete,
        Meaning::Act,
        "Transfers",
        ("transfer", "that may be complete without a call"),
        "/transfers/queue#asked",
        "An import showed a license on the new computer.",
    ),
    (
        |all| all.to_install,
        Meaning::Act,
        "Key packs",
        ("key pack", "to be installed"),
        "/key-packs?state=received",
        "The license key pack ID was received.",
    ),
    (
        |all| all.not_installed,
        Meaning::Stop,
        "Key packs",
        ("key pack", "refused by the server"),
        "/key-packs?state=install_failed",
        "Each says how to go on.",
    ),
    (
        |all| all.running_out,
        Meaning::Act,
        "Temporary",
        ("temporary license", "with 14 days left or less"),
        "/licenses?status=temporary&within=14",
        "Each of these clients needs a full license by then.",
    ),
];

/// What has no day.
const REST: [Told; 8] = [
    (
        |all| all.awaited,
        Meaning::Wait,
        "Computers",
        ("computer", "must still connect"),
        "/transfers/queue#awaited",
        "The key pack is installed; an import of its server then shows who connected.",
    ),
    (
        |all| all.over_used,
        Meaning::Act,
        "Over-used",
        ("key pack", "over-used"),
        "/key-packs?on=over",
        "More licenses are issued than there are.",
    ),
    (
        |all| all.follow_up,
        Meaning::Act,
        "Reinstall",
        ("key pack", "to be reissued or reinstalled"),
        "/key-packs?on=follow-up",
        "The server’s ID or license database is another one now.",
    ),
    (
        |all| all.signs,
        Meaning::Act,
        "Old computers",
        ("sign", "of life"),
        "/transfers/queue#signs",
        "The seat went to another computer, but the old one connected again.",
    ),
    (
        |all| all.old,
        Meaning::Act,
        "Old computers",
        ("old computer", "still to do"),
        "/transfers/queue#old",
        "The seat went to another computer, but the old one counts as in use.",
    ),
    (
        |all| all.findings,
        Meaning::Act,
        "Twins, ghosts",
        ("finding", "to be answered"),
        "/reports/findings",
        "Licenses that may be held twice, or by nobody who needs them.",
    ),
    (
        |all| all.open,
        Meaning::Wait,
        "Requests",
        ("request", "open"),
        "/reissues?state=open",
        "Prepared, and nothing granted yet.",
    ),
    (
        |all| all.partly,
        Meaning::Wait,
        "Requests",
        ("request", "partly granted"),
        "/reissues?state=partly_granted",
        "The rest is still asked for.",
    ),
];

fn told(summary: &Summary, (count, meaning, kind, (noun, then), href, why): Told) -> Option<Line> {
    let count = count(summary);
    let says = format!("{} {then}", count.of(noun)).trim_end().to_owned();
    let line = Line { meaning, kind, count: count.to_string(), says, href: href.to_owned(), why: why.to_owned() };
    count.any().then_some(line)
}

/// What needs somebody: first what is late or refused, then by urgency. `unheard_days`: after how many days a server is one that
/// is not heard of.
pub fn lines(summary: &Summary, (groups, pools): (&[Group], &[Pool]), (today, unheard_days): (Date, i64)) -> Vec<Line> {
    let mut lines: Vec<Line> = groups.iter().zip(1..).filter_map(|(group, n)| call_by(group, n, today)).collect();
    lines.extend(URGENT.into_iter().filter_map(|one| told(summary, one)));
    lines.extend(run_out(pools));
    lines.extend(REST.into_iter().filter_map(|one| told(summary, one)));
    let unheard = (|all: &Summary| all.unheard) as fn(&Summary) -> Count;
    let unheard =
        (unheard, Meaning::Act, "Imports", ("license server", ""), "", "What is said of it here may be out of date.");
    lines.extend(told(summary, unheard).map(|line| Line {
        says: format!("{} without an import for {}", line.says, counted(unheard_days, "day")),
        href: format!("/license-servers?unheard={unheard_days}"),
        ..line
    }));
    lines.sort_by_key(|line| line.meaning != Meaning::Stop);
    lines
}

/// `Call by Thu 14 Aug 2026, in 12 days: 7 clients depend on it`; `n`: the group's place in the queue.
fn call_by(group: &Group, n: usize, today: Date) -> Option<Line> {
    if !group.waits() {
        return None;
    }
    let count = i64::try_from(group.count()).unwrap_or(0);
    let free = group.free_first().map(|says| format!("; {says}.")).unwrap_or_default();
    let why = format!("{} on {}{free}", group.product, group.server);
    let (meaning, says) = match group.call_by() {
        Some(day) if day < today => {
            (Meaning::Stop, format!("Call now: the last safe day was {}, {}", weekday_words(day), group.depend()))
        }
        Some(day) => {
            (Meaning::Act, format!("Call by {}, {}: {}", weekday_words(day), away(today, day), group.depend()))
        }
        None => match group.frees(today) {
            Some((says, has_passed)) => (if has_passed { Meaning::Act } else { Meaning::Wait }, says),
            None => (Meaning::Wait, format!("{} to ask for, without a deadline yet", Count(count).of("seat"))),
        },
    };
    Some(Line {
        meaning,
        kind: "Transfers",
        count: Count(count).to_string(),
        says,
        href: format!("/transfers/queue#group-{n}"),
        why,
    })
}

fn run_out(pools: &[Pool]) -> Option<Line> {
    let first = pools.first()?;
    let count = Count(i64::try_from(pools.len()).unwrap_or(0));
    let out = first.forecast == Forecast::Out;
    let (meaning, how) =
        if out { (Meaning::Stop, "nothing is left") } else { (Meaning::Act, "the first that may run out") };
    Some(Line {
        meaning,
        kind: "Running out",
        count: count.to_string(),
        says: format!("{} of licenses that may run out within {RUN_OUT} days", count.of("kind")),
        href: format!("/reports/run-out?within={RUN_OUT}"),
        why: format!("{} on {}: {how}.", first.product(), first.server),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_stands_before_what_waits() {
        let summary = Summary { live: Count(1), not_installed: Count(2), over_used: Count(1), ..Summary::default() };
        let told = lines(&summary, (&[], &[]), (Date::constant(2026, 11, 30), 30));
        let says: Vec<&str> = told.iter().map(|line| line.says.as_str()).collect();
        assert_eq!(says, ["2 key packs refused by the server", "1 live call", "1 key pack over-used"]);
    }
}
