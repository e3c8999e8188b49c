//! What the stages of completed cases were allowed: the limits beside which their times are shown.

use std::collections::BTreeMap;

use super::facts::Window;
use super::lists::Lists;
use super::persons::PersonLine;
use super::ratio::Ratio;
use super::statement::Statement;
use crate::books::Books;
use crate::stage::Stage;

/// What goes with a statement beyond its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What is named one by one.
    pub lists: Lists,
    /// What each official did.
    pub persons: Vec<PersonLine>,
    /// The limits of the stages ([`stage_limits`]).
    pub stage_limits: BTreeMap<Stage, Ratio>,
}

/// The limits of the stages in working days, summed over the measured cases of a statement, over their number: each case
/// counts with the limit that its item had at the end of the period. Cases of items without such a limit don't count.
pub fn stage_limits(statement: &Statement, books: &Books) -> BTreeMap<Stage, Ratio> {
    let mut limits: BTreeMap<Stage, Ratio> = BTreeMap::new();
    let to = Window::new(&statement.period, &books.calendar, statement.cut_off).to;
    for item in &statement.items {
        let versions = books.items.get(&item.code);
        let mut versions = versions.into_iter().flatten().rev();
        let Some(found) = versions.find(|version| version.from < to) else {
            continue;
        };
        for (stage, figures) in &item.figures.stages {
            if let Some(days) = found.item.stages.of(*stage) {
                let cases = figures.used.cases();
                let sum = limits.entry(*stage).or_default();
                sum.numerator += u64::from(days).saturating_mul(cases);
                sum.denominator += cases;
            }
        }
    }
    limits.retain(|_, sum| sum.denominator > 0);
    limits
}
