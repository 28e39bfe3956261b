//! The revocation budget of servers and versions, a line each.

use std::collections::BTreeMap;

use super::revocation::{Able, Budget, Installed, Revoked};
use crate::ids::{ClientId, LicenseId, LicenseServerId};
use crate::license_servers::license_server::windows_year;
use crate::moment::Moment;
use crate::products::product::Version;

/// The most lines of the report.
pub const MOST: usize = 1_000;

/// A server, as far as it decides what may be revoked on it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Server {
    /// Its number.
    pub id: LicenseServerId,
    /// Its name.
    pub name: String,
    /// The Windows that it runs on, in people's words.
    pub os_version: String,
    /// Which license database it has now.
    pub epoch: i64,
}

/// An installed key pack.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pack {
    /// Its server.
    pub server_id: LicenseServerId,
    /// The license database that it belongs to.
    pub epoch: i64,
    /// The product version, as stored.
    pub version: String,
    /// How many licenses it holds.
    pub quantity: i64,
}

/// A revoked license that has not expired.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Slot {
    /// Its server.
    pub server_id: LicenseServerId,
    /// The license database that its key pack belongs to.
    pub epoch: i64,
    /// The product version, as stored.
    pub version: String,
    /// When it expires.
    pub expires_at: Moment,
}

/// What may be revoked of one version on one server.
#[derive(Clone, Debug)]
pub struct Line {
    /// The server.
    pub server_id: LicenseServerId,
    /// Its name.
    pub server: String,
    /// Whether it can revoke at all.
    pub able: Able,
    /// The product version, as stored.
    pub version: String,
    /// How much may be revoked, and is.
    pub budget: Budget,
}

impl Line {
    /// The version in Microsoft's words.
    pub fn product(&self) -> String {
        Version::parse(&self.version).map_or_else(|| "Version not known".to_owned(), Version::label)
    }

    /// How many more may be revoked now; none on a server that cannot revoke.
    pub fn left(&self) -> i64 {
        if self.able == Able::No { 0 } else { self.budget.left() }
    }

    /// How many may be revoked at a time; none on a server that cannot revoke.
    pub fn limit(&self) -> i64 {
        if self.able == Able::No { 0 } else { self.budget.limit }
    }

    /// How many may be revoked, and are: `Of Windows Server 2019 on LIC-01, 16 may be revoked and 1 is`.
    pub fn words(&self) -> String {
        let is = if self.budget.revoked == 1 { "is" } else { "are" };
        format!(
            "Of {} on {}, {} may be revoked and {} {is}",
            self.product(),
            self.server,
            self.limit(),
            self.budget.revoked
        )
    }

    /// What is to be known about it, in words; empty: nothing.
    pub fn note(&self) -> String {
        match (self.able, self.budget.installed, self.budget.over()) {
            (Able::No, ..) => self.able.words().to_owned(),
            (_, 0, _) => "Nothing of it is installed any more: nothing to revoke.".to_owned(),
            (_, _, 1..) => format!("{} more than the rule lets are recorded as revoked.", self.budget.over()),
            (Able::NotKnown, ..) => self.able.words().to_owned(),
            _ => String::new(),
        }
    }
}

/// Whether a server can revoke: by the Windows that people recorded, else by its newest key pack, which needs a license
/// server of its own version or later.
pub fn able<'a>(os_version: &str, versions: impl Iterator<Item = &'a str>) -> Able {
    let newest = || versions.filter_map(|version| version.parse().ok()).max().filter(|year| *year >= 2008);
    Able::of(windows_year(os_version).or_else(newest))
}

/// What is installed of one version on one server, and what of it is revoked.
type Told = (Vec<Installed>, Vec<Revoked>);

