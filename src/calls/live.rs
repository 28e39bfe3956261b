//! A call while it is live, as its screen shows it: what is typed so far, with what is known of it.

use super::draft::Draft;
use super::form::MOST_PACKS;
use super::phonetic::unusual;
use super::sheet::{Group, Part, read_out};
use crate::check::Problems;
use crate::db::Db;
use crate::license_servers::license_server::{bare, groups};
use crate::moment::Moment;
use crate::reissues::grant::{candidates, known};
use crate::transfers::transfer::Transfer;
use crate::web::error::Outcome;
use crate::web::format::counted;
use crate::web::parts::Choice;

/// A license key pack ID that is being typed.
#[derive(Clone, Debug)]
pub struct Id {
    /// The end of its fields' names: `17-0`.
    pub name: String,
    /// Which one of its request it is, from 1 on.
    pub place: usize,
    /// What stands in its seven boxes.
    pub boxes: Vec<String>,
    /// Its groups, each with how it is said.
    pub groups: Vec<Group>,
    /// How many of its 35 characters are there.
    pub length: usize,
    /// Characters that may have been heard wrong.
    pub unusual: String,
    /// Where it is in the register already.
    pub known: Option<String>,
    /// How many licenses it holds, as typed.
    pub quantity: String,
    /// The packs that imports brought in and that it may be; none: nothing is to be asked.
    pub packs: Vec<Choice>,
}

impl Id {
    /// Whether it is another one than the first of its request.
    pub fn is_further(&self) -> bool {
        self.place > 1
    }

    /// Where help says what it is: once for each request.
    pub fn help(&self) -> &'static str {
        if self.is_further() { "" } else { "glossary#license-key-pack-id" }
    }

    /// Whether anything of it is typed.
    pub fn is_begun(&self) -> bool {
        self.length > 0 || !self.quantity.is_empty()
    }

    /// `12 of 35 characters`, while some are missing; how many there are too many.
    pub fn missing(&self) -> String {
        match self.length {
            0 | 35 => String::new(),
            length => format!("{length} of 35 characters"),
        }
    }
}

/// A transfer that may be ticked for a grant.
#[derive(Clone, Debug)]
pub struct Tick {
    /// The transfer.
    pub transfer: Transfer,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// A request within a call, and what is typed of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What stands on the sheet.
    pub part: Part,
    /// How many were granted, as typed.
    pub granted: String,
    /// Whether it is certain that more was granted than asked for.
    pub more: bool,
    /// Whether Microsoft said no.
    pub refused: bool,
    /// The license key pack IDs, an empty one last.
    pub ids: Vec<Id>,
    /// The transfers that wait.
    pub ticks: Vec<Tick>,
}

impl Asked {
    /// A field's name: `granted-17`.
    pub fn field(&self, name: &str) -> String {
        format!("{name}-{}", self.part.request.id)
    }

    /// `10 licenses`.
    pub fn asks_for(&self) -> String {
        counted(self.part.left, "license")
    }

    /// Whether anything but the usual is said of it, or is wrong there.
    pub fn is_unusual(&self, problems: &Problems) -> bool {
        let wrong = ["refused", "more", "take"].iter().any(|name| problems.of_field(&self.field(name)).is_some());
        wrong || self.refused || self.more || self.ticks.iter().any(|tick| tick.chosen)
    }

    /// What is typed of a request. `since`: when the call began.
    pub async fn of(db: &Db, part: Part, fields: &Draft, since: Moment) -> Outcome<Asked> {
        let id = part.request.id;
        let field = |name: &str| fields.get(&format!("{name}-{id}")).to_owned();
        let taken: Vec<String> = field("take").split(',').map(|one| one.trim().to_owned()).collect();
        let ticks = part
            .transfers
            .iter()
            .map(|transfer| Tick { chosen: taken.contains(&transfer.id.to_string()), transfer: transfer.clone() });
        let ticks: Vec<Tick> = ticks.collect();
        let rows = fields.numbers(&format!("id-{id}-")).into_iter().max().map_or(1, |last| last + 2).min(MOST_PACKS);
        let granted = field("granted");
        let mut ids = Vec::with_capacity(rows);
        for n in 0..rows {
            ids.push(typed(db, (&part, n), fields, (since, &granted)).await?);
        }
        Ok(Asked { granted, more: !field("more").is_empty(), refused: !field("refused").is_empty(), ids, ticks, part })
    }
}

async fn typed(db: &Db, (part, n): (&Part, usize), fields: &Draft, (since, granted): (Moment, &str)) -> Outcome<Id> {
    let name = format!("{}-{n}", part.request.id);
    let id: String = bare(fields.get(&format!("id-{name}"))).chars().take(80).collect();
    let quantity = fields.get(&format!("quantity-{name}")).to_owned();
    let whole = id.chars().count() == 35;
    let count =
        [quantity.as_str(), granted].iter().find_map(|text| text.trim().parse::<i64>().ok()).unwrap_or(part.left);
    let found = if whole { candidates(db, part.request.id, count, since).await? } else { Vec::new() };
    let chosen = fields.get(&format!("pack-{name}"));
    let words = |keypack: Option<i64>| keypack.map_or_else(String::new, |keypack| format!(", keypack ID {keypack}"));
    let packs = found.iter().map(|one| (one.id.to_string(), format!("Key pack K-{}{}", one.id, words(one.keypack_id))));
    let packs: Vec<(String, String)> =
        packs.chain([("new".to_owned(), "None of these: a new one".to_owned())]).collect();
    Ok(Id {
        place: n + 1,
        boxes: boxes(&id),
        groups: read_out(&id),
        length: id.chars().count(),
        unusual: unusual(&id),
        known: if whole { known(db, &id).await? } else { None },
        quantity,
        packs: if found.is_empty() {
            Vec::new()
        } else {
            Choice::any(packs, chosen, "The one that an import brought in")
        },
        name,
    })
}

/// What stands in the seven boxes; what is too much stays in the last one, so that nothing typed is lost.
fn boxes(id: &str) -> Vec<String> {
    let mut groups = groups(id);
    let rest: String = groups.drain(groups.len().min(7)..).collect();
    if let Some(last) = groups.last_mut() {
        last.push_str(&rest);
    }
    groups.resize(7, String::new());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stands_in_seven_boxes_and_nothing_typed_is_lost() {
        assert_eq!(boxes("ABCDEFG"), ["ABCDE", "FG", "", "", "", "", ""]);
        let long = "A".repeat(38);
        assert_eq!(boxes(&long).concat(), long);
        assert_eq!(boxes(&long)[6].len(), 8);
        assert_eq!(boxes(""), [""; 7]);
    }
}
