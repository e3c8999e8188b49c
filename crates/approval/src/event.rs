//! What can happen to a subject. Events are appended and never changed.

use calendar::Term;
use chrono::{DateTime, NaiveDate, Utc};

use crate::appeal::{AppealDecision, AppealedCard};
use crate::attachment::Attachment;
use crate::ids::{ItemCode, PersonCode, SubjectId, UnitCode};
use crate::rule::Level;
use crate::stage::{Outcome, Procedure, Stage};
use crate::track::{ClockKey, ClockTerm};
use crate::warning::WarningState;

/// A document that goes with an act, with its own date (the third of the three times).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// 文号
    pub number: String,
    /// The date on the paper.
    pub date: Option<NaiveDate>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An application was received (收件).
    Received {
        /// The item applied for.
        item: ItemCode,
        /// The version that rules this case.
        item_version: i64,
        /// The unit that handles it.
        unit: UnitCode,
        /// The statutory limit of this case as another system's log states it: an office day on which it ends,
        /// or a term, which stops hold like the item's own.
        given_limit: Option<ClockTerm>,
        /// The system the case was imported from.
        source: Option<String>,
    },
    /// Accepted with a dated paper (受理, 行政许可法 art. 32).
    Accepted {
        /// The version of the item that rules the case from here on; `None` is that of the receipt.
        item_version: Option<i64>,
    },
    /// Accepted by silence: nobody decided or told what is missing in time (art. 32 no. 4).
    DeemedAccepted {
        /// The version of the item that rules the case from here on; `None` is that of the receipt.
        item_version: Option<i64>,
    },
    /// 不予受理: not within the organ's power.
    NotAccepted {
        /// Why, and where to go.
        reason: String,
    },
    /// 不受理: no permit is needed.
    NotNeeded {
        /// Why.
        reason: String,
    },
    /// The one-time notice of all that is missing (一次性补正告知).
    CorrectionNotified {
        /// Everything that is missing.
        missing: Vec<String>,
    },
    /// What was missing was handed in.
    Supplied,
    /// A stage was completed; the next one starts at the same instant.
    StageCompleted {
        /// The stage.
        stage: Stage,
        /// The decision or the outcome, when this stage states it.
        outcome: Option<Outcome>,
        /// The reason, a must for all outcomes but granted.
        reason: Option<String>,
        /// The paper.
        document: Option<Document>,
    },
    /// The case goes back to an earlier stage, which is visited anew.
    SentBack {
        /// The stage it goes to.
        to: Stage,
        /// Why.
        reason: String,
    },
    /// A stop or a suspension begins.
    StopOpened {
        /// Its number within the case, from 1.
        stop: u32,
        /// What it is for.
        procedure: Procedure,
        /// The number of the written notice to the applicant (art. 45).
        notice: Option<String>,
        /// How long it may take.
        term: Option<Term>,
        /// The law that allows it, for a suspension.
        basis: Option<String>,
        /// Who approved it, for a suspension.
        approver: Option<String>,
    },
    /// A stop or a suspension ends.
    StopClosed {
        /// Its number.
        stop: u32,
    },
    /// An extension (延期, art. 42).
    Extended {
        /// Working days added.
        working_days: u32,
        /// The head of the organ (or of the government, for joint handling) who approved.
        approver: String,
        /// The reason told to the applicant.
        reason: String,
        /// The number of the notice to the applicant.
        notice: Option<String>,
    },
    /// A partner unit's opinion was asked for (joint handling).
    PartnerAsked {
        /// The interval's number within the case, from 1.
        partner: u32,
        /// The partner unit.
        unit: UnitCode,
        /// The limit of the opinion.
        term: Term,
    },
    /// The partner unit gave its opinion.
    PartnerAnswered {
        /// The interval's number.
        partner: u32,
        /// The opinion.
        opinion: String,
    },
    /// The case was broken off: withdrawn, ended, returned, void or deleted.
    Closed {
        /// How.
        outcome: Outcome,
        /// Why.
        reason: String,
        /// The law or paper it rests on.
        basis: Option<String>,
    },
    /// The permit was delivered (送达, art. 44).
    Delivered,
    /// A step of another system's log, kept as evidence.
    Step {
        /// What the other system calls it.
        activity: String,
        /// The stage it belongs to.
        stage: Option<Stage>,
        /// The group that did it.
        group: Option<String>,
        /// Who did it there.
        person: Option<String>,
    },
    /// Another system says that its case ended.
    EndReported {
        /// The outcome, when it says so.
        outcome: Option<Outcome>,
    },
    /// A supervision order was issued (督办单).
    OrderIssued {
        /// The unit that must answer.
        unit: UnitCode,
        /// What it must do.
        text: String,
        /// Within which term.
        term: Term,
        /// The case it is about.
        about: Option<SubjectId>,
        /// The card of that case that brought it, by its sequence number.
        warning: Option<i64>,
    },
    /// The unit replied.
    OrderReplied {
        /// The reply.
        text: String,
        /// The files handed in with it.
        attachments: Vec<Attachment>,
    },
    /// The order was closed (销号).
    OrderClosed {
        /// A remark.
        remark: Option<String>,
    },
    /// The reply was sent back (退回重办): the term runs anew.
    OrderSentBack {
        /// Why.
        reason: String,
        /// A new term; the first one again when it isn't given.
        term: Option<Term>,
    },
    /// A unit appealed against a card (申诉).
    AppealFiled {
        /// The card.
        card: AppealedCard,
        /// Why the unit objects.
        grounds: String,
        /// Within which term it must be answered.
        term: Term,
        /// The files handed in with it.
        attachments: Vec<Attachment>,
    },
    /// The appeal was answered.
    AppealDecided {
        /// How.
        decision: AppealDecision,
        /// Why.
        reason: String,
    },
    /// The card fell for another reason before the appeal was answered.
    AppealLapsed {
        /// What became of the card.
        card: WarningState,
    },
    /// The promised or the statutory limit passed, whatever the rules are.
    LimitPassed {
        /// Which clock.
        clock: ClockKey,
        /// The event that set the due date.
        occurrence: i64,
        /// The due instant.
        limit_at: DateTime<Utc>,
        /// The later of the due instant and the record of the event that set it.
        effective_at: DateTime<Utc>,
    },
    /// A warning was raised.
    WarningRaised(WarningRaised),
    /// A waiting warning was issued by an inspector.
    WarningIssued {
        /// The sequence number of the warning.
        warning: i64,
    },
    /// An inspector, or an appeal, took a warning away.
    WarningRevoked {
        /// The sequence number of the warning.
        warning: i64,
        /// Why.
        reason: String,
        /// What it rests on.
        on: RevokedOn,
    },
    /// A unit appealed against a card of this subject.
    WarningAppealed {
        /// The sequence number of the warning.
        warning: i64,
        /// The number of the appeal.
        appeal: SubjectId,
    },
    /// The basis of a warning fell away.
    WarningAnnulled {
        /// The sequence number of the warning.
        warning: i64,
        /// The sequence number of the event that took the basis away.
        cause: i64,
    },
    /// An event turned out wrong; the history is read without it.
    EventAnnulled {
        /// The sequence number of the event that falls.
        target: i64,
        /// Why.
        reason: String,
    },
    /// A new calendar moved dates of this subject.
    DatesRevised {
        /// The calendar version before.
        from_version: String,
        /// The calendar version from here on.
        to_version: String,
    },
}

