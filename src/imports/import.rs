//! An import: its state, what it would change, and when it may be applied.

use super::covered::Covered;
use super::form::Coverage;
use crate::check::Problems;
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::web::format::{counted, number};
use crate::web::parts::Meaning;

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
    /// As addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Receiving => "receiving",
            State::Reading => "reading",
            State::Asking => "asking",
            State::Ready => "ready",
            State::Applying => "applying",
            State::Applied => "applied",
            State::NothingToDo => "nothing_to_do",
            State::Discarded => "discarded",
            State::Failed => "failed",
        }
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            State::Receiving | State::Reading | State::Applying => Meaning::Wait,
            State::Asking | State::Ready => Meaning::Act,
            State::Applied => Meaning::Done,
            State::NothingToDo | State::Discarded => Meaning::Plain,
            State::Failed => Meaning::Stop,
        }
    }

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
    /// How much of the server the files cover.
    pub covers: Coverage,
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
    /// Its page.
    pub fn href(&self) -> String {
        format!("/imports/{}", self.id)
    }

    /// What it is called: its number and its server.
    pub fn title(&self) -> String {
        if self.server_name.is_empty() {
            format!("Import {}", self.id)
        } else {
            format!("Import {} from {}", self.id, self.server_name)
        }
    }

    /// The server that was named, or that the rows name it.
    pub fn server_words(&self) -> &str {
        if self.server_name.is_empty() { "as the rows say" } else { &self.server_name }
    }

    /// What its end is called.
    pub fn end_word(&self) -> &'static str {
        if self.state == State::NothingToDo { "Compared" } else { self.state.word() }
    }

    /// What waits for a person: questions and rows with errors.
    pub fn to_settle(&self) -> i64 {
        self.conflict_count + self.error_count
    }

    /// Whether the files cover only a part of the server.
    pub fn is_part(&self) -> bool {
        self.covers == Coverage::Part
    }

    /// Rows with errors, in words.
    pub fn error_words(&self) -> String {
        format!("{} with errors", counted(self.error_count, "row"))
    }

    /// What somebody says who accepts that rows are gone.
    pub fn gone_words(&self) -> String {
        format!("{} would be gone from the server. It is so; their history stays.", counted(self.gone_count, "row"))
    }

    /// How many rows of this step are done, in words.
    pub fn done_words(&self) -> String {
        format!("{} of {}", number(self.rows_done), number(self.rows_total))
    }

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
        if self.rows_total == 0 { 0 } else { (self.rows_done * 100 / self.rows_total).clamp(0, 100) }
    }

    /// Whether it may be applied.
    ///
    /// # Errors
    /// The sentences that say what must be settled first.
    pub fn may_apply(&self, servers: &[Covered]) -> Result<(), Problems> {
        let mut problems = Problems::none();
        if self.state != State::Ready {
            problems
                .add("", format!("Import {} cannot be applied: it is in the state “{}”.", self.id, self.state.word()));
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
                format!("{} to be settled by a person first.", counted(self.conflict_count, "conflict")),
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

impl ImportFile {
    /// What it holds and its size, in words.
    pub fn words(&self) -> String {
        let size = match self.size {
            0..1_000 => format!("{} bytes", self.size),
            1_000..1_000_000 => format!("{} kB", self.size / 1_000),
            _ => format!("{}.{} MB", self.size / 1_000_000, self.size % 1_000_000 / 100_000),
        };
        if self.kind.is_empty() {
            return size;
        }
        format!("{}, {size}", counted(self.row_count, self.kind.trim_end_matches('s')))
    }
}
