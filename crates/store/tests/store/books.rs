//! Who changes the books waits for those who decide by the old ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{Conn, Store, StoreError, meta};
use tokio::sync::Notify;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_books_waits_for_writers_under_way() {
    let url = testkit::postgres::fresh_database();
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let ended = Arc::new(AtomicBool::new(false));
    let writer = {
        let (store, begun, go_on, ended) = (
            store.clone(),
            Arc::clone(&begun),
            Arc::clone(&go_on),
            Arc::clone(&ended),
        );
        tokio::spawn(async move {
            store
                .write(move |conn| {
                    let (begun, go_on, ended) =
                        (Arc::clone(&begun), Arc::clone(&go_on), Arc::clone(&ended));
                    Box::pin(async move {
                        meta::get(conn, "books_edition").await?;
                        begun.notify_one();
                        go_on.notified().await;
                        meta::set(conn, "decided_by", "old").await?;
                        ended.store(true, Ordering::SeqCst);
                        Ok::<(), StoreError>(())
                    })
                })
                .await
        })
    };
    begun.notified().await;
    let changer = {
        let (store, ended) = (store.clone(), Arc::clone(&ended));
        tokio::spawn(async move {
            store
                .write(move |conn| {
                    let ended = Arc::clone(&ended);
                    Box::pin(async move {
                        meta::hold_books(conn).await?;
                        assert!(
                            ended.load(Ordering::SeqCst),
                            "the writer is still under way"
                        );
                        meta::get(conn, "decided_by").await
                    })
                })
                .await
        })
    };
    tokio::time::timeout(Duration::from_secs(10), wait_for_a_waiting_lock(&store))
        .await
        .unwrap();
    assert!(!changer.is_finished());
    go_on.notify_one();
    writer.await.unwrap().unwrap();
    let seen = tokio::time::timeout(Duration::from_secs(10), changer).await;
    assert_eq!(seen.unwrap().unwrap().unwrap().as_deref(), Some("old"));
    store.close().await;
}

/// Looks until the server says that somebody waits for the lock of the books.
async fn wait_for_a_waiting_lock(store: &Store) {
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
    loop {
        let Conn::Postgres(mut conn) = store.read().await.unwrap() else {
            panic!("not PostgreSQL")
        };
        if sqlx::query_scalar(waiting)
            .fetch_one(&mut *conn)
            .await
            .unwrap()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
