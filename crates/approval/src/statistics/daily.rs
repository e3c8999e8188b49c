//! Daily facts: what was counted, by office day, unit and item, as whole numbers that can be added and taken off. Facts
//! of days make the figures of any period ([`super::Fold`]), at the cost of that period's own days.
//!
//! What can't be added over days is kept so that it can: a completion carries how long before it the acceptance was, and
//! a warning how long before it the last one of that level was, so that a period counts those of its own; the open cases
//! at an instant are the sum of all changes before it.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::figures::{Count, Leaf};
use crate::event::Defect;
use crate::rule::Level;
use crate::stage::{Outcome, Stage};

/// The form of the facts. Stored facts of another form are made anew from the events.
pub const FACTS_FORM: i64 = 2;

/// What is open at an instant: the sum of the changes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Balance {
    /// 在办: accepted cases that aren't over.
    Open,
    /// Of these, past their promised limit.
    OpenLate,
    /// Stops and suspensions that are open.
    StopsOpen,
    /// Terms of supervision orders that are over without a reply.
    OrdersOverdue,
}

impl Balance {
    /// All balances.
    pub const ALL: [Self; 4] = [
        Self::Open,
        Self::OpenLate,
        Self::StopsOpen,
        Self::OrdersOverdue,
    ];
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// One of the plain counts.
    Count(Count),
    /// Cases that ended so.
    Outcome(Option<Outcome>),
    /// Completed cases by working days used, without the immediate ones.
    Used(u32),
    /// The same of the immediate ones.
    UsedImmediate(u32),
    /// Completed cases by the working days that a stage took.
    StageUsed(Stage, u32),
    /// Visits to a stage of completed cases.
    StageVisits(Stage),
    /// Of these, the late ones.
    StageLate(Stage),
    /// Events with something irregular.
    Defect(Defect),
    /// Completed cases by the calendar days (or months) since their acceptance.
    CompletedAfter(u32),
    /// Cases that got a warning of at least this level which stands, by the calendar days (or months) since the one before
    /// it; none if it was the first.
    Warned(Level, Option<u32>),
    /// A change of what is open. Adds up over all days before an instant.
    Change(Balance),
}

/// Kinds of measures in [`Measure::code`].
const KINDS: u64 = 16;
const STAGES: u64 = 8;
const LEVELS: u64 = 4;

impl Measure {
    /// A number of its own for storing, of form [`FACTS_FORM`].
    pub fn code(self) -> u64 {
        let (kind, bucket) = match self {
            Self::Count(count) => (0, place(Count::ALL, count)),
            Self::Outcome(None) => (1, 0),
            Self::Outcome(Some(outcome)) => (1, place(Outcome::ALL, outcome) + 1),
            Self::Used(days) => (2, u64::from(days)),
            Self::UsedImmediate(days) => (3, u64::from(days)),
            Self::StageUsed(stage, days) => {
                let days = u64::from(days);
                (4, days * STAGES + place(Stage::ALL, stage))
            }
            Self::StageVisits(stage) => (5, place(Stage::ALL, stage)),
            Self::StageLate(stage) => (6, place(Stage::ALL, stage)),
            Self::Defect(defect) => (7, place(Defect::ALL, defect)),
            Self::CompletedAfter(days) => (8, u64::from(days)),
            Self::Warned(level, gap) => {
                let gap = gap.map_or(0, |days| u64::from(days) + 1);
                (9, gap * LEVELS + place(&Level::ALL, level))
            }
            Self::Change(balance) => (10, place(&Balance::ALL, balance)),
        };
        bucket * KINDS + kind
    }

    /// Reads [`Self::code`] back; `None` if nothing has this number.
    pub fn of_code(code: u64) -> Option<Self> {
        let (kind, bucket) = (code % KINDS, code / KINDS);
        let days = |value: u64| u32::try_from(value).ok();
        Some(match kind {
            0 => Self::Count(at(Count::ALL, bucket)?),
            1 => match bucket.checked_sub(1) {
                None => Self::Outcome(None),
                Some(place) => Self::Outcome(Some(at(Outcome::ALL, place)?)),
            },
            2 => Self::Used(days(bucket)?),
            3 => Self::UsedImmediate(days(bucket)?),
            4 => Self::StageUsed(at(Stage::ALL, bucket % STAGES)?, days(bucket / STAGES)?),
            5 => Self::StageVisits(at(Stage::ALL, bucket)?),
            6 => Self::StageLate(at(Stage::ALL, bucket)?),
            7 => Self::Defect(at(Defect::ALL, bucket)?),
            8 => Self::CompletedAfter(days(bucket)?),
            9 => {
                let gap = (bucket / LEVELS).checked_sub(1);
                let gap = gap.map(|gap| days(gap).ok_or(())).transpose().ok()?;
                Self::Warned(at(&Level::ALL, bucket % LEVELS)?, gap)
            }
            10 => Self::Change(at(&Balance::ALL, bucket)?),
            _ => return None,
        })
    }