/// The lines of servers, in the servers' order and by version; those of which nothing is to be said are left out.
pub fn lines(servers: Vec<Server>, packs: &[Pack], slots: &[Slot], now: Moment) -> Vec<Line> {
    let mut found: BTreeMap<(i64, &str), Told> = BTreeMap::new();
    for pack in packs {
        let (installed, _) = found.entry((pack.server_id.0, &pack.version)).or_default();
        installed.push(Installed { epoch: pack.epoch, quantity: pack.quantity });
    }
    for slot in slots {
        let (_, revoked) = found.entry((slot.server_id.0, &slot.version)).or_default();
        revoked.push(Revoked { epoch: slot.epoch, expires_at: slot.expires_at });
    }
    let mut lines = Vec::new();
    for server in servers {
        let of_server = found.range((server.id.0, "")..(server.id.0 + 1, ""));
        let able = able(&server.os_version, of_server.clone().map(|((_, version), _)| *version));
        for ((_, version), (installed, revoked)) in of_server {
            let budget = Budget::tally(server.epoch, installed, revoked, now);
            if !budget.is_empty() {
                let version = (*version).to_owned();
                lines.push(Line { server_id: server.id, server: server.name.clone(), able, version, budget });
            }
        }
    }
    lines
}

/// A revoked license that counts against its server's limit, and why it is known.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Counted {
    /// The license.
    pub license_id: LicenseId,
    /// Who holds it.
    pub client_id: ClientId,
    /// Their name.
    pub client: String,
    /// The server.
    pub server_id: LicenseServerId,
    /// Its name.
    pub server: String,
    /// The product version, as stored.
    pub version: String,
    /// When it expires, so that its slot frees.
    pub expires_at: Moment,
    /// Whether its server shows it as revoked (1).
    pub shown: i64,
    /// The day on which people say that it was revoked.
    pub revoked_on: Option<String>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
}

impl Counted {
    /// How it is known.
    pub fn known(&self) -> &'static str {
        match (self.shown == 1, self.revoked_on.is_some()) {
            (true, true) => "recorded, and shown by the server",
            (true, false) => "shown by the server",
            _ => "recorded, not shown yet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_and_version_has_a_line_of_its_own() {
        let now = Moment::of_day("2026-08-22").unwrap();
        let server = |id: i64, name: &str, os: &str| Server {
            id: LicenseServerId(id),
            name: name.into(),
            os_version: os.into(),
            epoch: 1,
        };
        let pack = |id: i64, version: &str, quantity: i64| Pack {
            server_id: LicenseServerId(id),
            epoch: 1,
            version: version.into(),
            quantity,
        };
        let packs = [pack(2, "2003", 100), pack(2, "2008", 120), pack(2, "2008", 80), pack(1, "2003", 100)];
        let slots =
            [Slot { server_id: LicenseServerId(2), epoch: 1, version: "2003".into(), expires_at: now.plus_days(7) }];
        let lines = lines(vec![server(2, "A", ""), server(1, "B", "Windows Server 2003")], &packs, &slots, now);
        let told: Vec<_> =
            lines.iter().map(|one| (&*one.server, &*one.version, one.limit(), one.left(), one.able)).collect();
        assert_eq!(
            told,
            [("A", "2003", 20, 19, Able::Yes), ("A", "2008", 40, 40, Able::Yes), ("B", "2003", 0, 0, Able::No)]
        );
        assert!(lines[2].note().contains("cannot revoke"));
    }

    #[test]
    fn whether_a_server_can_revoke_is_told_by_its_windows_else_by_its_newest_key_pack() {
        for (os, versions, expected) in [
            ("Windows Server 2012 R2 Standard", vec!["2003"], Able::Yes),
            ("Windows 2000 Server", vec!["2000"], Able::No),
            ("Windows Server 2003", vec!["2008"], Able::No),
            ("", vec!["2003", "2019"], Able::Yes),
            ("", vec!["2003"], Able::NotKnown),
            ("the old one", vec![], Able::NotKnown),
        ] {
            assert_eq!(able(os, versions.into_iter()), expected, "{os}");
        }
    }
}
