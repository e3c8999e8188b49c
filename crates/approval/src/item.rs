//! Items (事项): what can be applied for, and within which limits.

use calendar::{Term, TermUnit};

use crate::ids::{ItemCode, UnitCode};
use crate::stage::Stage;

/// The kind of an item (办件类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// 即办: finished on the spot or the same day.
    Immediate,
    /// 承诺: within a promised limit.
    Committed,
    /// 联办: several units, one lead (行政许可法 art. 42 ¶2).
    Joint,
    /// 上报: reviewed here, decided above (art. 43).
    Forwarded,
}

impl ItemKind {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Committed => "committed",
            Self::Joint => "joint",
            Self::Forwarded => "forwarded",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Immediate,
            Self::Committed,
            Self::Joint,
            Self::Forwarded,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// Whether an item is an administrative approval or a service; the published sums count approvals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemCategory {
    /// 行政审批事项
    Approval,
    /// 服务事项
    Service,
}

impl ItemCategory {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Service => "service",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Approval, Self::Service]
            .into_iter()
            .find(|category| category.as_str() == word)
    }
}

/// From which day the case's clocks count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day0Rule {
    /// The day on which the material was complete (行政许可法 art. 32).
    MaterialComplete,
    /// The day of the acceptance paper.
    AcceptancePaper,
}

impl Day0Rule {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaterialComplete => "material_complete",
            Self::AcceptancePaper => "acceptance_paper",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::MaterialComplete, Self::AcceptancePaper]
            .into_iter()
            .find(|rule| rule.as_str() == word)
    }
}

/// What ends the statutory clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatutoryEnd {
    /// The decision, which is the end of the Approval stage.
    Decision,
    /// The end of the Completion stage.
    Completion,
}

impl StatutoryEnd {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Completion => "completion",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Decision, Self::Completion]
            .into_iter()
            .find(|end| end.as_str() == word)
    }
}

/// The limits of the stages after acceptance, in working days; `None` is a stage without a limit of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageLimits {
    /// 承办
    pub handling: Option<u32>,
    /// 审核
    pub review: Option<u32>,
    /// 批准
    pub approval: Option<u32>,
    /// 办结
    pub completion: Option<u32>,
}

impl StageLimits {
    /// The limit of one stage; Acceptance has its own period (art. 32) and none here.
    pub const fn of(&self, stage: Stage) -> Option<u32> {
        match stage {
            Stage::Acceptance => None,
            Stage::Handling => self.handling,
            Stage::Review => self.review,
            Stage::Approval => self.approval,
            Stage::Completion => self.completion,
        }
    }

    /// The sum of the limits that are set, in working days.
    pub fn sum(&self) -> u32 {
        [self.handling, self.review, self.approval, self.completion]
            .into_iter()
            .flatten()
            .fold(0, u32::saturating_add)
    }
}

/// One version of an item. The version in force at acceptance rules the case for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The item's code.
    pub code: ItemCode,
    /// Its version, counted from 1.
    pub version: i64,
    /// The name that people read.
    pub name: String,
    /// The unit that handles it.
    pub unit: UnitCode,
    /// Immediate, committed, joint or forwarded.
    pub kind: ItemKind,
    /// Approval or service.
    pub category: ItemCategory,
    /// 承诺时限; `None` only for cases that another system's log brought with due dates of their own.
    pub promised: Option<Term>,
    /// 法定时限; services may have none.
    pub statutory: Option<Term>,
    /// The limits of the stages.
    pub stages: StageLimits,
    /// The legal basis as the unit published it.
    pub basis: String,
    /// From which day the clocks count.
    pub day0: Day0Rule,
    /// What ends the statutory clock.
    pub statutory_end: StatutoryEnd,
    /// Everything that an application must contain, as it is posted up at the window (行政许可法 art. 30).
    pub materials: Vec<String>,
}

/// Why an item can't be put in force. `Display` says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// A promise longer than the law's limit is void.
    #[error(
        "事项 {item}:承诺时限({promised:?})超过法定时限({statutory:?}),请缩短承诺时限 / promised limit above the statutory one"
    )]
    PromisedAboveStatutory {
        /// The item.
        item: ItemCode,
        /// Its promised limit.
        promised: Term,
        /// Its statutory limit.
        statutory: Term,
    },
    /// An item without a limit can't be supervised.
    #[error("事项 {item}:没有{which},请补填 / no limit")]
    NoLimit {
        /// The item.
        item: ItemCode,
        /// Which limit is missing: 承诺时限 or 法定时限.
        which: &'static str,
    },
    /// The stages' limits must fit into the promised one.
    #[error(
        "事项 {item}:各环节时限合计 {sum} 个工作日,超过承诺时限 {promised} 个工作日 / stage limits above the promised one"
    )]
    StagesAbovePromised {
        /// The item.
        item: ItemCode,
        /// Sum of the stages' limits, working days.
        sum: u32,
        /// The promised limit, working days.
        promised: u32,
    },
}

/// A comparable length in minutes of natural time, used only to compare limits of different units:
/// a working day is 7/5 natural days, a month 30 (the exchange standards' year of 365 and month of 30 days),
/// eight office hours a working day.
fn comparable_minutes(term: Term) -> u64 {
    let amount = u64::from(term.amount());
    match term.unit() {
        TermUnit::WorkingDays => amount * 24 * 60 * 7 / 5,
        TermUnit::NaturalDays => amount * 24 * 60,
        TermUnit::Months => amount * 30 * 24 * 60,
        TermUnit::WorkingHours => amount * 3 * 60 * 7 / 5,
        TermUnit::WorkingMinutes => amount * 3 * 7 / 5,
    }
}

impl Item {
    /// Checks the limits against each other.
    ///
    /// # Errors
    /// The first fault found, naming the item.
    pub fn check(&self) -> Result<(), ItemError> {
        let Some(promised) = self.promised else {
            return Err(ItemError::NoLimit {
                item: self.code.clone(),
                which: "承诺时限",
            });
        };
        match self.statutory {
            None if self.category == ItemCategory::Approval => {
                return Err(ItemError::NoLimit {
                    item: self.code.clone(),
                    which: "法定时限",
                });
            }
            Some(statutory) if comparable_minutes(promised) > comparable_minutes(statutory) => {
                return Err(ItemError::PromisedAboveStatutory {
                    item: self.code.clone(),
                    promised,
                    statutory,
                });
            }
            _ => {}
        }
        if let Term::WorkingDays(days) = promised
            && self.stages.sum() > days
        {
            return Err(ItemError::StagesAbovePromised {
                item: self.code.clone(),
                sum: self.stages.sum(),
                promised: days,
            });
        }
        Ok(())
    }
}
