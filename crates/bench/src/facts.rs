//! The statistics: a month of a million cases, the same with ten times the history, making all facts anew, keeping them up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use approval::ids::{ItemCode, UnitCode};
use approval::stage::{Outcome, Stage};
use approval::statistics::{
    Balance, Count, Counted, DailyFacts, FACTS_FORM, Leaf, Measure, Period, Statement, by_month,
    years_of,
};
use calendar::Calendar;
use chrono::{Datelike, Months, NaiveDate};
use engine::{Engine, Settings, reference};
use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use store::fact::{FactFold, FactRow};

use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{Chance, median, now};
use crate::{Effort, city, office, transitions};

pub(crate) const NAME_MONTH: &str = "report-month-1m";
pub(crate) const NAME_HISTORY: &str = "report-month-history";
pub(crate) const NAME_REBUILD: &str = "facts-rebuild";
pub(crate) const NAME_KEPT: &str = "facts-kept";

/// Cases of the month that is reported, and of each month before it.
const CASES: u32 = 1_000_000;
/// Items, dealt out to the units in turn.
pub(crate) const ITEMS: usize = 365;
/// Months with facts: the one that is reported, and all that it is compared with.
pub(crate) const MONTHS: u32 = 15;
/// So many times as many in the long history.
const TIMES: u32 = 10;
/// Limits of the items, working days.
const PROMISED: u32 = 12;
const STATUTORY: u32 = 20;
/// Rows of facts written in one transaction.
const ROWS_AT_ONCE: usize = 5_000;
/// How often each is asked for; the median counts.
const ROUNDS: usize = 9;
/// Cases whose events are counted anew: about a million events.
const REBUILT_CASES: usize = 240_000;
/// Cases of each clerk for the figure of keeping up: enough for what he does in the time.
const KEPT_CASES: usize = 40;

/// A month of facts and a long history.
pub(crate) async fn month(folder: &Path) -> Result<(Figure, Figure)> {
    let (short, export) = statement_time(folder, MONTHS, true).await?;
    let (long, _) = statement_time(folder, MONTHS * TIMES, false).await?;
    let export = export.context("facts were exported")?;
    let mut figure = Figure {
        name: NAME_MONTH,
        value: short,
        unit: "ms",
        goal: Goal::ValueAtMost(1_000.0),
        baselines: Vec::new(),
        remarks: vec![format!(
            "{CASES} cases in the month, {} units, {ITEMS} items, all indicators with the month before, the year before and \
             the course of the year; median of {ROUNDS}",
            office::UNITS
        )],
    };
    match duckdb(&export) {
        Ok(grouped) => {
            figure.goal = Goal::ValueAndTimesAtMost {
                value: 1_000.0,
                times: 2.0,
                other: grouped.all_ms,
                of: "DuckDB",
            };
            figure.baselines = vec![
                Baseline {
                    name: "DuckDB".to_owned(),
                    value: grouped.all_ms,
                    meaning: format!(
                        "groups the exported facts of the days of the same {} months, already in a table of its own in memory, by \
                         month, unit, item, measure and bucket",
                        grouped.periods
                    ),
                },
                Baseline {
                    name: "DuckDB, one month".to_owned(),
                    value: grouped.month_ms,
                    meaning: "the same of the reported month alone, with nothing to compare it with: less than what is asked for"
                        .to_owned(),
                },
            ];
        }
        Err(error) => figure
            .remarks
            .push(format!("not compared with DuckDB: {error:#}")),
    }
    let history = Figure {
        name: NAME_HISTORY,
        value: long,
        unit: "ms",
        goal: Goal::RatioAtMost(1.1),
        baselines: vec![Baseline {
            name: format!("{MONTHS} months"),
            value: short,
            meaning: "the same month, with no more history than it is compared with".to_owned(),
        }],
        remarks: vec![format!(
            "{} months of as many cases each; median of {ROUNDS}",
            MONTHS * TIMES
        )],
    };
    Ok((figure, history))
}

