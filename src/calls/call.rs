//! A call, what it was about and what came of it.

use crate::ids::{CallId, CompanyId, LicenseServerId, ReissueId};
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything that was asked for.
    Completed,
    /// Some of it.
    Partial,
    /// Microsoft said no.
    Denied,
    /// The line went dead.
    Dropped,
    /// Somebody calls again later.
    Callback,
    /// The desk that answered does not do this.
    WrongDesk,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Ending; 6] =
        [Ending::Completed, Ending::Partial, Ending::Denied, Ending::Callback, Ending::Dropped, Ending::WrongDesk];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::Partial => "partial",
            Ending::Denied => "denied",
            Ending::Dropped => "dropped",
            Ending::Callback => "callback",
            Ending::WrongDesk => "wrong_desk",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Ending::Completed => "Completed",
            Ending::Partial => "Partly granted",
            Ending::Denied => "Denied",
            Ending::Dropped => "Dropped",
            Ending::Callback => "Callback",
            Ending::WrongDesk => "Wrong desk",
        }
    }

    /// What it means, beside the choice.
    pub fn hint(self) -> &'static str {
        match self {
            Ending::Completed => "all that was asked for",
            Ending::Partial => "some of it; the rest stays open",
            Ending::Denied => "Microsoft said no",
            Ending::Dropped => "the line went dead",
            Ending::Callback => "somebody calls again",
            Ending::WrongDesk => "another desk does this",
        }
    }

    /// The ending that is written `text`.
    pub fn parse(text: &str) -> Option<Ending> {
        Ending::ALL.into_iter().find(|ending| ending.as_str() == text)
    }

    /// Whether the call stays open until somebody calls again or closes it.
    pub fn stays_open(self, call_back_at: Option<Moment>) -> bool {
        matches!(self, Ending::Dropped | Ending::Callback) || call_back_at.is_some()
    }
}

/// What a call is about: stored name, words.
pub const ABOUT: [(&str, &str); 4] = [
    ("reissue", "Licenses to be reissued"),
    ("activation", "Activating or reactivating the license server"),
    ("deactivation", "Deactivating the license server: a confirmation code"),
    ("other", "Something else about the license server"),
];

/// What a call is about, in words.
pub fn about_words(name: &str) -> &str {
    ABOUT.iter().find(|(about, _)| *about == name).map_or(name, |(_, words)| words)
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Somebody is on the telephone.
    Live,
    /// It ended, and something is still to follow.
    Open,
    /// Nothing is to follow.
    Closed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Standing; 3] = [Standing::Live, Standing::Open, Standing::Closed];

    /// As addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Live => "live",
            Standing::Open => "open",
            Standing::Closed => "closed",
        }
    }

    /// Its word, for a badge.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Live => "Live",
            Standing::Open => "Open",
            Standing::Closed => "Closed",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            Standing::Live => Meaning::Wait,
            Standing::Open => Meaning::Act,
            Standing::Closed => Meaning::Done,
        }
    }

    /// The standing that is written `text`.
    pub fn parse(text: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

/// A call as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Call {
    /// Its number.
    pub id: CallId,
    /// The company for which was called.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// The license server.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// What it is about, as [`ABOUT`] stores it.
    pub about: String,
    /// When it began.
    pub started_at: Moment,
    /// When it ended; nothing: it is live.
    pub ended_at: Option<Moment>,
    /// Who called.
    pub operator: String,
    /// The call that it follows.
    pub follows_id: Option<CallId>,
    /// The number that was called.
    pub number_called: String,
    /// Who answered.
    pub representative: String,
    /// The number of the case at Microsoft.
    pub case_reference: String,
    /// What came of it.
    pub outcome: Option<Ending>,
    /// When somebody calls again.
    pub call_back_at: Option<Moment>,
    /// Since when nothing is to follow.
    pub closed_at: Option<Moment>,
    /// Who or what closed it.
    pub closed_by: Option<String>,
    /// Why it was closed.
    pub closing: String,
    /// What was noted at its end.
    pub note: String,
    /// Set: it was logged after it had ended.
    pub afterwards: i64,
    /// How many licenses it granted.
    pub granted: i64,
}

impl Call {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        match (self.ended_at, self.closed_at) {
            (None, _) => Standing::Live,
            (_, None) => Standing::Open,
            _ => Standing::Closed,
        }
    }

    /// What it is about, in words.
    pub fn about_words(&self) -> &str {
        about_words(&self.about)
    }

    /// What came of it, in words.
    pub fn outcome_words(&self) -> &'static str {
        self.outcome.map_or("", Ending::label)
    }
}

/// What was noted during a call: stored name, word.
pub const NOTES: [(&str, &str); 6] = [
    ("note", "Note"),
    ("hold", "On hold"),
    ("resumed", "Off hold"),
    ("transferred", "Put through"),
    ("wrong_desk", "Wrong desk"),
    ("took_over", "Took the call over"),
];

/// A note of a call; each is a row of its own, so that nobody loses another's.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Note {
    /// When.
    pub at: Moment,
    /// By whom.
    pub author: String,
    /// What it is, as [`NOTES`] stores it.
    pub kind: String,
    /// Its text.
    pub note: String,
}

impl Note {
    /// What it is, in words.
    pub fn kind_words(&self) -> &str {
        NOTES.iter().find(|(kind, _)| *kind == self.kind).map_or(&self.kind, |(_, words)| words)
    }
}

/// A request of a call, with what was asked and granted in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AskedFor {
    /// The call.
    pub call_id: CallId,
    /// The request.
    pub reissue_id: ReissueId,
    /// How many licenses were asked for.
    pub asked: i64,
    /// How many were granted.
    pub granted: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_stays_open_while_something_is_to_follow() {
        let later = Some(Moment(1));
        for (ending, call_back_at, open) in [
            (Ending::Completed, None, false),
            (Ending::Completed, later, true),
            (Ending::Partial, None, false),
            (Ending::Partial, later, true),
            (Ending::Denied, None, false),
            (Ending::WrongDesk, None, false),
            (Ending::Dropped, None, true),
            (Ending::Callback, None, true),
        ] {
            assert_eq!(ending.stays_open(call_back_at), open, "{ending:?} {call_back_at:?}");
        }
    }
}
