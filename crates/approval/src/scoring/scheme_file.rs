//! Schemes as files (`config/scoring/*.toml`): reading them, and naming what is wrong in them.

use std::fmt;

use calendar::Term;

use super::points::Points;
use super::scheme::{Grade, Measure, Part, Rule, Scheme, Share, Sign, Steps, TOTAL, Volume};
use crate::rules_file::table::{FormError, Found, Source, Table, ValueKind, is_plain_key};
use crate::rules_file::{FormProblem, Place};
use crate::term_text::{self, TermTextError};

/// The most points of anything: a scheme counts in hundreds, and sums stay far from overflow.
const POINTS_MAX: Points = Points::whole(100_000);
/// The heaviest weight, percent.
const WEIGHT_PERCENT_MAX: u32 = 10_000;
/// Longer than a year in a row says nothing about a year's report.
const MONTHS_IN_ROW_MAX: u32 = 12;

const ROOT_KEYS: &[&str] = &[
    "name",
    "title",
    "title_en",
    "objection",
    "most",
    "bonus_most",
    "ranking",
    "part",
    "deduction",
    "bonus",
    "grade",
];
const RANKING_KEYS: &[&str] = &["cases_min", "volume", "first", "last", "months_in_row"];
const PART_KEYS: &[&str] = &[
    "key",
    "name",
    "name_en",
    "points",
    "weight_percent",
    "hint",
    "hint_en",
];
/// Of a deduction. A bonus goes to the sum: it has all but the first.
const RULE_KEYS: &[&str] = &[
    "part",
    "id",
    "count",
    "each",
    "share",
    "from_percent",
    "each_percent",
    "each_points",
    "points",
    "most",
    "text",
    "text_en",
];
const GRADE_KEYS: &[&str] = &["name", "name_en", "from"];

/// What is wrong in a scheme's file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeError {
    /// File, line and key.
    pub place: Place,
    /// What is wrong there.
    pub problem: SchemeProblem,
}

/// What can be wrong in a scheme's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeProblem {
    /// The form: syntax, an unknown or missing key, a wrong kind of value.
    Form(FormProblem),
    /// A key with other characters than small letters, digits and hyphens, or the word for the sum.
    KeyFormat {
        /// The text as given.
        found: String,
    },
    /// Two parts or rules with one key.
    Twice {
        /// The key.
        key: String,
    },
    /// A word that isn't one of the known ones.
    UnknownWord {
        /// The word as given.
        found: String,
        /// The words that are.
        known: Vec<String>,
    },
    /// An amount of points that is none, or out of range.
    Points,
    /// A number out of range.
    Range {
        /// The number as given.
        found: u32,
        /// The least that is accepted.
        min: u32,
        /// The most.
        max: u32,
    },
    /// A rule that neither counts nor measures a share, or does both.
    Steps,
    /// A key that belongs to the other way of measuring.
    OtherWay {
        /// What it goes with.
        with: &'static str,
    },
    /// A term that can't be read.
    Term(TermTextError),
    /// Grades that don't fall, or don't end at 0.
    Grades,
}

impl fmt::Display for SchemeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(problem) => problem.fmt(f),
            Self::KeyFormat { found } => write!(
                f,
                "{found:?} isn't a key; use small letters, digits and hyphens, at most 64, and not {TOTAL:?}"
            ),
            Self::Twice { key } => write!(f, "{key:?} is there already; give each its own"),
            Self::UnknownWord { found, known } => {
                write!(f, "{found:?} isn't known; use one of {}", known.join(", "))
            }
            Self::Points => write!(
                f,
                "must be points above 0, such as 5 or \"2.5\" with two decimals at most, no more than {POINTS_MAX}"
            ),
            Self::Range { found, min, max } => {
                write!(f, "{found} is out of range; use {min} to {max}")
            }
            Self::Steps => f.write_str("needs either count or share, not both"),
            Self::OtherWay { with } => write!(f, "goes with {with} only; remove it"),
            Self::Term(error) => error.fmt(f),
            Self::Grades => f.write_str(
                "grades must fall from the best to the last, and the last must begin at 0",
            ),
        }
    }
}

impl SchemeProblem {
    fn message_zh(&self) -> String {
        match self {
            Self::Form(problem) => problem.message_zh(),
            Self::KeyFormat { found } => format!(
                "“{found}”不能用作键，请只用小写字母、数字和连字符，不超过64个，且不能用{TOTAL}"
            ),
            Self::Twice { key } => format!("“{key}”已用过，每项须有自己的键"),
            Self::UnknownWord { found, known } => {
                format!("不认识“{found}”，请改用：{}", known.join("、"))
            }
            Self::Points => {
                format!("应为大于0的分值，如5或\"2.5\"，最多两位小数，不超过{POINTS_MAX}")
            }
            Self::Range { found, min, max } => format!("{found}超出范围，请用{min}至{max}"),
            Self::Steps => "count和share须写其一，且只写其一".into(),
            Self::OtherWay { with } => format!("只能与{with}同用，请删去"),
            Self::Term(error) => error.message_zh(),
            Self::Grades => "等次须由高到低排列，最后一等须从0分起".into(),
        }
    }
}

