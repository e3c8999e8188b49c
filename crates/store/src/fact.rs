//! Daily facts, and how far they have followed the events.

use crate::StoreError;
use crate::conn::{
    Conn, Table, column, decode, execute, execute_arrays, fetch_all, fetch_column, fetch_optional,
    fetch_value, on_db, statement_name, statements,
};
use crate::feed::FeedPosition;

/// What is counted at a place over a span of days.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactRow {
    /// `day`, `month` or `year`.
    pub grain: String,
    /// Its first day, from 1970-01-01.
    pub day: i64,
    /// The unit.
    pub unit: String,
    /// The item; empty for what has none.
    pub item: String,
    /// What was counted ([`crate::codec::facts`]).
    pub body: Vec<u8>,
}

impl Table for FactRow {
    const TABLE: &'static str = "fact";
    const KEY: &'static [&'static str] = &["grain", "day", "unit", "item"];
}

/// How far the facts of a division have followed the events, and what they were counted with.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactFold {
    /// The facts that count. Others are being made, or are left to be removed.
    pub generation: i64,
    /// The number of the last fold.
    pub made: i64,
    /// The form of the facts.
    pub form: i64,
    /// The calendar that days were counted by.
    pub calendar_version: String,
    /// The last event that was read: its group,
    pub feed_group: i64,
    /// its subject
    pub subject: String,
    /// and its number.
    pub seq: i64,
    /// Rows since rows of one place and day were last put together.
    pub loose: i64,
}

impl Table for FactFold {
    const TABLE: &'static str = "fact_fold";
    const KEY: &'static [&'static str] = &["generation", "made"];
}

impl FactFold {
    /// The last event that was read.
    pub fn position(&self) -> FeedPosition {
        FeedPosition {
            group: self.feed_group,
            subject: self.subject.clone(),
            seq: self.seq,
        }
    }
}

statements! {
    FOLD = "SELECT generation, made, form, calendar_version, feed_group, subject, seq, loose FROM fact_fold WHERE division = $1";
    BEGIN = "INSERT INTO fact_fold (division, generation, made, form, calendar_version, feed_group, subject, seq, loose) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    /// Goes through only if nobody has come further meanwhile: each event is counted once.
    ADVANCE = "UPDATE fact_fold SET generation = $2, made = $3, form = $4, calendar_version = $5, feed_group = $6, subject = $7, \
        seq = $8, loose = $9 WHERE division = $1 AND generation = $10 AND made = $11";
    INSERT_SQLITE = "INSERT INTO fact (division, generation, grain, day, unit, item, made, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_POSTGRES = "INSERT INTO fact (division, generation, grain, day, unit, item, made, body) \
        SELECT $1, $2, grain, day, unit, item, $3, body \
        FROM unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::bytea[]) AS new (grain, day, unit, item, body)";
    BETWEEN = "SELECT grain, day, unit, item, body FROM fact \
        WHERE division = $1 AND generation = $2 AND grain = $3 AND day >= $4 AND day <= $5";
    FIRST_DAY = "SELECT MIN(day) FROM fact WHERE division = $1 AND generation = $2 AND grain = 'day'";
    /// Days of a grain with more than one row at a place.
    LOOSE = "SELECT DISTINCT day FROM (SELECT day, unit, item FROM fact WHERE division = $1 AND generation = $2 AND grain = $3 \
        GROUP BY day, unit, item HAVING COUNT(*) > 1) AS places ORDER BY day";
    REMOVE_DAY = "DELETE FROM fact WHERE division = $1 AND generation = $2 AND grain = $3 AND day = $4";
    /// An empty row of no day takes a generation's number, so that no two who make facts anew have the same.
    RESERVE = "INSERT INTO fact (division, generation, grain, day, unit, item, made, body) VALUES ($1, $2, 'year', $3, '', '', 0, $4) \
        ON CONFLICT DO NOTHING";
    OLDER = "SELECT DISTINCT generation FROM fact WHERE division = $1 AND generation < $2 ORDER BY generation";
    DAYS_OF = "SELECT DISTINCT day FROM fact WHERE division = $1 AND generation = $2 AND grain = $3 ORDER BY day LIMIT $4";
    NEWEST = "SELECT COALESCE(MAX(generation), 0) FROM fact WHERE division = $1";
}

/// Before all days.
const NO_DAY: i64 = -1_000_000_000;
/// The spans over which facts are summed.
pub const GRAINS: [&str; 3] = ["day", "month", "year"];

