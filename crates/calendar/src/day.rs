//! Days: their numbers, their kinds and what is told about one.

use crate::Span;
use chrono::{Datelike, NaiveDate};

/// A civil date as a number, so that counting is addition. Number 1 is
/// 0001-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayNumber(pub(crate) i32);

impl DayNumber {
    /// The number of a date.
    pub fn of(date: NaiveDate) -> DayNumber {
        DayNumber(date.num_days_from_ce())
    }

    /// The number itself, for those who store or pack it.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The day with this number, whether or not any calendar covers it.
    pub const fn new(number: i32) -> DayNumber {
        DayNumber(number)
    }

    /// The date with this number; one that chrono can't hold becomes its last.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0).unwrap_or(NaiveDate::MAX)
    }
}

/// Why a day works or rests. The first that applies wins, from the bottom up:
/// a local closure over a make-up day, that over a holiday, that over the week.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// 工作日: works because of its weekday.
    Workday,
    /// 周末: rests because of its weekday.
    Weekend,
    /// 放假: rests by a holiday notice.
    RestDay {
        /// The holiday, such as 国庆节.
        name: String,
    },
    /// 调休上班: works by a holiday notice, be it a weekend or a weekday.
    MakeUp {
        /// The holiday that it makes up for.
        name: String,
    },
    /// 本地放假: the office itself is closed.
    LocallyClosed {
        /// The reason as the calendar file gives it.
        name: String,
    },
}

impl DayKind {
    /// Whether such a day works.
    pub const fn works(&self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeUp { .. })
    }

    /// The kind in one word for wire formats: `workday`, `weekend`,
    /// `rest_day`, `make_up`, `locally_closed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            DayKind::Workday => "workday",
            DayKind::Weekend => "weekend",
            DayKind::RestDay { .. } => "rest_day",
            DayKind::MakeUp { .. } => "make_up",
            DayKind::LocallyClosed { .. } => "locally_closed",
        }
    }

    /// The reason as people read it, such as "国庆节放假" or "国庆节调休上班".
    pub fn zh(&self) -> String {
        match self {
            DayKind::Workday => "工作日".to_owned(),
            DayKind::Weekend => "周末".to_owned(),
            DayKind::RestDay { name } => format!("{name}放假"),
            DayKind::MakeUp { name } => format!("{name}调休上班"),
            DayKind::LocallyClosed { name } => format!("本地放假：{name}"),
        }
    }
}

/// What a calendar knows about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayInfo {
    /// The day.
    pub date: NaiveDate,
    /// Whether it works.
    pub working: bool,
    /// Why, in Chinese, for people.
    pub why: String,
    /// Why, for programs.
    pub kind: DayKind,
    /// Office hours in order; empty on a day that doesn't work.
    pub hours: Vec<Span>,
    /// Whether a notice still to come may change the day.
    pub provisional: bool,
    /// The number of the holiday notice, where the calendar file gives it.
    pub notice: Option<String>,
    /// Where that notice can be read, where the calendar file gives it.
    pub source: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_from_the_first_of_all() {
        let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
        assert_eq!(DayNumber::of(first).get(), 1);
        let opened = NaiveDate::from_ymd_opt(2011, 8, 1).unwrap();
        assert_eq!(DayNumber::of(opened).get(), 734_350);
        assert_eq!(DayNumber::new(734_350).date(), opened);
    }

    #[test]
    fn kinds_have_a_word_for_programs_and_one_for_people() {
        let name = || "国庆节".to_owned();
        for (kind, word, zh, works) in [
            (DayKind::Workday, "workday", "工作日", true),
            (DayKind::Weekend, "weekend", "周末", false),
            (
                DayKind::RestDay { name: name() },
                "rest_day",
                "国庆节放假",
                false,
            ),
            (
                DayKind::MakeUp { name: name() },
                "make_up",
                "国庆节调休上班",
                true,
            ),
            (
                DayKind::LocallyClosed { name: name() },
                "locally_closed",
                "本地放假：国庆节",
                false,
            ),
        ] {
            assert_eq!(
                (kind.as_str(), kind.zh().as_str(), kind.works()),
                (word, zh, works)
            );
        }
    }
}
