//! A position: owned, installed, phantom, explained, unexplained, each with the lines that add up to it. Nothing is
//! corrected: what does not fit is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::estate::{Agreement, Estate, Group, Pack};
use super::line::{Line, Points, Term, joined};
use super::moved::{moved, reinstalled};
use crate::ids::{KeyPackId, ReissueId};
use crate::key_packs::key_pack::Origin;
use crate::products::product::words;
use crate::web::format::{counted, number};

/// The licenses of one company, version and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which licenses.
    pub group: Group,
    /// The company's name.
    pub company: String,
    /// Licenses of the agreements in force, and what was converted; nothing: no agreement is recorded.
    pub owned: Option<i64>,
    /// Licenses of the key packs on servers; nothing: not known.
    pub installed: Option<i64>,
    /// Licenses that are issued, as servers last said; nothing: not told.
    pub in_use: Option<i64>,
    /// How much of what is installed stands for seats that moved.
    pub explained: Option<i64>,
    /// What all this is made of.
    pub lines: Vec<Line>,
    /// Purchases that are counted although nobody recorded their day.
    pub without_day: i64,
    /// Installed key packs of which no server tells how many licenses are issued.
    pub without_use: i64,
}

impl Position {
    /// What is installed beyond what is owned.
    pub fn phantom(&self) -> Option<i64> {
        Some(self.installed? - self.owned?)
    }

    /// What of that no moved seat explains; below zero it is owned and not installed.
    pub fn unexplained(&self) -> Option<i64> {
        Some(self.phantom()? - self.explained?)
    }

    /// Whether something is installed that nothing explains.
    pub fn is_open(&self) -> bool {
        self.unexplained().is_some_and(|rest| rest > 0)
    }

    /// How much is owned and not installed.
    pub fn not_installed(&self) -> Option<i64> {
        self.unexplained().filter(|rest| *rest < 0).map(|rest| -rest)
    }

    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.group.version, &self.group.license_type)
    }

    /// The lines of a term.
    pub fn of(&self, term: Term) -> Vec<&Line> {
        self.lines.iter().filter(|line| line.term == term).collect()
    }

    /// How much out of use is still on a server.
    pub fn left_standing(&self) -> i64 {
        self.lines
            .iter()
            .filter(|line| line.is_left_standing && line.term == Term::Installed)
            .map(|one| one.amount)
            .sum()
    }

    /// The equation, to be checked by hand.
    pub fn equation(&self) -> String {
        let Some(installed) = self.installed else {
            return "Installed is not known, so nothing can be reckoned.".to_owned();
        };
        let explained = self.explained_text();
        let (Some(owned), Some(phantom), Some(rest)) = (self.owned, self.phantom(), self.unexplained()) else {
            return format!(
                "installed {} − owned: not recorded; {explained}; record the agreement to reckon the rest",
                number(installed)
            );
        };
        let rest = match self.not_installed() {
            Some(left) => format!("owned, not installed {}", number(left)),
            None => format!("unexplained {}", number(rest)),
        };
        let (installed, owned, phantom) = (number(installed), number(owned), number(phantom));
        format!("installed {installed} − owned {owned} = phantom {phantom}; {explained}; {rest}")
    }

    fn explained_text(&self) -> String {
        let parts: Vec<String> = self.of(Term::Explained).iter().map(|line| line.short()).collect();
        let total = number(self.explained.unwrap_or(0));
        match parts.as_slice() {
            [] => format!("explained {total}"),
            parts if parts.len() <= 12 => format!("explained {total}: {}", parts.join(", ")),
            parts => format!("explained {total}: {} lines, below", parts.len()),
        }
    }
}

/// The positions of everything that is owned or installed, by company, version and type.
pub fn reckon(estate: &Estate) -> Vec<Position> {
    let moved = moved(estate);
    let mut gathered: BTreeMap<&Group, Gathered> = BTreeMap::new();
    for agreement in &estate.agreements {
        gathered.entry(&agreement.group).or_default().agreements.push(agreement);
    }
    for pack in estate.packs.iter().filter(|pack| pack.is_installed()) {
        gathered.entry(&pack.group).or_default().packs.push(pack);
    }
    for group in &estate.unknown {
        gathered.entry(group).or_default();
    }
    let conversions = Conversions::of(estate);
    for group in &conversions.groups {
        gathered.entry(group).or_default();
    }
    let mut found = Vec::with_capacity(gathered.len());
    for (company_id, company) in &estate.companies {
        let known = estate.servers.iter().any(|server| server.company_id == *company_id && server.is_known);
        for (group, of_it) in gathered.iter().filter(|(group, _)| group.company_id == *company_id) {
            let is_known = known && !estate.unknown.contains(*group);
            let mut position = Position {
                group: (*group).clone(),
                company: company.clone(),
                owned: None,
                installed: None,
                in_use: None,
                explained: None,
                lines: Vec::new(),
                without_day: 0,
                without_use: 0,
            };
            position.owned(of_it, &conversions);
            if is_known {
                position.installed(of_it);
                position.explained(of_it, estate, &moved);
                if position.is_open() {
                    position.suspect(of_it, estate, &moved);
                }
            }
            found.push(position);
        }
    }
    found
}

