//! How old the last backup and the last check are, and how they ended.

use super::{Finding, Standing};
use crate::db::Db;
use crate::moment::{DAY, Moment};
use crate::upkeep::{Plan, Run, Work, store};
use crate::web::error::Outcome;

/// Days after which a backup or a check that nobody planned is old.
const OLD: i64 = 7;

/// Looks at both.
pub async fn look(db: &Db, plan: &Plan, now: Moment) -> Outcome<Vec<Finding>> {
    let mut found = Vec::new();
    for work in Work::ALL {
        let (bad, good) = (store::failed(db, work).await?, store::last_good(db, work).await?);
        found.push(judge(work, bad.as_ref(), good.as_ref(), usual(plan, work), now));
    }
    Ok(found)
}

/// The seconds after which there should have been another one.
fn usual(plan: &Plan, work: Work) -> i64 {
    match (work, &plan.backups) {
        (Work::Backup, Some(backups)) => backups.every * 2,
        (Work::Verify, _) if plan.verify_hour.is_some() => 2 * DAY,
        _ => OLD * DAY,
    }
}

fn judge(work: Work, bad: Option<&Run>, good: Option<&Run>, usual: i64, now: Moment) -> Finding {
    let (what, command) = match work {
        Work::Backup => ("backup", "reseat backup"),
        Work::Verify => ("check", "reseat verify"),
    };
    if let Some(bad) = bad {
        let first = bad.sentences().next().unwrap_or_default();
        let well =
            good.map_or("none ended well yet".into(), |run| format!("the last good one is of {}", run.began_at.iso()));
        return (Standing::Wrong, format!("The last {what}, of {}, failed ({well}): {first}", bad.began_at.iso()));
    }
    match good {
        None => (
            Standing::Warning,
            format!("There was no {what} yet. {command} makes one; other programs’ are not known here."),
        ),
        Some(run) if now.0 - run.began_at.0 > usual => (
            Standing::Warning,
            format!("The last {what} is of {}, {} days ago.", run.began_at.iso(), (now.0 - run.began_at.0) / DAY),
        ),
        Some(run) => (Standing::Ok, format!("The last {what} is of {}, and ended well.", run.began_at.iso())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_or_old_backup_is_said_with_the_last_good_one() {
        let now = Moment(1_787_400_000);
        let good = Run::begin(Work::Backup, "reseat serve", now.plus_days(-3));
        let bad = Run { wrong: "The disk is full.".into(), ..Run::begin(Work::Backup, "reseat serve", now) };
        let stands = |bad, usual| judge(Work::Backup, bad, Some(&good), usual, now);
        let failed = stands(Some(&bad), DAY);
        assert_eq!(failed.0, Standing::Wrong);
        assert!(
            failed.1.ends_with("(the last good one is of 2026-08-19T12:00:00Z): The disk is full."),
            "{}",
            failed.1
        );
        assert_eq!(
            stands(None, 2 * DAY),
            (Standing::Warning, "The last backup is of 2026-08-19T12:00:00Z, 3 days ago.".into())
        );
        assert_eq!(stands(None, 4 * DAY).0, Standing::Ok);
        assert_eq!(judge(Work::Verify, None, None, DAY, now).0, Standing::Warning);
    }
}
