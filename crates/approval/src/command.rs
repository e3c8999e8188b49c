//! What people ask for.

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::appeal::{AppealDecision, AppealedCard};
use crate::attachment::Attachment;
use crate::event::{Defect, Document, RevokedOn};
use crate::ids::{ItemCode, PersonCode, SubjectId, UnitCode};
use crate::stage::{Outcome, Procedure, Stage};
use crate::track::ClockTerm;
use crate::warning::WarningState;

/// A command on a subject that exists already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// 受理
    Accept,
    /// 一次性补正告知
    Correct {
        /// Everything that is missing.
        missing: Vec<String>,
    },
    /// 补正材料已收
    Supply,
    /// 不予受理
    RefuseAcceptance {
        /// Why, and where to go.
        reason: String,
    },
    /// 不受理
    NotNeeded {
        /// Why.
        reason: String,
    },
    /// Completes a stage.
    Complete {
        /// Which.
        stage: Stage,
        /// The decision or the outcome.
        outcome: Option<Outcome>,
        /// The reason.
        reason: Option<String>,
        /// The paper.
        document: Option<Document>,
    },
    /// 退回
    SendBack {
        /// To which stage.
        to: Stage,
        /// Why.
        reason: String,
    },
    /// 特别程序、中止
    Stop {
        /// What for.
        procedure: Procedure,
        /// The written notice.
        notice: Option<String>,
        /// How long it may take.
        term: Option<Term>,
        /// The law that allows it, a must for a suspension.
        basis: Option<String>,
        /// Who approved it, a must for a suspension.
        approver: Option<String>,
    },
    /// 恢复
    Resume {
        /// Which stop; needed when several are open.
        stop: Option<u32>,
    },
    /// 延期
    Extend {
        /// Working days.
        working_days: u32,
        /// Who approved.
        approver: String,
        /// The reason told to the applicant.
        reason: String,
        /// The notice to the applicant.
        notice: Option<String>,
    },
    /// Asks a partner unit's opinion (联办).
    AskPartner {
        /// The unit.
        unit: UnitCode,
        /// Its limit; the rules' default when it isn't given.
        term: Option<Term>,
    },
    /// Records a partner's opinion.
    AnswerPartner {
        /// Which request.
        partner: u32,
        /// The opinion.
        opinion: String,
    },
    /// 撤回、终止、退件、作废、删除
    Close {
        /// Which.
        outcome: Outcome,
        /// Why.
        reason: String,
        /// The law or paper it rests on.
        basis: Option<String>,
    },
    /// 送达
    Deliver,
    /// A step of another system's log.
    Step {
        /// What the other system calls it.
        activity: String,
        /// The stage it belongs to.
        stage: Option<Stage>,
        /// The group that did it.
        group: Option<String>,
        /// Who did it there.
        person: Option<String>,
        /// What is irregular about it beyond its time.
        defect: Option<Defect>,
    },
    /// Another system says that its case ended.
    ReportEnd {
        /// The outcome, when it says so.
        outcome: Option<Outcome>,
    },
    /// 作废一条记录
    Annul {
        /// Its sequence number.
        seq: i64,
        /// Why.
        reason: String,
    },
    /// Issues a warning that waits.
    IssueWarning {
        /// Its sequence number.
        warning: i64,
    },
    /// 撤牌
    RevokeWarning {
        /// Its sequence number.
        warning: i64,
        /// Why.
        reason: String,
    },
    /// 撤牌, where it rests on more than an inspector's own decision.
    RevokeOn {
        /// Its sequence number.
        warning: i64,
        /// Why.
        reason: String,
        /// What it rests on.
        on: RevokedOn,
    },
    /// 人工发牌
    RaiseWarning {
        /// A rule of element `manual` in the rules in force.
        rule: String,
        /// What was found, and how it is known.
        evidence: String,
    },
    /// 申诉: marks a card as appealed; the appeal itself is opened in the same transaction.
    AppealWarning {
        /// The card's sequence number.
        warning: i64,
        /// The number of the appeal.
        appeal: SubjectId,
    },
    /// 答复申诉
    DecideAppeal {
        /// How.
        decision: AppealDecision,
        /// Why.
        reason: String,
    },
    /// Closes an appeal whose card fell for another reason.
    LapseAppeal {
        /// What became of the card.
        card: WarningState,
    },
    /// A unit's reply to an order.
    ReplyOrder {
        /// The reply.
        text: String,
    },
    /// The same with files, which are stored in the same transaction.
    ReplyOrderWith {
        /// The reply.
        text: String,
        /// What is known of the files.
        attachments: Vec<Attachment>,
    },
    /// 销号
    CloseOrder {
        /// A remark.
        remark: Option<String>,
    },
    /// 退回重办
    SendBackOrder {
        /// Why.
        reason: String,
        /// A new term.
        term: Option<Term>,
    },
}

/// How a subject begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A case is received.
    Receive {
        /// The item.
        item: ItemCode,
        /// What is missing; the notice goes out with the receipt then.
        missing: Vec<String>,
        /// The statutory limit that another system states for this case.
        given_limit: Option<ClockTerm>,
        /// The system it comes from.
        source: Option<String>,
        /// The unit, where another system says so; the item's own otherwise.
        unit: Option<UnitCode>,
    },
    /// An order is issued.
    IssueOrder {
        /// The unit that must answer.
        unit: UnitCode,
        /// What it must do.
        text: String,
        /// Within which term.
        term: Term,
        /// The case it is about.
        about: Option<SubjectId>,
        /// The card of that case that brings it.
        warning: Option<i64>,
    },
    /// A unit appeals against a card.
    FileAppeal {
        /// The card, as [`crate::Work::appealed_card`] gives it.
        card: AppealedCard,
        /// Why the unit objects.
        grounds: String,
        /// What is known of the files handed in with it.
        attachments: Vec<Attachment>,
    },
}

/// Where an act comes from: desks refuse what is wrong, feeds record it with its defects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A person at a desk or on the command line.
    #[default]
    Desk,
    /// Another system's log.
    Feed,
    /// The program itself: what a card brings with it, and what falls with the card.
    Program,
}

/// Who says what, when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// Who; `None` is the program.
    pub by: Option<PersonCode>,
    /// For whom a stand-in acts.
    pub stands_for: Option<PersonCode>,
    /// When it happened; `None` is now.
    pub at: Option<DateTime<Utc>>,
    /// Why it is recorded late.
    pub late_reason: Option<String>,
    /// The key of the row it was imported from.
    pub source_key: Option<String>,
    /// Desk or feed.
    pub origin: Origin,
}

impl Act {
    /// What the program does of its own accord.
    pub fn program() -> Self {
        Self {
            origin: Origin::Program,
            ..Self::default()
        }
    }
}