/// What belongs to one group.
#[derive(Default)]
struct Gathered<'a> {
    agreements: Vec<&'a Agreement>,
    packs: Vec<&'a Pack>,
}

/// Key packs that were made from licenses of the other type, and where agreements are recorded.
struct Conversions<'a> {
    packs: Vec<&'a Pack>,
    bought: BTreeSet<&'a Group>,
    groups: BTreeSet<Group>,
}

impl<'a> Conversions<'a> {
    fn of(estate: &'a Estate) -> Conversions<'a> {
        let packs: Vec<&Pack> = estate
            .packs
            .iter()
            .filter(|pack| pack.origin == Origin::Conversion && pack.was_installed())
            .filter(|pack| pack.group.converted_from().is_some())
            .collect();
        let groups = packs.iter().flat_map(|pack| [Some(pack.group.clone()), pack.group.converted_from()]);
        Conversions {
            groups: groups.flatten().collect(),
            bought: estate.agreements.iter().map(|agreement| &agreement.group).collect(),
            packs,
        }
    }

    /// What a conversion adds to a group (or takes from it), where an agreement says that it was owned at all.
    fn amount(&self, pack: &Pack, group: &Group) -> Option<i64> {
        let from = pack.group.converted_from()?;
        let sign = match group {
            group if *group == pack.group => 1,
            group if *group == from => -1,
            _ => return None,
        };
        let is_recorded = self.bought.contains(group) || self.bought.contains(&from);
        is_recorded.then_some(sign * pack.quantity)
    }
}

impl Position {
    fn owned(&mut self, of_it: &Gathered<'_>, conversions: &Conversions<'_>) {
        for agreement in &of_it.agreements {
            let points = Points { agreement: Some(agreement.id), ..Points::default() };
            let title = &agreement.title;
            let (amount, words) = match (agreement.in_force, agreement.has_day) {
                (false, _) => (0, format!("{title}, no longer in force ({})", number(agreement.quantity))),
                (true, true) => (agreement.quantity, title.clone()),
                (true, false) => (agreement.quantity, format!("{title}, day of purchase not recorded")),
            };
            self.without_day += i64::from(agreement.in_force && !agreement.has_day);
            self.lines.push(Line::new(Term::Owned, amount, words, points));
        }
        for pack in &conversions.packs {
            let Some(amount) = conversions.amount(pack, &self.group) else { continue };
            let into = words(&pack.group.version, &pack.group.license_type);
            let words =
                if amount < 0 { format!("Converted into {into}") } else { "Converted from the other type".to_owned() };
            self.lines.push(Line::new(Term::Owned, amount, words, of_pack(pack)));
        }
        if self.lines.iter().any(|line| line.term == Term::Owned) {
            self.owned = Some(self.sum(Term::Owned));
        }
    }

    fn installed(&mut self, of_it: &Gathered<'_>) {
        for pack in &of_it.packs {
            let words = match (pack.is_left_standing(), pack.is_superseded()) {
                (true, true) => "Superseded, still installed: must be removed".to_owned(),
                (true, false) => "Removed, but its server still shows it".to_owned(),
                _ => pack.origin.label().to_owned(),
            };
            let line = Line::new(Term::Installed, pack.quantity, words, of_pack(pack));
            self.lines.push(Line { is_left_standing: pack.is_left_standing(), ..line });
        }
        self.installed = Some(self.sum(Term::Installed));
        let told: Vec<i64> = of_it.packs.iter().filter_map(|pack| pack.issued).collect();
        self.without_use = i64::try_from(of_it.packs.len() - told.len()).unwrap_or(0);
        self.in_use = (!told.is_empty() || of_it.packs.is_empty()).then(|| told.iter().sum());
    }

    /// What moved over packs that are not superseded: a line for each reissued pack, and for each request to reinstall.
    fn explained(&mut self, of_it: &Gathered<'_>, estate: &Estate, moved: &HashMap<KeyPackId, i64>) {
        let mut requests: BTreeMap<ReissueId, Vec<&Pack>> = BTreeMap::new();
        let mut lines = Vec::new();
        for pack in of_it.packs.iter().filter(|pack| !pack.is_superseded()) {
            let amount = moved.get(&pack.id).copied().unwrap_or(0);
            if let Some(request) = reinstalled(estate, pack) {
                requests.entry(request).or_default().push(pack);
            } else if amount > 0 {
                let words = match pack.transfers.as_slice() {
                    [only] => format!("Reissued for the transfer T-{only}"),
                    several => format!("Reissued for {}", counted(seats(several), "transfer")),
                };
                lines.push(Line::new(Term::Explained, amount, words, of_pack(pack)));
            }
        }
        for (id, packs) in requests {
            let amount: i64 = packs.iter().map(|pack| moved.get(&pack.id).copied().unwrap_or(0)).sum();
            if amount > 0 {
                lines.push(Line::new(
                    Term::Explained,
                    amount,
                    reinstalled_words(estate, id),
                    of_request(estate, id, &packs),
                ));
            }
        }
        self.lines.extend(lines);
        self.explained = Some(self.sum(Term::Explained));
    }

