//! What is open at the beginning of a year is the sum of all changes before it. So that it costs the same after one year and
//! after a hundred, changes are summed over spans of one, two, four … years: each year's changes belong to a few spans, and
//! all years before any one are made of a few (a binary indexed tree). A span is told by the first day of its last year.

use chrono::{Datelike, NaiveDate};

/// The year before the first one, so chosen that the years up to 2024 are one span, and those of this century few.
const ORIGIN: i32 = 1896;
/// The number of the last year from [`ORIGIN`]. Nobody records what happened before 1897 or after 2151: such years count
/// with the first and the last one.
const LAST: i32 = 255;

/// The spans to which the changes of a day's year belong.
pub fn years_of(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = day.year().saturating_sub(ORIGIN).clamp(1, LAST);
    let above = |number: &i32| number.checked_add(length(*number));
    let numbers = std::iter::successors(Some(first), above);
    numbers
        .take_while(|number| *number <= LAST)
        .filter_map(start)
}

/// The spans that together are all years before a day's year.
pub fn years_before(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let last = day.year().saturating_sub(ORIGIN + 1).clamp(0, LAST);
    let below = |number: &i32| number.checked_sub(length(*number));
    let numbers = std::iter::successors(Some(last), below);
    numbers.take_while(|number| *number > 0).filter_map(start)
}

/// How many years a span has that ends with the year of this number.
const fn length(number: i32) -> i32 {
    number & number.wrapping_neg()
}

fn start(number: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(ORIGIN + number, 1, 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_year_is_counted_once_before_each_later_one_and_never_before_another() {
        let day = |year| NaiveDate::from_ymd_opt(year, 7, 1).unwrap();
        for year in 1897..=2151 {
            let own: BTreeSet<NaiveDate> = years_of(day(year)).collect();
            assert!(own.len() <= 8, "{year}: {own:?}");
            for other in 1897..=2151 {
                let before: Vec<NaiveDate> = years_before(day(other)).collect();
                let times = before.iter().filter(|span| own.contains(span)).count();
                assert_eq!(times, usize::from(year < other), "{year} before {other}");
                assert!(before.len() <= 8, "{other}: {before:?}");
            }
        }
        // What lies outside is counted with the first and the last year.
        assert!(years_of(day(1700)).eq(years_of(day(1897))));
        assert!(years_of(day(9000)).eq(years_of(day(2151))));
        assert_eq!(years_before(day(1897)).count(), 0);
    }

    #[test]
    fn the_years_up_to_now_are_few_spans() {
        for (year, spans) in [
            (2011, 4),
            (2012, 5),
            (2025, 1),
            (2026, 2),
            (2027, 2),
            (2028, 3),
        ] {
            let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            assert_eq!(years_before(day).count(), spans, "{year}");
        }
    }
}
