//! Events: appended, never changed.

use crate::StoreError;
use crate::conn::{
    Conn, Table, column, decode, execute_arrays, fetch_all, fetch_all_arrays, fetch_column,
    fetch_value, not_for_this_database, on_db, statement_name, statements,
};

/// A stored event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventRow {
    /// The division.
    pub division: String,
    /// The subject.
    pub subject: String,
    /// Its number within the subject, from 1.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// When it happened.
    pub occurred_at_us: i64,
    /// When the program was told.
    pub recorded_at_us: i64,
    /// The event itself, the text that the hash covers.
    pub payload: String,
    /// The digest of this hash.
    pub hash_algorithm: String,
    /// The hash of the event before.
    pub previous_hash: String,
    /// This event's hash.
    pub hash: String,
    /// The group of its commit, set by the store.
    pub feed_group: i64,
    /// The key under which another system reported it.
    pub source_key: Option<String>,
}

impl Table for EventRow {
    const TABLE: &'static str = "event";
    const KEY: &'static [&'static str] = &["division", "subject", "seq"];
}

/// An event to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The division.
    pub division: String,
    /// The subject.
    pub subject: String,
    /// Its number within the subject, from 1.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// When it happened.
    pub occurred_at_us: i64,
    /// When the program was told.
    pub recorded_at_us: i64,
    /// The event itself, the text that the hash covers.
    pub payload: String,
    /// The digest of this hash.
    pub hash_algorithm: String,
    /// The hash of the event before.
    pub previous_hash: String,
    /// This event's hash.
    pub hash: String,
    /// The key under which another system reported it.
    pub source_key: Option<String>,
}

/// The columns of [`EventRow`].
macro_rules! event_columns {
    () => {
        "division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, \
         feed_group, source_key"
    };
}
pub(crate) use event_columns;

macro_rules! append_one {
    ($group:literal) => {
        concat!(
            "INSERT INTO event (",
            event_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ",
            $group,
            ", $11) ON CONFLICT DO NOTHING"
        )
    };
}

macro_rules! append_two {
    ($group:literal) => {
        concat!(
            "INSERT INTO event (",
            event_columns!(),
            ") VALUES ",
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ",
            $group,
            ", $11), ",
            "($1, $12, $13, $14, $15, $16, $17, $18, $19, $20, ",
            $group,
            ", $21) ON CONFLICT DO NOTHING"
        )
    };
}

macro_rules! append_four {
    ($group:literal) => {
        concat!(
            "INSERT INTO event (",
            event_columns!(),
            ") VALUES ",
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ",
            $group,
            ", $11), ",
            "($1, $12, $13, $14, $15, $16, $17, $18, $19, $20, ",
            $group,
            ", $21), ",
            "($1, $22, $23, $24, $25, $26, $27, $28, $29, $30, ",
            $group,
            ", $31), ",
            "($1, $32, $33, $34, $35, $36, $37, $38, $39, $40, ",
            $group,
            ", $41) ON CONFLICT DO NOTHING"
        )
    };
}

statements! {
    /// The one writer's groups grow from row to row.
    APPEND_SQLITE = append_one!("(SELECT COALESCE(MAX(feed_group), 0) + 1 FROM event WHERE division = $1)");
    /// The transaction's number, moved by the offset of [`crate::feed`].
    APPEND_POSTGRES = append_one!("CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + $12");
    APPEND_TWO_SQLITE = append_two!("(SELECT COALESCE(MAX(feed_group), 0) + 1 FROM event WHERE division = $1)");
    /// A column to a parameter.
    APPEND_EACH_POSTGRES = concat!("INSERT INTO event (", event_columns!(), ") \
        SELECT $1, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, hash, \
        CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + $12, source_key \
        FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], \
        $10::text[], $11::text[]) AS given (subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, \
        previous_hash, hash, source_key) ON CONFLICT DO NOTHING");
    APPEND_FOUR_SQLITE = append_four!("(SELECT COALESCE(MAX(feed_group), 0) + 1 FROM event WHERE division = $1)");
    OF_SUBJECT = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject = $2 AND seq > $3 ORDER BY seq LIMIT $4");
    BETWEEN = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject >= $2 AND subject <= $3 ORDER BY subject, seq");
    OF_EIGHT_SQLITE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY subject, seq");
    OF_ANY_POSTGRES = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject = ANY($2) ORDER BY subject, seq");
    PAGE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND (subject, seq) > ($2, $3) ORDER BY subject, seq LIMIT $4");
    SOURCE_KEYS = "SELECT source_key FROM event WHERE division = $1 AND subject = $2 AND source_key IS NOT NULL ORDER BY source_key";
    COUNT = "SELECT COUNT(*) FROM event WHERE division = $1";
}

/// Appends events. A number that is taken, or a source key that is known, is a [`StoreError::Conflict`].
pub async fn append(conn: &mut Conn, events: &[NewEvent]) -> Result<(), StoreError> {
    let on_postgres = matches!(conn, Conn::Postgres(_));
    let mut rest = events;
    while let Some(first) = rest.first() {
        let others = rest.iter().position(|e| e.division != first.division);
        let (same, _) = rest.split_at(others.unwrap_or(rest.len()));
        let (count, appended) = match same {
            [_, _, ..] if on_postgres => (same.len(), append_each(conn, same).await?),
            [a, b, c, d, ..] => (4, append_four(conn, [a, b, c, d]).await?),
            [a, b, ..] => (2, append_two(conn, [a, b]).await?),
            _ => (1, append_one(conn, first).await?),
        };
        let (written, left) = rest.split_at(count);
        if appended != i64::try_from(written.len()).unwrap_or(i64::MAX) {
            let key = format!("{}/{}/{}", first.division, first.subject, first.seq);
            return Err(StoreError::Conflict {
                table: "event",
                key,
            });
        }
        rest = left;
    }
    Ok(())
}

