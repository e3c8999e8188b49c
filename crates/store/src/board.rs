//! What those who supervise look at first: a lamp for each unit, the newest warnings, what falls due, the orders.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, fetch_all, fetch_value, on_db, statement_name, statements};
use crate::event::{EventRow, event_columns};
use crate::todo::NO_DATE_US;

/// How many open subjects of a unit have a level as the highest that stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LampRow {
    /// The unit.
    pub unit: String,
    /// The level.
    pub level: String,
    /// How many.
    pub count: i64,
}

impl Table for LampRow {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["unit", "level"];
}

/// Warnings raised within a span, by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Raised {
    /// Notices.
    pub notice: i64,
    /// Yellow cards.
    pub yellow: i64,
    /// Red cards.
    pub red: i64,
}

impl Table for Raised {
    const TABLE: &'static str = "event";
    const KEY: &'static [&'static str] = &["notice"];
}

/// A subject in a list: what its row says, without its events.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedRow {
    /// Its number.
    pub subject: String,
    /// `case` or `order`.
    pub kind: String,
    /// The unit.
    pub unit: String,
    /// The item.
    pub item: Option<String>,
    /// The item's version that rules it.
    pub item_version: Option<i64>,
    /// The case that an order is about.
    pub about: Option<String>,
    /// Its state.
    pub state: String,
    /// The stage in which it rests.
    pub stage: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// When it was received or issued.
    pub received_at_us: i64,
    /// When it was accepted.
    pub accepted_at_us: Option<i64>,
    /// When it was completed.
    pub completed_at_us: Option<i64>,
    /// When the promised limit ends.
    pub promised_due_at_us: Option<i64>,
    /// When the stage's limit, or an order's term, ends; none while it stands still.
    pub stage_due_at_us: Option<i64>,
    /// The highest warning that stands against it.
    pub highest_level: Option<String>,
    /// A date lies where the calendar isn't final.
    pub provisional: bool,
    /// The number of its last event.
    pub seq: i64,
}

impl Table for ListedRow {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["subject"];
}

/// The columns of [`ListedRow`].
macro_rules! listed_columns {
    () => {
        "subject, kind, unit, item, item_version, about, state, stage, outcome, received_at_us, accepted_at_us, \
         completed_at_us, promised_due_at_us, stage_due_at_us, highest_level, provisional, seq"
    };
}
pub(crate) use listed_columns;

// The level is a word of the event's text, which both databases keep as it was hashed.
macro_rules! raised {
    ($level:literal) => {
        concat!(
            "COUNT(*) FILTER (WHERE payload LIKE '%\"level\":\"",
            $level,
            "\"%') AS ",
            $level
        )
    };
}

statements! {
    LAMPS = "SELECT unit, highest_level AS level, COUNT(*) AS count FROM subject \
        WHERE division = $1 AND completed_at_us IS NULL AND highest_level IS NOT NULL \
        GROUP BY unit, highest_level ORDER BY unit, highest_level";
    NEWEST = concat!("SELECT ", event_columns!(), " FROM event WHERE division = $1 AND kind = 'warning_raised' \
        ORDER BY recorded_at_us DESC, subject DESC, seq DESC LIMIT $2");
    RAISED = concat!("SELECT ", raised!("notice"), ", ", raised!("yellow"), ", ", raised!("red"), " FROM event \
        WHERE division = $1 AND kind = 'warning_raised' AND recorded_at_us >= $2 AND recorded_at_us < $3");
    DUE = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND completed_at_us IS NULL \
        AND stage_due_at_us > $2 AND stage_due_at_us <= $3 AND state <> 'replied' \
        ORDER BY stage_due_at_us, subject LIMIT $4");
    DUE_COUNT = "SELECT COUNT(*) FROM subject WHERE division = $1 AND completed_at_us IS NULL \
        AND stage_due_at_us > $2 AND stage_due_at_us <= $3 AND state <> 'replied'";
    ORDERS = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'order' AND state = $2 \
        AND (CAST($3 AS TEXT) IS NULL OR unit = $3) \
        AND (COALESCE(stage_due_at_us, 9223372036854775807), subject) > ($4, $5) \
        ORDER BY stage_due_at_us NULLS LAST, subject LIMIT $6");
    APPEALS = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'appeal' AND state = $2 \
        AND (CAST($3 AS TEXT) IS NULL OR unit = $3) \
        AND (COALESCE(stage_due_at_us, 9223372036854775807), subject) > ($4, $5) \
        ORDER BY stage_due_at_us NULLS LAST, subject LIMIT $6");
    APPEAL_COUNT = "SELECT COUNT(*) FROM subject WHERE division = $1 AND kind = 'appeal' AND state = $2 \
        AND (CAST($3 AS TEXT) IS NULL OR unit = $3)";
    ORDER_COUNT = "SELECT COUNT(*) FROM subject WHERE division = $1 AND kind = 'order' AND state = $2 \
        AND (CAST($3 AS TEXT) IS NULL OR unit = $3)";
    MARKED = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND unit = $2 \
        AND highest_level IS NOT NULL AND received_at_us >= $3 \
        ORDER BY received_at_us DESC, subject DESC LIMIT $4");
    LIT = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND unit = $2 \
        AND completed_at_us IS NULL AND highest_level IS NOT NULL \
        ORDER BY stage_due_at_us NULLS LAST, subject LIMIT $3");
}

