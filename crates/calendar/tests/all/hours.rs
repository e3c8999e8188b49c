//! Terms in hours and minutes, and days that end at the close of business.

use crate::naive::{due_minutes, used_minutes};
use crate::shipped::{at, cn, day};
use calendar::{Calendar, Interval, Term, TermUnit, Used};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Summer and winter hours, a make-up Saturday with short hours, a local
/// closure, and days that end at the close of business.
const SEASONS: &str = r#"
version = "small"
zone = "Asia/Shanghai"
from = 2011-09-01
to = 2011-12-31
final_to = 2011-12-31
day_ends = "close"
rest_weekdays = ["sat", "sun"]
rest = [{ date = 2011-10-03, name = "国庆节" }, { date = 2011-10-04, name = "国庆节" }]
make_up = [{ date = 2011-10-08, name = "国庆节" }]
closed = [{ date = 2011-10-12, name = "停电" }]
hours = [
  { from = "06-01", to = "09-30", spans = ["15:00-18:00", "08:30-12:00"] },
  { from = "10-01", to = "05-31", spans = ["08:30-12:00", "14:30-17:30"] },
]
hours_on = [{ date = 2011-10-08, spans = ["09:00-12:00"] }]
"#;

/// An office in Amsterdam that is open around the clock, every day.
const ALWAYS_OPEN: &str = r#"
version = "always"
zone = "Europe/Amsterdam"
from = 2012-03-01
to = 2012-12-31
final_to = 2012-12-31
day_ends = "midnight"
rest_weekdays = []
hours = [{ from = "01-01", to = "12-31", spans = ["00:00-24:00"] }]
"#;

static SMALL: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::parse("small", SEASONS).expect("a calendar"));

static ALWAYS: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::parse("always", ALWAYS_OPEN).expect("a calendar"));

fn hours_of(calendar: &Calendar, date: &str) -> Vec<String> {
    let info = calendar.day(day(date)).expect("a day covered");
    info.hours.iter().map(ToString::to_string).collect()
}

fn end(calendar: &Calendar, start: &str, term: Term, stops: &[Interval]) -> (String, String) {
    let due = calendar.due(at(start), term, stops, None);
    let due = due.expect("days covered").expect("an end");
    (due.on.to_string(), calendar.local(due.at).to_rfc3339())
}

fn check(start: &str, term: Term, on: &str, due_at: &str) {
    let (found_on, found_at) = end(&cn(), start, term, &[]);
    assert_eq!(
        (found_on.as_str(), found_at.as_str()),
        (on, due_at),
        "{start} + {term}"
    );
}

#[test]
fn hours_end_at_a_closing_not_at_the_next_opening() {
    use Term::{WorkingHours, WorkingMinutes};
    let start = "2011-09-26T10:00:00+08:00";
    check(
        start,
        WorkingHours(2),
        "2011-09-26",
        "2011-09-26T12:00:00+08:00",
    );
    check(
        start,
        WorkingMinutes(121),
        "2011-09-26",
        "2011-09-26T14:31:00+08:00",
    );
    check(
        start,
        WorkingHours(5),
        "2011-09-26",
        "2011-09-26T17:30:00+08:00",
    );
    check(
        start,
        WorkingMinutes(301),
        "2011-09-27",
        "2011-09-27T08:31:00+08:00",
    );
    // Over National Day to the make-up Saturday.
    let friday = "2011-09-30T17:00:00+08:00";
    check(
        friday,
        WorkingHours(1),
        "2011-10-08",
        "2011-10-08T09:00:00+08:00",
    );
    // Before opening, at lunch and on a rest day the clock stands still.
    check(
        "2011-09-26T06:00:00+08:00",
        WorkingHours(1),
        "2011-09-26",
        "2011-09-26T09:30:00+08:00",
    );
    check(
        "2011-09-26T13:00:00+08:00",
        WorkingHours(1),
        "2011-09-26",
        "2011-09-26T15:30:00+08:00",
    );
    check(
        "2011-10-01T10:00:00+08:00",
        WorkingHours(1),
        "2011-10-08",
        "2011-10-08T09:30:00+08:00",
    );
    // Seconds and their fractions count.
    let second = "2011-09-26T10:00:00.25+08:00";
    check(
        second,
        WorkingMinutes(1),
        "2011-09-26",
        "2011-09-26T10:01:00.250+08:00",
    );
    // No time has elapsed at the start.
    check(
        start,
        WorkingHours(0),
        "2011-09-26",
        "2011-09-26T10:00:00+08:00",
    );
}

#[test]
fn stops_cut_hours_to_the_instant() {
    let stop = |from: &str, to: &str| Interval {
        from: at(from),
        to: Some(at(to)),
    };
    let cn = cn();
    let term = Term::WorkingHours(2);
    let start = "2011-09-26T10:00:00+08:00";
    let at_lunch = [stop(
        "2011-09-26T11:00:00+08:00",
        "2011-09-26T15:00:00+08:00",
    )];
    assert_eq!(
        end(&cn, start, term, &at_lunch).1,
        "2011-09-26T16:00:00+08:00"
    );
    // At the due instant it is too late to stop.
    let too_late = [stop(
        "2011-09-26T12:00:00+08:00",
        "2011-09-27T15:00:00+08:00",
    )];
    assert_eq!(
        end(&cn, start, term, &too_late).1,
        "2011-09-26T12:00:00+08:00"
    );
    let open = Interval {
        from: at("2011-09-26T11:59:59+08:00"),
        to: None,
    };
    assert_eq!(cn.due(at(start), term, &[open], None), Ok(None));
}

