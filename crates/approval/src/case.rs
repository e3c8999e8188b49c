//! A case (办件): what each event does to it.

mod intake;
mod intervals;
mod phases;

use std::sync::Arc;

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::books::Books;
use crate::event::{Document, Event, Recorded};
use crate::ids::{PersonCode, UnitCode};
use crate::item::{Item, ItemCategory, ItemKind, StatutoryEnd};
use crate::refusal::Refusal;
use crate::rule::Periods;
use crate::stage::{Outcome, Stage};
use crate::track::{ClockKey, ClockTerm, Moment, Stopping, Track};

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Received; to be accepted, or told what is missing, within the period of art. 32.
    Received,
    /// Waiting for what the correction notice asked for.
    AwaitingSupply,
    /// In one of the stages 2 to 5.
    InStage(Stage),
    /// Done, with its outcome.
    Over {
        /// How.
        outcome: Option<Outcome>,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Phase {
    /// The word of the state.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::AwaitingSupply => "awaiting_supply",
            Self::InStage(_) => "open",
            Self::Over {
                outcome: Some(outcome),
                ..
            } if outcome.is_of_closing() && !outcome.is_of_completion() => "closed",
            Self::Over { .. } => "completed",
        }
    }

    /// What a refusal names as found: the stage, or the state where there is none.
    pub const fn found(&self) -> &'static str {
        match self {
            Self::InStage(stage) => stage.as_str(),
            other => other.as_str(),
        }
    }
}

/// One visit to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The stage.
    pub stage: Stage,
    /// The number of the visit to this stage, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who completed it or sent it back.
    pub by: Option<PersonCode>,
    /// Whether it ended by a send-back.
    pub sent_back: bool,
}

/// How a case was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// When.
    pub at: DateTime<Utc>,
    /// By silence (art. 32 no. 4).
    pub deemed: bool,
}

/// A decision: the end of the Approval stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: DateTime<Utc>,
    /// What was decided, when it was said.
    pub outcome: Option<Outcome>,
    /// The paper.
    pub document: Option<Document>,
}

/// A correction notice and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// When the applicant was told.
    pub notified_at: DateTime<Utc>,
    /// Everything that is missing.
    pub missing: Vec<String>,
    /// When it was supplied.
    pub supplied_at: Option<DateTime<Utc>>,
}

/// An opinion asked of a partner unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its number, from 1.
    pub number: u32,
    /// The unit.
    pub unit: UnitCode,
    /// When it answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// An approved extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// When it was approved.
    pub at: DateTime<Utc>,
    /// Working days.
    pub working_days: u32,
    /// Whether the promised clock was extended too.
    pub promised_too: bool,
}

/// A case as its events make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The version of the item that rules it.
    pub item: Arc<Item>,
    /// The unit that handles it.
    pub unit: UnitCode,
    /// Where it stands.
    pub phase: Phase,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// The start of its clocks; its office date is day 0.
    pub day0: Option<DateTime<Utc>>,
    /// How it was accepted.
    pub acceptance: Option<Acceptance>,
    /// The visits, in order.
    pub visits: Vec<Visit>,
    /// The correction notices, in order.
    pub corrections: Vec<Correction>,
    /// The extension.
    pub extension: Option<Extension>,
    /// The decision that stands.
    pub decision: Option<Decision>,
    /// How many decisions were ever taken; send-backs take them back.
    pub decisions: u32,
    /// When the permit was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The partner opinions.
    pub partners: Vec<Partner>,
    /// How often it was sent back.
    pub sent_back: u32,
    /// Steps of another system's log.
    pub steps: u32,
    /// The system it was imported from.
    pub source: Option<String>,
    given_limit: Option<ClockTerm>,
}