/// What a revocation rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RevokedOn {
    /// An inspector's own decision.
    #[default]
    Decision,
    /// The answer to an appeal, by its number.
    Appeal(SubjectId),
    /// A declared outage (故障登记), by its number.
    Outage(String),
}

impl RevokedOn {
    /// The appeal, if it was one.
    pub const fn appeal(&self) -> Option<&SubjectId> {
        match self {
            Self::Appeal(appeal) => Some(appeal),
            Self::Decision | Self::Outage(_) => None,
        }
    }

    /// The outage, if it was one.
    pub fn outage(&self) -> Option<&str> {
        match self {
            Self::Outage(outage) => Some(outage),
            Self::Decision | Self::Appeal(_) => None,
        }
    }
}

/// The facts of a raised warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRaised {
    /// The rule's id.
    pub rule: String,
    /// The version of the rule set.
    pub rules_version: i64,
    /// Notice, yellow or red.
    pub level: Level,
    /// Which clock.
    pub clock: ClockKey,
    /// The event that set the due date.
    pub occurrence: i64,
    /// The due date it rests on.
    pub due_at: DateTime<Utc>,
    /// The instant at which the rule's threshold was reached.
    pub limit_at: DateTime<Utc>,
    /// The later of that and the record of the event that set the date.
    pub effective_at: DateTime<Utc>,
    /// Waits for an inspector before anybody is told.
    pub pending: bool,
    /// What an inspector found, where one raised it by hand.
    pub evidence: Option<String>,
}

