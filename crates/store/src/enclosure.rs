//! Files that go with messages. A file is stored once, by its digest: the same report goes to many.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, execute, fetch_all, on_db, statement_name, statements};

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EnclosureRow {
    /// The division.
    pub division: String,
    /// The message that it goes with.
    pub message_id: String,
    /// Its place among the files of the message, from 0.
    pub place: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// The SM3 digest of its bytes.
    pub sm3: String,
}

impl Table for EnclosureRow {
    const TABLE: &'static str = "message_enclosure";
    const KEY: &'static [&'static str] = &["division", "message_id", "place"];
}

/// A file of a message with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EnclosedFile {
    /// The message that it goes with.
    pub message_id: String,
    /// Its place among the files of the message, from 0.
    pub place: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

impl Table for EnclosedFile {
    const TABLE: &'static str = "message_enclosure";
    const KEY: &'static [&'static str] = &["message_id", "place"];
}

statements! {
    PUT_FILE = "INSERT INTO message_file (division, sm3, size, data) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    ENCLOSE = "INSERT INTO message_enclosure (division, message_id, place, name, media_type, sm3) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT DO NOTHING";
    OF_MESSAGE = "SELECT e.message_id, e.place, e.name, e.media_type, f.data FROM message_enclosure e \
        JOIN message_file f ON f.division = e.division AND f.sm3 = e.sm3 \
        WHERE e.division = $1 AND e.message_id = $2 ORDER BY e.place";
}

/// Stores a file; one with the same digest is there already and stays.
pub async fn put_file(
    conn: &mut Conn,
    division: &str,
    sm3: &str,
    data: &[u8],
) -> Result<(), StoreError> {
    let size = i64::try_from(data.len()).unwrap_or(i64::MAX);
    execute!(conn, PUT_FILE, division, sm3, size, data).map(|_| ())
}

/// Encloses a stored file with a message; a place that is taken is a [`StoreError::Conflict`].
pub async fn enclose(conn: &mut Conn, row: &EnclosureRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        ENCLOSE,
        &row.division,
        &row.message_id,
        row.place,
        &row.name,
        &row.media_type,
        &row.sm3
    )?;
    match inserted {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "message_enclosure",
            key: format!("{}/{}/{}", row.division, row.message_id, row.place),
        }),
    }
}

/// The files of a message in their order.
pub async fn of_message(
    conn: &mut Conn,
    division: &str,
    message_id: &str,
) -> Result<Vec<EnclosedFile>, StoreError> {
    fetch_all!(conn, EnclosedFile, OF_MESSAGE, division, message_id)
}
