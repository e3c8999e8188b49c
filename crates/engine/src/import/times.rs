//! Instants and dates as logs write them.

use chrono::format::{Item, StrftimeItems};
use chrono::{
    DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, SubsecRound, TimeZone,
    Timelike, Utc,
};
use chrono_tz::Tz;

/// Years outside of these are typing errors (a digit too many, a digit too few), not history.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// ISO 8601 in its usual writings, and `YYYYMMDDThhmmss` of GB/T 39046.
const DATE_TIMES: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y%m%dT%H%M%S%.f",
    "%Y%m%d%H%M%S",
];
const DATES: [&str; 2] = ["%Y-%m-%d", "%Y%m%d"];

/// A point in time as a cell gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The instant, to the microsecond. A bare date is the start of its day.
    pub(super) at: DateTime<Utc>,
    /// The office date: that of the instant in the zone, or the bare date itself.
    pub(super) on: NaiveDate,
    /// Whether the cell held a date without a time.
    pub(super) is_date: bool,
}

/// Why a cell holds no point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// It isn't written in any form that is read.
    Unreadable,
    /// That local time was skipped when the clocks went forward.
    Skipped,
}

/// Whether chrono understands the format.
pub(super) fn is_format(format: &str) -> bool {
    !format.is_empty() && StrftimeItems::new(format).all(|item| item != Item::Error)
}

/// Reads a cell. The mapping's own formats come first, so that they can overrule ours. A local time that exists
/// twice (clocks go back) is the earlier one.
pub(super) fn parse(text: &str, zone: Tz, formats: &[String]) -> Result<Moment, TimeFault> {
    let own = formats.iter().find_map(|format| by_format(text, format));
    match own
        .or_else(|| standard(text))
        .ok_or(TimeFault::Unreadable)?
    {
        Written::Instant(at) => in_range(at.trunc_subsecs(6), zone),
        Written::Local(local) => in_range(localised(local, zone)?.trunc_subsecs(6), zone),
        Written::Date(on) => {
            let midnight = on.and_hms_opt(0, 0, 0).ok_or(TimeFault::Unreadable)?;
            // Where a zone skips midnight itself, the day starts an hour later.
            let at = localised(midnight, zone)
                .or_else(|_| localised(midnight + chrono::TimeDelta::hours(1), zone))?;
            Ok(Moment {
                on,
                is_date: true,
                ..in_range(at, zone)?
            })
        }
    }
}

enum Written {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
    Date(NaiveDate),
}

fn in_range(at: DateTime<Utc>, zone: Tz) -> Result<Moment, TimeFault> {
    // No zone is asked about years that are refused below: at the ends of time it has no answer.
    if !(*YEARS.start() - 1..=*YEARS.end() + 1).contains(&at.year()) {
        return Err(TimeFault::Unreadable);
    }
    let on = at.with_timezone(&zone).date_naive();
    // A 60th second is a leap second of UTC, which no office knows: a broken clock wrote it.
    if !YEARS.contains(&on.year()) || at.nanosecond() >= 1_000_000_000 {
        return Err(TimeFault::Unreadable);
    }
    Ok(Moment {
        at,
        on,
        is_date: false,
    })
}

fn localised(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, TimeFault> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.with_timezone(&Utc)),
        LocalResult::None => Err(TimeFault::Skipped),
    }
}

fn by_format(text: &str, format: &str) -> Option<Written> {
    if let Ok(at) = DateTime::parse_from_str(text, format) {
        return Some(Written::Instant(at.with_timezone(&Utc)));
    }
    if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
        // Seconds since 1970 are an instant, whatever the zone.
        return Some(if format.contains("%s") {
            Written::Instant(local.and_utc())
        } else {
            Written::Local(local)
        });
    }
    NaiveDate::parse_from_str(text, format)
        .ok()
        .map(Written::Date)
}

fn standard(text: &str) -> Option<Written> {
    if !text.is_ascii() {
        return None;
    }
    let (body, offset) = split_offset(text)?;
    let local = DATE_TIMES
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(body, f).ok());
    match (local, offset) {
        (Some(local), None) => Some(Written::Local(local)),
        (Some(local), Some(offset)) => local
            .and_local_timezone(offset)
            .single()
            .map(|at| Written::Instant(at.with_timezone(&Utc))),
        (None, None) => DATES
            .iter()
            .find_map(|f| NaiveDate::parse_from_str(body, f).ok())
            .map(Written::Date),
        (None, Some(_)) => None,
    }
}

