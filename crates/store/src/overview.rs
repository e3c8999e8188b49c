//! Counts for the operator's eye: cards by level, messages by state. Nothing rests on them.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, fetch_all, fetch_value, on_db, statement_name, statements};

/// How many rows say a word.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WordCount {
    /// The word: a level or a state.
    pub word: String,
    /// How many.
    pub count: i64,
}

impl Table for WordCount {
    const TABLE: &'static str = "overview";
    const KEY: &'static [&'static str] = &["word"];
}

statements! {
    LEVELS = "SELECT highest_level AS word, COUNT(*) AS count FROM subject \
        WHERE division = $1 AND kind = 'case' AND highest_level IS NOT NULL GROUP BY highest_level ORDER BY highest_level";
    MESSAGES = "SELECT state AS word, COUNT(*) AS count FROM message WHERE division = $1 GROUP BY state ORDER BY state";
    ITEMS_FREE = "SELECT COUNT(*) FROM message_item WHERE division = $1 AND state = 'free'";
}

/// Cases by their highest issued level.
pub async fn levels(conn: &mut Conn, division: &str) -> Result<Vec<WordCount>, StoreError> {
    fetch_all!(conn, WordCount, LEVELS, division)
}

/// Messages by state.
pub async fn messages(conn: &mut Conn, division: &str) -> Result<Vec<WordCount>, StoreError> {
    fetch_all!(conn, WordCount, MESSAGES, division)
}

/// Message items that no message tells yet.
pub async fn items_free(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, ITEMS_FREE, division)
}
