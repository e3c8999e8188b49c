//! Counts told day by day.

use crate::shipped::{at, cn, day};
use calendar::{Calendar, DayCount, Interval, Term};

fn told(days: &[DayCount]) -> Vec<String> {
    let line = |day: &DayCount| format!("{} {} {}", day.date, day.number, day.why.zh());
    days.iter().map(line).collect()
}

/// Stops from one instant to another, or open.
fn stops(stops: &[(&str, Option<&str>)]) -> Vec<Interval> {
    let stop = |(from, to): &(&str, Option<&str>)| Interval {
        from: at(from),
        to: to.map(at),
    };
    stops.iter().map(stop).collect()
}

fn explain(
    calendar: &Calendar,
    term: Term,
    stop: Option<(&str, &str)>,
    extension: Option<Term>,
    through: &str,
) -> Vec<String> {
    let stop = stop.map(|(from, to)| (from, Some(to)));
    let stops = stops(stop.as_slice());
    let start = at("2011-09-26T10:00:00+08:00");
    let days = calendar.explain(start, term, &stops, extension, day(through));
    told(&days.expect("days covered"))
}

#[test]
fn working_days_name_the_holiday_the_make_up_day_and_the_stop() {
    let stop = ("2011-10-08T15:00:00+08:00", "2011-10-10T09:00:00+08:00");
    let days = explain(&cn(), Term::WorkingDays(5), Some(stop), None, "2011-10-11");
    let expected = [
        "2011-09-26 0 起算当日不计入",
        "2011-09-27 1 计入",
        "2011-09-28 2 计入",
        "2011-09-29 3 计入",
        "2011-09-30 4 计入",
        "2011-10-01 4 国庆节放假，不计入",
        "2011-10-02 4 国庆节放假，不计入",
        "2011-10-03 4 国庆节放假，不计入",
        "2011-10-04 4 国庆节放假，不计入",
        "2011-10-05 4 国庆节放假，不计入",
        "2011-10-06 4 国庆节放假，不计入",
        "2011-10-07 4 国庆节放假，不计入",
        "2011-10-08 5 国庆节调休上班，计入",
        "2011-10-09 5 第1次停时，不计入",
        "2011-10-10 5 第1次停时，不计入",
        "2011-10-11 6 计入",
    ];
    assert_eq!(days, expected);
}

#[test]
fn a_stop_that_changes_nothing_is_not_told() {
    let stop = ("2011-09-28T18:00:00+08:00", "2011-09-30T09:00:00+08:00");
    let days = explain(&cn(), Term::WorkingDays(1), Some(stop), None, "2011-09-29");
    let expected = [
        "2011-09-26 0 起算当日不计入",
        "2011-09-27 1 计入",
        "2011-09-28 2 计入",
        "2011-09-29 3 计入",
    ];
    assert_eq!(days, expected);
}

#[test]
fn natural_days_count_all_and_roll_at_the_end() {
    let stop = ("2011-09-27T09:00:00+08:00", "2011-09-28T09:00:00+08:00");
    let days = explain(&cn(), Term::NaturalDays(4), Some(stop), None, "2011-10-08");
    let expected = [
        "2011-09-26 0 起算当日不计入",
        "2011-09-27 1 计入",
        "2011-09-28 1 第1次停时，不计入",
        "2011-09-29 2 计入",
        "2011-09-30 3 计入",
        "2011-10-01 4 计入",
        "2011-10-02 4 已届满，顺延",
    ];
    assert_eq!(days[..7], expected);
    assert_eq!(
        days.last().map(String::as_str),
        Some("2011-10-08 4 已届满，顺延")
    );
}

