//! The lines of a position: each amount with what it comes from.

use crate::ids::{AgreementId, CallId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::web::format::number;

/// Which term of the equation a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// What is owned.
    Owned,
    /// What is installed.
    Installed,
    /// What explains licenses that nobody bought.
    Explained,
    /// What could be behind licenses that nothing explains: at most so many each.
    Suspect,
}

impl Term {
    /// As files and programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Term::Owned => "owned",
            Term::Installed => "installed",
            Term::Explained => "explained",
            Term::Suspect => "may_be_unexplained",
        }
    }

    /// As pages head it.
    pub fn label(self) -> &'static str {
        match self {
            Term::Owned => "Owned",
            Term::Installed => "Installed",
            Term::Explained => "Explained",
            Term::Suspect => "Could be behind what is unexplained",
        }
    }
}

/// What a line points to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// A purchase.
    pub agreement: Option<AgreementId>,
    /// Key packs that are counted.
    pub key_packs: Vec<KeyPackId>,
    /// The server that they are on.
    pub server: Option<(LicenseServerId, String)>,
    /// The request that brought them.
    pub reissue: Option<ReissueId>,
    /// The calls that granted them.
    pub calls: Vec<CallId>,
    /// The transfers that were granted with them.
    pub transfers: Vec<TransferId>,
    /// The key packs in whose place they came.
    pub replaced: Vec<KeyPackId>,
}

/// One amount, and what it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which term it belongs to.
    pub term: Term,
    /// So many licenses.
    pub amount: i64,
    /// What it is, in words.
    pub words: String,
    /// Whether it is a pack that is out of use and still on its server.
    pub is_left_standing: bool,
    /// What it points to.
    pub points: Points,
}

impl Line {
    /// A line of a term.
    pub fn new(term: Term, amount: i64, words: impl Into<String>, points: Points) -> Line {
        Line { term, amount, words: words.into(), is_left_standing: false, points }
    }

    /// Whether it only could be behind what nothing explains.
    pub fn is_suspect(&self) -> bool {
        self.term == Term::Suspect
    }

    /// Whether it explains something.
    pub fn is_explained(&self) -> bool {
        self.term == Term::Explained
    }

    /// The amount, in words.
    pub fn amount_text(&self) -> String {
        number(self.amount)
    }

    /// What explains it, as the equation says it: `R-17 moved 8 (call 9)`.
    pub fn short(&self) -> String {
        let what = match (self.points.reissue, self.points.key_packs.first()) {
            (Some(id), _) => format!("R-{id} moved {}", number(self.amount)),
            (None, Some(id)) => format!("key pack K-{id} moved {}", number(self.amount)),
            (None, None) => number(self.amount),
        };
        match self.points.calls.as_slice() {
            [] => what,
            [one] => format!("{what} (call {one})"),
            several => format!("{what} (calls {})", joined(several, "")),
        }
    }
}

/// Numbers one after the other: `T-1, T-2`.
pub fn joined<T: std::fmt::Display>(ids: &[T], before: &str) -> String {
    ids.iter().map(|id| format!("{before}{id}")).collect::<Vec<_>>().join(", ")
}