impl Case {
    /// Begins a case with its receipt.
    ///
    /// # Errors
    /// An unknown item, or a day that the calendar doesn't cover.
    pub fn begin(
        recorded: &Recorded,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<Self, Refusal> {
        let Event::Received {
            item,
            item_version,
            unit,
            given_limit,
            source,
        } = &recorded.event
        else {
            return Err(Refusal::WrongStage {
                needed: "received",
                found: "nothing",
            });
        };
        let case = Self {
            item: Arc::clone(books.item_version(item, *item_version)?),
            unit: unit.clone(),
            phase: Phase::Received,
            received_at: recorded.occurred_at,
            day0: None,
            acceptance: None,
            visits: Vec::new(),
            corrections: Vec::new(),
            extension: None,
            decision: None,
            decisions: 0,
            delivered_at: None,
            partners: Vec::new(),
            sent_back: 0,
            steps: 0,
            source: source.clone(),
            given_limit: *given_limit,
        };
        if case.given_limit.is_none() {
            track.start(
                ClockKey::Acceptance(1),
                recorded.occurred_at,
                ClockTerm::Counted(periods(books, moment)?.acceptance),
                Stopping::RunsOn,
                moment,
            )?;
        }
        Ok(case)
    }

    /// The stage in which the case rests; before acceptance that is Acceptance itself.
    pub const fn stage(&self) -> Option<Stage> {
        match self.phase {
            Phase::Received | Phase::AwaitingSupply => Some(Stage::Acceptance),
            Phase::InStage(stage) => Some(stage),
            Phase::Over { .. } => None,
        }
    }

    /// The stage in which it rests or, once it is over, rested last.
    pub fn last_stage(&self) -> Stage {
        let visited = self.visits.last().map(|v| v.stage);
        self.stage().or(visited).unwrap_or(Stage::Acceptance)
    }

    /// The outcome, once it is over.
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Over { outcome, .. } => outcome,
            _ => None,
        }
    }

    /// When it was over.
    pub const fn over_at(&self) -> Option<DateTime<Utc>> {
        match self.phase {
            Phase::Over { at, .. } => Some(at),
            _ => None,
        }
    }

    /// The clock of the visit that runs, or of the last one.
    pub fn visit_clock(&self) -> Option<ClockKey> {
        self.visits
            .last()
            .map(|v| ClockKey::Stage(v.stage, v.number))
    }

    /// The acceptance period that runs or was the last one.
    pub fn acceptance_clock(&self) -> ClockKey {
        let supplied = self
            .corrections
            .iter()
            .filter(|c| c.supplied_at.is_some())
            .count();
        ClockKey::Acceptance(count(supplied).saturating_add(1))
    }

    /// The instant on which the material was complete: the first supply after a notice, else the receipt.
    /// A second notice never moves it.
    fn complete_at(&self) -> DateTime<Utc> {
        self.corrections
            .iter()
            .find_map(|c| c.supplied_at)
            .unwrap_or(self.received_at)
    }

    /// Applies one event.
    ///
    /// # Errors
    /// The transition that the phase forbids, naming both ends; nothing sensible is left of `self` then,
    /// so callers work on a copy.
    pub fn apply(
        &mut self,
        recorded: &Recorded,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let at = recorded.occurred_at;
        match &recorded.event {
            Event::Accepted { item_version } => {
                self.be_ruled_by(*item_version, books)?;
                self.accept(at, false, track, books, moment)
            }
            Event::DeemedAccepted { item_version } => {
                self.be_ruled_by(*item_version, books)?;
                self.accept(at, true, track, books, moment)
            }
            Event::NotAccepted { .. } => self.decline(Outcome::NotAccepted, at, track),
            Event::NotNeeded { .. } => self.decline(Outcome::NotNeeded, at, track),
            Event::CorrectionNotified { missing } => {
                self.notify_correction(missing, at, track, books, moment)
            }
            Event::Supplied => self.supply(at, track, books, moment),
            Event::StageCompleted {
                stage,
                outcome,
                document,
                ..
            } => {
                self.end_visit(*stage, recorded, track, moment)?;
                self.complete_stage(
                    *stage,
                    *outcome,
                    document.clone(),
                    recorded,
                    track,
                    books,
                    moment,
                )
            }
            Event::SentBack { to, .. } => self.send_back(*to, recorded, track, moment),
            Event::StopOpened { .. } => self.open_stop(recorded, track, moment),
            Event::StopClosed { stop } => intervals::close_stop(*stop, at, track, moment),
            Event::Extended { working_days, .. } => self.extend(*working_days, at, track, moment),
            Event::PartnerAsked {
                partner,
                unit,
                term,
            } => self.ask_partner(*partner, unit, *term, at, track, moment),
            Event::PartnerAnswered { partner, .. } => self.answer_partner(*partner, at, track),
            Event::Closed { outcome, .. } => self.close(Some(*outcome), at, track),
            Event::EndReported { outcome } => self.close(*outcome, at, track),
            Event::Delivered => self.deliver(at, track, moment),
            Event::Step { .. } => {
                self.steps = self.steps.saturating_add(1);
                Ok(())
            }
            _ => Err(Refusal::WrongSubject {
                needed: "order",
                found: "case",
            }),
        }
    }

    fn need_phase(&self, needed: Phase) -> Result<(), Refusal> {
        if self.phase == needed {
            return Ok(());
        }
        Err(Refusal::WrongStage {
            needed: needed.found(),
            found: self.phase.found(),
        })
    }

    fn need_before_acceptance(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Received | Phase::AwaitingSupply => Ok(()),
            other => Err(Refusal::WrongStage {
                needed: "received",
                found: other.found(),
            }),
        }
    }

    fn need_open(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Over { .. } => Err(Refusal::WrongStage {
                needed: "open",
                found: self.phase.found(),
            }),
            _ => Ok(()),
        }
    }

    fn need_in_stage(&self) -> Result<Stage, Refusal> {
        match self.phase {
            Phase::InStage(stage) => Ok(stage),
            other => Err(Refusal::WrongStage {
                needed: "open",
                found: other.found(),
            }),
        }
    }

    fn close(
        &mut self,
        outcome: Option<Outcome>,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        self.need_open()?;
        if let Some(visit) = self.visits.last_mut()
            && visit.ended_at.is_none()
        {
            visit.ended_at = Some(at);
        }
        track.end_all(at);
        self.phase = Phase::Over { outcome, at };
        Ok(())
    }

    fn enter(
        &mut self,
        stage: Stage,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let earlier = self.visits.iter().filter(|v| v.stage == stage).count();
        let number = count(earlier).saturating_add(1);
        self.visits.push(Visit {
            stage,
            number,
            started_at: at,
            ended_at: None,
            by: None,
            sent_back: false,
        });
        self.phase = Phase::InStage(stage);
        if let Some(days) = self.item.stages.of(stage) {
            track.start(
                ClockKey::Stage(stage, number),
                at,
                ClockTerm::Counted(Term::WorkingDays(days)),
                Stopping::HeldByStops,
                moment,
            )?;
        }
        Ok(())
    }

    fn end_visit(
        &mut self,
        stage: Stage,
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::InStage(stage))?;
        let at = recorded.occurred_at;
        if let Some(visit) = self.visits.last_mut() {
            if at < visit.started_at {
                let (calendar, start) = (moment.calendar, visit.started_at);
                let what = "本环节开始时间";
                return Err(Refusal::before_start(calendar, at, what, start));
            }
            visit.ended_at = Some(at);
            visit.by.clone_from(&recorded.by);
            track.end(ClockKey::Stage(visit.stage, visit.number), at);
        }
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the facts of one event and the places they go to"
    )]
    fn complete_stage(
        &mut self,
        stage: Stage,
        outcome: Option<Outcome>,
        document: Option<Document>,
        recorded: &Recorded,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let at = recorded.occurred_at;
        match stage {
            Stage::Handling => {
                if let Some(open) = self.partners.iter().find(|p| p.answered_at.is_none()) {
                    return Err(Refusal::PartnerOutstanding {
                        partner: open.number,
                    });
                }
            }
            Stage::Approval => self.decide(outcome, document, at, track, books, moment)?,
            Stage::Completion => return self.complete(outcome, at, track),
            Stage::Acceptance | Stage::Review => {}
        }
        let next = stage.next().unwrap_or(Stage::Completion);
        self.enter(next, at, track, moment)
    }

    /// The decision ends the statutory clock and starts delivery (art. 42, 44).
    fn decide(
        &mut self,
        outcome: Option<Outcome>,
        document: Option<Document>,
        at: DateTime<Utc>,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        if let Some(outcome) = outcome {
            self.need_outcome_of_kind(outcome)?;
        }
        self.decisions = self.decisions.saturating_add(1);
        self.decision = Some(Decision {
            at,
            outcome,
            document,
        });
        if self.item.statutory_end == StatutoryEnd::Decision {
            track.end(ClockKey::Statutory, at);
        }
        // Only what was granted is delivered as a permit, and a forwarded case is decided elsewhere.
        let granted = outcome.is_none_or(|o| o == Outcome::Granted);
        let permit = self.item.category == ItemCategory::Approval
            && !matches!(self.item.kind, ItemKind::Forwarded);
        if granted && permit {
            track.start(
                ClockKey::Delivery(self.decisions),
                at,
                ClockTerm::Counted(periods(books, moment)?.delivery),
                Stopping::RunsOn,
                moment,
            )?;
        }
        Ok(())
    }

    fn complete(
        &mut self,
        outcome: Option<Outcome>,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        if let Some(open) = track.open_stops().next() {
            return Err(Refusal::StopOpen { stop: open.number });
        }
        let decided = self.decision.as_ref().and_then(|d| d.outcome);
        if let (Some(said), Some(decided)) = (outcome, decided)
            && said != decided
            && said != Outcome::Returned
        {
            let why = "批准环节已作出不同的决定 / the decision says otherwise";
            return Err(Refusal::WrongOutcome { outcome: said, why });
        }
        let outcome = self.would_end_as(outcome);
        self.need_outcome_of_kind(outcome)?;
        track.end(ClockKey::Promised, at);
        track.end(ClockKey::Statutory, at);
        if outcome != Outcome::Granted {
            track.end(ClockKey::Delivery(self.decisions), at);
        }
        self.phase = Phase::Over {
            outcome: Some(outcome),
            at,
        };
        Ok(())
    }

    /// The outcome that completing the case has: what is said, else what was decided, else the usual one.
    pub fn would_end_as(&self, said: Option<Outcome>) -> Outcome {
        let decided = self.decision.as_ref().and_then(|d| d.outcome);
        said.or(decided)
            .unwrap_or(if self.item.kind == ItemKind::Forwarded {
                Outcome::Forwarded
            } else {
                Outcome::Granted
            })
    }

    /// Art. 43: what is decided above ends as forwarded here, and nothing else does.
    fn need_outcome_of_kind(&self, outcome: Outcome) -> Result<(), Refusal> {
        let forwarded = self.item.kind == ItemKind::Forwarded;
        let why = match outcome {
            _ if !outcome.is_of_completion() => "请用撤回、终止操作 / use withdraw or end",
            Outcome::Granted if forwarded => {
                "上报件以转报办结(行政许可法第四十三条) / a forwarded case ends as forwarded"
            }
            Outcome::Forwarded if !forwarded => "不是上报件 / not a forwarded item",
            _ => return Ok(()),
        };
        Err(Refusal::WrongOutcome { outcome, why })
    }

    fn send_back(
        &mut self,
        to: Stage,
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let from = self.need_in_stage()?;
        if to >= from || to == Stage::Acceptance {
            return Err(Refusal::NotEarlier { to });
        }
        self.end_visit(from, recorded, track, moment)?;
        if let Some(visit) = self.visits.last_mut() {
            visit.sent_back = true;
        }
        self.sent_back = self.sent_back.saturating_add(1);
        // Only a case in its completion has a decision.
        if self.decision.take().is_some() {
            // What was handed over belonged to the decision that is taken back.
            self.delivered_at = None;
            track.end(ClockKey::Delivery(self.decisions), recorded.occurred_at);
            track.reopen(ClockKey::Statutory, moment)?;
        }
        self.enter(to, recorded.occurred_at, track, moment)
    }

    fn deliver(
        &mut self,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let Some(decision) = &self.decision else {
            return Err(Refusal::NotDecided);
        };
        if self.delivered_at.is_some() {
            return Err(Refusal::AlreadyDone { what: "送达" });
        }
        if at < decision.at {
            let (calendar, start) = (moment.calendar, decision.at);
            let what = "作出决定的时间";
            return Err(Refusal::before_start(calendar, at, what, start));
        }
        self.delivered_at = Some(at);
        track.end(ClockKey::Delivery(self.decisions), at);
        Ok(())
    }
}

/// The periods of the rules that the event was decided by.
fn periods(books: &Books, moment: Moment<'_>) -> Result<Periods, Refusal> {
    let set = match moment.rules {
        Some(version) => Some(books.rules_version(version)?),
        None => books.rules_at(moment.recorded_at),
    };
    Ok(set.map(|set| set.periods.clone()).unwrap_or_default())
}

/// Lists in a case are short; a count that doesn't fit is the largest number.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
