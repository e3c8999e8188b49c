//! The second run: every kind of lapse, group by group. This file has the limits that are missed; what
//! applicants and organs do on the way is in `lapses_on_the_way`, recording and inspection in `lapses_recorded`.

use approval::books::Books;
use approval::item::{Item, ItemKind};
use approval::stage::Stage;
use calendar::Term;
use chrono::NaiveDate;

use super::course::{Course, Pace};
use super::desk::Desk;
use super::dice::Dice;
use super::lapses_file::{Lapses, Late, LateStage, LateStatutory};
use super::office::Slot;
use super::plan::{Plan, PlannedSubject};
use super::quiet::{QUIET, natural};
use super::scenario::{Range, Scenario};
use crate::error::EngineError;

/// Accepted by silence.
pub(super) const DEEMED: &str = "deemed_acceptance";
/// A stage past its limit.
const LATE_STAGE: &str = "late_stage";
/// Past the promised limit.
const LATE_PROMISED: &str = "late_promised";
/// Past the statutory limit.
const LATE_STATUTORY: &str = "late_statutory";
/// An extension that came after the promised limit.
pub(super) const EXTENDED_LATE: &str = "extended_after_promised";
/// Recorded after the limit although it happened before.
pub(super) const RECORDED_LATE: &str = "recorded_after_limit";

/// Groups whose cases get a yellow card and no red one.
pub(super) const YELLOW: [&str; 4] = [LATE_STAGE, LATE_PROMISED, EXTENDED_LATE, RECORDED_LATE];
/// Groups whose cases get a red card.
pub(super) const RED: [&str; 1] = [LATE_STATUTORY];

/// The second run in the making.
pub(super) struct Maker<'d> {
    pub(super) desk: &'d Desk<'d>,
    pub(super) lapses: &'d Lapses,
    pub(super) days: &'d [NaiveDate],
    pub(super) subjects: Vec<PlannedSubject>,
    /// The places of the cases with a red card and the last day of their statutory limit.
    pub(super) red: Vec<(usize, NaiveDate)>,
    root: Dice,
}

/// Which cases a group is made of.
#[derive(Clone, Copy)]
pub(super) struct Pick<'a> {
    /// Units in turn; none: any, by weight.
    pub(super) units: &'a [String],
    /// First day of receipt.
    pub(super) from: NaiveDate,
    /// Last day of receipt.
    pub(super) by: NaiveDate,
}

/// Plans the second run.
///
/// # Errors
/// A scenario that can't be met, unknown codes, a day outside the calendar.
pub fn plan(scenario: &Scenario, lapses: &Lapses, books: &Books) -> Result<Plan, EngineError> {
    // The period is this run's; everything else is the first run's.
    let scenario = &Scenario {
        from: lapses.from,
        to: lapses.to,
        ..scenario.clone()
    };
    let desk = Desk::new(scenario, books, &lapses.item_weights, |_| None)?;
    let days = desk.office.days(lapses.from, lapses.to)?;
    let mut maker = Maker {
        desk: &desk,
        lapses,
        days: &days,
        subjects: Vec::new(),
        red: Vec::new(),
        root: Dice::new(lapses.seed),
    };
    maker.late_stages(&lapses.late_stage)?;
    maker.late_promised(&lapses.late_promised)?;
    maker.late_statutory(&lapses.late_statutory)?;
    maker.stops(&lapses.stops)?;
    maker.corrections(&lapses.corrections)?;
    maker.deemed(&lapses.deemed_acceptance)?;
    maker.extensions(&lapses.extensions)?;
    maker.send_backs(&lapses.send_backs)?;
    maker.withdrawals(&lapses.withdrawals)?;
    maker.refusals(&lapses.refusals)?;
    maker.send_outs(&lapses.send_outs)?;
    maker.late_recording(&lapses.late_recording)?;
    maker.outage(&lapses.outage)?;
    maker.irregular(&lapses.irregular)?;
    maker.annulments(&lapses.annulments)?;
    maker.the_rest()?;
    maker.orders(&lapses.inspectors)?;
    let closing = days.last().copied().unwrap_or(lapses.to);
    let mut plan = Plan {
        from: books.calendar.start_of(lapses.from),
        until: desk.office.closing(closing)?,
        subjects: maker.subjects,
    };
    plan.cut();
    let year = lapses.from.format("%Y").to_string();
    let units = &lapses.irregular.number_gap_units;
    let gaps = units.iter().cycle().map(String::as_str);
    let count = usize::try_from(lapses.irregular.number_gaps).unwrap_or(0);
    plan.number_documents(&year, &gaps.take(count).collect::<Vec<_>>());
    Ok(plan)
}

/// A limit in working days; other units never fit.
fn working_days(term: Option<Term>) -> u32 {
    match term {
        Some(Term::WorkingDays(n)) => n,
        _ => 0,
    }
}

/// The promised limit of an item in working days.
pub(super) fn promised_days(item: &Item) -> u32 {
    working_days(item.promised)
}

/// The statutory limit of an item in working days.
pub(super) fn statutory_days(item: &Item) -> u32 {
    working_days(item.statutory)
}

/// A committed item with a promised limit in a range and stages long enough for something to happen in them.
pub(super) fn committed(item: &Item, promised: Range) -> bool {
    item.kind == ItemKind::Committed && promised.holds(promised_days(item))
}

/// The limit of the handling stage.
pub(super) fn handling_days(item: &Item) -> u32 {
    item.stages.handling.unwrap_or(0)
}

impl<'d> Maker<'d> {
    /// The stream of the next case.
    pub(super) fn dice(&self) -> Dice {
        self.root.fork(self.subjects.len() as u64)
    }

