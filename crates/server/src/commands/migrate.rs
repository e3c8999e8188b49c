//! `migrate`: makes or updates the tables.

use engine::Engine;
use serde_json::json;
use store::Store;

use crate::app::{App, shown_url, sqlite_path};
use crate::failure::Failure;
use crate::output;

/// Makes or updates the tables, and marks a trial.
pub(crate) async fn run(app: &App, trial: bool) -> Result<(), Failure> {
    let before = look(app).await?;
    if trial && !before.trial && before.events > 0 {
        return Err(Failure::cannot_run(app.pick(
            "这个数据库已有正式记录,不能改为试运行库,请另建一个",
            "this database holds a real record and can't become a trial: make another one",
        )));
    }
    if app.now.is_some() && !trial && !before.trial {
        return Err(Failure::installation(engine::EngineError::NotATrial));
    }
    Engine::migrate(app.database(), &app.settings(), trial)
        .await
        .map_err(Failure::installation)?;
    let engine = app.engine().await?;
    engine.remember_trial_time().await?;
    let version = engine.store().schema_version().await?;
    let books = engine.books(engine.division()).await?;
    let answer = json!({
        "database": shown_url(app.database()),
        "schema_version": version,
        "trial": engine.standing().trial,
        "division": engine.division(),
        "calendar": books.calendar.version(),
        "rules": books.rules.last().map(|rules| rules.set.version),
    });
    engine.close().await;
    output::json(&answer)?;
    Ok(())
}

/// What was there before.
#[derive(Default)]
struct Before {
    trial: bool,
    events: i64,
}

async fn look(app: &App) -> Result<Before, Failure> {
    if sqlite_path(app.database()).is_some_and(|path| !std::path::Path::new(path).exists()) {
        return Ok(Before::default());
    }
    let store = Store::open(app.database()).await?;
    let mut before = Before::default();
    if store.schema_version().await? > 0 {
        let mut conn = store.read().await?;
        before.trial = store::meta::get(&mut conn, "trial").await?.as_deref() == Some("1");
        for division in store::reference::divisions(&mut conn).await? {
            before.events += store::event::count(&mut conn, &division.division).await?;
        }
    }
    store.close().await;
    Ok(before)
}
