//! Scoring (绩效量化评估): a scheme as data, the points of a unit in a month with every deduction told, and the ranking.
//!
//! All of it is exact: points are whole ten-thousandths, means are a sum over a number of months, and nothing is rounded
//! before it is shown. What the program knows is scored from the [`Figures`](crate::statistics::Figures) of a month; the
//! rest is entered by inspectors ([`Entry`]). Suggested reading order: [`Points`], [`Scheme`], [`MonthScore`],
//! [`Scores`].

mod entry;
mod points;
mod ranking;
mod runs;
mod scheme;
mod scheme_file;
mod score;
#[cfg(test)]
mod tests;

pub use entry::{Entry, EntryAct, EntryActKind, EntryRefusal, EntryState, read_month};
pub use points::{Points, Score};
pub use ranking::{MonthInput, Placed, Scores, UnitInput, Unranked, months_needed, months_of};
pub use runs::{StandingWarning, notice_runs};
pub use scheme::{Grade, Measure, Part, Rule, Scheme, Share, Sign, Steps, TOTAL, Volume};
pub use scheme_file::{SchemeError, SchemeProblem};
pub use score::{Amount, Known, Line, MonthScore, PartScore, UnitFacts, least_cuts, month_score};
