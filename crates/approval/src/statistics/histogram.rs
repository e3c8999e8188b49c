//! How many cases took how many working days: exact, and mergeable in any order.

use super::ratio::Ratio;

/// Cases by the working days that they took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Days and cases, the fewest days first, each once.
    cases: Vec<(u64, u64)>,
}

impl Histogram {
    /// Counts one case in.
    pub fn add(&mut self, days: u64) {
        self.add_cases(days, 1);
    }

    /// Counts so many cases in that took the same time.
    pub fn add_cases(&mut self, days: u64, cases: u64) {
        // Mostly they come in their order.
        if self.cases.last().is_none_or(|(last, _)| *last < days) {
            return self.cases.push((days, cases));
        }
        match self.cases.binary_search_by_key(&days, |(days, _)| *days) {
            Ok(place) => {
                if let Some((_, sum)) = self.cases.get_mut(place) {
                    *sum += cases;
                }
            }
            Err(place) => self.cases.insert(place, (days, cases)),
        }
    }

    /// Counts all cases of another one in.
    pub fn merge(&mut self, other: &Self) {
        if self.cases.is_empty() {
            self.cases.clone_from(&other.cases);
            return;
        }
        for (days, cases) in &other.cases {
            self.add_cases(*days, *cases);
        }
    }

    /// Days and how many cases took so many, the fewest days first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.cases.iter().copied()
    }

    /// How many cases.
    pub fn cases(&self) -> u64 {
        self.iter().map(|(_, cases)| cases).sum()
    }

    /// The days of all cases together.
    pub fn days(&self) -> u64 {
        self.iter().map(|(days, cases)| days * cases).sum()
    }

    /// The mean as days over cases.
    pub fn mean(&self) -> Ratio {
        Ratio::new(self.days(), self.cases())
    }

    /// The median; of an even number of cases the lower middle one. `None` without cases.
    pub fn median(&self) -> Option<u64> {
        self.percentile(50)
    }

    /// The days that so many percent of the cases didn't exceed: of n cases in order that with the number ⌈n·p/100⌉
    /// (nearest rank, always days that a case took). `None` without cases.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = self.cases().saturating_mul(percent).div_ceil(100).max(1);
        let mut passed = 0;
        self.iter().find_map(|(days, cases)| {
            passed += cases;
            (passed >= rank).then_some(days)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(days: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        days.iter().for_each(|days| histogram.add(*days));
        histogram
    }

    #[test]
    fn nothing_has_no_middle() {
        let empty = Histogram::default();
        assert_eq!((empty.median(), empty.percentile(90)), (None, None));
        assert_eq!(empty.mean().truncated(2), None);
    }

    #[test]
    fn middle_is_the_lower_one_and_ranks_are_the_nearest() {
        for (days, median, p90) in [
            (&[7][..], 7, 7),
            (&[3, 1], 1, 3),
            (&[1, 2, 3, 4], 2, 4),
            (&[5, 1, 4, 2, 3], 3, 5),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6, 10),
            (&[0, 0, 0, 20], 0, 20),
        ] {
            let histogram = of(days);
            let found = (histogram.median(), histogram.percentile(90));
            assert_eq!(found, (Some(median), Some(p90)), "{days:?}");
        }
    }

    #[test]
    fn means_are_truncated() {
        assert_eq!(of(&[1, 2, 2]).mean().truncated(2), Some(166)); // 5/3 = 1.666…
        assert_eq!(of(&[0, 0, 1]).mean().truncated(2), Some(33));
        assert_eq!(of(&[4, 4]).mean().truncated(2), Some(400));
    }

    #[test]
    fn merging_is_counting_together() {
        let mut merged = of(&[1, 5, 5]);
        merged.merge(&of(&[5, 9]));
        assert_eq!(merged, of(&[1, 5, 5, 5, 9]));
        assert_eq!((merged.cases(), merged.days()), (5, 25));
    }
}
