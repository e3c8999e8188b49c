//! Those behind a number: the very cases, orders or appeals that it counts, page by page.

use std::collections::BTreeSet;

use approval::Books;
use approval::ids::{ItemCode, UnitCode};
use approval::item::ItemKind;
use approval::statistics::{Indicator, Leaf, Statement, Window};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engine::behind::{BehindPlace, Number};
use notify::words;
use serde::Deserialize;

use super::period::without;
use super::reach::Reach;
use super::view::{self, Found, escaped, item_name, unit_name, units_of_hall};
use crate::frame::Frame;
use crate::listed::{self, Row};
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 100;

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    count: String,
    unit: Option<String>,
    item: Option<String>,
    /// An empty name stands for the units without a hall.
    hall: Option<String>,
    kind: Option<String>,
    after: String,
}

impl Asked {
    /// The address without the place, behind its `?`.
    fn query(&self) -> String {
        let mut query = format!("count={}", escaped(&self.count));
        let parts = [
            ("unit", &self.unit),
            ("item", &self.item),
            ("hall", &self.hall),
            ("kind", &self.kind),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", escaped(value)));
            }
        }
        query
    }
}

/// Which units and items a list is of.
struct Filter {
    units: Option<BTreeSet<UnitCode>>,
    items: Option<BTreeSet<ItemCode>>,
    /// What of it is told above the list.
    told: Vec<String>,
}

impl Filter {
    fn holds(&self, (unit, item): &Leaf) -> bool {
        self.units.as_ref().is_none_or(|units| units.contains(unit))
            && self
                .items
                .as_ref()
                .is_none_or(|items| item.as_ref().is_some_and(|item| items.contains(item)))
    }
}

/// A row with how often it is counted.
struct CountedRow {
    row: Row,
    times: u64,
}

#[derive(Template)]
#[template(path = "report_cases.html")]
struct CasesPage {
    f: Frame,
    t: Texts,
    period: String,
    /// What is counted, and what that means.
    name: String,
    meaning: Option<String>,
    of: Vec<String>,
    total: u64,
    on_page: u64,
    cut_off: String,
    is_open: bool,
    rows: Vec<CountedRow>,
    /// Whether any row is counted more than once.
    times: bool,
    several_units: bool,
    back: String,
    query: String,
    next: Option<String>,
    is_cut: bool,
    first: bool,
}

pub(super) async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(period): Path<String>,
    Query(mut asked): Query<Asked>,
) -> Result<Response, PageError> {
    let reach = Reach::of(&visitor)?;
    match (&reach, &asked.unit) {
        (Reach::Division, _) => {}
        (Reach::Unit(_), Some(unit)) => reach.holds(&UnitCode::new(unit.clone()))?,
        (Reach::Unit(own), None) => asked.unit = Some(own.to_string()),
    }
    let period = view::period(&period)?;
    let indicator = Indicator::parse(&asked.count).ok_or(PageError::NotFound)?;
    let filter = filter(&visitor.books, &asked).ok_or(PageError::NotFound)?;
    let counted = match view::find(&site, &visitor, period).await? {
        Found::Counted(counted) => counted,
        other => return without(&site, &visitor, period, &other).await,
    };
    let statement = &counted.statement;
    let number = Number {
        indicator,
        window: Window::new(&period, &statement.calendar, statement.cut_off),
        units: filter.units.as_ref(),
        items: filter.items.as_ref(),
    };
    let from = BehindPlace::parse(&asked.after).unwrap_or_else(BehindPlace::start);
    let found = site.engine.behind(&number, &from, PAGE_ROWS).await?;
    let (rows, times): (Vec<_>, Vec<u64>) = found
        .rows
        .into_iter()
        .map(|one| (one.row, one.times))
        .unzip();
    let t = visitor.texts;
    let name = indicator_name(t, indicator);
    let called = view::name(t, &period);
    draw(&CasesPage {
        f: Frame::of(&site, &visitor, &format!("{name} · {called}")),
        t,
        period: called,
        name,
        meaning: t
            .known(&format!("defined.{}", defined_by(indicator)))
            .map(str::to_owned),
        of: filter.told.clone(),
        total: total(statement, &filter, indicator),
        on_page: times.iter().sum(),
        cut_off: words::moment(t.language(), statement.cut_off, statement.calendar.zone()),
        is_open: statement.is_open,
        times: times.iter().any(|times| *times > 1),
        rows: listed::rows(&visitor, &rows)
            .into_iter()
            .zip(times)
            .map(|(row, times)| CountedRow { row, times })
            .collect(),
        several_units: filter.units.as_ref().is_none_or(|units| units.len() > 1),
        back: back(&visitor, &period.to_string(), &asked),
        query: format!("/reports/{period}/cases?{}", asked.query()),
        next: found.next.map(|place| place.to_string()),
        is_cut: found.is_cut,
        first: asked.after.is_empty(),
    })
}