    /// Its name in exported tables, and the days or the word that it is told by, if there are any.
    pub fn name(self) -> (&'static str, Option<String>) {
        let days = |days: u32| Some(days.to_string());
        match self {
            Self::Count(count) => (count.as_str(), None),
            Self::Outcome(outcome) => {
                let word = outcome.map_or("unstated", Outcome::as_str);
                ("outcome", Some(word.to_owned()))
            }
            Self::Used(used) => ("used_working_days", days(used)),
            Self::UsedImmediate(used) => ("used_working_days_immediate", days(used)),
            Self::StageUsed(stage, used) => {
                let bucket = format!("{}/{used}", stage.as_str());
                ("stage_used_working_days", Some(bucket))
            }
            Self::StageVisits(stage) => ("stage_visits", Some(stage.as_str().to_owned())),
            Self::StageLate(stage) => ("stage_late_visits", Some(stage.as_str().to_owned())),
            Self::Defect(defect) => ("irregular", Some(defect.as_str().to_owned())),
            Self::CompletedAfter(age) => ("completed_days_after_acceptance", days(age)),
            Self::Warned(level, gap) => {
                let gap = gap.map_or_else(|| "first".to_owned(), |days| days.to_string());
                let bucket = format!("{}/{gap}", level.as_str());
                ("warned_cases_days_since", Some(bucket))
            }
            Self::Change(balance) => {
                let name = match balance {
                    Balance::Open => "open_change",
                    Balance::OpenLate => "open_late_change",
                    Balance::StopsOpen => "stops_open_change",
                    Balance::OrdersOverdue => "orders_overdue_change",
                };
                (name, None)
            }
        }
    }
}

fn place<T: PartialEq>(all: &[T], wanted: T) -> u64 {
    let found = all.iter().position(|one| *one == wanted);
    found.map_or(u64::MAX, |place| u64::try_from(place).unwrap_or(u64::MAX))
}

fn at<T: Copy>(all: &[T], place: u64) -> Option<T> {
    all.get(usize::try_from(place).ok()?).copied()
}

/// What was counted at a place on a day.
pub type Counted = BTreeMap<Measure, i64>;

/// Facts of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DailyFacts {
    days: BTreeMap<(NaiveDate, Leaf), Counted>,
}

impl DailyFacts {
    /// Counts in, or takes off what is negative. Nothing is kept of what comes to zero.
    pub fn add(&mut self, day: NaiveDate, leaf: &Leaf, measure: Measure, n: i64) {
        if n == 0 {
            return;
        }
        let counted = self.days.entry((day, leaf.clone())).or_default();
        let sum = counted.entry(measure).or_default();
        *sum += n;
        if *sum == 0 {
            counted.remove(&measure);
            if counted.is_empty() {
                self.days.remove(&(day, leaf.clone()));
            }
        }
    }

    /// Counts others in.
    pub fn merge(&mut self, others: &Self) {
        others.each(|day, leaf, measure, n| self.add(day, leaf, measure, n));
    }

    /// Takes others off: what is left leads from them to these.
    pub fn subtract(&mut self, others: &Self) {
        others.each(|day, leaf, measure, n| self.add(day, leaf, measure, -n));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// By day, unit and item.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, &Leaf, &Counted)> {
        let days = self.days.iter();
        days.map(|((day, leaf), counted)| (*day, leaf, counted))
    }

    fn each(&self, mut with: impl FnMut(NaiveDate, &Leaf, Measure, i64)) {
        for (day, leaf, counted) in self.iter() {
            for (measure, n) in counted {
                with(day, leaf, *measure, *n);
            }
        }
    }
}

/// The span that a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// An office day.
    Day,
    /// A calendar month, told by its first day.
    Month,
}