/// Splits `Z`, `+01:00`, `+0100` or `+01` off the end. None if what looks like an offset is none.
fn split_offset(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    if let Some(body) = text.strip_suffix(['Z', 'z']) {
        return Some((body, FixedOffset::east_opt(0)));
    }
    // A sign before the time of day is a hyphen of the date.
    let time = text.find([':', 'T']).unwrap_or(text.len());
    let Some(sign) = text[time..].find(['+', '-']).map(|at| time + at) else {
        return Some((text, None));
    };
    let digits: String = text[sign + 1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 {
        digits[2..].parse().ok()?
    } else {
        0
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if text.as_bytes()[sign] == b'-' {
        -seconds
    } else {
        seconds
    };
    Some((
        text[..sign].trim_end(),
        Some(FixedOffset::east_opt(seconds)?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, zone: Tz, formats: &[&str], wanted: &str) {
        let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
        let found = match parse(text, zone, &formats) {
            Ok(m) if m.is_date => format!("{} {}", m.on, m.at.format("%FT%T%.fZ")),
            Ok(m) => m.at.format("%FT%T%.fZ").to_string(),
            Err(fault) => format!("{fault:?}"),
        };
        assert_eq!(found, wanted, "{text}");
    }

    #[test]
    fn reads_the_usual_writings() {
        let cn = chrono_tz::Asia::Shanghai;
        for (text, wanted) in [
            (
                "2011-12-06 13:41:31.788000+01:00",
                "2011-12-06T12:41:31.788Z",
            ),
            ("2011-12-06T13:41:31.788+0100", "2011-12-06T12:41:31.788Z"),
            ("2011-12-06T13:41:31+01", "2011-12-06T12:41:31Z"),
            ("2011-12-06T13:41:31 -05:30", "2011-12-06T19:11:31Z"),
            ("2011-12-06T13:41:31Z", "2011-12-06T13:41:31Z"),
            (
                "2011-12-06T13:41:31.1234567891Z",
                "2011-12-06T13:41:31.123456Z",
            ),
            ("2011-12-06 13:41:31", "2011-12-06T05:41:31Z"),
            ("2011-12-06 13:41", "2011-12-06T05:41:00Z"),
            ("20111206T134131", "2011-12-06T05:41:31Z"),
            ("20111206T134131+0100", "2011-12-06T12:41:31Z"),
            ("20111206134131", "2011-12-06T05:41:31Z"),
            ("2011-12-06", "2011-12-06 2011-12-05T16:00:00Z"),
            ("20111206", "2011-12-06 2011-12-05T16:00:00Z"),
        ] {
            check(text, cn, &[], wanted);
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        let cn = chrono_tz::Asia::Shanghai;
        for text in [
            "",
            "soon",
            "2011-02-30 10:00:00",
            "2011-12-06 25:00:00",
            "2011-12-06 23:59:60",
            "2011-12-06 10:00:00+1",
            "2011-12-06 10:00:00+99:00",
            "0011-12-06",
            "20111-12-06",
            "2011-12-06 10:00:00 下午",
            "2011年12月6日",
        ] {
            check(text, cn, &[], "Unreadable");
        }
    }

    #[test]
    fn reads_formats_of_the_mapping() {
        let cn = chrono_tz::Asia::Shanghai;
        check(
            "2011/12/6 9:05:00",
            cn,
            &["%Y/%m/%d %H:%M:%S"],
            "2011-12-06T01:05:00Z",
        );
        check(
            "2011年12月06日 09时05分",
            cn,
            &["%Y年%m月%d日 %H时%M分"],
            "2011-12-06T01:05:00Z",
        );
        check(
            "2011年12月06日",
            cn,
            &["%Y年%m月%d日"],
            "2011-12-06 2011-12-05T16:00:00Z",
        );
        check("1323133500", cn, &["%s"], "2011-12-06T01:05:00Z");
        check(
            "06.12.2011 09:05 +0100",
            cn,
            &["%d.%m.%Y %H:%M %z"],
            "2011-12-06T08:05:00Z",
        );
        assert!(!is_format("%Q"));
        assert!(is_format("%Y/%m/%d"));
    }

    #[test]
    fn summer_time() {
        let nl = chrono_tz::Europe::Amsterdam;
        check("2011-03-27 02:30:00", nl, &[], "Skipped");
        check("2011-10-30 02:30:00", nl, &[], "2011-10-30T00:30:00Z");
        check("2011-10-30 02:30:00+01:00", nl, &[], "2011-10-30T01:30:00Z");
    }
}
