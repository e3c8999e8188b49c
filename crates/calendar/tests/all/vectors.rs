//! Limits worked out by hand: each row is a start, a term, stops and the due
//! day.

use crate::shipped::{at, cn, day};
use calendar::{Calendar, Due, Interval, Term};
use chrono::{DateTime, NaiveDate, Utc};

/// When the office opens on a day, near enough.
fn morning(date: &str) -> DateTime<Utc> {
    instant(date)
}

/// A date alone means 09:00 of it.
fn instant(text: &str) -> DateTime<Utc> {
    match text.split_once(' ') {
        Some((date, time)) => at(&format!("{date}T{time}:00+08:00")),
        None => at(&format!("{text}T09:00:00+08:00")),
    }
}

/// Reads "2011-10-10→2011-10-12", "2011-10-08 15:00→2011-10-12", or an opening
/// alone for a stop that is open.
fn stops(text: &str) -> Vec<Interval> {
    let stop = |stop: &str| match stop.split_once('→') {
        Some((from, to)) => Interval {
            from: instant(from),
            to: Some(instant(to)),
        },
        None => Interval {
            from: instant(stop),
            to: None,
        },
    };
    text.split(", ")
        .filter(|text| !text.is_empty())
        .map(stop)
        .collect()
}

fn due_on(calendar: &Calendar, start: &str, term: Term, stops_text: &str) -> Option<NaiveDate> {
    let due = calendar.due(morning(start), term, &stops(stops_text), None);
    let due = due.expect("days covered")?;
    assert_eq!(
        Ok(due.at),
        calendar.end_of(due.on),
        "a limit ends with its day"
    );
    Some(due.on)
}

fn check(start: &str, term: Term, stops: &str, expected: &str) {
    let found = due_on(&cn(), start, term, stops);
    assert_eq!(found, Some(day(expected)), "{start} + {term}, {stops}");
}

#[test]
fn working_days_without_stops() {
    use Term::WorkingDays;
    for (start, n, expected) in [
        ("2011-01-28", 5, "2011-02-10"),
        ("2011-01-28", 20, "2011-03-02"),
        ("2011-09-26", 5, "2011-10-08"),
        ("2011-09-26", 20, "2011-10-27"),
        ("2011-12-30", 1, "2011-12-31"),
        ("2013-09-30", 20, "2013-11-01"),
        ("2015-09-02", 1, "2015-09-06"),
        ("2018-10-15", 4, "2018-10-19"),
        ("2018-10-15", 7, "2018-10-24"),
        ("2018-10-15", 10, "2018-10-29"),
        ("2020-01-23", 5, "2020-02-07"),
        ("2024-02-09", 20, "2024-03-14"),
        ("2025-09-30", 10, "2025-10-21"),
        ("2026-02-13", 5, "2026-02-27"),
    ] {
        check(start, WorkingDays(n), "", expected);
    }
}

#[test]
fn working_days_with_stops() {
    use Term::WorkingDays;
    check(
        "2011-09-26",
        WorkingDays(20),
        "2011-10-10→2011-10-12",
        "2011-10-31",
    );
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-08 15:00→2011-10-12",
        "2011-10-12",
    );
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-07→2011-10-12",
        "2011-10-13",
    );
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-10→2011-10-14",
        "2011-10-08",
    );
    check("2011-09-26", WorkingDays(5), "2011-10-10", "2011-10-08");
}

#[test]
fn stops_are_judged_in_order_of_opening() {
    use Term::WorkingDays;
    // The second opens before the due day that the first gives, and so counts.
    let first = "2011-10-07→2011-10-12";
    let both = "2011-10-07→2011-10-12, 2011-10-12 16:00→2011-10-14";
    check("2011-09-26", WorkingDays(5), first, "2011-10-13");
    check("2011-09-26", WorkingDays(5), both, "2011-10-17");
    // It does so too when it is named first.
    let other_way_round = "2011-10-12 16:00→2011-10-14, 2011-10-07→2011-10-12";
    check("2011-09-26", WorkingDays(5), other_way_round, "2011-10-17");
    // Alone it opens after the limit.
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-12 16:00→2011-10-14",
        "2011-10-08",
    );
    // Days under two stops count once.
    let overlapping = "2011-10-10→2011-10-12, 2011-10-11→2011-10-12";
    check("2011-09-26", WorkingDays(20), overlapping, "2011-10-31");
}

#[test]
fn a_stop_that_opens_on_the_last_day_moves_the_end_to_a_working_day() {
    use Term::WorkingDays;
    // Resumed on a Saturday: due on the Monday.
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-08 15:00→2011-10-15",
        "2011-10-17",
    );
    // Resumed on the last day itself: nothing moves.
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-08 09:00→2011-10-08 15:00",
        "2011-10-08",
    );
    // The end of a day belongs to the next: at midnight it is too late to stop.
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-09 00:00→2011-10-12",
        "2011-10-08",
    );
    check(
        "2011-09-26",
        WorkingDays(5),
        "2011-10-08 23:59→2011-10-12",
        "2011-10-12",
    );
}

