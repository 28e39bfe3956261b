//! Kinds of license: the product version and whether a license is per device or per user.

use serde::{Deserialize, Serialize};

/// The product version a license is for, by the year in its name; a later one serves earlier session hosts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Version(u16);

#[expect(missing_docs, reason = "each is the version of its year")]
impl Version {
    pub const V2000: Version = Version(2000);
    pub const V2003: Version = Version(2003);
    pub const V2008: Version = Version(2008);
    pub const V2012: Version = Version(2012);
    pub const V2016: Version = Version(2016);
    pub const V2019: Version = Version(2019);
    pub const V2022: Version = Version(2022);
    pub const V2025: Version = Version(2025);
}

impl Version {
    /// The version that is stored as `text`: a year, whether the register's table of versions has it or not.
    pub fn parse(text: &str) -> Option<Self> {
        let year = text.parse().ok().filter(|year| (2000..2100).contains(year))?;
        (text.len() == 4).then_some(Version(year))
    }

    /// As Microsoft's tools say it.
    pub fn label(self) -> String {
        match self {
            Self::V2000 => "Windows 2000 Server".to_owned(),
            Self::V2008 => "Windows Server 2008 or 2008 R2".to_owned(),
            Version(year) => format!("Windows Server {year}"),
        }
    }

    /// The version by WMI's `ProductVersionID` and the product code; the localized text of a version is never read.
    pub fn of(id: Option<i64>, code: &str) -> Option<Self> {
        let by_id = id.and_then(Self::of_id);
        // 0 and 1 are undocumented, so the code knows better.
        if id.is_some_and(|id| id >= 2) { by_id.or(Self::of_code(code)) } else { Self::of_code(code).or(by_id) }
    }

    fn of_id(id: i64) -> Option<Self> {
        Some(match id {
            0 => Self::V2000,
            1 => Self::V2003,
            2 | 3 => Self::V2008,
            4 => Self::V2012,
            5 => Self::V2016,
            6 => Self::V2019,
            7 => Self::V2022,
            8 => Self::V2025,
            _ => return None,
        })
    }

    /// The middle of a code such as `A02-6.02-S`.
    fn of_code(code: &str) -> Option<Self> {
        Some(match code.trim().split('-').nth(1)? {
            "5.00" => Self::V2000,
            "5.02" => Self::V2003,
            "6.00" => Self::V2008,
            "6.02" => Self::V2012,
            "10.00" => Self::V2016,
            "10.01" => Self::V2019,
            "10.02" => Self::V2022,
            "10.03" => Self::V2025,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Version, String> {
        Version::parse(&text).ok_or_else(|| format!("{text} is no product version"))
    }
}

/// What a license is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenseType {
    /// One license a computer.
    PerDevice,
    /// One license a person.
    PerUser,
    /// Neither, as a virtual desktop subscription or a code that is not known.
    Other,
}

/// WMI's `KeyPackType` of a built-in pool.
const BUILT_IN: i64 = 6;

impl LicenseType {
    /// Every type.
    pub const ALL: [LicenseType; 3] = [Self::PerDevice, Self::PerUser, Self::Other];

    /// As Microsoft's tools say it.
    pub fn label(self) -> &'static str {
        match self {
            Self::PerDevice => "Per Device",
            Self::PerUser => "Per User",
            Self::Other => "Other",
        }
    }

    /// The type that is stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The type as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerDevice => "per_device",
            Self::PerUser => "per_user",
            Self::Other => "other",
        }
    }

    /// The type by WMI's `ProductType` and `KeyPackType` and the product code.
    pub fn of(product_type: i64, key_pack_type: i64, code: &str) -> Self {
        let code = code.trim().to_ascii_uppercase();
        match product_type {
            _ if code.ends_with("-VDIS") => Self::Other,
            0 => Self::PerDevice,
            1 => Self::PerUser,
            3 if key_pack_type == BUILT_IN => Self::PerDevice,
            _ if code.starts_with("A02") => Self::PerDevice,
            _ if code.starts_with("C50") => Self::PerUser,
            _ => Self::Other,
        }
    }

    /// The type by the words of a report, such as `RDS Per User CAL`; none when it has none of them.
    pub fn of_words(words: &str) -> Option<Self> {
        let words = words.to_lowercase();
        let has = |some: &[&str]| some.iter().any(|word| words.contains(word));
        if has(&["vdi "]) {
            Some(Self::Other)
        } else if has(&["per device", "perdevice", "pro gerät"]) || words == "device" {
            Some(Self::PerDevice)
        } else if has(&["per user", "peruser", "pro benutzer"]) || words == "user" {
            Some(Self::PerUser)
        } else {
            None
        }
    }
}

/// A stored version and license type in words: `Windows Server 2019 Per Device`.
pub fn words(version: &str, license_type: &str) -> String {
    let version = Version::parse(version).map_or_else(|| "Version not known".to_owned(), Version::label);
    let license_type = LicenseType::parse(license_type).map_or("", LicenseType::label);
    format!("{version} {license_type}").trim_end().to_owned()
}

/// What Microsoft's tool heads a key pack with, by version and type as the register writes them and in the server's own
/// words: `Windows Server 2019 – RDS Per Device CAL`.
pub fn title((version, license_type): (&str, &str), (product_version, type_and_model): (&str, &str)) -> String {
    let label = Version::parse(version).map_or_else(|| product_version.to_owned(), Version::label);
    match (label.is_empty(), type_and_model.is_empty()) {
        (true, false) => type_and_model.to_owned(),
        (_, true) => words(version, license_type),
        (false, false) => format!("{label} – {type_and_model}"),
    }
}
