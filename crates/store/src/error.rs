//! What can go wrong between the program and its database.

use std::sync::Arc;

/// Whether an error says that somebody else was faster and the work should be run again.
///
/// [`crate::Store::write`] asks this of every error a job returns.
pub trait AsConflict {
    /// True if running the same work again may succeed.
    fn is_conflict(&self) -> bool;
}

/// A failure of the store. The driver's own error is the source; it is shared because one failed commit answers a whole batch.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database address can't be read.
    #[error(
        "the database address {url:?} isn't understood: write sqlite:PATH or postgres://USER@HOST/DATABASE"
    )]
    Address {
        /// The address, without any password.
        url: String,
    },
    /// The database couldn't be opened.
    #[error(
        "cannot open the database {url}: see that the path or server exists and may be used by this account"
    )]
    Open {
        /// The address, without any password.
        url: String,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// Bringing the tables up to date failed.
    #[error(
        "cannot bring the tables up to date: nothing was changed by the step that failed, mend the cause and run it again"
    )]
    Migrate {
        /// The migrator's error.
        #[source]
        source: Arc<sqlx::migrate::MigrateError>,
    },
    /// The tables belong to another version of the program.
    #[error(
        "the tables are at version {found}, this program needs {wanted}: run `shixian migrate` or the newer program"
    )]
    SchemaVersion {
        /// The version of the tables, 0 if there are none.
        found: i64,
        /// The version this program was built for.
        wanted: i64,
    },
    /// A statement failed for a reason that has no variant of its own.
    #[error("the statement {statement} failed")]
    Statement {
        /// Module and name of the statement.
        statement: &'static str,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// Another process holds the write lock, or there was no free connection, for too long.
    #[error(
        "the database was busy for too long during {statement}: another process holds it; try again"
    )]
    Busy {
        /// What was being done.
        statement: &'static str,
        /// The driver's error, if it was the driver that gave up.
        #[source]
        source: Option<Arc<sqlx::Error>>,
    },
    /// No space is left for the database.
    #[error(
        "no space is left for the database during {statement}: make room, nothing of this command was recorded"
    )]
    Full {
        /// What was being done.
        statement: &'static str,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// The database can't be written.
    #[error("the database can't be written during {statement}: file or server is read-only")]
    ReadOnly {
        /// What was being done.
        statement: &'static str,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// The server doesn't answer, or the file system failed.
    #[error(
        "the database can't be reached during {statement}: see that it runs and can be reached from here"
    )]
    Unreachable {
        /// What was being done.
        statement: &'static str,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// The connection broke, or the file system failed, while a commit was under way.
    #[error(
        "the commit broke off: whether the command was recorded isn't known, look before repeating it"
    )]
    CommitUnknown {
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// Somebody else changed the row since it was read.
    #[error("{table} {key} was changed by another command meanwhile: read it again and repeat")]
    Conflict {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
    },
    /// The database itself resolved two transactions against each other.
    #[error("two commands met at {statement}: repeat this one")]
    Serialization {
        /// What was being done.
        statement: &'static str,
        /// The driver's error.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// A stored value isn't what its column promises.
    #[error(
        "row {key} of table {table} can't be read at column {column}: the record was damaged from outside, run `shixian verify`"
    )]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key.
        key: String,
        /// The driver's error, if the driver found it.
        #[source]
        source: Option<Arc<sqlx::Error>>,
    },
    /// A row that must exist isn't there.
    #[error("{table} has no row {key}")]
    Missing {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
    },
    /// None of several hosts takes writes.
    #[error("no host of {url} takes writes: each of them follows another one, promote one")]
    NoPrimary {
        /// The address, without any password.
        url: String,
    },
    /// PostgreSQL is copied by its own means.
    #[error("a PostgreSQL database is copied by pg_dump or a base backup, not by this program")]
    NoFile,
    /// The work given to the writer panicked; only its own changes were undone.
    #[error("the work of a command broke off in the middle, its changes were undone: {reason}")]
    Panicked {
        /// What the panic said.
        reason: String,
    },
    /// The store was closed while the work waited.
    #[error("the store is closing: nothing of this command was recorded")]
    Closed,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random {
        /// The system's error.
        #[source]
        source: getrandom::Error,
    },
}

impl AsConflict for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::Serialization { .. })
    }
}

