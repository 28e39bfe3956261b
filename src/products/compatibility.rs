//! Does this client on this session host go with this license? The answer by the register's tables, each reason with its
//! source.

use super::product::Version;
use super::store::Numbered;
use super::tables::Row;

/// Where it is written that a license server must not be older than the licenses on it.
pub const SERVER_SOURCE: &str = "Microsoft, “Remote Desktop Services client access licenses”, table of versions";

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It goes.
    Yes,
    /// It does not.
    No,
    /// The tables leave it to an agreement.
    Ask,
}

impl Answer {
    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Ask => "ask",
        }
    }

    fn of(stored: &str) -> Answer {
        match stored {
            "yes" => Answer::Yes,
            "no" => Answer::No,
            _ => Answer::Ask,
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it says.
    pub says: String,
    /// Where it is written.
    pub source: String,
}

/// The answer and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What is asked: a client's system with whether it needs a license there, and whether the license serves the host.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The client's system, where one is named, and its row in the table of who needs a license.
    pub client: Option<(&'a str, Option<&'a Row>)>,
    /// The session host's version.
    pub host: Version,
    /// The license's version.
    pub cal: Version,
    /// The row that says whether such a license serves such a host.
    pub serves: Option<&'a Row>,
}

fn reason(says: String, row: Option<&Row>) -> Reason {
    let note = row.map(|row| row.note.as_str()).filter(|note| !note.is_empty());
    let says = note.map_or_else(|| says.clone(), |note| format!("{says} {note}"));
    Reason { says, source: row.map(|row| row.source.clone()).unwrap_or_default() }
}

impl Question<'_> {
    /// The answer.
    pub fn judge(&self) -> Reply {
        let (host, cal) = (self.host.label(), self.cal.label());
        let mut reasons = Vec::new();
        let need = self.client.map(|(name, row)| {
            let need = row.map_or("ask", |row| row.answer.as_str());
            let says = match need {
                "none" => format!("{name} needs no license on a session host of {host}."),
                "needed" => format!("{name} needs a license on a session host of {host}."),
                _ => format!("Whether {name} needs a license on a session host of {host} depends on your agreement."),
            };
            reasons.push(reason(says, row));
            need
        });
        if need == Some("none") {
            return Reply { answer: Answer::Yes, reasons };
        }
        let serves = self.serves.map_or(Answer::Ask, |row| Answer::of(&row.answer));
        let says = match serves {
            Answer::Yes => format!("A license of {cal} serves a session host of {host}."),
            Answer::No => format!("A license of {cal} does not serve a session host of {host}."),
            Answer::Ask => {
                format!("Whether a license of {cal} serves a session host of {host} depends on your agreement.")
            }
        };
        reasons.push(reason(says, self.serves));
        let answer = match (need, serves) {
            // Whether it needs one is then the whole question.
            (Some("ask"), Answer::No) => Answer::Ask,
            (_, serves) => serves,
        };
        if answer != Answer::No {
            let least = self.cal.max(self.host).label();
            let says =
                format!("The license server must run {least} or later: none hands out licenses later than itself.");
            reasons.push(Reason { says, source: SERVER_SOURCE.to_owned() });
        }
        Reply { answer, reasons }
    }
}

/// The session hosts that a license of a version serves, by the table; empty where none is known.
pub fn serves(rows: &[Numbered], cal: &str) -> String {
    let hosts = |answer: &str| -> Vec<&str> {
        let mut found: Vec<&str> = rows
            .iter()
            .filter(|row| row.column_key == cal && row.row.answer == answer)
            .map(|row| row.row_key.as_str())
            .collect();
        found.sort_unstable();
        found
    };
    let (yes, ask) = (hosts("yes").join(", "), hosts("ask").join(", "));
    match (yes.is_empty(), ask.is_empty()) {
        (false, true) => yes,
        (false, false) => format!("{yes} (ask your agreement about {ask})"),
        (true, false) => format!("ask your agreement about {ask}"),
        (true, true) => String::new(),
    }
}

/// The row of a table for its two keys.
pub fn cell<'a>(rows: &'a [Numbered], row: &str, column: &str) -> Option<&'a Row> {
    rows.iter().find(|one| one.row_key == row && one.column_key == column).map(|one| &one.row)
}

/// The column of the table of who needs a license for a session host.
pub fn host_column(host: Version) -> &'static str {
    if host == Version::V2000 { "2000" } else { "later" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(answer: &str) -> Row {
        Row { answer: answer.into(), source: "KB 823313".into(), ..Row::default() }
    }

    #[test]
    fn the_answer_follows_from_who_needs_a_license_and_what_it_serves() {
        for (need, serves, expected, reasons) in [
            (Some("needed"), "yes", Answer::Yes, 3),
            (Some("needed"), "no", Answer::No, 2),
            (Some("needed"), "ask", Answer::Ask, 3),
            (Some("none"), "no", Answer::Yes, 1),
            (Some("ask"), "no", Answer::Ask, 3),
            (Some("ask"), "yes", Answer::Yes, 3),
            (None, "yes", Answer::Yes, 2),
            (None, "no", Answer::No, 1),
        ] {
            let (need, serves) = (need.map(row), row(serves));
            let client = need.as_ref().map(|need| ("Linux", Some(need)));
            let question = Question { client, host: Version::V2016, cal: Version::V2019, serves: Some(&serves) };
            let reply = question.judge();
            assert_eq!((reply.answer, reply.reasons.len()), (expected, reasons), "{need:?} {serves:?}");
        }
        // What no table says is asked.
        let question =
            Question { client: Some(("Linux", None)), host: Version::V2016, cal: Version::V2019, serves: None };
        assert_eq!(question.judge().answer, Answer::Ask);
        assert!(question.judge().reasons[2].says.contains("Windows Server 2019 or later"));
    }
}
