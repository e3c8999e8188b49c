//! From the facts of days to the figures of periods: of several at once, since a period is shown beside others.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::daily::{Balance, DailyFacts, Grain, Measure};
use super::figures::{Count, CountSums, Figures, Leaf, Sheet};
use crate::rule::Level;

/// Numbers that are kept before those of one measure are put together.
const LOOSE_NUMBERS: usize = 256;

/// Adds the facts of days up to the figures of periods. Wanted are the facts of a period's own days, and the changes of
/// what is open on all days before; any sum of days will do for the latter.
#[derive(Clone, Debug)]
pub struct Fold {
    /// First and last day of each period.
    periods: Vec<(NaiveDate, NaiveDate)>,
    /// By place, the sums of each period.
    leaves: BTreeMap<Leaf, Vec<Sums>>,
}

impl Fold {
    /// Of periods, each from its first to its last day.
    pub const fn new(periods: Vec<(NaiveDate, NaiveDate)>) -> Self {
        Self {
            periods,
            leaves: BTreeMap::new(),
        }
    }

    /// Adds facts of a span at a place to the periods that take it. Spans after a period count for nothing, those before
    /// for what is open. Months are for periods that consist of them.
    pub fn add(
        &mut self,
        grain: Grain,
        start: NaiveDate,
        leaf: &Leaf,
        counted: &[(Measure, i64)],
        takes: impl Fn(NaiveDate, NaiveDate) -> bool,
    ) {
        let taken = |(first, last): (NaiveDate, NaiveDate)| start <= last && takes(first, last);
        if !self.periods.iter().any(|period| taken(*period)) {
            return;
        }
        if !self.leaves.contains_key(leaf) {
            let none = vec![Sums::default(); self.periods.len()];
            self.leaves.insert(leaf.clone(), none);
        }
        let Some(all) = self.leaves.get_mut(leaf) else {
            return;
        };
        for (period, sums) in self.periods.iter().zip(all) {
            if taken(*period) {
                sums.add((grain, start), period.0, counted);
            }
        }
    }

    /// Adds facts of days to all periods.
    pub fn add_all(&mut self, facts: &DailyFacts) {
        for (day, leaf, counted) in facts.iter() {
            let counted: Vec<(Measure, i64)> = counted.iter().map(|(m, n)| (*m, *n)).collect();
            self.add(Grain::Day, day, leaf, &counted, |_, _| true);
        }
    }

    /// A place at which less than nothing was counted: then the facts aren't those of the record.
    pub fn negative(&mut self) -> Option<&Leaf> {
        let leaves = self.leaves.iter_mut();
        let mut found = leaves.filter_map(|(leaf, all)| {
            let is_negative = all.iter_mut().any(Sums::is_negative);
            is_negative.then_some(leaf)
        });
        found.next()
    }

    /// The figures of each period. Places at which nothing was counted are not in it.
    pub fn sheets(self) -> Vec<Sheet> {
        let mut sheets = vec![Sheet::default(); self.periods.len()];
        for ((unit, item), all) in self.leaves {
            for (sheet, sums) in sheets.iter_mut().zip(all) {
                let figures = sums.figures();
                if figures != Figures::default() {
                    *sheet.at(&unit, item.as_ref()) = figures;
                }
            }
        }
        sheets
    }
}

/// Sums of one place in a period.
#[derive(Clone, Debug, Default)]
struct Sums {
    counts: CountSums,
    /// Cases by the least level of their highest warning of the period.
    warned: BTreeMap<Level, i64>,
    others: Numbers,
}

impl Sums {
    fn add(
        &mut self,
        (grain, start): (Grain, NaiveDate),
        first: NaiveDate,
        counted: &[(Measure, i64)],
    ) {
        let before = start < first;
        // Whether something so long ago was within the period.
        let passed = grain.between(first, start);
        let within = |age: u32| age <= passed;
        for (measure, n) in counted {
            match *measure {
                Measure::Change(balance) => {
                    if before && balance == Balance::Open {
                        self.counts.add(Count::OpenAtStart, *n);
                    }
                    self.counts.add(at_end(balance), *n);
                }
                _ if before => {}
                Measure::Count(count) => self.counts.add(count, *n),
                Measure::CompletedAfter(age) => {
                    if within(age) {
                        self.counts.add(Count::CohortCompleted, *n);
                    }
                }
                Measure::Warned(level, gap) => {
                    if !gap.is_some_and(within) {
                        *self.warned.entry(level).or_default() += n;
                    }
                }
                other => self.others.add(other, *n),
            }
        }
    }

    fn is_negative(&mut self) -> bool {
        self.others.put_together();
        let others = self.others.pairs.iter().map(|(_, n)| n);
        let mut counted = self.warned.values().chain(others);
        self.counts.has_negative() || counted.any(|n| *n < 0)
    }

    fn figures(mut self) -> Figures {
        self.others.put_together();
        let warned = |level| self.warned.get(&level).copied().unwrap_or(0);
        let cards = [
            (
                Count::NoticeCases,
                warned(Level::Notice) - warned(Level::Yellow),
            ),
            (
                Count::YellowCards,
                warned(Level::Yellow) - warned(Level::Red),
            ),
            (Count::RedCards, warned(Level::Red)),
        ];
        for (count, n) in cards {
            self.counts.add(count, n);
        }
        let mut figures = Figures {
            counts: self.counts.counts(natural),
            ..Figures::default()
        };
        for (measure, n) in self.others.pairs {
            let n = natural(n);
            if n > 0 {
                tell(&mut figures, measure, n);
            }
        }
        figures
    }
}

