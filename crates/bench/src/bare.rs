//! The bare loops: the rows that the engine wrote, written again by nothing but the statements.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use store::event::EventRow;
use store::subject::SubjectRow;

use crate::measure::now;
use crate::office::STAGES;

/// What the engine wrote.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// The events of the same cases before the measurement.
    pub(crate) before: Vec<EventRow>,
    /// One event for each transition, in the order in which they were written.
    pub(crate) transitions: Vec<EventRow>,
    /// The row of a case after each stage.
    pub(crate) templates: Arc<[SubjectRow; 3]>,
}

impl Rows {
    fn template(&self, event: &EventRow) -> Option<&SubjectRow> {
        let place = STAGES.iter().position(|(_, seq)| *seq == event.seq)?;
        self.templates.get(place)
    }
}

/// The row of an event's case, of the same widths as the template's.
pub(crate) fn row_after(template: &SubjectRow, event: &EventRow) -> SubjectRow {
    SubjectRow {
        subject: event.subject.clone(),
        seq: event.seq,
        hash: event.hash.clone(),
        ..template.clone()
    }
}

const INSERT: &str = "INSERT INTO event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, \
    hash_algorithm, previous_hash, hash, feed_group, source_key) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const UPDATE: &str = "UPDATE subject SET kind = $3, unit = $4, item = $5, item_version = $6, about = $7, state = $8, \
    stage = $9, outcome = $10, handler = $11, received_at_us = $12, accepted_at_us = $13, decided_at_us = $14, \
    completed_at_us = $15, promised_due_at_us = $16, statutory_due_at_us = $17, stage_due_at_us = $18, \
    highest_level = $19, seq = $20, hash = $21, next_alarm_us = $22, calendar_version = $23, rules_version = $24, \
    provisional = $25, source = $26 WHERE division = $1 AND subject = $2 AND seq = $27 AND hash = $28";

/// The update of a case's row and the insertion of an event, on a connection of either database.
macro_rules! write_rows {
    ($connection:expr, $event:expr, $row:expr) => {{
        let (event, row): (&EventRow, &SubjectRow) = ($event, $row);
        let updated = sqlx::query(UPDATE)
            .bind(&event.division)
            .bind(&event.subject)
            .bind(&row.kind)
            .bind(&row.unit)
            .bind(&row.item)
            .bind(row.item_version)
            .bind(&row.about)
            .bind(&row.state)
            .bind(&row.stage)
            .bind(&row.outcome)
            .bind(&row.handler)
            .bind(row.received_at_us)
            .bind(row.accepted_at_us)
            .bind(row.decided_at_us)
            .bind(row.completed_at_us)
            .bind(row.promised_due_at_us)
            .bind(row.statutory_due_at_us)
            .bind(row.stage_due_at_us)
            .bind(&row.highest_level)
            .bind(event.seq)
            .bind(&event.hash)
            .bind(row.next_alarm_us)
            .bind(&row.calendar_version)
            .bind(row.rules_version)
            .bind(row.provisional)
            .bind(&row.source)
            .bind(event.seq - 1)
            .bind(&event.previous_hash)
            .execute(&mut *$connection)
            .await?;
        ensure!(updated.rows_affected() == 1, "no row of {}", event.subject);
        sqlx::query(INSERT)
            .bind(&event.division)
            .bind(&event.subject)
            .bind(event.seq)
            .bind(&event.kind)
            .bind(event.occurred_at_us)
            .bind(event.recorded_at_us)
            .bind(&event.payload)
            .bind(&event.hash_algorithm)
            .bind(&event.previous_hash)
            .bind(&event.hash)
            .bind(event.feed_group)
            .bind(&event.source_key)
            .execute(&mut *$connection)
            .await?;
    }};
}

/// Writes transitions on one connection, `group` to a commit, at most `count_max`.
pub(crate) async fn sqlite(
    url: &str,
    rows: &Rows,
    group: usize,
    count_max: usize,
) -> Result<Duration> {
    let path = Path::new(url.trim_start_matches("sqlite:"));
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let count = rows.transitions.len().min(count_max);
    let started = now();
    for group in rows.transitions[..count].chunks(group) {
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await?;
        for event in group {
            let Some(row) = rows.template(event) else {
                continue;
            };
            write_rows!(&mut connection, event, row);
        }
        sqlx::query("COMMIT").execute(&mut connection).await?;
    }
    let took = started.elapsed();
    connection.close().await?;
    Ok(took)
}

/// Writes transitions over so many connections, each transition in a transaction of its own. A case stays on one
/// connection, for its rows have an order.
pub(crate) async fn postgres(url: &str, rows: &Rows, connections: usize) -> Result<Duration> {
    let options = url
        .parse::<PgConnectOptions>()?
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let mut lanes: Vec<(PgConnection, Vec<EventRow>)> = Vec::new();
    for _ in 0..connections {
        let mut connection = PgConnection::connect_with(&options).await?;
        sqlx::query("SET synchronous_commit = on")
            .execute(&mut connection)
            .await?;
        lanes.push((connection, Vec::new()));
    }
    for event in &rows.transitions {
        let place: usize = event
            .subject
            .bytes()
            .map(usize::from)
            .fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        lanes[place % connections].1.push(event.clone());
    }
    let started = now();
    let tasks: Vec<_> = lanes
        .into_iter()
        .map(|(mut connection, events)| {
            let templates = Rows {
                before: Vec::new(),
                transitions: Vec::new(),
                templates: Arc::clone(&rows.templates),
            };
            tokio::spawn(async move {
                for event in &events {
                    let Some(row) = templates.template(event) else {
                        continue;
                    };
                    let mut transaction = connection.begin().await?;
                    write_rows!(transaction, event, row);
                    transaction.commit().await?;
                }
                connection.close().await?;
                Ok::<_, anyhow::Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(started.elapsed())
}
