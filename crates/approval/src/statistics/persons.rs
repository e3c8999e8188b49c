//! What each official did in a period (经办人), derived from replayed histories: acceptances, and visits to stages that he
//! ended, whatever became of their cases. It is read where a report is made, and no part of the stored facts, which know
//! no persons.

use std::collections::BTreeMap;

use calendar::{Calendar, NotCovered, TermUnit, Used, UsedError};

use super::facts::Window;
use super::histogram::Histogram;
use crate::books::Books;
use crate::event::Event;
use crate::ids::{PersonCode, UnitCode};
use crate::stage::Stage;
use crate::subject::Subject;
use crate::track::ClockKey;

/// What somebody did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFigures {
    /// Cases that he accepted.
    pub accepted: u64,
    /// Visits to stages after the acceptance that he ended, by completing them or sending them back.
    pub visits: u64,
    /// Of these, visits to the last stage: cases that he completed.
    pub completed: u64,
    /// Of the visits, those that he sent back.
    pub sent_back: u64,
    /// Of the visits, those that ended within the stage's own limit.
    pub on_time: u64,
    /// Of the visits, those that ended after it.
    pub late: u64,
    /// The visits by working days used, stops taken off.
    pub used: Histogram,
}

/// What a person did in a unit in a period. Who has changed units has a line in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// The code of the unit whose cases they were: the one in which he did it.
    pub unit: String,
    /// The unit's name.
    pub unit_name: String,
    /// His code.
    pub person: PersonCode,
    /// His name; his code if the directory doesn't know him.
    pub name: String,
    /// What he did.
    pub figures: PersonFigures,
}

/// What people did, as it is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Persons {
    people: BTreeMap<(UnitCode, PersonCode), PersonFigures>,
}

impl Persons {
    /// Counts in what was done to a case in a period.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn add(
        &mut self,
        subject: &Subject,
        window: &Window,
        calendar: &Calendar,
    ) -> Result<(), NotCovered> {
        let Some(case) = subject.case() else {
            return Ok(());
        };
        let annulled = subject.annulled();
        let standing = subject.history.iter();
        let standing = standing.filter(|event| !annulled.contains(&event.seq));
        for event in standing.filter(|event| matches!(event.event, Event::Accepted { .. })) {
            if let Some(person) = event.by.as_ref()
                && window.holds(event.occurred_at)
            {
                self.of(person, &case.unit).accepted += 1;
            }
        }
        let stops = subject.track.intervals();
        for visit in &case.visits {
            let ended = visit.ended_at.filter(|at| window.holds(*at));
            let (Some(person), Some(ended)) = (visit.by.as_ref(), ended) else {
                continue;
            };
            let key = ClockKey::Stage(visit.stage, visit.number);
            let clock = subject.track.clock(key);
            let limited = clock.filter(|clock| clock.due.is_some());
            let unit = TermUnit::WorkingDays;
            let used = match calendar.used(visit.started_at, ended, unit, &stops) {
                Ok(Used::Days(days)) => u64::try_from(days).ok(),
                Ok(Used::Seconds(_))
                | Err(UsedError::EndBeforeStart { .. } | UsedError::Months) => None,
                Err(UsedError::NotCovered(error)) => return Err(error),
            };
            let own = self.of(person, &case.unit);
            own.visits += 1;
            own.completed += u64::from(visit.stage == Stage::Completion && !visit.sent_back);
            own.sent_back += u64::from(visit.sent_back);
            own.late += u64::from(limited.is_some_and(|clock| clock.was_late()));
            own.on_time += u64::from(limited.is_some_and(|clock| !clock.was_late()));
            if let Some(days) = used {
                own.used.add(days);
            }
        }
        Ok(())
    }

    /// What somebody did counts for the unit that the case belongs to, wherever he is today.
    fn of(&mut self, person: &PersonCode, unit: &UnitCode) -> &mut PersonFigures {
        let key = (unit.clone(), person.clone());
        self.people.entry(key).or_default()
    }

    /// By unit and code, with their names.
    pub fn lines(self, books: &Books) -> Vec<PersonLine> {
        let directory = &books.directory;
        let line = |((unit, person), figures): ((UnitCode, PersonCode), PersonFigures)| {
            let known = directory.unit(&unit);
            PersonLine {
                unit_name: known.map_or_else(|| unit.to_string(), |unit| unit.name.clone()),
                unit: unit.to_string(),
                name: directory
                    .person(&person)
                    .map_or_else(|| person.to_string(), |person| person.name.clone()),
                person,
                figures,
            }
        };
        self.people.into_iter().map(line).collect()
    }
}
