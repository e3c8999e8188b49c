//! The real binary in bad conditions: killed, doubled, without mail, without room, without permission.

mod anchors;
mod binary;
mod copies;
mod crash;
mod deaths;
mod disk;
mod life;
mod load;
mod mail;
pub(crate) mod place;
mod reports;
mod shadow;
mod together;
mod upgrade;

use std::future::Future;
use std::thread;
use std::time::Duration;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// Looks in a second.
const LOOKS_PER_SECOND: u32 = 10;

/// Looks until there is something to see, for some seconds at most.
pub(crate) fn wait_for<T>(what: &str, seconds: u32, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..seconds * LOOKS_PER_SECOND {
        if let Some(seen) = look() {
            return seen;
        }
        thread::sleep(PAUSE);
    }
    panic!("{what}: not within {seconds} s")
}

/// Runs asynchronous work to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}
