//! Server rows: what a file says about the license server itself.

use super::Field;
use super::cells::{Cells, shown};
use crate::moment::Moment;
use serde::Serialize;

/// One license server as the export script lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerRow {
    /// The 35-character license server ID, without hyphens and in capitals; empty for a server that is not activated.
    pub license_server_id: String,
    /// The server's name; empty when the file has none.
    pub name: String,
    /// What is read out when the server is activated; not the license server ID.
    pub product_id: String,
    /// The version of the license server; empty when the file has none.
    pub version: String,
    /// 0 activated, 1 not activated, 2 unknown.
    pub activation_status: Option<i64>,
    /// Whom it serves: 0 workgroup, 1 domain, 2 forest.
    pub role: Option<i64>,
    /// When the export was made, in seconds since 1970.
    pub exported_at: Option<i64>,
}

const ID_LENGTH: usize = 35;

pub(super) fn server(cells: &mut Cells<'_>) -> ServerRow {
    ServerRow {
        license_server_id: license_server_id(cells),
        name: cells.text(Field::ServerName),
        product_id: cells.text(Field::ProductId),
        version: cells.text(Field::ServerVersion),
        activation_status: small(cells, Field::ActivationStatus),
        role: small(cells, Field::ServerRole),
        exported_at: Moment::of_iso(&cells.text(Field::ExportedAt)).map(|at| at.0),
    }
}

fn license_server_id(cells: &mut Cells<'_>) -> String {
    let field = Field::LicenseServerId;
    let text = cells.raw(field);
    if text.is_empty() {
        return String::new();
    }
    let signs =
        text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '.' | '\u{2010}'..='\u{2015}'));
    let id: String = signs.map(|sign| sign.to_ascii_uppercase()).collect();
    if id.len() != ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let sentence = format!(
            "“{}” must have {ID_LENGTH} letters and digits; copy it again from the license server",
            shown(text)
        );
        cells.problem(field, &sentence);
    }
    id
}

/// A number from 0 to 2.
fn small(cells: &mut Cells<'_>, field: Field) -> Option<i64> {
    let number = cells.number(field)?;
    if number > 2 {
        cells.problem(field, &format!("is {number}, but must be 0, 1 or 2; correct it in the file"));
    }
    Some(number)
}
