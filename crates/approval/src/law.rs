//! Legal bases (法律依据) with the days on which each was in force.
//!
//! A card or an explanation names the article as it was in force on its day 0; laws change, so
//! one key may have several versions, of which at most one holds on any day.

use std::fmt;

use chrono::NaiveDate;

use crate::rules_file::table::{FormError, FormProblem, Found, Place, Source, Table, is_plain_key};

/// One article, paragraph or item of a law, during the time in which it read so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// What rules refer to, e.g. `permit-law-42-1`.
    pub key: String,
    /// Its name for people, e.g. 行政许可法第四十二条第一款.
    pub article: String,
    /// What it says, in short, in Chinese: a paraphrase, not the wording of the law.
    pub text: String,
    /// The first day in force.
    pub valid_from: NaiveDate,
    /// The last day in force; `None` = still in force.
    pub valid_to: Option<NaiveDate>,
}

impl Basis {
    /// Whether it was in force on this day.
    #[must_use]
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|last| on <= last)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let starts_by_end_of =
            |a: &Self, b: &Self| b.valid_to.is_none_or(|last| a.valid_from <= last);
        starts_by_end_of(self, other) && starts_by_end_of(other, self)
    }
}

/// All legal bases that a deployment knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    bases: Vec<Basis>,
}

/// What is wrong in a file of legal bases, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawError {
    /// File, line and key.
    pub place: Place,
    /// What is wrong there.
    pub problem: LawProblem,
}

/// What can be wrong in a file of legal bases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LawProblem {
    /// The form: syntax, an unknown or missing key, a wrong kind of value.
    Form(FormProblem),
    /// The key of a basis has other characters than small letters, digits and hyphens.
    KeyFormat {
        /// The key as given.
        found: String,
    },
    /// It ends before it begins.
    EndsBeforeStart {
        /// The first day in force.
        valid_from: NaiveDate,
    },
    /// Two versions of one key are in force on the same day.
    Overlap {
        /// The key.
        basis: String,
        /// The line of the other version.
        other_line: usize,
    },
}

impl fmt::Display for LawProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(problem) => problem.fmt(f),
            Self::KeyFormat { found } => write!(
                f,
                "{found:?} isn't a key; use small letters, digits and hyphens, at most 64"
            ),
            Self::EndsBeforeStart { valid_from } => write!(
                f,
                "lies before valid_from {valid_from}; correct one of the two"
            ),
            Self::Overlap { basis, other_line } => write!(
                f,
                "two versions of {basis} are in force on the same day, the other in line {other_line}; end the older one with valid_to the day before the newer one begins"
            ),
        }
    }
}

impl LawProblem {
    fn message_zh(&self) -> String {
        match self {
            Self::Form(problem) => problem.message_zh(),
            Self::KeyFormat { found } => {
                format!("“{found}”不能用作键，请只用小写字母、数字和连字符，不超过64个")
            }
            Self::EndsBeforeStart { valid_from } => {
                format!("早于valid_from（{valid_from}），请改正其中之一")
            }
            Self::Overlap { basis, other_line } => format!(
                "{basis}有两个版本在同一天有效，另一个在第{other_line}行；请把旧版本的valid_to写成新版本生效的前一天"
            ),
        }
    }
}

impl LawError {
    /// The message in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        format!("{}：{}", self.place.message_zh(), self.problem.message_zh())
    }
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for LawError {}

impl From<FormError> for LawError {
    fn from((place, problem): FormError) -> Self {
        Self {
            place,
            problem: LawProblem::Form(problem),
        }
    }
}

impl Law {
    /// Reads a file of legal bases; `name` is what messages call it.
    ///
    /// # Errors
    /// With file, line and key: not TOML, a key unknown or missing, a version that ends before
    /// it begins, two versions of one key in force on the same day.
    pub fn parse(name: &str, text: &str) -> Result<Self, LawError> {
        let source = Source { file: name, text };
        let parsed = source.parse()?;
        let root = Table::root(source, &parsed);
        root.only(&["basis"])?;
        let mut read: Vec<Found<Basis>> = Vec::new();
        for table in root.tables("basis")? {
            let found = read_basis(&table)?;
            let other = read.iter().find(|other| {
                other.value.key == found.value.key && other.value.overlaps(&found.value)
            });
            if let Some(other) = other {
                return Err(LawError {
                    place: found.place,
                    problem: LawProblem::Overlap {
                        basis: found.value.key,
                        other_line: other.place.line,
                    },
                });
            }
            read.push(found);
        }
        let bases = read.into_iter().map(|found| found.value).collect();
        Ok(Self { bases })
    }

    /// The version of this basis that was in force on this day, if the key is known and had one.
    #[must_use]
    pub fn basis(&self, key: &str, on: NaiveDate) -> Option<&Basis> {
        self.bases
            .iter()
            .find(|basis| basis.key == key && basis.is_in_force(on))
    }

    /// Whether the key is known, in force or not.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.bases.iter().any(|basis| basis.key == key)
    }

    /// All versions in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Basis> {
        self.bases.iter()
    }
}

