//! What those who supervise read: the feed's end, the warnings after a position, lamps, what falls due, orders, counts.

use std::fmt;

use approval::event::{Event, Recorded, WarningRaised};
use chrono::{DateTime, Utc};
use store::board::{LampRow, ListedRow, Raised};
use store::codec::micros;
use store::count::{ItemCounts, Listing, StageLoad};
use store::event::EventRow;
use store::feed::FeedPosition;
use store::subject::SubjectRow;
use store::warning::{Filter, WarningRow};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::error::EngineError;

/// Events read in one page of the feed: a board's follower is never far behind.
const FEED_PAGE: i64 = 500;

/// A warning as the feed tells of it.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Where it stands in the feed.
    pub position: FeedPosition,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Its facts.
    pub raised: WarningRaised,
}

impl Alarm {
    /// Reads a warning out of its event; other events are none.
    fn of(row: &EventRow) -> Result<Option<Self>, EngineError> {
        let recorded: Recorded = store::codec::from_row(row)?;
        Ok(match recorded.event {
            Event::WarningRaised(raised) => Some(Self {
                position: FeedPosition::of(row),
                recorded_at: recorded.recorded_at,
                raised,
            }),
            _ => None,
        })
    }
}

/// A warning in a list.
#[derive(Clone, Debug)]
pub struct ListedWarning {
    /// Its facts.
    pub alarm: Alarm,
    /// Against what, and what became of it.
    pub row: WarningRow,
}

/// A place in the feed as text: what a browser gives back to go on from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedMark(pub FeedPosition);

impl FeedMark {
    /// Reads the text of `Display` back.
    pub fn parse(text: &str) -> Option<Self> {
        let (group, rest) = text.split_once('~')?;
        let (seq, subject) = rest.split_once('~')?;
        Some(Self(FeedPosition {
            group: group.parse().ok()?,
            subject: subject.to_owned(),
            seq: seq.parse().ok()?,
        }))
    }
}

impl fmt::Display for FeedMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.0.group, self.0.seq, self.0.subject)
    }
}

/// What came after a position in the feed.
#[derive(Clone, Debug, Default)]
pub struct FeedNews {
    /// How far the feed was read.
    pub position: FeedPosition,
    /// Whether anything at all was recorded.
    pub any: bool,
    /// The warnings among it, in the feed's order.
    pub warnings: Vec<Alarm>,
}

/// What is seen at one moment of the board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardState {
    /// The lamps.
    pub lamps: Vec<LampRow>,
    /// Warnings recorded since an instant, by level.
    pub raised: Raised,
    /// What falls due within the span asked for, the nearest first.
    pub due: Vec<ListedRow>,
    /// How much falls due within it in all.
    pub due_count: i64,
}

/// Which moment of the board is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardSpan {
    /// Warnings are counted from here …
    pub day_from: DateTime<Utc>,
    /// … to here.
    pub day_to: DateTime<Utc>,
    /// What falls due after this …
    pub now: DateTime<Utc>,
    /// … up to this is listed.
    pub due_to: DateTime<Utc>,
}

impl Engine {
    /// Turns whenever this process has recorded something. What other processes record is found in the feed.
    pub fn recorded(&self) -> watch::Receiver<()> {
        self.inner.recorded.subscribe()
    }

    pub(crate) fn tell_recorded(&self, done: bool) {
        if done {
            self.inner.recorded.send_replace(());
        }
    }

