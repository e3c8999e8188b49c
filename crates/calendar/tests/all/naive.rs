//! A second way of counting: day by day and minute by minute, straight from the
//! rules' own words, for the tables to be held against.

use calendar::{Calendar, Interval};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc, Weekday};
use std::collections::BTreeSet;

/// Rest and make-up days as the files list them, with Saturday and Sunday off.
pub(crate) struct NaiveDays {
    rest: BTreeSet<NaiveDate>,
    make_up: BTreeSet<NaiveDate>,
}

impl NaiveDays {
    pub(crate) fn new(parts: &[(String, String)]) -> NaiveDays {
        NaiveDays {
            rest: listed(parts, "rest"),
            make_up: listed(parts, "make_up"),
        }
    }

    pub(crate) fn works(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.make_up.contains(&day) || !(weekend || self.rest.contains(&day))
    }

    /// Working days after one day up to and including another.
    pub(crate) fn between(&self, after: NaiveDate, through: NaiveDate) -> usize {
        let days = after.iter_days().skip(1).take_while(|day| *day <= through);
        days.filter(|day| self.works(*day)).count()
    }

    pub(crate) fn roll(&self, day: NaiveDate) -> NaiveDate {
        let mut days = day.iter_days();
        days.find(|day| self.works(*day)).expect("a working day")
    }

    /// The due day of n working days, with the stops in order of opening as
    /// days.
    pub(crate) fn due_working(
        &self,
        day0: NaiveDate,
        n: usize,
        stops: &[(NaiveDate, NaiveDate)],
    ) -> NaiveDate {
        let mut counted = Vec::new();
        for (opens, resumes) in stops {
            if *opens <= self.due_of_counted(day0, n, &counted) {
                counted.push((*opens, *resumes));
            }
        }
        self.due_of_counted(day0, n, &counted)
    }

    fn due_of_counted(
        &self,
        day0: NaiveDate,
        n: usize,
        counted: &[(NaiveDate, NaiveDate)],
    ) -> NaiveDate {
        let mut left = n;
        let mut due = day0;
        for day in day0.iter_days() {
            due = day;
            let stopped = counted
                .iter()
                .any(|(opens, resumes)| *opens < day && day <= *resumes);
            if day > day0 && self.works(day) && !stopped {
                left = left.saturating_sub(1);
            }
            if left == 0 && self.works(day) {
                break;
            }
        }
        let on_or_after = counted.iter().filter(|(opens, _)| *opens >= due);
        let rolled = on_or_after.map(|(_, resumes)| self.roll(*resumes));
        rolled.fold(due, NaiveDate::max)
    }

    /// The due day of a raw end, moved by the stops in order of opening.
    pub(crate) fn due_raw(
        &self,
        day0: NaiveDate,
        raw: NaiveDate,
        stops: &[(NaiveDate, NaiveDate)],
    ) -> NaiveDate {
        let mut raw = raw;
        let mut covered: BTreeSet<NaiveDate> = BTreeSet::new();
        for (opens, resumes) in stops {
            if *opens > self.roll(raw) {
                break;
            }
            let days = opens.iter_days().skip(1).take_while(|day| day <= resumes);
            let days: BTreeSet<NaiveDate> = days.filter(|day| *day > day0).collect();
            if *opens < raw {
                let new = days.difference(&covered).count();
                raw += TimeDelta::days(i64::try_from(new).expect("a few days"));
            } else {
                raw = raw.max(*resumes);
            }
            covered.extend(days);
        }
        self.roll(raw)
    }

    pub(crate) fn months_after(day0: NaiveDate, months: u32) -> NaiveDate {
        day0.checked_add_months(Months::new(months))
            .expect("a date")
    }
}

fn listed(parts: &[(String, String)], list: &str) -> BTreeSet<NaiveDate> {
    let mut dates = BTreeSet::new();
    for (name, text) in parts {
        let table: toml::Table = text.parse().expect(name);
        let entries = table.get(list).and_then(toml::Value::as_array);
        for entry in entries.into_iter().flatten() {
            let date = entry.get("date").expect("a date").to_string();
            dates.insert(date.parse().expect("a date"));
        }
    }
    dates
}

/// Whether an office is open in the minute that begins at an instant, as its
/// wall clock and the calendar's spans for that day say.
fn open_at(calendar: &Calendar, at: DateTime<Utc>) -> bool {
    use chrono::Timelike;
    let local = calendar.local(at);
    let minute = u16::try_from(local.hour() * 60 + local.minute()).expect("a minute");
    let info = calendar.day(local.date_naive()).expect("a day covered");
    let mut hours = info.hours.iter();
    hours.any(|span| span.opens_minute() <= minute && minute < span.closes_minute())
}

/// Walks minute by minute until that many office minutes outside the stops have
/// passed. Instants must be whole minutes.
pub(crate) fn due_minutes(
    calendar: &Calendar,
    start: DateTime<Utc>,
    minutes: u32,
    stops: &[(DateTime<Utc>, DateTime<Utc>)],
) -> DateTime<Utc> {
    let walk = |counted: &[(DateTime<Utc>, DateTime<Utc>)]| {
        let mut left = minutes;
        let mut at = start;
        while left > 0 {
            let stopped = counted.iter().any(|(from, to)| *from <= at && at < *to);
            if !stopped && open_at(calendar, at) {
                left -= 1;
            }
            at += TimeDelta::minutes(1);
        }
        at
    };
    let mut counted = Vec::new();
    for stop in stops {
        if stop.0 < walk(&counted) {
            counted.push(*stop);
        }
    }
    walk(&counted)
}

/// Office minutes between two instants outside the stops.
pub(crate) fn used_minutes(
    calendar: &Calendar,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    stops: &[Interval],
) -> i64 {
    let mut used = 0;
    let mut at = start;
    while at < end {
        let covers = |stop: &Interval| stop.from <= at && stop.to.is_none_or(|to| at < to);
        if !stops.iter().any(covers) && open_at(calendar, at) {
            used += 1;
        }
        at += TimeDelta::minutes(1);
    }
    used
}
