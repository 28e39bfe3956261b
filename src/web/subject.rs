//! What history and timelines speak of: the address and the words of a noun and its number.

use std::collections::HashMap;

use crate::db::Db;
use crate::web::error::Outcome;

/// A noun and a number, as history writes them: `client`, 117.
pub type Named = (String, i64);

/// The nouns that have pages, as history names them, with the path of the page and the words for them.
const KINDS: [(&str, &str, &str); 18] = [
    ("client", "/clients", "client"),
    ("license", "/licenses", "license"),
    ("key_pack", "/key-packs", "key pack"),
    ("license_server", "/license-servers", "license server"),
    ("company", "/companies", "company"),
    ("agreement", "/agreements", "agreement"),
    ("transfer", "/transfers", "transfer"),
    ("reissue", "/reissues", "request"),
    ("call", "/calls", "call"),
    ("finding", "/reports/findings", "finding"),
    ("calendar", "/calendars", "calendar"),
    ("call_number", "/call-numbers", "number to call"),
    ("import", "/imports", "import"),
    ("user", "", "person"),
    ("product_version", "/products/versions", "product version"),
    ("os_family", "/products/systems", "system"),
    ("cal_need", "/products/needs", "who needs a license, row"),
    ("cal_serves", "/products/serves", "which license serves, row"),
];

/// The page of a subject; nothing where it has none.
pub fn address(kind: &str, id: i64) -> String {
    match KINDS.iter().find(|(name, ..)| *name == kind) {
        Some((_, path, _)) if !path.is_empty() => format!("{path}/{id}"),
        _ => String::new(),
    }
}

/// The words for a kind of subject: `key pack`.
pub fn kind_words(kind: &str) -> &str {
    KINDS.iter().find(|(name, ..)| *name == kind).map_or(kind, |(_, _, words)| words)
}

/// The kinds that a reader may filter by, as history names them.
pub fn is_kind(kind: &str) -> bool {
    KINDS.iter().any(|(name, ..)| *name == kind)
}

/// Every kind that a reader may filter by.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, ..)| *name)
}

/// The names of subjects that were looked up.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<Named, String>);

impl Names {
    /// What a subject is called: its own name where it has one, else its noun and number.
    pub fn of(&self, kind: &str, id: i64) -> String {
        self.0.get(&(kind.to_owned(), id)).cloned().unwrap_or_else(|| format!("{} {id}", kind_words(kind)))
    }
}

/// The names of subjects, one query for each kind among them.
pub async fn names(db: &Db, subjects: impl IntoIterator<Item = Named>) -> Outcome<Names> {
    let mut by_kind: HashMap<String, Vec<i64>> = HashMap::new();
    for (kind, id) in subjects {
        let ids = by_kind.entry(kind).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut names = HashMap::new();
    for (kind, ids) in by_kind {
        let text = match kind.as_str() {
            "client" => "select c.id, c.name from clients c where c.id in",
            "license_server" => "select s.id, s.name from license_servers s where s.id in",
            "company" => "select o.id, o.name from companies o where o.id in",
            "transfer" => "select t.id, 'T-' || cast(t.id as text) from transfers t where t.id in",
            "finding" => "select f.id, 'F-' || cast(f.id as text) from findings f where f.id in",
            "reissue" => "select r.id, 'R-' || cast(r.id as text) from reissues r where r.id in",
            "call" => "select k.id, 'call ' || cast(k.id as text) from calls k where k.id in",
            "call_number" => "select n.id, 'number to call in ' || n.country from call_numbers n where n.id in",
            "calendar" => "select k.id, 'calendar of ' || k.country from calendars k where k.id in",
            "product_version" => "select v.id, v.name from product_versions v where v.id in",
            "os_family" => "select f.id, f.name from os_families f where f.id in",
            "user" => "select u.id, u.name from users u where u.id in",
            "key_pack" => {
                "select k.id, coalesce('keypack ' || cast(k.keypack_id as text), 'key pack K-' || cast(k.id as text)) \
                 || ' on ' || s.name from key_packs k join license_servers s on s.id = k.server_id where k.id in"
            }
            "license" => {
                "select l.id, 'license ' || cast(l.id as text) || ' of ' || c.name \
                 from licenses l join clients c on c.id = l.client_id where l.id in"
            }
            _ => continue,
        };
        let rows: Vec<(i64, String)> = db.sql(text).among(&ids).all().await?;
        names.extend(rows.into_iter().map(|(id, name)| ((kind.clone(), id), name)));
    }
    Ok(Names(names))
}
