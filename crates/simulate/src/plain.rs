//! What the city, the auditor and the record have in common: plain values, none of them of the program that is tried.

use std::fmt;

/// Microseconds in a second.
pub(crate) const SECOND_US: i64 = 1_000_000;
/// Microseconds in a minute.
pub(crate) const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in an hour.
pub(crate) const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds in a day.
pub(crate) const DAY_US: i64 = 24 * HOUR_US;

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// 收件, with the notice of what is missing if anything is.
    Receive { missing: bool },
    /// 受理
    Accept,
    /// 一次性补正告知
    Correct,
    /// 补正材料已收
    Supply,
    /// 不予受理
    RefuseAcceptance,
    /// 不受理
    NotNeeded,
    /// A stage is completed; with what was decided, in Approval.
    Complete { stage: Stage, refused: bool },
    /// 退回
    SendBack { to: Stage },
    /// 特别程序, with its own limit in working days if it has one.
    Stop { days: Option<i64> },
    /// 恢复
    Resume,
    /// 延期
    Extend { days: i64 },
    /// 撤回
    Withdraw,
    /// 终止
    End,
    /// 送达
    Deliver,
    /// 撤牌, the card by the number of its event and by what it is.
    Revoke {
        warning: i64,
        rule: String,
        clock: String,
        limit_at: i64,
    },
    /// A unit answers an order.
    Reply,
    /// 销号
    CloseOrder,
    /// 退回重办
    SendBackOrder,
}

impl Deed {
    /// The word for its event in the record.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Receive { .. } => "received",
            Self::Accept => "accepted",
            Self::Correct => "correction_notified",
            Self::Supply => "supplied",
            Self::RefuseAcceptance => "not_accepted",
            Self::NotNeeded => "not_needed",
            Self::Complete { .. } => "stage_completed",
            Self::SendBack { .. } => "sent_back",
            Self::Stop { .. } => "stop_opened",
            Self::Resume => "stop_closed",
            Self::Extend { .. } => "extended",
            Self::Withdraw | Self::End => "closed",
            Self::Deliver => "delivered",
            Self::Revoke { .. } => "warning_revoked",
            Self::Reply => "order_replied",
            Self::CloseOrder => "order_closed",
            Self::SendBackOrder => "order_sent_back",
        }
    }
}

/// The stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// 受理
    Acceptance,
    /// 承办
    Handling,
    /// 审核
    Review,
    /// 批准
    Approval,
    /// 办结
    Completion,
}

impl Stage {
    /// The stages that have a limit of their own, in order.
    pub(crate) const LIMITED: [Self; 4] = [
        Self::Handling,
        Self::Review,
        Self::Approval,
        Self::Completion,
    ];

    /// The word in the record.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Handling => "handling",
            Self::Review => "review",
            Self::Approval => "approval",
            Self::Completion => "completion",
        }
    }

    /// The stage after it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Acceptance => Self::Handling,
            Self::Handling => Self::Review,
            Self::Review => Self::Approval,
            Self::Approval | Self::Completion => Self::Completion,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An act that was acknowledged, or found in the record after its answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What.
    pub(crate) deed: Deed,
    /// When it is said to have happened.
    pub(crate) occurred_us: i64,
    /// When the program was told.
    pub(crate) recorded_us: i64,
    /// After how many pieces of work of the whole city it was done: those in which it was asked, also where that was known
    /// later.
    pub(crate) turn: u64,
}

/// An event of the record, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) kind: String,
    pub(crate) occurred_us: i64,
    pub(crate) recorded_us: i64,
    /// Who is named; the program itself is nobody.
    pub(crate) by: Option<String>,
    /// The facts of its kind.
    pub(crate) data: serde_json::Value,
}

impl Entry {
    /// A number among its facts; -1 if there is none.
    pub(crate) fn number(&self, key: &str) -> i64 {
        self.data
            .get(key)
            .and_then(serde_json::Value::as_i64)
            .unwrap_or(-1)
    }

    /// A word among its facts; empty if there is none.
    pub(crate) fn word(&self, key: &str) -> &str {
        self.data
            .get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or("")
    }
}

/// A message item of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) seq: i64,
    pub(crate) recipient: String,
    pub(crate) state: String,
    pub(crate) message_id: Option<String>,
}

/// A case or an order of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Matter {
    pub(crate) number: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) items: Vec<Item>,
}

/// A mail that the mail server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) message_id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// What is found in the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// All cases and orders, by number.
    pub(crate) matters: Vec<Matter>,
    /// All mails, in the order in which they came.
    pub(crate) letters: Vec<Letter>,
    /// What `verify` says against the record.
    pub(crate) defects: Vec<String>,
}

/// An instant for people: day and time of the city.
pub(crate) fn shown(us: i64) -> String {
    let local = us.saturating_add(8 * HOUR_US);
    chrono::DateTime::from_timestamp_micros(local)
        .map_or_else(|| us.to_string(), |at| at.format("%F %T%.f").to_string())
}
