//! Events: appended, never changed.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, fetch_all, fetch_column, fetch_value, on_db, statement_name, statements,
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
    APPEND_TWO_POSTGRES = append_two!("CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + $22");
    APPEND_FOUR_SQLITE = append_four!("(SELECT COALESCE(MAX(feed_group), 0) + 1 FROM event WHERE division = $1)");
    APPEND_FOUR_POSTGRES = append_four!("CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + $42");
    OF_SUBJECT = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject = $2 AND seq > $3 ORDER BY seq LIMIT $4");
    BETWEEN = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject >= $2 AND subject <= $3 ORDER BY subject, seq");
    OF_EIGHT = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND subject IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY subject, seq");
    PAGE = concat!("SELECT ", event_columns!(), " FROM event \
        WHERE division = $1 AND (subject, seq) > ($2, $3) ORDER BY subject, seq LIMIT $4");
    SOURCE_KEYS = "SELECT source_key FROM event WHERE division = $1 AND subject = $2 AND source_key IS NOT NULL ORDER BY source_key";
    COUNT = "SELECT COUNT(*) FROM event WHERE division = $1";
}

/// Appends events. A number that is taken, or a source key that is known, is a [`StoreError::Conflict`].
pub async fn append(conn: &mut Conn, events: &[NewEvent]) -> Result<(), StoreError> {
    let mut rest = events;
    while let Some(first) = rest.first() {
        let (count, appended) = match rest {
            [a, b, c, d, ..] if [b, c, d].iter().all(|event| event.division == a.division) => {
                (4, append_four(conn, [a, b, c, d]).await?)
            }
            [a, b, ..] if a.division == b.division => (2, append_two(conn, [a, b]).await?),
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
    macro_rules! bind_two {
        ($sql:ident) => {
            bind_event!(bind_event!(sqlx::query($sql).bind(&a.division), a), b)
        };
    }
    let offset = conn.feed_offset();
    let done = on_db!(
        conn,
        sqlite => |connection| bind_two!(APPEND_TWO_SQLITE)
            .execute(connection)
            .await
            .map(|done| done.rows_affected()),
        postgres => |connection| bind_two!(APPEND_TWO_POSTGRES)
            .bind(offset)
            .execute(connection)
            .await
            .map(|done| done.rows_affected())
    );
    touched(conn, done)
}

async fn append_four(conn: &mut Conn, [a, b, c, d]: [&NewEvent; 4]) -> Result<i64, StoreError> {
    macro_rules! bind_four {
        ($sql:ident) => {{
            let query = bind_event!(sqlx::query($sql).bind(&a.division), a);
            bind_event!(bind_event!(bind_event!(query, b), c), d)
        }};
    }
    let offset = conn.feed_offset();
    let done = on_db!(
        conn,
        sqlite => |connection| bind_four!(APPEND_FOUR_SQLITE)
            .execute(connection)
            .await
            .map(|done| done.rows_affected()),
        postgres => |connection| bind_four!(APPEND_FOUR_POSTGRES)
            .bind(offset)
            .execute(connection)
            .await
            .map(|done| done.rows_affected())
    );
    touched(conn, done)
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
    let mut events = Vec::new();
    let mut wanted: Vec<&str> = subjects.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    wanted.dedup();
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
            OF_EIGHT,
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
