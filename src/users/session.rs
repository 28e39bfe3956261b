//! A session: one sign-in of a person, on one browser.

use crate::ids::{SessionId, UserId};
use crate::moment::{DAY, Moment};

use super::user::Role;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Without use, in seconds.
    pub idle: i64,
    /// In all, in seconds.
    pub whole: i64,
}

/// How long a one-time link can be used.
pub const LINK_LASTS: i64 = DAY;

/// How many failed tries within [`THROTTLE_WINDOW`] stop further ones for an account.
pub const TRIES_PER_ACCOUNT: i64 = 10;
/// How many failed tries within [`THROTTLE_WINDOW`] stop further ones from an address.
pub const TRIES_PER_ADDRESS: i64 = 50;
/// The seconds within which failed tries count.
pub const THROTTLE_WINDOW: i64 = 15 * 60;

/// A session with the person it belongs to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Its number.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their role now.
    pub role: Role,
    /// The time zone that they chose; empty where they leave it to their browser.
    pub time_zone: String,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Moment,
    /// How many imports are being applied just now, so that changes wait: asked along, for every page says it.
    pub applying: i64,
    /// What of the console's own upkeep ended badly the last time: 1 the backup, 2 the check, 3 both. A backup that failed is
    /// tried again within the hour; one that failed long ago, and was not tried since, is no longer wanted.
    pub failing: i64,
}

impl Session {
    /// Whether it can still be used.
    pub fn is_live(&self, now: Moment, limits: Limits) -> bool {
        now <= self.last_used_at.plus(limits.idle) && now <= self.created_at.plus(limits.whole)
    }
}

/// By what a browser's own words tell it; those that others also say come last.
const BROWSERS: [(&str, &str); 5] =
    [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

/// By what a browser's own words tell its system.
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A session as its person's own page lists it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnSession {
    /// Its number.
    pub id: SessionId,
    /// The network address it was begun from.
    pub address: String,
    /// The browser, as it named itself.
    pub browser: String,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Moment,
}

impl OwnSession {
    /// The browser as its person knows it: `Firefox on Windows`; a stranger one by its own words.
    pub fn browser_words(&self) -> String {
        let named = |names: &[(&str, &'static str)]| {
            names.iter().find(|(mark, _)| self.browser.contains(mark)).map(|(_, name)| *name)
        };
        match (named(&BROWSERS), named(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(browser), None) => browser.to_owned(),
            _ => self.browser.clone(),
        }
    }

    /// Whether it is this one.
    pub fn is(&self, id: &SessionId) -> bool {
        self.id == *id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_name_and_system() {
        let words = |browser: &str| {
            let browser = browser.to_owned();
            let (id, at) = (SessionId(1), Moment(0));
            OwnSession { id, address: String::new(), browser, created_at: at, last_used_at: at }.browser_words()
        };
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(words(edge), "Edge on Windows");
        assert_eq!(words("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox on Linux");
        assert_eq!(words("curl/8.5.0"), "curl/8.5.0");
    }

    #[test]
    fn a_session_ends_by_idleness_and_by_age() {
        let limits = Limits { idle: 100, whole: 1_000 };
        let session = Session {
            id: SessionId(1),
            user_id: UserId(1),
            name: String::new(),
            role: Role::Auditor,
            created_at: Moment(0),
            last_used_at: Moment(900),
            applying: 0,
            failing: 0,
        };
        assert!(session.is_live(Moment(1_000), limits));
        assert!(!session.is_live(Moment(1_001), limits));
        assert!(!Session { last_used_at: Moment(500), ..session }.is_live(Moment(601), limits));
    }
}
