//! How often a token may ask: each has a measure of its own, kept in this process.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use engine::accounts::ApiCaller;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// The measures of the tokens that have asked. A city has a few dozen of them.
#[derive(Clone, Default)]
pub(crate) struct Limits {
    kept: Arc<Mutex<HashMap<String, Measure>>>,
}

/// A token's rate and what it has used of it.
type Measure = (u32, Arc<DefaultDirectRateLimiter>);

impl Limits {
    /// Counts a request. If it is one too many: in how many seconds the next may come.
    pub(crate) fn check(&self, who: &ApiCaller) -> Result<(), NonZeroU32> {
        let limiter = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let rate = who.rate_per_minute;
            let entry = kept.get(&who.token).filter(|(kept, _)| *kept == rate);
            match entry {
                Some((_, limiter)) => Arc::clone(limiter),
                None => {
                    let quota = Quota::per_minute(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN));
                    let limiter = Arc::new(RateLimiter::direct(quota));
                    kept.insert(who.token.clone(), (rate, Arc::clone(&limiter)));
                    limiter
                }
            }
        };
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            NonZeroU32::MIN.saturating_add(seconds)
        })
    }
}
