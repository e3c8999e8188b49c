//! Logs on standard error, as text or JSON lines; no personal data, fields with dots.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// What warns of nothing that anybody could mend: bars of no length in the pictures of papers.
const QUIETER: &str = ",usvg=error";

/// Starts logging. `SHIXIAN_LOG__LEVEL` and `[log] level` come first, then `RUST_LOG`, then the command's default.
pub(crate) fn start(log: &Log, default_level: &str) -> Result<(), anyhow::Error> {
    let asked = log
        .level
        .clone()
        .or_else(|| std::env::var("RUST_LOG").ok())
        .filter(|level| !level.trim().is_empty());
    let level = asked.unwrap_or_else(|| format!("{default_level}{QUIETER}"));
    let filter = EnvFilter::try_new(&level).map_err(|error| {
        anyhow::Error::msg(format!(
            "log.level {level:?}:写 info、debug 或过滤式,{error} / not a filter"
        ))
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start, as in tests within one process, changes nothing.
    let started = match log.format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
    Ok(())
}