/// Numbers by their measures. They come in long rows, each in its own order, and are looked at once, at the end: so they
/// are sorted from time to time and not with each number.
#[derive(Clone, Debug, Default)]
struct Numbers {
    pairs: Vec<(Measure, i64)>,
    /// How many there were when they were last put together.
    together: usize,
}

impl Numbers {
    fn add(&mut self, measure: Measure, n: i64) {
        self.pairs.push((measure, n));
        if self.pairs.len() > self.together.saturating_mul(2).max(LOOSE_NUMBERS) {
            self.put_together();
        }
    }

    fn put_together(&mut self) {
        self.pairs.sort_unstable_by_key(|(measure, _)| *measure);
        self.pairs.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        self.together = self.pairs.len();
    }
}

const fn at_end(balance: Balance) -> Count {
    match balance {
        Balance::Open => Count::OpenAtEnd,
        Balance::OpenLate => Count::OpenLate,
        Balance::StopsOpen => Count::StopsOpenAtEnd,
        Balance::OrdersOverdue => Count::OrdersOverdue,
    }
}

fn tell(figures: &mut Figures, measure: Measure, n: u64) {
    match measure {
        Measure::Outcome(outcome) => *figures.outcomes.entry(outcome).or_default() += n,
        Measure::Used(days) => figures.used.add_cases(u64::from(days), n),
        Measure::UsedImmediate(days) => figures.used_immediate.add_cases(u64::from(days), n),
        Measure::StageUsed(stage, days) => {
            let own = figures.stages.entry(stage).or_default();
            own.used.add_cases(u64::from(days), n);
        }
        Measure::StageVisits(stage) => figures.stages.entry(stage).or_default().visits += n,
        Measure::StageLate(stage) => figures.stages.entry(stage).or_default().late_visits += n,
        Measure::Defect(defect) => *figures.defects.entry(defect).or_default() += n,
        // Counted with the plain ones.
        Measure::Count(_)
        | Measure::CompletedAfter(_)
        | Measure::Warned(..)
        | Measure::Change(_) => {}
    }
}

/// A count that is never below zero ([`Fold::negative`] tells where the sums say otherwise).
fn natural(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UnitCode;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2011, month, day).unwrap()
    }

    #[test]
    fn less_than_nothing_is_seen() {
        let leaf: Leaf = (UnitCode::new("FGW"), None);
        let day = day(10, 8);
        for measure in [Measure::Count(Count::Received), Measure::Used(3)] {
            let mut fold = Fold::new(vec![(day, day)]);
            fold.add(Grain::Day, day, &leaf, &[(measure, -1)], |_, _| true);
            assert_eq!(fold.negative(), Some(&leaf));
            assert_eq!(fold.clone().sheets(), [Sheet::default()]);
            // What is taken off in one row and counted in by another one is nothing.
            fold.add(Grain::Day, day, &leaf, &[(measure, 1)], |_, _| true);
            assert_eq!(fold.negative(), None);
            assert_eq!(fold.sheets(), [Sheet::default()]);
        }
    }

    #[test]
    fn a_span_counts_for_the_periods_that_take_it() {
        let leaf: Leaf = (UnitCode::new("FGW"), None);
        let periods = vec![(day(9, 1), day(9, 30)), (day(10, 1), day(10, 31))];
        let mut fold = Fold::new(periods);
        let counted = [
            (Measure::Change(Balance::Open), 2),
            (Measure::Count(Count::Accepted), 3),
            (Measure::Used(4), 1),
        ];
        // Of the last month only what is open is taken over; what comes after a period isn't taken.
        for month in [9, 10] {
            let start = day(month, 1);
            fold.add(Grain::Month, start, &leaf, &counted, |_, _| true);
        }
        fold.add(Grain::Month, day(10, 1), &leaf, &counted, |_, last| {
            last == day(9, 30)
        });
        let sheets = fold.sheets();
        let totals: Vec<Figures> = sheets.iter().map(Sheet::total).collect();
        let told: Vec<_> = totals
            .iter()
            .map(|f| {
                (
                    f.counts.open_at_start,
                    f.counts.open_at_end,
                    f.counts.accepted,
                )
            })
            .collect();
        assert_eq!(told, [(0, 2, 3), (2, 4, 3)]);
        assert!(totals.iter().all(|f| f.used.iter().eq([(4, 1)])));
    }

    #[test]
    fn many_rows_of_one_place_come_to_the_same_numbers() {
        let leaf: Leaf = (UnitCode::new("FGW"), None);
        let mut fold = Fold::new(vec![(day(10, 1), day(10, 31))]);
        for row in 0..500_u32 {
            // In no order, so that sorting is needed.
            let counted = [9, 2, 7, 2].map(|used| (Measure::Used(used + row % 3), 1));
            fold.add(Grain::Day, day(10, 8), &leaf, &counted, |_, _| true);
        }
        let total = fold.sheets().first().map(Sheet::total).unwrap_or_default();
        let found: Vec<(u64, u64)> = total.used.iter().collect();
        // 167, 167 and 166 rows have 0, 1 and 2 more.
        assert_eq!(
            found,
            [
                (2, 334),
                (3, 334),
                (4, 332),
                (7, 167),
                (8, 167),
                (9, 333),
                (10, 167),
                (11, 166)
            ]
        );
    }
}
