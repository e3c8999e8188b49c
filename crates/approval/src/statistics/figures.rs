//! What is counted of a period: whole numbers that can be added, so that units add up to the division and days to
//! months, and the indicators made of them. Each indicator is a numerator over a denominator.

use std::collections::BTreeMap;

use super::histogram::Histogram;
use super::ratio::{Ratio, Saved};
use crate::event::Defect;
use crate::ids::{ItemCode, UnitCode};
use crate::rule::Level;
use crate::stage::{Outcome, Stage};
use crate::warning::WarningState;

macro_rules! counts {
    ($($(#[$doc:meta])+ $key:ident $name:ident;)+) => {
        /// Plain counts. All but the states at the beginning and the end of a period can be added over periods too.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])+ pub $name: u64,)+
        }

        /// Which of the plain counts ([`Counts`]).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Count {
            $($(#[$doc])+ $key,)+
        }

        impl Count {
            /// All of them, in the order of [`Counts::NAMES`].
            pub const ALL: &'static [Self] = &[$(Self::$key,)+];

            /// Its name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$key => stringify!($name),)+
                }
            }
        }

        /// Sums of the plain counts while they are added up: there is less than nothing of one until its other part comes.
        #[derive(Clone, Debug, Default)]
        pub(super) struct CountSums {
            $($name: i64,)+
        }

        impl CountSums {
            /// Counts in, or takes off what is negative.
            pub(super) const fn add(&mut self, count: Count, n: i64) {
                match count {
                    $(Count::$key => self.$name += n,)+
                }
            }

            /// Whether one of them is below zero.
            pub(super) const fn has_negative(&self) -> bool {
                $(self.$name < 0)||+
            }

            /// The counts, each by `value`.
            pub(super) fn counts(&self, value: impl Fn(i64) -> u64) -> Counts {
                Counts { $($name: value(self.$name),)+ }
            }
        }

        impl Counts {
            /// The names of all counts, in the order of [`Self::values`].
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];

            /// All counts.
            pub fn values(&self) -> Vec<u64> {
                vec![$(self.$name,)+]
            }

            /// One of them.
            pub const fn get(&self, count: Count) -> u64 {
                match count {
                    $(Count::$key => self.$name,)+
                }
            }

            fn merge(&mut self, other: &Self) {
                $(self.$name += other.$name;)+
            }
        }
    };
}

counts! {
    /// 收件: applications received.
    Received received;
    /// 受理: cases accepted, by paper or deemed.
    Accepted accepted;
    /// Of these deemed accepted (行政许可法 art. 32 no. 4).
    DeemedAccepted deemed_accepted;
    /// 办结: accepted cases that ended, whenever they were accepted, with whatever outcome.
    Completed completed;
    /// Applications that ended without ever being accepted: 不予受理, 不受理, 退件…
    Declined declined;
    /// Of the cases accepted in the period, those that ended by its end.
    CohortCompleted cohort_completed;
    /// 期初在办: accepted before the period and not over when it began.
    OpenAtStart open_at_start;
    /// 期末在办: accepted and not over at its end, or when the figures were counted, if that was earlier.
    OpenAtEnd open_at_end;
    /// Of these, past their promised limit then.
    OpenLate open_late;
    /// Completed before their promised limit was over. As in all counts of time, void, deleted, returned and
    /// withdrawn cases are left out.
    CompletedOnTime completed_on_time;
    /// Of these, on an office day before the last one.
    CompletedEarly completed_early;
    /// Completed at or after the end of the promised limit.
    CompletedLate completed_late;
    /// Of the cases that count for time, those decided (or completed, as the item says) within the statutory limit.
    StatutoryOnTime statutory_on_time;
    /// Those that weren't.
    StatutoryLate statutory_late;
    /// Cases that count for time, with or without a promised limit.
    Timed timed;
    /// Of these, completed on the office day of their receipt (当日办结).
    SameDay same_day;
    /// Cases that count for time but whose end was stated to lie before their day 0: they have no days used.
    Unmeasured unmeasured;
    /// Statutory limits of the measured cases that aren't immediate, where they are in working days.
    StatutoryLimitDays statutory_limit_days;
    /// What these cases used.
    StatutoryUsedDays statutory_used_days;
    /// Their promised limits, where those are in working days.
    PromisedLimitDays promised_limit_days;
    /// What these cases used.
    PromisedUsedDays promised_used_days;
    /// 特别程序 opened (art. 45).
    Stops stops;
    /// Of these, without a written notice.
    StopsWithoutNotice stops_without_notice;
    /// 中止: suspensions opened.
    Suspensions suspensions;
    /// Stops and suspensions that were open at the end.
    StopsOpenAtEnd stops_open_at_end;
    /// 补正告知: correction notices.
    Corrections corrections;
    /// Of these, notices after the first of a case: the law allows one (art. 32 no. 4).
    SecondCorrections second_corrections;
    /// 延期: extensions approved (art. 42).
    Extensions extensions;
    /// Visits to a stage that ended by a send-back.
    SentBack sent_back;
    /// 预警 issued.
    NoticesIssued notices_issued;
    /// 预警 that the program took away: their basis fell.
    NoticesAnnulled notices_annulled;
    /// 预警 that an inspector took away.
    NoticesRevoked notices_revoked;
    /// 预警 raised in the period that still wait for an inspector.
    NoticesPending notices_pending;
    /// 黄牌 issued.
    YellowIssued yellow_issued;
    /// 黄牌 annulled by the program.
    YellowAnnulled yellow_annulled;
    /// 黄牌 revoked by an inspector or an appeal.
    YellowRevoked yellow_revoked;
    /// 黄牌 raised in the period that still wait for an inspector.
    YellowPending yellow_pending;
    /// 红牌 issued.
    RedIssued red_issued;
    /// 红牌 annulled by the program.
    RedAnnulled red_annulled;
    /// 红牌 revoked by an inspector or an appeal.
    RedRevoked red_revoked;
    /// 红牌 raised in the period that still wait for an inspector.
    RedPending red_pending;
    /// Cases whose highest warning of the period, of those that stand, is a notice.
    NoticeCases notice_cases;
    /// Cases whose highest is a yellow card.
    YellowCards yellow_cards;
    /// Cases whose highest is a red card.
    RedCards red_cards;
    /// 督办单 issued.
    OrdersIssued orders_issued;
    /// Replies within the order's term.
    OrderRepliesInTime order_replies_in_time;
    /// Replies after it.
    OrderRepliesLate order_replies_late;
    /// Orders whose term was over at the end without a reply.
    OrdersOverdue orders_overdue;
    /// 销号: orders closed.
    OrdersClosed orders_closed;
    /// 申诉 filed.
    AppealsFiled appeals_filed;
    /// Appeals by which the card was revoked.
    AppealsUpheld appeals_upheld;
    /// Appeals that were rejected.
    AppealsRejected appeals_rejected;
}

