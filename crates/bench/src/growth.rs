//! What things cost as the work grows: a thousand cases, ten thousand, a hundred thousand, a million.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use report::picture::{Look, Series, Trend, TrendForm, trend};

use crate::crowd::{Crowd, Ground, Limits};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now};
use crate::office::Standing;
use crate::{Effort, count_f64, office, red_line, revision, service, transitions};

pub(crate) const NAME: &str = "growth";

/// Open cases in the database.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Cases that the engine makes; more than these are copies of them.
const FEW: usize = 1_000;
/// Sweeps with nothing due.
const SWEEPS: usize = 200;
/// How often the service is started.
const STARTS: usize = 5;
/// How long the service is left alone until its memory is looked at.
const ALONE: Duration = Duration::from_secs(20);

/// What is measured at each size, with its unit.
const COSTS: [(&str, &str); 6] = [
    ("transition", "µs"),
    ("idle sweep", "µs"),
    ("red line, a case", "µs"),
    ("revision, a case", "µs"),
    ("start", "ms"),
    ("memory", "MiB"),
];
/// Which of them are drawn together: a picture has three lines at most.
const PICTURES: [(&str, &str, &[usize]); 2] = [
    (
        "growth-cases.svg",
        "Cost of a case's work as cases grow",
        &[0, 2, 3],
    ),
    (
        "growth-service.svg",
        "Cost of the service as cases grow",
        &[1, 4, 5],
    ),
];

/// The costs at one size.
#[derive(Debug)]
struct Point {
    cases: usize,
    costs: [f64; 6],
}

pub(crate) async fn measure(folder: &Path, out: &Path, effort: Effort) -> Result<Figure> {
    let limits = Limits::of_one(folder).await?;
    let ground = Ground::sqlite(folder);
    let mut points: Vec<Point> = Vec::new();
    std::fs::create_dir_all(out)?;
    for size in SIZES {
        let count = effort.cases(size);
        if points.last().is_some_and(|point| point.cases >= count) {
            continue;
        }
        eprintln!("{NAME}: {count} cases …");
        points.push(at(&ground, count, limits, effort).await?);
        // The last size takes far longer than all before it: what is known by then is kept if it is cut off.
        write(out, &points)?;
    }
    let (first, last) = points
        .first()
        .zip(points.last())
        .context("nothing was measured")?;
    let factor = |place: usize| last.costs[place] / first.costs[place];
    let greatest = (0..COSTS.len())
        .max_by(|a, b| factor(*a).total_cmp(&factor(*b)))
        .context("there are costs")?;
    let mut remarks = vec![format!(
        "the greatest of the factors by which something costs more at {} cases than at {}: {}; SQLite. Written to {}: \
         growth.md, {}",
        last.cases,
        first.cases,
        COSTS[greatest].0,
        out.display(),
        PICTURES.map(|(file, ..)| file).join(", ")
    )];
    remarks.extend(table(&points)?.lines().map(str::to_owned));
    Ok(Figure {
        name: NAME,
        value: factor(greatest),
        unit: "times",
        goal: Goal::Shown,
        baselines: vec![Baseline {
            name: "cases".to_owned(),
            value: count_f64(last.cases)? / count_f64(first.cases)?,
            meaning: "by what factor the cases have grown".to_owned(),
        }],
        remarks,
    })
}

/// Writes the table and the pictures of what was measured so far.
fn write(out: &Path, points: &[Point]) -> Result<()> {
    std::fs::write(out.join("growth.md"), table(points)?)?;
    for (file, title, places) in PICTURES {
        std::fs::write(out.join(file), picture(file, title, places, points))?;
    }
    Ok(())
}

/// Measures all costs with so many cases.
async fn at(ground: &Ground, count: usize, limits: Limits, effort: Effort) -> Result<Point> {
    let name = |what: &str| format!("growth-{count}-{what}.db");
    let few = Crowd::accepted(ground, &name("all"), count.min(FEW), Standing::Trial).await?;
    let brought = few.copied(ground, &name("brought")).await?;
    brought.bring_to(ground, limits).await?;

    let crowd = few.multiplied(ground, count).await?;
    let idle = idle_sweep(&crowd).await?;
    let url = ground.copy(&crowd.url, &name("transitions")).await?;
    let transition = transition(&url, &crowd, effort).await?;
    ground.remove(&url)?;
    let url = ground.copy(&crowd.url, &name("revision")).await?;
    let (revised, engine) = revision::revise(&url, &crowd).await?;
    engine.close().await;
    ground.remove(&url)?;
    let start = median(&service::starts(&crowd.url, STARTS).await?);
    let memory = service::settling(&crowd.url, ALONE).await?;
    ground.remove(&crowd.url)?;

    let crowd = brought.multiplied(ground, count).await?;
    let (crossing, engine) = red_line::cross(&crowd.url, &crowd, limits).await?;
    engine.close().await;
    ground.remove(&crowd.url)?;
    let cases = count_f64(crowd.count())?;
    Ok(Point {
        cases: crowd.count(),
        costs: [
            transition,
            idle,
            crossing.seconds * 1e6 / cases,
            revised.seconds * 1e6 / cases,
            start,
            memory,
        ],
    })
}

