//! The figures of a period with the names and limits that go with them: what a report shows, whatever its form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use calendar::Calendar;
use chrono::{DateTime, Utc};

use super::figures::{Figures, Sheet};
use super::period::Period;
use super::{LimitSums, Window, hall_of};
use crate::books::Books;
use crate::ids::{ItemCode, UnitCode};
use crate::item::ItemKind;
use crate::scoring::Scores;

/// What the figures rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The division's name.
    pub division_name: String,
    /// Counted from a trial's record.
    pub trial: bool,
    /// What is synthetic about the record.
    pub synthetic: Option<String>,
}

/// The total of another period beside the one that is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// That period.
    pub period: Period,
    /// Its figures; `None` if the record begins after it.
    pub figures: Option<Figures>,
}

/// The figures of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitStatement {
    /// The unit.
    pub code: UnitCode,
    /// Its name; its code if the directory doesn't know it.
    pub name: String,
    /// Its figures.
    pub figures: Figures,
    /// The limits of its items.
    pub limits: LimitSums,
}

/// The figures of the units of a hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallStatement {
    /// The hall's code; `None`: units without a window in one.
    pub hall: Option<String>,
    /// How many units with figures.
    pub units: u64,
    /// Their figures.
    pub figures: Figures,
}

/// The figures of the items of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindStatement {
    /// The kind; `None`: what has no item, as orders, or one that the books don't know any more.
    pub kind: Option<ItemKind>,
    /// The figures.
    pub figures: Figures,
}

/// The figures of an item of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemStatement {
    /// The unit that handled the cases.
    pub unit: UnitCode,
    /// The item.
    pub code: ItemCode,
    /// Its name.
    pub name: String,
    /// Its kind; `None` if the books don't know it any more.
    pub kind: Option<ItemKind>,
    /// Its figures.
    pub figures: Figures,
}

/// A number of a closed period that was another one in the revision before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The unit; none where the limits of the whole division are told of.
    pub unit: Option<UnitCode>,
    /// The item; none where the unit as a whole is told of.
    pub item: Option<ItemCode>,
    /// Which number: one of [`Figures::named`], of the limits, or `score`, `rank`, `points/…` with a part's key.
    pub name: String,
    /// What it was; none where there was none, as a rank.
    pub before: Option<i64>,
    /// What it is.
    pub after: Option<i64>,
}

impl Changed {
    /// How many of a value's digits are decimals: points are hundredths.
    pub fn decimals(&self) -> u32 {
        match self.name == "score" || self.name.starts_with("points/") {
            true => 2,
            false => 0,
        }
    }
}

/// Why the figures of a closed period may differ from the revision before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Something was recorded late, corrected, annulled, entered or decided between the two counts.
    Recorded,
    /// They were counted by another version of the calendar.
    Calendar,
    /// Another version of the rules was in force.
    Rules,
}

impl Reason {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Calendar => "calendar",
            Self::Rules => "rules",
        }
    }
}

/// One revision of a closed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which, from 1.
    pub number: i64,
    /// When it was stored.
    pub closed_at: DateTime<Utc>,
    /// When its figures were counted: what was recorded later isn't in them.
    pub cut_off: DateTime<Utc>,
    /// Its hash, which covers the revision before it.
    pub hash: String,
    /// Why it may differ from the revision before; none of the first one.
    pub reasons: Vec<Reason>,
    /// What is different from the revision before.
    pub changes: Vec<Changed>,
}

/// The closing of a period: its figures were stored so that a later change shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The revision that the figures are.
    pub last: Revision,
    /// Those before it, the newest first.
    pub earlier: Vec<Revision>,
}

impl Closed {
    /// All revisions, the newest first.
    pub fn revisions(&self) -> impl Iterator<Item = &Revision> {
        std::iter::once(&self.last).chain(&self.earlier)
    }
}

/// The statistics of a period.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The period.
    pub period: Period,
    /// When it was counted: what was recorded later isn't in it.
    pub cut_off: DateTime<Utc>,
    /// Whether the period was not over then; the figures are those as of the cut-off.
    pub is_open: bool,
    /// What the figures rest on.
    pub standing: Standing,
    /// The closing of the period, if it is closed.
    pub closed: Option<Closed>,
    /// The calendar that days used were counted by, and that dates are shown in.
    pub calendar: Arc<Calendar>,
    /// The version of the rules in force at the cut-off.
    pub rules_version: Option<i64>,
    /// The division.
    pub total: Figures,
    /// The limits of the items in force on the period's last day.
    pub limits: LimitSums,
    /// The units, those of the directory and whatever else has figures, by code.
    pub units: Vec<UnitStatement>,
    /// The items with figures, by unit and code.
    pub items: Vec<ItemStatement>,
    /// The halls with figures, by code, what is in none last. All together are the division.
    pub halls: Vec<HallStatement>,
    /// The kinds of items with figures. All together are the division.
    pub kinds: Vec<KindStatement>,
    /// The period just before.
    pub before: Option<Compared>,
    /// The same period of the year before.
    pub year_before: Option<Compared>,
    /// The months or weeks in which the period lies.
    pub course: Vec<Compared>,
    /// Points and ranks of the units; `None` if the period isn't made of whole months, or nobody is scored.
    pub scores: Option<Scores>,
    /// The figures by unit and item: of the period, and of those beside which it is shown.
    pub sheets: Vec<(Period, Sheet)>,
}

