//! The store: one of two databases, written through [`Store::write`] and read through [`Store::read`].

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqlitePool};

use crate::conn::Conn;
use crate::error::{AsConflict, StoreError};
use crate::fault::{Faults, Point};
use crate::open::{self, Address};
use crate::postgres::Postgres;
use crate::writer::{Grouping, Writer};
use crate::{copy, meta, migration};

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
    faults: Option<Arc<dyn Faults>>,
}

#[derive(Debug)]
enum Backend {
    Sqlite {
        url: String,
        options: Box<SqliteConnectOptions>,
        readers: SqlitePool,
        writer: Writer,
    },
    Postgres(Postgres),
}

impl Store {
    /// Opens `sqlite:PATH` (made if it isn't there) or `postgres://USER@HOST/DATABASE`; of several hosts, separated by
    /// commas, the one that takes writes is used, and another one when that one goes away.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_grouping(url, Grouping::default()).await
    }

    /// The same with a grouping of the caller's, which PostgreSQL has no use for: its server groups by itself.
    pub async fn open_grouping(url: &str, grouping: Grouping) -> Result<Self, StoreError> {
        let backend = match open::address(url)? {
            Address::Sqlite(options) => {
                let connection = open::sqlite_connection(url, &options).await?;
                let writer = Writer::start(connection, grouping).await?;
                let readers = open::sqlite_readers(SqliteConnectOptions::clone(&options));
                Backend::Sqlite {
                    url: url.to_owned(),
                    options,
                    readers,
                    writer,
                }
            }
            Address::Postgres(hosts) => {
                let pool = open::postgres_pool(url, &hosts).await?;
                Backend::Postgres(Postgres::new(pool, hosts))
            }
        };
        Ok(Self {
            backend: Arc::new(backend),
            faults: None,
        })
    }

    /// The same store in a process that may die: for simulations.
    #[must_use]
    pub fn with_faults(mut self, faults: Arc<dyn Faults>) -> Self {
        self.faults = Some(faults);
        self
    }

    pub(crate) fn faults(&self) -> Option<&dyn Faults> {
        self.faults.as_deref()
    }

    /// Which of the two databases it is.
    pub fn dialect(&self) -> Dialect {
        match *self.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
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
            Backend::Postgres(postgres) => postgres.migrate().await,
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

    /// What the server's clock says, for finding out whether this host's clock differs; `None` on SQLite, which has none
    /// of its own. Nothing that is recorded rests on it.
    pub async fn server_clock_us(&self) -> Result<Option<i64>, StoreError> {
        meta::server_clock_us(&mut self.read().await?).await
    }

    /// A connection for reading, each statement for itself.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        self.live_past(Point::Reading)?;
        let acquiring = |error| StoreError::from_driver("acquire", error);
        match &*self.backend {
            Backend::Sqlite { readers, .. } => Ok(Conn::sqlite_reader(
                readers.acquire().await.map_err(acquiring)?,
            )),
            Backend::Postgres(postgres) => postgres.read().await,
        }
    }

    /// A connection whose statements all see the record as it is at the first one. Short work only: on SQLite the
    /// write-ahead log can't be emptied meanwhile.
    pub async fn snapshot(&self) -> Result<Conn, StoreError> {
        self.live_past(Point::Reading)?;
        let beginning = |error| StoreError::from_driver("BEGIN", error);
        match &*self.backend {
            Backend::Sqlite { readers, .. } => Ok(Conn::sqlite_snapshot(
                readers.begin().await.map_err(beginning)?,
            )),
            Backend::Postgres(postgres) => postgres.snapshot().await,
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
        match self.faults {
            None => self.write_through(work).await,
            Some(_) => self.write_mortal(work).await,
        }
    }

    pub(crate) async fn write_through<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsConflict + Send + 'static,
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => writer.write(work).await,
            Backend::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// Writes a copy of the record as it is at one instant into a new file, while others go on reading and writing. The
    /// copy holds nothing of free pages: what was erased isn't in it.
    ///
    /// # Errors
    /// [`StoreError::NoFile`] on PostgreSQL, [`StoreError::Full`] if the copy doesn't fit; what there is of the file then
    /// is of no use.
    pub async fn copy_to(&self, path: &str) -> Result<(), StoreError> {
        match &*self.backend {
            Backend::Sqlite { url, options, .. } => copy::sqlite(url, options, path).await,
            Backend::Postgres(_) => Err(StoreError::NoFile),
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
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }
}
