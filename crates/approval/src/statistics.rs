//! Counting. Exact integers; percentages are truncated when they are shown, never stored.
//!
//! [`contribute`] tells what one subject contributes to the [`DailyFacts`], [`Fold`] adds those of a [`Period`] up to a
//! [`Sheet`] by unit and item ([`count`] does both for one subject and a [`Window`]), [`Figures`] makes indicators of it, [`Statement`] is what a report shows. [`Tally`] counts a
//! whole division without a period.

mod daily;
mod facts;
mod figures;
mod fold;
mod groups;
mod histogram;
mod indicator;
mod lists;
mod period;
mod persons;
mod ratio;
mod stage_limits;
mod statement;
mod years;

pub use daily::{Balance, Counted, DailyFacts, FACTS_FORM, Grain, Measure, by_month};
pub use facts::{Window, contribute, count};
pub use figures::{Count, Counts, Figures, Leaf, Sheet, StageFigures};
pub use fold::Fold;
pub use groups::{CASES_MIN, hall_of, kind_of};
pub use histogram::Histogram;
pub use indicator::{Ended, Indicator, Source};
pub use lists::{
    CardLine, CorrectionLine, ExtensionLine, IrregularLine, Lists, OrderLine, Place, StopLine,
};
pub use period::{Period, PeriodError};
pub use persons::{PersonFigures, PersonLine, Persons};
pub use ratio::{Ratio, Saved};
pub use stage_limits::{Details, stage_limits};
pub use statement::{
    Changed, Closed, Compared, HallStatement, ItemStatement, KindStatement, Reason, Revision,
    Standing, Statement, UnitStatement,
};
pub use years::{years_before, years_of};

use std::collections::BTreeMap;

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::books::Books;
use crate::case::{Case, Phase};
use crate::ids::UnitCode;
use crate::item::{Item, ItemCategory};
use crate::rule::Level;
use crate::subject::Subject;
use crate::track::ClockKey;
use crate::warning::WarningState;

/// The counts of a set of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases accepted, by paper or deemed.
    pub accepted: u64,
    /// Of the accepted, those that are over.
    pub completed: u64,
    /// Applications received that were never accepted and are over.
    pub declined: u64,
    /// Completed on time against the promised limit.
    pub completed_on_time: u64,
    /// Completed late against the promised limit.
    pub completed_late: u64,
    /// Cases whose highest issued, live warning is a notice.
    pub notices: u64,
    /// Cases whose highest issued, live card is yellow.
    pub yellow_cards: u64,
    /// Cases whose highest issued, live card is red.
    pub red_cards: u64,
    /// Correction notices.
    pub corrections: u64,
    /// Stops and suspensions.
    pub stops: u64,
    /// Extensions.
    pub extensions: u64,
    /// Deemed acceptances.
    pub deemed_accepted: u64,
    /// Send-backs.
    pub sent_back: u64,
    /// By unit: accepted and completed.
    pub units: BTreeMap<UnitCode, UnitTally>,
}

/// The counts of one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitTally {
    /// Cases accepted.
    pub accepted: u64,
    /// Of these, completed.
    pub completed: u64,
    /// Cases with a yellow card as the highest.
    pub yellow_cards: u64,
    /// Cases with a red card as the highest.
    pub red_cards: u64,
}

impl Tally {
    /// Counts one subject in; only cases count.
    pub fn add(&mut self, subject: &Subject) {
        let Some(case) = subject.case() else {
            return;
        };
        let over = matches!(case.phase, Phase::Over { .. });
        let unit = self.units.entry(case.unit.clone()).or_default();
        if let Some(acceptance) = case.acceptance {
            self.accepted += 1;
            unit.accepted += 1;
            self.deemed_accepted += u64::from(acceptance.deemed);
            if over {
                self.completed += 1;
                unit.completed += 1;
            }
        } else if over {
            self.declined += 1;
        }
        match highest_issued(subject) {
            Some(Level::Red) => {
                self.red_cards += 1;
                unit.red_cards += 1;
            }
            Some(Level::Yellow) => {
                self.yellow_cards += 1;
                unit.yellow_cards += 1;
            }
            Some(Level::Notice) => self.notices += 1,
            None => {}
        }
        self.add_times(subject, case);
    }

    fn add_times(&mut self, subject: &Subject, case: &Case) {
        self.corrections += length(case.corrections.len());
        self.stops += length(subject.track.stops.len());
        self.extensions += u64::from(case.extension.is_some());
        self.sent_back += u64::from(case.sent_back);
        let counts = case.outcome().is_some_and(|o| o.counts_for_time());
        if let Some(promised) = subject.track.clock(ClockKey::Promised)
            && promised.ended_at.is_some()
            && counts
        {
            if promised.was_late() {
                self.completed_late += 1;
            } else {
                self.completed_on_time += 1;
            }
        }
    }

    /// Completed of accepted in hundredths of a percent, truncated: 9621 is 96.21 %. `None` if nothing was accepted.
    pub fn completion_rate_bp(&self) -> Option<u64> {
        (self.completed * 10_000).checked_div(self.accepted)
    }
}

/// The highest level among the issued warnings that stand.
pub fn highest_issued(subject: &Subject) -> Option<Level> {
    subject
        .track
        .warnings
        .iter()
        .filter(|w| w.state == WarningState::Issued)
        .map(crate::warning::Warning::level)
        .max()
}

/// The limits of the items in force, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitSums {
    /// Items of the approval category.
    pub approval_items: u64,
    /// Items of the service category.
    pub service_items: u64,
    /// Statutory limits of the approval items, working days.
    pub statutory_days: u64,
    /// Promised limits of the same items, working days.
    pub promised_days: u64,
}

impl LimitSums {
    /// Sums the newest version of each item. Only limits in working days can be added up.
    pub fn of(books: &Books) -> Self {
        let mut sums = Self::default();
        for versions in books.items.values() {
            if let Some(newest) = versions.last() {
                sums.add(&newest.item);
            }
        }
        sums
    }

    /// Sums by unit the items that are in force just before an instant, each in its version of then.
    pub fn in_force(books: &Books, before: DateTime<Utc>) -> BTreeMap<UnitCode, Self> {
        let mut units: BTreeMap<UnitCode, Self> = BTreeMap::new();
        for versions in books.items.values() {
            let found = versions.iter().rev().find(|version| version.from < before);
            if let Some(found) = found {
                let sums = units.entry(found.item.unit.clone()).or_default();
                sums.add(&found.item);
            }
        }
        units
    }

    fn add(&mut self, item: &Item) {
        match item.category {
            ItemCategory::Service => self.service_items += 1,
            ItemCategory::Approval => {
                self.approval_items += 1;
                if let (Some(Term::WorkingDays(statutory)), Some(Term::WorkingDays(promised))) =
                    (item.statutory, item.promised)
                {
                    self.statutory_days += u64::from(statutory);
                    self.promised_days += u64::from(promised);
                }
            }
        }
    }

    /// Adds other items.
    pub const fn merge(&mut self, other: &Self) {
        self.approval_items += other.approval_items;
        self.service_items += other.service_items;
        self.statutory_days += other.statutory_days;
        self.promised_days += other.promised_days;
    }

    /// How many days the promises cut.
    pub const fn days_cut(&self) -> u64 {
        self.statutory_days.saturating_sub(self.promised_days)
    }

    /// The share cut in thousandths, truncated: 299 is 29.9 %. `None` without statutory days.
    pub fn cut_permille(&self) -> Option<u64> {
        (self.days_cut() * 1_000).checked_div(self.statutory_days)
    }
}

fn length(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
