//! The calendars that come with the program.

use calendar::{Calendar, DayEnds, DayNumber};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::path::Path;

/// The files of a calendar's directory, as (name, text).
pub(crate) fn parts(name: &str) -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/calendars");
    let entries = std::fs::read_dir(dir.join(name)).expect("a directory of calendar files");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a directory entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().expect("a file name").to_string_lossy();
            (
                name.into_owned(),
                std::fs::read_to_string(path).expect("a text file"),
            )
        })
        .collect()
}

pub(crate) fn cn() -> Calendar {
    Calendar::parse_parts(&parts("cn")).expect("the Chinese calendar")
}

pub(crate) fn nl() -> Calendar {
    Calendar::parse_parts(&parts("nl")).expect("the Dutch calendar")
}

/// A date as ISO 8601 writes it.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// An instant as RFC 3339 writes it.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .expect("an instant")
        .to_utc()
}

#[test]
fn the_chinese_calendar_is_complete() {
    let cn = cn();
    assert_eq!(cn.version(), "cn-2026.1");
    assert_eq!((cn.from(), cn.to()), (day("2004-01-01"), day("2028-12-31")));
    assert_eq!(cn.day_ends(), DayEnds::Midnight);
    assert!(!cn.is_provisional(day("2026-11-30")));
    assert!(cn.is_provisional(day("2026-12-01")));
    let years: Vec<i64> = (2004..=2028)
        .map(|year| working_days_of_year(&cn, year))
        .collect();
    // 2027 and 2028 have only the feasts themselves, for there is no notice yet.
    let expected = [
        252, 250, 251, 249, 251, 250, 250, 250, 249, 250, 250, 249, 250, 249, 250, 250, 249, 250,
        249, 249, 251, 248, 248, 254, 251,
    ];
    assert_eq!(years, expected);
}

fn working_days_of_year(calendar: &Calendar, year: i32) -> i64 {
    let last = |year| NaiveDate::from_ymd_opt(year, 12, 31).expect("a date");
    let between = calendar.working_days_between(last(year - 1), last(year));
    between.expect("a year covered")
}

#[test]
fn no_limit_starts_on_a_day_outside() {
    let cn = cn();
    let (before, after) = (cn.from().pred_opt(), cn.to().succ_opt());
    let far = (day("1949-10-01"), day("2200-01-01"));
    for outside in [before.expect("a day"), after.expect("a day"), far.0, far.1] {
        for stops in [
            &[][..],
            &[(DayNumber::of(cn.from()), DayNumber::of(cn.from()))],
        ] {
            let due = cn.due_day(DayNumber::of(outside), 3, stops);
            assert_eq!(due.expect_err("a day outside").date, outside);
        }
        assert!(cn.is_working(outside).is_err());
    }
    let first = cn.due_day(DayNumber::of(cn.from()), 0, &[]);
    assert!(first.is_ok(), "the first day is covered");
}

#[test]
fn the_months_of_2011_have_their_working_days() {
    let cn = cn();
    let mut months = [0; 12];
    for date in day("2011-01-01").iter_days().take(365) {
        let month = usize::try_from(date.month0()).expect("a month");
        months[month] += u32::from(cn.is_working(date).expect("a day covered"));
    }
    assert_eq!(months, [21, 16, 23, 20, 21, 21, 21, 23, 21, 18, 22, 23]);
}

#[test]
fn days_tell_why_they_work_or_rest() {
    let cn = cn();
    let check = |date: &str, why: &str, working: bool, hours: usize| {
        let info = cn.day(day(date)).expect("a day covered");
        assert_eq!(
            (info.why.as_str(), info.working, info.hours.len()),
            (why, working, hours)
        );
    };
    check("2011-10-07", "国庆节放假", false, 0);
    check("2011-10-08", "国庆节调休上班", true, 2);
    check("2011-10-10", "工作日", true, 2);
    check("2011-10-15", "周末", false, 0);
    check(
        "2015-09-03",
        "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日放假",
        false,
        0,
    );
    check("2028-10-03", "国庆节、中秋节放假", false, 0);
}

#[test]
fn the_dutch_calendar_knows_moving_feasts_and_summer_time() {
    let nl = nl();
    for (date, name) in [
        ("2010-04-05", "Tweede Paasdag"),
        ("2010-05-05", "Bevrijdingsdag"),
        ("2011-06-02", "Hemelvaartsdag"),
        ("2011-06-13", "Tweede Pinksterdag"),
        ("2012-05-17", "Hemelvaartsdag"),
        ("2013-04-01", "Tweede Paasdag"),
        ("2013-04-30", "Koninginnedag"),
    ] {
        let info = nl.day(day(date)).expect("a day covered");
        assert_eq!(
            (info.working, info.why),
            (false, format!("{name}放假")),
            "{date}"
        );
    }
    assert!(nl.is_working(day("2011-05-05")).expect("a day covered"));
    // The day on which the clocks are put forward has 23 hours.
    let spring = day("2012-03-25");
    assert_eq!(nl.start_of(spring), at("2012-03-25T00:00:00+01:00"));
    assert_eq!(nl.end_of(spring), Ok(at("2012-03-26T00:00:00+02:00")));
    assert_eq!(
        nl.office_date(at("2012-03-25T22:00:00Z")),
        day("2012-03-26")
    );
    assert_eq!(
        nl.office_date(at("2012-10-28T22:59:59Z")),
        day("2012-10-28")
    );
}

#[test]
fn calendars_print_short_and_compare_by_what_they_say() {
    let cn = cn();
    assert_eq!(
        format!("{cn:?}"),
        "Calendar(cn-2026.1, Asia/Shanghai, 2004-01-01..2028-12-31)"
    );
    assert_eq!(cn, self::cn());
    assert_ne!(cn, nl());
}

#[test]
fn a_calendar_survives_its_own_text() {
    for calendar in [cn(), nl()] {
        let again = Calendar::parse("stored", &calendar.to_text()).expect("its own text");
        assert_eq!(again, calendar);
        assert_eq!(again.to_text(), calendar.to_text());
    }
}
