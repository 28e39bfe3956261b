//! Fields: what a column of a file can mean, and the names license servers give it.

use super::Kind;
use serde::{Deserialize, Serialize};

/// What a column of a file says about a license, a key pack or a license server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The license server the row was exported from.
    Server,
    /// The number of an issued license on its server.
    LicenseId,
    /// The small number of a key pack on its server, not the 35-character license key pack ID.
    KeypackId,
    /// The user the license was issued to.
    User,
    /// The computer the license was issued to.
    Computer,
    /// Whether the license is temporary, active, revoked and so on.
    Status,
    /// When the license was issued.
    IssuedAt,
    /// When the license or the key pack expires.
    ExpiresAt,
    /// What identifies the device beside its name.
    HardwareId,
    /// Per device or per user, as a report words it.
    CalType,
    /// The product code such as `A02-6.02-S`, which WMI calls Description.
    ProductCode,
    /// How the key pack came onto the server, as WMI's number.
    KeyPackType,
    /// How the key pack came onto the server, in words.
    LicenseProgram,
    /// Per device, per user or built-in, as WMI's number.
    ProductType,
    /// The product version in the server's own language.
    ProductVersion,
    /// The product version as WMI's number.
    ProductVersionId,
    /// How many licenses the key pack holds.
    TotalLicenses,
    /// How many of the key pack's licenses are issued.
    IssuedLicenses,
    /// How many of the key pack's licenses are free.
    AvailableLicenses,
    /// The sessions a license of the key pack allows, as WMI's bitmap.
    AccessRights,
    /// The kind of license as Microsoft's tool shows it.
    TypeAndModel,
    /// The 35-character ID of the license server.
    LicenseServerId,
    /// The name of the license server.
    ServerName,
    /// The product ID that is read out when a license server is activated.
    ProductId,
    /// The version of the license server.
    ServerVersion,
    /// Whether the license server is activated, as WMI's number.
    ActivationStatus,
    /// When the export was made.
    ExportedAt,
    /// Whom the license server serves: workgroup, domain or forest, as WMI's number.
    ServerRole,
}

const LICENSE_FIELDS: &[Field] = &[
    Field::Server,
    Field::LicenseId,
    Field::KeypackId,
    Field::User,
    Field::Computer,
    Field::Status,
    Field::IssuedAt,
    Field::ExpiresAt,
    Field::HardwareId,
    Field::CalType,
    Field::ProductVersion,
    Field::ProductVersionId,
];
const KEY_PACK_FIELDS: &[Field] = &[
    Field::Server,
    Field::KeypackId,
    Field::ProductCode,
    Field::KeyPackType,
    Field::LicenseProgram,
    Field::ProductType,
    Field::ProductVersion,
    Field::ProductVersionId,
    Field::TotalLicenses,
    Field::IssuedLicenses,
    Field::AvailableLicenses,
    Field::ExpiresAt,
    Field::AccessRights,
    Field::TypeAndModel,
    Field::CalType,
];
const SERVER_FIELDS: &[Field] = &[
    Field::Server,
    Field::LicenseServerId,
    Field::ServerName,
    Field::ProductId,
    Field::ServerVersion,
    Field::ActivationStatus,
    Field::ServerRole,
    Field::ExportedAt,
];

impl Field {
    /// The fields a file of this kind can have, in the order a form asks for them.
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Licenses => LICENSE_FIELDS,
            Kind::KeyPacks => KEY_PACK_FIELDS,
            Kind::Server => SERVER_FIELDS,
            Kind::Unmapped => &[],
        }
    }

    /// The field's name for a form and for the sentences about a row.
    pub fn label(self) -> &'static str {
        match self {
            Self::Server => "License server",
            Self::LicenseId => "License ID",
            Self::KeypackId => "Keypack ID",
            Self::User => "Issued To User",
            Self::Computer => "Issued To Computer",
            Self::Status => "License Status",
            Self::IssuedAt => "Issued On",
            Self::ExpiresAt => "Expires On",
            Self::HardwareId => "Hardware ID",
            Self::CalType => "CAL type",
            Self::ProductCode => "Product code",
            Self::KeyPackType => "Key pack type",
            Self::LicenseProgram => "License Program",
            Self::ProductType => "Product type",
            Self::ProductVersion => "Product version",
            Self::ProductVersionId => "Product version ID",
            Self::TotalLicenses => "Total Licenses",
            Self::IssuedLicenses => "Issued",
            Self::AvailableLicenses => "Available",
            Self::AccessRights => "Access rights",
            Self::TypeAndModel => "Type and model",
            Self::LicenseServerId => "License server ID",
            Self::ServerName => "Server name",
            Self::ProductId => "Product ID",
            Self::ServerVersion => "Server version",
            Self::ActivationStatus => "Activation status",
            Self::ExportedAt => "Exported at",
            Self::ServerRole => "Server role",
        }
    }

    /// The header names a license server's own export gives the field, lower-cased; the first that a file has counts.
    pub(super) fn native_names(self) -> &'static [&'static str] {
        match self {
            Self::Server => &["pscomputername", "__server"],
            Self::LicenseId => &["licenseid"],
            Self::KeypackId => &["keypackid"],
            Self::User => &["sissuedtouser"],
            Self::Computer => &["sissuedtocomputer"],
            Self::Status => &["licensestatus"],
            Self::IssuedAt => &["issuedate"],
            Self::ExpiresAt => &["expirationdate"],
            Self::HardwareId => &["shardwareid"],
            Self::CalType | Self::LicenseProgram => &[],
            Self::ProductCode => &["description"],
            Self::KeyPackType => &["keypacktype"],
            Self::ProductType => &["producttype"],
            Self::ProductVersion => &["productversion"],
            Self::ProductVersionId => &["productversionid"],
            Self::TotalLicenses => &["totallicenses"],
            Self::IssuedLicenses => &["issuedlicenses"],
            Self::AvailableLicenses => &["availablelicenses"],
            Self::AccessRights => &["accessrights"],
            Self::TypeAndModel => &["typeandmodel"],
            Self::LicenseServerId => &["licenseserverid", "slicenseserverid"],
            Self::ServerName => &["name"],
            Self::ProductId => &["productid"],
            Self::ServerVersion => &["version"],
            Self::ActivationStatus => &["activationstatus"],
            Self::ExportedAt => &["exportedat"],
            Self::ServerRole => &["serverrole"],
        }
    }

    /// Whether a license server's own export has a column of this name.
    pub(super) fn is_native(name: &str) -> bool {
        let fields = [Kind::Licenses, Kind::KeyPacks, Kind::Server].map(Self::of);
        let mut names = fields.iter().flat_map(|fields| fields.iter()).flat_map(|field| field.native_names());
        names.any(|native| name.eq_ignore_ascii_case(native))
    }
}