impl Count {
    /// The count of warnings of a level by what became of them.
    pub const fn of_warning(level: Level, state: WarningState) -> Self {
        match (level, state) {
            (Level::Notice, WarningState::Pending) => Self::NoticesPending,
            (Level::Notice, WarningState::Issued) => Self::NoticesIssued,
            (Level::Notice, WarningState::Annulled) => Self::NoticesAnnulled,
            (Level::Notice, WarningState::Revoked) => Self::NoticesRevoked,
            (Level::Yellow, WarningState::Pending) => Self::YellowPending,
            (Level::Yellow, WarningState::Issued) => Self::YellowIssued,
            (Level::Yellow, WarningState::Annulled) => Self::YellowAnnulled,
            (Level::Yellow, WarningState::Revoked) => Self::YellowRevoked,
            (Level::Red, WarningState::Pending) => Self::RedPending,
            (Level::Red, WarningState::Issued) => Self::RedIssued,
            (Level::Red, WarningState::Annulled) => Self::RedAnnulled,
            (Level::Red, WarningState::Revoked) => Self::RedRevoked,
        }
    }

    /// The count of cases by the level of their highest warning.
    pub const fn of_highest(level: Level) -> Self {
        match level {
            Level::Notice => Self::NoticeCases,
            Level::Yellow => Self::YellowCards,
            Level::Red => Self::RedCards,
        }
    }
}

/// What a stage took in the completed cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageFigures {
    /// Working days by case: all visits to the stage together.
    pub used: Histogram,
    /// How many visits.
    pub visits: u64,
    /// Visits that ended after the stage's own limit.
    pub late_visits: u64,
}

/// All figures of a set of cases, orders and appeals in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The plain counts.
    pub counts: Counts,
    /// How the cases ended, those that were never accepted included; `None` where another system doesn't say.
    pub outcomes: BTreeMap<Option<Outcome>, u64>,
    /// Working days used by the completed cases that count for time, without the immediate ones.
    pub used: Histogram,
    /// The same of the immediate ones (即办件), told apart so that they don't embellish the mean.
    pub used_immediate: Histogram,
    /// By stage, of the same cases together.
    pub stages: BTreeMap<Stage, StageFigures>,
    /// Events with something irregular about them.
    pub defects: BTreeMap<Defect, u64>,
}

