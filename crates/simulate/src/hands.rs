//! What people do, done through the program.

use anyhow::{Context as _, Result, bail};
use approval::Subject;
use approval::command::{Act, Command};
use approval::ids::PersonCode;
use approval::stage::{self, Outcome, Procedure};
use calendar::Term;
use engine::once::{self, OnceKey};
use engine::{Application, EngineError, Seen};

use crate::auditor::is_act;
use crate::plain::{Deed, Entry, Stage};
use crate::process::Process;
use crate::record;

/// Whom only an inspector's acts need.
const INSPECTOR: &str = "I1";

/// What is to be done, by whom on what.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The number; none for a receipt.
    pub(crate) number: Option<String>,
    /// For a receipt: the item and the name that the case is known again by.
    pub(crate) item: String,
    pub(crate) applicant: String,
    pub(crate) deed: Deed,
    /// When it is said to have happened; nothing: now.
    pub(crate) occurred_us: Option<i64>,
    /// The key of a feed.
    pub(crate) key: Option<String>,
    /// When it was asked, each time.
    pub(crate) asked: Vec<Asked>,
}

/// One time of asking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// After so many pieces of work of the whole city.
    pub(crate) turn: u64,
    /// By the clock of the process that was asked.
    pub(crate) clock_us: i64,
}

impl Request {
    /// The turn in which what was recorded at an instant was done. Whoever gets no answer asks again, or looks, in a later
    /// one; what was done was done when it was asked.
    pub(crate) fn done_in(&self, recorded_us: i64) -> Option<u64> {
        let nearest = |a: &&Asked| a.clock_us.abs_diff(recorded_us);
        self.asked.iter().min_by_key(nearest).map(|a| a.turn)
    }
}

/// What the record has of a subject's acts after one of them.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledged {
    pub(crate) number: String,
    /// All acts of persons on it: word, when it happened, when it was recorded.
    pub(crate) acts: Vec<(String, i64, i64)>,
    /// Whether the answer was an earlier one.
    pub(crate) repeated: bool,
}

/// How it ended.
#[derive(Debug)]
pub(crate) enum Answer {
    Acknowledged(Acknowledged),
    Refused(String),
    /// Nobody answered: the process died.
    None,
}

/// Does it.
///
/// # Errors
/// What no process may answer.
pub(crate) async fn ask(process: &Process, request: &Request) -> Result<Answer> {
    let done = match &request.key {
        Some(key) => ask_once(process, request, key).await,
        None => ask_desk(process, request).await,
    };
    match done {
        _ if process.life.is_dead() => Ok(Answer::None),
        Ok(acknowledged) => Ok(Answer::Acknowledged(acknowledged)),
        Err(error) if error.is_refusal() => Ok(Answer::Refused(error.to_string())),
        Err(error) => Err(error).with_context(|| format!("{request:?}")),
    }
}

async fn ask_desk(process: &Process, request: &Request) -> Result<Acknowledged, EngineError> {
    let act = act(request);
    let seen: Seen = match &request.number {
        None => process.engine.receive(application(request), act).await?,
        Some(number) => {
            let command = command(&request.deed);
            process.engine.act(number, command, act).await?
        }
    };
    Ok(acknowledged(&seen.subject, false))
}

async fn ask_once(
    process: &Process,
    request: &Request,
    key: &str,
) -> Result<Acknowledged, EngineError> {
    let key = OnceKey::new("feed", key, "/city", &format!("{:?}", request.deed));
    let deed = match &request.number {
        None => once::Deed::Receive(application(request)),
        Some(number) => once::Deed::Act {
            subject: number.clone(),
            seen_seq: i64::MAX,
            command: command(&request.deed),
        },
    };
    let answer = process.engine.once(deed, act(request), Some(key)).await?;
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let number = body.get("case").and_then(serde_json::Value::as_str);
    let seen = process.engine.look(number.unwrap_or_default()).await?;
    Ok(acknowledged(&seen.subject, answer.repeated))
}

fn acknowledged(subject: &Subject, repeated: bool) -> Acknowledged {
    let acts = subject.history.iter().map(|e| Entry {
        seq: e.seq,
        kind: e.event.kind().to_owned(),
        occurred_us: e.occurred_at.timestamp_micros(),
        recorded_us: e.recorded_at.timestamp_micros(),
        by: e.by.as_ref().map(ToString::to_string),
        data: serde_json::Value::Null,
    });
    Acknowledged {
        number: subject.id.as_str().to_owned(),
        acts: said(acts),
        repeated,
    }
}

