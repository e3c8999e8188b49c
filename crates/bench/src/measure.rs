//! Time, medians and chance.

use std::future::Future;
use std::time::Instant;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long the work takes; no business time is read here"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Runs a future as a task. The thread that waits for a runtime isn't one of its workers, and everything that it
/// does itself costs a switch between threads.
pub(crate) fn on<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    runtime
        .block_on(runtime.spawn(work))
        .context("the measurement broke off")?
}

/// The middle value; of two middle ones the mean.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle.wrapping_sub(1)), sorted.get(middle)) {
        (Some(low), Some(high)) if sorted.len().is_multiple_of(2) => (low + high) / 2.0,
        (_, Some(middle)) => *middle,
        _ => f64::NAN,
    }
}

/// The value that `percent` in a hundred don't exceed (nearest rank).
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    let found = sorted.get(rank.saturating_sub(1));
    found.copied().unwrap_or(f64::NAN)
}

/// Processor seconds that this process has used, on all its threads; `None` where the system doesn't say.
pub(crate) fn processor_seconds() -> Option<f64> {
    // Linux counts in hundredths of a second for every process that asks.
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name stands in brackets and may contain anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_S)
}

/// Chance that is the same in every run (splitmix64).
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (z ^ (z >> 31)) >> 32;
        u32::try_from((high * u64::from(end)) >> 32).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        for (values, expected) in [
            (&[3.0][..], 3.0),
            (&[9.0, 1.0, 3.0][..], 3.0),
            (&[4.0, 1.0, 2.0, 9.0][..], 3.0),
        ] {
            assert!((median(values) - expected).abs() < 1e-9, "{values:?}");
        }
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (percent, expected) in [(99, 99.0), (50, 50.0), (100, 100.0), (1, 1.0)] {
            let found = percentile(&hundred, percent);
            assert!((found - expected).abs() < 1e-9, "{percent}: {found}");
        }
        assert!((percentile(&[7.0], 99) - 7.0).abs() < 1e-9);
        assert!(percentile(&[], 99).is_nan());
    }

    #[test]
    fn chance_stays_below_its_end() {
        let mut chance = Chance::new(1);
        let drawn: Vec<u32> = (0..1000).map(|_| chance.below(7)).collect();
        assert!((0..7).all(|n| drawn.contains(&n)));
        assert!(drawn.iter().all(|n| *n < 7));
    }

    #[test]
    fn processor_time_is_told() {
        assert!(processor_seconds().is_none_or(|seconds| seconds >= 0.0));
    }
}
