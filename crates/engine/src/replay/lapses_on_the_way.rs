//! What applicants and organs do on the way: stops, corrections, extensions, send-backs, withdrawals, opinions.

use approval::command::Command;
use approval::ids::UnitCode;
use approval::item::{Item, ItemKind};
use approval::stage::{Outcome, Stage};
use calendar::{Interval, Term};

use super::course::{Course, Ending, Pace, text};
use super::lapses::{
    DEEMED, EXTENDED_LATE, Maker, Pick, committed, handling_days, promised_days, statutory_days,
};
use super::lapses_file::{
    Corrections, DeemedAcceptance, Extensions, Refusals, SendBacks, SendOuts, StopGroup, Stops,
    Withdrawals,
};
use super::office::Slot;
use super::plan::Deed;
use super::scenario::Range;
use crate::error::EngineError;

/// Items whose handling leaves room for something to happen in it.
const ROOMY: u32 = 4;
/// Items on which a correction or a withdrawal can be told from the rest.
const NOT_SHORT: Range = Range {
    least: 10,
    most: u32::MAX,
};

impl Maker<'_> {
    pub(super) fn stops(&mut self, group: &Stops) -> Result<(), EngineError> {
        let mut number = 0;
        for procedure in &group.procedure {
            for turn in 0..procedure.cases {
                let pick = Pick {
                    units: &procedure.units,
                    ..self.any_by(group.received_by)
                };
                let fits =
                    |item: &Item| item.kind == ItemKind::Committed && handling_days(item) >= ROOMY;
                let mut course = self.open(pick, turn, fits)?;
                // The kinds don't overlap: first those without notice, then those that stay open.
                let without = turn < procedure.without_notice;
                let left = procedure.cases - turn;
                let stays_open = left <= procedure.open_at_end;
                let over = !stays_open && left <= procedure.open_at_end + procedure.over_term;
                let notice = (!without).then(|| {
                    number += 1;
                    format!("{}{number}号", group.notice_prefix)
                });
                stopped(&mut course, group, procedure, notice, over, stays_open)?;
                self.keep("stops", course);
            }
        }
        Ok(())
    }

    pub(super) fn corrections(&mut self, group: &Corrections) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let pick = self.any_by(group.received_by);
            let mut course = self.open(pick, turn, |item| committed(item, NOT_SHORT))?;
            let second = turn < group.second_notice;
            let never = !second && turn < group.second_notice + group.never_supplied;
            correct(&mut course, group, group.notice_after_working_days)?;
            if never {
                let slot = course.on(course.at.day, group.returned_after_working_days)?;
                let reason = "逾期未补正，退回申请材料".to_owned();
                course.act(
                    Stage::Acceptance,
                    slot,
                    closing(Outcome::Returned, reason, None),
                )?;
                self.keep("corrections", course);
                continue;
            }
            supply(&mut course, group.supplied_after_working_days)?;
            course.day0 = course.at;
            if second {
                correct(&mut course, group, Range { least: 1, most: 1 })?;
                supply(&mut course, Range { least: 1, most: 3 })?;
            }
            course.accept_soon()?;
            course.stages(Stage::Handling, Pace::Drawn)?;
            course.deliver()?;
            self.keep("corrections", course);
        }
        Ok(())
    }

    pub(super) fn deemed(&mut self, group: &DeemedAcceptance) -> Result<(), EngineError> {
        let units = [group.unit.clone()];
        let pick = Pick {
            units: &units,
            from: group.received_on,
            by: group.received_on,
        };
        for turn in 0..group.cases {
            let mut course = self.open(pick, turn, |item| {
                committed(item, group.promised) && handling_days(item) >= ROOMY
            })?;
            let office = self.desk.office;
            let acceptance = self.acceptance_days(&course)?;
            let deemed_on = office.after(group.received_on, acceptance)?;
            // The program accepts it at the end of that day; handling takes it up later.
            course.at = Slot {
                day: deemed_on.succ_opt().unwrap_or(deemed_on),
                minute: 0,
            };
            let due = course.stage_due(Stage::Handling, None)?;
            let taken_up = group.handling_takes_up_after_working_days;
            let days = course.dice.between(taken_up, taken_up + 2);
            let mut end = course.on(deemed_on, days)?;
            end.day = end.day.min(due);
            course.complete(Stage::Handling, end)?;
            course.stages(Stage::Review, Pace::Quick)?;
            course.deliver()?;
            self.keep(DEEMED, course);
        }
        Ok(())
    }

    /// The period of art. 32 under the rules in force.
    fn acceptance_days(&self, course: &Course<'_>) -> Result<u32, EngineError> {
        let at = self.desk.office.instant(course.at)?;
        let rules = self.desk.books.rules_at(at);
        Ok(match rules.map(|set| set.periods.acceptance) {
            Some(Term::WorkingDays(n)) => n,
            _ => 5,
        })
    }

    pub(super) fn extensions(&mut self, group: &Extensions) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let joint = turn < group.joint;
            let late = !joint && turn < group.joint + group.after_promised;
            let without = group.cases - turn <= group.without_notice;
            let pick = self.any_by(group.received_by);
            let fits = |item: &Item| {
                let slack = statutory_days(item).saturating_sub(promised_days(item));
                if joint {
                    item.kind == ItemKind::Joint
                } else {
                    committed(item, group.promised)
                        && handling_days(item) >= 2
                        && (!late || slack >= 3)
                }
            };
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            let extra = if joint {
                group.joint_working_days
            } else {
                let days = group.working_days;
                course.dice.between(days.least, days.most)
            };
            let slot = if late {
                let promised = course.promised_due()?;
                course.on(promised, 1)?
            } else {
                course.on(course.at.day, 1)?
            };
            let before = course.stage_due(Stage::Handling, None)?;
            let head = self.desk.head(&course.item.unit);
            let notice = (!without).then(|| format!("焦延告〔2011〕{}号", turn + 1));
            let command = Command::Extend {
                working_days: extra,
                approver: head.map(|p| p.as_str().to_owned()).unwrap_or_default(),
                reason: text(&mut course.dice, &group.reasons),
                notice,
            };
            course.act(Stage::Handling, slot, command)?;
            course.extension = Some(extra);
            course.extended_after_promised = late;
            if late {
                let end = course.on(slot.day, 1)?;
                course.complete(Stage::Handling, end)?;
                course.stages(Stage::Review, Pace::SameDay)?;
            } else {
                // The stage uses up to half of what was added, so that the rest stays inside the promise.
                let used = course.dice.between(1, (extra / 2).max(1));
                let end = course.on(before, used)?;
                course.complete(Stage::Handling, end)?;
                course.stages(Stage::Review, Pace::Drawn)?;
            }
            course.deliver()?;
            let group_name = if late { EXTENDED_LATE } else { "extensions" };
            self.keep(group_name, course);
        }
        Ok(())
    }

    pub(super) fn send_backs(&mut self, group: &SendBacks) -> Result<(), EngineError> {
        let ways = [
            (Stage::Review, Stage::Handling, group.review_to_handling),
            (Stage::Approval, Stage::Review, group.approval_to_review),
            (Stage::Approval, Stage::Handling, group.approval_to_handling),
        ];
        for (from, to, cases) in ways {
            for turn in 0..cases {
                let pick = self.any_by(group.received_by);
                let mut course = self.open(pick, turn, |item| committed(item, group.promised))?;
                course.accept_soon()?;
                course.stages_before(Stage::Handling, from, Pace::Quick)?;
                let slot = course.soon()?;
                let reason = text(&mut course.dice, &group.reasons);
                course.act(from, slot, Command::SendBack { to, reason })?;
                course.at = slot;
                course.stages(to, Pace::Quick)?;
                course.deliver()?;
                self.keep("send_backs", course);
            }
        }
        Ok(())
    }

    pub(super) fn withdrawals(&mut self, group: &Withdrawals) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let pick = self.any_by(self.withdrawn_by(group)?);
            let fits = |item: &Item| {
                committed(item, NOT_SHORT) && handling_days(item) > group.after_working_days.most
            };
            let mut course = self.open(pick, turn, fits)?;
            let before = turn < group.before_acceptance;
            let ended = turn >= group.before_acceptance + group.after_acceptance;
            let range = group.after_working_days;
            // Before acceptance it must come inside the five days of art. 32.
            let most = if before {
                range.most.min(4)
            } else {
                range.most
            };
            let days = course.dice.between(range.least, most);
            if !before {
                course.accept_soon()?;
            }
            let slot = course.on(course.at.day, days)?;
            let command = if ended {
                let reason = text(&mut course.dice, &group.reasons_ended);
                let basis = "《中华人民共和国行政许可法》第七十条".to_owned();
                closing(Outcome::Ended, reason, Some(basis))
            } else {
                let reason = text(&mut course.dice, &group.reasons_withdrawn);
                closing(Outcome::Withdrawn, reason, None)
            };
            let post = if before {
                Stage::Acceptance
            } else {
                Stage::Handling
            };
            course.act(post, slot, command)?;
            self.keep("withdrawals", course);
        }
        Ok(())
    }

    fn withdrawn_by(&self, group: &Withdrawals) -> Result<chrono::NaiveDate, EngineError> {
        let back = usize::try_from(group.after_working_days.most).unwrap_or(0);
        let place = self.days.len().saturating_sub(back + 1);
        Ok(self.days.get(place).copied().unwrap_or(self.lapses.to))
    }

    pub(super) fn refusals(&mut self, group: &Refusals) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let decided = turn >= group.not_accepted + group.not_needed;
            let by = self.withdrawn_by(&self.lapses.withdrawals)?;
            let pick = self.any_by(by);
            let mut course = self.open(pick, turn, |item| committed(item, NOT_SHORT))?;
            if decided {
                let reason = text(&mut course.dice, &group.reasons_refused);
                course.ending = Ending::Refused(reason);
                course.accept_soon()?;
                course.stages(Stage::Handling, Pace::Quick)?;
            } else {
                let days = course.dice.between(1, 3);
                let slot = course.on(course.at.day, days)?;
                let command = if turn < group.not_accepted {
                    let reason = text(&mut course.dice, &group.reasons_not_accepted);
                    Command::RefuseAcceptance { reason }
                } else {
                    let reason = text(&mut course.dice, &group.reasons_not_needed);
                    Command::NotNeeded { reason }
                };
                course.act(Stage::Acceptance, slot, command)?;
            }
            self.keep("refusals", course);
        }
        Ok(())
    }

    pub(super) fn send_outs(&mut self, group: &SendOuts) -> Result<(), EngineError> {
        let pick = self.any_by(group.received_by);
        for turn in 0..group.forwarded {
            let fits = |item: &Item| item.kind == ItemKind::Forwarded;
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            course.stages(Stage::Handling, Pace::Drawn)?;
            self.keep("forwarded", course);
        }
        let mut late = group.opinions_late;
        for turn in 0..group.opinions {
            let fits = |item: &Item| item.kind == ItemKind::Joint;
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            self.opinions(&mut course, group, &mut late)?;
            course.stages(Stage::Handling, Pace::Drawn)?;
            course.deliver()?;
            self.keep("opinions", course);
        }
        Ok(())
    }

    /// Asks partner units and takes their opinions; the last one decides when handling goes on.
    fn opinions(
        &self,
        course: &mut Course<'_>,
        group: &SendOuts,
        late: &mut u32,
    ) -> Result<(), EngineError> {
        let count = course
            .dice
            .between(group.partners.least, group.partners.most);
        let asked = course.soon()?;
        let lead = course.item.unit.clone();
        let mut units: Vec<UnitCode> = group
            .partner_units
            .iter()
            .map(|code| UnitCode::new(code.clone()))
            .filter(|unit| *unit != lead)
            .collect();
        let term = Term::WorkingDays(group.opinion_term_working_days);
        let mut answers: Vec<(Slot, u32, UnitCode)> = Vec::new();
        for partner in 1..=count {
            if units.is_empty() {
                break;
            }
            let place = course.dice.below(units.len() as u64);
            let unit = units.remove(usize::try_from(place).unwrap_or(0));
            let ask = Command::AskPartner {
                unit: unit.clone(),
                term: Some(term),
            };
            course.act(Stage::Handling, asked, ask)?;
            let days = if *late > 0 && partner == 1 {
                *late -= 1;
                let over = group.opinion_over_days;
                group.opinion_term_working_days + course.dice.between(over.least, over.most)
            } else {
                course
                    .dice
                    .between(2, group.opinion_term_working_days.max(2))
            };
            answers.push((course.on(asked.day, days)?, partner, unit));
        }
        answers.sort_by_key(|(slot, partner, _)| (*slot, *partner));
        for (slot, partner, unit) in answers {
            let command = Command::AnswerPartner {
                partner,
                opinion: "同意".to_owned(),
            };
            let at = self.desk.office.instant(slot)?;
            let actor = self.desk.actor(&unit, Stage::Handling, 0, at);
            let deed = Deed::Act(Box::new(command));
            course.step_by(actor, slot, slot, None, deed)?;
            course.not_before = Some(slot);
        }
        Ok(())
    }
}

