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
    /// When it began.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Moment,
}

impl Session {
    /// Whether it can still be used.
    pub fn is_live(&self, now: Moment, limits: Limits) -> bool {
        now <= self.last_used_at.plus(limits.idle) && now <= self.created_at.plus(limits.whole)
    }
}

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
    /// Whether it is this one.
    pub fn is(&self, id: &SessionId) -> bool {
        self.id == *id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        };
        assert!(session.is_live(Moment(1_000), limits));
        assert!(!session.is_live(Moment(1_001), limits));
        assert!(!Session { last_used_at: Moment(500), ..session }.is_live(Moment(601), limits));
    }
}
