//! Attachments: files that were handed in with an event. The event carries their digests.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// What is known of a file, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AttachmentRow {
    /// The division.
    pub division: String,
    /// Its number.
    pub attachment: String,
    /// The subject that it belongs to.
    pub subject: String,
    /// The event that it was handed in with; none until it is bound to one.
    pub seq: Option<i64>,
    /// Its name, made safe.
    pub name: String,
    /// What it is, by its first bytes.
    pub media_type: String,
    /// Its length in bytes.
    pub size: i64,
    /// The SM3 digest of its bytes.
    pub sm3: String,
    /// Who handed it in.
    pub by_person: Option<String>,
    /// When it was recorded.
    pub at_us: i64,
}

impl Table for AttachmentRow {
    const TABLE: &'static str = "attachment";
    const KEY: &'static [&'static str] = &["division", "attachment"];
}

/// The bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct DataRow {
    attachment: String,
    data: Vec<u8>,
}

impl Table for DataRow {
    const TABLE: &'static str = "attachment";
    const KEY: &'static [&'static str] = &["attachment"];
}

macro_rules! columns {
    () => {
        "division, attachment, subject, seq, name, media_type, size, sm3, by_person, at_us"
    };
}

statements! {
    INSERT = concat!("INSERT INTO attachment (", columns!(), ", data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
        ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM attachment WHERE division = $1 AND attachment = $2");
    DATA = "SELECT attachment, data FROM attachment WHERE division = $1 AND attachment = $2";
    BIND = "UPDATE attachment SET seq = $4 WHERE division = $1 AND attachment = $2 AND subject = $3 AND seq IS NULL";
    OF_SUBJECT = concat!("SELECT ", columns!(), " FROM attachment WHERE division = $1 AND subject = $2 ORDER BY attachment");
    BETWEEN = concat!("SELECT ", columns!(), " FROM attachment WHERE division = $1 AND subject >= $2 AND subject <= $3 \
        ORDER BY subject, attachment");
}

/// Stores a file; a number that is taken is a [`StoreError::Conflict`].
pub async fn put(conn: &mut Conn, row: &AttachmentRow, data: &[u8]) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.attachment,
        &row.subject,
        row.seq,
        &row.name,
        &row.media_type,
        row.size,
        &row.sm3,
        &row.by_person,
        row.at_us,
        data
    )?;
    one(inserted, &row.division, &row.attachment)
}

/// Binds a file of a subject to the event that carries its digest; one that is bound already is a
/// [`StoreError::Conflict`].
pub async fn bind(
    conn: &mut Conn,
    division: &str,
    attachment: &str,
    subject: &str,
    seq: i64,
) -> Result<(), StoreError> {
    let bound = execute!(conn, BIND, division, attachment, subject, seq)?;
    one(bound, division, attachment)
}

fn one(touched: i64, division: &str, attachment: &str) -> Result<(), StoreError> {
    match touched {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "attachment",
            key: format!("{division}/{attachment}"),
        }),
    }
}

/// What is known of a file.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    attachment: &str,
) -> Result<Option<AttachmentRow>, StoreError> {
    fetch_optional!(conn, AttachmentRow, GET, division, attachment)
}

/// The bytes of a file.
pub async fn data(
    conn: &mut Conn,
    division: &str,
    attachment: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(conn, DataRow, DATA, division, attachment)?;
    Ok(row.map(|row| row.data))
}

/// The files of a subject, in the order of their numbers.
pub async fn of_subject(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<Vec<AttachmentRow>, StoreError> {
    fetch_all!(conn, AttachmentRow, OF_SUBJECT, division, subject)
}

/// The files of all subjects from one to another, both included.
pub async fn between(
    conn: &mut Conn,
    division: &str,
    first: &str,
    last: &str,
) -> Result<Vec<AttachmentRow>, StoreError> {
    fetch_all!(conn, AttachmentRow, BETWEEN, division, first, last)
}
