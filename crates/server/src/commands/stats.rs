//! `stats`: the daily facts that all figures rest on.

use approval::statistics::Period;
use clap::Subcommand;
use engine::{Engine, EngineError};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is done with the facts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 按全部记录重新统计 / Makes them anew from all events
    Rebuild,
    /// 封存一个已结束的统计期,以后的变动另列版次 / Closes a period that is over: later changes get revisions
    Close {
        /// 统计期:2011、2011-H2、2011-Q4、2011-10、2011-W40 或 2011-10-08..2011-10-31 / The period
        #[arg(long, value_name = "P")]
        period: String,
    },
}

/// Does it.
pub(crate) async fn run(app: &App, command: Command) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let done = match command {
        Command::Rebuild => rebuild(&engine).await,
        Command::Close { period } => close(&engine, &period).await,
    };
    engine.close().await;
    let answer = done?;
    if !app.quiet {
        output::json(&answer)?;
    }
    Ok(())
}

async fn rebuild(engine: &Engine) -> Result<Value, EngineError> {
    let report = engine.rebuild_facts().await?;
    Ok(json!({"events": report.events, "rows": report.rows}))
}

async fn close(engine: &Engine, period: &str) -> Result<Value, EngineError> {
    let period = Period::parse(period)
        .map_err(|error| EngineError::invalid("bad_period", error.to_string()))?;
    let closed = engine.close_period(&period).await?;
    let mut answer = report::period::closing(&closed);
    if let Some(object) = answer.as_object_mut() {
        object.insert("period".to_owned(), json!(period.to_string()));
    }
    Ok(answer)
}
