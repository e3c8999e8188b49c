//! Warnings in a row (连续预警).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ids::SubjectId;
use crate::rule::Level;

/// A warning that was issued against a case and stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingWarning {
    /// The case.
    pub subject: SubjectId,
    /// Its level.
    pub level: Level,
    /// When it was raised.
    pub at: DateTime<Utc>,
}

/// The lengths of the rows of notices among the warnings of one unit. As everywhere, a case counts with its highest
/// warning; a card, yellow or red, ends a row.
pub fn notice_runs(warnings: impl IntoIterator<Item = StandingWarning>) -> Vec<u64> {
    let mut highest: BTreeMap<SubjectId, (Level, DateTime<Utc>)> = BTreeMap::new();
    for warning in warnings {
        let own = highest
            .entry(warning.subject)
            .or_insert((warning.level, warning.at));
        if warning.level > own.0 {
            *own = (warning.level, warning.at);
        } else if warning.level == own.0 {
            own.1 = own.1.min(warning.at);
        }
    }
    let mut course: Vec<(DateTime<Utc>, SubjectId, Level)> = highest
        .into_iter()
        .map(|(subject, (level, at))| (at, subject, level))
        .collect();
    course.sort();
    let rows = course.chunk_by(|(_, _, a), (_, _, b)| a == b);
    let notices = rows.filter(|row| {
        row.first()
            .is_some_and(|(.., level)| *level == Level::Notice)
    });
    notices
        .map(|row| u64::try_from(row.len()).unwrap_or(u64::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_ends_a_row_and_a_case_counts_once() {
        let warning = |(subject, level, second): &(&str, Level, i64)| StandingWarning {
            subject: SubjectId::from(*subject),
            level: *level,
            at: DateTime::from_timestamp(*second, 0).expect("an instant"),
        };
        let runs = |warnings: &[(&str, Level, i64)]| notice_runs(warnings.iter().map(warning));
        use Level::{Notice, Red, Yellow};
        assert_eq!(runs(&[]), Vec::<u64>::new());
        assert_eq!(runs(&[("a", Notice, 1), ("b", Notice, 2)]), [2]);
        // The notice of c came first, but c has a red card now, which stands between b and d.
        let told = [
            ("c", Notice, 1),
            ("a", Notice, 2),
            ("b", Notice, 3),
            ("c", Yellow, 4),
            ("c", Red, 5),
            ("d", Notice, 6),
            ("d", Notice, 7),
        ];
        assert_eq!(runs(&told), [2, 1]);
        assert_eq!(runs(&[("a", Yellow, 1), ("b", Red, 2)]), Vec::<u64>::new());
    }
}
