//! Office hours as real elapsed time.
//!
//! Spans are wall-clock times; what counts is how long the office was really
//! open, so a day on which the clocks are put forward inside a span is shorter.
//! A table holds the office time before each day; within a day the few spans
//! are walked.

use crate::definition::Definition;
use crate::stops::Placed;
use crate::{Span, zone};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;

/// The office hours of a calendar's days.
#[derive(Clone)]
pub(crate) struct OfficeHours {
    zone: Tz,
    from: NaiveDate,
    /// The different sets of spans that days have; the first is empty.
    patterns: Vec<Box<[Span]>>,
    /// Which pattern each day has.
    pattern_of: Box<[u16]>,
    /// At i, the office seconds of the first i days; one entry more than days.
    seconds_before: Box<[i64]>,
}

/// The end of an amount of office time: a closing instant and the day whose
/// office hours it ends. At midnight that is the day before the instant's own.
#[derive(Clone, Copy)]
pub(crate) struct Elapsed {
    pub(crate) on: NaiveDate,
    pub(crate) at: DateTime<Utc>,
}

impl OfficeHours {
    pub(crate) fn new(definition: &Definition) -> OfficeHours {
        let mut hours = OfficeHours {
            zone: definition.zone,
            from: definition.from,
            patterns: vec![Box::default()],
            pattern_of: Box::default(),
            seconds_before: Box::default(),
        };
        let mut known = HashMap::from([(Box::default(), 0)]);
        let mut pattern_of = Vec::new();
        let mut seconds_before = vec![0];
        let mut seconds = 0;
        for date in definition.dates() {
            let pattern = if definition.works(date) {
                hours.pattern(definition.spans(date), &mut known)
            } else {
                0
            };
            pattern_of.push(pattern);
            seconds += hours.seconds_on(date, hours.pattern_spans(pattern));
            seconds_before.push(seconds);
        }
        hours.pattern_of = pattern_of.into_boxed_slice();
        hours.seconds_before = seconds_before.into_boxed_slice();
        hours
    }

    /// The number of a pattern, added if it is new.
    fn pattern(&mut self, spans: Vec<Span>, known: &mut HashMap<Box<[Span]>, u16>) -> u16 {
        // There are no more patterns than days, and those fit (DAYS_MAX).
        let next = u16::try_from(self.patterns.len()).unwrap_or(u16::MAX);
        *known
            .entry(spans.into_boxed_slice())
            .or_insert_with_key(|spans| {
                self.patterns.push(spans.clone());
                next
            })
    }

    fn pattern_spans(&self, pattern: u16) -> &[Span] {
        self.patterns
            .get(usize::from(pattern))
            .map_or(&[], |spans| spans)
    }

    /// The spans of a day, in order; none outside the calendar.
    pub(crate) fn spans(&self, date: NaiveDate) -> &[Span] {
        self.offset(date)
            .and_then(|place| self.pattern_of.get(place))
            .map_or(&[], |pattern| self.pattern_spans(*pattern))
    }

    /// The end of a day's last span, if it has one.
    pub(crate) fn close(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        let last = self.spans(date).last()?;
        Some(self.instant(date, last.closes_minute()))
    }

    /// Office time from the calendar's first day to an instant; `None` if the
    /// instant's day is neither covered nor the day after the last, on which
    /// the last day ends at midnight.
    pub(crate) fn until(&self, at: DateTime<Utc>) -> Option<TimeDelta> {
        let date = zone::local(self.zone, at).date_naive();
        let place = self.offset(date)?;
        let mut elapsed = TimeDelta::seconds(*self.seconds_before.get(place)?);
        for span in self.spans(date) {
            let (opens, closes) = self.instants(date, *span);
            elapsed += at.clamp(opens, closes) - opens;
        }
        Some(elapsed)
    }

    /// Office time between two instants, none if they are reversed; `None`
    /// where [`OfficeHours::until`] is.
    pub(crate) fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<TimeDelta> {
        let elapsed = self.until(to)? - self.until(from)?;
        Some(elapsed.max(TimeDelta::zero()))
    }

    /// Office time between two instants that none of the stops covers; the
    /// stops come in order of opening, and one that is open goes on to `end`.
    pub(crate) fn outside(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        stops: &[Placed],
    ) -> Option<TimeDelta> {
        let mut outside = self.between(start, end)?;
        let mut covered = start;
        for stop in stops {
            let from = stop.from.max(covered);
            let to = stop.to.map_or(end, |to| to.min(end));
            if from < to {
                outside -= self.between(from, to)?;
                covered = to;
            }
        }
        Some(outside)
    }

    /// The earliest instant up to which that much office time, more than none,
    /// has passed since the calendar's first day; `None` if it ends before.
    pub(crate) fn after(&self, elapsed: TimeDelta) -> Option<Elapsed> {
        let day_ends = self.seconds_before.get(1..)?;
        let place = day_ends.partition_point(|seconds| TimeDelta::seconds(*seconds) < elapsed);
        let before = *self.seconds_before.get(place)?;
        let on = self.date(place)?;
        let mut left = elapsed - TimeDelta::seconds(before);
        for span in self.spans(on) {
            let (opens, closes) = self.instants(on, *span);
            let length = closes - opens;
            if left <= length {
                return Some(Elapsed {
                    on,
                    at: opens + left,
                });
            }
            left -= length;
        }
        None
    }

    /// How many days after the calendar's first; `None` before it.
    fn offset(&self, date: NaiveDate) -> Option<usize> {
        usize::try_from(date.num_days_from_ce() - self.from.num_days_from_ce()).ok()
    }

    fn date(&self, place: usize) -> Option<NaiveDate> {
        let number = self.from.num_days_from_ce() + i32::try_from(place).ok()?;
        NaiveDate::from_num_days_from_ce_opt(number)
    }

    fn seconds_on(&self, date: NaiveDate, spans: &[Span]) -> i64 {
        let instants = spans.iter().map(|span| self.instants(date, *span));
        instants
            .map(|(opens, closes)| (closes - opens).num_seconds())
            .sum()
    }

    fn instants(&self, date: NaiveDate, span: Span) -> (DateTime<Utc>, DateTime<Utc>) {
        let opens = self.instant(date, span.opens_minute());
        // A later wall-clock time is never an earlier instant (zone::instant);
        // said again here because clamping to the two relies on it.
        let closes = self.instant(date, span.closes_minute()).max(opens);
        (opens, closes)
    }

    fn instant(&self, date: NaiveDate, minute: u16) -> DateTime<Utc> {
        let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        zone::instant(self.zone, wall)
    }
}