/// What a driver's error is about, read from its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Busy,
    Full,
    ReadOnly,
    Unreachable,
    Serialization,
    Other,
}

impl StoreError {
    /// Sorts a driver's error into the kinds a caller can act on.
    pub(crate) fn from_driver(statement: &'static str, error: sqlx::Error) -> Self {
        let kind = kind(&error);
        let source = Arc::new(error);
        match kind {
            Kind::Busy => Self::Busy {
                statement,
                source: Some(source),
            },
            Kind::Full => Self::Full { statement, source },
            Kind::ReadOnly => Self::ReadOnly { statement, source },
            Kind::Unreachable => Self::Unreachable { statement, source },
            Kind::Serialization => Self::Serialization { statement, source },
            Kind::Other => Self::Statement { statement, source },
        }
    }

    /// The error of a commit: a lost connection leaves the outcome unknown.
    pub(crate) fn from_commit(error: sqlx::Error) -> Self {
        match Self::from_driver("COMMIT", error) {
            Self::Unreachable { source, .. } => Self::CommitUnknown { source },
            other => other,
        }
    }

    /// The error of a row that doesn't decode.
    pub(crate) fn corrupt(table: &'static str, key: String, error: sqlx::Error) -> Self {
        let column = match &error {
            sqlx::Error::ColumnDecode { index, .. } => index.trim_matches('"').to_owned(),
            sqlx::Error::ColumnNotFound(name) => name.clone(),
            _ => "?".to_owned(),
        };
        Self::Corrupt {
            table,
            column,
            key,
            source: Some(Arc::new(error)),
        }
    }

    /// A stored text that doesn't have the form its column promises; for those who turn rows into domain values.
    pub fn corrupt_value(table: &'static str, column: &str, key: impl Into<String>) -> Self {
        Self::Corrupt {
            table,
            column: column.to_owned(),
            key: key.into(),
            source: None,
        }
    }

    /// True if the same work may succeed later without anybody mending anything.
    pub fn is_transient(&self) -> bool {
        self.is_conflict() || matches!(self, Self::Busy { .. } | Self::Unreachable { .. })
    }
}

fn kind(error: &sqlx::Error) -> Kind {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolClosed => Kind::Unreachable,
        sqlx::Error::PoolTimedOut => Kind::Busy,
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            if database
                .try_downcast_ref::<sqlx::sqlite::SqliteError>()
                .is_some()
            {
                sqlite_kind(&code)
            } else {
                postgres_kind(&code)
            }
        }
        _ => Kind::Other,
    }
}

/// The file that processes share beside the database can't grow, which is how a full disk shows first.
const SQLITE_IOERR_SHMSIZE: i64 = 4874;

/// SQLite's result codes, <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn sqlite_kind(code: &str) -> Kind {
    let code = code.parse::<i64>().unwrap_or(0);
    if code == SQLITE_IOERR_SHMSIZE {
        return Kind::Full;
    }
    match code & 0xff {
        5 | 6 => Kind::Busy,
        8 => Kind::ReadOnly,
        10 | 14 => Kind::Unreachable,
        13 => Kind::Full,
        _ => Kind::Other,
    }
}

/// PostgreSQL's SQLSTATEs, appendix A of its manual.
fn postgres_kind(code: &str) -> Kind {
    match code {
        "40001" | "40P01" => Kind::Serialization,
        "53100" => Kind::Full,
        "53300" | "55P03" => Kind::Busy,
        "25006" => Kind::ReadOnly,
        "57P01" | "57P02" | "57P03" | "57P05" => Kind::Unreachable,
        other if other.starts_with("08") => Kind::Unreachable,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_into_kinds() {
        let cases = [
            ("5", Kind::Busy),
            ("517", Kind::Busy),
            ("13", Kind::Full),
            ("1032", Kind::ReadOnly),
            ("2067", Kind::Other),
        ];
        for (code, expected) in cases {
            assert_eq!(sqlite_kind(code), expected, "{code}");
        }
        let cases = [
            ("40001", Kind::Serialization),
            ("53100", Kind::Full),
            ("25006", Kind::ReadOnly),
            ("08006", Kind::Unreachable),
            ("23505", Kind::Other),
        ];
        for (code, expected) in cases {
            assert_eq!(postgres_kind(code), expected, "{code}");
        }
    }
}
