//! A due date beside numpy's busday_offset, which is given every rest day and no stop.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use calendar::Calendar;

use crate::due_date::{self, Days, ours, questions, without_stop};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::median;

pub(crate) const NAME: &str = "due-date-numpy";

/// Elements of one call of numpy.
const ELEMENTS: usize = 1_000_000;
/// Rounds of ours over as many.
const ROUNDS: usize = 7;
/// Ours takes a twentieth of the time at most.
const GOAL: f64 = 0.05;
/// The number of 1970-01-01, from which numpy counts.
const EPOCH: i32 = 719_163;

pub(crate) fn measure(folder: &Path) -> Result<Figure> {
    let calendar = engine::assets::calendar("cn")?;
    let days = Days::of(&calendar)?;
    let figure = |value: f64| Figure {
        name: NAME,
        value,
        unit: "ns",
        goal: Goal::RatioAtMost(GOAL),
        baselines: Vec::new(),
        remarks: Vec::new(),
    };
    let theirs = match numpy(&calendar, &days, folder) {
        Ok(theirs) => theirs,
        Err(error) => {
            let mut figure = figure(f64::NAN);
            figure.remarks.push(format!("not measured: {error:#}"));
            return Ok(figure);
        }
    };
    let questions = questions(&days, ELEMENTS);
    let (mut stopped, mut unstopped) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        due_date::round(&questions, &mut stopped, |question| {
            ours(&calendar, question)
        });
        due_date::round(&questions, &mut unstopped, |question| {
            without_stop(&calendar, question)
        });
    }
    let mut figure = figure(median(&stopped));
    figure.baselines.push(Baseline {
        name: "numpy.busday_offset".to_owned(),
        value: theirs,
        meaning: format!(
            "{ELEMENTS} elements a call, all rest days as holidays, no stop, per element, median of 7 calls; its answers \
             are ours without the stop"
        ),
    });
    figure.remarks.push(format!(
        "ours with one stop: {} times as fast as numpy without any; without the stop {} ns",
        number(theirs / figure.value),
        number(median(&unstopped))
    ));
    if !figure.is_met() {
        figure
            .remarks
            .push("limited by: what limits due-date-one-stop".to_owned());
    }
    Ok(figure)
}

/// Reads rest days and questions as 32-bit numbers, counts, and says how long an element took and what the sum of
/// the answers is.
const NUMPY: &str = r#"
import sys, time
try:
    import numpy
except ImportError:
    sys.exit("this python has no numpy (set BENCH_PYTHON to one that has it)")
rest = numpy.fromfile(sys.argv[1], dtype="<i4").astype("datetime64[D]")
days, amounts = numpy.fromfile(sys.argv[2], dtype="<i4").reshape(-1, 2).T
days, amounts = days.astype("datetime64[D]"), amounts.astype("i8")
calendar = numpy.busdaycalendar(weekmask="1111111", holidays=rest)
taken = []
for _ in range(7):
    started = time.perf_counter()
    due = numpy.busday_offset(days, amounts, roll="backward", busdaycal=calendar)
    taken.append((time.perf_counter() - started) * 1e9 / len(days))
print(sorted(taken)[3], int(due.astype("i8").sum()))
"#;

/// Nanoseconds for each element.
fn numpy(calendar: &Calendar, days: &Days, folder: &Path) -> Result<f64> {
    let questions = questions(days, ELEMENTS);
    let epoch_day = |day: i32| (day - EPOCH).to_le_bytes();
    let rest_days: Vec<u8> = (days.first..days.first + days.count())
        .filter(|day| !days.works(*day))
        .flat_map(epoch_day)
        .collect();
    let asked: Vec<u8> = questions
        .iter()
        .flat_map(|question| {
            let amount = question.working_days.to_le_bytes();
            [epoch_day(question.day0.get()), amount]
        })
        .flatten()
        .collect();
    let (rest_path, asked_path) = (folder.join("rest"), folder.join("asked"));
    std::fs::write(&rest_path, rest_days)?;
    std::fs::write(&asked_path, asked)?;

    let interpreter = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut python = Command::new(&interpreter);
    python
        .args(["-c", NUMPY])
        .arg(&rest_path)
        .arg(&asked_path)
        .stdin(Stdio::null());
    // numpy refuses to start where these are set badly, and the count needs none of it.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OPENBLAS_") {
            python.env_remove(name);
        }
    }
    let output = python
        .output()
        .with_context(|| format!("there is no {interpreter}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    let answer = String::from_utf8_lossy(&output.stdout);
    let (time, sum) = answer
        .trim()
        .split_once(' ')
        .context("python gave no answer")?;
    let expected: i64 = questions
        .iter()
        .map(|question| i64::from(without_stop(calendar, question) - EPOCH))
        .sum();
    ensure!(
        sum.parse() == Ok(expected),
        "numpy counts otherwise: {sum} instead of {expected}"
    );
    Ok(time.parse()?)
}
