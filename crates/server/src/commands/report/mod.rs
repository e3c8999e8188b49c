//! `report`: the statistics of a period as files, for people, for cron and for the schedule; mailed too, if wanted.
//!
//! Suggested reading order: [`run`], `make` (from the record to files), `files` and `lock` (that nobody finds half of one,
//! and that two at once make one), `post` (to whom it goes), `timed` (the schedule).

pub(crate) mod files;
mod lock;
mod make;
mod post;
mod timed;

use std::path::PathBuf;

use approval::statistics::Period;
use clap::Args;
use engine::{Engine, EngineError};
use report::period::Format;

use crate::app::App;
use crate::commands::outbox;
use crate::failure::Failure;
use crate::output;

pub(crate) use make::Maker;
pub(crate) use timed::jobs;

/// What is reported, how, and where to.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 统计期:2011、2011-H2、2011-Q4、2011-10、2011-W40 或 2011-10-08..2011-10-31 / The period
    #[arg(long, value_name = "P")]
    period: String,
    /// 格式:json、csv、html、xlsx、pdf,可多个 / The forms
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "json", value_parser = format)]
    format: Vec<Format>,
    /// 文件放入这一文件夹 / The folder that the files go to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 同时寄给领导和单位负责人,负责人另附本单位的分报告 / Mails it to leaders and heads, these with their unit's own part
    #[arg(long)]
    mail: bool,
}

/// A report that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The period.
    pub(crate) period: Period,
    /// The forms.
    pub(crate) formats: Vec<Format>,
    /// The folder that the files go to.
    pub(crate) out: PathBuf,
    /// Whether it is mailed too.
    pub(crate) post: Post,
}

/// Whether a report is mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// It stays in its folder.
    Keep,
    /// It goes to leaders and heads.
    Mail,
}

/// Counts, makes all files, and only then lets them appear.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    let period = Period::parse(&options.period)
        .map_err(|error| EngineError::invalid("bad_period", error.to_string()))?;
    let order = Order {
        period,
        formats: options.format,
        out: options.out,
        post: if options.mail { Post::Mail } else { Post::Keep },
    };
    let maker = Maker::new(app)?;
    let engine = app.engine().await?;
    let done = work(app, &engine, &maker, &order).await;
    engine.close().await;
    done
}

async fn work(app: &App, engine: &Engine, maker: &Maker, order: &Order) -> Result<(), Failure> {
    let outbox = match order.post {
        Post::Keep => None,
        Post::Mail => {
            let (outbox, sends) = outbox::open(app, engine.clone())?;
            if !sends {
                return Err(outbox::cannot_send(app, engine));
            }
            Some(outbox)
        }
    };
    let answer = maker.report(engine, outbox.as_ref(), order).await?;
    let mut trouble = 0;
    if let Some(outbox) = &outbox {
        // Whoever serves beside this sends too: leases keep them apart.
        let sent = outbox.send_round().await?;
        trouble = sent.retried + sent.failed + sent.given_up;
    }
    engine.remember_trial_time().await?;
    if !answer.has_business {
        app.say(
            "本期没有办件,报告各项为零",
            "No business in this period: the report shows zeros",
        );
    }
    if answer.is_open {
        app.say(
            "统计期尚未结束,报告注明截至当前时间",
            "The period isn't over: the report says as of when it is",
        );
    }
    if trouble + answer.undeliverable > 0 {
        app.say(
            "有邮件未能送出,请用 shixian outbox list 查看",
            "some mails didn't go out: see `shixian outbox list`",
        );
    }
    // A job of cron mails whatever is printed: when it is to be quiet there is nothing.
    if !app.quiet {
        output::json(&answer.json)?;
    }
    if trouble + answer.undeliverable > 0 {
        return Err(Failure::Found);
    }
    Ok(())
}

/// Reads a form's word.
pub(crate) fn format(word: &str) -> Result<Format, String> {
    Format::parse(word.trim())
        .ok_or_else(|| "可用的有 / known are: json, csv, html, xlsx, pdf".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_do_not_exist_are_refused() {
        assert!(format("doc").unwrap_err().contains("xlsx"));
        assert_eq!(format(" json"), Ok(Format::Json));
        assert_eq!(format("pdf"), Ok(Format::Pdf));
    }
}
