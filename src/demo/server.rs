//! One license server of the demonstration, and what three years do to the licenses it issues.

use super::moves::Replaced;
use super::plan::{Format, PackPlan, ServerPlan, TEMPORARY};
use super::random::Random;
use crate::moment::{DAY, Moment};

/// When a license that never expires does so.
pub const NEVER: i64 = i64::MAX;

/// Days that a temporary license lasts from its issue.
const TEMPORARY_DAYS: i64 = 90;
/// Days that a license to a person lasts.
const PERSON_DAYS: i64 = 60;
/// Days after which an expired row is no longer shown.
const SHOWN_DAYS: i64 = 90;

/// WMI's `LicenseStatus`.
pub const IS_TEMPORARY: i64 = 1;
pub(super) const IS_ACTIVE: i64 = 2;
const IS_REVOKED: i64 = 4;

/// An issued license.
#[derive(Clone, Debug)]
pub struct Issued {
    pub number: i64,
    pub keypack_id: i64,
    pub user: String,
    pub computer: String,
    pub hardware_id: String,
    pub status: i64,
    pub issued_at: i64,
    pub expires_at: i64,
    /// When its computer connects again and gets a full license.
    pub(super) again_at: i64,
    /// Whether its holder connects no more.
    pub(super) is_silent: bool,
}

/// A license server.
pub struct Server {
    pub plan: &'static ServerPlan,
    pub issued: Vec<Issued>,
    /// The demonstration's size, in percent.
    pub scale: i64,
    /// The computers that are being replaced, as the desk recorded them.
    pub moves: Vec<Replaced>,
    pub(super) random: Random,
    pub(super) present: Moment,
    /// Until when it has lived.
    lived: Option<i64>,
    next_number: i64,
    next_name: i64,
}

impl Server {
    /// A server that has issued nothing yet.
    pub fn new(plan: &'static ServerPlan, scale: i64, seed: u64, present: Moment) -> Server {
        Server {
            plan,
            issued: Vec::new(),
            scale,
            moves: Vec::new(),
            random: Random::new(seed),
            present,
            lived: None,
            next_number: 1,
            next_name: plan.first_name,
        }
    }

    /// When the export of a day was made: in working hours, and today's some hours ago.
    pub fn moment_of(&mut self, day: i64) -> Moment {
        if day == 0 {
            return self.present.plus(-self.random.between(2 * 3_600, 3 * 3_600));
        }
        let midnight = self.present.0 - self.present.0.rem_euclid(DAY) - day * DAY;
        Moment(midnight + self.random.between(8 * 3_600, 15 * 3_600))
    }

    /// Lives until a moment, which lies on a day.
    pub fn live_until(&mut self, to: i64, day: i64) {
        let from = self.lived.replace(to).unwrap_or(to - 80 * DAY);
        if from < to - 30 * DAY && self.issued.len() > 4 {
            self.replace_computers(from, to, day);
            self.rename_computers();
            self.revoke(day);
        }
        let standing = self.plan.packs_on(day);
        self.issued.retain(|one| standing.iter().any(|pack| pack.keypack_id == one.keypack_id));
        self.renew(to);
        self.join(from, to, day);
        self.upgrade(to, day);
        self.issued.retain(|one| one.expires_at == NEVER || one.expires_at + SHOWN_DAYS * DAY > to);
    }

    /// Temporary licenses that will run out within the next two weeks.
    pub fn issue_expiring(&mut self) {
        for days in 1..=(self.scale / 8).clamp(4, 12) {
            let at = self.present.0 - (TEMPORARY_DAYS - days) * DAY - self.random.between(0, 20 * 3_600);
            let name = self.new_name();
            let hardware_id = self.random.hardware_id();
            self.issue_temporary(name, hardware_id, at, 0);
            self.last_connects_no_more();
        }
    }

    /// A computer that was renamed, whose expired row still bears the old name.
    pub fn leave_old_name(&mut self, at: i64) {
        let name = self.new_name();
        let Some(place) = self.some_active() else { return };
        let Some(now) = self.issued.get(place) else { return };
        let old = Issued {
            number: 0,
            computer: name,
            status: IS_TEMPORARY,
            issued_at: at - 100 * DAY,
            expires_at: at - 10 * DAY,
            keypack_id: self.temporary_pool().unwrap_or(now.keypack_id),
            is_silent: true,
            ..now.clone()
        };
        self.push(old);
    }

