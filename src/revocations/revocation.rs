//! How many licenses of a version a server may revoke, and which license may be revoked at all.
//!
//! Microsoft's rule: at most 20 percent of the Per Device licenses of a version that are installed on a server, or one,
//! whichever is more; a slot frees when a revoked license expires. How 20 percent are rounded is not documented; here they
//! are rounded down, the careful way.

use crate::check::Problems;
use crate::licenses::license::Status;
use crate::moment::{DAY, Moment};

/// The oldest Windows Server whose license server can revoke.
pub const FIRST_THAT_REVOKES: u16 = 2008;

/// Where the rule is written.
pub const SOURCE: &str =
    "Microsoft, “Manual revocation of client access licenses” (2008), and event 81 of TerminalServices-Licensing";

/// An installed key pack of one version that counts licenses by device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Which of its server's license databases it belongs to.
    pub epoch: i64,
    /// How many licenses it holds.
    pub quantity: i64,
}

/// A revoked license of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Which of its server's license databases its key pack belongs to.
    pub epoch: i64,
    /// When it expires, so that its slot frees.
    pub expires_at: Moment,
}

/// How much of a version may be revoked on a server, and how much is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Per Device licenses of the version that are installed.
    pub installed: i64,
    /// How many of them may be revoked at a time.
    pub limit: i64,
    /// How many are revoked and have not expired.
    pub revoked: i64,
    /// When the first of those expires; nothing: none is revoked, or none ever expires.
    pub next_slot_at: Option<Moment>,
    /// When another one may be revoked, where none may be now.
    pub free_again_at: Option<Moment>,
}

/// How many licenses may be revoked at a time, of so many installed ones: a fifth, rounded down, and one at least.
pub fn limit(installed: i64) -> i64 {
    if installed <= 0 { 0 } else { (installed / 5).max(1) }
}

impl Budget {
    /// The budget of one version on a server whose present license database is number `epoch`.
    pub fn tally(epoch: i64, installed: &[Installed], revoked: &[Revoked], now: Moment) -> Budget {
        let installed = installed.iter().filter(|pack| pack.epoch == epoch).map(|pack| pack.quantity).sum();
        let counts = |one: &&Revoked| one.epoch == epoch && one.expires_at > now;
        let mut ends: Vec<Moment> = revoked.iter().filter(counts).map(|one| one.expires_at).collect();
        ends.sort_unstable();
        let (limit, used) = (limit(installed), i64::try_from(ends.len()).unwrap_or(i64::MAX));
        let ends_of = |n: i64| usize::try_from(n).ok().and_then(|n| ends.get(n)).filter(|at| !at.is_never()).copied();
        Budget {
            installed,
            limit,
            revoked: used,
            next_slot_at: ends_of(0),
            // Where more are revoked than may be, as many as are too many expire without freeing a slot.
            free_again_at: if used >= limit && limit > 0 { ends_of(used - limit) } else { None },
        }
    }

    /// How many more may be revoked now.
    pub fn left(&self) -> i64 {
        (self.limit - self.revoked).max(0)
    }

    /// By how many more are revoked than the rule lets.
    pub fn over(&self) -> i64 {
        (self.revoked - self.limit).max(0)
    }

    /// Whether there is anything to speak of: licenses installed, or some revoked.
    pub fn is_empty(&self) -> bool {
        self.installed == 0 && self.revoked == 0
    }
}

/// Whether a license server can revoke at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Able {
    /// It is a Windows Server 2008 or later.
    Yes,
    /// It is older.
    No,
    /// Which Windows it runs on is not recorded.
    NotKnown,
}

impl Able {
    /// Of a license server that runs a Windows of that year; nothing where that is not known.
    pub fn of(year: Option<u16>) -> Able {
        match year {
            Some(year) if year >= FIRST_THAT_REVOKES => Able::Yes,
            Some(_) => Able::No,
            None => Able::NotKnown,
        }
    }

    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Able::Yes => "yes",
            Able::No => "no",
            Able::NotKnown => "not_known",
        }
    }

    /// As pages say it.
    pub fn words(self) -> &'static str {
        match self {
            Able::Yes => "",
            Able::No => "Older than Windows Server 2008: it cannot revoke.",
            Able::NotKnown => "Which Windows it runs on is not recorded; only Windows Server 2008 or later can revoke.",
        }
    }
}

