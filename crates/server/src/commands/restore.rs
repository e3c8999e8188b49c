//! `restore`: a copy becomes the record that is worked on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use engine::copies::{Adopted, OldMail};
use engine::{Engine, EngineError};
use serde_json::{Value, json};
use store::{Store, StoreError};

use crate::app::{App, shown_url, sqlite_path};
use crate::commands::backup::{begin, cannot_write, checked, damaged, text, unmoved};
use crate::failure::Failure;
use crate::output;
use crate::part::{put_aside, with};

/// What is restored, and how.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// shixian backup 所做的备份文件 / A copy that `shixian backup` made
    #[arg(required_unless_present = "adopt", value_name = "FILE")]
    file: Option<PathBuf>,
    /// 替换已有内容的数据库;原文件改名保留 / Replaces a database with content; its file is kept under another name
    #[arg(long, conflicts_with = "adopt")]
    replace: bool,
    /// 数据库已用其他办法恢复就位(如 pg_restore),检查并启用它 / The database was put in place by other means, such as pg_restore: checks and adopts it
    #[arg(long, conflicts_with = "file")]
    adopt: bool,
    /// 备份之后原库再未运行:未发的邮件照发 / Nothing ran on the old database after the copy: its unsent mail is sent
    #[arg(long)]
    moved: bool,
    /// 数据库没有副本标记(如基础备份、整盘快照),确是恢复而来 / The database bears no mark of a copy (a base backup, a snapshot of the disk) and is one all the same
    #[arg(long, requires = "adopt")]
    unmarked: bool,
    /// 记录有问题也恢复 / Restores although the copy has defects
    #[arg(long)]
    despite_defects: bool,
}

/// Restores a file, or adopts the database that is there.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    match &options.file {
        Some(file) => restore(app, file, &options).await,
        None => {
            let engine = Engine::open_copy(app.database(), app.settings()).await?;
            let from = shown_url(app.database());
            let adopted = match is_copy(&engine, &options) {
                Ok(()) => adopt(app, &engine, &from, &options).await,
                Err(refused) => Err(refused),
            };
            engine.close().await;
            tell(app, adopted?, &options)
        }
    }
}

/// Adopting withholds all mail that waits: a record that people work on mustn't lose it by a slip.
fn is_copy(engine: &Engine, options: &Options) -> Result<(), Failure> {
    if engine.standing().copy.is_some() || options.unmarked || options.moved {
        return Ok(());
    }
    Err(Failure::Refused(EngineError::invalid(
        "no_copy",
        "这个数据库没有副本标记,没有改动;若它确由基础备份或快照恢复而来,请加 --unmarked / this database bears no mark of a copy \
         and wasn't touched: if it was restored from a base backup or a snapshot, say --unmarked",
    )))
}

async fn restore(app: &App, file: &Path, options: &Options) -> Result<(), Failure> {
    let Some(target) = sqlite_path(app.database()).map(PathBuf::from) else {
        return Err(Failure::cannot_run(app.pick(
            "PostgreSQL 请用 pg_restore 恢复,然后执行 shixian restore --adopt",
            "restore PostgreSQL with pg_restore, then run `shixian restore --adopt`",
        )));
    };
    let replaces = fs::metadata(&target).is_ok_and(|there| there.len() > 0);
    if replaces {
        may_be_replaced(app, &target, options).await?;
    }
    let part = begin(app, &target)?;
    copy(app, file, part.path())?;
    let url = format!("sqlite:{}", text(part.path())?);
    bring_up_to_date(app, file, &url).await?;
    if let Some(fault) = store::copy::faults(&url).await?.first() {
        may_be_damaged(app, file, fault, options)?;
    }
    let engine = Engine::open_copy(&url, unmoved(app)).await?;
    let adopted = adopt(app, &engine, &file.display().to_string(), options).await;
    engine.close().await;
    let mut answer = adopted?;
    store::copy::at_rest(&url).await?;
    part.give_to_owner()
        .with_context(|| cannot_write(app, target.display()))?;
    if replaces {
        // Making and verifying the copy took its time.
        may_be_replaced(app, &target, options).await?;
    }
    let kept = put_aside(&target).with_context(|| cannot_write(app, target.display()))?;
    if let Some(kept) = kept {
        answer["replaced"] = json!(kept.display().to_string());
    }
    let bytes = part
        .finish()
        .with_context(|| cannot_write(app, target.display()))?;
    answer["database"] = json!(shown_url(app.database()));
    answer["bytes"] = json!(bytes);
    tell(app, answer, options)
}

