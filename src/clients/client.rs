//! A client: a computer, or for Per User licenses a person.

use super::local_license::{LocalLicense, method_words};
use crate::ids::{ClientId, CompanyId};
use crate::moment::Moment;

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A computer, which holds Per Device licenses.
    Computer,
    /// A person, who holds Per User licenses.
    User,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 2] = [Kind::Computer, Kind::User];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Computer => "computer",
            Kind::User => "user",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Computer => "Computer",
            Kind::User => "User",
        }
    }

    /// The kind that is written `text`.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What became of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is in use.
    #[default]
    Active,
    /// It was taken out of use.
    Decommissioned,
    /// It was lost or stolen.
    Lost,
    /// Its system was installed anew, so that its local license is gone.
    Reinstalled,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 4] = [Status::Active, Status::Decommissioned, Status::Lost, Status::Reinstalled];

    /// As it is stored, and as addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Decommissioned => "decommissioned",
            Status::Lost => "lost",
            Status::Reinstalled => "reinstalled",
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Status::Active => "Active",
            Status::Decommissioned => "Decommissioned",
            Status::Lost => "Lost",
            Status::Reinstalled => "Reinstalled",
        }
    }

    /// The status that is written `text`.
    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What makes it the same client in every import and by hand: the hardware ID, else the name (`h:…`, `n:…`, `u:…`).
/// `name_key`: the name as it is compared.
pub fn identity(kind: Kind, name_key: &str, hardware_id: Option<&str>) -> String {
    match (kind, hardware_id) {
        (Kind::User, _) => format!("u:{name_key}"),
        (Kind::Computer, Some(id)) => format!("h:{id}"),
        (Kind::Computer, None) => format!("n:{name_key}"),
    }
}

/// What a search finds a client by.
pub fn search(name_key: &str, hardware_id: Option<&str>) -> String {
    hardware_id.map_or_else(|| name_key.to_owned(), |id| format!("{name_key} {id}"))
}

/// A client as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// A computer or a user.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its name as it is compared.
    pub name_key: String,
    /// What identifies a computer beside its name.
    pub hardware_id: Option<String>,
    /// When it last got or renewed a license.
    pub last_issued_at: Moment,
    /// The import that first showed it.
    pub first_import_id: Option<i64>,
    /// Since when it is known here.
    pub created_at: Moment,
    /// Whether another client bears the same name.
    pub has_namesake: bool,
    /// Its full name in the network, where it is recorded.
    pub fqdn: String,
    /// Where it stands.
    pub site: String,
    /// Who uses it.
    pub owner: String,
    /// What became of it.
    pub status: Status,
    /// The family of its operating system, by number.
    pub os_family_id: Option<i64>,
    /// The family of its operating system.
    pub os_family: Option<String>,
    /// What is known of the license in its own registry.
    pub local_license: LocalLicense,
    /// Since when that is known; nothing where nobody said.
    pub local_license_at: Option<Moment>,
    /// Who removed it, or said so.
    pub local_license_by: String,
    /// How it was removed, as stored.
    pub local_license_method: String,
    /// Where the backup of the key is.
    pub local_license_backup: String,
    /// Anything else.
    pub note: String,
}

impl Client {
    /// What tells it apart from its namesakes: the end of its hardware ID (`…9abcde`), or its number.
    pub fn mark(&self) -> String {
        match self.hardware_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => {
                let from = id.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
                format!("…{}", id.get(from..).unwrap_or(id))
            }
            None => format!("number {}", self.id),
        }
    }

    /// What became of it, in a word; nothing where it is in use.
    pub fn fate(&self) -> Option<&'static str> {
        (self.status != Status::Active).then(|| self.status.label())
    }

    /// Whether it keeps a license of its own: only a computer does.
    pub fn is_computer(&self) -> bool {
        self.kind == Kind::Computer
    }

    /// How its local license was removed, in words.
    pub fn removed_how(&self) -> &str {
        method_words(&self.local_license_method)
    }

    /// Its hardware ID in groups of eight, to be read; empty when it has none.
    pub fn groups(&self) -> Vec<String> {
        let letters: Vec<char> = self.raw_id().chars().collect();
        letters.chunks(8).map(|group| group.iter().collect()).collect()
    }

    /// Its hardware ID as one word; empty when it has none.
    pub fn raw_id(&self) -> &str {
        self.hardware_id.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namesakes_are_told_apart_by_the_end_of_their_hardware_id() {
        let mut client = Client {
            id: ClientId(7),
            company_id: CompanyId(1),
            company: "Contoso".into(),
            kind: Kind::Computer,
            name: "PC-0117".into(),
            name_key: "pc-0117".into(),
            hardware_id: Some("0123456789abcdef".into()),
            last_issued_at: Moment(0),
            first_import_id: None,
            created_at: Moment(0),
            has_namesake: true,
            fqdn: String::new(),
            site: String::new(),
            owner: String::new(),
            status: Status::Active,
            os_family_id: None,
            os_family: None,
            local_license: LocalLicense::Unknown,
            local_license_at: None,
            local_license_by: String::new(),
            local_license_method: String::new(),
            local_license_backup: String::new(),
            note: String::new(),
        };
        assert_eq!(client.mark(), "…abcdef");
        assert_eq!(client.groups(), ["01234567", "89abcdef"]);
        client.hardware_id = Some("äöü".into());
        assert_eq!(client.mark(), "…äöü");
        client.hardware_id = None;
        assert_eq!(client.mark(), "number 7");
    }
}
