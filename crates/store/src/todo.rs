//! To-do lists: the cases that wait in a stage of a unit, the nearest date first, those that stand still last.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, fetch_all, fetch_value, on_db, statement_name, statements};

/// The date that stands for none: a case whose time stands still comes after all others.
pub const NO_DATE_US: i64 = i64::MAX;

/// A case that waits.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TodoRow {
    /// Its number.
    pub subject: String,
    /// The unit.
    pub unit: String,
    /// The item.
    pub item: Option<String>,
    /// The item's version that rules it.
    pub item_version: Option<i64>,
    /// Its state.
    pub state: String,
    /// The stage in which it waits.
    pub stage: Option<String>,
    /// When it was received.
    pub received_at_us: i64,
    /// When it was accepted.
    pub accepted_at_us: Option<i64>,
    /// When the promised limit ends.
    pub promised_due_at_us: Option<i64>,
    /// When the stage's limit ends; none while it stands still.
    pub stage_due_at_us: Option<i64>,
    /// The highest warning that stands against it.
    pub highest_level: Option<String>,
    /// The number of its last event.
    pub seq: i64,
    /// The applicant's data, if they weren't erased.
    pub personal: Option<String>,
}

impl Table for TodoRow {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["subject"];
}

macro_rules! columns {
    () => {
        "s.subject, s.unit, s.item, s.item_version, s.state, s.stage, s.received_at_us, s.accepted_at_us, \
         s.promised_due_at_us, s.stage_due_at_us, s.highest_level, s.seq, p.data AS personal"
    };
}

macro_rules! waiting {
    () => {
        " FROM subject s LEFT JOIN personal p ON p.division = s.division AND p.subject = s.subject AND p.seq = 1 \
         WHERE s.division = $1 AND s.unit = $2 AND s.stage = $3 AND s.completed_at_us IS NULL"
    };
}

// The words are looked for in the number and the applicant's data; a list of one post in one unit is short enough.
// Statements of their own: SQLite prepares one with LIKE and a parameter anew each time.
macro_rules! sought {
    ($word:literal) => {
        concat!(
            " AND (lower(s.subject) LIKE ",
            $word,
            " OR lower(p.data) LIKE ",
            $word,
            ")"
        )
    };
}

statements! {
    DATED = concat!("SELECT ", columns!(), waiting!(), " AND (s.stage_due_at_us, s.subject) > ($4, $5)",
        " AND s.stage_due_at_us <= $6 ORDER BY s.stage_due_at_us, s.subject LIMIT $7");
    DATED_SOUGHT = concat!("SELECT ", columns!(), waiting!(), " AND (s.stage_due_at_us, s.subject) > ($4, $5)",
        " AND s.stage_due_at_us <= $6", sought!("$7"), " ORDER BY s.stage_due_at_us, s.subject LIMIT $8");
    UNDATED = concat!("SELECT ", columns!(), waiting!(), " AND s.stage_due_at_us IS NULL AND s.subject > $4 \
        ORDER BY s.subject LIMIT $5");
    UNDATED_SOUGHT = concat!("SELECT ", columns!(), waiting!(), " AND s.stage_due_at_us IS NULL AND s.subject > $4", sought!("$5"),
        " ORDER BY s.subject LIMIT $6");
    COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM subject \
        WHERE division = $1 AND unit = $2 AND stage = $3 AND completed_at_us IS NULL LIMIT $4) AS counted";
}

/// What is looked for in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'w> {
    /// Words in the number or the applicant's data.
    pub word: Option<&'w str>,
    /// Due by this instant; [`NO_DATE_US`]: whenever, and what stands still too.
    pub until_us: i64,
}

/// The cases that wait in a stage of a unit after a place in the list (`(0, "")` is its beginning, [`NO_DATE_US`] the
/// part without dates) and are sought.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    (unit, stage): (&str, &str),
    after: (i64, &str),
    sought: Sought<'_>,
    limit: i64,
) -> Result<Vec<TodoRow>, StoreError> {
    let pattern = sought.word.map(|word| format!("%{}%", word.to_lowercase()));
    let (due_us, subject) = after;
    let (until_us, pattern) = (sought.until_us, pattern.as_deref());
    let mut rows: Vec<TodoRow> = Vec::new();
    if due_us < NO_DATE_US {
        rows = match pattern {
            None => fetch_all!(
                conn, TodoRow, DATED, division, unit, stage, due_us, subject, until_us, limit
            )?,
            Some(pattern) => fetch_all!(
                conn,
                TodoRow,
                DATED_SOUGHT,
                division,
                unit,
                stage,
                due_us,
                subject,
                until_us,
                pattern,
                limit
            )?,
        };
    }
    let missing = limit.saturating_sub(i64::try_from(rows.len()).unwrap_or(limit));
    if missing > 0 && until_us == NO_DATE_US {
        let from = if due_us < NO_DATE_US { "" } else { subject };
        rows.extend(match pattern {
            None => fetch_all!(conn, TodoRow, UNDATED, division, unit, stage, from, missing)?,
            Some(pattern) => fetch_all!(
                conn,
                TodoRow,
                UNDATED_SOUGHT,
                division,
                unit,
                stage,
                from,
                pattern,
                missing
            )?,
        });
    }
    Ok(rows)
}

/// Counting ends here: whether three hundred or twenty thousand wait, nobody counts on, and a list must open at once.
pub const COUNTED_MAX: i64 = 300;

/// How many wait in a stage of a unit; [`COUNTED_MAX`] stands for that or more.
pub async fn count(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    stage: &str,
) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, COUNT, division, unit, stage, COUNTED_MAX)
}
