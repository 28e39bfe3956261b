//! Licenses over time, as imports told: of each kind on each server, and of each version altogether.

use std::collections::BTreeMap;

use super::forecast::{Forecast, Point};
use crate::ids::{KeyPackId, LicenseServerId};
use crate::key_packs::product::{Version, words};
use crate::moment::Moment;

/// What one export said of one finite key pack.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Count {
    /// The key pack.
    pub key_pack_id: KeyPackId,
    /// Its server.
    pub server_id: LicenseServerId,
    /// The server's name.
    pub server: String,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// When the export was made.
    pub captured_at: Moment,
    /// Licenses in the pack.
    pub quantity: i64,
    /// Those that were issued.
    pub issued: i64,
    /// Since when the server no longer shows it.
    pub gone_at: Option<Moment>,
}

/// One kind of license on one server: all its finite key packs of a version and type.
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
    /// What imports told, the oldest first.
    pub points: Vec<Point>,
    /// What that says of the days to come.
    pub forecast: Forecast,
}

impl Pool {
    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }

    /// What the last import told.
    pub fn last(&self) -> Option<Point> {
        self.points.last().copied()
    }

    /// Licenses that are left.
    pub fn left(&self) -> i64 {
        self.last().map_or(0, |point| point.total - point.issued)
    }
}

/// Counts, told by moment: each pack keeps what was last said of it until something else is, so that an export of a part
/// takes nothing away; once its server no longer shows it, it counts no more.
fn over_time(counts: &[&Count]) -> Vec<Point> {
    let mut moments: Vec<Moment> = counts.iter().map(|count| count.captured_at).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut sorted = counts.to_vec();
    sorted.sort_by_key(|count| count.captured_at);
    let mut said = sorted.into_iter().peekable();
    let mut known: BTreeMap<i64, &Count> = BTreeMap::new();
    let mut points = Vec::with_capacity(moments.len());
    for at in moments {
        while let Some(count) = said.next_if(|count| count.captured_at <= at) {
            known.insert(count.key_pack_id.0, count);
        }
        known.retain(|_, count| count.gone_at.is_none_or(|gone| gone > at));
        let (total, issued) =
            known.values().fold((0, 0), |(total, issued), count| (total + count.quantity, issued + count.issued));
        points.push(Point { at, total, issued });
    }
    points
}

/// The kinds of licenses, those that run out first on top.
pub fn pools(counts: &[Count], now: Moment) -> Vec<Pool> {
    let mut kinds: BTreeMap<(i64, &str, &str), Vec<&Count>> = BTreeMap::new();
    for count in counts {
        kinds.entry((count.server_id.0, &count.version, &count.license_type)).or_default().push(count);
    }
    let mut pools: Vec<Pool> = kinds
        .into_values()
        .filter_map(|counts| {
            let first = counts.first()?;
            let points = over_time(&counts);
            (points.last()?.total > 0).then(|| Pool {
                server_id: first.server_id,
                server: first.server.clone(),
                version: first.version.clone(),
                license_type: first.license_type.clone(),
                forecast: Forecast::of(&points, now),
                points,
            })
        })
        .collect();
    pools.sort_by_key(|pool| (pool.rank(), pool.server.clone(), pool.product()));
    pools
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

/// Licenses in use over time, a line for each version: the newest version first.
pub fn in_use(counts: &[Count]) -> Vec<(String, Vec<(Moment, i64)>)> {
    let mut versions: BTreeMap<&str, Vec<&Count>> = BTreeMap::new();
    for count in counts {
        versions.entry(&count.version).or_default().push(count);
    }
    let label = |version: &str| Version::parse(version).map_or_else(|| version.to_owned(), Version::label);
    versions
        .into_iter()
        .rev()
        .map(|(version, counts)| {
            (label(version), over_time(&counts).into_iter().map(|point| (point.at, point.issued)).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::DAY;

    fn count(pack: i64, day: i64, quantity: i64, issued: i64) -> Count {
        Count {
            key_pack_id: KeyPackId(pack),
            server_id: LicenseServerId(1),
            server: "LIC-01".into(),
            version: "2019".into(),
            license_type: "per_device".into(),
            captured_at: Moment(day * DAY),
            quantity,
            issued,
            gone_at: None,
        }
    }

    #[test]
    fn a_pack_that_an_export_leaves_out_keeps_what_was_last_said_of_it() {
        let counts = [count(1, 1, 100, 50), count(2, 1, 10, 5), count(1, 2, 100, 60), count(2, 3, 10, 6)];
        let found = &pools(&counts, Moment(4 * DAY))[0];
        let told: Vec<(i64, i64)> = found.points.iter().map(|point| (point.total, point.issued)).collect();
        assert_eq!(told, [(110, 55), (110, 65), (110, 66)]);
        assert_eq!(found.left(), 44);
    }

    #[test]
    fn a_pack_that_is_gone_counts_no_more() {
        let gone = Count { gone_at: Some(Moment(2 * DAY)), ..count(2, 1, 10, 5) };
        let told = over_time(&[&count(1, 1, 100, 50), &gone, &count(1, 2, 100, 60)]);
        assert_eq!(told.iter().map(|point| (point.total, point.issued)).collect::<Vec<_>>(), [(110, 55), (100, 60)]);
    }

    #[test]
    fn what_is_in_use_is_told_of_each_version() {
        let other = Count { version: "2022".into(), ..count(3, 2, 20, 7) };
        let found = in_use(&[count(1, 1, 100, 50), other]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].0.contains("2022"), found[0].1.clone()), (true, vec![(Moment(2 * DAY), 7)]));
    }
}