/// Milliseconds of a statement of the last month, and the exported facts of all its periods if they are wanted.
async fn statement_time(
    folder: &Path,
    months: u32,
    exported: bool,
) -> Result<(f64, Option<Export>)> {
    let url = format!(
        "sqlite:{}",
        folder.join(format!("facts-{months}.db")).display()
    );
    let (engine, period) = office_with_facts(&url, months, CASES).await?;
    let mut taken = Vec::new();
    for round in 0..=ROUNDS {
        let started = now();
        let statement = engine.statement(&period).await?;
        let ms = started.elapsed().as_secs_f64() * 1e3;
        ensure!(
            statement.total.counts.accepted == u64::from(CASES)
                && statement.items.len() == ITEMS
                && statement
                    .before
                    .as_ref()
                    .is_some_and(|b| b.figures.is_some()),
            "the month isn't whole: {:?}",
            statement.total.counts
        );
        // The first one opens connections and reads the books.
        if round > 0 {
            taken.push(ms);
        }
    }
    let export = if exported {
        Some(table(&engine, &period, folder.join("facts.csv")).await?)
    } else {
        None
    };
    engine.close().await;
    Ok((median(&taken), export))
}

/// An office with facts of so many cases in its last month and as many in each month before it; and that last month.
pub(crate) async fn office_with_facts(
    url: &str,
    months: u32,
    cases: u32,
) -> Result<(Engine, Period)> {
    let settings = items(url).await?;
    let engine = office::open(url, &settings).await?;
    let books = engine.books(engine.division()).await?;
    let today = books.calendar.office_date(engine.clock().now());
    let this_month = today.with_day(1).context("a month has a first day")?;
    let last = back(this_month, 1)?;
    let facts = drawn(&working_days(&books.calendar, last)?, cases);
    write_facts(&engine, &books.calendar, (last, months), &facts).await?;
    let period = Period::parse(&last.format("%Y-%m").to_string())?;
    Ok((engine, period))
}

/// The office with as many items as a city has.
async fn items(url: &str) -> Result<Settings> {
    let settings = office::build(url).await?;
    let engine = office::open(url, &settings).await?;
    let mut items =
        "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
         handling,review,approval,completion,basis,category\n"
            .to_owned();
    for n in 0..ITEMS {
        let (unit, item) = leaf(n);
        let item = item.context("an item")?;
        writeln!(
            items,
            "{item},第{n}项许可,{unit},committed,{PROMISED},working_days,{STATUTORY},working_days,6,3,2,1,行政许可法第四十二条,approval"
        )?;
    }
    let (units, people) = office::units_and_people()?;
    reference::load_texts(&engine, &units, &items, &people).await?;
    engine.close().await;
    Ok(settings)
}

/// The unit and item of a number.
pub(crate) fn leaf(n: usize) -> Leaf {
    let unit = office::unit(n);
    let number = n / office::UNITS + 1;
    let item = ItemCode::new(format!("{unit}-{number:03}"));
    (UnitCode::new(unit), Some(item))
}

fn back(month: NaiveDate, months: u32) -> Result<NaiveDate> {
    month
        .checked_sub_months(Months::new(months))
        .context("no such month")
}

