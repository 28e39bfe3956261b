//! An import: its state, what it would change, and when it may be applied.

use crate::check::Problems;
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::web::format::{counted, number};

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its files are being received.
    Receiving,
    /// Its rows are being read and compared with the register.
    Reading,
    /// A person must say how the dates or the columns of a file are meant.
    Asking,
    /// Its preview waits for a decision.
    Ready,
    /// It is being applied.
    Applying,
    /// It was applied.
    Applied,
    /// The register says all of it already.
    NothingToDo,
    /// A person decided against it.
    Discarded,
    /// It could not be read.
    Failed,
}

impl State {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            State::Receiving => "Being received",
            State::Reading => "Being read",
            State::Asking => "Asks you something",
            State::Ready => "Waits for your decision",
            State::Applying => "Being applied",
            State::Applied => "Applied",
            State::NothingToDo => "Nothing to do",
            State::Discarded => "Discarded",
            State::Failed => "Failed",
        }
    }

    /// Whether the program is at work on it.
    pub fn is_running(self) -> bool {
        matches!(self, State::Receiving | State::Reading | State::Applying)
    }

    /// Whether it waits for a person.
    pub fn is_waiting(self) -> bool {
        matches!(self, State::Asking | State::Ready)
    }

    /// Whether it has come to its end.
    pub fn is_over(self) -> bool {
        !self.is_running() && !self.is_waiting()
    }
}

/// What a person says of an import when they hand it in.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// How it came: `upload`, `command line`.
    pub source: &'static str,
    /// The company whose server it is; empty: the only one.
    pub company_name: String,
    /// The server, for rows that name none.
    pub server_name: String,
    /// When the files were exported.
    pub captured_at: Moment,
    /// The time zone of dates without an offset.
    pub time_zone: String,
    /// How ambiguous dates are meant, where it was said.
    pub date_order: Option<String>,
    /// Whether the files cover only a part of the server.
    pub partial: bool,
    /// Whether it was said that rows may be gone, however many.
    pub accept_gone: bool,
}

/// An import, as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// How far it has come.
    pub state: State,
    /// How it came.
    pub source: String,
    /// Who handed it in.
    pub actor: String,
    /// The company, as said; empty: the only one.
    pub company_name: String,
    /// The server for rows that name none, as said.
    pub server_name: String,
    /// When the files were exported.
    pub captured_at: Moment,
    /// The time zone of dates without an offset.
    pub time_zone: String,
    /// How ambiguous dates are meant, where it was said: `day_first`, `month_first`.
    pub date_order: Option<String>,
    /// Whether the files cover only a part of the server.
    pub partial: i64,
    /// Whether it was said that rows may be gone, however many.
    pub accept_gone: i64,
    /// When it was handed in.
    pub created_at: Moment,
    /// When the copy of the program that works on it last said so.
    pub heartbeat_at: Moment,
    /// What is being done, in words.
    pub progress: String,
    /// Rows to do in this step.
    pub rows_total: i64,
    /// Rows done in this step.
    pub rows_done: i64,
    /// When this step began.
    pub reading_since: Moment,
    /// Rows that the register does not have.
    pub new_count: i64,
    /// Rows that the register has otherwise.
    pub changed_count: i64,
    /// Rows that the register has just so.
    pub unchanged_count: i64,
    /// Rows of the register that are gone from the server.
    pub gone_count: i64,
    /// Rows of an older file that differ from what is known now: history only.
    pub older_count: i64,
    /// Questions that a person must settle.
    pub conflict_count: i64,
    /// Rows with errors that were not left out.
    pub error_count: i64,
    /// Rows left out on purpose.
    pub left_out_count: i64,
    /// Why it failed or was refused.
    pub message: String,
    /// When it came to its end.
    pub finished_at: Option<Moment>,
    /// Who brought it there.
    pub finished_by: Option<String>,
}

impl Import {
    /// Rows that would change something.
    pub fn changes(&self) -> i64 {
        self.new_count + self.changed_count + self.gone_count + self.older_count
    }

    /// Rows a second in this step so far, and the seconds that are left at that pace.
    pub fn pace(&self, now: Moment) -> Option<(i64, i64)> {
        let seconds = (now.0 - self.reading_since.0).max(1);
        let pace = self.rows_done / seconds;
        (pace > 0 && self.rows_total > 0).then(|| (pace, ((self.rows_total - self.rows_done).max(0) + pace - 1) / pace))
    }

    /// How much of this step is done, in percent.
    pub fn percent(&self) -> i64 {
        if self.rows_total == 0 {
            0
        } else {
            (self.rows_done * 100 / self.rows_total).clamp(0, 100)
        }
    }

