//! Subjects: whatever has events and alarms, one row each, a function of its events.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, fetch_all, fetch_optional, fetch_value, on_db, statement_name, statements,
};

/// A case, a supervision order or an appeal as its events left it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SubjectRow {
    /// The division.
    pub division: String,
    /// Its number.
    pub subject: String,
    /// `case`, `order` or `appeal`.
    pub kind: String,
    /// The unit that handles it.
    pub unit: String,
    /// The item applied for.
    pub item: Option<String>,
    /// The item's version in force at acceptance.
    pub item_version: Option<i64>,
    /// The case that an order is about; the case or order that bears the card of an appeal.
    pub about: Option<String>,
    /// Its state.
    pub state: String,
    /// Its stage.
    pub stage: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Who has it in hand.
    pub handler: Option<String>,
    /// When it was received.
    pub received_at_us: i64,
    /// When it was accepted.
    pub accepted_at_us: Option<i64>,
    /// When it was decided.
    pub decided_at_us: Option<i64>,
    /// When it was completed.
    pub completed_at_us: Option<i64>,
    /// When the promised limit ends.
    pub promised_due_at_us: Option<i64>,
    /// When the statutory limit ends.
    pub statutory_due_at_us: Option<i64>,
    /// When the stage's limit ends.
    pub stage_due_at_us: Option<i64>,
    /// The highest warning that stands against it.
    pub highest_level: Option<String>,
    /// The number of its last event.
    pub seq: i64,
    /// The hash of its last event.
    pub hash: String,
    /// When it must be looked at next.
    pub next_alarm_us: Option<i64>,
    /// The calendar that its dates were counted with.
    pub calendar_version: String,
    /// The rules that its alarms were set by.
    pub rules_version: i64,
    /// A date lies where the calendar isn't final.
    pub provisional: bool,
    /// The system that reported it, if it wasn't a desk.
    pub source: Option<String>,
}

impl Table for SubjectRow {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["division", "subject"];
}

/// What a command must know of a row before it decides, and one fact about the whole database, both at one look.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    /// Its last event.
    #[sqlx(flatten)]
    pub seen: Seen,
    /// The calendar that its dates were counted with.
    pub calendar_version: String,
    /// The value of the key of [`crate::meta`] that was asked for.
    pub meta: Option<String>,
}

impl Table for Head {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["hash"];
}

/// How many subjects of a kind are in a state.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StateCount {
    /// `case`, `order` or `appeal`.
    pub kind: String,
    /// The state.
    pub state: String,
    /// How many.
    pub count: i64,
}

impl Table for StateCount {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["kind", "state"];
}

macro_rules! columns {
    () => {
        "division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler, received_at_us, \
         accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us, stage_due_at_us, \
         highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source"
    };
}

/// The update of a row that was seen, its values bound by [`bind_row`], then what was seen.
macro_rules! update_row {
    () => {
        "UPDATE subject SET kind = $3, unit = $4, item = $5, item_version = $6, about = $7, state = $8, stage = $9, \
        outcome = $10, handler = $11, received_at_us = $12, accepted_at_us = $13, decided_at_us = $14, \
        completed_at_us = $15, promised_due_at_us = $16, statutory_due_at_us = $17, stage_due_at_us = $18, \
        highest_level = $19, seq = $20, hash = $21, next_alarm_us = $22, calendar_version = $23, rules_version = $24, \
        provisional = $25, source = $26 WHERE division = $1 AND subject = $2 AND seq = $27 AND hash = $28"
    };
}
pub(crate) use update_row;

/// Binds a row's columns in their order.
macro_rules! bind_row {
    ($query:expr, $row:expr) => {
        $query
            .bind(&$row.division)
            .bind(&$row.subject)
            .bind(&$row.kind)
            .bind(&$row.unit)
            .bind(&$row.item)
            .bind($row.item_version)
            .bind(&$row.about)
            .bind(&$row.state)
            .bind(&$row.stage)
            .bind(&$row.outcome)
            .bind(&$row.handler)
            .bind($row.received_at_us)
            .bind($row.accepted_at_us)
            .bind($row.decided_at_us)
            .bind($row.completed_at_us)
            .bind($row.promised_due_at_us)
            .bind($row.statutory_due_at_us)
            .bind($row.stage_due_at_us)
            .bind(&$row.highest_level)
            .bind($row.seq)
            .bind(&$row.hash)
            .bind($row.next_alarm_us)
            .bind(&$row.calendar_version)
            .bind($row.rules_version)
            .bind($row.provisional)
            .bind(&$row.source)
    };
}
pub(crate) use bind_row;

