//! Numbers without gaps: a row per division, unit, day and purpose, raised in the transaction that uses the number.

use crate::StoreError;
use crate::conn::{Conn, fetch_value, on_db, statement_name, statements};

statements! {
    TAKE = "INSERT INTO counter (division, unit, day, purpose, next) VALUES ($1, $2, $3, $4, 2) \
        ON CONFLICT (division, unit, day, purpose) DO UPDATE SET next = counter.next + 1 RETURNING next - 1";
}

/// The next number, from 1. If the transaction is undone, so is the taking; another transaction that takes a number of
/// the same row waits for this one.
pub async fn take(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    day: &str,
    purpose: &str,
) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, TAKE, division, unit, day, purpose)
}
