//! What has been used of a limit, and office time between two instants.

use crate::shipped::{at, cn};
use calendar::{TermUnit, Used, UsedError};
use chrono::TimeDelta;

const UNITS: [TermUnit; 3] = [
    TermUnit::WorkingDays,
    TermUnit::NaturalDays,
    TermUnit::WorkingHours,
];

#[test]
fn the_first_day_that_is_needed_and_not_covered_is_named() {
    let cn = cn();
    let start = at("2028-12-28T10:00:00+08:00");
    let after = cn.to().succ_opt().expect("a day");
    for unit in UNITS {
        let last = cn.used(start, at("2028-12-31T17:00:00+08:00"), unit, &[]);
        assert!(last.is_ok(), "{unit:?}: the last day is covered");
        for end in ["2029-01-01T09:00:00+08:00", "2031-03-04T09:00:00+08:00"] {
            match cn.used(start, at(end), unit, &[]) {
                Err(UsedError::NotCovered(error)) => assert_eq!(error.date, after, "{unit:?}"),
                other => panic!("{unit:?}: {other:?}"),
            }
        }
        let before = cn.used(at("1999-01-04T09:00:00+08:00"), start, unit, &[]);
        assert!(matches!(before, Err(UsedError::NotCovered(_))), "{unit:?}");
    }
}

#[test]
fn what_has_no_answer_is_refused() {
    let cn = cn();
    let (start, end) = (
        at("2011-09-26T10:00:00+08:00"),
        at("2011-09-28T10:00:00+08:00"),
    );
    assert_eq!(
        cn.used(start, end, TermUnit::Months, &[]),
        Err(UsedError::Months)
    );
    for unit in UNITS {
        assert_eq!(
            cn.used(end, start, unit, &[]),
            Err(UsedError::EndBeforeStart {
                start: end,
                end: start
            })
        );
    }
    assert_eq!(
        cn.used(start, start, TermUnit::WorkingDays, &[]),
        Ok(Used::Days(0))
    );
}

#[test]
fn office_time_is_what_lies_within_office_hours() {
    let cn = cn();
    let (from, to) = (
        at("2011-09-26T10:00:00+08:00"),
        at("2011-09-27T09:00:00+08:00"),
    );
    let minutes = |n| Ok(TimeDelta::minutes(n));
    assert_eq!(cn.office_time_between(from, to), minutes(120 + 180 + 30));
    assert_eq!(cn.office_time_between(to, from), minutes(0));
    let outside = at("2029-01-02T09:00:00+08:00");
    assert!(cn.office_time_between(from, outside).is_err());
    assert!(
        cn.office_time_between(at("1999-01-04T09:00:00+08:00"), to)
            .is_err()
    );
}
