//! What a log says, once read.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

/// An enum of words that mappings are written in.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word for it in mappings.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value that the word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a row of a log does to its case.
    Act {
        /// A step of the other system that moves nothing here: evidence.
        Step = "step",
        /// The application came in (收件).
        Receive = "receive",
        /// It was accepted (受理).
        Accept = "accept",
        /// It was refused acceptance (不予受理).
        Refuse = "refuse",
        /// No permit is needed (不受理).
        NotNeeded = "not_needed",
        /// The one-time notice of what is missing (补正告知).
        Correct = "correct",
        /// What was missing was handed in (补正收件).
        Supply = "supply",
        /// A stage ended.
        Complete = "complete",
        /// The case went back to an earlier stage (退回).
        SendBack = "send_back",
        /// A special procedure opened (特别程序).
        Stop = "stop",
        /// A special procedure ended.
        Resume = "resume",
        /// The term was extended (延期).
        Extend = "extend",
        /// The applicant withdrew (撤回).
        Withdraw = "withdraw",
        /// The case ended otherwise (终止).
        End = "end",
        /// The result was delivered (送达).
        Deliver = "deliver",
        /// Not an event for us: the row is counted and left out.
        Ignore = "ignore",
    }
}

words! {
    /// The five stages (五环节).
    Stage {
        /// 受理
        Acceptance = "acceptance",
        /// 承办
        Handling = "handling",
        /// 审核
        Review = "review",
        /// 批准
        Approval = "approval",
        /// 办结
        Completion = "completion",
    }
}

words! {
    /// How a case ended (办结结果).
    Outcome {
        /// 准予
        Granted = "granted",
        /// 不予许可
        Refused = "refused",
        /// 不予受理
        NotAccepted = "not_accepted",
        /// 不受理
        NotNeeded = "not_needed",
        /// 转报
        Forwarded = "forwarded",
        /// 退件
        Returned = "returned",
        /// 撤回
        Withdrawn = "withdrawn",
        /// 终止
        Ended = "ended",
        /// 作废
        Void = "void",
        /// 删除
        Deleted = "deleted",
    }
}

words! {
    /// The procedures whose time isn't counted (行政许可法 art. 45), and suspension (中止).
    Procedure {
        /// 听证
        Hearing = "hearing",
        /// 招标
        Tender = "tender",
        /// 拍卖
        Auction = "auction",
        /// 检验
        Inspection = "inspection",
        /// 检测
        Test = "test",
        /// 检疫
        Quarantine = "quarantine",
        /// 鉴定
        Appraisal = "appraisal",
        /// 专家评审
        ExpertReview = "expert_review",
        /// 中止
        Suspension = "suspension",
    }
}

words! {
    /// What a term is counted in.
    TermUnit {
        /// 工作日
        WorkingDays = "working_days",
        /// 自然日
        NaturalDays = "natural_days",
        /// 月
        Months = "months",
        /// 工作时
        WorkingHours = "working_hours",
        /// 工作分钟
        WorkingMinutes = "working_minutes",
    }
}

impl TermUnit {
    /// Reads the words that files use for units: ours, the Chinese ones, and the exchange code G/Z (工作日, 自然日).
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "工作日" | "个工作日" | "G" | "wd" => Self::WorkingDays,
            "自然日" | "日历日" | "天" | "日" | "Z" | "d" => Self::NaturalDays,
            "月" | "个月" | "m" => Self::Months,
            "工作小时" | "工作时" | "小时" => Self::WorkingHours,
            "工作分钟" | "分钟" => Self::WorkingMinutes,
            word => return Self::from_word(word),
        })
    }
}

/// A number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoggedTerm {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: TermUnit,
}

/// Where a case's limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueSource {
    /// The log gives the day.
    Date(NaiveDate),
    /// The log gives an instant. The office day rules: on time until the end of `on`, the office date of `at`.
    Instant {
        /// The instant as logged.
        at: DateTime<Utc>,
        /// Its date in the mapping's zone.
        on: NaiveDate,
    },
    /// The log, or the mapping, gives a term that is counted from the start.
    Term(LoggedTerm),
    /// The log says nothing: the item's own term rules.
    None,
}

impl DueSource {
    /// The office day that the log itself names.
    #[must_use]
    pub const fn due_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(on) | Self::Instant { on, .. } => Some(*on),
            Self::Term(_) | Self::None => None,
        }
    }
}

