//! Rule sets as they were loaded: each version's text, verbatim.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, execute, fetch_all, on_db, statement_name, statements};

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulesetRow {
    /// Its version.
    pub version: i64,
    /// Its text.
    pub text: String,
    /// From when on it rules.
    pub in_force_from_us: i64,
    /// When it was loaded.
    pub loaded_at_us: i64,
}

impl Table for RulesetRow {
    const TABLE: &'static str = "ruleset";
    const KEY: &'static [&'static str] = &["version"];
}

statements! {
    INSERT = "INSERT INTO ruleset (version, text, in_force_from_us, loaded_at_us) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (version) DO NOTHING";
    LIST = "SELECT version, text, in_force_from_us, loaded_at_us FROM ruleset ORDER BY version";
}

/// Stores a version; false if there is one of this number already.
pub async fn insert(conn: &mut Conn, row: &RulesetRow) -> Result<bool, StoreError> {
    Ok(execute!(
        conn,
        INSERT,
        row.version,
        &row.text,
        row.in_force_from_us,
        row.loaded_at_us
    )? == 1)
}

/// All versions, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<RulesetRow>, StoreError> {
    fetch_all!(conn, RulesetRow, LIST)
}
