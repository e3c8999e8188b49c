//! The ranking of units in a period: the mean of its months, ties by volume, who isn't ranked and why, and who has been
//! among the last for months in a row.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::entry::Entry;
use super::points::{Points, Score};
use super::scheme::{Grade, Scheme};
use super::score::{MonthScore, UnitFacts, month_score};
use crate::ids::UnitCode;
use crate::statistics::{Figures, Period, Ratio};

/// What a unit brings to a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitInput {
    /// Its figures.
    pub figures: Figures,
    /// Whether it has items in force.
    pub has_items: bool,
    /// See [`super::least_cuts`].
    pub least_cut: Option<Ratio>,
    /// See [`super::notice_runs`].
    pub notice_runs: Vec<u64>,
    /// What was entered for it.
    pub entries: Vec<Entry>,
}

/// A month with its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthInput {
    /// The month.
    pub month: Period,
    /// By which scheme it is scored: a closed month keeps the one that it was closed with.
    pub scheme: Arc<Scheme>,
    /// The units, by code.
    pub units: BTreeMap<UnitCode, UnitInput>,
}

/// Why a unit isn't ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unranked {
    /// 无业务: nothing received, accepted or ended in the period.
    NoBusiness,
    /// Too few cases for a rank to say anything.
    FewCases {
        /// What it had.
        cases: u64,
        /// What the scheme asks for.
        min: u64,
    },
}

impl Unranked {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoBusiness => "no_business",
            Self::FewCases { .. } => "few_cases",
        }
    }
}

/// A unit in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The unit.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// Its cases, as the scheme counts them.
    pub volume: u64,
    /// Each month of the period; `None` where nothing happened that could be scored.
    pub months: Vec<(Period, Option<MonthScore>)>,
    /// The mean of the months that were scored.
    pub score: Option<Score>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// Its place, from 1; equal units share one.
    pub rank: Option<u64>,
    /// Why it has none.
    pub unranked: Option<Unranked>,
    /// The first and the last of the months in a row that it was among the last.
    pub in_row: Option<(Period, Period)>,
}

/// The scores of the units in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    /// By which scheme the period is ranked and graded: that of its last month.
    pub scheme: Arc<Scheme>,
    /// The months that they are the mean of.
    pub months: Vec<Period>,
    /// By which scheme each of these months was scored.
    pub schemes: Vec<Arc<Scheme>>,
    /// The units: the ranked ones by rank, then the others, by code.
    pub units: Vec<Placed>,
    /// How many units are ranked, also where only one is told of.
    pub ranked_count: usize,
    /// Only one unit is told of.
    pub is_of_one: bool,
}

/// The months that fill a period; none if it isn't made of whole months.
pub fn months_of(period: &Period) -> Vec<Period> {
    let (first, last) = (period.first(), period.last());
    let ends = last.succ_opt().is_none_or(|next| next.day() == 1);
    if first.day() != 1 || !ends {
        return Vec::new();
    }
    let mut months = Vec::new();
    let mut next = first;
    while next <= last {
        months.extend(Period::month(next.year(), next.month()));
        let Some(after) = next.checked_add_months(chrono::Months::new(1)) else {
            break;
        };
        next = after;
    }
    months
}

/// The months whose figures the scores of a period need, the earliest first: its own that have begun by a day, and
/// before them those that a row of months may reach back to.
pub fn months_needed(scheme: &Scheme, period: &Period, today: NaiveDate) -> Vec<Period> {
    let own = months_of(period);
    let Some(first) = own.first().copied() else {
        return Vec::new();
    };
    let before = usize::try_from(scheme.months_in_row.saturating_sub(1)).unwrap_or_default();
    let mut months: Vec<Period> = std::iter::successors(first.before(), Period::before)
        .take(before)
        .collect();
    months.reverse();
    months.extend(own.into_iter().filter(|month| month.first() <= today));
    months
}

impl Scores {
    /// Scores and ranks the units of a period from its months and those before it; `None` if it isn't made of whole
    /// months. `name` gives the name of a unit.
    pub fn new(
        scheme: Arc<Scheme>,
        period: &Period,
        inputs: &[MonthInput],
        name: impl Fn(&UnitCode) -> String,
    ) -> Option<Self> {
        let own = months_of(period);
        if own.is_empty() {
            return None;
        }
        let scored: Vec<ScoredMonth> = inputs.iter().map(ScoredMonth::new).collect();
        let in_row = in_row(&scheme, &scored, &own);
        let own: Vec<&ScoredMonth> = scored.iter().filter(|m| own.contains(&m.month)).collect();
        let mut units = combine(&scheme, &own);
        for placed in &mut units {
            placed.name = name(&placed.unit);
            placed.grade = placed.score.and_then(|s| scheme.grade(s)).cloned();
            placed.in_row = in_row.get(&placed.unit).copied();
        }
        Some(Self {
            months: own.iter().map(|month| month.month).collect(),
            schemes: own.iter().map(|month| Arc::clone(month.scheme)).collect(),
            scheme,
            ranked_count: units.iter().filter(|placed| placed.rank.is_some()).count(),
            units,
            is_of_one: false,
        })
    }

