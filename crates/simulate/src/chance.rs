//! Chance that repeats: everything that happens in a simulation follows from one number.

/// A stream of chance (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    /// A stream of its own for a purpose: what another stream is asked for changes nothing here.
    pub(crate) fn new(seed: u64, purpose: &str, number: usize) -> Self {
        let mut state = seed ^ 0x51_4d_7c_3a_90_11_ee_27;
        for byte in purpose.bytes().chain(number.to_le_bytes()) {
            state = mix(state ^ u64::from(byte));
        }
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from))
            .unwrap_or(0)
            .saturating_add(1);
        let drawn = i64::try_from(self.next() % span).unwrap_or(0);
        from.saturating_add(drawn)
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, share: i64) -> bool {
        self.between(1, 100) <= share
    }

    /// True so many times in a thousand.
    pub(crate) fn per_mille(&mut self, share: i64) -> bool {
        self.between(1, 1000) <= share
    }

    /// A place in a list of so many; 0 for an empty one.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        let last = i64::try_from(len).unwrap_or(i64::MAX).saturating_sub(1);
        usize::try_from(self.between(0, last.max(0))).unwrap_or(0)
    }

    /// One of a list.
    pub(crate) fn one_of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.place(list.len())).cloned()
    }
}

fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, purpose, number| {
            let mut dice = Dice::new(seed, purpose, number);
            (0..8)
                .map(|_| dice.between(0, 1_000_000))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "case", 3), draw(7, "case", 3));
        assert_ne!(draw(7, "case", 3), draw(7, "case", 4));
        assert_ne!(draw(7, "case", 3), draw(8, "case", 3));
        assert_ne!(draw(7, "case", 3), draw(7, "world", 3));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut dice = Dice::new(1, "bounds", 0);
        for _ in 0..1_000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!(dice.place(5) < 5);
        }
        assert_eq!(dice.place(0), 0);
        assert!(!dice.percent(0) && dice.percent(100));
    }
}
