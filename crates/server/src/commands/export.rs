//! `export`: a period's facts and events as tables for other software.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use approval::statistics::Period;
use calendar::Calendar;
use clap::{Args, ValueEnum};
use engine::facts::export::Mask;
use engine::{Engine, EngineError};
use serde_json::json;
use store::codec::instant;
use store::feed::FeedPosition;

use super::report::temporary;
use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is exported, and where to.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 统计期:2011、2011-H2、2011-Q4、2011-10、2011-W40 或 2011-10-08..2011-10-31 / The period
    #[arg(long, value_name = "P")]
    period: String,
    /// 格式 / The form
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// 文件放入这一文件夹 / The folder that the files go to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 办件编号和人员改为代号,不含文字内容 / Numbers and people under other names, no texts
    #[arg(long)]
    anonymise: bool,
}

/// The forms of exported tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// UTF-8, comma-separated, with a line of names.
    Csv,
}

const FACTS: [&str; 7] = ["division", "day", "unit", "item", "measure", "bucket", "n"];
const EVENTS: [&str; 9] = [
    "division",
    "subject",
    "seq",
    "kind",
    "occurred_at",
    "recorded_at",
    "by",
    "stands_for",
    "payload",
];

/// Writes both tables, and lets them appear when they are whole.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    let period = Period::parse(&options.period)
        .map_err(|error| EngineError::invalid("bad_period", error.to_string()))?;
    let engine = app.engine().await?;
    let done = tables(&engine, &period, &options).await;
    engine.close().await;
    let Written {
        files,
        facts,
        events,
    } = done?;
    if !app.quiet {
        output::json(&json!({
            "period": period.to_string(),
            "facts": facts,
            "events": events,
            "files": files,
        }))?;
    }
    Ok(())
}

struct Written {
    files: Vec<String>,
    facts: u64,
    events: u64,
}

async fn tables(engine: &Engine, period: &Period, options: &Options) -> Result<Written, Failure> {
    let Form::Csv = options.format;
    std::fs::create_dir_all(&options.out)
        .with_context(|| format!("{} 无法建立 / can't be made", options.out.display()))?;
    let mut table = Table::new(&options.out, &FACTS)?;
    let division = engine.division();
    for fact in engine.exported_facts(period).await? {
        let (measure, bucket) = fact.measure.name();
        table.row(&[
            division,
            &fact.day.to_string(),
            fact.leaf.0.as_str(),
            fact.leaf.1.as_ref().map_or("", |item| item.as_str()),
            measure,
            bucket.as_deref().unwrap_or_default(),
            &fact.n.to_string(),
        ])?;
    }
    let facts = table.rows;
    let facts_path = options.out.join(format!("{period}-facts.csv"));
    let facts_table = table;
    let mut table = Table::new(&options.out, &EVENTS)?;
    let calendar = engine.books(division).await?.calendar.clone();
    let mask = options.anonymise.then(Mask::new).transpose()?;
    let mut after = FeedPosition::default();
    while let Some(page) = engine.exported_events(period, &after).await? {
        for event in &page.events {
            write_event(&mut table, event, &calendar, mask.as_ref())?;
        }
        after = page.last;
    }
    let events = table.rows;
    let events_path = options.out.join(format!("{period}-events.csv"));
    facts_table.keep(&facts_path)?;
    table.keep(&events_path)?;
    let files = [facts_path, events_path];
    Ok(Written {
        files: files
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        facts,
        events,
    })
}

fn write_event(
    table: &mut Table,
    event: &engine::facts::export::ExportedEvent,
    calendar: &Calendar,
    mask: Option<&Mask>,
) -> Result<(), Failure> {
    let name = |name: &str| match mask {
        Some(mask) if !name.is_empty() => mask.of(name),
        _ => name.to_owned(),
    };
    let time = |us: i64| calendar.local(instant(us)).to_rfc3339();
    let row = &event.row;
    let payload = if mask.is_some() {
        ""
    } else {
        row.payload.as_str()
    };
    table.row(&[
        &row.division,
        &name(&row.subject),
        &row.seq.to_string(),
        &row.kind,
        &time(row.occurred_at_us),
        &time(row.recorded_at_us),
        &name(event.by.as_deref().unwrap_or_default()),
        &name(event.stands_for.as_deref().unwrap_or_default()),
        payload,
    ])
}

/// A table that grows beside its place.
struct Table {
    writer: csv::Writer<tempfile::NamedTempFile>,
    rows: u64,
}

impl Table {
    fn new(folder: &Path, names: &[&str]) -> Result<Self, Failure> {
        let mut file = temporary(folder)
            .with_context(|| format!("{} 不能写入 / can't be written to", folder.display()))?;
        // Without the mark, a spreadsheet takes Chinese texts for another encoding.
        file.write_all("\u{feff}".as_bytes())
            .context("不能写入 / can't write")?;
        let mut writer = csv::Writer::from_writer(file);
        writer
            .write_record(names)
            .context("不能写入 / can't write")?;
        Ok(Self { writer, rows: 0 })
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), Failure> {
        self.writer
            .write_record(cells)
            .context("不能写入,未留下不完整的文件 / can't write; no part of a file is left")?;
        self.rows += 1;
        Ok(())
    }

    fn keep(self, path: &Path) -> Result<(), Failure> {
        let file = self
            .writer
            .into_inner()
            .map_err(|error| anyhow::anyhow!("不能写入 / can't write: {}", error.error()))?;
        file.as_file()
            .sync_all()
            .context("不能写入 / can't write")?;
        file.persist(path)
            .with_context(|| format!("{} 不能写入 / can't be written", path.display()))?;
        Ok(())
    }
}