/// The lamps: what is open with a warning that stands, by unit and level.
pub async fn lamps(conn: &mut Conn, division: &str) -> Result<Vec<LampRow>, StoreError> {
    fetch_all!(conn, LampRow, LAMPS, division)
}

/// The newest warnings, whatever became of them.
pub async fn newest(
    conn: &mut Conn,
    division: &str,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(conn, EventRow, NEWEST, division, limit)
}

/// How many warnings were recorded in `[from, to)`.
pub async fn raised(
    conn: &mut Conn,
    division: &str,
    (from_us, to_us): (i64, i64),
) -> Result<Raised, StoreError> {
    let rows = fetch_all!(conn, Raised, RAISED, division, from_us, to_us)?;
    Ok(rows.first().copied().unwrap_or_default())
}

/// What is open and falls due in `(after, to]`, the nearest first.
pub async fn due(
    conn: &mut Conn,
    division: &str,
    (after_us, to_us): (i64, i64),
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(conn, ListedRow, DUE, division, after_us, to_us, limit)
}

/// How much falls due in `(after, to]`.
pub async fn due_count(
    conn: &mut Conn,
    division: &str,
    (after_us, to_us): (i64, i64),
) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, DUE_COUNT, division, after_us, to_us)
}

/// The supervision orders in a state, of one unit or of all, the nearest term first, after a place in the list
/// (`(i64::MIN, "")` is its beginning, [`NO_DATE_US`] stands for no date).
pub async fn orders(
    conn: &mut Conn,
    division: &str,
    state: &str,
    unit: Option<&str>,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    debug_assert_eq!(NO_DATE_US, i64::MAX, "the statement has the number");
    fetch_all!(
        conn, ListedRow, ORDERS, division, state, unit, after.0, after.1, limit
    )
}

/// The appeals in a state, as [`orders`] gives the orders.
pub async fn appeals(
    conn: &mut Conn,
    division: &str,
    state: &str,
    unit: Option<&str>,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn, ListedRow, APPEALS, division, state, unit, after.0, after.1, limit
    )
}

/// How many appeals are in a state, of one unit or of all.
pub async fn appeal_count(
    conn: &mut Conn,
    division: &str,
    state: &str,
    unit: Option<&str>,
) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, APPEAL_COUNT, division, state, unit)
}

/// How many orders are in a state, of one unit or of all.
pub async fn order_count(
    conn: &mut Conn,
    division: &str,
    state: &str,
    unit: Option<&str>,
) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, ORDER_COUNT, division, state, unit)
}

/// A unit's subjects with a warning that stands, received at or after an instant, the newest first.
pub async fn marked(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    from_us: i64,
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(conn, ListedRow, MARKED, division, unit, from_us, limit)
}

/// What a unit's lamp counts: open, with a warning that stands; the nearest date first.
pub async fn lit(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(conn, ListedRow, LIT, division, unit, limit)
}
