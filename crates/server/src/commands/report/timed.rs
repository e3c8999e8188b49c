//! Reports by the schedule: on the first working day after each period, made up for after a standstill, once among all
//! processes.

use std::sync::Arc;

use engine::outbox::Outbox;
use engine::schedule::{CatchUp, FirstOf, JobAction, JobRun, JobSpec};
use engine::{Engine, EngineError};

use super::make::as_engine_error;
use super::{Maker, Order, Post};
use crate::app::App;
use crate::config::ReportSpan;
use crate::failure::Failure;

/// The jobs that make reports, as configured; none without a folder.
pub(crate) fn jobs(app: &App, outbox: Option<&Outbox>) -> Result<Vec<JobSpec>, Failure> {
    let own = &app.config.report;
    let Some(folder) = own.folder.clone().filter(|f| !f.as_os_str().is_empty()) else {
        return Ok(Vec::new());
    };
    let maker = Maker::new(app)?;
    let mut formats = Vec::new();
    for word in &own.formats {
        let format = super::format(word);
        formats
            .push(format.map_err(|known| {
                Failure::cannot_run(format!("[report] formats:{word}:{known}"))
            })?);
    }
    let cron = cron(&own.at).ok_or_else(|| {
        Failure::cannot_run(app.pick(
            format!("[report] at 应写作 08:00,现为“{}”", own.at),
            format!("[report] at is written as 08:00, not “{}”", own.at),
        ))
    })?;
    let post = if own.mail && outbox.is_some() {
        Post::Mail
    } else {
        Post::Keep
    };
    let jobs = own.spans.iter().map(|span| {
        let (name, first_of) = match span {
            ReportSpan::Week => ("report_week", FirstOf::Week),
            ReportSpan::Month => ("report_month", FirstOf::Month),
            ReportSpan::Quarter => ("report_quarter", FirstOf::Quarter),
            ReportSpan::HalfYear => ("report_half_year", FirstOf::HalfYear),
            ReportSpan::Year => ("report_year", FirstOf::Year),
        };
        let (maker, outbox) = (maker.clone(), outbox.cloned());
        let (formats, folder) = (formats.clone(), folder.clone());
        let work = move |engine: Engine, run: JobRun| {
            let (maker, outbox) = (maker.clone(), outbox.clone());
            let (formats, out) = (formats.clone(), folder.clone());
            let work: futures_util::future::BoxFuture<'static, Result<(), EngineError>> =
                Box::pin(async move {
                    let Some(period) = first_of.period_before(run.date) else {
                        return Ok(());
                    };
                    let order = Order {
                        period,
                        formats,
                        out,
                        post,
                    };
                    let outbox = outbox.filter(|_| post == Post::Mail);
                    let made = maker.report(&engine, outbox.as_ref(), &order).await;
                    let answer = made.map_err(|failure| as_engine_error(failure, &order.out))?;
                    tracing::info!(
                        report.period = %period,
                        report.undeliverable = answer.undeliverable,
                        "a report was made by the schedule"
                    );
                    Ok(())
                });
            work
        };
        JobSpec {
            name: name.to_owned(),
            cron: cron.clone(),
            working_days_only: true,
            first_of: Some(first_of),
            catch_up: CatchUp::All,
            action: JobAction::Custom(Arc::new(work)),
        }
    });
    Ok(jobs.collect())
}

/// 08:30 as a line of cron.
fn cron(at: &str) -> Option<String> {
    let (hour, minute) = at.trim().split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then(|| format!("0 {minute} {hour} * * *"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_become_lines() {
        assert_eq!(cron("08:00").as_deref(), Some("0 0 8 * * *"));
        assert_eq!(cron(" 17:45 ").as_deref(), Some("0 45 17 * * *"));
        for wrong in ["8", "24:00", "08:60", "", "x:y"] {
            assert_eq!(cron(wrong), None, "{wrong}");
        }
    }
}
