//! The course of one case or order, from the acts that were acknowledged: what must have been raised, when, and who
//! must have been told.

mod revised;

use super::CLOCKS_DIFFER_US;
use super::days::{Days, Due, Stop, day_of};
use super::law::{Law, Revision};
use crate::city::{Item, Length, Rule, When, start_of};
use crate::plain::{Deed, Stage, Told};

/// The working days in which a case is accepted, or deemed to be (行政许可法 art. 32).
const ACCEPTANCE_DAYS: i64 = 5;
/// The working days in which a permit is delivered (art. 44).
const DELIVERY_DAYS: i64 = 10;

/// What set a date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// An act, by its place among the acts.
    Act(usize),
    /// That the case was deemed accepted.
    Deemed,
    /// That the days of rest were changed.
    Revised(String),
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Received,
    Awaiting,
    In(Stage),
    Completed,
    Closed,
    /// An order that waits for an answer.
    Issued,
    /// An order that was answered.
    Replied,
}

/// A date that a clock had.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub(crate) cause: Cause,
    pub(crate) due: Due,
    /// No card takes effect before this.
    pub(crate) known_us: i64,
    /// The turn after which it is known.
    pub(crate) turn: u64,
}

/// One limit that runs.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub(crate) name: String,
    element: &'static str,
    stage: Option<Stage>,
    start_us: i64,
    length: Length,
    extra: i64,
    held: bool,
    pub(crate) ended: Option<i64>,
    /// How many revisions of the days of rest had been seen by the act that ended it.
    ended_revisions: usize,
    pub(crate) due: Option<Due>,
    pub(crate) dates: Vec<Dated>,
}

/// A warning that must be there.
#[derive(Clone, Debug)]
pub(crate) struct Warning {
    pub(crate) rule: String,
    pub(crate) level: &'static str,
    pub(crate) clock: String,
    pub(crate) cause: Cause,
    pub(crate) due_at: i64,
    pub(crate) limit_at: i64,
    pub(crate) effective_at: i64,
    /// What it rests on was known after this turn.
    pub(crate) turn: u64,
    pub(crate) recipients: Vec<String>,
    /// The working days of the order that comes with it.
    pub(crate) order: Option<i64>,
    pub(crate) when: When,
    pub(crate) stands: bool,
    /// It fell by itself, when its date moved.
    pub(crate) annulled: bool,
}

/// An own event of the program that the record has.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) kind: String,
    pub(crate) recorded_us: i64,
    /// Of moved dates: the version that moved them.
    pub(crate) version: String,
}

impl Own {
    /// Whether it moved dates for these days of rest.
    fn moved_by(&self, revision: &Revision) -> bool {
        self.kind == "dates_revised" && self.version == revision.version
    }
}

/// That a limit passed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Passed {
    pub(crate) clock: String,
    pub(crate) cause: Cause,
    pub(crate) limit_at: i64,
}

/// The course of a case or an order.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) unit: usize,
    item: Option<Item>,
    /// The working days of an order.
    order_days: i64,
    terms: usize,
    pub(crate) phase: Phase,
    last_stage: Option<Stage>,
    received_us: i64,
    supplied_us: Option<i64>,
    periods: usize,
    visits: Vec<Stage>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) extended: bool,
    /// Whether the decision that stands grants.
    pub(crate) granted: Option<bool>,
    decisions: usize,
    pub(crate) delivered: bool,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) passed: Vec<Passed>,
    pub(crate) deemed_at: Option<i64>,
    /// How many acts were told.
    pub(crate) acts: usize,
    /// Another act belongs to the one before.
    unfinished: bool,
    /// The last instant at which something happened.
    pub(crate) last_us: i64,
    turn: u64,
    /// How many revisions of the days of rest it has seen, and the turn of the last one: a threshold may lie elsewhere
    /// since, also where no date moved.
    revisions: usize,
    revised_turn: u64,
    /// The rules that came by this turn are known.
    seen_turn: u64,
    /// The versions that moved a date of it.
    pub(crate) revised: Vec<String>,
    /// What the program is found to have recorded of itself. When time did what it does is no concern of the model, but
    /// for one thing: whether that was before other days of rest came.
    own: Vec<Own>,
}

