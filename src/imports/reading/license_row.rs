//! License rows: what a file says about one issued license.

use super::Field;
use super::cells::{Cells, shown};
use crate::key_packs::product::{LicenseType, Version};
use serde::Serialize;

/// One issued license as a license server or a report lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenseRow {
    /// The number of the license on its server; only reports of other tools leave it out.
    pub license_id: Option<i64>,
    /// The small number of the license's key pack; only reports of other tools leave it out.
    pub keypack_id: Option<i64>,
    /// The user it was issued to, as `DOMAIN\user`; empty for a device.
    pub user: String,
    /// The computer it was issued to; empty for a user.
    pub computer: String,
    /// 0 unknown, 1 temporary, 2 active, 3 upgrade, 4 revoked, 5 pending, 6 concurrent.
    pub status: i64,
    /// When it was issued, in seconds since 1970.
    pub issued_at: Option<i64>,
    /// When it expires, in seconds since 1970; none is never.
    pub expires_at: Option<i64>,
    /// The expiry as the file writes it.
    pub expires_raw: String,
    /// What identifies the device beside its name.
    pub hardware_id: String,
    /// The product version in the report's own language; empty in a license server's export.
    pub product_version: String,
    /// The product version, when a report gives WMI's number of it.
    pub version: Option<Version>,
    /// What it is counted by, when a report says it.
    pub license_type: Option<LicenseType>,
}

const STATES: [&str; 7] = ["unknown", "temporary", "active", "upgrade", "revoked", "pending", "concurrent"];

/// A row of a license server's own export, or of a report whose columns a person explained.
pub(super) fn license(cells: &mut Cells<'_>, native: bool) -> LicenseRow {
    let license_id =
        if native { Some(cells.required_number(Field::LicenseId)) } else { cells.number(Field::LicenseId) };
    let keypack_id =
        if native { Some(cells.required_number(Field::KeypackId)) } else { cells.number(Field::KeypackId) };
    let (user, computer) = (cells.text(Field::User), cells.text(Field::Computer));
    if !native && user.is_empty() && computer.is_empty() {
        cells.problem(Field::Computer, "and Issued To User are both empty: leave the row out or fill in one of them");
    }
    let cal_type = cells.text(Field::CalType);
    let version_id = cells.number(Field::ProductVersionId);
    LicenseRow {
        license_id,
        keypack_id,
        user,
        computer,
        status: status(cells, native),
        issued_at: cells.issued_at(),
        expires_at: cells.expires_at(),
        expires_raw: cells.raw(Field::ExpiresAt).to_owned(),
        hardware_id: cells.text(Field::HardwareId),
        product_version: cells.text(Field::ProductVersion),
        version: Version::of(version_id, ""),
        license_type: LicenseType::of_words(&cal_type),
    }
}

fn status(cells: &mut Cells<'_>, native: bool) -> i64 {
    let field = Field::Status;
    let text = cells.raw(field);
    if text.is_empty() {
        return if native && cells.columns.contains_key(&field) { cells.required_number(field) } else { 0 };
    }
    let number = text.parse::<usize>().ok().filter(|number| *number < STATES.len());
    let word = STATES.iter().position(|state| text.eq_ignore_ascii_case(state));
    if let Some(state) = number.or(word).and_then(|state| i64::try_from(state).ok()) {
        return state;
    }
    let sentence = format!(
        "“{}” is no license status: use a number from 0 to 6 or a word such as Active, Temporary or Revoked",
        shown(text)
    );
    cells.problem(field, &sentence);
    0
}
