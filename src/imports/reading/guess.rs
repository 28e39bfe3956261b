//! Guesses: a first mapping for tables of other tools, by the words of their header.

use super::guess_words::words;
use super::{Field, Kind, Mapping};
use std::collections::BTreeMap;

/// A mapping by header words; none when too few of them are known.
pub(super) fn guess(headers: &[String], header_line: u64) -> Option<Mapping> {
    let words: Vec<String> = headers.iter().map(|header| squeezed(header)).collect();
    [Kind::KeyPacks, Kind::Server, Kind::Licenses].into_iter().find_map(|kind| {
        let columns = columns(kind, &words);
        let has = |field: Field| columns.contains_key(&field);
        let enough = match kind {
            Kind::KeyPacks => has(Field::KeypackId) && has(Field::TotalLicenses),
            Kind::Server => has(Field::LicenseServerId),
            Kind::Licenses => (has(Field::User) || has(Field::Computer)) && columns.len() >= 2,
            Kind::Unmapped => false,
        };
        enough.then_some(Mapping { kind, header_line, columns })
    })
}

fn columns(kind: Kind, headers: &[String]) -> BTreeMap<Field, usize> {
    let mut columns = BTreeMap::new();
    for field in Field::of(kind) {
        let column = words(*field).iter().find_map(|word| headers.iter().position(|header| header == word));
        if let Some(column) = column.filter(|column| !columns.values().any(|taken| taken == column)) {
            columns.insert(*field, column);
        }
    }
    columns
}

/// The letters and digits of a header, lower-cased: `Issued-To Computer:` becomes `issuedtocomputer`.
fn squeezed(header: &str) -> String {
    header.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
