//! What was answered under keys that callers of the interface chose.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_optional, on_db, statement_name, statements,
};

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiReceiptRow {
    /// The division.
    pub division: String,
    /// Whose key it is.
    pub token: String,
    /// The key.
    pub key: String,
    /// The digest of what was asked.
    pub request: String,
    /// The answer's status.
    pub status: i64,
    /// The answer.
    pub body: String,
    /// When it was given.
    pub at_us: i64,
}

impl Table for ApiReceiptRow {
    const TABLE: &'static str = "api_receipt";
    const KEY: &'static [&'static str] = &["division", "token", "key"];
}

macro_rules! columns {
    () => {
        "division, token, key, request, status, body, at_us"
    };
}

statements! {
    INSERT = concat!("INSERT INTO api_receipt (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM api_receipt WHERE division = $1 AND token = $2 AND key = $3");
    END_OLD = "DELETE FROM api_receipt WHERE division = $1 AND at_us < $2";
    END_OLD_OF = "DELETE FROM api_receipt WHERE division = $1 AND token = $2 AND at_us < $3";
    END_OF_TOKEN = "DELETE FROM api_receipt WHERE division = $1 AND token = $2";
}

/// Keeps an answer. If another transaction has kept one under this key meanwhile, that is a [`StoreError::Conflict`]: run
/// again, the work finds it.
pub async fn insert(conn: &mut Conn, row: &ApiReceiptRow) -> Result<(), StoreError> {
    match execute!(
        conn,
        INSERT,
        &row.division,
        &row.token,
        &row.key,
        &row.request,
        row.status,
        &row.body,
        row.at_us
    )? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "api_receipt",
            key: format!("{}/{}/{}", row.division, row.token, row.key),
        }),
    }
}

/// The answer under a key.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    token: &str,
    key: &str,
) -> Result<Option<ApiReceiptRow>, StoreError> {
    fetch_optional!(conn, ApiReceiptRow, GET, division, token, key)
}

/// Removes all answers from before an instant; gives how many.
pub async fn end_old(conn: &mut Conn, division: &str, before_us: i64) -> Result<i64, StoreError> {
    execute!(conn, END_OLD, division, before_us)
}

/// Removes a token's answers from before an instant; gives how many.
pub async fn end_old_of(
    conn: &mut Conn,
    division: &str,
    token: &str,
    before_us: i64,
) -> Result<i64, StoreError> {
    execute!(conn, END_OLD_OF, division, token, before_us)
}

/// Removes all answers of a token; gives how many.
pub async fn end_of_token(conn: &mut Conn, division: &str, token: &str) -> Result<i64, StoreError> {
    execute!(conn, END_OF_TOKEN, division, token)
}
