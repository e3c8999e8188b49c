//! What the engine wrote since an instant, and the bare statements that write the same rows again: one connection, the
//! same durability, as many cases to a commit. They read, check and decide nothing and know all rows beforehand.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use store::event::EventRow;
use store::message_item::MessageItemRow;
use store::revision::RevisionTraceRow;
use store::subject::SubjectRow;
use store::{Conn, Store};

use crate::measure::now;

/// Cases to a commit: as many as a sweep or a revision takes.
const GROUP: usize = 40;
/// Rows of one statement. SQLite takes 32,766 values, an event has twelve.
const ROWS_MAX: usize = 1_000;

/// One statement on whichever database a connection leads to.
macro_rules! on_both {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            Conn::Sqlite(connection) => {
                let $c: &mut SqliteConnection = connection;
                $body
            }
            Conn::Postgres(connection) => {
                let $c: &mut PgConnection = connection;
                $body
            }
        }
    };
}

/// What the engine wrote about one case.
#[derive(Debug, Default)]
pub(crate) struct OfCase {
    events: Vec<EventRow>,
    items: Vec<MessageItemRow>,
    traces: Vec<RevisionTraceRow>,
    /// The row as it is now; only where it is to be written.
    row: Option<SubjectRow>,
}

/// What the engine wrote, case by case.
#[derive(Debug, Default)]
pub(crate) struct Written {
    cases: Vec<OfCase>,
}

const EVENTS: &str = "SELECT division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, \
    previous_hash, hash, feed_group, source_key FROM event WHERE division = '410800' AND recorded_at_us >= $1";
const ITEMS: &str = "SELECT division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, \
    message_id, created_at_us FROM message_item WHERE division = '410800' AND created_at_us >= $1";
const TRACES: &str = "SELECT division, revision, subject, clock, due_before_us, due_after_us FROM revision_trace \
    WHERE division = '410800'";
const SUBJECTS: &str = "SELECT division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, \
    received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, \
    stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source \
    FROM subject WHERE division = '410800'";

impl Written {
    /// Events and message items since an instant.
    pub(crate) async fn since(store: &Store, since_us: i64) -> Result<Self> {
        let mut cases = BTreeMap::new();
        read(store, since_us, &mut cases).await?;
        Ok(Self {
            cases: cases.into_values().collect(),
        })
    }

    /// Those, and what a revision wrote besides: the traces and the rows of the cases.
    pub(crate) async fn of_revision(store: &Store, since_us: i64) -> Result<Self> {
        let mut cases = BTreeMap::new();
        read(store, since_us, &mut cases).await?;
        let mut conn = store.snapshot().await?;
        let traces: Vec<RevisionTraceRow> =
            on_both!(&mut conn, |c| sqlx::query_as(TRACES).fetch_all(c).await?);
        for trace in traces {
            let case: &mut OfCase = cases.entry(trace.subject.clone()).or_default();
            case.traces.push(trace);
        }
        let rows: Vec<SubjectRow> =
            on_both!(&mut conn, |c| sqlx::query_as(SUBJECTS).fetch_all(c).await?);
        for row in rows {
            if let Some(case) = cases.get_mut(&row.subject) {
                case.row = Some(row);
            }
        }
        Ok(Self {
            cases: cases.into_values().collect(),
        })
    }

    /// Events of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> usize {
        self.events().filter(|event| event.kind == kind).count()
    }

    pub(crate) fn items(&self) -> usize {
        self.cases.iter().map(|case| case.items.len()).sum()
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &EventRow> {
        self.cases.iter().flat_map(|case| &case.events)
    }

    /// All rows.
    pub(crate) fn rows(&self) -> usize {
        let traces: usize = self.cases.iter().map(|case| case.traces.len()).sum();
        let rows = self.cases.iter().filter(|case| case.row.is_some()).count();
        self.events().count() + self.items() + traces + rows
    }

    /// Writes all in a database as it was before; a statement for each row, or for many.
    pub(crate) async fn write(&self, url: &str, many: bool) -> Result<Duration> {
        let mut bare = Bare::open(url).await?;
        let started = now();
        for group in self.cases.chunks(GROUP) {
            match &mut bare {
                Bare::Sqlite(connection) => {
                    sqlx::query("BEGIN IMMEDIATE")
                        .execute(&mut *connection)
                        .await?;
                    on_sqlite::write(connection, group, many).await?;
                    sqlx::query("COMMIT").execute(&mut *connection).await?;
                }
                Bare::Postgres(connection) => {
                    let mut transaction = connection.begin().await?;
                    on_postgres::write(&mut transaction, group, many).await?;
                    transaction.commit().await?;
                }
            }
        }
        let took = started.elapsed();
        bare.close().await?;
        Ok(took)
    }
}