impl Statement {
    /// The periods that a statement is made of: the period itself first, then those beside which it is shown.
    pub fn periods(period: &Period) -> Vec<Period> {
        let mut periods = vec![*period];
        let beside = period
            .before()
            .into_iter()
            .chain(period.year_before())
            .chain(period.course());
        for other in beside {
            if !periods.contains(&other) {
                periods.push(other);
            }
        }
        periods
    }

    /// Puts together what was counted; scores come after it, from the months. `began` is the first instant of the record.
    pub fn new(
        period: Period,
        counted: Vec<(Period, Sheet)>,
        books: &Books,
        standing: Standing,
        cut_off: DateTime<Utc>,
        began: Option<DateTime<Utc>>,
    ) -> Self {
        let calendar = &books.calendar;
        let window = |period: &Period| Window::new(period, calendar, cut_off);
        let sheet_of = |wanted: &Period| counted.iter().find(|(p, _)| p == wanted).map(|(_, s)| s);
        let compared = |other: Period| {
            let span = window(&other);
            let known = began.is_some_and(|began| began < span.to) && span.from <= cut_off;
            let figures = sheet_of(&other).filter(|_| known).map(Sheet::total);
            Compared {
                period: other,
                figures,
            }
        };
        let empty = Sheet::default();
        let sheet = sheet_of(&period).unwrap_or(&empty);
        let limits = LimitSums::in_force(books, window(&period).to);
        let mut all_limits = LimitSums::default();
        limits.values().for_each(|sums| all_limits.merge(sums));
        Self {
            period,
            cut_off,
            is_open: cut_off < window(&period).to,
            standing,
            closed: None,
            calendar: Arc::clone(calendar),
            rules_version: books.rules_at(cut_off).map(|set| set.version),
            total: sheet.total(),
            limits: all_limits,
            units: units(sheet, books, &limits),
            items: items(sheet, books),
            halls: halls(sheet, books),
            kinds: kinds(sheet.kinds(books)),
            before: period.before().map(compared),
            year_before: period.year_before().map(compared),
            course: period.course().into_iter().map(compared).collect(),
            scores: None,
            sheets: counted,
        }
    }

    /// The units that have items in force but did no business in the period (零办件单位), by code.
    pub fn without_business(&self) -> impl Iterator<Item = &UnitStatement> {
        self.units.iter().filter(|unit| {
            let items = unit.limits.approval_items + unit.limits.service_items;
            items > 0 && !unit.figures.has_business()
        })
    }
}

fn units(
    sheet: &Sheet,
    books: &Books,
    limits: &BTreeMap<UnitCode, LimitSums>,
) -> Vec<UnitStatement> {
    let mut figures = sheet.units();
    let known = books.directory.units().map(|unit| unit.code.clone());
    let codes: BTreeSet<UnitCode> = known
        .chain(figures.keys().cloned())
        .chain(limits.keys().cloned())
        .collect();
    let unit = |code: UnitCode| UnitStatement {
        name: books
            .directory
            .unit(&code)
            .map_or_else(|| code.to_string(), |unit| unit.name.clone()),
        figures: figures.remove(&code).unwrap_or_default(),
        limits: limits.get(&code).copied().unwrap_or_default(),
        code,
    };
    codes.into_iter().map(unit).collect()
}

fn halls(sheet: &Sheet, books: &Books) -> Vec<HallStatement> {
    let units = sheet.units();
    let units_of = |hall: &Option<String>| {
        let own = units.keys().filter(|unit| hall_of(books, unit) == *hall);
        u64::try_from(own.count()).unwrap_or(u64::MAX)
    };
    let halls = sheet.halls(books).into_iter();
    let mut halls: Vec<HallStatement> = halls
        .map(|(hall, figures)| HallStatement {
            units: units_of(&hall),
            hall,
            figures,
        })
        .collect();
    halls.sort_by_key(|hall| hall.hall.is_none());
    halls
}

/// The kinds in their order, those without one last.
pub(super) fn kinds(by_kind: BTreeMap<Option<ItemKind>, Figures>) -> Vec<KindStatement> {
    let kinds = by_kind.into_iter();
    let mut kinds: Vec<KindStatement> = kinds
        .map(|(kind, figures)| KindStatement { kind, figures })
        .collect();
    kinds.sort_by_key(|kind| kind.kind.is_none());
    kinds
}

fn items(sheet: &Sheet, books: &Books) -> Vec<ItemStatement> {
    let item = |((unit, item), figures): (&super::Leaf, &Figures)| {
        let code = item.clone()?;
        let newest = books.items.get(&code).and_then(|versions| versions.last());
        Some(ItemStatement {
            unit: unit.clone(),
            name: newest.map_or_else(|| code.to_string(), |v| v.item.name.clone()),
            kind: newest.map(|v| v.item.kind),
            code,
            figures: figures.clone(),
        })
    };
    sheet.leaves().filter_map(item).collect()
}
