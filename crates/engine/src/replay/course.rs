//! The course of one case: who does what, when, inside which limits.

use std::sync::Arc;

use approval::Refusal;
use approval::command::Command;
use approval::event::Document;
use approval::item::{Item, ItemCategory, ItemKind};
use approval::stage::{Outcome, Stage};
use calendar::{Interval, Term};
use chrono::NaiveDate;

use super::desk::{Actor, Desk};
use super::dice::Dice;
use super::office::Slot;
use super::plan::{Deed, PlannedSubject, Step};
use super::scenario::{Micro, Triple};

/// Stages after acceptance.
const STAGES: [Stage; 4] = [
    Stage::Handling,
    Stage::Review,
    Stage::Approval,
    Stage::Completion,
];

/// How much of its limit a stage takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// By the habits of the scenario.
    Drawn,
    /// A third.
    Quick,
    /// All of it.
    Full,
    /// None: it is done the same day.
    SameDay,
}

/// How a case ends.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    Granted,
    Refused(String),
    Forwarded(String),
}

/// A visit to a stage: when it began and the last day of its limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlannedVisit {
    pub(super) first_step: usize,
    pub(super) due_on: NaiveDate,
}

/// A case in the making.
#[derive(Clone)]
pub(super) struct Course<'d> {
    pub(super) desk: &'d Desk<'d>,
    pub(super) dice: Dice,
    pub(super) item: Arc<Item>,
    pub(super) steps: Vec<Step>,
    /// Where its time is.
    pub(super) at: Slot,
    /// The start of its clocks.
    pub(super) day0: Slot,
    pub(super) stops: Vec<Interval>,
    pub(super) extension: Option<u32>,
    /// The extension came too late for the promised limit.
    pub(super) extended_after_promised: bool,
    pub(super) ending: Ending,
    pub(super) visits: Vec<PlannedVisit>,
    /// The date on the paper, where it isn't the day of the decision.
    pub(super) paper_date: Option<NaiveDate>,
    /// Nothing takes longer than to this day.
    pub(super) finish_by: Option<NaiveDate>,
    /// The stage that runs can't end before this slot.
    pub(super) not_before: Option<Slot>,
    hand: u64,
}

impl<'d> Course<'d> {
    /// A case that is received at a slot.
    pub(super) fn receive(
        desk: &'d Desk<'d>,
        mut dice: Dice,
        item: Arc<Item>,
        received: Slot,
    ) -> Result<Self, Refusal> {
        let applicant = desk.applicant(&mut dice);
        let hand = dice.below(1 << 32);
        let ending = if item.kind == ItemKind::Forwarded {
            Ending::Forwarded(text(&mut dice, &desk.scenario.reasons.forwarded))
        } else {
            Ending::Granted
        };
        let mut course = Self {
            desk,
            dice,
            item,
            steps: Vec::new(),
            at: received,
            day0: received,
            stops: Vec::new(),
            extension: None,
            extended_after_promised: false,
            ending,
            visits: Vec::new(),
            paper_date: None,
            finish_by: None,
            not_before: None,
            hand,
        };
        let deed = Deed::Receive {
            item: course.item.code.as_str().to_owned(),
            applicant,
        };
        course.step(Stage::Acceptance, received, deed)?;
        Ok(course)
    }

    /// The finished plan of this case.
    pub(super) fn planned(self, group: &'static str) -> PlannedSubject {
        PlannedSubject {
            group,
            unit: self.item.unit.as_str().to_owned(),
            steps: self.steps,
        }
    }

    fn actor(&self, stage: Stage, slot: Slot) -> Result<Actor, Refusal> {
        let at = self.desk.office.instant(slot)?;
        Ok(self.desk.actor(&self.item.unit, stage, self.hand, at))
    }

    /// A step at a slot by the one who works on a stage.
    pub(super) fn step(&mut self, post: Stage, slot: Slot, deed: Deed) -> Result<(), Refusal> {
        let actor = self.actor(post, slot)?;
        self.step_by(actor, slot, slot, None, deed)
    }

    /// An act at a slot by the one who works on a stage.
    pub(super) fn act(&mut self, post: Stage, slot: Slot, command: Command) -> Result<(), Refusal> {
        self.step(post, slot, Deed::Act(Box::new(command)))
    }

    /// A step by anybody, recorded when it happens or later.
    pub(super) fn step_by(
        &mut self,
        actor: Actor,
        occurred: Slot,
        recorded: Slot,
        late_reason: Option<String>,
        deed: Deed,
    ) -> Result<(), Refusal> {
        self.steps.push(Step {
            occurred_at: self.desk.office.instant(occurred)?,
            recorded_at: self.desk.office.instant(recorded)?,
            by: actor.by,
            stands_for: actor.stands_for,
            late_reason,
            deed,
        });
        Ok(())
    }

