//! From the record to files: the one way for people, cron and the schedule.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use approval::statistics::{Details, Statement};
use engine::outbox::Outbox;
use engine::{Engine, EngineError};
use notify::Language;
use report::paper::{FontError, FontPaths, Fonts};
use report::period::{Format, Letterhead, Report, ReportFile, Wording};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::files::put;
use super::lock::{Lock, Turn};
use super::{Order, Post, post};
use crate::app::App;
use crate::failure::Failure;

/// What reports are made with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub(super) wording: Arc<Wording>,
    fonts: FontPaths,
    language: Language,
}

/// A report in memory.
pub(super) struct Made {
    pub(super) statement: Statement,
    pub(super) details: Details,
    pub(super) files: Vec<ReportFile>,
    /// Loaded if a paper was made or will be.
    pub(super) fonts: Option<Fonts>,
}

/// What became of an order.
pub(crate) struct Answer {
    /// For programs.
    pub(crate) json: Value,
    pub(crate) has_business: bool,
    pub(crate) is_open: bool,
    /// Mails to people without an address.
    pub(crate) undeliverable: u64,
}

impl Maker {
    /// Reads the words of the reports.
    pub(crate) fn new(app: &App) -> Result<Self, Failure> {
        let own = &app.config.report;
        let language = app.config.service.language;
        let (pictures, replaced) = match language {
            Language::Zh => (report::picture::Language::Zh, &own.wording_zh),
            Language::En => (report::picture::Language::En, &own.wording_en),
        };
        let said = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
        let head = Letterhead {
            organ: said(&own.organ_name).or_else(|| said(&app.config.service.organ_name)),
            title: said(&own.title),
            number: said(&own.document_number),
        };
        let wording =
            Wording::load(pictures, replaced.as_deref(), &head).map_err(anyhow::Error::from)?;
        Ok(Self {
            wording: Arc::new(wording),
            fonts: FontPaths {
                text: own.font_text.clone(),
                table: own.font_table.clone(),
                head: own.font_head.clone(),
            },
            language,
        })
    }

    /// Reads the fonts of papers.
    pub(crate) fn fonts(&self) -> Result<Fonts, FontError> {
        Fonts::load(&self.fonts)
    }

    /// Counts, makes all files, lets them appear, and writes the mails. Two at once make one.
    pub(crate) async fn report(
        &self,
        engine: &Engine,
        outbox: Option<&Outbox>,
        order: &Order,
    ) -> Result<Answer, Failure> {
        let formats: Vec<&str> = order.formats.iter().map(|format| format.as_str()).collect();
        let what = json!({
            "division": engine.division(),
            "formats": formats,
            "mail": order.post == Post::Mail,
        });
        let turn = {
            let (out, what) = (order.out.clone(), what.clone());
            let name = order.period.to_string();
            let taken = spawn_blocking(move || Lock::take(&out, &name, &what)).await;
            taken.map_err(anyhow::Error::from)?
        };
        let lock = match turn.with_context(|| self.unwritable(&order.out))? {
            Turn::Ours(lock) => lock,
            Turn::Made(json) => return Ok(answer_of(json)),
        };
        let made = self.make(engine, order).await?;
        let paths = put(&order.out, &made.files).with_context(|| self.unwritable(&order.out))?;
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let statement = &made.statement;
        let mut json = json!({
            "period": order.period.to_string(),
            "cut_off": statement.calendar.local(statement.cut_off).to_rfc3339(),
            "as_of": statement.is_open,
            "has_business": statement.total.has_business(),
            "files": names,
        });
        if let Some(outbox) = outbox {
            let posted = post::post(self, engine, outbox, made).await?;
            json["mails"] = json!(posted.written);
            json["mailed_before"] = json!(posted.known);
            json["undeliverable"] = json!(posted.undeliverable);
        }
        lock.answered(&what, &json)?;
        Ok(answer_of(json))
    }

    fn unwritable(&self, out: &Path) -> String {
        let out = out.display();
        match self.language {
            Language::Zh => format!("报告不能写入 {out},未留下不完整的文件"),
            Language::En => {
                format!("the report can't be written to {out}; no part of a file is left")
            }
        }
    }

    /// The figures and their files. Papers and workbooks are work for the processor: they keep no request waiting.
    async fn make(&self, engine: &Engine, order: &Order) -> Result<Made, Failure> {
        // Of persons only tables and the units' own parts tell.
        let tells_persons = order.formats.contains(&Format::Csv) || order.post == Post::Mail;
        let (statement, details) = match tells_persons {
            true => engine.report_with_persons(&order.period).await?,
            false => engine.report(&order.period).await?,
        };
        let maker = self.clone();
        let order = order.clone();
        let made = spawn_blocking(move || maker.draw(statement, details, &order));
        Ok(made.await.map_err(anyhow::Error::from)??)
    }

    fn draw(
        &self,
        statement: Statement,
        details: Details,
        order: &Order,
    ) -> Result<Made, anyhow::Error> {
        let needs_fonts = order.formats.contains(&Format::Pdf) || order.post == Post::Mail;
        let fonts = needs_fonts.then(|| self.fonts()).transpose()?;
        let mut report = Report::new(&statement, &self.wording).with_details(&details);
        if let Some(fonts) = &fonts {
            report = report.with_fonts(fonts);
        }
        let mut files = Vec::new();
        for format in &order.formats {
            files.extend(report.files(*format)?);
        }
        Ok(Made {
            files,
            fonts,
            statement,
            details,
        })
    }
}

/// An answer that was given, perhaps by another process.
fn answer_of(json: Value) -> Answer {
    let flag = |key: &str| json.get(key).and_then(Value::as_bool).unwrap_or_default();
    let undeliverable = json.get("undeliverable").and_then(Value::as_u64);
    Answer {
        has_business: flag("has_business"),
        is_open: flag("as_of"),
        undeliverable: undeliverable.unwrap_or_default(),
        json,
    }
}

/// What the schedule makes of a failure: trouble with files may pass, all else is for people.
pub(super) fn as_engine_error(failure: Failure, out: &Path) -> EngineError {
    match failure {
        Failure::Refused(error) => error,
        Failure::Found => EngineError::invalid(
            "report",
            "报告有邮件未能送出 / mails of the report didn't go out",
        ),
        Failure::CannotRun(error) => match error.downcast::<EngineError>() {
            Ok(error) => error,
            Err(error) => {
                let words = crate::failure::chain(&error);
                match error.downcast::<std::io::Error>() {
                    Ok(source) => EngineError::File {
                        path: out.display().to_string(),
                        source,
                    },
                    Err(_) => EngineError::invalid("report", words),
                }
            }
        },
    }
}
