//! `sweep`: takes the alarms that are due.

use chrono::{DateTime, Utc};
use engine::answer::instant_text;
use engine::{Engine, SweepReport};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// Takes every alarm up to an instant, at most the clock's.
pub(crate) async fn run(app: &App, as_of: Option<DateTime<Utc>>) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let report = engine.sweep(as_of).await?;
    engine.remember_trial_time().await?;
    let answer = answer(&engine, &report).await?;
    engine.close().await;
    output::json(&answer)?;
    if report.failed.is_empty() {
        return Ok(());
    }
    app.say(
        "有的办件无法处理,原因见 failed;其他办件已处理",
        "some subjects couldn't be settled, see `failed`; all others were",
    );
    Err(Failure::Found)
}

async fn answer(engine: &Engine, report: &SweepReport) -> Result<Value, Failure> {
    let books = engine.books(engine.division()).await?;
    let next = report
        .next_alarm_at
        .map(|at| instant_text(&books.calendar, at));
    let mut answer = json!({
        "taken": report.taken,
        "warnings": {"notice": report.notice, "yellow": report.yellow, "red": report.red},
        "deemed_accepted": report.deemed_accepted,
        "items": report.items,
        "next_alarm_at": next,
    });
    if !report.failed.is_empty() {
        answer["failed"] = report
            .failed
            .iter()
            .map(|(subject, message)| json!({"case": subject, "message": message}))
            .collect();
    }
    Ok(answer)
}
