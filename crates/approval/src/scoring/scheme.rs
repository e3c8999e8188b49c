//! A scheme: parts with points, what takes points off, what adds some, grades, and who is ranked.

use calendar::Term;

use super::points::{Points, Score};
use crate::statistics::{Figures, Ratio};

/// The target of points that belong to no part: they count in the sum.
pub const TOTAL: &str = "total";

/// What is counted of a unit in a month. Each is a number of cases or events of its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Cases whose highest standing warning is a notice.
    Notices,
    /// Notices in a row: each row is counted in full steps by itself. See [`super::notice_runs`].
    NoticesInRow,
    /// Cases whose highest standing warning is a yellow card.
    YellowCards,
    /// Cases whose highest standing warning is a red card.
    RedCards,
    /// Cases completed after their promised limit.
    LateCompleted,
    /// Open cases past their promised limit at the month's end.
    OpenLate,
    /// Cases decided after their statutory limit.
    StatutoryLate,
    /// Visits to a stage that took longer than the stage's own limit.
    LateVisits,
    /// Deemed acceptances (行政许可法 art. 32 no. 4).
    DeemedAccepted,
    /// Correction notices after the first of a case (art. 32 no. 4: all at once).
    SecondCorrections,
    /// Stops without a written notice (art. 45).
    StopsWithoutNotice,
    /// Supervision orders answered late, or not answered in time by the month's end.
    LateOrders,
    /// Records with something irregular about them.
    Irregular,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Notices,
        Self::NoticesInRow,
        Self::YellowCards,
        Self::RedCards,
        Self::LateCompleted,
        Self::OpenLate,
        Self::StatutoryLate,
        Self::LateVisits,
        Self::DeemedAccepted,
        Self::SecondCorrections,
        Self::StopsWithoutNotice,
        Self::LateOrders,
        Self::Irregular,
    ];

    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notices => "notices",
            Self::NoticesInRow => "notices_in_row",
            Self::YellowCards => "yellow_cards",
            Self::RedCards => "red_cards",
            Self::LateCompleted => "late_completed",
            Self::OpenLate => "open_late",
            Self::StatutoryLate => "statutory_late",
            Self::LateVisits => "late_visits",
            Self::DeemedAccepted => "deemed_accepted",
            Self::SecondCorrections => "second_corrections",
            Self::StopsWithoutNotice => "stops_without_notice",
            Self::LateOrders => "late_orders",
            Self::Irregular => "irregular",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == word)
    }

    /// What the figures say. `runs` are the rows of notices, of which those of at least `each` count.
    pub fn count(self, figures: &Figures, runs: &[u64], each: u64) -> u64 {
        let c = &figures.counts;
        match self {
            Self::Notices => c.notice_cases,
            Self::NoticesInRow => {
                let each = each.max(1);
                runs.iter().map(|row| row - row % each).sum()
            }
            Self::YellowCards => c.yellow_cards,
            Self::RedCards => c.red_cards,
            Self::LateCompleted => c.completed_late,
            Self::OpenLate => c.open_late,
            Self::StatutoryLate => c.statutory_late,
            Self::LateVisits => figures.stages.values().map(|s| s.late_visits).sum(),
            Self::DeemedAccepted => c.deemed_accepted,
            Self::SecondCorrections => c.second_corrections,
            Self::StopsWithoutNotice => c.stops_without_notice,
            Self::LateOrders => c.order_replies_late.saturating_add(c.orders_overdue),
            Self::Irregular => figures.defects.values().sum(),
        }
    }
}

/// What is measured as a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// 提前办结率: completed on a day before the last one ÷ completed with a promised limit.
    Early,
    /// What the promise of the item that was cut least cuts of its statutory limit: all items are cut by so much.
    PromiseCut,
    /// Ended cases whose report is incomplete, without an outcome or with an end before their start, ÷ ended cases.
    Incomplete,
    /// 超时: completed late or open and late ÷ (completed with a promised limit + open and late).
    Late,
}

impl Share {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Early, Self::PromiseCut, Self::Incomplete, Self::Late];

    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::PromiseCut => "promise_cut",
            Self::Incomplete => "incomplete",
            Self::Late => "late",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// What the figures say; a denominator of 0 where there is nothing to take a share of.
    pub fn of(self, figures: &Figures, least_cut: Option<Ratio>) -> Ratio {
        let c = &figures.counts;
        match self {
            Self::Early => figures.early_rate(),
            Self::PromiseCut => least_cut.unwrap_or_default(),
            Self::Incomplete => {
                let unsaid = figures.outcomes.get(&None).copied().unwrap_or_default();
                Ratio::new(
                    unsaid.saturating_add(c.unmeasured),
                    c.completed.saturating_add(c.declined),
                )
            }
            Self::Late => {
                let late = c.completed_late.saturating_add(c.open_late);
                Ratio::new(late, late.saturating_add(c.completed_on_time))
            }
        }
    }
}