/// How far the facts have come; `None` if there are none yet.
pub async fn fold(conn: &mut Conn, division: &str) -> Result<Option<FactFold>, StoreError> {
    fetch_optional!(conn, FactFold, FOLD, division)
}

/// Moves on from what was seen, or begins; false if somebody else was faster.
pub async fn advance(
    conn: &mut Conn,
    division: &str,
    seen: Option<&FactFold>,
    to: &FactFold,
) -> Result<bool, StoreError> {
    let changed = match seen {
        None => execute!(
            conn,
            BEGIN,
            division,
            to.generation,
            to.made,
            to.form,
            &to.calendar_version,
            to.feed_group,
            &to.subject,
            to.seq,
            to.loose
        ),
        Some(seen) => execute!(
            conn,
            ADVANCE,
            division,
            to.generation,
            to.made,
            to.form,
            &to.calendar_version,
            to.feed_group,
            &to.subject,
            to.seq,
            to.loose,
            seen.generation,
            seen.made
        ),
    };
    Ok(changed? == 1)
}

/// Writes rows that one fold made.
pub async fn insert(
    conn: &mut Conn,
    division: &str,
    generation: i64,
    made: i64,
    rows: &[FactRow],
) -> Result<(), StoreError> {
    if matches!(conn, Conn::Sqlite(_)) {
        for row in rows {
            execute!(
                conn,
                INSERT_SQLITE,
                division,
                generation,
                &row.grain,
                row.day,
                &row.unit,
                &row.item,
                made,
                &row.body
            )?;
        }
        return Ok(());
    }
    execute_arrays!(
        conn,
        INSERT_POSTGRES,
        division,
        generation,
        made,
        column!(rows, |row| &*row.grain),
        column!(rows, |row| row.day),
        column!(rows, |row| &*row.unit),
        column!(rows, |row| &*row.item),
        column!(rows, |row| &*row.body)
    )?;
    Ok(())
}

/// The facts of a grain from one day to another, in no order.
pub async fn between(
    conn: &mut Conn,
    division: &str,
    generation: i64,
    grain: &str,
    (first, last): (i64, i64),
) -> Result<Vec<FactRow>, StoreError> {
    fetch_all!(
        conn, FactRow, BETWEEN, division, generation, grain, first, last
    )
}

/// The first day on which anything was counted.
pub async fn first_day(
    conn: &mut Conn,
    division: &str,
    generation: i64,
) -> Result<Option<i64>, StoreError> {
    fetch_value!(conn, Option<i64>, FIRST_DAY, division, generation)
}

/// The days of a grain on which some place has more than one row.
pub async fn loose_days(
    conn: &mut Conn,
    division: &str,
    generation: i64,
    grain: &str,
) -> Result<Vec<i64>, StoreError> {
    fetch_column!(conn, i64, LOOSE, division, generation, grain)
}

/// Removes the rows of a day.
pub async fn remove_day(
    conn: &mut Conn,
    division: &str,
    generation: i64,
    grain: &str,
    day: i64,
) -> Result<i64, StoreError> {
    execute!(conn, REMOVE_DAY, division, generation, grain, day)
}

/// Takes the number of a new generation, above all that there are.
pub async fn new_generation(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    let in_force = fold(conn, division)
        .await?
        .map_or(0, |fold| fold.generation);
    let mut generation = fetch_value!(conn, i64, NEWEST, division)?.max(in_force);
    loop {
        generation += 1;
        if execute!(
            conn,
            RESERVE,
            division,
            generation,
            NO_DAY,
            Vec::<u8>::new()
        )? == 1
        {
            return Ok(generation);
        }
    }
}

/// The generations before one.
pub async fn older_generations(
    conn: &mut Conn,
    division: &str,
    generation: i64,
) -> Result<Vec<i64>, StoreError> {
    fetch_column!(conn, i64, OLDER, division, generation)
}

/// Removes some days of a generation, so that no transaction holds the writer for long; false when nothing is left.
pub async fn remove_some(
    conn: &mut Conn,
    division: &str,
    generation: i64,
    days: i64,
) -> Result<bool, StoreError> {
    let mut found = false;
    for grain in GRAINS {
        for day in fetch_column!(conn, i64, DAYS_OF, division, generation, grain, days)? {
            remove_day(conn, division, generation, grain, day).await?;
            found = true;
        }
    }
    Ok(found)
}
