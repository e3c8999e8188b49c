//! Facts as rows: of days, of months, and of what is open also the sums of spans of years.

use std::collections::BTreeMap;

use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{Counted, DailyFacts, Leaf, Measure, by_month, years_of};
use chrono::{Datelike, NaiveDate};
use store::StoreError;
use store::codec::facts;
use store::fact::FactRow;

/// A day's number in the table.
pub(super) fn number(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// The day of a number.
pub(super) fn day(number: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(number).ok()?)
}

/// The first day of a day's month.
pub(super) fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The first day of a day's year.
pub(super) fn year(day: NaiveDate) -> NaiveDate {
    day.with_ordinal(1).unwrap_or(day)
}

/// The unit and item of a row.
pub(super) fn leaf(row: &FactRow) -> Leaf {
    let item = (!row.item.is_empty()).then(|| ItemCode::new(row.item.as_str()));
    (UnitCode::new(row.unit.as_str()), item)
}

/// The rows of facts.
pub(super) fn of(facts: &DailyFacts) -> Vec<FactRow> {
    let mut sums: BTreeMap<(&str, NaiveDate, &Leaf), Counted> = BTreeMap::new();
    let mut add = |grain, start, leaf, counted: Counted| {
        let sum = sums.entry((grain, start, leaf)).or_default();
        for (measure, n) in counted {
            *sum.entry(measure).or_default() += n;
        }
    };
    for (day, leaf, counted) in facts.iter() {
        add("day", day, leaf, counted.clone());
        add("month", month(day), leaf, by_month(day, counted));
        let mut changes = counted.clone();
        changes.retain(|measure, _| matches!(measure, Measure::Change(_)));
        if !changes.is_empty() {
            years_of(day).for_each(|year| add("year", year, leaf, changes.clone()));
        }
    }
    let rows = sums
        .into_iter()
        .filter_map(|((grain, day, leaf), mut counted)| {
            counted.retain(|_, n| *n != 0);
            (!counted.is_empty()).then(|| row(grain, number(day), leaf, &counted))
        });
    rows.collect()
}

/// Rows of one place and day put together.
pub(super) fn merged(rows: Vec<FactRow>) -> Result<Vec<FactRow>, StoreError> {
    let mut sums: BTreeMap<(String, i64, Leaf), Counted> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((row.grain.clone(), row.day, leaf(&row)));
        let sum = sum.or_default();
        for pair in facts::read(&row.body) {
            let (measure, n) = pair.map_err(|error| damaged(&row, error))?;
            *sum.entry(measure).or_default() += n;
        }
    }
    let rows = sums
        .into_iter()
        .filter_map(|((grain, day, leaf), mut counted)| {
            counted.retain(|_, n| *n != 0);
            (!counted.is_empty()).then(|| self::row(&grain, day, &leaf, &counted))
        });
    Ok(rows.collect())
}

/// A row that can't be read.
pub(super) fn damaged(row: &FactRow, _: facts::BadFacts) -> StoreError {
    let key = format!("{}/{}/{}/{}", row.grain, row.day, row.unit, row.item);
    StoreError::corrupt_value("fact", "body", key)
}

fn row(grain: &str, day: i64, (unit, item): &Leaf, counted: &Counted) -> FactRow {
    FactRow {
        grain: grain.to_owned(),
        day,
        unit: unit.as_str().to_owned(),
        item: item.as_ref().map_or("", |item| item.as_str()).to_owned(),
        body: facts::to_bytes(counted),
    }
}
