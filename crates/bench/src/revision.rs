//! A calendar revision over open cases, and a reader who goes on reading meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use approval::ids::UnitCode;
use approval::stage::Stage;
use calendar::Calendar;
use engine::revise::RevisionMode;
use engine::todo::Place;
use engine::{Clock, Engine};

use crate::crowd::{Crowd, Ground};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now, percentile};
use crate::office::Standing;
use crate::rows::Written;
use crate::{Effort, count_f64, office};

pub(crate) const NAME_SQLITE: &str = "revision-sqlite";
pub(crate) const NAME_POSTGRES: &str = "revision-postgres";

/// Open cases, all of whose dates move.
const CASES: usize = 100_000;
const ROUNDS_MAX: u32 = 3;
const GOAL: f64 = 0.3;
/// A day that was to be worked on, before the first limit of the office's cases.
const CLOSED: &str = "2026-03-10";
/// The reader's pause between two pages.
const PAUSE: Duration = Duration::from_millis(5);
/// How long the reader is measured alone.
const QUIET: Duration = Duration::from_secs(3);
/// Lines of a page.
const LINES: i64 = 50;

pub(crate) async fn sqlite(folder: &Path, effort: Effort) -> Result<Figure> {
    measure(NAME_SQLITE, &Ground::sqlite(folder), effort).await
}

pub(crate) async fn postgres(effort: Effort) -> Result<Figure> {
    measure(NAME_POSTGRES, &Ground::postgres()?, effort).await
}

/// What a revision took.
pub(crate) struct Revised {
    pub(crate) seconds: f64,
    /// Milliseconds of the reader's pages, alone and meanwhile.
    quiet_ms: Vec<f64>,
    meanwhile_ms: Vec<f64>,
    moved: u64,
}

/// Puts a calendar in force that closes one more day. The engine stays open.
pub(crate) async fn revise(url: &str, crowd: &Crowd) -> Result<(Revised, Engine)> {
    let at = office::later()?;
    let engine = Engine::open_at(url, crowd.settings.clone(), Clock::shifted_to(at)).await?;
    // With connections of its own, as another process has.
    let reader = Engine::open_at(url, crowd.settings.clone(), Clock::shifted_to(at)).await?;
    let books = engine.books(engine.division()).await?;
    reader.books(reader.division()).await?;
    let calendar = with_closed_day(&books.calendar)?;

    let over = Arc::new(AtomicBool::new(false));
    let quiet = tokio::spawn(read(
        reader.clone(),
        crowd.cases[0][0].clone(),
        Arc::clone(&over),
    ));
    tokio::time::sleep(QUIET).await;
    over.store(true, Ordering::Relaxed);
    let quiet_ms = quiet.await??;

    let over = Arc::new(AtomicBool::new(false));
    let meanwhile = tokio::spawn(read(
        reader.clone(),
        crowd.cases[0][0].clone(),
        Arc::clone(&over),
    ));
    let started = now();
    let report = engine
        .revise_calendar(calendar, RevisionMode::Apply)
        .await?;
    let seconds = started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let meanwhile_ms = meanwhile.await??;
    let count = crowd.count();
    ensure!(
        report.subjects_looked_at == u64::try_from(count)?,
        "not all cases: {report:?}"
    );
    reader.close().await;
    let revised = Revised {
        seconds,
        quiet_ms,
        meanwhile_ms,
        moved: report.dates_moved,
    };
    Ok((revised, engine))
}

/// What a revision left in the record.
async fn written(engine: &Engine, crowd: &Crowd) -> Result<Written> {
    let since_us = office::later()?.timestamp_micros();
    let written = Written::of_revision(engine.store(), since_us).await?;
    let found = written.of_kind("dates_revised");
    ensure!(
        found == crowd.count(),
        "{found} events tell of new dates of {} cases",
        crowd.count()
    );
    Ok(written)
}

/// The calendar with one more closed day and a version of its own.
fn with_closed_day(calendar: &Calendar) -> Result<Calendar> {
    let version = calendar.version();
    let text = calendar.to_text();
    let mark = format!("{{ date = {CLOSED}, name = \"停办一天\" }}");
    let (before, after) = text
        .split_once("closed = [")
        .context("a calendar has a list of closed days")?;
    let comma = if after.trim_start().starts_with(']') {
        ""
    } else {
        ", "
    };
    let text = format!("{before}closed = [{mark}{comma}{after}");
    let next = format!("{version}-bench");
    let text = text.replacen(&format!("\"{version}\""), &format!("\"{next}\""), 1);
    Ok(Calendar::parse(&next, &text)?)
}

