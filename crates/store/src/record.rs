//! The most frequent write of all: a subject's row and the one event that moved it, in one exchange with the database.

use crate::StoreError;
use crate::conn::{Conn, on_db, statement_name, statements};
use crate::event::{self, NewEvent, event_columns};
use crate::subject::{self, Seen, SubjectRow, update_row};

statements! {
    /// Two statements, which SQLite's driver runs one after the other; the second does nothing unless the first has just
    /// moved the row, as on PostgreSQL.
    FOLLOW_SQLITE = concat!(update_row!(), "; INSERT INTO event (", event_columns!(), ") SELECT $1, $2, $20, $29, $30, $31, \
        $32, $33, $28, $21, (SELECT COALESCE(MAX(feed_group), 0) + 1 FROM event WHERE division = $1), $34 \
        WHERE changes() = 1 ON CONFLICT DO NOTHING");
    FOLLOW_POSTGRES = concat!("WITH moved AS (", update_row!(), " RETURNING seq) INSERT INTO event (", event_columns!(), ") \
        SELECT $1, $2, $20, $29, CAST($30 AS BIGINT), CAST($31 AS BIGINT), $32, $33, $28, $21, \
        CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + CAST($35 AS BIGINT), $34 FROM moved ON CONFLICT DO NOTHING");
}

/// Replaces a subject's row and appends the events that moved it there. A [`StoreError::Conflict`] if one was appended
/// since the row was seen.
pub async fn follow(
    conn: &mut Conn,
    row: &SubjectRow,
    seen: &Seen,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    match events {
        [event] if moves(event, row, seen) => follow_one(conn, row, seen, event).await,
        _ => {
            subject::update(conn, row, seen).await?;
            event::append(conn, events).await
        }
    }
}

/// Whether the event leads from what was seen to the row: then both statements speak of the same values.
fn moves(event: &NewEvent, row: &SubjectRow, seen: &Seen) -> bool {
    (&event.division, &event.subject, event.seq, &event.hash)
        == (&row.division, &row.subject, row.seq, &row.hash)
        && event.previous_hash == seen.hash
}

async fn follow_one(
    conn: &mut Conn,
    row: &SubjectRow,
    seen: &Seen,
    event: &NewEvent,
) -> Result<(), StoreError> {
    macro_rules! bound {
        ($sql:ident) => {
            subject::bind_row!(sqlx::query($sql), row)
                .bind(seen.seq)
                .bind(&seen.hash)
                .bind(&event.kind)
                .bind(event.occurred_at_us)
                .bind(event.recorded_at_us)
                .bind(&event.payload)
                .bind(&event.hash_algorithm)
                .bind(&event.source_key)
        };
    }
    let offset = conn.feed_offset();
    let statement = match conn {
        Conn::Sqlite(_) => statement_name!(FOLLOW_SQLITE),
        Conn::Postgres(_) => statement_name!(FOLLOW_POSTGRES),
    };
    let written = on_db!(
        conn,
        // The sum over both statements, each of which touches one row at most.
        sqlite => |c| bound!(FOLLOW_SQLITE)
            .execute(c)
            .await
            .map(|done| done.rows_affected() == 2),
        postgres => |c| bound!(FOLLOW_POSTGRES)
            .bind(offset)
            .execute(c)
            .await
            .map(|done| done.rows_affected() == 1)
    );
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(subject::moved_on(row)),
        Err(error) => Err(conn.note_failure(statement, error)),
    }
}
