//! Jobs of the schedule: how far each has come, and each of its runs once.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_column, fetch_value, on_db, statement_name,
    statements,
};
use crate::message::Taking;

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRunRow {
    /// The job.
    pub job: String,
    /// The instant it was scheduled for.
    pub scheduled_at_us: i64,
    /// Who took it.
    pub owner: String,
    /// When.
    pub started_at_us: i64,
    /// Until when nobody else may take it, in the machine's time ([`Taking`]).
    pub lease_until_us: i64,
    /// When it ended.
    pub finished_at_us: Option<i64>,
    /// How it ended.
    pub outcome: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

impl Table for JobRunRow {
    const TABLE: &'static str = "job_run";
    const KEY: &'static [&'static str] = &["job", "scheduled_at_us"];
}

statements! {
    WATERMARK = "SELECT watermark_us FROM job WHERE job = $1";
    // Two processes may report their progress in any order: it never goes back.
    SET_WATERMARK = "INSERT INTO job (job, watermark_us) VALUES ($1, $2) ON CONFLICT (job) DO UPDATE \
        SET watermark_us = excluded.watermark_us WHERE job.watermark_us < excluded.watermark_us";
    CLAIM = "INSERT INTO job_run (job, scheduled_at_us, owner, started_at_us, lease_until_us) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (job, scheduled_at_us) DO UPDATE \
        SET owner = excluded.owner, started_at_us = excluded.started_at_us, lease_until_us = excluded.lease_until_us \
        WHERE job_run.finished_at_us IS NULL AND job_run.lease_until_us <= $6";
    EXTEND = "UPDATE job_run SET lease_until_us = $4 WHERE job = $1 AND scheduled_at_us = $2 AND owner = $3 AND finished_at_us IS NULL";
    POSTPONE = "UPDATE job_run SET lease_until_us = $4, error = $5 \
        WHERE job = $1 AND scheduled_at_us = $2 AND owner = $3 AND finished_at_us IS NULL";
    FINISH = "UPDATE job_run SET finished_at_us = $4, outcome = $5, error = $6 \
        WHERE job = $1 AND scheduled_at_us = $2 AND owner = $3 AND finished_at_us IS NULL";
    UNFINISHED = "SELECT job, scheduled_at_us, owner, started_at_us, lease_until_us, finished_at_us, outcome, error FROM job_run \
        WHERE job = $1 AND finished_at_us IS NULL ORDER BY scheduled_at_us LIMIT $2";
    FIRST_RUN = "SELECT MIN(scheduled_at_us) FROM job_run WHERE job = $1";
    RUNS = "SELECT job, scheduled_at_us, owner, started_at_us, lease_until_us, finished_at_us, outcome, error FROM job_run \
        WHERE job = $1 ORDER BY scheduled_at_us DESC LIMIT $2";
}

/// The instant for which a job's first run was scheduled; `None` if it has never run.
pub async fn first_run(conn: &mut Conn, job: &str) -> Result<Option<i64>, StoreError> {
    fetch_value!(conn, Option<i64>, FIRST_RUN, job)
}

/// Up to which instant a job's schedule has been worked off.
pub async fn watermark(conn: &mut Conn, job: &str) -> Result<Option<i64>, StoreError> {
    Ok(fetch_column!(conn, i64, WATERMARK, job)?.pop())
}

/// Moves the watermark forward; an earlier instant changes nothing.
pub async fn set_watermark(
    conn: &mut Conn,
    job: &str,
    watermark_us: i64,
) -> Result<(), StoreError> {
    execute!(conn, SET_WATERMARK, job, watermark_us).map(|_| ())
}

/// Takes a run; false if it is done or somebody else has it in hand. A lease that ran out is taken over.
pub async fn claim(
    conn: &mut Conn,
    job: &str,
    scheduled_at_us: i64,
    now_us: i64,
    taking: Taking<'_>,
) -> Result<bool, StoreError> {
    Ok(execute!(
        conn,
        CLAIM,
        job,
        scheduled_at_us,
        taking.owner,
        now_us,
        taking.until_us,
        taking.at_us
    )? == 1)
}

/// Keeps a run in hand for longer; false if it was lost.
pub async fn extend(
    conn: &mut Conn,
    job: &str,
    scheduled_at_us: i64,
    owner: &str,
    lease_until_us: i64,
) -> Result<bool, StoreError> {
    Ok(execute!(conn, EXTEND, job, scheduled_at_us, owner, lease_until_us)? == 1)
}

/// Gives a run that failed for now free again at an instant of the machine's time, with what went wrong; false if it
/// was lost.
pub async fn postpone(
    conn: &mut Conn,
    job: &str,
    scheduled_at_us: i64,
    owner: &str,
    retry_at_us: i64,
    error: &str,
) -> Result<bool, StoreError> {
    Ok(execute!(
        conn,
        POSTPONE,
        job,
        scheduled_at_us,
        owner,
        retry_at_us,
        error
    )? == 1)
}

/// Ends a run that is in hand; false if it was lost.
pub async fn finish(
    conn: &mut Conn,
    job: &str,
    scheduled_at_us: i64,
    owner: &str,
    finished_at_us: i64,
    outcome: &str,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    Ok(execute!(
        conn,
        FINISH,
        job,
        scheduled_at_us,
        owner,
        finished_at_us,
        outcome,
        error
    )? == 1)
}

/// A job's runs that haven't ended, earliest first.
pub async fn unfinished(
    conn: &mut Conn,
    job: &str,
    limit: i64,
) -> Result<Vec<JobRunRow>, StoreError> {
    fetch_all!(conn, JobRunRow, UNFINISHED, job, limit)
}

/// A job's last runs, latest first.
pub async fn runs(conn: &mut Conn, job: &str, limit: i64) -> Result<Vec<JobRunRow>, StoreError> {
    fetch_all!(conn, JobRunRow, RUNS, job, limit)
}
