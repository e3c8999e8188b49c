//! Facts and events of a period for other software.

use std::time::Duration;

use approval::statistics::{Leaf, Measure, Period};
use chrono::NaiveDate;
use store::chain::{HashAlgorithm, new_salt, personal_digest};
use store::codec::micros;
use store::event::EventRow;
use store::feed::FeedPosition;

use super::next_page;
use super::rows::{damaged, day, leaf, merged, number};
use crate::engine::Engine;
use crate::error::EngineError;

/// How often an export looks whether all that is recorded may be read, and how long it waits between: ten seconds in all.
const OLDER_LOOKS: u32 = 500;
const OLDER_PAUSE: Duration = Duration::from_millis(20);

/// One number of a day's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFact {
    /// The office day.
    pub day: NaiveDate,
    /// The unit and item.
    pub leaf: Leaf,
    /// What is counted.
    pub measure: Measure,
    /// How many.
    pub n: i64,
}

/// An event, and who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedEvent {
    /// As it is stored.
    pub row: EventRow,
    /// Who did it.
    pub by: Option<String>,
    /// For whom.
    pub stands_for: Option<String>,
}

/// Some events of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedEvents {
    /// The events.
    pub events: Vec<ExportedEvent>,
    /// Behind this event the next ones are found.
    pub last: FeedPosition,
}

/// Other names for numbers and people: the same within one export, and not to be found out from another one.
#[derive(Debug)]
pub struct Mask {
    key: Vec<u8>,
}

impl Mask {
    /// A new one.
    ///
    /// # Errors
    /// The machine has no random numbers.
    pub fn new() -> Result<Self, EngineError> {
        Ok(Self { key: new_salt()? })
    }

    /// The other name.
    pub fn of(&self, name: &str) -> String {
        const DIGITS: usize = 20;
        let digest = personal_digest(HashAlgorithm::Sm3, &self.key, name);
        digest.chars().take(DIGITS).collect()
    }
}

impl Engine {
    /// The facts of a period's days, after all events were counted.
    ///
    /// # Errors
    /// The database's, a history that doesn't hold, or an older transaction that goes on for too long.
    pub async fn exported_facts(&self, period: &Period) -> Result<Vec<ExportedFact>, EngineError> {
        self.wait_for_older().await?;
        self.keep_facts().await?;
        let mut conn = self.store().snapshot().await?;
        let Some(fold) = store::fact::fold(&mut conn, self.division()).await? else {
            return Ok(Vec::new());
        };
        let span = (number(period.first()), number(period.last()));
        let rows =
            store::fact::between(&mut conn, self.division(), fold.generation, "day", span).await?;
        let mut exported = Vec::new();
        for row in merged(rows)? {
            let Some(day) = day(row.day) else { continue };
            for pair in store::codec::facts::read(&row.body) {
                let (measure, n) = pair.map_err(|error| damaged(&row, error))?;
                exported.push(ExportedFact {
                    day,
                    leaf: leaf(&row),
                    measure,
                    n,
                });
            }
        }
        Ok(exported)
    }

    /// Waits until all that is recorded now may be read in its order. On PostgreSQL an older transaction that writes, be it
    /// in another database on the same server, holds readers back until it ends; an export without what it holds back
    /// would look whole.
    async fn wait_for_older(&self) -> Result<(), EngineError> {
        let mut conn = self.store().read().await?;
        let newest = store::feed::last(&mut conn, self.division(), i64::MAX).await?;
        for _ in 0..OLDER_LOOKS {
            if newest.group < store::feed::bound(&mut conn).await? {
                return Ok(());
            }
            tokio::time::sleep(OLDER_PAUSE).await;
        }
        Err(EngineError::NotReady {
            message: "数据库服务器上有较早的事务尚未结束,此时导出会缺少最近的记录,请稍后重试,或在 pg_stat_activity 中查找该事务 / an older transaction on the database server is still open, and an export would lack what was recorded since: try again, or look for it in pg_stat_activity"
                .to_owned(),
        })
    }

    /// The next events that happened in a period, in the order in which they came to the record; `None` after the last.
    ///
    /// # Errors
    /// The database's, an event that can't be read, or at the beginning an older transaction that goes on for too long.
    pub async fn exported_events(
        &self,
        period: &Period,
        after: &FeedPosition,
    ) -> Result<Option<ExportedEvents>, EngineError> {
        if *after == FeedPosition::default() {
            self.wait_for_older().await?;
        }
        let mut conn = self.store().read().await?;
        let books = self.books_of(&mut conn).await?;
        let calendar = &books.calendar;
        let next = period.last().succ_opt().unwrap_or(period.last());
        let from = micros(calendar.start_of(period.first()));
        let to = micros(calendar.start_of(next));
        let page = next_page(&mut conn, self.division(), after).await?;
        let Some(last) = page.last().map(FeedPosition::of) else {
            return Ok(None);
        };
        let within = |row: &EventRow| from <= row.occurred_at_us && row.occurred_at_us < to;
        let mut events = Vec::new();
        for row in page.into_iter().filter(within) {
            let event = store::codec::from_row(&row)?;
            events.push(ExportedEvent {
                by: event.by.map(|by| by.as_str().to_owned()),
                stands_for: event.stands_for.map(|person| person.as_str().to_owned()),
                row,
            });
        }
        Ok(Some(ExportedEvents { events, last }))
    }
}