impl Event {
    /// The word of the event in the record.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Accepted { .. } => "accepted",
            Self::DeemedAccepted { .. } => "deemed_accepted",
            Self::NotAccepted { .. } => "not_accepted",
            Self::NotNeeded { .. } => "not_needed",
            Self::CorrectionNotified { .. } => "correction_notified",
            Self::Supplied => "supplied",
            Self::StageCompleted { .. } => "stage_completed",
            Self::SentBack { .. } => "sent_back",
            Self::StopOpened { .. } => "stop_opened",
            Self::StopClosed { .. } => "stop_closed",
            Self::Extended { .. } => "extended",
            Self::PartnerAsked { .. } => "partner_asked",
            Self::PartnerAnswered { .. } => "partner_answered",
            Self::Closed { .. } => "closed",
            Self::Delivered => "delivered",
            Self::Step { .. } => "step",
            Self::EndReported { .. } => "end_reported",
            Self::OrderIssued { .. } => "order_issued",
            Self::OrderReplied { .. } => "order_replied",
            Self::OrderClosed { .. } => "order_closed",
            Self::OrderSentBack { .. } => "order_sent_back",
            Self::AppealFiled { .. } => "appeal_filed",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::AppealLapsed { .. } => "appeal_lapsed",
            Self::LimitPassed { .. } => "limit_passed",
            Self::WarningRaised(_) => "warning_raised",
            Self::WarningIssued { .. } => "warning_issued",
            Self::WarningRevoked { .. } => "warning_revoked",
            Self::WarningAppealed { .. } => "warning_appealed",
            Self::WarningAnnulled { .. } => "warning_annulled",
            Self::EventAnnulled { .. } => "event_annulled",
            Self::DatesRevised { .. } => "dates_revised",
        }
    }

    /// The files handed in with it.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::OrderReplied { attachments, .. } | Self::AppealFiled { attachments, .. } => {
                attachments
            }
            _ => &[],
        }
    }

    /// Acts of people about the matter itself can be annulled; what the program or an inspector
    /// recorded has ways of its own, and the receipt is the subject's beginning.
    pub const fn can_be_annulled(&self) -> bool {
        !matches!(
            self,
            Self::Received { .. }
                | Self::OrderIssued { .. }
                | Self::AppealFiled { .. }
                | Self::AppealDecided { .. }
                | Self::AppealLapsed { .. }
                | Self::WarningAppealed { .. }
                | Self::DeemedAccepted { .. }
                | Self::LimitPassed { .. }
                | Self::WarningRaised(_)
                | Self::WarningIssued { .. }
                | Self::WarningRevoked { .. }
                | Self::WarningAnnulled { .. }
                | Self::EventAnnulled { .. }
                | Self::DatesRevised { .. }
        )
    }
}

/// What is irregular about an event. A defect is evidence, never a card by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// Recorded after a limit had passed, said to have happened before it.
    LateRecording,
    /// Recorded on a later day than it happened, without a reason.
    NoLateReason,
    /// A stop without a written notice (行政许可法 art. 45).
    StopWithoutNotice,
    /// A second correction notice: the law allows one (art. 32 no. 4).
    SecondCorrection,
    /// An extension without a recorded notice to the applicant (art. 42).
    ExtensionWithoutNotice,
    /// Before the case began.
    BeforeStart,
    /// The end that another system states lies before the beginning it states.
    EndBeforeStart,
    /// After the case had ended.
    AfterEnd,
    /// Not in the order in which it was said to have happened.
    OutOfOrder,
}

impl Defect {
    /// All defects.
    pub const ALL: &'static [Self] = &[
        Self::LateRecording,
        Self::NoLateReason,
        Self::StopWithoutNotice,
        Self::SecondCorrection,
        Self::ExtensionWithoutNotice,
        Self::BeforeStart,
        Self::EndBeforeStart,
        Self::AfterEnd,
        Self::OutOfOrder,
    ];

    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LateRecording => "late_recording",
            Self::NoLateReason => "no_late_reason",
            Self::StopWithoutNotice => "stop_without_notice",
            Self::SecondCorrection => "second_correction",
            Self::ExtensionWithoutNotice => "extension_without_notice",
            Self::BeforeStart => "before_start",
            Self::EndBeforeStart => "end_before_start",
            Self::AfterEnd => "after_end",
            Self::OutOfOrder => "out_of_order",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|d| d.as_str() == word)
    }
}

/// An event as it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the subject's history, from 1.
    pub seq: i64,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When the program was told; only the program's clock sets it.
    pub recorded_at: DateTime<Utc>,
    /// Who said so; `None` is the program itself.
    pub by: Option<PersonCode>,
    /// For whom a stand-in acted.
    pub stands_for: Option<PersonCode>,
    /// The calendar version that its dates were counted with.
    pub calendar: String,
    /// The version of the rules that its periods were taken from; `None` is that in force at its record.
    pub rules: Option<i64>,
    /// Why it was recorded late.
    pub late_reason: Option<String>,
    /// What is irregular about it.
    pub defects: Vec<Defect>,
    /// A key of the row in the log it was imported from.
    pub source_key: Option<String>,
    /// What happened.
    pub event: Event,
}
