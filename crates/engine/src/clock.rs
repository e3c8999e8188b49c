//! The one clock of the program. Everything else is told the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Microseconds in a second.
const US_PER_S: i64 = 1_000_000;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The machine's clock, shifted: what is served after a replay goes on from the replay's own time. The shift is in
    /// microseconds, negative is the past; a demo's visitors make it larger.
    Shifted(Arc<AtomicI64>),
    /// Trial time that runs `speed` times as fast as the machine's from `base` on.
    Scaled {
        /// The trial's instant at the start.
        base: DateTime<Utc>,
        /// The machine's instant at the start.
        started: DateTime<Utc>,
        /// How many times as fast; 0 stands still.
        speed: u32,
    },
    /// Time that only moves when it is told to: replays, trials, tests.
    Manual {
        /// Where it stands.
        us: Arc<AtomicI64>,
        /// Where it stood first.
        from_us: i64,
    },
}

impl Clock {
    /// A clock that stands at an instant until it is moved.
    pub fn standing(at: DateTime<Utc>) -> Self {
        let from_us = at.timestamp_micros();
        Self::Manual {
            us: Arc::new(AtomicI64::new(from_us)),
            from_us,
        }
    }

    /// A trial clock that starts at `base` now.
    pub fn scaled(base: DateTime<Utc>, speed: u32) -> Self {
        Self::Scaled {
            base,
            started: machine_now(),
            speed,
        }
    }

    /// A clock that goes on from `at` now.
    pub fn shifted_to(at: DateTime<Utc>) -> Self {
        Self::shifted_by(at.timestamp_micros() - machine_now().timestamp_micros())
    }

    /// A clock that is ahead of the machine's by so many microseconds.
    pub fn shifted_by(by_us: i64) -> Self {
        Self::Shifted(Arc::new(AtomicI64::new(by_us)))
    }

    /// The time, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => machine_now(),
            Self::Shifted(by_us) => shifted(machine_now(), by_us.load(Ordering::SeqCst)),
            Self::Scaled {
                base,
                started,
                speed,
            } => {
                let passed = machine_now().timestamp_micros() - started.timestamp_micros();
                shifted(*base, passed.saturating_mul(i64::from(*speed)))
            }
            Self::Manual { us, .. } => store::codec::instant(us.load(Ordering::SeqCst)),
        }
    }

    /// The time in which leases run out, in microseconds: the machine's, whatever this clock shows. A lease guards
    /// against a process that died, and on a clock that stands none would ever run out. A clock that is moved by hand
    /// takes the leases along by as much as it was moved since it began to stand.
    pub fn lease_us(&self) -> i64 {
        let machine_us = machine_now().timestamp_micros();
        match self {
            Self::Manual { us, from_us } => {
                let moved_us = us.load(Ordering::SeqCst).saturating_sub(*from_us);
                machine_us.saturating_add(moved_us)
            }
            _ => machine_us,
        }
    }

    /// Moves a manual or a shifted clock forward; it never goes back, and other clocks aren't moved by hand.
    pub fn advance_to(&self, at: DateTime<Utc>) {
        match self {
            Self::Manual { us, .. } => {
                us.fetch_max(at.timestamp_micros(), Ordering::SeqCst);
            }
            Self::Shifted(by_us) => {
                let shift = at.timestamp_micros() - machine_now().timestamp_micros();
                by_us.fetch_max(shift, Ordering::SeqCst);
            }
            Self::System | Self::Scaled { .. } => {}
        }
    }

    /// By how many microseconds the clock is shifted, if it is.
    pub fn shift_us(&self) -> Option<i64> {
        match self {
            Self::Shifted(by_us) => Some(by_us.load(Ordering::SeqCst)),
            _ => None,
        }
    }

    /// How long to sleep in machine time until `at`; zero if it is past. A manual clock is polled.
    pub fn until(&self, at: DateTime<Utc>, longest: Duration) -> Duration {
        let wait_us = at
            .timestamp_micros()
            .saturating_sub(self.now().timestamp_micros());
        let machine_us = match self {
            Self::Scaled { speed, .. } if *speed > 1 => wait_us / i64::from(*speed),
            Self::Scaled { speed: 0, .. } | Self::Manual { .. } => US_PER_S,
            _ => wait_us,
        };
        Duration::from_micros(u64::try_from(machine_us).unwrap_or(0)).min(longest)
    }

    /// Whether the time isn't the machine's own.
    pub fn is_virtual(&self) -> bool {
        !matches!(self, Self::System)
    }
}

fn shifted(at: DateTime<Utc>, by_us: i64) -> DateTime<Utc> {
    store::codec::instant(at.timestamp_micros().saturating_add(by_us))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's clock"
)]
fn machine_now() -> DateTime<Utc> {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    store::codec::instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leases age with the machine, however far from it the record's time is, and with a clock that is moved by hand.
    #[test]
    fn leases_run_out_in_the_machines_time() {
        let long_ago = store::codec::instant(1_317_002_400_000_000);
        let clocks = [
            Clock::System,
            Clock::shifted_to(long_ago),
            Clock::scaled(long_ago, 86_400),
            Clock::scaled(long_ago, 0),
            Clock::standing(long_ago),
        ];
        for clock in clocks {
            let before_us = machine_now().timestamp_micros();
            let lease_us = clock.lease_us();
            let after_us = machine_now().timestamp_micros();
            assert!(before_us <= lease_us && lease_us <= after_us, "{clock:?}");
        }
        let moved = Clock::standing(long_ago);
        let before_us = moved.lease_us();
        moved.advance_to(store::codec::instant(
            long_ago.timestamp_micros() + 120 * US_PER_S,
        ));
        assert!(moved.lease_us() >= before_us + 120 * US_PER_S);
    }
}
