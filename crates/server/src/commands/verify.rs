//! `verify`: the whole record, event by event.

use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// Verifies the record; what it finds wrong is in the answer.
pub(crate) async fn run(app: &App) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let report = engine.verify().await?;
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
    if engine.standing().trial {
        answer["trial"] = json!(true);
        app.say("这是试运行库 / trial", "This is a trial");
    }
    if let Some(synthetic) = &engine.standing().synthetic {
        answer["synthetic"] = json!(synthetic);
    }
    engine.close().await;
    output::json(&answer)?;
    app.say(
        "校验逐条核对记录、摘要链、个人信息、办件状态和审计日志。它目前看不出两种改动:整个办件连同全部记录被删去;\
         办件末尾的记录被删去且办件状态一同改回。请定期把备份另存他处。",
        "Every event, its chain, its personal data, its subject and the audit log were checked. Two things can't be seen yet: a whole \
         case removed with all its rows, and a tail cut off together with its subject's row put back. Keep backups elsewhere.",
    );
    if report.is_ok() {
        return Ok(());
    }
    app.say("记录有问题,见 defects", "The record has defects");
    Err(Failure::Found)
}