#[test]
fn an_open_stop_that_counts_leaves_no_end() {
    let cn = cn();
    let term = Term::WorkingDays(5);
    assert_eq!(due_on(&cn, "2011-09-26", term, "2011-10-08 15:00"), None);
    assert_eq!(due_on(&cn, "2011-09-26", term, "2011-09-27"), None);
    assert_eq!(
        due_on(&cn, "2011-09-26", term, "2011-10-07→2011-10-12, 2011-10-13"),
        None
    );
    // Open at the start already.
    assert_eq!(due_on(&cn, "2011-09-26", term, "2011-09-20"), None);
    // The end would lie after the calendar, but so far there is none.
    assert_eq!(
        due_on(&cn, "2028-12-25", Term::WorkingDays(20), "2028-12-27"),
        None
    );
    assert_eq!(
        due_on(&cn, "2028-12-25", Term::NaturalDays(20), "2028-12-27"),
        None
    );
    assert_eq!(
        due_on(&cn, "2028-12-25", Term::WorkingHours(90), "2028-12-27"),
        None
    );
}

#[test]
fn a_term_of_none_ends_on_the_same_day_or_the_next_working_day() {
    for term in [Term::WorkingDays(0), Term::NaturalDays(0), Term::Months(0)] {
        check("2011-09-26", term, "", "2011-09-26");
        check("2011-10-01", term, "", "2011-10-08");
    }
}

#[test]
fn natural_days_and_months_roll_once() {
    check("2011-09-02", Term::NaturalDays(29), "", "2011-10-08");
    check(
        "2011-09-02",
        Term::NaturalDays(29),
        "2011-10-08 09:00→2011-10-10",
        "2011-10-10",
    );
    check(
        "2011-09-02",
        Term::NaturalDays(29),
        "2011-09-05→2011-09-08",
        "2011-10-08",
    );
    check(
        "2011-09-02",
        Term::NaturalDays(29),
        "2011-09-05→2011-09-15",
        "2011-10-11",
    );
    // A stop open before the start takes only what lies after it.
    check(
        "2011-09-02",
        Term::NaturalDays(3),
        "2011-08-01→2011-09-06",
        "2011-09-09",
    );
    // The days of two stops count once.
    let overlapping = "2011-09-05→2011-09-15, 2011-09-10→2011-09-17";
    check(
        "2011-09-02",
        Term::NaturalDays(29),
        overlapping,
        "2011-10-13",
    );
    // 民法典 art. 202: the month's last day where the day number is missing.
    check("2012-01-31", Term::Months(1), "", "2012-02-29");
    check("2011-01-31", Term::Months(1), "", "2011-02-28");
    check("2011-07-01", Term::Months(3), "", "2011-10-08");
    check(
        "2011-07-01",
        Term::Months(3),
        "2011-07-05→2011-07-20",
        "2011-10-17",
    );
}

#[test]
fn extensions_add_up_or_count_on() {
    let cn = cn();
    let due = |term, stops_text: &str, extension| {
        let stops = stops(stops_text);
        let due = cn.due(morning("2011-09-26"), term, &stops, Some(extension));
        due.expect("days covered").map(|due| due.on)
    };
    use Term::{Months, NaturalDays, WorkingDays, WorkingHours};
    assert_eq!(
        due(WorkingDays(10), "", WorkingDays(10)),
        Some(day("2011-10-27"))
    );
    // From 2011-10-08, on which the five days end.
    assert_eq!(
        due(WorkingDays(5), "", NaturalDays(10)),
        Some(day("2011-10-18"))
    );
    assert_eq!(due(WorkingDays(5), "", Months(1)), Some(day("2011-11-08")));
    // The rolled end is what it counts from: raw 10-01, rolled 10-08.
    assert_eq!(
        due(NaturalDays(5), "", WorkingDays(2)),
        Some(day("2011-10-10"))
    );
    // The last day's end is where the hours begin: 10-09 is the next day open.
    assert_eq!(
        due(WorkingDays(5), "", WorkingHours(6)),
        Some(day("2011-10-09"))
    );
    // Hours and minutes are one clock: half an hour more, at 10:30 and not at
    // the next opening.
    assert_eq!(
        due(WorkingHours(1), "", Term::WorkingMinutes(30)),
        Some(day("2011-09-26"))
    );
    // A stop between the two ends counts for the extension.
    let later = "2011-10-12→2011-10-14";
    assert_eq!(
        due(WorkingDays(5), later, NaturalDays(10)),
        Some(day("2011-10-20"))
    );
    assert_eq!(due(WorkingDays(5), "2011-10-12", NaturalDays(10)), None);
}

