//! `migrate`: makes or updates the tables.

use chrono::{DateTime, Utc};
use clap::Args;
use engine::Engine;
use engine::shadow::InShadow;
use serde_json::json;
use store::Store;

use crate::app::{App, shown_url, sqlite_path};
use crate::cli::instant;
use crate::failure::Failure;
use crate::output;

/// What a new database is.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 标为试运行库,可用 --now / Marks it as a trial, where --now works
    #[arg(long)]
    trial: bool,
    /// 接管时间:此前已超期的在办件不发预警和牌 / From when it supervises: what was over before raises nothing
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    begins: Option<DateTime<Utc>>,
    /// 影子运行:与原系统并行,只记录、不发信 / Runs beside another system and mails nothing
    #[arg(long)]
    shadow: bool,
}

/// Makes or updates the tables, and says what a new database is.
pub(crate) async fn run(app: &App, options: &Options) -> Result<(), Failure> {
    let trial = options.trial;
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
    let mut engine = app.engine_of_copy().await?;
    if options.begins.is_some() || options.shadow {
        let in_shadow = options.shadow.then_some(InShadow);
        engine.take_over(options.begins, in_shadow).await?;
        engine.close().await;
        engine = app.engine_of_copy().await?;
    }
    engine.remember_trial_time().await?;
    let version = engine.store().schema_version().await?;
    let books = engine.books(engine.division()).await?;
    let answer = json!({
        "database": shown_url(app.database()),
        "schema_version": version,
        "trial": engine.standing().trial,
        "begins": books.begins,
        "shadow": engine.standing().shadow_since.is_some(),
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
