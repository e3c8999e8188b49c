//! Jobs of the schedule: each run once among all processes, caught up after a standstill, a function of its date.

use std::sync::Arc;
use std::time::Duration;

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use store::AsConflict;
use store::codec::{instant, micros};
use store::job::JobRunRow;
use store::message::Taking;

use super::Scheduler;
use super::cron_line::CronLine;
use super::working_day::WorkingDay;
use crate::clock::Clock;
use crate::copies::{OldMail, Restored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::Outbox;

/// Runs that are caught up at most after a standstill: a month of mornings. Older ones nobody waits for any more.
const RUNS_MAX: usize = 31;

/// Instants looked at to find them, so that a job of every second doesn't count through a year.
const LOOKED_AT_MAX: usize = 1000;

/// A run that begins this late was missed, for a job that skips what it missed.
const MISSED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// How long a run stays in hand without a sign of life.
const LEASE: Duration = Duration::from_secs(120);

/// How long a run that failed for now waits.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// How long after its instant a run is tried again.
const RETRY_FOR: TimeDelta = TimeDelta::hours(24);

/// A job.
#[derive(Clone, Debug)]
pub struct JobSpec {
    /// Its name, by which the database knows how far it has come.
    pub name: String,
    /// When: second, minute, hour, day, month, weekday, in the calendar's zone.
    pub cron: String,
    /// Whether it rests on days that don't work.
    pub working_days_only: bool,
    /// It runs on this working day of each span alone; `None`: on every day of its line.
    pub on: Option<WorkingDay>,
    /// What happens to runs that were missed.
    pub catch_up: CatchUp,
    /// What it does.
    pub action: JobAction,
}

/// What happens to runs that were missed while nothing ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// All are made up for, oldest first; at most 31.
    All,
    /// Only the last one.
    Latest,
    /// None.
    Skip,
}

/// A run of a job: what it does may depend on this and the record, never on the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRun {
    /// The job.
    pub job: String,
    /// The instant that it was scheduled for.
    pub scheduled_at: DateTime<Utc>,
    /// The office date of that instant.
    pub date: NaiveDate,
    /// Whether it mails: one that fell between a copy and its restoring has perhaps been mailed by the record that was lost.
    pub mail: OldMail,
}

/// A job's work, given from outside.
pub type Work = dyn Fn(Engine, JobRun) -> BoxFuture<'static, Result<(), EngineError>> + Send + Sync;

/// What a job does.
#[derive(Clone)]
pub enum JobAction {
    /// The morning's lists ([`Outbox::digest_for`]).
    MorningDigest,
    /// Checks the whole record ([`Engine::verify`]).
    Verify,
    /// Something else.
    Custom(Arc<Work>),
}

impl std::fmt::Debug for JobAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MorningDigest => "MorningDigest",
            Self::Verify => "Verify",
            Self::Custom(_) => "Custom",
        })
    }
}

/// What a look at the jobs came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobsReport {
    /// Runs that went well.
    pub done: u64,
    /// Runs that are tried again.
    pub postponed: u64,
    /// Runs that failed for good.
    pub failed: u64,
    /// When the next run is due.
    pub next_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// A job whose cron line was read.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) spec: JobSpec,
    pub(super) line: CronLine,
}

/// A job as it is planned, with its last runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedJob {
    /// Its name.
    pub name: String,
    /// When: the cron line.
    pub cron: String,
    /// Whether it rests on days that don't work.
    pub working_days_only: bool,
    /// It runs on this working day of each span alone.
    pub on: Option<WorkingDay>,
    /// The next instant at which it runs; `None` where the calendar doesn't reach.
    pub next_at: Option<DateTime<Utc>>,
    /// Its last runs, the latest first.
    pub runs: Vec<JobRunRow>,
}

impl Scheduler {
    /// The jobs with their last runs.
    ///
    /// # Errors
    /// The database's.
    pub async fn planned(&self, runs_max: i64) -> Result<Vec<PlannedJob>, EngineError> {
        let engine = &self.parts.engine;
        let calendar = Arc::clone(&engine.books(engine.division()).await?.calendar);
        let now = engine.clock().now();
        let mut conn = engine.inner.store.read().await?;
        let mut planned = Vec::new();
        for job in &self.parts.jobs {
            let spec = &job.spec;
            planned.push(PlannedJob {
                name: spec.name.clone(),
                cron: spec.cron.clone(),
                working_days_only: spec.working_days_only,
                on: spec.on,
                next_at: next_run(job, now, &calendar).ok().flatten(),
                runs: store::job::runs(&mut conn, &spec.name, runs_max).await?,
            });
        }
        Ok(planned)
    }

    /// Runs whatever is due, job by job. [`Scheduler::run`] does so by itself.
    ///
    /// # Errors
    /// The database's. A run that fails is no error: its row says so.
    pub async fn run_due_jobs(&self) -> Result<JobsReport, EngineError> {
        let mut report = JobsReport::default();
        for job in &self.parts.jobs {
            self.run_job(job, &mut report).await?;
        }
        Ok(report)
    }

