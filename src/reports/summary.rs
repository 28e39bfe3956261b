//! What the first page says: what needs a look, and how much is known.

use crate::web::format::capped;
use crate::web::slice::CAP;

/// Days ahead in which a temporary license that runs out is worth a look.
pub const SOON: i64 = 14;

/// A count that stopped at the cap of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub i64);

impl Count {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self.0 > 0
    }

    /// Whether there is one.
    pub fn is_one(self) -> bool {
        self.0 == 1
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
    /// Temporary licenses on their servers that run out within [`SOON`] days.
    pub running_out: Count,
    /// Key packs on their servers of which more is issued than there is.
    pub over_used: Count,
    /// Transfers that no request asks for yet.
    pub queued: Count,
    /// Requests of which something is still asked for.
    pub asked: Count,
    /// Calls that are live.
    pub live: Count,
    /// Calls that ended, and something is to follow.
    pub open_calls: Count,
    /// Key packs that were received and are not installed.
    pub to_install: Count,
    /// Signs of life of old computers that nobody has settled.
    pub signs: Count,
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
    /// Whether nothing needs a look.
    pub fn is_calm(&self) -> bool {
        let desk = [self.queued, self.asked, self.live, self.open_calls, self.to_install, self.signs];
        ![self.running_out, self.over_used].iter().chain(&desk).any(|count| count.any())
    }
}