/// Microseconds of a sweep with nothing due.
async fn idle_sweep(crowd: &Crowd) -> Result<f64> {
    let engine = office::open(&crowd.url, &crowd.settings).await?;
    let mut took = Vec::with_capacity(SWEEPS);
    for sweep in 0..SWEEPS + SWEEPS / 10 {
        let started = now();
        let report = engine.sweep(None).await?;
        let us = started.elapsed().as_secs_f64() * 1e6;
        ensure!(report.taken == 0, "something was due: {report:?}");
        // The first ones read the books and open the connections.
        if sweep >= SWEEPS / 10 {
            took.push(us);
        }
    }
    engine.close().await;
    Ok(median(&took))
}

/// Microseconds of a transition when all clerks work at once.
async fn transition(url: &str, crowd: &Crowd, effort: Effort) -> Result<f64> {
    let engine = office::open(url, &crowd.settings).await?;
    engine.books(engine.division()).await?;
    let started = now();
    let seconds = Duration::from_secs(effort.seconds);
    let done = transitions::work(&engine, crowd.cases.clone(), seconds).await?;
    let took = started.elapsed().as_secs_f64();
    engine.close().await;
    Ok(took * 1e6 / f64::from(done))
}

fn table(points: &[Point]) -> Result<String> {
    let mut text = "| cases |".to_owned();
    for (name, unit) in COSTS {
        write!(text, " {name}, {unit} |")?;
    }
    writeln!(text, "\n|---:|{}", "---:|".repeat(COSTS.len()))?;
    for point in points {
        write!(text, "| {} |", point.cases)?;
        for cost in point.costs {
            write!(text, " {} |", number(cost))?;
        }
        text.push('\n');
    }
    Ok(text)
}

/// Costs as multiples of those at the smallest size: a line that stays level costs the same whatever the size.
fn picture(file: &str, title: &str, places: &[usize], points: &[Point]) -> String {
    let labels: Vec<String> = points.iter().map(|point| point.cases.to_string()).collect();
    let series: Vec<Series> = places
        .iter()
        .map(|place| Series {
            name: COSTS[*place].0.to_owned(),
            values: points
                .iter()
                .map(|point| hundredths(point.costs[*place] / points[0].costs[*place]))
                .collect(),
        })
        .collect();
    let chart = Trend {
        title,
        unit: "times the cost at the smallest size",
        decimals: 2,
        form: TrendForm::Lines,
        labels: &labels,
        series: &series,
    };
    trend(&chart, &Look::en(file.trim_end_matches(".svg")))
}

/// A number as whole hundredths.
fn hundredths(value: f64) -> Option<i64> {
    format!("{:.0}", value * 100.0).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<Point> {
        let point = |cases, costs| Point { cases, costs };
        vec![
            point(1_000, [100.0, 300.0, 250.0, 200.0, 30.0, 40.0]),
            point(10_000, [110.0, 300.0, 500.0, 210.0, 33.0, 41.0]),
        ]
    }

    #[test]
    fn the_table_has_a_line_for_each_size() {
        let expected = "\
| cases | transition, µs | idle sweep, µs | red line, a case, µs | revision, a case, µs | start, ms | memory, MiB |
|---:|---:|---:|---:|---:|---:|---:|
| 1000 | 100 | 300 | 250 | 200 | 30.0 | 40.0 |
| 10000 | 110 | 300 | 500 | 210 | 33.0 | 41.0 |
";
        assert_eq!(table(&points()).unwrap(), expected);
    }

    #[test]
    fn the_picture_shows_multiples_of_the_smallest() {
        let svg = picture("growth.svg", "Cost", &[0, 2], &points());
        for text in ["<svg", "1.10", "2.00", "red line, a case", "10000"] {
            assert!(svg.contains(text), "{text} isn't in {svg}");
        }
        // The first size is drawn by itself until the next one is there.
        let svg = picture("growth.svg", "Cost", &[0, 2], &points()[..1]);
        assert!(svg.contains("<svg") && !svg.contains("10000"), "{svg}");
        assert_eq!(hundredths(1.104), Some(110));
        assert_eq!(hundredths(f64::NAN), None);
    }
}
