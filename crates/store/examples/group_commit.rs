//! How near many clerks come to a bare loop that writes the same rows 64 to a commit.
//!
//! `cargo run --release -p store --example group_commit [CLERKS] [SECONDS] [sqlite:PATH | postgres://…]`

use std::io::Write;
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use store::chain::{GENESIS, HashAlgorithm, chain_hash};
use store::event::{self, NewEvent};
use store::subject::{self, SubjectRow};
use store::{Store, StoreError, counter};
use tokio::time::Instant;

const DIVISION: &str = "410800";

fn case(number: &str) -> (SubjectRow, Vec<NewEvent>) {
    let mut hash = GENESIS.to_owned();
    let mut events = Vec::new();
    for seq in 1..=2 {
        let payload = format!(
            r#"{{"division":"{DIVISION}","subject":"{number}","seq":{seq},"kind":"received","occurred_at_us":1,"recorded_at_us":1,"personal":null,"item":"gtj-01","by":"zhang"}}"#
        );
        let next = chain_hash(HashAlgorithm::Sm3, &hash, &payload);
        events.push(NewEvent {
            division: DIVISION.to_owned(),
            subject: number.to_owned(),
            seq,
            kind: "received".to_owned(),
            occurred_at_us: 1,
            recorded_at_us: 1,
            payload,
            hash_algorithm: "sm3".to_owned(),
            previous_hash: hash,
            hash: next.clone(),
            source_key: None,
        });
        hash = next;
    }
    let row = SubjectRow {
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
        accepted_at_us: Some(1),
        decided_at_us: None,
        completed_at_us: None,
        promised_due_at_us: Some(9),
        statutory_due_at_us: Some(19),
        stage_due_at_us: Some(5),
        highest_level: None,
        seq: 2,
        hash,
        next_alarm_us: Some(5),
        calendar_version: "2011.1".to_owned(),
        rules_version: 1,
        provisional: false,
        source: None,
    };
    (row, events)
}

/// What one command writes: a number, two events, one subject.
async fn command(conn: &mut store::Conn, name: &str) -> Result<(), StoreError> {
    let number = counter::take(conn, DIVISION, "gtj", "2011-08-01", "case").await?;
    let (row, events) = case(&format!("{name}-{number:07}"));
    event::append(conn, &events).await?;
    subject::insert(conn, &row).await
}

/// The same statements on a plain connection, 64 commands to a commit.
async fn bare(path: &str, seconds: u64) -> Result<f64, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(256);
    let options = sqlx::ConnectOptions::disable_statement_logging(options);
    let mut c = sqlx::SqliteConnection::connect_with(&options).await?;
    let find = |name: &str| {
        store::statements()
            .into_iter()
            .find(|statement| {
                statement
                    .module
                    .ends_with(name.split("::").next().unwrap_or(""))
                    && statement.name == name.split("::").nth(1).unwrap_or("")
            })
            .map_or("", |statement| statement.sql)
    };
    let (take, append, insert) = (
        find("counter::TAKE"),
        find("event::APPEND_SQLITE"),
        find("subject::INSERT"),
    );
    let started = Instant::now();
    let mut written = 0_u32;
    while started.elapsed() < Duration::from_secs(seconds) {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut c).await?;
        for _ in 0..64 {
            let number: i64 = sqlx::query_scalar(take)
                .bind(DIVISION)
                .bind("gtj")
                .bind("2011-08-01")
                .bind("case")
                .fetch_one(&mut c)
                .await?;
            let (row, events) = case(&format!("bare-{number:07}"));
            for e in &events {
                sqlx::query(append)
                    .bind(&e.division)
                    .bind(&e.subject)
                    .bind(e.seq)
                    .bind(&e.kind)
                    .bind(e.occurred_at_us)
                    .bind(e.recorded_at_us)
                    .bind(&e.payload)
                    .bind(&e.hash_algorithm)
                    .bind(&e.previous_hash)
                    .bind(&e.hash)
                    .bind(&e.source_key)
                    .execute(&mut c)
                    .await?;
            }
            sqlx::query(insert)
                .bind(&row.division)
                .bind(&row.subject)
                .bind(&row.kind)
                .bind(&row.unit)
                .bind(&row.item)
                .bind(row.item_version)
                .bind(&row.about)
                .bind(&row.state)
                .bind(&row.stage)
                .bind(&row.outcome)
                .bind(&row.handler)
                .bind(row.received_at_us)
                .bind(row.accepted_at_us)
                .bind(row.decided_at_us)
                .bind(row.completed_at_us)
                .bind(row.promised_due_at_us)
                .bind(row.statutory_due_at_us)
                .bind(row.stage_due_at_us)
                .bind(&row.highest_level)
                .bind(row.seq)
                .bind(&row.hash)
                .bind(row.next_alarm_us)
                .bind(&row.calendar_version)
                .bind(row.rules_version)
                .bind(row.provisional)
                .bind(&row.source)
                .execute(&mut c)
                .await?;
            written += 1;
        }
        sqlx::query("COMMIT").execute(&mut c).await?;
    }
    Ok(f64::from(written) / started.elapsed().as_secs_f64())
}

async fn clerks(store: &Store, count: usize, seconds: u64) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..count)
        .map(|clerk| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut written = 0_u32;
                while started.elapsed() < Duration::from_secs(seconds) {
                    let done = store
                        .write::<_, StoreError, _>(move |conn| {
                            Box::pin(async move { command(conn, &format!("c{clerk}")).await })
                        })
                        .await;
                    written += u32::from(done.is_ok());
                }
                written
            })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += task.await.unwrap_or_default();
    }
    f64::from(written) / started.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(Ok(64), |word| word.parse())?;
    let seconds = arguments.next().map_or(Ok(5), |word| word.parse())?;
    let folder = tempfile::tempdir_in(".")?;
    let own = format!("sqlite:{}", folder.path().join("clerks.db").display());
    let url = arguments.next().unwrap_or(own);
    let mut out = std::io::stdout();
    let store = Store::open(&url).await?;
    store.migrate().await?;
    let reached = clerks(&store, count, seconds).await;
    writeln!(out, "{count} clerks: {reached:.0} commands/s")?;
    store.close().await;
    if url.starts_with("sqlite") {
        let path = folder.path().join("bare.db");
        let bare_store = Store::open(&format!("sqlite:{}", path.display())).await?;
        bare_store.migrate().await?;
        bare_store.close().await;
        let loops = bare(&path.to_string_lossy(), seconds).await?;
        writeln!(
            out,
            "a bare loop, 64 to a commit: {loops:.0} commands/s; ratio {:.2}",
            reached / loops
        )?;
    }
    Ok(())
}
