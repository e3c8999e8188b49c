//! Counting days with nothing but a list of those on which nobody works.

use std::collections::BTreeSet;

use crate::city::{Length, start_of};
use crate::plain::{DAY_US, HOUR_US};

/// When a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The day.
    pub(crate) on: i64,
    /// Its end: whoever acts then is late.
    pub(crate) at: i64,
}

/// An interval that isn't counted: from an instant to another one, if it is over.
pub(crate) type Stop = (i64, Option<i64>);

/// The day of an instant in the city.
pub(crate) fn day_of(us: i64) -> i64 {
    (us + 8 * HOUR_US).div_euclid(DAY_US)
}

/// Days of rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days<'c> {
    pub(crate) rest: &'c BTreeSet<i64>,
}

impl Days<'_> {
    fn works(self, day: i64) -> bool {
        !self.rest.contains(&day)
    }

    /// The first working day from a day on.
    pub(crate) fn working_from(self, mut day: i64) -> i64 {
        while !self.works(day) {
            day += 1;
        }
        day
    }

    /// The working days after one day up to and with another.
    pub(crate) fn working_after(self, day: i64, to: i64) -> i64 {
        let days = (day + 1..=to).filter(|d| self.works(*d)).count();
        i64::try_from(days).unwrap_or(i64::MAX)
    }

    /// The day after which so many working days have passed since a day.
    pub(crate) fn add(self, mut day: i64, mut working: i64) -> i64 {
        while working > 0 {
            day += 1;
            working -= i64::from(self.works(day));
        }
        day
    }

    /// The first day on which so many working days or fewer are left until a day.
    pub(crate) fn first_with_left(self, on: i64, left: i64) -> i64 {
        let (mut day, mut after) = (on, 0);
        loop {
            // One day earlier this day is among those that are left.
            after += i64::from(self.works(day));
            if after > left {
                return day;
            }
            day -= 1;
        }
    }

    /// When a limit ends that began at an instant; nothing while a stop that counts is open.
    pub(crate) fn due(
        self,
        start_us: i64,
        length: Length,
        extra: i64,
        stops: &[Stop],
    ) -> Option<Due> {
        let day0 = day_of(start_us);
        let mut stops = stops.to_vec();
        stops.sort_by_key(|(from, _)| *from);
        let mut counted: Vec<(i64, i64)> = Vec::new();
        let mut on = self.due_on(day0, length, extra, &counted);
        for (from, to) in stops {
            // Too late to stop anything.
            if from >= start_of(on + 1) {
                continue;
            }
            counted.push((day_of(from), day_of(to?)));
            on = self.due_on(day0, length, extra, &counted);
        }
        Some(Due {
            on,
            at: start_of(on + 1),
        })
    }

    fn due_on(self, day0: i64, length: Length, extra: i64, stops: &[(i64, i64)]) -> i64 {
        match length {
            Length::Working(days) => self.working_due(day0, days + extra, stops),
            Length::Natural(days) => self.natural_due(day0, days, stops),
        }
    }

    /// Day by day: a working day outside all stops uses one.
    fn working_due(self, day0: i64, days: i64, stops: &[(i64, i64)]) -> i64 {
        let stopped = |day: i64| stops.iter().any(|(from, to)| *from < day && day <= *to);
        let (mut day, mut used) = (day0, 0);
        loop {
            if day > day0 && self.works(day) && !stopped(day) {
                used += 1;
            }
            if self.works(day) && used >= days {
                break;
            }
            day += 1;
        }
        let resumed = stops.iter().filter(|(from, _)| *from >= day);
        resumed
            .map(|(_, to)| self.working_from(*to))
            .fold(day, i64::max)
    }

    /// Days of any kind; the last one is moved to a working day, once.
    fn natural_due(self, day0: i64, days: i64, stops: &[(i64, i64)]) -> i64 {
        let mut raw = day0 + days;
        let mut covered: BTreeSet<i64> = BTreeSet::new();
        for (from, to) in stops {
            if *from < raw {
                let fresh: Vec<i64> = (from + 1..=*to)
                    .filter(|day| *day > day0 && !covered.contains(day))
                    .collect();
                raw += i64::try_from(fresh.len()).unwrap_or(0);
                covered.extend(fresh);
            } else {
                raw = raw.max(*to);
            }
        }
        self.working_from(raw)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;

    fn day(text: &str) -> i64 {
        let date: NaiveDate = text.parse().unwrap();
        date.signed_duration_since(NaiveDate::default()).num_days()
    }

    fn at(text: &str) -> i64 {
        let text = format!("{text}:00+08:00");
        DateTime::parse_from_rfc3339(&text)
            .unwrap()
            .timestamp_micros()
    }

    /// The autumn of 2011: the National Day rests from 1 to 7 October, 8 and 9 October work.
    fn autumn() -> BTreeSet<i64> {
        let all = day("2011-09-01")..day("2012-01-01");
        let mut rest: BTreeSet<i64> = all.filter(|d| (d + 3).rem_euclid(7) > 4).collect();
        rest.extend(day("2011-10-01")..=day("2011-10-07"));
        rest.remove(&day("2011-10-08"));
        rest.remove(&day("2011-10-09"));
        rest
    }

    fn check(start: &str, length: Length, stops: &[(&str, Option<&str>)], expected: Option<&str>) {
        let rest = autumn();
        let stops: Vec<Stop> = stops
            .iter()
            .map(|(from, to)| (at(from), to.map(at)))
            .collect();
        let due = Days { rest: &rest }.due(at(start), length, 0, &stops);
        assert_eq!(
            due.map(|due| due.on),
            expected.map(day),
            "{start} {length:?} {stops:?}"
        );
    }

    #[test]
    fn limits_end_on_the_days_that_were_worked_out_by_hand() {
        let days = Length::Working;
        let start = "2011-09-26T09:00";
        check(start, days(5), &[], Some("2011-10-08"));
        check(start, days(20), &[], Some("2011-10-27"));
        let stop = |from, to| [(from, Some(to))];
        check(
            start,
            days(20),
            &stop("2011-10-10T09:00", "2011-10-12T09:00"),
            Some("2011-10-31"),
        );
        check(
            start,
            days(5),
            &stop("2011-10-08T15:00", "2011-10-12T09:00"),
            Some("2011-10-12"),
        );
        check(
            start,
            days(5),
            &stop("2011-10-07T09:00", "2011-10-12T09:00"),
            Some("2011-10-13"),
        );
        check(
            start,
            days(5),
            &stop("2011-10-10T09:00", "2011-10-14T09:00"),
            Some("2011-10-08"),
        );
        check(
            start,
            days(5),
            &[("2011-10-10T09:00", None)],
            Some("2011-10-08"),
        );
        check(start, days(5), &[("2011-10-07T09:00", None)], None);
        let start = "2011-09-02T09:00";
        check(start, Length::Natural(29), &[], Some("2011-10-08"));
        let late = stop("2011-10-08T09:00", "2011-10-10T09:00");
        check(start, Length::Natural(29), &late, Some("2011-10-10"));
    }

    #[test]
    fn days_that_are_left() {
        let rest = autumn();
        let days = Days { rest: &rest };
        let first = days.first_with_left(day("2011-10-10"), 2);
        assert_eq!(first, day("2011-10-08"));
        assert_eq!(
            days.first_with_left(day("2011-10-10"), 3),
            day("2011-09-30")
        );
        assert_eq!(days.add(day("2011-09-30"), 1), day("2011-10-08"));
    }
}