/// Opens a stop in handling, ends it unless it stays open, and goes on.
fn stopped(
    course: &mut Course<'_>,
    group: &Stops,
    procedure: &StopGroup,
    notice: Option<String>,
    over_term: bool,
    stays_open: bool,
) -> Result<(), EngineError> {
    course.accept_soon()?;
    let after = group.opened_after_working_days;
    let days = course.dice.between(after.least, after.most);
    let opened = course.on(course.at.day, days)?;
    let stop = Command::Stop {
        procedure: procedure.procedure,
        notice,
        term: Some(procedure.term),
        basis: None,
        approver: None,
    };
    course.act(Stage::Handling, opened, stop)?;
    let office = course.desk.office;
    let from = office.instant(opened)?;
    let calendar = &course.desk.books.calendar;
    let term = calendar
        .due(from, procedure.term, &[], None)
        .map_err(approval::Refusal::from)?;
    let limit = term.map_or(opened.day, |due| due.on);
    if stays_open {
        return Ok(());
    }
    let lasts = procedure.lasts_working_days;
    let lasts = course.dice.between(lasts.least, lasts.most);
    let mut resumed = if over_term {
        let over = course.dice.between(group.over_by.least, group.over_by.most);
        course.on(limit, over)?
    } else {
        course.on(opened.day, lasts)?
    };
    if !over_term {
        resumed.day = resumed.day.min(limit);
    }
    course.act(Stage::Handling, resumed, Command::Resume { stop: None })?;
    course.stops.push(Interval {
        from,
        to: Some(office.instant(resumed)?),
    });
    let due = course.stage_due(Stage::Handling, None)?;
    let days = course.dice.between(1, 2);
    let mut end = course.on(resumed.day, days)?;
    if end.day > due {
        end = office.later(resumed, 30)?;
    }
    course.complete(Stage::Handling, end)?;
    course.stages(Stage::Review, Pace::Drawn)?;
    course.deliver()?;
    Ok(())
}

/// The one-time notice of all that is missing.
fn correct(course: &mut Course<'_>, group: &Corrections, after: Range) -> Result<(), EngineError> {
    let days = course.dice.between(after.least, after.most);
    let slot = if days == 0 {
        course.soon()?
    } else {
        course.on(course.at.day, days)?
    };
    let count = course.dice.between(group.missing.least, group.missing.most);
    let mut texts = group.missing_texts.clone();
    let mut missing = Vec::new();
    for _ in 0..count.min(u32::try_from(texts.len()).unwrap_or(0)) {
        let place = course.dice.below(texts.len() as u64);
        missing.push(texts.remove(usize::try_from(place).unwrap_or(0)));
    }
    course.act(Stage::Acceptance, slot, Command::Correct { missing })?;
    course.at = slot;
    Ok(())
}

fn supply(course: &mut Course<'_>, after: Range) -> Result<(), EngineError> {
    let days = course.dice.between(after.least, after.most);
    let slot = course.on(course.at.day, days)?;
    course.act(Stage::Acceptance, slot, Command::Supply)?;
    course.at = slot;
    Ok(())
}

fn closing(outcome: Outcome, reason: String, basis: Option<String>) -> Command {
    Command::Close {
        outcome,
        reason,
        basis,
    }
}