/// A license that somebody revokes, or says to have revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocable {
    /// What it is counted by, as stored.
    pub license_type: String,
    /// The server's number for its status.
    pub status: i64,
    /// When it was issued last.
    pub issued_at: Moment,
    /// When it expires.
    pub expires_at: Moment,
    /// Since when its server shows it no longer.
    pub gone_at: Option<Moment>,
    /// Whether its key pack holds a number of bought licenses.
    pub is_finite: bool,
    /// Its server's name.
    pub server: String,
    /// Whether that server can revoke.
    pub able: Able,
}

impl Revocable {
    /// May it be revoked on a day? `day`: the day's first moment.
    ///
    /// # Errors
    /// Every reason why not, a sentence each.
    pub fn may_revoke(&self, day: Moment) -> Result<(), Problems> {
        let mut problems = Problems::none();
        let words = |at: Moment| at.day_words(&jiff::tz::TimeZone::UTC);
        match self.license_type.as_str() {
            "per_device" => {}
            "per_user" => problems.add(
                "",
                "A Per User license cannot be revoked: only Per Device licenses can. It leaves the list by itself when its \
                 user no longer signs in.",
            ),
            _ => problems.add("", "Only Per Device licenses can be revoked; this one is of another type."),
        }
        match Status::of_code(self.status) {
            Status::Temporary => problems.add(
                "",
                "A temporary license cannot be revoked: it takes none of the installed licenses and runs out by itself.",
            ),
            Status::Pending | Status::Concurrent => {
                problems.add("", "Its server does not call this license active, so there is nothing to revoke.");
            }
            _ => {}
        }
        if !self.is_finite {
            problems.add(
                "",
                "Its key pack is a pool that nobody bought and that never runs out. Nothing is to be revoked.",
            );
        }
        if self.able == Able::No {
            problems.add(
                "",
                format!(
                    "{} is older than Windows Server 2008, and such a license server cannot revoke. Ask Microsoft for a \
                     reissue by telephone.",
                    self.server
                ),
            );
        }
        let was_revoked = Status::of_code(self.status) == Status::Revoked;
        if !was_revoked && !self.expires_at.is_unknown() && self.expires_at < day {
            let on = words(self.expires_at);
            problems
                .add("revoked_on", format!("It had run out on {on} already, so there was nothing to revoke that day."));
        }
        if let Some(gone) = self.gone_at.filter(|gone| *gone < day) {
            let on = words(gone);
            problems.add("revoked_on", format!("Its server showed it no longer on {on}. Mend the day."));
        }
        if !self.issued_at.is_unknown() && self.issued_at >= day.plus(DAY) {
            let on = words(self.issued_at);
            problems.add("revoked_on", format!("It was issued on {on}, after that day. Mend the day."));
        }
        problems.or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: &str) -> Moment {
        Moment::of_day(day).unwrap()
    }

    fn tally(installed: &[i64], ends: &[&str]) -> Budget {
        let installed: Vec<Installed> = installed.iter().map(|n| Installed { epoch: 1, quantity: *n }).collect();
        let revoked: Vec<Revoked> = ends.iter().map(|on| Revoked { epoch: 1, expires_at: day(on) }).collect();
        Budget::tally(1, &installed, &revoked, day("2026-08-22"))
    }

    #[test]
    fn a_fifth_of_what_is_installed_may_be_revoked_and_one_at_least() {
        for (installed, may) in [
            (100, 20),
            (200, 40),
            (3, 1),
            (1, 1),
            (0, 0),
            (-5, 0),
            (4, 1),
            (5, 1),
            (9, 1),
            (10, 2),
            (99, 19),
            (101, 20),
        ] {
            assert_eq!(limit(installed), may, "{installed}");
            assert_eq!(tally(&[installed], &[]).left(), may, "{installed}");
        }
        // Packs of one version count together.
        assert_eq!(tally(&[60, 40], &[]).limit, 20);
        assert_eq!(tally(&[3, 3, 4], &[]).limit, 2);
    }

    #[test]
    fn revoked_ones_that_expired_free_their_slots() {
        let budget = tally(&[10], &["2026-09-20", "2026-08-22", "2026-08-01", "2026-10-02"]);
        assert_eq!((budget.limit, budget.revoked, budget.left(), budget.over()), (2, 2, 0, 0));
        assert_eq!(budget.next_slot_at, Some(day("2026-09-20")));
        assert_eq!(budget.free_again_at, Some(day("2026-09-20")));
        let budget = tally(&[10], &["2026-10-02"]);
        assert_eq!((budget.left(), budget.next_slot_at, budget.free_again_at), (1, Some(day("2026-10-02")), None));
        assert_eq!(tally(&[10], &["2026-08-01"]), tally(&[10], &[]));
    }

