//! Stores to test with, and rows to put into them.

use std::path::PathBuf;
use std::time::Duration;

use store::chain::{GENESIS, HashAlgorithm, chain_hash};
use store::event::NewEvent;
use store::feed;
use store::message::Taking;
use store::subject::SubjectRow;
use store::{Conn, Grouping, Store, StoreError};

/// The division of the tests.
pub(crate) const DIVISION: &str = "410800";

/// A store with its tables and, on SQLite, the folder that its file lies in.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
}

/// Takes something in hand at an instant until another one.
pub(crate) fn taking(owner: &str, at_us: i64, until_us: i64) -> Taking<'_> {
    Taking {
        owner,
        at_us,
        until_us,
    }
}

pub(crate) async fn sqlite() -> Fixture {
    sqlite_grouping(Grouping::default()).await
}

pub(crate) async fn sqlite_grouping(grouping: Grouping) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("记录.db");
    let url = format!("sqlite:{}", path.display());
    let store = Store::open_grouping(&url, grouping).await.unwrap();
    store.migrate().await.unwrap();
    Fixture {
        store,
        url,
        _folder: Some(folder),
    }
}

pub(crate) async fn postgres() -> Fixture {
    let url = tokio::task::spawn_blocking(testkit::postgres::fresh_database)
        .await
        .unwrap();
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    Fixture {
        store,
        url,
        _folder: None,
    }
}

/// Waits until followers may read all that is committed: databases of other tests lie on the same server, and a transaction
/// of theirs that is older holds followers back until it ends.
pub(crate) async fn settled(store: &Store) {
    let mut conn = store.read().await.unwrap();
    let newest = feed::last(&mut conn, DIVISION, i64::MAX)
        .await
        .unwrap()
        .group;
    for _ in 0..12_000 {
        if newest < feed::bound(&mut conn).await.unwrap() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("an older transaction never ends");
}

/// Runs each test of a list on both databases.
macro_rules! contract {
    ($($(#[$doc:meta])* $name:ident => |$fixture:ident| $body:block)*) => {
        mod list {
            use super::*;
            $($(#[$doc])* pub(super) async fn $name($fixture: &$crate::fixture::Fixture) $body)*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::list::$name(&$crate::fixture::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::list::$name(&$crate::fixture::postgres().await).await;
            })*
        }
    };
}
pub(crate) use contract;

/// Shorthand for a job: the captured values are cloned for each run.
macro_rules! in_write {
    ($store:expr, |$conn:ident| $body:expr) => {
        $store.write::<_, store::StoreError, _>(move |$conn| Box::pin(async move { $body }))
    };
    ($store:expr, [$($value:ident),*], |$conn:ident| $body:expr) => {
        $store.write::<_, store::StoreError, _>(move |$conn| {
            $(let $value = $value.clone();)*
            Box::pin(async move { $body })
        })
    };
}
pub(crate) use in_write;

pub(crate) fn subject(number: &str) -> SubjectRow {
    SubjectRow {
        division: DIVISION.to_owned(),
        subject: number.to_owned(),
        kind: "case".to_owned(),
        unit: "gtj".to_owned(),
        item: Some("gtj-01".to_owned()),
        item_version: Some(1),
        about: None,
        state: "open".to_owned(),
        stage: Some("handling".to_owned()),
        outcome: None,
        handler: None,
        received_at_us: 1,
        accepted_at_us: Some(2),
        decided_at_us: None,
        completed_at_us: None,
        promised_due_at_us: Some(100),
        statutory_due_at_us: None,
        stage_due_at_us: None,
        highest_level: None,
        seq: 0,
        hash: GENESIS.to_owned(),
        next_alarm_us: Some(50),
        calendar_version: "2011.1".to_owned(),
        rules_version: 1,
        provisional: false,
        source: None,
    }
}

/// The event that follows on a row, and the row moves on with it.
pub(crate) fn follow(row: &mut SubjectRow, personal: Option<&str>) -> NewEvent {
    let seq = row.seq + 1;
    let payload = serde_json::json!({
        "division": row.division, "subject": row.subject, "seq": seq, "kind": "受理",
        "occurred_at_us": seq * 10, "recorded_at_us": seq * 10 + 1, "personal": personal,
    })
    .to_string();
    let hash = chain_hash(HashAlgorithm::Sm3, &row.hash, &payload);
    let event = NewEvent {
        division: row.division.clone(),
        subject: row.subject.clone(),
        seq,
        kind: "受理".to_owned(),
        occurred_at_us: seq * 10,
        recorded_at_us: seq * 10 + 1,
        payload,
        hash_algorithm: "sm3".to_owned(),
        previous_hash: row.hash.clone(),
        hash: hash.clone(),
        source_key: None,
    };
    row.seq = seq;
    row.hash = hash;
    event
}

/// A subject with events, as one command would have left it.
pub(crate) async fn add_case(
    conn: &mut Conn,
    number: &str,
    events: usize,
) -> Result<SubjectRow, StoreError> {
    let mut row = subject(number);
    let events: Vec<NewEvent> = (0..events).map(|_| follow(&mut row, None)).collect();
    store::event::append(conn, &events).await?;
    store::subject::insert(conn, &row).await?;
    Ok(row)
}

/// Runs a text on whichever database, as a damage from outside would.
pub(crate) async fn bend(fixture: &Fixture, sql: &'static str) -> u64 {
    in_write!(fixture.store, |conn| Ok(match conn {
        Conn::Sqlite(c) => sqlx::query(sql)
            .execute(&mut **c)
            .await
            .unwrap()
            .rows_affected(),
        Conn::Postgres(c) => sqlx::query(sql)
            .execute(&mut **c)
            .await
            .unwrap()
            .rows_affected(),
    }))
    .await
    .unwrap()
}
