//! Outages (故障登记): periods in which recording was impossible, as an inspector declares them.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};

/// A declared outage.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OutageRow {
    /// The division.
    pub division: String,
    /// Its number.
    pub outage: String,
    /// From this instant …
    pub from_us: i64,
    /// … to this one, not included.
    pub to_us: i64,
    /// The units affected, a blank between; empty: all.
    pub units: String,
    /// What happened.
    pub reason: String,
    /// The paper that says so.
    pub paper: Option<String>,
    /// The inspector.
    pub declared_by: String,
    /// When.
    pub declared_at_us: i64,
    /// The cards that stay, as `SUBJECT:SEQ`, a blank between.
    pub kept: String,
    /// Who settled it last.
    pub settled_by: Option<String>,
    /// When that was through.
    pub settled_at_us: Option<i64>,
    /// What was said then.
    pub settled_reason: Option<String>,
}

impl Table for OutageRow {
    const TABLE: &'static str = "outage";
    const KEY: &'static [&'static str] = &["division", "outage"];
}

macro_rules! columns {
    () => {
        "division, outage, from_us, to_us, units, reason, paper, declared_by, declared_at_us, kept, settled_by, \
         settled_at_us, settled_reason"
    };
}

statements! {
    INSERT = concat!("INSERT INTO outage (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
        ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM outage WHERE division = $1 AND outage = $2");
    PAGE = concat!("SELECT ", columns!(), " FROM outage WHERE division = $1 AND (from_us, outage) < ($2, $3) \
        ORDER BY from_us DESC, outage DESC LIMIT $4");
    KEEP = "UPDATE outage SET kept = $4 WHERE division = $1 AND outage = $2 AND kept = $3";
    SETTLE = "UPDATE outage SET settled_by = $3, settled_at_us = $4, settled_reason = $5 WHERE division = $1 AND outage = $2";
    /// Acts that are said to have happened within a span and were recorded after a limit had passed.
    LATE = "SELECT COUNT(*) FROM event WHERE division = $1 AND subject = $2 AND occurred_at_us >= $3 AND occurred_at_us < $4 \
        AND payload LIKE '%\"late_recording\"%'";
}

/// Stores a new outage; a number that is taken is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &OutageRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.outage,
        row.from_us,
        row.to_us,
        &row.units,
        &row.reason,
        &row.paper,
        &row.declared_by,
        row.declared_at_us,
        &row.kept,
        &row.settled_by,
        row.settled_at_us,
        &row.settled_reason
    )?;
    one(inserted, &row.division, &row.outage)
}

fn one(touched: i64, division: &str, outage: &str) -> Result<(), StoreError> {
    match touched {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "outage",
            key: format!("{division}/{outage}"),
        }),
    }
}

/// An outage by its number.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    outage: &str,
) -> Result<Option<OutageRow>, StoreError> {
    fetch_optional!(conn, OutageRow, GET, division, outage)
}

/// The outages, the latest first, after one of them; `(i64::MAX, "")` is before all.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<OutageRow>, StoreError> {
    fetch_all!(conn, OutageRow, PAGE, division, after.0, after.1, limit)
}

/// Notes which cards stay; a [`StoreError::Conflict`] if that isn't any more what stood there before.
pub async fn keep(
    conn: &mut Conn,
    division: &str,
    outage: &str,
    (before, after): (&str, &str),
) -> Result<(), StoreError> {
    let touched = execute!(conn, KEEP, division, outage, before, after)?;
    one(touched, division, outage)
}

/// Notes that the cards of an outage were gone through.
pub async fn settle(
    conn: &mut Conn,
    division: &str,
    outage: &str,
    (by, at_us): (&str, i64),
    reason: &str,
) -> Result<(), StoreError> {
    let touched = execute!(conn, SETTLE, division, outage, by, at_us, reason)?;
    one(touched, division, outage)
}

/// Whether a subject has acts of a span that were recorded after a limit had passed.
pub async fn late_inside(
    conn: &mut Conn,
    division: &str,
    subject: &str,
    (from_us, to_us): (i64, i64),
) -> Result<bool, StoreError> {
    let count = fetch_value!(conn, i64, LATE, division, subject, from_us, to_us)?;
    Ok(count > 0)
}
