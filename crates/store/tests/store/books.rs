//! Who changes the books waits for those who decide by the old ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{Store, StoreError, meta};
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
    // The change can only be waiting now; a little time would show if it weren't.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!changer.is_finished());
    go_on.notify_one();
    writer.await.unwrap().unwrap();
    let seen = tokio::time::timeout(Duration::from_secs(10), changer).await;
    assert_eq!(seen.unwrap().unwrap().unwrap().as_deref(), Some("old"));
    store.close().await;
}
