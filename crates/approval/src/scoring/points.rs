//! Points and means of points, exact.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;

/// Parts of a point that are counted: two decimals times a whole percentage of weight stay whole.
const UNIT: i64 = 10_000;
/// The same of a hundredth, the smallest amount that can be written.
const HUNDREDTH: i64 = 100;

/// An amount of points, exact to a ten-thousandth; below zero where points are taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// So many hundredths of a point.
    pub const fn hundredths(hundredths: i64) -> Self {
        Self(hundredths.saturating_mul(HUNDREDTH))
    }

    /// So many whole points.
    pub const fn whole(points: i64) -> Self {
        Self(points.saturating_mul(UNIT))
    }

    /// Reads `5`, `-2`, `+1` or `2.25`: at most two decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // Nine digits are more points than any scheme has, and far from overflow.
        let fits = (1..=9).contains(&whole.len()) && decimals.len() <= 2;
        if !fits || !plain(whole) || !plain(decimals) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let cents: i64 = format!("{decimals:0<2}").parse().ok()?;
        let hundredths = whole.checked_mul(100)?.checked_add(cents)?;
        let sign = if negative { -1 } else { 1 };
        Some(Self::hundredths(hundredths.checked_mul(sign)?))
    }

    /// Both together.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times as much.
    pub fn times(self, factor: u64) -> Self {
        let factor = i64::try_from(factor).unwrap_or(i64::MAX);
        Self(self.0.saturating_mul(factor))
    }

    /// The other way round: what is taken away instead of given.
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Multiplied by a weight in percent; exact for amounts of whole hundredths.
    pub fn weighted(self, percent: u32) -> Self {
        let product = i128::from(self.0).saturating_mul(i128::from(percent)) / 100;
        Self(i64::try_from(product).unwrap_or(i64::MAX))
    }

    /// Whole hundredths, truncated: 89.996 is 8999, so that nobody reaches a grade by rounding.
    pub const fn in_hundredths(self) -> i64 {
        self.0 / HUNDREDTH
    }

    /// Without its sign.
    pub const fn size(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Self::plus)
    }
}

/// With as many decimals as needed, two at most: `5`, `2.5`, `-0.25`.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.in_hundredths();
        let sign = if hundredths < 0 { "-" } else { "" };
        let size = hundredths.unsigned_abs();
        let (whole, cents) = (size / 100, size % 100);
        match (cents, cents % 10) {
            (0, _) => write!(f, "{sign}{whole}"),
            (_, 0) => write!(f, "{sign}{whole}.{}", cents / 10),
            _ => write!(f, "{sign}{whole}.{cents:02}"),
        }
    }
}

/// The mean of the points of some months, kept as a sum so that two means are compared exactly.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    sum: Points,
    months: NonZeroU32,
}

impl Score {
    /// The mean of months; `None` of none.
    pub fn mean(points: impl IntoIterator<Item = Points>) -> Option<Self> {
        let (mut sum, mut months) = (Points::ZERO, 0_u32);
        for month in points {
            sum = sum.plus(month);
            months = months.saturating_add(1);
        }
        NonZeroU32::new(months).map(|months| Self { sum, months })
    }

    /// How many months it is the mean of.
    pub const fn months(self) -> u32 {
        self.months.get()
    }

    /// Whole hundredths of a point, truncated towards zero.
    pub fn in_hundredths(self) -> i64 {
        self.sum.0 / i64::from(self.months.get()) / HUNDREDTH
    }

    /// Whether the mean is no less than an amount.
    pub fn reaches(self, points: Points) -> bool {
        self.sum >= points.times(u64::from(self.months.get()))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: &Self, b: &Self| i128::from(a.sum.0) * i128::from(b.months.get());
        cross(self, other).cmp(&cross(other, self))
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

/// Always with two decimals: `96.50`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.in_hundredths();
        let sign = if hundredths < 0 { "-" } else { "" };
        let size = hundredths.unsigned_abs();
        write!(f, "{sign}{}.{:02}", size / 100, size % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, hundredths, shown) in [
            ("5", 500, "5"),
            ("-2", -200, "-2"),
            ("−2", -200, "-2"),
            ("+1", 100, "1"),
            ("2.25", 225, "2.25"),
            ("0.5", 50, "0.5"),
            ("-0.05", -5, "-0.05"),
            (" 10 ", 1_000, "10"),
        ] {
            let points = Points::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(points.in_hundredths(), hundredths, "{text}");
            assert_eq!(points.to_string(), shown);
        }
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1.234",
            "1e3",
            "--1",
            "１",
            "1234567890",
            "5 5",
        ] {
            assert_eq!(Points::parse(text), None, "{text}");
        }
    }

    #[test]
    fn weights_and_means_are_exact() {
        let points = Points::hundredths(1_333).weighted(33);
        assert_eq!(points, Points(43_989), "13.33 × 33 % = 4.3989");
        assert_eq!(points.in_hundredths(), 439);
        let mean = |points: &[i64]| Score::mean(points.iter().map(|p| Points::whole(*p)));
        assert_eq!(mean(&[]), None);
        let third = mean(&[100, 100, 99]).expect("a mean");
        assert_eq!(third.to_string(), "99.66", "truncated");
        assert!(third.reaches(Points::hundredths(9_966)));
        assert!(!third.reaches(Points::hundredths(9_967)));
        // 299/3 and 598/6 are one mean; 99.66 is less.
        assert_eq!(mean(&[100, 100, 99, 100, 100, 99]), Some(third));
        assert!(Score::mean([Points::hundredths(9_966)]) < Some(third));
    }
}
