//! Drives the engine through a plan: lets time pass, takes every alarm at its instant, sends the mails.
//!
//! On SQLite the steps of a day stand in the writer's queue together, each behind a tick that moves the clock to
//! its own minute. The writer takes them one by one in this order, so that each is recorded at its minute, and
//! they share the commits: the replay doesn't wait for the disk thousands of times.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use approval::command::{Act, Command};
use approval::rule::Level;
use approval::warning::WarningState;
use calendar::{Term, TermUnit};
use chrono::{DateTime, NaiveDate, Utc};
use store::Dialect;
use store::codec::instant;

use super::plan::{Deed, Plan, Step};
use crate::commands::{Application, Seen};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::Outbox;

/// What a run did. The figures of the demo don't come from here: they are counted back from the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunReport {
    /// Steps done.
    pub steps: u64,
    /// Sweeps that took alarms.
    pub sweeps: u64,
    /// Warnings that sweeps raised.
    pub warnings: u64,
    /// Mails handed over.
    pub mails: u64,
}

/// Runs a plan from its beginning to its end. `progress` is told how many steps are done.
///
/// # Errors
/// The first step that the engine refuses, with its subject; the database's.
pub async fn run(
    engine: &Engine,
    plan: &Plan,
    outbox: Option<&Outbox>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<RunReport, EngineError> {
    engine.clock().advance_to(plan.from);
    let books = engine.books(engine.division()).await?;
    let in_hours = |term: Option<Term>| {
        let unit = term.map(Term::unit);
        matches!(
            unit,
            Some(TermUnit::WorkingHours | TermUnit::WorkingMinutes)
        )
    };
    let mut items = books.items.values().flatten();
    // A limit in hours may end between two steps of a day; all others end at midnight or at closing time.
    let by_the_hour = items.any(|v| in_hours(v.item.promised) || in_hours(v.item.statutory));
    let mut runner = Runner {
        engine,
        plan,
        outbox,
        together: engine.store().dialect() == Dialect::Sqlite && !by_the_hour,
        taken: BTreeMap::new(),
        numbers: vec![None; plan.subjects.len()],
        last_seq: vec![0; plan.subjects.len()],
        items_waiting: false,
        report: RunReport::default(),
    };
    let queue = queue(plan, |at| books.calendar.office_date(at));
    for day in queue.chunk_by(|a, b| a.day == b.day) {
        if let Some(first) = day.first() {
            // The night's alarms, then the mails before the day's work.
            runner.take_alarms_to(first.recorded_at).await?;
            runner.send().await?;
        }
        runner.day(day).await?;
        progress(runner.report.steps);
    }
    runner.take_alarms_to(plan.until).await?;
    engine.clock().advance_to(plan.until);
    runner.send().await?;
    Ok(runner.report)
}

/// A step in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Queued {
    day: NaiveDate,
    recorded_at: DateTime<Utc>,
    subject: usize,
    step: usize,
}

fn queue(plan: &Plan, day_of: impl Fn(DateTime<Utc>) -> NaiveDate) -> Vec<Queued> {
    let mut queue = Vec::with_capacity(plan.steps());
    for (subject, planned) in plan.subjects.iter().enumerate() {
        for (step, what) in planned.steps.iter().enumerate() {
            queue.push(Queued {
                day: day_of(what.recorded_at),
                recorded_at: what.recorded_at,
                subject,
                step,
            });
        }
    }
    queue.sort_unstable();
    queue
}

type Answer<'f> = Pin<Box<dyn Future<Output = Result<Option<Seen>, EngineError>> + Send + 'f>>;

