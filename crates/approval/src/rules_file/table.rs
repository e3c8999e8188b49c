//! Reading a TOML file so that each mistake is named with its file, line and key.
//!
//! A value is read where it stands instead of through derived structures: only so an unknown
//! word, a wrong type and a rule that contradicts another can all point at their line.

use std::fmt;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where in a file something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as the caller gave it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key with its tables, e.g. `rule.level`; empty for the file as a whole.
    pub key: String,
}

impl Place {
    /// The beginning of a Chinese message.
    #[must_use]
    pub fn message_zh(&self) -> String {
        if self.key.is_empty() {
            format!("{} 第{}行", self.file, self.line)
        } else {
            format!("{} 第{}行，键“{}”", self.file, self.line, self.key)
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        Ok(())
    }
}

/// What kind of value a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A text in quotes.
    Text,
    /// A whole number, 0 or more.
    Number,
    /// A date like 2004-07-01, without quotes.
    Date,
    /// A list in brackets.
    List,
    /// A table.
    Table,
    /// Tables under `[[…]]`.
    Tables,
}

impl ValueKind {
    fn en(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Number => "a whole number from 0 to 4294967295",
            Self::Date => "a date without quotes, such as 2004-07-01",
            Self::List => "a list of texts in brackets",
            Self::Table => "a table",
            Self::Tables => "tables under [[…]]",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::Text => "引号内的文字",
            Self::Number => "0至4294967295的整数",
            Self::Date => "不带引号的日期（如2004-07-01）",
            Self::List => "方括号内的文字列表",
            Self::Table => "一个表",
            Self::Tables => "[[…]]形式的表",
        }
    }
}

/// What is wrong with the form of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormProblem {
    /// Not TOML; the parser's own words.
    Syntax(String),
    /// A key that isn't known here.
    UnknownKey {
        /// The keys that are.
        known: &'static [&'static str],
    },
    /// A key that must be there isn't.
    Missing(ValueKind),
    /// The value is of another kind.
    WrongKind(ValueKind),
    /// A text, or a list, with nothing in it.
    Empty,
}

impl fmt::Display for FormProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => write!(f, "not valid TOML: {message}"),
            Self::UnknownKey { known } => {
                write!(
                    f,
                    "unknown key; use one of {}, or remove it",
                    known.join(", ")
                )
            }
            Self::Missing(kind) => write!(f, "missing; add {}", kind.en()),
            Self::WrongKind(kind) => write!(f, "must be {}", kind.en()),
            Self::Empty => f.write_str("is empty; fill it in"),
        }
    }
}

impl FormProblem {
    /// The same in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Syntax(message) => format!("不是正确的TOML，请改正语法：{message}"),
            Self::UnknownKey { known } => {
                format!("不认识这个键，请删去，或改用：{}", known.join("、"))
            }
            Self::Missing(kind) => format!("缺少这个键，请补上{}", kind.zh()),
            Self::WrongKind(kind) => format!("值应为{}", kind.zh()),
            Self::Empty => "内容为空，请填写".into(),
        }
    }
}

/// A place and what is wrong there.
pub(crate) type FormError = (Place, FormProblem);

/// A file's name and text.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) fn parse(self) -> Result<Spanned<DeTable<'a>>, FormError> {
        DeTable::parse(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().replace('\n', "; ");
            (self.place(offset, ""), FormProblem::Syntax(message))
        })
    }

    pub(crate) fn place(self, offset: usize, key: &str) -> Place {
        let newlines = self.text.bytes().take(offset).filter(|byte| *byte == b'\n');
        Place {
            file: self.file.to_owned(),
            line: newlines.count() + 1,
            key: key.to_owned(),
        }
    }
}

