//! The report as a workbook with a great many cases named one by one, and as the paper of a city of 48 units: how long each
//! takes, and how much memory the process has held by then.
//!
//! Each is made in a process of its own, from figures that the engine counted and lists that are drawn, so that the memory is
//! that of one report and of nothing before it.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use approval::ids::SubjectId;
use approval::rule::Level;
use approval::stage::Stage;
use approval::statistics::{CardLine, Details, Figures, Period, Place, Statement};
use approval::track::ClockKey;
use approval::warning::WarningState;
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use report::period::{Format, Report, Wording};
use report::picture::Language;
use rust_xlsxwriter::{ExcelDateTime, Workbook};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{self, median, now};
use crate::processes::{Worker, ready};
use crate::service::mebibytes;
use crate::{Effort, facts, office};

pub(crate) const NAME_XLSX: &str = "report-xlsx-100k";
pub(crate) const NAME_XLSX_MEMORY: &str = "report-xlsx-100k-memory";
pub(crate) const NAME_PDF: &str = "report-pdf-48";
pub(crate) const NAME_PDF_MEMORY: &str = "report-pdf-48-memory";

/// Lines of the workbook's longest list: each a case with the card that it got.
const LINES: usize = 100_000;
/// Lines of the paper's list: some of each unit.
const LINES_ON_PAPER: usize = 3 * office::UNITS;
/// Cases of the month that is reported, and of each month before it: the figures of a paper are as many with any number.
const CASES: u32 = 50_000;
const GOAL_MS: f64 = 3_000.0;
const GOAL_MIB: f64 = 300.0;

/// What a process makes.
const WORKBOOK: &str = "workbook";
const BARE_WORKBOOK: &str = "bare workbook";
const PAPER: &str = "paper";
const EMPTY_PAPER: &str = "empty paper";

/// The workbook.
pub(crate) async fn workbook(folder: PathBuf, effort: Effort) -> Result<[Figure; 2]> {
    let (url, period) = figures(&folder, "workbook.db").await?;
    let lines = effort.cases(LINES);
    let order =
        |paper: &str| json!({ "paper": paper, "url": url, "period": period, "lines": lines });
    let ours = made(&order(WORKBOOK), effort)?;
    let bare = made(&order(BARE_WORKBOOK), effort)?;
    let what = format!(
        "{lines} cases named one by one in 17 columns, {} units and {} items with all indicators; {} MB; median of {} processes",
        office::UNITS,
        facts::ITEMS,
        number(ours.megabytes),
        effort.rounds
    );
    let meaning = "the same lines, cell by cell, into a workbook of the same library without formats, filters or other sheets, \
        held in memory as it does by itself";
    Ok(ours.beside(
        &bare,
        [NAME_XLSX, NAME_XLSX_MEMORY],
        ("bare workbook", meaning),
        &what,
    ))
}

/// The paper.
pub(crate) async fn paper(folder: PathBuf, effort: Effort) -> Result<[Figure; 2]> {
    let (url, period) = figures(&folder, "paper.db").await?;
    let order = |paper: &str| json!({ "paper": paper, "url": url, "period": period, "lines": LINES_ON_PAPER });
    let ours = made(&order(PAPER), effort)?;
    let empty = made(&order(EMPTY_PAPER), effort)?;
    let what = format!(
        "{} units with scores, comparisons, pictures and {LINES_ON_PAPER} cards, the fonts read anew; {} MB; median of {} processes",
        office::UNITS,
        number(ours.megabytes),
        effort.rounds
    );
    let meaning = "the paper of a month without units, items or cards, with the same fonts";
    Ok(ours.beside(
        &empty,
        [NAME_PDF, NAME_PDF_MEMORY],
        ("empty paper", meaning),
        &what,
    ))
}

