//! The periods that are reported on, by their texts: `2011`, `2011-H2`, `2011-Q4`, `2011-10`, `2011-W40`,
//! `2011-10-08..2011-10-31`.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// What kind of period it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Year(i32),
    Half(i32, u32),
    Quarter(i32, u32),
    Month(i32, u32),
    /// Of ISO 8601: Monday to Sunday, numbered within the year in which its Thursday lies.
    Week(i32, u32),
    Range,
}

/// A period of whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    kind: Kind,
    first: NaiveDate,
    last: NaiveDate,
}

/// Why a text is no period. `Display` says what to write, Chinese first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// No form that is known.
    #[error(
        "“{text}”不是统计期,请写作 2011、2011-H2、2011-Q4、2011-10、2011-W40 或 2011-10-08..2011-10-31 / not a period"
    )]
    Unknown {
        /// The text.
        text: String,
    },
    /// The form of a period that the calendar doesn't have.
    #[error("没有{what}“{text}”这一统计期 / there is no such period")]
    NoSuch {
        /// What it would be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// A range that ends before it begins.
    #[error("统计期的止日 {last} 早于起日 {first} / the range ends before it begins")]
    Reversed {
        /// The first day as given.
        first: NaiveDate,
        /// The last day as given.
        last: NaiveDate,
    },
}