impl Figures {
    /// Adds another set that has no subject in common with this one.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        for (outcome, cases) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += cases;
        }
        self.used.merge(&other.used);
        self.used_immediate.merge(&other.used_immediate);
        for (stage, figures) in &other.stages {
            let own = self.stages.entry(*stage).or_default();
            own.used.merge(&figures.used);
            own.visits += figures.visits;
            own.late_visits += figures.late_visits;
        }
        for (defect, events) in &other.defects {
            *self.defects.entry(*defect).or_default() += events;
        }
    }

    /// All numbers above zero by their names: those of [`Count`], and those of outcomes, days, stages and irregularities
    /// with what they are told by, `outcome/granted`.
    pub fn named(&self) -> BTreeMap<String, u64> {
        let counts = Counts::NAMES.iter().zip(self.counts.values());
        let mut named: BTreeMap<String, u64> =
            counts.map(|(name, n)| ((*name).to_owned(), n)).collect();
        for (outcome, n) in &self.outcomes {
            let word = outcome.map_or("unstated", Outcome::as_str);
            named.insert(format!("outcome/{word}"), *n);
        }
        for (name, histogram) in [
            ("used_working_days", &self.used),
            ("used_working_days_immediate", &self.used_immediate),
        ] {
            for (days, n) in histogram.iter() {
                named.insert(format!("{name}/{days}"), n);
            }
        }
        for (stage, own) in &self.stages {
            named.insert(format!("stage_visits/{stage}"), own.visits);
            named.insert(format!("stage_late_visits/{stage}"), own.late_visits);
            for (days, n) in own.used.iter() {
                named.insert(format!("stage_used_working_days/{stage}/{days}"), n);
            }
        }
        for (defect, n) in &self.defects {
            named.insert(format!("irregular/{}", defect.as_str()), *n);
        }
        named.retain(|_, n| *n > 0);
        named
    }

    /// 办结率: completed ÷ accepted of the same period. May pass 100 % when old cases are finished.
    pub const fn completion_rate(&self) -> Ratio {
        Ratio::new(self.counts.completed, self.counts.accepted)
    }

    /// Of the cases accepted in the period, those completed by its end: never above 100 %.
    pub const fn cohort_rate(&self) -> Ratio {
        Ratio::new(self.counts.cohort_completed, self.counts.accepted)
    }

    /// Completed ÷ (open at the start + accepted): what there was to do, and what was done of it.
    pub const fn clearance_rate(&self) -> Ratio {
        let to_do = self
            .counts
            .open_at_start
            .saturating_add(self.counts.accepted);
        Ratio::new(self.counts.completed, to_do)
    }

    /// 按时办结率: on time ÷ (on time + late + open and late at the end). The open late ones stand in the denominator,
    /// so that leaving a late case open never makes the rate better.
    pub const fn on_time_rate(&self) -> Ratio {
        let c = &self.counts;
        let all = c.completed_on_time.saturating_add(c.completed_late);
        Ratio::new(c.completed_on_time, all.saturating_add(c.open_late))
    }

    /// 提前办结率: completed on a day before the last one ÷ completed with a promised limit.
    pub const fn early_rate(&self) -> Ratio {
        let c = &self.counts;
        let all = c.completed_on_time.saturating_add(c.completed_late);
        Ratio::new(c.completed_early, all)
    }

    /// 当日办结率.
    pub const fn same_day_rate(&self) -> Ratio {
        Ratio::new(self.counts.same_day, self.counts.timed)
    }

    /// 法定提速率: (Σ statutory limits − Σ used) ÷ Σ statutory limits.
    pub const fn saved_of_statutory(&self) -> Saved {
        Saved {
            limit_days: self.counts.statutory_limit_days,
            used_days: self.counts.statutory_used_days,
        }
    }

    /// 承诺提速率: (Σ promised limits − Σ used) ÷ Σ promised limits.
    pub const fn saved_of_promised(&self) -> Saved {
        Saved {
            limit_days: self.counts.promised_limit_days,
            used_days: self.counts.promised_used_days,
        }
    }

    /// Whether any business was done: something received, accepted or ended.
    pub const fn has_business(&self) -> bool {
        let c = &self.counts;
        c.received > 0 || c.accepted > 0 || c.completed > 0 || c.declined > 0
    }
}

/// Where figures are kept: by unit and item. Orders and appeals may have no item.
pub type Leaf = (UnitCode, Option<ItemCode>);

/// The figures of a period by unit and item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    leaves: BTreeMap<Leaf, Figures>,
}

impl Sheet {
    /// The figures of a unit and item.
    pub fn at(&mut self, unit: &UnitCode, item: Option<&ItemCode>) -> &mut Figures {
        let leaf = (unit.clone(), item.cloned());
        self.leaves.entry(leaf).or_default()
    }

    /// Adds the figures of other subjects.
    pub fn merge(&mut self, other: &Self) {
        for ((unit, item), figures) in &other.leaves {
            self.at(unit, item.as_ref()).merge(figures);
        }
    }

    /// By unit and item.
    pub fn leaves(&self) -> impl Iterator<Item = (&Leaf, &Figures)> {
        self.leaves.iter()
    }

    /// All together.
    pub fn total(&self) -> Figures {
        let mut total = Figures::default();
        self.leaves
            .values()
            .for_each(|figures| total.merge(figures));
        total
    }

    /// By unit; units without anything are not in it.
    pub fn units(&self) -> BTreeMap<UnitCode, Figures> {
        let mut units: BTreeMap<UnitCode, Figures> = BTreeMap::new();
        for ((unit, _), figures) in &self.leaves {
            units.entry(unit.clone()).or_default().merge(figures);
        }
        units
    }
}
