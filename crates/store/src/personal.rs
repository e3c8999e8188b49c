//! Personal data of events: apart from the chain, so that it can be erased and the chain stays whole.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// The personal data of one event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonalRow {
    /// The division.
    pub division: String,
    /// The subject.
    pub subject: String,
    /// The event.
    pub seq: i64,
    /// The salt of the digest that the event carries.
    pub salt: Vec<u8>,
    /// The data, as the digest covers it.
    pub data: String,
}

impl Table for PersonalRow {
    const TABLE: &'static str = "personal";
    const KEY: &'static [&'static str] = &["division", "subject", "seq"];
}

statements! {
    INSERT = "INSERT INTO personal (division, subject, seq, salt, data) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    GET = "SELECT division, subject, seq, salt, data FROM personal WHERE division = $1 AND subject = $2 AND seq = $3";
    OF_SUBJECT = "SELECT division, subject, seq, salt, data FROM personal WHERE division = $1 AND subject = $2 ORDER BY seq";
    ERASE = "DELETE FROM personal WHERE division = $1 AND subject = $2";
    PAGE = "SELECT division, subject, seq, salt, data FROM personal WHERE division = $1 AND (subject, seq) > ($2, $3) \
        ORDER BY subject, seq LIMIT $4";
}

/// Stores the personal data of an event.
pub async fn put(conn: &mut Conn, row: &PersonalRow) -> Result<(), StoreError> {
    match execute!(
        conn,
        INSERT,
        &row.division,
        &row.subject,
        row.seq,
        &row.salt,
        &row.data
    )? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "personal",
            key: format!("{}/{}/{}", row.division, row.subject, row.seq),
        }),
    }
}

/// The personal data of an event, if it has any and it wasn't erased.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    subject: &str,
    seq: i64,
) -> Result<Option<PersonalRow>, StoreError> {
    fetch_optional!(conn, PersonalRow, GET, division, subject, seq)
}

/// All personal data of a subject, in the order of its events.
pub async fn of_subject(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<Vec<PersonalRow>, StoreError> {
    fetch_all!(conn, PersonalRow, OF_SUBJECT, division, subject)
}

/// Erases data and salts of a subject for good; gives the number of events that lost theirs.
pub async fn erase(conn: &mut Conn, division: &str, subject: &str) -> Result<i64, StoreError> {
    execute!(conn, ERASE, division, subject)
}

/// A division's personal data in the order of keys, after a key.
pub async fn page(
    conn: &mut Conn,
    division: &str,
    after: (&str, i64),
    limit: i64,
) -> Result<Vec<PersonalRow>, StoreError> {
    fetch_all!(conn, PersonalRow, PAGE, division, after.0, after.1, limit)
}
