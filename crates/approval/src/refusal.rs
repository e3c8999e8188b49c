//! Why a command is refused: what, where, and what to do. Nothing is written.

use std::fmt;

use calendar::{Calendar, NotCovered, Term};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};

use crate::rule::{Element, Level};
use crate::stage::{Outcome, Stage};
use crate::term_text;

/// An instant as the clocks of the office show it: who is refused reads it off his own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeTime(NaiveDateTime);

impl OfficeTime {
    /// An instant in the zone of a calendar.
    pub fn of(calendar: &Calendar, at: DateTime<Utc>) -> Self {
        Self(calendar.local(at).naive_local())
    }
}

impl fmt::Display for OfficeTime {
    /// To the minute, and finer only where there is more: acts are told in minutes, records in microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match (self.0.second(), self.0.nanosecond()) {
            (0, 0) => "%Y-%m-%d %H:%M",
            (_, 0) => "%Y-%m-%d %H:%M:%S",
            _ => "%Y-%m-%d %H:%M:%S%.3f",
        };
        write!(f, "{}", self.0.format(form))
    }
}

/// A refused command. `kind` is stable for programs; `Display` is for people, Chinese first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The case rests in another stage than the act needs.
    #[error(
        "本件现处“{}”环节,该操作须在“{}”环节办理 / the case is in stage {found}, the act needs {needed}",
        found_zh(found),
        found_zh(needed)
    )]
    WrongStage {
        /// What the act needs.
        needed: &'static str,
        /// Where the case is.
        found: &'static str,
    },
    /// The subject is of another kind.
    #[error(
        "{}不能这样办理,该操作只用于{} / for a {needed}, not for a {found}",
        found_zh(found),
        found_zh(needed)
    )]
    WrongSubject {
        /// What the act needs.
        needed: &'static str,
        /// What it found.
        found: &'static str,
    },
    /// A reason is a must.
    #[error("办结结果为“{}”时必须说明理由,请补填 / a reason is required", outcome.zh())]
    MissingReason {
        /// The outcome that needs it.
        outcome: Outcome,
    },
    /// An empty text where one is required.
    #[error("{field}不能为空,请补填 / {field} is empty")]
    Empty {
        /// Which.
        field: &'static str,
    },
    /// The outcome doesn't belong to this act.
    #[error("办结结果“{}”不适用于此操作 / the outcome {outcome} doesn't fit: {why}", outcome.zh())]
    WrongOutcome {
        /// The outcome.
        outcome: Outcome,
        /// Why it doesn't fit.
        why: &'static str,
    },
    /// Said to have happened in the future.
    #[error("发生时间 {at} 晚于当前时间 {now},请核对 / {at} is in the future (now {now})")]
    InFuture {
        /// The instant given.
        at: OfficeTime,
        /// The clock's instant.
        now: OfficeTime,
    },
    /// Said to have happened before the case, or before the visit to the stage, began.
    #[error("发生时间 {at} 早于{what} {start},请核对 / {at} is before {start}")]
    BeforeStart {
        /// The instant given.
        at: OfficeTime,
        /// What it must not precede.
        what: &'static str,
        /// Its instant.
        start: OfficeTime,
    },
    /// The case can't be completed while time stands still.
    #[error("第 {stop} 次特别程序(中止)尚未结束,不能办结,请先恢复 / stop {stop} is open")]
    StopOpen {
        /// The stop's number.
        stop: u32,
    },
    /// No such stop, or it isn't open.
    #[error("没有进行中的特别程序(中止) / no such open stop")]
    NoOpenStop,
    /// Several stops are open and none was named.
    #[error("有多个进行中的特别程序,请用 --stop 指明序号 / several stops are open, name one")]
    WhichStop,
    /// The correction notice must be answered first, or there is none.
    #[error("本件没有待补正的材料 / nothing is waiting to be supplied")]
    NothingToSupply,
    /// An extension is granted once.
    #[error("本件已延期一次,不能再次延期(行政许可法第四十二条) / already extended")]
    AlreadyExtended,
    /// Beyond what the law allows.
    #[error("延期最多 {cap} 个工作日,申请 {asked} 个工作日(行政许可法第四十二条) / above the cap")]
    ExtensionAboveCap {
        /// Working days asked for.
        asked: u32,
        /// The cap.
        cap: u32,
    },
    /// An extension after the statutory due instant is none.
    #[error("法定时限已过,不能延期 / the statutory limit has passed")]
    ExtensionTooLate,
    /// Not before a decision.
    #[error("本件尚未作出决定,不能送达 / no decision yet")]
    NotDecided,
    /// Already done.
    #[error("{what}已登记,不能重复 / already recorded")]
    AlreadyDone {
        /// What.
        what: &'static str,
    },
    /// A send-back goes to an earlier stage.
    #[error("只能退回到更早的环节(承办、审核、批准),不能退回到“{}” / not an earlier stage", to.zh())]
    NotEarlier {
        /// The stage given.
        to: Stage,
    },
    /// A partner's opinion is outstanding.
    #[error(
        "协办单位第 {partner} 号意见尚未反馈,不能完成承办 / a partner's opinion is outstanding"
    )]
    PartnerOutstanding {
        /// Its number.
        partner: u32,
    },
    /// Only joint items have partners.
    #[error("本事项不是联办件 / not a joint item")]
    NotJoint,
    /// No such partner request is open.
    #[error("没有待反馈的协办意见 / no such open request")]
    NoOpenPartner,
    /// No such event.
    #[error("没有第 {seq} 号记录 / no event {seq}")]
    NoSuchEvent {
        /// The sequence number.
        seq: i64,
    },
    /// The event can't be annulled.
    #[error("第 {seq} 号记录({kind})不能作废 / event {seq} can't be annulled")]
    NotAnnullable {
        /// The sequence number.
        seq: i64,
        /// Its kind.
        kind: &'static str,
    },
    /// Later events rest on it.
    #[error(
        "作废第 {seq} 号记录后,第 {broken} 号记录不再成立({why}),请先作废后面的记录 / the rest doesn't replay"
    )]
    DoesNotReplay {
        /// The event to be annulled.
        seq: i64,
        /// The first event that doesn't hold any more.
        broken: i64,
        /// Why not.
        why: String,
    },
    /// No such warning, or not in the state needed.
    #[error("第 {seq} 号预警(牌)不存在或状态不符 / no such warning in that state")]
    NoSuchWarning {
        /// The sequence number.
        seq: i64,
    },
    /// Only yellow and red cards can be appealed against, not notices.
    #[error(
        "第 {seq} 号是“{}”,只能对黄牌、红牌申诉 / warning {seq} is a {}, only cards can be appealed against",
        found.zh(),
        found.as_str()
    )]
    NotACard {
        /// The sequence number.
        seq: i64,
        /// Its level.
        found: Level,
    },
    /// The rule fires by itself: no card is raised under it by hand.
    #[error(
        "规则“{rule}”({})由系统自动触发,不能人工发牌,请改用人工发牌规则 / rule {rule} watches {}, a card by hand needs a rule of element manual",
        found.zh(),
        found.as_str()
    )]
    NotByHand {
        /// The rule.
        rule: String,
        /// What it watches.
        found: Element,
    },
    /// A card is appealed once.
    #[error(
        "第 {seq} 号牌已申诉过(申诉 {appeal}),不能再次申诉 / card {seq} was appealed against already, by {appeal}"
    )]
    AlreadyAppealed {
        /// The card's sequence number.
        seq: i64,
        /// The number of the appeal.
        appeal: String,
    },
    /// The period for appealing is over.
    #[error(
        "申诉应在发牌之日起{}内提出,期限已于 {due_on} 届满,不能申诉 / an appeal is filed by {due_on}, it is too late",
        term_text::zh(*term)
    )]
    AppealTooLate {
        /// The period.
        term: Term,
        /// Its last day.
        due_on: NaiveDate,
    },
    /// Who referred an appeal doesn't decide it.
    #[error(
        "{by} 已将本申诉上报,应由他人决定 / {by} referred this appeal, somebody else must decide it"
    )]
    OwnReferral {
        /// Who referred it.
        by: String,
    },
    /// A day outside the calendar.
    #[error("日历不含 {} 这一天,请先载入该年度日历 / {source}", source.date)]
    NotCovered {
        /// The calendar's error.
        #[from]
        source: NotCovered,
    },
    /// Acts for a person whose stand-in (AB岗) he isn't at that moment.
    #[error(
        "{by} 此时不是 {stands_for} 的AB岗,不能代办,请先登记授权 / {by} doesn't stand in for {stands_for} at that moment"
    )]
    NotStandIn {
        /// Who acts.
        by: String,
        /// For whom.
        stands_for: String,
    },
    /// Who acts doesn't hold the post that the act needs.
    #[error(
        "{by} 不在“{unit}”的{}岗位,不能办理,请由该岗位人员或其AB岗办理 / {by} isn't at the post{} of {unit}",
        post_zh(*needed),
        needed.map(|stage| format!(" {stage}")).unwrap_or_default()
    )]
    ForeignPost {
        /// Who acts, or for whom a stand-in acts.
        by: String,
        /// The unit's name.
        unit: String,
        /// The stage whose post is needed; `None` if anybody of the unit will do.
        needed: Option<Stage>,
    },
    /// Only an inspector may do it.
    #[error("此操作须由监察人员办理 / only an inspector may do this")]
    NeedsInspector,
    /// A code that nobody loaded.
    #[error("没有{what}“{code}”,请核对或先载入 / unknown {what} {code}")]
    Unknown {
        /// 事项, 单位, 人员, 日历版本, 规则版本
        what: &'static str,
        /// The code given.
        code: String,
    },
}