statements! {
    GET = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject = $2");
    HEAD = "SELECT seq, hash, calendar_version, (SELECT value FROM meta WHERE key = $3) AS meta FROM subject \
        WHERE division = $1 AND subject = $2";
    INSERT = concat!("INSERT INTO subject (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) ON CONFLICT DO NOTHING");
    UPDATE = update_row!();
    DUE = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND next_alarm_us IS NOT NULL AND next_alarm_us <= $2 \
        AND (next_alarm_us, subject) > ($3, $4) ORDER BY next_alarm_us, subject LIMIT $5");
    NEXT_ALARM = "SELECT MIN(next_alarm_us) FROM subject WHERE division = $1 AND next_alarm_us IS NOT NULL";
    PAGE = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 ORDER BY subject LIMIT $3");
    PAGE_OPEN = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 AND completed_at_us IS NULL \
        ORDER BY subject LIMIT $3");
    PAGE_LIVE = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 \
        AND (completed_at_us IS NULL OR highest_level IS NOT NULL OR next_alarm_us IS NOT NULL) ORDER BY subject LIMIT $3");
    PAGE_TOUCHED = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 \
        AND (completed_at_us IS NULL OR highest_level IS NOT NULL OR next_alarm_us IS NOT NULL OR promised_due_at_us >= $3 \
        OR statutory_due_at_us >= $3 OR stage_due_at_us >= $3 OR completed_at_us >= $4) ORDER BY subject LIMIT $5");
    PAGE_WITHIN = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 AND received_at_us < $3 \
        AND (completed_at_us IS NULL OR completed_at_us >= $4) ORDER BY subject LIMIT $5");
    OF_UNIT = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND unit = $2 AND state = $3 \
        ORDER BY promised_due_at_us NULLS LAST, subject LIMIT $4 OFFSET $5");
    OPEN_OF_UNIT = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND unit = $2 AND completed_at_us IS NULL \
        ORDER BY promised_due_at_us NULLS LAST, subject LIMIT $3 OFFSET $4");
    // The list of a unit in the order of numbers is that of each state merged: the index has the state before the number.
    CASES_IN_STATE = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND unit = $2 AND state = $3 \
        AND kind = 'case' AND subject > $4 ORDER BY subject LIMIT $5");
    CASES = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND subject > $2 AND kind = 'case' \
        ORDER BY subject LIMIT $3");
    ABOUT = concat!("SELECT ", columns!(), " FROM subject WHERE division = $1 AND about = $2 ORDER BY subject");
    COUNTS = "SELECT kind, state, COUNT(*) AS count FROM subject WHERE division = $1 GROUP BY kind, state ORDER BY kind, state";
}

/// A subject by its number.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<Option<SubjectRow>, StoreError> {
    fetch_optional!(conn, SubjectRow, GET, division, subject)
}

/// What a command must know of a subject, with the value of a key of [`crate::meta`].
pub async fn head(
    conn: &mut Conn,
    division: &str,
    subject: &str,
    meta_key: &str,
) -> Result<Option<Head>, StoreError> {
    fetch_optional!(conn, Head, HEAD, division, subject, meta_key)
}

/// Stores a new subject; one that exists already is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &SubjectRow) -> Result<(), StoreError> {
    let inserted = on_db!(conn, |c| bind_row!(sqlx::query(INSERT), row)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .map_err(|error| conn.note_failure(statement_name!(INSERT), error))?;
    one_row(inserted, row)
}

/// What the row was when it was read: an update goes through only if nothing was appended since.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    /// The number of the last event then.
    pub seq: i64,
    /// Its hash then.
    pub hash: String,
}

impl Seen {
    /// What is seen in a row.
    pub fn of(row: &SubjectRow) -> Self {
        Self {
            seq: row.seq,
            hash: row.hash.clone(),
        }
    }
}

