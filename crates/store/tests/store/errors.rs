//! Full, read-only, locked and unreachable databases are told apart.

use crate::fixture::{self, DIVISION, add_case, bend, contract, in_write, subject};
use sqlx::Connection;
use store::personal::PersonalRow;
use store::{Conn, Store, StoreError, personal, subject};

async fn pragma(fixture: &fixture::Fixture, sql: &'static str) {
    in_write!(fixture.store, |conn| {
        let Conn::Sqlite(conn) = conn else {
            panic!("not SQLite")
        };
        sqlx::raw_sql(sql).execute(&mut **conn).await.unwrap();
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_full_database_says_so_and_recovers() {
    let fixture = fixture::sqlite().await;
    pragma(&fixture, "PRAGMA max_page_count = 1").await;
    let answer = in_write!(fixture.store, |conn| {
        let data = "字".repeat(100_000);
        personal::put(
            conn,
            &PersonalRow {
                division: DIVISION.to_owned(),
                subject: "A".to_owned(),
                seq: 1,
                salt: vec![],
                data,
            },
        )
        .await
    })
    .await;
    assert!(matches!(answer, Err(StoreError::Full { .. })), "{answer:?}");
    pragma(&fixture, "PRAGMA max_page_count = 1000000").await;
    in_write!(fixture.store, |conn| add_case(conn, "A", 1).await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_read_only_file_says_so() {
    let fixture = fixture::sqlite().await;
    pragma(&fixture, "PRAGMA query_only = on").await;
    let answer = in_write!(fixture.store, |conn| add_case(conn, "A", 1).await).await;
    assert!(
        matches!(answer, Err(StoreError::ReadOnly { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_read_only_server_says_so() {
    let fixture = fixture::postgres().await;
    let name = fixture.url.rsplit_once('/').unwrap().1;
    let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    tokio::task::spawn_blocking(move || {
        testkit::postgres::Cluster::shared()
            .unwrap()
            .psql(&sql)
            .unwrap()
    })
    .await
    .unwrap();
    let store = Store::open(&fixture.url).await.unwrap();
    let answer = in_write!(store, |conn| add_case(conn, "A", 1).await).await;
    assert!(
        matches!(answer, Err(StoreError::ReadOnly { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let fixture = fixture::sqlite().await;
    let mut conn = fixture.store.read().await.unwrap();
    let answer = subject::insert(&mut conn, &subject("A")).await;
    assert!(
        matches!(answer, Err(StoreError::ReadOnly { .. })),
        "{answer:?}"
    );
}

/// Waits as long as the writer does, so this is the slowest test of the store.
#[tokio::test]
async fn a_lock_that_is_never_given_back_is_told_to_all_who_wait() {
    let fixture = fixture::sqlite().await;
    let path = fixture.url.strip_prefix("sqlite:").unwrap();
    let mut other = sqlx::SqliteConnection::connect_with(
        &sqlx::sqlite::SqliteConnectOptions::new().filename(path),
    )
    .await
    .unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let (first, second) = tokio::join!(
        in_write!(fixture.store, |conn| add_case(conn, "A", 1).await),
        in_write!(fixture.store, |conn| add_case(conn, "B", 1).await),
    );
    for answer in [first, second] {
        assert!(matches!(answer, Err(StoreError::Busy { .. })), "{answer:?}");
    }
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    in_write!(fixture.store, |conn| add_case(conn, "C", 1).await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_went_away_says_so() {
    let (cluster, url) = tokio::task::spawn_blocking(|| {
        let cluster =
            testkit::postgres::Cluster::start_with(testkit::postgres::Flush::Never).unwrap();
        let url = cluster.fresh_database().unwrap();
        (cluster, url)
    })
    .await
    .unwrap();
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    tokio::task::spawn_blocking(move || drop(cluster))
        .await
        .unwrap();
    let answer = in_write!(store, |conn| add_case(conn, "A", 1).await).await;
    assert!(
        matches!(
            answer,
            Err(StoreError::Unreachable { .. } | StoreError::Busy { .. })
        ),
        "{answer:?}"
    );
    let answer = Store::open(&url).await.map(|_| ());
    assert!(matches!(answer, Err(StoreError::Open { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    let fixture = fixture::postgres().await;
    in_write!(fixture.store, |conn| add_case(conn, "A", 1).await)
        .await
        .unwrap();
    let name = fixture.url.rsplit_once('/').unwrap().1;
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    tokio::task::spawn_blocking(move || {
        testkit::postgres::Cluster::shared()
            .unwrap()
            .psql(&sql)
            .unwrap()
    })
    .await
    .unwrap();
    in_write!(fixture.store, |conn| add_case(conn, "B", 1).await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let answer = Store::open("sqlite:/nowhere/at/all/a.db").await.map(|_| ());
    let Err(StoreError::Open { url, .. }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(url, "sqlite:/nowhere/at/all/a.db");
}

#[tokio::test]
async fn tables_of_another_version_are_refused() {
    let fixture = fixture::sqlite().await;
    bend(&fixture, "DELETE FROM _sqlx_migrations").await;
    assert!(matches!(
        fixture.store.check_schema().await,
        Err(StoreError::SchemaVersion { found: 0, .. })
    ));
}

/// SQLite takes any text in a column of numbers; reading it must name the row.
#[tokio::test]
async fn a_damaged_row_is_named() {
    let fixture = fixture::sqlite().await;
    in_write!(fixture.store, |conn| add_case(conn, "A-1", 1).await)
        .await
        .unwrap();
    bend(&fixture, "UPDATE subject SET received_at_us = 'yesterday'").await;
    let mut conn = fixture.store.read().await.unwrap();
    let answer = subject::get(&mut conn, DIVISION, "A-1").await;
    let Err(StoreError::Corrupt {
        table, column, key, ..
    }) = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (table, column.as_str(), key.as_str()),
        ("subject", "received_at_us", "410800/A-1")
    );
}

contract! {
    a_new_store_has_no_tables_until_it_is_migrated => |fixture| {
        let url = if fixture.url.starts_with("sqlite") {
            fixture.url.replace("记录", "empty")
        } else {
            tokio::task::spawn_blocking(testkit::postgres::fresh_database).await.unwrap()
        };
        let store = Store::open(&url).await.unwrap();
        assert_eq!(store.schema_version().await.unwrap(), 0);
        assert!(matches!(store.check_schema().await, Err(StoreError::SchemaVersion { found: 0, .. })));
    }
}

/// A disk that loses a page is found whatever lies on it: the record needn't read it.
#[tokio::test]
async fn a_file_that_lost_a_page_is_damaged() {
    let fixture = fixture::sqlite().await;
    in_write!(fixture.store, |conn| add_case(conn, "A", 1).await)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    let url = format!("sqlite:{}", path.display());
    fixture.store.copy_to(path.to_str().unwrap()).await.unwrap();
    assert_eq!(
        store::copy::faults(&url).await.unwrap(),
        Vec::<String>::new()
    );
    let whole = std::fs::read(&path).unwrap();
    // A copy has no page that isn't used.
    let page = 4096;
    for lost in [whole.len() / page / 2, whole.len() / page - 1] {
        let mut bytes = whole.clone();
        bytes[lost * page..(lost + 1) * page].fill(0);
        std::fs::write(&path, bytes).unwrap();
        let found = store::copy::faults(&url).await;
        assert!(
            found.as_ref().is_ok_and(|faults| !faults.is_empty()),
            "page {lost}: {found:?}"
        );
    }
}