    async fn run_job(&self, job: &Job, report: &mut JobsReport) -> Result<(), EngineError> {
        let engine = &self.parts.engine;
        let now = engine.clock().now();
        let calendar = Arc::clone(&engine.books(engine.division()).await?.calendar);
        let name = job.spec.name.as_str();
        let (watermark, unfinished) = {
            let mut conn = engine.inner.store.read().await?;
            let watermark = store::job::watermark(&mut conn, name).await?;
            let limit = i64::try_from(RUNS_MAX).unwrap_or(i64::MAX);
            (
                watermark,
                store::job::unfinished(&mut conn, name, limit).await?,
            )
        };
        // On a fresh installation nothing of the past is run.
        let after = watermark.map_or(now, instant);
        let due = due_runs(job, after, now, &calendar)?;
        let mut runs: Vec<DateTime<Utc>> = unfinished
            .iter()
            .map(|run| instant(run.scheduled_at_us))
            .chain(due)
            .collect();
        runs.sort_unstable();
        runs.dedup();
        for scheduled_at in runs {
            if self.claim(name, scheduled_at).await? {
                let run = JobRun {
                    job: name.to_owned(),
                    scheduled_at,
                    date: calendar.office_date(scheduled_at),
                    mail: mail_of(engine.standing().restored.as_ref(), scheduled_at),
                };
                self.run_one(job, run, report).await?;
            }
        }
        // Every chosen run has its row by now, so nothing is lost if this process dies.
        let passed = job.line.next(after, calendar.zone());
        if watermark.is_none() || passed.is_some_and(|at| at <= now) {
            self.worked_off(name, now).await?;
        }
        let next = job.line.next(now, calendar.zone());
        report.next_at = match (report.next_at, next) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(())
    }

