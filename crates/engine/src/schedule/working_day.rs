//! Days on which something over is reported or closed: the first working day of a week, a month, a quarter, a half-year, a
//! year, or a later one.

use approval::statistics::Period;
use calendar::Calendar;
use chrono::{Datelike, Days, NaiveDate};

use crate::error::EngineError;

/// A span of days that begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// From Monday on.
    Week,
    /// From the 1st on.
    Month,
    /// From the 1st of January, April, July and October on.
    Quarter,
    /// From the 1st of January and July on.
    HalfYear,
    /// From the 1st of January on.
    Year,
}

/// A working day of a span: its first, its tenth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDay {
    /// Which, from 1. A span with fewer has none.
    pub number: u32,
    /// Of which span.
    pub of: Span,
}

impl WorkingDay {
    /// The first one of a span.
    pub const fn first(of: Span) -> Self {
        Self { number: 1, of }
    }

    /// Whether a day is the one.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn is(self, day: NaiveDate, calendar: &Calendar) -> Result<bool, EngineError> {
        let works = |day| calendar.is_working(day).map_err(approval::Refusal::from);
        if !works(day)? {
            return Ok(false);
        }
        let mut number = 0;
        let days = self.of.first_day(day).iter_days();
        for earlier in days.take_while(|earlier| *earlier <= day) {
            number += u32::from(works(earlier)?);
            if number > self.number {
                return Ok(false);
            }
        }
        Ok(number == self.number)
    }

    /// The one of the span in which a day lies; `None` if the span has fewer.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover, before the one is found.
    pub(super) fn within(
        self,
        day: NaiveDate,
        calendar: &Calendar,
    ) -> Result<Option<NaiveDate>, EngineError> {
        let first = self.of.first_day(day);
        let mut number = 0;
        for day in first.iter_days() {
            if self.of.first_day(day) != first {
                break;
            }
            let works = calendar.is_working(day).map_err(approval::Refusal::from)?;
            number += u32::from(works);
            if works && number == self.number {
                return Ok(Some(day));
            }
        }
        Ok(None)
    }
}

impl Span {
    /// The word by which pages find its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half_year",
            Self::Year => "year",
        }
    }

    /// The period of the same kind that was over when the span of this day began.
    pub fn period_before(self, day: NaiveDate) -> Option<Period> {
        self.period_of(self.first_day(day).pred_opt()?)
    }

    /// The period of this kind in which a day lies.
    fn period_of(self, day: NaiveDate) -> Option<Period> {
        let year = day.year();
        let text = match self {
            Self::Week => {
                let week = day.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => return Period::month(year, day.month()),
            Self::Quarter => format!("{year:04}-Q{}", day.month0() / 3 + 1),
            Self::HalfYear => format!("{year:04}-H{}", day.month0() / 6 + 1),
            Self::Year => format!("{year:04}"),
        };
        Period::parse(&text).ok()
    }

    /// The first day of the span in which a day lies.
    pub(super) fn first_day(self, day: NaiveDate) -> NaiveDate {
        let month0 = match self {
            Self::Week => {
                let since = u64::from(day.weekday().num_days_from_monday());
                return day.checked_sub_days(Days::new(since)).unwrap_or(day);
            }
            Self::Month => day.month0(),
            Self::Quarter => day.month0() / 3 * 3,
            Self::HalfYear => day.month0() / 6 * 6,
            Self::Year => 0,
        };
        NaiveDate::from_ymd_opt(day.year(), month0 + 1, 1).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn spans_begin_on_their_first_working_day() {
        let calendar = crate::assets::calendar("cn").unwrap();
        for (span, begins, rests) in [
            // The National Day holiday of 2011 lasts until the 7th; the 8th, a Saturday, works.
            (Span::Month, "2011-10-08", "2011-10-10"),
            (Span::Month, "2011-11-01", "2011-11-02"),
            (Span::Week, "2011-10-17", "2011-10-18"),
            (Span::Quarter, "2011-10-08", "2011-11-01"),
            (Span::HalfYear, "2011-07-01", "2011-10-08"),
            (Span::Year, "2012-01-04", "2012-02-01"),
        ] {
            let first = WorkingDay::first(span);
            assert!(
                first.is(day(begins), &calendar).unwrap(),
                "{span:?} {begins}"
            );
            assert!(
                !first.is(day(rests), &calendar).unwrap(),
                "{span:?} {rests}"
            );
        }
    }

    #[test]
    fn later_working_days_are_counted_from_the_first() {
        let calendar = crate::assets::calendar("cn").unwrap();
        for (number, of, on) in [
            // October 2011 began to work on the 8th and 9th, a weekend that made up; so did 21 and 29 January 2012.
            (1, Span::Month, "2011-10-08"),
            (5, Span::Month, "2011-10-12"),
            (10, Span::Month, "2011-10-19"),
            (5, Span::Week, "2011-10-21"),
            (15, Span::Month, "2012-01-29"),
        ] {
            let wanted = WorkingDay { number, of };
            let month = Span::Month.first_day(day(on)).iter_days();
            let found = month
                .take_while(|other| *other <= day(on))
                .filter(|other| wanted.is(*other, &calendar).unwrap());
            assert_eq!(found.last(), Some(day(on)), "{wanted:?}");
            let found = wanted.within(of.first_day(day(on)), &calendar).unwrap();
            assert_eq!(found, Some(day(on)), "{wanted:?}");
        }
        let none = WorkingDay {
            number: 25,
            of: Span::Month,
        };
        assert_eq!(none.within(day("2012-02-01"), &calendar).unwrap(), None);
        let month = day("2012-02-01").iter_days().take(29);
        assert!(
            month
                .into_iter()
                .all(|day| !none.is(day, &calendar).unwrap())
        );
    }

    #[test]
    fn what_is_reported_is_the_span_before() {
        for (span, on, period) in [
            (Span::Week, "2011-10-10", "2011-W40"),
            (Span::Week, "2012-01-04", "2011-W52"),
            (Span::Month, "2011-10-08", "2011-09"),
            (Span::Month, "2012-01-04", "2011-12"),
            (Span::Quarter, "2011-10-08", "2011-Q3"),
            (Span::HalfYear, "2012-01-04", "2011-H2"),
            (Span::Year, "2012-01-04", "2011"),
        ] {
            let found = span.period_before(day(on)).map(|period| period.to_string());
            assert_eq!(found.as_deref(), Some(period), "{span:?} {on}");
        }
    }
}
