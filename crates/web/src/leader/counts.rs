//! The counts of a year by month, unit and item, kept for some seconds: whoever turns pages doesn't make the database
//! count each time, and all pages that are looked at together say the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use engine::Clock;
use store::count::ItemCounts;
use tokio::sync::Mutex;

use super::total;
use crate::page::PageError;
use crate::site::Site;
use crate::visitor::Visitor;

/// How long counts are kept, in microseconds; the page says as of when they are.
const KEPT_US: i64 = 10_000_000;

/// The counts of one year.
#[derive(Debug)]
pub(super) struct Year {
    year: i32,
    /// The machine's instant of the look.
    read_at: DateTime<Utc>,
    /// The record's instant of the look: late is what is late then.
    pub(super) as_of: DateTime<Utc>,
    /// The last month that has begun.
    pub(super) last_month: u32,
    /// January first.
    months: Vec<Vec<ItemCounts>>,
}

/// The year that was looked at last. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    kept: Arc<Mutex<Option<Arc<Year>>>>,
}

impl Counted {
    /// The counts of a year, at most some seconds old.
    pub(super) async fn year(
        &self,
        site: &Site,
        visitor: &Visitor,
        year: i32,
    ) -> Result<Arc<Year>, PageError> {
        let read_at = Clock::System.now();
        let fresh = |from: DateTime<Utc>, to: DateTime<Utc>| {
            let age_us = (to - from).num_microseconds().unwrap_or(i64::MAX);
            (0..KEPT_US).contains(&age_us)
        };
        let mut kept = self.kept.lock().await;
        if let Some(found) = &*kept
            && found.year == year
            // A trial's clock may have leapt meanwhile.
            && fresh(found.read_at, read_at)
            && fresh(found.as_of, visitor.now)
        {
            return Ok(Arc::clone(found));
        }
        let spans: Vec<_> = (1..=12)
            .map(|month| span(visitor, year, month))
            .collect::<Option<_>>()
            .ok_or(PageError::NotFound)?;
        let today = visitor.books.calendar.office_date(visitor.now);
        let found = Arc::new(Year {
            year,
            read_at,
            as_of: visitor.now,
            last_month: if year == today.year() {
                today.month()
            } else {
                12
            },
            months: site.engine.counts(&spans, visitor.now).await?,
        });
        *kept = Some(Arc::clone(&found));
        Ok(found)
    }
}

/// A month from its first midnight to the next month's, or a year if the month is 0.
pub(super) fn span(
    visitor: &Visitor,
    year: i32,
    month: u32,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1);
    let (from, to) = match month {
        0 => (first(year, 1)?, first(year.checked_add(1)?, 1)?),
        12 => (first(year, 12)?, first(year.checked_add(1)?, 1)?),
        month => (first(year, month)?, first(year, month + 1)?),
    };
    let calendar = &visitor.books.calendar;
    Some((calendar.start_of(from), calendar.start_of(to)))
}

impl Year {
    /// The rows of a month, or of the whole year if it is 0.
    fn rows(&self, month: u32) -> impl Iterator<Item = &ItemCounts> {
        let chosen = usize::try_from(month).unwrap_or_default().checked_sub(1);
        let months = self.months.iter().enumerate();
        months
            .filter(move |(index, _)| chosen.is_none_or(|chosen| chosen == *index))
            .flat_map(|(_, rows)| rows)
    }

    /// The counts of some rows together.
    pub(super) fn sum(&self, month: u32, which: impl Fn(&ItemCounts) -> bool) -> ItemCounts {
        total(self.rows(month).filter(|row| which(row)))
    }

    /// The items of a unit that have any case.
    pub(super) fn items(&self, month: u32, unit: &str) -> BTreeSet<String> {
        let rows = self.rows(month).filter(|row| row.unit == unit);
        rows.map(|row| row.item.clone()).collect()
    }
}

/// Nothing counted.
pub(super) fn none() -> ItemCounts {
    ItemCounts {
        unit: String::new(),
        item: String::new(),
        accepted: 0,
        completed: 0,
        on_time: 0,
        late: 0,
        open: 0,
        late_open: 0,
        notice: 0,
        yellow: 0,
        red: 0,
    }
}

/// Adds a row to a sum.
pub(super) fn add(sum: &mut ItemCounts, row: &ItemCounts) {
    sum.accepted += row.accepted;
    sum.completed += row.completed;
    sum.on_time += row.on_time;
    sum.late += row.late;
    sum.open += row.open;
    sum.late_open += row.late_open;
    sum.notice += row.notice;
    sum.yellow += row.yellow;
    sum.red += row.red;
}