/// A value and the place where it stands.
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// One table of a file.
pub(crate) struct Table<'a> {
    source: Source<'a>,
    path: String,
    offset: usize,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    pub(crate) fn root(source: Source<'a>, parsed: &'a Spanned<DeTable<'a>>) -> Self {
        Self {
            source,
            path: String::new(),
            offset: 0,
            entries: parsed.get_ref(),
        }
    }

    /// The place of a key, or of the table itself if the key isn't there.
    pub(crate) fn place(&self, key: &str) -> Place {
        let offset = self
            .entries
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map_or(self.offset, |(name, _)| name.span().start);
        self.source.place(offset, &self.key_path(key))
    }

    fn key_path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Refuses every key but these; names the first in the file.
    pub(crate) fn only(&self, known: &'static [&'static str]) -> Result<(), FormError> {
        let unknown = self
            .entries
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        match unknown {
            None => Ok(()),
            Some(key) => Err((self.place(key.get_ref()), FormProblem::UnknownKey { known })),
        }
    }

    fn get(&self, key: &str) -> Option<&'a DeValue<'a>> {
        let mut entries = self.entries.iter();
        let (_, value) = entries.find(|(name, _)| name.get_ref() == key)?;
        Some(value.get_ref())
    }

    fn wrong<T>(&self, key: &str, kind: ValueKind) -> Result<T, FormError> {
        Err((self.place(key), FormProblem::WrongKind(kind)))
    }

    fn must<T>(&self, key: &str, kind: ValueKind, found: Option<T>) -> Result<T, FormError> {
        found.ok_or_else(|| (self.place(key), FormProblem::Missing(kind)))
    }

    /// A text that isn't blank.
    pub(crate) fn text_if_any(&self, key: &str) -> Result<Option<Found<String>>, FormError> {
        match self.get(key) {
            None => Ok(None),
            Some(DeValue::String(text)) if text.trim().is_empty() => {
                Err((self.place(key), FormProblem::Empty))
            }
            Some(DeValue::String(text)) => Ok(Some(Found {
                value: text.clone().into_owned(),
                place: self.place(key),
            })),
            Some(_) => self.wrong(key, ValueKind::Text),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<Found<String>, FormError> {
        let found = self.text_if_any(key)?;
        self.must(key, ValueKind::Text, found)
    }

    pub(crate) fn number_if_any(&self, key: &str) -> Result<Option<Found<u32>>, FormError> {
        match self.get(key) {
            None => Ok(None),
            Some(DeValue::Integer(integer)) => {
                match u32::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(value) => Ok(Some(Found {
                        value,
                        place: self.place(key),
                    })),
                    Err(_) => self.wrong(key, ValueKind::Number),
                }
            }
            Some(_) => self.wrong(key, ValueKind::Number),
        }
    }

    pub(crate) fn date_if_any(&self, key: &str) -> Result<Option<Found<NaiveDate>>, FormError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let date = match value {
            DeValue::Datetime(when) if when.time.is_none() && when.offset.is_none() => when.date,
            _ => None,
        };
        let date = date.and_then(|date| {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        });
        match date {
            Some(value) => Ok(Some(Found {
                value,
                place: self.place(key),
            })),
            None => self.wrong(key, ValueKind::Date),
        }
    }

    pub(crate) fn date(&self, key: &str) -> Result<Found<NaiveDate>, FormError> {
        let found = self.date_if_any(key)?;
        self.must(key, ValueKind::Date, found)
    }

    /// A list of texts, each with the place where it stands; not empty.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<Found<String>>, FormError> {
        let list = match self.get(key) {
            Some(DeValue::Array(list)) => Some(list),
            Some(_) => return self.wrong(key, ValueKind::List),
            None => None,
        };
        let list = self.must(key, ValueKind::List, list)?;
        if list.is_empty() {
            return Err((self.place(key), FormProblem::Empty));
        }
        let mut texts = Vec::with_capacity(list.len());
        for entry in list {
            let place = self.source.place(entry.span().start, &self.key_path(key));
            match entry.get_ref() {
                DeValue::String(text) => texts.push(Found {
                    value: text.clone().into_owned(),
                    place,
                }),
                _ => return Err((place, FormProblem::WrongKind(ValueKind::List))),
            }
        }
        Ok(texts)
    }

    pub(crate) fn table_if_any(&self, key: &str) -> Result<Option<Table<'a>>, FormError> {
        match self.get(key) {
            None => Ok(None),
            Some(DeValue::Table(entries)) => Ok(Some(Table {
                source: self.source,
                path: self.key_path(key),
                offset: self.key_offset(key),
                entries,
            })),
            Some(_) => self.wrong(key, ValueKind::Table),
        }
    }

    /// The tables under `[[key]]`, at least one.
    pub(crate) fn tables(&self, key: &str) -> Result<Vec<Table<'a>>, FormError> {
        let list = match self.get(key) {
            Some(DeValue::Array(list)) => Some(list),
            Some(_) => return self.wrong(key, ValueKind::Tables),
            None => None,
        };
        let list = self.must(key, ValueKind::Tables, list)?;
        if list.is_empty() {
            return Err((self.place(key), FormProblem::Empty));
        }
        let mut tables = Vec::with_capacity(list.len());
        for entry in list {
            match entry.get_ref() {
                DeValue::Table(entries) => tables.push(Table {
                    source: self.source,
                    path: key.to_owned(),
                    offset: entry.span().start,
                    entries,
                }),
                _ => return self.wrong(key, ValueKind::Tables),
            }
        }
        Ok(tables)
    }

    fn key_offset(&self, key: &str) -> usize {
        self.entries
            .keys()
            .find(|name| name.get_ref() == key)
            .map_or(self.offset, |name| name.span().start)
    }
}

/// Whether a text can be a key: small letters, digits and hyphens, 64 at most, so that it fits
/// a column, a URL and a file name without quoting.
pub(crate) fn is_plain_key(text: &str) -> bool {
    const KEY_LENGTH_MAX: usize = 64;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= KEY_LENGTH_MAX
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}
