//! The PostgreSQL side: each command is a transaction of its own on a pooled connection; the server groups the flushes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgPool};
use tokio::sync::OnceCell;

use crate::conn::Conn;
use crate::error::{AsConflict, StoreError};
use crate::feed::{self, OffsetState};
use crate::hosts::Watch;
use crate::migration;
use crate::open::POSTGRES_CONNECTIONS_MAX;
use crate::writer::guarded;

/// How often a transaction is run again after it met another one. Each meeting lets the other one through, so ten is
/// far more than a desk ever needs.
const ATTEMPTS_MAX: u32 = 10;
/// How many broken connections in a row are replaced: after a restart of the server all of a pool may be.
const RECONNECTS_MAX: u32 = POSTGRES_CONNECTIONS_MAX + 1;
/// How long a server may take to answer when it is asked whether it is there at all.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// Each statement of a reader sees one state, and none of them writes.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Every writer shares the lock of the books, in the same round trip as the BEGIN: whoever changes them waits for those
/// who decide by the old ones, and those who come after see the new ones ([`crate::meta::hold_books`]).
const BEGIN: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock_shared(1936222573)";

/// The pool, and what the record adds to transaction numbers.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: PgPool,
    feed_offset: OnceCell<i64>,
    /// Where there are several hosts.
    _watch: Option<Watch>,
}

impl Postgres {
    pub(crate) fn new(pool: PgPool, hosts: Vec<PgConnectOptions>) -> Self {
        let watch = (hosts.len() > 1).then(|| Watch::begin(pool.clone(), hosts));
        Self {
            _watch: watch,
            pool,
            feed_offset: OnceCell::new(),
        }
    }

    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        migration::run_postgres(&mut *self.connection().await?).await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// A connection without a transaction.
    pub(crate) async fn read(&self) -> Result<Conn, StoreError> {
        let offset = self.feed_offset().await?;
        Ok(Conn::postgres_free(self.connection().await?, offset))
    }

    /// A transaction whose statements see one state.
    pub(crate) async fn snapshot(&self) -> Result<Conn, StoreError> {
        let offset = self.feed_offset().await?;
        self.begin(BEGIN_SNAPSHOT, offset).await
    }

    /// Runs work in a transaction, again if it meets another one.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsConflict + Send + 'static,
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        let offset = self.feed_offset().await?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut conn = self.begin(BEGIN, offset).await?;
            let error = match guarded(&work, &mut conn).await {
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

    /// A connection that answered a moment ago or when it was asked now.
    async fn connection(&self) -> Result<PoolConnection<sqlx::Postgres>, StoreError> {
        match self.pool.acquire().await {
            Ok(connection) => Ok(connection),
            Err(error) => Err(self.no_connection(error).await),
        }
    }

    /// Begins a transaction; a connection that broke since its last use is replaced, for nothing has been done on it yet.
    async fn begin(&self, statement: &'static str, feed_offset: i64) -> Result<Conn, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.pool.begin_with(statement).await {
                Ok(transaction) => return Ok(Conn::postgres_transaction(transaction, feed_offset)),
                Err(error @ sqlx::Error::PoolTimedOut) => {
                    return Err(self.no_connection(error).await);
                }
                Err(error) => match StoreError::from_driver("BEGIN", error) {
                    StoreError::Unreachable { .. }
                        if attempt <= RECONNECTS_MAX && !self.pool.is_closed() => {}
                    error => return Err(error),
                },
            }
        }
    }

    /// The pool says the same whether all connections are in use or no server answers; this tells the two apart.
    async fn no_connection(&self, error: sqlx::Error) -> StoreError {
        let options = self.pool.connect_options();
        match tokio::time::timeout(PROBE_TIMEOUT, options.connect()).await {
            Ok(Err(cause)) => StoreError::from_driver("connect", cause),
            Ok(Ok(probe)) => {
                drop(probe.close().await);
                StoreError::from_driver("acquire", error)
            }
            Err(_) => StoreError::from_driver(
                "connect",
                sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()),
            ),
        }
    }

    /// What the record adds to transaction numbers; looked up once per process, and not before there are tables.
    async fn feed_offset(&self) -> Result<i64, StoreError> {
        if let Some(offset) = self.feed_offset.get() {
            return Ok(*offset);
        }
        let mut conn = Conn::postgres_free(self.connection().await?, 0);
        if migration::version(&mut conn).await? == 0 {
            return Ok(0);
        }
        let (mut offset, state) = feed::offset(&mut conn).await?;
        if state == OffsetState::TooLow {
            drop(conn);
            let mut conn = self.begin(BEGIN, 0).await?;
            offset = feed::raise_offset(&mut conn).await?;
            conn.commit().await.map_err(StoreError::from_commit)?;
        }
        // Whoever looked it up at the same time found the same.
        Ok(*self.feed_offset.get_or_init(|| async { offset }).await)
    }
}
