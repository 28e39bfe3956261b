//! A license server, as the register knows it.

use serde::Deserialize;

use crate::ids::{CompanyId, LicenseServerId};
use crate::moment::Moment;
use crate::web::format::number;
use crate::web::slice::Paging;

/// A license server and what its last imports said.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LicenseServer {
    /// Its number here.
    pub id: LicenseServerId,
    /// The company whose seats it hands out.
    pub company_id: CompanyId,
    /// Its computer name.
    pub name: String,
    /// The 35 characters that Microsoft knows it by, once known.
    pub license_server_id: Option<String>,
    /// Counts its license databases: one more whenever a database starts anew.
    pub epoch: i64,
    /// Counts the imports applied to it.
    pub revision: i64,
    /// When its key packs were last exported, of what was imported.
    pub packs_seen_at: Option<Moment>,
    /// When its licenses were last exported, of what was imported.
    pub licenses_seen_at: Option<Moment>,
}

/// A license server as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedServer {
    /// Its number.
    pub id: LicenseServerId,
    /// The company whose seats it holds.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// Its name.
    pub name: String,
    /// Its name as it is compared.
    pub name_key: String,
    /// The 35 characters that are read out to Microsoft, where an export told them.
    pub license_server_id: Option<String>,
    /// What is read out when it is activated by telephone, where an export told it.
    pub product_id: Option<String>,
    /// How many license databases it has had, this one counted.
    pub epoch: i64,
    /// When the newest export of its key packs was taken.
    pub packs_seen_at: Option<Moment>,
    /// When the newest export of its licenses was taken.
    pub licenses_seen_at: Option<Moment>,
    /// Since when it is known here.
    pub created_at: Moment,
    /// Since when it is retired.
    pub retired_at: Option<Moment>,
    /// How many key packs it shows now.
    pub key_packs: i64,
    /// The Windows that it runs on.
    pub os_version: String,
    /// How it reaches Microsoft, as stored.
    pub connection_method: String,
    /// Who may find it, as stored.
    pub discovery_scope: String,
    /// The country or region that was chosen for it.
    pub country: String,
    /// The number to call.
    pub call_number: String,
    /// Anything else.
    pub note: String,
}

impl ListedServer {
    /// Its license server ID in groups of five, as it is read out.
    pub fn groups(&self) -> Vec<String> {
        groups(self.license_server_id.as_deref().unwrap_or_default())
    }

    /// Its license server ID as one word, as it is typed in.
    pub fn raw_id(&self) -> &str {
        self.license_server_id.as_deref().unwrap_or_default()
    }

    /// Whether its license server ID is known.
    pub fn has_id(&self) -> bool {
        self.license_server_id.is_some()
    }

    /// How many key packs it shows now, in words.
    pub fn key_packs_text(&self) -> String {
        number(self.key_packs)
    }

    /// When it was last heard of by either export.
    pub fn last_seen(&self) -> Option<Moment> {
        self.packs_seen_at.max(self.licenses_seen_at)
    }
}

/// What the list's address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A text that they have; programs ask for it.
    pub find: String,
    /// The company's number.
    pub company: String,
    /// Not heard of for so many days.
    pub unheard: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

/// Characters that Microsoft's product codes are not made of; whether these IDs are is not documented.
pub const ODD_IN_ID: &str = "015AEILNOSUZ";

/// An ID of 35 letters and digits, typed with or without blanks, hyphens and dots, in capitals.
///
/// # Errors
/// The sentence that says how long it is instead, or which character it may not hold.
pub fn long_id(typed: &str) -> Result<String, String> {
    let id = bare(typed);
    if let Some(odd) = id.chars().find(|letter| !letter.is_ascii_alphanumeric()) {
        return Err(format!("The ID has 35 letters and digits in seven groups of five; it cannot hold “{odd}”."));
    }
    match id.len() {
        35 => Ok(id),
        length => Err(format!("The ID has 35 letters and digits in seven groups of five; these are {length}.")),
    }
}

/// What was typed of an ID, in upper case and without blanks and punctuation of any kind.
pub fn bare(typed: &str) -> String {
    let counts = |c: &char| !c.is_whitespace() && !c.is_ascii_punctuation() && !"–—‐‑−·•“”„’".contains(*c);
    typed.chars().filter(counts).collect::<String>().to_ascii_uppercase()
}

/// The year in a Windows version's name, as people write it: 2012 of `Windows Server 2012 R2`.
pub fn windows_year(os_version: &str) -> Option<u16> {
    let words = os_version.split(|letter: char| !letter.is_ascii_digit());
    words.filter(|word| word.len() == 4).find_map(|word| word.parse().ok().filter(|year| (2000..2100).contains(year)))
}

/// A long identifier in groups of five.
pub fn groups(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(5).map(|group| group.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_with_or_without_hyphens_and_blanks() {
        let plain = "BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ";
        for (typed, taken) in [
            (plain, Ok(plain)),
            ("bcdfg-hjkmp-qrtvw-xy234-6789b-cdfgh-jkmpq", Ok(plain)),
            (" BCDFG HJKMP QRTVW XY234 6789B CDFGH JKMPQ\n", Ok(plain)),
            ("BCDFG/HJKMP_QRTVW:XY234•6789B—CDFGH;“JKMPQ”", Ok(plain)),
            ("BCDFG-HJKMP", Err("these are 10")),
            ("", Err("these are 0")),
            ("ÄCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ", Err("“Ä”")),
        ] {
            match (long_id(typed), taken) {
                (Ok(id), Ok(expected)) => assert_eq!(id, expected),
                (Err(says), Err(part)) => assert!(says.contains(part), "{says}"),
                other => panic!("{typed}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_year_of_a_windows_version_is_found_in_what_people_write() {
        for (text, year) in [
            ("Windows Server 2012 R2 Standard", Some(2012)),
            ("2008R2", Some(2008)),
            ("Windows 2000 Server, SP4", Some(2000)),
            ("Windows NT 4.0", None),
            ("build 14393", None),
            ("", None),
        ] {
            assert_eq!(windows_year(text), year, "{text}");
        }
    }

    #[test]
    fn an_id_is_read_out_in_groups_of_five() {
        assert_eq!(groups("ABCDEFGHIJK"), ["ABCDE", "FGHIJ", "K"]);
        assert!(groups("").is_empty());
    }
}
