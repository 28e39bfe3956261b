//! Several clients at once: those ticked in a list, all that match its filters, or those of a pasted list of names; and what
//! is recorded of all of them together.

use super::client::Status;
use super::filter::Asked;
use crate::check::Problems;
use crate::ids::ClientId;

/// The most clients that are chosen at once.
pub const MOST: usize = 2_000;

/// The most names of one pasted list.
pub const MOST_NAMES: usize = 500;

/// What can be recorded of several clients: its name in the form, and its words.
pub const CHANGES: [(&str, &str); 4] = [
    ("site", "Set the site"),
    ("owner", "Set who uses them"),
    ("status", "Set what became of them"),
    ("removal", "Ask for their local licenses to be removed"),
];

/// The form, as it was sent: fields may come several times.
#[derive(Clone, Debug, Default)]
pub struct ChosenForm {
    /// The clients' numbers.
    pub clients: Vec<String>,
    /// Not empty: all that match the filters, whatever is ticked.
    pub all: String,
    /// The filters of the list.
    pub asked: Asked,
    /// One of [`CHANGES`].
    pub change: String,
    /// The new site.
    pub site: String,
    /// The new user.
    pub owner: String,
    /// The new status.
    pub status: String,
    /// Who is asked to remove the local licenses.
    pub removed_by: String,
    /// Why.
    pub reason: String,
}

impl ChosenForm {
    /// Reads what a form or an address says.
    pub fn of(pairs: Vec<(String, String)>) -> ChosenForm {
        let mut form = ChosenForm::default();
        for (name, value) in pairs {
            match name.as_str() {
                "clients" => form.clients.push(value),
                "all" => form.all = value,
                "q" => form.asked.q = value,
                "kind" => form.asked.kind = value,
                "in_status" => form.asked.status = value,
                "os_family" => form.asked.os_family = value,
                "company" => form.asked.company = value,
                "change" => form.change = value,
                "site" => form.site = value,
                "owner" => form.owner = value,
                "status" => form.status = value,
                "removed_by" => form.removed_by = value,
                "reason" => form.reason = value,
                _ => {}
            }
        }
        form
    }

    /// The clients that were ticked; each once, in their order.
    ///
    /// # Errors
    /// Too many, or one that is no number.
    pub fn ids(&self) -> Result<Vec<ClientId>, Problems> {
        let mut ids = Vec::with_capacity(self.clients.len());
        for typed in &self.clients {
            match typed.trim().parse().map(ClientId) {
                Ok(id) if ids.contains(&id) => {}
                Ok(id) => ids.push(id),
                Err(_) => return Err(Problems::of("clients", "Choose clients by ticking them in a list.")),
            }
        }
        if ids.len() > MOST {
            return Err(too_many(ids.len()));
        }
        Ok(ids)
    }

    /// The same, of which there must be one at least.
    ///
    /// # Errors
    /// None, too many, or one that is no number.
    pub fn some_ids(&self) -> Result<Vec<ClientId>, Problems> {
        let ids = self.ids()?;
        if ids.is_empty() { Err(nobody()) } else { Ok(ids) }
    }

    /// What is to be recorded, and why; or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(Change, String), Problems> {
        let mut problems = Problems::none();
        let change = match self.change.as_str() {
            "site" => Some(Change::Site(problems.line("site", "The site", &self.site, 100))),
            "owner" => Some(Change::Owner(problems.line("owner", "The name", &self.owner, 100))),
            "status" => Status::parse(&self.status).map(Change::Status),
            "removal" => Some(Change::Removal(problems.line("removed_by", "The name", &self.removed_by, 100))),
            _ => {
                problems.add("change", "Choose what is to be recorded of them.");
                None
            }
        };
        if change.is_none() && self.change == "status" {
            problems.add("status", "Choose what became of them.");
        }
        let reason = problems.lines("reason", "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add("reason", "Say why: it stands in the history of each of them forever.");
        }
        problems.or((change.unwrap_or(Change::Site(String::new())), reason))
    }
}

/// The refusal of more than can be chosen at once.
pub fn too_many(count: usize) -> Problems {
    let says = format!("At most {MOST} clients are changed at once; these are {count} or more. Narrow the filters.");
    Problems::of("clients", says)
}

/// The refusal of a change of nobody.
pub fn nobody() -> Problems {
    Problems::of("clients", "No client is chosen. Tick some in the list, or paste their names.")
}

/// What is recorded of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Where they stand.
    Site(String),
    /// Who uses them.
    Owner(String),
    /// What became of them.
    Status(Status),
    /// That somebody is asked to remove their local licenses.
    Removal(String),
}

/// The names of a pasted list: one a line, or parted by commas, semicolons or tabs; each once, in their order.
///
/// # Errors
/// None, or too many.
pub fn names(text: &str) -> Result<Vec<String>, Problems> {
    let mut seen = std::collections::HashSet::new();
    let names: Vec<String> = text
        .split(['\n', '\r', ',', ';', '\t'])
        .map(|name| name.trim().trim_matches('"').trim())
        .filter(|name| !name.is_empty())
        .filter(|name| seen.insert(name.to_lowercase()))
        .map(str::to_owned)
        .collect();
    match names.len() {
        0 => Err(Problems::of("names", "Paste the names of computers, one a line.")),
        count if count > MOST_NAMES => {
            let says = format!("One list takes at most {MOST_NAMES} names; these are {count}. Make several.");
            Err(Problems::of("names", says))
        }
        _ => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> ChosenForm {
        ChosenForm::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_pasted_list_takes_names_however_they_are_parted_and_each_once() {
        assert_eq!(names("PC-1\r\npc-1;\"PC-2\",\tPC 3\n\n").unwrap(), ["PC-1", "PC-2", "PC 3"]);
        assert!(names(" \n;").unwrap_err().of_field("names").is_some());
        let many: Vec<String> = (0..=MOST_NAMES).map(|n| format!("PC-{n}")).collect();
        assert!(names(&many.join("\n")).unwrap_err().of_field("names").unwrap().contains("at most 500"));
    }

    #[test]
    fn what_is_to_be_recorded_needs_its_value_and_a_reason() {
        for (pairs, fields) in [
            (&[] as &[(&str, &str)], &["change", "reason"] as &[&str]),
            (&[("change", "status")], &["status", "reason"]),
            (&[("change", "status"), ("status", "asleep"), ("reason", "x")], &["status"]),
            (&[("change", "rename"), ("reason", "x")], &["change"]),
        ] {
            let wrong = form(pairs).check().unwrap_err();
            assert_eq!(wrong.iter().map(|one| &*one.field).collect::<Vec<_>>(), fields, "{pairs:?}");
        }
        let moved = form(&[("change", "site"), ("site", " HQ "), ("reason", "Moved")]).check().unwrap();
        assert_eq!(moved, (Change::Site("HQ".into()), "Moved".into()));
        // An empty site or user takes it away.
        assert!(form(&[("change", "owner"), ("reason", "Left")]).check().is_ok());
    }

    #[test]
    fn clients_are_chosen_by_number_each_once() {
        assert_eq!(
            form(&[("clients", "7"), ("clients", "3"), ("clients", "7")]).ids().unwrap(),
            [ClientId(7), ClientId(3)]
        );
        assert!(form(&[("clients", "PC-7")]).ids().is_err());
    }
}
