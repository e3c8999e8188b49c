//! The agreed order in which followers read the events: nothing ever appears before a position already read.
//!
//! Each event carries the group of its commit. On SQLite groups grow with the one writer. On PostgreSQL the group is
//! the transaction's number; a lower number may commit later, so that a reader stops below the oldest transaction that
//! still runs: everything below it is decided for good.
//!
//! A PostgreSQL record that was restored into another cluster meets smaller transaction numbers than it remembers. An
//! offset, kept with the record, lifts them above everything that followers have read; it is found anew when a store
//! is opened.

use crate::StoreError;
use crate::conn::decode;
use crate::conn::{
    Conn, execute, fetch_all, fetch_column, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};
use crate::event::{EventRow, event_columns};

/// How far a follower has read: up to and including this event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FeedPosition {
    /// The group of the commit.
    pub group: i64,
    /// The subject.
    pub subject: String,
    /// The event.
    pub seq: i64,
}

impl FeedPosition {
    /// The position of an event.
    pub fn of(event: &EventRow) -> Self {
        Self {
            group: event.feed_group,
            subject: event.subject.clone(),
            seq: event.seq,
        }
    }
}

statements! {
    /// The oldest transaction that still runs.
    BOUND_POSTGRES = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) + $1";
    /// The number that the next transaction will have at least.
    NEXT_POSTGRES = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)";
    OFFSET = "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'feed_offset'";
    BEGIN_OFFSET = "INSERT INTO meta (key, value) VALUES ('feed_offset', '0') ON CONFLICT (key) DO NOTHING";
    /// Holds the row until the transaction ends, so that two processes can't set two offsets.
    HOLD_OFFSET = "UPDATE meta SET value = value WHERE key = 'feed_offset'";
    SET_OFFSET = "UPDATE meta SET value = CAST(CAST($1 AS BIGINT) AS TEXT) WHERE key = 'feed_offset'";
    NEWEST = "SELECT COALESCE(MAX(feed_group), 0) FROM event WHERE division = $1";
    MARK_SQLITE = "SELECT CAST(COALESCE(MAX(feed_group), 0) AS TEXT) FROM event WHERE division = $1";
    /// With the older transactions that still run, both from one look.
    MARK_POSTGRES = "SELECT concat_ws(' ', newest, (SELECT string_agg(CAST(running AS TEXT), ',' ORDER BY running) \
        FROM pg_snapshot_xip(pg_current_snapshot()) AS running WHERE CAST(CAST(running AS TEXT) AS BIGINT) + $2 < newest)) \
        FROM (SELECT COALESCE(MAX(feed_group), 0) AS newest FROM event WHERE division = $1) AS event";
    PAGE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND (feed_group, subject, seq) > ($2, $3, $4) AND feed_group < $5 \
        ORDER BY feed_group, subject, seq LIMIT $6");
    BEHIND = "SELECT COUNT(*) FROM (SELECT 1 FROM event \
        WHERE division = $1 AND (feed_group, subject, seq) > ($2, $3, $4) AND feed_group < $5 LIMIT $6) AS counted";
    COUNTED = "SELECT COUNT(*) FROM (SELECT 1 FROM event \
        WHERE division = $1 AND (feed_group, subject, seq) <= ($2, $3, $4) LIMIT $5) AS counted";
    LAST = concat!("SELECT ", event_columns!(), " FROM event WHERE division = $1 AND feed_group < $2 \
        ORDER BY feed_group DESC, subject DESC, seq DESC LIMIT 1");
    WARNINGS = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND kind = 'warning_raised' AND (feed_group, subject, seq) > ($2, $3, $4) AND feed_group < $5 \
        ORDER BY feed_group, subject, seq LIMIT $6");
}

/// The group that a reader must stay below. Ask for it before reading a page, never after.
pub async fn bound(conn: &mut Conn) -> Result<i64, StoreError> {
    match conn {
        // One writer: what is visible is complete.
        Conn::Sqlite(_) => Ok(i64::MAX),
        Conn::Postgres(_) => {
            let offset = conn.feed_offset();
            fetch_value!(conn, i64, BOUND_POSTGRES, offset)
        }
    }
}

