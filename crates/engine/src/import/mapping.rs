//! The mapping file: which column of a log is what.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::Path;

use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::encoding::Encoding;
use super::log::{Act, LoggedTerm, Outcome, Procedure, Stage, TermUnit};
use super::{ImportError, times};

/// How the rows of a log are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Format {
    /// Comma-separated, with a header and quotes.
    #[serde(rename = "csv")]
    Csv,
    /// One JSON object a line.
    #[serde(rename = "jsonl")]
    JsonLines,
}

/// What becomes of an activity that `[activities]` doesn't name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum UnknownActivity {
    /// It is recorded as a step.
    #[serde(rename = "step")]
    Step,
    /// Its case is rejected.
    #[default]
    #[serde(rename = "reject")]
    Reject,
}

/// Says which column of a log is what. Read from a TOML file; `config/mappings/` has one that explains every key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub(super) name: SourceName,
    pub(super) format: Format,
    #[serde(default)]
    pub(super) delimiter: Delimiter,
    #[serde(default)]
    pub(super) encoding: Encoding,
    pub(super) zone: Zone,
    pub(super) calendar: Option<String>,
    #[serde(default)]
    pub(super) time_formats: Vec<TimeFormat>,
    #[serde(default)]
    pub(super) empty: Vec<String>,
    #[serde(default)]
    pub(super) lifecycles: Vec<String>,
    #[serde(default)]
    pub(super) unknown_activity: UnknownActivity,
    pub(super) columns: Columns,
    pub(super) case: CaseColumns,
    #[serde(default)]
    pub(super) activities: BTreeMap<String, Spanned<Activity>>,
}

/// The columns of one event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    pub(super) case: String,
    pub(super) activity: Names,
    pub(super) occurred_at: String,
    pub(super) event: Option<String>,
    pub(super) lifecycle: Option<String>,
    pub(super) person: Option<Field>,
    pub(super) group: Option<Field>,
    pub(super) stage: Option<Field>,
    pub(super) outcome: Option<Field>,
    pub(super) procedure: Option<Field>,
    pub(super) term: Option<TermField>,
    pub(super) working_days: Option<Field>,
    pub(super) approver: Option<Field>,
    pub(super) notice: Option<Field>,
    pub(super) reason: Option<Field>,
    pub(super) document: Option<Field>,
    pub(super) document_date: Option<Field>,
}

/// The columns that say the same on every row of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseColumns {
    #[serde(default)]
    pub(super) prefix: String,
    pub(super) item: Field,
    pub(super) unit: Option<Field>,
    pub(super) received_at: Option<Field>,
    pub(super) ended_at: Option<Field>,
    pub(super) planned_end_at: Option<Field>,
    pub(super) due: Option<Field>,
    pub(super) term: Option<TermField>,
    pub(super) applicant: Option<Field>,
    pub(super) id_number: Option<Field>,
    pub(super) channel: Option<Field>,
}

/// What an activity does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub(super) act: Act,
    pub(super) stage: Option<Stage>,
    pub(super) outcome: Option<Outcome>,
    pub(super) procedure: Option<Procedure>,
    pub(super) working_days: Option<u32>,
    pub(super) lifecycle: Option<String>,
}

impl Mapping {
    /// Reads a mapping file.
    pub fn load(path: &Path) -> Result<Self, ImportError> {
        let text = fs::read_to_string(path).map_err(|source| ImportError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads a mapping from its text; `path` is only for errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ImportError> {
        let wrong = |span: Option<Range<usize>>, key: Option<String>, message: String| {
            let (line, found) = locate(text, span.map_or(0, |s| s.start));
            ImportError::Mapping {
                path: path.to_owned(),
                line,
                key: key.unwrap_or(found),
                message,
            }
        };
        let mapping: Self = toml::from_str(text)
            .map_err(|fault| wrong(fault.span(), None, bilingual(fault.message())))?;
        if let Err((key, message)) = mapping.check_tables() {
            let at = find_key(text, key);
            return Err(wrong(
                Some(at..at),
                Some(key.to_owned()),
                message.to_owned(),
            ));
        }
        for (name, activity) in &mapping.activities {
            if let Err(message) = mapping.check_activity(activity.get_ref()) {
                let key = format!("activities.{name:?}");
                return Err(wrong(Some(activity.span()), Some(key), message.to_owned()));
            }
        }
        Ok(mapping)
    }

    /// The name of the other system: together with a case number it names a case for good.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name.0
    }

    /// The zone that office dates are taken in, and of instants without an offset.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone.0
    }