/// What waits for its instant; of those at one instant the lower rank comes first.
struct Alarm {
    at: i64,
    rank: u8,
    clock: usize,
    rule: Option<Rule>,
}

impl Course {
    /// A case, from its receipt.
    pub(crate) fn of_case(law: &Law, item: &Item, receipt: &Told, own: Vec<Own>) -> Self {
        let mut course = Self::new(item.unit, receipt, Phase::Received);
        course.item = Some(item.clone());
        course.last_stage = Some(Stage::Acceptance);
        course.own = own;
        course.revisions = law.revisions_by(receipt.turn);
        course.begin_acceptance(law, receipt.occurred_us, receipt.recorded_us);
        course.acts = 1;
        // The notice of what is missing goes out with the receipt: no time is between them.
        course.unfinished = receipt.deed == (Deed::Receive { missing: true });
        if !course.unfinished {
            course.settle(law, receipt.recorded_us);
        }
        course
    }

    /// An order, from its issue.
    pub(crate) fn of_order(
        law: &Law,
        (unit, days): (usize, i64),
        issue: &Told,
        own: Vec<Own>,
    ) -> Self {
        let mut course = Self::new(unit, issue, Phase::Issued);
        course.order_days = days;
        course.terms = 1;
        // What its card rests on is older than the order itself. Where the clocks of two processes can't say which of both
        // came first, the record does: an order that came later was counted by the new days from its beginning.
        let moved = |r: &Revision| own.iter().any(|own| own.moved_by(r));
        let near = |r: &Revision| r.in_force_us > issue.recorded_us - CLOCKS_DIFFER_US;
        let later = |r: &Revision| r.in_force_us > issue.recorded_us || (near(r) && moved(r));
        let mut seen = 0;
        while law.revision(seen).is_some_and(|r| !later(r)) {
            seen += 1;
        }
        course.revisions = seen;
        course.own = own;
        course.begin_order_term(law, issue.occurred_us, issue.recorded_us);
        course.acts = 1;
        course
    }

    fn new(unit: usize, first: &Told, phase: Phase) -> Self {
        Self {
            unit,
            item: None,
            order_days: 0,
            terms: 0,
            phase,
            last_stage: None,
            received_us: first.occurred_us,
            supplied_us: None,
            periods: 0,
            visits: Vec::new(),
            stops: Vec::new(),
            extended: false,
            granted: None,
            decisions: 0,
            delivered: false,
            clocks: Vec::new(),
            warnings: Vec::new(),
            passed: Vec::new(),
            deemed_at: None,
            acts: 0,
            unfinished: false,
            last_us: first.occurred_us,
            turn: first.turn,
            revisions: 0,
            revised_turn: 0,
            seen_turn: first.turn,
            revised: Vec::new(),
            own: Vec::new(),
        }
    }

    /// The stage in which the case is, if it is in one.
    pub(crate) fn stage(&self) -> Option<Stage> {
        match self.phase {
            Phase::In(stage) => Some(stage),
            _ => None,
        }
    }

    /// The item that was applied for.
    pub(crate) fn item(&self) -> Option<&Item> {
        self.item.as_ref()
    }