impl Grain {
    /// How many spans of this grain one day lies after another; none if it lies before it.
    pub(super) fn between(self, from: NaiveDate, to: NaiveDate) -> u32 {
        let spans = match self {
            Self::Day => (to - from).num_days(),
            Self::Month => i64::from(months(to)) - i64::from(months(from)),
        };
        u32::try_from(spans).unwrap_or(0)
    }
}

fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

/// What facts of a day are as facts of its month.
pub fn by_month(day: NaiveDate, counted: &Counted) -> Counted {
    let since = |days: u32| {
        let earlier = day.checked_sub_days(Days::new(u64::from(days)));
        earlier.map_or(u32::MAX, |earlier| Grain::Month.between(earlier, day))
    };
    let mut by_month = Counted::new();
    for (measure, n) in counted {
        let measure = match *measure {
            Measure::CompletedAfter(days) => Measure::CompletedAfter(since(days)),
            Measure::Warned(level, gap) => Measure::Warned(level, gap.map(since)),
            other => other,
        };
        *by_month.entry(measure).or_default() += n;
    }
    by_month
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UnitCode;

    #[test]
    fn codes_are_read_back_and_no_two_are_alike() {
        let mut measures: Vec<Measure> = Count::ALL.iter().map(|c| Measure::Count(*c)).collect();
        measures.push(Measure::Outcome(None));
        measures.extend(Outcome::ALL.iter().map(|o| Measure::Outcome(Some(*o))));
        measures.extend(Defect::ALL.iter().map(|d| Measure::Defect(*d)));
        measures.extend(Balance::ALL.map(Measure::Change));
        for days in [0, 1, 7, 365, u32::MAX] {
            measures.push(Measure::Used(days));
            measures.push(Measure::UsedImmediate(days));
            measures.push(Measure::CompletedAfter(days));
            measures.extend(Stage::ALL.iter().map(|s| Measure::StageUsed(*s, days)));
            measures.extend(Level::ALL.map(|level| Measure::Warned(level, Some(days))));
        }
        measures.extend(Level::ALL.map(|level| Measure::Warned(level, None)));
        measures.extend(Stage::ALL.iter().map(|s| Measure::StageVisits(*s)));
        measures.extend(Stage::ALL.iter().map(|s| Measure::StageLate(*s)));
        let mut codes: Vec<u64> = measures.iter().map(|measure| measure.code()).collect();
        for (measure, code) in measures.iter().zip(&codes) {
            assert_eq!(Measure::of_code(*code), Some(*measure));
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), measures.len());
        let mut names: Vec<_> = measures.iter().map(|measure| measure.name()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), measures.len());
        for unknown in [15, 11, 16 * 1_000, u64::MAX] {
            assert_eq!(Measure::of_code(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_comes_to_nothing_leaves_nothing() {
        let leaf: Leaf = (UnitCode::new("FGW"), None);
        let day = NaiveDate::from_ymd_opt(2011, 10, 8).unwrap();
        let mut facts = DailyFacts::default();
        facts.add(day, &leaf, Measure::Count(Count::Received), 2);
        let before = facts.clone();
        facts.add(day, &leaf, Measure::Used(3), 1);
        facts.subtract(&before);
        assert_eq!(facts.iter().count(), 1);
        facts.add(day, &leaf, Measure::Used(3), -1);
        assert!(facts.is_empty());
    }

    #[test]
    fn months_are_told_apart_by_the_calendar() {
        let day = |m, d| NaiveDate::from_ymd_opt(2011, m, d).unwrap();
        let counted: Counted = [
            (Measure::CompletedAfter(2), 1),
            (Measure::CompletedAfter(3), 1),
            (Measure::CompletedAfter(40), 1),
            (Measure::Warned(Level::Red, Some(3)), 2),
            (Measure::Warned(Level::Red, None), 4),
            (Measure::Used(40), 5),
        ]
        .into();
        let by_month = by_month(day(10, 3), &counted);
        let expected: Counted = [
            (Measure::CompletedAfter(0), 1),
            (Measure::CompletedAfter(1), 1),
            (Measure::CompletedAfter(2), 1),
            (Measure::Warned(Level::Red, Some(1)), 2),
            (Measure::Warned(Level::Red, None), 4),
            (Measure::Used(40), 5),
        ]
        .into();
        assert_eq!(by_month, expected);
        assert_eq!(Grain::Month.between(day(8, 31), day(10, 1)), 2);
        assert_eq!(Grain::Day.between(day(8, 31), day(10, 1)), 31);
        assert_eq!(Grain::Day.between(day(10, 1), day(8, 31)), 0);
    }
}
