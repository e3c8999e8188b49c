//! How it is recorded: late, irregularly, by mistake; and what inspectors do about the cards.

use approval::command::Command;
use approval::item::Item;
use approval::stage::Stage;
use calendar::Term;
use chrono::NaiveDate;

use super::course::{Pace, text};
use super::desk::Actor;
use super::lapses::{Maker, Pick, RECORDED_LATE, committed, handling_days, promised_days};
use super::lapses_file::{Annulments, Inspectors, Irregular, LateRecording, Outage};
use super::office::Slot;
use super::plan::{Deed, PlannedSubject};
use super::scenario::Range;
use crate::error::EngineError;

/// Any promised limit that isn't the same day.
const ANY: Range = Range {
    least: 5,
    most: u32::MAX,
};

impl Maker<'_> {
    pub(super) fn late_recording(&mut self, group: &LateRecording) -> Result<(), EngineError> {
        for turn in 0..group.cases {
            let within = turn < group.within_limit;
            let pick = self.any_by(group.received_by);
            let days = if within {
                group.within_limit_days
            } else {
                group.after_limit_days
            };
            let fits = |item: &Item| {
                // Recorded late, and still inside the limits of this stage and of the next one.
                let review = item.stages.review.unwrap_or(0);
                let roomy = handling_days(item) > days.most && review >= days.most;
                committed(item, group.promised) && (!within || roomy)
            };
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            let reason = text(&mut course.dice, &group.reasons);
            let days = course.dice.between(days.least, days.most);
            if within {
                let occurred = course.on(course.at.day, 1)?;
                let recorded = course.on(occurred.day, days)?;
                let stage = Stage::Handling;
                course.complete_recorded(stage, occurred, recorded, Some(reason))?;
                let end = self.desk.office.later(recorded, 20)?;
                course.complete(Stage::Review, end)?;
                course.stages(Stage::Approval, Pace::Quick)?;
                course.deliver()?;
                self.keep("recorded_late_within_limit", course);
            } else {
                let stage = Stage::Completion;
                course.stages_before(Stage::Handling, stage, Pace::Quick)?;
                let occurred = course.soon()?;
                let limit = course.item.stages.completion.unwrap_or(0);
                let recorded = course.on(occurred.day, days.max(limit + 1))?;
                course.complete_recorded(stage, occurred, recorded, Some(reason))?;
                self.keep(RECORDED_LATE, course);
            }
        }
        Ok(())
    }

    /// The engine has no declared outages: the acts are recorded late with the reason, and an inspector
    /// takes away the cards that came from it.
    pub(super) fn outage(&mut self, group: &Outage) -> Result<(), EngineError> {
        let calendar = &self.desk.books.calendar;
        let (first, last) = (
            calendar.office_date(group.from),
            calendar.office_date(group.to),
        );
        let units = [group.unit.clone()];
        for turn in 0..group.cases {
            let due = if turn % 2 == 0 { first } else { last };
            let pick = Pick {
                units: &units,
                ..self.any_by(due)
            };
            let before = |item: &Item| self.received_for(promised_days(item), due);
            let fits = |item: &Item| {
                let whole = item.stages.sum() == promised_days(item);
                let of_stage = item.stages.completion.unwrap_or(0);
                committed(item, ANY) && whole && of_stage > 0 && before(item).is_some()
            };
            let mut dice = self.dice();
            // The item decides the day of receipt: it is drawn first, then the same again by `open_at`.
            let item = self.desk.item(&mut dice.clone(), Some(&group.unit), fits)?;
            let Some(day) = before(&item) else { continue };
            let minute = 30 * (turn + 1);
            let received = Slot { day, minute };
            let code = item.code.clone();
            let again = |other: &Item| other.code == code;
            dice = dice.fork(1);
            let mut course = self.open_at(pick, turn, received, dice, again)?;
            course.accept_soon()?;
            course.stages_before(Stage::Handling, Stage::Completion, Pace::Full)?;
            let occurred = course.on(due, 0)?;
            let recorded = course.on(last, 1)?;
            let reason = group.reason.clone();
            course.complete_recorded(
                Stage::Completion,
                occurred,
                recorded,
                Some(reason.clone()),
            )?;
            let revoked = self.desk.office.later(recorded, 45)?;
            let actor = self.inspector(turn);
            course.step_by(actor, revoked, revoked, None, Deed::RevokeCards { reason })?;
            self.keep("outage", course);
        }
        Ok(())
    }

    /// The day of receipt from which so many working days end on a day, if it lies in the run.
    fn received_for(&self, working_days: u32, due: NaiveDate) -> Option<NaiveDate> {
        let place = self.days.iter().position(|d| *d == due)?;
        let back = usize::try_from(working_days).ok()?;
        self.days.get(place.checked_sub(back)?).copied()
    }

    fn inspector(&self, turn: u32) -> Actor {
        let inspectors = self.desk.inspectors();
        let place = usize::try_from(turn).unwrap_or(0) % inspectors.len().max(1);
        Actor {
            by: inspectors.get(place).cloned(),
            stands_for: None,
        }
    }

    pub(super) fn irregular(&mut self, group: &Irregular) -> Result<(), EngineError> {
        let by = self.desk.office.days(self.lapses.from, self.lapses.to)?;
        let by = by.get(by.len() / 2).copied().unwrap_or(self.lapses.to);
        let pick = Pick {
            units: &group.units,
            ..self.any_by(by)
        };
        for turn in 0..group.approved_first {
            let mut course = self.open(pick, turn, |item| committed(item, ANY))?;
            course.accept_soon()?;
            let range = group.approved_first_days;
            let days = course.dice.between(range.least, range.most);
            let before = chrono::Days::new(days.into());
            course.paper_date = course.at.day.checked_sub_days(before);
            course.stages(Stage::Handling, Pace::Quick)?;
            course.deliver()?;
            self.keep("approved_first", course);
        }
        for turn in 0..group.on_behalf {
            let mut course = self.open(pick, turn, |item| committed(item, ANY))?;
            course.accept_soon()?;
            // The accounts of three people within one minute: nobody hands a case on so fast.
            course.stages_before(Stage::Handling, Stage::Review, Pace::Quick)?;
            let minute = course.at;
            course.complete(Stage::Review, minute)?;
            course.complete(Stage::Approval, minute)?;
            course.stages(Stage::Completion, Pace::Quick)?;
            course.deliver()?;
            self.keep("on_behalf", course);
        }
        self.burst(group, by)
    }

    /// Cases of one unit that rest, inside their limits, until they are recorded in one go, each with all its stages
    /// in one minute.
    fn burst(&mut self, group: &Irregular, received_on: NaiveDate) -> Result<(), EngineError> {
        let office = self.desk.office;
        let units = [group.burst_unit.clone()];
        let pick = Pick {
            units: &units,
            from: received_on,
            by: received_on,
        };
        let days = 3;
        let day = office.after(received_on, days)?;
        let minutes = office.minutes(day)?;
        for turn in 0..group.burst {
            let fits = |item: &Item| committed(item, ANY) && handling_days(item) >= days;
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            let minute =
                minutes.saturating_sub(30) + turn * group.burst_minutes / group.burst.max(1);
            let stages = [
                Stage::Handling,
                Stage::Review,
                Stage::Approval,
                Stage::Completion,
            ];
            for stage in stages {
                course.complete(stage, Slot { day, minute })?;
            }
            self.keep("burst", course);
        }
        Ok(())
    }

    pub(super) fn annulments(&mut self, group: &Annulments) -> Result<(), EngineError> {
        let pick = self.any_by(self.lapses.late_recording.received_by);
        for turn in 0..group.cases {
            let most = group.after_working_days.most;
            let fits = |item: &Item| {
                let review = item.stages.review.unwrap_or(0);
                committed(item, ANY) && handling_days(item) > most + 2 && review >= most
            };
            let mut course = self.open(pick, turn, fits)?;
            course.accept_soon()?;
            let accepted = course.at;
            let mistaken = course.on(accepted.day, 1)?;
            course.complete(Stage::Handling, mistaken)?;
            let days = course.dice.between(group.after_working_days.least, most);
            let slot = course.on(mistaken.day, days)?;
            let reason = group.reason.clone();
            course.step(Stage::Handling, slot, Deed::AnnulLast { reason })?;
            // The case is in handling again, as if nothing had been recorded.
            course.at = accepted;
            let end = course.on(slot.day, 1)?;
            course.complete(Stage::Handling, end)?;
            course.stages(Stage::Review, Pace::Quick)?;
            course.deliver()?;
            self.keep("annulments", course);
        }
        Ok(())
    }

    /// Supervision orders after red cards. The engine has no appeals yet: those of the scenario are left out.
    pub(super) fn orders(&mut self, group: &Inspectors) -> Result<(), EngineError> {
        let count = usize::try_from(group.orders).unwrap_or(0);
        let red: Vec<(usize, NaiveDate)> = self.red.iter().copied().take(count).collect();
        for (turn, (about, due)) in (0u32..).zip(red) {
            let unit = self.subjects[about].unit.clone();
            let office = self.desk.office;
            let issued = Slot {
                day: office.after(due, 1)?,
                minute: 60 + turn,
            };
            let term = Term::WorkingDays(group.order_term_working_days);
            let mut steps = Vec::new();
            let mut step = |slot: Slot, actor: Actor, deed: Deed| -> Result<(), EngineError> {
                let at = office.instant(slot)?;
                steps.push(super::plan::Step {
                    occurred_at: at,
                    recorded_at: at,
                    by: actor.by,
                    stands_for: actor.stands_for,
                    late_reason: None,
                    deed,
                });
                Ok(())
            };
            let deed = Deed::Order {
                unit: unit.clone(),
                text: "该件已超过法定时限，请立即办理，并书面说明超时原因和责任人。".to_owned(),
                term,
                about,
            };
            step(issued, self.inspector(turn), deed)?;
            if turn < group.orders_replied {
                let mut dice = self.dice();
                let days = dice.between(1, group.order_term_working_days.max(1));
                let replied = Slot {
                    day: office.after(issued.day, days)?,
                    minute: 200,
                };
                let head = Actor {
                    by: self.desk.head(&approval::ids::UnitCode::new(unit.clone())),
                    stands_for: None,
                };
                let reply = "已查明原因并办理，已对经办人员进行提醒。".to_owned();
                let command = Command::ReplyOrder { text: reply };
                step(replied, head, Deed::Act(Box::new(command)))?;
                let closed = Slot {
                    day: office.after(replied.day, 1)?,
                    minute: 100,
                };
                let command = Command::CloseOrder {
                    remark: Some("整改到位，予以销号。".to_owned()),
                };
                step(closed, self.inspector(turn), Deed::Act(Box::new(command)))?;
            }
            self.subjects.push(PlannedSubject {
                group: "orders",
                unit,
                steps,
            });
        }
        Ok(())
    }
}