    /// Whether a stop is open.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stops.iter().any(|(_, to)| to.is_none())
    }

    /// A clock by its name.
    pub(crate) fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|c| c.name == name)
    }

    /// Takes an act: what time did before it, the act, what the act lets time do.
    ///
    /// # Errors
    /// Why it can't have been acknowledged.
    pub(crate) fn take(&mut self, law: &Law, told: &Told) -> Result<(), String> {
        self.seen_turn = self.seen_turn.max(told.turn);
        self.revise_while(law, |r| r.turn < told.turn);
        if !std::mem::take(&mut self.unfinished) {
            self.settle(law, told.recorded_us);
        }
        self.turn = told.turn;
        self.apply(law, told)
            .map_err(|why| format!("{:?} was acknowledged although {why}", told.deed))?;
        self.acts += 1;
        self.last_us = self.last_us.max(told.occurred_us);
        self.settle(law, told.recorded_us);
        Ok(())
    }

    /// The rules of now are known.
    pub(crate) fn know_all(&mut self) {
        self.seen_turn = u64::MAX;
    }

    /// Takes all that comes after the last act.
    pub(crate) fn finish(&mut self, law: &Law, end_us: i64) {
        self.know_all();
        self.revise_while(law, |_| true);
        self.settle(law, end_us);
    }

    /// Takes all that time does up to an instant.
    pub(crate) fn settle(&mut self, law: &Law, up_to_us: i64) {
        while let Some(alarm) = self.next_alarm(law) {
            if alarm.at > up_to_us {
                break;
            }
            self.fire(law, &alarm);
        }
    }

    fn days<'l>(&self, law: &'l Law) -> Days<'l> {
        law.days(self.revisions)
    }

    fn next_alarm(&self, law: &Law) -> Option<Alarm> {
        let mut first: Option<Alarm> = None;
        let mut offer = |alarm: Alarm| {
            let earlier = |f: &Alarm| (alarm.at, alarm.rank) < (f.at, f.rank);
            if first.as_ref().is_none_or(earlier) {
                first = Some(alarm);
            }
        };
        for (place, clock) in self.clocks.iter().enumerate() {
            let (Some(due), Some(dated)) = (clock.due, clock.dates.last()) else {
                continue;
            };
            let ended_before = |at: i64| clock.ended.is_some_and(|end| end < at);
            let alarm = |at, rank, rule| Alarm {
                at,
                rank,
                clock: place,
                rule,
            };
            let limited = clock.element == "promised" || clock.element == "statutory";
            let known = |p: &Passed| p.clock == clock.name && p.cause == dated.cause;
            if limited && !ended_before(due.at) && !self.passed.iter().any(known) {
                offer(alarm(due.at, 0, None));
            }
            if clock.element == "acceptance" && clock.ended.is_none() {
                offer(alarm(due.at, 2, None));
            }
            // Whatever it had come to by its end was told by its end: other days of rest bring nothing to it.
            if clock.ended.is_some() && clock.ended_revisions < self.revisions {
                continue;
            }
            for (rule, from, to) in law.rules(self.seen_turn) {
                let own = |s: Stage| rule.element.strip_prefix("stage-") == Some(s.word());
                if rule.element != clock.element && !clock.stage.is_some_and(own) {
                    continue;
                }
                let Some(at) = self.threshold(law, rule.when, clock) else {
                    continue;
                };
                let effective = at.max(dated.known_us);
                if effective < from || effective >= to || ended_before(at) {
                    continue;
                }
                let raised = |w: &Warning| {
                    // What an inspector took away stays away as long as the date is the same.
                    let same = w.cause == dated.cause || (!w.annulled && w.due_at == due.at);
                    w.rule == rule.id && w.clock == clock.name && same
                };
                if !self.warnings.iter().any(raised) {
                    offer(alarm(at, 1, Some(rule.clone())));
                }
            }
        }
        first
    }

    /// The instant at which a rule fires on a clock.
    fn threshold(&self, law: &Law, when: When, clock: &Clock) -> Option<i64> {
        let (due, days) = (clock.due?, self.days(law));
        match when {
            When::After(0) => Some(due.at),
            When::After(working) => Some(start_of(days.add(due.on, working) + 1)),
            When::Before(working) => {
                let length = match clock.length {
                    Length::Working(length) => length + clock.extra,
                    Length::Natural(_) => days.working_after(day_of(clock.start_us), due.on),
                };
                let day = days.first_with_left(due.on, working);
                let at = start_of(day).max(clock.start_us);
                (length > working && at < due.at).then_some(at)
            }
        }
    }

    fn fire(&mut self, law: &Law, alarm: &Alarm) {
        let clock = &self.clocks[alarm.clock];
        let (Some(due), Some(dated)) = (clock.due, clock.dates.last().cloned()) else {
            return;
        };
        let name = clock.name.clone();
        match (&alarm.rule, alarm.rank) {
            (Some(rule), _) => {
                let stage = clock.stage.or(match clock.element {
                    "acceptance" => Some(Stage::Acceptance),
                    "delivery" => Some(Stage::Completion),
                    _ => self.last_stage,
                });
                let recipients = law.recipients(self.unit, stage, &rule.tell);
                self.warnings.push(Warning {
                    rule: rule.id.to_owned(),
                    level: rule.level,
                    clock: name,
                    cause: dated.cause,
                    due_at: due.at,
                    limit_at: alarm.at,
                    effective_at: alarm.at.max(dated.known_us),
                    turn: dated.turn.max(self.revised_turn),
                    recipients,
                    order: rule.order.filter(|_| self.item.is_some()),
                    when: rule.when,
                    stands: true,
                    annulled: false,
                });
            }
            (None, 0) => self.passed.push(Passed {
                clock: name,
                cause: dated.cause,
                limit_at: alarm.at,
            }),
            (None, _) => self.deem(law, due.at, dated.known_us),
        }
    }

    /// Nobody said anything in time: accepted by law, at the end of the period.
    fn deem(&mut self, law: &Law, at: i64, known_us: i64) {
        self.deemed_at = Some(at);
        self.last_us = self.last_us.max(at);
        let known = known_us.max(at);
        self.accept(law, at, Cause::Deemed, known);
    }

    fn accept(&mut self, law: &Law, at: i64, cause: Cause, known_us: i64) {
        self.end("acceptance", at);
        let start = self.supplied_us.unwrap_or(self.received_us);
        let Some(item) = self.item.clone() else {
            return;
        };
        for (name, length) in [("promised", item.promised), ("statutory", item.statutory)] {
            let clock = self.started(name.to_owned(), name, start, length);
            self.begin(law, clock, true, cause.clone(), known_us);
        }
        self.enter(law, Stage::Handling, at, cause, known_us);
    }

    fn enter(&mut self, law: &Law, stage: Stage, at: i64, cause: Cause, known_us: i64) {
        let visit = self.visits.iter().filter(|s| **s == stage).count() + 1;
        self.visits.push(stage);
        self.phase = Phase::In(stage);
        self.last_stage = Some(stage);
        let limits = self.item.as_ref().map_or([0; 4], |i| i.stages);
        let place = Stage::LIMITED.iter().position(|s| *s == stage);
        if let Some(days) = place.map(|p| limits[p]) {
            let mut clock = self.started(
                format!("{stage}#{visit}"),
                "stage",
                at,
                Length::Working(days),
            );
            clock.stage = Some(stage);
            self.begin(law, clock, true, cause, known_us);
        }
    }

    fn begin_acceptance(&mut self, law: &Law, at: i64, known_us: i64) {
        self.periods += 1;
        let name = format!("acceptance#{}", self.periods);
        let clock = self.started(name, "acceptance", at, Length::Working(ACCEPTANCE_DAYS));
        self.begin(law, clock, false, Cause::Act(self.acts), known_us);
    }

    fn begin_order_term(&mut self, law: &Law, at: i64, known_us: i64) {
        let name = format!("order#{}", self.terms);
        let clock = self.started(name, "order", at, Length::Working(self.order_days));
        self.begin(law, clock, false, Cause::Act(self.acts), known_us);
    }

    fn started(&self, name: String, element: &'static str, start_us: i64, length: Length) -> Clock {
        Clock {
            name,
            element,
            stage: None,
            start_us,
            length,
            extra: 0,
            held: false,
            ended: None,
            ended_revisions: 0,
            due: None,
            dates: Vec::new(),
        }
    }

    fn begin(&mut self, law: &Law, mut clock: Clock, held: bool, cause: Cause, known_us: i64) {
        clock.held = held;
        self.clocks.push(clock);
        self.date(law, self.clocks.len() - 1, &cause, known_us, false);
    }

    /// Counts a clock's date anew; one that is as it was keeps what set it.
    fn date(&mut self, law: &Law, place: usize, cause: &Cause, known_us: i64, anew: bool) {
        let (days, turn) = (self.days(law), self.turn);
        let stops = self.stops.clone();
        let clock = &mut self.clocks[place];
        let held: &[Stop] = if clock.held { &stops } else { &[] };
        let due = days.due(clock.start_us, clock.length, clock.extra, held);
        clock.due = due;
        let Some(due) = due else { return };
        match clock.dates.last_mut().filter(|d| d.due == due && !anew) {
            // It had no date while it was stopped, and nobody could raise anything.
            Some(same) => same.turn = turn,
            None => clock.dates.push(Dated {
                cause: cause.clone(),
                due,
                known_us,
                turn,
            }),
        }
    }

    fn recount(&mut self, law: &Law, cause: &Cause, known_us: i64) {
        for place in 0..self.clocks.len() {
            if self.clocks[place].held && self.clocks[place].ended.is_none() {
                self.date(law, place, cause, known_us, false);
            }
        }
    }

    /// Ends the clocks of an element that run.
    fn end(&mut self, element: &str, at: i64) {
        let running = self.clocks.iter_mut().filter(|c| c.ended.is_none());
        for clock in running.filter(|c| c.element == element) {
            (clock.ended, clock.ended_revisions) = (Some(at), self.revisions);
        }
    }

    fn end_all(&mut self, at: i64) {
        for clock in self.clocks.iter_mut().filter(|c| c.ended.is_none()) {
            (clock.ended, clock.ended_revisions) = (Some(at), self.revisions);
        }
    }

    fn apply(&mut self, law: &Law, told: &Told) -> Result<(), String> {
        let (at, known, cause) = (told.occurred_us, told.recorded_us, Cause::Act(self.acts));
        if at > known {
            return Err("it hadn't happened yet".to_owned());
        }
        match &told.deed {
            Deed::Receive { .. } => return Err("it was received".to_owned()),
            Deed::Accept => {
                self.need(self.phase == Phase::Received)?;
                self.accept(law, at, cause, known);
            }
            Deed::Correct => {
                self.need(self.phase == Phase::Received)?;
                self.end("acceptance", at);
                self.phase = Phase::Awaiting;
            }
            Deed::Supply => {
                self.need(self.phase == Phase::Awaiting)?;
                self.supplied_us = self.supplied_us.or(Some(at));
                self.phase = Phase::Received;
                self.begin_acceptance(law, at, known);
            }
            Deed::RefuseAcceptance | Deed::NotNeeded => {
                self.need(matches!(self.phase, Phase::Received | Phase::Awaiting))?;
                self.close(at);
            }
            Deed::Withdraw | Deed::End => {
                let before = matches!(self.phase, Phase::Received | Phase::Awaiting);
                self.need(before || self.stage().is_some())?;
                self.close(at);
            }
            Deed::Complete { stage, refused } => {
                self.need(self.phase == Phase::In(*stage))?;
                self.complete(law, *stage, !refused, told, cause)?;
            }
            Deed::SendBack { to } => self.send_back(law, *to, told, cause)?,
            Deed::Stop { days } => {
                self.need(self.stage().is_some() && !self.is_stopped())?;
                self.stops.push((at, None));
                self.recount(law, &cause, known);
                if let Some(days) = days {
                    let name = format!("stop#{}", self.stops.len());
                    let clock = self.started(name, "stop", at, Length::Working(*days));
                    self.begin(law, clock, false, cause, known);
                }
            }
            Deed::Resume => {
                self.need(self.is_stopped() && self.stage().is_some())?;
                let open = self.stops.iter_mut().filter(|(_, to)| to.is_none());
                open.for_each(|(_, to)| *to = Some(at));
                self.end("stop", at);
                self.recount(law, &cause, known);
            }
            Deed::Extend { days } => self.extend(law, *days, told, &cause)?,
            Deed::Deliver => {
                self.need(
                    self.granted.is_some() && !self.delivered && self.phase != Phase::Closed,
                )?;
                self.delivered = true;
                self.end("delivery", at);
            }
            Deed::Revoke {
                rule,
                clock,
                limit_at,
                ..
            } => {
                let mut warnings = self.warnings.iter_mut();
                let card = warnings.find(|w| {
                    w.stands && w.rule == *rule && w.clock == *clock && w.limit_at == *limit_at
                });
                card.ok_or("there was no such card")?.stands = false;
            }
            Deed::Reply => {
                self.need(self.phase == Phase::Issued)?;
                self.phase = Phase::Replied;
                self.end("order", at);
            }
            Deed::CloseOrder => {
                self.need(matches!(self.phase, Phase::Issued | Phase::Replied))?;
                self.phase = Phase::Closed;
                self.end_all(at);
            }
            Deed::SendBackOrder => {
                self.need(self.phase == Phase::Replied)?;
                self.phase = Phase::Issued;
                self.terms += 1;
                self.begin_order_term(law, at, known);
            }
        }
        Ok(())
    }

    fn need(&self, holds: bool) -> Result<(), String> {
        match holds {
            true => Ok(()),
            false => Err(format!("it was {:?}", self.phase)),
        }
    }

    fn close(&mut self, at: i64) {
        self.end_all(at);
        self.phase = Phase::Closed;
    }

    fn complete(
        &mut self,
        law: &Law,
        stage: Stage,
        granted: bool,
        told: &Told,
        cause: Cause,
    ) -> Result<(), String> {
        let (at, known) = (told.occurred_us, told.recorded_us);
        if stage == Stage::Completion {
            self.need(!self.is_stopped())?;
            for element in ["stage", "promised", "statutory"] {
                self.end(element, at);
            }
            if self.granted == Some(false) {
                self.end("delivery", at);
            }
            self.phase = Phase::Completed;
            return Ok(());
        }
        self.end("stage", at);
        if stage == Stage::Approval {
            self.decisions += 1;
            self.granted = Some(granted);
            self.end("statutory", at);
            if granted && self.item.as_ref().is_some_and(|i| i.permit) {
                let name = format!("delivery#{}", self.decisions);
                let clock = self.started(name, "delivery", at, Length::Working(DELIVERY_DAYS));
                self.begin(law, clock, false, cause.clone(), known);
            }
        }
        self.enter(law, stage.next(), at, cause, known);
        Ok(())
    }

    fn send_back(&mut self, law: &Law, to: Stage, told: &Told, cause: Cause) -> Result<(), String> {
        let (at, known) = (told.occurred_us, told.recorded_us);
        let from = self
            .stage()
            .filter(|from| to < *from && to != Stage::Acceptance);
        self.need(from.is_some() && !self.delivered)?;
        self.end("stage", at);
        if from == Some(Stage::Completion) && self.granted.take().is_some() {
            self.end("delivery", at);
            if let Some(place) = self.clocks.iter().position(|c| c.name == "statutory") {
                self.clocks[place].ended = None;
                self.date(law, place, &cause, known, true);
            }
        }
        self.enter(law, to, at, cause, known);
        Ok(())
    }

    fn extend(&mut self, law: &Law, days: i64, told: &Told, cause: &Cause) -> Result<(), String> {
        let (at, known) = (told.occurred_us, told.recorded_us);
        let stage = self.stage();
        let before_due = |name: &str| {
            let due = self.clock(name).and_then(|c| c.due);
            due.is_none_or(|due| at < due.at)
        };
        let decided = self.clock("statutory").is_some_and(|c| c.ended.is_some());
        self.need(stage.is_some() && !self.extended && !decided && before_due("statutory"))?;
        let promised_too = before_due("promised");
        self.extended = true;
        let last = self.clocks.iter().rposition(|c| c.element == "stage");
        for place in 0..self.clocks.len() {
            let clock = &mut self.clocks[place];
            let longer = clock.name == "statutory"
                || (clock.name == "promised" && promised_too)
                || Some(place) == last;
            if longer {
                clock.extra += days;
                self.date(law, place, cause, known, false);
            }
        }
        Ok(())
    }
}
