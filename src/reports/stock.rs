//! Licenses over time, as imports told: of each kind on each server, and of each version altogether.

use std::collections::BTreeMap;

use super::forecast::{Forecast, Point};
use crate::ids::LicenseServerId;
use crate::key_packs::product::{Version, words};
use crate::moment::Moment;

/// How much of one kind of license on one server came to be more or less at one moment: what its finite key packs were
/// said to have, less what was said of the same packs before. A pack keeps what was last said of it until something else
/// is, so that an export of a part takes nothing away; once its server no longer shows it, it counts no more.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Change {
    /// The server.
    pub server_id: LicenseServerId,
    /// The server's name.
    pub server: String,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// When the export was made, or a pack was gone.
    pub at: Moment,
    /// Licenses more, in the packs.
    pub quantity: i64,
    /// Of them issued more.
    pub issued: i64,
    /// Whether an export told something; a pack that is gone alone makes no point on a line.
    pub told: bool,
}

/// Licenses over time, as imports told.
#[derive(Clone, Debug)]
pub struct Stock {
    /// Each kind on each server.
    pub kinds: Vec<Kind>,
    /// Licenses in use, a line for each version: the newest version first.
    pub in_use: Vec<(String, Vec<(Moment, i64)>)>,
}

/// One kind of license on one server: all its finite key packs of a version and type.
#[derive(Clone, Debug)]
pub struct Kind {
    server_id: LicenseServerId,
    server: String,
    version: String,
    license_type: String,
    /// What imports told, the oldest first.
    pub points: Vec<Point>,
}

/// One kind of license on one server at one moment.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The server.
    pub server_id: LicenseServerId,
    /// Its name.
    pub server: String,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// What the last import told.
    pub last: Option<Point>,
    /// What the counts of imports say of the days to come.
    pub forecast: Forecast,
}

impl Pool {
    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }

    /// Licenses that are left.
    pub fn left(&self) -> i64 {
        self.last.map_or(0, |point| point.total - point.issued)
    }
}

/// What there was at each moment that an export told of.
fn over_time(changes: &[&Change]) -> Vec<Point> {
    let mut sorted = changes.to_vec();
    sorted.sort_by_key(|change| change.at);
    let mut now = Point { at: Moment::UNKNOWN, total: 0, issued: 0 };
    let mut points: Vec<Point> = Vec::new();
    for same in sorted.chunk_by(|one, next| one.at == next.at) {
        for change in same {
            now = Point { at: change.at, total: now.total + change.quantity, issued: now.issued + change.issued };
        }
        if same.iter().any(|change| change.told) {
            points.push(now);
        }
    }
    points
}

impl Stock {
    /// What came and went, as what there was.
    pub fn of(changes: &[Change]) -> Stock {
        let mut kinds: BTreeMap<(i64, &str, &str), Vec<&Change>> = BTreeMap::new();
        for change in changes {
            kinds.entry((change.server_id.0, &change.version, &change.license_type)).or_default().push(change);
        }
        let kinds = kinds.into_values().filter_map(|changes| Kind::of(&changes)).collect();
        Stock { kinds, in_use: in_use(changes) }
    }

    /// The kinds of licenses, those that run out first on top.
    pub fn pools(&self, now: Moment) -> Vec<Pool> {
        let mut pools: Vec<Pool> = self.kinds.iter().map(|kind| kind.at(now)).collect();
        pools.sort_by_key(|pool| (pool.rank(), pool.server.clone(), pool.product()));
        pools
    }
}

impl Kind {
    /// Nothing where none are left on the server.
    fn of(changes: &[&Change]) -> Option<Kind> {
        let first = changes.first()?;
        let points = over_time(changes);
        (points.last()?.total > 0).then(|| Kind {
            server_id: first.server_id,
            server: first.server.clone(),
            version: first.version.clone(),
            license_type: first.license_type.clone(),
            points,
        })
    }

    fn at(&self, now: Moment) -> Pool {
        Pool {
            server_id: self.server_id,
            server: self.server.clone(),
            version: self.version.clone(),
            license_type: self.license_type.clone(),
            last: self.points.last().copied(),
            forecast: Forecast::of(&self.points, now),
        }
    }
}

impl Pool {
    fn rank(&self) -> (u8, Moment) {
        match self.forecast {
            Forecast::Out => (0, Moment::UNKNOWN),
            Forecast::RunsOut { earliest, .. } => (1, earliest),
            Forecast::NotEnough(_) => (2, Moment::UNKNOWN),
            Forecast::Steady => (3, Moment::UNKNOWN),
        }
    }
}

fn in_use(changes: &[Change]) -> Vec<(String, Vec<(Moment, i64)>)> {
    let mut versions: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        versions.entry(&change.version).or_default().push(change);
    }
    let label = |version: &str| Version::parse(version).map_or_else(|| version.to_owned(), Version::label);
    versions
        .into_iter()
        .rev()
        .map(|(version, changes)| {
            (label(version), over_time(&changes).into_iter().map(|point| (point.at, point.issued)).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::DAY;

    fn change(day: i64, quantity: i64, issued: i64) -> Change {
        Change {
            server_id: LicenseServerId(1),
            server: "LIC-01".into(),
            version: "2019".into(),
            license_type: "per_device".into(),
            at: Moment(day * DAY),
            quantity,
            issued,
            told: true,
        }
    }

    #[test]
    fn what_came_and_went_is_told_as_what_there_was() {
        let changes = [change(3, 0, 1), change(1, 110, 55), change(2, 0, 10)];
        let stock = Stock::of(&changes);
        let told: Vec<(i64, i64)> = stock.kinds[0].points.iter().map(|point| (point.total, point.issued)).collect();
        assert_eq!(told, [(110, 55), (110, 65), (110, 66)]);
        assert_eq!(stock.pools(Moment(4 * DAY))[0].left(), 44);
    }

    #[test]
    fn a_pack_that_is_gone_makes_less_at_the_next_export() {
        let gone = Change { told: false, ..change(2, -10, -5) };
        let told = over_time(&[&change(1, 110, 55), &gone, &change(3, 0, 10)]);
        assert_eq!(told.iter().map(|point| (point.total, point.issued)).collect::<Vec<_>>(), [(110, 55), (100, 60)]);
    }

    #[test]
    fn what_is_in_use_is_told_of_each_version() {
        let other = Change { version: "2022".into(), ..change(2, 20, 7) };
        let found = in_use(&[change(1, 100, 50), other]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].0.contains("2022"), found[0].1.clone()), (true, vec![(Moment(2 * DAY), 7)]));
    }
}
