//! Supervision rules (监察规则) as values: what is watched, how far it may go, who is told.
//!
//! Rules are data. A city writes them in `config/rules/*.toml`, [`crate::rules_file`] reads them,
//! the store numbers each revision. Nothing here looks at a case: the sweep plan does, with a
//! [`Threshold`] and the clock of an [`Element`].

use calendar::Term;

use crate::stage::Stage;

/// How grave a warning is. The order is the order of gravity: `Notice < Yellow < Red`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 预警: a limit comes near; nothing has been missed yet.
    Notice,
    /// 黄牌: the first card.
    Yellow,
    /// 红牌: the gravest card.
    Red,
}

impl Level {
    /// All levels, the mildest first.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Yellow, Self::Red];

    /// The word in files, events and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// Reads [`Self::as_str`] back; `None` for any other word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// The word on Chinese papers and pages.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Notice => "预警",
            Self::Yellow => "黄牌",
            Self::Red => "红牌",
        }
    }
}

/// What a rule watches (监察要素): one kind of clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// From receipt to acceptance or the one-time notice (行政许可法 art. 32).
    Acceptance,
    /// The promised limit of a case (承诺时限).
    Promised,
    /// The statutory limit of a case (法定时限, 行政许可法 art. 42).
    Statutory,
    /// Each visit of any stage that has a limit.
    Stage,
    /// Each visit of this one stage. Acceptance has an element of its own, so files can't name it here.
    StageOf(Stage),
    /// A special procedure whose time isn't counted (特别程序, art. 45): its own limit.
    Stop,
    /// An interval in which a law allows the case to rest (中止): its own limit.
    Suspension,
    /// The time that the applicant has to hand in what is missing (补正).
    Correction,
    /// From the decision to handing the permit over (送达, art. 44).
    Delivery,
    /// The opinion of a partner unit in joint handling (联办).
    Partner,
    /// The term of a supervision order (督办单).
    Order,
    /// The time to answer an appeal against a card (申诉).
    Appeal,
    /// The time to answer a complaint (投诉).
    Complaint,
    /// What an inspector finds and no clock can (人工发牌): such a rule never fires by itself.
    Manual,
}

impl Element {
    /// All elements that a rule file can name, in the order in which they are documented.
    pub const ALL: [Self; 17] = [
        Self::Acceptance,
        Self::Promised,
        Self::Statutory,
        Self::Stage,
        Self::StageOf(Stage::Handling),
        Self::StageOf(Stage::Review),
        Self::StageOf(Stage::Approval),
        Self::StageOf(Stage::Completion),
        Self::Stop,
        Self::Suspension,
        Self::Correction,
        Self::Delivery,
        Self::Partner,
        Self::Order,
        Self::Appeal,
        Self::Complaint,
        Self::Manual,
    ];

    /// The word in files and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Promised => "promised",
            Self::Statutory => "statutory",
            Self::Stage => "stage",
            Self::StageOf(Stage::Acceptance) => "stage-acceptance",
            Self::StageOf(Stage::Handling) => "stage-handling",
            Self::StageOf(Stage::Review) => "stage-review",
            Self::StageOf(Stage::Approval) => "stage-approval",
            Self::StageOf(Stage::Completion) => "stage-completion",
            Self::Stop => "stop",
            Self::Suspension => "suspension",
            Self::Correction => "correction",
            Self::Delivery => "delivery",
            Self::Partner => "partner",
            Self::Order => "order",
            Self::Appeal => "appeal",
            Self::Complaint => "complaint",
            Self::Manual => "manual",
        }
    }

    /// Reads [`Self::as_str`] back. `None` for any other word, and for `stage-acceptance`:
    /// the acceptance stage is watched by [`Element::Acceptance`], a rule on it would never fire.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|element| element.as_str() == word)
    }

    /// The word on Chinese papers and pages.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Acceptance => "受理期限",
            Self::Promised => "承诺时限",
            Self::Statutory => "法定时限",
            Self::Stage => "环节时限",
            Self::StageOf(Stage::Acceptance) => "受理环节时限",
            Self::StageOf(Stage::Handling) => "承办环节时限",
            Self::StageOf(Stage::Review) => "审核环节时限",
            Self::StageOf(Stage::Approval) => "批准环节时限",
            Self::StageOf(Stage::Completion) => "办结环节时限",
            Self::Stop => "特别程序时限",
            Self::Suspension => "中止时限",
            Self::Correction => "补正期限",
            Self::Delivery => "送达期限",
            Self::Partner => "协办意见时限",
            Self::Order => "督办时限",
            Self::Appeal => "申诉答复时限",
            Self::Complaint => "投诉答复期限",
            Self::Manual => "人工发牌",
        }
    }

    /// Whether a rule on `self` applies to the clock `clock`: the same element, or
    /// [`Element::Stage`] and the clock of any one stage. A rule on `stage` and one on
    /// `stage-review` both apply to a review visit; they are two rules with two ids.
    #[must_use]
    pub fn covers(self, clock: Self) -> bool {
        self == clock || matches!((self, clock), (Self::Stage, Self::StageOf(_)))
    }
}

