//! How often may be asked: measures under names, a token's or a case's, each kept in this process.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Measures that are kept; beyond it those that are full again are forgotten.
const KEPT_MAX: usize = 10_000;

/// The measures of those who have asked.
#[derive(Clone, Default)]
pub(crate) struct Measures {
    kept: Arc<Mutex<HashMap<String, Measure>>>,
}

/// What is allowed, and what was used of it.
type Measure = (Quota, DefaultDirectRateLimiter);

impl Measures {
    /// Counts a question. If it is one too many: in how many seconds the next may come.
    pub(crate) fn allow(&self, what: &str, quota: Quota) -> Result<(), NonZeroU32> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            // What is full again wasn't asked for long.
            kept.retain(|_, (quota, used)| {
                used.check_n(quota.burst_size())
                    .is_ok_and(|fits| fits.is_err())
            });
        }
        let measure = || (quota, RateLimiter::direct(quota));
        let kept = kept.entry(what.to_owned()).or_insert_with(measure);
        if kept.0 != quota {
            *kept = measure();
        }
        kept.1.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            NonZeroU32::MIN.saturating_add(seconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Quota = Quota::per_hour(NonZeroU32::new(2).unwrap());

    #[test]
    fn each_has_a_measure_of_its_own() {
        let measures = Measures::default();
        assert!(measures.allow("a", TWO).is_ok() && measures.allow("a", TWO).is_ok());
        let seconds = measures.allow("a", TWO).unwrap_err().get();
        assert!((1..=1_800).contains(&seconds), "{seconds}");
        assert!(measures.allow("b", TWO).is_ok());
    }

    #[test]
    fn what_was_used_is_forgotten_only_once_it_is_full_again() {
        let measures = Measures::default();
        for _ in 0..2 {
            assert!(measures.allow("asked", TWO).is_ok());
        }
        for n in 0..=KEPT_MAX {
            measures.allow(&format!("other {n}"), TWO).unwrap();
        }
        assert!(measures.allow("asked", TWO).is_err());
    }
}
