//! The score of one unit in one month, with every point that was taken off or added told.

use std::collections::BTreeMap;

use calendar::Term;
use chrono::{DateTime, Utc};

use super::entry::{Entry, EntryState};
use super::points::Points;
use super::scheme::{Rule, Scheme, Steps};
use crate::books::Books;
use crate::ids::UnitCode;
use crate::item::{Item, ItemCategory};
use crate::statistics::{Figures, Ratio};

/// What a unit's score of a month is made of.
#[derive(Clone, Copy, Debug)]
pub struct UnitFacts<'a> {
    /// Its figures of the month.
    pub figures: &'a Figures,
    /// By how much each of its items is promised to be faster than the law demands, at least; see [`least_cuts`].
    pub least_cut: Option<Ratio>,
    /// The lengths of its rows of notices.
    pub notice_runs: &'a [u64],
    /// What was entered for it.
    pub entries: &'a [Entry],
}

/// What was counted or measured behind some points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Count(u64),
    /// Such a share.
    Share(Ratio),
    /// What an inspector entered, and where it stands.
    Entered {
        /// The entry's number.
        number: String,
        /// Where it stands.
        state: EntryState,
    },
}

/// Points that were taken off or added, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is for: the rule's text, or the inspector's reason.
    pub text: String,
    /// The same in English; the reason as it is.
    pub text_en: String,
    /// What was counted.
    pub amount: Amount,
    /// The points, with their sign.
    pub points: Points,
}

impl Line {
    /// The line as a sentence on Chinese papers.
    pub fn zh(&self) -> String {
        let (verb, size) = match self.points < Points::ZERO {
            true => ("扣", self.points.size()),
            false => ("加", self.points),
        };
        let what = match &self.amount {
            Amount::Count(count) => format!("{}{count}件次", self.text),
            Amount::Share(share) => format!("{}{}", self.text, percent(*share)),
            Amount::Entered { number, state } => {
                let mark = match state {
                    EntryState::Contested => "，申诉中",
                    _ => "",
                };
                format!("{}（{number}{mark}）", self.text)
            }
        };
        format!("{what}，{verb}{size}分")
    }

    /// The same in English.
    pub fn en(&self) -> String {
        let sign = if self.points < Points::ZERO { "" } else { "+" };
        let what = match &self.amount {
            Amount::Count(count) => format!("{}: {count}", self.text_en),
            Amount::Share(share) => format!("{}: {}", self.text_en, percent(*share)),
            Amount::Entered { number, state } => {
                let mark = match state {
                    EntryState::Contested => ", objected to",
                    _ => "",
                };
                format!("{} ({number}{mark})", self.text_en)
            }
        };
        format!("{what}, {sign}{}", self.points)
    }
}

fn percent(share: Ratio) -> String {
    match share.percent(2) {
        Some(value) => format!("{}.{:02}%", value / 100, value % 100),
        None => "—".to_owned(),
    }
}

/// Whether anything is known about a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// The program counts something for it.
    Counted,
    /// Only what was entered.
    Entered,
    /// 未录入: nothing is counted, nothing was entered. Full points say nothing then.
    NotRecorded,
}

impl Known {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Entered => "entered",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// What a unit has of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartScore {
    /// The part's key.
    pub key: String,
    /// From 0 to the part's points, before its weight.
    pub points: Points,
    /// Whether anything is known about it.
    pub known: Known,
    /// What was taken off or given back.
    pub lines: Vec<Line>,
}

/// What a unit has in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthScore {
    /// The parts, in the scheme's order.
    pub parts: Vec<PartScore>,
    /// What belongs to no part: bonuses, deductions from the sum, entries for it.
    pub lines: Vec<Line>,
    /// All together, never below 0.
    pub points: Points,
}

impl MonthScore {
    /// All lines, part by part, those of the sum last.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let parts = self.parts.iter().flat_map(|part| &part.lines);
        parts.chain(&self.lines)
    }
}

