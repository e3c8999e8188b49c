//! Months as grids of weeks, Monday first.

use chrono::{Datelike, Days, NaiveDate};

use super::Language;
use super::pens::{SECOND, STRONG, Size};
use super::svg::{Anchor, Drawing, Tenths, units};

/// The height of a month's name.
const NAME: Tenths = units(18);
/// The height of the heads of its columns.
const HEADS: Tenths = units(14);
/// Name and heads together: where the days begin.
pub(super) const HEAD: Tenths = NAME + HEADS;

/// A month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a day.
    pub(super) fn of(date: NaiveDate) -> Self {
        let first = date.with_day(1).unwrap_or(date);
        Self { first }
    }

    /// The months from one day's to another's, at most as many as anybody can look at.
    pub(super) fn through(from: NaiveDate, to: NaiveDate) -> Vec<Self> {
        const MONTHS_MAX: usize = 240;
        let months = std::iter::successors(Some(Self::of(from)), |month| month.next());
        months
            .take_while(|month| month.first <= to)
            .take(MONTHS_MAX)
            .collect()
    }

    fn next(self) -> Option<Self> {
        self.first.checked_add_days(Days::new(31)).map(Self::of)
    }

    pub(super) fn first(self) -> NaiveDate {
        self.first
    }

    /// Its days.
    pub(super) fn days(self) -> impl Iterator<Item = NaiveDate> {
        let first = self.first;
        let days = first.iter_days();
        days.take_while(move |day| (day.year(), day.month()) == (first.year(), first.month()))
    }

    /// Column and row of one of its days, both from 0.
    pub(super) fn place(self, date: NaiveDate) -> (i64, i64) {
        let column = i64::from(date.weekday().num_days_from_monday());
        let before = i64::from(self.first.weekday().num_days_from_monday());
        (column, (before + i64::from(date.day0())) / 7)
    }

    /// How many rows it has.
    pub(super) fn weeks(self) -> i64 {
        let last = self.days().last().unwrap_or(self.first);
        self.place(last).1 + 1
    }

    /// Draws its name and the heads of its columns.
    pub(super) fn draw_head(
        self,
        drawing: &mut Drawing,
        (left, top): (Tenths, Tenths),
        column: Tenths,
        name: &str,
        language: Language,
    ) {
        let at = (left, top + units(12));
        drawing.text(at, Size::Name, Anchor::Start, STRONG, name);
        let base = top + NAME + units(10);
        let mut middle = left + column / 2;
        for head in language.weekday_heads() {
            let at = (middle, base);
            drawing.text(at, Size::Tiny, Anchor::Middle, SECOND, head);
            middle += column;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn days_stand_under_their_weekdays() {
        for (day, place, weeks) in [
            ("2011-10-01", (5, 0), 6),
            ("2011-10-03", (0, 1), 6),
            ("2011-10-31", (0, 5), 6),
            ("2010-02-28", (6, 3), 4),
            ("2011-02-28", (0, 4), 5),
        ] {
            let month = Month::of(date(day));
            assert_eq!(
                (month.place(date(day)), month.weeks()),
                (place, weeks),
                "{day}"
            );
        }
    }

    #[test]
    fn months_follow_each_other() {
        let months = Month::through(date("2011-11-30"), date("2012-02-01"));
        let firsts: Vec<String> = months.iter().map(|m| m.first().to_string()).collect();
        assert_eq!(
            firsts,
            ["2011-11-01", "2011-12-01", "2012-01-01", "2012-02-01"]
        );
    }
}
