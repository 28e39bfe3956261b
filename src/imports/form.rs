//! What a person says of an import: the form, and what becomes of it.

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::check::Problems;
use crate::moment::Moment;

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
    /// Whether somebody said so (else a file may tell it better).
    pub captured_said: bool,
    /// The time zone of dates without an offset.
    pub time_zone: String,
    /// How ambiguous dates are meant, where it was said.
    pub date_order: Option<String>,
    /// How much of the server the files cover.
    pub covers: Coverage,
    /// Whether it was said that rows may be gone, however many.
    pub accept_gone: bool,
}

/// How much of a license server the files of an import cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::Type)]
#[repr(i64)]
pub enum Coverage {
    /// An export covers the whole server, a report a part of it.
    #[default]
    AsUsual = 0,
    /// Only a part: what the files lack is not gone.
    Part = 1,
    /// The whole server, as somebody said.
    Whole = 2,
}

/// The form by which files are brought in, as it was filled in.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ImportForm {
    /// The company whose server it is.
    pub company: String,
    /// The server for rows that name none.
    pub server: String,
    /// When the files were exported; empty: as the files' own dates say, else now.
    pub captured_at: String,
    /// The time zone of dates without an offset.
    pub time_zone: String,
    /// How ambiguous dates are meant: `day_first`, `month_first` or empty.
    pub date_order: String,
    /// What the files cover: `part`, `whole` or empty.
    pub covers: String,
    /// The oldest file's own date, where the browser told it.
    pub files_modified: String,
}

impl ImportForm {
    /// Takes one field of the form; false where it has none of this name.
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        let field = match name {
            "company" => &mut self.company,
            "server" => &mut self.server,
            "captured_at" => &mut self.captured_at,
            "time_zone" => &mut self.time_zone,
            "date_order" => &mut self.date_order,
            "covers" => &mut self.covers,
            "files_modified" => &mut self.files_modified,
            _ => return false,
        };
        value.trim().clone_into(field);
        true
    }

    /// The import, or all that is wrong with the form.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<NewImport, Problems> {
        let mut problems = Problems::none();
        for (field, text) in [("company", &self.company), ("server", &self.server)] {
            if text.chars().count() > 255 || text.chars().any(char::is_control) {
                problems.add(field, "Choose a name of at most 255 characters, without control characters.");
            }
        }
        if !self.captured_at.is_empty() && self.said().is_none() {
            problems.add("captured_at", "Write the moment of the export like 2026-08-22 09:14, in UTC.");
        }
        if !self.time_zone.is_empty() && TimeZone::get(&self.time_zone).is_err() {
            problems.add("time_zone", "Write the time zone like Europe/Berlin or UTC.");
        }
        if !["", "day_first", "month_first"].contains(&self.date_order.as_str()) {
            problems.add("date_order", "Choose day_first or month_first, or leave it empty.");
        }
        if !["", "part", "whole"].contains(&self.covers.as_str()) {
            problems.add("covers", "Choose part or whole, or leave it empty.");
        }
        problems.or(self.unchecked(now))
    }

    /// The moment that was typed: in UTC, where it does not say its own offset.
    fn said(&self) -> Option<Moment> {
        Moment::of_minute_in(&self.captured_at, &TimeZone::UTC)
    }

    /// The import as far as the form says it so far.
    pub fn unchecked(&self, now: Moment) -> NewImport {
        let said = self.said();
        let captured = said.or_else(|| Moment::of_iso(&self.files_modified));
        let plain = |text: &str| text.chars().filter(|letter| !letter.is_control()).collect::<String>();
        let order = Some(self.date_order.clone()).filter(|order| order == "day_first" || order == "month_first");
        NewImport {
            source: "upload",
            company_name: plain(&self.company),
            server_name: plain(&self.server),
            captured_at: captured.unwrap_or(now),
            captured_said: said.is_some(),
            time_zone: if self.time_zone.is_empty() { "UTC".to_owned() } else { plain(&self.time_zone) },
            date_order: order,
            covers: match self.covers.as_str() {
                "part" => Coverage::Part,
                "whole" => Coverage::Whole,
                _ => Coverage::AsUsual,
            },
            accept_gone: false,
        }
    }
}
