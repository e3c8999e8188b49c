//! The statistics of the periods that were looked at last, so that turning pages counts nothing anew.
//!
//! Counting reads the record. One period is counted at a time, each once for all who ask meanwhile, in a task of its own:
//! who asks waits for a while and is then told that it goes on, and a browser that went away ends nothing.

use std::sync::{Arc, Mutex as Shelf, PoisonError};
use std::time::Duration;

use approval::statistics::{Period, Statement};
use chrono::{DateTime, Utc};
use engine::{Clock, EngineError};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use crate::page::PageError;
use crate::site::Site;
use crate::visitor::Visitor;

/// Periods that are kept: a year's months.
const PERIODS_MAX: usize = 12;
/// What was counted is taken for so long without a look at the record, in microseconds; the page says as of when it is.
const KEPT_US: i64 = 10_000_000;
/// And at least for so many times as long as it took: counting what everybody looks at takes no more than a twentieth of
/// the machine's time, however large the record.
const KEPT_TIMES: i64 = 20;
/// Who asks for an open period gets no older one, even where nothing was recorded: cases become late by themselves.
const OPEN_US: i64 = 60_000_000;
/// How long somebody waits before he is told that it takes longer.
const PATIENCE: Duration = Duration::from_secs(8);

/// A period that was counted.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) statement: Statement,
    /// The record before it was counted.
    mark: String,
    /// When, by the machine's clock.
    read_at: DateTime<Utc>,
    /// How long it took.
    took_us: i64,
}

#[derive(Debug)]
struct Entry {
    period: Period,
    counted: Mutex<Option<Arc<Counted>>>,
}

/// What is kept. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The one that was asked for last comes first.
    entries: Arc<Shelf<Vec<Arc<Entry>>>>,
    counting: Arc<Semaphore>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            entries: Arc::default(),
            counting: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Kept {
    /// The statistics of a period; `None` if they are still being counted.
    pub(super) async fn statement(
        &self,
        site: &Site,
        visitor: &Visitor,
        period: Period,
    ) -> Result<Option<Arc<Counted>>, PageError> {
        let entry = self.entry(period);
        let (site, counting, now) = (site.clone(), Arc::clone(&self.counting), visitor.now);
        let task = tokio::spawn(async move { entry.counted(&site, &counting, now).await });
        match timeout(PATIENCE, task).await {
            Err(_) => Ok(None),
            Ok(Ok(counted)) => Ok(Some(counted?)),
            Ok(Err(error)) => {
                tracing::error!(error = %error, "a period can't be counted");
                Err(PageError::Broken)
            }
        }
    }

    /// The place of a period, which goes to the front; the one that was asked for longest ago makes room.
    fn entry(&self, period: Period) -> Arc<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.iter().position(|entry| entry.period == period);
        let entry = match found {
            Some(place) => entries.remove(place),
            None => Arc::new(Entry {
                period,
                counted: Mutex::default(),
            }),
        };
        entries.insert(0, Arc::clone(&entry));
        entries.truncate(PERIODS_MAX);
        entry
    }
}

impl Entry {
    async fn counted(
        &self,
        site: &Site,
        counting: &Semaphore,
        now: DateTime<Utc>,
    ) -> Result<Arc<Counted>, EngineError> {
        let mut kept = self.counted.lock().await;
        if let Some(found) = &*kept
            && found.is_good(site, now).await?
        {
            return Ok(Arc::clone(found));
        }
        // The semaphore is never closed.
        let _turn = counting.acquire().await.ok();
        let begun = Clock::System.now();
        let mark = site.engine.record_mark().await?;
        let statement = site.engine.statement(&self.period).await?;
        let read_at = Clock::System.now();
        let found = Arc::new(Counted {
            statement,
            mark,
            took_us: age_us(begun, read_at),
            read_at,
        });
        *kept = Some(Arc::clone(&found));
        Ok(found)
    }
}

impl Counted {
    /// Whether it still tells what a new count would, or is new enough.
    async fn is_good(&self, site: &Site, now: DateTime<Utc>) -> Result<bool, EngineError> {
        let fresh_us = KEPT_US.max(self.took_us.saturating_mul(KEPT_TIMES));
        // By the record's clock, too: a trial's may have leapt meanwhile. Who waited for the count asked before it.
        let by_record_us = age_us(self.statement.cut_off.min(now), now);
        let fresh = age_us(self.read_at, Clock::System.now()) < fresh_us && by_record_us < fresh_us;
        if fresh {
            return Ok(true);
        }
        if self.statement.is_open && by_record_us >= OPEN_US {
            return Ok(false);
        }
        Ok(site.engine.record_mark().await? == self.mark)
    }
}

/// Microseconds from one instant to another; a clock that was set back makes everything old.
fn age_us(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    let age = (to - from).num_microseconds().unwrap_or(i64::MAX);
    if age < 0 { i64::MAX } else { age }
}
