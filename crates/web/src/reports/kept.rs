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
    /// The statistics of a period for somebody who asks at `now`; `None` if they are still being counted.
    pub(super) async fn statement(
        &self,
        site: &Site,
        now: DateTime<Utc>,
        period: Period,
    ) -> Result<Option<Arc<Counted>>, PageError> {
        let entry = self.entry(period);
        let (site, counting) = (site.clone(), Arc::clone(&self.counting));
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

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::testing::Trial;

    #[tokio::test]
    async fn who_asks_together_gets_one_count() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (site, now) = (&trial.site, trial.clock.now());
        let period = Period::parse("2011-09").unwrap();
        let asked = (0..8).map(|_| site.reports.statement(site, now, period));
        let got = join_all(asked).await.into_iter();
        let got: Vec<Arc<Counted>> = got.map(|counted| counted.unwrap().unwrap()).collect();
        assert!(got.iter().all(|one| Arc::ptr_eq(one, &got[0])));
        // Another period is a count of its own.
        let week = Period::parse("2011-W39").unwrap();
        let other = site.reports.statement(site, now, week).await;
        assert!(!Arc::ptr_eq(&other.unwrap().unwrap(), &got[0]));
        // A count outlives an event only as long as it is fresh.
        trial.receive().await;
        assert!(got[0].is_good(site, now).await.unwrap(), "some seconds old");
        let later = now + chrono::TimeDelta::minutes(5);
        assert!(!got[0].is_good(site, later).await.unwrap());
    }

    #[tokio::test]
    async fn the_oldest_makes_room() {
        let trial = Trial::new().await;
        let (site, now) = (&trial.site, trial.clock.now());
        let first = Period::parse("2011-01").unwrap();
        let kept = site
            .reports
            .statement(site, now, first)
            .await
            .unwrap()
            .unwrap();
        for week in 1..=PERIODS_MAX {
            let week = Period::parse(&format!("2011-W{week:02}")).unwrap();
            site.reports
                .statement(site, now, week)
                .await
                .unwrap()
                .unwrap();
        }
        let entries = site.reports.entries.lock().unwrap().len();
        assert_eq!(entries, PERIODS_MAX);
        let again = site
            .reports
            .statement(site, now, first)
            .await
            .unwrap()
            .unwrap();
        assert!(!Arc::ptr_eq(&kept, &again));
    }

    /// A count that fails is told to who asked, and leaves nothing behind that others would get.
    #[tokio::test]
    async fn a_failed_count_is_tried_again() {
        let trial = Trial::new().await;
        let (site, now) = (&trial.site, trial.clock.now());
        let future = Period::parse("2012-01").unwrap();
        let failed = site.reports.statement(site, now, future).await;
        assert!(matches!(failed, Err(PageError::Engine(_))), "{failed:?}");
        trial.go_to("2012-01-05T09:00:00+08:00");
        let counted = site
            .reports
            .statement(site, trial.clock.now(), future)
            .await;
        assert!(counted.unwrap().is_some());
    }
}
