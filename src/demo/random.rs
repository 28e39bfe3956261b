//! Numbers that look random and are the same each time, so that every demonstration is the same (splitmix64).

/// A source of such numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let range = u64::try_from(high.saturating_sub(low)).unwrap_or(0) + 1;
        low + i64::try_from(self.next() % range).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub fn chance(&mut self, in_a_thousand: i64) -> bool {
        self.between(1, 1_000) <= in_a_thousand
    }

    /// One of some words; empty when there are none.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        let last = i64::try_from(words.len()).unwrap_or(0) - 1;
        let place = usize::try_from(self.between(0, last)).unwrap_or(0);
        words.get(place).copied().unwrap_or_default()
    }

    /// A hardware ID: 32 hexadecimal digits.
    pub fn hardware_id(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn a_seed_gives_the_same_numbers_each_time_and_within_their_bounds() {
        let (mut one, mut other) = (Random::new(7), Random::new(7));
        let numbers: Vec<i64> = (0..200).map(|_| one.between(-3, 3)).collect();
        assert!(numbers.iter().all(|number| (-3..=3).contains(number)));
        assert!((-3..=3).all(|number| numbers.contains(&number)));
        assert_eq!(numbers, (0..200).map(|_| other.between(-3, 3)).collect::<Vec<_>>());
        assert_eq!(one.hardware_id().len(), 32);
        assert_ne!(Random::new(8).hardware_id(), Random::new(7).hardware_id());
        assert_eq!(one.word(&[]), "");
    }
}
