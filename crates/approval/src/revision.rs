//! A new calendar or a new set of rules: what it does to a subject that is under way.

use crate::event::Event;
use crate::refusal::Refusal;
use crate::track::{ClockKey, Moment};
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
    /// Warnings that rest on a date which moved fall; those that the new date has reached are raised
    /// by the settling that follows.
    ///
    /// # Errors
    /// A day that the new calendar doesn't cover.
    pub fn revise_calendar(&mut self, from_version: &str) -> Result<Vec<Moved>, Refusal> {
        let calendar = &self.books.calendar;
        let mut revised = self.subject.track.clone();
        let moment = Moment {
            seq: self.subject.seq().saturating_add(1),
            recorded_at: self.now,
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
        let act = crate::command::Act::default();
        self.record(self.now, &act, Vec::new(), event)?;
        let cause = self.subject.seq();
        self.annul_warnings(cause, |subject, warning| {
            let rests_on_moved = moved.iter().any(|m| m.clock == warning.clock())
                && before
                    .clock(warning.clock())
                    .and_then(|c| c.setting())
                    .is_some_and(|s| s.occurrence == warning.raised.occurrence);
            // A clock that has ended late under the new date too keeps its card.
            let late_still = subject.track.clock(warning.clock()).is_some_and(|c| {
                c.ended_at.is_some() && c.was_late()
            });
            rests_on_moved && !late_still
        })?;
        Ok(moved)
    }
}
