//! Rows of a log as cells, before anything is made of them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::ImportError;
use super::encoding::Text;
use super::error::Fault;
use super::mapping::{Format, Mapping};

/// Stands on a line of its own behind the last row. If it isn't a row of its own, a quote was never closed.
const SENTINEL: &str = "\u{E000}end of log";

/// One row.
#[derive(Debug)]
pub(super) struct Record {
    /// Its first line.
    pub(super) line: u64,
    /// Where it stands in the text.
    pub(super) span: Range<usize>,
    /// Its cells, by the slots of the table; none where blank.
    pub(super) cells: Vec<Option<String>>,
    /// What is wrong with it as a row.
    pub(super) faults: Vec<Fault>,
}

/// All rows.
#[derive(Debug)]
pub(super) struct Table {
    /// Which slot of a record is which column.
    pub(super) slots: HashMap<String, usize>,
    /// The rows, blank ones left out.
    pub(super) records: Vec<Record>,
}

/// Splits a log into rows.
pub(super) fn split(path: &Path, text: &Text, mapping: &Mapping) -> Result<Table, ImportError> {
    let columns: Vec<String> = mapping
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let cleaner = Cleaner {
        columns: &columns,
        empty: &mapping.empty,
        broken: &text.broken,
    };
    let records = match mapping.format {
        Format::Csv => csv_records(path, text, mapping.delimiter.0, &cleaner)?,
        Format::JsonLines => json_records(&text.text, &cleaner),
    };
    let slots = columns
        .into_iter()
        .enumerate()
        .map(|(slot, name)| (name, slot))
        .collect();
    Ok(Table { slots, records })
}

/// Makes cells of texts.
struct Cleaner<'a> {
    columns: &'a [String],
    empty: &'a [String],
    broken: &'a BTreeMap<u64, u64>,
}

impl Cleaner<'_> {
    fn cell(&self, slot: usize, text: &str, faults: &mut Vec<Fault>) -> Option<String> {
        let text = text.trim();
        if text.is_empty() || self.empty.iter().any(|e| e == text) {
            return None;
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            faults.push(Fault::ControlCharacter {
                column: self.columns[slot].clone(),
            });
        }
        Some(text.to_owned())
    }

    fn broken_at(&self, lines: std::ops::RangeInclusive<u64>) -> Option<Fault> {
        let (_, offset) = self.broken.range(lines).next()?;
        Some(Fault::BrokenText { offset: *offset })
    }
}

/// A row of a CSV file as the parser gave it.
struct RawRow {
    lines: std::ops::RangeInclusive<u64>,
    span: Range<usize>,
    fields: Vec<String>,
    open: bool,
}

fn csv_records(
    path: &Path,
    text: &Text,
    delimiter: u8,
    cleaner: &Cleaner<'_>,
) -> Result<Vec<Record>, ImportError> {
    let mut rows = raw_rows(&text.text, delimiter).into_iter();
    let header = rows.next().ok_or_else(|| ImportError::NoHeader {
        path: path.to_owned(),
    })?;
    if let Some((line, offset)) = text.broken.range(header.lines.clone()).next() {
        let what = "表头编码损坏 / the encoding of the header is broken".to_owned();
        return Err(ImportError::Text {
            path: path.to_owned(),
            line: *line,
            offset: *offset,
            what,
        });
    }
    let places = places(path, &header.fields, cleaner.columns)?;
    let needed = header.fields.len();
    let mut records = Vec::new();
    for row in rows {
        if !row.open && row.fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let is_long = row.lines.start() < row.lines.end();
        let is_odd = || {
            row.fields.len() != needed || !quotes_are_sound(&text.text[row.span.clone()], delimiter)
        };
        let swallowed = if row.open || (is_long && is_odd()) {
            swallowed_rows(&text.text, &row, delimiter)
        } else {
            Vec::new()
        };
        if row.open
            || swallowed
                .iter()
                .skip(1)
                .any(|piece| piece.fields.len() == needed)
        {
            let fault = Fault::OpenQuote {
                line: *row.lines.start(),
            };
            let pieces = swallowed
                .iter()
                .map(|piece| record(piece, &places, cleaner, Some(fault.clone())));
            records.extend(pieces);
            continue;
        }
        let found = row.fields.len();
        let fault = (found != needed).then_some(Fault::WrongFieldCount { needed, found });
        records.push(record(&row, &places, cleaner, fault));
    }
    Ok(records)
}

fn record(row: &RawRow, places: &[usize], cleaner: &Cleaner<'_>, fault: Option<Fault>) -> Record {
    let mut faults: Vec<Fault> = cleaner
        .broken_at(row.lines.clone())
        .into_iter()
        .chain(fault)
        .collect();
    let cells = places
        .iter()
        .enumerate()
        .map(|(slot, place)| cleaner.cell(slot, row.fields.get(*place)?, &mut faults))
        .collect();
    Record {
        line: *row.lines.start(),
        span: row.span.clone(),
        cells,
        faults,
    }
}