/// Reads what a handler's page shows, and one case, over and over; gives the milliseconds of each time.
async fn read(engine: Engine, case: String, over: Arc<AtomicBool>) -> Result<Vec<f64>> {
    let post = (UnitCode::new(office::unit(0)), Stage::Handling);
    let posts = [post];
    let sought = store::todo::Sought {
        word: None,
        until_us: store::todo::NO_DATE_US,
    };
    let beginning = Place {
        due_us: 0,
        subject: String::new(),
    };
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let started = now();
        let waiting = engine
            .waiting(&posts, None, &beginning, sought, LINES)
            .await?;
        let mut conn = engine.store().snapshot().await?;
        let row = store::subject::get(&mut conn, engine.division(), &case).await?;
        let events =
            store::event::of_subject(&mut conn, engine.division(), &case, 0, LINES).await?;
        drop(conn);
        took.push(started.elapsed().as_secs_f64() * 1e3);
        ensure!(
            !waiting.rows.is_empty() && row.is_some() && !events.is_empty(),
            "the reader found nothing"
        );
        tokio::time::sleep(PAUSE).await;
    }
    Ok(took)
}

async fn measure(name: &'static str, ground: &Ground, effort: Effort) -> Result<Figure> {
    let crowd = Crowd::accepted(
        ground,
        &format!("{name}.db"),
        effort.cases(CASES),
        Standing::Earnest,
    )
    .await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut last = None;
    for round in 0..effort.rounds.min(ROUNDS_MAX) {
        let url = ground
            .copy(&crowd.url, &format!("{name}-engine-{round}.db"))
            .await?;
        let (revised, engine) = revise(&url, &crowd).await?;
        let written = written(&engine, &crowd).await?;
        engine.close().await;
        ground.remove(&url)?;
        let rows = count_f64(written.rows())?;
        ours.push(rows / revised.seconds);
        let url = ground
            .copy(&crowd.url, &format!("{name}-bare-{round}.db"))
            .await?;
        let took = written.write(&url, true).await?;
        ground.remove(&url)?;
        bare.push(rows / took.as_secs_f64());
        last = Some((revised, written.rows()));
    }
    ground.remove(&crowd.url)?;
    let (last, rows) = last.context("there is a round")?;
    let mut figure = Figure {
        name,
        value: median(&ours),
        unit: "rows/s",
        goal: Goal::RatioAtLeast(GOAL),
        baselines: vec![Baseline {
            name: "bare multi-row".to_owned(),
            value: median(&bare),
            meaning: "one connection writes the very same rows, for each 40 cases one UPDATE of their rows, one INSERT of \
                their events and one of the traces, and a commit with the same durability"
                .to_owned(),
        }],
        remarks: vec![
            format!(
                "{}, {} cases, {} dates moved, {} rows in {} s, of which a part is the forecast that looks at all cases \
                 first; median of {} rounds",
                ground.word(),
                crowd.count(),
                last.moved,
                rows,
                number(last.seconds),
                ours.len()
            ),
            readers(&last),
        ],
    };
    if !figure.is_met() {
        figure.remarks.push(
            match ground {
                Ground::Sqlite(_) => {
                    "limited by: processor time. Each case is read and counted twice, once to say what would move and once to \
                     move it, and each of its events is bound to the one before by a digest"
                }
                Ground::Postgres(_) => {
                    "limited by: waiting for the server. A batch is nine exchanges with it where the bare loop has five, and \
                     all cases are read once more before"
                }
            }
            .to_owned(),
        );
    }
    Ok(figure)
}

fn readers(revised: &Revised) -> String {
    let (quiet, meanwhile) = (&revised.quiet_ms, &revised.meanwhile_ms);
    format!(
        "a reader's slowest page meanwhile: {} ms of {} pages (p99 {} ms); in a quiet time: {} ms of {} (p99 {} ms)",
        number(percentile(meanwhile, 100)),
        meanwhile.len(),
        number(percentile(meanwhile, 99)),
        number(percentile(quiet, 100)),
        quiet.len(),
        number(percentile(quiet, 99))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_calendar_differs_by_a_day() {
        let calendar = engine::assets::calendar("cn").unwrap();
        let next = with_closed_day(&calendar).unwrap();
        let differ = calendar
            .from()
            .iter_days()
            .take_while(|day| *day <= calendar.to())
            .filter(|day| calendar.is_working(*day).unwrap() != next.is_working(*day).unwrap());
        let differ: Vec<String> = differ.map(|day| day.to_string()).collect();
        assert_eq!(differ, [CLOSED]);
        assert_ne!(next.version(), calendar.version());
    }
}