/// The number that led here.
fn total(statement: &Statement, filter: &Filter, indicator: Indicator) -> u64 {
    let sheet = statement.sheet(&statement.period);
    let figures = sheet.map(|sheet| sheet.sum(|leaf| filter.holds(leaf)));
    figures.map_or(0, |figures| indicator.value(&figures))
}

/// The page with the number.
fn back(visitor: &Visitor, period: &str, asked: &Asked) -> String {
    let filtered = asked.hall.is_some() && visitor.sees_all();
    match (&asked.unit, &asked.item) {
        (Some(unit), Some(item)) => {
            format!(
                "/reports/{period}/unit/{}/item/{}",
                escaped(unit),
                escaped(item)
            )
        }
        (Some(unit), None) if !filtered => format!("/reports/{period}/unit/{}", escaped(unit)),
        _ => format!("/reports/{period}"),
    }
}

/// What the address asks for; none if it asks for what isn't there.
fn filter(books: &Books, asked: &Asked) -> Option<Filter> {
    let mut told = Vec::new();
    let mut units: Option<BTreeSet<UnitCode>> = None;
    if let Some(hall) = &asked.hall {
        units = Some(units_of_hall(books, hall));
        told.extend(Some(hall.clone()).filter(|hall| !hall.is_empty()));
    }
    if let Some(unit) = &asked.unit {
        let unit = UnitCode::new(unit.clone());
        told.push(unit_name(books, &unit));
        let within = units.is_none_or(|units| units.contains(&unit));
        units = Some(
            BTreeSet::from([unit])
                .into_iter()
                .filter(|_| within)
                .collect(),
        );
    }
    let mut items: Option<BTreeSet<ItemCode>> = None;
    if let Some(kind) = &asked.kind {
        let kind = ItemKind::parse(kind)?;
        items = Some(of_kind(books, kind));
    }
    if let Some(item) = &asked.item {
        let item = ItemCode::new(item.clone());
        told.push(item_name(books, &item));
        let within = items.is_none_or(|items| items.contains(&item));
        items = Some(
            BTreeSet::from([item])
                .into_iter()
                .filter(|_| within)
                .collect(),
        );
    }
    Some(Filter { units, items, told })
}

/// The items that are of a kind now.
fn of_kind(books: &Books, kind: ItemKind) -> BTreeSet<ItemCode> {
    let items = books.items.keys();
    let of_kind = items.filter(|item| approval::statistics::kind_of(books, item) == Some(kind));
    of_kind.cloned().collect()
}

/// The word by which a number's meaning is found.
fn defined_by(indicator: Indicator) -> String {
    match indicator {
        Indicator::Outcome(_) => "outcome".to_owned(),
        Indicator::Visits(_) => "visits".to_owned(),
        Indicator::LateVisits(_) => "late_visits".to_owned(),
        other => other.to_string(),
    }
}

/// What is counted.
fn indicator_name(t: Texts, indicator: Indicator) -> String {
    let stage = |stage: approval::stage::Stage| t.word("stage", stage.as_str());
    match indicator {
        Indicator::Outcome(None) => t.say("reports.outcome_unknown").to_owned(),
        Indicator::Outcome(Some(outcome)) => t.word("outcome", outcome.as_str()).to_owned(),
        Indicator::Visits(of) => t.two("reports.two", stage(of), t.say("reports.visits")),
        Indicator::LateVisits(of) => t.two("reports.two", stage(of), t.say("reports.late_visits")),
        other => {
            let word = other.to_string();
            let name = t.known(&format!("counted.{word}"));
            name.map_or(word, str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use approval::statistics::Indicator;
    use notify::Language;

    use super::*;

    #[test]
    fn every_number_that_leads_here_has_a_name_and_a_meaning() {
        for language in [Language::Zh, Language::En] {
            let t = Texts::of(language);
            for indicator in Indicator::counts() {
                let word = indicator.to_string();
                assert_ne!(indicator_name(t, indicator), word, "no name for {word}");
                let meaning = format!("defined.{}", defined_by(indicator));
                assert!(t.known(&meaning).is_some(), "no meaning for {word}");
            }
        }
    }
}
