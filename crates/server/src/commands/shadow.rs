//! `shadow …`: a database that runs beside another system, compared with it, until it takes over.

use std::path::PathBuf;

use anyhow::Context;
use chrono::NaiveDate;
use clap::Subcommand;
use engine::Engine;
use serde_json::json;

use crate::app::App;
use crate::cli::day;
use crate::failure::Failure;
use crate::output;

/// What is done about the shadow.
#[derive(Debug, Subcommand)]
pub(crate) enum Shadow {
    /// 与原系统的牌逐张比较(CSV:case,level,on) / Compares the cards with those of the other system, as CSV
    Compare {
        /// 原系统的牌 / The other system's cards
        file: PathBuf,
        /// 自此日起 / From this day on
        #[arg(long, value_name = "DAY", value_parser = day)]
        from: NaiveDate,
        /// 至此日(含) / Through this day
        #[arg(long, value_name = "DAY", value_parser = day)]
        to: NaiveDate,
    },
    /// 结束影子运行:此后的预警和牌照常发信,须重启 serve / Ends it: what is raised from then on is mailed; `serve` is started anew
    End,
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Shadow) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let done = work(app, &engine, command).await;
    engine.close().await;
    done
}

async fn work(app: &App, engine: &Engine, command: Shadow) -> Result<(), Failure> {
    match command {
        Shadow::Compare { file, from, to } => {
            let csv = std::fs::read(&file).with_context(|| {
                app.pick(
                    format!("{} 不能读取", file.display()),
                    format!("{} can't be read", file.display()),
                )
            })?;
            let end = to.succ_opt().unwrap_or(to);
            let compared = engine.compare_cards(&csv, (from, end)).await?;
            let same = compared.is_same();
            output::json(&serde_json::to_value(&compared).map_err(anyhow::Error::from)?)?;
            if same { Ok(()) } else { Err(Failure::Found) }
        }
        Shadow::End => {
            engine.end_shadow().await?;
            output::json(&json!({"shadow": false}))?;
            app.say(
                "影子运行已结束,请重启 shixian serve;此前的预警和牌不会补发",
                "The shadow is over: start `shixian serve` anew. What was raised before isn't mailed",
            );
            Ok(())
        }
    }
}
