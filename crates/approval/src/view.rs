//! What people are shown of a clock: used, left, over, late.

use calendar::{Calendar, Due};
use chrono::{DateTime, NaiveDate, Utc};

use crate::track::Clock;

/// A clock at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockView {
    /// The due day; `None` while a counted stop is open.
    pub due_on: Option<NaiveDate>,
    /// The due instant.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days left, 0 once it is over; `None` without a date.
    pub left: Option<i64>,
    /// Working days over, 0 before. Due on Friday and done on Saturday is late by 0 working days.
    pub over: Option<i64>,
    /// Late: a flag of its own.
    pub late: bool,
    /// The date lies beyond what the calendar knows for certain.
    pub provisional: bool,
}

/// Looks at a clock at `now`, or at its end if that was earlier.
pub fn clock_view(clock: &Clock, now: DateTime<Utc>, calendar: &Calendar) -> ClockView {
    let until = clock.ended_at.unwrap_or(now).min(now);
    match clock.due {
        Some(due) => due_view(due, until, calendar),
        None => ClockView {
            due_on: None,
            due_at: None,
            left: None,
            over: None,
            late: false,
            provisional: false,
        },
    }
}

/// Looks at a due date at an instant.
pub fn due_view(due: Due, at: DateTime<Utc>, calendar: &Calendar) -> ClockView {
    let day = calendar.office_date(at);
    let between = |after, through| calendar.working_days_between(after, through).ok();
    let (left, over) = if day <= due.on {
        (between(day, due.on), Some(0))
    } else {
        (Some(0), between(due.on, day))
    };
    ClockView {
        due_on: Some(due.on),
        due_at: Some(due.at),
        left,
        over,
        late: at >= due.at,
        provisional: calendar.is_provisional(due.on),
    }
}