#[test]
fn two_days_before_is_the_first_day_with_two_left() {
    let cn = cn();
    let due = cn.due(morning("2018-10-15"), Term::WorkingDays(7), &[], None);
    let due = due.expect("days covered").expect("an end");
    let fires = cn.first_day_with_left(due.on, 2).expect("a day covered");
    assert_eq!(cn.start_of(fires), at("2018-10-22T00:00:00+08:00"));
    // Over a rest, the day after the last working day with three left.
    assert_eq!(
        cn.first_day_with_left(day("2011-10-09"), 1),
        Ok(day("2011-10-08"))
    );
    assert_eq!(
        cn.first_day_with_left(day("2011-10-09"), 2),
        Ok(day("2011-09-30"))
    );
}

#[test]
fn an_instant_belongs_to_the_office_s_date() {
    let cn = cn();
    // 23:00 in London is the next morning in China.
    let start = at("2011-09-25T23:00:00+00:00");
    let due = cn.due(start, Term::WorkingDays(5), &[], None);
    let expected = Due {
        on: day("2011-10-08"),
        at: at("2011-10-09T00:00:00+08:00"),
    };
    assert_eq!(due, Ok(Some(expected)));
}

#[test]
fn a_day_outside_is_named() {
    let cn = cn();
    let term = Term::WorkingDays(5);
    let date_of = |start: &str, term, stops_text: &str| {
        let due = cn.due(morning(start), term, &stops(stops_text), None);
        due.expect_err("a day that isn't covered").date
    };
    assert_eq!(date_of("2003-12-31", term, ""), day("2003-12-31"));
    assert_eq!(date_of("2029-01-01", term, ""), day("2029-01-01"));
    assert_eq!(date_of("2028-12-28", term, ""), day("2029-01-01"));
    assert_eq!(
        date_of("2028-12-20", term, "2028-12-21→2029-03-01"),
        day("2029-01-01")
    );
    assert_eq!(
        date_of("2028-12-20", Term::NaturalDays(30), ""),
        day("2029-01-19")
    );
    assert_eq!(
        date_of("2028-12-20", Term::WorkingHours(300), ""),
        day("2029-01-01")
    );
    for term in [Term::NaturalDays(u32::MAX), Term::Months(u32::MAX)] {
        assert_eq!(date_of("2011-09-26", term, ""), NaiveDate::MAX);
    }
    for term in [
        Term::WorkingDays(u32::MAX),
        Term::WorkingHours(u32::MAX),
        Term::WorkingMinutes(u32::MAX),
    ] {
        assert_eq!(date_of("2011-09-26", term, ""), day("2029-01-01"));
    }
    let error = cn
        .is_working(day("2029-01-01"))
        .expect_err("a day that isn't covered");
    assert_eq!(
        error.to_string(),
        "2029-01-01 is outside calendar cn-2026.1, which covers 2004-01-01 to 2028-12-31"
    );
    assert!(
        error
            .message_zh()
            .contains("2029-01-01不在日历cn-2026.1的范围")
    );
}

/// The calendar under another version, with days that rest and days that work.
fn changed(closed: &str, working: Option<&str>) -> Calendar {
    let mut text = cn().to_text();
    let mut put = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    };
    put("version = \"cn-", "version = \"other-");
    let rest = format!("closed = [{{ date = {closed}, name = \"防汛停办\" }}]");
    put("closed = []", &rest);
    if let Some(day) = working {
        let works = format!("make_up = [\n  {{ date = {day}, name = \"调休\" }},");
        put("make_up = [", &works);
    }
    Calendar::parse("other", &text).expect("the changed calendar reads")
}

/// What ends before the first difference of two calendars ends alike by both.
#[test]
fn nothing_before_the_first_difference_moves() {
    let cn = cn();
    assert_eq!(cn.first_difference(&cn), None);
    let check = |other: &Calendar, first: &str| {
        let first = day(first);
        assert_eq!(cn.first_difference(other), Some(first));
        assert_eq!(other.first_difference(&cn), Some(first));
        let mut moved = 0;
        for start in day("2018-09-20").iter_days().take(60) {
            let start = morning(&start.to_string());
            for n in 0..30 {
                for term in [
                    Term::WorkingDays(n),
                    Term::NaturalDays(n),
                    Term::WorkingHours(8 * n),
                ] {
                    let due = |calendar: &Calendar| {
                        let due = calendar.due(start, term, &[], None);
                        due.expect("days covered").expect("no stop is open")
                    };
                    let (before, after) = (due(&cn), due(other));
                    assert!(before == after || before.on >= first, "{start} {term:?}");
                    moved += u32::from(before != after);
                }
            }
        }
        assert!(moved > 100, "{moved}");
    };
    check(&changed("2018-10-23", None), "2018-10-23");
    check(&changed("2018-10-23", Some("2018-10-20")), "2018-10-20");
}
