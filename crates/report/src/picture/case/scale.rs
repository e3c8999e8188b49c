//! Where an instant stands on the ruler: working days are wide, rest days narrow.

use calendar::{Calendar, DayKind};
use chrono::{DateTime, NaiveDate, Timelike, Utc};

use crate::picture::svg::{Tenths, units};

/// A working day is as wide as this many rest days.
const WORKING_WEIGHT: i64 = 4;
/// A ruler has at least a week, so that a case of one day still stands on a ruler.
const WORKING_DAYS_MIN: usize = 5;
/// Below this width a working day has no number of its own.
pub(super) const DAY_WITH_NUMBER: Tenths = units(16);
/// Below this width weekends are left to the imagination and only holidays are drawn.
pub(super) const DAY_WITH_WEEKEND: Tenths = units(3);

/// A day of the ruler.
pub(super) struct RulerDay {
    pub(super) date: NaiveDate,
    pub(super) kind: DayKind,
    pub(super) left: Tenths,
    pub(super) right: Tenths,
}

/// The ruler's days from left to right.
pub(super) struct Scale<'c> {
    calendar: &'c Calendar,
    pub(super) days: Vec<RulerDay>,
    pub(super) left: Tenths,
    pub(super) right: Tenths,
    /// The width of a working day.
    pub(super) working: Tenths,
}

impl<'c> Scale<'c> {
    /// A ruler over these days, or as many of them as the calendar covers.
    pub(super) fn new(
        calendar: &'c Calendar,
        first: NaiveDate,
        last: NaiveDate,
        left: Tenths,
        right: Tenths,
    ) -> Self {
        let mut kinds: Vec<(NaiveDate, DayKind)> = Vec::new();
        let mut working = 0;
        for date in first.iter_days() {
            let Ok(day) = calendar.day(date) else {
                if date > calendar.to() {
                    break;
                }
                continue;
            };
            if date > last && working >= WORKING_DAYS_MIN {
                break;
            }
            working += usize::from(day.working);
            kinds.push((date, day.kind));
        }
        let weight = |kind: &DayKind| if kind.works() { WORKING_WEIGHT } else { 1 };
        let whole: i64 = kinds.iter().map(|(_, kind)| weight(kind)).sum();
        let whole = whole.max(1);
        let at = |before: i64| left + (right - left) * before / whole;
        let mut before = 0;
        let days = kinds.into_iter().map(|(date, kind)| {
            let from = before;
            before += weight(&kind);
            RulerDay {
                date,
                left: at(from),
                right: at(before),
                kind,
            }
        });
        Self {
            calendar,
            days: days.collect(),
            left,
            right,
            working: (right - left) * WORKING_WEIGHT / whole,
        }
    }

    /// The day of a date, if it is on the ruler.
    pub(super) fn day(&self, date: NaiveDate) -> Option<&RulerDay> {
        let place = self.days.binary_search_by_key(&date, |day| day.date).ok()?;
        self.days.get(place)
    }

    /// Whether the ruler reaches as far as an instant.
    pub(super) fn reaches(&self, at: DateTime<Utc>) -> bool {
        let after = self.days.last().and_then(|last| last.date.succ_opt());
        after.is_some_and(|after| at <= self.calendar.start_of(after))
    }

    /// The place of an instant. Within a day the office hours are spread over the day's width, so that what happens
    /// before the opening stands at its left edge.
    pub(super) fn x(&self, at: DateTime<Utc>) -> Tenths {
        let local = self.calendar.local(at);
        let date = local.date_naive();
        let Some(day) = self.day(date) else {
            let before = self.days.first().is_none_or(|first| date < first.date);
            return if before { self.left } else { self.right };
        };
        let hours = self.calendar.day(date).map(|info| info.hours);
        let hours = hours.unwrap_or_default();
        let opens = hours.first().map_or(0, |span| span.opens_minute());
        let closes = hours.last().map_or(24 * 60, |span| span.closes_minute());
        let (opens, closes) = (i64::from(opens), i64::from(closes));
        let minute = i64::from(local.hour() * 60 + local.minute()).clamp(opens, closes);
        day.left + (day.right - day.left) * (minute - opens) / (closes - opens).max(1)
    }

    /// The days that rest, joined where they touch: first and last place in the list, both included.
    pub(super) fn rests(&self) -> Vec<(usize, usize)> {
        let mut rests: Vec<(usize, usize)> = Vec::new();
        for (place, day) in self.days.iter().enumerate() {
            if day.kind.works() {
                continue;
            }
            match rests.last_mut() {
                Some((_, last)) if *last + 1 == place => *last = place,
                _ => rests.push((place, place)),
            }
        }
        rests
    }
}
