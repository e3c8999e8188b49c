//! What one subject contributes to the figures, derived from its replayed history. Everything is counted
//! by when it happened (`occurred_at`); annulled events are no part of a replayed state, and don't count.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{Calendar, Due, Interval, NotCovered, Term, TermUnit, Used, UsedError};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::daily::{Balance, DailyFacts, Measure};
use super::figures::{Count, Leaf, Sheet};
use super::fold::Fold;
use crate::appeal::AppealPhase;
use crate::case::{Case, Phase};
use crate::event::Event;
use crate::item::ItemKind;
use crate::order::{Order, OrderPhase};
use crate::rule::Level;
use crate::stage::Stage;
use crate::subject::{Body, Subject};
use crate::track::{Clock, ClockKey, ClockTerm};
use crate::warning::WarningState;

/// The span of a period as instants, and the instant at which open cases are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub to: DateTime<Utc>,
    /// When lateness of what is open is judged: the end of the period, or when it was counted if that was earlier.
    pub as_of: DateTime<Utc>,
}

impl Window {
    /// The span of some days, looked at at `now` if it isn't over then.
    pub fn new(period: &super::Period, calendar: &Calendar, now: DateTime<Utc>) -> Self {
        let after = period.last().succ_opt().unwrap_or(period.last());
        let to = calendar.start_of(after);
        Self {
            from: calendar.start_of(period.first()),
            to,
            as_of: to.min(now),
        }
    }

    /// Whether something happened in it.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }
}

/// Adds what a subject contributes to a period.
///
/// # Errors
/// A day that the calendar doesn't cover.
pub fn count(
    sheet: &mut Sheet,
    subject: &Subject,
    window: &Window,
    calendar: &Calendar,
) -> Result<(), NotCovered> {
    let mut facts = DailyFacts::default();
    contribute(&mut facts, subject, calendar, window.as_of)?;
    let day = |at| calendar.office_date(at);
    // The last day is the one before that on which the window ends.
    let mut fold = Fold::new(vec![(day(window.from), before(day(window.to)))]);
    fold.add_all(&facts);
    fold.sheets().iter().for_each(|own| sheet.merge(own));
    Ok(())
}

/// Adds the facts of a subject, by the office days on which they happened (`occurred_at`). They are a function of its
/// history, the calendar, and the instant up to which limits that pass without an event are looked at.
///
/// # Errors
/// A day that the calendar doesn't cover.
pub fn contribute(
    facts: &mut DailyFacts,
    subject: &Subject,
    calendar: &Calendar,
    as_of: DateTime<Utc>,
) -> Result<(), NotCovered> {
    let mut fact = Fact {
        subject,
        calendar,
        as_of,
        facts,
        leaf: (subject.unit().clone(), None),
    };
    match &subject.body {
        Body::Case(case) => {
            fact.leaf = (case.unit.clone(), Some(case.item.code.clone()));
            fact.count_case(case)?;
        }
        Body::Order(order) => fact.count_order(order),
        Body::Appeal(appeal) => {
            fact.leaf = (appeal.card.unit.clone(), appeal.card.item.clone());
            fact.one(appeal.filed_at, Count::AppealsFiled);
            match appeal.phase {
                AppealPhase::Revoked { at } => fact.one(at, Count::AppealsUpheld),
                AppealPhase::Rejected { at } => fact.one(at, Count::AppealsRejected),
                _ => {}
            }
        }
    }
    fact.count_warnings();
    fact.count_defects();
    Ok(())
}

/// Counts one subject.
struct Fact<'a> {
    subject: &'a Subject,
    calendar: &'a Calendar,
    as_of: DateTime<Utc>,
    facts: &'a mut DailyFacts,
    /// Where the subject itself is counted.
    leaf: Leaf,
}

