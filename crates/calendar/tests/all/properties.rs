//! Random starts, terms and stops: the tables against the naive way of
//! counting, and what must hold of any count.

use crate::naive::NaiveDays;
use crate::shipped::{cn, day, parts};
use calendar::{Calendar, DayNumber, Due, Interval, Term, TermUnit, Used};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

static CN: LazyLock<Calendar> = LazyLock::new(cn);
static NAIVE: LazyLock<NaiveDays> = LazyLock::new(|| NaiveDays::new(&parts("cn")));

/// A start, as days and minutes after 2010-01-01.
fn start() -> impl Strategy<Value = DateTime<Utc>> {
    (0i64..6000, 0i64..1440).prop_map(|(days, minutes)| {
        let day = day("2010-01-01") + TimeDelta::days(days);
        CN.start_of(day) + TimeDelta::minutes(minutes)
    })
}

/// Stops around a start: when each opens, in minutes from the start, and how
/// long it lasts. Short and long ones, some of them together.
fn stops() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let minutes = |days: i64| days * 1440;
    vec(
        (
            minutes(-4)..minutes(45),
            prop_oneof![0..minutes(3), 0..minutes(25)],
        ),
        0..5,
    )
}

fn intervals(start: DateTime<Utc>, stops: &[(i64, i64)]) -> Vec<Interval> {
    let intervals = stops.iter().map(|(opens, lasts)| {
        let from = start + TimeDelta::minutes(*opens);
        Interval {
            from,
            to: Some(from + TimeDelta::minutes(*lasts)),
        }
    });
    intervals.collect()
}

/// The same stops as days, in order of opening.
fn days(stops: &[Interval]) -> Vec<(NaiveDate, NaiveDate)> {
    let mut stops = stops.to_vec();
    stops.sort_by_key(|stop| stop.from);
    let day = |at| CN.office_date(at);
    let days = stops
        .iter()
        .map(|stop| (day(stop.from), day(stop.to.expect("an end"))));
    days.collect()
}

fn due(start: DateTime<Utc>, term: Term, stops: &[Interval]) -> Due {
    let due = CN.due(start, term, stops, None).expect("days covered");
    due.expect("no stop is open")
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0u32..40).prop_map(Term::WorkingDays),
        (0u32..70).prop_map(Term::NaturalDays),
        (0u32..3).prop_map(Term::Months),
        (0u32..200).prop_map(Term::WorkingHours),
        (0u32..5000).prop_map(Term::WorkingMinutes),
    ]
}

