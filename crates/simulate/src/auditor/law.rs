//! What the auditor judges by: days of rest, rules and people, each as the city has them.

use super::days::Days;
use crate::city::{Audience, City, RestDays, Rule};
use crate::plain::Stage;

/// Other days of rest that came into force.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    pub(crate) version: String,
    pub(crate) rest: RestDays,
    /// When.
    pub(crate) in_force_us: i64,
    /// After so many pieces of work of the whole city.
    pub(crate) turn: u64,
    /// What time had done up to here was recorded by then: the latest clock of a sweep that was answered.
    pub(crate) swept_us: i64,
}

/// Days of rest, rules and people, with the instants from which they hold.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    city: City,
    /// What came after the city's first days of rest.
    revisions: Vec<Revision>,
    /// Rules from an instant on, and the turn in which they came; the first from ever.
    rules: Vec<(i64, u64, Vec<Rule>)>,
}

impl Law {
    /// The city's first days and rules.
    pub(crate) fn new(city: &City) -> Self {
        Self {
            revisions: Vec::new(),
            rules: vec![(i64::MIN, 0, city.rules.clone())],
            city: city.clone(),
        }
    }

    /// Other rules hold from an instant on.
    pub(crate) fn revise_rules(&mut self, from_us: i64, turn: u64, rules: Vec<Rule>) {
        self.rules.push((from_us, turn, rules));
    }

    /// The rules in force now.
    pub(crate) fn newest_rules(&self) -> &[Rule] {
        self.rules.last().map_or(&[], |(.., rules)| rules)
    }

    /// Other days of rest hold.
    pub(crate) fn revise_days(&mut self, revision: Revision) {
        self.revisions.push(revision);
    }

    /// The days of rest in force now.
    pub(crate) fn newest_days(&self) -> &RestDays {
        self.revisions.last().map_or(&self.city.rest, |r| &r.rest)
    }

    /// How many revisions had come into force by a turn.
    pub(crate) fn revisions_by(&self, turn: u64) -> usize {
        self.revisions.iter().filter(|r| r.turn < turn).count()
    }

    /// The n-th revision, from 0.
    pub(crate) fn revision(&self, place: usize) -> Option<&Revision> {
        self.revisions.get(place)
    }

    /// The days after so many revisions.
    pub(crate) fn days(&self, revisions: usize) -> Days<'_> {
        let revised = revisions
            .checked_sub(1)
            .and_then(|last| self.revisions.get(last));
        Days {
            rest: revised.map_or(&self.city.rest.days, |r| &r.rest.days),
        }
    }

    /// The rules that were known by a turn, each with the instants from and until which it holds.
    pub(crate) fn rules(&self, by_turn: u64) -> impl Iterator<Item = (&Rule, i64, i64)> {
        let known = self
            .rules
            .iter()
            .filter(|(_, turn, _)| *turn <= by_turn)
            .count();
        let known = &self.rules[..known];
        known
            .iter()
            .enumerate()
            .flat_map(|(place, (from, _, rules))| {
                let to = known.get(place + 1).map_or(i64::MAX, |next| next.0);
                rules.iter().map(move |rule| (rule, *from, to))
            })
    }

    /// The code of a unit.
    pub(crate) fn unit(&self, place: usize) -> &str {
        &self.city.units[place]
    }

    /// Who must be told, each once. A post that nobody holds is the head's; where somebody is missed, the inspectors
    /// are told.
    pub(crate) fn recipients(
        &self,
        unit: usize,
        stage: Option<Stage>,
        tell: &[Audience],
    ) -> Vec<String> {
        let people = |fits: &dyn Fn(&crate::city::Person) -> bool| -> Vec<String> {
            let fitting = self.city.people.iter().filter(|p| fits(p));
            fitting.map(|p| p.code.clone()).collect()
        };
        let heads = people(&|p| p.unit == Some(unit) && p.role == "head");
        let inspectors = people(&|p| p.role == "inspector");
        let mut responsible = people(&|p| {
            p.unit == Some(unit) && stage.is_some_and(|stage| p.posts.contains(&stage))
        });
        if responsible.is_empty() {
            responsible.clone_from(&heads);
        }
        let stand_ins = self
            .city
            .people
            .iter()
            .filter(|p| responsible.contains(&p.code));
        let stand_ins: Vec<String> = stand_ins.filter_map(|p| p.stand_in.clone()).collect();
        let mut told = Vec::new();
        let mut missed = false;
        for audience in tell {
            let found = match audience {
                Audience::Handler => responsible.clone(),
                Audience::StandIn => stand_ins.clone(),
                Audience::Head => heads.clone(),
                Audience::Inspector => inspectors.clone(),
                Audience::Leader => people(&|p| p.role == "leader"),
            };
            missed |= found.is_empty() && *audience != Audience::StandIn;
            told.extend(found);
        }
        if missed {
            told.extend(inspectors);
        }
        told.sort();
        told.dedup();
        told
    }
}