async fn read(store: &Store, since_us: i64, cases: &mut BTreeMap<String, OfCase>) -> Result<()> {
    let mut conn = store.snapshot().await?;
    let events: Vec<EventRow> = on_both!(&mut conn, |c| sqlx::query_as(EVENTS)
        .bind(since_us)
        .fetch_all(c)
        .await?);
    for event in events {
        let case = cases.entry(event.subject.clone()).or_default();
        case.events.push(event);
    }
    let items: Vec<MessageItemRow> = on_both!(&mut conn, |c| sqlx::query_as(ITEMS)
        .bind(since_us)
        .fetch_all(c)
        .await?);
    for item in items {
        let case = cases.entry(item.subject.clone()).or_default();
        case.items.push(item);
    }
    for case in cases.values_mut() {
        case.events.sort_by_key(|event| event.seq);
        // As they were written: free.
        for item in &mut case.items {
            "free".clone_into(&mut item.state);
            item.message_id = None;
        }
    }
    Ok(())
}

/// A connection of nobody else's.
enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    async fn open(url: &str) -> Result<Self> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            let options = url
                .parse::<PgConnectOptions>()?
                .statement_cache_capacity(256)
                .disable_statement_logging();
            let mut connection = PgConnection::connect_with(&options).await?;
            sqlx::query("SET synchronous_commit = on")
                .execute(&mut connection)
                .await?;
            return Ok(Self::Postgres(connection));
        };
        let options = SqliteConnectOptions::new()
            .filename(Path::new(path))
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .statement_cache_capacity(256)
            .disable_statement_logging();
        Ok(Self::Sqlite(
            SqliteConnection::connect_with(&options).await?,
        ))
    }

    async fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}

const MOVE: &str = "UPDATE subject SET promised_due_at_us = new.column2, statutory_due_at_us = new.column3, \
    stage_due_at_us = new.column4, seq = new.column5, hash = new.column6, next_alarm_us = new.column7, \
    calendar_version = new.column8 FROM (";
const EVENT: &str = "INSERT INTO event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, \
    hash_algorithm, previous_hash, hash, feed_group, source_key) ";
const ITEM: &str = "INSERT INTO message_item (division, subject, seq, recipient, channel, kind, level, payload, state, \
    dropped_reason, message_id, created_at_us) ";
const TRACE: &str =
    "INSERT INTO revision_trace (division, revision, subject, clock, due_before_us, due_after_us) ";

