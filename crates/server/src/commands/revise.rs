//! `calendar revise` and `rules revise`: a new version comes into force, or what that would do.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use engine::revise::RevisionMode;
use engine::{Engine, EngineError, assets};
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is done to calendars or rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Revise {
    /// 换用新版本,已发生的不变,未到的重算 / Puts a new version in force and recounts what it touches
    Revise(File),
}

/// The new version.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// 文件 / The file
    file: PathBuf,
    /// 只看结果,不作改动 / Says what it would do and changes nothing
    #[arg(long)]
    dry_run: bool,
}

impl File {
    fn mode(&self) -> RevisionMode {
        if self.dry_run {
            RevisionMode::DryRun
        } else {
            RevisionMode::Apply
        }
    }
}

/// Revises the calendar.
pub(crate) async fn calendar(app: &App, Revise::Revise(file): Revise) -> Result<(), Failure> {
    let calendar = assets::calendar(&file.file.to_string_lossy())?;
    let engine = app.engine().await?;
    let report = engine.revise_calendar(calendar, file.mode()).await;
    answer(engine, report).await
}

/// Revises the rules.
pub(crate) async fn rules(app: &App, Revise::Revise(file): Revise) -> Result<(), Failure> {
    let (name, text) = rules_text(&file.file)?;
    let engine = app.engine().await?;
    let report = engine.revise_rules(&name, &text, file.mode()).await;
    answer(engine, report).await
}

/// A preset by its name, or a file.
fn rules_text(path: &Path) -> Result<(String, String), EngineError> {
    let name = path.display().to_string();
    let preset = format!("rules/{name}.toml");
    match assets::text(&preset) {
        Some(text) => Ok((preset, text)),
        None => Ok((name, assets::read(path)?)),
    }
}

async fn answer(
    engine: Engine,
    report: Result<impl Serialize, EngineError>,
) -> Result<(), Failure> {
    let ended = match report {
        Ok(report) => engine.remember_trial_time().await.map(|()| report),
        Err(error) => Err(error),
    };
    engine.close().await;
    output::json(&serde_json::to_value(ended?).map_err(anyhow::Error::from)?)?;
    Ok(())
}
