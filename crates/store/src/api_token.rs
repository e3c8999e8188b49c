//! Tokens of other systems: who calls the interface.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiTokenRow {
    /// The division.
    pub division: String,
    /// What it is called in the log; no secret.
    pub token: String,
    /// The system that holds it.
    pub name: String,
    /// The unit whose cases it reaches; none: all of the division.
    pub unit: Option<String>,
    /// What it may, words with spaces between them.
    pub scopes: String,
    /// Requests in a minute.
    pub rate_per_minute: i64,
    /// The digest's algorithm.
    pub hash_algorithm: String,
    /// The digest of the secret.
    pub digest: String,
    /// When it was made.
    pub created_at_us: i64,
    /// By whom.
    pub created_by: String,
    /// Until when it is good.
    pub expires_at_us: i64,
    /// When it was revoked.
    pub revoked_at_us: Option<i64>,
}

impl Table for ApiTokenRow {
    const TABLE: &'static str = "api_token";
    const KEY: &'static [&'static str] = &["division", "token"];
}

macro_rules! columns {
    () => {
        "division, token, name, unit, scopes, rate_per_minute, hash_algorithm, digest, created_at_us, created_by, \
         expires_at_us, revoked_at_us"
    };
}

statements! {
    INSERT = concat!("INSERT INTO api_token (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM api_token WHERE division = $1 AND token = $2");
    LIST = concat!("SELECT ", columns!(), " FROM api_token WHERE division = $1 ORDER BY token");
    REVOKE = "UPDATE api_token SET revoked_at_us = $3 WHERE division = $1 AND token = $2 AND revoked_at_us IS NULL";
}

/// Stores a token; one of the same name in the log is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &ApiTokenRow) -> Result<(), StoreError> {
    match execute!(
        conn,
        INSERT,
        &row.division,
        &row.token,
        &row.name,
        &row.unit,
        &row.scopes,
        row.rate_per_minute,
        &row.hash_algorithm,
        &row.digest,
        row.created_at_us,
        &row.created_by,
        row.expires_at_us,
        row.revoked_at_us
    )? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "api_token",
            key: format!("{}/{}", row.division, row.token),
        }),
    }
}

/// A token by what it is called.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    token: &str,
) -> Result<Option<ApiTokenRow>, StoreError> {
    fetch_optional!(conn, ApiTokenRow, GET, division, token)
}

/// A division's tokens.
pub async fn list(conn: &mut Conn, division: &str) -> Result<Vec<ApiTokenRow>, StoreError> {
    fetch_all!(conn, ApiTokenRow, LIST, division)
}

/// Revokes a token; false if there is none, or if it was revoked already.
pub async fn revoke(
    conn: &mut Conn,
    division: &str,
    token: &str,
    at_us: i64,
) -> Result<bool, StoreError> {
    Ok(execute!(conn, REVOKE, division, token, at_us)? == 1)
}