/// Where each mapped column stands in the header.
fn places(path: &Path, header: &[String], columns: &[String]) -> Result<Vec<usize>, ImportError> {
    let mut places = Vec::new();
    let mut missing = Vec::new();
    for column in columns {
        let mut found = header
            .iter()
            .enumerate()
            .filter(|(_, name)| name.trim() == column);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => places.push(place),
            (Some(_), Some(_)) => {
                return Err(ImportError::ColumnTwice {
                    path: path.to_owned(),
                    column: column.clone(),
                });
            }
            (None, _) => missing.push(column.clone()),
        }
    }
    if missing.is_empty() {
        return Ok(places);
    }
    Err(ImportError::ColumnsMissing {
        path: path.to_owned(),
        columns: missing,
    })
}

fn raw_rows(text: &str, delimiter: u8) -> Vec<RawRow> {
    let whole = format!("{text}\n{SENTINEL}");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(whole.as_bytes());
    let mut rows = Vec::new();
    let (mut line, mut counted) = (1_u64, 0);
    let mut fields = csv::StringRecord::new();
    // The bytes are a str and rows may have any length, so that reading can't fail.
    while let Ok(true) = reader.read_record(&mut fields) {
        let from = fields.position().map_or(0, |p| index(p.byte()));
        let to = index(reader.position().byte()).min(text.len());
        // A row of the log may say the same.
        if from >= text.len() && fields.len() == 1 && fields.get(0) == Some(SENTINEL) {
            break;
        }
        let open = fields
            .iter()
            .next_back()
            .is_some_and(|last| last.ends_with(SENTINEL));
        let raw = &text[from.min(to)..to];
        let span_start = to - raw.trim_start_matches(['\r', '\n']).len();
        let span =
            span_start..span_start + text[span_start..to].trim_end_matches(['\r', '\n']).len();
        line += newlines(&text[counted..span.start]);
        let last = line + newlines(&text[span.clone()]);
        counted = span.start;
        let fields = fields.iter().map(str::to_owned).collect();
        rows.push(RawRow {
            lines: line..=last,
            span,
            fields,
            open,
        });
    }
    rows
}

/// Whether each closing quote ends its field. The parser reads on where it doesn't, but over a line's end that means
/// that a quote opened too early: the "closing" one is the opening one of a later row.
fn quotes_are_sound(row: &str, delimiter: u8) -> bool {
    let (mut at_start, mut quoted, mut closing) = (true, false, false);
    for byte in row.bytes() {
        let ends_field = byte == delimiter || byte == b'\n' || byte == b'\r';
        match (quoted, closing, byte) {
            (true, false, b'"') => closing = true,
            (true, true, b'"') => closing = false,
            (true, true, _) if ends_field => (at_start, quoted, closing) = (true, false, false),
            (true, true, _) => return false,
            (true, false, _) => {}
            (false, ..) => (at_start, quoted) = (ends_field, at_start && byte == b'"'),
        }
    }
    true
}

/// The lines of a row that an open quote may have run together, each read as a row.
fn swallowed_rows(text: &str, row: &RawRow, delimiter: u8) -> Vec<RawRow> {
    let mut pieces = Vec::new();
    let mut start = row.span.start;
    for (line, piece) in (*row.lines.start()..).zip(text[row.span.clone()].split_inclusive('\n')) {
        let trimmed = piece.trim_end_matches(['\r', '\n']);
        let fields = raw_rows(trimmed, delimiter)
            .pop()
            .map_or_else(Vec::new, |r| r.fields);
        if !trimmed.trim().is_empty() {
            let span = start..start + trimmed.len();
            pieces.push(RawRow {
                lines: line..=line,
                span,
                fields,
                open: false,
            });
        }
        start += piece.len();
    }
    pieces
}

fn json_records(text: &str, cleaner: &Cleaner<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut start = 0;
    for (line, whole) in (1..).zip(text.split_inclusive('\n')) {
        let row = whole.trim_end_matches(['\r', '\n']);
        if !row.trim().is_empty() {
            let mut faults: Vec<Fault> = cleaner.broken_at(line..=line).into_iter().collect();
            let cells = json_cells(row, cleaner, &mut faults);
            records.push(Record {
                line,
                span: start..start + row.len(),
                cells,
                faults,
            });
        }
        start += whole.len();
    }
    records
}

fn json_cells(row: &str, cleaner: &Cleaner<'_>, faults: &mut Vec<Fault>) -> Vec<Option<String>> {
    let object = match serde_json::from_str::<Value>(row) {
        Ok(value) if value.is_object() => value,
        Ok(_) => {
            faults.push(Fault::BadJson { column: 1 });
            return vec![None; cleaner.columns.len()];
        }
        Err(fault) => {
            faults.push(Fault::BadJson {
                column: fault.column(),
            });
            return vec![None; cleaner.columns.len()];
        }
    };
    let mut cells = Vec::with_capacity(cleaner.columns.len());
    for (slot, column) in cleaner.columns.iter().enumerate() {
        // A name is a key; one that starts with a slash may also be a path into nested objects.
        let value = object.get(column).or_else(|| object.pointer(column));
        let text = match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Bool(flag)) => Some(flag.to_string()),
            Some(Value::Number(number)) if !number.is_f64() => Some(number.to_string()),
            Some(_) => {
                faults.push(Fault::BadJsonValue {
                    column: column.clone(),
                });
                None
            }
        };
        cells.push(text.and_then(|text| cleaner.cell(slot, &text, faults)));
    }
    cells
}

fn newlines(text: &str) -> u64 {
    u64::try_from(text.matches('\n').count()).unwrap_or(u64::MAX)
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
