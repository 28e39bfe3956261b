//! A saved view: the address of a list with its filters, order and hidden columns, under a name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::Problems;
use crate::ids::{SavedViewId, UserId};

/// The lists whose views can be saved: each one's path, and its name.
pub const LISTS: [(&str, &str); 13] = [
    ("/key-packs", "Key packs"),
    ("/clients", "Clients"),
    ("/licenses", "Licenses"),
    ("/transfers", "Transfers"),
    ("/reissues", "Requests"),
    ("/calls", "Calls"),
    ("/history", "History"),
    ("/imports", "Imports"),
    ("/agreements", "Agreements"),
    ("/license-servers", "License servers"),
    ("/reports/run-out", "What runs out"),
    ("/reports/findings", "Twins and ghosts"),
    ("/reports/position", "Entitlement position"),
];

/// What only says where in a list the reader is: a view begins at the beginning.
const PLACES: [&str; 2] = ["after", "before"];

/// The longest query, in characters.
const LONGEST: usize = 2_000;

/// The list of a path; nothing where no view of it can be saved.
pub fn list(path: &str) -> Option<&'static str> {
    LISTS.into_iter().find(|(list, _)| *list == path).map(|(list, _)| list)
}

/// A query as a view keeps it: without the reader's place in the list, and without what is empty.
pub fn plain(query: &str) -> String {
    let says = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        !value.is_empty() && !PLACES.contains(&name)
    };
    query.split('&').filter(says).collect::<Vec<_>>().join("&")
}

/// A saved view.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SavedView {
    /// Its number.
    pub id: SavedViewId,
    /// Whose it is.
    pub user_id: UserId,
    /// Their name.
    pub owner: String,
    /// The list's path.
    pub list: String,
    /// Its filters, order and hidden columns, as an address says them.
    pub query: String,
    /// Its name.
    pub name: String,
    /// Whether everybody sees it (1).
    pub shared: i64,
}

impl SavedView {
    /// Where it leads.
    pub fn address(&self) -> String {
        if self.query.is_empty() { self.list.clone() } else { format!("{}?{}", self.list, self.query) }
    }

    /// The list's name.
    pub fn list_name(&self) -> &'static str {
        LISTS.into_iter().find(|(list, _)| *list == self.list).map_or("", |(_, name)| name)
    }

    /// Whether everybody sees it.
    pub fn is_shared(&self) -> bool {
        self.shared == 1
    }

    /// Whether somebody sees it.
    pub fn is_seen_by(&self, user: UserId) -> bool {
        self.user_id == user || self.is_shared()
    }

    /// Whether somebody may take it away or share it: whoever saved it; of a shared one also an admin.
    pub fn is_for(&self, user: UserId, is_admin: bool) -> bool {
        self.user_id == user || (is_admin && self.is_shared())
    }
}

/// The form of a new view.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ViewForm {
    /// The list's path.
    pub list: String,
    /// What stands behind `?` in the list's address: its filters, order and hidden columns.
    pub query: String,
    /// The name.
    pub name: String,
    /// Set: for everybody.
    #[schema(value_type = bool)]
    pub shared: String,
}

/// A checked view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewView {
    /// The list.
    pub list: &'static str,
    /// Its query.
    pub query: String,
    /// The name.
    pub name: String,
    /// Whether everybody sees it.
    pub shared: bool,
}

impl ViewForm {
    /// The view, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<NewView, Problems> {
        let mut problems = Problems::none();
        let name = problems.line("name", "The name", &self.name, 60);
        if name.is_empty() {
            problems.add("name", "Give the view a name, by which it stands above the list.");
        }
        let list = list(&self.list).unwrap_or_else(|| {
            problems.add("list", "Open one of the lists, and save its view from there.");
            ""
        });
        let query = plain(self.query.trim_start_matches('?'));
        if query.chars().count() > LONGEST || query.chars().any(char::is_control) {
            problems.add("list", "These filters are too long to be kept. Take some of them away.");
        }
        problems.or(NewView { list, query, name, shared: !self.shared.is_empty() })
    }
}

/// Whether everybody is to see a view.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SharingForm {
    /// Set: everybody.
    #[schema(value_type = bool)]
    shared: String,
}

impl SharingForm {
    /// Whether everybody is.
    pub fn is_shared(&self) -> bool {
        !self.shared.is_empty()
    }
}

/// What stands above a list: its views, and what the reader looks at now.
#[derive(Clone, Debug)]
pub struct Views {
    /// The list.
    pub list: &'static str,
    /// What is asked for now, as a view would keep it.
    pub query: String,
    /// The views of it, the reader's own and shared ones.
    pub views: Vec<SavedView>,
}

impl Views {
    /// Whether this view is what the reader looks at.
    pub fn is_here(&self, view: &SavedView) -> bool {
        view.query == self.query
    }

    /// Whether there is anything to save: filters, an order or columns that no view has yet.
    pub fn is_new(&self) -> bool {
        !self.query.is_empty() && !self.views.iter().any(|view| self.is_here(view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_filters_and_order_but_not_the_readers_place() {
        assert_eq!(
            plain("status=temporary&after=12.7&within=14&find=&sort=-issued"),
            "status=temporary&within=14&sort=-issued"
        );
        assert_eq!(plain(""), "");
        let form = ViewForm {
            list: "/licenses".into(),
            query: "?status=temporary&before=3.1".into(),
            name: " Soon ".into(),
            ..ViewForm::default()
        };
        let new = NewView { list: "/licenses", query: "status=temporary".into(), name: "Soon".into(), shared: false };
        assert_eq!(form.check().unwrap(), new);
    }

    #[test]
    fn only_views_of_lists_are_saved() {
        for (list, name, fields) in [
            ("/licenses", "", &["name"] as &[&str]),
            ("/nowhere", "x", &["list"]),
            ("//elsewhere.example", "x", &["list"]),
        ] {
            let form = ViewForm { list: list.into(), name: name.into(), ..ViewForm::default() };
            let wrong = form.check().unwrap_err();
            assert_eq!(wrong.iter().map(|one| &*one.field).collect::<Vec<_>>(), fields);
        }
        let long = ViewForm {
            list: "/licenses".into(),
            name: "x".into(),
            query: format!("find={}", "x".repeat(2_000)),
            ..ViewForm::default()
        };
        assert!(long.check().is_err());
    }
}
