//! The audit log of the desks: a chain of its own for each division, appended and never changed.

use chrono::DateTime;
use serde::Deserialize;

use crate::StoreError;
use crate::chain::{GENESIS, HashAlgorithm, chain_hash};
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};
use crate::counter;
use crate::verify::DefectKind;

/// The counter's row: one for the whole division, since the chain is one.
const ALL_UNITS: &str = "*";
/// As [`ALL_UNITS`], for the day.
const ALL_DAYS: &str = "*";
/// What the counter counts.
const PURPOSE: &str = "audit";

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// The division.
    pub division: String,
    /// Its number, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at_us: i64,
    /// Who; empty where nobody was signed in.
    pub account: String,
    /// What was done or tried.
    pub act: String,
    /// To what.
    pub target: String,
    /// Whether it was done; false for what was refused.
    pub done: bool,
    /// All of it, the text that the hash covers.
    pub payload: String,
    /// The digest of this hash.
    pub hash_algorithm: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// This entry's hash.
    pub hash: String,
}

impl Table for AuditRow {
    const TABLE: &'static str = "audit";
    const KEY: &'static [&'static str] = &["division", "seq"];
}

/// An entry to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The division.
    pub division: String,
    /// When.
    pub at_us: i64,
    /// Who.
    pub account: String,
    /// What.
    pub act: String,
    /// To what.
    pub target: String,
    /// Whether it was done.
    pub done: bool,
    /// All of it, as a JSON text.
    pub payload: String,
}

/// What is asked of the log; `None` leaves a column open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of one account.
    pub account: Option<String>,
    /// One kind of act.
    pub act: Option<String>,
    /// Entries before this number, the newest first.
    pub before: Option<i64>,
    /// From an instant on, and before another one.
    pub span_us: Option<(i64, i64)>,
}

/// How the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct LogState {
    /// Entries that were read.
    pub entries: i64,
    /// The first that isn't what the chain says, and why; what comes after it rests on it.
    pub defect: Option<(i64, DefectKind)>,
}

/// The parts of a payload that columns repeat.
#[derive(Deserialize)]
struct Payload {
    at: String,
    account: String,
    act: String,
    target: String,
    done: bool,
}

macro_rules! columns {
    () => {
        "division, seq, at_us, account, act, target, done, payload, hash_algorithm, previous_hash, hash"
    };
}

/// The newest entries in the order of an index that the filter names. Numbers bound what is read, instants decide.
macro_rules! newest {
    ($of:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE division = $1 AND seq > $2 AND seq < $3 AND at_us >= $4 AND at_us < $5",
            $of,
            " ORDER BY seq DESC LIMIT $6"
        )
    };
}

statements! {
    INSERT = concat!("INSERT INTO audit (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM audit WHERE division = $1 AND seq = $2");
    NEWEST = newest!("");
    NEWEST_OF_ACCOUNT = newest!(" AND account = $7");
    NEWEST_OF_ACT = newest!(" AND act = $7");
    NEWEST_OF_BOTH = newest!(" AND account = $7 AND act = $8");
    LAST = "SELECT COALESCE(MAX(seq), 0) FROM audit WHERE division = $1";
    LAST_GIVEN = "SELECT CAST(COALESCE(MAX(next) - 1, 0) AS BIGINT) FROM counter WHERE division = $1 AND unit = $2 AND day = $3 AND purpose = $4";
    NEXT_DIVISION = "SELECT MIN(division) FROM audit WHERE division > $1";
    PAGE = concat!("SELECT ", columns!(), " FROM audit WHERE division = $1 AND seq > $2 ORDER BY seq LIMIT $3");
}

/// Appends an entry to its division's chain. Whoever appends at the same time waits for this transaction.
pub async fn append(
    conn: &mut Conn,
    entry: &NewEntry,
    algorithm: HashAlgorithm,
) -> Result<i64, StoreError> {
    let division = entry.division.as_str();
    let seq = counter::take(conn, division, ALL_UNITS, ALL_DAYS, PURPOSE).await?;
    let before = fetch_optional!(conn, AuditRow, GET, division, seq - 1)?;
    let previous = before.map_or_else(|| GENESIS.to_owned(), |row| row.hash);
    let hash = chain_hash(algorithm, &previous, &entry.payload);
    match execute!(
        conn,
        INSERT,
        division,
        seq,
        entry.at_us,
        &entry.account,
        &entry.act,
        &entry.target,
        entry.done,
        &entry.payload,
        algorithm.as_str(),
        &previous,
        &hash
    )? {
        1 => Ok(seq),
        _ => Err(StoreError::Conflict {
            table: "audit",
            key: format!("{division}/{seq}"),
        }),
    }
}

