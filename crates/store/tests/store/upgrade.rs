//! Databases of versions before this one, with rows in them, brought up to date.

use std::borrow::Cow;

use crate::fixture::{DIVISION, add_case, in_write};
use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, Connection};
use store::{Conn, Store};

static ALL: Migrator = sqlx::migrate!("../../migrations");

/// The last version that knew no appeals.
const BEFORE: i64 = 7;

/// The rows of a case, its order and what was told, as the version before wrote them.
const ROWS: &str = "
INSERT INTO subject VALUES
 ('410800', 'A-1', 'case', 'gtj', 'gtj-01', 1, NULL, 'open', 'handling', NULL, 'h1', 1, 2, NULL, NULL, 100, 200, 50,
  'yellow', 7, 'hash-a', 150, '2011.1', 1, TRUE, 'log'),
 ('410800', 'DB-1', 'order', 'gtj', NULL, NULL, 'A-1', 'issued', NULL, NULL, NULL, 3, NULL, NULL, NULL, NULL, NULL, 60,
  NULL, 1, 'hash-b', NULL, '2011.1', 1, FALSE, NULL);
INSERT INTO message_item VALUES
 ('410800', 'A-1', 6, 'h1', 'mail', 'warning', 'yellow', '{}', 'composed', NULL, 'm-1', 5),
 ('410800', 'A-1', 6, 'd1', 'mail', 'warning', 'yellow', '{}', 'free', NULL, NULL, 5),
 ('410800', 'DB-1', 1, 'd1', 'mail', 'order', NULL, '{}', 'dropped', 'warning_fell', NULL, 6);";

/// Everything that must come through, as one text.
const LOOK: &str = "SELECT string FROM (
 SELECT 1 AS part, subject AS name, kind || unit || COALESCE(item, '-') || COALESCE(item_version, -1) || COALESCE(about, '-')
  || state || COALESCE(stage, '-') || COALESCE(handler, '-') || received_at_us || COALESCE(accepted_at_us, -1)
  || COALESCE(promised_due_at_us, -1) || COALESCE(statutory_due_at_us, -1) || COALESCE(stage_due_at_us, -1)
  || COALESCE(highest_level, '-') || seq || hash || COALESCE(next_alarm_us, -1) || calendar_version || rules_version
  || CASE WHEN provisional THEN 'p' ELSE 'f' END || COALESCE(source, '-') AS string FROM subject
 UNION ALL
 SELECT 2, subject || recipient, seq || recipient || kind || COALESCE(level, '-') || payload || state
  || COALESCE(dropped_reason, '-') || COALESCE(message_id, '-') || created_at_us FROM message_item
) AS looked ORDER BY part, name";

/// The migrations that the version before had.
fn before(leave_out: &str) -> Migrator {
    let migrations: Vec<Migration> = ALL
        .iter()
        .filter(|m| m.version <= BEFORE && !m.description.starts_with(leave_out))
        .cloned()
        .collect();
    Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    }
}

async fn look(store: &Store) -> Vec<String> {
    match &mut store.read().await.unwrap() {
        Conn::Sqlite(c) => sqlx::query_scalar(LOOK).fetch_all(&mut **c).await.unwrap(),
        Conn::Postgres(c) => sqlx::query_scalar(LOOK).fetch_all(&mut **c).await.unwrap(),
    }
}

/// Whether an appeal is taken now, and a kind that nobody knows isn't.
async fn kinds_are_checked(store: &Store) {
    let template = in_write!(store, |conn| add_case(conn, "B-1", 1).await)
        .await
        .unwrap();
    for (kind, taken) in [("appeal", true), ("party", false)] {
        let row = store::subject::SubjectRow {
            subject: format!("C-{kind}"),
            kind: kind.to_owned(),
            ..template.clone()
        };
        let inserted = in_write!(store, [row], |conn| store::subject::insert(conn, &row)
            .await);
        assert_eq!(inserted.await.is_ok(), taken, "{kind}");
        let sql = format!(
            "INSERT INTO message_item VALUES ('{DIVISION}', 'C', 1, 'r', 'mail', '{kind}', NULL, '{{}}', 'free', NULL, NULL, 1)"
        );
        let told = in_write!(store, [sql], |conn| {
            let sql = AssertSqlSafe(sql);
            let done = match conn {
                Conn::Sqlite(c) => sqlx::query(sql).execute(&mut **c).await.map(drop),
                Conn::Postgres(c) => sqlx::query(sql).execute(&mut **c).await.map(drop),
            };
            done.map_err(|_| store::StoreError::Closed)
        });
        assert_eq!(told.await.is_ok(), taken, "{kind}");
    }
}

async fn upgrade(store: &Store) {
    let before = look(store).await;
    assert_eq!(before.len(), 5);
    assert!(
        store.check_schema().await.is_err(),
        "it is of a version before"
    );
    store.migrate().await.unwrap();
    store.check_schema().await.unwrap();
    assert_eq!(look(store).await, before);
    kinds_are_checked(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_outlive_an_upgrade_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("old.db").display());
    let options = format!("{url}?mode=rwc");
    let mut connection = sqlx::SqliteConnection::connect(&options).await.unwrap();
    let migrator = before("only postgres");
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = Store::open(&url).await.unwrap();
    upgrade(&store).await;
    let Conn::Sqlite(conn) = &mut store.read().await.unwrap() else {
        panic!("a file")
    };
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('subject', 'message_item') \
         AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .fetch_all(&mut **conn)
    .await
    .unwrap();
    for index in [
        "message_item_free",
        "message_item_message",
        "subject_about",
        "subject_accepted",
        "subject_alarm",
        "subject_due",
        "subject_lamp",
        "subject_marked",
        "subject_order",
        "subject_todo",
        "subject_unit",
    ] {
        assert!(indexes.iter().any(|i| i == index), "{index}: {indexes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_outlive_an_upgrade_on_postgres() {
    let url = tokio::task::spawn_blocking(testkit::postgres::fresh_database)
        .await
        .unwrap();
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let migrator = before("only sqlite");
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    upgrade(&Store::open(&url).await.unwrap()).await;
}
