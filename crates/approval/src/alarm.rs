//! What time does to a subject: the alarms that wait, in the order in which they fire.

use std::sync::Arc;

use calendar::{Calendar, Due, NotCovered, Term};
use chrono::{DateTime, Utc};

use crate::books::Books;
use crate::rule::{Rule, RuleSet, Threshold};
use crate::subject::Subject;
use crate::track::{Clock, ClockKey, ClockTerm};
use crate::warning::{Warning, WarningState};

/// What an alarm does.
#[derive(Clone, Debug)]
pub enum AlarmKind {
    /// Nobody decided in time: the case is deemed accepted (行政许可法 art. 32).
    Deem,
    /// The promised or the statutory limit passed.
    Limit,
    /// A rule's threshold was reached.
    Warn {
        /// The rule set.
        set: Arc<RuleSet>,
        /// The rule's place in it.
        index: usize,
    },
}

impl AlarmKind {
    /// Of alarms at one instant, the limit is recorded first, so that cards can refer to it, and the
    /// deemed acceptance last, since it starts new clocks.
    const fn rank(&self) -> u8 {
        match self {
            Self::Limit => 0,
            Self::Warn { .. } => 1,
            Self::Deem => 2,
        }
    }
}

/// One alarm that waits.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// When it fires: the instant at which the threshold is reached.
    pub at: DateTime<Utc>,
    /// The later of that and the record of the event that set the date.
    pub effective_at: DateTime<Utc>,
    /// Which clock.
    pub clock: ClockKey,
    /// The event that set the date.
    pub occurrence: i64,
    /// The due date it rests on.
    pub due_at: DateTime<Utc>,
    /// What it does.
    pub kind: AlarmKind,
}

impl Alarm {
    /// The rule, for a warning.
    pub fn rule(&self) -> Option<&Rule> {
        match &self.kind {
            AlarmKind::Warn { set, index } => set.rules.get(*index),
            _ => None,
        }
    }
}

/// The first alarm that waits, if any: at most one pass over the clocks, nothing per day.
pub fn next_alarm(subject: &Subject, books: &Books) -> Option<Alarm> {
    let mut first: Option<Alarm> = None;
    let mut offer = |alarm: Alarm| {
        let order = |a: &Alarm| (a.at, a.kind.rank(), a.clock);
        if first.as_ref().is_none_or(|f| order(&alarm) < order(f)) {
            first = Some(alarm);
        }
    };
    for clock in &subject.track.clocks {
        limits(subject, clock, &mut offer);
        warnings(subject, clock, books, &mut offer);
    }
    first
}

fn limits(subject: &Subject, clock: &Clock, offer: &mut impl FnMut(Alarm)) {
    let Some(setting) = clock.setting() else {
        return;
    };
    let kind = match clock.key {
        ClockKey::Promised | ClockKey::Statutory => AlarmKind::Limit,
        ClockKey::Acceptance(_) if clock.ended_at.is_none() => AlarmKind::Deem,
        _ => return,
    };
    let recorded = subject
        .track
        .limits_passed
        .contains(&(clock.key, setting.occurrence));
    let at = setting.due.at;
    if recorded || ended_before(clock, at) {
        return;
    }
    offer(Alarm {
        at,
        effective_at: at.max(setting.recorded_at),
        clock: clock.key,
        occurrence: setting.occurrence,
        due_at: at,
        kind,
    });
}

fn warnings(subject: &Subject, clock: &Clock, books: &Books, offer: &mut impl FnMut(Alarm)) {
    let raised = &subject.track.warnings;
    for (from, to, set) in books.rule_spans() {
        warnings_of(set, raised, clock, (books, &books.calendar), &mut |alarm| {
            let effective_at = alarm.effective_at;
            let begun = books.begins.is_none_or(|begins| alarm.at >= begins);
            if begun
                && from.is_none_or(|f| effective_at >= f)
                && to.is_none_or(|t| effective_at < t)
            {
                offer(alarm);
            }
        });
    }
}

