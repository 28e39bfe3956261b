//! Reading: turns the files a license server's administrator has into key packs, licenses and servers.
//!
//! [`inspect()`] looks at a file and says what it is and what must be asked; [`read()`] then gives its rows one by one.
//! Both stream: the memory they take does not grow with the file. Nothing here knows a database, a page or a clock.

mod cells;
mod csv_rows;
mod date_words;
mod dates;
mod encoding;
mod fields;
mod guess;
mod guess_words;
mod head;
mod inspect;
mod json_cell;
mod json_rows;
mod json_table;
mod key_pack_row;
mod license_row;
mod mapping;
mod order;
mod read;
mod row;
mod server_row;
mod stream;
#[cfg(test)]
mod tests;
mod text;

pub use crate::key_packs::product::{LicenseType, Version};
pub use encoding::Encoding;
pub use fields::Field;
pub use inspect::{Inspection, inspect};
pub use key_pack_row::KeyPackRow;
pub use license_row::LicenseRow;
pub use mapping::{Kind, Mapping};
pub use order::{DateOrder, Dates, Example};
pub use read::{Line, Record, Settings, read};
pub use row::{LARGEST_RECORD, MOST_COLUMNS};
pub use server_row::ServerRow;
pub use stream::Shape;

use std::{fmt, io};

/// Why a whole file cannot be used: one sentence saying what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(refusal) => refusal.clone(),
            None => Self(format!("The file could not be read ({error}); upload it again.")),
        }
    }
}