    /// The calendar that the cases are counted by; none means the usual one.
    #[must_use]
    pub fn calendar(&self) -> Option<&str> {
        self.calendar.as_deref()
    }

    fn check_tables(&self) -> Result<(), (&'static str, &'static str)> {
        if self.case.due.is_some() && self.case.term.is_some() {
            return Err((
                "case.term",
                "due 与 term 只能有一个 / give due or term, not both",
            ));
        }
        if !self.lifecycles.is_empty() && self.columns.lifecycle.is_none() {
            return Err((
                "lifecycles",
                "需要 columns.lifecycle / columns.lifecycle is needed",
            ));
        }
        Ok(())
    }

    fn check_activity(&self, activity: &Activity) -> Result<(), &'static str> {
        let columns = &self.columns;
        if activity.stage.is_none()
            && columns.stage.is_none()
            && matches!(activity.act, Act::Complete | Act::SendBack)
        {
            return Err(
                "缺 stage(也没有 columns.stage)/ stage is needed, here or as columns.stage",
            );
        }
        if activity.act == Act::Stop && activity.procedure.is_none() && columns.procedure.is_none()
        {
            return Err(
                "缺 procedure(也没有 columns.procedure)/ procedure is needed, here or as columns.procedure",
            );
        }
        if activity.act == Act::Extend
            && activity.working_days.is_none()
            && columns.working_days.is_none()
        {
            return Err(
                "缺 working_days(也没有 columns.working_days)/ working_days is needed, here or as columns.working_days",
            );
        }
        if activity.working_days == Some(0) {
            return Err("working_days 应大于 0 / working_days must be more than 0");
        }
        if activity.lifecycle.is_some() && columns.lifecycle.is_none() {
            return Err("需要 columns.lifecycle / columns.lifecycle is needed");
        }
        Ok(())
    }

    /// All columns that the log must have.
    pub(super) fn column_names(&self) -> Vec<&str> {
        let (row, case) = (&self.columns, &self.case);
        let mut names = vec![row.case.as_str(), row.occurred_at.as_str()];
        names.extend(row.activity.0.iter().map(String::as_str));
        names.extend(row.event.as_deref());
        names.extend(row.lifecycle.as_deref());
        let fields = [
            &row.person,
            &row.group,
            &row.stage,
            &row.outcome,
            &row.procedure,
            &row.working_days,
            &row.approver,
            &row.notice,
            &row.reason,
            &row.document,
            &row.document_date,
            &case.unit,
            &case.received_at,
            &case.ended_at,
            &case.planned_end_at,
            &case.due,
            &case.applicant,
            &case.id_number,
            &case.channel,
        ];
        names.extend(
            fields
                .into_iter()
                .flatten()
                .chain([&case.item])
                .filter_map(Field::column),
        );
        for term in [&row.term, &case.term].into_iter().flatten() {
            names.extend(term.columns());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What an activity does. Its parts are those of `columns.activity`: `["审核", "退回"]` is looked up as
    /// `审核/退回`, then as `审核`.
    pub(super) fn activity(&self, parts: &[String]) -> Option<Activity> {
        let named = (1..=parts.len())
            .rev()
            .find_map(|n| self.activities.get(&parts[..n].join("/")));
        match (named, self.unknown_activity) {
            (Some(activity), _) => Some(activity.get_ref().clone()),
            (None, UnknownActivity::Step) => Some(Activity::step()),
            (None, UnknownActivity::Reject) => None,
        }
    }
}

impl Activity {
    const fn step() -> Self {
        Self {
            act: Act::Step,
            stage: None,
            outcome: None,
            procedure: None,
            working_days: None,
            lifecycle: None,
        }
    }
}

/// Where a fact comes from: `"column"`, `{ column = "…", values = { … } }` or `{ constant = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// The same for all.
    Constant(String),
    /// A column. With `values`, its texts are translated, `*` standing for any other.
    Column {
        name: String,
        values: BTreeMap<String, String>,
    },
}

