//! A case (办件): what each event does to it.

use std::sync::Arc;

use calendar::Term;
use chrono::{DateTime, NaiveDate, Utc};

use crate::books::Books;
use crate::event::{Document, Event, Recorded};
use crate::ids::{PersonCode, UnitCode};
use crate::item::{Day0Rule, Item, ItemCategory, ItemKind, StatutoryEnd};
use crate::refusal::Refusal;
use crate::rule::Periods;
use crate::stage::{Outcome, Stage};
use crate::track::{ClockKey, ClockTerm, Moment, Stop, Stopping, Track};

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
    given_due: Option<NaiveDate>,
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
            given_due,
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
            given_due: *given_due,
        };
        if case.given_due.is_none() {
            track.start(
                ClockKey::Acceptance(1),
                recorded.occurred_at,
                ClockTerm::Counted(periods(books, moment).acceptance),
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
            Event::Accepted => self.accept(at, false, track, books, moment),
            Event::DeemedAccepted => self.accept(at, true, track, books, moment),
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
                self.end_visit(*stage, recorded, track)?;
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
            Event::StopClosed { stop } => close_stop(*stop, at, track, moment),
            Event::Extended { working_days, .. } => self.extend(*working_days, at, track, moment),
            Event::PartnerAsked {
                partner,
                unit,
                term,
            } => self.ask_partner(*partner, unit, *term, at, track, moment),
            Event::PartnerAnswered { partner, .. } => self.answer_partner(*partner, at, track),
            Event::Closed { outcome, .. } => self.close(Some(*outcome), at, track),
            Event::EndReported { outcome } => self.close(*outcome, at, track),
            Event::Delivered => self.deliver(at, track),
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

    /// 行政许可法 art. 32: from here the case's clocks count, from the day the material was complete.
    fn accept(
        &mut self,
        at: DateTime<Utc>,
        deemed: bool,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::Received)?;
        track.end(self.acceptance_clock(), at);
        // The version in force at acceptance rules the case for good.
        self.item = Arc::clone(books.item_in_force(&self.item.code, at)?);
        let start = match self.item.day0 {
            Day0Rule::MaterialComplete => self.complete_at(),
            Day0Rule::AcceptancePaper if deemed => self.complete_at(),
            Day0Rule::AcceptancePaper => at,
        };
        self.day0 = Some(start);
        self.acceptance = Some(Acceptance { at, deemed });
        if let Some(term) = self.item.promised {
            let term = ClockTerm::Counted(term);
            track.start(
                ClockKey::Promised,
                start,
                term,
                Stopping::HeldByStops,
                moment,
            )?;
        }
        let statutory = match self.given_due {
            Some(date) => Some(ClockTerm::Given(date)),
            None => self.item.statutory.map(ClockTerm::Counted),
        };
        if let Some(term) = statutory {
            track.start(
                ClockKey::Statutory,
                start,
                term,
                Stopping::HeldByStops,
                moment,
            )?;
        }
        self.enter(Stage::Handling, at, track, moment)
    }

    fn decline(
        &mut self,
        outcome: Outcome,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        self.need_before_acceptance()?;
        self.close(Some(outcome), at, track)
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

    fn notify_correction(
        &mut self,
        missing: &[String],
        at: DateTime<Utc>,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_before_acceptance()?;
        track.end(self.acceptance_clock(), at);
        self.corrections.push(Correction {
            notified_at: at,
            missing: missing.to_vec(),
            supplied_at: None,
        });
        self.phase = Phase::AwaitingSupply;
        if let Some(term) = periods(books, moment).correction {
            let key = ClockKey::Correction(count(self.corrections.len()));
            track.start(key, at, ClockTerm::Counted(term), Stopping::RunsOn, moment)?;
        }
        Ok(())
    }

    fn supply(
        &mut self,
        at: DateTime<Utc>,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        if self.phase != Phase::AwaitingSupply {
            return Err(Refusal::NothingToSupply);
        }
        let notices = count(self.corrections.len());
        for number in 1..=notices {
            track.end(ClockKey::Correction(number), at);
        }
        if let Some(last) = self.corrections.last_mut() {
            last.supplied_at = Some(at);
        }
        self.phase = Phase::Received;
        track.start(
            self.acceptance_clock(),
            at,
            ClockTerm::Counted(periods(books, moment).acceptance),
            Stopping::RunsOn,
            moment,
        )?;
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
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::InStage(stage))?;
        let at = recorded.occurred_at;
        if let Some(visit) = self.visits.last_mut() {
            if at < visit.started_at {
                return Err(Refusal::BeforeStart {
                    at,
                    what: "本环节开始时间",
                    start: visit.started_at,
                });
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
                ClockTerm::Counted(periods(books, moment).delivery),
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
        let outcome = self.final_outcome(outcome, decided)?;
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

    fn final_outcome(
        &self,
        said: Option<Outcome>,
        decided: Option<Outcome>,
    ) -> Result<Outcome, Refusal> {
        let forwarded = matches!(self.item.kind, ItemKind::Forwarded);
        let usual = if forwarded {
            Outcome::Forwarded
        } else {
            Outcome::Granted
        };
        let outcome = said.or(decided).unwrap_or(usual);
        let why = match (said, decided) {
            (Some(said), Some(decided)) if said != decided && said != Outcome::Returned => {
                Some("批准环节已作出不同的决定 / the decision says otherwise")
            }
            _ if !outcome.is_of_completion() => Some("请用撤回、终止操作 / use withdraw or end"),
            _ if forwarded && outcome == Outcome::Granted => {
                Some("上报件以转报办结(行政许可法第四十三条) / a forwarded case ends as forwarded")
            }
            _ if !forwarded && outcome == Outcome::Forwarded => {
                Some("不是上报件 / not a forwarded item")
            }
            _ => None,
        };
        match why {
            Some(why) => Err(Refusal::WrongOutcome { outcome, why }),
            None => Ok(outcome),
        }
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
        self.end_visit(from, recorded, track)?;
        if let Some(visit) = self.visits.last_mut() {
            visit.sent_back = true;
        }
        self.sent_back = self.sent_back.saturating_add(1);
        if from == Stage::Completion && self.decision.take().is_some() {
            track.end(ClockKey::Delivery(self.decisions), recorded.occurred_at);
            track.reopen(ClockKey::Statutory, moment)?;
        }
        self.enter(to, recorded.occurred_at, track, moment)
    }

    fn open_stop(
        &mut self,
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_in_stage()?;
        let Event::StopOpened {
            stop,
            procedure,
            notice,
            term,
            ..
        } = &recorded.event
        else {
            return Ok(());
        };
        let at = recorded.occurred_at;
        track.stops.push(Stop {
            number: *stop,
            procedure: *procedure,
            notice: notice.clone(),
            from: at,
            to: None,
        });
        track.recount(moment)?;
        if let Some(term) = term {
            let key = if procedure.is_suspension() {
                ClockKey::Suspension(*stop)
            } else {
                ClockKey::Stop(*stop)
            };
            track.start(key, at, ClockTerm::Counted(*term), Stopping::RunsOn, moment)?;
        }
        Ok(())
    }

    /// Art. 42: adds to the statutory term and to the visit that runs; to the promised term only
    /// when it was approved before the promise was broken.
    fn extend(
        &mut self,
        working_days: u32,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_in_stage()?;
        if self.extension.is_some() {
            return Err(Refusal::AlreadyExtended);
        }
        let due_of = |key| track.clock(key).and_then(|c| c.due);
        if due_of(ClockKey::Statutory).is_some_and(|due| at >= due.at)
            || track
                .clock(ClockKey::Statutory)
                .is_some_and(|c| c.ended_at.is_some())
        {
            return Err(Refusal::ExtensionTooLate);
        }
        let promised_too = due_of(ClockKey::Promised).is_none_or(|due| at < due.at);
        track.extend(ClockKey::Statutory, working_days, moment)?;
        if promised_too {
            track.extend(ClockKey::Promised, working_days, moment)?;
        }
        if let Some(visit) = self.visit_clock() {
            track.extend(visit, working_days, moment)?;
        }
        self.extension = Some(Extension {
            at,
            working_days,
            promised_too,
        });
        Ok(())
    }

    fn ask_partner(
        &mut self,
        number: u32,
        unit: &UnitCode,
        term: Term,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::InStage(Stage::Handling))?;
        if !matches!(self.item.kind, ItemKind::Joint) {
            return Err(Refusal::NotJoint);
        }
        self.partners.push(Partner {
            number,
            unit: unit.clone(),
            answered_at: None,
        });
        let key = ClockKey::Partner(number);
        track.start(
            key,
            at,
            ClockTerm::Counted(term),
            Stopping::HeldByStops,
            moment,
        )?;
        Ok(())
    }

    fn answer_partner(
        &mut self,
        number: u32,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        let open = self
            .partners
            .iter_mut()
            .find(|p| p.number == number && p.answered_at.is_none())
            .ok_or(Refusal::NoOpenPartner)?;
        open.answered_at = Some(at);
        track.end(ClockKey::Partner(number), at);
        Ok(())
    }

    fn deliver(&mut self, at: DateTime<Utc>, track: &mut Track) -> Result<(), Refusal> {
        let Some(decision) = &self.decision else {
            return Err(Refusal::NotDecided);
        };
        if self.delivered_at.is_some() {
            return Err(Refusal::AlreadyDone { what: "送达" });
        }
        if at < decision.at {
            return Err(Refusal::BeforeStart {
                at,
                what: "作出决定的时间",
                start: decision.at,
            });
        }
        self.delivered_at = Some(at);
        track.end(ClockKey::Delivery(self.decisions), at);
        Ok(())
    }
}

fn close_stop(
    number: u32,
    at: DateTime<Utc>,
    track: &mut Track,
    moment: Moment<'_>,
) -> Result<(), Refusal> {
    let stop = track
        .stops
        .iter_mut()
        .find(|s| s.number == number && s.to.is_none())
        .ok_or(Refusal::NoOpenStop)?;
    if at < stop.from {
        return Err(Refusal::BeforeStart {
            at,
            what: "特别程序开始时间",
            start: stop.from,
        });
    }
    stop.to = Some(at);
    track.end(ClockKey::Stop(number), at);
    track.end(ClockKey::Suspension(number), at);
    track.recount(moment)?;
    Ok(())
}

fn periods(books: &Books, moment: Moment<'_>) -> Periods {
    books
        .rules_at(moment.recorded_at)
        .map(|set| set.periods.clone())
        .unwrap_or_default()
}

/// Lists in a case are short; a count that doesn't fit is the largest number.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
