//! The audit log of the desks: a chain of its own for each division, appended and never changed.

use crate::StoreError;
use crate::chain::{GENESIS, HashAlgorithm, chain_hash};
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};
use crate::counter;

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
}

macro_rules! columns {
    () => {
        "division, seq, at_us, account, act, target, done, payload, hash_algorithm, previous_hash, hash"
    };
}

statements! {
    INSERT = concat!("INSERT INTO audit (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM audit WHERE division = $1 AND seq = $2");
    NEWEST = concat!("SELECT ", columns!(), " FROM audit WHERE division = $1 AND (CAST($2 AS TEXT) IS NULL OR account = $2) \
        AND (CAST($3 AS TEXT) IS NULL OR act = $3) AND seq < $4 ORDER BY seq DESC LIMIT $5");
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

/// The newest entries that fit a filter.
pub async fn newest(
    conn: &mut Conn,
    division: &str,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    fetch_all!(
        conn,
        AuditRow,
        NEWEST,
        division,
        &filter.account,
        &filter.act,
        filter.before.unwrap_or(i64::MAX),
        limit
    )
}

/// The first entry whose number or hash isn't what the chain says, if there is one.
pub async fn first_defect(conn: &mut Conn, division: &str) -> Result<Option<i64>, StoreError> {
    const PAGE_ROWS: i64 = 500;
    let (mut last, mut hash) = (0, GENESIS.to_owned());
    loop {
        let rows = fetch_all!(conn, AuditRow, PAGE, division, last, PAGE_ROWS)?;
        if rows.is_empty() {
            return Ok(None);
        }
        for row in rows {
            let whole = HashAlgorithm::parse(&row.hash_algorithm)
                .is_some_and(|algorithm| chain_hash(algorithm, &hash, &row.payload) == row.hash);
            if row.seq != last + 1 || row.previous_hash != hash || !whole {
                return Ok(Some(last + 1));
            }
            (last, hash) = (row.seq, row.hash);
        }
    }
}
