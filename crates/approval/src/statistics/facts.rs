//! What one subject contributes to the figures of a period, derived from its replayed history. Everything is counted
//! by when it happened (`occurred_at`); annulled events are no part of a replayed state, and don't count.

use std::collections::BTreeMap;

use calendar::{Calendar, Due, Interval, NotCovered, Term, TermUnit, Used, UsedError};
use chrono::{DateTime, Utc};

use super::figures::{Figures, Sheet};
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
    let Some(first) = subject.history.first() else {
        return Ok(());
    };
    if first.occurred_at >= window.to {
        return Ok(());
    }
    let fact = Fact {
        subject,
        window,
        calendar,
    };
    // Counted apart first, so that places at which nothing happened don't come into being.
    let mut own = Sheet::default();
    match &subject.body {
        Body::Case(case) => fact.count_case(&mut own, case)?,
        Body::Order(order) => fact.count_order(&mut own, order),
        Body::Appeal(appeal) => {
            let counts = &mut own.at(&appeal.card.unit, appeal.card.item.as_ref()).counts;
            counts.appeals_filed += of(window.holds(appeal.filed_at));
            match appeal.phase {
                AppealPhase::Revoked { at } => counts.appeals_upheld += of(window.holds(at)),
                AppealPhase::Rejected { at } => counts.appeals_rejected += of(window.holds(at)),
                _ => {}
            }
        }
    }
    fact.count_warnings(&mut own);
    fact.count_defects(&mut own);
    own.drop_empty();
    sheet.merge(&own);
    Ok(())
}

struct Fact<'a> {
    subject: &'a Subject,
    window: &'a Window,
    calendar: &'a Calendar,
}

