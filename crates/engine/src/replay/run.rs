//! Drives the engine through a plan: lets time pass, takes every alarm at its instant, sends the mails.

use approval::command::{Act, Command};
use approval::rule::Level;
use approval::warning::WarningState;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use futures_util::future::join_all;
use store::codec::instant;

use super::plan::{Deed, Plan, Step};
use crate::commands::{Application, Seen};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::Outbox;

/// What happens within a quarter of an hour is recorded at its end, as clerks do; it shares the commits.
const RECORDING_MINUTES: i64 = 15;

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
    let mut runner = Runner {
        engine,
        plan,
        outbox,
        numbers: vec![None; plan.subjects.len()],
        last_seq: vec![0; plan.subjects.len()],
        items_waiting: false,
        report: RunReport::default(),
    };
    engine.clock().advance_to(plan.from);
    let queue = queue(plan);
    let mut day = 0;
    for window in queue.chunk_by(|a, b| a.window == b.window) {
        let Some(first) = window.first() else {
            continue;
        };
        let today = first.window.num_days_from_ce();
        if today != day {
            day = today;
            runner.send().await?;
        }
        runner.window(first.window, window).await?;
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
    window: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    subject: usize,
    step: usize,
}

fn queue(plan: &Plan) -> Vec<Queued> {
    let mut queue = Vec::with_capacity(plan.steps());
    for (subject, planned) in plan.subjects.iter().enumerate() {
        for (step, what) in planned.steps.iter().enumerate() {
            queue.push(Queued {
                window: window_of(what.recorded_at),
                recorded_at: what.recorded_at,
                subject,
                step,
            });
        }
    }
    queue.sort_unstable();
    queue
}

/// The end of the quarter of an hour.
fn window_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let length = RECORDING_MINUTES * 60;
    let seconds = at.timestamp() + length - at.timestamp().rem_euclid(length);
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

struct Runner<'a> {
    engine: &'a Engine,
    plan: &'a Plan,
    outbox: Option<&'a Outbox>,
    /// The number that the engine gave to each subject.
    numbers: Vec<Option<String>>,
    /// The sequence number of the event that each subject's last step recorded.
    last_seq: Vec<i64>,
    items_waiting: bool,
    report: RunReport,
}

impl Runner<'_> {
    /// One quarter of an hour. An alarm inside it is taken at its own instant, between what was recorded
    /// before it and what after.
    async fn window(&mut self, end: DateTime<Utc>, steps: &[Queued]) -> Result<(), EngineError> {
        let mut left = steps;
        if let Some(first) = left.first() {
            self.take_alarms_to(first.recorded_at).await?;
        }
        while let Some(alarm) = self.next_alarm().await?.filter(|at| *at <= end) {
            let before = left.partition_point(|s| s.recorded_at < alarm);
            let (now, later) = left.split_at(before);
            self.engine
                .clock()
                .advance_to(alarm - TimeDelta::microseconds(1));
            self.record(now).await?;
            left = later;
            self.take_alarms_to(alarm).await?;
        }
        self.engine.clock().advance_to(end);
        self.record(left).await
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

    /// Records steps: those of one subject in their order, those of different ones together.
    async fn record(&mut self, steps: &[Queued]) -> Result<(), EngineError> {
        let mut by_subject: Vec<(usize, Vec<&Step>)> = Vec::new();
        for queued in steps {
            let step = &self.plan.subjects[queued.subject].steps[queued.step];
            match by_subject.iter_mut().find(|(s, _)| *s == queued.subject) {
                Some((_, list)) => list.push(step),
                None => by_subject.push((queued.subject, vec![step])),
            }
        }
        let shared = &*self;
        let chains = by_subject
            .iter()
            .map(|(subject, steps)| shared.chain(*subject, steps));
        let done = join_all(chains).await;
        for ((subject, _), result) in by_subject.iter().zip(done) {
            let (number, seq) = result?;
            self.numbers[*subject] = Some(number);
            self.last_seq[*subject] = seq;
        }
        self.report.steps += u64::try_from(steps.len()).unwrap_or(0);
        // Orders and what is recorded late write items without a sweep.
        let loud = |s: &&Queued| {
            let step = &self.plan.subjects[s.subject].steps[s.step];
            step.late_reason.is_some() || matches!(step.deed, Deed::Order { .. })
        };
        self.items_waiting |= steps.iter().any(|s| loud(&s));
        Ok(())
    }

    async fn chain(&self, subject: usize, steps: &[&Step]) -> Result<(String, i64), EngineError> {
        let mut number = self.numbers[subject].clone();
        let mut seq = self.last_seq[subject];
        for step in steps {
            let result = self.step(number.as_deref(), seq, step).await;
            let seen = result.map_err(|error| self.refused(subject, step, &error))?;
            seq = seen
                .subject
                .history
                .iter()
                .rev()
                .find(|e| e.by == step.by && e.occurred_at == step.occurred_at)
                .map_or(seq, |e| e.seq);
            number = Some(seen.subject.id.as_str().to_owned());
        }
        Ok((number.unwrap_or_default(), seq))
    }

    /// Nothing in a plan is meant to be refused.
    fn refused(&self, subject: usize, step: &Step, error: &EngineError) -> EngineError {
        let group = self.plan.subjects[subject].group;
        let number = self.numbers[subject].as_deref().unwrap_or("-");
        EngineError::invalid(
            "replay",
            format!(
                "重放受阻:{number}({group})于 {} 的操作未被接受 / the replay was refused: {error}; {:?}",
                step.occurred_at, step.deed
            ),
        )
    }

    async fn step(
        &self,
        number: Option<&str>,
        last_seq: i64,
        step: &Step,
    ) -> Result<Seen, EngineError> {
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
        match &step.deed {
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
                    seq: last_seq,
                    reason: reason.clone(),
                };
                self.engine.act(known()?, command, act).await
            }
            Deed::RevokeCards { reason } => self.revoke_cards(known()?, reason, &act).await,
        }
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