    /// Whether it may be applied.
    ///
    /// # Errors
    /// The sentences that say what must be settled first.
    pub fn may_apply(&self, servers: &[Covered]) -> Result<(), Problems> {
        let mut problems = Problems::none();
        if self.state != State::Ready {
            problems.add(
                "",
                format!(
                    "Import {} cannot be applied: it is in the state “{}”.",
                    self.id,
                    self.state.word()
                ),
            );
            return problems.or(());
        }
        if self.error_count > 0 {
            problems.add(
                "errors",
                format!(
                    "{} with errors. Mend the file and bring it in again, or leave each of them out on purpose.",
                    counted(self.error_count, "row")
                ),
            );
        }
        if self.conflict_count > 0 {
            problems.add(
                "conflicts",
                format!(
                    "{} to be settled by a person first.",
                    counted(self.conflict_count, "conflict")
                ),
            );
        }
        if self.accept_gone == 0 {
            for server in servers {
                if let Some(sentence) = server.loses_too_much() {
                    problems.add("accept_gone", sentence);
                }
            }
        }
        problems.or(())
    }
}

/// A file of an import.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ImportFile {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its SHA-256.
    pub sha256: String,
    /// What its rows are, once known.
    pub kind: String,
    /// Its encoding and shape, in words.
    pub described: String,
    /// The text by which a column mapping for such files is remembered.
    pub signature: String,
    /// What must be asked about it: `dates`, `columns` or nothing.
    pub question: String,
    /// What was found out about it, as JSON.
    pub inspection: String,
    /// Its rows.
    pub row_count: i64,
}

/// A license server that an import speaks of, and how much of it the import covers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Covered {
    /// Its number within the import.
    pub n: i64,
    /// Its name.
    pub name: String,
    /// The register's server, when there is one.
    pub server_id: Option<i64>,
    /// The register's epoch, or the new one.
    pub epoch: i64,
    /// The imports applied to it when it was compared.
    pub revision: i64,
    /// The license server ID that the export told; empty: none.
    pub license_server_id: String,
    /// Whether the import has a file of its key packs.
    pub has_packs: i64,
    /// Whether the import has a file of its licenses.
    pub has_licenses: i64,
    /// Whether a newer file of key packs was applied already.
    pub older_packs: i64,
    /// Whether a newer file of licenses was applied already.
    pub older_licenses: i64,
    /// Whether its license database was rebuilt.
    pub new_epoch: i64,
    /// Key packs that are gone.
    pub gone_packs: i64,
    /// Licenses that are gone.
    pub gone_licenses: i64,
    /// Key packs that were there.
    pub live_packs: i64,
    /// Licenses that were there.
    pub live_licenses: i64,
}

/// So many rows may vanish without anybody being asked.
const VANISH_UNASKED: i64 = 20;

impl Covered {
    /// A sentence when so much would vanish that the file is probably not the whole server.
    fn loses_too_much(&self) -> Option<String> {
        let too_much = |gone: i64, live: i64| gone > VANISH_UNASKED && gone * 5 > live;
        if self.new_epoch == 1 {
            return None;
        }
        let (gone, live, what) = if too_much(self.gone_licenses, self.live_licenses) {
            (self.gone_licenses, self.live_licenses, "licenses")
        } else if too_much(self.gone_packs, self.live_packs) {
            (self.gone_packs, self.live_packs, "key packs")
        } else if self.gone_licenses > 0 && self.gone_licenses == self.live_licenses {
            (self.gone_licenses, self.live_licenses, "licenses")
        } else if self.gone_packs > 0 && self.gone_packs == self.live_packs {
            (self.gone_packs, self.live_packs, "key packs")
        } else {
            return None;
        };
        Some(format!(
            "{} of the {} {what} of {} would be gone. If the file is the whole server, say so (“it is so”, or --accept-gone); \
             if it is only a part, bring it in as a part.",
            number(gone),
            number(live),
            self.name
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(gone: i64, live: i64) -> Covered {
        Covered {
            n: 1,
            name: "LIC-01".into(),
            server_id: Some(1),
            epoch: 1,
            revision: 1,
            license_server_id: String::new(),
            has_packs: 0,
            has_licenses: 1,
            older_packs: 0,
            older_licenses: 0,
            new_epoch: 0,
            gone_packs: 0,
            gone_licenses: gone,
            live_packs: 0,
            live_licenses: live,
        }
    }

    #[test]
    fn more_than_twenty_and_a_fifth_may_not_vanish_unasked() {
        for (gone, live, refused) in [
            (0, 0, false),
            (20, 50, false),
            (21, 50, true),
            (21, 105, false),
            (21, 104, true),
            (3, 3, true),
            (0, 100, false),
        ] {
            assert_eq!(
                server(gone, live).loses_too_much().is_some(),
                refused,
                "{gone} of {live}"
            );
        }
        assert!(
            Covered {
                new_epoch: 1,
                ..server(50, 50)
            }
            .loses_too_much()
            .is_none(),
            "a rebuilt database loses all"
        );
    }
}
