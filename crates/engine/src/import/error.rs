//! What stops an import before any case is looked at, and why a single row is refused.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A file that can't be read or written at all. Wrong rows are no errors: they are [`Reject`](super::Reject)s.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The log or the mapping can't be read.
    #[error("无法读取文件 {} / cannot read {}", path.display(), path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The rejects file can't be written.
    #[error("无法写入退回文件 {} / cannot write the rejects file {}", path.display(), path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The mapping file is wrong.
    #[error("{}:{line}: 映射文件的 `{key}` 有误 / wrong mapping at `{key}`: {message}", path.display())]
    Mapping {
        /// The mapping file.
        path: PathBuf,
        /// Where it is wrong, counted from 1.
        line: u64,
        /// The key, with its tables, as far as it could be told.
        key: String,
        /// What is wrong with it.
        message: String,
    },
    /// The log is larger than can be read at once.
    #[error("{}: 文件有 {bytes} 字节,上限 {bytes_max} / the file has {bytes} bytes, at most {bytes_max} are read", path.display())]
    TooLarge {
        /// The log.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// The bytes aren't text in an encoding that is read, and rows can't be told from them.
    #[error(
        "{}: 第 {line} 行(字节 {offset})不是可读文本:{what} / line {line} (byte {offset}) isn't readable text: {what}",
        path.display()
    )]
    Text {
        /// The log.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// The byte, counted from 0.
        offset: u64,
        /// What was found instead.
        what: String,
    },
    /// The log is empty, or it has no header.
    #[error("{}: 文件没有表头 / the file has no header row", path.display())]
    NoHeader {
        /// The log.
        path: PathBuf,
    },
    /// The header lacks columns that the mapping names.
    #[error("{}: 缺少列 {} / columns missing: {}", path.display(), columns.join("、"), columns.join(", "))]
    ColumnsMissing {
        /// The log.
        path: PathBuf,
        /// The columns that are missing.
        columns: Vec<String>,
    },
    /// The header has a column twice that the mapping names.
    #[error("{}: 列 {column} 出现两次 / the column {column} is there twice", path.display())]
    ColumnTwice {
        /// The log.
        path: PathBuf,
        /// The column.
        column: String,
    },
}

/// Why a row is refused. The text starts with a word that stays the same in every version, then Chinese, then
/// English. It never holds the contents of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    BrokenText { offset: u64 },
    ControlCharacter { column: String },
    WrongFieldCount { needed: usize, found: usize },
    OpenQuote { line: u64 },
    BadJson { column: usize },
    BadJsonValue { column: String },
    NoCaseNumber,
    BadCaseNumber,
    NoActivity,
    UnknownActivity,
    Missing { column: String },
    BadTime { column: String },
    NoSuchLocalTime { column: String },
    BadNumber { column: String },
    UnknownValue { column: String },
    Contradiction { column: String, line: u64 },
    BadIdNumber { column: String, why: String },
    EventTwice { line: u64 },
    NoStart,
    OtherRow { line: u64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BrokenText { offset } => write!(
                f,
                "broken_text: 字节 {offset} 处编码损坏 / the encoding is broken at byte {offset}"
            ),
            Self::WrongFieldCount { needed, found } => write!(
                f,
                "wrong_field_count: 应有 {needed} 列,实有 {found} 列 / {needed} fields needed, {found} found"
            ),
            Self::OpenQuote { line } => write!(
                f,
                "open_quote: 第 {line} 行的引号未闭合 / the quote opened on line {line} is never closed"
            ),
            Self::BadJson { column } => write!(
                f,
                "bad_json: 第 {column} 个字符处不是 JSON 对象 / not a JSON object, at character {column}"
            ),
            Self::NoCaseNumber => {
                write!(f, "no_case_number: 缺办件编号 / the case number is missing")
            }
            Self::BadCaseNumber => write!(
                f,
                "bad_case_number: 办件编号过长或含控制字符 / the case number is too long or holds control characters"
            ),
            Self::NoActivity => write!(f, "no_activity: 缺环节名称 / the activity is missing"),
            Self::UnknownActivity => write!(
                f,
                "unknown_activity: 映射文件中没有该环节 / the mapping doesn't know this activity"
            ),
            Self::Contradiction { column, line } => write!(
                f,
                "contradiction: 列 {column} 与第 {line} 行不一致 / column {column} contradicts line {line}"
            ),
            Self::EventTwice { line } => write!(
                f,
                "event_twice: 事件编号与第 {line} 行相同而内容不同 / the same event id as line {line} with other contents"
            ),
            Self::NoStart => write!(
                f,
                "no_start: 无法确定收件时间 / there is nothing to tell the start of the case from"
            ),
            Self::OtherRow { line } => write!(
                f,
                "other_row: 同一办件第 {line} 行有误,整件退回 / line {line} of the same case is wrong, so the whole case is rejected"
            ),
            Self::ControlCharacter { .. }
            | Self::BadJsonValue { .. }
            | Self::Missing { .. }
            | Self::BadTime { .. }
            | Self::NoSuchLocalTime { .. }
            | Self::BadNumber { .. }
            | Self::UnknownValue { .. }
            | Self::BadIdNumber { .. } => self.fmt_cell(f),
        }
    }
}

impl Fault {
    /// What is wrong with one cell.
    fn fmt_cell(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ControlCharacter { column } => write!(
                f,
                "control_character: 列 {column} 含控制字符 / column {column} holds a control character"
            ),
            Self::BadJsonValue { column } => write!(
                f,
                "bad_json_value: {column} 应为文本或整数 / {column} must be text or a whole number"
            ),
            Self::BadTime { column } => write!(
                f,
                "bad_time: 列 {column} 的时间无法识别 / the time in column {column} can't be read"
            ),
            Self::NoSuchLocalTime { column } => write!(
                f,
                "no_such_local_time: 列 {column} 的时间在该时区不存在(夏令时) / the time in column {column} doesn't exist in the zone (clocks go forward)"
            ),
            Self::BadNumber { column } => write!(
                f,
                "bad_number: 列 {column} 应为正整数 / column {column} must be a positive whole number"
            ),
            Self::UnknownValue { column } => write!(
                f,
                "unknown_value: 列 {column} 的取值不在映射文件中 / the mapping doesn't know the value in column {column}"
            ),
            Self::BadIdNumber { column, why } => write!(
                f,
                "bad_id_number: 列 {column} 的证件号码校验不通过 / the id number in column {column} fails its check{why}"
            ),
            Self::Missing { column } => {
                write!(f, "missing: 缺 {column} / {column} is missing")
            }
            _ => Ok(()),
        }
    }
}
