//! What an administrator would look at first when something seems amiss: each thing with one sentence.

mod room;
mod upkept;

use std::path::Path;

use crate::config::Config;
use crate::db::{Db, file_of, newest_schema};
use crate::moment::{DAY, Moment};
use crate::upkeep::Plan;
use crate::web::error::Outcome;

/// How far two clocks may stand apart, in seconds.
const CLOCK_SLACK: i64 = 60;

/// Days after which a server's last import is old.
const OLD_IMPORT: i64 = 7;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it should.
    Ok,
    /// Somebody should look at it.
    Warning,
    /// It must be mended.
    Wrong,
}

impl Standing {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Warning => "warning",
            Standing::Wrong => "wrong",
        }
    }
}

/// What was found, in one sentence.
pub type Finding = (Standing, String);

/// Looks at everything; changes nothing.
pub async fn look(config: &Config, now: Moment) -> Vec<Finding> {
    let mut found = vec![match config.settings() {
        Ok(_) => (Standing::Ok, "The settings can be understood.".into()),
        Err(sentence) => (Standing::Wrong, sentence),
    }];
    let url = match config.database() {
        Ok(url) => url,
        Err(sentence) => {
            found.push((Standing::Wrong, sentence));
            return found;
        }
    };
    let plan = config.upkeep();
    if let Some(path) = file_of(&url) {
        if !path.exists() {
            found.push((
                Standing::Wrong,
                format!("There is no database at {}. reseat serve makes one.", path.display()),
            ));
            return found;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        found.extend([private(folder), private(path)]);
        found.push(room::left(folder, "the database", room::size(path)));
    }
    if let Some(backups) = plan.backups.as_ref().filter(|backups| backups.folder.exists()) {
        found.push(room::left(&backups.folder, "backups", room::largest(&backups.folder)));
    }
    found.push(room::left(&std::env::temp_dir(), "temporary files", 0));
    match Db::open_as_it_stands(&url).await {
        Ok(db) => {
            match look_into(&db, &plan, now).await {
                Ok(more) => found.extend(more),
                Err(error) => found.push((Standing::Wrong, format!("The database cannot be read: {error:#}."))),
            }
            db.close().await;
        }
        Err(error) => found.push((Standing::Wrong, error.to_string())),
    }
    found
}

/// Whether only the account of the program may read a file or folder.
#[cfg(unix)]
fn private(path: &Path) -> Finding {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777) {
        Err(error) => (Standing::Wrong, format!("{} cannot be looked at: {error}.", path.display())),
        Ok(mode) if mode & 0o002 != 0 => {
            (Standing::Wrong, format!("Everybody may change {} (mode {mode:o}). chmod o-w ends that.", path.display()))
        }
        // A file in a folder that is closed to others is closed to them too.
        Ok(mode) if mode & 0o077 != 0 && path.is_dir() => (
            Standing::Warning,
            format!("Other accounts may look into {} (mode {mode:o}). chmod 700 ends that.", path.display()),
        ),
        Ok(mode) => (Standing::Ok, format!("{} has mode {mode:o}.", path.display())),
    }
}

#[cfg(not(unix))]
fn private(path: &Path) -> Finding {
    (Standing::Ok, format!("{} is there.", path.display()))
}

async fn look_into(db: &Db, plan: &Plan, now: Moment) -> Outcome<Vec<Finding>> {
    let mut tx = db.snapshot().await?;
    let (schema, newest) = (tx.schema().await?, newest_schema());
    let mut found = vec![match schema.cmp(&newest) {
        std::cmp::Ordering::Equal => {
            (Standing::Ok, format!("The database has schema {schema}, which is this program’s."))
        }
        std::cmp::Ordering::Less => {
            let says =
                format!("The database has schema {schema}; the next start brings it to {newest}, after a backup.");
            (Standing::Warning, says)
        }
        std::cmp::Ordering::Greater => (
            Standing::Wrong,
            format!("The database has schema {schema}, newer than this program’s {newest}. Start a newer program."),
        ),
    }];
    if schema == 0 {
        return Ok(found);
    }
    let clock = tx.pick("select unixepoch()", "select extract(epoch from now())::bigint");
    let theirs: i64 = tx.sql(clock).scalar().await?;
    let last: i64 = tx.sql("select at from history_tail where id = 1").scalar().await?;
    found.push(clocks(now, theirs, last));
    let servers: Vec<(String, i64)> = tx
        .sql(
            "select name, case when coalesce(packs_seen_at, 0) > coalesce(licenses_seen_at, 0) then packs_seen_at \
             else coalesce(licenses_seen_at, 0) end from license_servers order by name, id limit 200",
        )
        .all()
        .await?;
    found.extend(servers.into_iter().map(|(name, at)| imported(&name, Moment(at), now)));
    if tx.has_table("upkeep_runs").await? {
        drop(tx);
        found.extend(upkept::look(db, plan, now).await?);
    }
    Ok(found)
}

fn clocks(now: Moment, theirs: i64, last: i64) -> Finding {
    if (theirs - now.0).abs() > CLOCK_SLACK {
        return (
            Standing::Wrong,
            format!("The database server’s clock is {} seconds off ours. Set both by NTP.", theirs - now.0),
        );
    }
    if last > now.0 + CLOCK_SLACK {
        let says =
            format!("History’s last line is of {}, in the future. Is this machine’s clock right?", Moment(last).iso());
        return (Standing::Wrong, says);
    }
    (Standing::Ok, "The clocks agree, and nothing was recorded in the future.".into())
}

fn imported(name: &str, at: Moment, now: Moment) -> Finding {
    if at.is_unknown() {
        return (Standing::Warning, format!("{name} was never brought in."));
    }
    let old = now.0 - at.0 > OLD_IMPORT * DAY;
    let standing = if old { Standing::Warning } else { Standing::Ok };
    (standing, format!("{name} was last brought in as of {}.", at.iso()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_and_a_line_of_the_future_are_wrong() {
        let now = Moment(1_000_000);
        assert_eq!(clocks(now, now.0 + 30, now.0).0, Standing::Ok);
        assert_eq!(clocks(now, now.0 - 300, now.0).0, Standing::Wrong);
        assert_eq!(clocks(now, now.0, now.0 + 3_600).0, Standing::Wrong);
    }
}
