//! The tables that say what is licensed and who needs a license: their rows, each with its source.

use serde::{Deserialize, Serialize};

use super::product::Version;
use crate::check::Problems;
use crate::history::correction::{Correction, CorrectionForm};
use crate::moment::Moment;

/// One of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Product versions.
    Versions,
    /// Families of client operating systems.
    Systems,
    /// Whether a client of a family needs a license.
    Needs,
    /// Which license serves which session host.
    Serves,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 4] = [Table::Versions, Table::Systems, Table::Needs, Table::Serves];

    /// As addresses write it.
    pub fn path(self) -> &'static str {
        match self {
            Table::Versions => "versions",
            Table::Systems => "systems",
            Table::Needs => "needs",
            Table::Serves => "serves",
        }
    }

    /// The table that an address writes `path`.
    pub fn parse(path: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.path() == path)
    }

    /// A row of it, as history names it.
    pub fn subject(self) -> &'static str {
        match self {
            Table::Versions => "product_version",
            Table::Systems => "os_family",
            Table::Needs => "cal_need",
            Table::Serves => "cal_serves",
        }
    }

    /// The answers that a row may give: as stored, and in words.
    pub fn answers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Table::Needs => &[("needed", "Needs a license"), ("none", "Needs none"), ("ask", "Read your agreement")],
            Table::Serves => &[("yes", "Serves it"), ("no", "Does not serve it"), ("ask", "Read your agreement")],
            Table::Versions | Table::Systems => &[],
        }
    }

    /// An answer in words.
    pub fn answer(self, stored: &str) -> &'static str {
        self.answers().iter().find(|(name, _)| *name == stored).map_or("", |(_, words)| words)
    }

    /// Whether people may add rows; the others follow from versions and systems.
    pub fn grows(self) -> bool {
        matches!(self, Table::Versions | Table::Systems)
    }
}

/// What people may change of a row. What its table does not have is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Row {
    /// What the row is about: `Windows Server 2019`. Only a system's may be changed.
    pub name: String,
    /// A version's Per Device license, in Microsoft's words.
    pub per_device_name: String,
    /// A version's Per User license.
    pub per_user_name: String,
    /// A version's product code, such as `A02-10.01-S`, by which exports are recognized.
    pub product_code: String,
    /// Whether a license is needed, or serves.
    pub answer: String,
    /// Anything else.
    pub note: String,
    /// Where it is written.
    pub source: String,
}

/// The form of a row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RowForm {
    /// A new version's year, a system's name.
    pub name: String,
    /// A version's Per Device license.
    pub per_device_name: String,
    /// A version's Per User license.
    pub per_user_name: String,
    /// A version's product code.
    pub product_code: String,
    /// The answer.
    pub answer: String,
    /// Anything else.
    pub note: String,
    /// Where it is written.
    pub source: String,
    /// Why it is corrected.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl RowForm {
    /// The form that says what is recorded now.
    pub fn of(row: Row, newest: i64) -> RowForm {
        RowForm {
            name: row.name,
            per_device_name: row.per_device_name,
            per_user_name: row.per_user_name,
            product_code: row.product_code,
            answer: row.answer,
            note: row.note,
            source: row.source,
            correction: CorrectionForm::at(newest),
        }
    }

    /// A new row, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, table: Table) -> Result<Row, Problems> {
        let mut problems = Problems::none();
        let row = self.row(table, &mut problems);
        if table == Table::Versions && Version::parse(&row.name).is_none() {
            problems.add("name", "Type the year in the version’s name, like 2025.");
        }
        problems.or(row)
    }

    /// A corrected row and why, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_correction(&self, table: Table, now: Moment) -> Result<(Row, Correction), Problems> {
        let mut problems = Problems::none();
        let row = self.row(table, &mut problems);
        let correction = self.correction.check(now, &mut problems);
        problems.or((row, correction))
    }

    fn row(&self, table: Table, problems: &mut Problems) -> Row {
        let mut row = Row {
            name: problems.line("name", "The name", &self.name, 100),
            note: problems.lines("note", "The note", &self.note, 500),
            source: problems.line("source", "The source", &self.source, 255),
            ..Row::default()
        };
        if row.source.is_empty() {
            problems.add("source", "Say where it is written: a page of Microsoft’s, an agreement, a letter.");
        }
        match table {
            Table::Systems if row.name.is_empty() => problems.add("name", "Type the system’s name."),
            Table::Systems => {}
            Table::Versions => {
                row.per_device_name = problems.line("per_device_name", "The name", &self.per_device_name, 100);
                row.per_user_name = problems.line("per_user_name", "The name", &self.per_user_name, 100);
                row.product_code = problems.line("product_code", "The product code", &self.product_code, 32);
                if row.product_code.split('-').nth(1).is_none_or(str::is_empty) {
                    problems.add("product_code", "Type the product code as exports show it, like A02-10.03-S.");
                }
            }
            Table::Needs | Table::Serves => {
                row.answer.clone_from(&self.answer);
                if table.answer(&row.answer).is_empty() {
                    problems.add("answer", "Choose one of the answers.");
                }
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_source_and_what_its_table_asks_for() {
        let wrong = |table, form: RowForm| -> String {
            let problems = form.check(table).err().unwrap_or_default();
            problems.iter().map(|problem| &*problem.field).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(wrong(Table::Versions, RowForm::default()), "source product_code name");
        assert_eq!(wrong(Table::Systems, RowForm::default()), "source name");
        assert_eq!(wrong(Table::Needs, RowForm::default()), "source answer");
        let form = RowForm {
            name: "2028".into(),
            product_code: "A02-11.00-S".into(),
            answer: "ask".into(),
            source: "a letter".into(),
            ..RowForm::default()
        };
        for table in Table::ALL {
            assert_eq!(wrong(table, form.clone()), "", "{table:?}");
        }
    }
}