/// The same statements for each database, with one row or with many.
macro_rules! statements_for {
    ($database:ty, $connection:ty) => {
        use anyhow::{Result, ensure};
        use sqlx::QueryBuilder;
        use store::event::EventRow;
        use store::message_item::MessageItemRow;
        use store::revision::RevisionTraceRow;
        use store::subject::SubjectRow;

        use super::{EVENT, ITEM, MOVE, OfCase, ROWS_MAX, TRACE};

        /// What a revision changes in the rows of cases.
        async fn subjects(connection: &mut $connection, rows: &[&SubjectRow]) -> Result<()> {
            let mut query = QueryBuilder::<$database>::new(MOVE);
            query.push_values(rows, |mut values, row| {
                values
                    .push_bind(&row.subject)
                    .push_bind(row.promised_due_at_us)
                    .push_bind(row.statutory_due_at_us)
                    .push_bind(row.stage_due_at_us)
                    .push_bind(row.seq)
                    .push_bind(&row.hash)
                    .push_bind(row.next_alarm_us)
                    .push_bind(&row.calendar_version);
            });
            query.push(") AS new WHERE division = '410800' AND subject = new.column1");
            let done = query.build().execute(&mut *connection).await?;
            ensure!(
                done.rows_affected() == u64::try_from(rows.len())?,
                "not all rows of subjects"
            );
            Ok(())
        }

        /// Events.
        async fn events(connection: &mut $connection, rows: &[&EventRow]) -> Result<()> {
            let mut query = QueryBuilder::<$database>::new(EVENT);
            query.push_values(rows, |mut values, row| {
                values
                    .push_bind(&row.division)
                    .push_bind(&row.subject)
                    .push_bind(row.seq)
                    .push_bind(&row.kind)
                    .push_bind(row.occurred_at_us)
                    .push_bind(row.recorded_at_us)
                    .push_bind(&row.payload)
                    .push_bind(&row.hash_algorithm)
                    .push_bind(&row.previous_hash)
                    .push_bind(&row.hash)
                    .push_bind(row.feed_group)
                    .push_bind(&row.source_key);
            });
            let done = query.build().execute(&mut *connection).await?;
            ensure!(
                done.rows_affected() == u64::try_from(rows.len())?,
                "not all rows of events"
            );
            Ok(())
        }

        /// Message items.
        async fn items(connection: &mut $connection, rows: &[&MessageItemRow]) -> Result<()> {
            let mut query = QueryBuilder::<$database>::new(ITEM);
            query.push_values(rows, |mut values, row| {
                values
                    .push_bind(&row.division)
                    .push_bind(&row.subject)
                    .push_bind(row.seq)
                    .push_bind(&row.recipient)
                    .push_bind(&row.channel)
                    .push_bind(&row.kind)
                    .push_bind(&row.level)
                    .push_bind(&row.payload)
                    .push_bind(&row.state)
                    .push_bind(&row.dropped_reason)
                    .push_bind(&row.message_id)
                    .push_bind(row.created_at_us);
            });
            let done = query.build().execute(&mut *connection).await?;
            ensure!(
                done.rows_affected() == u64::try_from(rows.len())?,
                "not all rows of items"
            );
            Ok(())
        }

        /// Traces of a revision.
        async fn traces(connection: &mut $connection, rows: &[&RevisionTraceRow]) -> Result<()> {
            let mut query = QueryBuilder::<$database>::new(TRACE);
            query.push_values(rows, |mut values, row| {
                values
                    .push_bind(&row.division)
                    .push_bind(&row.revision)
                    .push_bind(&row.subject)
                    .push_bind(&row.clock)
                    .push_bind(row.due_before_us)
                    .push_bind(row.due_after_us);
            });
            let done = query.build().execute(&mut *connection).await?;
            ensure!(
                done.rows_affected() == u64::try_from(rows.len())?,
                "not all rows of traces"
            );
            Ok(())
        }

        /// The rows of a group of cases, a statement for each or for as many as it takes.
        pub(super) async fn write(
            connection: &mut $connection,
            group: &[OfCase],
            many: bool,
        ) -> Result<()> {
            let at_once = if many { ROWS_MAX } else { 1 };
            let rows: Vec<_> = group.iter().filter_map(|case| case.row.as_ref()).collect();
            for rows in rows.chunks(at_once) {
                subjects(connection, rows).await?;
            }
            let rows: Vec<_> = group.iter().flat_map(|case| &case.events).collect();
            for rows in rows.chunks(at_once) {
                events(connection, rows).await?;
            }
            let rows: Vec<_> = group.iter().flat_map(|case| &case.items).collect();
            for rows in rows.chunks(at_once) {
                items(connection, rows).await?;
            }
            let rows: Vec<_> = group.iter().flat_map(|case| &case.traces).collect();
            for rows in rows.chunks(at_once) {
                traces(connection, rows).await?;
            }
            Ok(())
        }
    };
}

mod on_sqlite {
    statements_for!(sqlx::Sqlite, sqlx::SqliteConnection);
}

mod on_postgres {
    statements_for!(sqlx::Postgres, sqlx::PgConnection);
}
