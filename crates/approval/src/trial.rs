//! What rules would have raised: a subject's history read once more under rules that weren't in force. Nothing follows
//! from it; a city looks at it before it changes its rules.
//!
//! The clocks run as they are recorded, with the periods of the rules that were in force then, and orders that came with
//! cards are those that were issued. So what a rule set says about periods and orders isn't tried, its thresholds are.

use std::sync::Arc;

use calendar::Calendar;
use chrono::{DateTime, Utc};

use crate::acts::basis_fell;
use crate::alarm::{Alarm, AlarmKind, warnings_of};
use crate::books::Books;
use crate::event::{Event, Recorded, WarningRaised};
use crate::refusal::Refusal;
use crate::revision::fell_with_dates;
use crate::rule::RuleSet;
use crate::subject::Subject;
use crate::track::{ClockKey, Track};
use crate::warning::{Warning, WarningState};

/// What was raised on a subject up to an instant, and what would have been. Warnings that fell with their basis are in
/// neither.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Tried {
    /// By each of the sets, had it always been in force.
    pub would: Vec<Vec<WarningRaised>>,
    /// In fact, as it stands now: what a program that stood still raised later belongs to its own instant. Without what
    /// inspectors raised by hand.
    pub did: Vec<WarningRaised>,
}

/// Reads a subject's history up to an instant and says what each of the sets would have raised by then.
///
/// # Errors
/// An event that doesn't hold, as when the subject is read.
pub fn try_rules(
    subject: &Subject,
    books: &Books,
    sets: &[Arc<RuleSet>],
    until: DateTime<Utc>,
) -> Result<Tried, Refusal> {
    let mut tries: Vec<Try<'_>> = sets.iter().map(Try::of).collect();
    let mut events = subject.history.iter().take_while(|e| known(e) <= until);
    let Some(first) = events.next() else {
        return Ok(Tried {
            would: vec![Vec::new(); sets.len()],
            did: Vec::new(),
        });
    };
    let mut state = Subject::begin(
        subject.division.clone(),
        subject.id.clone(),
        Recorded::clone(first),
        books,
    )?;
    let mut calendar = books.calendar_version(&first.calendar)?;
    for event in events {
        for each in &mut tries {
            each.raise(&state.track, (books, calendar), known(event));
        }
        let before = state.track.clone();
        state.apply(Recorded::clone(event), books)?;
        calendar = books.calendar_version(&event.calendar)?;
        for each in &mut tries {
            each.let_fall(&event.event, &before, &state.track, calendar);
        }
    }
    for each in &mut tries {
        each.raise(&state.track, (books, calendar), until);
    }
    let did = subject.track.warnings.iter().filter(|warning| {
        warning.raised.effective_at <= until && !matches!(warning.clock(), ClockKey::Manual(_))
    });
    Ok(Tried {
        would: tries
            .into_iter()
            .map(|each| standing(each.raised.iter()))
            .collect(),
        did: standing(did),
    })
}

/// Up to when alarms came before an event: its record. A deemed acceptance comes about at its own instant, however
/// late the program was to record it.
fn known(event: &Recorded) -> DateTime<Utc> {
    match event.event {
        Event::DeemedAccepted { .. } => event.occurred_at,
        _ => event.recorded_at,
    }
}

fn standing<'w>(warnings: impl Iterator<Item = &'w Warning>) -> Vec<WarningRaised> {
    warnings
        .filter(|w| w.state != WarningState::Annulled)
        .map(|w| w.raised.clone())
        .collect()
}

/// One set that is tried, and what it has raised so far.
struct Try<'s> {
    set: &'s Arc<RuleSet>,
    raised: Vec<Warning>,
}

impl<'s> Try<'s> {
    const fn of(set: &'s Arc<RuleSet>) -> Self {
        Self {
            set,
            raised: Vec::new(),
        }
    }

    /// Raises whatever the clocks have reached up to an instant, as a sweep does.
    fn raise(&mut self, track: &Track, counted: (&Books, &Calendar), until: DateTime<Utc>) {
        let mut reached: Vec<Alarm> = Vec::new();
        for clock in &track.clocks {
            warnings_of(self.set, &self.raised, clock, counted, &mut |alarm| {
                if alarm.at <= until {
                    reached.push(alarm);
                }
            });
        }
        reached.sort_by_key(|alarm| (alarm.at, alarm.clock));
        for alarm in reached {
            let AlarmKind::Warn { set, index } = &alarm.kind else {
                continue;
            };
            let Some(rule) = set.rules.get(*index) else {
                continue;
            };
            self.raised.push(Warning {
                seq: 0,
                raised: WarningRaised {
                    rule: rule.id.clone(),
                    rules_version: set.version,
                    level: rule.level,
                    clock: alarm.clock,
                    occurrence: alarm.occurrence,
                    due_at: alarm.due_at,
                    limit_at: alarm.at,
                    effective_at: alarm.effective_at,
                    pending: false,
                    evidence: None,
                },
                recorded_at: alarm.effective_at,
                state: WarningState::Issued,
                issued_at: Some(alarm.effective_at),
                appeal: None,
            });
        }
    }

    /// Takes away what loses its basis by an event: an annulment, or dates that move with a calendar.
    fn let_fall(&mut self, event: &Event, before: &Track, after: &Track, calendar: &Calendar) {
        for warning in self.raised.iter_mut().filter(|w| w.is_live()) {
            let falls = match event {
                Event::EventAnnulled { .. } => basis_fell(before, after, warning),
                Event::DatesRevised { .. } => {
                    let rule = self.set.rule(&warning.raised.rule);
                    fell_with_dates(before, after, rule, calendar, warning)
                }
                _ => false,
            };
            if falls {
                warning.state = WarningState::Annulled;
            }
        }
    }
}