/// What persons said on a subject; that an order was issued with a card is no such act.
fn said(entries: impl Iterator<Item = Entry>) -> Vec<(String, i64, i64)> {
    entries
        .filter(|e| is_act(e) && e.kind != "order_issued")
        .map(|e| (e.kind, e.occurred_us, e.recorded_us))
        .collect()
}

/// Looks in the record for what a dead process was asked: the acts of a subject, by its number or by the applicant's name.
///
/// # Errors
/// A subject that is there twice; the database's.
pub(crate) async fn look_for(
    process: &Process,
    request: &Request,
    known: impl Fn(&str) -> bool,
) -> Result<Option<Acknowledged>> {
    let mut found = Vec::new();
    let candidates = match &request.number {
        Some(number) => vec![number.clone()],
        None => {
            let mut numbers = record::numbers(&process.engine).await?;
            numbers.retain(|number| !known(number) && !number.starts_with("DB-"));
            numbers
        }
    };
    for number in candidates {
        if request.number.is_none() {
            let personal = process.engine.personal(&number).await?.unwrap_or_default();
            if !personal.contains(&format!("\"{}\"", request.applicant)) {
                continue;
            }
        }
        let entries = record::entries(&process.engine, &number).await?;
        found.push(Acknowledged {
            acts: said(entries.into_iter()),
            number,
            repeated: false,
        });
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => bail!("{} was received {} times", request.applicant, found.len()),
    }
}

fn application(request: &Request) -> Application {
    let missing = match request.deed {
        Deed::Receive { missing: true } => vec!["营业执照".to_owned()],
        _ => Vec::new(),
    };
    Application {
        item: request.item.clone(),
        applicant: request.applicant.clone(),
        missing,
        ..Application::default()
    }
}

fn act(request: &Request) -> Act {
    let inspectors = matches!(
        request.deed,
        Deed::Revoke { .. } | Deed::CloseOrder | Deed::SendBackOrder
    );
    Act {
        by: inspectors.then(|| PersonCode::from(INSPECTOR)),
        at: request.occurred_us.map(store::codec::instant),
        late_reason: request.occurred_us.map(|_| "补录".to_owned()),
        ..Act::default()
    }
}

fn stage_of(stage: Stage) -> stage::Stage {
    match stage {
        Stage::Acceptance => stage::Stage::Acceptance,
        Stage::Handling => stage::Stage::Handling,
        Stage::Review => stage::Stage::Review,
        Stage::Approval => stage::Stage::Approval,
        Stage::Completion => stage::Stage::Completion,
    }
}

fn working_days(days: i64) -> u32 {
    u32::try_from(days).unwrap_or(u32::MAX)
}

fn command(deed: &Deed) -> Command {
    let reason = || "情况属实".to_owned();
    let close = |outcome| Command::Close {
        outcome,
        reason: reason(),
        basis: None,
    };
    match deed {
        // A receipt is no command on a case.
        Deed::Receive { .. } | Deed::Accept => Command::Accept,
        Deed::Correct => Command::Correct {
            missing: vec!["营业执照".to_owned()],
        },
        Deed::Supply => Command::Supply,
        Deed::RefuseAcceptance => Command::RefuseAcceptance { reason: reason() },
        Deed::NotNeeded => Command::NotNeeded { reason: reason() },
        Deed::Complete { stage, refused } => {
            let outcome = match refused {
                true => Outcome::Refused,
                false => Outcome::Granted,
            };
            Command::Complete {
                stage: stage_of(*stage),
                outcome: (*stage == Stage::Approval).then_some(outcome),
                reason: refused.then(reason),
                document: None,
            }
        }
        Deed::SendBack { to } => Command::SendBack {
            to: stage_of(*to),
            reason: reason(),
        },
        Deed::Stop { days } => Command::Stop {
            procedure: Procedure::Hearing,
            notice: Some("告知书".to_owned()),
            term: days.map(|days| Term::WorkingDays(working_days(days))),
            basis: None,
            approver: None,
        },
        Deed::Resume => Command::Resume { stop: None },
        Deed::Extend { days } => Command::Extend {
            working_days: working_days(*days),
            approver: "局长".to_owned(),
            reason: reason(),
            notice: Some("延期告知书".to_owned()),
        },
        Deed::Withdraw => close(Outcome::Withdrawn),
        Deed::End => close(Outcome::Ended),
        Deed::Deliver => Command::Deliver,
        Deed::Revoke { warning, .. } => Command::RevokeWarning {
            warning: *warning,
            reason: reason(),
        },
        Deed::Reply => Command::ReplyOrder { text: reason() },
        Deed::CloseOrder => Command::CloseOrder { remark: None },
        Deed::SendBackOrder => Command::SendBackOrder {
            reason: reason(),
            term: None,
        },
    }
}