/// Writes the facts of the last month's cases, and of as many in each month before it.
async fn write_facts(
    engine: &Engine,
    calendar: &Calendar,
    (last, months): (NaiveDate, u32),
    facts: &DailyFacts,
) -> Result<()> {
    let days = working_days(calendar, last)?;
    let by_place: Vec<(usize, Leaf, Counted)> = facts
        .iter()
        .map(|(day, leaf, counted)| {
            let place = days.binary_search(&day).unwrap_or(0);
            (place, leaf.clone(), counted.clone())
        })
        .collect();
    let mut rows = Vec::new();
    let mut years: BTreeMap<(NaiveDate, &Leaf), Counted> = BTreeMap::new();
    for ago in 0..months {
        let month = back(last, ago)?;
        let days = working_days(calendar, month)?;
        let mut sums: BTreeMap<&Leaf, Counted> = BTreeMap::new();
        for (place, leaf, counted) in &by_place {
            // Months with fewer working days end with more on the last one.
            let day = days[(*place).min(days.len() - 1)];
            let sum = sums.entry(leaf).or_default();
            for (measure, n) in by_month(day, counted) {
                *sum.entry(measure).or_default() += n;
                if matches!(measure, Measure::Change(_)) {
                    for years_end in years_of(month) {
                        let sum = years.entry((years_end, leaf)).or_default();
                        *sum.entry(measure).or_default() += n;
                    }
                }
            }
            // Of one place and day there may be several rows.
            if *place < days.len() {
                rows.push(row("day", day, leaf, counted));
            }
        }
        rows.extend(
            sums.iter()
                .map(|(leaf, sum)| row("month", month, leaf, sum)),
        );
        if rows.len() > ROWS_AT_ONCE {
            insert(engine, std::mem::take(&mut rows)).await?;
        }
    }
    rows.extend(
        years
            .iter()
            .map(|((year, leaf), sum)| row("year", *year, leaf, sum)),
    );
    insert(engine, rows).await?;
    let fold = FactFold {
        generation: 1,
        made: 1,
        form: FACTS_FORM,
        calendar_version: calendar.version().to_owned(),
        feed_group: 0,
        subject: String::new(),
        seq: 0,
        loose: 0,
    };
    write(engine, move |conn| {
        let fold = fold.clone();
        Box::pin(async move {
            store::fact::advance(conn, "410800", None, &fold).await?;
            Ok(())
        })
    })
    .await
}

async fn insert(engine: &Engine, rows: Vec<FactRow>) -> Result<()> {
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let chunk = chunk.to_vec();
        write(engine, move |conn| {
            let chunk = chunk.clone();
            Box::pin(async move {
                store::fact::insert(conn, "410800", 1, 1, &chunk).await?;
                Ok(())
            })
        })
        .await?;
    }
    Ok(())
}

async fn write<F>(engine: &Engine, work: F) -> Result<()>
where
    F: for<'c> Fn(&'c mut store::Conn) -> store::BoxFuture<'c, Result<(), store::StoreError>>
        + Send
        + Sync
        + 'static,
{
    Ok(engine.store().write(work).await?)
}

fn row(grain: &str, day: NaiveDate, (unit, item): &Leaf, counted: &Counted) -> FactRow {
    FactRow {
        grain: grain.to_owned(),
        day: i64::from(day.to_epoch_days()),
        unit: unit.to_string(),
        item: item.as_ref().map(ToString::to_string).unwrap_or_default(),
        body: store::codec::facts::to_bytes(counted),
    }
}

fn working_days(calendar: &Calendar, month: NaiveDate) -> Result<Vec<NaiveDate>> {
    let days = month
        .iter_days()
        .take_while(|day| day.month() == month.month());
    let mut working = Vec::new();
    for day in days {
        if calendar.is_working(day)? {
            working.push(day);
        }
    }
    ensure!(!working.is_empty(), "no working day in {month}");
    Ok(working)
}

/// The facts of the month's cases: accepted on a day drawn, completed some working days later or still open.
fn drawn(days: &[NaiveDate], cases: u32) -> DailyFacts {
    let mut chance = Chance::new(2026);
    let mut facts = DailyFacts::default();
    let leaves: Vec<Leaf> = (0..ITEMS).map(leaf).collect();
    let end = u32::try_from(days.len()).unwrap_or(1);
    for n in 0..cases {
        let leaf = &leaves[usize::try_from(n).unwrap_or(0) % ITEMS];
        let accepted = chance.below(end);
        let used = chance.below(PROMISED + 2);
        let on = days[usize::try_from(accepted).unwrap_or(0)];
        facts.add(on, leaf, Measure::Count(Count::Received), 1);
        facts.add(on, leaf, Measure::Count(Count::Accepted), 1);
        facts.add(on, leaf, Measure::Change(Balance::Open), 1);
        let over = usize::try_from(accepted + used).unwrap_or(usize::MAX);
        if let Some(over) = days.get(over) {
            completed(&mut facts, leaf, (on, *over), used, &mut chance);
        }
    }
    facts
}