    /// The next case of a group, received but not yet accepted. `turn` is its number in the group.
    pub(super) fn open(
        &self,
        pick: Pick<'_>,
        turn: u32,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Course<'d>, EngineError> {
        let mut dice = self.dice();
        let days: Vec<NaiveDate> = self
            .days
            .iter()
            .copied()
            .filter(|d| pick.from <= *d && *d <= pick.by)
            .collect();
        let received = self.desk.arrival(&mut dice, &days)?;
        self.open_at(pick, turn, received, dice, fits)
    }

    /// The same, received at a certain slot.
    pub(super) fn open_at(
        &self,
        pick: Pick<'_>,
        turn: u32,
        received: Slot,
        mut dice: Dice,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Course<'d>, EngineError> {
        let place = usize::try_from(turn).unwrap_or(0) % pick.units.len().max(1);
        let unit = pick.units.get(place).map(String::as_str);
        let item = self.desk.item(&mut dice, unit, fits)?;
        Ok(Course::receive(self.desk, dice, item, received)?)
    }

    /// Any unit, received from the beginning of the run to a day.
    pub(super) fn any_by(&self, by: NaiveDate) -> Pick<'static> {
        Pick {
            units: &[],
            from: self.lapses.from,
            by,
        }
    }

    /// Keeps a finished case.
    pub(super) fn keep(&mut self, group: &'static str, course: Course<'_>) {
        self.subjects.push(course.planned(group));
    }

    fn late_stages(&mut self, group: &LateStage) -> Result<(), EngineError> {
        let by = group.by_stage;
        let late = [
            (Stage::Handling, by.handling),
            (Stage::Review, by.review),
            (Stage::Approval, by.approval),
            (Stage::Completion, by.completion),
        ];
        for (stage, cases) in late {
            for turn in 0..cases {
                let pick = self.any_by(group.received_by);
                // A stage of less than a day would be late the same evening: nothing to see in it.
                let fits = |item: &Item| {
                    committed(item, group.promised) && item.stages.of(stage).unwrap_or(0) > 0
                };
                let mut course = self.open(pick, turn, fits)?;
                course.accept_soon()?;
                course.stages_before(Stage::Handling, stage, Pace::Quick)?;
                let over = course
                    .dice
                    .between(group.over_days.least, group.over_days.most);
                let due = course.stage_due(stage, None)?;
                let promised = course.promised_due()?;
                let mut end = course.on(due, over)?;
                if end.day > promised {
                    end.day = promised;
                }
                course.complete(stage, end)?;
                if let Some(next) = stage.next() {
                    course.stages(next, Pace::Quick)?;
                }
                course.deliver()?;
                self.keep(LATE_STAGE, course);
            }
        }
        Ok(())
    }

    fn late_promised(&mut self, group: &Late) -> Result<(), EngineError> {
        let statutory_of_open = statutory_reaching(self.desk, group.received_by, self.lapses.to)?;
        for turn in 0..group.cases {
            let stays_open = turn < group.open_at_end;
            let mut pick = self.any_by(group.received_by);
            if stays_open {
                // Late, but inside the statutory limit to the end: received on the last days possible.
                pick.from = group.received_by;
            }
            let least = if stays_open { statutory_of_open } else { 0 };
            let fits = |item: &Item| {
                let slack = statutory_days(item).saturating_sub(promised_days(item));
                committed(item, group.promised) && slack > 0 && statutory_days(item) >= least
            };
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            if !stays_open {
                let slack = statutory_days(&course.item) - promised_days(&course.item);
                let most = group.over_days.most.min(slack);
                let over = course.dice.between(group.over_days.least.min(most), most);
                let promised = course.promised_due()?;
                let end = course.on(promised, over)?;
                course.complete(Stage::Handling, end)?;
                course.stages(Stage::Review, Pace::SameDay)?;
                course.deliver()?;
            }
            self.keep(LATE_PROMISED, course);
        }
        Ok(())
    }

    fn late_statutory(&mut self, group: &LateStatutory) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let pick = self.any_by(group.received_by);
            let fits = |item: &Item| {
                item.kind == ItemKind::Committed
                    && group.statutory.holds(statutory_days(item))
                    && (!group.promised_less_than_statutory
                        || promised_days(item) < statutory_days(item))
            };
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            let statutory = course.statutory_due()?;
            if turn >= group.open_at_end {
                let over = course
                    .dice
                    .between(group.over_days.least, group.over_days.most);
                let end = course.on(statutory, over)?;
                course.complete(Stage::Handling, end)?;
                course.stages(Stage::Review, Pace::SameDay)?;
                course.deliver()?;
            }
            self.red.push((self.subjects.len(), statutory));
            self.keep(LATE_STATUTORY, course);
        }
        Ok(())
    }

    /// The cases in none of the groups, as quiet as in the first run.
    fn the_rest(&mut self) -> Result<(), EngineError> {
        let rest = self.lapses.cases - self.lapses.cases_with_lapse;
        for _ in 0..rest {
            let mut dice = self.dice();
            let received = self.desk.arrival(&mut dice, self.days)?;
            let item = self.desk.item(&mut dice, None, |_| true)?;
            let course = natural(self.desk, dice, &item, received, None)?;
            self.keep(QUIET, course);
        }
        Ok(())
    }
}

/// The least statutory limit with which a case received on a day isn't past it by the end of another.
fn statutory_reaching(
    desk: &Desk<'_>,
    received: NaiveDate,
    to: NaiveDate,
) -> Result<u32, EngineError> {
    let days = desk.office.days(received, to)?.len().saturating_sub(1);
    Ok(u32::try_from(days).unwrap_or(u32::MAX))
}
