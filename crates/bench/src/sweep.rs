//! A sweep with nothing due, with few and with many open subjects.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use engine::Engine;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use store::Conn;

use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now};
use crate::office;

pub(crate) const NAME_10K: &str = "sweep-idle-10k";
pub(crate) const NAME_1M: &str = "sweep-idle-1m";

const FEW: u32 = 10_000;
const MANY: u32 = 1_000_000;
/// Sweeps of each office, taking turns, so that both meet the same disturbances.
const SWEEPS: usize = 500;
/// "The same" on a machine that isn't alone.
const TIMES_MAX: f64 = 1.25;
const GOAL_MS: f64 = 1.0;

/// Open cases as the engine would have written them, with alarms from tomorrow on in no order of their numbers.
const FILL: &str = "
    WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < $1)
    INSERT INTO subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler,
        received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us,
        stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source)
    SELECT '410800', printf('410800-U%02d-20260302-%06d', 1 + n * 48 / $1, n), 'case', printf('U%02d', 1 + n * 48 / $1),
        printf('U%02d-001', 1 + n * 48 / $1), 1, NULL, 'open', 'handling', NULL, printf('U%02d-H1', 1 + n * 48 / $1),
        $2 - 86400000000, $2 - 86400000000, NULL, NULL, $2 + 86400000000 * 16, $2 + 86400000000 * 28,
        $2 + 86400000000 * 8, NULL, 2, lower(hex(randomblob(32))), $2 + 86400000000 + (n * 7919 % $1) * 1000000,
        'cn-2026.1', 1, 0, NULL
    FROM number";

pub(crate) async fn measure(folder: &Path) -> Result<[Figure; 2]> {
    let few = filled(folder, FEW).await?;
    let many = filled(folder, MANY).await?;
    let offices = [&few, &many];
    let (mut sweeps, mut trips) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..SWEEPS + SWEEPS / 10 {
        for (place, office) in offices.into_iter().enumerate() {
            let sweep = sweep(office).await?;
            let trip = round_trip(office).await?;
            // The first ones read the books and open the connections.
            if round >= SWEEPS / 10 {
                sweeps[place].push(sweep);
                trips[place].push(trip);
            }
        }
    }
    let few_ms = median(&sweeps[0]);
    let mut figures = Vec::new();
    for (place, (name, count)) in [(NAME_10K, FEW), (NAME_1M, MANY)].into_iter().enumerate() {
        let value = median(&sweeps[place]);
        let goal = match place {
            0 => Goal::ValueAtMost(GOAL_MS),
            _ => Goal::ValueAndTimesAtMost {
                value: GOAL_MS,
                times: TIMES_MAX,
                other: few_ms,
                of: "10k",
            },
        };
        let mut figure = Figure {
            name,
            value,
            unit: "ms",
            goal,
            baselines: vec![Baseline {
                name: "SELECT 1".to_owned(),
                value: median(&trips[place]),
                meaning: "one round trip through the same pool; a sweep makes three: the divisions, what is due, the \
                    next alarm"
                    .to_owned(),
            }],
            remarks: vec![format!(
                "{count} open subjects, median of {SWEEPS} sweeps; {}",
                plan(offices[place]).await?
            )],
        };
        if place == 1 {
            figure.baselines.push(Baseline {
                name: NAME_10K.to_owned(),
                value: few_ms,
                meaning:
                    "the same sweep with a hundredth of the subjects, taking turns with this one"
                        .to_owned(),
            });
        }
        if !figure.is_met() {
            let share = 3.0 * median(&trips[place]) / value;
            figure.remarks.push(format!(
                "limited by: the three round trips are {} of it",
                number(share)
            ));
        }
        figures.push(figure);
    }
    few.close().await;
    many.close().await;
    figures
        .try_into()
        .map_err(|_| anyhow::anyhow!("two figures"))
}

/// An office with so many open subjects, none of them due.
async fn filled(folder: &Path, count: u32) -> Result<Engine> {
    let path = folder.join(format!("open-{count}.db"));
    let url = format!("sqlite:{}", path.display());
    let settings = office::build(&url).await?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .pragma("synchronous", "off")
        .pragma("cache_size", "-262144")
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    // Built row by row, the indexes would take most of the time; built afterwards, they are sorted once.
    let indexes = sqlx::query(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'subject' AND sql IS NOT NULL ORDER BY name",
    )
    .fetch_all(&mut connection)
    .await?;
    for index in &indexes {
        let drop = format!("DROP INDEX {}", index.get::<String, _>("name"));
        sqlx::query(AssertSqlSafe(drop))
            .execute(&mut connection)
            .await?;
    }
    let filled = sqlx::query(FILL)
        .bind(i64::from(count))
        .bind(office::opening()?.timestamp_micros())
        .execute(&mut connection)
        .await?;
    ensure!(filled.rows_affected() == u64::from(count), "not all rows");
    for index in &indexes {
        sqlx::query(AssertSqlSafe(index.get::<String, _>("sql")))
            .execute(&mut connection)
            .await?;
    }
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    office::open(&url, &settings).await
}

/// Milliseconds of a sweep that finds nothing.
async fn sweep(engine: &Engine) -> Result<f64> {
    let started = now();
    let report = engine.sweep(None).await?;
    let took = started.elapsed();
    ensure!(report.taken == 0, "something was due: {report:?}");
    ensure!(report.next_alarm_at.is_some(), "no alarm waits");
    Ok(took.as_secs_f64() * 1e3)
}

/// Milliseconds of a round trip.
async fn round_trip(engine: &Engine) -> Result<f64> {
    let started = now();
    let mut conn = engine.store().read().await?;
    if let Conn::Sqlite(connection) = &mut conn {
        sqlx::query("SELECT 1").fetch_one(&mut **connection).await?;
    }
    drop(conn);
    Ok(started.elapsed().as_secs_f64() * 1e3)
}

/// How SQLite looks for what is due.
async fn plan(engine: &Engine) -> Result<String> {
    let due = store::statements()
        .into_iter()
        .find(|statement| statement.module.ends_with("::subject") && statement.name == "DUE")
        .context("there is no statement for what is due")?;
    let mut conn = engine.store().read().await?;
    let Conn::Sqlite(connection) = &mut conn else {
        return Ok(String::new());
    };
    let steps = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", due.sql)))
        .fetch_all(&mut **connection)
        .await?;
    let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
    ensure!(
        steps.iter().any(|step| step.contains("subject_alarm")),
        "what is due isn't found by its index: {steps:?}"
    );
    Ok(format!("what is due: {}", steps.join("; ")))
}