    /// A license that the server suddenly shows with another computer, as after a rebuild.
    pub fn give_away(&mut self, at: i64) {
        let (name, hardware_id) = (self.new_name(), self.random.hardware_id());
        let Some(place) = self.some_active() else { return };
        if let Some(one) = self.issued.get_mut(place) {
            one.computer = name;
            one.hardware_id = hardware_id;
            one.issued_at = at - DAY;
            one.expires_at = at + 70 * DAY;
        }
    }

    /// How many licenses of a pack are in use at a moment.
    pub fn in_use(&self, keypack_id: i64, at: i64) -> i64 {
        let used = |one: &&Issued| one.keypack_id == keypack_id && one.expires_at > at && one.status != IS_REVOKED;
        i64::try_from(self.issued.iter().filter(used).count()).unwrap_or(0)
    }

    /// New computers and people, up to as many as the plan has by that day.
    fn join(&mut self, from: i64, to: i64, day: i64) {
        let first = self.plan.exports.first().copied().unwrap_or(1).max(1);
        let by_then = |number: i64| number * self.scale * (70 + 30 * (first - day) / first) / 10_000;
        let (computers, people) = (by_then(self.plan.computers), by_then(self.plan.people));
        let live = |is_person: bool, all: &[Issued]| {
            let live = |one: &&Issued| {
                one.hardware_id.is_empty() == is_person
                    && one.expires_at > to
                    && !one.is_silent
                    && one.status != IS_REVOKED
            };
            i64::try_from(all.iter().filter(live).count()).unwrap_or(0)
        };
        for _ in live(false, &self.issued)..computers {
            let (at, name) = (self.random.between(from, to - 60), self.new_name());
            let hardware_id = self.random.hardware_id();
            self.issue_temporary(name, hardware_id, at, day);
        }
        let Some(pack) = self.plan.packs_on(day).into_iter().find(|pack| pack.is_for_people()) else {
            return;
        };
        for _ in live(true, &self.issued)..people {
            let at = self.random.between(from.max(to - PERSON_DAYS * DAY), to - 60);
            let department = self.random.word(&["planning", "sales", "quality", "stores", "maintenance", "finance"]);
            let user = format!("{}\\{department}-{:04}", self.plan.domain, self.next_number);
            self.push(Issued {
                number: 0,
                keypack_id: pack.keypack_id,
                user,
                computer: String::new(),
                hardware_id: String::new(),
                status: IS_ACTIVE,
                issued_at: at,
                expires_at: at + PERSON_DAYS * DAY,
                again_at: NEVER,
                is_silent: false,
            });
        }
    }

    fn issue_temporary(&mut self, computer: String, hardware_id: String, at: i64, day: i64) {
        // Most connect again within days; some only after weeks, and a few never.
        let days = match self.random.between(1, 100) {
            1..=88 => self.random.between(1, 3),
            89..=97 => self.random.between(20, 85),
            _ => 1_000_000,
        };
        let keypack_id =
            self.temporary_pool().or_else(|| self.free_pack(at, day).map(|pack| pack.keypack_id)).unwrap_or(3);
        self.push(Issued {
            number: 0,
            keypack_id,
            user: String::new(),
            computer,
            hardware_id,
            status: IS_TEMPORARY,
            issued_at: at,
            expires_at: at + TEMPORARY_DAYS * DAY,
            again_at: at + days * DAY,
            is_silent: false,
        });
    }

    fn last_connects_no_more(&mut self) {
        if let Some(one) = self.issued.last_mut() {
            one.again_at = NEVER;
        }
    }

    /// Full licenses for the computers that connected again, as far as there are any.
    fn upgrade(&mut self, to: i64, day: i64) {
        let due = |one: &Issued| one.status == IS_TEMPORARY && one.again_at <= to && one.again_at < one.expires_at;
        let due: Vec<i64> = self.issued.iter().filter(|one| due(one)).map(|one| one.number).collect();
        let in_place = self.plan.format != Format::Wmi;
        for number in due {
            let Some(pack) = self.free_pack(to, day) else { return };
            let lasts = self.lasts();
            let next = self.next_number;
            let Some(one) = self.issued.iter_mut().find(|one| one.number == number) else {
                continue;
            };
            one.status = IS_ACTIVE;
            one.issued_at = one.again_at;
            one.expires_at = lasts.map_or(NEVER, |lasts| one.issued_at + lasts);
            if !in_place {
                // The temporary row goes, and one of the full pack comes.
                one.number = next;
                one.keypack_id = pack.keypack_id;
                self.next_number += 1;
            }
            self.renew(to);
        }
    }