/// A log, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFile {
    /// The cases that are right, in order of first appearance.
    pub cases: Vec<LoggedCase>,
    /// The rows of all others, by line.
    pub rejects: Vec<Reject>,
    /// Rows in the file, the header and blank lines not counted.
    pub rows: u64,
    /// Rows that the mapping leaves out (`ignore`, or another lifecycle), in cases that are right.
    pub ignored: u64,
    /// Rows that say the same as an earlier row with the same event id, in cases that are right.
    pub repeated: u64,
}

impl LogFile {
    /// Events in all cases.
    #[must_use]
    pub fn events(&self) -> usize {
        self.cases.iter().map(|case| case.rows.len()).sum()
    }

    /// How many cases are rejected; rows whose case can't be told count as one each.
    #[must_use]
    pub fn cases_rejected(&self) -> usize {
        let named: std::collections::BTreeSet<&str> = self
            .rejects
            .iter()
            .filter_map(|r| r.case.as_deref())
            .collect();
        named.len() + self.rejects.iter().filter(|r| r.case.is_none()).count()
    }
}

/// One case of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedCase {
    /// The case number, with the mapping's prefix.
    pub number: String,
    /// The line of its first row.
    pub first_line: u64,
    /// When it started: the mapped column, else its first receipt, else its first acceptance, else its first event.
    pub received_at: DateTime<Utc>,
    /// When it ended: the mapped column, else the event that ends it.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the other system planned to end it.
    pub planned_end_at: Option<DateTime<Utc>>,
    /// Its limit.
    pub due: DueSource,
    /// The code of what was applied for.
    pub item: String,
    /// The unit that handles it; none means the item's own.
    pub unit: Option<String>,
    /// Who applied.
    pub applicant: Option<Applicant>,
    /// How the application came in.
    pub channel: Option<String>,
    /// What is odd about the case as a whole.
    pub defects: Vec<CaseDefect>,
    /// Its events by time; those at the same instant in the file's order.
    pub rows: Vec<LoggedRow>,
}

/// Who applied: personal data, which `Debug` doesn't show.
#[derive(Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The name.
    pub name: Option<String>,
    /// The number of an identity paper, its check digit checked.
    pub id_number: Option<String>,
}

impl fmt::Debug for Applicant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Applicant(..)")
    }
}

/// One event of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRow {
    /// Its line.
    pub line: u64,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What the other system calls it.
    pub activity: String,
    /// `start`, `complete` and the like, where the log tells.
    pub lifecycle: Option<String>,
    /// What it does to the case.
    pub act: Act,
    /// The stage that it completes or belongs to; for [`Act::SendBack`] the stage that the case goes back to.
    pub stage: Option<Stage>,
    /// How the case ended, on the event that ends it.
    pub outcome: Option<Outcome>,
    /// Which procedure a stop is for.
    pub procedure: Option<Procedure>,
    /// The limit of a stop.
    pub term: Option<LoggedTerm>,
    /// The length of an extension.
    pub working_days: Option<u32>,
    /// Who approved a stop or an extension.
    pub approver: Option<String>,
    /// The number of the written notice of a stop, a correction or an extension.
    pub notice: Option<String>,
    /// Why, or what is missing: free text, which may hold personal data.
    pub reason: Option<String>,
    /// The paper that the event rests on.
    pub document: Option<LoggedDocument>,
    /// Who did it.
    pub person: Option<String>,
    /// The group or office of that person.
    pub group: Option<String>,
    /// Names the event within its case, the same on every reading: the log's own event id and lifecycle, or a
    /// digest of the row and its place among equal rows.
    pub source_key: String,
    /// What is odd about it.
    pub defects: Vec<RowDefect>,
}

/// A paper with its own date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedDocument {
    /// Its number.
    pub number: Option<String>,
    /// The date on it.
    pub date: Option<NaiveDate>,
}

words! {
    /// What is odd about a row that is recorded all the same.
    RowDefect {
        /// It happened before the case started.
        BeforeStart = "before_start",
        /// It happened after the case ended. A delivery may.
        AfterEnd = "after_end",
    }
}

words! {
    /// What is odd about a case that is recorded all the same.
    CaseDefect {
        /// It ends before it starts.
        EndBeforeStart = "end_before_start",
    }
}

/// A row that isn't imported.
#[derive(Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its line.
    pub line: u64,
    /// Its case number with the prefix, if it could be told.
    pub case: Option<String>,
    /// Why, without personal data.
    pub reason: String,
    /// The row as it stands in the file: may hold personal data, so `Debug` doesn't show it.
    pub row: String,
}

impl fmt::Debug for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reject")
            .field("line", &self.line)
            .field("case", &self.case)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