/// Waits for all, beginning them in their order.
async fn all_in_order(mut waiting: Vec<Answer<'_>>) -> Vec<Result<Option<Seen>, EngineError>> {
    let mut done: Vec<Option<Result<Option<Seen>, EngineError>>> = Vec::new();
    done.resize_with(waiting.len(), || None);
    poll_fn(|context| {
        let mut open = false;
        for (future, result) in waiting.iter_mut().zip(&mut done) {
            if result.is_some() {
                continue;
            }
            match future.as_mut().poll(context) {
                Poll::Ready(answer) => *result = Some(answer),
                Poll::Pending => open = true,
            }
        }
        if open { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
}

struct Runner<'a> {
    engine: &'a Engine,
    plan: &'a Plan,
    outbox: Option<&'a Outbox>,
    /// Whether steps may stand in the writer's queue together.
    together: bool,
    /// Numbers taken by each unit on each day.
    taken: BTreeMap<(String, NaiveDate), u32>,
    /// The number of each subject.
    numbers: Vec<Option<String>>,
    /// The sequence number of the event that each subject's last step recorded.
    last_seq: Vec<i64>,
    items_waiting: bool,
    report: RunReport,
}

impl Runner<'_> {
    /// One day. An alarm inside it is taken at its own instant, between what was recorded before and after.
    async fn day(&mut self, steps: &[Queued]) -> Result<(), EngineError> {
        let mut left = steps;
        while let Some(first) = left.first() {
            self.take_alarms_to(first.recorded_at).await?;
            let alarm = self.next_alarm().await?;
            let before = left.partition_point(|s| alarm.is_none_or(|at| s.recorded_at < at));
            let many = if self.together && !self.is_alone(first) {
                let alone = left.iter().position(|s| self.is_alone(s));
                before.min(alone.unwrap_or(before))
            } else {
                1
            };
            let (now, later) = left.split_at(many.clamp(1, left.len()));
            self.record(now).await?;
            left = later;
        }
        Ok(())
    }

    /// Steps that look at the database before they write, or at what the step before has recorded.
    fn is_alone(&self, queued: &Queued) -> bool {
        !matches!(
            self.planned(queued).deed,
            Deed::Receive { .. } | Deed::Act(_)
        )
    }

    fn planned(&self, queued: &Queued) -> &Step {
        &self.plan.subjects[queued.subject].steps[queued.step]
    }

    async fn next_alarm(&self) -> Result<Option<DateTime<Utc>>, EngineError> {
        let mut conn = self.engine.store().read().await?;
        let next = store::subject::next_alarm(&mut conn, self.engine.division()).await?;
        Ok(next.map(instant))
    }

    /// Takes each alarm up to an instant at its own time.
    async fn take_alarms_to(&mut self, to: DateTime<Utc>) -> Result<(), EngineError> {
        let mut next = self.next_alarm().await?;
        while let Some(alarm) = next.filter(|at| *at <= to) {
            self.engine.clock().advance_to(alarm);
            let swept = self.engine.sweep(None).await?;
            if let Some((subject, why)) = swept.failed.first() {
                let message = format!("{subject}:{why}");
                return Err(EngineError::invalid("replay", message));
            }
            self.report.sweeps += 1;
            self.report.warnings += swept.notice + swept.yellow + swept.red;
            self.items_waiting |= swept.items > 0;
            next = swept.next_alarm_at;
        }
        Ok(())
    }

    /// Records steps in their order, each at its own minute.
    async fn record(&mut self, steps: &[Queued]) -> Result<(), EngineError> {
        for queued in steps {
            self.expect_number(queued);
        }
        let shared = &*self;
        let mut answers: Vec<Answer<'_>> = Vec::with_capacity(2 * steps.len());
        for queued in steps {
            answers.push(Box::pin(shared.tick(queued.recorded_at)));
            answers.push(Box::pin(shared.step(queued)));
        }
        let seen = all_in_order(answers).await;
        for (queued, seen) in steps.iter().zip(seen.into_iter().skip(1).step_by(2)) {
            let seen = seen.map_err(|error| self.refused(queued, &error))?;
            if let Some(seen) = seen {
                self.note(queued, &seen)?;
            }
        }
        self.report.steps += u64::try_from(steps.len()).unwrap_or(0);
        // Orders and what is recorded late write items without a sweep.
        let loud =
            |step: &Step| step.late_reason.is_some() || matches!(step.deed, Deed::Order { .. });
        self.items_waiting |= steps.iter().any(|s| loud(self.planned(s)));
        Ok(())
    }

    /// Moves the clock when its turn in the writer's queue comes.
    async fn tick(&self, at: DateTime<Utc>) -> Result<Option<Seen>, EngineError> {
        let clock = self.engine.clock().clone();
        if !self.together {
            clock.advance_to(at);
            return Ok(None);
        }
        self.engine
            .store()
            .write(move |_| {
                clock.advance_to(at);
                Box::pin(async { Ok::<(), EngineError>(()) })
            })
            .await?;
        Ok(None)
    }

    /// The number that a case will get, since later steps of the day name it before it is there.
    /// Numbers come without gaps, and nobody else takes any; the answer is held against it.
    fn expect_number(&mut self, queued: &Queued) {
        let step = self.planned(queued);
        if !matches!(step.deed, Deed::Receive { .. }) {
            return;
        }
        let unit = self.plan.subjects[queued.subject].unit.clone();
        let taken = self.taken.entry((unit.clone(), queued.day)).or_default();
        *taken += 1;
        let division = self.engine.division();
        let day = queued.day.format("%Y%m%d");
        self.numbers[queued.subject] = Some(format!("{division}-{unit}-{day}-{taken:04}"));
    }

    fn note(&mut self, queued: &Queued, seen: &Seen) -> Result<(), EngineError> {
        let number = seen.subject.id.as_str();
        if let Some(expected) = &self.numbers[queued.subject]
            && expected != number
        {
            let message = format!("{number} instead of {expected}");
            return Err(self.refused(queued, &EngineError::invalid("replay", message)));
        }
        let step = self.planned(queued);
        let events = seen.subject.history.iter().rev();
        let mut own = events.filter(|e| e.by == step.by && e.occurred_at == step.occurred_at);
        let seq = own.next().map(|e| e.seq);
        self.numbers[queued.subject] = Some(number.to_owned());
        if let Some(seq) = seq {
            self.last_seq[queued.subject] = seq;
        }
        Ok(())
    }

    /// Nothing in a plan is meant to be refused.
    fn refused(&self, queued: &Queued, error: &EngineError) -> EngineError {
        let step = self.planned(queued);
        let group = self.plan.subjects[queued.subject].group;
        let number = self.numbers[queued.subject].as_deref().unwrap_or("-");
        EngineError::invalid(
            "replay",
            format!(
                "重放受阻:{number}({group})于 {} 的操作未被接受 / the replay was refused: {error}; {:?}",
                step.occurred_at, step.deed
            ),
        )
    }

    async fn step(&self, queued: &Queued) -> Result<Option<Seen>, EngineError> {
        let step = self.planned(queued);
        let number = self.numbers[queued.subject].as_deref();
        let act = Act {
            by: step.by.clone(),
            stands_for: step.stands_for.clone(),
            at: Some(step.occurred_at),
            late_reason: step.late_reason.clone(),
            ..Act::default()
        };
        let known = || {
            number.ok_or_else(|| EngineError::NotFound {
                subject: "-".to_owned(),
            })
        };
        let seen = match &step.deed {
            Deed::Receive { item, applicant } => {
                let application = Application {
                    item: item.clone(),
                    applicant: applicant.clone(),
                    ..Application::default()
                };
                self.engine.receive(application, act).await
            }
            Deed::Order {
                unit,
                text,
                term,
                about,
            } => {
                let about = self.numbers[*about].as_deref();
                self.engine.issue_order(unit, text, *term, about, act).await
            }
            Deed::Act(command) => self.engine.act(known()?, (**command).clone(), act).await,
            Deed::AnnulLast { reason } => {
                let command = Command::Annul {
                    seq: self.last_seq[queued.subject],
                    reason: reason.clone(),
                };
                self.engine.act(known()?, command, act).await
            }
            Deed::RevokeCards { reason } => self.revoke_cards(known()?, reason, &act).await,
        };
        seen.map(Some)
    }

    async fn revoke_cards(
        &self,
        number: &str,
        reason: &str,
        act: &Act,
    ) -> Result<Seen, EngineError> {
        let mut seen = self.engine.look(number).await?;
        let cards: Vec<i64> = seen
            .subject
            .track
            .warnings
            .iter()
            .filter(|w| w.state == WarningState::Issued && w.level() > Level::Notice)
            .map(|w| w.seq)
            .collect();
        for warning in cards {
            let command = Command::RevokeWarning {
                warning,
                reason: reason.to_owned(),
            };
            seen = self.engine.act(number, command, act.clone()).await?;
        }
        Ok(seen)
    }

    /// Composes and sends what waits.
    async fn send(&mut self) -> Result<(), EngineError> {
        let Some(outbox) = self.outbox.filter(|_| self.items_waiting) else {
            return Ok(());
        };
        outbox.compose_round().await?;
        self.report.mails += outbox.send_round().await?.sent;
        self.items_waiting = false;
        Ok(())
    }
}