/// An office with facts, and the month that is reported.
async fn figures(folder: &std::path::Path, name: &str) -> Result<(String, String)> {
    let url = format!("sqlite:{}", folder.join(name).display());
    let (engine, period) = facts::office_with_facts(&url, facts::MONTHS, CASES).await?;
    engine.close().await;
    Ok((url, period.to_string()))
}

/// What processes made.
struct Made {
    /// Of each.
    ms: Vec<f64>,
    /// The most that one of them has held (VmHWM).
    mebibytes: f64,
    /// Of what was made.
    megabytes: f64,
}

fn made(order: &Value, effort: Effort) -> Result<Made> {
    let mut made = Made {
        ms: Vec::new(),
        mebibytes: 0.0,
        megabytes: 0.0,
    };
    for _ in 0..effort.rounds {
        let answer = tokio::task::block_in_place(|| {
            let mut worker = Worker::start(order)?;
            worker.say("")?;
            worker.end()
        })?;
        let value = |key: &str| answer[key].as_f64().with_context(|| format!("no {key}"));
        made.ms.push(value("ms")?);
        made.mebibytes = made.mebibytes.max(value("mebibytes")?);
        made.megabytes = value("megabytes")?;
    }
    Ok(made)
}

impl Made {
    fn beside(
        &self,
        other: &Self,
        [time, memory]: [&'static str; 2],
        (name, meaning): (&str, &str),
        what: &str,
    ) -> [Figure; 2] {
        let figure = |figure, unit, goal, value, beside, remark: &str| Figure {
            name: figure,
            value,
            unit,
            goal: Goal::ValueAtMost(goal),
            baselines: vec![Baseline {
                name: name.to_owned(),
                value: beside,
                meaning: meaning.to_owned(),
            }],
            remarks: vec![what.to_owned(), remark.to_owned()],
        };
        [
            figure(
                time,
                "ms",
                GOAL_MS,
                median(&self.ms),
                median(&other.ms),
                "from the figures and lists in memory to the file's bytes",
            ),
            figure(
                memory,
                "MiB (VmHWM)",
                GOAL_MIB,
                self.mebibytes,
                other.mebibytes,
                "the most that one of the processes has held: program, database, figures, lists and file",
            ),
        ]
    }
}

/// What a process of these does: gets ready what it needs, waits, makes one file, and says what it took.
pub(crate) fn work(paper: &str, order: &Value) -> Result<String> {
    let text = |key: &str| order[key].as_str().with_context(|| format!("no {key}"));
    let lines = order["lines"].as_u64().context("no number of lines")?;
    let period = Period::parse(text("period")?)?;
    let cards = cards(usize::try_from(lines)?, &period);
    let content = if paper == BARE_WORKBOOK {
        timed(|| bare(&cards))?
    } else {
        let (mut statement, mut details) = counted(text("url")?, period)?;
        details.lists.cards = cards;
        let format = match paper {
            WORKBOOK => Format::Xlsx,
            PAPER => Format::Pdf,
            EMPTY_PAPER => {
                empty(&mut statement);
                details = Details::default();
                Format::Pdf
            }
            other => bail!("nobody makes {other:?}"),
        };
        let wording = Wording::built_in(Language::Zh)?;
        let report = Report::new(&statement, &wording).with_details(&details);
        timed(|| {
            let mut files = report.files(format)?;
            ensure!(files.len() == 1, "{} files", files.len());
            Ok(files.remove(0).content)
        })?
    };
    Ok(content.to_string())
}

/// Waits until it is told to begin, makes a file, and says what that took.
fn timed(make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Value> {
    ready()?;
    let started = now();
    let content = make()?;
    let ms = started.elapsed().as_secs_f64() * 1e3;
    ensure!(
        content.starts_with(b"%PDF") || content.starts_with(b"PK"),
        "neither a paper nor a workbook"
    );
    Ok(json!({
        "ms": ms,
        "mebibytes": mebibytes(std::process::id(), "status", "VmHWM")?,
        "megabytes": f64::from(u32::try_from(content.len())?) / 1e6,
    }))
}

/// What the engine counts, as `shixian report` asks for it.
fn counted(url: &str, period: Period) -> Result<(Statement, Details)> {
    let runtime = Runtime::new()?;
    let url = url.to_owned();
    measure::on(&runtime, async move {
        let engine = office::open(&url, &office::settings()?).await?;
        let report = engine.report(&period).await?;
        engine.close().await;
        Ok(report)
    })
}

/// Takes everything off a statement that a paper would tell.
fn empty(statement: &mut Statement) {
    statement.total = Figures::default();
    statement.units.clear();
    statement.items.clear();
    statement.halls.clear();
    statement.kinds.clear();
    statement.course.clear();
    statement.before = None;
    statement.year_before = None;
    statement.scores = None;
}

/// So many cards of a month, dealt out to the units and items.
fn cards(lines: usize, period: &Period) -> Vec<CardLine> {
    let first = period.first();
    let begin = first.and_hms_opt(1, 0, 0).map(|at| at.and_utc());
    let begin = begin.unwrap_or_default();
    let card = |n: usize| {
        let (unit, item) = facts::leaf(n % facts::ITEMS);
        let whole = i64::try_from(n).unwrap_or(i64::MAX);
        let issued_at: DateTime<Utc> = begin + TimeDelta::minutes(whole % 40_000);
        CardLine {
            subject: SubjectId::new(format!("410800-{unit}-{}-{n:06}", first.format("%Y%m%d"))),
            seq: whole % 20 + 1,
            place: Place {
                unit_name: format!("第{unit}局"),
                item_name: item.as_ref().map(|item| format!("{item}号建设项目许可")),
                item: item.map(|item| item.to_string()),
                unit: unit.to_string(),
            },
            level: if n.is_multiple_of(3) {
                Level::Red
            } else {
                Level::Yellow
            },
            clock: ClockKey::Promised,
            stage: Some(Stage::Handling),
            due_on: first.checked_add_days(Days::new(whole.cast_unsigned() % 28)),
            issued_at,
            over_working_days: Some(whole % 9 + 1),
            still_runs: n.is_multiple_of(2),
            persons: vec![format!("王{}", n % 500), format!("李{}", n % 700)],
            state: WarningState::Issued,
            appeal: None,
            appeal_state: None,
        }
    };
    (0..lines).map(card).collect()
}

/// The same lines, written by the library alone.
fn bare(cards: &[CardLine]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (row, card) in (0..).zip(cards) {
        let place = &card.place;
        let persons = card.persons.join("、");
        let still = if card.still_runs { "是" } else { "否" };
        let texts = [
            (0, card.subject.as_str()),
            (2, place.unit.as_str()),
            (3, place.unit_name.as_str()),
            (4, place.item.as_deref().unwrap_or_default()),
            (5, place.item_name.as_deref().unwrap_or_default()),
            (6, card.level.as_str()),
            (7, "承诺时限"),
            (8, card.stage.map_or("", Stage::as_str)),
            (12, still),
            (13, persons.as_str()),
            (14, card.state.as_str()),
            (15, ""),
            (16, ""),
        ];
        for (column, text) in texts {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_number(row, 1, small(card.seq)?)?;
        sheet.write_number(row, 11, small(card.over_working_days.unwrap_or(0))?)?;
        let issued = card.issued_at.date_naive();
        for (column, date) in [(9, card.due_on.unwrap_or(issued)), (10, issued)] {
            let year = u16::try_from(date.year())?;
            let (month, of_month) = (u8::try_from(date.month())?, u8::try_from(date.day())?);
            let date = ExcelDateTime::from_ymd(year, month, of_month)?;
            sheet.write_datetime_with_format(row, column, date, &day)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn small(n: i64) -> Result<f64> {
    Ok(f64::from(i32::try_from(n)?))
}
