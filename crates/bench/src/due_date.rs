//! One due date of a limit with one stop, from day numbers, in process.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use calendar::{Calendar, DayNumber};

use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{Chance, median, now};

pub(crate) const NAME: &str = "due-date-one-stop";

/// Questions of one round: more than any predictor can learn by heart, and two megabytes.
const QUESTIONS: usize = 131_072;
/// Rounds of ours and of the loop over days, one beside the other.
const ROUNDS: usize = 21;
/// The clock is read after so many questions: a slice is over before a busy system gives the processor to somebody
/// else, so that most slices measure the count alone.
const SLICE: usize = 4_096;
/// Limits are drawn up to this; the longest in the law are 60 working days.
const WORKING_DAYS_MAX: u32 = 60;
/// A stop opens up to this many days after the start: some open too late to count, as some do.
const OPENS_MAX: u32 = 70;
/// And ends up to this many days later.
const STOPPED_MAX: u32 = 30;
/// What a limit, its stop and the rest days in between can reach.
const REACH_DAYS: i32 = 200;
/// Elements of one call of numpy.
const ELEMENTS: usize = 1_000_000;
/// The number of 1970-01-01, from which numpy counts.
const EPOCH: i32 = 719_163;

/// A limit that was asked for: 16 bytes.
#[derive(Debug, Clone, Copy)]
struct Question {
    day0: DayNumber,
    working_days: u32,
    stop: [(DayNumber, DayNumber); 1],
}

pub(crate) fn measure(folder: &Path) -> Result<Figure> {
    let calendar = engine::assets::calendar("cn")?;
    let days = Days::of(&calendar)?;
    let questions = questions(&days, QUESTIONS);
    for question in &questions {
        let due = ours(&calendar, question);
        ensure!(
            due == days.naive(question),
            "the two disagree about {question:?}: {due}"
        );
    }

    let (mut fast, mut slow, mut unstopped) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        round(&questions, &mut fast, |question| ours(&calendar, question));
        round(&questions, &mut slow, |question| days.naive(question));
        round(&questions, &mut unstopped, |question| {
            without_stop(&calendar, question)
        });
    }
    let mut figure = Figure {
        name: NAME,
        value: median(&fast),
        unit: "ns",
        goal: Goal::ValueAtMost(10.0),
        baselines: vec![Baseline {
            name: "day loop".to_owned(),
            value: median(&slow),
            meaning: "steps from day to day over a table of working days and counts, the same questions; \
                both give the same answers"
                .to_owned(),
        }],
        remarks: vec![format!(
            "{ROUNDS} rounds of {QUESTIONS} questions, median of all slices of {SLICE}; without the stop {} ns",
            number(median(&unstopped))
        )],
    };
    match numpy(&calendar, &days, folder) {
        Ok(value) => figure.baselines.push(Baseline {
            name: "numpy.busday_offset".to_owned(),
            value,
            meaning: format!(
                "{ELEMENTS} elements a call, all rest days as holidays, no stop, per element; its answers are ours"
            ),
        }),
        Err(error) => figure.remarks.push(format!(
            "no second baseline: {error:#} (pip install numpy)"
        )),
    }
    if !figure.is_met() {
        figure.remarks.push(
            "limited by: two look-ups for the limit, two for the stop, and guesses whether the stop counts".to_owned(),
        );
    }
    Ok(figure)
}

/// Nanoseconds for each question, one value for each slice.
fn round(questions: &[Question], slices: &mut Vec<f64>, answer: impl Fn(&Question) -> i32) {
    for slice in black_box(questions).chunks_exact(SLICE) {
        let started = now();
        let mut sum = 0_i32;
        for question in slice {
            sum = sum.wrapping_add(answer(question));
        }
        black_box(sum);
        slices.push(started.elapsed().as_secs_f64() * 1e9 / SLICE as f64);
    }
}

fn ours(calendar: &Calendar, question: &Question) -> i32 {
    calendar
        .due_day(question.day0, question.working_days, &question.stop)
        .map_or(0, DayNumber::get)
}

fn without_stop(calendar: &Calendar, question: &Question) -> i32 {
    calendar
        .due_day(question.day0, question.working_days, &[])
        .map_or(0, DayNumber::get)
}

/// Which days work, one flag a day.
#[derive(Debug)]
struct Days {
    first: i32,
    works: Vec<bool>,
}

impl Days {
    fn of(calendar: &Calendar) -> Result<Self> {
        let days = calendar
            .from()
            .iter_days()
            .take_while(|day| *day <= calendar.to());
        let works = days
            .map(|day| Ok(calendar.day(day)?.working))
            .collect::<Result<_>>()?;
        Ok(Self {
            first: DayNumber::of(calendar.from()).get(),
            works,
        })
    }

    fn count(&self) -> i32 {
        i32::try_from(self.works.len()).unwrap_or(i32::MAX)
    }

    fn works(&self, day: i32) -> bool {
        let place = usize::try_from(day - self.first);
        place
            .ok()
            .and_then(|place| self.works.get(place))
            .copied()
            .unwrap_or(false)
    }

    /// Counts day by day, as one does it on a wall calendar.
    fn naive(&self, question: &Question) -> i32 {
        let [(opens, resumes)] = question.stop.map(|(a, b)| (a.get(), b.get()));
        let mut day = question.day0.get();
        let mut left = question.working_days;
        while left > 0 {
            day += 1;
            if self.works(day) && !(opens < day && day <= resumes) {
                left -= 1;
            }
        }
        // Stopped on the last day: the first working day on or after the end of the stop.
        if opens == day {
            day = resumes;
            while !self.works(day) {
                day += 1;
            }
        }
        day
    }
}

fn questions(days: &Days, count: usize) -> Vec<Question> {
    let mut chance = Chance::new(2011);
    let starts = u32::try_from(days.count() - REACH_DAYS).unwrap_or(1);
    let mut draw = |end: u32| i32::try_from(chance.below(end)).unwrap_or(0);
    (0..count)
        .map(|_| {
            let day0 = days.first + draw(starts);
            let opens = day0 + draw(OPENS_MAX);
            let resumes = opens + draw(STOPPED_MAX);
            Question {
                day0: DayNumber::new(day0),
                working_days: u32::try_from(1 + draw(WORKING_DAYS_MAX)).unwrap_or(1),
                stop: [(DayNumber::new(opens), DayNumber::new(resumes))],
            }
        })
        .collect()
}

/// Reads rest days and questions as 32-bit numbers, counts, and says how long an element took and what the sum of
/// the answers is.
const NUMPY: &str = r#"
import sys, time
try:
    import numpy
except ImportError:
    sys.exit("python3 has no numpy")
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

    let mut python = Command::new("python3");
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
    let output = python.output().context("there is no python3")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    let answer = String::from_utf8_lossy(&output.stdout);
    let (time, sum) = answer
        .trim()
        .split_once(' ')
        .context("python3 gave no answer")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_same_answers() {
        let calendar = engine::assets::calendar("cn").unwrap();
        let days = Days::of(&calendar).unwrap();
        for question in questions(&days, 20_000) {
            assert_eq!(
                ours(&calendar, &question),
                days.naive(&question),
                "{question:?}"
            );
        }
    }
}
