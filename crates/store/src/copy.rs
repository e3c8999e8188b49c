//! Copies of a SQLite record: making one while others write, and bringing a file to rest before it is moved.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::StoreError;
use crate::conn::statements;
use crate::open::{self, Address};

/// What [`AT_REST_SQLITE`] answers when it is so.
const AT_REST: &str = "delete";

/// What [`FAULTS_SQLITE`] answers of a sound file.
const SOUND: &str = "ok";

/// SQLite's code for a damaged file (SQLITE_CORRUPT).
const CORRUPT: u32 = 11;

statements! {
    /// Reads one state of the record, however long it takes; writers go on behind it in the write-ahead log.
    COPY_SQLITE = "VACUUM INTO $1";
    /// Takes what is in the write-ahead log into the file; refused while anybody else has the file open.
    AT_REST_SQLITE = "PRAGMA journal_mode = DELETE";
    /// Looks at every page of the file, and at each index beside its table; tells at most so many faults.
    FAULTS_SQLITE = "PRAGMA integrity_check(20)";
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

/// What is wrong with a SQLite file as a file, in SQLite's words; nothing if it is sound. What the record says, `verify`
/// looks at.
///
/// # Errors
/// Of a file that can't be read at all; [`StoreError::NoFile`] for PostgreSQL.
pub async fn faults(url: &str) -> Result<Vec<String>, StoreError> {
    let Address::Sqlite(options) = open::address(url)? else {
        return Err(StoreError::NoFile);
    };
    let mut connection = open::sqlite_connection(url, &options).await?;
    let found: Result<Vec<String>, sqlx::Error> = sqlx::query_scalar(FAULTS_SQLITE)
        .fetch_all(&mut connection)
        .await;
    close(connection).await?;
    match found {
        Ok(mut faults) => {
            faults.retain(|fault| fault != SOUND);
            Ok(faults)
        }
        // Some damage keeps it from looking any further.
        Err(sqlx::Error::Database(error)) if is_corrupt(&*error) => {
            Ok(vec![error.message().to_owned()])
        }
        Err(error) => Err(StoreError::from_driver("copy::FAULTS", error)),
    }
}

fn is_corrupt(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    // The low byte is the kind, those above say more of it.
    code.is_some_and(|code| code & 0xff == CORRUPT)
}

async fn close(connection: SqliteConnection) -> Result<(), StoreError> {
    let closed = connection.close().await;
    closed.map_err(|error| StoreError::from_driver("close", error))
}