impl Fact<'_> {
    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        self.calendar.office_date(at)
    }

    fn add(&mut self, day: NaiveDate, measure: Measure, n: u64) {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        self.facts.add(day, &self.leaf, measure, n);
    }

    fn one(&mut self, at: DateTime<Utc>, count: Count) {
        self.add(self.day(at), Measure::Count(count), 1);
    }

    /// Something is open from after one day until another; to this day if it ends with none.
    fn open(&mut self, balance: Balance, from: NaiveDate, until: Option<NaiveDate>) {
        if until.is_some_and(|until| until <= from) {
            return;
        }
        let change = Measure::Change(balance);
        self.facts.add(from, &self.leaf, change, 1);
        if let Some(until) = until {
            self.facts.add(until, &self.leaf, change, -1);
        }
    }

    /// The day after which something that is due at an instant is late: the one that ends then, if one does.
    fn late_after(&self, due_at: DateTime<Utc>) -> NaiveDate {
        self.day(due_at - TimeDelta::microseconds(1))
    }

    fn count_case(&mut self, case: &Case) -> Result<(), NotCovered> {
        self.one(case.received_at, Count::Received);
        if let Some(acceptance) = case.acceptance {
            self.one(acceptance.at, Count::Accepted);
            if acceptance.deemed {
                self.one(acceptance.at, Count::DeemedAccepted);
            }
            // An end that another system states before its acceptance counts with the acceptance: what was open,
            // came in and went out must add up.
            let over = case.over_at().map(|at| at.max(acceptance.at));
            let (accepted_on, over_on) = (self.day(acceptance.at), over.map(|at| self.day(at)));
            self.open(Balance::Open, accepted_on, over_on);
            self.count_open_late(case, accepted_on, over_on)?;
            if let Some(on) = over_on {
                let age = whole((on - accepted_on).num_days());
                self.add(on, Measure::CompletedAfter(age), 1);
                self.add(on, Measure::Count(Count::Completed), 1);
                self.count_completed(on, case)?;
            }
        } else if let Phase::Over { outcome, at } = case.phase {
            self.one(at, Count::Declined);
            self.add(self.day(at), Measure::Outcome(outcome), 1);
        }
        self.count_intervals(case);
        Ok(())
    }

    /// The spans in which an open case was past its promised limit, as it stood then: without the stops and the
    /// extension that came later.
    fn count_open_late(
        &mut self,
        case: &Case,
        accepted_on: NaiveDate,
        over_on: Option<NaiveDate>,
    ) -> Result<(), NotCovered> {
        let track = &self.subject.track;
        let Some(clock) = track.clock(ClockKey::Promised) else {
            return Ok(());
        };
        let mut changes: Vec<NaiveDate> = Vec::new();
        changes.extend(case.extension.as_ref().map(|e| self.day(e.at)));
        for stop in &track.stops {
            changes.push(self.day(stop.from));
            changes.extend(stop.to.map(|to| self.day(to)));
        }
        changes.sort_unstable();
        changes.dedup();
        // Before the first change, between two, after the last.
        let starts = std::iter::once(None).chain(changes.iter().copied().map(Some));
        let ends = changes.iter().copied().map(Some).chain([None]);
        for (start, end) in starts.zip(ends) {
            let due = match (start, end) {
                (_, None) => clock.due,
                (None, Some(end)) => self.due_then(clock, case, self.calendar.start_of(end))?,
                (Some(start), Some(_)) => {
                    self.due_then(clock, case, self.calendar.start_of(after(start)))?
                }
            };
            let Some(due) = due.filter(|due| due.at <= self.as_of) else {
                continue;
            };
            let from = self.late_after(due.at).max(accepted_on);
            let from = start.map_or(from, |start| start.max(from));
            let until = [end, over_on].into_iter().flatten().min();
            self.open(Balance::OpenLate, from, until);
        }
        Ok(())
    }

    /// A case that ended: its outcome and, if it says anything about speed, its times.
    fn count_completed(&mut self, on: NaiveDate, case: &Case) -> Result<(), NotCovered> {
        let outcome = case.outcome();
        self.add(on, Measure::Outcome(outcome), 1);
        let (Some(over), Some(day0)) = (case.over_at(), case.day0) else {
            return Ok(());
        };
        if !outcome.is_some_and(|outcome| outcome.counts_for_time()) {
            return Ok(());
        }
        let track = &self.subject.track;
        let (over_day, received_day) = (self.day(over), self.day(case.received_at));
        let mut counted = |count: Count, n: u64| self.add(on, Measure::Count(count), n);
        counted(Count::Timed, 1);
        counted(Count::SameDay, of(over_day == received_day));
        if let Some(promised) = ended(track.clock(ClockKey::Promised)) {
            if promised.was_late() {
                counted(Count::CompletedLate, 1);
            } else {
                counted(Count::CompletedOnTime, 1);
                let early = promised.due.is_some_and(|due| over_day < due.on);
                counted(Count::CompletedEarly, of(early));
            }
        }
        if let Some(statutory) = ended(track.clock(ClockKey::Statutory)) {
            let count = if statutory.was_late() {
                Count::StatutoryLate
            } else {
                Count::StatutoryOnTime
            };
            counted(count, 1);
        }
        let stops = track.intervals();
        let Some(used) = self.used(day0, over, &stops)? else {
            self.add(on, Measure::Count(Count::Unmeasured), 1);
            return Ok(());
        };
        if case.item.kind == ItemKind::Immediate {
            self.add(on, Measure::UsedImmediate(used), 1);
        } else {
            self.add(on, Measure::Used(used), 1);
            self.count_against_limits(on, u64::from(used));
        }
        self.count_stages(on, case, &stops)
    }

    /// What was used beside what the limits gave, where those are in working days.
    fn count_against_limits(&mut self, on: NaiveDate, used: u64) {
        let track = &self.subject.track;
        let statutory = working_days(track.clock(ClockKey::Statutory));
        let promised = working_days(track.clock(ClockKey::Promised));
        if let Some(days) = statutory {
            self.add(on, Measure::Count(Count::StatutoryLimitDays), days);
            self.add(on, Measure::Count(Count::StatutoryUsedDays), used);
        }
        if let Some(days) = promised {
            self.add(on, Measure::Count(Count::PromisedLimitDays), days);
            self.add(on, Measure::Count(Count::PromisedUsedDays), used);
        }
    }

    /// The stages of a completed case: its visits to each summed, since a send-back is time that the stage took.
    fn count_stages(
        &mut self,
        on: NaiveDate,
        case: &Case,
        stops: &[Interval],
    ) -> Result<(), NotCovered> {
        let track = &self.subject.track;
        let acceptances = acceptances(case).into_iter().zip(1..);
        let acceptances = acceptances.map(|((start, end), number)| {
            (Stage::Acceptance, start, end, ClockKey::Acceptance(number))
        });
        let visits = case.visits.iter().filter_map(|visit| {
            let key = ClockKey::Stage(visit.stage, visit.number);
            Some((visit.stage, visit.started_at, visit.ended_at?, key))
        });
        let mut by_stage: BTreeMap<Stage, Option<u32>> = BTreeMap::new();
        for (stage, start, end, key) in acceptances.chain(visits) {
            let used = self.used(start, end, stops)?;
            let sum = by_stage.entry(stage).or_insert(Some(0));
            *sum = sum.zip(used).map(|(sum, used)| sum + used);
            self.add(on, Measure::StageVisits(stage), 1);
            let late = track.clock(key).is_some_and(Clock::was_late);
            self.add(on, Measure::StageLate(stage), of(late));
        }
        for (stage, used) in by_stage {
            if let Some(used) = used {
                self.add(on, Measure::StageUsed(stage, used), 1);
            }
        }
        Ok(())
    }

    fn count_intervals(&mut self, case: &Case) {
        for stop in &self.subject.track.stops {
            if stop.procedure.is_suspension() {
                self.one(stop.from, Count::Suspensions);
            } else {
                self.one(stop.from, Count::Stops);
                if stop.notice.is_none() {
                    self.one(stop.from, Count::StopsWithoutNotice);
                }
            }
            // What was broken off while it was stopped isn't stopped any more.
            let until = stop.to.or(case.over_at()).map(|until| self.day(until));
            self.open(Balance::StopsOpen, self.day(stop.from), until);
        }
        for (place, correction) in case.corrections.iter().enumerate() {
            self.one(correction.notified_at, Count::Corrections);
            if place > 0 {
                self.one(correction.notified_at, Count::SecondCorrections);
            }
        }
        if let Some(extension) = &case.extension {
            self.one(extension.at, Count::Extensions);
        }
        for visit in case.visits.iter().filter(|visit| visit.sent_back) {
            if let Some(at) = visit.ended_at {
                self.one(at, Count::SentBack);
            }
        }
    }

    fn count_order(&mut self, order: &Order) {
        let subject = self.subject;
        self.one(order.issued_at, Count::OrdersIssued);
        if let OrderPhase::Closed { at } = order.phase {
            self.one(at, Count::OrdersClosed);
        }
        let annulled = subject.annulled();
        let replies = subject.history.iter().filter(|e| {
            matches!(e.event, Event::OrderReplied { .. }) && !annulled.contains(&e.seq)
        });
        let replies: Vec<DateTime<Utc>> = replies.map(|e| e.occurred_at).collect();
        let terms = subject.track.clocks.iter();
        for clock in terms.filter(|c| matches!(c.key, ClockKey::Order(_))) {
            if let Some(at) = clock.ended_at.filter(|at| replies.contains(at)) {
                let count = if clock.was_late() {
                    Count::OrderRepliesLate
                } else {
                    Count::OrderRepliesInTime
                };
                self.one(at, count);
            }
            if let Some(due) = clock.due.filter(|due| due.at <= self.as_of) {
                let from = self.late_after(due.at).max(self.day(clock.start));
                let until = clock.ended_at.map(|at| self.day(at));
                self.open(Balance::OrdersOverdue, from, until);
            }
        }
    }

    /// Each warning when it was issued, annulled, revoked; and for a case each day on which it got one that stands.
    fn count_warnings(&mut self) {
        let subject = self.subject;
        let own = self.leaf.clone();
        let item = subject.case().map(|case| case.item.code.clone());
        let mut standing: BTreeSet<(NaiveDate, Level)> = BTreeSet::new();
        for event in &subject.history {
            let (seq, to) = match &event.event {
                Event::WarningRaised(raised) if raised.pending => {
                    (event.seq, WarningState::Pending)
                }
                Event::WarningRaised(_) => (event.seq, WarningState::Issued),
                Event::WarningIssued { warning } => (*warning, WarningState::Issued),
                Event::WarningRevoked { warning, .. } => (*warning, WarningState::Revoked),
                Event::WarningAnnulled { warning, .. } => (*warning, WarningState::Annulled),
                _ => continue,
            };
            let Some(warning) = subject.track.warnings.iter().find(|w| w.seq == seq) else {
                continue;
            };
            let level = warning.level();
            if to == WarningState::Pending && warning.state != WarningState::Pending {
                continue;
            }
            self.leaf = (subject.unit_of_warning(seq).clone(), item.clone());
            self.one(event.occurred_at, Count::of_warning(level, to));
            if to == WarningState::Issued && warning.state == WarningState::Issued {
                standing.insert((self.day(event.occurred_at), level));
            }
        }
        self.leaf = own;
        if subject.case().is_none() {
            return;
        }
        for least in Level::ALL {
            let mut last: Option<NaiveDate> = None;
            let days = standing.iter().filter(|(_, level)| *level >= least);
            for (day, _) in days {
                if last == Some(*day) {
                    continue;
                }
                let gap = last.map(|last| whole((*day - last).num_days()));
                self.add(*day, Measure::Warned(least, gap), 1);
                last = Some(*day);
            }
        }
    }

    fn count_defects(&mut self) {
        let subject = self.subject;
        let annulled = subject.annulled();
        let item = subject.case().map(|case| case.item.code.clone());
        self.leaf = (subject.unit().clone(), item);
        for event in subject
            .history
            .iter()
            .filter(|e| !annulled.contains(&e.seq))
        {
            for defect in &event.defects {
                let day = self.day(event.occurred_at);
                self.add(day, Measure::Defect(*defect), 1);
            }
        }
    }

    /// The working days used of a span, stops taken off; `None` if its end was stated to lie before its start.
    fn used(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        stops: &[Interval],
    ) -> Result<Option<u32>, NotCovered> {
        match self.calendar.used(start, end, TermUnit::WorkingDays, stops) {
            Ok(Used::Days(days)) => Ok(u32::try_from(days).ok()),
            Ok(Used::Seconds(_)) | Err(UsedError::EndBeforeStart { .. } | UsedError::Months) => {
                Ok(None)
            }
            Err(UsedError::NotCovered(error)) => Err(error),
        }
    }

    /// The due date that a clock had at an instant: without the stops and the extension that came later. `None` while it
    /// was stopped.
    fn due_then(
        &self,
        clock: &Clock,
        case: &Case,
        to: DateTime<Utc>,
    ) -> Result<Option<Due>, NotCovered> {
        let extended_later = case.extension.as_ref().is_some_and(|e| e.at >= to);
        let stopped_later =
            |s: &Interval| s.from >= to || s.to.is_some_and(|resumed| resumed >= to);
        let stops = self.subject.track.intervals();
        if !extended_later && !stops.iter().any(stopped_later) {
            return Ok(clock.due);
        }
        let mut then = clock.clone();
        if extended_later {
            then.extension = None;
        }
        let stops: Vec<Interval> = stops
            .into_iter()
            .filter(|stop| stop.from < to)
            .map(|stop| Interval {
                from: stop.from,
                to: stop.to.filter(|resumed| *resumed < to),
            })
            .collect();
        then.count(self.calendar, &stops)
    }
}

/// The spans in which an application waited for its acceptance or a notice, not for the applicant. Told by the acts: a
/// case of another system's log has no clock for them.
fn acceptances(case: &Case) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut spans = Vec::new();
    let mut since = Some(case.received_at);
    for correction in &case.corrections {
        let waited = since.take();
        spans.extend(waited.map(|since| (since, correction.notified_at)));
        since = correction.supplied_at;
    }
    spans.extend(since.zip(case.acceptance.map(|acceptance| acceptance.at)));
    spans
}

fn ended(clock: Option<&Clock>) -> Option<&Clock> {
    clock.filter(|clock| clock.ended_at.is_some())
}

/// The limit of a clock, where it is a number of working days. Extensions aren't part of the limit that was promised.
fn working_days(clock: Option<&Clock>) -> Option<u64> {
    match clock?.term {
        ClockTerm::Counted(Term::WorkingDays(days)) => Some(u64::from(days)),
        _ => None,
    }
}

fn of(counts: bool) -> u64 {
    u64::from(counts)
}

/// Days that aren't below zero.
fn whole(days: i64) -> u32 {
    u32::try_from(days).unwrap_or(0)
}

fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

fn after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