    /// Where the feed ends now.
    ///
    /// # Errors
    /// The database's.
    pub async fn feed_end(&self) -> Result<FeedPosition, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let bound = store::feed::bound(&mut conn).await?;
        Ok(store::feed::last(&mut conn, self.division(), bound).await?)
    }

    /// Everything after a position in the feed.
    ///
    /// # Errors
    /// The database's; an event that can't be read.
    pub async fn feed_news(&self, after: &FeedPosition) -> Result<FeedNews, EngineError> {
        let mut news = FeedNews {
            position: after.clone(),
            ..FeedNews::default()
        };
        let mut conn = self.inner.store.read().await?;
        let bound = store::feed::bound(&mut conn).await?;
        loop {
            let page =
                store::feed::page(&mut conn, self.division(), &news.position, bound, FEED_PAGE);
            let rows = page.await?;
            let Some(last) = rows.last() else {
                return Ok(news);
            };
            news.any = true;
            news.position = FeedPosition::of(last);
            for row in rows.iter().filter(|row| row.kind == "warning_raised") {
                news.warnings.extend(Alarm::of(row)?);
            }
        }
    }

    /// The warnings after a position in the feed, at most so many.
    ///
    /// # Errors
    /// The database's; an event that can't be read.
    pub async fn warnings_after(
        &self,
        after: &FeedPosition,
        limit: i64,
    ) -> Result<Vec<Alarm>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let bound = store::feed::bound(&mut conn).await?;
        let rows = store::feed::warnings(&mut conn, self.division(), after, bound, limit).await?;
        let read = rows.iter().map(Alarm::of).collect::<Result<Vec<_>, _>>()?;
        Ok(read.into_iter().flatten().collect())
    }

    /// The newest warnings, the newest first.
    ///
    /// # Errors
    /// The database's; an event that can't be read.
    pub async fn newest_warnings(&self, limit: i64) -> Result<Vec<Alarm>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::board::newest(&mut conn, self.division(), limit).await?;
        let read = rows.iter().map(Alarm::of).collect::<Result<Vec<_>, _>>()?;
        Ok(read.into_iter().flatten().collect())
    }

    /// What the board shows beside the cards.
    ///
    /// # Errors
    /// The database's.
    pub async fn board(&self, span: BoardSpan, limit: i64) -> Result<BoardState, EngineError> {
        let division = self.division();
        let day = (micros(span.day_from), micros(span.day_to));
        let ahead = (micros(span.now), micros(span.due_to));
        let mut conn = self.inner.store.snapshot().await?;
        Ok(BoardState {
            lamps: store::board::lamps(&mut conn, division).await?,
            raised: store::board::raised(&mut conn, division, day).await?,
            due: store::board::due(&mut conn, division, ahead, limit).await?,
            due_count: store::board::due_count(&mut conn, division, ahead).await?,
        })
    }

    /// What a unit's lamp counts.
    ///
    /// # Errors
    /// The database's.
    pub async fn lit(&self, unit: &str, limit: i64) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::board::lit(&mut conn, self.division(), unit, limit).await?)
    }

    /// All cases in the order of their numbers, after one of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn cases(&self, after: &str, limit: i64) -> Result<Vec<SubjectRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::subject::cases(&mut conn, self.division(), after, limit).await?)
    }

    /// The cases of a unit that are in some states, in the order of their numbers, after one of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn cases_of(
        &self,
        unit: &str,
        states: &[&str],
        after: &str,
        limit: i64,
    ) -> Result<Vec<SubjectRow>, EngineError> {
        // At one moment: a case that goes from one state to another meanwhile is neither missed nor met twice.
        let mut conn = self.inner.store.snapshot().await?;
        let division = self.division();
        let mut rows = Vec::new();
        for state in states {
            let page =
                store::subject::cases_in_state(&mut conn, division, (unit, state), after, limit);
            rows.extend(page.await?);
        }
        rows.sort_by(|a, b| a.subject.cmp(&b.subject));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Supervision orders in a state, of one unit or of all, behind a place in the list.
    ///
    /// # Errors
    /// The database's.
    pub async fn orders(
        &self,
        state: &str,
        unit: Option<&str>,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::board::orders(&mut conn, self.division(), state, unit, after, limit);
        Ok(rows.await?)
    }

    /// How many supervision orders are in a state.
    ///
    /// # Errors
    /// The database's.
    pub async fn order_count(&self, state: &str, unit: Option<&str>) -> Result<i64, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::board::order_count(&mut conn, self.division(), state, unit).await?)
    }

    /// Appeals in a state, of one unit or of all, the nearest date first, behind a place in the list.
    ///
    /// # Errors
    /// The database's.
    pub async fn appeals(
        &self,
        state: &str,
        unit: Option<&str>,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::board::appeals(&mut conn, self.division(), state, unit, after, limit);
        Ok(rows.await?)
    }

    /// How many appeals are in a state.
    ///
    /// # Errors
    /// The database's.
    pub async fn appeal_count(&self, state: &str, unit: Option<&str>) -> Result<i64, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::board::appeal_count(&mut conn, self.division(), state, unit).await?)
    }

    /// A unit's subjects with a warning that stands, received since an instant, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn marked(
        &self,
        unit: &str,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::board::marked(&mut conn, self.division(), unit, micros(since), limit);
        Ok(rows.await?)
    }

    /// The counts of the cases accepted in each of some spans, as they stand at `now`, all read at one moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts(
        &self,
        spans: &[(DateTime<Utc>, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Result<Vec<Vec<ItemCounts>>, EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        let mut counts = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            let span = (micros(*from), micros(*to));
            let rows = store::count::by_item(&mut conn, self.division(), span, micros(now));
            counts.push(rows.await?);
        }
        Ok(counts)
    }

    /// The cases behind a count, behind a place in the list.
    ///
    /// # Errors
    /// The database's.
    pub async fn counted(
        &self,
        listing: Listing<'_>,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::count::listed(&mut conn, self.division(), listing, after, limit);
        Ok(rows.await?)
    }

    /// What waits in a unit by stage, late at `now` and near up to another instant; and what falls due next.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_of_unit(
        &self,
        unit: &str,
        now: DateTime<Utc>,
        near: DateTime<Utc>,
        limit: i64,
    ) -> Result<(Vec<StageLoad>, Vec<ListedRow>), EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        let division = self.division();
        let span = (micros(now), micros(near));
        let load = store::count::load(&mut conn, division, unit, span).await?;
        let next = store::count::nearest(&mut conn, division, unit, micros(now), limit).await?;
        Ok((load, next))
    }

    /// The cases behind a number of the load: `open`, `late` or `near`.
    ///
    /// # Errors
    /// The database's.
    pub async fn in_stage(
        &self,
        post: (&str, &str),
        now: DateTime<Utc>,
        near: DateTime<Utc>,
        only: &str,
        limit: i64,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let span = (micros(now), micros(near));
        let rows = store::count::in_stage(&mut conn, self.division(), post, span, only, limit);
        Ok(rows.await?)
    }

    /// The warnings that fit a filter, the newest first, behind a place in the list.
    ///
    /// # Errors
    /// The database's; an event that can't be read.
    pub async fn warnings(
        &self,
        filter: &Filter<'_>,
        after: (i64, &str, i64),
        limit: i64,
    ) -> Result<Vec<ListedWarning>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let rows = store::warning::list(&mut conn, self.division(), filter, after, limit).await?;
        let mut warnings = Vec::with_capacity(rows.len());
        for row in rows {
            warnings.extend(Alarm::of(&row.event)?.map(|alarm| ListedWarning { alarm, row }));
        }
        Ok(warnings)
    }

    /// How many warnings fit a filter.
    ///
    /// # Errors
    /// The database's.
    pub async fn warning_count(&self, filter: &Filter<'_>) -> Result<i64, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::warning::count(&mut conn, self.division(), filter).await?)
    }
}
