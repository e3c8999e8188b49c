//! `reference load`: units, items and people.

use std::path::Path;

use serde_json::Value;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// Loads the tables of a folder.
pub(crate) async fn load(app: &App, dir: &Path) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let loaded = engine::reference::load(&engine, dir).await;
    let ended = match loaded {
        Ok(report) => engine.remember_trial_time().await.map(|()| report),
        Err(error) => Err(error),
    };
    engine.close().await;
    let answer: Value = serde_json::to_value(&ended?).map_err(anyhow::Error::from)?;
    output::json(&answer)?;
    Ok(())
}