/// An entry by its number.
pub(crate) async fn get(
    conn: &mut Conn,
    division: &str,
    seq: i64,
) -> Result<Option<AuditRow>, StoreError> {
    fetch_optional!(conn, AuditRow, GET, division, seq)
}

/// The last entry.
pub(crate) async fn last(conn: &mut Conn, division: &str) -> Result<Option<AuditRow>, StoreError> {
    let seq = fetch_value!(conn, i64, LAST, division)?;
    get(conn, division, seq).await
}

/// Entries are numbered in the order in which they were written, and a clock that was set back, or two transactions at
/// once, let their instants differ from it by less than this.
const CLOCKS_DIFFER_US: i64 = 60 * 60 * 1_000_000;

/// The newest entries that fit a filter.
pub async fn newest(
    conn: &mut Conn,
    division: &str,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    let (from_us, to_us) = filter.span_us.unwrap_or((i64::MIN, i64::MAX));
    let after = match filter.span_us {
        Some(_) => first_since(conn, division, from_us.saturating_sub(CLOCKS_DIFFER_US)).await? - 1,
        None => 0,
    };
    let mut before = filter.before.unwrap_or(i64::MAX);
    if filter.span_us.is_some() {
        let end = first_since(conn, division, to_us.saturating_add(CLOCKS_DIFFER_US)).await?;
        before = before.min(end);
    }
    macro_rules! read {
        ($sql:ident $(, $bind:expr)*) => {
            fetch_all!(conn, AuditRow, $sql, division, after, before, from_us, to_us, limit $(, $bind)*)
        };
    }
    match (&filter.account, &filter.act) {
        (None, None) => read!(NEWEST),
        (Some(account), None) => read!(NEWEST_OF_ACCOUNT, account),
        (None, Some(act)) => read!(NEWEST_OF_ACT, act),
        (Some(account), Some(act)) => read!(NEWEST_OF_BOTH, account, act),
    }
}

/// The number of the first entry since an instant, found by halving: the log has no index on time and needs none.
async fn first_since(conn: &mut Conn, division: &str, at_us: i64) -> Result<i64, StoreError> {
    let last = fetch_value!(conn, i64, LAST, division)?;
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let next = fetch_all!(conn, AuditRow, PAGE, division, middle - 1, 1_i64)?.pop();
        match next {
            Some(row) if row.at_us < at_us => low = row.seq.max(middle) + 1,
            _ => high = middle,
        }
    }
    Ok(low.min(last + 1))
}

/// Reads the whole log of a division and says whether it is what was written: every number, every hash, and the
/// columns beside the text. A tail that was cut off is known by the counter of the numbers.
pub async fn check(conn: &mut Conn, division: &str) -> Result<LogState, StoreError> {
    const PAGE_ROWS: i64 = 500;
    let (mut last, mut hash) = (0, GENESIS.to_owned());
    loop {
        let rows = fetch_all!(conn, AuditRow, PAGE, division, last, PAGE_ROWS)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if let Some(defect) = defect(&row, last, &hash) {
                return Ok(LogState {
                    entries: last,
                    defect: Some((last + 1, defect)),
                });
            }
            (last, hash) = (row.seq, row.hash);
        }
    }
    let given = fetch_value!(
        conn, i64, LAST_GIVEN, division, ALL_UNITS, ALL_DAYS, PURPOSE
    )?;
    Ok(LogState {
        entries: last,
        defect: (given > last).then_some((last + 1, DefectKind::TailMissing)),
    })
}

/// What is wrong with the entry that comes after one of a number and a hash.
fn defect(row: &AuditRow, last: i64, hash: &str) -> Option<DefectKind> {
    if row.seq != last + 1 {
        return Some(DefectKind::MissingEvent);
    }
    if row.previous_hash != hash {
        return Some(DefectKind::BrokenLink);
    }
    let whole = HashAlgorithm::parse(&row.hash_algorithm)
        .is_some_and(|algorithm| chain_hash(algorithm, hash, &row.payload) == row.hash);
    if !whole {
        return Some(DefectKind::HashMismatch);
    }
    let payload = serde_json::from_str::<Payload>(&row.payload).ok();
    let told = payload.and_then(|p| {
        let at = DateTime::parse_from_rfc3339(&p.at).ok()?;
        Some((at.timestamp_micros(), p))
    });
    let Some((at_us, told)) = told else {
        return Some(DefectKind::UnreadablePayload);
    };
    let same = at_us == row.at_us
        && told.account == row.account
        && told.act == row.act
        && told.target == row.target
        && told.done == row.done;
    (!same).then_some(DefectKind::ColumnDiffers)
}

/// The next division that has a log.
pub(crate) async fn next_division(
    conn: &mut Conn,
    after: &str,
) -> Result<Option<String>, StoreError> {
    fetch_value!(conn, Option<String>, NEXT_DIVISION, after)
}