    /// The packs that could be behind what nothing explains, each with the most that it could be.
    fn suspect(&mut self, of_it: &Gathered<'_>, estate: &Estate, moved: &HashMap<KeyPackId, i64>) {
        let bought: HashMap<_, i64> =
            of_it.agreements.iter().filter(|one| one.in_force).map(|one| (one.id, one.quantity)).collect();
        let mut taken: HashMap<_, i64> = HashMap::new();
        let mut lines = Vec::new();
        for pack in &of_it.packs {
            let spare = pack.quantity - moved.get(&pack.id).copied().unwrap_or(0);
            let (amount, words) = match (pack.origin, pack.agreement_id) {
                _ if pack.is_left_standing() => (spare.max(0), "Out of use, but still on its server".to_owned()),
                (Origin::Unknown, _) => (spare, "Nobody has said where it came from".to_owned()),
                (Origin::Reissue, _) => {
                    (spare, "Reissued, but so many of its licenses stand for no moved seat".to_owned())
                }
                (Origin::Reinstall | Origin::Migration, _) => continue,
                (_, None) if pack.origin == Origin::Original => {
                    (spare, "Original, but no agreement is named".to_owned())
                }
                (Origin::Original, Some(id)) => {
                    let of_it = taken.entry(id).or_default();
                    let before = (*of_it - bought.get(&id).copied().unwrap_or(0)).max(0);
                    *of_it += pack.quantity;
                    let over = (*of_it - bought.get(&id).copied().unwrap_or(0)).max(0) - before;
                    (over, format!("More is installed of agreement {id} than it bought of this version and type"))
                }
                _ => continue,
            };
            if amount > 0 {
                lines.push(Line::new(Term::Suspect, amount, words, of_pack(pack)));
            }
        }
        let requests: BTreeSet<ReissueId> = of_it.packs.iter().filter_map(|pack| reinstalled(estate, pack)).collect();
        for id in requests {
            lines.extend(too_much(estate, id, of_it, moved));
        }
        self.lines.extend(lines);
    }

    fn sum(&self, term: Term) -> i64 {
        self.lines.iter().filter(|line| line.term == term).map(|line| line.amount).sum()
    }
}

/// What a request to reinstall brought beyond all that was left of what it replaces.
fn too_much(estate: &Estate, id: ReissueId, of_it: &Gathered<'_>, moved: &HashMap<KeyPackId, i64>) -> Option<Line> {
    let packs: Vec<&Pack> = of_it
        .packs
        .iter()
        .copied()
        .filter(|pack| !pack.is_left_standing() && reinstalled(estate, pack) == Some(id))
        .collect();
    let replaces = &estate.requests.get(&id)?.replaces;
    let stayed: i64 = estate
        .packs
        .iter()
        .filter(|pack| replaces.contains(&pack.id) && pack.was_installed())
        .map(|pack| pack.quantity - moved.get(&pack.id).copied().unwrap_or(0))
        .sum();
    let holds: i64 = packs.iter().map(|pack| pack.quantity).sum();
    let explained: i64 = packs.iter().map(|pack| moved.get(&pack.id).copied().unwrap_or(0)).sum();
    let over = holds - explained - stayed;
    (over > 0).then(|| {
        let words = format!("R-{id} brought more than was left of the key packs that it replaces");
        Line::new(Term::Suspect, over, words, of_request(estate, id, &packs))
    })
}

fn seats<T>(of: &[T]) -> i64 {
    i64::try_from(of.len()).unwrap_or(i64::MAX)
}

fn of_pack(pack: &Pack) -> Points {
    Points {
        agreement: pack.agreement_id,
        key_packs: vec![pack.id],
        server: Some((pack.server_id, pack.server.clone())),
        reissue: pack.reissue_id,
        calls: pack.call_id.into_iter().collect(),
        transfers: pack.transfers.clone(),
        replaced: Vec::new(),
    }
}

fn of_request(estate: &Estate, id: ReissueId, packs: &[&Pack]) -> Points {
    let mut calls: Vec<_> = packs.iter().filter_map(|pack| pack.call_id).collect();
    calls.sort_unstable();
    calls.dedup();
    Points {
        key_packs: packs.iter().map(|pack| pack.id).collect(),
        server: packs.first().map(|pack| (pack.server_id, pack.server.clone())),
        reissue: Some(id),
        calls,
        replaced: estate.requests.get(&id).map(|request| request.replaces.clone()).unwrap_or_default(),
        ..Points::default()
    }
}

fn reinstalled_words(estate: &Estate, id: ReissueId) -> String {
    let replaced = estate.requests.get(&id).map(|request| request.replaces.as_slice()).unwrap_or_default();
    match replaced {
        [] => "Reinstalled".to_owned(),
        [only] => format!("Came in the place of key pack K-{only}, of whose licenses so many had moved"),
        several => {
            format!("Came in the place of key packs {}, of whose licenses so many had moved", joined(several, "K-"))
        }
    }
}
