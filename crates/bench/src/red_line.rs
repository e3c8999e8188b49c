//! Cases that cross the red line at one instant: how fast the cards, their message items and the passing of the limits
//! are in the record, and what becomes of the mails.

use std::path::Path;

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use engine::outbox::ComposeReport;
use engine::{Clock, Engine};
use store::event::EventRow;

use crate::crowd::{self, Crowd, Ground, Limits};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now, percentile, processor_seconds};
use crate::office::Standing;
use crate::rows::Written;
use crate::{Effort, count_f64};

pub(crate) const NAME_SQLITE: &str = "red-line-sqlite";
pub(crate) const NAME_POSTGRES: &str = "red-line-postgres";

/// Cases whose limit passes.
const CASES: usize = 100_000;
/// The preparation is long and each round writes hundreds of thousands of rows: more rounds tell no more.
const ROUNDS_MAX: u32 = 3;
const GOAL: f64 = 0.3;
/// How long before the instant the engine is opened: a service that runs has read its books long ago.
const AHEAD: TimeDelta = TimeDelta::seconds(2);

pub(crate) async fn sqlite(folder: &Path, effort: Effort) -> Result<Figure> {
    measure(NAME_SQLITE, &Ground::sqlite(folder), folder, effort).await
}

pub(crate) async fn postgres(folder: &Path, effort: Effort) -> Result<Figure> {
    measure(NAME_POSTGRES, &Ground::postgres()?, folder, effort).await
}

/// What a crossing took.
pub(crate) struct Crossing {
    /// Seconds from the instant until the last card was durable.
    pub(crate) seconds: f64,
    /// Processor seconds of this process.
    processor: f64,
}

/// Lets the limit of a crowd pass that has been brought to it. The engine stays open.
pub(crate) async fn cross(url: &str, crowd: &Crowd, limits: Limits) -> Result<(Crossing, Engine)> {
    let clock = Clock::shifted_to(limits.red - AHEAD);
    let engine = Engine::open_at(url, crowd.settings.clone(), clock.clone()).await?;
    engine.books(engine.division()).await?;
    let ahead = AHEAD.to_std()?;
    while clock.now() < limits.red {
        tokio::time::sleep(clock.until(limits.red, ahead)).await;
    }
    let before = processor_seconds();
    let started = now();
    let report = engine.sweep(None).await?;
    let seconds = started.elapsed().as_secs_f64();
    let after = processor_seconds();
    let count = u64::try_from(crowd.count())?;
    ensure!(
        report.red == count && report.taken == count && report.failed.is_empty(),
        "not one red card for each of {count} cases: {report:?}"
    );
    let crossing = Crossing {
        seconds,
        processor: before.zip(after).map_or(f64::NAN, |(from, to)| to - from),
    };
    Ok((crossing, engine))
}

/// What a crossing left in the record, and the letters that were made of it.
struct Told {
    written: Written,
    /// Milliseconds from the limit to the record, event by event.
    late_ms: Vec<f64>,
    letters: ComposeReport,
    /// Seconds of composing them.
    composing: f64,
}

async fn told(engine: &Engine, crowd: &Crowd, limits: Limits) -> Result<Told> {
    let red_us = limits.red.timestamp_micros();
    let written = Written::since(engine.store(), red_us).await?;
    for kind in ["warning_raised", "limit_passed"] {
        let found = written.of_kind(kind);
        ensure!(
            found == crowd.count(),
            "{found} events {kind} are in the record of {} cases",
            crowd.count()
        );
    }
    let late = |event: &EventRow| TimeDelta::microseconds(event.recorded_at_us - red_us);
    let late_ms: Vec<f64> = written
        .events()
        .map(|event| late(event).as_seconds_f64() * 1e3)
        .collect();
    let started = now();
    let letters = crowd::letters(engine).await?;
    Ok(Told {
        written,
        late_ms,
        letters,
        composing: started.elapsed().as_secs_f64(),
    })
}

async fn measure(
    name: &'static str,
    ground: &Ground,
    folder: &Path,
    effort: Effort,
) -> Result<Figure> {
    let limits = Limits::of_one(folder).await?;
    let crowd = Crowd::accepted(
        ground,
        &format!("{name}.db"),
        effort.cases(CASES),
        Standing::Earnest,
    )
    .await?;
    crowd.bring_to(ground, limits).await?;
    crowd.tell(limits).await?;
    let (mut ours, mut singly, mut together) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for round in 0..effort.rounds.min(ROUNDS_MAX) {
        let file = |what: &str| format!("{name}-{what}-{round}.db");
        let url = ground.copy(&crowd.url, &file("engine")).await?;
        let (crossing, engine) = cross(&url, &crowd, limits).await?;
        let told = told(&engine, &crowd, limits).await?;
        engine.close().await;
        ground.remove(&url)?;
        let rows = count_f64(told.written.rows())?;
        ours.push(rows / crossing.seconds);
        for (many, rates, what) in [(false, &mut singly, "one"), (true, &mut together, "many")] {
            let url = ground.copy(&crowd.url, &file(what)).await?;
            let took = told.written.write(&url, many).await?;
            ground.remove(&url)?;
            rates.push(rows / took.as_secs_f64());
        }
        last = Some((crossing, told));
    }
    ground.remove(&crowd.url)?;
    let baselines = [
        (
            "bare INSERTs",
            &singly,
            "one connection inserts the very same events and message items, a statement for each row, 40 cases to a \
             commit with the same durability, beside the same rows as before; it doesn't touch the rows of the cases",
        ),
        (
            "bare multi-row INSERTs",
            &together,
            "the same with all events of 40 cases in one statement and all their items in another",
        ),
    ];
    let mut figure = Figure {
        name,
        value: median(&ours),
        unit: "rows/s",
        goal: Goal::RatioAtLeast(GOAL),
        baselines: baselines
            .into_iter()
            .map(|(name, rates, meaning)| Baseline {
                name: name.to_owned(),
                value: median(rates),
                meaning: meaning.to_owned(),
            })
            .collect(),
        remarks: vec![format!(
            "{}, median of {} rounds",
            ground.word(),
            ours.len()
        )],
    };
    if let Some((crossing, told)) = last {
        figure
            .remarks
            .extend(remarks(&crossing, &told, crowd.count())?);
    }
    if !figure.is_met() {
        figure.remarks.push(
            "limited by: processor time of reading the events of each case, deciding, and the digest of each event; and \
             the row of each case is moved too"
                .to_owned(),
        );
    }
    Ok(figure)
}

fn remarks(crossing: &Crossing, told: &Told, cases: usize) -> Result<[String; 3]> {
    let per_s = |count: usize| Ok::<_, anyhow::Error>(number(count_f64(count)? / crossing.seconds));
    let items = told.written.items();
    let letters = &told.letters;
    Ok([
        format!(
            "{cases} cases at one instant: {} red cards/s, {} limit_passed/s, {} items/s, all in {} s; processor time of a \
             case {} µs",
            per_s(told.written.of_kind("warning_raised"))?,
            per_s(told.written.of_kind("limit_passed"))?,
            per_s(items)?,
            number(crossing.seconds),
            number(crossing.processor * 1e6 / count_f64(cases)?)
        ),
        format!(
            "recorded_at − limit_at: p50 {} ms, p99 {} ms; one process takes the cases one batch after the other, so that \
             the last waits for all before it",
            number(percentile(&told.late_ms, 50)),
            number(percentile(&told.late_ms, 99))
        ),
        format!(
            "mails are digests: {} letters for {} items, composed in {} s",
            letters.messages,
            letters.items,
            number(told.composing)
        ),
    ])
}
