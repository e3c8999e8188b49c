//! Transitions from stage to stage by many clerks at once, each acknowledged only when it is durable.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engine::Engine;
use store::event::{EventRow, NewEvent};
use store::subject::SubjectRow;
use testkit::postgres::Cluster;

use crate::Effort;
use crate::bare::{self, Rows};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now, processor_seconds};
use crate::office::{self, CLERKS, STAGES};

pub(crate) const NAME_SQLITE: &str = "transitions-sqlite-64";
pub(crate) const NAME_POSTGRES: &str = "transitions-postgres-64";

/// Transitions to a commit of the bare loop: as many as there are clerks.
const GROUP: usize = 64;
/// Cases that are prepared to learn the speed, for each clerk.
const TRIAL_CASES: usize = 4;
/// So many times the transitions that the trial promises are prepared, so that no round runs out of cases.
const RESERVE: f64 = 2.0;
/// Transitions that the loop with a commit for each is given: enough to tell, few enough for a slow disk.
const ALONE_MAX: usize = 2_000;
/// Events read in one page.
const PAGE: i64 = 5_000;

/// What a round gave, in transitions per second.
#[derive(Debug, Default)]
struct Rates {
    engine: Vec<f64>,
    grouped: Vec<f64>,
    alone: Vec<f64>,
    /// Processor microseconds of this process for each transition: the engine's and the bare loop's.
    engine_cpu_us: Vec<f64>,
    bare_cpu_us: Vec<f64>,
}

/// Speed and processor time of a run.
#[derive(Debug, Clone, Copy)]
struct Run {
    per_s: f64,
    cpu_us: f64,
}

pub(crate) async fn sqlite(folder: &Path, effort: Effort) -> Result<Figure> {
    let mut rates = Rates::default();
    for round in 0..effort.rounds {
        let place = folder.join(format!("round-{round}"));
        std::fs::create_dir(&place)?;
        let url = |name: &str| format!("sqlite:{}", place.join(name).display());
        let (run, rows, _) = clerks(&url("engine.db"), effort).await?;
        rates.engine.push(run.per_s);
        rates.engine_cpu_us.push(run.cpu_us);

        let grouped = fresh(&url("grouped.db"), &rows).await?;
        let run = timed(rows.transitions.len(), || {
            bare::sqlite(&grouped, &rows, GROUP, usize::MAX)
        })
        .await?;
        rates.grouped.push(run.per_s);
        rates.bare_cpu_us.push(run.cpu_us);

        let alone = fresh(&url("alone.db"), &rows).await?;
        let count = rows.transitions.len().min(ALONE_MAX);
        let run = timed(count, || bare::sqlite(&alone, &rows, 1, ALONE_MAX)).await?;
        rates.alone.push(run.per_s);
        std::fs::remove_dir_all(&place)?;
    }
    let mut figure = figure(
        NAME_SQLITE,
        &rates,
        0.4,
        "bare loop, 64 a commit",
        "one connection writes the very same rows through sqlx, 64 transitions to one BEGIN IMMEDIATE … COMMIT with \
         the same durability (WAL, synchronous=FULL); it reads, checks and decides nothing and knows all its rows \
         beforehand",
    );
    figure.baselines.push(Baseline {
        name: "bare loop, 1 a commit".to_owned(),
        value: median(&rates.alone),
        meaning: "the same with a commit for each transition".to_owned(),
    });
    Ok(figure)
}

pub(crate) async fn postgres(effort: Effort) -> Result<Figure> {
    let cluster = Cluster::start_large().context("PostgreSQL can't be measured")?;
    for setting in ["fsync", "synchronous_commit"] {
        let value = cluster.psql(&format!("SHOW {setting}"))?;
        ensure!(value.trim() == "on", "{setting} is {value}");
    }
    let mut rates = Rates::default();
    let mut connections = 0;
    for _ in 0..effort.rounds {
        let (run, rows, pool) = clerks(&cluster.fresh_database()?, effort).await?;
        connections = pool;
        rates.engine.push(run.per_s);
        rates.engine_cpu_us.push(run.cpu_us);

        let url = fresh(&cluster.fresh_database()?, &rows).await?;
        let run = timed(rows.transitions.len(), || bare::postgres(&url, &rows, pool)).await?;
        rates.grouped.push(run.per_s);
        rates.bare_cpu_us.push(run.cpu_us);
    }
    let mut figure = figure(
        NAME_POSTGRES,
        &rates,
        0.5,
        "bare statements",
        "BEGIN, UPDATE, INSERT, COMMIT for each transition on connections of their own, the very same rows; they \
         read, check and decide nothing and know all their rows beforehand",
    );
    figure.remarks.push(format!(
        "both over {connections} connections, fsync and synchronous_commit on"
    ));
    Ok(figure)
}