impl SchemeError {
    /// The message in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        format!("{}：{}", self.place.message_zh(), self.problem.message_zh())
    }
}

impl fmt::Display for SchemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for SchemeError {}

impl From<FormError> for SchemeError {
    fn from((place, problem): FormError) -> Self {
        Self {
            place,
            problem: SchemeProblem::Form(problem),
        }
    }
}

type Read<T> = Result<T, SchemeError>;

fn refuse<T>(place: Place, problem: SchemeProblem) -> Read<T> {
    Err(SchemeError { place, problem })
}

impl Scheme {
    /// Reads a scheme's file; `name` is what messages call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and key.
    pub fn parse(name: &str, text: &str) -> Result<Self, SchemeError> {
        let source = Source { file: name, text };
        let parsed = source.parse()?;
        let root = Table::root(source, &parsed);
        root.only(ROOT_KEYS)?;
        let parts = read_parts(&root)?;
        let mut rules = Vec::new();
        for (key, sign) in [("deduction", Sign::Deduction), ("bonus", Sign::Bonus)] {
            for table in optional(&root, key)? {
                let (place, rule) = read_rule(&table, sign, &parts)?;
                if rules.iter().any(|other: &Rule| other.id == rule.id) {
                    return refuse(place, SchemeProblem::Twice { key: rule.id });
                }
                rules.push(rule);
            }
        }
        let ranking = root.table_if_any("ranking")?;
        let ranking = ranking.ok_or_else(|| {
            let missing = FormProblem::Missing(ValueKind::Table);
            SchemeError::from((root.place("ranking"), missing))
        })?;
        ranking.only(RANKING_KEYS)?;
        let volume = ranking.text("volume")?;
        let row = ("months_in_row", (2, MONTHS_IN_ROW_MAX));
        Ok(Self {
            name: plain_key(root.text("name")?)?.value,
            title: root.text("title")?.value,
            title_en: root.text("title_en")?.value,
            edition: String::new(),
            objection: read_term(root.text("objection")?)?,
            cases_min: number(&ranking, "cases_min", (0, u32::MAX))?.into(),
            volume: word(volume, Volume::parse, &Volume::ALL.map(Volume::as_str))?,
            first: number(&ranking, "first", (1, u32::MAX))?.into(),
            last: number(&ranking, "last", (1, u32::MAX))?.into(),
            months_in_row: number(&ranking, row.0, row.1)?,
            bonus_most: points_if_any(&root, "bonus_most")?,
            most: points_if_any(&root, "most")?,
            parts,
            rules,
            grades: read_grades(&root)?,
        })
    }
}

/// The tables under a key that may be missing.
fn optional<'a>(table: &Table<'a>, key: &str) -> Read<Vec<Table<'a>>> {
    match table.tables(key) {
        Err((_, FormProblem::Missing(_))) => Ok(Vec::new()),
        found => Ok(found?),
    }
}

fn plain_key(found: Found<String>) -> Read<Found<String>> {
    if is_plain_key(&found.value) && found.value != TOTAL {
        return Ok(found);
    }
    let problem = SchemeProblem::KeyFormat { found: found.value };
    refuse(found.place, problem)
}

fn word<T>(found: Found<String>, parse: impl Fn(&str) -> Option<T>, all: &[&str]) -> Read<T> {
    match parse(&found.value) {
        Some(value) => Ok(value),
        None => refuse(
            found.place,
            SchemeProblem::UnknownWord {
                found: found.value,
                known: all.iter().map(|&word| word.to_owned()).collect(),
            },
        ),
    }
}

fn read_term(found: Found<String>) -> Read<Term> {
    match term_text::parse(&found.value) {
        Ok(term) => Ok(term),
        Err(error) => refuse(found.place, SchemeProblem::Term(error)),
    }
}

fn number_if_any(table: &Table<'_>, key: &str, (min, max): (u32, u32)) -> Read<Option<u32>> {
    match table.number_if_any(key)? {
        None => Ok(None),
        Some(found) if (min..=max).contains(&found.value) => Ok(Some(found.value)),
        Some(Found { value, place }) => {
            let found = value;
            refuse(place, SchemeProblem::Range { found, min, max })
        }
    }
}

fn number(table: &Table<'_>, key: &str, range: (u32, u32)) -> Read<u32> {
    let found = number_if_any(table, key, range)?;
    found.ok_or_else(|| missing(table, key))
}

fn missing(table: &Table<'_>, key: &str) -> SchemeError {
    let missing = FormProblem::Missing(ValueKind::Number);
    SchemeError::from((table.place(key), missing))
}

/// Points: a whole number, or a text with decimals.
fn points_if_any(table: &Table<'_>, key: &str) -> Read<Option<Points>> {
    let place = || table.place(key);
    let points = match table.text_if_any(key) {
        Ok(None) => return Ok(None),
        Ok(Some(found)) => Points::parse(&found.value),
        Err(_) => match table.number_if_any(key) {
            Ok(found) => found.map(|found| Points::whole(found.value.into())),
            Err(_) => None,
        },
    };
    match points {
        Some(points) if points > Points::ZERO && points <= POINTS_MAX => Ok(Some(points)),
        _ => refuse(place(), SchemeProblem::Points),
    }
}

