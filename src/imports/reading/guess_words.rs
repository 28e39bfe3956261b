//! The words by which tables of other tools name their columns, in English and German.

use super::Field;

/// The words for each field, lower-cased, without blanks and signs, the surest first.
const WORDS: &[(Field, &[&str])] = &[
    (Field::Server, &["pscomputername", "server", "licenseserver", "lizenzserver"]),
    (Field::LicenseId, &["licenseid", "lizenzid", "licenseno", "licensenumber"]),
    (Field::KeypackId, &["keypackid", "keypack", "keypacknumber", "lizenzpaketid", "schlüsselpaketid"]),
    (
        Field::User,
        &["issuedtouser", "sissuedtouser", "username", "user", "ausgestelltfürbenutzer", "benutzername", "benutzer"],
    ),
    (
        Field::Computer,
        &[
            "issuedtocomputer",
            "sissuedtocomputer",
            "machinename",
            "computername",
            "clientname",
            "devicename",
            "machine",
            "computer",
            "client",
            "device",
            "hostname",
            "ausgestelltfürcomputer",
            "computername",
            "gerätename",
            "gerät",
            "rechnername",
            "rechner",
        ],
    ),
    (Field::Status, &["licensestatus", "status", "issuetype", "lizenzstatus", "licensetype"]),
    (
        Field::IssuedAt,
        &[
            "issuedate",
            "issuedon",
            "dateissued",
            "issueddate",
            "start",
            "startdate",
            "ausgestelltam",
            "ausstellungsdatum",
        ],
    ),
    (
        Field::ExpiresAt,
        &[
            "expirationdate",
            "expireson",
            "expirydate",
            "expires",
            "expiry",
            "end",
            "enddate",
            "ablaufdatum",
            "läuftabam",
            "gültigbis",
        ],
    ),
    (Field::HardwareId, &["hardwareid", "shardwareid", "hwid", "hardwarekennung"]),
    (Field::CalType, &["caltype", "tscaltype", "cal", "callizenztyp", "lizenztyp"]),
    (Field::ProductCode, &["productcode", "produktcode"]),
    (Field::KeyPackType, &["keypacktype"]),
    (Field::LicenseProgram, &["licenseprogram", "lizenzprogramm"]),
    (Field::ProductType, &["producttype"]),
    (
        Field::ProductVersion,
        &["productversion", "licenseversionandtype", "licenseversion", "product", "produktversion", "produkt"],
    ),
    (Field::ProductVersionId, &["productversionid"]),
    (Field::TotalLicenses, &["totallicenses", "total", "installedlicenses", "gesamtlizenzen", "gesamt"]),
    (Field::IssuedLicenses, &["issuedlicenses", "issued", "ausgestellt"]),
    (Field::AvailableLicenses, &["availablelicenses", "available", "verfügbar"]),
    (Field::AccessRights, &["accessrights"]),
    (Field::TypeAndModel, &["typeandmodel"]),
    (Field::LicenseServerId, &["licenseserverid", "lizenzserverid"]),
    (Field::ServerName, &["servername", "name"]),
    (Field::ProductId, &["productid", "produktid"]),
    (Field::ServerVersion, &["serverversion", "version"]),
    (Field::ActivationStatus, &["activationstatus"]),
    (Field::ServerRole, &["serverrole"]),
];

/// The words for a field, the surest first.
pub(super) fn words(field: Field) -> &'static [&'static str] {
    WORDS.iter().find(|(named, _)| *named == field).map_or(&[], |(_, words)| *words)
}
