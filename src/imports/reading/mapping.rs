//! Mappings: which column of a file means what.

use super::{Field, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Key packs, as `Win32_TSLicenseKeyPack` lists them.
    KeyPacks,
    /// Issued licenses, as `Win32_TSIssuedLicense` lists them.
    Licenses,
    /// The license server itself, with its license server ID.
    Server,
    /// A table whose columns a person must explain first.
    #[default]
    Unmapped,
}

impl Kind {
    /// What the rows are called.
    pub fn label(self) -> &'static str {
        match self {
            Self::KeyPacks => "key packs",
            Self::Licenses => "licenses",
            Self::Server => "license server",
            Self::Unmapped => "unknown rows",
        }
    }

    /// The kind a license server's own export names by its headers.
    pub(super) fn of(headers: &[String]) -> Self {
        let has =
            |field: Field| field.native_names().iter().any(|name| headers.iter().any(|header| same(header, name)));
        if has(Field::KeypackId) && has(Field::TotalLicenses) {
            Self::KeyPacks
        } else if has(Field::LicenseId) && has(Field::KeypackId) {
            Self::Licenses
        } else if has(Field::LicenseServerId) {
            Self::Server
        } else {
            Self::Unmapped
        }
    }
}

/// What a person said about a file's columns: where the header is and which column holds which field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What the rows are.
    pub kind: Kind,
    /// The line of the file that names the columns, counted from 1.
    pub header_line: u64,
    /// The column of each field, counted from 0.
    pub columns: BTreeMap<Field, usize>,
}

impl Mapping {
    /// Refuses a mapping that cannot give rows of its kind from a table of so many columns.
    pub fn check(&self, columns: usize) -> Result<(), Refusal> {
        let has = |field: &Field| self.columns.contains_key(field);
        let missing = match self.kind {
            Kind::Unmapped => Some("Say first whether the rows are licenses, key packs or a license server"),
            Kind::Licenses if !has(&Field::User) && !has(&Field::Computer) => {
                Some("Choose the column of the computer or of the user")
            }
            Kind::KeyPacks if !has(&Field::KeypackId) => Some("Choose the column of the keypack ID"),
            Kind::Server if !has(&Field::LicenseServerId) => Some("Choose the column of the license server ID"),
            _ => None,
        };
        if let Some(missing) = missing {
            return Err(Refusal(format!("{missing}; without it the file cannot be read.")));
        }
        let strange = self.columns.keys().find(|field| !Field::of(self.kind).contains(field));
        if let Some(field) = strange {
            let rows = self.kind.label();
            return Err(Refusal(format!("Leave out “{}”, which does not belong to {rows}.", field.label())));
        }
        match self.columns.iter().find(|(_, column)| **column >= columns) {
            None => Ok(()),
            Some((field, column)) => {
                let label = field.label();
                let number = column.saturating_add(1);
                Err(Refusal(format!(
                    "“{label}” is to come from column {number}, but the file has {columns}; choose its column again."
                )))
            }
        }
    }
}

/// Where a license server's own export of this kind has its fields.
pub(super) fn native(kind: Kind, headers: &[String], line: u64) -> Result<BTreeMap<Field, usize>, Refusal> {
    let mut columns = BTreeMap::new();
    for field in Field::of(kind) {
        for name in field.native_names() {
            let mut found = headers.iter().enumerate().filter(|(_, header)| same(header, name));
            let Some((column, header)) = found.next() else {
                continue;
            };
            if found.next().is_some() {
                return Err(Refusal(format!(
                    "Line {line} names the column “{header}” twice; remove one of the two and try again."
                )));
            }
            columns.entry(*field).or_insert(column);
        }
    }
    Ok(columns)
}

/// The stable text of a file's header names, by which a mapping is remembered.
pub(super) fn signature(headers: &[String]) -> String {
    let names: Vec<String> = headers.iter().map(|header| header.to_lowercase()).collect();
    names.join("|")
}

fn same(header: &str, name: &str) -> bool {
    header.eq_ignore_ascii_case(name)
}
