//! One connection, whichever of the two databases it leads to, and the macros that run one statement on either.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::StoreError;

/// A connection to one of the two databases. Every function on a noun takes `&mut Conn`.
#[derive(Debug)]
pub enum Conn {
    /// SQLite.
    Sqlite(SqliteConn),
    /// PostgreSQL.
    Postgres(PgConn),
}

/// A SQLite connection: the writer's own or one of the readers.
#[derive(Debug)]
pub struct SqliteConn {
    inner: SqliteInner,
    failed: Option<StoreError>,
}

#[derive(Debug)]
enum SqliteInner {
    Writer(Box<SqliteConnection>),
    Reader(PoolConnection<Sqlite>),
    Snapshot(Transaction<'static, Sqlite>),
}

/// A PostgreSQL connection: inside a transaction or free of one.
#[derive(Debug)]
pub struct PgConn {
    inner: PgInner,
    failed: Option<StoreError>,
    /// What is added to a transaction's number to give its group in the feed.
    feed_offset: i64,
}

#[derive(Debug)]
enum PgInner {
    Free(PoolConnection<Postgres>),
    InTransaction(Transaction<'static, Postgres>),
}

impl Conn {
    pub(crate) fn sqlite_writer(connection: SqliteConnection) -> Self {
        Self::Sqlite(SqliteConn {
            inner: SqliteInner::Writer(Box::new(connection)),
            failed: None,
        })
    }

    pub(crate) fn sqlite_reader(connection: PoolConnection<Sqlite>) -> Self {
        Self::Sqlite(SqliteConn {
            inner: SqliteInner::Reader(connection),
            failed: None,
        })
    }

    pub(crate) fn sqlite_snapshot(transaction: Transaction<'static, Sqlite>) -> Self {
        Self::Sqlite(SqliteConn {
            inner: SqliteInner::Snapshot(transaction),
            failed: None,
        })
    }

    pub(crate) fn postgres_free(connection: PoolConnection<Postgres>, feed_offset: i64) -> Self {
        Self::Postgres(PgConn {
            inner: PgInner::Free(connection),
            failed: None,
            feed_offset,
        })
    }

    pub(crate) fn postgres_transaction(
        transaction: Transaction<'static, Postgres>,
        feed_offset: i64,
    ) -> Self {
        Self::Postgres(PgConn {
            inner: PgInner::InTransaction(transaction),
            failed: None,
            feed_offset,
        })
    }

    /// What is added to a transaction's number to give its group in the feed; nothing on SQLite.
    pub(crate) fn feed_offset(&self) -> i64 {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(connection) => connection.feed_offset,
        }
    }

    /// Takes note of a failed statement and says what kind of failure it is.
    ///
    /// Work that goes on after a failed statement is never committed: PostgreSQL would answer its COMMIT with a
    /// silent rollback, and SQLite would keep the other half.
    pub(crate) fn note_failure(
        &mut self,
        statement: &'static str,
        error: sqlx::Error,
    ) -> StoreError {
        let error = StoreError::from_driver(statement, error);
        let failed = match self {
            Self::Sqlite(connection) => &mut connection.failed,
            Self::Postgres(connection) => &mut connection.failed,
        };
        failed.get_or_insert(error).clone()
    }

    /// The first failure since this was last asked.
    pub(crate) fn take_failure(&mut self) -> Option<StoreError> {
        match self {
            Self::Sqlite(connection) => connection.failed.take(),
            Self::Postgres(connection) => connection.failed.take(),
        }
    }

    /// Commits, if this is a PostgreSQL transaction; the SQLite writer commits by batch instead.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(PgConn {
                inner: PgInner::InTransaction(transaction),
                ..
            }) => transaction.commit().await,
            _ => Ok(()),
        }
    }

    /// Closes the writer's connection, so that nothing is left in the write-ahead log; others go back to their pool.
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(SqliteConn {
                inner: SqliteInner::Writer(connection),
                ..
            }) => sqlx::Connection::close(*connection).await,
            _ => Ok(()),
        }
    }

    /// Undoes the open PostgreSQL transaction and hands the connection back clean.
    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(PgConn {
                inner: PgInner::InTransaction(transaction),
                ..
            }) => transaction.rollback().await,
            _ => Ok(()),
        }
    }
}

impl Deref for SqliteConn {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match &self.inner {
            SqliteInner::Writer(connection) => connection,
            SqliteInner::Reader(connection) => connection,
            SqliteInner::Snapshot(transaction) => transaction,
        }
    }
}

impl DerefMut for SqliteConn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match &mut self.inner {
            SqliteInner::Writer(connection) => connection,
            SqliteInner::Reader(connection) => connection,
            SqliteInner::Snapshot(transaction) => transaction,
        }
    }
}

impl Deref for PgConn {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        match &self.inner {
            PgInner::Free(connection) => connection,
            PgInner::InTransaction(transaction) => transaction,
        }
    }
}

impl DerefMut for PgConn {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.inner {
            PgInner::Free(connection) => connection,
            PgInner::InTransaction(transaction) => transaction,
        }
    }
}

/// Runs one body on whichever database the connection leads to.
///
/// `on_db!(conn, |c| …)` is the rule; `on_db!(conn, sqlite => |c| …, postgres => |c| …)` is the rare, visible exception.
macro_rules! on_db {
    ($conn:expr, |$c:ident| $body:expr) => {
        on_db!($conn, sqlite => |$c| $body, postgres => |$c| $body)
    };
    ($conn:expr, sqlite => |$s:ident| $on_sqlite:expr, postgres => |$p:ident| $on_postgres:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite(connection) => {
                let $s: &mut sqlx::SqliteConnection = connection;
                $on_sqlite
            }
            $crate::conn::Conn::Postgres(connection) => {
                let $p: &mut sqlx::PgConnection = connection;
                $on_postgres
            }
        }
    };
}

