//! The tables of units, of items and of all lists as CSV, UTF-8, for other programs.

use approval::statistics::{Figures, LimitSums, Statement};

use super::Report;
use super::column::{COLUMNS, Row, other_counts};
use super::listing::listings;

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
    for ((scope, code, name), figures, limits) in std::iter::once(total).chain(units) {
        let names = [scope, code, name].map(guarded);
        writer.write_record(record(names.to_vec(), figures, Some(limits)))?;
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
        writer.write_record(record(names.map(guarded).to_vec(), &item.figures, None))?;
    }
    finish(writer)
}

/// The lists by their keys; without details there are none. Words are those of the record.
pub(super) fn lists(report: &Report<'_>) -> Result<Vec<(&'static str, Vec<u8>)>, csv::Error> {
    let Some(details) = report.details else {
        return Ok(Vec::new());
    };
    let calendar = &report.statement.calendar;
    let mut tables = Vec::new();
    for listing in listings(&details.lists, report.wording.language()) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(listing.columns.iter().map(|column| column.key))?;
        for row in &listing.rows {
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

fn record(mut record: Vec<String>, figures: &Figures, limits: Option<&LimitSums>) -> Vec<String> {
    let none = LimitSums::default();
    let row = Row {
        figures,
        limits: limits.unwrap_or(&none),
    };
    let columns = COLUMNS.iter().filter(|c| c.of_items || limits.is_some());
    record.extend(columns.map(|column| (column.value)(row).text()));
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
