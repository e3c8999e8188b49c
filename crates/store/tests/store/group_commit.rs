//! What waits together on SQLite is committed together; on PostgreSQL each command is a transaction of its own.
//!
//! Nothing here rests on the time that a loaded machine takes: work is in the queue when [`queue`] returns, and a batch
//! lasts as long as the test needs it ([`ONE_BATCH`]).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use crate::fixture::{self, DIVISION, add_case, in_write, subject};
use store::subject::Seen;
use store::{Conn, Grouping, Store, StoreError, counter, event, subject};
use tokio::sync::{Notify, Semaphore};

/// No batch of these tests gets so old: all that waits shares one commit.
const ONE_BATCH: Grouping = Grouping {
    batch_age_max: Duration::from_secs(3600),
};

/// Work in the writer's queue, to be awaited for its answer.
type Queued<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// Puts work into the writer's queue, behind all that was put there before.
fn queue<T>(work: impl Future<Output = Result<T, StoreError>> + Send + 'static) -> Queued<T> {
    let mut work: Queued<T> = Box::pin(work);
    assert!(is_waiting(&mut work), "answered before anybody waited");
    work
}

/// Whether the answer is still out.
fn is_waiting<T>(work: &mut Queued<T>) -> bool {
    let mut nobody = Context::from_waker(Waker::noop());
    work.as_mut().poll(&mut nobody).is_pending()
}

/// Keeps the writer in one piece of work until it is told to go on, so that others queue up behind it.
struct Gate {
    open: Arc<Semaphore>,
    held: Queued<()>,
}

impl Gate {
    async fn close(store: &Store) -> Self {
        let (open, entered) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
        let (store, inside, inside_entered) = (store.clone(), open.clone(), entered.clone());
        let held = queue(async move {
            in_write!(store, [inside, inside_entered], |_conn| {
                inside_entered.notify_one();
                drop(inside.acquire().await);
                Ok(())
            })
            .await
        });
        entered.notified().await;
        Self { open, held }
    }

    async fn open(self) {
        self.open.add_permits(1);
        self.held.await.unwrap();
    }
}

async fn exists(store: &Store, number: &str) -> bool {
    let mut conn = store.read().await.unwrap();
    subject::get(&mut conn, DIVISION, number)
        .await
        .unwrap()
        .is_some()
}

