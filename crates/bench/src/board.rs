//! From the due instant to the card on an open live board, with two hundred boards open.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use engine::{Clock, Engine};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Incoming;
use store::event::EventRow;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::city;
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::percentile;
use crate::office;
use crate::served::Served;

pub(crate) const NAME: &str = "board-latency";

/// Boards that are open.
const BOARDS: usize = 200;
/// Cases that are over their limit at the same instant.
const CASES: usize = 20;
const GOAL_MS: f64 = 2_000.0;
/// How long before the instant the service is started; the boards are open in time.
const AHEAD: TimeDelta = TimeDelta::seconds(8);
/// How long a card may take until it counts as never.
const PATIENCE: Duration = Duration::from_secs(40);
/// Alarms of a case before the first warning.
const ALARMS_MAX: usize = 20;

pub(crate) async fn measure(folder: &Path) -> Result<Figure> {
    let limit_at = first_warning(folder).await?;
    let url = format!("sqlite:{}", folder.join("board.db").display());
    let settings = office::build(&url).await?;
    let engine = office::open(&url, &settings).await?;
    for clerk in 0..CASES {
        office::accepted(&engine, clerk).await?;
    }
    let waiting = office::accepted(&engine, 0).await?;
    let inspector = city::enter(&engine, office::INSPECTOR).await?;
    let handler = city::enter(&engine, &office::person(0)).await?;
    engine.close().await;

    let served = Served::start(&url, &(limit_at - AHEAD).to_rfc3339(), None).await?;
    // An act tells how the service's time and this process's lie to each other, to within its own duration.
    let form = format!(
        "act=complete&stage=handling&seq={}",
        office::STAGES[0].1 - 1
    );
    let sent = Instant::now();
    let path = format!("/case/{waiting}/act");
    let status = served.client.submit(&path, &handler, form).await?;
    let between = sent.elapsed() / 2;
    ensure!(status == StatusCode::SEE_OTHER, "{path}: {status}");
    let known = sent + between;

    let mut boards = JoinSet::new();
    for _ in 0..BOARDS {
        let line = served.client.listen("/board/events", &inspector).await?;
        boards.spawn(cards(line));
    }
    let mut arrivals = Vec::with_capacity(BOARDS * CASES);
    let all = async {
        while let Some(board) = boards.join_next().await {
            arrivals.extend(board??);
        }
        Ok::<(), anyhow::Error>(())
    };
    tokio::time::timeout(PATIENCE, all)
        .await
        .context("not all cards came to all boards")??;
    served.stop()?;

    let (recorded, latest_us) = recorded(&url, &waiting, limit_at).await?;
    let due = known
        + (limit_at - recorded)
            .to_std()
            .context("the boards opened too late")?;
    let took: Vec<f64> = arrivals
        .iter()
        .map(|at| at.saturating_duration_since(due).as_secs_f64() * 1e3)
        .collect();
    let sweep_ms = TimeDelta::microseconds(latest_us).as_seconds_f64() * 1e3;
    Ok(Figure {
        name: NAME,
        value: percentile(&took, 99),
        unit: "ms (p99)",
        goal: Goal::ValueAtMost(GOAL_MS),
        baselines: vec![Baseline {
            name: "recorded".to_owned(),
            value: sweep_ms,
            meaning: "from the due instant until the last of the cards is in the record, by the service's own clock"
                .to_owned(),
        }],
        remarks: vec![format!(
            "{CASES} warnings at one instant on {BOARDS} boards, {} arrivals; median {} ms; the clocks agree to {} ms",
            took.len(),
            number(percentile(&took, 50)),
            number(between.as_secs_f64() * 1e3)
        )],
    })
}

/// When the first warning about a case of the office comes.
async fn first_warning(folder: &Path) -> Result<DateTime<Utc>> {
    let url = format!("sqlite:{}", folder.join("board-trial.db").display());
    let settings = office::build(&url).await?;
    let clock = Clock::standing(office::opening()?);
    let engine = Engine::open_at(&url, settings, clock.clone()).await?;
    office::accepted(&engine, 0).await?;
    for _ in 0..ALARMS_MAX {
        let report = engine.sweep(None).await?;
        if report.notice + report.yellow + report.red > 0 {
            let at = clock.now();
            engine.close().await;
            return Ok(at);
        }
        clock.advance_to(report.next_alarm_at.context("no alarm waits")?);
    }
    anyhow::bail!("no warning comes")
}

/// When each card came to a board; ends when all are there.
async fn cards(mut line: Incoming) -> Result<Vec<Instant>> {
    const CARD: &[u8] = b"event: card\n";
    let mut came = Vec::with_capacity(CASES);
    let mut rest: Vec<u8> = Vec::new();
    while came.len() < CASES {
        let frame = line.frame().await.context("a board's line ended")??;
        let at = Instant::now();
        let Ok(data) = frame.into_data() else {
            continue;
        };
        rest.extend_from_slice(&data);
        // Events end with an empty line.
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = rest.drain(..end + 2).collect();
            if event.windows(CARD.len()).any(|part| part == CARD) {
                came.push(at);
            }
        }
    }
    Ok(came)
}

/// When the act was recorded, and how long after the instant the last warning was.
async fn recorded(url: &str, case: &str, limit_at: DateTime<Utc>) -> Result<(DateTime<Utc>, i64)> {
    let store = Arc::new(store::Store::open(url).await?);
    let mut conn = store.snapshot().await?;
    let events = store::event::page(&mut conn, "410800", ("", 0), 10_000).await?;
    let is_act = |event: &&EventRow| event.subject == case && event.kind == "stage_completed";
    let act = events.iter().find(is_act).context("no act")?;
    let raised = events.iter().filter(|event| event.kind == "warning_raised");
    let latest = raised.map(|event| event.recorded_at_us).max();
    let latest = latest.context("no warning is in the record")?;
    let act = store::codec::instant(act.recorded_at_us);
    drop(conn);
    store.close().await;
    Ok((act, latest - limit_at.timestamp_micros()))
}
