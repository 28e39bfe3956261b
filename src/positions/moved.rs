//! How many seats had moved of the licenses in a key pack: what explains that it is there besides the purchases.

use std::collections::{HashMap, HashSet};

use super::estate::{Estate, Pack};
use crate::ids::{KeyPackId, ReissueId};
use crate::reissues::reissue::Reason;

/// How many of each pack's licenses stand for seats that moved.
pub fn moved(estate: &Estate) -> HashMap<KeyPackId, i64> {
    let mut reckoning = Reckoning::of(estate);
    for pack in &estate.packs {
        reckoning.of_pack(pack.id);
    }
    reckoning.done
}

struct Reckoning<'a> {
    estate: &'a Estate,
    packs: HashMap<KeyPackId, &'a Pack>,
    /// The packs that each request to reinstall or migrate brought, by number.
    brought: HashMap<ReissueId, Vec<&'a Pack>>,
    done: HashMap<KeyPackId, i64>,
    under_way: HashSet<ReissueId>,
}

impl<'a> Reckoning<'a> {
    fn of(estate: &'a Estate) -> Reckoning<'a> {
        let mut brought: HashMap<ReissueId, Vec<&Pack>> = HashMap::new();
        for pack in &estate.packs {
            // A superseded pack passes on what had moved, though it explains nothing itself.
            if (pack.is_installed() || pack.is_superseded())
                && let Some(id) = reinstalled(estate, pack)
            {
                brought.entry(id).or_default().push(pack);
            }
        }
        let packs = estate.packs.iter().map(|pack| (pack.id, pack)).collect();
        Reckoning { estate, packs, brought, done: HashMap::new(), under_way: HashSet::new() }
    }

    fn of_pack(&mut self, id: KeyPackId) -> i64 {
        if let Some(known) = self.done.get(&id) {
            return *known;
        }
        let Some(pack) = self.packs.get(&id).copied() else { return 0 };
        match reinstalled(self.estate, pack) {
            Some(request) => self.of_request(request),
            None => {
                self.done.insert(id, by_transfers(pack));
            }
        }
        self.done.get(&id).copied().unwrap_or(0)
    }

    /// The packs of one request together: what had moved of those that they replace, as far as they hold more than was
    /// left of those.
    fn of_request(&mut self, request: ReissueId) {
        // A request whose packs stand, by way of others, for its own: nothing is explained by itself.
        if !self.under_way.insert(request) {
            return;
        }
        let replaces = self.estate.requests.get(&request).map(|one| one.replaces.clone()).unwrap_or_default();
        let (mut had_moved, mut stayed) = (0, 0);
        for id in replaces {
            let Some(pack) = self.packs.get(&id).copied().filter(|pack| pack.was_installed()) else { continue };
            let of_it = self.of_pack(id);
            had_moved += of_it;
            stayed += pack.quantity - of_it;
        }
        let packs = self.brought.get(&request).cloned().unwrap_or_default();
        let holds: i64 = packs.iter().map(|pack| pack.quantity).sum();
        let mut left = had_moved.min(holds - stayed).max(0);
        for pack in packs {
            let of_it = left.min(pack.quantity);
            self.done.insert(pack.id, of_it);
            left -= of_it;
        }
        self.under_way.remove(&request);
    }
}

/// The request to reinstall or migrate that brought a pack.
pub fn reinstalled(estate: &Estate, pack: &Pack) -> Option<ReissueId> {
    let id = pack.reissue_id?;
    estate.requests.get(&id).filter(|request| request.reason != Reason::Transfer).map(|_| id)
}

fn by_transfers(pack: &Pack) -> i64 {
    i64::try_from(pack.transfers.len()).unwrap_or(i64::MAX).min(pack.quantity)
}
