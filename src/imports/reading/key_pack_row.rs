//! Key pack rows: what a file says about one key pack.

use super::Field;
use super::cells::Cells;
use crate::key_packs::product::{LicenseType, Version};
use serde::Serialize;

/// One key pack as a license server lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyPackRow {
    /// The small number of the key pack on its server.
    pub keypack_id: i64,
    /// The product code such as `A02-6.02-S`; empty when a report has none.
    pub product_code: String,
    /// How the pack came onto the server: 1 retail, 2 volume, 4 temporary, 5 open, 6 built-in, 0 when not known.
    pub key_pack_type: i64,
    /// 0 per device, 1 per user, 3 built-in, 2 when the file does not say it.
    pub product_type: i64,
    /// The product version in the server's own language.
    pub product_version: String,
    /// WMI's number of the product version.
    pub product_version_id: Option<i64>,
    /// The product version, when the number or the code tells it.
    pub version: Option<Version>,
    /// What the licenses are counted by.
    pub license_type: LicenseType,
    /// How many licenses the pack holds; none is unlimited.
    pub quantity: Option<i64>,
    /// How many of them are issued, when the file says it.
    pub issued: Option<i64>,
    /// How many of them are free; none is unlimited or not said.
    pub available: Option<i64>,
    /// When the pack expires, in seconds since 1970; none is never.
    pub expires_at: Option<i64>,
    /// The expiry as the file writes it.
    pub expires_raw: String,
    /// The sessions a license allows, as WMI's bitmap.
    pub access_rights: Option<i64>,
    /// The kind of license as Microsoft's tool shows it.
    pub type_and_model: String,
}

/// WMI's `ProductType` for a type that is not valid.
const NOT_SAID: i64 = 2;

pub(super) fn key_pack(cells: &mut Cells<'_>) -> KeyPackRow {
    let product_code = cells.text(Field::ProductCode);
    let type_and_model = cells.text(Field::TypeAndModel);
    let program = cells.text(Field::LicenseProgram);
    let version_text = cells.text(Field::ProductVersion);
    let cal_type = cells.text(Field::CalType);
    let words = [&type_and_model, &cal_type, &version_text].into_iter().find_map(|words| LicenseType::of_words(words));
    let key_pack_type = cells.number(Field::KeyPackType).unwrap_or_else(|| program_number(&program));
    let stated = cells.number(Field::ProductType);
    let product_type = stated.unwrap_or(match words {
        Some(LicenseType::PerDevice) => 0,
        Some(LicenseType::PerUser) => 1,
        Some(LicenseType::Other) | None => NOT_SAID,
    });
    let product_version_id = cells.number(Field::ProductVersionId);
    if cells.raw(Field::TotalLicenses).is_empty() && cells.columns.contains_key(&Field::TotalLicenses) {
        cells.problem(
            Field::TotalLicenses,
            "is empty: export the file again as an administrator, who alone sees all values",
        );
    }
    KeyPackRow {
        keypack_id: cells.required_number(Field::KeypackId),
        key_pack_type,
        product_type,
        product_version_id,
        version: Version::of(product_version_id, &product_code),
        license_type: LicenseType::of(product_type, key_pack_type, &product_code),
        quantity: cells.count(Field::TotalLicenses),
        issued: cells.count(Field::IssuedLicenses),
        available: cells.count(Field::AvailableLicenses),
        expires_at: cells.expires_at(),
        expires_raw: cells.raw(Field::ExpiresAt).to_owned(),
        access_rights: cells.number(Field::AccessRights),
        product_code,
        product_version: version_text,
        type_and_model,
    }
}

/// WMI's `KeyPackType` of a License Program as Microsoft's tool words it.
fn program_number(program: &str) -> i64 {
    match program.to_lowercase().as_str() {
        "retail purchase" => 1,
        "volume purchase" | "volume license" => 2,
        "concurrent license" | "concurrent" => 3,
        "temporary" => 4,
        "open license" => 5,
        "built-in" => 6,
        "built-in overused" => 8,
        _ => 0,
    }
}
