//! The most frequent write of all: a subject's row and the one event that moved it, in one exchange with the database; and
//! on PostgreSQL many of them in one.

use crate::StoreError;
use crate::conn::{Conn, column, execute_arrays, on_db, statement_name, statements};
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
    /// The same for many subjects of a division, a column to a parameter.
    FOLLOW_EACH_POSTGRES = concat!("WITH given AS (SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], \
        $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], \
        $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::text[], $20::bigint[], $21::text[], $22::bigint[], \
        $23::text[], $24::bigint[], $25::boolean[], $26::text[], $27::bigint[], $28::text[], $29::text[], $30::bigint[], \
        $31::bigint[], $32::text[], $33::text[], $34::text[]) \
        AS given (subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, \
        accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, \
        highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source, seen_seq, seen_hash, \
        event_kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, source_key)), \
        moved AS (UPDATE subject SET kind = given.kind, unit = given.unit, item = given.item, \
        item_version = given.item_version, about = given.about, state = given.state, stage = given.stage, \
        outcome = given.outcome, handler = given.handler, received_at_us = given.received_at_us, \
        accepted_at_us = given.accepted_at_us, decided_at_us = given.decided_at_us, \
        completed_at_us = given.completed_at_us, promised_due_at_us = given.promised_due_at_us, \
        statutory_due_at_us = given.statutory_due_at_us, stage_due_at_us = given.stage_due_at_us, \
        highest_level = given.highest_level, seq = given.seq, hash = given.hash, next_alarm_us = given.next_alarm_us, \
        calendar_version = given.calendar_version, rules_version = given.rules_version, provisional = given.provisional, \
        source = given.source FROM given WHERE subject.division = $1 AND subject.subject = given.subject \
        AND subject.seq = given.seen_seq AND subject.hash = given.seen_hash RETURNING subject.subject) \
        INSERT INTO event (", event_columns!(), ") SELECT $1, given.subject, given.seq, given.event_kind, \
        given.occurred_at_us, given.recorded_at_us, given.payload, given.hash_algorithm, given.seen_hash, given.hash, \
        CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + CAST($35 AS BIGINT), given.source_key \
        FROM given JOIN moved ON moved.subject = given.subject ON CONFLICT DO NOTHING");
}

/// A subject's row, what it was when it was seen, and the one event between.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The row as it will be.
    pub row: SubjectRow,
    /// What was seen.
    pub seen: Seen,
    /// The event that leads there.
    pub event: NewEvent,
}

/// As [`follow`], for many subjects, of which none comes twice. A [`StoreError::Conflict`] names one of those that were
/// written with the one that moved on.
pub async fn follow_each(conn: &mut Conn, followed: &[Followed]) -> Result<(), StoreError> {
    let several = matches!(conn, Conn::Postgres(_))
        && followed.len() > 1
        && followed.iter().all(|f| moves(&f.event, &f.row, &f.seen));
    if !several {
        for Followed { row, seen, event } in followed {
            follow(conn, row, seen, std::slice::from_ref(event)).await?;
        }
        return Ok(());
    }
    for same in followed.chunk_by(|a, b| a.row.division == b.row.division) {
        follow_many(conn, same).await?;
    }
    Ok(())
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

/// For PostgreSQL: all of one division.
async fn follow_many(conn: &mut Conn, followed: &[Followed]) -> Result<(), StoreError> {
    let Some(first) = followed.first() else {
        return Ok(());
    };
    let offset = conn.feed_offset();
    let written = execute_arrays!(
        conn,
        FOLLOW_EACH_POSTGRES,
        &first.row.division,
        column!(followed, |f| &*f.row.subject),
        column!(followed, |f| &*f.row.kind),
        column!(followed, |f| &*f.row.unit),
        column!(followed, |f| f.row.item.as_deref()),
        column!(followed, |f| f.row.item_version),
        column!(followed, |f| f.row.about.as_deref()),
        column!(followed, |f| &*f.row.state),
        column!(followed, |f| f.row.stage.as_deref()),
        column!(followed, |f| f.row.outcome.as_deref()),
        column!(followed, |f| f.row.handler.as_deref()),
        column!(followed, |f| f.row.received_at_us),
        column!(followed, |f| f.row.accepted_at_us),
        column!(followed, |f| f.row.decided_at_us),
        column!(followed, |f| f.row.completed_at_us),
        column!(followed, |f| f.row.promised_due_at_us),
        column!(followed, |f| f.row.statutory_due_at_us),
        column!(followed, |f| f.row.stage_due_at_us),
        column!(followed, |f| f.row.highest_level.as_deref()),
        column!(followed, |f| f.row.seq),
        column!(followed, |f| &*f.row.hash),
        column!(followed, |f| f.row.next_alarm_us),
        column!(followed, |f| &*f.row.calendar_version),
        column!(followed, |f| f.row.rules_version),
        column!(followed, |f| f.row.provisional),
        column!(followed, |f| f.row.source.as_deref()),
        column!(followed, |f| f.seen.seq),
        column!(followed, |f| &*f.seen.hash),
        column!(followed, |f| &*f.event.kind),
        column!(followed, |f| f.event.occurred_at_us),
        column!(followed, |f| f.event.recorded_at_us),
        column!(followed, |f| &*f.event.payload),
        column!(followed, |f| &*f.event.hash_algorithm),
        column!(followed, |f| f.event.source_key.as_deref()),
        offset,
    )?;
    match usize::try_from(written) {
        Ok(written) if written == followed.len() => Ok(()),
        _ => Err(subject::moved_on(&first.row)),
    }
}