    /// What one unit has of it: nothing of another one is left.
    #[must_use]
    pub fn only(mut self, code: &UnitCode) -> Self {
        self.units.retain(|placed| placed.unit == *code);
        self.is_of_one = true;
        self
    }

    /// The scheme by which a month was scored.
    pub fn scheme_of(&self, month: &Period) -> &Scheme {
        let mut months = self.months.iter().zip(&self.schemes);
        let found = months.find(|(own, _)| *own == month);
        found.map_or(&self.scheme, |(_, scheme)| scheme)
    }

    /// The mean of a unit's points in each part over the months that were scored, by the parts' keys: those of the period's
    /// scheme in its order, and whatever else other months' schemes had.
    pub fn part_means<'s>(&'s self, placed: &'s Placed) -> Vec<(&'s str, Score)> {
        let scored = || placed.months.iter().filter_map(|(_, score)| score.as_ref());
        let own = self.scheme.parts.iter().map(|part| part.key.as_str());
        let mut keys: Vec<&str> = own.collect();
        for part in scored().flat_map(|score| &score.parts) {
            if !keys.contains(&part.key.as_str()) {
                keys.push(&part.key);
            }
        }
        let mean = |key: &str| {
            let parts = scored().flat_map(|score| &score.parts);
            Score::mean(parts.filter(|part| part.key == key).map(|part| part.points))
        };
        keys.into_iter()
            .filter_map(|key| Some((key, mean(key)?)))
            .collect()
    }

    /// Whether some month was scored by another edition than the others.
    pub fn has_several_schemes(&self) -> bool {
        let edition = |scheme: &Scheme| (scheme.name.clone(), scheme.edition.clone());
        let mut editions = self.schemes.iter().map(|scheme| edition(scheme));
        let first = editions.next();
        editions.any(|other| Some(other) != first)
    }

    /// A unit's place.
    pub fn unit(&self, code: &UnitCode) -> Option<&Placed> {
        self.units.iter().find(|placed| placed.unit == *code)
    }

    /// The ranked units, the best first.
    pub fn ranked(&self) -> impl Iterator<Item = &Placed> {
        self.units.iter().filter(|placed| placed.rank.is_some())
    }

    /// The others, by code.
    pub fn unranked(&self) -> impl Iterator<Item = &Placed> {
        self.units.iter().filter(|placed| placed.rank.is_none())
    }

    /// The first ones.
    pub fn first(&self) -> impl Iterator<Item = &Placed> {
        let most = self.scheme.first;
        self.ranked()
            .filter(move |p| p.rank.is_some_and(|rank| rank <= most))
    }

    /// The last ones; nobody where all that are ranked would be among them.
    pub fn last(&self) -> impl Iterator<Item = &Placed> {
        let ranks = self.ranked().filter_map(|placed| placed.rank);
        let from = last_from(&self.scheme, ranks.count());
        self.ranked().filter(move |p| is_last(p.rank, from))
    }

    /// Those that were among the last for months in a row.
    pub fn flagged(&self) -> impl Iterator<Item = &Placed> {
        self.units.iter().filter(|placed| placed.in_row.is_some())
    }
}

/// A month with its units scored.
struct ScoredMonth<'a> {
    month: Period,
    scheme: &'a Arc<Scheme>,
    units: Vec<(&'a UnitCode, &'a UnitInput, Option<MonthScore>)>,
}

impl<'a> ScoredMonth<'a> {
    fn new(input: &'a MonthInput) -> Self {
        let known = input.units.iter().filter(|(_, unit)| unit.is_known());
        let units = known.map(|(code, unit)| {
            let facts = UnitFacts {
                figures: &unit.figures,
                least_cut: unit.least_cut,
                notice_runs: &unit.notice_runs,
                entries: &unit.entries,
            };
            let score = unit.has_facts().then(|| month_score(&input.scheme, facts));
            (code, unit, score)
        });
        Self {
            month: input.month,
            scheme: &input.scheme,
            units: units.collect(),
        }
    }
}

impl UnitInput {
    /// Anything to be scored. A unit that left its late cases open all month did no business, but is scored for them.
    fn has_facts(&self) -> bool {
        self.figures != Figures::default() || self.entries.iter().any(Entry::counts)
    }

