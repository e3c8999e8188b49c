//! Editions of scoring schemes: the texts by which closed periods were scored, and which of them scored which month.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// The text of a scheme's file as it was.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SchemeEditionRow {
    /// The division.
    pub division: String,
    /// The digest of the text.
    pub edition: String,
    /// What messages call the file.
    pub name: String,
    /// The text.
    pub body: String,
    /// When it was stored.
    pub kept_at_us: i64,
}

impl Table for SchemeEditionRow {
    const TABLE: &'static str = "scheme_edition";
    const KEY: &'static [&'static str] = &["division", "edition"];
}

/// By which edition a month of a closed period was scored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClosingSchemeRow {
    /// The division.
    pub division: String,
    /// The closed period, as it is written.
    pub period: String,
    /// A month of it, as 2011-10.
    pub month: String,
    /// The edition.
    pub edition: String,
}

impl Table for ClosingSchemeRow {
    const TABLE: &'static str = "closing_scheme";
    const KEY: &'static [&'static str] = &["division", "period", "month"];
}

statements! {
    KEEP = "INSERT INTO scheme_edition (division, edition, name, body, kept_at_us) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT DO NOTHING";
    GET = "SELECT division, edition, name, body, kept_at_us FROM scheme_edition WHERE division = $1 AND edition = $2";
    SCORED_BY = "INSERT INTO closing_scheme (division, period, month, edition) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    OF_MONTHS = "SELECT division, period, month, edition FROM closing_scheme \
        WHERE division = $1 AND month >= $2 AND month <= $3 ORDER BY month, period";
    OF_PERIOD = "SELECT division, period, month, edition FROM closing_scheme \
        WHERE division = $1 AND period = $2 ORDER BY month";
    UNCLOSED = "SELECT division, period, month, edition FROM closing_scheme AS noted WHERE NOT EXISTS (SELECT 1 FROM closing \
        WHERE closing.division = noted.division AND closing.period = noted.period) ORDER BY division, period, month";
}

/// Stores an edition unless it is known already.
pub async fn keep(conn: &mut Conn, row: &SchemeEditionRow) -> Result<(), StoreError> {
    let kept = execute!(
        conn,
        KEEP,
        &row.division,
        &row.edition,
        &row.name,
        &row.body,
        row.kept_at_us
    );
    kept.map(drop)
}

/// An edition by its digest.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    edition: &str,
) -> Result<Option<SchemeEditionRow>, StoreError> {
    fetch_optional!(conn, SchemeEditionRow, GET, division, edition)
}

/// Notes by which edition a month of a closed period was scored; what was noted before stands.
pub async fn scored_by(conn: &mut Conn, row: &ClosingSchemeRow) -> Result<(), StoreError> {
    let noted = execute!(
        conn,
        SCORED_BY,
        &row.division,
        &row.period,
        &row.month,
        &row.edition
    );
    noted.map(drop)
}

/// What was noted of a closed period, by month.
pub async fn of_period(
    conn: &mut Conn,
    division: &str,
    period: &str,
) -> Result<Vec<ClosingSchemeRow>, StoreError> {
    fetch_all!(conn, ClosingSchemeRow, OF_PERIOD, division, period)
}

/// What is noted, in any division, of periods that aren't closed: there should be nothing.
pub async fn unclosed(conn: &mut Conn) -> Result<Vec<ClosingSchemeRow>, StoreError> {
    fetch_all!(conn, ClosingSchemeRow, UNCLOSED)
}

/// What was noted of some months, both included, by month and period.
pub async fn of_months(
    conn: &mut Conn,
    division: &str,
    (first, last): (&str, &str),
) -> Result<Vec<ClosingSchemeRow>, StoreError> {
    fetch_all!(conn, ClosingSchemeRow, OF_MONTHS, division, first, last)
}
