//! Which subjects a report names one by one: those to which something listed happened in a span of time.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, fetch_all, on_db, statement_name, statements};

/// An event that is listed: where it stands in time.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedEvent {
    /// When it happened.
    pub occurred_at_us: i64,
    /// To which subject.
    pub subject: String,
    /// Its number within the subject.
    pub seq: i64,
}

impl Table for ListedEvent {
    const TABLE: &'static str = "event";
    const KEY: &'static [&'static str] = &["subject", "seq"];
}

statements! {
    // The kinds as their index has them: they are few among all events.
    LISTED = "SELECT occurred_at_us, subject, seq FROM event WHERE division = $1 AND kind IN ('warning_raised', 'warning_issued', \
        'order_issued', 'order_replied', 'order_sent_back', 'order_closed', 'correction_notified', 'stop_opened', 'extended') \
        AND (occurred_at_us, subject, seq) > ($2, $3, $4) AND occurred_at_us < $5 \
        ORDER BY occurred_at_us, subject, seq LIMIT $6";
    // In the words of its index, too.
    IRREGULAR = "SELECT occurred_at_us, subject, seq FROM event WHERE division = $1 AND payload LIKE '%\"defects\":[%' \
        AND (occurred_at_us, subject, seq) > ($2, $3, $4) AND occurred_at_us < $5 \
        ORDER BY occurred_at_us, subject, seq LIMIT $6";
}

/// Cards, orders, correction notices, stops and extensions before an instant, in the order of time, behind a place in
/// the list; `(from_us, "", 0)` is the beginning of what happened from an instant on.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: (i64, &str, i64),
    to_us: i64,
    limit: i64,
) -> Result<Vec<ListedEvent>, StoreError> {
    fetch_all!(
        conn,
        ListedEvent,
        LISTED,
        division,
        after.0,
        after.1,
        after.2,
        to_us,
        limit
    )
}

/// Records that are marked as irregular before an instant, likewise.
pub async fn irregular(
    conn: &mut Conn,
    division: &str,
    after: (i64, &str, i64),
    to_us: i64,
    limit: i64,
) -> Result<Vec<ListedEvent>, StoreError> {
    fetch_all!(
        conn,
        ListedEvent,
        IRREGULAR,
        division,
        after.0,
        after.1,
        after.2,
        to_us,
        limit
    )
}