/// The name of a statement as errors show it: module and constant.
macro_rules! statement_name {
    ($sql:ident) => {
        concat!(module_path!(), "::", stringify!($sql))
    };
}

/// Runs a statement that returns no rows; gives the number of rows it touched.
macro_rules! execute {
    ($conn:expr, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, |c| sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
            .and_then(|touched| i64::try_from(touched).map_err(|error| sqlx::Error::Decode(error.into())))
            .map_err(|error| $conn.note_failure(statement_name!($sql), error))
    };
}

/// Runs a statement with arrays, which only PostgreSQL knows; gives the number of rows it touched.
macro_rules! execute_arrays {
    ($conn:expr, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, sqlite => |_c| Err($crate::conn::not_for_this_database()), postgres => |c| sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
            .and_then(|touched| i64::try_from(touched).map_err(|error| sqlx::Error::Decode(error.into())))
            .map_err(|error| $conn.note_failure(statement_name!($sql), error))
    };
}

/// Reads all rows of a query with arrays, which only PostgreSQL knows.
macro_rules! fetch_all_arrays {
    ($conn:expr, $row:ty, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, sqlite => |_c| Err($crate::conn::not_for_this_database()), postgres => |c| match sqlx::query($sql)$(.bind($bind))*.fetch_all(c).await {
            Ok(rows) => Ok(rows.iter().map(|row| decode!(row, $row)).collect::<Result<Vec<$row>, $crate::StoreError>>()),
            Err(error) => Err(error),
        })
        .unwrap_or_else(|error| Err($conn.note_failure(statement_name!($sql), error)))
    };
}

/// What a statement says that was sent to the database that doesn't know it: a mistake of the program's.
pub(crate) fn not_for_this_database() -> sqlx::Error {
    sqlx::Error::Configuration("a statement of the other database".into())
}

/// The values of one column of many rows, as PostgreSQL gets them.
macro_rules! column {
    ($rows:expr, |$row:ident| $value:expr) => {
        $rows.iter().map(|$row| $value).collect::<Vec<_>>()
    };
}

/// Reads all rows of a query as values of a [`crate::conn::Table`] type.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, |c| match sqlx::query($sql)$(.bind($bind))*.fetch_all(c).await {
            Ok(rows) => Ok(rows.iter().map(|row| decode!(row, $row)).collect::<Result<Vec<$row>, $crate::StoreError>>()),
            Err(error) => Err(error),
        })
        .unwrap_or_else(|error| Err($conn.note_failure(statement_name!($sql), error)))
    };
}

/// Reads at most one row of a query.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, |c| match sqlx::query($sql)$(.bind($bind))*.fetch_optional(c).await {
            Ok(row) => Ok(row.as_ref().map(|row| decode!(row, $row)).transpose()),
            Err(error) => Err(error),
        })
        .unwrap_or_else(|error| Err($conn.note_failure(statement_name!($sql), error)))
    };
}

/// Turns one driver row into a value, or says which row and column can't be read.
macro_rules! decode {
    ($row:expr, $type:ty) => {
        <$type as sqlx::FromRow<_>>::from_row($row).map_err(|error| {
            let key = <$type as $crate::conn::Table>::KEY
                .iter()
                .map(|column| {
                    sqlx::Row::try_get::<String, _>($row, *column)
                        .or_else(|_| {
                            sqlx::Row::try_get::<i64, _>($row, *column)
                                .map(|number| number.to_string())
                        })
                        .unwrap_or_else(|_| "?".to_owned())
                })
                .collect::<Vec<_>>()
                .join("/");
            $crate::StoreError::corrupt(<$type as $crate::conn::Table>::TABLE, key, error)
        })
    };
}

/// Reads a single value of a query that always gives one row.
macro_rules! fetch_value {
    ($conn:expr, $type:ty, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, |c| sqlx::query_scalar::<_, $type>($sql)$(.bind($bind))*.fetch_one(c).await)
            .map_err(|error| $conn.note_failure(statement_name!($sql), error))
    };
}

/// Reads a single column of a query's rows.
macro_rules! fetch_column {
    ($conn:expr, $type:ty, $sql:ident $(, $bind:expr)* $(,)?) => {
        on_db!($conn, |c| sqlx::query_scalar::<_, $type>($sql)$(.bind($bind))*.fetch_all(c).await)
            .map_err(|error| $conn.note_failure(statement_name!($sql), error))
    };
}

/// Defines the named statements of a module and lists them, so that a test can prepare each one on both databases.
///
/// A name ending in `_SQLITE` or `_POSTGRES` is the visible exception for one database.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*
        pub(crate) const STATEMENTS: &[$crate::conn::Statement] =
            &[$($crate::conn::Statement { module: module_path!(), name: stringify!($name), sql: $name }),*];
    };
}

/// A named statement.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// The module that runs it.
    pub module: &'static str,
    /// Its name there; the ending `_SQLITE` or `_POSTGRES` says that only one database knows it.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
}

/// What the error of a damaged row needs to know about a row type.
pub(crate) trait Table {
    /// The table the row comes from.
    const TABLE: &'static str;
    /// The columns that name the row, as the query returns them.
    const KEY: &'static [&'static str];
}

pub(crate) use {
    column, decode, execute, execute_arrays, fetch_all, fetch_all_arrays, fetch_column,
    fetch_optional, fetch_value, on_db, statement_name, statements,
};