fn read_basis(table: &Table<'_>) -> Result<Found<Basis>, LawError> {
    table.only(&["key", "article", "text", "valid_from", "valid_to"])?;
    let key = table.text("key")?;
    if !is_plain_key(&key.value) {
        return Err(LawError {
            place: key.place,
            problem: LawProblem::KeyFormat { found: key.value },
        });
    }
    let valid_from = table.date("valid_from")?.value;
    let valid_to = table.date_if_any("valid_to")?;
    if let Some(last) = &valid_to
        && last.value < valid_from
    {
        return Err(LawError {
            place: last.place.clone(),
            problem: LawProblem::EndsBeforeStart { valid_from },
        });
    }
    Ok(Found {
        value: Basis {
            key: key.value,
            article: table.text("article")?.value,
            text: table.text("text")?.value,
            valid_from,
            valid_to: valid_to.map(|last| last.value),
        },
        place: key.place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CN: &str = include_str!("../../../config/law/cn.toml");

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn the_version_of_the_day_is_found() {
        let law = Law::parse("config/law/cn.toml", CN).expect("it reads");
        for (key, on, article) in [
            ("permit-law-42-1", "2004-06-30", None),
            (
                "permit-law-42-1",
                "2004-07-01",
                Some("行政许可法第四十二条第一款"),
            ),
            (
                "permit-law-72-reasons",
                "2019-04-22",
                Some("行政许可法第七十二条第五项"),
            ),
            (
                "permit-law-72-reasons",
                "2019-04-23",
                Some("行政许可法第七十二条第七项"),
            ),
            (
                "counting-start",
                "2017-09-30",
                Some("民法通则第一百五十四条第二款"),
            ),
            (
                "counting-start",
                "2017-10-01",
                Some("民法总则第二百零一条第一款"),
            ),
            ("counting-month", "2020-12-31", Some("民法总则第二百零二条")),
            (
                "counting-rest-day",
                "2021-01-01",
                Some("民法典第二百零三条第一款"),
            ),
            (
                "counting-day-end",
                "2030-01-01",
                Some("民法典第二百零三条第二款"),
            ),
            ("no-such-law", "2011-01-01", None),
        ] {
            let found = law.basis(key, day(on)).map(|basis| basis.article.as_str());
            assert_eq!(found, article, "{key} on {on}");
        }
        assert!(law.knows("counting-hours") && !law.knows("no-such-law"));
        assert_eq!(
            law.iter()
                .filter(|basis| basis.key == "counting-start")
                .count(),
            3
        );
    }

    #[test]
    fn each_mistake_is_named_with_file_line_and_key() {
        const GOOD: &str = "[[basis]]\nkey = \"k\"\narticle = \"甲\"\ntext = \"乙\"\nvalid_from = 2004-07-01\nvalid_to = 2010-01-01\n";
        let again = |from: &str| {
            let later = GOOD.replace("2010-01-01", "2020-01-01");
            format!("{GOOD}{}", later.replace("2004-07-01", from))
        };
        assert!(Law::parse("l.toml", &again("2010-01-02")).is_ok());
        let one_day = GOOD.replace("2010-01-01", "2004-07-01");
        assert!(Law::parse("l.toml", &one_day).is_ok());
        let overlap = "l.toml:8: basis.key: two versions of k are in force on the same day, the other in line 2";
        for (text, expected) in [
            (again("2010-01-01"), overlap),
            (again("2000-01-01"), overlap),
            (
                GOOD.replace("2010-01-01", "2004-06-30"),
                "l.toml:6: basis.valid_to: lies before valid_from 2004-07-01",
            ),
            (
                GOOD.replace("\"k\"", "\"K\""),
                "l.toml:2: basis.key: \"K\" isn't a key",
            ),
            (
                GOOD.replace("2010-01-01", "\"2010\""),
                "l.toml:6: basis.valid_to: must be a date",
            ),
            (
                GOOD.replace("2010-01-01", "2010-01-01T00:00:00"),
                "l.toml:6: basis.valid_to: must be a date",
            ),
            (GOOD.replace("2010-01-01", "2010-02-30"), "l.toml:6"),
            (
                GOOD.replace("text =", "txt ="),
                "l.toml:4: basis.txt: unknown key",
            ),
            (
                GOOD.replace("text = \"乙\"\n", ""),
                "l.toml:1: basis.text: missing",
            ),
            (String::new(), "l.toml:1: basis: missing"),
        ] {
            let error = Law::parse("l.toml", &text).expect_err(expected);
            assert!(
                error.to_string().starts_with(expected),
                "{error}\n{expected}"
            );
            let line = format!("l.toml 第{}行", error.place.line);
            assert!(
                error.message_zh().starts_with(&line),
                "{}",
                error.message_zh()
            );
        }
        for (text, expected) in [
            (
                again("2010-01-01"),
                "l.toml 第8行，键“basis.key”：k有两个版本在同一天有效，另一个在第2行；请把旧版本的valid_to写成新版本生效的前一天",
            ),
            (
                GOOD.replace("2010-01-01", "2004-06-30"),
                "l.toml 第6行，键“basis.valid_to”：早于valid_from（2004-07-01），请改正其中之一",
            ),
            (
                GOOD.replace("\"k\"", "\"K\""),
                "l.toml 第2行，键“basis.key”：“K”不能用作键，请只用小写字母、数字和连字符，不超过64个",
            ),
            (
                GOOD.replace("2010-01-01", "\"2010\""),
                "l.toml 第6行，键“basis.valid_to”：值应为不带引号的日期（如2004-07-01）",
            ),
        ] {
            let error = Law::parse("l.toml", &text).expect_err(expected);
            assert_eq!(error.message_zh(), expected);
        }
    }
}
