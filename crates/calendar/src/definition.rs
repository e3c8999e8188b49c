//! What a calendar file says, checked and in one form.

use crate::{DayKind, Span};
use chrono::{Datelike, NaiveDate, Weekday, WeekdaySet};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// When a day of a limit ends (民法典 art. 203).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayEnds {
    /// At 24:00.
    Midnight,
    /// At the end of the day's last span of office hours.
    Close,
}

/// An entry of `rest`, `make_up` or `closed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) notice: Option<String>,
    pub(crate) source: Option<String>,
}

/// A day of any year, as (month, day).
pub(crate) type MonthDay = (u32, u32);

/// An entry of `hours`: spans that hold from one day of the year to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Season {
    pub(crate) from: MonthDay,
    pub(crate) to: MonthDay,
    pub(crate) weekdays: WeekdaySet,
    pub(crate) spans: Vec<Span>,
}

impl Season {
    /// Whether the season's spans hold on a date. One that ends before it
    /// begins spans New Year.
    fn holds_on(&self, date: NaiveDate) -> bool {
        let day = (date.month(), date.day());
        let in_season = if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        };
        in_season && self.weekdays.contains(date.weekday())
    }
}

/// A calendar as its files define it. Two with equal definitions are equal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) version: String,
    pub(crate) zone: Tz,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) final_to: NaiveDate,
    pub(crate) day_ends: DayEnds,
    pub(crate) rest_weekdays: WeekdaySet,
    pub(crate) rest: BTreeMap<NaiveDate, Mark>,
    pub(crate) make_up: BTreeMap<NaiveDate, Mark>,
    pub(crate) closed: BTreeMap<NaiveDate, Mark>,
    pub(crate) hours: Vec<Season>,
    pub(crate) hours_on: BTreeMap<NaiveDate, Vec<Span>>,
}

impl Definition {
    /// Every day covered, in order.
    pub(crate) fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        let to = self.to;
        self.from.iter_days().take_while(move |date| *date <= to)
    }

    /// Why a date works or rests, whether or not it is in range.
    pub(crate) fn kind(&self, date: NaiveDate) -> DayKind {
        let name = |mark: &Mark| mark.name.clone();
        if let Some(mark) = self.closed.get(&date) {
            DayKind::LocallyClosed { name: name(mark) }
        } else if let Some(mark) = self.make_up.get(&date) {
            DayKind::MakeUp { name: name(mark) }
        } else if let Some(mark) = self.rest.get(&date) {
            DayKind::RestDay { name: name(mark) }
        } else if self.rest_weekdays.contains(date.weekday()) {
            DayKind::Weekend
        } else {
            DayKind::Workday
        }
    }

    /// Whether a date works, whether or not it is in range.
    pub(crate) fn works(&self, date: NaiveDate) -> bool {
        if self.closed.contains_key(&date) {
            false
        } else if self.make_up.contains_key(&date) {
            true
        } else {
            !self.rest.contains_key(&date) && !self.rest_weekdays.contains(date.weekday())
        }
    }

    /// The entry that decides a date, if one does.
    pub(crate) fn mark(&self, date: NaiveDate) -> Option<&Mark> {
        [&self.closed, &self.make_up, &self.rest]
            .into_iter()
            .find_map(|list| list.get(&date))
    }

    /// The office hours that a date would have if it worked, in order: its own
    /// (`hours_on`), or else those of all seasons that hold.
    pub(crate) fn spans(&self, date: NaiveDate) -> Vec<Span> {
        if let Some(spans) = self.hours_on.get(&date) {
            return spans.clone();
        }
        let mut spans: Vec<Span> = self
            .seasons_on(date)
            .flat_map(|(_, season)| season.spans.iter().copied())
            .collect();
        spans.sort_unstable();
        spans
    }

    /// The seasons that hold on a date, with their places in `hours`.
    pub(crate) fn seasons_on(&self, date: NaiveDate) -> impl Iterator<Item = (usize, &Season)> {
        self.hours
            .iter()
            .enumerate()
            .filter(move |(_, season)| season.holds_on(date))
    }
}

/// The weekdays as files write them, from Monday.
pub(crate) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
