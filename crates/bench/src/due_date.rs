//! One due date of a limit with one stop, from day numbers, in process.

use std::hint::black_box;

use anyhow::{Result, ensure};
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

/// A limit that was asked for: 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) day0: DayNumber,
    pub(crate) working_days: u32,
    stop: [(DayNumber, DayNumber); 1],
}

pub(crate) fn measure() -> Result<Figure> {
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
    if !figure.is_met() {
        figure.remarks.push(
            "limited by: two look-ups for the limit, two for the stop, and guesses whether the stop counts".to_owned(),
        );
    }
    Ok(figure)
}

/// Nanoseconds for each question, one value for each slice.
pub(crate) fn round(
    questions: &[Question],
    slices: &mut Vec<f64>,
    answer: impl Fn(&Question) -> i32,
) {
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

pub(crate) fn ours(calendar: &Calendar, question: &Question) -> i32 {
    calendar
        .due_day(question.day0, question.working_days, &question.stop)
        .map_or(0, DayNumber::get)
}

pub(crate) fn without_stop(calendar: &Calendar, question: &Question) -> i32 {
    calendar
        .due_day(question.day0, question.working_days, &[])
        .map_or(0, DayNumber::get)
}

/// Which days work, one flag a day.
#[derive(Debug)]
pub(crate) struct Days {
    pub(crate) first: i32,
    works: Vec<bool>,
}

impl Days {
    pub(crate) fn of(calendar: &Calendar) -> Result<Self> {
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

    pub(crate) fn count(&self) -> i32 {
        i32::try_from(self.works.len()).unwrap_or(i32::MAX)
    }

    pub(crate) fn works(&self, day: i32) -> bool {
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

pub(crate) fn questions(days: &Days, count: usize) -> Vec<Question> {
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