fn completed(
    facts: &mut DailyFacts,
    leaf: &Leaf,
    (accepted, over): (NaiveDate, NaiveDate),
    used: u32,
    chance: &mut Chance,
) {
    let age = u32::try_from((over - accepted).num_days()).unwrap_or(0);
    let outcome = if chance.below(50) == 0 {
        Outcome::Refused
    } else {
        Outcome::Granted
    };
    let on_time = match used {
        0..PROMISED => Count::CompletedEarly,
        PROMISED => Count::CompletedOnTime,
        _ => Count::CompletedLate,
    };
    let mut measures = vec![
        (Measure::Change(Balance::Open), -1),
        (Measure::CompletedAfter(age), 1),
        (Measure::Outcome(Some(outcome)), 1),
        (Measure::Used(used), 1),
        (Measure::Count(on_time), 1),
    ];
    for count in [Count::Completed, Count::Timed, Count::StatutoryOnTime] {
        measures.push((Measure::Count(count), 1));
    }
    for (count, days) in [
        (Count::StatutoryLimitDays, STATUTORY),
        (Count::StatutoryUsedDays, used),
        (Count::PromisedLimitDays, PROMISED),
        (Count::PromisedUsedDays, used),
    ] {
        measures.push((Measure::Count(count), i64::from(days)));
    }
    if on_time == Count::CompletedEarly {
        measures.push((Measure::Count(Count::CompletedOnTime), 1));
    }
    let mut left = used;
    for stage in Stage::ALL {
        let part = chance.below(left + 1);
        left -= part;
        measures.push((Measure::StageVisits(*stage), 1));
        measures.push((Measure::StageUsed(*stage, part), 1));
    }
    for (measure, n) in measures {
        facts.add(over, leaf, measure, n);
    }
}

/// The exported facts of the periods of a statement.
struct Export {
    path: PathBuf,
    month: String,
    periods: usize,
}

/// The exported facts of the periods of a statement as a table.
async fn table(engine: &Engine, period: &Period, path: PathBuf) -> Result<Export> {
    let mut csv = BufWriter::new(File::create(&path)?);
    writeln!(csv, "period,day,unit,item,measure,bucket,n")?;
    let periods = Statement::periods(period);
    for period in &periods {
        for fact in engine.exported_facts(period).await? {
            let (measure, bucket) = fact.measure.name();
            let item = fact.leaf.1.as_ref().map(ToString::to_string);
            writeln!(
                csv,
                "{period},{},{},{},{measure},{},{}",
                fact.day,
                fact.leaf.0,
                item.unwrap_or_default(),
                bucket.unwrap_or_default(),
                fact.n
            )?;
        }
    }
    csv.flush()?;
    Ok(Export {
        path,
        month: period.to_string(),
        periods: periods.len(),
    })
}

/// Reads the table, groups all of it and the part of one month, and says how many milliseconds a grouping of each took, how
/// many periods there were and what was accepted in the month.
const DUCKDB: &str = r#"
import sys, time
try:
    import duckdb
except ImportError:
    sys.exit("python3 has no duckdb (set BENCH_PYTHON to one that has it)")
base = duckdb.connect()
base.execute("create table facts as select * from read_csv(?, header=true, "
    "types={'period': 'varchar', 'bucket': 'varchar'})", [sys.argv[1]])
base.execute("create table month as select * exclude (period) from facts where period = ?", [sys.argv[2]])
def took(query):
    taken = []
    for _ in range(9):
        started = time.perf_counter()
        base.execute("create or replace temp table sums as " + query)
        taken.append((time.perf_counter() - started) * 1e3)
    return sorted(taken)[4]
every = took("select period, unit, item, measure, bucket, sum(n) as n from facts group by all")
periods = base.execute("select count(distinct period) from sums").fetchone()[0]
month = took("select unit, item, measure, bucket, sum(n) as n from month group by all")
accepted = base.execute("select sum(n) from sums where measure = 'accepted'").fetchone()[0]
print(every, month, periods, int(accepted))
"#;

/// What DuckDB took.
struct Grouped {
    all_ms: f64,
    month_ms: f64,
    periods: usize,
}

