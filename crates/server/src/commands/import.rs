//! `import`: another system's log.

use std::path::PathBuf;

use clap::Args;
use engine::import::run::{ImportOptions, import};

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is imported and how.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 字段对应文件 / The mapping
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// 被拒绝的行写到这里 / Where rejected rows go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// 导入引起的预警也发邮件 / Mails the warnings that the cases bring
    #[arg(long)]
    mail: bool,
    /// 日志文件 / The log
    file: PathBuf,
}

/// Imports a log; rejected cases make status 1.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let how = ImportOptions {
        rejects: options.rejects,
        mail: options.mail,
    };
    let done = import(&engine, &options.mapping, &options.file, how).await;
    let ended = match done {
        Ok(report) => engine.remember_trial_time().await.map(|()| report),
        Err(error) => Err(error),
    };
    engine.close().await;
    let report = ended?;
    let answer = serde_json::to_value(&report).map_err(anyhow::Error::from)?;
    output::json(&answer)?;
    if report.cases_rejected == 0 {
        return Ok(());
    }
    app.say(
        "有办件被拒绝,行号和原因见 --rejects 指明的文件;其余已导入",
        "some cases were rejected, --rejects tells lines and reasons; all others are in",
    );
    Err(Failure::Found)
}