/// One more of a term.
fn longer(term: Term) -> Term {
    Term::new(term.amount() + 1, term.unit())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn working_days_end_as_by_hand(start in start(), n in 0u32..40, stops in stops()) {
        let stops = intervals(start, &stops);
        let day0 = CN.office_date(start);
        let expected = NAIVE.due_working(day0, usize::try_from(n).expect("a few days"), &days(&stops));
        let found = due(start, Term::WorkingDays(n), &stops);
        prop_assert_eq!(found.on, expected);
        prop_assert_eq!(Ok(found.at), CN.end_of(expected));
        let numbers: Vec<_> = days(&stops)
            .iter()
            .map(|(opens, resumes)| (DayNumber::of(*opens), DayNumber::of(*resumes)))
            .collect();
        prop_assert_eq!(CN.due_day(DayNumber::of(day0), n, &numbers), Ok(DayNumber::of(expected)));
    }

    #[test]
    fn natural_days_end_as_by_hand(start in start(), n in 0u32..70, stops in stops()) {
        let stops = intervals(start, &stops);
        let day0 = CN.office_date(start);
        let raw = day0 + TimeDelta::days(i64::from(n));
        let expected = NAIVE.due_raw(day0, raw, &days(&stops));
        prop_assert_eq!(due(start, Term::NaturalDays(n), &stops).on, expected);
    }

    #[test]
    fn months_end_as_by_hand(start in start(), n in 0u32..4, stops in stops()) {
        let stops = intervals(start, &stops);
        let day0 = CN.office_date(start);
        let expected = NAIVE.due_raw(day0, NaiveDays::months_after(day0, n), &days(&stops));
        prop_assert_eq!(due(start, Term::Months(n), &stops).on, expected);
    }

    #[test]
    fn used_days_are_counted_as_by_hand(start in start(), lasts in 0i64..80, stops in stops()) {
        let end = start + TimeDelta::days(lasts);
        let stops = intervals(start, &stops);
        let (day0, last) = (CN.office_date(start), CN.office_date(end));
        let counted = day0.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| {
            !days(&stops).iter().any(|(opens, resumes)| opens < day && day <= resumes)
        });
        let counted: Vec<NaiveDate> = counted.collect();
        let working = counted.iter().filter(|day| NAIVE.works(**day)).count();
        let days_of = |unit| CN.used(start, end, unit, &stops);
        let as_used = |days: usize| Ok(Used::Days(i64::try_from(days).expect("a few days")));
        prop_assert_eq!(days_of(TermUnit::WorkingDays), as_used(working));
        prop_assert_eq!(days_of(TermUnit::NaturalDays), as_used(counted.len()));
    }

    #[test]
    fn an_open_stop_uses_nothing_after_it_opens(start in start(), opens in 0i64..40, lasts in 0i64..40) {
        let open = Interval { from: start + TimeDelta::days(opens), to: None };
        let end = open.from + TimeDelta::days(lasts);
        for unit in [TermUnit::WorkingDays, TermUnit::NaturalDays, TermUnit::WorkingMinutes] {
            let used = CN.used(start, end, unit, &[open]);
            prop_assert_eq!(used, CN.used(start, open.from, unit, &[]));
        }
    }

    #[test]
    fn a_stop_never_shortens_a_term(start in start(), term in term(), stops in stops()) {
        let stops = intervals(start, &stops);
        let mut before = due(start, term, &[]);
        for count in 1..=stops.len() {
            let with_one_more = due(start, term, &stops[..count]);
            prop_assert!(with_one_more.at >= before.at);
            prop_assert!(with_one_more.on >= before.on);
            before = with_one_more;
        }
    }

    #[test]
    fn a_longer_term_never_ends_earlier(start in start(), term in term(), stops in stops()) {
        let stops = intervals(start, &stops);
        prop_assert!(due(start, longer(term), &stops).at >= due(start, term, &stops).at);
    }

    #[test]
    fn an_extension_never_ends_earlier(
        start in start(),
        term in term(),
        extension in term(),
        stops in stops(),
    ) {
        let stops = intervals(start, &stops);
        let extended = CN.due(start, term, &stops, Some(extension)).expect("days covered");
        let unextended = due(start, term, &stops);
        prop_assert!(extended.expect("no stop is open").at >= unextended.at);
    }

    #[test]
    fn the_order_in_which_stops_are_named_is_nothing(start in start(), term in term(), stops in stops()) {
        let mut stops = intervals(start, &stops);
        let as_given = due(start, term, &stops);
        stops.reverse();
        prop_assert_eq!(due(start, term, &stops), as_given);
    }

    #[test]
    fn the_days_told_add_up_to_the_term(start in start(), term in term(), stops in stops()) {
        let stops = intervals(start, &stops);
        let due = due(start, term, &stops);
        let told = CN.explain(start, term, &stops, None, due.on).expect("days covered");
        let last = told.last().expect("at least the day of the start");
        prop_assert_eq!(last.date, due.on);
        let amount = i64::from(term.amount());
        match term {
            Term::WorkingDays(_) | Term::NaturalDays(_) => prop_assert_eq!(last.number, amount),
            Term::Months(_) => {}
            // The rest of the last day is told too, so that the day is whole.
            Term::WorkingHours(_) | Term::WorkingMinutes(_) => prop_assert!(last.number >= amount),
        }
        let counted = told.iter().filter(|day| day.counted).count();
        if matches!(term, Term::WorkingDays(_) | Term::NaturalDays(_) | Term::Months(_)) {
            prop_assert_eq!(i64::try_from(counted).expect("a few days"), last.number);
        }
    }
}
