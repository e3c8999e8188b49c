//! Opening either database with the settings that the record needs.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, SqliteConnection, SqlitePool};
// How long opening takes is measured with the runtime's own timer: it is no business time.
use tokio::time::Instant;

use crate::{StoreError, hosts};

/// How long a reader waits for a lock; writers elsewhere hold it for 50 ms at most, recovery after a crash for longer.
const SQLITE_BUSY: Duration = Duration::from_secs(10);
/// Readers on SQLite: reading is short and the host's processors are few.
const SQLITE_READERS_MAX: u32 = 8;
/// Rows that a reader hands over before it waits for whoever takes them: more than a page of a list has.
const SQLITE_ROWS_READY: usize = 256;
/// Connections of one process to PostgreSQL: enough to group flushes, few enough for several processes within its default of 100.
pub(crate) const POSTGRES_CONNECTIONS_MAX: u32 = 20;
/// How long after its last use a connection is taken to be alive. A server isn't restarted within it, and a process
/// that is busy uses all its connections more often.
const POSTGRES_TRUSTED: Duration = Duration::from_millis(100);
/// How long a command waits for a free connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a busy database is asked again while it is being opened, with [`OPEN_PAUSE`] between. The last time may
/// take [`SQLITE_BUSY`] once more.
const OPEN_MAX: Duration = Duration::from_secs(5);
/// See [`OPEN_MAX`].
const OPEN_PAUSE: Duration = Duration::from_millis(100);

/// Each connection's settings on PostgreSQL. Durability isn't left to the server's configuration; a lock that
/// doesn't come within the time of a busy SQLite is reported the same way.
const POSTGRES_SETTINGS: &str = "SET synchronous_commit = on; SET lock_timeout = '10s'; \
    SET default_transaction_isolation = 'read committed'; SET client_min_messages = warning";

/// What an address says.
pub(crate) enum Address {
    Sqlite(Box<SqliteConnectOptions>),
    /// One for each host.
    Postgres(Vec<PgConnectOptions>),
}

/// Reads `sqlite:PATH` or `postgres://…`, of several hosts perhaps.
pub(crate) fn address(url: &str) -> Result<Address, StoreError> {
    let unclear = || StoreError::Address {
        url: without_password(url),
    };
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        // A database in memory has one connection only, so nobody could read beside the writer.
        if path.is_empty() || path == ":memory:" {
            return Err(unclear());
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .statement_cache_capacity(256)
            .row_buffer_size(SQLITE_ROWS_READY)
            .disable_statement_logging();
        return Ok(Address::Sqlite(Box::new(options)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let hosts = hosts::of_address(url).ok_or_else(unclear)?;
        let settled = |options: PgConnectOptions| {
            options
                .application_name("shixian")
                .statement_cache_capacity(256)
                .disable_statement_logging()
        };
        return Ok(Address::Postgres(hosts.into_iter().map(settled).collect()));
    }
    Err(unclear())
}

/// The address as it may be shown: what stands between `:` and `@` is left out.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((account, server)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = account.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{server}")
}

/// A connection that may write. Several processes may be opening the same file, so a busy one is asked again.
pub(crate) async fn sqlite_connection(
    url: &str,
    options: &SqliteConnectOptions,
) -> Result<SqliteConnection, StoreError> {
    let begun = Instant::now();
    loop {
        match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => match StoreError::from_driver("open", error) {
                StoreError::Busy { .. } if begun.elapsed() < OPEN_MAX => {
                    tokio::time::sleep(OPEN_PAUSE).await
                }
                error => return Err(opening(url, error)),
            },
        }
    }
}

/// Connections that can't write.
pub(crate) fn sqlite_readers(options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_lazy_with(options.pragma("query_only", "on"))
}

/// Connections to PostgreSQL; the first is made at once, so that a wrong address is told at the start. Of several hosts
/// the one that takes writes is used.
pub(crate) async fn postgres_pool(
    url: &str,
    hosts: &[PgConnectOptions],
) -> Result<PgPool, StoreError> {
    let several = hosts.len() > 1;
    let host = if several {
        let primary = hosts::primary(hosts).await;
        primary.map_err(|error| opening(url, StoreError::from_driver("open", error)))?
    } else {
        hosts.first()
    };
    let Some(options) = host.cloned() else {
        return Err(hosts::all_follow(without_password(url)));
    };
    PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Asking before each command would cost a round trip of the few that a page has: only one that lay idle is asked
        // whether it still answers, and replaced if it doesn't.
        .test_before_acquire(false)
        .before_acquire(|connection, state| {
            Box::pin(async move {
                let trusted = state.idle_for < POSTGRES_TRUSTED;
                Ok(trusted || sqlx::Connection::ping(connection).await.is_ok())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(&mut *connection, POSTGRES_SETTINGS).await?;
                // One that follows is not taken for the primary while another one is being promoted.
                if several && hosts::in_recovery(connection).await? {
                    return Err(sqlx::Error::Io(
                        std::io::ErrorKind::ConnectionRefused.into(),
                    ));
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| opening(url, StoreError::from_driver("open", error)))
}

fn opening(url: &str, error: StoreError) -> StoreError {
    let url = without_password(url);
    match error {
        StoreError::Unreachable { source, .. } | StoreError::Statement { source, .. } => {
            StoreError::Open { url, source }
        }
        StoreError::Busy {
            source: Some(source),
            ..
        } if matches!(*source, sqlx::Error::PoolTimedOut) => StoreError::Open {
            url,
            source: Arc::clone(&source),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://ann:se@cret@db:5432/x"),
            "postgres://ann@db:5432/x"
        );
        assert_eq!(without_password("sqlite:a.db"), "sqlite:a.db");
        let Err(StoreError::Address { url }) = address("mysql://ann:secret@db/x") else {
            panic!("accepted")
        };
        assert_eq!(url, "mysql://ann@db/x");
    }

    #[test]
    fn memory_is_no_place_for_a_record() {
        assert!(address("sqlite::memory:").is_err());
        assert!(address("sqlite:").is_err());
    }
}
