//! The first run: so many cases, none late, as many completed by the end as were published.

use std::sync::Arc;

use approval::Refusal;
use approval::books::Books;
use approval::item::{Item, ItemKind};
use approval::stage::Stage;
use calendar::Term;
use chrono::NaiveDate;

use super::course::{Course, Ending, Pace, text};
use super::desk::Desk;
use super::dice::Dice;
use super::office::Slot;
use super::plan::Plan;
use super::scenario::{Scenario, wrong};
use crate::error::EngineError;

/// The group of the cases in which nothing is late.
pub(super) const QUIET: &str = "quiet";

/// A case as it was drawn, before it is made to fit.
struct Drawn<'d> {
    dice: Dice,
    item: Arc<Item>,
    received: Slot,
    course: Course<'d>,
}

/// Plans the first run.
///
/// # Errors
/// A scenario whose counts can't be met, unknown codes, a day outside the calendar.
pub fn plan(scenario: &Scenario, books: &Books) -> Result<Plan, EngineError> {
    let by_code = |code: &str| scenario.item_weights_by_code.get(code).copied();
    let desk = Desk::new(scenario, books, &scenario.item_weights, by_code)?;
    let days = desk.office.days(scenario.from, scenario.to)?;
    let root = Dice::new(scenario.seed);
    let mut drawn = Vec::new();
    for number in 0..scenario.accepted {
        let mut dice = root.fork(number.into());
        let received = desk.arrival(&mut dice, &days)?;
        let item = desk.item(&mut dice, None, |_| true)?;
        let course = natural(&desk, dice.clone(), &item, received, None)?;
        drawn.push(Drawn {
            dice,
            item,
            received,
            course,
        });
    }
    fit(&desk, &days, &mut drawn)?;
    let mut plan = Plan {
        from: books.calendar.start_of(scenario.from),
        until: desk.office.closing(last(&days)?)?,
        subjects: drawn.into_iter().map(|d| d.course.planned(QUIET)).collect(),
    };
    plan.cut();
    let year = scenario.from.format("%Y").to_string();
    plan.number_documents(&year, &[]);
    Ok(plan)
}

fn last(days: &[NaiveDate]) -> Result<NaiveDate, EngineError> {
    let message = "from 与 to 之间没有工作日 / no working day from `from` to `to`";
    days.last()
        .copied()
        .ok_or_else(|| wrong("scenario.toml", message))
}

/// A case in which nothing goes wrong, over on `finish_by` at the latest.
pub(super) fn natural<'d>(
    desk: &'d Desk<'d>,
    dice: Dice,
    item: &Arc<Item>,
    received: Slot,
    finish_by: Option<NaiveDate>,
) -> Result<Course<'d>, Refusal> {
    let scenario = desk.scenario;
    let mut course = Course::receive(desk, dice, Arc::clone(item), received)?;
    course.finish_by = finish_by;
    let next_day = course.dice.chance(scenario.habits.accepted_next_day_share);
    let refused = course.dice.chance(scenario.outcomes.refused);
    if refused && item.kind != ItemKind::Forwarded {
        let reason = text(&mut course.dice, &scenario.reasons.refused);
        course.ending = Ending::Refused(reason);
    }
    // What is promised for the same day can't wait, nor what must be accepted inside the period.
    let same_day = item.promised == Some(Term::WorkingDays(0));
    let ends = received.day >= scenario.to || finish_by.is_some_and(|by| by <= received.day);
    if next_day && !same_day && !ends {
        let mut slot = course.on(received.day, 1)?;
        if slot.day > scenario.to {
            slot = received;
        }
        course.accept(slot)?;
    } else {
        course.accept_soon()?;
    }
    course.stages(Stage::Handling, Pace::Drawn)?;
    course.deliver()?;
    Ok(course)
}

/// When the case is completed: the end of its last visit.
fn completed_at(course: &Course<'_>) -> Slot {
    course.at
}

/// Hastens or slows cases so that exactly as many are completed as the scenario says.
fn fit<'d>(
    desk: &'d Desk<'d>,
    days: &[NaiveDate],
    drawn: &mut [Drawn<'d>],
) -> Result<(), EngineError> {
    let scenario = desk.scenario;
    let to = last(days)?;
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    order.sort_by_key(|i| (completed_at(&drawn[*i].course), *i));
    let (over, open): (Vec<usize>, Vec<usize>) = order
        .into_iter()
        .partition(|i| completed_at(&drawn[*i].course).day <= to);
    let wanted = usize::try_from(scenario.fit.open_at_end).unwrap_or(usize::MAX);
    if open.len() > wanted {
        for place in open.iter().take(open.len() - wanted) {
            hasten(desk, days, &mut drawn[*place])?;
        }
        return Ok(());
    }
    let mut missing = wanted - open.len();
    let least = scenario.fit.open_due_working_days_after_to;
    let due_from = desk.office.after(to, least)?;
    for place in over.iter().rev() {
        if missing == 0 {
            break;
        }
        missing -= usize::from(slow(&mut drawn[*place], to, due_from)?);
    }
    let message = "办件不足以留下 open_at_end 件在办 / too few cases can be left open at the end";
    if missing == 0 {
        Ok(())
    } else {
        Err(wrong("scenario.toml", message))
    }
}

fn hasten<'d>(
    desk: &'d Desk<'d>,
    days: &[NaiveDate],
    drawn: &mut Drawn<'d>,
) -> Result<(), Refusal> {
    let window = desk.scenario.fit.hasten_into_last_working_days.max(1);
    let window = usize::try_from(window).unwrap_or(1).min(days.len());
    let last_days = &days[days.len() - window..];
    let mut dice = drawn.dice.fork(u64::MAX);
    let chosen = dice.one_of(last_days).copied();
    let by = chosen.unwrap_or(desk.scenario.to).max(drawn.received.day);
    let dice = drawn.dice.clone();
    drawn.course = natural(desk, dice, &drawn.item, drawn.received, Some(by))?;
    Ok(())
}

/// Lets the last stage that can wait end after the period. False if none can.
fn slow(drawn: &mut Drawn<'_>, to: NaiveDate, due_from: NaiveDate) -> Result<bool, Refusal> {
    let course = &mut drawn.course;
    if course.promised_due()? < due_from || completed_at(course).day > to {
        return Ok(false);
    }
    let waiting = course.visits.iter().rev().find(|v| v.due_on >= due_from);
    let Some(first_step) = waiting.map(|v| v.first_step) else {
        return Ok(false);
    };
    course.steps.truncate(first_step);
    Ok(true)
}