    /// A slot so many working days after a day, at the minute at which long stages end.
    pub(super) fn on(&mut self, day: NaiveDate, working_days: u32) -> Result<Slot, Refusal> {
        let day = self.desk.office.after(day, working_days)?;
        let habit = self.desk.scenario.habits.stage_end_minute;
        let minute = self.dice.triangle_whole(&habit);
        let last = self.desk.office.minutes(day)?.saturating_sub(1);
        Ok(Slot {
            day,
            minute: minute.min(last),
        })
    }

    /// A slot later on the same day.
    pub(super) fn soon(&mut self) -> Result<Slot, Refusal> {
        let gap = self.desk.scenario.habits.same_day_gap_minutes;
        let minutes = self.dice.triangle_whole(&gap);
        self.desk.office.later(self.at, minutes)
    }

    /// Accepts the case some minutes later, early enough for all that may follow the same day.
    pub(super) fn accept_soon(&mut self) -> Result<(), Refusal> {
        let habit = self.desk.scenario.habits.acceptance_minutes;
        let minutes = self.dice.triangle_whole(&habit);
        let slot = self.desk.office.later(self.at, minutes)?;
        self.accept(slot)
    }

    /// Accepts the case.
    pub(super) fn accept(&mut self, slot: Slot) -> Result<(), Refusal> {
        self.act(Stage::Acceptance, slot, Command::Accept)?;
        self.at = slot;
        Ok(())
    }

    fn due_of(
        &self,
        start: Slot,
        term: Term,
        extension: Option<u32>,
    ) -> Result<NaiveDate, Refusal> {
        let start = self.desk.office.instant(start)?;
        let extension = extension.map(Term::WorkingDays);
        let calendar = &self.desk.books.calendar;
        let due = calendar.due(start, term, &self.stops, extension)?;
        // While a stop is open there is no date; nothing is planned against it then.
        Ok(due.map_or(calendar.to(), |due| due.on))
    }

    /// The last day of the promised limit.
    pub(super) fn promised_due(&self) -> Result<NaiveDate, Refusal> {
        let extension = self.extension.filter(|_| !self.extended_after_promised);
        let term = self.item.promised.unwrap_or(Term::WorkingDays(0));
        self.due_of(self.day0, term, extension)
    }

    /// The last day of the statutory limit.
    pub(super) fn statutory_due(&self) -> Result<NaiveDate, Refusal> {
        match self.item.statutory {
            Some(term) => self.due_of(self.day0, term, self.extension),
            None => Ok(self.desk.books.calendar.to()),
        }
    }

    /// The last day of a stage that begins now; `extended` where the extension falls into it.
    pub(super) fn stage_due(
        &self,
        stage: Stage,
        extended: Option<u32>,
    ) -> Result<NaiveDate, Refusal> {
        let days = self.item.stages.of(stage).unwrap_or(0);
        self.due_of(self.at, Term::WorkingDays(days), extended)
    }

    /// Runs the stages from one on to the end of the case, inside all limits that still can be kept.
    pub(super) fn stages(&mut self, from: Stage, pace: Pace) -> Result<(), Refusal> {
        for stage in STAGES.into_iter().filter(|s| *s >= from) {
            let end = self.stage_end(stage, pace)?;
            self.complete(stage, end)?;
        }
        Ok(())
    }

    /// Runs the stages from one on, up to another that isn't run.
    pub(super) fn stages_before(
        &mut self,
        from: Stage,
        before: Stage,
        pace: Pace,
    ) -> Result<(), Refusal> {
        for stage in STAGES.into_iter().filter(|s| *s >= from && *s < before) {
            let end = self.stage_end(stage, pace)?;
            self.complete(stage, end)?;
        }
        Ok(())
    }

