//! What is looked at: a period's statistics, and of them the division, a unit or an item.

use std::collections::BTreeSet;
use std::sync::Arc;

use approval::Books;
use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{Figures, Indicator, Leaf, Period, Statement};
use chrono::Datelike;
use notify::{Language, words};

use super::kept::Counted;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Visitor;

/// Which part of the division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Division,
    Unit(UnitCode),
    Item(UnitCode, ItemCode),
}

impl Scope {
    /// Whether figures belong to it.
    pub(super) fn holds(&self, (unit, item): &Leaf) -> bool {
        match self {
            Self::Division => true,
            Self::Unit(own) => own == unit,
            Self::Item(own, code) => own == unit && item.as_ref() == Some(code),
        }
    }

    /// As it stands in the address of a list.
    fn query(&self) -> String {
        match self {
            Self::Division => String::new(),
            Self::Unit(unit) => format!("&unit={}", escaped(unit.as_str())),
            Self::Item(unit, item) => format!(
                "&unit={}&item={}",
                escaped(unit.as_str()),
                escaped(item.as_str())
            ),
        }
    }
}

/// A code as it stands in an address.
pub(super) fn escaped(code: &str) -> String {
    form_urlencoded::byte_serialize(code.as_bytes()).collect()
}

/// Reads the period of an address.
pub(super) fn period(text: &str) -> Result<Period, PageError> {
    // A word that is no period leads nowhere; the form of the first page says what is one.
    Period::parse(text).map_err(|_| PageError::NotFound)
}

/// What there is of a period.
pub(super) enum Found {
    /// Its statistics.
    Counted(Arc<Counted>),
    /// They are being counted.
    Counting,
    /// It hasn't begun.
    Future,
    /// The record begins after it.
    BeforeRecord,
}

/// Looks a period up.
pub(super) async fn find(
    site: &Site,
    visitor: &Visitor,
    period: Period,
) -> Result<Found, PageError> {
    let calendar = &visitor.books.calendar;
    if period.first() > calendar.office_date(visitor.now) {
        return Ok(Found::Future);
    }
    let began = site.engine.first_accepted().await?;
    if began.is_some_and(|began| period.last() < calendar.office_date(began)) {
        return Ok(Found::BeforeRecord);
    }
    let counted = site.reports.statement(site, visitor.now, period).await?;
    Ok(counted.map_or(Found::Counting, Found::Counted))
}

/// A period's statistics as one part of the division has them.
pub(super) struct View<'a> {
    pub(super) t: Texts,
    pub(super) books: &'a Books,
    pub(super) statement: &'a Statement,
    pub(super) scope: Scope,
}

impl View<'_> {
    pub(super) fn period(&self) -> &Period {
        &self.statement.period
    }

    /// The figures of the part in a period; none if the record doesn't know that.
    pub(super) fn figures(&self, period: &Period) -> Option<Figures> {
        let sheet = self.statement.sheet(period)?;
        Some(sheet.sum(|leaf| self.scope.holds(leaf)))
    }

    /// Its figures in the period itself.
    pub(super) fn own(&self) -> Figures {
        self.figures(self.period()).unwrap_or_default()
    }

    /// Where a number leads: to those that it counts. `filter` is what the address says beside the part.
    pub(super) fn door(&self, indicator: Indicator, filter: &str) -> String {
        format!(
            "/reports/{}/cases?count={indicator}{}{filter}",
            self.period(),
            self.scope.query()
        )
    }

    /// The page of the part in a period.
    pub(super) fn address(&self, period: &Period) -> String {
        match &self.scope {
            Scope::Division => format!("/reports/{period}"),
            Scope::Unit(unit) => format!("/reports/{period}/unit/{}", escaped(unit.as_str())),
            Scope::Item(unit, item) => format!(
                "/reports/{period}/unit/{}/item/{}",
                escaped(unit.as_str()),
                escaped(item.as_str())
            ),
        }
    }
}

/// What a unit is called.
pub(super) fn unit_name(books: &Books, unit: &UnitCode) -> String {
    let found = books.directory.unit(unit);
    found.map_or_else(|| unit.to_string(), |unit| unit.name.clone())
}

/// What an item is called in its newest version.
pub(super) fn item_name(books: &Books, item: &ItemCode) -> String {
    let newest = books.items.get(item).and_then(|versions| versions.last());
    newest.map_or_else(|| item.to_string(), |version| version.item.name.clone())
}

/// The units of a hall; an empty name stands for those without one.
pub(super) fn units_of_hall(books: &Books, hall: &str) -> BTreeSet<UnitCode> {
    let units = books.directory.units();
    let within = units.filter(|unit| unit.hall.as_deref().unwrap_or_default() == hall);
    within.map(|unit| unit.code.clone()).collect()
}

/// The period of the same kind just behind.
pub(super) fn after(period: &Period) -> Option<Period> {
    let next = period.last().succ_opt()?;
    let (year, month, week) = (next.year(), next.month(), next.iso_week());
    let days = period.last() - period.first();
    let forms = [
        format!("{year:04}"),
        format!("{year:04}-H{}", month.div_ceil(6)),
        format!("{year:04}-Q{}", month.div_ceil(3)),
        format!("{year:04}-{month:02}"),
        format!("{:04}-W{:02}", week.year(), week.week()),
        format!("{next}..{}", next.checked_add_signed(days)?),
    ];
    let mut forms = forms.iter().filter_map(|text| Period::parse(text).ok());
    forms.find(|other| other.before() == Some(*period))
}

/// What a period is called.
pub(super) fn name(t: Texts, period: &Period) -> String {
    if t.language() == Language::Zh {
        return period.zh();
    }
    let text = period.to_string();
    let year = period.first().year();
    match text.split_once('-') {
        None => text,
        _ if text.contains("..") => {
            let day = |day| words::whole_day(Language::En, day);
            format!("{} – {}", day(period.first()), day(period.last()))
        }
        Some((_, "H1")) => format!("first half of {year}"),
        Some((_, "H2")) => format!("second half of {year}"),
        Some((year, rest)) => match (rest.strip_prefix('Q'), rest.strip_prefix('W')) {
            (Some(quarter), _) => format!("quarter {quarter} of {year}"),
            (_, Some(week)) => format!("week {week} of {year}"),
            _ => period.first().format("%B %Y").to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_behind() {
        for (text, next) in [
            ("2011", "2012"),
            ("2011-H1", "2011-H2"),
            ("2011-H2", "2012-H1"),
            ("2011-Q4", "2012-Q1"),
            ("2011-12", "2012-01"),
            ("2009-W53", "2010-W01"),
            ("2011-10-08..2011-10-31", "2011-11-01..2011-11-24"),
        ] {
            let found = after(&Period::parse(text).unwrap());
            assert_eq!(
                found.map(|p| p.to_string()).as_deref(),
                Some(next),
                "{text}"
            );
        }
    }

    #[test]
    fn periods_have_names_in_english() {
        for (text, name_en) in [
            ("2011", "2011"),
            ("2011-H2", "second half of 2011"),
            ("2011-Q4", "quarter 4 of 2011"),
            ("2011-10", "October 2011"),
            ("2011-W40", "week 40 of 2011"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!(name(Texts::of(Language::En), &period), name_en);
        }
        let range = Period::parse("2011-10-08..2011-10-31").unwrap();
        let told = name(Texts::of(Language::En), &range);
        assert!(told.contains(" – ") && told.contains("2011"), "{told}");
    }
}
