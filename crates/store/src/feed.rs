//! The agreed order in which followers read the events: nothing ever appears before a position already read.
//!
//! Each event carries the group of its commit. On SQLite groups grow with the one writer. On PostgreSQL the group is
//! the transaction's number; a lower number may commit later, so that a reader stops below the oldest transaction that
//! still runs: everything below it is decided for good.

use crate::StoreError;
use crate::conn::decode;
use crate::conn::{Conn, fetch_all, fetch_value, on_db, statement_name, statements};
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
    BOUND_POSTGRES = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)";
    PAGE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND (feed_group, subject, seq) > ($2, $3, $4) AND feed_group < $5 \
        ORDER BY feed_group, subject, seq LIMIT $6");
}

/// The group that a reader must stay below. Ask for it before reading a page, never after.
pub async fn bound(conn: &mut Conn) -> Result<i64, StoreError> {
    match conn {
        // One writer: what is visible is complete.
        Conn::Sqlite(_) => Ok(i64::MAX),
        Conn::Postgres(_) => fetch_value!(conn, i64, BOUND_POSTGRES),
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
