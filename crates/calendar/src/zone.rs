//! From wall-clock times to instants and back: the one place that knows about
//! clocks being put forward and back.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// How far from the ends of time that chrono can hold a zone is asked: its
/// offset, less than a day, must fit. No calendar comes near.
const MARGIN: TimeDelta = TimeDelta::days(2);

/// An instant as the zone's clocks show it. One at the ends of time, which no
/// clock could show, is taken as two days from there.
pub(crate) fn local(zone: Tz, at: DateTime<Utc>) -> DateTime<Tz> {
    let (earliest, latest) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    at.clamp(earliest + MARGIN, latest - MARGIN)
        .with_timezone(&zone)
}

/// The earliest instant at which the zone's clocks show `wall` or, if they skip
/// it, the instant right after the gap. So a later wall-clock time is never an
/// earlier instant within one day, and spans that touch don't overlap. What is
/// said of the ends of time in [`local`] holds here too.
pub(crate) fn instant(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    let wall = wall.clamp(NaiveDateTime::MIN + MARGIN, NaiveDateTime::MAX - MARGIN);
    match zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.to_utc(),
        MappedLocalTime::None => GapInfo::new(&wall, &zone)
            .and_then(|gap| gap.end)
            // A gap without an end isn't in the zone data; the clock's own
            // figures read as UTC are within a day of any zone's.
            .map_or_else(|| wall.and_utc(), |end| end.to_utc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn check(zone: Tz, wall: (i32, u32, u32, u32, u32), expected: &str) {
        let (year, month, day, hour, minute) = wall;
        let wall = NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_opt(hour, minute, 0))
            .expect("a wall-clock time");
        let expected: DateTime<Utc> = expected.parse().expect("an instant");
        assert_eq!(instant(zone, wall), expected, "{zone} {wall}");
    }

    #[test]
    fn skipped_times_become_the_end_of_the_gap() {
        let amsterdam = chrono_tz::Europe::Amsterdam;
        check(amsterdam, (2012, 3, 25, 1, 59), "2012-03-25T00:59:00Z");
        check(amsterdam, (2012, 3, 25, 2, 30), "2012-03-25T01:00:00Z");
        check(amsterdam, (2012, 3, 25, 3, 0), "2012-03-25T01:00:00Z");
    }

    #[test]
    fn repeated_times_become_the_first() {
        let amsterdam = chrono_tz::Europe::Amsterdam;
        check(amsterdam, (2012, 10, 28, 2, 30), "2012-10-28T00:30:00Z");
    }

    #[test]
    fn the_ends_of_time_are_near_the_ends_of_time() {
        for zone in [chrono_tz::Asia::Shanghai, chrono_tz::America::Sao_Paulo] {
            let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
            for at in [first, first + MARGIN, last - MARGIN, last] {
                let near = (local(zone, at).to_utc() - at).abs();
                assert!(near <= MARGIN, "{zone} {at}");
                let near = (instant(zone, at.naive_utc()) - at).abs();
                assert!(near <= MARGIN + TimeDelta::days(1), "{zone} {at}");
            }
        }
    }

    #[test]
    fn a_skipped_midnight_starts_the_day_after_the_gap() {
        // Brazil put its clocks from 00:00 to 01:00.
        check(
            chrono_tz::America::Sao_Paulo,
            (2011, 10, 16, 0, 0),
            "2011-10-16T03:00:00Z",
        );
        // Samoa left out a whole day.
        check(
            chrono_tz::Pacific::Apia,
            (2011, 12, 30, 12, 0),
            "2011-12-30T10:00:00Z",
        );
    }
}
