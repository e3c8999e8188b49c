//! The store: one of two databases, written through [`Store::write`] and read through [`Store::read`].

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgPool, SqlitePool};

use crate::conn::Conn;
use crate::error::{AsConflict, StoreError};
use crate::migration;
use crate::open::{self, Address};
use crate::writer::{self, Writer};

/// How often a transaction on PostgreSQL is run again after it met another one. Each meeting lets the other one
/// through, so ten is far more than a desk ever needs.
const ATTEMPTS_MAX: u32 = 10;
/// How often a broken connection is replaced before the server counts as unreachable.
const RECONNECTS_MAX: u32 = 3;

/// Which of the two databases it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The record's database. Cloning is cheap; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Arc<Backend>,
}

#[derive(Debug)]
enum Backend {
    Sqlite {
        url: String,
        options: Box<SqliteConnectOptions>,
        readers: SqlitePool,
        writer: Writer,
    },
    Postgres {
        pool: PgPool,
    },
}

impl Store {
    /// Opens `sqlite:PATH` (made if it isn't there) or `postgres://USER@HOST/DATABASE`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let backend = match open::address(url)? {
            Address::Sqlite(options) => {
                let writer = Writer::start(open::sqlite_connection(url, &options).await?).await?;
                let readers = open::sqlite_readers(SqliteConnectOptions::clone(&options));
                Backend::Sqlite {
                    url: url.to_owned(),
                    options,
                    readers,
                    writer,
                }
            }
            Address::Postgres(options) => Backend::Postgres {
                pool: open::postgres_pool(url, *options).await?,
            },
        };
        Ok(Self {
            backend: Arc::new(backend),
        })
    }

    /// Which of the two databases it is.
    pub fn dialect(&self) -> Dialect {
        match *self.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Brings the tables up to date; does nothing if they are.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { url, options, .. } => {
                let mut connection = open::sqlite_connection(url, options).await?;
                let done = migration::run_sqlite(&mut connection).await;
                connection
                    .close()
                    .await
                    .map_err(|error| StoreError::from_driver("close", error))?;
                done
            }
            Backend::Postgres { pool } => {
                let mut connection = pool
                    .acquire()
                    .await
                    .map_err(|error| StoreError::from_driver("acquire", error))?;
                migration::run_postgres(&mut connection).await
            }
        }
    }

    /// The version of the tables, 0 if there are none yet.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        migration::version(&mut self.read().await?).await
    }

    /// Refuses tables of another version than this program's.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let found = self.schema_version().await?;
        let wanted = migration::wanted(self.dialect());
        if found == wanted {
            Ok(())
        } else {
            Err(StoreError::SchemaVersion { found, wanted })
        }
    }

    /// A connection for reading, each statement for itself.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        let acquiring = |error| StoreError::from_driver("acquire", error);
        match &*self.backend {
            Backend::Sqlite { readers, .. } => Ok(Conn::sqlite_reader(
                readers.acquire().await.map_err(acquiring)?,
            )),
            Backend::Postgres { pool } => {
                for _ in 0..RECONNECTS_MAX {
                    let mut connection = pool.acquire().await.map_err(acquiring)?;
                    if connection.ping().await.is_ok() {
                        return Ok(Conn::postgres_free(connection));
                    }
                }
                Ok(Conn::postgres_free(
                    pool.acquire().await.map_err(acquiring)?,
                ))
            }
        }
    }

    /// A connection whose statements all see the record as it is at the first one. Short work only: on SQLite the
    /// write-ahead log can't be emptied meanwhile.
    pub async fn snapshot(&self) -> Result<Conn, StoreError> {
        let beginning = |error| StoreError::from_driver("BEGIN", error);
        match &*self.backend {
            Backend::Sqlite { readers, .. } => Ok(Conn::sqlite_snapshot(
                readers.begin().await.map_err(beginning)?,
            )),
            Backend::Postgres { pool } => {
                const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                for _ in 0..RECONNECTS_MAX {
                    if let Ok(transaction) = pool.begin_with(BEGIN).await {
                        return Ok(Conn::postgres_transaction(transaction));
                    }
                }
                Ok(Conn::postgres_transaction(
                    pool.begin_with(BEGIN).await.map_err(beginning)?,
                ))
            }
        }
    }

    /// Runs `work` in a transaction and answers when its commit is durable.
    ///
    /// On SQLite work that waits together shares one commit, each with a savepoint of its own, so that an error
    /// undoes only its own; on PostgreSQL it has a transaction of its own, run again (a bounded number of times)
    /// when it meets another one. Work must therefore read what it rests on inside, and have no other effects.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsConflict + Send + 'static,
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => writer.write(work).await,
            Backend::Postgres { pool } => write_postgres(pool, work).await,
        }
    }

    /// Ends the writer after what waits for it, and closes all connections.
    pub async fn close(&self) {
        match &*self.backend {
            Backend::Sqlite {
                readers, writer, ..
            } => {
                writer.close().await;
                readers.close().await;
            }
            Backend::Postgres { pool } => pool.close().await,
        }
    }
}

async fn write_postgres<T, E, F>(pool: &PgPool, work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + AsConflict + Send + 'static,
    F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
{
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut conn = begin_postgres(pool).await?;
        let error = match writer::guarded(&work, &mut conn).await {
            Ok(value) => match conn.commit().await {
                Ok(()) => return Ok(value),
                Err(error) => E::from(StoreError::from_commit(error)),
            },
            Err(error) => {
                if let Err(error) = conn.rollback().await {
                    tracing::debug!(error = %error, "rolling back failed, the connection is dropped");
                }
                error
            }
        };
        if !error.is_conflict() || attempt >= ATTEMPTS_MAX {
            return Err(error);
        }
        tracing::debug!(
            store.attempt = attempt,
            "a transaction met another one and is run again"
        );
        tokio::time::sleep(Duration::from_millis(u64::from(attempt))).await;
    }
}

/// Begins a transaction; a connection that broke while it lay idle is replaced, for nothing has been done on it yet.
async fn begin_postgres(pool: &PgPool) -> Result<Conn, StoreError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match pool.begin().await {
            Ok(transaction) => return Ok(Conn::postgres_transaction(transaction)),
            Err(error) => match StoreError::from_driver("BEGIN", error) {
                StoreError::Unreachable { .. } if attempt <= RECONNECTS_MAX => {}
                error => return Err(error),
            },
        }
    }
}
