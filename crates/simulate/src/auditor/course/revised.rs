//! What other days of rest do to a course that is under way.

use super::{Cause, Clock, Course, Dated, Own};
use crate::auditor::days::{Due, Stop};
use crate::auditor::law::{Law, Revision};

impl Course {
    /// Takes the revisions of the days of rest that came before something.
    pub(super) fn revise_while(&mut self, law: &Law, before: impl Fn(&Revision) -> bool) {
        while let Some(revision) = law.revision(self.revisions).filter(|r| before(r)) {
            let moved = self.own.iter().position(|own| own.moved_by(revision));
            // In one instant the order of the record says which came first.
            let earlier = |(place, own): &(usize, &Own)| match moved {
                Some(moved) => *place < moved,
                None => own.recorded_us < revision.in_force_us,
            };
            let recorded = self.own.iter().enumerate().filter(earlier);
            let recorded = recorded.map(|(_, own)| own.recorded_us);
            let up_to = recorded.fold(revision.swept_us, i64::max);
            self.settle(law, up_to);
            let known = moved.map(|place| self.own[place].recorded_us);
            let known_us = known.unwrap_or(revision.in_force_us);
            self.revisions += 1;
            (self.turn, self.revised_turn) = (revision.turn, revision.turn);
            self.revise(law, &revision.version.clone(), known_us);
            self.settle(law, known_us);
        }
    }

    /// What runs is counted anew. What is over only moves in favour of those who were late. Cards on a date that moved fall,
    /// unless what is over had reached their threshold all the same.
    fn revise(&mut self, law: &Law, version: &str, known_us: i64) {
        let before: Vec<Option<Due>> = self.clocks.iter().map(|c| c.due).collect();
        let cause_of = |c: &Clock| c.dates.last().map(|d| d.cause.clone());
        let causes: Vec<Option<Cause>> = self.clocks.iter().map(cause_of).collect();
        let cause = Cause::Revised(version.to_owned());
        for (place, dated) in before.iter().enumerate() {
            match self.clocks[place].ended {
                None => self.date(law, place, &cause, known_us, dated.is_none()),
                Some(end) => self.favour(law, place, end),
            }
        }
        let has_moved = |place: usize| self.clocks[place].due != before[place];
        if !(0..self.clocks.len()).any(has_moved) {
            return;
        }
        self.revised.push(version.to_owned());
        for at in 0..self.warnings.len() {
            let warning = &self.warnings[at];
            let place = self.clocks.iter().position(|c| c.name == warning.clock);
            let Some(place) = place.filter(|place| warning.stands && has_moved(*place)) else {
                continue;
            };
            let clock = &self.clocks[place];
            let rests_on_it =
                before[place].is_some() && causes[place].as_ref() == Some(&warning.cause);
            let reached = self.threshold(law, warning.when, clock);
            let stays = clock
                .ended
                .is_some_and(|end| reached.is_some_and(|at| at <= end));
            if rests_on_it && !stays {
                self.warnings[at].stands = false;
                self.warnings[at].annulled = true;
            }
        }
    }

    fn favour(&mut self, law: &Law, place: usize, end: i64) {
        let (days, clock) = (self.days(law), &self.clocks[place]);
        let watched = self
            .warnings
            .iter()
            .any(|w| w.stands && w.clock == clock.name);
        let (Some(old), Some(dated)) = (clock.due, clock.dates.last().cloned()) else {
            return;
        };
        if !watched && end < old.at {
            return;
        }
        let held = self
            .stops
            .iter()
            .copied()
            .filter(|(from, _)| clock.held && *from < end);
        let held: Vec<Stop> = held.collect();
        let due = days.due(clock.start_us, clock.length, clock.extra, &held);
        if let Some(due) = due.filter(|due| due.at > old.at) {
            let clock = &mut self.clocks[place];
            clock.due = Some(due);
            clock.dates.push(Dated { due, ..dated });
        }
    }

    /// It fell with its card: what was raised on it falls too.
    pub(crate) fn fall(&mut self, law: &Law, at_us: i64) {
        self.know_all();
        self.revise_while(law, |r| r.in_force_us <= at_us);
        self.settle(law, at_us);
        self.close(at_us);
        for warning in self.warnings.iter_mut().filter(|w| w.stands) {
            warning.stands = false;
            warning.annulled = true;
        }
        self.settle(law, at_us);
    }
}
