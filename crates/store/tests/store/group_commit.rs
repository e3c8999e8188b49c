//! What waits together on SQLite is committed together; on PostgreSQL each command is a transaction of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::fixture::{self, DIVISION, Fixture, add_case, in_write, subject};
use store::subject::Seen;
use store::{Conn, Store, StoreError, counter, event, subject};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

/// Keeps the writer in one piece of work until it is told to go on, so that others queue up behind it.
struct Gate {
    open: Arc<Semaphore>,
    held: JoinHandle<Result<(), StoreError>>,
}

impl Gate {
    async fn close(store: &Store) -> Self {
        let (open, entered) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
        let (store, inside, inside_entered) = (store.clone(), open.clone(), entered.clone());
        let held = tokio::spawn(async move {
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
        self.open.add_permits(100);
        self.held.await.unwrap().unwrap();
    }
}

async fn exists(fixture: &Fixture, number: &str) -> bool {
    let mut conn = fixture.store.read().await.unwrap();
    subject::get(&mut conn, DIVISION, number)
        .await
        .unwrap()
        .is_some()
}

fn add(store: &Store, number: &'static str) -> JoinHandle<Result<(), StoreError>> {
    let store = store.clone();
    tokio::spawn(async move {
        in_write!(store, |conn| add_case(conn, number, 2).await.map(|_| ())).await
    })
}

/// Lets the tasks that were just spawned reach the queue, in their order.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_undoes_only_its_own() {
    let fixture = fixture::sqlite().await;
    let gate = Gate::close(&fixture.store).await;
    let mut answers = Vec::new();
    for number in 0..9 {
        let store = fixture.store.clone();
        answers.push(tokio::spawn(async move {
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
        settle().await;
    }
    gate.open().await;
    for (number, answer) in answers.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        assert_eq!(answer.is_ok(), number % 3 != 1, "{number}: {answer:?}");
        assert_eq!(
            exists(&fixture, &format!("S{number}")).await,
            number % 3 != 1,
            "{number}"
        );
    }
    let mut conn = fixture.store.read().await.unwrap();
    assert_eq!(event::count(&mut conn, DIVISION).await.unwrap(), 18);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_go_out_only_after_the_commit() {
    let fixture = fixture::sqlite().await;
    let gate = Gate::close(&fixture.store).await;
    let first = add(&fixture.store, "first");
    settle().await;
    let (slow, entered) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (store, inside, inside_entered) = (fixture.store.clone(), slow.clone(), entered.clone());
    let second = tokio::spawn(async move {
        in_write!(store, [inside, inside_entered], |conn| {
            add_case(conn, "second", 1).await?;
            inside_entered.notify_one();
            drop(inside.acquire().await);
            Ok(())
        })
        .await
    });
    settle().await;
    // Both come after the gate; it has been closed for less than a batch lasts, so they share its commit.
    gate.open.add_permits(1);
    entered.notified().await;
    settle().await;
    assert!(!first.is_finished(), "answered before the commit");
    assert!(
        !exists(&fixture, "first").await,
        "visible before the commit"
    );
    slow.add_permits(1);
    first.await.unwrap().unwrap();
    assert!(exists(&fixture, "first").await);
    second.await.unwrap().unwrap();
    assert!(exists(&fixture, "second").await);
    gate.held.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_commit_is_an_error_for_the_whole_batch() {
    let fixture = fixture::sqlite().await;
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
    settle().await;
    let store = fixture.store.clone();
    let bad = tokio::spawn(async move {
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
    settle().await;
    gate.open.add_permits(1);
    assert!(gate.held.await.unwrap().is_err());
    assert!(matches!(
        good.await.unwrap(),
        Err(StoreError::Statement {
            statement: "COMMIT",
            ..
        })
    ));
    assert!(bad.await.unwrap().is_err());
    assert!(!exists(&fixture, "good").await);
    add(&fixture.store, "later").await.unwrap().unwrap();
    assert!(exists(&fixture, "later").await);
}

/// A full disk can make SQLite undo the whole transaction; those who did nothing wrong are run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_lost_under_one_job_spares_the_others() {
    let fixture = fixture::sqlite().await;
    let gate = Gate::close(&fixture.store).await;
    let before = add(&fixture.store, "before");
    settle().await;
    let store = fixture.store.clone();
    let breaks = tokio::spawn(async move {
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
    settle().await;
    let after = add(&fixture.store, "after");
    settle().await;
    gate.open().await;
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert!(matches!(
        breaks.await.unwrap(),
        Err(StoreError::Missing { table: "disk", .. })
    ));
    assert!(exists(&fixture, "before").await && exists(&fixture, "after").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_ends_when_it_is_old() {
    let fixture = fixture::sqlite().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let gate = Gate::close(&fixture.store).await;
    let mut tasks = Vec::new();
    for number in 0..6 {
        let (store, answered) = (fixture.store.clone(), answered.clone());
        tasks.push(tokio::spawn(async move {
            let inside = answered.clone();
            let seen = in_write!(store, [inside], |conn| {
                subject::insert(conn, &subject(&format!("S{number}"))).await?;
                tokio::time::sleep(Duration::from_millis(30)).await;
                Ok(inside.load(Ordering::SeqCst))
            })
            .await
            .unwrap();
            answered.fetch_add(1, Ordering::SeqCst);
            seen
        }));
        settle().await;
    }
    gate.open().await;
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }
    assert!(
        seen.iter().any(|answers| *answers > 0),
        "six pieces of 30 ms were one batch: {seen:?}"
    );
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
                    for _ in 0..5 {
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
        assert_eq!((report.events, report.defects), (21, vec![]));
    }
}