/// A database with content is replaced if that was asked for and nobody is at work on it. One that can't be read any more
/// is replaced as it lies.
async fn may_be_replaced(app: &App, target: &Path, options: &Options) -> Result<(), Failure> {
    let shown = target.display();
    if !options.replace {
        return Err(Failure::Refused(EngineError::invalid(
            "database_exists",
            format!(
                "{shown} 已有内容,没有改动;确要替换请加 --replace(原文件改名保留) / {shown} has content and wasn't touched: \
                 --replace replaces it and keeps its file under another name"
            ),
        )));
    }
    match store::copy::at_rest(app.database()).await {
        Err(error @ (StoreError::Busy { .. } | StoreError::ReadOnly { .. })) => {
            let words = app.pick(
                format!("{shown} 正在使用,请先停止 shixian serve 和其他命令"),
                format!("{shown} is in use: stop `shixian serve` and other commands first"),
            );
            Err(Failure::CannotRun(anyhow::Error::new(error).context(words)))
        }
        _ => Ok(()),
    }
}

/// A damaged file is restored only where there is no other.
fn may_be_damaged(app: &App, file: &Path, fault: &str, options: &Options) -> Result<(), Failure> {
    if !options.despite_defects {
        return Err(damaged(app, file, fault));
    }
    app.say(
        &format!("备份文件已损坏({fault}),仍按要求恢复"),
        &format!("The copy's file is damaged ({fault}); it is restored all the same, as was asked"),
    );
    Ok(())
}

/// Copies the file byte by byte; it isn't opened as a database and stays as it is.
fn copy(app: &App, file: &Path, to: &Path) -> Result<(), Failure> {
    let unreadable = || {
        app.pick(
            format!("备份 {} 不能读取", file.display()),
            format!("the copy {} can't be read", file.display()),
        )
    };
    let log = fs::metadata(with(file, "-wal"));
    if log.is_ok_and(|log| log.len() > 0) {
        return Err(Failure::cannot_run(app.pick(
            format!(
                "{} 旁边有 -wal 文件,不是完整的备份;请用 shixian backup 另做",
                file.display()
            ),
            format!(
                "{} has a -wal file beside it and is no whole copy: make one with `shixian backup`",
                file.display()
            ),
        )));
    }
    let mut from = File::open(file).with_context(unreadable)?;
    let mut into = File::options()
        .write(true)
        .open(to)
        .with_context(|| cannot_write(app, to.display()))?;
    std::io::copy(&mut from, &mut into).with_context(|| cannot_write(app, to.display()))?;
    Ok(())
}

/// A copy of an earlier version gets the tables of this one; a file that holds no record is refused.
async fn bring_up_to_date(app: &App, file: &Path, url: &str) -> Result<(), Failure> {
    let none = |error: Option<StoreError>| {
        let words = app.pick(
            format!("{} 不是 shixian 的数据库", file.display()),
            format!("{} is no database of shixian", file.display()),
        );
        Failure::CannotRun(match error {
            Some(error) => anyhow::Error::new(error).context(words),
            None => anyhow::Error::msg(words),
        })
    };
    let store = Store::open(url).await.map_err(|error| none(Some(error)))?;
    let version = store.schema_version().await;
    store.close().await;
    match version {
        Ok(0) => Err(none(None)),
        Ok(_) => Engine::migrate(url, &unmoved(app), false)
            .await
            .map_err(Failure::installation),
        Err(error) => Err(none(Some(error))),
    }
}

/// Verifies the copy and adopts it; gives the answer.
async fn adopt(
    app: &App,
    engine: &Engine,
    from: &str,
    options: &Options,
) -> Result<Value, Failure> {
    let (report, mut answer) = checked(engine).await?;
    if !report.is_ok() && !options.despite_defects {
        output::json(&answer)?;
        app.say(
            "备份中的记录有问题,见 defects,没有恢复;只有这一份时可加 --despite-defects",
            "The record in the copy has defects and wasn't restored; --despite-defects restores it where there is no other",
        );
        return Err(Failure::Found);
    }
    let mail = if options.moved {
        OldMail::Sent
    } else {
        OldMail::Withheld
    };
    let adopted = engine.adopt(from, mail).await?;
    answer["restored"] = json!(adopted.restored);
    answer["withheld"] = withheld(&adopted);
    answer["sessions_ended"] = json!(adopted.sessions);
    Ok(answer)
}

fn withheld(adopted: &Adopted) -> Value {
    json!({"messages": adopted.messages, "items": adopted.items})
}

fn tell(app: &App, answer: Value, options: &Options) -> Result<(), Failure> {
    output::json(&answer)?;
    let until = &answer["restored"]["record_until"];
    let until = until.as_str().unwrap_or("-");
    if options.moved {
        app.say(
            &format!("已启用。记录到 {until} 为止;未发的邮件照发"),
            &format!("Adopted. The record ends at {until}; mail that wasn't sent yet is sent"),
        );
    } else {
        app.say(
            &format!("已恢复。记录到 {until} 为止,此后的办理须补录,必要时登记故障;备份时未发的邮件不再自动发送"),
            &format!(
                "Restored. The record ends at {until}: what was done since has to be recorded again, with an outage declared \
                 where that is due; mail that the copy found unsent isn't sent by itself"
            ),
        );
    }
    Ok(())
}