/// Binds an event's columns after the division, in the order of [`append_one`].
macro_rules! bind_event {
    ($query:expr, $event:expr) => {
        $query
            .bind(&$event.subject)
            .bind($event.seq)
            .bind(&$event.kind)
            .bind($event.occurred_at_us)
            .bind($event.recorded_at_us)
            .bind(&$event.payload)
            .bind(&$event.hash_algorithm)
            .bind(&$event.previous_hash)
            .bind(&$event.hash)
            .bind(&$event.source_key)
    };
}

async fn append_one(conn: &mut Conn, event: &NewEvent) -> Result<i64, StoreError> {
    let offset = conn.feed_offset();
    let done = on_db!(
        conn,
        sqlite => |c| bind_event!(sqlx::query(APPEND_SQLITE).bind(&event.division), event)
            .execute(c)
            .await
            .map(|done| done.rows_affected()),
        postgres => |c| bind_event!(sqlx::query(APPEND_POSTGRES).bind(&event.division), event)
            .bind(offset)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    );
    touched(conn, done)
}

async fn append_two(conn: &mut Conn, [a, b]: [&NewEvent; 2]) -> Result<i64, StoreError> {
    let done = on_db!(
        conn,
        sqlite => |connection| {
            let query = bind_event!(sqlx::query(APPEND_TWO_SQLITE).bind(&a.division), a);
            bind_event!(query, b)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        },
        postgres => |_connection| Err(not_for_this_database())
    );
    touched(conn, done)
}

async fn append_four(conn: &mut Conn, [a, b, c, d]: [&NewEvent; 4]) -> Result<i64, StoreError> {
    let done = on_db!(
        conn,
        sqlite => |connection| {
            let query = bind_event!(sqlx::query(APPEND_FOUR_SQLITE).bind(&a.division), a);
            bind_event!(bind_event!(bind_event!(query, b), c), d)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        },
        postgres => |_connection| Err(not_for_this_database())
    );
    touched(conn, done)
}

/// For PostgreSQL: all of one division.
async fn append_each(conn: &mut Conn, events: &[NewEvent]) -> Result<i64, StoreError> {
    let offset = conn.feed_offset();
    let division = events.first().map(|event| &event.division);
    execute_arrays!(
        conn,
        APPEND_EACH_POSTGRES,
        division,
        column!(events, |e| &*e.subject),
        column!(events, |e| e.seq),
        column!(events, |e| &*e.kind),
        column!(events, |e| e.occurred_at_us),
        column!(events, |e| e.recorded_at_us),
        column!(events, |e| &*e.payload),
        column!(events, |e| &*e.hash_algorithm),
        column!(events, |e| &*e.previous_hash),
        column!(events, |e| &*e.hash),
        column!(events, |e| e.source_key.as_deref()),
        offset,
    )
}

fn touched(conn: &mut Conn, done: Result<u64, sqlx::Error>) -> Result<i64, StoreError> {
    done.and_then(|rows| i64::try_from(rows).map_err(|error| sqlx::Error::Decode(error.into())))
        .map_err(|error| conn.note_failure("event::APPEND", error))
}

/// A subject's events after a number, in order.
pub async fn of_subject(
    conn: &mut Conn,
    division: &str,
    subject: &str,
    after_seq: i64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(
        conn, EventRow, OF_SUBJECT, division, subject, after_seq, limit
    )
}

/// The events of several subjects, subject by subject and each in order.
pub async fn of_subjects(
    conn: &mut Conn,
    division: &str,
    subjects: &[String],
) -> Result<Vec<EventRow>, StoreError> {
    let mut wanted: Vec<&str> = subjects.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if matches!(conn, Conn::Postgres(_)) {
        return fetch_all_arrays!(conn, EventRow, OF_ANY_POSTGRES, division, wanted);
    }
    let mut events = Vec::new();
    for chunk in wanted.chunks(8) {
        // A place left over repeats the first subject, which adds nothing.
        let at = |place: usize| {
            chunk
                .get(place)
                .or(chunk.first())
                .copied()
                .unwrap_or_default()
        };
        let some = fetch_all!(
            conn,
            EventRow,
            OF_EIGHT_SQLITE,
            division,
            at(0),
            at(1),
            at(2),
            at(3),
            at(4),
            at(5),
            at(6),
            at(7)
        )?;
        events.extend(some);
    }
    Ok(events)
}

/// The events of all subjects from one key to another, both included; for batches that walk the subjects by key.
pub async fn between(
    conn: &mut Conn,
    division: &str,
    first: &str,
    last: &str,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(conn, EventRow, BETWEEN, division, first, last)
}

/// A division's events in the order of keys, after a key; ("", 0) is before all.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: (&str, i64),
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    fetch_all!(conn, EventRow, PAGE, division, after.0, after.1, limit)
}

/// The keys under which another system has reported events of a subject.
pub async fn source_keys(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<Vec<String>, StoreError> {
    fetch_column!(conn, String, SOURCE_KEYS, division, subject)
}

/// How many events a division has.
pub async fn count(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    fetch_value!(conn, i64, COUNT, division)
}