/// When a rule fires, measured from the due date of the clock that it watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Threshold {
    /// At 00:00 of the first day with at most so many working days left; never before the start,
    /// and not at all if the term isn't longer than that.
    WorkingDaysBefore(u32),
    /// At 00:00 of the first day with at most ⌊term × (100 − percent) / 100⌋ working days left.
    ShareUsed {
        /// Percent of the term that is used up, 1 to 100.
        percent: u8,
    },
    /// Whichever of the two comes first.
    Earlier {
        /// As in [`Threshold::WorkingDaysBefore`].
        working_days: u32,
        /// As in [`Threshold::ShareUsed`].
        percent: u8,
    },
    /// At the end of the n-th working day after the due date; 0 = at the due instant itself.
    WorkingDaysAfter(u32),
    /// Never: an inspector raises it by hand.
    ByHand,
}

impl Threshold {
    /// The number of working days left at which a threshold before the due date fires, for a term
    /// of `term_working_days`; `None` for a threshold after it. Whether it fires at all
    /// (a term that isn't longer never warns) is for the clock to say.
    #[must_use]
    pub fn left_working_days(self, term_working_days: u32) -> Option<u32> {
        match self {
            Self::WorkingDaysBefore(n) => Some(n),
            Self::ShareUsed { percent } => Some(share_left(term_working_days, percent)),
            Self::Earlier {
                working_days,
                percent,
            } => Some(working_days.max(share_left(term_working_days, percent))),
            Self::WorkingDaysAfter(_) | Self::ByHand => None,
        }
    }

    /// Whether it fires before the due instant.
    #[must_use]
    pub fn is_before_due(self) -> bool {
        !matches!(self, Self::WorkingDaysAfter(_) | Self::ByHand)
    }
}

/// ⌊term × (100 − percent) / 100⌋, without overflow: the result is never more than the term.
fn share_left(term_working_days: u32, percent: u8) -> u32 {
    let left_percent = u64::from(100_u8.saturating_sub(percent));
    let left = u64::from(term_working_days) * left_percent / 100;
    u32::try_from(left).unwrap_or(term_working_days)
}

/// Who is told of a warning. The shell finds the persons and their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// 经办人: who holds the case (or the order, the appeal) at that moment.
    Handler,
    /// AB岗: who stands in for the handler at that moment.
    StandIn,
    /// 单位负责人: the head of the handling unit.
    Head,
    /// 监察员: the inspectors of the division.
    Inspector,
    /// 分管领导: the leaders in charge of the division.
    Leader,
}

impl Audience {
    /// All audiences, from the desk upwards.
    pub const ALL: [Self; 5] = [
        Self::Handler,
        Self::StandIn,
        Self::Head,
        Self::Inspector,
        Self::Leader,
    ];

    /// The word in files and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::StandIn => "stand-in",
            Self::Head => "head",
            Self::Inspector => "inspector",
            Self::Leader => "leader",
        }
    }

    /// Reads [`Self::as_str`] back; `None` for any other word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.as_str() == word)
    }
}

/// Whether a card is out as soon as its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssueMode {
    /// 自动发牌: Issued at once.
    AtOnce,
    /// 人工确认: Pending until an inspector issues it.
    WaitForInspector,
}

impl IssueMode {
    /// Both modes.
    pub const ALL: [Self; 2] = [Self::AtOnce, Self::WaitForInspector];

    /// The word in files and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::WaitForInspector => "wait-for-inspector",
        }
    }

    /// Reads [`Self::as_str`] back; `None` for any other word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// A supervision order (督办单) that is issued together with the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSpec {
    /// The time that the unit has, counted from the issue of the card.
    pub term: Term,
    /// What the unit is ordered to do, in Chinese.
    pub text: String,
}

/// One supervision rule (监察规则).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name within the rule set, for good: part of the key that makes a card unique.
    /// Small letters, digits and hyphens.
    pub id: String,
    /// What it watches.
    pub element: Element,
    /// What it raises.
    pub level: Level,
    /// When it fires.
    pub threshold: Threshold,
    /// Who is told; not empty, nobody twice.
    pub tell: Vec<Audience>,
    /// Whether the card waits for an inspector.
    pub issue: IssueMode,
    /// The supervision order that goes with the card, if any.
    pub order: Option<OrderSpec>,
    /// Keys of [`crate::law::Law`]: the version in force on day 0 is shown.
    pub basis: Vec<String>,
    /// What people read on the card, in Chinese.
    pub text: String,
    /// The same in English.
    pub text_en: String,
}

