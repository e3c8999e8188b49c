//! `backup`: a checked copy of a SQLite database, made while it is served.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use engine::accounts::{Caller, Entry};
use engine::{Engine, EngineError, Settings};
use serde_json::json;
use store::verify::VerifyReport;

use crate::app::{App, sqlite_path};
use crate::commands::verify;
use crate::failure::Failure;
use crate::output;
use crate::part::Part;

/// Writes the copy. It is under its name when it is whole, verified and on the disk, and not before.
pub(crate) async fn run(app: &App, file: &Path) -> Result<(), Failure> {
    if sqlite_path(app.database()).is_none() {
        return Err(Failure::cannot_run(app.pick(
            "PostgreSQL 请用 pg_dump 备份,恢复后执行 shixian restore --adopt,步骤见 docs/OPERATIONS.md",
            "copy PostgreSQL with pg_dump, and run `shixian restore --adopt` after restoring: docs/OPERATIONS.md has the steps",
        )));
    }
    if file.exists() {
        return Err(exists(file));
    }
    let engine = app.engine().await?;
    let made = make(app, &engine, file).await;
    if matches!(made, Ok(()) | Err(Failure::Found)) {
        noted(app, &engine, file).await;
    }
    engine.close().await;
    made
}

async fn make(app: &App, engine: &Engine, file: &Path) -> Result<(), Failure> {
    let part = begin(app, file)?;
    let path = text(part.path())?;
    let at = engine.copy_to(&path).await?;
    let url = format!("sqlite:{path}");
    if let Some(fault) = store::copy::faults(&url).await?.first() {
        return Err(damaged(app, file, fault));
    }
    let copy = Engine::open_copy(&url, unmoved(app)).await?;
    let checked = checked(&copy).await;
    copy.close().await;
    let (report, mut answer) = checked?;
    // All of it in the one file, whose name changes now.
    store::copy::at_rest(&url).await?;
    let bytes = match part.finish() {
        // Somebody else's copy got the name while this one was made.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists(file)),
        finished => finished.with_context(|| cannot_write(app, file.display()))?,
    };
    answer["backup"] = json!(file.display().to_string());
    answer["bytes"] = json!(bytes);
    answer["at"] = json!(at);
    output::json(&answer)?;
    if report.is_ok() {
        return Ok(());
    }
    // A chain can't be mended: without copies from here on a later loss would be whole.
    app.say(
        "记录有问题,见 defects;备份已留下,与原库一样有问题,恢复时须加 --despite-defects",
        "The record has defects; the copy was made, has them too and is restored by --despite-defects only",
    );
    Err(Failure::Found)
}

/// A file that is damaged as such: its disk or the machine's memory can't be relied on.
pub(super) fn damaged(app: &App, file: &Path, fault: &str) -> Failure {
    let shown = file.display();
    Failure::cannot_run(app.pick(
        format!("{shown} 文件已损坏({fault}),没有启用;请检查磁盘"),
        format!("the file {shown} is damaged ({fault}) and isn't used: look at the disk"),
    ))
}

fn exists(file: &Path) -> Failure {
    let shown = file.display();
    Failure::Refused(EngineError::invalid(
        "file_exists",
        format!(
            "{shown} 已存在,备份不覆盖任何文件,请换一个名称 / {shown} exists already and isn't overwritten"
        ),
    ))
}

/// Verifies a copy; gives the answer of `verify` with the anchors of what is in it.
pub(super) async fn checked(
    copy: &Engine,
) -> Result<(VerifyReport, serde_json::Value), EngineError> {
    let report = copy.verify().await?;
    let anchors = copy.anchors().await?;
    let mut answer = verify::answer(copy, &report);
    answer["anchors"] = json!(anchors);
    Ok((report, answer))
}

/// That somebody took a copy of everything stands in the audit log; a full disk there doesn't spoil the copy.
async fn noted(app: &App, engine: &Engine, file: &Path) {
    let caller = Caller {
        account: super::COMMAND_LINE.to_owned(),
        address: String::new(),
    };
    let entry = Entry::done("backup", file.display().to_string());
    if let Err(error) = engine.note(&caller, entry).await {
        app.say(
            &format!("备份已完成,但没有记入审计日志:{error}"),
            &format!("The copy is made, but that isn't in the audit log: {error}"),
        );
    }
}

/// Settings for a copy: a trial's time is the one it remembers.
pub(super) fn unmoved(app: &App) -> Settings {
    Settings {
        now: None,
        ..app.settings()
    }
}

/// Begins the file that will be a database.
pub(super) fn begin(app: &App, target: &Path) -> Result<Part, Failure> {
    let part = Part::begin(target).map_err(|error| {
        let words = if error.kind() == std::io::ErrorKind::WouldBlock {
            app.pick(
                format!("另一个进程正在写 {}", target.display()),
                format!("another process is writing {}", target.display()),
            )
        } else {
            cannot_write(app, target.display())
        };
        Failure::CannotRun(anyhow::Error::new(error).context(words))
    })?;
    Ok(part)
}

pub(super) fn cannot_write(app: &App, path: impl std::fmt::Display) -> String {
    app.pick(format!("无法写入 {path}"), format!("cannot write {path}"))
}

/// A path as SQLite takes it.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let shown = || format!("{}:路径不是 UTF-8 / the path isn't UTF-8", path.display());
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::cannot_run(shown()))
}