fn figure(name: &'static str, rates: &Rates, goal: f64, baseline: &str, meaning: &str) -> Figure {
    let mut figure = Figure {
        name,
        value: median(&rates.engine),
        unit: "transitions/s",
        goal: Goal::RatioAtLeast(goal),
        baselines: vec![Baseline {
            name: baseline.to_owned(),
            value: median(&rates.grouped),
            meaning: meaning.to_owned(),
        }],
        remarks: vec![format!(
            "{CLERKS} clerks, median of {} rounds: {} against {}",
            rates.engine.len(),
            shown(&rates.engine),
            shown(&rates.grouped)
        )],
    };
    let (engine, bare) = (median(&rates.engine_cpu_us), median(&rates.bare_cpu_us));
    if engine.is_finite() {
        let busy = figure.value * engine / 1e6;
        figure.remarks.push(format!(
            "processor time of a transition: {} µs against {} µs; {} processors busy of {}",
            number(engine),
            number(bare),
            number(busy),
            std::thread::available_parallelism().map_or(1, usize::from)
        ));
        if !figure.is_met() {
            figure.remarks.push(
                "limited by: the exchanges with the database (a look at the row and the books, the two writes, the \
                 savepoint), each of which is a switch between threads or processes, and by processor time"
                    .to_owned(),
            );
        }
    }
    figure
}

fn shown(rates: &[f64]) -> String {
    let rates: Vec<String> = rates.iter().map(|rate| number(*rate)).collect();
    rates.join(", ")
}

/// Lets the clerks work; gives their speed, what they wrote, and how many connections there were.
async fn clerks(url: &str, effort: Effort) -> Result<(Run, Rows, usize)> {
    let settings = office::build(url).await?;
    let engine = office::open(url, &settings).await?;
    let templates = office::rows_of_one(&engine).await?;
    let trial = office::prepare(&engine, TRIAL_CASES).await?;
    let seconds = Duration::from_secs(effort.seconds);
    let started = now();
    let tried = work(&engine, trial, seconds).await?;
    let per_s = f64::from(tried) / started.elapsed().as_secs_f64();
    let needed = per_s * seconds.as_secs_f64() * RESERVE;
    let mut cases_each = TRIAL_CASES;
    while needed > f64::from(u32::try_from(cases_each * CLERKS * STAGES.len())?) {
        cases_each += TRIAL_CASES;
    }
    let cases = office::prepare(&engine, cases_each).await?;
    engine.close().await;

    // A program that has just been started: no case is in its memory.
    let engine = office::open(url, &settings).await?;
    engine.books(engine.division()).await?;
    let before = processor_seconds();
    let started = now();
    let done = work(&engine, cases.clone(), seconds).await?;
    let took = started.elapsed();
    let run = run(done, took, before, processor_seconds());
    let pool = connections(&engine).await?;
    let rows = written(&engine, &cases, &templates).await?;
    engine.close().await;
    let left = cases_each * CLERKS * STAGES.len() - usize::try_from(done)?;
    ensure!(left > 0, "the clerks ran out of cases");
    Ok((run, rows, pool))
}

fn run(count: u32, took: Duration, before: Option<f64>, after: Option<f64>) -> Run {
    let count = f64::from(count);
    let cpu = before
        .zip(after)
        .map_or(f64::NAN, |(before, after)| after - before);
    Run {
        per_s: count / took.as_secs_f64(),
        cpu_us: cpu * 1e6 / count,
    }
}

/// Each clerk takes its cases through the stages, one transition after the other, until the time is over. Only
/// acknowledged transitions count.
pub(crate) async fn work(
    engine: &Engine,
    cases: Vec<Vec<String>>,
    seconds: Duration,
) -> Result<u32> {
    work_of(engine, cases.into_iter().enumerate().collect(), seconds).await
}