/// All rules of one version, with the periods that don't belong to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The name of the set, e.g. `limits`.
    pub name: String,
    /// The revision, set by the store; 0 as long as it has none.
    pub version: i64,
    /// The rules in the order of the file; ids are unique.
    pub rules: Vec<Rule>,
    /// The periods.
    pub periods: Periods,
}

impl RuleSet {
    /// The rule with this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rules that apply to the clock `clock`, in the order of the file.
    pub fn rules_for(&self, clock: Element) -> impl Iterator<Item = &Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.element.covers(clock))
    }
}

/// Periods that the law or the city sets for every case, whatever its item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    /// From receipt to acceptance or the one-time notice: 5 working days (行政许可法 art. 32).
    pub acceptance: Term,
    /// From the decision to delivery: 10 working days (art. 44).
    pub delivery: Term,
    /// What the applicant has for handing in what is missing. The permit law sets none;
    /// `None` = no limit is watched.
    pub correction: Option<Term>,
    /// What a lower organ has for its review before it sends a case up: 20 working days (art. 43).
    pub forwarded: Term,
    /// The most working days by which one organ's head may extend: 10 (art. 42 ¶1).
    pub extension_cap: u32,
    /// The same for joint handling, by the head of the same-level government: 15 (art. 42 ¶2).
    pub joint_extension_cap: u32,
    /// What a partner unit has for its opinion where the request doesn't say; `None` = 7 working days.
    pub partner: Option<Term>,
    /// From the issue of a card to the unit's appeal. No regulation sets it: a default that a city replaces.
    pub appeal_filing: Term,
    /// From the filing of an appeal, or its referral, to the answer. Likewise.
    pub appeal: Term,
}

impl Default for Periods {
    /// What the law itself sets, and for appeals what is usual.
    fn default() -> Self {
        Self {
            acceptance: Term::WorkingDays(5),
            delivery: Term::WorkingDays(10),
            correction: None,
            forwarded: Term::WorkingDays(20),
            extension_cap: 10,
            joint_extension_cap: 15,
            partner: None,
            appeal_filing: Term::WorkingDays(5),
            appeal: Term::WorkingDays(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        for element in Element::ALL {
            assert_eq!(Element::parse(element.as_str()), Some(element));
        }
        for audience in Audience::ALL {
            assert_eq!(Audience::parse(audience.as_str()), Some(audience));
        }
        for mode in IssueMode::ALL {
            assert_eq!(IssueMode::parse(mode.as_str()), Some(mode));
        }
        assert_eq!(Element::parse("stage-acceptance"), None);
        assert_eq!(Level::parse("Red"), None);
        assert!(Level::Notice < Level::Yellow && Level::Yellow < Level::Red);
    }

    #[test]
    fn a_stage_rule_covers_each_stage_and_nothing_else() {
        for clock in Element::ALL {
            let expected = matches!(clock, Element::Stage | Element::StageOf(_));
            assert_eq!(Element::Stage.covers(clock), expected, "{clock:?}");
        }
        let review = Element::StageOf(Stage::Review);
        assert!(review.covers(review));
        assert!(!review.covers(Element::StageOf(Stage::Approval)));
        assert!(!review.covers(Element::Stage));
    }

    #[test]
    fn days_left_at_which_a_threshold_fires() {
        let both = Threshold::Earlier {
            working_days: 2,
            percent: 80,
        };
        for (threshold, term, expected) in [
            (Threshold::WorkingDaysBefore(2), 20, Some(2)),
            (Threshold::ShareUsed { percent: 80 }, 20, Some(4)),
            (Threshold::ShareUsed { percent: 80 }, 7, Some(1)), // 1.4, rounded down
            (Threshold::ShareUsed { percent: 67 }, 3, Some(0)),
            (Threshold::ShareUsed { percent: 100 }, 20, Some(0)),
            (
                Threshold::ShareUsed { percent: 1 },
                u32::MAX,
                Some(4_252_017_622),
            ),
            (both, 20, Some(4)),
            (both, 7, Some(2)),
            (Threshold::WorkingDaysAfter(0), 20, None),
        ] {
            assert_eq!(threshold.left_working_days(term), expected, "{threshold:?}");
            assert_eq!(threshold.is_before_due(), expected.is_some());
        }
    }
}
