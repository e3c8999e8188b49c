//! Stops: intervals that a term doesn't count.

use chrono::{DateTime, Utc};

/// A stop or suspension: time that isn't counted (行政许可法 art. 45). In days
/// it covers those after the day on which it opens, up to and including the day
/// on which it ends; in hours the time from `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// When it opens.
    pub from: DateTime<Utc>,
    /// When the work resumes; `None` while it is open. An end before the
    /// opening is taken as the opening.
    pub to: Option<DateTime<Utc>>,
}

/// A stop with its place in the caller's list.
#[derive(Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) place: usize,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: Option<DateTime<Utc>>,
}

/// The stops in order of opening; those that open together stay in the order
/// given.
pub(crate) fn in_order(stops: &[Interval]) -> Vec<Placed> {
    let mut placed: Vec<Placed> = stops
        .iter()
        .enumerate()
        .map(|(place, stop)| Placed {
            place,
            from: stop.from,
            to: stop.to.map(|to| to.max(stop.from)),
        })
        .collect();
    placed.sort_by_key(|stop| stop.from);
    placed
}
