//! Points that inspectors entered (评分录入), and what was done about them. Both tables are appended to, never changed.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};

/// Points that were entered for a unit and a month.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ScoreEntryRow {
    /// The division.
    pub division: String,
    /// Its number.
    pub entry: String,
    /// The unit.
    pub unit: String,
    /// The month, as 2011-10.
    pub month: String,
    /// The key of a part of the scheme, or `total`.
    pub part: String,
    /// Hundredths of a point; below zero where they are taken off.
    pub points: i64,
    /// Why.
    pub reason: String,
    /// The inspector.
    pub entered_by: String,
    /// When.
    pub entered_at_us: i64,
    /// The unit may object before this instant.
    pub object_until_us: i64,
}

impl Table for ScoreEntryRow {
    const TABLE: &'static str = "score_entry";
    const KEY: &'static [&'static str] = &["division", "entry"];
}

/// What was done about an entry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ScoreActRow {
    /// The division.
    pub division: String,
    /// The entry.
    pub entry: String,
    /// From 1, without gaps.
    pub seq: i64,
    /// `objected`, `upheld` or `rejected`.
    pub kind: String,
    /// Who.
    pub by_person: String,
    /// When.
    pub at_us: i64,
    /// Why.
    pub reason: String,
}

impl Table for ScoreActRow {
    const TABLE: &'static str = "score_act";
    const KEY: &'static [&'static str] = &["division", "entry", "seq"];
}

macro_rules! entry_columns {
    () => {
        "division, entry, unit, month, part, points, reason, entered_by, entered_at_us, object_until_us"
    };
}

macro_rules! act_columns {
    ($of:literal) => {
        concat!(
            $of,
            "division, ",
            $of,
            "entry, ",
            $of,
            "seq, ",
            $of,
            "kind, ",
            $of,
            "by_person, ",
            $of,
            "at_us, ",
            $of,
            "reason"
        )
    };
}

statements! {
    INSERT = concat!("INSERT INTO score_entry (", entry_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT DO NOTHING");
    COUNT = "SELECT (SELECT COUNT(*) FROM score_entry WHERE division = $1) + (SELECT COUNT(*) FROM score_act WHERE division = $1)";
    GET = concat!("SELECT ", entry_columns!(), " FROM score_entry WHERE division = $1 AND entry = $2");
    OF_MONTH = concat!("SELECT ", entry_columns!(), " FROM score_entry WHERE division = $1 AND month >= $2 AND month <= $3 \
        ORDER BY month, unit, entry");
    OF_UNIT = concat!("SELECT ", entry_columns!(), " FROM score_entry WHERE division = $1 AND unit = $2 AND month >= $3 AND month <= $4 \
        ORDER BY month, entry");
    INSERT_ACT = concat!("INSERT INTO score_act (", act_columns!(""), ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING");
    ACTS = concat!("SELECT ", act_columns!(""), " FROM score_act WHERE division = $1 AND entry = $2 ORDER BY seq");
    ACTS_OF_MONTH = concat!("SELECT ", act_columns!("a."), " FROM score_act a JOIN score_entry e \
        ON e.division = a.division AND e.entry = a.entry \
        WHERE a.division = $1 AND e.month >= $2 AND e.month <= $3 ORDER BY a.entry, a.seq");
    ACTS_OF_UNIT = concat!("SELECT ", act_columns!("a."), " FROM score_act a JOIN score_entry e \
        ON e.division = a.division AND e.entry = a.entry \
        WHERE a.division = $1 AND e.unit = $2 AND e.month >= $3 AND e.month <= $4 ORDER BY a.entry, a.seq");
}

/// Stores a new entry; a number that is taken is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &ScoreEntryRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.entry,
        &row.unit,
        &row.month,
        &row.part,
        row.points,
        &row.reason,
        &row.entered_by,
        row.entered_at_us,
        row.object_until_us
    )?;
    one(inserted, "score_entry", &row.division, &row.entry)
}

/// Appends an act; a number that is taken, since somebody else acted meanwhile, is a [`StoreError::Conflict`].
pub async fn append(conn: &mut Conn, row: &ScoreActRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT_ACT,
        &row.division,
        &row.entry,
        row.seq,
        &row.kind,
        &row.by_person,
        row.at_us,
        &row.reason
    )?;
    one(inserted, "score_act", &row.division, &row.entry)
}

fn one(touched: i64, table: &'static str, division: &str, entry: &str) -> Result<(), StoreError> {
    match touched {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table,
            key: format!("{division}/{entry}"),
        }),
    }
}

/// An entry by its number.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    entry: &str,
) -> Result<Option<ScoreEntryRow>, StoreError> {
    fetch_optional!(conn, ScoreEntryRow, GET, division, entry)
}

/// What was done about an entry, the earliest first.
pub async fn acts(
    conn: &mut Conn,
    division: &str,
    entry: &str,
) -> Result<Vec<ScoreActRow>, StoreError> {
    fetch_all!(conn, ScoreActRow, ACTS, division, entry)
}

/// The entries of some months, both included, of one unit or of all; by month, unit and number.
pub async fn of_months(
    conn: &mut Conn,
    division: &str,
    unit: Option<&str>,
    (first, last): (&str, &str),
) -> Result<Vec<ScoreEntryRow>, StoreError> {
    match unit {
        None => fetch_all!(conn, ScoreEntryRow, OF_MONTH, division, first, last),
        Some(unit) => fetch_all!(conn, ScoreEntryRow, OF_UNIT, division, unit, first, last),
    }
}

/// What was done about the entries of some months, by entry and number.
pub async fn acts_of_months(
    conn: &mut Conn,
    division: &str,
    unit: Option<&str>,
    (first, last): (&str, &str),
) -> Result<Vec<ScoreActRow>, StoreError> {
    match unit {
        None => fetch_all!(conn, ScoreActRow, ACTS_OF_MONTH, division, first, last),
        Some(unit) => fetch_all!(conn, ScoreActRow, ACTS_OF_UNIT, division, unit, first, last),
    }
}

/// How many entries, objections and decisions a division has: one more with each.
pub async fn count(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, COUNT, division)
}
