//! Bytes that nobody meant to hand in: arbitrary ones, and good files that were bent.
//!
//! Whatever reads from outside takes them without a panic, within a bounded time and with bounded memory. [`check`] hands
//! them to it; what else must hold of what was read, the test says itself.
//!
//! A reader that recurses without an end overflows its stack and ends the process, which is found too, but not told with
//! the file: `SHIXIAN_FUZZ_KEEP=FILE` writes each file there before it is read.

mod edit;

use std::cell::Cell;
use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use edit::edit;

/// How many files each check bends if nothing else is said: seconds in a build that checks its arithmetic.
const CASES: u32 = 400;
/// Asks for as many instead, by a seed that nobody chose.
const CASES_VARIABLE: &str = "SHIXIAN_FUZZ_CASES";
/// Keeps the file that is being read.
const KEEP_VARIABLE: &str = "SHIXIAN_FUZZ_KEEP";
/// The check of every change tries the same files each time.
const SEED: u64 = 20_110_926;
/// A bent file is cut off here: time and memory are to be in proportion to it.
pub const BYTES_MAX: usize = 256 * 1024;
/// One of so many files is made of nothing but arbitrary bytes.
const ARBITRARY_SHARE: u32 = 8;
const ARBITRARY_BYTES_MAX: usize = 512;
const EDITS_MAX: usize = 12;
/// What the watcher counts. It stands still when the whole process does, so that a halted machine is no endless loop.
const TICK: Duration = Duration::from_millis(100);
/// Reading 256 KiB takes milliseconds; this long says that it won't end, or that its time grows with the square of the file.
const TICKS_MAX: u32 = 150;
/// A file of 256 KiB in memory, many times over.
const MEMORY_KIB_MAX: u64 = 1024 * 1024;

/// A file as it is handed in.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes: {}", self.0.len(), self.0.escape_ascii())
    }
}

/// Hands bent files to a reader, which says whether it took the file. `good` are the files that are bent: it must take
/// them, and of the bent ones some, but not all, or they tell nothing.
///
/// # Panics
/// If the reader panics, with the smallest file that makes it. The process ends if it takes too long over one, or too
/// much memory, with the file that did it.
pub fn check(good: &[&[u8]], read: impl Fn(&[u8]) -> bool) {
    let asked = std::env::var(CASES_VARIABLE).ok();
    let cases = asked.as_ref().map_or(CASES, |cases| {
        cases
            .parse()
            .unwrap_or_else(|_| panic!("{CASES_VARIABLE} is a number of files, not {cases}"))
    });
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: asked.map_or(RngSeed::Fixed(SEED), |_| RngSeed::Random),
        ..Config::default()
    };
    let (watch, seen) = mpsc::channel();
    let watcher = std::thread::spawn(move || watch_over(&seen));
    let keep = std::env::var_os(KEEP_VARIABLE);
    let run = |bytes: &[u8]| {
        if let Some(path) = &keep {
            std::fs::write(path, bytes).expect("the file is kept");
        }
        tell(&watch, Some(bytes));
        let taken = read(bytes);
        tell(&watch, None);
        taken
    };
    for bytes in good {
        assert!(
            run(bytes),
            "a good file isn't taken: {}",
            bytes.escape_ascii()
        );
    }
    let (taken, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let ended = TestRunner::new(config).run(&files(good), |Bytes(bytes)| {
        let count = if run(&bytes) { &taken } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    drop(watch);
    watcher.join().expect("the watcher ends with the check");
    if let Err(found) = ended {
        panic!("{found}");
    }
    let (taken, refused) = (taken.get(), refused.get());
    eprintln!("{taken} bent files were taken, {refused} refused");
    assert!(
        taken > 0 && refused > 0,
        "{taken} taken, {refused} refused: nothing is told apart"
    );
}

fn tell(watch: &Sender<Option<Bytes>>, bytes: Option<&[u8]>) {
    let bytes = bytes.map(|bytes| Bytes(bytes.to_vec()));
    watch.send(bytes).expect("the watcher listens");
}

/// Ends the process if a file takes too long or too much memory: neither can be ended otherwise.
fn watch_over(seen: &mpsc::Receiver<Option<Bytes>>) {
    let mut under_way: Option<Bytes> = None;
    let mut ticks = 0;
    loop {
        match seen.recv_timeout(TICK) {
            Ok(file) => {
                under_way = file;
                ticks = 0;
            }
            Err(RecvTimeoutError::Timeout) => ticks += 1,
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(file) = &under_way else { continue };
        let kib = memory_kib();
        if ticks > TICKS_MAX || kib > MEMORY_KIB_MAX {
            eprintln!("no end after {ticks} ticks, {kib} KiB of memory, over {file:?}");
            std::process::abort();
        }
    }
}

/// What the process has in memory at present, in KiB; 0 where the system doesn't say.
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
    resident.unwrap_or_default()
}

/// Good files bent, and now and then bytes that never were a file.
fn files(good: &[&[u8]]) -> impl Strategy<Value = Bytes> + use<> {
    let good: Vec<Vec<u8>> = good.iter().map(|bytes| bytes.to_vec()).collect();
    let bent = (select(good), vec(edit(), 1..EDITS_MAX)).prop_map(|(mut bytes, edits)| {
        for edit in &edits {
            edit.apply(&mut bytes);
            bytes.truncate(BYTES_MAX);
        }
        Bytes(bytes)
    });
    let arbitrary = vec(any::<u8>(), 0..ARBITRARY_BYTES_MAX).prop_map(Bytes);
    prop_oneof![ARBITRARY_SHARE - 1 => bent, 1 => arbitrary]
}
