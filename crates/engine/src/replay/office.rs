//! Office time: days and minutes on which people work, and the instants that they are.

use approval::Refusal;
use calendar::Calendar;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A minute of office time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The day.
    pub(super) day: NaiveDate,
    /// Office minutes since the opening, over all spans of the day.
    pub(super) minute: u32,
}

/// The office hours of a calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Office<'a> {
    calendar: &'a Calendar,
}

impl<'a> Office<'a> {
    pub(super) const fn new(calendar: &'a Calendar) -> Self {
        Self { calendar }
    }

    /// The lengths of a day's spans with the minute of the day at which each opens.
    pub(super) fn spans(&self, day: NaiveDate) -> Result<Vec<(u32, u32)>, Refusal> {
        let info = self.calendar.day(day)?;
        Ok(info
            .hours
            .iter()
            .map(|s| {
                let opens = u32::from(s.opens_minute());
                (opens, u32::from(s.closes_minute()).saturating_sub(opens))
            })
            .collect())
    }

    /// Office minutes of a day.
    pub(super) fn minutes(&self, day: NaiveDate) -> Result<u32, Refusal> {
        Ok(self.spans(day)?.iter().map(|(_, length)| length).sum())
    }

    /// The instant of a slot; a minute after closing is the last one.
    pub(super) fn instant(&self, slot: Slot) -> Result<DateTime<Utc>, Refusal> {
        let spans = self.spans(slot.day)?;
        let mut left = slot.minute;
        let mut last = 0;
        for (opens, length) in spans {
            if left < length {
                return Ok(self.minute_of_day(slot.day, opens + left));
            }
            left -= length;
            last = opens + length.saturating_sub(1);
        }
        Ok(self.minute_of_day(slot.day, last))
    }

    /// When the office closes on a day.
    pub(super) fn closing(&self, day: NaiveDate) -> Result<DateTime<Utc>, Refusal> {
        let closes = self.spans(day)?.last().map_or(0, |(o, length)| o + length);
        Ok(self.minute_of_day(day, closes))
    }

    fn minute_of_day(&self, day: NaiveDate, minute: u32) -> DateTime<Utc> {
        self.calendar.start_of(day) + TimeDelta::minutes(minute.into())
    }

    /// The slot so many office minutes later on the same day; the last minute of the day at most.
    pub(super) fn later(&self, slot: Slot, minutes: u32) -> Result<Slot, Refusal> {
        let last = self.minutes(slot.day)?.saturating_sub(1);
        Ok(Slot {
            day: slot.day,
            minute: slot.minute.saturating_add(minutes).min(last),
        })
    }

    /// The n-th working day after a day; the day itself, or the next that works, for 0.
    pub(super) fn after(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, Refusal> {
        Ok(self.calendar.add_working_days(day, n)?)
    }

    /// Working days from one day to another, both included.
    pub(super) fn days(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>, Refusal> {
        let mut days = Vec::new();
        for day in from.iter_days().take_while(|d| *d <= to) {
            if self.calendar.is_working(day)? {
                days.push(day);
            }
        }
        Ok(days)
    }
}
