//! `/cases/{number}/acts`: the acts of the desks, by the command line's names.

use approval::command::Command;
use approval::ids::UnitCode;
use approval::stage::Outcome as CoreOutcome;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::once::Deed;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::{Always, CaseAnswer, OfOne, Refused};
use super::body::{KeyHeader, Once, Told};
use super::caller::Actor;
use super::cases::{Said, kept};
use super::problem::Problem;
use super::words::{Document, Instant, Outcome, Procedure, Stage, Term};
use crate::site::Site;

/// An act on a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"by": "C1", "act": {"kind": "accept"}, "seen_seq": 1}))]
pub(crate) struct NewAct {
    /// Who acts: a person of the token's unit, who must hold the post that the act needs.
    by: String,
    /// For whom a stand-in acts (AB岗).
    #[serde(default, rename = "for")]
    stands_for: Option<String>,
    /// When it happened; now, unless it is said.
    #[serde(default)]
    at: Option<Instant>,
    /// Why it is recorded late.
    #[serde(default)]
    late_reason: Option<String>,
    /// The last event that the caller knows of. If a person has done something since, the act is refused
    /// (`changed_meanwhile`).
    #[serde(default)]
    seen_seq: Option<i64>,
    /// What is done.
    act: Doing,
}

/// What is done to a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Doing {
    /// 受理
    Accept {},
    /// 一次性告知补正
    Correct {
        /// Everything that is missing.
        #[schema(min_items = 1)]
        missing: Vec<String>,
    },
    /// 补正材料已收
    Supply {},
    /// 不予受理
    Refuse {
        /// Why, and where to go.
        reason: String,
    },
    /// 不受理
    NotNeeded {
        /// Why.
        reason: String,
    },
    /// 完成一个环节
    Complete {
        /// Which.
        stage: Stage,
        /// The decision or the outcome, with approval or completion.
        #[serde(default)]
        outcome: Option<Outcome>,
        /// The reason, a must for all outcomes but granted.
        #[serde(default)]
        reason: Option<String>,
        /// The paper.
        #[serde(default)]
        document: Option<Document>,
    },
    /// 退回到更早的环节
    SendBack {
        /// To which stage.
        to: Stage,
        /// Why.
        reason: String,
    },
    /// 特别程序、中止: time stands still
    Stop {
        /// What for.
        procedure: Procedure,
        /// The written notice.
        #[serde(default)]
        notice: Option<String>,
        /// How long it may take.
        #[serde(default)]
        term: Option<Term>,
        /// The law that allows it, a must for a suspension.
        #[serde(default)]
        basis: Option<String>,
        /// Who approved it, a must for a suspension.
        #[serde(default)]
        approver: Option<String>,
    },
    /// 恢复
    Resume {
        /// Which stop; needed when several are open.
        #[serde(default)]
        stop: Option<u32>,
    },
    /// 延期
    Extend {
        /// Working days.
        working_days: u32,
        /// Who approved it.
        approver: String,
        /// The reason told to the applicant.
        reason: String,
        /// The notice to the applicant.
        #[serde(default)]
        notice: Option<String>,
    },
    /// 征求协办单位意见
    AskPartner {
        /// The unit's code.
        unit: String,
        /// Its limit; the rules', unless it is said.
        #[serde(default)]
        term: Option<Term>,
    },
    /// 登记协办单位意见
    AnswerPartner {
        /// Which request.
        partner: u32,
        /// The opinion.
        opinion: String,
    },
    /// 申请人撤回
    Withdraw {
        /// Why.
        reason: String,
        /// The law or paper it rests on.
        #[serde(default)]
        basis: Option<String>,
    },
    /// 终止、退件、作废、删除
    End {
        /// `ended`, `returned`, `void` or `deleted`; ended, unless it is said.
        #[serde(default)]
        outcome: Option<Outcome>,
        /// Why.
        reason: String,
        /// The law or paper it rests on.
        #[serde(default)]
        basis: Option<String>,
    },
    /// 送达
    Deliver {},
    /// 作废一条记录
    Annul {
        /// The event's number.
        seq: i64,
        /// Why.
        reason: String,
    },
}

impl From<Doing> for Command {
    fn from(doing: Doing) -> Self {
        match doing {
            Doing::Accept {} => Self::Accept,
            Doing::Correct { missing } => Self::Correct { missing },
            Doing::Supply {} => Self::Supply,
            Doing::Refuse { reason } => Self::RefuseAcceptance { reason },
            Doing::NotNeeded { reason } => Self::NotNeeded { reason },
            Doing::Complete {
                stage,
                outcome,
                reason,
                document,
            } => Self::Complete {
                stage: stage.into(),
                outcome: outcome.map(Into::into),
                reason,
                document: document.map(Into::into),
            },
            Doing::SendBack { to, reason } => Self::SendBack {
                to: to.into(),
                reason,
            },
            Doing::Stop {
                procedure,
                notice,
                term,
                basis,
                approver,
            } => Self::Stop {
                procedure: procedure.into(),
                notice,
                term: term.map(Into::into),
                basis,
                approver,
            },
            Doing::Resume { stop } => Self::Resume { stop },
            Doing::Extend {
                working_days,
                approver,
                reason,
                notice,
            } => Self::Extend {
                working_days,
                approver,
                reason,
                notice,
            },
            Doing::AskPartner { unit, term } => Self::AskPartner {
                unit: UnitCode::new(unit),
                term: term.map(Into::into),
            },
            Doing::AnswerPartner { partner, opinion } => Self::AnswerPartner { partner, opinion },
            Doing::Withdraw { reason, basis } => Self::Close {
                outcome: CoreOutcome::Withdrawn,
                reason,
                basis,
            },
            Doing::End {
                outcome,
                reason,
                basis,
            } => Self::Close {
                outcome: outcome.map_or(CoreOutcome::Ended, Into::into),
                reason,
                basis,
            },
            Doing::Deliver {} => Self::Deliver,
            Doing::Annul { seq, reason } => Self::Annul { seq, reason },
        }
    }
}

/// 办理: one act on a case
///
/// The acts are those of `shixian case`, and the rights are checked as for a desk.
#[utoipa::path(
    post,
    path = "/cases/{number}/acts",
    tag = "cases",
    request_body = NewAct,
    params(
        ("number" = String, Path, description = "The case's number", example = "410800-GSJ-20110926-0001"),
        KeyHeader,
    ),
    responses(
        (status = 200, description = "It is done: the case as it stands now", body = CaseAnswer),
        Always, OfOne, Refused
    )
)]
pub(crate) async fn act(
    State(site): State<Site>,
    Actor(asker): Actor,
    Path(number): Path<String>,
    once: Once,
    told: Told<NewAct>,
) -> Result<Response, Problem> {
    asker.case(&site, &number).await?;
    let new = told.what;
    let said = Said {
        by: &new.by,
        stands_for: new.stands_for.as_deref(),
        at: new.at,
        late_reason: new.late_reason.as_deref(),
    };
    let act = said.act(&asker)?;
    let key = once.key(
        &asker.who,
        &format!("POST /cases/{number}/acts"),
        &told.text,
    );
    let deed = Deed::Act {
        subject: number,
        seen_seq: new.seen_seq.unwrap_or(i64::MAX),
        command: new.act.into(),
    };
    let answer = site.engine.once(deed, act, key).await?;
    Ok(kept(answer))
}
