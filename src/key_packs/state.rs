//! What became of a key pack's license key pack ID.

use crate::web::parts::Meaning;

/// Where a key pack installation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its license key pack ID was received; nobody has installed it yet.
    Received,
    /// It is on its server.
    #[default]
    Installed,
    /// It was taken off its server.
    Removed,
    /// Another pack stands in its place, though it may still be on a server.
    Superseded,
    /// The server refused its license key pack ID.
    InstallFailed,
    /// Its license key pack ID can no longer be installed.
    Void,
}

impl State {
    /// Every state.
    pub const ALL: [State; 6] =
        [State::Received, State::Installed, State::Removed, State::Superseded, State::InstallFailed, State::Void];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Installed => "installed",
            State::Removed => "removed",
            State::Superseded => "superseded",
            State::InstallFailed => "install_failed",
            State::Void => "void",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            State::Received => "Received",
            State::Installed => "Installed",
            State::Removed => "Removed",
            State::Superseded => "Superseded",
            State::InstallFailed => "Installation failed",
            State::Void => "Void",
        }
    }

    /// What the reader has to do about it.
    pub fn meaning(self) -> Meaning {
        if self == State::InstallFailed { Meaning::Stop } else { Meaning::Plain }
    }

    /// What it says of the key pack, beside the choice.
    pub fn says(self) -> &'static str {
        match self {
            State::Received => "Microsoft gave the license key pack ID; it is not installed yet.",
            State::Installed => "It is on its server.",
            State::Removed => "It was taken off its server.",
            State::Superseded => "Another pack stands in its place, as after a rebuilt database.",
            State::InstallFailed => "The server refused the license key pack ID.",
            State::Void => "Its license key pack ID can no longer be installed.",
        }
    }

    /// The state that is written `text`.
    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }
}