/// The events after a position, below a bound.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: &FeedPosition,
    bound: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(
        conn,
        EventRow,
        PAGE,
        division,
        after.group,
        &after.subject,
        after.seq,
        bound,
        limit
    )
}

/// How many events come after a position, below a bound; counting ends at `most`.
pub async fn behind(
    conn: &mut Conn,
    division: &str,
    after: &FeedPosition,
    bound: i64,
    most: i64,
) -> Result<i64, StoreError> {
    fetch_value!(
        conn,
        i64,
        BEHIND,
        division,
        after.group,
        &after.subject,
        after.seq,
        bound,
        most
    )
}

/// How many events come up to a position; counting ends at `most`.
pub async fn counted(
    conn: &mut Conn,
    division: &str,
    position: &FeedPosition,
    most: i64,
) -> Result<i64, StoreError> {
    fetch_value!(
        conn,
        i64,
        COUNTED,
        division,
        position.group,
        &position.subject,
        position.seq,
        most
    )
}

/// Where the feed ends below a bound; the beginning if there is no event yet.
pub async fn last(conn: &mut Conn, division: &str, bound: i64) -> Result<FeedPosition, StoreError> {
    let row = fetch_optional!(conn, EventRow, LAST, division, bound)?;
    Ok(row.as_ref().map(FeedPosition::of).unwrap_or_default())
}

/// A text that changes with every event of a division. The newest group alone doesn't tell on PostgreSQL, where a lower
/// one may commit later: it is among the transactions that run until then.
pub async fn mark(conn: &mut Conn, division: &str) -> Result<String, StoreError> {
    match conn {
        Conn::Sqlite(_) => fetch_value!(conn, String, MARK_SQLITE, division),
        Conn::Postgres(_) => {
            let offset = conn.feed_offset();
            fetch_value!(conn, String, MARK_POSTGRES, division, offset)
        }
    }
}

/// The warnings among the events after a position, below a bound: what a board that was cut off has missed.
pub async fn warnings(
    conn: &mut Conn,
    division: &str,
    after: &FeedPosition,
    bound: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(
        conn,
        EventRow,
        WARNINGS,
        division,
        after.group,
        &after.subject,
        after.seq,
        bound,
        limit
    )
}

/// The stored offset, and whether it lifts new groups above all that are stored. Only for PostgreSQL.
pub(crate) async fn offset(conn: &mut Conn) -> Result<(i64, OffsetState), StoreError> {
    let offset = fetch_column!(conn, i64, OFFSET)?.pop().unwrap_or(0);
    let newest = newest(conn).await?;
    let next = fetch_value!(conn, i64, NEXT_POSTGRES)?;
    let state = if newest < next + offset {
        OffsetState::Good
    } else {
        OffsetState::TooLow
    };
    Ok((offset, state))
}

/// Whether new events will come after all stored ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OffsetState {
    /// They will.
    Good,
    /// They won't: the record was restored into another cluster.
    TooLow,
}

/// Raises the offset where it is too low, in a transaction of its own; gives the offset that then rules.
pub(crate) async fn raise_offset(conn: &mut Conn) -> Result<i64, StoreError> {
    execute!(conn, BEGIN_OFFSET)?;
    execute!(conn, HOLD_OFFSET)?;
    let (offset, state) = offset(conn).await?;
    if state == OffsetState::Good {
        return Ok(offset);
    }
    let raised = newest(conn).await? - fetch_value!(conn, i64, NEXT_POSTGRES)? + 1;
    execute!(conn, SET_OFFSET, raised)?;
    tracing::warn!(
        feed.offset = raised,
        "the record comes from another cluster: its feed goes on above what was read"
    );
    Ok(raised)
}

async fn newest(conn: &mut Conn) -> Result<i64, StoreError> {
    let (mut newest, mut last) = (0, String::new());
    while let Some(division) = crate::verify::next_division_of_events(conn, &last).await? {
        newest = newest.max(fetch_value!(conn, i64, NEWEST, &division)?);
        last = division;
    }
    Ok(newest)
}