impl Fact<'_> {
    fn count_case(&self, sheet: &mut Sheet, case: &Case) -> Result<(), NotCovered> {
        let window = self.window;
        let figures = sheet.at(&case.unit, Some(&case.item.code));
        figures.counts.received += of(window.holds(case.received_at));
        if let Some(acceptance) = case.acceptance {
            let counts = &mut figures.counts;
            if window.holds(acceptance.at) {
                counts.accepted += 1;
                counts.deemed_accepted += of(acceptance.deemed);
            }
            // An end that another system states before its acceptance counts with the acceptance: what was open,
            // came in and went out must add up.
            let over = case.over_at().map(|at| at.max(acceptance.at));
            let ended = over.is_some_and(|at| window.holds(at));
            let open = |at: DateTime<Utc>| acceptance.at < at && over.is_none_or(|over| over >= at);
            counts.completed += of(ended);
            counts.cohort_completed +=
                of(window.holds(acceptance.at) && over.is_some_and(|at| at < window.to));
            counts.open_at_start += of(open(window.from));
            if open(window.to) {
                counts.open_at_end += 1;
                let due = self.due_then(case, ClockKey::Promised)?;
                counts.open_late += of(due.is_some_and(|due| due.at <= window.as_of));
            }
            if ended {
                self.count_completed(figures, case)?;
            }
        } else if let Phase::Over { outcome, at } = case.phase
            && window.holds(at)
        {
            figures.counts.declined += 1;
            *figures.outcomes.entry(outcome).or_default() += 1;
        }
        self.count_intervals(figures, case);
        Ok(())
    }

    /// A case that ended in the period: its outcome and, if it says anything about speed, its times.
    fn count_completed(&self, figures: &mut Figures, case: &Case) -> Result<(), NotCovered> {
        let outcome = case.outcome();
        *figures.outcomes.entry(outcome).or_default() += 1;
        let (Some(over), Some(day0)) = (case.over_at(), case.day0) else {
            return Ok(());
        };
        if !outcome.is_some_and(|outcome| outcome.counts_for_time()) {
            return Ok(());
        }
        let track = &self.subject.track;
        let counts = &mut figures.counts;
        let day = |at| self.calendar.office_date(at);
        counts.timed += 1;
        counts.same_day += of(day(over) == day(case.received_at));
        if let Some(promised) = ended(track.clock(ClockKey::Promised)) {
            if promised.was_late() {
                counts.completed_late += 1;
            } else {
                counts.completed_on_time += 1;
                counts.completed_early += of(promised.due.is_some_and(|due| day(over) < due.on));
            }
        }
        if let Some(statutory) = ended(track.clock(ClockKey::Statutory)) {
            if statutory.was_late() {
                counts.statutory_late += 1;
            } else {
                counts.statutory_on_time += 1;
            }
        }
        let stops = track.intervals();
        let Some(used) = self.used(day0, over, &stops)? else {
            counts.unmeasured += 1;
            return Ok(());
        };
        if case.item.kind == ItemKind::Immediate {
            figures.used_immediate.add(used);
        } else {
            figures.used.add(used);
            if let Some(days) = working_days(track.clock(ClockKey::Statutory)) {
                counts.statutory_limit_days += days;
                counts.statutory_used_days += used;
            }
            if let Some(days) = working_days(track.clock(ClockKey::Promised)) {
                counts.promised_limit_days += days;
                counts.promised_used_days += used;
            }
        }
        self.count_stages(figures, case, &stops)
    }

    /// The stages of a completed case: its visits to each summed, since a send-back is time that the stage took.
    fn count_stages(
        &self,
        figures: &mut Figures,
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
        let mut by_stage: BTreeMap<Stage, Option<u64>> = BTreeMap::new();
        for (stage, start, end, key) in acceptances.chain(visits) {
            let used = self.used(start, end, stops)?;
            let sum = by_stage.entry(stage).or_insert(Some(0));
            *sum = sum.zip(used).map(|(sum, used)| sum + used);
            let own = figures.stages.entry(stage).or_default();
            own.visits += 1;
            own.late_visits += of(track.clock(key).is_some_and(Clock::was_late));
        }
        for (stage, used) in by_stage {
            if let Some(used) = used {
                figures.stages.entry(stage).or_default().used.add(used);
            }
        }
        Ok(())
    }

    fn count_intervals(&self, figures: &mut Figures, case: &Case) {
        let window = self.window;
        let counts = &mut figures.counts;
        for stop in &self.subject.track.stops {
            let opened = window.holds(stop.from);
            if stop.procedure.is_suspension() {
                counts.suspensions += of(opened);
            } else {
                counts.stops += of(opened);
                counts.stops_without_notice += of(opened && stop.notice.is_none());
            }
            // What was broken off while it was stopped isn't stopped any more.
            let until = stop.to.or(case.over_at());
            let open = stop.from < window.to && until.is_none_or(|to| to >= window.to);
            counts.stops_open_at_end += of(open);
        }
        for (place, correction) in case.corrections.iter().enumerate() {
            let told = window.holds(correction.notified_at);
            counts.corrections += of(told);
            counts.second_corrections += of(told && place > 0);
        }
        counts.extensions += of(case.extension.as_ref().is_some_and(|e| window.holds(e.at)));
        for visit in case.visits.iter().filter(|visit| visit.sent_back) {
            counts.sent_back += of(visit.ended_at.is_some_and(|at| window.holds(at)));
        }
    }

    fn count_order(&self, sheet: &mut Sheet, order: &Order) {
        let window = self.window;
        let counts = &mut sheet.at(&order.unit, None).counts;
        counts.orders_issued += of(window.holds(order.issued_at));
        if let OrderPhase::Closed { at } = order.phase {
            counts.orders_closed += of(window.holds(at));
        }
        let annulled = self.subject.annulled();
        let replies = self.subject.history.iter().filter(|e| {
            matches!(e.event, Event::OrderReplied { .. }) && !annulled.contains(&e.seq)
        });
        let replies: Vec<DateTime<Utc>> = replies.map(|e| e.occurred_at).collect();
        let terms = self.subject.track.clocks.iter();
        for clock in terms.filter(|c| matches!(c.key, ClockKey::Order(_))) {
            match clock.ended_at {
                Some(at) if window.holds(at) && replies.contains(&at) => {
                    if clock.was_late() {
                        counts.order_replies_late += 1;
                    } else {
                        counts.order_replies_in_time += 1;
                    }
                }
                _ => {}
            }
            let waiting =
                clock.start < window.to && clock.ended_at.is_none_or(|at| at >= window.to);
            let over = clock.due.is_some_and(|due| due.at <= window.as_of);
            counts.orders_overdue += of(waiting && over);
        }
    }

    /// Each warning when it was issued, annulled, revoked; and for a case the highest that stands of those issued in
    /// the period.
    fn count_warnings(&self, sheet: &mut Sheet) {
        let subject = self.subject;
        let item = subject.case().map(|case| case.item.code.clone());
        let raised = |seq: i64| subject.track.warnings.iter().find(|w| w.seq == seq);
        let mut highest: Option<Level> = None;
        for event in subject
            .history
            .iter()
            .filter(|e| self.window.holds(e.occurred_at))
        {
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
            let Some(warning) = raised(seq) else { continue };
            let level = warning.level();
            let counts = &mut sheet.at(subject.unit_of_warning(seq), item.as_ref()).counts;
            match to {
                WarningState::Pending => {
                    *counts.pending(level) += of(warning.state == WarningState::Pending);
                }
                WarningState::Issued => {
                    *counts.issued(level) += 1;
                    if warning.state == WarningState::Issued {
                        highest = highest.max(Some(level));
                    }
                }
                WarningState::Annulled => *counts.annulled(level) += 1,
                WarningState::Revoked => *counts.revoked(level) += 1,
            }
        }
        if let (Some(level), Some(case)) = (highest, subject.case()) {
            let counts = &mut sheet.at(&case.unit, Some(&case.item.code)).counts;
            *counts.highest(level) += 1;
        }
    }

    fn count_defects(&self, sheet: &mut Sheet) {
        let subject = self.subject;
        let annulled = subject.annulled();
        let item = subject.case().map(|case| &case.item.code);
        let events = subject.history.iter();
        for event in
            events.filter(|e| self.window.holds(e.occurred_at) && !annulled.contains(&e.seq))
        {
            for defect in &event.defects {
                let defects = &mut sheet.at(subject.unit(), item).defects;
                *defects.entry(*defect).or_default() += 1;
            }
        }
    }

    /// The working days used of a span, stops taken off; `None` if its end was stated to lie before its start.
    fn used(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        stops: &[Interval],
    ) -> Result<Option<u64>, NotCovered> {
        match self.calendar.used(start, end, TermUnit::WorkingDays, stops) {
            Ok(Used::Days(days)) => Ok(u64::try_from(days).ok()),
            Ok(Used::Seconds(_)) | Err(UsedError::EndBeforeStart { .. } | UsedError::Months) => {
                Ok(None)
            }
            Err(UsedError::NotCovered(error)) => Err(error),
        }
    }

    /// The due date that a clock of an open case had at the end of the period: without the stops and the extension
    /// that came later. `None` while it was stopped.
    fn due_then(&self, case: &Case, key: ClockKey) -> Result<Option<Due>, NotCovered> {
        let track = &self.subject.track;
        let to = self.window.to;
        let Some(clock) = track.clock(key) else {
            return Ok(None);
        };
        let extended_later = case.extension.as_ref().is_some_and(|e| e.at >= to);
        let stopped_later =
            |s: &Interval| s.from >= to || s.to.is_some_and(|resumed| resumed >= to);
        let stops = track.intervals();
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
