//! Rule sets as files (`config/rules/*.toml`): reading them, and naming what is wrong in them.

pub(crate) mod table;

use std::collections::HashMap;
use std::fmt;

use calendar::Term;

use table::{FormError, Found, Source, Table, is_plain_key};
pub use table::{FormProblem, Place, ValueKind};

use crate::law::Law;
use crate::rule::{
    Audience, Element, IssueMode, Level, OrderSpec, Periods, Rule, RuleSet, Threshold,
};
use crate::term_text::{self, TermTextError};

/// The most working days that a threshold may lie from its due date: ten years, more than any
/// limit in the law, so that a slip of the finger is refused and dates stay far from overflow.
const THRESHOLD_WORKING_DAYS_MAX: u32 = 2_500;

const ROOT_KEYS: &[&str] = &["name", "periods", "rule"];
const PERIOD_KEYS: &[&str] = &[
    "acceptance",
    "delivery",
    "correction",
    "forwarded",
    "extension_cap_working_days",
    "joint_extension_cap_working_days",
    "partner",
    "appeal_filing",
    "appeal",
];
const RULE_KEYS: &[&str] = &[
    "id",
    "element",
    "level",
    "before_working_days",
    "used_percent",
    "after_working_days",
    "tell",
    "issue",
    "order",
    "basis",
    "text",
    "text_en",
];
const ORDER_KEYS: &[&str] = &["term", "text"];

/// What is wrong in a rule file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// File, line and key.
    pub place: Place,
    /// What is wrong there.
    pub problem: RuleProblem,
}

/// What can be wrong in a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleProblem {
    /// The form: syntax, an unknown or missing key, a wrong kind of value.
    Form(FormProblem),
    /// A name, rule id or legal basis with other characters than small letters, digits and hyphens.
    KeyFormat {
        /// The text as given.
        found: String,
    },
    /// Two rules with one id.
    DuplicateId {
        /// The id.
        id: String,
        /// The line of the first.
        first_line: usize,
    },
    /// A word that isn't one of the known ones.
    UnknownWord {
        /// The word as given.
        found: String,
        /// The words that are.
        known: Vec<&'static str>,
    },
    /// The same word twice in a list.
    Twice {
        /// The word.
        word: String,
    },
    /// No threshold, or one before together with one after the due date.
    Threshold,
    /// A threshold on a rule that never fires by itself.
    ThresholdByHand,
    /// A percentage outside 1 to 100.
    Percent {
        /// The number as given.
        found: u32,
    },
    /// A threshold too far from the due date, or 0 days before it.
    WorkingDays {
        /// The number as given.
        found: u32,
        /// The least that is accepted.
        min: u32,
    },
    /// A term that can't be read.
    Term(TermTextError),
    /// A rule on supervision orders that would issue another order each time it fires.
    OrderOnOrder,
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(problem) => problem.fmt(f),
            Self::KeyFormat { found } => write!(
                f,
                "{found:?} isn't a key; use small letters, digits and hyphens, at most 64"
            ),
            Self::DuplicateId { id, first_line } => write!(
                f,
                "the rule in line {first_line} has the id {id:?} too; give each rule its own"
            ),
            Self::UnknownWord { found, known } => {
                write!(f, "{found:?} isn't known; use one of {}", known.join(", "))
            }
            Self::Twice { word } => write!(f, "{word:?} is listed twice; remove one"),
            Self::Threshold => f.write_str(
                "needs either before_working_days, used_percent or both, or else after_working_days alone",
            ),
            Self::ThresholdByHand => f.write_str(
                "a rule of element manual is raised by an inspector, remove its threshold",
            ),
            Self::Percent { found } => {
                write!(f, "{found} isn't a share of the term; use 1 to 100")
            }
            Self::WorkingDays { found, min } => write!(
                f,
                "{found} working days is out of range; use {min} to {THRESHOLD_WORKING_DAYS_MAX}"
            ),
            Self::Term(error) => error.fmt(f),
            Self::OrderOnOrder => f.write_str(
                "a rule on orders can't issue another order, there would be no end; remove order",
            ),
        }
    }
}

impl RuleProblem {
    fn message_zh(&self) -> String {
        match self {
            Self::Form(problem) => problem.message_zh(),
            Self::KeyFormat { found } => {
                format!("“{found}”不能用作键，请只用小写字母、数字和连字符，不超过64个")
            }
            Self::DuplicateId { id, first_line } => {
                format!("第{first_line}行的规则已用了编号“{id}”，每条规则须有自己的编号")
            }
            Self::UnknownWord { found, known } => {
                format!("不认识“{found}”，请改用：{}", known.join("、"))
            }
            Self::Twice { word } => format!("“{word}”重复，请删去一个"),
            Self::Threshold => {
                "请写before_working_days、used_percent（可同时写），或者只写after_working_days"
                    .into()
            }
            Self::ThresholdByHand => "人工发牌规则由监察人员发牌，请删去触发条件".into(),
            Self::Percent { found } => format!("{found}不是时限的百分比，请用1至100"),
            Self::WorkingDays { found, min } => {
                format!("{found}个工作日超出范围，请用{min}至{THRESHOLD_WORKING_DAYS_MAX}")
            }
            Self::Term(error) => error.message_zh(),
            Self::OrderOnOrder => {
                "针对督办单的规则不能再发督办单，否则没有尽头，请删去order".into()
            }
        }
    }
}

