//! Upkeep: what the console does by itself while it runs, by one copy of the program at a time. Backups at their
//! interval, and every night the check of everything that must hold.

pub mod folder;
pub mod keeper;
pub mod store;

use std::path::{Path, PathBuf};

use crate::moment::{DAY, Moment, Stopwatch};
use crate::web::format::{counted, number};

/// Seconds after which something that failed is tried again.
pub const RETRY: i64 = 3_600;

/// Seconds after which a copy of the program that was not heard of is no longer at its work. Long, since on SQLite it
/// cannot be heard of while a large import is being applied.
pub const SILENCE: i64 = 600;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Work {
    /// Writing everything into a file.
    Backup,
    /// Checking everything that must hold.
    Verify,
}

impl Work {
    /// Everything that is done.
    pub const ALL: [Work; 2] = [Work::Backup, Work::Verify];

    /// As the database and measurements name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Work::Backup => "backup",
            Work::Verify => "verify",
        }
    }
}

/// When it is done, as the settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Backups, unless none are made.
    pub backups: Option<Backups>,
    /// The hour of the day, in UTC, from which everything is checked; `None`: not by itself.
    pub verify_hour: Option<u8>,
}

/// Backups at an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// Seconds from one to the next.
    pub every: i64,
    /// Where they are written.
    pub folder: PathBuf,
    /// How many are kept.
    pub keep: usize,
}

/// One kind of work as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Standing {
    /// Which.
    pub work: Work,
    /// The copy of the program that is at it; empty when none is.
    pub held_by: String,
    /// When that copy was last heard of.
    pub beat_at: Moment,
    /// When it was last begun.
    pub began_at: Moment,
    /// When it ended badly, if it did so the last time.
    pub failed_at: Option<Moment>,
}

impl Standing {
    /// Whether a copy of the program is at it.
    pub fn is_held(&self, now: Moment) -> bool {
        !self.held_by.is_empty() && !self.is_left(now)
    }

    /// Whether the copy that was at it has not been heard of for long.
    pub fn is_left(&self, now: Moment) -> bool {
        !self.held_by.is_empty() && now >= self.beat_at.plus(SILENCE)
    }
}

impl Plan {
    /// Whether this work is done at all.
    pub fn does(&self, work: Work) -> bool {
        match work {
            Work::Backup => self.backups.is_some(),
            Work::Verify => self.verify_hour.is_some(),
        }
    }

    /// Whether work is to be begun now.
    pub fn is_due(&self, standing: &Standing, now: Moment) -> bool {
        // A clock that was set back must not put everything off; two clocks that differ a little are no such thing.
        let never_or_later = standing.began_at.is_unknown() || standing.began_at > now.plus(SILENCE);
        match (standing.work, &self.backups, self.verify_hour) {
            (Work::Backup, Some(backups), _) => {
                let wait = if standing.failed_at.is_some() { backups.every.min(RETRY) } else { backups.every };
                never_or_later || now >= standing.began_at.plus(wait)
            }
            (Work::Verify, _, Some(hour)) => never_or_later || standing.began_at < latest(hour, now),
            _ => false,
        }
    }
}

/// The latest moment, not after now, at which this hour of the day began.
fn latest(hour: u8, now: Moment) -> Moment {
    let today = now.0 - now.0.rem_euclid(DAY) + i64::from(hour) * 3_600;
    Moment(if today > now.0 { today - DAY } else { today })
}

/// A piece of work that was done.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Run {
    /// Which.
    pub work: Work,
    /// Who asked for it: a person, or the command that did it by itself.
    pub actor: String,
    /// When it was begun.
    pub began_at: Moment,
    /// When it ended.
    pub ended_at: Moment,
    /// How long it took, in milliseconds.
    pub ms: i64,
    /// What is wrong, one sentence a line; empty when all is well.
    pub wrong: String,
    /// The backup's file.
    pub file: String,
    /// That file's size.
    pub bytes: i64,
}

impl Run {
    /// A run that begins.
    pub fn begin(work: Work, actor: &str, at: Moment) -> Run {
        let actor = actor.to_owned();
        Run { work, actor, began_at: at, ended_at: at, ms: 0, wrong: String::new(), file: String::new(), bytes: 0 }
    }

    /// Notes the end.
    pub fn end(&mut self, at: Moment, watch: Stopwatch) {
        self.ended_at = at;
        self.ms = i64::try_from(watch.ms()).unwrap_or(i64::MAX);
    }

    /// Notes the file that was written.
    pub fn wrote(&mut self, file: &Path) {
        self.file = file.display().to_string();
        self.bytes = std::fs::metadata(file).map_or(0, |found| i64::try_from(found.len()).unwrap_or(i64::MAX));
    }

    /// Whether it ended well.
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }

    /// What is wrong, sentence by sentence.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.wrong.lines()
    }

    /// How many things are wrong, for a reader.
    pub fn findings(&self) -> String {
        format!("{} wrong", counted(i64::try_from(self.sentences().count()).unwrap_or(i64::MAX), "thing"))
    }

    /// The file's name, without the folder.
    pub fn file_name(&self) -> &str {
        Path::new(&self.file).file_name().and_then(|name| name.to_str()).unwrap_or(&self.file)
    }

    /// The file's size, for a reader.
    pub fn size(&self) -> String {
        match self.bytes {
            ..10_000 => counted(self.bytes, "byte"),
            10_000..10_000_000 => format!("{} kB", number(self.bytes / 1_000)),
            _ => format!("{} MB", number(self.bytes / 1_000_000)),
        }
    }

    /// How long it took, for a reader.
    pub fn lasted(&self) -> String {
        match self.ms {
            ..1_000 => format!("{} ms", self.ms),
            1_000..120_000 => format!("{}.{} s", self.ms / 1_000, self.ms % 1_000 / 100),
            _ => counted(self.ms / 60_000, "minute"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment(20_000 * DAY + 12 * 3_600);

    fn standing(work: Work, began_at: Moment, failed_at: Option<Moment>) -> Standing {
        Standing { work, held_by: String::new(), beat_at: Moment(0), began_at, failed_at }
    }

    #[test]
    fn a_backup_is_due_after_its_interval_and_one_that_failed_within_the_hour() {
        let backups = Backups { every: DAY, folder: PathBuf::new(), keep: 3 };
        let plan = Plan { backups: Some(backups), verify_hour: None };
        let due = |began, failed| plan.is_due(&standing(Work::Backup, began, failed), NOON);
        assert!(due(Moment::UNKNOWN, None));
        assert!(due(NOON.plus(-DAY), None) && !due(NOON.plus(1 - DAY), None));
        assert!(due(NOON.plus(-RETRY), Some(NOON)) && !due(NOON.plus(1 - RETRY), Some(NOON)));
        assert!(due(NOON.plus(DAY), None), "a clock that was set back");
        assert!(!due(NOON.plus(60), None), "another copy's clock is a minute ahead");
        assert!(!Plan::default().is_due(&standing(Work::Backup, Moment::UNKNOWN, None), NOON));
    }

    #[test]
    fn a_check_is_due_once_a_day_from_its_hour_on() {
        let due = |hour, began| {
            let plan = Plan { backups: None, verify_hour: Some(hour) };
            plan.is_due(&standing(Work::Verify, began, None), NOON)
        };
        let three = NOON.plus(-9 * 3_600);
        assert!(due(3, three.plus(-1)) && !due(3, three));
        assert!(due(13, NOON.plus(-24 * 3_600)) && !due(13, NOON.plus(-22 * 3_600)));
        assert!(due(12, NOON.plus(-1)) && !due(12, NOON));
    }
}
