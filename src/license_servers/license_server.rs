//! A license server, as the register knows it.

use crate::ids::{CompanyId, LicenseServerId};
use crate::moment::Moment;

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
