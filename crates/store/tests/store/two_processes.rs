//! Two processes write one SQLite file at the same time: the test starts itself a second time.

use std::process::{Command, Stdio};

use crate::fixture::{self, DIVISION, add_case, in_write};
use store::{Store, counter, event};

/// Tells the second process which file to write.
const SECOND: &str = "SHIXIAN_STORE_SECOND_PROCESS";
const CLERKS: usize = 8;
const CASES: usize = 25;

async fn clerks_write(store: &Store, name: &'static str) {
    let clerks: Vec<_> = (0..CLERKS)
        .map(|clerk| {
            let store = store.clone();
            tokio::spawn(async move {
                for case in 0..CASES {
                    in_write!(store, |conn| {
                        let number =
                            counter::take(conn, DIVISION, "gtj", "2011-08-01", "case").await?;
                        add_case(conn, &format!("{name}-{clerk}-{case}-{number}"), 2).await
                    })
                    .await
                    .unwrap();
                }
            })
        })
        .collect();
    for clerk in clerks {
        clerk.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_get_their_turn() {
    if let Ok(url) = std::env::var(SECOND) {
        let store = Store::open(&url).await.unwrap();
        store.check_schema().await.unwrap();
        clerks_write(&store, "second").await;
        store.close().await;
        return;
    }
    let fixture = fixture::sqlite().await;
    let mut second = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "two_processes::both_get_their_turn"])
        .env(SECOND, &fixture.url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    clerks_write(&fixture.store, "first").await;
    let ended = tokio::task::spawn_blocking(move || second.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(ended.success(), "the second process: {ended}");
    let mut conn = fixture.store.read().await.unwrap();
    assert_eq!(
        event::count(&mut conn, DIVISION).await.unwrap(),
        i64::try_from(2 * CLERKS * CASES * 2).unwrap()
    );
    let next = in_write!(fixture.store, |conn| counter::take(
        conn,
        DIVISION,
        "gtj",
        "2011-08-01",
        "case"
    )
    .await)
    .await
    .unwrap();
    assert_eq!(next, i64::try_from(2 * CLERKS * CASES).unwrap() + 1);
    assert!(store::verify::verify(&fixture.store).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_may_bring_one_file_up_to_date_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = Store::open(&url).await.unwrap();
                store.migrate().await.unwrap();
                store.check_schema().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
