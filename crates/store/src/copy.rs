//! Copies of a SQLite record: making one while others write, and bringing a file to rest before it is moved.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::StoreError;
use crate::conn::statements;
use crate::open::{self, Address};

/// What [`AT_REST_SQLITE`] answers when it is so.
const AT_REST: &str = "delete";

statements! {
    /// Reads one state of the record, however long it takes; writers go on behind it in the write-ahead log.
    COPY_SQLITE = "VACUUM INTO $1";
    /// Takes what is in the write-ahead log into the file; refused while anybody else has the file open.
    AT_REST_SQLITE = "PRAGMA journal_mode = DELETE";
}

/// Copies the record into a file that isn't there yet, or is empty.
pub(crate) async fn sqlite(
    url: &str,
    options: &SqliteConnectOptions,
    path: &str,
) -> Result<(), StoreError> {
    let mut connection = open::sqlite_connection(url, options).await?;
    let copied = sqlx::query(COPY_SQLITE)
        .bind(path)
        .execute(&mut connection)
        .await;
    close(connection).await?;
    copied
        .map(drop)
        .map_err(|error| StoreError::from_driver("copy::COPY", error))
}

/// Brings a SQLite record to rest: all of it in the one file, and nobody else at work on it. Opening it again ends that.
///
/// # Errors
/// [`StoreError::Busy`] while somebody has it open; [`StoreError::NoFile`] for PostgreSQL.
pub async fn at_rest(url: &str) -> Result<(), StoreError> {
    let Address::Sqlite(options) = open::address(url)? else {
        return Err(StoreError::NoFile);
    };
    let mut connection = open::sqlite_connection(url, &options).await?;
    let mode: Result<String, sqlx::Error> = sqlx::query_scalar(AT_REST_SQLITE)
        .fetch_one(&mut connection)
        .await;
    close(connection).await?;
    match mode {
        Ok(mode) if mode == AT_REST => Ok(()),
        Ok(_) => Err(StoreError::Busy {
            statement: "copy::AT_REST",
            source: None,
        }),
        Err(error) => Err(StoreError::from_driver("copy::AT_REST", error)),
    }
}

async fn close(connection: SqliteConnection) -> Result<(), StoreError> {
    let closed = connection.close().await;
    closed.map_err(|error| StoreError::from_driver("close", error))
}
