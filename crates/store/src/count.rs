//! What leaders see counted: the cases accepted in a span, by unit and item, and the cases behind each number.
//!
//! The words of [`COUNTED`] are conditions on a case's row. Counts and lists use the same text, so that the rows of a
//! list always add up to the number that led to it.

use crate::StoreError;
use crate::board::{ListedRow, listed_columns};
use crate::conn::{Conn, Table, decode, fetch_all, on_db, statement_name, statements};

/// The words that a list can be asked for.
pub const COUNTED: [&str; 9] = [
    "accepted",
    "completed",
    "on_time",
    "late",
    "open",
    "late_open",
    "notice",
    "yellow",
    "red",
];

/// The counts of one item of one unit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ItemCounts {
    /// The unit.
    pub unit: String,
    /// The item.
    pub item: String,
    /// Cases accepted in the span.
    pub accepted: i64,
    /// Of these, over by now.
    pub completed: i64,
    /// Of these, over before the promised limit; withdrawn, returned, void and deleted ones don't count for time.
    pub on_time: i64,
    /// Over after it.
    pub late: i64,
    /// Not over.
    pub open: i64,
    /// Not over, and the promised limit has passed.
    pub late_open: i64,
    /// With a notice as the highest that stands.
    pub notice: i64,
    /// With a yellow card.
    pub yellow: i64,
    /// With a red card.
    pub red: i64,
}

impl Table for ItemCounts {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["unit", "item"];
}

/// How many cases wait in a stage of a unit, and how many of them are late or near.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StageLoad {
    /// The stage.
    pub stage: String,
    /// All.
    pub open: i64,
    /// The stage's limit has passed.
    pub late: i64,
    /// It passes soon.
    pub near: i64,
}

impl Table for StageLoad {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["stage"];
}

macro_rules! counts_for_time {
    () => {
        "completed_at_us IS NOT NULL AND promised_due_at_us IS NOT NULL \
         AND COALESCE(outcome, '') NOT IN ('void', 'deleted', 'returned', 'withdrawn')"
    };
}
macro_rules! on_time {
    () => {
        concat!(
            counts_for_time!(),
            " AND completed_at_us < promised_due_at_us"
        )
    };
}
macro_rules! late {
    () => {
        concat!(
            counts_for_time!(),
            " AND completed_at_us >= promised_due_at_us"
        )
    };
}
macro_rules! late_open {
    () => {
        "completed_at_us IS NULL AND promised_due_at_us <= $4"
    };
}
macro_rules! accepted_within {
    () => {
        " FROM subject WHERE division = $1 AND kind = 'case' AND accepted_at_us >= $2 AND accepted_at_us < $3"
    };
}

statements! {
    BY_ITEM = concat!("SELECT unit, COALESCE(item, '') AS item, COUNT(*) AS accepted, \
        COUNT(*) FILTER (WHERE completed_at_us IS NOT NULL) AS completed, \
        COUNT(*) FILTER (WHERE ", on_time!(), ") AS on_time, \
        COUNT(*) FILTER (WHERE ", late!(), ") AS late, \
        COUNT(*) FILTER (WHERE completed_at_us IS NULL) AS open, \
        COUNT(*) FILTER (WHERE ", late_open!(), ") AS late_open, \
        COUNT(*) FILTER (WHERE highest_level = 'notice') AS notice, \
        COUNT(*) FILTER (WHERE highest_level = 'yellow') AS yellow, \
        COUNT(*) FILTER (WHERE highest_level = 'red') AS red",
        accepted_within!(), " GROUP BY unit, COALESCE(item, '') ORDER BY unit, COALESCE(item, '')");
    LISTED = concat!("SELECT ", listed_columns!(), accepted_within!(), " \
        AND (CAST($5 AS TEXT) IS NULL OR unit = $5) AND (CAST($6 AS TEXT) IS NULL OR item = $6) \
        AND (CAST($7 AS TEXT) = 'accepted' \
        OR ($7 = 'completed' AND completed_at_us IS NOT NULL) \
        OR ($7 = 'on_time' AND ", on_time!(), ") \
        OR ($7 = 'late' AND ", late!(), ") \
        OR ($7 = 'open' AND completed_at_us IS NULL) \
        OR ($7 = 'late_open' AND ", late_open!(), ") \
        OR ($7 = highest_level)) \
        AND (accepted_at_us, subject) > ($8, $9) ORDER BY accepted_at_us, subject LIMIT $10");
    LOAD = "SELECT stage, COUNT(*) AS open, \
        COUNT(*) FILTER (WHERE stage_due_at_us <= $3) AS late, \
        COUNT(*) FILTER (WHERE stage_due_at_us > $3 AND stage_due_at_us <= $4) AS near FROM subject \
        WHERE division = $1 AND unit = $2 AND completed_at_us IS NULL AND stage IS NOT NULL GROUP BY stage ORDER BY stage";
    IN_STAGE = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND unit = $2 \
        AND stage = $3 AND completed_at_us IS NULL AND (CAST($6 AS TEXT) = 'open' \
        OR ($6 = 'late' AND stage_due_at_us <= $4) OR ($6 = 'near' AND stage_due_at_us > $4 AND stage_due_at_us <= $5)) \
        ORDER BY stage_due_at_us NULLS LAST, subject LIMIT $7");
    NEAREST = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND unit = $2 \
        AND completed_at_us IS NULL AND stage IS NOT NULL AND stage_due_at_us > $3 \
        ORDER BY stage_due_at_us, subject LIMIT $4");
}

/// The counts of the cases accepted in `[from, to)`, as they stand at `now`, by unit and item.
pub async fn by_item(
    conn: &mut Conn,
    division: &str,
    (from_us, to_us): (i64, i64),
    now_us: i64,
) -> Result<Vec<ItemCounts>, StoreError> {
    fetch_all!(conn, ItemCounts, BY_ITEM, division, from_us, to_us, now_us)
}

/// Which of the cases accepted in a span are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing<'a> {
    /// Accepted in `[from, to)`.
    pub span_us: (i64, i64),
    /// As they stand at this instant.
    pub now_us: i64,
    /// Of this unit.
    pub unit: Option<&'a str>,
    /// For this item.
    pub item: Option<&'a str>,
    /// A word of [`COUNTED`].
    pub only: &'a str,
}

/// The cases behind a number, in the order of their acceptance, after a place in the list.
pub async fn listed(
    conn: &mut Conn,
    division: &str,
    listing: Listing<'_>,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        LISTED,
        division,
        listing.span_us.0,
        listing.span_us.1,
        listing.now_us,
        listing.unit,
        listing.item,
        listing.only,
        after.0,
        after.1,
        limit
    )
}

/// What waits in a unit, by stage; late at `now`, near up to `near`.
pub async fn load(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    (now_us, near_us): (i64, i64),
) -> Result<Vec<StageLoad>, StoreError> {
    fetch_all!(conn, StageLoad, LOAD, division, unit, now_us, near_us)
}

/// A unit's cases whose stage's limit lies ahead, the nearest first.
pub async fn nearest(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    now_us: i64,
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(conn, ListedRow, NEAREST, division, unit, now_us, limit)
}

/// The cases behind a number of [`load`]: those in a stage that are `open`, `late` or `near`, the nearest date first.
pub async fn in_stage(
    conn: &mut Conn,
    division: &str,
    (unit, stage): (&str, &str),
    (now_us, near_us): (i64, i64),
    only: &str,
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn, ListedRow, IN_STAGE, division, unit, stage, now_us, near_us, only, limit
    )
}
