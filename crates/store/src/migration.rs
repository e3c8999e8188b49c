//! The tables: which version they have and bringing them up to date.

use std::borrow::Cow;
use std::sync::Arc;

use sqlx::migrate::{Migration, Migrator};

use crate::conn::{Conn, fetch_value, on_db, statement_name, statements};
use crate::{Dialect, StoreError};

/// All migrations, embedded in the program.
static ALL: Migrator = sqlx::migrate!("../../migrations");

/// A file whose name begins so is for PostgreSQL alone.
const ONLY_POSTGRES: &str = "only postgres";
/// A file whose name begins so is for SQLite alone.
const ONLY_SQLITE: &str = "only sqlite";

statements! {
    TABLE_EXISTS_SQLITE = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    TABLE_EXISTS_POSTGRES = "SELECT COUNT(*) FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
    VERSION = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
}

/// The migrations that a database of this kind takes.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let migrations: Vec<Migration> = ALL
        .iter()
        .filter(|migration| {
            let of_other = match dialect {
                Dialect::Sqlite => ONLY_POSTGRES,
                Dialect::Postgres => ONLY_SQLITE,
            };
            !migration.description.starts_with(of_other)
        })
        .cloned()
        .collect();
    Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    }
}

/// The version that this program's statements are written for.
pub(crate) fn wanted(dialect: Dialect) -> i64 {
    migrator(dialect)
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// The version of the tables, 0 if there are none.
pub(crate) async fn version(conn: &mut Conn) -> Result<i64, StoreError> {
    let tables: i64 = on_db!(
        conn,
        sqlite => |c| sqlx::query_scalar(TABLE_EXISTS_SQLITE).fetch_one(c).await,
        postgres => |c| sqlx::query_scalar(TABLE_EXISTS_POSTGRES).fetch_one(c).await
    )
    .map_err(|error| conn.note_failure("migration::TABLE_EXISTS", error))?;
    if tables == 0 {
        return Ok(0);
    }
    fetch_value!(conn, i64, VERSION)
}

/// Runs what is missing on SQLite, all in one transaction that holds the write lock from its start.
pub(crate) async fn run_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = sqlx::Connection::begin_with(connection, "BEGIN IMMEDIATE")
        .await
        .map_err(|error| StoreError::from_driver("migration::BEGIN", error))?;
    migrator(Dialect::Sqlite)
        .run_direct(None, &mut *transaction, false)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(StoreError::from_commit)
}

/// Runs what is missing on PostgreSQL; the migrator keeps several processes apart.
pub(crate) async fn run_postgres(connection: &mut sqlx::PgConnection) -> Result<(), StoreError> {
    migrator(Dialect::Postgres)
        .run_direct(None, &mut *connection, false)
        .await
        .map_err(failed)
}

fn failed(error: sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Migrate {
        source: Arc::new(error),
    }
}
