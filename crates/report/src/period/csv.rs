//! The tables of units, of items and of all lists as CSV, UTF-8, for other programs.

use approval::ids::UnitCode;
use approval::scoring::{Amount, Placed, Points, Scores, TOTAL};
use approval::statistics::{Figures, LimitSums, Statement};

use super::Report;
use super::column::{COLUMNS, Row, other_counts};
use super::listing::listings;
use super::{groups, ranking};
use crate::picture::Language;

/// The units; the first row is the division's.
pub(super) fn units(statement: &Statement) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(heading(&["scope", "code", "name"], true))?;
    let total = ("total", "", statement.standing.division_name.as_str());
    let total = (total, &statement.total, &statement.limits);
    let units = statement.units.iter().map(|unit| {
        let names = ("unit", unit.code.as_str(), unit.name.as_str());
        (names, &unit.figures, &unit.limits)
    });
    let scores = statement.scores.as_ref();
    for ((scope, code, name), figures, limits) in std::iter::once(total).chain(units) {
        let placed = scores.and_then(|scores| scores.unit(&UnitCode::from(code)));
        let names = [scope, code, name].map(guarded);
        writer.write_record(record(names.to_vec(), figures, Some(limits), placed))?;
    }
    finish(writer)
}

/// The items that have figures, by unit.
pub(super) fn items(statement: &Statement) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(heading(&["unit", "code", "name", "kind"], false))?;
    for item in &statement.items {
        let kind = item.kind.map_or("", approval::item::ItemKind::as_str);
        let names = [
            item.unit.as_str(),
            item.code.as_str(),
            item.name.as_str(),
            kind,
        ];
        let names = names.map(guarded).to_vec();
        writer.write_record(record(names, &item.figures, None, None))?;
    }
    finish(writer)
}

/// The figures by hall and by kind, each by its key.
pub(super) fn cuts(statement: &Statement) -> Result<Vec<(&'static str, Vec<u8>)>, csv::Error> {
    let mut tables = Vec::new();
    for cut in groups::cuts(statement, Language::Zh) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(heading(&["code", "name"], false))?;
        for group in &cut.rows {
            let names = [group.code.as_str(), group.name.as_str()].map(guarded);
            writer.write_record(record(names.to_vec(), group.figures, None, None))?;
        }
        tables.push((cut.key, finish(writer)?));
    }
    Ok(tables)
}

/// The lists by their keys; without details there are those alone that rest on figures. Words are those of the record.
pub(super) fn lists(report: &Report<'_>) -> Result<Vec<(&'static str, Vec<u8>)>, csv::Error> {
    let (calendar, language) = (&report.statement.calendar, report.wording.language());
    let mut tables = Vec::new();
    let lists = report
        .details
        .map(|details| listings(&details.lists, language));
    let persons = report.details.map(|details| &details.persons);
    let others = [
        groups::compared(report.statement, language),
        persons.map(|persons| groups::persons(persons)),
        super::revisions::listing(report.statement, language),
    ];
    for listing in lists
        .into_iter()
        .flatten()
        .chain(others.into_iter().flatten())
    {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(listing.columns.iter().map(|column| column.key))?;
        for row in listing.rows {
            writer.write_record(row.iter().map(|cell| guarded(&cell.code(calendar))))?;
        }
        tables.push((listing.key, finish(writer)?));
    }
    Ok(tables)
}

fn heading(names: &[&str], of_units: bool) -> Vec<String> {
    let names = names.iter().copied();
    let columns = COLUMNS
        .iter()
        .filter(|c| c.of_items || of_units)
        .map(|c| c.key);
    let counts = Figures::default();
    let counts: Vec<&str> = other_counts(&counts).map(|(name, _)| name).collect();
    names
        .chain(columns)
        .chain(counts)
        .map(str::to_owned)
        .collect()
}

/// The points of the units: one row for each part in each month, and one for the month's sum.
pub(super) fn scores(scores: &Scores) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading = ["month", "unit", "name", "part", "full", "points", "known"];
    writer.write_record(heading)?;
    for placed in &scores.units {
        let names = [placed.unit.as_str(), placed.name.as_str()].map(guarded);
        let scored = placed.months.iter();
        let scored = scored.filter_map(|(month, score)| Some((month, score.as_ref()?)));
        for (of, score) in scored {
            let month = of.to_string();
            let mut write = |part: &str, full: Option<Points>, points: Points, known: &str| {
                let full = full.map_or_else(String::new, |full| full.to_string());
                let points = points.to_string();
                let [unit, name] = names.each_ref().map(String::as_str);
                writer.write_record([&month, unit, name, part, &full, &points, known])
            };
            for own in &score.parts {
                let full = scores.scheme_of(of).part(&own.key).map(|part| part.points);
                write(&own.key, full, own.points, own.known.as_str())?;
            }
            write(TOTAL, None, score.points, "")?;
        }
    }
    finish(writer)
}

/// Every point that was taken off or added, one by one.
pub(super) fn score_lines(scores: &Scores) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading = [
        "month",
        "unit",
        "name",
        "part",
        "text",
        "count",
        "numerator",
        "denominator",
        "entry",
        "state",
        "points",
    ];
    writer.write_record(heading)?;
    for placed in &scores.units {
        for (month, part, line) in ranking::lines(placed) {
            let number = |number: &u64| number.to_string();
            let none = String::new;
            let [count, numerator, denominator, entry, state] = match &line.amount {
                Amount::Count(count) => [number(count), none(), none(), none(), none()],
                Amount::Share(share) => {
                    let (part, whole) = (number(&share.numerator), number(&share.denominator));
                    [none(), part, whole, none(), none()]
                }
                Amount::Entered { number, state } => {
                    let state = state.as_str().to_owned();
                    [none(), none(), none(), number.clone(), state]
                }
            };
            writer.write_record([
                month.to_string(),
                guarded(placed.unit.as_str()),
                guarded(&placed.name),
                part.unwrap_or(TOTAL).to_owned(),
                guarded(&line.text),
                count,
                numerator,
                denominator,
                entry,
                state,
                line.points.to_string(),
            ])?;
        }
    }
    finish(writer)
}

fn record(
    mut record: Vec<String>,
    figures: &Figures,
    limits: Option<&LimitSums>,
    placed: Option<&Placed>,
) -> Vec<String> {
    let none = LimitSums::default();
    let row = Row {
        figures,
        limits: limits.unwrap_or(&none),
    };
    let columns = COLUMNS.iter().filter(|c| c.of_items || limits.is_some());
    record.extend(columns.map(|column| ranking::cell(column, row, placed).text()));
    record.extend(other_counts(figures).map(|(_, count)| count.to_string()));
    record
}

/// A name that a spreadsheet would take for a formula gets a quote before it.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_formulas() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("环保局"), "环保局");
    }
}