#[test]
fn hours_count_the_day_of_the_start_and_say_which_days_are_shut() {
    let days = explain(&cn(), Term::WorkingHours(20), None, None, "2011-10-08");
    assert_eq!(days[0], "2011-09-26 5 计入");
    assert_eq!(days[1], "2011-09-27 11 计入");
    assert_eq!(days[5], "2011-10-01 31 国庆节放假，不计入");
    assert_eq!(days[12], "2011-10-08 37 国庆节调休上班，计入");
    // The calendar's last day can be told.
    let start = at("2028-12-28T18:00:00+08:00");
    let last = cn().explain(start, Term::WorkingHours(90), &[], None, day("2028-12-31"));
    let expected = [
        "2028-12-28 0 起算当日不计入",
        "2028-12-29 6 计入",
        "2028-12-30 6 周末，不计入",
        "2028-12-31 6 周末，不计入",
    ];
    assert_eq!(told(&last.expect("days covered")), expected);
}

#[test]
fn an_extension_in_another_unit_is_a_count_of_its_own() {
    let extension = Some(Term::NaturalDays(2));
    let days = explain(&cn(), Term::WorkingDays(4), None, extension, "2011-10-03");
    let expected = [
        "2011-09-30 4 计入",
        "2011-10-01 1 计入",
        "2011-10-02 2 计入",
        "2011-10-03 2 已届满，顺延",
    ];
    assert_eq!(days[4..], expected);
}

#[test]
fn each_stop_is_told_up_to_the_one_that_is_open() {
    let start = at("2011-09-26T10:00:00+08:00");
    let stops = stops(&[
        (
            "2011-09-27T08:00:00+08:00",
            Some("2011-09-28T08:00:00+08:00"),
        ),
        (
            "2011-09-28T09:00:00+08:00",
            Some("2011-09-28T10:00:00+08:00"),
        ),
        ("2011-09-29T08:00:00+08:00", None),
    ]);
    let cn = cn();
    assert_eq!(cn.due(start, Term::WorkingDays(5), &stops, None), Ok(None));
    let days = cn.explain(start, Term::WorkingDays(5), &stops, None, day("2011-09-30"));
    let expected = [
        "2011-09-26 0 起算当日不计入",
        "2011-09-27 1 计入",
        "2011-09-28 1 第1次停时，不计入",
        "2011-09-29 2 计入",
        "2011-09-30 2 第3次停时，不计入",
    ];
    assert_eq!(told(&days.expect("days covered")), expected);
    let natural = cn.explain(start, Term::NaturalDays(5), &stops, None, day("2011-09-30"));
    assert_eq!(told(&natural.expect("days covered")), expected);
    let hours = Term::WorkingHours(40);
    assert_eq!(cn.due(start, hours, &stops, None), Ok(None));
    let days = cn.explain(start, hours, &stops, None, day("2011-09-30"));
    let days = days.expect("days covered");
    let expected = [
        "2011-09-26 5 计入",
        "2011-09-27 5 第1次停时，不计入",
        "2011-09-28 10 计入",
        "2011-09-29 10 第3次停时，不计入",
        "2011-09-30 10 第3次停时，不计入",
    ];
    assert_eq!(told(&days), expected);
    // All ended, and another one after the end, which isn't told.
    let stops = self::stops(&[
        (
            "2011-09-26T08:00:00+08:00",
            Some("2011-09-27T08:00:00+08:00"),
        ),
        (
            "2011-09-28T08:00:00+08:00",
            Some("2011-09-29T08:00:00+08:00"),
        ),
        (
            "2011-09-30T08:00:00+08:00",
            Some("2011-10-08T08:00:00+08:00"),
        ),
    ]);
    let hours = Term::WorkingHours(13);
    let days = cn.explain(start, hours, &stops, None, day("2011-09-30"));
    let why: Vec<String> = told(&days.expect("days covered"))
        .iter()
        .map(|line| line.split(' ').skip(2).collect())
        .collect();
    let stopped = |n| format!("第{n}次停时，不计入");
    assert_eq!(
        why[..4],
        [stopped(1), "计入".to_owned(), stopped(2), "计入".to_owned()]
    );
    let due = cn.due(start, hours, &stops, None).expect("days covered");
    assert!(due.expect("no stop is open").at <= at("2011-09-30T08:00:00+08:00"));
}