/// What a rule set would raise on a clock, whenever it is in force, beyond what was raised. While it runs that is counted
/// with the given calendar. A card speaks for its date, also where another event sets the same one again, and it was
/// spoken of if an inspector revoked it: what was excused isn't raised anew because a case was sent back.
pub(crate) fn warnings_of(
    set: &Arc<RuleSet>,
    raised: &[Warning],
    clock: &Clock,
    (books, calendar): (&Books, &Calendar),
    offer: &mut impl FnMut(Alarm),
) {
    let Some(setting) = clock.setting() else {
        return;
    };
    let element = clock.key.element();
    for (index, rule) in set.rules.iter().enumerate() {
        if !rule.element.covers(element) {
            continue;
        }
        let at = match clock.ended_at {
            None => counted_at(rule.threshold, clock, setting.due, calendar),
            Some(end) => reached_at(rule.threshold, clock, end, books),
        };
        let Some(at) = at else { continue };
        let was_raised = raised.iter().any(|w| {
            w.raised.rule == rule.id
                && w.raised.clock == clock.key
                && (w.raised.occurrence == setting.occurrence
                    || (w.state != WarningState::Annulled && w.raised.due_at == setting.due.at))
        });
        if was_raised {
            continue;
        }
        offer(Alarm {
            at,
            effective_at: at.max(setting.recorded_at),
            clock: clock.key,
            occurrence: setting.occurrence,
            due_at: setting.due.at,
            kind: AlarmKind::Warn {
                set: Arc::clone(set),
                index,
            },
        });
    }
}

/// When a threshold is reached; one beyond the calendar is counted when a calendar covers it.
fn counted_at(
    threshold: Threshold,
    clock: &Clock,
    due: Due,
    calendar: &Calendar,
) -> Option<DateTime<Utc>> {
    threshold_at(threshold, clock, due, calendar).ok().flatten()
}

/// When a clock that is over reached a threshold; `None` if it never did. Each date that its end is judged by must say so,
/// counted with its own calendar: what wasn't near a limit when it was done doesn't come near it by a later notice, and
/// what a notice took away no other one brings back.
fn reached_at(
    threshold: Threshold,
    clock: &Clock,
    end: DateTime<Utc>,
    books: &Books,
) -> Option<DateTime<Utc>> {
    let mut reached = None;
    for judged in &clock.judged {
        let calendar = books.calendar_version(&judged.calendar).ok()?;
        let at = counted_at(threshold, clock, judged.due, calendar).filter(|at| *at <= end)?;
        reached = Some(at);
    }
    reached
}

/// On time is strictly before an instant, so a clock that ended at it is late.
fn ended_before(clock: &Clock, at: DateTime<Utc>) -> bool {
    clock.ended_at.is_some_and(|end| end < at)
}

/// When a rule's threshold is reached on a clock that has a date; `None` if it never is.
///
/// # Errors
/// A day that the calendar doesn't cover.
pub(crate) fn threshold_at(
    threshold: Threshold,
    clock: &Clock,
    due: Due,
    calendar: &Calendar,
) -> Result<Option<DateTime<Utc>>, NotCovered> {
    if threshold == Threshold::ByHand {
        return Ok(None);
    }
    if let Threshold::WorkingDaysAfter(days) = threshold {
        if days == 0 {
            return Ok(Some(due.at));
        }
        let day = calendar.add_working_days(due.on, days)?;
        return calendar.end_of(day).map(Some);
    }
    let term = term_working_days(clock, due, calendar)?;
    let Some(left) = threshold.left_working_days(term) else {
        return Ok(None);
    };
    if term <= left {
        return Ok(None);
    }
    let day = calendar.first_day_with_left(due.on, left)?;
    let at = calendar.start_of(day).max(clock.start);
    Ok((at < due.at).then_some(at))
}

/// The term in working days: the number itself where it is one, else the working days it spans.
fn term_working_days(clock: &Clock, due: Due, calendar: &Calendar) -> Result<u32, NotCovered> {
    let extra = match clock.extension {
        Some(Term::WorkingDays(days)) => days,
        _ => 0,
    };
    if let ClockTerm::Counted(Term::WorkingDays(days)) = clock.term {
        return Ok(days.saturating_add(extra));
    }
    let days = calendar.working_days_between(calendar.office_date(clock.start), due.on)?;
    Ok(u32::try_from(days).unwrap_or(0))
}
