//! Calendars as they were loaded: each version's text, verbatim.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, execute, fetch_all, on_db, statement_name, statements};

/// One version of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CalendarRow {
    /// Its version.
    pub version: String,
    /// Its text.
    pub text: String,
    /// From when on it rules.
    pub in_force_from_us: i64,
    /// When it was loaded.
    pub loaded_at_us: i64,
}

impl Table for CalendarRow {
    const TABLE: &'static str = "calendar";
    const KEY: &'static [&'static str] = &["version"];
}

statements! {
    INSERT = "INSERT INTO calendar (version, text, in_force_from_us, loaded_at_us) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (version) DO NOTHING";
    LIST = "SELECT version, text, in_force_from_us, loaded_at_us FROM calendar ORDER BY in_force_from_us, loaded_at_us, version";
}

/// Stores a version; false if there is one of this name already.
pub async fn insert(conn: &mut Conn, row: &CalendarRow) -> Result<bool, StoreError> {
    Ok(execute!(
        conn,
        INSERT,
        &row.version,
        &row.text,
        row.in_force_from_us,
        row.loaded_at_us
    )? == 1)
}

/// All versions, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<CalendarRow>, StoreError> {
    fetch_all!(conn, CalendarRow, LIST)
}