/// The same for some of the clerks, each named by his number.
pub(crate) async fn work_of(
    engine: &Engine,
    clerks: Vec<(usize, Vec<String>)>,
    seconds: Duration,
) -> Result<u32> {
    let over = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = clerks
        .into_iter()
        .map(|(clerk, cases)| {
            let (engine, over) = (engine.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                let mut done = 0;
                for case in cases {
                    for (stage, _) in STAGES {
                        if over.load(Ordering::Relaxed) {
                            return Ok(done);
                        }
                        office::complete(&engine, clerk, &case, stage).await?;
                        done += 1;
                    }
                }
                // Whoever has no work left ends the measurement: the others alone would be fewer than said.
                over.store(true, Ordering::Relaxed);
                Ok::<u32, anyhow::Error>(done)
            })
        })
        .collect();
    let bell = {
        let over = Arc::clone(&over);
        tokio::spawn(async move {
            tokio::time::sleep(seconds).await;
            over.store(true, Ordering::Relaxed);
        })
    };
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    bell.abort();
    Ok(done)
}

/// How many connections the engine's pool has opened.
async fn connections(engine: &Engine) -> Result<usize> {
    const COUNT: &str = "SELECT COUNT(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'shixian'";
    let mut conn = engine.store().read().await?;
    Ok(match &mut conn {
        store::Conn::Sqlite(_) => 1,
        store::Conn::Postgres(connection) => {
            let count: i64 = sqlx::query_scalar(COUNT)
                .fetch_one(&mut **connection)
                .await?;
            usize::try_from(count)?
        }
    })
}

/// Reads back what the engine wrote: the events in their order, and for each the row of its case.
async fn written(
    engine: &Engine,
    cases: &[Vec<String>],
    templates: &Arc<[SubjectRow; 3]>,
) -> Result<Rows> {
    let division = engine.division();
    let mut prepared: Vec<&str> = cases.iter().flatten().map(String::as_str).collect();
    prepared.sort_unstable();
    let mut conn = engine.store().snapshot().await?;
    let (mut before, mut transitions) = (Vec::new(), Vec::new());
    let mut after = (String::new(), 0);
    loop {
        let events =
            store::event::page(&mut conn, division, (after.0.as_str(), after.1), PAGE).await?;
        let Some(last) = events.last() else { break };
        after = (last.subject.clone(), last.seq);
        for event in events {
            if prepared.binary_search(&event.subject.as_str()).is_err() {
                continue;
            }
            if event.seq < STAGES[0].1 {
                before.push(event);
            } else {
                transitions.push(event);
            }
        }
    }
    let mut item_count = 0;
    for case in &prepared {
        let items = store::message_item::of_subject(&mut conn, division, case).await?;
        item_count += items.len();
    }
    ensure!(
        item_count == 0,
        "a transition in time tells nobody, but there are {item_count} message items"
    );
    // As they were acknowledged, within a case by its own order.
    transitions.sort_by_key(|event| (event.recorded_at_us, event.feed_group, event.seq));
    Ok(Rows {
        before,
        transitions,
        templates: Arc::clone(templates),
    })
}

/// An empty database of the same schema with the cases as they were before.
async fn fresh(url: &str, rows: &Rows) -> Result<String> {
    let store = store::Store::open(url).await?;
    store.migrate().await?;
    for chunk in rows.before.chunks(2_000) {
        let chunk: Arc<[EventRow]> = chunk.to_vec().into();
        let templates = Arc::clone(&rows.templates);
        store
            .write(move |conn| {
                let (chunk, templates) = (Arc::clone(&chunk), Arc::clone(&templates));
                Box::pin(async move {
                    let events: Vec<NewEvent> = chunk.iter().map(new_event).collect();
                    store::event::append(conn, &events).await?;
                    for event in chunk.iter().filter(|event| event.seq == STAGES[0].1 - 1) {
                        let row = bare::row_after(&templates[0], event);
                        store::subject::insert(conn, &row).await?;
                    }
                    Ok::<_, store::StoreError>(())
                })
            })
            .await?;
    }
    store.close().await;
    Ok(url.to_owned())
}

fn new_event(event: &EventRow) -> NewEvent {
    NewEvent {
        division: event.division.clone(),
        subject: event.subject.clone(),
        seq: event.seq,
        kind: event.kind.clone(),
        occurred_at_us: event.occurred_at_us,
        recorded_at_us: event.recorded_at_us,
        payload: event.payload.clone(),
        hash_algorithm: event.hash_algorithm.clone(),
        previous_hash: event.previous_hash.clone(),
        hash: event.hash.clone(),
        source_key: event.source_key.clone(),
    }
}

async fn timed<F: Future<Output = Result<Duration>>>(
    count: usize,
    loop_: impl FnOnce() -> F,
) -> Result<Run> {
    let before = processor_seconds();
    let took = loop_().await?;
    Ok(run(
        u32::try_from(count)?,
        took,
        before,
        processor_seconds(),
    ))
}