fn add(store: &Store, number: &'static str) -> Queued<()> {
    let store = store.clone();
    queue(async move { in_write!(store, |conn| add_case(conn, number, 2).await.map(|_| ())).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_undoes_only_its_own() {
    let fixture = fixture::sqlite_grouping(ONE_BATCH).await;
    let gate = Gate::close(&fixture.store).await;
    let mut answers = Vec::new();
    for number in 0..9 {
        let store = fixture.store.clone();
        answers.push(queue(async move {
            in_write!(store, |conn| {
                add_case(conn, &format!("S{number}"), 3).await?;
                if number % 3 == 1 {
                    Err(StoreError::Missing {
                        table: "item",
                        key: number.to_string(),
                    })
                } else {
                    Ok(number)
                }
            })
            .await
        }));
    }
    gate.open().await;
    for (number, answer) in answers.into_iter().enumerate() {
        let answer = answer.await;
        assert_eq!(answer.is_ok(), number % 3 != 1, "{number}: {answer:?}");
        assert_eq!(
            exists(&fixture.store, &format!("S{number}")).await,
            number % 3 != 1,
            "{number}"
        );
    }
    let mut conn = fixture.store.read().await.unwrap();
    assert_eq!(event::count(&mut conn, DIVISION).await.unwrap(), 18);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_go_out_only_after_the_commit() {
    let fixture = fixture::sqlite_grouping(ONE_BATCH).await;
    let mut gate = Gate::close(&fixture.store).await;
    let mut first = add(&fixture.store, "first");
    let (slow, entered) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (store, inside, inside_entered) = (fixture.store.clone(), slow.clone(), entered.clone());
    let second = queue(async move {
        in_write!(store, [inside, inside_entered], |conn| {
            add_case(conn, "second", 1).await?;
            inside_entered.notify_one();
            drop(inside.acquire().await);
            Ok(())
        })
        .await
    });
    gate.open.add_permits(1);
    entered.notified().await;
    // Two have run and the third is at work in the same batch: whoever answers before the commit has done so by now.
    assert!(is_waiting(&mut gate.held), "answered before the commit");
    assert!(is_waiting(&mut first), "answered before the commit");
    assert!(
        !exists(&fixture.store, "first").await,
        "visible before the commit"
    );
    slow.add_permits(1);
    first.await.unwrap();
    assert!(exists(&fixture.store, "first").await);
    assert!(exists(&fixture.store, "second").await);
    second.await.unwrap();
    gate.held.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_commit_is_an_error_for_the_whole_batch() {
    let fixture = fixture::sqlite_grouping(ONE_BATCH).await;
    in_write!(fixture.store, |conn| {
        let Conn::Sqlite(conn) = conn else {
            panic!("not SQLite")
        };
        for table in [
            "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
            "CREATE TABLE child (id BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        ] {
            sqlx::query(table).execute(&mut **conn).await.unwrap();
        }
        Ok(())
    })
    .await
    .unwrap();
    let gate = Gate::close(&fixture.store).await;
    let good = add(&fixture.store, "good");
    let store = fixture.store.clone();
    let bad = queue(async move {
        in_write!(store, |conn| {
            let Conn::Sqlite(conn) = conn else {
                panic!("not SQLite")
            };
            sqlx::query("INSERT INTO child VALUES (1)")
                .execute(&mut **conn)
                .await
                .unwrap();
            Ok(())
        })
        .await
    });
    gate.open.add_permits(1);
    assert!(gate.held.await.is_err());
    assert!(matches!(
        good.await,
        Err(StoreError::Statement {
            statement: "COMMIT",
            ..
        })
    ));
    assert!(bad.await.is_err());
    assert!(!exists(&fixture.store, "good").await);
    add(&fixture.store, "later").await.unwrap();
    assert!(exists(&fixture.store, "later").await);
}

/// A full disk can make SQLite undo the whole transaction; those who did nothing wrong are run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_lost_under_one_job_spares_the_others() {
    let fixture = fixture::sqlite_grouping(ONE_BATCH).await;
    let gate = Gate::close(&fixture.store).await;
    let before = add(&fixture.store, "before");
    let store = fixture.store.clone();
    let breaks = queue(async move {
        in_write!(store, |conn| {
            let Conn::Sqlite(conn) = conn else {
                panic!("not SQLite")
            };
            sqlx::query("ROLLBACK").execute(&mut **conn).await.unwrap();
            Err::<(), _>(StoreError::Missing {
                table: "disk",
                key: "space".to_owned(),
            })
        })
        .await
    });
    let after = add(&fixture.store, "after");
    gate.open().await;
    before.await.unwrap();
    after.await.unwrap();
    assert!(matches!(
        breaks.await,
        Err(StoreError::Missing { table: "disk", .. })
    ));
    assert!(exists(&fixture.store, "before").await && exists(&fixture.store, "after").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_ends_when_it_is_old() {
    let old = Grouping::default().batch_age_max;
    let fixture = fixture::sqlite().await;
    let gate = Gate::close(&fixture.store).await;
    let mut answers = Vec::new();
    for number in 0..4_u32 {
        let store = fixture.store.clone();
        answers.push(queue(async move {
            let record = store.clone();
            in_write!(store, [record], |conn| {
                subject::insert(conn, &subject(&format!("S{number}"))).await?;
                // With this piece alone the batch is as old as it may get.
                tokio::time::sleep(old).await;
                let before = number.checked_sub(1).map(|number| format!("S{number}"));
                Ok(match before {
                    Some(before) => exists(&record, &before).await,
                    None => true,
                })
            })
            .await
        }));
    }
    gate.open().await;
    for (number, answer) in answers.into_iter().enumerate() {
        let committed = answer.await.unwrap();
        assert!(committed, "S{number} shares a batch with the one before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_that_met_are_run_again() {
    let fixture = fixture::postgres().await;
    let meeting = Arc::new(tokio::sync::Barrier::new(2));
    let mut tasks = Vec::new();
    for units in [["a", "b"], ["b", "a"]] {
        let (store, meeting, first) = (
            fixture.store.clone(),
            meeting.clone(),
            Arc::new(AtomicBool::new(true)),
        );
        tasks.push(tokio::spawn(async move {
            in_write!(store, [meeting, first], |conn| {
                counter::take(conn, DIVISION, units[0], "d", "case").await?;
                if first.swap(false, Ordering::SeqCst) {
                    meeting.wait().await;
                }
                counter::take(conn, DIVISION, units[1], "d", "case").await
            })
            .await
        }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_one_subject_follow_each_other() {
    for fixture in [fixture::sqlite().await, fixture::postgres().await] {
        in_write!(fixture.store, |conn| add_case(conn, "A", 1).await)
            .await
            .unwrap();
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let store = fixture.store.clone();
                tokio::spawn(async move {
                    // Each time that one is overtaken another gets through: at most nine times, and it may try ten times.
                    for _ in 0..3 {
                        in_write!(store, |conn| {
                            let mut row =
                                subject::get(conn, DIVISION, "A").await?.expect("the case");
                            let seen = Seen::of(&row);
                            let event = fixture::follow(&mut row, None);
                            subject::update(conn, &row, &seen).await?;
                            event::append(conn, &[event]).await
                        })
                        .await
                        .unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let report = store::verify::verify(&fixture.store).await.unwrap();
        assert_eq!((report.events, report.defects), (13, vec![]));
    }
}
