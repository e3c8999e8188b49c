//! A new calendar or a new set of rules: what it does to a subject that is under way.

use calendar::Calendar;

use crate::alarm::threshold_at;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::track::{Clock, ClockKey, Moment, Track};
use crate::warning::Warning;
use crate::work::Work;

/// One date that a revision moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which clock.
    pub clock: ClockKey,
    /// The due instant before.
    pub before: Option<chrono::DateTime<chrono::Utc>>,
    /// The due instant after.
    pub after: Option<chrono::DateTime<chrono::Utc>>,
}

impl Work<'_> {
    /// Brings a subject to the calendar in force. Nothing is recorded when no date of it moves.
    ///
    /// Callers settle after it: warnings that rest on a date which moved fall, and those
    /// that the new date has reached are raised by the settling that follows. What has ended keeps the
    /// cards that it would have got under the new date too.
    ///
    /// # Errors
    /// A day that the new calendar doesn't cover.
    pub fn revise_calendar(&mut self, from_version: &str) -> Result<Vec<Moved>, Refusal> {
        let calendar = &self.books.calendar;
        let mut revised = self.subject.track.clone();
        let moment = Moment {
            seq: self.subject.seq().saturating_add(1),
            recorded_at: self.now,
            rules: None,
            calendar,
        };
        revised.revise(moment)?;
        let before = self.subject.track.clone();
        let moved: Vec<Moved> = before
            .clocks
            .iter()
            .filter_map(|old| {
                let new = revised.clock(old.key)?;
                (new.due != old.due).then_some(Moved {
                    clock: old.key,
                    before: old.due.map(|d| d.at),
                    after: new.due.map(|d| d.at),
                })
            })
            .collect();
        if moved.is_empty() {
            return Ok(moved);
        }
        let event = Event::DatesRevised {
            from_version: from_version.to_owned(),
            to_version: self.books.calendar.version().to_owned(),
        };
        let act = crate::command::Act::program();
        self.record(self.now, &act, Vec::new(), event)?;
        let cause = self.subject.seq();
        let books = self.books;
        self.annul_warnings(cause, |subject, warning| {
            let rule = books.rule_of(&warning.raised);
            fell_with_dates(&before, &subject.track, rule, &books.calendar, warning)
        })?;
        Ok(moved)
    }
}

/// Whether a warning rests on a date that a calendar moved, and loses its basis by that.
pub(crate) fn fell_with_dates(
    before: &Track,
    after: &Track,
    rule: Option<&Rule>,
    calendar: &Calendar,
    warning: &Warning,
) -> bool {
    let key = warning.clock();
    let (Some(old), Some(new)) = (before.clock(key), after.clock(key)) else {
        return false;
    };
    let rests_on_it = old
        .setting()
        .is_some_and(|s| s.occurrence == warning.raised.occurrence);
    new.due != old.due && rests_on_it && !reached_by_end(new, rule, calendar)
}

/// Whether a clock that has ended reached a rule's threshold under its date of now too: then the
/// card stays, for what is over isn't carded a second time.
fn reached_by_end(clock: &Clock, rule: Option<&Rule>, calendar: &Calendar) -> bool {
    let Some(end) = clock.ended_at else {
        return false;
    };
    let Some(rule) = rule else {
        return clock.was_late();
    };
    let Some(due) = clock.due else {
        return false;
    };
    let at = threshold_at(rule.threshold, clock, due, calendar);
    at.is_ok_and(|at| at.is_some_and(|at| at <= end))
}