/// How points grow with what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// For each full `each` of what is counted.
    Count {
        /// What is counted.
        measure: Measure,
        /// How many make one step.
        each: u32,
    },
    /// The first step at a share, one more for each further share.
    Share {
        /// What is measured.
        share: Share,
        /// The share of the first step, percent.
        from_percent: u32,
        /// Percent more for each further step.
        each_percent: u32,
        /// Points of each further step; the first has the rule's.
        each_points: Points,
    },
}

/// Whether a rule takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// 扣分
    Deduction,
    /// 加分
    Bonus,
}

/// What takes points off, or adds some, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name within the scheme.
    pub id: String,
    /// Deduction or bonus.
    pub sign: Sign,
    /// The key of the part; `None`: the sum.
    pub part: Option<String>,
    /// What is measured, and how points grow with it.
    pub steps: Steps,
    /// Points of one step (of the first, where it is a share); never below zero.
    pub points: Points,
    /// No more than this in a month.
    pub most: Option<Points>,
    /// What people read.
    pub text: String,
    /// The same in English.
    pub text_en: String,
}

impl Rule {
    /// The points, with their sign, for a count or a share.
    pub fn points_of_count(&self, count: u64, each: u32) -> Points {
        let steps = count / u64::from(each.max(1));
        self.signed(self.points.times(steps))
    }

    /// The points, with their sign, for a share: exact, by cross-multiplication.
    pub fn points_of_share(
        &self,
        share: Ratio,
        (from, each): (u32, u32),
        each_points: Points,
    ) -> Points {
        let hundredfold = u128::from(share.numerator).saturating_mul(100);
        let denominator = u128::from(share.denominator);
        let first = denominator.saturating_mul(u128::from(from));
        if denominator == 0 || hundredfold < first {
            return Points::ZERO;
        }
        let step = denominator.saturating_mul(u128::from(each.max(1)));
        let further = (hundredfold - first) / step;
        let further = u64::try_from(further).unwrap_or(u64::MAX);
        self.signed(self.points.plus(each_points.times(further)))
    }

    fn signed(&self, points: Points) -> Points {
        let points = self.most.map_or(points, |most| points.min(most));
        match self.sign {
            Sign::Deduction => points.negated(),
            Sign::Bonus => points,
        }
    }
}

/// A part of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its key.
    pub key: String,
    /// What people read.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// The points it has when nothing was taken off. It has never more, and never less than 0.
    pub points: Points,
    /// What its points count in the sum, percent.
    pub weight_percent: u32,
    /// What inspectors enter here, for their form.
    pub hint: Option<(String, String)>,
}

/// A grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// What people read.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// From this many points on.
    pub from: Points,
}

/// What a unit's business is measured by, for who is ranked and for ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Volume {
    /// Cases accepted.
    Accepted,
    /// Cases completed.
    Completed,
}

impl Volume {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Accepted, Self::Completed];

    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Completed => "completed",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.as_str() == word)
    }

    /// What people read.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Accepted => "受理",
            Self::Completed => "办结",
        }
    }

    /// What the figures say.
    pub const fn of(self, figures: &Figures) -> u64 {
        match self {
            Self::Accepted => figures.counts.accepted,
            Self::Completed => figures.counts.completed,
        }
    }
}

/// A scheme of scoring (考核办法).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The key.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// Which edition of its file this is: the digest of its text. Empty where nobody took one.
    pub edition: String,
    /// Within which a unit may object to an entry.
    pub objection: Term,
    /// Fewer cases than this in the period, and a unit isn't ranked.
    pub cases_min: u64,
    /// What business is measured by.
    pub volume: Volume,
    /// How many units are named first.
    pub first: u64,
    /// How many are named last.
    pub last: u64,
    /// So many months in a row among the last, and a unit is flagged.
    pub months_in_row: u32,
    /// All bonuses of a month together give no more than this.
    pub bonus_most: Option<Points>,
    /// The sum of a month is never more than this.
    pub most: Option<Points>,
    /// The parts, in their order.
    pub parts: Vec<Part>,
    /// Deductions, then bonuses.
    pub rules: Vec<Rule>,
    /// The grades, the best first; the last begins at 0.
    pub grades: Vec<Grade>,
}

impl Scheme {
    /// A part by its key.
    pub fn part(&self, key: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.key == key)
    }

    /// The grade of a score.
    pub fn grade(&self, score: Score) -> Option<&Grade> {
        let mut grades = self.grades.iter();
        grades.find(|grade| score.reaches(grade.from))
    }

    /// Whether points can be entered for a part, or for the sum.
    pub fn takes(&self, part: &str) -> bool {
        part == TOTAL || self.part(part).is_some()
    }
}
