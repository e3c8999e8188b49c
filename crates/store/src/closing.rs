//! Closed periods: their figures as they were counted, revision by revision.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};

/// One revision of a closed period.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClosingRow {
    /// The division.
    pub division: String,
    /// The period, as it is written.
    pub period: String,
    /// From 1.
    pub revision: i64,
    /// When.
    pub closed_at_us: i64,
    /// The figures and what they rest on.
    pub payload: String,
    /// The digest that the chain uses.
    pub hash_algorithm: String,
    /// The hash of the revision before.
    pub previous_hash: String,
    /// This revision's hash.
    pub hash: String,
}

impl Table for ClosingRow {
    const TABLE: &'static str = "closing";
    const KEY: &'static [&'static str] = &["division", "period", "revision"];
}

/// A revision without its figures, which are long.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClosingHead {
    /// The division.
    pub division: String,
    /// The period, as it is written.
    pub period: String,
    /// From 1.
    pub revision: i64,
    /// When.
    pub closed_at_us: i64,
    /// This revision's hash.
    pub hash: String,
}

impl Table for ClosingHead {
    const TABLE: &'static str = "closing";
    const KEY: &'static [&'static str] = &["division", "period", "revision"];
}

macro_rules! columns {
    () => {
        "division, period, revision, closed_at_us, payload, hash_algorithm, previous_hash, hash"
    };
}

statements! {
    INSERT = concat!("INSERT INTO closing (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING");
    OF_PERIOD = concat!("SELECT ", columns!(), " FROM closing WHERE division = $1 AND period = $2 ORDER BY revision DESC LIMIT $3");
    HEADS = "SELECT division, period, revision, closed_at_us, hash FROM closing \
        WHERE division = $1 AND period = $2 ORDER BY revision DESC LIMIT $3";
    GET = concat!("SELECT ", columns!(), " FROM closing WHERE division = $1 AND period = $2 AND revision = $3");
    EXISTS = "SELECT COUNT(*) FROM closing WHERE division = $1 AND period = $2 AND revision = 1";
    COUNT = "SELECT COUNT(*) FROM closing WHERE division = $1";
    PAGE = concat!("SELECT ", columns!(), " FROM closing WHERE (division, period, revision) > ($1, $2, $3) \
        ORDER BY division, period, revision LIMIT $4");
}

/// Stores a revision; one that exists already is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &ClosingRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.period,
        row.revision,
        row.closed_at_us,
        &row.payload,
        &row.hash_algorithm,
        &row.previous_hash,
        &row.hash
    )?;
    if inserted == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict {
        table: "closing",
        key: format!("{}/{}/{}", row.division, row.period, row.revision),
    })
}

/// The revisions of a period, the newest first.
pub async fn of_period(
    conn: &mut Conn,
    division: &str,
    period: &str,
    limit: i64,
) -> Result<Vec<ClosingRow>, StoreError> {
    fetch_all!(conn, ClosingRow, OF_PERIOD, division, period, limit)
}

/// The revisions of a period without their figures, the newest first.
pub async fn heads(
    conn: &mut Conn,
    division: &str,
    period: &str,
    limit: i64,
) -> Result<Vec<ClosingHead>, StoreError> {
    fetch_all!(conn, ClosingHead, HEADS, division, period, limit)
}

/// A revision with its figures.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    period: &str,
    revision: i64,
) -> Result<Option<ClosingRow>, StoreError> {
    fetch_optional!(conn, ClosingRow, GET, division, period, revision)
}

/// Whether a period is closed.
pub async fn exists(conn: &mut Conn, division: &str, period: &str) -> Result<bool, StoreError> {
    Ok(fetch_value!(conn, i64, EXISTS, division, period)? > 0)
}

/// All revisions of all divisions, after one of them; ("", "", 0) is before all.
pub async fn page(
    conn: &mut Conn,
    after: (&str, &str, i64),
    limit: i64,
) -> Result<Vec<ClosingRow>, StoreError> {
    fetch_all!(conn, ClosingRow, PAGE, after.0, after.1, after.2, limit)
}

/// How many revisions of closed periods a division has: one more with each.
pub async fn count(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, COUNT, division)
}
