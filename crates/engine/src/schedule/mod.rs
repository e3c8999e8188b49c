//! The schedule: sweeps when an alarm is due, mails what is to be told, and runs jobs by the calendar's clock.
//!
//! Four loops side by side, so that a dead mail server or a long job never keeps a card waiting; the fourth keeps the
//! figures up behind the record. Nobody ever sleeps
//! longer than half a minute: a machine that was suspended, or whose clock was set, is noticed then.

mod closing;
mod cron_line;
mod jobs;
mod working_day;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::chain::{hex, new_salt};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::Outbox;
use cron_line::CronLine;
use jobs::Job;

pub use jobs::{CatchUp, JobAction, JobRun, JobSpec, JobsReport, PlannedJob, Work};
pub use working_day::{Span, WorkingDay};

/// The longest sleep.
const SLEEP_MAX: Duration = Duration::from_secs(30);
/// The shortest sleep, so that an alarm that can't be taken isn't tried all the time.
const SLEEP_MIN: Duration = Duration::from_millis(50);
/// How long what is recorded gathers before it is counted.
const FACTS_GATHER: Duration = Duration::from_secs(2);
/// How long to wait after a failure.
const SLEEP_AFTER_ERROR: Duration = Duration::from_secs(5);

/// How the schedule is doing, for `/readyz`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When the last sweep went through.
    pub last_sweep_at: Option<DateTime<Utc>>,
    /// Why the last sweep failed, if it did.
    pub sweep_error: Option<String>,
    /// Subjects whose alarms couldn't be taken in the last sweep.
    pub subjects_failed: u64,
    /// Why the last round of mail failed, if it did; a mail server that doesn't answer is seen in the outbox instead.
    pub mail_error: Option<String>,
    /// What went wrong with a job last, until one goes well.
    pub job_error: Option<String>,
    /// Why the figures don't follow the record, if they don't.
    pub facts_error: Option<String>,
}

/// A view of the schedule's health. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct HealthHandle(Arc<Mutex<Health>>);

impl HealthHandle {
    /// The health now.
    pub fn get(&self) -> Health {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn change(&self, change: impl FnOnce(&mut Health)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The schedule of one process. Cheap to clone; any number of processes may run one each.
#[derive(Clone, Debug)]
pub struct Scheduler {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    engine: Engine,
    outbox: Option<Outbox>,
    jobs: Vec<Job>,
    /// Who holds the leases of runs.
    owner: String,
    health: HealthHandle,
    sweep_now: Arc<Notify>,
    mail_now: Notify,
}

impl Scheduler {
    /// A schedule with these jobs. Without an outbox nothing is composed or sent.
    ///
    /// # Errors
    /// A cron line that is wrong or never comes true, with its field; two jobs of one name.
    pub fn new(
        engine: Engine,
        outbox: Option<Outbox>,
        specs: Vec<JobSpec>,
    ) -> Result<Self, EngineError> {
        let mut jobs: Vec<Job> = Vec::new();
        for spec in specs {
            let line = CronLine::parse(&spec.name, &spec.cron)?;
            if line.next(engine.clock().now(), chrono_tz::UTC).is_none() {
                return Err(EngineError::invalid(
                    "bad_cron",
                    format!(
                        "定时任务 {} 的时间表达式“{}”永远不会到时 / it never comes true",
                        spec.name, spec.cron
                    ),
                ));
            }
            if jobs.iter().any(|job| job.spec.name == spec.name) {
                return Err(EngineError::invalid(
                    "job_twice",
                    format!("定时任务 {} 重名 / two jobs have this name", spec.name),
                ));
            }
            jobs.push(Job { spec, line });
        }
        let salt = new_salt()?;
        let owner = format!(
            "{}-{}",
            std::process::id(),
            hex(salt.get(..8).unwrap_or(&salt))
        );
        Ok(Self {
            parts: Arc::new(Parts {
                engine,
                outbox,
                jobs,
                owner,
                health: HealthHandle::default(),
                sweep_now: Arc::new(Notify::new()),
                mail_now: Notify::new(),
            }),
        })
    }

    /// How it is doing.
    pub fn health(&self) -> HealthHandle {
        self.parts.health.clone()
    }

    /// Wakes the sweep: for a command of this process that set an alarm, or told somebody something.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.parts.sweep_now)
    }

    /// Runs until `shutdown` turns true. Letters in hand then are brought to their end; the rest of what is under way is
    /// cut off, and leases and transactions make it good.
    pub async fn run(&self, shutdown: watch::Receiver<bool>) {
        let mut loops = JoinSet::new();
        let (sweeps, mails, jobs, facts) = (self.clone(), self.clone(), self.clone(), self.clone());
        let (of_mails, of_jobs, of_facts) = (shutdown.clone(), shutdown.clone(), shutdown.clone());
        loops.spawn(async move { sweeps.sweep_loop(shutdown).await });
        loops.spawn(async move { mails.mail_loop(of_mails).await });
        loops.spawn(async move { jobs.job_loop(of_jobs).await });
        loops.spawn(async move { facts.facts_loop(of_facts).await });
        while let Some(ended) = loops.join_next().await {
            if let Err(error) = ended {
                tracing::error!(error = %error, "a loop of the schedule broke off");
                self.parts
                    .health
                    .change(|h| h.sweep_error = Some(error.to_string()));
            }
        }
    }

    async fn sweep_loop(&self, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow() {
            self.parts.engine.stepped();
            let mut pause = SLEEP_AFTER_ERROR;
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                swept = self.sweep_round() => match swept {
                    Ok(wait) => pause = wait,
                    Err(error) => {
                        tracing::error!(error.kind = error.kind(), error = %error, "a sweep failed");
                        metrics::counter!("shixian_sweep_failures_total").increment(1);
                        self.parts.health.change(|h| h.sweep_error = Some(error.to_string()));
                    }
                },
            }
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(pause) => {}
                () = self.parts.sweep_now.notified() => self.parts.mail_now.notify_one(),
            }
        }
    }

