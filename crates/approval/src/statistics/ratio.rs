//! A share with its numerator and denominator: rounded only when it is shown, and then truncated, so that nothing
//! short of all ever shows as 100.00 %.

/// So many of so many, or so much over so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// What is counted.
    pub numerator: u64,
    /// Of what.
    pub denominator: u64,
}

impl Ratio {
    /// A ratio.
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    /// The quotient as a whole number of 10^-`decimals`, truncated: 5/3 with two decimals is 166. `None` of nothing.
    pub fn truncated(self, decimals: u32) -> Option<u64> {
        self.times(10_u128.pow(decimals))
    }

    /// The quotient in percent, likewise: 3634/3777 with two decimals is 9621, which is 96.21 %.
    pub fn percent(self, decimals: u32) -> Option<u64> {
        self.times(10_u128.pow(decimals.saturating_add(2)))
    }

    fn times(self, unit: u128) -> Option<u64> {
        let quotient = u128::from(self.numerator)
            .saturating_mul(unit)
            .checked_div(u128::from(self.denominator))?;
        u64::try_from(quotient).ok()
    }
}

/// How much less time was used than a limit gives: (Σ limits − Σ used) ÷ Σ limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The limits of the cases, summed, working days.
    pub limit_days: u64,
    /// What the same cases used, summed, working days.
    pub used_days: u64,
}

impl Saved {
    /// The share in percent as a whole number of 10^-`decimals`, truncated towards zero; below zero if more was used
    /// than the limits give. `None` without limits.
    pub fn percent(self, decimals: u32) -> Option<i64> {
        let (limit, used) = (i128::from(self.limit_days), i128::from(self.used_days));
        let unit = 10_i128.pow(decimals.saturating_add(2));
        let saved = limit.saturating_sub(used).saturating_mul(unit);
        i64::try_from(saved.checked_div(limit)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_truncated() {
        for (numerator, denominator, percent) in [
            (3_634, 3_777, Some(9_621)),
            (99_996, 100_000, Some(9_999)), // 99.996 % isn't 100 %
            (u64::MAX - 1, u64::MAX, Some(9_999)),
            (1, 1, Some(10_000)),
            (3, 2, Some(15_000)),
            (0, 7, Some(0)),
            (0, 0, None),
            (5, 0, None),
        ] {
            assert_eq!(Ratio::new(numerator, denominator).percent(2), percent);
        }
        assert_eq!(Ratio::new(2_615, 8_743).percent(1), Some(299));
    }

    #[test]
    fn savings_may_be_losses() {
        let saved = |limit_days, used_days| {
            let saved = Saved {
                limit_days,
                used_days,
            };
            saved.percent(2)
        };
        assert_eq!(saved(300, 100), Some(6_666));
        assert_eq!(saved(300, 400), Some(-3_333));
        assert_eq!(saved(0, 4), None);
    }
}