fn post_zh(needed: Option<Stage>) -> String {
    needed.map_or_else(String::new, |stage| format!("“{}”", stage.zh()))
}

fn found_zh(word: &'static str) -> &'static str {
    Stage::parse(word).map_or(
        match word {
            "received" => "收件",
            "awaiting_supply" => "待补正",
            "completed" => "已办结",
            "closed" => "已终结",
            "open" => "在办",
            "issued" => "待回复",
            "replied" => "已回复",
            "case" => "办件",
            "order" => "督办单",
            "appeal" => "申诉",
            "filed" => "待答复",
            "referred" => "已上报",
            "revoked" => "已撤牌",
            "rejected" => "已打回",
            "lapsed" => "已失效",
            other => other,
        },
        Stage::zh,
    )
}

impl Refusal {
    pub(crate) fn in_future(calendar: &Calendar, at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self::InFuture {
            at: OfficeTime::of(calendar, at),
            now: OfficeTime::of(calendar, now),
        }
    }

    pub(crate) fn before_start(
        calendar: &Calendar,
        at: DateTime<Utc>,
        what: &'static str,
        start: DateTime<Utc>,
    ) -> Self {
        Self::BeforeStart {
            at: OfficeTime::of(calendar, at),
            what,
            start: OfficeTime::of(calendar, start),
        }
    }

    /// The stable word for programs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::WrongStage { .. } => "wrong_stage",
            Self::WrongSubject { .. } => "wrong_subject",
            Self::MissingReason { .. } => "missing_reason",
            Self::Empty { .. } => "empty",
            Self::WrongOutcome { .. } => "wrong_outcome",
            Self::InFuture { .. } => "in_future",
            Self::BeforeStart { .. } => "before_start",
            Self::StopOpen { .. } => "stop_open",
            Self::NoOpenStop => "no_open_stop",
            Self::WhichStop => "which_stop",
            Self::NothingToSupply => "nothing_to_supply",
            Self::AlreadyExtended => "already_extended",
            Self::ExtensionAboveCap { .. } => "extension_above_cap",
            Self::ExtensionTooLate => "extension_too_late",
            Self::NotDecided => "not_decided",
            Self::AlreadyDone { .. } => "already_done",
            Self::NotEarlier { .. } => "not_earlier",
            Self::PartnerOutstanding { .. } => "partner_outstanding",
            Self::NotJoint => "not_joint",
            Self::NoOpenPartner => "no_open_partner",
            Self::NoSuchEvent { .. } => "no_such_event",
            Self::NotAnnullable { .. } => "not_annullable",
            Self::DoesNotReplay { .. } => "does_not_replay",
            Self::NoSuchWarning { .. } => "no_such_warning",
            Self::NotACard { .. } => "not_a_card",
            Self::NotByHand { .. } => "not_by_hand",
            Self::AlreadyAppealed { .. } => "already_appealed",
            Self::AppealTooLate { .. } => "appeal_too_late",
            Self::OwnReferral { .. } => "own_referral",
            Self::NotCovered { .. } => "not_covered",
            Self::NotStandIn { .. } => "not_stand_in",
            Self::ForeignPost { .. } => "foreign_post",
            Self::NeedsInspector => "needs_inspector",
            Self::Unknown { .. } => "unknown_code",
        }
    }

    /// Both ends of a refused transition: what was needed and what was found.
    pub const fn ends(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::WrongStage { needed, found } | Self::WrongSubject { needed, found } => {
                Some((needed, found))
            }
            _ => None,
        }
    }
}