    /// When a stage that begins now ends.
    fn stage_end(&mut self, stage: Stage, pace: Pace) -> Result<Slot, Refusal> {
        let limit = self.item.stages.of(stage).unwrap_or(0);
        let start = self.at;
        let mut ceiling = self.promised_due()?.min(self.stage_due(stage, None)?);
        if let Some(by) = self.finish_by {
            ceiling = ceiling.min(by);
        }
        let days = self.days_of(stage, limit, pace);
        let office = self.desk.office;
        let day = if days == 0 {
            start.day
        } else {
            office.after(start.day, days)?
        };
        let day = day.min(ceiling).max(start.day);
        // Room for the stages after this one, should they have to end the same day.
        let after = STAGES.into_iter().filter(|s| *s > stage).count();
        let after = u32::try_from(after).unwrap_or(0);
        let last = office.minutes(day)?.saturating_sub(1);
        let habits = &self.desk.scenario.habits;
        let minute = if day == start.day {
            let gap = if self.item.stages.sum() == 0 {
                habits.immediate_stage_minutes
            } else {
                habits.same_day_gap_minutes
            };
            let earliest = start.minute + 1;
            (start.minute + self.dice.triangle_whole(&gap))
                .min(last.saturating_sub(after))
                .max(earliest)
        } else {
            self.dice
                .triangle_whole(&habits.stage_end_minute)
                .min(last.saturating_sub(after))
        };
        let end = Slot {
            day,
            minute: minute.min(last),
        };
        match self.not_before.take() {
            Some(earliest) if end <= earliest => office.later(earliest, 30),
            _ => Ok(end),
        }
    }

    fn days_of(&mut self, stage: Stage, limit: u32, pace: Pace) -> u32 {
        match pace {
            Pace::SameDay => 0,
            Pace::Quick => limit / 3,
            Pace::Full => limit,
            Pace::Drawn => {
                let habits = &self.desk.scenario.habits;
                let share = share_of(&habits.stage_share, stage);
                let unit = self.item.unit.as_str();
                let pace = habits.unit_pace.get(unit).copied().unwrap_or(Micro::ONE);
                let of_limit = Micro::new(u64::from(limit) * Micro::ONE.get());
                let days = self.dice.triangle(&share).times(pace).times(of_limit);
                days.rounded().min(limit)
            }
        }
    }

    /// Completes a stage at a slot, by the one at its post.
    pub(super) fn complete(&mut self, stage: Stage, slot: Slot) -> Result<(), Refusal> {
        self.complete_recorded(stage, slot, slot, None)
    }

    /// Completes a stage, recorded when it happens or later.
    pub(super) fn complete_recorded(
        &mut self,
        stage: Stage,
        occurred: Slot,
        recorded: Slot,
        late_reason: Option<String>,
    ) -> Result<(), Refusal> {
        self.visits.push(PlannedVisit {
            first_step: self.steps.len(),
            due_on: self.stage_due(stage, None)?,
        });
        let (outcome, reason, document) = self.decision(stage, occurred);
        let command = Command::Complete {
            stage,
            outcome,
            reason,
            document,
        };
        let actor = self.actor(stage, recorded)?;
        let deed = Deed::Act(Box::new(command));
        self.step_by(actor, occurred, recorded, late_reason, deed)?;
        self.at = occurred;
        Ok(())
    }

    /// What the approval stage decides; the other stages decide nothing.
    fn decision(
        &self,
        stage: Stage,
        slot: Slot,
    ) -> (Option<Outcome>, Option<String>, Option<Document>) {
        if stage != Stage::Approval {
            return (None, None, None);
        }
        let paper = || {
            (self.item.category == ItemCategory::Approval).then(|| Document {
                number: String::new(),
                date: Some(self.paper_date.unwrap_or(slot.day)),
            })
        };
        match &self.ending {
            Ending::Granted => (Some(Outcome::Granted), None, paper()),
            Ending::Refused(why) => (Some(Outcome::Refused), Some(why.clone()), paper()),
            Ending::Forwarded(why) => (Some(Outcome::Forwarded), Some(why.clone()), None),
        }
    }

    /// Delivers what was granted, the same day or one of the next (art. 44: within 10 working days).
    pub(super) fn deliver(&mut self) -> Result<(), Refusal> {
        let permit = self.item.category == ItemCategory::Approval;
        if !permit || !matches!(self.ending, Ending::Granted) {
            return Ok(());
        }
        let days = [0, 0, 0, 1, 1, 2, 3];
        let days = self.dice.one_of(&days).copied().unwrap_or(0);
        let slot = if days == 0 {
            self.soon()?
        } else {
            self.on(self.at.day, days)?
        };
        self.act(Stage::Completion, slot, Command::Deliver)
    }
}

/// One of a list of texts.
pub(super) fn text(dice: &mut Dice, list: &[String]) -> String {
    dice.one_of(list).cloned().unwrap_or_default()
}

fn share_of(share: &super::scenario::StageShare, stage: Stage) -> Triple {
    match stage {
        Stage::Acceptance | Stage::Handling => share.handling,
        Stage::Review => share.review,
        Stage::Approval => share.approval,
        Stage::Completion => share.completion,
    }
}
