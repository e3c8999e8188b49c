//! Followers read the events in one order in which nothing appears before a position already read.

use std::time::Duration;

use crate::fixture::{self, DIVISION, add_case, contract, in_write};
use sqlx::Connection;
use store::feed::{self, FeedPosition};
use store::{Store, StoreError, event};

/// Reads what is new in pages of three and remembers how far it came.
async fn follow(
    store: &Store,
    position: &mut FeedPosition,
    seen: &mut Vec<(String, i64)>,
) -> Result<(), StoreError> {
    let mut conn = store.read().await?;
    let bound = feed::bound(&mut conn).await?;
    loop {
        let page = feed::page(&mut conn, DIVISION, position, bound, 3).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        *position = FeedPosition::of(last);
        seen.extend(page.into_iter().map(|event| (event.subject, event.seq)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_commits_late_is_waited_for() {
    let fixture = fixture::postgres().await;
    in_write!(fixture.store, |conn| add_case(conn, "before", 1).await)
        .await
        .unwrap();
    fixture::settled(&fixture.store).await;
    let mut oldest = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id()")
        .execute(&mut oldest)
        .await
        .unwrap();
    let mut late = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut late).await.unwrap();
    sqlx::query(
        "INSERT INTO event SELECT division, 'late', seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm, previous_hash, \
            hash, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), source_key FROM event",
    )
    .execute(&mut late)
    .await
    .unwrap();
    in_write!(fixture.store, |conn| add_case(conn, "after", 1).await)
        .await
        .unwrap();

    let (mut position, mut seen) = (FeedPosition::default(), Vec::new());
    follow(&fixture.store, &mut position, &mut seen)
        .await
        .unwrap();
    assert_eq!(
        seen,
        [("before".to_owned(), 1)],
        "read past a transaction that may still commit"
    );
    // The oldest one keeps readers from all others; the mark still tells that one of them committed.
    let mark = async || {
        let mut conn = fixture.store.read().await.unwrap();
        feed::mark(&mut conn, DIVISION).await.unwrap()
    };
    let before = mark().await;
    sqlx::raw_sql("COMMIT").execute(&mut late).await.unwrap();
    assert_ne!(mark().await, before);
    sqlx::raw_sql("COMMIT").execute(&mut oldest).await.unwrap();
    fixture::settled(&fixture.store).await;
    follow(&fixture.store, &mut position, &mut seen)
        .await
        .unwrap();
    assert_eq!(
        seen.iter()
            .map(|(subject, _)| subject.as_str())
            .collect::<Vec<_>>(),
        ["before", "late", "after"]
    );
}

/// A restored record meets smaller transaction numbers than it remembers; followers must not miss what comes then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_restored_into_another_cluster_goes_on_above_what_was_read() {
    let fixture = fixture::postgres().await;
    in_write!(fixture.store, |conn| add_case(conn, "old", 1).await)
        .await
        .unwrap();
    fixture::bend(
        &fixture,
        "UPDATE event SET feed_group = feed_group + 1000000000000",
    )
    .await;
    fixture.store.close().await;
    let store = Store::open(&fixture.url).await.unwrap();
    fixture::settled(&store).await;
    let (mut position, mut seen) = (FeedPosition::default(), Vec::new());
    follow(&store, &mut position, &mut seen).await.unwrap();
    assert_eq!(seen, [("old".to_owned(), 1)]);
    let another = Store::open(&fixture.url).await.unwrap();
    for (number, store) in [("new-1", &store), ("new-2", &another), ("new-3", &store)] {
        in_write!(store, |conn| add_case(conn, number, 5).await)
            .await
            .unwrap();
    }
    fixture::settled(&another).await;
    follow(&another, &mut position, &mut seen).await.unwrap();
    assert_eq!(seen.len(), 16);
    assert!(seen.is_sorted_by_key(|(subject, _)| std::cmp::Reverse(subject.starts_with("old"))));
}

contract! {
    a_follower_meets_each_event_once_and_in_order => |fixture| {
        let writers: Vec<_> = (0..6_u64).map(|writer| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                for case in 0..15_u64 {
                    in_write!(store, |conn| {
                        let row = add_case(conn, &format!("S{writer}-{case}"), 5).await?;
                        tokio::time::sleep(Duration::from_micros((writer * 7 + case * 13) % 11 * 300)).await;
                        Ok(row)
                    }).await.unwrap();
                }
            })
        }).collect();
        let (mut position, mut seen) = (FeedPosition::default(), Vec::new());
        while writers.iter().any(|writer| !writer.is_finished()) {
            follow(&fixture.store, &mut position, &mut seen).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        fixture::settled(&fixture.store).await;
        follow(&fixture.store, &mut position, &mut seen).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(i64::try_from(seen.len()).unwrap(), event::count(&mut conn, DIVISION).await.unwrap());
        let mut again = (FeedPosition::default(), Vec::new());
        follow(&fixture.store, &mut again.0, &mut again.1).await.unwrap();
        assert_eq!(seen, again.1, "the order of the first reading isn't that of a later one");
        for subject in (0..6).flat_map(|writer| (0..15).map(move |case| format!("S{writer}-{case}"))) {
            let seqs: Vec<i64> = seen.iter().filter(|(name, _)| *name == subject).map(|(_, seq)| *seq).collect();
            assert_eq!(seqs, [1, 2, 3, 4, 5], "{subject}");
        }
    }
}