impl Field {
    /// The column, if it is one.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::Constant(_) => None,
            Self::Column { name, .. } => Some(name),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    column: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    constant: Option<String>,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column name, { column = … } or { constant = … }")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Field, E> {
                Ok(Field::Column {
                    name: name.to_owned(),
                    values: BTreeMap::new(),
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Field, M::Error> {
                let table = FieldTable::deserialize(MapAccessDeserializer::new(map))?;
                match (table.column, table.constant) {
                    (Some(name), None) => Ok(Field::Column {
                        name,
                        values: table.values,
                    }),
                    (None, Some(constant)) if table.values.is_empty() => {
                        Ok(Field::Constant(constant))
                    }
                    _ => Err(de::Error::custom(
                        "应为 column(可带 values)或 constant 之一 / give column (with values or without) or constant",
                    )),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Where a term comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TermTable")]
pub(super) enum TermField {
    /// The same for all.
    Fixed(LoggedTerm),
    /// The amount from a column, the unit from the mapping.
    Amount { amount: String, unit: TermUnit },
    /// Both from columns.
    Columns { amount: String, unit: String },
}

impl TermField {
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Amount { amount, .. } => vec![amount],
            Self::Columns { amount, unit } => vec![amount, unit],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermTable {
    amount: Option<u32>,
    unit: Option<TermUnit>,
    amount_column: Option<String>,
    unit_column: Option<String>,
}

impl TryFrom<TermTable> for TermField {
    type Error = &'static str;

    fn try_from(table: TermTable) -> Result<Self, Self::Error> {
        match (
            table.amount,
            table.amount_column,
            table.unit,
            table.unit_column,
        ) {
            (Some(amount), None, Some(unit), None) => Ok(Self::Fixed(LoggedTerm { amount, unit })),
            (None, Some(amount), Some(unit), None) => Ok(Self::Amount { amount, unit }),
            (None, Some(amount), None, Some(unit)) => Ok(Self::Columns { amount, unit }),
            _ => Err(
                "应为 amount + unit、amount_column + unit 或 amount_column + unit_column / give amount + unit, amount_column + unit, or amount_column + unit_column",
            ),
        }
    }
}

/// One column or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "NamesForm")]
pub(super) struct Names(pub(super) Vec<String>);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "应为列名或列名数组 / a column name or an array of column names"
)]
enum NamesForm {
    One(String),
    Many(Vec<String>),
}

impl TryFrom<NamesForm> for Names {
    type Error = &'static str;

    fn try_from(form: NamesForm) -> Result<Self, Self::Error> {
        match form {
            NamesForm::One(name) => Ok(Self(vec![name])),
            NamesForm::Many(names) if !names.is_empty() => Ok(Self(names)),
            NamesForm::Many(_) => Err("至少一列 / at least one column"),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SourceName(String);

impl TryFrom<String> for SourceName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            return Err("只用小写字母、数字和连字符 / lower-case letters, digits and hyphens only");
        }
        Ok(Self(name))
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Zone(Tz);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let unknown = |_| format!("没有这个时区 / no such IANA zone: {name}");
        name.parse().map(Self).map_err(unknown)
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Delimiter(pub(super) u8);

impl Default for Delimiter {
    fn default() -> Self {
        Self(b',')
    }
}

impl TryFrom<String> for Delimiter {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_bytes() {
            [b'"' | b'\n' | b'\r'] => Err("不能用引号或换行 / not a quote or a line break"),
            [byte] if byte.is_ascii() => Ok(Self(*byte)),
            _ => Err("应为一个 ASCII 字符 / one ASCII character"),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct TimeFormat(pub(super) String);

impl TryFrom<String> for TimeFormat {
    type Error = String;

    fn try_from(format: String) -> Result<Self, Self::Error> {
        if times::is_format(&format) {
            return Ok(Self(format));
        }
        Err(format!("无法识别的时间格式 / not a time format: {format}"))
    }
}

/// The line of an offset, counted from 1, and the key that stands there, with its table.
fn locate(text: &str, offset: usize) -> (u64, String) {
    let mut table = String::new();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let trimmed = line.trim();
        if let Some(header) = trimmed.strip_prefix('[') {
            table = header
                .split(']')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
        }
        start += line.len();
        if offset < start || start == text.len() {
            let key = match trimmed.split_once('=') {
                Some((key, _)) if !trimmed.starts_with(['[', '#']) => key.trim(),
                _ => "",
            };
            let dot = if table.is_empty() || key.is_empty() {
                ""
            } else {
                "."
            };
            return (number, format!("{table}{dot}{key}"));
        }
    }
    (1, String::new())
}

/// The offset of `table.key`, or 0.
fn find_key(text: &str, wanted: &str) -> usize {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if locate(text, start).1 == wanted {
            return start;
        }
        start += line.len();
    }
    0
}

/// The parser speaks English only: what it says most often gets its Chinese.
fn bilingual(message: &str) -> String {
    let zh = [
        ("unknown field", "没有这个键"),
        ("missing field", "缺少必填的键"),
        ("unknown variant", "没有这个取值"),
        ("invalid type", "值的类型不对"),
        ("invalid value", "值不对"),
        ("duplicate key", "键重复"),
    ];
    match zh.iter().find(|(en, _)| message.starts_with(en)) {
        Some((_, zh)) => format!("{zh} / {message}"),
        None if message.is_ascii() => format!("格式有误 / {message}"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
name = "small"
format = "csv"
zone = "Asia/Shanghai"

[columns]
case = "c"
activity = ["a", "r"]
occurred_at = "t"

[case]
item = { constant = "X" }

[activities]
"审核" = { act = "complete", stage = "review" }
"审核/退回" = { act = "send_back", stage = "handling" }
"#;

    /// What stands in `SMALL`, what to put there, how the error begins.
    const WRONG: &[(&str, &str, &str)] = &[
        (
            "format = \"csv\"",
            "format = \"xml\"",
            "m.toml:3: 映射文件的 `format` 有误",
        ),
        (
            "case = \"c\"",
            "csae = \"c\"",
            "m.toml:7: 映射文件的 `columns.csae` 有误",
        ),
        (
            "Asia/Shanghai",
            "Asia/Jiaozuo",
            "m.toml:4: 映射文件的 `zone` 有误",
        ),
        (
            "name = \"small\"",
            "name = \"Small Log\"",
            "m.toml:2: 映射文件的 `name` 有误",
        ),
        (
            "constant",
            "konstant",
            "m.toml:12: 映射文件的 `case.item` 有误",
        ),
        (
            "{ constant = \"X\" }",
            "{ }",
            "m.toml:12: 映射文件的 `case.item` 有误",
        ),
        (
            "stage = \"review\"",
            "outcome = \"granted\"",
            "m.toml:15: 映射文件的 `activities.\"审核\"` 有误",
        ),
        (
            "stage = \"handling\"",
            "stage = \"踏勘\"",
            "m.toml:16: 映射文件的 `activities.\"审核/退回\"` 有误",
        ),
        (
            "[columns]",
            "lifecycles = [\"x\"]\n[columns]",
            "m.toml:6: 映射文件的 `lifecycles` 有误",
        ),
        (
            "[columns]",
            "time_formats = [\"%Q\"]\n[columns]",
            "m.toml:6: 映射文件的 `time_formats` 有误",
        ),
        (
            "[columns]",
            "delimiter = \";;\"\n[columns]",
            "m.toml:6: 映射文件的 `delimiter` 有误",
        ),
        (
            "[case]",
            "[case]\ndue = \"d\"\nterm = { amount = 5, unit = \"months\" }",
            "m.toml:13: 映射文件的 `case.term` 有误",
        ),
        (
            "[case]",
            "[case]\nterm = { amount = 5 }",
            "m.toml:12: 映射文件的 `case.term` 有误",
        ),
    ];

    fn wrong(text: &str) -> String {
        Mapping::parse(text, Path::new("m.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn looks_activities_up_from_the_whole_to_the_first_part() {
        let mapping = Mapping::parse(SMALL, Path::new("m.toml")).unwrap();
        let act = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|p| (*p).to_owned()).collect();
            mapping.activity(&parts).map(|a| a.act)
        };
        assert_eq!(act(&["审核", "退回"]), Some(Act::SendBack));
        assert_eq!(act(&["审核", "同意"]), Some(Act::Complete));
        assert_eq!(act(&["审核"]), Some(Act::Complete));
        assert_eq!(act(&["踏勘"]), None);
        assert_eq!(mapping.column_names(), ["a", "c", "r", "t"]);
    }

    #[test]
    fn errors_name_file_line_and_key() {
        for (old, new, wanted) in WRONG {
            assert!(SMALL.contains(old), "{old}");
            let message = wrong(&SMALL.replacen(old, new, 1));
            assert!(message.starts_with(wanted), "{message}\n{wanted}");
        }
        assert!(wrong(&SMALL.replace("occurred_at = \"t\"", "")).contains("occurred_at"));
    }

    #[test]
    fn the_mappings_that_come_along_are_right() {
        for text in [
            include_str!("../../../../config/mappings/wabo-receipt.toml"),
            include_str!("../../../../config/mappings/five-stages.toml"),
        ] {
            Mapping::parse(text, Path::new("m.toml")).unwrap();
        }
    }
}
