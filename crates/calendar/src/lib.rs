//! Which days work, and counting them.
//!
//! A [`Calendar`] is read from a file once and never changes. It answers which
//! days work and why ([`Calendar::day`]), when a limit ends
//! ([`Calendar::due`]), how much of it has been used ([`Calendar::used`]) and
//! how that was counted, day by day ([`Calendar::explain`]).
//!
//! Three kinds of time never mix: a civil date ([`chrono::NaiveDate`]), an
//! instant ([`chrono::DateTime`] in UTC) and an amount ([`Term`]). Only
//! [`Calendar::office_date`] turns an instant into a date, in the calendar's
//! own zone.
//!
//! The law behind it: limits of organs for permits are in working days, without
//! statutory holidays (行政许可法 art. 82); hearings, tests and the like are
//! not counted (art. 45); the day on which a period begins is not counted, a
//! month ends on the same day number or the month's last, and an end on a rest
//! day moves to the next day that is none, at midnight or at the close of
//! business (民法典 art. 201 to 203, applied by analogy).
//!
//! A day outside the calendar's range is always an error that names the day
//! ([`NotCovered`]), never "probably a weekday".
#![deny(
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing
)]

mod term;

mod day;
mod span;

mod definition;
mod error;
mod file;
mod text;

mod calendar;
mod hours;
mod working;
mod zone;

mod due;
mod explain;
mod stops;
mod used;

pub use calendar::Calendar;
pub use day::{DayInfo, DayKind, DayNumber};
pub use definition::DayEnds;
pub use due::Due;
pub use error::{CalendarError, NotCovered, Problem};
pub use explain::{DayCount, DayWhy};
pub use span::Span;
pub use stops::Interval;
pub use term::{Term, TermUnit};
pub use used::{Used, UsedError};
