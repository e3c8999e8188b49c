//! Bent calendar files: each is refused with its line, or makes a calendar that answers every question.

use crate::shipped::cn;
use calendar::{Calendar, Interval, NotCovered, Problem, Term, TermUnit};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Every list of a calendar file, in a zone that puts its clocks forward and back, and days that end at the close.
const FULL: &str = r#"version = "t"
zone = "Europe/Amsterdam"
from = 2011-01-01
to = 2012-12-31
final_to = 2011-12-31
day_ends = "close"
rest_weekdays = ["sat", "sun"]
rest = [
  { date = 2011-10-03, name = "国庆节", notice = "1", source = "https://example.org" },
]
make_up = [
  { date = 2011-10-08, name = "国庆节" },
]
closed = [
  { date = 2012-07-30, name = "暴雨" },
]
hours = [
  { from = "01-01", to = "05-31", spans = ["00:00-12:00", "13:30-24:00"] },
  { from = "06-01", to = "12-31", weekdays = ["mon", "tue", "wed", "thu", "fri"], spans = ["08:30-12:00"] },
  { from = "10-01", to = "03-31", weekdays = ["sat"], spans = ["01:00-04:00"] },
]
hours_on = [
  { date = 2011-10-10, spans = ["09:00-12:00"] },
]
"#;

#[test]
fn bent_calendar_files_are_refused_or_used() {
    let whole = cn().to_text();
    testkit::bent::check(&[FULL.as_bytes(), whole.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Calendar::parse("t.toml", &text) {
            Ok(calendar) => {
                answers_everything(&calendar);
                let again = Calendar::parse("again.toml", &calendar.to_text());
                assert_eq!(again.as_ref(), Ok(&calendar), "written and read back");
                true
            }
            Err(error) => {
                assert!(
                    (1..=text.lines().count() + 1).contains(&error.line),
                    "{error}"
                );
                let said = error.to_string().len() + error.message_zh().len();
                assert!(said < 4096 + 4 * text.len(), "{said} bytes of error");
                false
            }
        }
    });
}

/// Days and instants at and beyond the calendar's ends and those of time itself, and the longest terms.
fn answers_everything(calendar: &Calendar) {
    let (first, last) = (calendar.from(), calendar.to());
    let days = [NaiveDate::MIN, first, last, NaiveDate::MAX];
    for day in days {
        assert_eq!(calendar.day(day).is_ok(), calendar.covers(day));
        let near = calendar
            .office_date(calendar.start_of(day))
            .signed_duration_since(day);
        assert!(near.num_days().abs() <= 3, "{day}");
        let _ = calendar.add_working_days(day, u32::MAX);
        let _ = calendar.first_day_with_left(day, u32::MAX);
        let _ = calendar.roll(day);
    }
    let (starts, ends) = (calendar.start_of(first), calendar.start_of(last));
    let open = Interval {
        from: starts,
        to: None,
    };
    let all_along = Interval {
        from: DateTime::<Utc>::MIN_UTC,
        to: Some(DateTime::<Utc>::MAX_UTC),
    };
    let short = Interval {
        from: starts,
        to: Some(starts + TimeDelta::hours(30)),
    };
    let instants = [starts, ends, ends + TimeDelta::days(1)];
    let stops: [&[Interval]; 4] = [&[], &[short, short], &[all_along], &[short, open]];
    for (at, stops) in instants
        .into_iter()
        .flat_map(|at| stops.map(|stops| (at, stops)))
    {
        for unit in TermUnit::ALL {
            for amount in [0, 1, u32::MAX] {
                let term = Term::new(amount, unit);
                let due = calendar.due(at, term, stops, Some(Term::WorkingDays(u32::MAX)));
                assert!(
                    due.is_err() || stops.contains(&open),
                    "{due:?}: no calendar is so long"
                );
                if let Ok(Some(due)) = calendar.due(at, term, stops, None) {
                    assert!(
                        calendar.covers(due.on) && calendar.start_of(due.on) <= due.at,
                        "{due:?}"
                    );
                }
            }
            let _ = calendar.used(at, ends, unit, stops);
        }
    }
    tells_a_year(calendar, starts, short);
}

/// An explanation has a line for each day, so it is asked for a year.
fn tells_a_year(calendar: &Calendar, starts: DateTime<Utc>, stop: Interval) {
    let through = calendar.to().min(calendar.from() + TimeDelta::days(365));
    for unit in TermUnit::ALL {
        let told: Result<_, NotCovered> =
            calendar.explain(starts, Term::new(20, unit), &[stop], None, through);
        let days = through.signed_duration_since(calendar.from()).num_days() + 1;
        let told = told.map(|told| i64::try_from(told.len()));
        assert_eq!(told, Ok(Ok(days)), "{unit}");
    }
}

/// A head that covers as many days as a calendar can, for hours to follow.
fn long_head() -> String {
    let head = FULL.lines().take(7).collect::<Vec<_>>().join("\n");
    head.replace("2011-01-01", "1900-01-01")
        .replace("2012-12-31", "2079-06-04")
        + "\n"
}

#[test]
fn more_seasons_than_days_of_a_year_are_refused() {
    let seasons = |count: usize| {
        let season =
            "  { from = \"02-29\", to = \"02-29\", weekdays = [], spans = [\"01:00-02:00\"] },\n";
        let whole = "  { from = \"01-01\", to = \"12-31\", spans = [\"09:00-12:00\"] },\n";
        let text = format!(
            "{}hours = [\n{whole}{}]\n",
            long_head(),
            season.repeat(count - 1)
        );
        Calendar::parse("t.toml", &text)
    };
    assert!(seasons(366).is_ok());
    let error = seasons(367).expect_err("too many");
    assert_eq!(
        (error.line, &error.problem),
        (375, &Problem::TooManySeasons { seasons_max: 366 })
    );
}

/// Each working day has hours of its own: they are kept and found again without comparing each with each.
#[test]
fn every_day_may_have_hours_of_its_own() {
    let first: NaiveDate = "1900-01-01".parse().expect("a date");
    let spans = |day: usize| {
        let (a, b) = (day % 700, day / 700);
        format!(
            "{:02}:{:02}-{:02}:{:02}",
            a / 60,
            a % 60,
            12 + b / 60,
            b % 60
        )
    };
    let days: Vec<(NaiveDate, String)> = first
        .iter_days()
        .take(60_000)
        .enumerate()
        .map(|(place, day)| (day, spans(place)))
        .collect();
    let entries: String = days
        .iter()
        .map(|(day, spans)| format!("  {{ date = {day}, spans = [\"{spans}\"] }},\n"))
        .collect();
    let head = long_head().replace("2079-06-04", &days[days.len() - 1].0.to_string());
    let calendar = Calendar::parse("t.toml", &format!("{head}hours_on = [\n{entries}]\n"));
    let calendar = calendar.expect("a calendar");
    for (day, spans) in days.iter().step_by(997) {
        let hours: Vec<String> = calendar
            .day(*day)
            .expect("covered")
            .hours
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected: &[&str] = if calendar.is_working(*day) == Ok(true) {
            &[spans]
        } else {
            &[]
        };
        assert_eq!(hours, expected, "{day}");
    }
}
