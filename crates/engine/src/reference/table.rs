//! A CSV table with named columns, whose faults name file, line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::EngineError;

/// Text from bytes: UTF-8 (a byte order mark is fine) or GBK.
pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<String, EngineError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    encoding_rs::GBK
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| {
            EngineError::invalid(
                "bad_encoding",
                format!(
                    "{}:既不是 UTF-8 也不是 GBK,请另存为 UTF-8 / neither UTF-8 nor GBK",
                    path.display()
                ),
            )
        })
}

/// A table that was read.
pub(super) struct Table {
    file: String,
    columns: BTreeMap<String, usize>,
    records: Vec<(u64, csv::StringRecord)>,
}

/// One line of a table.
pub(super) struct Line<'t> {
    table: &'t Table,
    number: u64,
    record: &'t csv::StringRecord,
}

impl Table {
    /// Reads a table: the required columns must be there, others than the optional ones must not, codes come once.
    pub(super) fn read(
        file: &str,
        text: &str,
        required: &[&str],
        optional: &[&str],
    ) -> Result<Self, EngineError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let broken = |line: u64, e: &csv::Error| {
            EngineError::invalid("bad_csv", format!("{file}:{line}: 表格有误 / bad CSV: {e}"))
        };
        let header = reader.headers().map_err(|e| broken(1, &e))?.clone();
        let mut columns = BTreeMap::new();
        for (index, name) in header.iter().enumerate() {
            if !required.contains(&name) && !optional.contains(&name) {
                let known: Vec<&str> = required.iter().chain(optional).copied().collect();
                return Err(EngineError::invalid(
                    "unknown_column",
                    format!(
                        "{file}:1: 不认识的列“{name}”,可用的列:{} / unknown column",
                        known.join(", ")
                    ),
                ));
            }
            columns.insert(name.to_owned(), index);
        }
        if let Some(missing) = required.iter().find(|c| !columns.contains_key(**c)) {
            return Err(EngineError::invalid(
                "missing_column",
                format!("{file}:1: 缺少列“{missing}” / missing column"),
            ));
        }
        let mut records = Vec::new();
        for record in reader.records() {
            let record =
                record.map_err(|e| broken(e.position().map_or(0, csv::Position::line), &e))?;
            let line = record.position().map_or(0, csv::Position::line);
            // PostgreSQL can't keep them.
            if record.iter().any(|cell| cell.contains('\0')) {
                return Err(EngineError::invalid(
                    "bad_csv",
                    format!("{file}:{line}: 含有零字节,请删去 / there is a zero byte, delete it"),
                ));
            }
            records.push((line, record));
        }
        let table = Self {
            file: file.to_owned(),
            columns,
            records,
        };
        table.check_codes()?;
        Ok(table)
    }

    fn check_codes(&self) -> Result<(), EngineError> {
        let mut seen = BTreeSet::new();
        for line in self.lines() {
            if !seen.insert(line.get("code").to_owned()) {
                return Err(line.wrong("code", "代码重复 / the code is there twice"));
            }
        }
        Ok(())
    }

    /// Whether it has a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.records.iter().map(|(number, record)| Line {
            table: self,
            number: *number,
            record,
        })
    }
}

impl Line<'_> {
    /// A cell; empty if the column isn't there.
    pub(super) fn get(&self, column: &str) -> &str {
        self.table
            .columns
            .get(column)
            .and_then(|index| self.record.get(*index))
            .unwrap_or("")
    }

    /// A cell that may be empty.
    pub(super) fn optional(&self, column: &str) -> Option<String> {
        Some(self.get(column))
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
    }

    /// A cell that must not be empty.
    pub(super) fn required(&self, column: &str) -> Result<&str, EngineError> {
        match self.get(column) {
            "" => Err(self.wrong(column, "不能为空,请补填 / must not be empty")),
            cell => Ok(cell),
        }
    }

    /// The error of a cell.
    pub(super) fn wrong(&self, column: &str, what: &str) -> EngineError {
        if self.table.file.is_empty() {
            // A form has no lines; its column is its field.
            return EngineError::invalid("bad_reference", format!("{column}: {what}"));
        }
        EngineError::invalid(
            "bad_reference",
            format!("{}:{} 列 {column}: {what}", self.table.file, self.number),
        )
    }
}
