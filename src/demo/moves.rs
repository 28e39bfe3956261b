//! Computers of the demonstration that are replaced, and what their server shows of it.

use super::server::{IS_ACTIVE, IS_TEMPORARY, Issued, Server};
use crate::moment::DAY;

/// A computer that is replaced by another.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The old one's hardware ID, by which its license is found.
    pub old: String,
    /// The name of the one that takes its place.
    pub name: String,
    /// That one's hardware ID.
    pub hardware_id: String,
}

/// Packs whose licenses the demonstration moves: bought ones of Windows Server 2012.
const PACKS: [i64; 4] = [4, 5, 11, 12];

/// How long the license of one that is replaced lasts: long enough to have been issued before an import told it.
const LASTS: i64 = 86 * DAY;

impl Server {
    /// So many computers that are replaced from now on; fewer where there are not enough. They connect no more.
    pub fn replace(&mut self, many: usize) -> Vec<Replaced> {
        let present = self.present.0;
        let moves = |one: &&Issued| {
            one.status == IS_ACTIVE && !one.is_silent && PACKS.contains(&one.keypack_id) && one.expires_at < present * 2
        };
        let old: Vec<i64> = self.issued.iter().filter(moves).map(|one| one.number).step_by(2).take(many).collect();
        let mut replaced = Vec::with_capacity(old.len());
        for number in old {
            let (name, hardware_id) = (self.new_name(), self.random.hardware_id());
            let Some(one) = self.issued.iter_mut().find(|one| one.number == number) else { continue };
            one.is_silent = true;
            replaced.push(Replaced { old: one.hardware_id.clone(), name, hardware_id });
        }
        replaced
    }

    /// A new computer connected: a full license of a pack, so many days ago.
    pub fn connect(&mut self, one: &Replaced, keypack_id: i64, days_ago: i64) {
        self.take_place(one, (keypack_id, IS_ACTIVE), (days_ago, 75));
    }

    /// A new computer works on a temporary license since so many days.
    pub fn connect_for_now(&mut self, one: &Replaced, days_ago: i64) {
        let pool = self.temporary_pool().unwrap_or(9);
        self.take_place(one, (pool, IS_TEMPORARY), (days_ago, 90));
    }

    fn take_place(&mut self, one: &Replaced, (keypack_id, status): (i64, i64), (days_ago, lasts): (i64, i64)) {
        let issued_at = self.present.0 - days_ago * DAY - 3_600;
        self.push(Issued {
            number: 0,
            keypack_id,
            user: String::new(),
            computer: one.name.clone(),
            hardware_id: one.hardware_id.clone(),
            status,
            issued_at,
            expires_at: issued_at + lasts * DAY,
            again_at: i64::MAX,
            is_silent: true,
        });
    }

    /// The old computer connects again, so many days ago: its license is renewed, if it is still shown.
    pub fn come_back(&mut self, one: &Replaced, days_ago: i64) -> bool {
        let issued_at = self.present.0 - days_ago * DAY - 7_200;
        self.last_until(one, issued_at, issued_at + 70 * DAY)
    }

    /// The old computer's license expires in so many days.
    pub fn expire_in(&mut self, one: &Replaced, days: i64) {
        let expires_at = self.present.0 + days * DAY;
        self.last_until(one, expires_at - LASTS, expires_at);
    }

    fn last_until(&mut self, one: &Replaced, issued_at: i64, expires_at: i64) -> bool {
        let mut found = false;
        let old = |row: &&mut Issued| row.hardware_id == one.old && row.status == IS_ACTIVE;
        for row in self.issued.iter_mut().filter(old) {
            row.issued_at = issued_at;
            row.expires_at = expires_at;
            found = true;
        }
        found
    }
}
