//! The sweep: takes the alarms that are due, and touches nothing else.

use std::sync::Arc;

use approval::event::Event;
use approval::rule::Level;
use chrono::{DateTime, Utc};
use store::AsConflict;
use store::codec::{instant, micros};
use store::subject::SubjectRow;

use crate::commands::transact;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{Telling, Written, replay};

/// Subjects in one transaction: small enough that a batch keeps the write lock for well under 50 ms
/// (a subject costs a few hundred microseconds), large enough that the commit's flush is shared.
const BATCH: usize = 40;

/// Rows read ahead in one page.
const PAGE: i64 = 400;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Subjects whose alarms were taken.
    pub taken: u64,
    /// Warnings raised, by level.
    pub notice: u64,
    /// Yellow cards raised.
    pub yellow: u64,
    /// Red cards raised.
    pub red: u64,
    /// Cases deemed accepted.
    pub deemed_accepted: u64,
    /// Message items written.
    pub items: u64,
    /// Subjects that could not be settled, with the reason; they stay due.
    pub failed: Vec<(String, String)>,
    /// When time will do something again.
    pub next_alarm_at: Option<DateTime<Utc>>,
}

impl SweepReport {
    fn count(&mut self, written: &Written, seq_before: i64) {
        self.taken += 1;
        self.items += written.items;
        for recorded in written
            .subject
            .history
            .iter()
            .filter(|e| e.seq > seq_before)
        {
            match &recorded.event {
                Event::WarningRaised(raised) => match raised.level {
                    Level::Notice => self.notice += 1,
                    Level::Yellow => self.yellow += 1,
                    Level::Red => self.red += 1,
                },
                Event::DeemedAccepted { .. } => self.deemed_accepted += 1,
                _ => {}
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.notice += other.notice;
        self.yellow += other.yellow;
        self.red += other.red;
        self.deemed_accepted += other.deemed_accepted;
        self.items += other.items;
        self.failed.extend(other.failed.iter().cloned());
    }
}

impl Engine {
    /// Takes every alarm up to `as_of`, at most the clock, in all divisions. Catches up after a standstill;
    /// any number of processes may sweep at once.
    ///
    /// # Errors
    /// The database's, and an `as_of` later than the clock.
    pub async fn sweep(&self, as_of: Option<DateTime<Utc>>) -> Result<SweepReport, EngineError> {
        let now = self.clock().now();
        let bound = as_of.unwrap_or(now);
        if bound > now {
            return Err(EngineError::NotReady {
                message: format!(
                    "--as-of {bound} 晚于当前时间 {now},不能提前发牌 / --as-of is later than the clock"
                ),
            });
        }
        let divisions = {
            let mut conn = self.inner.store.read().await?;
            store::reference::divisions(&mut conn).await?
        };
        let mut report = SweepReport::default();
        for division in divisions {
            self.sweep_division(&division.division, bound, &mut report)
                .await?;
        }
        metrics::counter!("shixian_sweeps_total").increment(1);
        metrics::counter!("shixian_alarms_taken_total").increment(report.taken);
        Ok(report)
    }

    async fn sweep_division(
        &self,
        division: &str,
        bound: DateTime<Utc>,
        report: &mut SweepReport,
    ) -> Result<(), EngineError> {
        let mut after = (i64::MIN, String::new());
        loop {
            let rows = {
                let mut conn = self.inner.store.read().await?;
                let bound_us = micros(bound);
                store::subject::due(&mut conn, division, bound_us, (after.0, &after.1), PAGE)
                    .await?
            };
            let Some(last) = rows.last() else { break };
            after = (last.next_alarm_us.unwrap_or(i64::MAX), last.subject.clone());
            for batch in rows.chunks(BATCH) {
                let subjects: Vec<String> = batch.iter().map(|r| r.subject.clone()).collect();
                self.sweep_batch(division, subjects, bound, report).await?;
                self.stepped();
            }
        }
        let mut conn = self.inner.store.read().await?;
        let next = store::subject::next_alarm(&mut conn, division).await?;
        let next = next.map(instant);
        report.next_alarm_at = match (report.next_alarm_at, next) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(())
    }

    /// One transaction for a batch; if one of its subjects can't be settled, each gets its own.
    async fn sweep_batch(
        &self,
        division: &str,
        subjects: Vec<String>,
        bound: DateTime<Utc>,
        report: &mut SweepReport,
    ) -> Result<(), EngineError> {
        match self.settle_batch(division, subjects.clone(), bound).await {
            Ok(part) => report.add(&part),
            Err(error) if error.is_of_one_subject() || error.is_conflict() => {
                for subject in subjects {
                    match self
                        .settle_batch(division, vec![subject.clone()], bound)
                        .await
                    {
                        Ok(part) => report.add(&part),
                        Err(error) if error.is_of_one_subject() || error.is_conflict() => {
                            tracing::error!(subject.id = %subject, error.kind = error.kind(), error = %error, "alarm can't be taken");
                            metrics::counter!("shixian_alarms_failed_total").increment(1);
                            report.failed.push((subject, error.to_string()));
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn settle_batch(
        &self,
        division: &str,
        subjects: Vec<String>,
        bound: DateTime<Utc>,
    ) -> Result<SweepReport, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((division.to_owned(), subjects));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (division, subjects) = &*request;
                    settle_all(conn, &inner, division, subjects, bound).await
                })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }
}

async fn settle_all(
    conn: &mut store::Conn,
    inner: &Inner,
    division: &str,
    subjects: &[String],
    bound: DateTime<Utc>,
) -> Result<SweepReport, EngineError> {
    warm(conn, inner, division, subjects).await?;
    let mut report = SweepReport::default();
    for subject in subjects {
        let now = inner.clock.now();
        let mut before = 0;
        let (written, _) = transact(conn, inner, division, subject, now, Telling::Tell, |work| {
            before = work.subject().seq();
            work.settle_up_to(bound)?;
            Ok(())
        })
        .await?;
        if written.subject.seq() > before {
            report.count(&written, before);
        }
    }
    Ok(report)
}

/// Reads the events of many subjects with few statements.
async fn warm(
    conn: &mut store::Conn,
    inner: &Inner,
    division: &str,
    subjects: &[String],
) -> Result<(), EngineError> {
    let books = inner.library.books(conn, division).await?;
    let rows = store::event::of_subjects(conn, division, subjects).await?;
    for events in rows.chunk_by(|a, b| a.subject == b.subject) {
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            continue;
        };
        if inner
            .cache
            .get(division, &first.subject, &last.hash)
            .is_none()
        {
            // A record that can't be read is met again by the subject's own work, which says so.
            if let Ok(subject) = replay(division, &first.subject, events, &books) {
                inner.cache.put(last.hash.clone(), Arc::new(subject));
            }
        }
    }
    Ok(())
}

/// The row's alarm, for callers that only look.
pub fn alarm_of(row: &SubjectRow) -> Option<DateTime<Utc>> {
    row.next_alarm_us.map(instant)
}