    fn renew(&mut self, to: i64) {
        for one in &mut self.issued {
            while one.status == IS_ACTIVE && !one.is_silent && one.expires_at != NEVER {
                let at = one.expires_at - self.random.between(600, 6 * DAY);
                if at > to {
                    break;
                }
                if !self.random.chance(978) {
                    one.is_silent = true;
                    break;
                }
                let lasts = if one.hardware_id.is_empty() {
                    PERSON_DAYS * DAY
                } else {
                    self.random.between(52 * DAY, 89 * DAY)
                };
                one.issued_at = at;
                one.expires_at = at + lasts;
            }
        }
    }

    /// Computers that were replaced: the new one bears the old one's name and has another hardware ID.
    fn replace_computers(&mut self, from: i64, to: i64, day: i64) {
        for _ in 0..(self.issued.len() / 90).max(1) {
            let Some(place) = self.some_active() else { return };
            let Some(old) = self.issued.get_mut(place).filter(|one| one.expires_at != NEVER) else {
                continue;
            };
            old.is_silent = true;
            let name = old.computer.clone();
            let (at, hardware_id) = (self.random.between(from, to - 60), self.random.hardware_id());
            self.issue_temporary(name, hardware_id, at, day);
        }
    }

    /// Computers under a new name; without hardware IDs nobody could tell.
    fn rename_computers(&mut self) {
        if self.plan.format == (Format::Report { hardware_ids: false }) {
            return;
        }
        for _ in 0..(self.issued.len() / 150).max(1) {
            let name = self.new_name();
            let Some(hardware_id) =
                self.some_active().and_then(|place| self.issued.get(place)).map(|one| one.hardware_id.clone())
            else {
                return;
            };
            let same = |one: &&mut Issued| one.hardware_id == hardware_id;
            for one in self.issued.iter_mut().filter(same) {
                one.computer.clone_from(&name);
            }
        }
    }

    /// Licenses taken back by an admin, which the server can do from Windows Server 2008 on.
    fn revoke(&mut self, day: i64) {
        if self.plan.format != Format::Wmi || day > 700 {
            return;
        }
        for _ in 0..(self.issued.len() / 250).max(1) {
            let Some(place) = self.some_active() else { return };
            if let Some(one) = self.issued.get_mut(place) {
                one.status = IS_REVOKED;
                one.is_silent = true;
            }
        }
    }

    /// Two licenses taken back lately, so that they still count against what the server may revoke.
    pub fn revoke_lasting(&mut self, at: i64) {
        let lasts = |one: &&mut Issued| {
            one.status == IS_ACTIVE && !one.hardware_id.is_empty() && !one.is_silent && one.expires_at > at + 45 * DAY
        };
        for one in self.issued.iter_mut().filter(lasts).take(2) {
            one.status = IS_REVOKED;
            one.is_silent = true;
        }
    }

    /// The place of some computer's full license that is in use.
    pub(super) fn some_active(&mut self) -> Option<usize> {
        let is_one = |one: &Issued| one.status == IS_ACTIVE && !one.hardware_id.is_empty() && !one.is_silent;
        let places: Vec<usize> =
            (0..).zip(&self.issued).filter(|(_, one)| is_one(one)).map(|(place, _)| place).collect();
        let last = i64::try_from(places.len()).unwrap_or(0) - 1;
        let place = usize::try_from(self.random.between(0, last.max(0))).unwrap_or(0);
        places.get(place).copied()
    }

    fn free_pack(&self, at: i64, day: i64) -> Option<&'static PackPlan> {
        // Where a temporary license already stands in the pack of the full one, its row keeps its place there.
        let at = if self.plan.format == Format::Wmi { at } else { 0 };
        let left = |pack: &&PackPlan| {
            pack.is_for_computers() && pack.quantity(self.scale).unwrap_or(0) > self.in_use(pack.keypack_id, at)
        };
        self.plan.packs_on(day).into_iter().find(|pack| left(pack))
    }

    pub(super) fn temporary_pool(&self) -> Option<i64> {
        let pool = self.plan.packs.iter().find(|pack| pack.kind == TEMPORARY);
        pool.map(|pack| pack.keypack_id)
    }

    /// How long a full license lasts; a Windows 2000 server's lasts forever.
    fn lasts(&mut self) -> Option<i64> {
        let ages = self.plan.format != (Format::Report { hardware_ids: false });
        ages.then(|| self.random.between(52 * DAY, 89 * DAY))
    }

    pub(super) fn new_name(&mut self) -> String {
        let (site, kind) = (self.random.word(self.plan.sites), self.random.word(self.plan.kinds));
        self.next_name += 1;
        format!("{site}-{kind}-{:04}", self.next_name)
    }

    pub(super) fn push(&mut self, mut one: Issued) {
        one.number = self.next_number;
        self.next_number += 1;
        self.issued.push(one);
    }
}
