//! Facts about the whole database, one word each.

use crate::StoreError;
use crate::conn::{Conn, execute, fetch_column, fetch_value, on_db, statement_name, statements};

statements! {
    SERVER_CLOCK_POSTGRES = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
    /// The cluster and the database in it: a copy that was restored from a dump is another one.
    HOME_POSTGRES = "SELECT CAST(cluster.system_identifier AS TEXT) || '/' || CAST(place.oid AS TEXT) \
        FROM pg_control_system() AS cluster, pg_database AS place WHERE place.datname = current_database()";
    /// The number spells "shbm"; any will do that nobody else uses in this database.
    HOLD_BOOKS_POSTGRES = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT pg_advisory_xact_lock(1936222573)) AS held";
    GET = "SELECT value FROM meta WHERE key = $1";
    SET = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    SET_IF_ABSENT = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    REPLACE = "UPDATE meta SET value = $3 WHERE key = $1 AND value = $2";
}

/// The value of a key.
pub async fn get(conn: &mut Conn, key: &str) -> Result<Option<String>, StoreError> {
    Ok(fetch_column!(conn, String, GET, key)?.pop())
}

/// Sets a key whatever it was.
pub async fn set(conn: &mut Conn, key: &str, value: &str) -> Result<(), StoreError> {
    execute!(conn, SET, key, value).map(|_| ())
}

/// Sets a key that isn't set yet; false if it was.
pub async fn set_if_absent(conn: &mut Conn, key: &str, value: &str) -> Result<bool, StoreError> {
    Ok(execute!(conn, SET_IF_ABSENT, key, value)? == 1)
}

/// Changes a key from one value to another; false if it had another value.
pub async fn replace(conn: &mut Conn, key: &str, from: &str, to: &str) -> Result<bool, StoreError> {
    Ok(execute!(conn, REPLACE, key, from, to)? == 1)
}

/// Waits until every write transaction that began before has ended, and keeps others out until this one does.
/// What rests on calendar, rules, items and people is decided by one state of them: a subject that a command wrote
/// by the old books is there when the batches of a revision begin. On SQLite a single writer gives that by itself.
pub async fn hold_books(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(_) => fetch_value!(conn, i64, HOLD_BOOKS_POSTGRES).map(|_| ()),
    }
}

/// Where the record lives, as the server names it; `None` on SQLite, and where the server doesn't say.
pub async fn home(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let found = match conn {
        Conn::Sqlite(_) => return Ok(None),
        Conn::Postgres(_) => fetch_value!(conn, String, HOME_POSTGRES),
    };
    match found {
        Ok(home) => Ok(Some(home)),
        // A server that keeps it to itself.
        Err(StoreError::Statement { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the server's clock says; `None` on SQLite.
pub(crate) async fn server_clock_us(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Postgres(_) => fetch_value!(conn, i64, SERVER_CLOCK_POSTGRES).map(Some),
    }
}