    /// Notes up to which instant a job's schedule has been worked off.
    async fn worked_off(&self, job: &str, up_to: DateTime<Utc>) -> Result<(), EngineError> {
        let job = Arc::new(job.to_owned());
        let store = &self.parts.engine.inner.store;
        store
            .write(move |conn| {
                let job = Arc::clone(&job);
                Box::pin(async move {
                    store::job::set_watermark(conn, &job, micros(up_to)).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    /// Takes a run in hand; false if it is done or somebody else has it.
    async fn claim(&self, job: &str, scheduled_at: DateTime<Utc>) -> Result<bool, EngineError> {
        let scheduler = self.clone();
        let job = Arc::new(job.to_owned());
        let claimed = self.parts.engine.inner.store.write(move |conn| {
            let (scheduler, job) = (scheduler.clone(), Arc::clone(&job));
            Box::pin(async move {
                let parts = &scheduler.parts;
                let clock = parts.engine.clock();
                let taking = Taking {
                    owner: &parts.owner,
                    at_us: clock.lease_us(),
                    until_us: after(clock, LEASE),
                };
                let (at_us, now_us) = (micros(scheduled_at), micros(clock.now()));
                let claimed = store::job::claim(conn, &job, at_us, now_us, taking).await?;
                Ok::<bool, EngineError>(claimed)
            })
        });
        match claimed.await {
            Err(error) if error.is_conflict() => Ok(false),
            other => other,
        }
    }

    /// Does a run that is in hand, and says how it went.
    async fn run_one(
        &self,
        job: &Job,
        run: JobRun,
        report: &mut JobsReport,
    ) -> Result<(), EngineError> {
        let work = self.do_action(&job.spec.action, &run);
        tokio::pin!(work);
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = tokio::time::sleep(LEASE / 3) => self.keep(&run).await?,
            }
        };
        let error = match outcome {
            Ok(()) => {
                report.done += 1;
                return self.finish(&run, "done", None).await;
            }
            Err(error) => error,
        };
        let text = error.to_string();
        tracing::error!(job.name = %run.job, job.date = %run.date, error.kind = error.kind(), error = %text, "a job's run failed");
        metrics::counter!("shixian_job_failures_total").increment(1);
        report.last_error = Some(format!("{}: {text}", run.job));
        let now = self.parts.engine.clock().now();
        if may_succeed_later(&error) && now - run.scheduled_at < RETRY_FOR {
            report.postponed += 1;
            return self.postpone(&run, text).await;
        }
        report.failed += 1;
        self.finish(&run, "failed", Some(text)).await
    }

    async fn do_action(&self, action: &JobAction, run: &JobRun) -> Result<(), EngineError> {
        let engine = &self.parts.engine;
        match action {
            JobAction::MorningDigest => match &self.parts.outbox {
                Some(outbox) if run.mail == OldMail::Sent => digest(outbox, run).await,
                _ => Ok(()),
            },
            JobAction::Verify => verify(engine).await,
            JobAction::Custom(work) => work(engine.clone(), run.clone()).await,
        }
    }

    async fn keep(&self, run: &JobRun) -> Result<(), EngineError> {
        let until_us = after(self.parts.engine.clock(), LEASE);
        let request = Arc::new((run.clone(), self.parts.owner.clone()));
        self.parts
            .engine
            .inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (run, owner) = &*request;
                    let at_us = micros(run.scheduled_at);
                    store::job::extend(conn, &run.job, at_us, owner, until_us).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    async fn postpone(&self, run: &JobRun, error: String) -> Result<(), EngineError> {
        let retry_us = after(self.parts.engine.clock(), RETRY_AFTER);
        let request = Arc::new((run.clone(), self.parts.owner.clone(), error));
        self.parts
            .engine
            .inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (run, owner, error) = &*request;
                    let at_us = micros(run.scheduled_at);
                    store::job::postpone(conn, &run.job, at_us, owner, retry_us, error).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    async fn finish(
        &self,
        run: &JobRun,
        outcome: &'static str,
        error: Option<String>,
    ) -> Result<(), EngineError> {
        let now_us = micros(self.parts.engine.clock().now());
        let request = Arc::new((run.clone(), self.parts.owner.clone(), error));
        self.parts
            .engine
            .inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (run, owner, error) = &*request;
                    let at_us = micros(run.scheduled_at);
                    let error = error.as_deref();
                    store::job::finish(conn, &run.job, at_us, owner, now_us, outcome, error)
                        .await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }
}

/// What becomes of a run's mail in a record that was restored.
fn mail_of(restored: Option<&Restored>, scheduled_at: DateTime<Utc>) -> OldMail {
    let Some(restored) = restored.filter(|restored| restored.mail_withheld) else {
        return OldMail::Sent;
    };
    // A dump says nothing of when it was made, but not before what is last in it.
    let copied_at = restored.copied_at.or(restored.record_until);
    let in_between = copied_at.is_none_or(|at| at < scheduled_at) && scheduled_at <= restored.at;
    if in_between {
        OldMail::Withheld
    } else {
        OldMail::Sent
    }
}

/// The end of a span that begins now, in the time of leases.
fn after(clock: &Clock, span: Duration) -> i64 {
    let span_us = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    clock.lease_us().saturating_add(span_us)
}

/// The runs of a job in (after, now] that its policy wants, oldest first.
fn due_runs(
    job: &Job,
    after: DateTime<Utc>,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> Result<Vec<DateTime<Utc>>, EngineError> {
    let wanted = match job.spec.catch_up {
        CatchUp::All => RUNS_MAX,
        CatchUp::Latest | CatchUp::Skip => 1,
    };
    let mut runs = Vec::new();
    let instants = job.line.back_from(now, after, calendar.zone());
    for at in instants.take(LOOKED_AT_MAX) {
        if job.spec.catch_up == CatchUp::Skip && now - at > MISSED_AFTER {
            break;
        }
        if runs_on(&job.spec, at, calendar)? {
            runs.push(at);
        }
        if runs.len() == wanted {
            break;
        }
    }
    runs.reverse();
    Ok(runs)
}

/// Whether a job runs on the day of an instant of its line.
fn runs_on(spec: &JobSpec, at: DateTime<Utc>, calendar: &Calendar) -> Result<bool, EngineError> {
    let day = calendar.office_date(at);
    if let Some(working_day) = spec.on {
        return working_day.is(day, calendar);
    }
    if spec.working_days_only {
        return Ok(calendar.is_working(day).map_err(approval::Refusal::from)?);
    }
    Ok(true)
}

/// The first instant after one at which a job runs.
fn next_run(
    job: &Job,
    after: DateTime<Utc>,
    calendar: &Calendar,
) -> Result<Option<DateTime<Utc>>, EngineError> {
    let mut at = after;
    for _ in 0..LOOKED_AT_MAX {
        let Some(next) = job.line.next(at, calendar.zone()) else {
            return Ok(None);
        };
        if runs_on(&job.spec, next, calendar)? {
            return Ok(Some(next));
        }
        at = next;
    }
    Ok(None)
}

/// Whether the same run may succeed later without anybody mending anything.
fn may_succeed_later(error: &EngineError) -> bool {
    match error {
        EngineError::Store(error) => error.is_transient(),
        EngineError::Mail { .. } | EngineError::File { .. } => true,
        _ => false,
    }
}

async fn digest(outbox: &Outbox, run: &JobRun) -> Result<(), EngineError> {
    let report = outbox.digest_for(run.date).await?;
    tracing::info!(job.date = %run.date, digest.people = report.people, digest.written = report.written, "morning lists");
    Ok(())
}

async fn verify(engine: &Engine) -> Result<(), EngineError> {
    let report = engine.verify().await?;
    let defects = u32::try_from(report.defects.len()).unwrap_or(u32::MAX);
    metrics::gauge!("shixian_record_defects").set(f64::from(defects));
    if report.is_ok() {
        return Ok(());
    }
    Err(EngineError::invalid(
        "record_damaged",
        format!(
            "记录校验发现 {defects} 处损坏,请运行 shixian verify 查看 / {defects} defects in the record: run `shixian verify`"
        ),
    ))
}