impl RuleError {
    /// The message in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        format!("{}：{}", self.place.message_zh(), self.problem.message_zh())
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for RuleError {}

impl From<FormError> for RuleError {
    fn from((place, problem): FormError) -> Self {
        Self {
            place,
            problem: RuleProblem::Form(problem),
        }
    }
}

/// A rule that names a legal basis which the file of legal bases doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "rule {rule:?} of {set:?} rests on {basis:?}, which isn't among the legal bases; correct it or add it there"
)]
pub struct UnknownBasis {
    /// The rule set.
    pub set: String,
    /// The rule.
    pub rule: String,
    /// The key that isn't known.
    pub basis: String,
}

impl UnknownBasis {
    /// The message in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        format!(
            "规则集“{}”的规则“{}”引用了法律依据“{}”，但依据表中没有，请改正或补入依据表",
            self.set, self.rule, self.basis
        )
    }
}

impl RuleSet {
    /// Reads a rule file; `name` is what messages call it. The version is 0 until the store sets it;
    /// the text is for the caller to keep.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and key.
    pub fn parse(name: &str, text: &str) -> Result<Self, RuleError> {
        let source = Source { file: name, text };
        let parsed = source.parse()?;
        let root = Table::root(source, &parsed);
        root.only(ROOT_KEYS)?;
        let set_name = plain_key(root.text("name")?)?.value;
        let periods = match root.table_if_any("periods")? {
            Some(table) => read_periods(&table)?,
            None => Periods::default(),
        };
        let mut rules = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        for table in root.tables("rule")? {
            let (place, rule) = read_rule(&table)?;
            if let Some(first_line) = lines.insert(rule.id.clone(), place.line) {
                let id = rule.id;
                return refuse(place, RuleProblem::DuplicateId { id, first_line });
            }
            rules.push(rule);
        }
        Ok(Self {
            name: set_name,
            version: 0,
            rules,
            periods,
        })
    }

    /// Checks that each legal basis named by a rule is known.
    ///
    /// # Errors
    /// The first rule with a basis that isn't.
    pub fn check_bases(&self, law: &Law) -> Result<(), UnknownBasis> {
        for rule in &self.rules {
            if let Some(basis) = rule.basis.iter().find(|key| !law.knows(key)) {
                return Err(UnknownBasis {
                    set: self.name.clone(),
                    rule: rule.id.clone(),
                    basis: basis.clone(),
                });
            }
        }
        Ok(())
    }
}

fn refuse<T>(place: Place, problem: RuleProblem) -> Result<T, RuleError> {
    Err(RuleError { place, problem })
}

fn plain_key(found: Found<String>) -> Result<Found<String>, RuleError> {
    if is_plain_key(&found.value) {
        return Ok(found);
    }
    let problem = RuleProblem::KeyFormat { found: found.value };
    refuse(found.place, problem)
}