    /// One sweep, after any revision that is still to be finished; gives how long to sleep.
    async fn sweep_round(&self) -> Result<Duration, EngineError> {
        let engine = &self.parts.engine;
        // Another process may have begun one and died. What can't be finished is logged, and cards go on.
        let revised = engine.resume_revisions().await;
        let report = engine.sweep(None).await?;
        let now = engine.clock().now();
        let failed = u64::try_from(report.failed.len()).unwrap_or(u64::MAX);
        self.parts.health.change(|h| {
            h.last_sweep_at = Some(now);
            h.sweep_error = revised.err().map(|error| error.to_string());
            h.subjects_failed = failed;
        });
        let seconds = i32::try_from(now.timestamp()).unwrap_or(i32::MAX);
        metrics::gauge!("shixian_last_sweep_timestamp_seconds").set(f64::from(seconds));
        let failed = u32::try_from(failed).unwrap_or(u32::MAX);
        metrics::gauge!("shixian_sweep_subjects_failed").set(f64::from(failed));
        if report.items > 0 {
            self.parts.mail_now.notify_one();
        }
        let wait = match report.next_alarm_at {
            // What is still due couldn't be taken now.
            Some(at) if at > now => engine.clock().until(at, SLEEP_MAX),
            _ => SLEEP_MAX,
        };
        Ok(virtual_pace(engine.clock(), wait).max(SLEEP_MIN))
    }

    async fn mail_loop(&self, mut shutdown: watch::Receiver<bool>) {
        let Some(outbox) = &self.parts.outbox else {
            return;
        };
        while !*shutdown.borrow() {
            let composed = tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                composed = outbox.compose_round() => composed,
            };
            let done = match composed {
                Ok(_) => outbox.send_while(&|| !*shutdown.borrow()).await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = &done {
                tracing::error!(error.kind = error.kind(), error = %error, "a round of mail failed");
            }
            let error = done.err().map(|e| e.to_string());
            self.parts.health.change(|h| h.mail_error = error);
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(SLEEP_MAX) => {}
                () = self.parts.mail_now.notified() => {}
            }
        }
    }

    /// Counts what was recorded: by this process soon afterwards, by others within half a minute.
    async fn facts_loop(&self, mut shutdown: watch::Receiver<bool>) {
        let mut recorded = self.parts.engine.inner.recorded.subscribe();
        while !*shutdown.borrow() {
            let kept = tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                kept = self.parts.engine.keep_facts_beside() => kept,
            };
            if let Err(error) = &kept {
                tracing::error!(error.kind = error.kind(), error = %error, "the figures can't follow the record");
            }
            let pause = match &kept {
                Ok(_) => FACTS_GATHER,
                Err(_) => SLEEP_AFTER_ERROR,
            };
            let error = kept.err().map(|e| e.to_string());
            self.parts.health.change(|h| h.facts_error = error);
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(pause) => {}
            }
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(SLEEP_MAX) => {}
                _ = recorded.changed() => {}
            }
        }
    }

    async fn job_loop(&self, mut shutdown: watch::Receiver<bool>) {
        if self.parts.jobs.is_empty() {
            return;
        }
        let clock = self.parts.engine.clock();
        while !*shutdown.borrow() {
            let mut pause = SLEEP_AFTER_ERROR;
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                done = self.run_due_jobs() => match done {
                    Ok(report) => {
                        let wait = report.next_at.map_or(SLEEP_MAX, |at| clock.until(at, SLEEP_MAX));
                        pause = virtual_pace(clock, wait).max(SLEEP_MIN);
                        if report.done > 0 {
                            self.parts.mail_now.notify_one();
                        }
                        if report.done > 0 || report.last_error.is_some() {
                            self.parts.health.change(|h| h.job_error = report.last_error);
                        }
                    }
                    Err(error) => {
                        tracing::error!(error.kind = error.kind(), error = %error, "jobs can't be run");
                        self.parts.health.change(|h| h.job_error = Some(error.to_string()));
                    }
                },
            }
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// A clock that is moved by hand is looked at every second, whatever is due when.
fn virtual_pace(clock: &Clock, wait: Duration) -> Duration {
    match clock {
        Clock::Manual { .. } => wait.min(Duration::from_secs(1)),
        _ => wait,
    }
}
