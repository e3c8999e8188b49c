//! When to try a failed delivery again.

use std::time::Duration;

/// Waiting times after the first failures; every later one waits as long as the last of these.
const BACK_OFF_MINUTES: [u64; 5] = [1, 5, 15, 60, 60];

/// After this many tries a message is given up, visibly, until somebody asks for another try. The waits before
/// the last try sum to 1 + 5 + 15 minutes and 72 hours: a mail server may be dead for a long weekend.
pub const ATTEMPTS_MAX: u32 = 76;

/// How long failed deliveries are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The number of tries after which a message is given up.
    pub attempts_max: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: ATTEMPTS_MAX,
        }
    }
}

impl RetryPolicy {
    /// How long to wait after the given number of failed tries; `None` means given up.
    ///
    /// The wait is spread by up to a tenth either way, from the seed and the number of tries alone, so that
    /// messages that failed together don't all come back together and a replay gives the same times.
    pub fn next_try(&self, attempts: u32, seed: u64) -> Option<Duration> {
        if attempts >= self.attempts_max {
            return None;
        }
        let Some(step) = attempts.checked_sub(1) else {
            return Some(Duration::ZERO);
        };
        let last = BACK_OFF_MINUTES.len() - 1;
        let step = usize::try_from(step).unwrap_or(last).min(last);
        let base_ms = BACK_OFF_MINUTES[step] * 60_000;
        let spread_ms = base_ms / 5;
        let jitter_ms = mix(seed ^ (u64::from(attempts) << 32)) % (spread_ms + 1);
        Some(Duration::from_millis(base_ms - spread_ms / 2 + jitter_ms))
    }
}

/// [`RetryPolicy::next_try`] with the default maximum, [`ATTEMPTS_MAX`].
pub fn next_try(attempts: u32, seed: u64) -> Option<Duration> {
    RetryPolicy::default().next_try(attempts, seed)
}

/// The finaliser of SplitMix64: spreads neighbouring seeds over the whole range.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u128 = 3_600_000;

    #[test]
    fn backs_off_from_a_minute_to_an_hour() {
        for (attempts, minutes) in [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (75, 60)] {
            for seed in 0..500 {
                let wait = next_try(attempts, seed).unwrap().as_millis();
                let base = minutes * 60_000;
                assert!(
                    wait >= base * 9 / 10 && wait <= base * 11 / 10,
                    "{attempts} {wait}"
                );
            }
        }
        assert_eq!(next_try(0, 7), Some(Duration::ZERO));
    }

    #[test]
    fn gives_up_after_about_three_days() {
        for seed in [0, 1, 42, u64::MAX] {
            let waited: u128 = (1..ATTEMPTS_MAX)
                .map(|n| next_try(n, seed).unwrap().as_millis())
                .sum();
            assert!(
                waited > 70 * HOUR_MS && waited < 75 * HOUR_MS,
                "{waited} ms"
            );
        }
        assert_eq!(next_try(ATTEMPTS_MAX, 1), None);
        assert_eq!(next_try(u32::MAX, 1), None);
    }

    #[test]
    fn a_policy_of_ones_own_and_a_jitter_that_repeats() {
        let policy = RetryPolicy { attempts_max: 2 };
        assert!(policy.next_try(1, 5).is_some());
        assert_eq!(policy.next_try(2, 5), None);
        assert_eq!(next_try(3, 5), next_try(3, 5));
        assert_ne!(next_try(3, 5), next_try(3, 6));
        assert_ne!(next_try(5, 5), next_try(6, 5));
    }
}