    /// Whether it belongs into the list at all.
    fn is_known(&self) -> bool {
        self.has_items || self.has_facts()
    }
}

/// The units of some months together, ranked and in order.
fn combine(scheme: &Scheme, months: &[&ScoredMonth<'_>]) -> Vec<Placed> {
    let mut units: BTreeMap<&UnitCode, (Placed, bool)> = BTreeMap::new();
    for scored in months {
        for (code, input, score) in &scored.units {
            let (placed, has_business) = units.entry(code).or_insert_with(|| {
                let placed = Placed {
                    unit: (*code).clone(),
                    name: String::new(),
                    volume: 0,
                    months: Vec::new(),
                    score: None,
                    grade: None,
                    rank: None,
                    unranked: None,
                    in_row: None,
                };
                (placed, false)
            });
            placed.volume += scored.scheme.volume.of(&input.figures);
            placed.months.push((scored.month, score.clone()));
            *has_business |= input.figures.has_business();
        }
    }
    let placed = units.into_values().map(|(mut placed, has_business)| {
        let points = placed.months.iter();
        let points = points.filter_map(|(_, score)| score.as_ref().map(|s| s.points));
        placed.score = Score::mean(points.collect::<Vec<Points>>());
        placed.unranked = match placed.score {
            Some(_) if has_business && placed.volume >= scheme.cases_min => None,
            Some(_) if has_business => Some(Unranked::FewCases {
                cases: placed.volume,
                min: scheme.cases_min,
            }),
            _ => Some(Unranked::NoBusiness),
        };
        placed
    });
    let mut placed: Vec<Placed> = placed.collect();
    rank(&mut placed);
    placed
}

/// Puts the ranked ones first, the best of them first, and numbers them; equals share a number.
fn rank(units: &mut [Placed]) {
    // The order by code stays among equals, and among those that aren't ranked.
    units.sort_by_key(|placed| {
        let place = (Reverse(placed.score), Reverse(placed.volume));
        match placed.unranked {
            None => (false, Some(place)),
            Some(_) => (true, None),
        }
    });
    let mut before: Option<(Option<Score>, u64, u64)> = None;
    for (placed, number) in units.iter_mut().zip(1_u64..) {
        if placed.unranked.is_some() {
            break;
        }
        let rank = match before {
            Some((score, volume, rank)) if (score, volume) == (placed.score, placed.volume) => rank,
            _ => number,
        };
        placed.rank = Some(rank);
        before = Some((placed.score, placed.volume, rank));
    }
}

/// The rank after which the last ones begin; `None` where there are too few to single some out.
fn last_from(scheme: &Scheme, ranked: usize) -> Option<u64> {
    let ranked = u64::try_from(ranked).unwrap_or(u64::MAX);
    ranked.checked_sub(scheme.last).filter(|from| *from > 0)
}

/// Whoever has so many units strictly before it that only the last places are left.
fn is_last(rank: Option<u64>, from: Option<u64>) -> bool {
    rank.zip(from).is_some_and(|(rank, from)| rank > from)
}

/// The units that were among the last for enough months in a row, up to a month of the period: the latest such row.
fn in_row(
    scheme: &Scheme,
    months: &[ScoredMonth<'_>],
    own: &[Period],
) -> BTreeMap<UnitCode, (Period, Period)> {
    let last_of = |month: &ScoredMonth<'_>| -> BTreeSet<UnitCode> {
        let placed = combine(month.scheme, &[month]);
        let ranked = placed.iter().filter(|p| p.rank.is_some()).count();
        let from = last_from(month.scheme, ranked);
        let last = placed.into_iter().filter(|p| is_last(p.rank, from));
        last.map(|placed| placed.unit).collect()
    };
    let last: Vec<(Period, BTreeSet<UnitCode>)> = months
        .iter()
        .map(|month| (month.month, last_of(month)))
        .collect();
    let length = usize::try_from(scheme.months_in_row)
        .unwrap_or(usize::MAX)
        .max(1);
    let mut found = BTreeMap::new();
    for row in last.windows(length) {
        let (Some((from, units)), Some((to, _))) = (row.first(), row.last()) else {
            continue;
        };
        let follow = row.windows(2).all(|pair| match pair {
            [(one, _), (next, _)] => next.before() == Some(*one),
            _ => true,
        });
        if !follow || !own.contains(to) {
            continue;
        }
        let always = units
            .iter()
            .filter(|unit| row.iter().all(|(_, last)| last.contains(unit)));
        for unit in always {
            found.insert(unit.clone(), (*from, *to));
        }
    }
    found
}