fn points(table: &Table<'_>, key: &str) -> Read<Points> {
    let found = points_if_any(table, key)?;
    found.ok_or_else(|| missing(table, key))
}

fn read_parts(root: &Table<'_>) -> Read<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    for table in root.tables("part")? {
        table.only(PART_KEYS)?;
        let key = plain_key(table.text("key")?)?;
        if parts.iter().any(|part| part.key == key.value) {
            return refuse(key.place, SchemeProblem::Twice { key: key.value });
        }
        let hint = table.text_if_any("hint")?;
        let hint_en = match &hint {
            Some(_) => Some(table.text("hint_en")?.value),
            None if table.text_if_any("hint_en")?.is_some() => {
                let with = "hint";
                return refuse(table.place("hint_en"), SchemeProblem::OtherWay { with });
            }
            None => None,
        };
        let weight = number_if_any(&table, "weight_percent", (1, WEIGHT_PERCENT_MAX))?;
        parts.push(Part {
            key: key.value,
            name: table.text("name")?.value,
            name_en: table.text("name_en")?.value,
            points: points(&table, "points")?,
            weight_percent: weight.unwrap_or(100),
            hint: hint.map(|found| found.value).zip(hint_en),
        });
    }
    Ok(parts)
}

/// Reads a deduction or a bonus; the place is that of its id.
fn read_rule(table: &Table<'_>, sign: Sign, parts: &[Part]) -> Read<(Place, Rule)> {
    table.only(match sign {
        Sign::Deduction => RULE_KEYS,
        Sign::Bonus => RULE_KEYS.get(1..).unwrap_or_default(),
    })?;
    let id = plain_key(table.text("id")?)?;
    let part = match table.text_if_any("part")? {
        None => None,
        Some(found) if found.value == TOTAL => None,
        Some(found) => {
            let known = parts.iter().map(|part| part.key.as_str());
            let mut all: Vec<&str> = known.collect();
            let is_known = all.contains(&found.value.as_str());
            all.push(TOTAL);
            Some(word(found, |key| is_known.then(|| key.to_owned()), &all)?)
        }
    };
    let points = points(table, "points")?;
    let rule = Rule {
        id: id.value,
        sign,
        part,
        steps: read_steps(table, points)?,
        points,
        most: points_if_any(table, "most")?,
        text: table.text("text")?.value,
        text_en: table.text("text_en")?.value,
    };
    Ok((id.place, rule))
}

fn read_steps(table: &Table<'_>, first: Points) -> Read<Steps> {
    let not_with = |keys: &[&'static str], with: &'static str| {
        for key in keys {
            // Whatever stands there, it doesn't belong here.
            if !matches!(table.text_if_any(key), Ok(None)) {
                return refuse(table.place(key), SchemeProblem::OtherWay { with });
            }
        }
        Ok(())
    };
    match (table.text_if_any("count")?, table.text_if_any("share")?) {
        (Some(count), None) => {
            not_with(&["from_percent", "each_percent", "each_points"], "share")?;
            Ok(Steps::Count {
                measure: word(count, Measure::parse, &Measure::ALL.map(Measure::as_str))?,
                each: number_if_any(table, "each", (1, u32::MAX))?.unwrap_or(1),
            })
        }
        (None, Some(share)) => {
            not_with(&["each"], "count")?;
            let from_percent = number(table, "from_percent", (1, 100))?;
            let each_percent = number_if_any(table, "each_percent", (1, 100))?;
            Ok(Steps::Share {
                share: word(share, Share::parse, &Share::ALL.map(Share::as_str))?,
                from_percent,
                each_percent: each_percent.unwrap_or(from_percent),
                each_points: points_if_any(table, "each_points")?.unwrap_or(first),
            })
        }
        (None, None) => refuse(table.place("count"), SchemeProblem::Steps),
        (Some(_), Some(_)) => refuse(table.place("share"), SchemeProblem::Steps),
    }
}

fn read_grades(root: &Table<'_>) -> Read<Vec<Grade>> {
    let mut grades: Vec<Grade> = Vec::new();
    let mut last = root.place("grade");
    for table in root.tables("grade")? {
        table.only(GRADE_KEYS)?;
        last = table.place("from");
        let from = match table.number_if_any("from") {
            Ok(Some(found)) if found.value == 0 => Points::ZERO,
            _ => points(&table, "from")?,
        };
        if grades.last().is_some_and(|better| better.from <= from) {
            return refuse(last, SchemeProblem::Grades);
        }
        grades.push(Grade {
            name: table.text("name")?.value,
            name_en: table.text("name_en")?.value,
            from,
        });
    }
    if grades.last().is_none_or(|grade| grade.from != Points::ZERO) {
        return refuse(last, SchemeProblem::Grades);
    }
    Ok(grades)
}
