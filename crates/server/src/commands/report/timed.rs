//! Reports and closings by the schedule: reports on the first working day after each period, closings on a later one, both
//! made up for after a standstill, once among all processes.

use std::sync::Arc;

use engine::copies::OldMail;
use engine::outbox::Outbox;
use engine::schedule::{CatchUp, JobAction, JobRun, JobSpec, Span, WorkingDay};
use engine::{Engine, EngineError};

use super::make::as_engine_error;
use super::{Maker, Order, Post};
use crate::app::App;
use crate::config::ReportSpan;
use crate::failure::Failure;

/// The work of a run.
type Run = futures_util::future::BoxFuture<'static, Result<(), EngineError>>;

/// The latest working day of a month on which it can be wanted that the month before is closed: every month has so many.
const CLOSE_ON_MAX: u32 = 15;

/// The jobs that make reports and close months, as configured. A report of a day is made before its month is closed.
pub(crate) fn jobs(app: &App, outbox: Option<&Outbox>) -> Result<Vec<JobSpec>, Failure> {
    let cron = cron(&app.config.report.at).ok_or_else(|| {
        let at = &app.config.report.at;
        Failure::cannot_run(app.pick(
            format!("[report] at 应写作 08:00,现为“{at}”"),
            format!("[report] at is written as 08:00, not “{at}”"),
        ))
    })?;
    let mut jobs = reports(app, outbox, &cron)?;
    jobs.extend(closing(app, &cron)?);
    Ok(jobs)
}

/// The job that closes months, if there is one.
fn closing(app: &App, cron: &str) -> Result<Option<JobSpec>, Failure> {
    let Some(number) = app.config.report.close_on_working_day else {
        return Ok(None);
    };
    if !(1..=CLOSE_ON_MAX).contains(&number) {
        return Err(Failure::cannot_run(app.pick(
            format!("[report] close_on_working_day 应为 1 至 {CLOSE_ON_MAX},现为 {number}"),
            format!("[report] close_on_working_day is 1 to {CLOSE_ON_MAX}, not {number}"),
        )));
    }
    let work = move |engine: Engine, run: JobRun| -> Run {
        Box::pin(async move {
            for (period, closed) in engine.close_due_months(&run.job, number, run.date).await? {
                tracing::info!(
                    closing.period = %period,
                    closing.revision = closed.last.number,
                    "a month was closed by the schedule"
                );
            }
            Ok(())
        })
    };
    Ok(Some(JobSpec {
        name: "close_month".to_owned(),
        cron: cron.to_owned(),
        // Each working day it looks whether something is left to close: what failed before, or fell due on a day that
        // a revised calendar made another.
        working_days_only: true,
        on: None,
        catch_up: CatchUp::Latest,
        action: JobAction::Custom(Arc::new(work)),
    }))
}

/// The jobs that make reports; none without a folder.
fn reports(app: &App, outbox: Option<&Outbox>, cron: &str) -> Result<Vec<JobSpec>, Failure> {
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
    let post = if own.mail && outbox.is_some() {
        Post::Mail
    } else {
        Post::Keep
    };
    let jobs = own.spans.iter().map(|span| {
        let (name, over) = match span {
            ReportSpan::Week => ("report_week", Span::Week),
            ReportSpan::Month => ("report_month", Span::Month),
            ReportSpan::Quarter => ("report_quarter", Span::Quarter),
            ReportSpan::HalfYear => ("report_half_year", Span::HalfYear),
            ReportSpan::Year => ("report_year", Span::Year),
        };
        let (maker, outbox) = (maker.clone(), outbox.cloned());
        let (formats, folder) = (formats.clone(), folder.clone());
        let work = move |engine: Engine, run: JobRun| {
            let (maker, outbox) = (maker.clone(), outbox.clone());
            let (formats, out) = (formats.clone(), folder.clone());
            let work: Run = Box::pin(async move {
                let Some(period) = over.period_before(run.date) else {
                    return Ok(());
                };
                let post = match run.mail {
                    OldMail::Sent => post,
                    OldMail::Withheld => Post::Keep,
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
            cron: cron.to_owned(),
            working_days_only: true,
            on: Some(WorkingDay::first(over)),
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
