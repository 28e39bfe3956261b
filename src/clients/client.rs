//! A client: a computer, or for Per User licenses a person.

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
        };
        assert_eq!(client.mark(), "…abcdef");
        assert_eq!(client.groups(), ["01234567", "89abcdef"]);
        client.hardware_id = Some("äöü".into());
        assert_eq!(client.mark(), "…äöü");
        client.hardware_id = None;
        assert_eq!(client.mark(), "number 7");
    }
}