/// A day belongs to the stop that holds it, not to one that ends as the day begins or begins as it ends.
#[test]
fn a_stop_that_only_touches_a_day_is_not_its_reason() {
    let stops = stops(&[
        (
            "2011-09-27T00:00:00+08:00",
            Some("2011-09-28T00:00:00+08:00"),
        ),
        (
            "2011-09-28T00:00:00+08:00",
            Some("2011-09-29T00:00:00+08:00"),
        ),
    ]);
    // After office hours: nothing of the first day counts, and no stop is to blame for it.
    let start = at("2011-09-26T18:00:00+08:00");
    let days = cn().explain(
        start,
        Term::WorkingHours(6),
        &stops,
        None,
        day("2011-09-29"),
    );
    let expected = [
        "2011-09-26 0 起算当日不计入",
        "2011-09-27 0 第1次停时，不计入",
        "2011-09-28 0 第2次停时，不计入",
        "2011-09-29 6 计入",
    ];
    assert_eq!(told(&days.expect("days covered")), expected);
}

#[test]
fn an_open_stop_is_told_where_the_calendar_ends_before_the_limit() {
    let cn = cn();
    let start = at("2028-12-18T10:00:00+08:00");
    let stops = stops(&[("2028-12-20T10:00:00+08:00", None)]);
    for term in [
        Term::WorkingDays(30),
        Term::NaturalDays(60),
        Term::WorkingHours(300),
    ] {
        assert_eq!(cn.due(start, term, &stops, None), Ok(None));
        let days = cn.explain(start, term, &stops, None, day("2028-12-22"));
        let days = told(&days.expect("days covered"));
        assert!(
            days.last()
                .is_some_and(|last| last.ends_with("第1次停时，不计入")),
            "{term:?}: {days:?}"
        );
        assert!(
            cn.due(start, term, &[], None).is_err(),
            "{term:?} is covered"
        );
    }
}

#[test]
fn nothing_to_count_stays_nothing() {
    let cn = cn();
    let start = at("2011-09-26T10:00:00+08:00");
    // A stop that was open at the start keeps nothing from elapsing where nothing has to.
    let stops = stops(&[(
        "2011-09-26T09:00:00+08:00",
        Some("2011-09-27T15:00:00+08:00"),
    )]);
    for term in [Term::WorkingHours(0), Term::WorkingMinutes(0)] {
        let due = cn.due(start, term, &stops, None).expect("days covered");
        assert_eq!(due.map(|due| due.at), Some(start));
    }
    // An extension of nothing doesn't round an end up to its day's.
    let hours = Term::WorkingHours(3);
    let due = cn.due(start, hours, &[], None);
    for extension in [Term::WorkingDays(0), Term::NaturalDays(0), Term::Months(0)] {
        assert_eq!(cn.due(start, hours, &[], Some(extension)), due);
    }
    assert_ne!(cn.due(start, hours, &[], Some(Term::WorkingDays(1))), due);
}

#[test]
fn hours_with_minutes_more_are_one_count() {
    let start = at("2011-09-26T16:00:00+08:00");
    let cn = cn();
    for (term, extension) in [
        (Term::WorkingHours(4), Term::WorkingMinutes(90)),
        (Term::WorkingMinutes(240), Term::WorkingHours(2)),
    ] {
        let days = cn.explain(start, term, &[], Some(extension), day("2011-09-27"));
        let days = days.expect("days covered");
        // Both count minutes: an hour and a half on the first day, six and a half hours on the second.
        assert_eq!(told(&days), ["2011-09-26 90 计入", "2011-09-27 480 计入"]);
        assert!(days.iter().all(|day| !day.in_extension), "{days:?}");
    }
    let due = cn.due(
        start,
        Term::WorkingHours(4),
        &[],
        Some(Term::WorkingMinutes(90)),
    );
    let due = due.expect("days covered").expect("no stop is open");
    assert_eq!(due.at, at("2011-09-27T15:00:00+08:00"));
}
