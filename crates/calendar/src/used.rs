//! How much of a term has been used.

use crate::stops::in_order;
use crate::{Calendar, Interval, NotCovered, TermUnit};
use chrono::{DateTime, NaiveDate, Utc};

/// What has been used of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// Of a term in working days or natural days: days.
    Days(i64),
    /// Of a term in hours or minutes: whole seconds of office time.
    Seconds(i64),
}

/// Why nothing can be said about what has been used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsedError {
    /// The end is earlier than the start.
    #[error("the end {end} is before the start {start}")]
    EndBeforeStart {
        /// The start as given.
        start: DateTime<Utc>,
        /// The end as given.
        end: DateTime<Utc>,
    },
    /// Months differ in length, so a part of one is no number.
    #[error("months have no used amount; ask for natural or working days")]
    Months,
    /// A day that the count needs isn't covered.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
}

impl Calendar {
    /// How much of a term in this unit has been used from `start` to `end`:
    /// W(end) − W(day0) less the working days of the stops (行政许可法 art. 45,
    /// 82), and alike in natural days or office time. A stop that is open
    /// counts up to `end`; days and time under several stops count once.
    ///
    /// # Errors
    ///
    /// `end` is before `start`, the unit is months, or the day of one of the
    /// two isn't covered.
    pub fn used(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        unit: TermUnit,
        stops: &[Interval],
    ) -> Result<Used, UsedError> {
        if end < start {
            return Err(UsedError::EndBeforeStart { start, end });
        }
        match unit {
            TermUnit::WorkingDays => {
                let days = self.used_days(start, end, stops, |after, through| {
                    self.working_days_between(after, through)
                })?;
                Ok(Used::Days(days))
            }
            TermUnit::NaturalDays => {
                let days = self.used_days(start, end, stops, |after, through| {
                    Ok(through.signed_duration_since(after).num_days())
                })?;
                Ok(Used::Days(days))
            }
            TermUnit::WorkingHours | TermUnit::WorkingMinutes => {
                self.covered(self.office_date(start))?;
                self.covered_through(self.office_date(end))?;
                let time = self.office.outside(start, end, &in_order(stops));
                let time = time.ok_or_else(|| self.not_covered(self.office_date(end)))?;
                Ok(Used::Seconds(time.num_seconds()))
            }
            TermUnit::Months => Err(UsedError::Months),
        }
    }

    fn used_days(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        stops: &[Interval],
        between: impl Fn(NaiveDate, NaiveDate) -> Result<i64, NotCovered>,
    ) -> Result<i64, NotCovered> {
        let day0 = self.office_date(start);
        let last = self.office_date(end);
        self.covered(day0)?;
        self.covered_through(last)?;
        let mut used = between(day0, last)?;
        let mut covered = day0;
        for stop in in_order(stops) {
            let opens = self.office_date(stop.from).max(covered);
            let resumes = stop.to.map_or(last, |to| self.office_date(to)).min(last);
            if opens < resumes {
                used -= between(opens, resumes)?;
                covered = resumes;
            }
        }
        Ok(used)
    }
}