/// Replaces a subject's row unless an event was appended since it was read, which is a [`StoreError::Conflict`].
pub async fn update(conn: &mut Conn, row: &SubjectRow, seen: &Seen) -> Result<(), StoreError> {
    let updated = on_db!(conn, |c| bind_row!(sqlx::query(UPDATE), row)
        .bind(seen.seq)
        .bind(&seen.hash)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .map_err(|error| conn.note_failure(statement_name!(UPDATE), error))?;
    one_row(updated, row)
}

fn one_row(touched: u64, row: &SubjectRow) -> Result<(), StoreError> {
    match touched {
        1 => Ok(()),
        _ => Err(moved_on(row)),
    }
}

/// The row isn't what it was when it was seen.
pub(crate) fn moved_on(row: &SubjectRow) -> StoreError {
    StoreError::Conflict {
        table: "subject",
        key: format!("{}/{}", row.division, row.subject),
    }
}

/// Subjects whose alarm is due at `up_to_us`, earliest first, after a position; (i64::MIN, "") is before all.
pub async fn due(
    conn: &mut Conn,
    division: &str,
    up_to_us: i64,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn, SubjectRow, DUE, division, up_to_us, after.0, after.1, limit
    )
}

/// The earliest alarm of a division.
pub async fn next_alarm(conn: &mut Conn, division: &str) -> Result<Option<i64>, StoreError> {
    fetch_value!(conn, Option<i64>, NEXT_ALARM, division)
}

/// All subjects in the order of their numbers, after one of them; "" is before all.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(conn, SubjectRow, PAGE, division, after, limit)
}

/// Subjects that aren't completed, in the order of their numbers, after one of them; "" is before all.
pub async fn page_open(
    conn: &mut Conn,
    division: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(conn, SubjectRow, PAGE_OPEN, division, after, limit)
}

/// Subjects that a revision may touch: not completed, or with a warning that stands, or with an alarm that waits. In
/// the order of their numbers, after one of them; "" is before all.
pub async fn page_live(
    conn: &mut Conn,
    division: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(conn, SubjectRow, PAGE_LIVE, division, after, limit)
}

/// As [`page_live`], and with them those that are over with a limit that ended at or after an instant, or ended themselves
/// at or after another one.
pub async fn page_touched(
    conn: &mut Conn,
    division: &str,
    after: &str,
    (due_from_us, over_from_us): (i64, i64),
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn,
        SubjectRow,
        PAGE_TOUCHED,
        division,
        after,
        due_from_us,
        over_from_us,
        limit
    )
}

/// Subjects that were under way within `[from_us, to_us)`, in the order of their numbers, after one of them; "" is before
/// all.
pub async fn page_within(
    conn: &mut Conn,
    division: &str,
    after: &str,
    (from_us, to_us): (i64, i64),
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn,
        SubjectRow,
        PAGE_WITHIN,
        division,
        after,
        to_us,
        from_us,
        limit
    )
}

/// A unit's subjects in a state, those with the least time left first.
pub async fn of_unit(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    state: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn, SubjectRow, OF_UNIT, division, unit, state, limit, offset
    )
}

/// A unit's subjects that aren't completed, those with the least time left first.
pub async fn open_of_unit(
    conn: &mut Conn,
    division: &str,
    unit: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn,
        SubjectRow,
        OPEN_OF_UNIT,
        division,
        unit,
        limit,
        offset
    )
}

/// A unit's cases in a state in the order of their numbers, after one of them; "" is before all.
pub async fn cases_in_state(
    conn: &mut Conn,
    division: &str,
    (unit, state): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(
        conn,
        SubjectRow,
        CASES_IN_STATE,
        division,
        unit,
        state,
        after,
        limit
    )
}

/// All cases in the order of their numbers, after one of them; "" is before all.
pub async fn cases(
    conn: &mut Conn,
    division: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(conn, SubjectRow, CASES, division, after, limit)
}

/// The orders about a case, and the appeals against cards of a case or an order.
pub async fn about(
    conn: &mut Conn,
    division: &str,
    case: &str,
) -> Result<Vec<SubjectRow>, StoreError> {
    fetch_all!(conn, SubjectRow, ABOUT, division, case)
}

/// How many subjects are in which state.
pub async fn counts(conn: &mut Conn, division: &str) -> Result<Vec<StateCount>, StoreError> {
    fetch_all!(conn, StateCount, COUNTS, division)
}
