//! `verify`: the whole record, event by event, and against anchors that were kept elsewhere.

use std::path::Path;

use anyhow::Context;
use engine::anchor::Anchor;
use engine::{Engine, EngineError};
use serde_json::{Value, json};
use store::verify::VerifyReport;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// Verifies the record; what it finds wrong is in the answer.
pub(crate) async fn run(app: &App, against: Option<&Path>) -> Result<(), Failure> {
    let anchors = against.map(|path| read(app, path)).transpose()?;
    let engine = app.engine_of_copy().await?;
    let mut report = engine.verify().await?;
    if let Some(anchors) = &anchors {
        engine.verify_against(anchors, &mut report).await?;
    }
    let mut answer = answer(&engine, &report);
    if let Some(anchors) = &anchors {
        answer["anchors"] = json!(anchors.len());
    }
    if engine.standing().trial {
        app.say("这是试运行库 / trial", "This is a trial");
    }
    engine.close().await;
    output::json(&answer)?;
    if anchors.is_none() {
        app.say(
            "校验逐条核对记录、摘要链、个人信息、办件状态和审计日志。仅凭数据库本身看不出三种改动:整个办件连同全部记录被删去;\
             办件末尾的记录被删去且办件状态一同改回;全部摘要重新算过。请定期用 shixian anchor 取锚另存,用 verify --against 核对。",
            "Every event, its chain, its personal data, its subject and the audit log were checked. Three things can't be seen from the \
             database alone: a whole case removed with all its rows, a tail cut off together with its subject's row put back, and all \
             hashes recomputed. Keep the lines of `shixian anchor` elsewhere and check with `verify --against`.",
        );
    }
    if report.is_ok() {
        return Ok(());
    }
    app.say("记录有问题,见 defects", "The record has defects");
    Err(Failure::Found)
}

/// What was found, as JSON.
pub(super) fn answer(engine: &Engine, report: &VerifyReport) -> Value {
    let defects: Vec<Value> = report
        .defects
        .iter()
        .map(|defect| {
            json!({
                "division": defect.division,
                "subject": defect.subject,
                "seq": defect.seq,
                "kind": defect.kind.as_str(),
            })
        })
        .collect();
    let mut answer = json!({
        "ok": report.is_ok(),
        "subjects": report.subjects,
        "events": report.events,
        "erased": report.erased,
        "audit_entries": report.audit_entries,
        "defects": defects,
    });
    let standing = engine.standing();
    if standing.trial {
        answer["trial"] = json!(true);
    }
    if let Some(synthetic) = &standing.synthetic {
        answer["synthetic"] = json!(synthetic);
    }
    if let Some(restored) = &standing.restored {
        answer["restored"] = json!(restored);
    }
    answer
}

fn read(app: &App, path: &Path) -> Result<Vec<Anchor>, Failure> {
    let text = std::fs::read_to_string(path).with_context(|| {
        app.pick(
            format!("锚文件 {} 不能读取", path.display()),
            format!("the file of anchors {} can't be read", path.display()),
        )
    })?;
    let anchors = Anchor::read(&text)?;
    if anchors.is_empty() {
        return Err(Failure::Refused(EngineError::invalid(
            "bad_anchor",
            format!(
                "锚文件 {0} 是空的,什么也没有核对 / the file of anchors {0} is empty: nothing was compared",
                path.display()
            ),
        )));
    }
    Ok(anchors)
}
