//! The rows of a preview: what the files say beside what the register has.

use crate::key_packs::key_pack::program_words;
use crate::key_packs::product;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::web::format::{Format, number};

/// A staged license beside what the register has of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LicenseRow {
    /// Its number within the import.
    pub n: i64,
    /// The file.
    pub file: String,
    /// The line.
    pub line: i64,
    /// The server.
    pub server: String,
    /// The server's number of the key pack.
    pub keypack_id: Option<i64>,
    /// The server's number of the license.
    pub license_number: Option<i64>,
    /// Whose it is, by the file.
    pub client: String,
    /// The register's client, when it is known.
    pub client_id: Option<i64>,
    /// The state by the file.
    pub status: i64,
    /// The issue by the file.
    pub issued_at: Moment,
    /// The expiry by the file.
    pub expires_at: Moment,
    /// The register's license.
    pub license_id: Option<i64>,
    /// What the register has.
    pub was_client: Option<String>,
    /// What the register has.
    pub was_status: Option<i64>,
    /// What the register has.
    pub was_issued: Option<Moment>,
    /// What the register has.
    pub was_expiring: Option<Moment>,
    /// What the register has.
    pub was_gone: Option<Moment>,
    /// The computer by the file, and what the register has.
    pub computer: String,
    /// What the register has.
    pub was_computer: Option<String>,
    /// `new`, `changed`, …
    pub outcome: String,
}

/// A field that differs.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its name.
    pub name: &'static str,
    /// What the register has.
    pub before: String,
    /// What the file says.
    pub after: String,
}

fn words(n: Option<i64>, without: &str) -> String {
    n.map_or_else(|| without.to_owned(), number)
}

/// A number by which the server calls something: no quantity, so its digits stand together.
fn number_of(n: Option<i64>) -> String {
    n.map_or_else(|| "—".to_owned(), |n| n.to_string())
}

fn differs(changes: &mut Vec<Change>, name: &'static str, before: String, after: String) {
    if before != after {
        changes.push(Change { name, before, after });
    }
}

impl LicenseRow {
    /// The server's number of the key pack, in words.
    pub fn keypack_words(&self) -> String {
        number_of(self.keypack_id)
    }

    /// The server's number of the license, in words.
    pub fn license_words(&self) -> String {
        number_of(self.license_number)
    }

    /// The state by the file, in words.
    pub fn status_words(&self) -> &'static str {
        Status::of_code(self.status).label()
    }

    /// What differs from the register; nothing for a license that it does not have.
    pub fn changes(&self, format: &Format) -> Vec<Change> {
        let mut changes = Vec::new();
        let exact = |at: Moment| format.when(at).exact();
        // The day is enough where it differs.
        let day = |at: Moment| format.when(at).day();
        let (Some(status), Some(client)) = (self.was_status, &self.was_client) else {
            return changes;
        };
        differs(&mut changes, "Status", Status::of_code(status).label().to_owned(), self.status_words().to_owned());
        for (name, before, after) in
            [("Issued", self.was_issued, self.issued_at), ("Expires", self.was_expiring, self.expires_at)]
        {
            let moments = (before.map_or_else(String::new, &exact), exact(after));
            let days = (before.map_or_else(String::new, &day), day(after));
            let (before, after) = if days.0 == days.1 { moments } else { days };
            differs(&mut changes, name, before, after);
        }
        differs(&mut changes, "Client", client.clone(), self.client.clone());
        let computer = self.was_computer.clone().unwrap_or_default();
        if changes.iter().all(|change| change.name != "Client") {
            differs(&mut changes, "Computer", computer, self.computer.clone());
        }
        if self.was_gone.is_some() {
            changes.push(Change { name: "On the server", before: "gone".to_owned(), after: "back".to_owned() });
        }
        changes
    }
}

/// A staged key pack beside what the register has of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PackRow {
    /// Its number within the import.
    pub n: i64,
    /// The file; empty when only licenses tell of it.
    pub file: Option<String>,
    /// The line.
    pub line: i64,
    /// The server.
    pub server: String,
    /// The server's number of it.
    pub keypack_id: Option<i64>,
    /// The product version.
    pub version: String,
    /// `per_device`, …
    pub license_type: String,
    /// The program by which it was bought, as the server numbers it.
    pub key_pack_type: Option<i64>,
    /// The product version in the server's own words.
    pub product_version: String,
    /// The type in the server's own words.
    pub type_and_model: String,
    /// How many licenses, by the file; none: unlimited.
    pub quantity: Option<i64>,
    /// How many are issued, by the file.
    pub issued: Option<i64>,
    /// When it expires, by the file.
    pub expires_at: Moment,
    /// The register's pack.
    pub key_pack_id: Option<i64>,
    /// What the register has.
    pub was_quantity: Option<i64>,
    /// What the register has.
    pub was_issued: Option<i64>,
    /// What the register has.
    pub was_expiring: Option<Moment>,
    /// `new`, `changed`, …
    pub outcome: String,
}

impl PackRow {
    /// As Microsoft's tools call it: version and type.
    pub fn name(&self) -> String {
        product::title((&self.version, &self.license_type), (&self.product_version, &self.type_and_model))
    }

    /// The server's number of it, in words.
    pub fn keypack_words(&self) -> String {
        number_of(self.keypack_id)
    }

    /// The program by which it was bought, in words.
    pub fn program_words(&self) -> &'static str {
        self.key_pack_type.map_or("", |kind| program_words(Some(kind)))
    }

    /// How many licenses, in words.
    pub fn quantity_words(&self) -> String {
        words(self.quantity, "Unlimited")
    }

    /// How many are issued, in words.
    pub fn issued_words(&self) -> String {
        words(self.issued, "—")
    }

    /// What differs from the register, of what the list shows.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.key_pack_id.is_some() && self.outcome != "unchanged" {
            differs(&mut changes, "Total", words(self.was_quantity, "Unlimited"), self.quantity_words());
            differs(&mut changes, "Issued", words(self.was_issued, "—"), self.issued_words());
            if changes.is_empty() {
                let (before, after) = ("as known".to_owned(), "described anew".to_owned());
                changes.push(Change { name: "Description", before, after });
            }
        }
        changes
    }
}

/// What is gone from the server: a key pack or a license of the register.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GoneRow {
    /// Its number.
    pub id: i64,
    /// The server.
    pub server: String,
    /// The server's number of the key pack.
    pub keypack_id: Option<i64>,
    /// The server's number of the license.
    pub license_number: Option<i64>,
    /// Whose it was.
    pub client: String,
    /// When it expires or expired.
    pub expires_at: Moment,
}

impl GoneRow {
    /// Its page.
    pub fn href(&self) -> String {
        let room = if self.is_pack() { "key-packs" } else { "licenses" };
        format!("/{room}/{}", self.id)
    }

    /// What it is.
    pub fn name(&self) -> &'static str {
        if self.is_pack() { "Key pack" } else { "License" }
    }

    /// The server's number of the key pack, in words.
    pub fn keypack_words(&self) -> String {
        number_of(self.keypack_id)
    }

    /// The server's number of the license, in words.
    pub fn license_words(&self) -> String {
        number_of(self.license_number)
    }

    fn is_pack(&self) -> bool {
        self.client.is_empty()
    }
}
