//! A plan: what people will do, when, to which case. Nothing in it says what the program makes of it.

use std::collections::BTreeMap;

use approval::command::Command;
use approval::ids::PersonCode;
use approval::stage::Stage;
use calendar::Term;
use chrono::{DateTime, Utc};

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Receives an application.
    Receive {
        /// The item applied for.
        item: String,
        /// Who applies.
        applicant: String,
    },
    /// Issues a supervision order.
    Order {
        /// To which unit.
        unit: String,
        /// What it must do.
        text: String,
        /// Its term.
        term: Term,
        /// The place in [`Plan::subjects`] of the case that it is about.
        about: usize,
    },
    /// Does an act on the subject.
    Act(Box<Command>),
    /// Annuls the event that the subject's step before this one recorded.
    AnnulLast {
        /// Why.
        reason: String,
    },
    /// Revokes all cards of the subject that stand.
    RevokeCards {
        /// Why.
        reason: String,
    },
}

/// One step of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it happens.
    pub occurred_at: DateTime<Utc>,
    /// When the program is told: at once, unless it is recorded late.
    pub recorded_at: DateTime<Utc>,
    /// Who.
    pub by: Option<PersonCode>,
    /// For whom, when a stand-in acts.
    pub stands_for: Option<PersonCode>,
    /// Why it is recorded late.
    pub late_reason: Option<String>,
    /// What.
    pub deed: Deed,
}

impl Step {
    /// The command, if it is one.
    pub fn command(&self) -> Option<&Command> {
        match &self.deed {
            Deed::Act(command) => Some(command),
            _ => None,
        }
    }
}

/// A case or an order with its steps, in the order in which they are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSubject {
    /// The group of cases it belongs to.
    pub group: &'static str,
    /// The unit that has it in hand.
    pub unit: String,
    /// The steps.
    pub steps: Vec<Step>,
}

impl PlannedSubject {
    /// Whether a step with such a command is planned.
    pub fn has(&self, wanted: impl Fn(&Command) -> bool) -> bool {
        self.count(wanted) > 0
    }

    fn count(&self, wanted: impl Fn(&Command) -> bool) -> u64 {
        let found = self.steps.iter().filter_map(Step::command);
        found
            .filter(|command| wanted(command))
            .fold(0, |n, _| n + 1)
    }
}

/// What the steps of a plan amount to, for tests that hold it against what the engine counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Cases accepted.
    pub accepted: u64,
    /// Of these, over.
    pub completed: u64,
    /// Cases with a yellow card as the highest.
    pub yellow_cards: u64,
    /// Cases with a red card.
    pub red_cards: u64,
    /// Correction notices.
    pub corrections: u64,
    /// Stops.
    pub stops: u64,
    /// Extensions.
    pub extensions: u64,
    /// Send-backs.
    pub sent_back: u64,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When its clock starts.
    pub from: DateTime<Utc>,
    /// When its clock stops; what comes later isn't planned.
    pub until: DateTime<Utc>,
    /// The subjects.
    pub subjects: Vec<PlannedSubject>,
}

impl Plan {
    /// Leaves out what would be recorded after the end, and subjects that would only begin then.
    pub(super) fn cut(&mut self) {
        let until = self.until;
        for subject in &mut self.subjects {
            let kept = subject.steps.iter().take_while(|s| s.recorded_at <= until);
            let kept = kept.count();
            subject.steps.truncate(kept);
        }
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.subjects.iter().map(|s| s.steps.len()).sum()
    }

    /// Gives the papers of the decisions their numbers: a series per unit, in the order of the decisions.
    /// `gaps` names the units in whose series a number is left out, once for each time it is named.
    pub(super) fn number_documents(&mut self, year: &str, gaps: &[&str]) {
        let mut decisions = Vec::new();
        for (place, subject) in self.subjects.iter().enumerate() {
            for (step, planned) in subject.steps.iter().enumerate() {
                if is_decision_with_paper(planned) {
                    decisions.push((planned.occurred_at, place, step));
                }
            }
        }
        decisions.sort_unstable();
        let mut series: BTreeMap<String, u32> = BTreeMap::new();
        let mut left_out: Vec<&str> = gaps.to_vec();
        for (_, place, step) in decisions {
            let subject = &mut self.subjects[place];
            let last = series.entry(subject.unit.clone()).or_default();
            *last += 1;
            if *last > 1
                && let Some(gap) = left_out.iter().position(|unit| *unit == subject.unit)
            {
                left_out.remove(gap);
                *last += 1;
            }
            if let Deed::Act(command) = &mut subject.steps[step].deed
                && let Command::Complete {
                    document: Some(document),
                    ..
                } = &mut **command
            {
                document.number = format!("焦{}许〔{year}〕{last}号", subject.unit);
            }
        }
    }

    /// What the steps amount to. Cards are told by the group: the planner doesn't know the rules.
    pub fn expected(&self) -> Expected {
        let mut sum = Expected::default();
        for subject in &self.subjects {
            let deemed = subject.group == super::lapses::DEEMED;
            let accepted = deemed || subject.has(|c| matches!(c, Command::Accept));
            sum.accepted += u64::from(accepted);
            let over = subject.has(|c| {
                let completion = Stage::Completion;
                matches!(c, Command::Complete { stage, .. } if *stage == completion)
                    || matches!(c, Command::Close { .. })
            });
            sum.completed += u64::from(accepted && over);
            sum.corrections += subject.count(|c| matches!(c, Command::Correct { .. }));
            sum.stops += subject.count(|c| matches!(c, Command::Stop { .. }));
            sum.extensions += subject.count(|c| matches!(c, Command::Extend { .. }));
            sum.sent_back += subject.count(|c| matches!(c, Command::SendBack { .. }));
            sum.yellow_cards += u64::from(super::lapses::YELLOW.contains(&subject.group));
            sum.red_cards += u64::from(super::lapses::RED.contains(&subject.group));
        }
        sum
    }
}

fn is_decision_with_paper(step: &Step) -> bool {
    matches!(
        step.command(),
        Some(Command::Complete {
            document: Some(_),
            ..
        })
    )
}