    #[test]
    fn over_the_limit_the_first_to_expire_frees_no_slot() {
        let budget = tally(&[10], &["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04"]);
        assert_eq!((budget.left(), budget.over()), (0, 2));
        assert_eq!((budget.next_slot_at, budget.free_again_at), (Some(day("2026-09-01")), Some(day("2026-09-03"))));
        // Of nothing installed nothing may be revoked, ever.
        let budget = tally(&[], &["2026-09-01"]);
        assert_eq!((budget.limit, budget.left(), budget.free_again_at, budget.is_empty()), (0, 0, None, false));
        assert!(tally(&[], &[]).is_empty());
    }

    #[test]
    fn what_never_expires_frees_no_slot() {
        let revoked = [Revoked { epoch: 1, expires_at: Moment::NEVER }];
        let budget = Budget::tally(1, &[Installed { epoch: 1, quantity: 3 }], &revoked, day("2026-08-22"));
        assert_eq!((budget.revoked, budget.left(), budget.next_slot_at, budget.free_again_at), (1, 0, None, None));
    }

    #[test]
    fn a_new_license_database_begins_with_nothing_revoked() {
        let installed = [Installed { epoch: 1, quantity: 100 }, Installed { epoch: 2, quantity: 50 }];
        let revoked = [
            Revoked { epoch: 1, expires_at: day("2026-09-20") },
            Revoked { epoch: 1, expires_at: day("2026-09-21") },
            Revoked { epoch: 2, expires_at: day("2026-09-22") },
        ];
        let budget = Budget::tally(2, &installed, &revoked, day("2026-08-22"));
        assert_eq!((budget.installed, budget.limit, budget.revoked, budget.left()), (50, 10, 1, 9));
        assert_eq!(Budget::tally(1, &installed, &revoked, day("2026-08-22")).left(), 18);
    }

    #[test]
    fn only_a_full_per_device_license_of_a_bought_pack_on_a_server_of_2008_or_later_may_be_revoked() {
        let license = Revocable {
            license_type: "per_device".into(),
            status: 2,
            issued_at: day("2026-07-23"),
            expires_at: day("2026-10-01"),
            gone_at: None,
            is_finite: true,
            server: "LIC-01".into(),
            able: Able::Yes,
        };
        let on = day("2026-08-22");
        assert!(license.may_revoke(on).is_ok());
        assert!(Revocable { able: Able::NotKnown, ..license.clone() }.may_revoke(on).is_ok());
        // What its server shows as revoked was live once, whenever that was.
        assert!(Revocable { status: 4, expires_at: day("2026-08-01"), ..license.clone() }.may_revoke(on).is_ok());
        for (other, says) in [
            (Revocable { license_type: "per_user".into(), ..license.clone() }, "A Per User license cannot be revoked"),
            (Revocable { license_type: "other".into(), ..license.clone() }, "of another type"),
            (Revocable { status: 1, ..license.clone() }, "A temporary license cannot be revoked"),
            (Revocable { status: 5, ..license.clone() }, "does not call this license active"),
            (Revocable { is_finite: false, ..license.clone() }, "nobody bought"),
            (Revocable { able: Able::No, ..license.clone() }, "LIC-01 is older than Windows Server 2008"),
            (Revocable { expires_at: day("2026-08-21"), ..license.clone() }, "run out on 21 Aug 2026 already"),
            (Revocable { gone_at: Some(day("2026-08-20")), ..license.clone() }, "no longer on 20 Aug 2026"),
            (Revocable { issued_at: day("2026-08-23"), ..license.clone() }, "was issued on 23 Aug 2026"),
        ] {
            let wrong = other.may_revoke(on).unwrap_err();
            assert!(wrong.len() == 1 && wrong.to_string().contains(says), "{says}: {wrong}");
        }
    }

    #[test]
    fn only_2008_and_later_can_revoke() {
        for (year, able) in [
            (Some(2000), Able::No),
            (Some(2003), Able::No),
            (Some(2008), Able::Yes),
            (Some(2025), Able::Yes),
            (None, Able::NotKnown),
        ] {
            assert_eq!(Able::of(year), able);
        }
    }
}