/// Scores a unit in a month.
pub fn month_score(scheme: &Scheme, facts: UnitFacts<'_>) -> MonthScore {
    let entries: Vec<&Entry> = facts.entries.iter().filter(|e| e.counts()).collect();
    let of_rules = |part: Option<&str>| -> Vec<Line> {
        let rules = scheme.rules.iter();
        let rules = rules.filter(|rule| rule.part.as_deref() == part);
        rules.filter_map(|rule| line(rule, facts)).collect()
    };
    let mut parts = Vec::new();
    for part in &scheme.parts {
        let mut lines = of_rules(Some(&part.key));
        let own = entries.iter().filter(|entry| entry.part == part.key);
        let entered: Vec<Line> = own.map(|entry| entered(entry)).collect();
        let mut rules = scheme.rules.iter();
        let known = match rules.any(|rule| rule.part.as_ref() == Some(&part.key)) {
            true => Known::Counted,
            false if entered.is_empty() => Known::NotRecorded,
            false => Known::Entered,
        };
        lines.extend(entered);
        let changes: Points = lines.iter().map(|line| line.points).sum();
        parts.push(PartScore {
            key: part.key.clone(),
            points: part.points.plus(changes).clamp(Points::ZERO, part.points),
            known,
            lines,
        });
    }
    let mut lines = of_rules(None);
    let bonus: Points = lines
        .iter()
        .map(|line| line.points)
        .filter(|p| *p > Points::ZERO)
        .sum();
    let bonus = scheme.bonus_most.map_or(bonus, |most| bonus.min(most));
    let off: Points = lines
        .iter()
        .map(|line| line.points)
        .filter(|p| *p < Points::ZERO)
        .sum();
    // A part that the scheme doesn't have any more: what was entered for it counts in the sum.
    let others = entries
        .iter()
        .filter(|entry| scheme.part(&entry.part).is_none());
    let others: Vec<Line> = others.map(|entry| entered(entry)).collect();
    let entered: Points = others.iter().map(|line| line.points).sum();
    lines.extend(others);
    let weighted = scheme.parts.iter().zip(&parts);
    let sum: Points = weighted
        .map(|(part, score)| score.points.weighted(part.weight_percent))
        .chain([bonus, off, entered])
        .sum();
    let sum = scheme.most.map_or(sum, |most| sum.min(most));
    MonthScore {
        parts,
        lines,
        points: sum.max(Points::ZERO),
    }
}

/// What a rule takes or gives, if it does.
fn line(rule: &Rule, facts: UnitFacts<'_>) -> Option<Line> {
    let (amount, points) = match rule.steps {
        Steps::Count { measure, each } => {
            let count = measure.count(facts.figures, facts.notice_runs, each.into());
            (Amount::Count(count), rule.points_of_count(count, each))
        }
        Steps::Share {
            share,
            from_percent,
            each_percent,
            each_points,
        } => {
            let share = share.of(facts.figures, facts.least_cut);
            let steps = (from_percent, each_percent);
            (
                Amount::Share(share),
                rule.points_of_share(share, steps, each_points),
            )
        }
    };
    (points != Points::ZERO).then(|| Line {
        text: rule.text.clone(),
        text_en: rule.text_en.clone(),
        amount,
        points,
    })
}

fn entered(entry: &Entry) -> Line {
    Line {
        text: entry.reason.clone(),
        text_en: entry.reason.clone(),
        amount: Amount::Entered {
            number: entry.number.clone(),
            state: entry.state(),
        },
        points: entry.points,
    }
}

/// By unit, of its approval items in force just before an instant the smallest share that the promise cuts of the
/// statutory limit. A promise in another unit of time than the law's can't be compared: it counts as cutting nothing.
/// Items without a statutory limit are left out.
pub fn least_cuts(books: &Books, before: DateTime<Utc>) -> BTreeMap<UnitCode, Ratio> {
    let mut least: BTreeMap<UnitCode, Ratio> = BTreeMap::new();
    for versions in books.items.values() {
        let found = versions.iter().rev().find(|version| version.from < before);
        let Some(item) = found.map(|version| &*version.item) else {
            continue;
        };
        let Some(cut) = cut(item) else { continue };
        let own = least.entry(item.unit.clone()).or_insert(cut);
        if less(cut, *own) {
            *own = cut;
        }
    }
    least
}

fn cut(item: &Item) -> Option<Ratio> {
    if item.category != ItemCategory::Approval {
        return None;
    }
    let statutory = item.statutory?;
    let whole = u64::from(statutory.amount());
    let same = |promised: &Term| promised.unit() == statutory.unit();
    let promised = item.promised.filter(same).map(|term| term.amount());
    let cut = promised.map_or(0, |promised| whole.saturating_sub(promised.into()));
    (whole > 0).then(|| Ratio::new(cut, whole))
}

fn less(a: Ratio, b: Ratio) -> bool {
    let product = |n: u64, d: u64| u128::from(n).saturating_mul(u128::from(d));
    product(a.numerator, b.denominator) < product(b.numerator, a.denominator)
}
