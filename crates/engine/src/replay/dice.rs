//! The only source of chance of a replay: SplitMix64 in whole numbers, the same on every platform.

use super::scenario::{Micro, Triple};

/// One stream of numbers. Each case gets a stream of its own, so that a change in one moves no other.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    state: u64,
}

/// The step of SplitMix64 (Steele, Lea, Flood 2014).
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Dice {
    /// A stream from a seed.
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: mix(seed) }
    }

    /// Another stream, by its number; it doesn't depend on how much was drawn from this one's children.
    pub(super) const fn fork(&self, number: u64) -> Self {
        Self {
            state: mix(self.state ^ mix(number.wrapping_add(STEP))),
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// An even number below `n`; 0 if `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// An even number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        let width = u64::from(most.saturating_sub(least)) + 1;
        least.saturating_add(u32::try_from(self.below(width)).unwrap_or(0))
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, share: Micro) -> bool {
        self.below(Micro::ONE.get()) < share.get()
    }

    /// One of a list.
    pub(super) fn one_of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(list.len()).unwrap_or(0);
        list.get(usize::try_from(self.below(len)).unwrap_or(0))
    }

    /// The place of one of several weights; none if all are 0.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> Option<usize> {
        let sum: u64 = weights.iter().sum();
        if sum == 0 {
            return None;
        }
        let mut left = self.below(sum);
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return Some(place);
            }
            left -= weight;
        }
        None
    }

    /// A triangular number. The greater of two even numbers rises, the smaller falls: no root is needed.
    pub(super) fn triangle(&mut self, triple: &Triple) -> Micro {
        let (least, typical, most) = (triple.least.get(), triple.typical.get(), triple.most.get());
        let rising = self.below(most - least + 1) < typical - least;
        let width = if rising {
            typical - least
        } else {
            most - typical
        };
        let (a, b) = (self.below(width + 1), self.below(width + 1));
        Micro::new(if rising {
            least + a.max(b)
        } else {
            typical + a.min(b)
        })
    }

    /// A triangular number, rounded to a whole one.
    pub(super) fn triangle_whole(&mut self, triple: &Triple) -> u32 {
        self.triangle(triple).rounded()
    }
}

const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_is_fixed() {
        let mut dice = Dice::new(20_110_801);
        let drawn: Vec<u64> = (0..4).map(|_| dice.below(1_000)).collect();
        let mut again = Dice::new(20_110_801);
        let second: Vec<u64> = (0..4).map(|_| again.below(1_000)).collect();
        assert_eq!(drawn, second);
        let mut other = Dice::new(20_110_801).fork(1);
        assert_ne!(
            drawn,
            (0..4).map(|_| other.below(1_000)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn triangle_keeps_its_bounds_and_its_peak() {
        let triple = Triple {
            least: Micro::new(3_000_000),
            typical: Micro::new(8_000_000),
            most: Micro::new(18_000_000),
        };
        let mut dice = Dice::new(1);
        let drawn: Vec<u32> = (0..10_000).map(|_| dice.triangle_whole(&triple)).collect();
        assert!(drawn.iter().all(|n| (3..=18).contains(n)));
        let mean = drawn.iter().sum::<u32>() / 10_000;
        assert_eq!(mean, 9, "(3 + 8 + 18) / 3, truncated");
    }

    #[test]
    fn weights_of_zero_are_never_drawn() {
        let mut dice = Dice::new(2);
        assert!((0..1_000).all(|_| dice.weighted(&[0, 3, 0, 1]).is_some_and(|p| p % 2 == 1)));
        assert_eq!(dice.weighted(&[0, 0]), None);
    }
}
