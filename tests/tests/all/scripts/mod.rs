//! Stories told by scripts (`tests/scripts/*.script`), each played on both databases with the same transcript
//! (`*.golden`), and once more by an office that never sleeps: its record must be the same but for `recorded_at`.
//!
//! `UPDATE_GOLDEN=1` writes the transcripts anew. Read the difference before it is committed.

mod line;
mod player;
mod told;
mod variant;

use std::fs;
use std::path::{Path, PathBuf};

use player::{Pace, Player};

/// Which of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// The folder of the scripts.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

fn read(name: &str, end: &str) -> String {
    let path = folder().join(format!("{name}.{end}"));
    match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => panic!(
            "{}: {error}; UPDATE_GOLDEN=1 writes transcripts",
            path.display()
        ),
    }
}

/// Plays a script as it stands and compares what it says.
async fn golden(name: &str, database: Database) -> Vec<String> {
    let played = Player::play(&read(name, "script"), database, Pace::AsWritten).await;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(folder().join(format!("{name}.golden")), &played.transcript).unwrap();
        return played.record;
    }
    if let Some(difference) = difference(&read(name, "golden"), &played.transcript) {
        panic!("{name}.golden is another story than {database:?} tells:\n{difference}");
    }
    played.record
}

/// Sweeping at each alarm's own instant leaves the record that sweeping seldom leaves.
async fn watched(name: &str, seldom: Vec<String>) {
    let script = read(name, "script");
    let always = Player::play(&script, Database::Sqlite, Pace::Watching).await;
    if let Some(difference) = difference(&seldom.join("\n"), &always.record.join("\n")) {
        panic!("{name}: an office that never sleeps has another record:\n{difference}");
    }
}

/// A sweep in every minute of three days, as the program does it, against one at their end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standstill_of_three_days_against_a_sweep_in_every_minute() {
    let script = read("three_days", "script");
    let seldom = Player::play(&script, Database::Sqlite, Pace::AsWritten).await;
    let minutely = Player::play(&script, Database::Sqlite, Pace::EveryMinute).await;
    assert_eq!(minutely.record, seldom.record);
    assert_ne!(
        minutely.transcript, seldom.transcript,
        "the instants of recording differ"
    );
}

/// The first lines that differ, with the line before; `None` if there are none.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut a, mut b) = (expected.lines(), found.lines());
    let mut before = "";
    for number in 1.. {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => before = a,
            (a, b) => {
                return Some(format!(
                    "line {number}, after {before}\n  expected {}\n  found    {}",
                    a.unwrap_or("the end"),
                    b.unwrap_or("the end")
                ));
            }
        }
    }
    None
}

/// Makes the tests of each script, and one that finds scripts and transcripts without a test.
macro_rules! scripts {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let record = super::golden(stringify!($name), super::Database::Sqlite).await;
                super::watched(stringify!($name), record).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::golden(stringify!($name), super::Database::Postgres).await;
            })*
        }

        #[test]
        fn every_file_has_its_test() {
            let known = [$(stringify!($name)),*];
            let mut names: Vec<String> = fs::read_dir(folder())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|e| e == "script" || e == "golden"))
                .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names.dedup();
            let mut listed = known.map(str::to_owned).to_vec();
            listed.sort();
            assert_eq!(names, listed);
        }
    };
}

scripts!(
    annulment,
    calendar_revision,
    correction,
    coverage,
    deemed_acceptance,
    escalation,
    extension,
    forwarded,
    item_version,
    joint,
    late_recording,
    letters,
    one_second,
    order_falls,
    outcomes,
    pending,
    rules_revision,
    send_back,
    stand_in,
    standstill,
    stop_without_notice,
    stops_counted,
    terms,
    three_days,
    two_colour,
    withdrawal,
);