fn duckdb(export: &Export) -> Result<Grouped> {
    let python = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python)
        .args(["-c", DUCKDB])
        .arg(&export.path)
        .arg(&export.month)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("there is no {python}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    let answer = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = answer.split_whitespace().collect();
    let [all, month, periods, accepted] = words.as_slice() else {
        bail!("DuckDB says {answer:?}");
    };
    ensure!(
        accepted.parse() == Ok(CASES) && periods.parse() == Ok(export.periods),
        "DuckDB counts otherwise: {answer}"
    );
    Ok(Grouped {
        all_ms: all.parse()?,
        month_ms: month.parse()?,
        periods: export.periods,
    })
}

/// Making all facts anew, beside reading the same events in the same order and doing nothing with them.
pub(crate) async fn rebuild(folder: &Path) -> Result<Figure> {
    let path = folder.join("rebuild.db");
    let url = format!("sqlite:{}", path.display());
    city::build(&url, REBUILT_CASES, 1).await?;
    let engine = office::open(&url, &office::settings()?).await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut events = 0;
    for _ in 0..3 {
        let started = now();
        events = bare_read(&path).await?;
        bare.push(rate(events, started.elapsed()));
        let started = now();
        let report = engine.rebuild_facts().await?;
        ours.push(rate(report.events, started.elapsed()));
        ensure!(report.events == events, "{} of {events}", report.events);
    }
    engine.close().await;
    Ok(Figure {
        name: NAME_REBUILD,
        value: median(&ours),
        unit: "events/s",
        goal: Goal::RatioAtLeast(0.3),
        baselines: vec![Baseline {
            name: "ordered SELECT".to_owned(),
            value: median(&bare),
            meaning: "reads all columns of the same events in the order of their keys, one connection, nothing else".to_owned(),
        }],
        remarks: vec![format!("{events} events of {REBUILT_CASES} cases, median of 3")],
    })
}

fn rate(events: u64, took: Duration) -> f64 {
    f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

async fn bare_read(path: &Path) -> Result<u64> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await?;
    let mut rows =
        sqlx::query("SELECT * FROM event ORDER BY division, subject, seq").fetch(&mut connection);
    let (mut events, mut bytes) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        bytes += row.get::<&str, _>("payload").len();
        events += 1;
    }
    ensure!(bytes > 0, "no events");
    Ok(events)
}

/// Counting what 64 clerks do, beside their doing it.
pub(crate) async fn kept(folder: &Path, effort: Effort) -> Result<Figure> {
    let mut shares = Vec::new();
    let (mut counted, mut done) = (Vec::new(), Vec::new());
    for round in 0..effort.rounds {
        let url = format!(
            "sqlite:{}",
            folder.join(format!("kept-{round}.db")).display()
        );
        let settings = office::build(&url).await?;
        let engine = office::open(&url, &settings).await?;
        let cases = office::prepare(&engine, KEPT_CASES).await?;
        engine.keep_facts().await?;
        let started = now();
        let seconds = Duration::from_secs(effort.seconds);
        let transitions = transitions::work(&engine, cases, seconds).await?;
        let working = started.elapsed();
        let started = now();
        let report = engine.keep_facts().await?;
        let counting = started.elapsed();
        ensure!(
            report.events >= u64::from(transitions),
            "{report:?} of {transitions}"
        );
        done.push(f64::from(transitions) / working.as_secs_f64());
        counted.push(rate(report.events, counting));
        shares.push(counting.as_secs_f64() / working.as_secs_f64());
        engine.close().await;
    }
    Ok(Figure {
        name: NAME_KEPT,
        value: median(&shares),
        unit: "of the time of the transitions",
        goal: Goal::ValueAtMost(0.15),
        baselines: vec![Baseline {
            name: "transitions".to_owned(),
            value: 1.0,
            meaning: format!(
                "the time in which 64 clerks did what was counted: {} transitions/s; counted were {} events/s",
                number(median(&done)),
                number(median(&counted))
            ),
        }],
        remarks: vec![format!("median of {} rounds, SQLite", effort.rounds)],
    })
}
