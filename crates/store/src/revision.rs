//! Revisions of calendar and rules: how far each has come through the subjects, and which dates it moved.

use crate::StoreError;
use crate::conn::{
    Conn, Table, column, decode, execute, execute_arrays, fetch_all, fetch_optional, on_db,
    statement_name, statements,
};

/// A revision and its progress.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RevisionRow {
    /// Its name.
    pub revision: String,
    /// `calendar` or `rules`.
    pub kind: String,
    /// The version before.
    pub from_version: String,
    /// The version after.
    pub to_version: String,
    /// When it began.
    pub started_at_us: i64,
    /// When it was through.
    pub finished_at_us: Option<i64>,
    /// The division it has come to.
    pub cursor_division: Option<String>,
    /// The last subject it has looked at there.
    pub cursor_subject: Option<String>,
    /// Subjects it has looked at.
    pub looked_at: i64,
    /// Dates it has moved.
    pub dates_moved: i64,
    /// Warnings it has annulled.
    pub annulled: i64,
    /// Warnings it has raised.
    pub raised: i64,
}

impl Table for RevisionRow {
    const TABLE: &'static str = "revision";
    const KEY: &'static [&'static str] = &["revision"];
}

/// A date that a revision moved.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RevisionTraceRow {
    /// The division.
    pub division: String,
    /// The revision.
    pub revision: String,
    /// The subject.
    pub subject: String,
    /// The clock.
    pub clock: String,
    /// When it was due before.
    pub due_before_us: Option<i64>,
    /// When it is due now.
    pub due_after_us: Option<i64>,
}

impl Table for RevisionTraceRow {
    const TABLE: &'static str = "revision_trace";
    const KEY: &'static [&'static str] = &["division", "revision", "subject", "clock"];
}

macro_rules! columns {
    () => {
        "revision, kind, from_version, to_version, started_at_us, finished_at_us, cursor_division, cursor_subject, \
         looked_at, dates_moved, annulled, raised"
    };
}

statements! {
    INSERT = concat!("INSERT INTO revision (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (revision) DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM revision WHERE revision = $1");
    UNFINISHED = concat!("SELECT ", columns!(), " FROM revision WHERE finished_at_us IS NULL ORDER BY started_at_us, revision");
    LIST = concat!("SELECT ", columns!(), " FROM revision ORDER BY started_at_us, revision");
    UPDATE = "UPDATE revision SET finished_at_us = $2, cursor_division = $3, cursor_subject = $4, looked_at = $5, \
        dates_moved = $6, annulled = $7, raised = $8 WHERE revision = $1 AND finished_at_us IS NULL AND looked_at = $9";
    /// A JSON array of rows, each an array of its columns.
    TRACE_EACH_SQLITE = "INSERT INTO revision_trace (division, revision, subject, clock, due_before_us, due_after_us) \
        SELECT $1, $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($3) WHERE TRUE ON CONFLICT DO NOTHING";
    /// A column to a parameter.
    TRACE_EACH_POSTGRES = "INSERT INTO revision_trace (division, revision, subject, clock, due_before_us, due_after_us) \
        SELECT $1, $2, subject, clock, due_before_us, due_after_us \
        FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS given (subject, clock, due_before_us, due_after_us) \
        ON CONFLICT DO NOTHING";
    TRACES = "SELECT division, revision, subject, clock, due_before_us, due_after_us FROM revision_trace \
        WHERE division = $1 AND revision = $2 AND (subject, clock) > ($3, $4) ORDER BY subject, clock LIMIT $5";
}

/// Begins a revision; false if it has begun already.
pub async fn insert(conn: &mut Conn, row: &RevisionRow) -> Result<bool, StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.revision,
        &row.kind,
        &row.from_version,
        &row.to_version,
        row.started_at_us,
        row.finished_at_us,
        &row.cursor_division,
        &row.cursor_subject,
        row.looked_at,
        row.dates_moved,
        row.annulled,
        row.raised
    )?;
    Ok(inserted == 1)
}

/// A revision by its name.
pub async fn get(conn: &mut Conn, revision: &str) -> Result<Option<RevisionRow>, StoreError> {
    fetch_optional!(conn, RevisionRow, GET, revision)
}

/// Revisions that aren't through, oldest first.
pub async fn unfinished(conn: &mut Conn) -> Result<Vec<RevisionRow>, StoreError> {
    fetch_all!(conn, RevisionRow, UNFINISHED)
}

/// All revisions, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<RevisionRow>, StoreError> {
    fetch_all!(conn, RevisionRow, LIST)
}

/// Records progress, in the transaction of the batch that made it. `looked_at_before` is what the row said when the
/// batch was read; if another process went on meanwhile it is a [`StoreError::Conflict`].
pub async fn update(
    conn: &mut Conn,
    row: &RevisionRow,
    looked_at_before: i64,
) -> Result<(), StoreError> {
    let updated = execute!(
        conn,
        UPDATE,
        &row.revision,
        row.finished_at_us,
        &row.cursor_division,
        &row.cursor_subject,
        row.looked_at,
        row.dates_moved,
        row.annulled,
        row.raised,
        looked_at_before
    )?;
    match updated {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "revision",
            key: row.revision.clone(),
        }),
    }
}

/// Records moved dates; those that are recorded already stay. All of a division and revision that follow each other go with
/// one statement.
pub async fn trace_all(conn: &mut Conn, rows: &[RevisionTraceRow]) -> Result<(), StoreError> {
    let same = |a: &RevisionTraceRow, b: &RevisionTraceRow| {
        (&a.division, &a.revision) == (&b.division, &b.revision)
    };
    for rows in rows.chunk_by(same) {
        let Some(first) = rows.first() else { continue };
        if matches!(conn, Conn::Sqlite(_)) {
            let columns = column!(rows, |row| (
                &row.subject,
                &row.clock,
                row.due_before_us,
                row.due_after_us
            ));
            let json = serde_json::json!(columns).to_string();
            execute!(
                conn,
                TRACE_EACH_SQLITE,
                &first.division,
                &first.revision,
                &json
            )?;
            continue;
        }
        execute_arrays!(
            conn,
            TRACE_EACH_POSTGRES,
            &first.division,
            &first.revision,
            column!(rows, |row| &*row.subject),
            column!(rows, |row| &*row.clock),
            column!(rows, |row| row.due_before_us),
            column!(rows, |row| row.due_after_us)
        )?;
    }
    Ok(())
}

/// The dates a revision moved in a division, after a subject and clock; ("", "") is before all.
pub async fn traces(
    conn: &mut Conn,
    division: &str,
    revision: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<RevisionTraceRow>, StoreError> {
    fetch_all!(
        conn,
        RevisionTraceRow,
        TRACES,
        division,
        revision,
        after.0,
        after.1,
        limit
    )
}
