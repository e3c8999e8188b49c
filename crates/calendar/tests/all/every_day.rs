//! Every day of 2004 to 2028 against the naive way of counting.

use crate::naive::NaiveDays;
use crate::shipped::{at, cn, day, parts};
use calendar::{Calendar, DayNumber, Term, TermUnit, Used};
use chrono::{NaiveDate, TimeDelta};

/// The amounts that are tried from every day: as long as most limits are.
const AMOUNTS: u32 = 40;

fn both() -> (Calendar, NaiveDays) {
    (cn(), NaiveDays::new(&parts("cn")))
}

fn dates(calendar: &Calendar) -> impl Iterator<Item = NaiveDate> {
    let to = calendar.to();
    calendar
        .from()
        .iter_days()
        .take_while(move |day| *day <= to)
}

#[test]
fn each_day_works_or_rests_as_listed() {
    let (cn, naive) = both();
    let mut working_days = 0;
    for date in dates(&cn) {
        let info = cn.day(date).expect("a day covered");
        assert_eq!(info.working, naive.works(date), "{date}");
        assert_eq!(cn.is_working(date), Ok(info.working), "{date}");
        assert_eq!(info.kind.works(), info.working, "{date}");
        assert_eq!(info.hours.is_empty(), !info.working, "{date}");
        working_days += i64::from(info.working);
        let before = day("2003-12-31");
        assert_eq!(
            cn.working_days_between(before, date),
            Ok(working_days),
            "{date}"
        );
        assert_eq!(
            cn.working_days_between(date, before),
            Ok(-working_days),
            "{date}"
        );
        assert_eq!(DayNumber::of(date).date(), date);
    }
}

#[test]
fn working_days_are_added_as_by_hand() {
    let (cn, naive) = both();
    for day0 in dates(&cn) {
        let rolled = (naive.roll(day0) <= cn.to()).then(|| naive.roll(day0));
        assert_eq!(cn.roll(day0).ok(), rolled, "{day0}");
        assert_eq!(cn.add_working_days(day0, 0).ok(), rolled, "{day0}");
        let mut after = day0.iter_days().skip(1).filter(|day| naive.works(*day));
        for n in 1..AMOUNTS {
            let expected = after.next().filter(|day| *day <= cn.to());
            assert_eq!(cn.add_working_days(day0, n).ok(), expected, "{day0} + {n}");
            let number = cn.due_day(DayNumber::of(day0), n, &[]);
            assert_eq!(number.ok().map(DayNumber::date), expected, "{day0} + {n}");
        }
    }
}

/// A stop said twice is still one; two are counted the general way, one the short way.
#[test]
fn one_stop_is_as_good_as_the_same_stop_twice() {
    let cn = cn();
    // Around a National Day, and where the calendar begins and ends.
    for (from, to) in [
        ("2011-09-20", "2011-10-14"),
        ("2003-12-30", "2004-01-12"),
        ("2028-11-20", "2029-01-02"),
    ] {
        let days = |from, to| DayNumber::of(day(from)).get()..DayNumber::of(day(to)).get();
        for day0 in days(from, to) {
            for n in [0, 1, 2, 3, 5, 8, 13, 20] {
                for opens in day0 - 4..day0 + 32 {
                    for resumes in [-1, 0, 1, 2, 3, 7, 16].map(|lasts| opens + lasts) {
                        let stop = (DayNumber::new(opens), DayNumber::new(resumes));
                        let due = |stops| cn.due_day(DayNumber::new(day0), n, stops);
                        assert_eq!(due(&[stop]), due(&[stop, stop]), "{day0} {n} {stop:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_day_with_n_left_is_the_first() {
    let (cn, _) = both();
    for due_on in dates(&cn).skip(60) {
        for n in 0..10 {
            let first = cn.first_day_with_left(due_on, n).expect("a day covered");
            let left = |day| cn.working_days_between(day, due_on).expect("days covered");
            assert!(left(first) <= i64::from(n), "{due_on} {n}");
            assert!(
                left(first - TimeDelta::days(1)) > i64::from(n),
                "{due_on} {n}"
            );
        }
    }
    assert!(cn.first_day_with_left(day("2004-01-05"), 5).is_err());
}

#[test]
fn natural_days_and_months_end_as_by_hand() {
    let (cn, naive) = both();
    let last_start = day("2028-08-31");
    for day0 in dates(&cn).take_while(|day| *day <= last_start) {
        let start = cn.start_of(day0) + TimeDelta::hours(10);
        let due = |term| cn.due(start, term, &[], None).expect("days covered");
        let mut amounts = (0..AMOUNTS).step_by(7);
        assert!(amounts.all(|n| {
            let raw = day0 + TimeDelta::days(i64::from(n));
            due(Term::NaturalDays(n)).map(|due| due.on) == Some(naive.roll(raw))
        }));
        for n in [1, 2, 3] {
            let expected = naive.roll(NaiveDays::months_after(day0, n));
            assert_eq!(
                due(Term::Months(n)).map(|due| due.on),
                Some(expected),
                "{day0} + {n}"
            );
        }
    }
}

#[test]
fn used_days_are_those_between() {
    let (cn, naive) = both();
    let start = at("2011-09-26T16:00:00+08:00");
    for day in day("2011-09-26").iter_days().take(120) {
        let end = cn.start_of(day) + TimeDelta::hours(17);
        let used = cn.used(start, end, TermUnit::WorkingDays, &[]);
        let expected = naive.between(cn.office_date(start), day);
        assert_eq!(
            used,
            Ok(Used::Days(i64::try_from(expected).expect("a few days")))
        );
    }
}
