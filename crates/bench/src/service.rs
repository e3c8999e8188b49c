//! The service itself: how much memory it holds with a great many open cases in its database, and how soon it is ready.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use hyper::StatusCode;
use sqlx::{Connection as _, SqliteConnection};
use tokio::time::{Instant, sleep_until};

use crate::city::{self, City};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now};
use crate::served::{self, Served};
use crate::{Effort, office};

pub(crate) const NAME_MEMORY: &str = "serve-memory-1m";
pub(crate) const NAME_START: &str = "serve-start";

/// Cases in the database. A sixth of a city's cases is completed, so that a million is open.
const CASES: usize = 1_200_000;
/// A city has at least so many: those that the engine makes itself.
const FEW: usize = 1_200;
/// People who look at their lists.
const CLERKS: usize = 100;
/// Pages a second.
const RATE: u32 = 50;
/// How long pages are asked for.
const LOAD: Duration = Duration::from_secs(60);
const GOAL_MIB: f64 = 100.0;
/// How often it is started; the median counts.
const STARTS: usize = 11;
const GOAL_MS: f64 = 200.0;

pub(crate) async fn measure(folder: &Path, effort: Effort) -> Result<[Figure; 2]> {
    let few = format!("sqlite:{}", folder.join("service-few.db").display());
    let many = format!("sqlite:{}", folder.join("service-many.db").display());
    let few_city = city::build(&few, FEW, CLERKS).await?;
    let many_city = city::build(&many, effort.cases(CASES).max(FEW), CLERKS).await?;
    let open = open_cases(&many).await?;
    let load = effort.time(LOAD);
    let small = memory(&few, &few_city, load).await?;
    let large = memory(&many, &many_city, load).await?;
    let memory = Figure {
        name: NAME_MEMORY,
        value: large.resident,
        unit: "MiB (VmRSS)",
        goal: Goal::ValueAtMost(GOAL_MIB),
        baselines: vec![Baseline {
            name: format!("{FEW} cases"),
            value: small.resident,
            meaning: "the same service after the same load on a city with that few cases"
                .to_owned(),
        }],
        remarks: vec![
            format!(
                "{open} open cases on SQLite; to-do lists of {CLERKS} people, {RATE} pages/s for {} s",
                load.as_secs()
            ),
            format!(
                "VmRSS is all that is in memory of this process, its program and libraries too; at its highest {} MiB (VmHWM), \
                 its share of what processes have in common counted by parts {} MiB (Pss), before the load {} MiB",
                number(large.highest),
                number(large.proportional),
                number(large.before)
            ),
        ],
    };
    let start = start(&few, &many, open).await?;
    Ok([
        limited(memory, "what a list's pages and the books are held in"),
        start,
    ])
}

fn limited(mut figure: Figure, by: &str) -> Figure {
    if !figure.is_met() {
        figure.remarks.push(format!("limited by: {by}"));
    }
    figure
}

async fn open_cases(url: &str) -> Result<i64> {
    const OPEN: &str =
        "SELECT COUNT(*) FROM subject WHERE division = '410800' AND completed_at_us IS NULL";
    let mut connection = SqliteConnection::connect(url).await?;
    let open = sqlx::query_scalar(OPEN).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(open)
}

/// Mebibytes.
struct Memory {
    before: f64,
    resident: f64,
    highest: f64,
    proportional: f64,
}

async fn memory(url: &str, city: &City, load: Duration) -> Result<Memory> {
    let served = Served::start(url, &office::opening()?.to_rfc3339(), None).await?;
    let before = mebibytes(served.id(), "status", "VmRSS")?;
    let every = Duration::from_secs(1) / RATE;
    let started = Instant::now();
    let mut at = started;
    let mut sessions = city.sessions.iter().cycle();
    while at < started + load {
        sleep_until(at).await;
        let (_, session) = sessions.next().context("nobody is signed in")?;
        let (status, bytes) = served.client.get("/todo", Some(session)).await?;
        ensure!(status == StatusCode::OK && bytes > 0, "/todo: {status}");
        at += every;
    }
    let memory = Memory {
        before,
        resident: mebibytes(served.id(), "status", "VmRSS")?,
        highest: mebibytes(served.id(), "status", "VmHWM")?,
        proportional: mebibytes(served.id(), "smaps_rollup", "Pss")?,
    };
    served.stop()?;
    Ok(memory)
}

/// What Linux says of a process's memory.
pub(crate) fn mebibytes(process: u32, file: &str, name: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/{file}"))
        .context("memory is measured by what Linux says of a process")?;
    let kibibytes = of_name(&text, name).with_context(|| format!("no {name} in {file}"))?;
    Ok(f64::from(kibibytes) / 1024.0)
}

fn of_name(text: &str, name: &str) -> Option<u32> {
    let lines: BTreeMap<&str, &str> = text.lines().filter_map(|l| l.split_once(':')).collect();
    let value = lines.get(name)?.trim();
    value.strip_suffix(" kB")?.trim().parse().ok()
}

/// Milliseconds until the service answers that it is ready, each time it is started.
pub(crate) async fn starts(url: &str, count: usize) -> Result<Vec<f64>> {
    let mut at = office::later()?;
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        // A trial's clock never goes back.
        at += TimeDelta::minutes(1);
        let now_at = at.to_rfc3339();
        let started = now();
        let served = Served::start(url, &now_at, None).await?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
        served.stop()?;
    }
    Ok(took)
}

/// Mebibytes that the service holds at its highest while it catches up by itself, with nobody asking.
pub(crate) async fn settling(url: &str, time: Duration) -> Result<f64> {
    // After all of `starts`, whose clock went on.
    let at = office::later()? + TimeDelta::hours(1);
    let served = Served::start(url, &at.to_rfc3339(), None).await?;
    sleep_until(Instant::now() + time).await;
    let highest = mebibytes(served.id(), "status", "VmHWM")?;
    served.stop()?;
    Ok(highest)
}

async fn start(few: &str, many: &str, open: i64) -> Result<Figure> {
    // The first one of each reads the program and the database from the disk.
    let small = starts(few, STARTS).await?;
    let large = starts(many, STARTS).await?;
    let program = served::program()?;
    let mut bare = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let started = now();
        let status = Command::new(&program)
            .arg("--version")
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "--version: {status}");
        bare.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let highest = large.iter().copied().fold(f64::NAN, f64::max);
    let figure = Figure {
        name: NAME_START,
        value: median(&large),
        unit: "ms",
        goal: Goal::ValueAtMost(GOAL_MS),
        baselines: vec![
            Baseline {
                name: "--version".to_owned(),
                value: median(&bare),
                meaning: "the same program, started to say its version".to_owned(),
            },
            Baseline {
                name: format!("{FEW} cases"),
                value: median(&small),
                meaning: "the same service on a city with that few cases".to_owned(),
            },
        ],
        remarks: vec![format!(
            "from the start of the process until /readyz answers 200, {open} open cases on SQLite; median of {} starts, the \
             longest {} ms",
            large.len(),
            number(highest)
        )],
    };
    Ok(limited(
        figure,
        "opening the database and reading the books",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_by_its_name() {
        let text = "Name:\tshixian\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t3\n";
        assert_eq!(of_name(text, "VmRSS"), Some(10_240));
        assert_eq!(of_name(text, "VmHWM"), Some(20_480));
        assert_eq!(of_name(text, "Pss"), None);
        assert_eq!(of_name(text, "Threads"), None);
    }
}