/// Reads one word of an enum, or names all the words it could be.
fn word<T: Copy>(
    found: Found<String>,
    parse: fn(&str) -> Option<T>,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, RuleError> {
    match parse(&found.value) {
        Some(value) => Ok(value),
        None => refuse(
            found.place,
            RuleProblem::UnknownWord {
                found: found.value,
                known: all.iter().copied().map(as_str).collect(),
            },
        ),
    }
}

fn term(found: Found<String>) -> Result<Term, RuleError> {
    match term_text::parse(&found.value) {
        Ok(term) => Ok(term),
        Err(error) => refuse(found.place, RuleProblem::Term(error)),
    }
}

fn read_periods(table: &Table<'_>) -> Result<Periods, RuleError> {
    table.only(PERIOD_KEYS)?;
    let law = Periods::default();
    let term_if_any = |key| table.text_if_any(key)?.map(term).transpose();
    let number_if_any = |key| table.number_if_any(key).map(|n| n.map(|n| n.value));
    Ok(Periods {
        acceptance: term_if_any("acceptance")?.unwrap_or(law.acceptance),
        delivery: term_if_any("delivery")?.unwrap_or(law.delivery),
        correction: term_if_any("correction")?,
        forwarded: term_if_any("forwarded")?.unwrap_or(law.forwarded),
        extension_cap: number_if_any("extension_cap_working_days")?.unwrap_or(law.extension_cap),
        joint_extension_cap: number_if_any("joint_extension_cap_working_days")?
            .unwrap_or(law.joint_extension_cap),
        partner: term_if_any("partner")?,
        appeal_filing: term_if_any("appeal_filing")?.unwrap_or(law.appeal_filing),
        appeal: term_if_any("appeal")?.unwrap_or(law.appeal),
    })
}

/// Reads one `[[rule]]`; the place is that of its id.
fn read_rule(table: &Table<'_>) -> Result<(Place, Rule), RuleError> {
    table.only(RULE_KEYS)?;
    let id = plain_key(table.text("id")?)?;
    let element = word(
        table.text("element")?,
        Element::parse,
        &Element::ALL,
        Element::as_str,
    )?;
    let level = word(
        table.text("level")?,
        Level::parse,
        &Level::ALL,
        Level::as_str,
    )?;
    let issue = word(
        table.text("issue")?,
        IssueMode::parse,
        &IssueMode::ALL,
        IssueMode::as_str,
    )?;
    let rule = Rule {
        id: id.value,
        element,
        level,
        threshold: read_threshold(table, element)?,
        tell: read_tell(table)?,
        issue,
        order: read_order(table, element)?,
        basis: read_bases(table)?,
        text: table.text("text")?.value,
        text_en: table.text("text_en")?.value,
    };
    Ok((id.place, rule))
}

fn read_threshold(table: &Table<'_>, element: Element) -> Result<Threshold, RuleError> {
    // 0 days before would be the due day itself, for which there is `after_working_days = 0`.
    let before = read_days(table, "before_working_days", 1)?;
    let after = read_days(table, "after_working_days", 0)?;
    let percent = read_percent(table)?;
    if element == Element::Manual {
        return match (before, percent, after) {
            (None, None, None) => Ok(Threshold::ByHand),
            _ => refuse(table.place("element"), RuleProblem::ThresholdByHand),
        };
    }
    match (before, percent, after) {
        (Some(n), None, None) => Ok(Threshold::WorkingDaysBefore(n)),
        (None, Some(percent), None) => Ok(Threshold::ShareUsed { percent }),
        (Some(working_days), Some(percent), None) => Ok(Threshold::Earlier {
            working_days,
            percent,
        }),
        (None, None, Some(n)) => Ok(Threshold::WorkingDaysAfter(n)),
        (None, None, None) => refuse(table.place("before_working_days"), RuleProblem::Threshold),
        (_, _, Some(_)) => refuse(table.place("after_working_days"), RuleProblem::Threshold),
    }
}

fn read_percent(table: &Table<'_>) -> Result<Option<u8>, RuleError> {
    let Some(found) = table.number_if_any("used_percent")? else {
        return Ok(None);
    };
    if let Ok(percent @ 1..=100) = u8::try_from(found.value) {
        return Ok(Some(percent));
    }
    let problem = RuleProblem::Percent { found: found.value };
    refuse(found.place, problem)
}

fn read_days(table: &Table<'_>, key: &str, min: u32) -> Result<Option<u32>, RuleError> {
    match table.number_if_any(key)? {
        None => Ok(None),
        Some(found) if (min..=THRESHOLD_WORKING_DAYS_MAX).contains(&found.value) => {
            Ok(Some(found.value))
        }
        Some(found) => {
            let problem = RuleProblem::WorkingDays {
                found: found.value,
                min,
            };
            refuse(found.place, problem)
        }
    }
}

fn read_tell(table: &Table<'_>) -> Result<Vec<Audience>, RuleError> {
    let mut tell = Vec::new();
    for found in table.texts("tell")? {
        let place = found.place.clone();
        let audience = word(found, Audience::parse, &Audience::ALL, Audience::as_str)?;
        if tell.contains(&audience) {
            let word = audience.as_str().to_owned();
            return refuse(place, RuleProblem::Twice { word });
        }
        tell.push(audience);
    }
    Ok(tell)
}

fn read_bases(table: &Table<'_>) -> Result<Vec<String>, RuleError> {
    let mut bases = Vec::new();
    for found in table.texts("basis")? {
        let found = plain_key(found)?;
        if bases.contains(&found.value) {
            let problem = RuleProblem::Twice { word: found.value };
            return refuse(found.place, problem);
        }
        bases.push(found.value);
    }
    Ok(bases)
}

fn read_order(table: &Table<'_>, element: Element) -> Result<Option<OrderSpec>, RuleError> {
    let Some(order) = table.table_if_any("order")? else {
        return Ok(None);
    };
    if element == Element::Order {
        return refuse(table.place("order"), RuleProblem::OrderOnOrder);
    }
    order.only(ORDER_KEYS)?;
    Ok(Some(OrderSpec {
        term: term(order.text("term")?)?,
        text: order.text("text")?.value,
    }))
}

#[cfg(test)]
mod tests;