#[test]
fn seasons_own_hours_and_closures_decide_a_day() {
    assert_eq!(
        hours_of(&SMALL, "2011-09-30"),
        ["08:30-12:00", "15:00-18:00"]
    );
    assert_eq!(
        hours_of(&SMALL, "2011-10-05"),
        ["08:30-12:00", "14:30-17:30"]
    );
    assert_eq!(hours_of(&SMALL, "2011-10-08"), ["09:00-12:00"]);
    assert!(hours_of(&SMALL, "2011-10-12").is_empty());
    let closed = SMALL.day(day("2011-10-12")).expect("a day covered");
    assert_eq!(
        (closed.working, closed.why.as_str()),
        (false, "本地放假：停电")
    );
}

#[test]
fn a_day_can_end_at_the_close_of_business() {
    assert_eq!(
        SMALL.end_of(day("2011-09-30")),
        Ok(at("2011-09-30T18:00:00+08:00"))
    );
    assert_eq!(
        SMALL.end_of(day("2011-10-08")),
        Ok(at("2011-10-08T12:00:00+08:00"))
    );
    // A day without hours ends at midnight.
    assert_eq!(
        SMALL.end_of(day("2011-10-12")),
        Ok(at("2011-10-13T00:00:00+08:00"))
    );
    let term = Term::WorkingDays(1);
    let start = "2011-10-10T09:00:00+08:00";
    assert_eq!(end(&SMALL, start, term, &[]).1, "2011-10-11T17:30:00+08:00");
    // After the close a stop is too late, though the date is the due date.
    let stop = |from: &str| Interval {
        from: at(from),
        to: Some(at("2011-10-13T09:00:00+08:00")),
    };
    let evening = [stop("2011-10-11T17:30:00+08:00")];
    assert_eq!(end(&SMALL, start, term, &evening).0, "2011-10-11");
    let afternoon = [stop("2011-10-11T17:29:59+08:00")];
    assert_eq!(end(&SMALL, start, term, &afternoon).0, "2011-10-13");
}

#[test]
fn hours_are_real_time_when_the_clocks_change() {
    // From noon to noon: 23 hours in spring, 25 in autumn.
    let used = |from, to| ALWAYS.used(at(from), at(to), TermUnit::WorkingHours, &[]);
    let spring = used("2012-03-24T12:00:00+01:00", "2012-03-25T12:00:00+02:00");
    assert_eq!(spring, Ok(Used::Seconds(23 * 3600)));
    let autumn = used("2012-10-27T12:00:00+02:00", "2012-10-28T12:00:00+01:00");
    assert_eq!(autumn, Ok(Used::Seconds(25 * 3600)));
    let start = "2012-03-24T12:00:00+01:00";
    let due = end(&ALWAYS, start, Term::WorkingHours(24), &[]);
    assert_eq!(due.1, "2012-03-25T13:00:00+02:00");
    // A day that is open to its end closes at midnight, and owns that closing.
    let due = end(&ALWAYS, start, Term::WorkingHours(12), &[]);
    assert_eq!(
        due,
        (
            "2012-03-24".to_owned(),
            "2012-03-25T00:00:00+01:00".to_owned()
        )
    );
}

#[test]
fn used_time_is_cut_to_whole_seconds() {
    let cn = cn();
    let start = at("2011-09-26T11:59:58.5+08:00");
    let end = at("2011-09-26T14:30:10+08:00");
    let used = cn.used(start, end, TermUnit::WorkingMinutes, &[]);
    assert_eq!(used, Ok(Used::Seconds(11)));
    assert!(cn.used(end, start, TermUnit::WorkingMinutes, &[]).is_err());
    assert!(cn.used(start, end, TermUnit::Months, &[]).is_err());
}

/// Minutes after a calendar's first instants, and stops with their lengths.
fn stops() -> impl Strategy<Value = Vec<(i64, i64)>> {
    vec((-600i64..9000, 0i64..4000), 0..4)
}

fn intervals(start: DateTime<Utc>, stops: &[(i64, i64)]) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut stops: Vec<_> = stops
        .iter()
        .map(|(opens, lasts)| {
            let from = start + TimeDelta::minutes(*opens);
            (from, from + TimeDelta::minutes(*lasts))
        })
        .collect();
    stops.sort_by_key(|(from, _)| *from);
    stops
}

fn matches_the_walk(calendar: &Calendar, start: DateTime<Utc>, minutes: u32, stops: &[(i64, i64)]) {
    let stops = intervals(start, stops);
    let expected = due_minutes(calendar, start, minutes, &stops);
    let given: Vec<Interval> = stops
        .iter()
        .map(|(from, to)| Interval {
            from: *from,
            to: Some(*to),
        })
        .collect();
    let due = calendar.due(start, Term::WorkingMinutes(minutes), &given, None);
    let due = due.expect("days covered").expect("an end");
    assert_eq!(due.at, expected);
    let used = calendar.used(start, due.at, TermUnit::WorkingMinutes, &given);
    let walked = used_minutes(calendar, start, due.at, &given);
    assert_eq!(used, Ok(Used::Seconds(walked * 60)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn seasons_are_counted_as_by_walking(
        start in 0i64..60_000,
        minutes in 0u32..1500,
        stops in stops(),
    ) {
        let start = at("2011-09-05T00:00:00+08:00") + TimeDelta::minutes(start);
        matches_the_walk(&SMALL, start, minutes, &stops);
    }

    #[test]
    fn changing_clocks_are_counted_as_by_walking(
        autumn: bool,
        start in 0i64..6000,
        minutes in 0u32..4000,
        stops in stops(),
    ) {
        let from = if autumn { "2012-10-26T00:00:00+02:00" } else { "2012-03-22T00:00:00+01:00" };
        let start = at(from) + TimeDelta::minutes(start);
        matches_the_walk(&ALWAYS, start, minutes, &stops);
    }
}