impl Period {
    /// Reads a period.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        let unknown = || PeriodError::Unknown {
            text: text.to_owned(),
        };
        if let Some((first, last)) = text.split_once("..") {
            return Self::parse_range(text, first, last);
        }
        let (year, rest) = match text.split_once('-') {
            None => (text, ""),
            Some((_, "")) => return Err(unknown()),
            Some(parts) => parts,
        };
        let year = digits(year, 4)
            .and_then(|year| i32::try_from(year).ok())
            .ok_or_else(unknown)?;
        let (what, found) = if rest.is_empty() {
            ("年度", Self::year(year))
        } else if let Some(half) = rest.strip_prefix('H') {
            let half = digits(half, 1).ok_or_else(unknown)?;
            ("半年", Self::half(year, half))
        } else if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = digits(quarter, 1).ok_or_else(unknown)?;
            ("季度", Self::quarter(year, quarter))
        } else if let Some(week) = rest.strip_prefix('W') {
            let week = digits(week, 2).ok_or_else(unknown)?;
            ("周", Self::week(year, week))
        } else {
            let month = digits(rest, 2).ok_or_else(unknown)?;
            ("月份", Self::month(year, month))
        };
        found.ok_or_else(|| PeriodError::NoSuch {
            what,
            text: text.to_owned(),
        })
    }

    fn parse_range(text: &str, first: &str, last: &str) -> Result<Self, PeriodError> {
        let day = |day: &str| {
            let parts: Vec<&str> = day.split('-').collect();
            let &[year, month, date] = parts.as_slice() else {
                return Err(PeriodError::Unknown {
                    text: text.to_owned(),
                });
            };
            let numbers = digits(year, 4).zip(digits(month, 2)).zip(digits(date, 2));
            let Some(((year, month), date)) = numbers else {
                return Err(PeriodError::Unknown {
                    text: text.to_owned(),
                });
            };
            let year = i32::try_from(year).unwrap_or_default();
            NaiveDate::from_ymd_opt(year, month, date).ok_or_else(|| PeriodError::NoSuch {
                what: "日期",
                text: text.to_owned(),
            })
        };
        let (first, last) = (day(first)?, day(last)?);
        if last < first {
            return Err(PeriodError::Reversed { first, last });
        }
        Ok(Self {
            kind: Kind::Range,
            first,
            last,
        })
    }

    fn months(kind: Kind, year: i32, first: u32, count: u32) -> Option<Self> {
        let after = first.checked_add(count)?;
        let next = if after > 12 {
            NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1)?
        } else {
            NaiveDate::from_ymd_opt(year, after, 1)?
        };
        Some(Self {
            kind,
            first: NaiveDate::from_ymd_opt(year, first, 1)?,
            last: next.pred_opt()?,
        })
    }

    fn year(year: i32) -> Option<Self> {
        Self::months(Kind::Year(year), year, 1, 12)
    }

    fn half(year: i32, half: u32) -> Option<Self> {
        let first = half.checked_sub(1)?.checked_mul(6)?.checked_add(1)?;
        Self::months(Kind::Half(year, half), year, first, 6)
    }

    fn quarter(year: i32, quarter: u32) -> Option<Self> {
        let first = quarter.checked_sub(1)?.checked_mul(3)?.checked_add(1)?;
        Self::months(Kind::Quarter(year, quarter), year, first, 3)
    }

    /// A month of a year; `None` for a number that isn't one.
    pub fn month(year: i32, month: u32) -> Option<Self> {
        Self::months(Kind::Month(year, month), year, month, 1)
    }

    fn week(year: i32, week: u32) -> Option<Self> {
        let day = |weekday| NaiveDate::from_isoywd_opt(year, week, weekday);
        Some(Self {
            kind: Kind::Week(year, week),
            first: day(Weekday::Mon)?,
            last: day(Weekday::Sun)?,
        })
    }

    /// The first day.
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day, included.
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// The period of the same kind just before: the month before a month; before a range as many days as it has.
    pub fn before(&self) -> Option<Self> {
        match self.kind {
            Kind::Year(year) => Self::year(year.checked_sub(1)?),
            Kind::Half(year, 1) => Self::half(year.checked_sub(1)?, 2),
            Kind::Half(year, half) => Self::half(year, half.checked_sub(1)?),
            Kind::Quarter(year, 1) => Self::quarter(year.checked_sub(1)?, 4),
            Kind::Quarter(year, quarter) => Self::quarter(year, quarter.checked_sub(1)?),
            Kind::Month(year, 1) => Self::month(year.checked_sub(1)?, 12),
            Kind::Month(year, month) => Self::month(year, month.checked_sub(1)?),
            Kind::Week(..) => {
                let day = self.first.pred_opt()?.iso_week();
                Self::week(day.year(), day.week())
            }
            Kind::Range => {
                let days = u64::try_from((self.last - self.first).num_days()).ok()?;
                let last = self.first.pred_opt()?;
                Some(Self {
                    kind: Kind::Range,
                    first: last.checked_sub_days(Days::new(days))?,
                    last,
                })
            }
        }
    }

    /// The same period of the year before; none for a week 53 that year doesn't have, and for a year, since that is
    /// what [`Self::before`] gives.
    pub fn year_before(&self) -> Option<Self> {
        match self.kind {
            Kind::Year(_) => None,
            Kind::Half(year, half) => Self::half(year.checked_sub(1)?, half),
            Kind::Quarter(year, quarter) => Self::quarter(year.checked_sub(1)?, quarter),
            Kind::Month(year, month) => Self::month(year.checked_sub(1)?, month),
            Kind::Week(year, week) => Self::week(year.checked_sub(1)?, week),
            Kind::Range => {
                let back = |day: NaiveDate| day.checked_sub_months(chrono::Months::new(12));
                Some(Self {
                    kind: Kind::Range,
                    first: back(self.first)?,
                    last: back(self.last)?,
                })
            }
        }
    }

    /// The months or weeks whose course a report of this period shows, the earliest first: the months of a year, half
    /// or quarter; up to a month the six that end with it, up to a week eight; none for a range.
    pub fn course(&self) -> Vec<Self> {
        let back = |count: usize| {
            let mut course: Vec<Self> = std::iter::successors(Some(*self), Self::before)
                .take(count)
                .collect();
            course.reverse();
            course
        };
        let months = |year: i32, first: u32, count: u32| {
            let months = first..first.saturating_add(count);
            months.filter_map(|m| Self::month(year, m)).collect()
        };
        match self.kind {
            Kind::Year(year) => months(year, 1, 12),
            Kind::Half(year, half) => months(year, half.saturating_mul(6).saturating_sub(5), 6),
            Kind::Quarter(year, quarter) => {
                months(year, quarter.saturating_mul(3).saturating_sub(2), 3)
            }
            Kind::Month(..) => back(6),
            Kind::Week(..) => back(8),
            Kind::Range => Vec::new(),
        }
    }

    /// The name on Chinese papers: 2011年10月, 2011年第四季度…
    pub fn zh(&self) -> String {
        let number = |n: u32| match n {
            1 => "一",
            2 => "二",
            3 => "三",
            _ => "四",
        };
        let day = |d: NaiveDate| format!("{}年{}月{}日", d.year(), d.month(), d.day());
        match self.kind {
            Kind::Year(year) => format!("{year}年"),
            Kind::Half(year, 1) => format!("{year}年上半年"),
            Kind::Half(year, _) => format!("{year}年下半年"),
            Kind::Quarter(year, quarter) => format!("{year}年第{}季度", number(quarter)),
            Kind::Month(year, month) => format!("{year}年{month}月"),
            Kind::Week(year, week) => format!("{year}年第{week}周"),
            Kind::Range => format!("{}至{}", day(self.first), day(self.last)),
        }
    }

    /// What the period before is called in a comparison: 上月, 上季度…
    pub const fn zh_before(&self) -> &'static str {
        match self.kind {
            Kind::Year(_) => "上年",
            Kind::Half(..) => "上一个半年",
            Kind::Quarter(..) => "上季度",
            Kind::Month(..) => "上月",
            Kind::Week(..) => "上周",
            Kind::Range => "前一时段",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Year(year) => write!(f, "{year:04}"),
            Kind::Half(year, half) => write!(f, "{year:04}-H{half}"),
            Kind::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Kind::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Kind::Week(year, week) => write!(f, "{year:04}-W{week:02}"),
            Kind::Range => write!(f, "{}..{}", self.first, self.last),
        }
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let plain = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_form_has_its_days() {
        for (text, first, last, before, year_before) in [
            ("2011", "2011-01-01", "2011-12-31", "2010", ""),
            ("2011-H1", "2011-01-01", "2011-06-30", "2010-H2", "2010-H1"),
            ("2011-H2", "2011-07-01", "2011-12-31", "2011-H1", "2010-H2"),
            ("2011-Q1", "2011-01-01", "2011-03-31", "2010-Q4", "2010-Q1"),
            ("2011-Q4", "2011-10-01", "2011-12-31", "2011-Q3", "2010-Q4"),
            ("2011-01", "2011-01-01", "2011-01-31", "2010-12", "2010-01"),
            ("2012-02", "2012-02-01", "2012-02-29", "2012-01", "2011-02"),
            ("2011-12", "2011-12-01", "2011-12-31", "2011-11", "2010-12"),
            (
                "2011-W40",
                "2011-10-03",
                "2011-10-09",
                "2011-W39",
                "2010-W40",
            ),
            (
                "2011-W01",
                "2011-01-03",
                "2011-01-09",
                "2010-W52",
                "2010-W01",
            ),
            ("2010-W53", "", "", "", ""),
            ("2009-W53", "2009-12-28", "2010-01-03", "2009-W52", ""),
            (
                "2011-10-08..2011-10-31",
                "2011-10-08",
                "2011-10-31",
                "2011-09-14..2011-10-07",
                "2010-10-08..2010-10-31",
            ),
            (
                "2012-02-29..2012-02-29",
                "2012-02-29",
                "2012-02-29",
                "2012-02-28..2012-02-28",
                "2011-02-28..2011-02-28",
            ),
        ] {
            if first.is_empty() {
                assert!(Period::parse(text).is_err(), "{text}");
                continue;
            }
            let found = period(text);
            assert_eq!(found.to_string(), text);
            let days = (found.first().to_string(), found.last().to_string());
            assert_eq!(days, (first.to_owned(), last.to_owned()));
            let shown = |p: Option<Period>| p.map(|p| p.to_string()).unwrap_or_default();
            assert_eq!(shown(found.before()), before, "before {text}");
            assert_eq!(
                shown(found.year_before()),
                year_before,
                "a year before {text}"
            );
        }
    }

    #[test]
    fn courses_end_with_the_period_or_fill_it() {
        let course = |text: &str| {
            let course = period(text).course();
            course
                .iter()
                .map(Period::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(course("2011-Q4"), "2011-10 2011-11 2011-12");
        assert_eq!(
            course("2011-H2"),
            "2011-07 2011-08 2011-09 2011-10 2011-11 2011-12"
        );
        assert_eq!(
            course("2011-02"),
            "2010-09 2010-10 2010-11 2010-12 2011-01 2011-02"
        );
        assert_eq!(period("2011").course().len(), 12);
        assert!(course("2011-W02").starts_with("2010-W47"));
        assert_eq!(course("2011-10-08..2011-10-31"), "");
    }

    #[test]
    fn what_is_no_period_says_what_to_write() {
        for text in [
            "",
            "11",
            "2011-",
            "2011-1",
            "2011-13",
            "2011-00",
            "2011-Q5",
            "2011-Q0",
            "2011-H3",
            "2011-H0",
            "2011-W54",
            "2011-W00",
            "2011-q4",
            "2011-10-08",
            "2011-10-08..",
            "..2011-10-08",
            "2011-10-08..2011-02-30",
            "2011-10-31..2011-10-08",
            "+011",
            "2011-+1",
            "２０１１",
        ] {
            let error = Period::parse(text).expect_err(text).to_string();
            assert!(error.contains("统计期"), "{error}");
        }
    }

    #[test]
    fn names_are_those_of_papers() {
        for (text, name) in [
            ("2011", "2011年"),
            ("2011-H2", "2011年下半年"),
            ("2011-Q4", "2011年第四季度"),
            ("2011-10", "2011年10月"),
            ("2011-W40", "2011年第40周"),
            ("2011-10-08..2011-10-31", "2011年10月8日至2011年10月31日"),
        ] {
            assert_eq!(period(text).zh(), name);
        }
    }
}
