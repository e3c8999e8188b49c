//! Cron lines: six fields, read in the calendar's zone.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cron::Schedule;

use crate::error::EngineError;

/// The fields, as messages name them.
const FIELDS: [&str; 6] = ["秒", "分", "时", "日", "月", "星期"];

/// The place of the weekday.
const WEEKDAY: usize = 5;

/// A cron line that was read.
#[derive(Clone, Debug)]
pub(super) struct CronLine(Schedule);

impl CronLine {
    /// Reads six fields: second, minute, hour, day, month, weekday. Weekdays are written by name, since their numbers
    /// mean other days in other programs.
    pub(super) fn parse(job: &str, line: &str) -> Result<Self, EngineError> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.len() != FIELDS.len() {
            return Err(wrong(
                job,
                line,
                &format!(
                    "应有6栏(秒 分 时 日 月 星期),现有{}栏,如 0 0 8 * * Mon-Fri / six fields are needed, {} were given",
                    fields.len(),
                    fields.len()
                ),
            ));
        }
        for (place, field) in fields.iter().enumerate() {
            let mut alone = ["*"; 6];
            alone[place] = field;
            let numbered = field.split(',').any(|part| {
                let days = part.split('/').next().unwrap_or_default();
                days.chars().any(|c| c.is_ascii_digit())
            });
            if place == WEEKDAY && numbered {
                return Err(wrong(
                    job,
                    line,
                    "第6栏(星期)请用英文缩写,如 Mon-Fri,数字在各种程序中含义不同 / write weekdays by name",
                ));
            }
            if Schedule::from_str(&alone.join(" ")).is_err() {
                return Err(wrong(
                    job,
                    line,
                    &format!(
                        "第{}栏({})“{field}”有误 / field {} is wrong",
                        place + 1,
                        FIELDS[place],
                        place + 1
                    ),
                ));
            }
        }
        Schedule::from_str(&fields.join(" "))
            .map(Self)
            .map_err(|e| wrong(job, line, &e.to_string()))
    }

    /// The first instant after one.
    pub(super) fn next(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let next = self.0.after(&after.with_timezone(&zone)).next()?;
        Some(next.to_utc())
    }

    /// The instants in (after, up to], the latest first.
    pub(super) fn back_from(
        &self,
        up_to: DateTime<Utc>,
        after: DateTime<Utc>,
        zone: Tz,
    ) -> impl Iterator<Item = DateTime<Utc>> {
        // Schedules are exact to the second, and going back excludes the instant given.
        let from = (up_to + TimeDelta::seconds(1)).with_timezone(&zone);
        self.0
            .after(&from)
            .rev()
            .map(|at| at.to_utc())
            .skip_while(move |at| *at > up_to)
            .take_while(move |at| *at > after)
    }
}

fn wrong(job: &str, line: &str, what: &str) -> EngineError {
    EngineError::invalid(
        "bad_cron",
        format!("定时任务 {job} 的时间表达式“{line}”:{what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_wrong_line_names_its_field() {
        for (line, said) in [
            ("0 8 * * *", "6栏"),
            ("0 60 8 * * *", "第2栏(分)"),
            ("0 0 25 * * *", "第3栏(时)"),
            ("0 0 8 32 * *", "第4栏(日)"),
            ("0 0 8 * Foo *", "第5栏(月)"),
            ("0 0 8 * * 1-5", "第6栏(星期)"),
            ("0 0 8 * * Montag", "第6栏(星期)"),
        ] {
            let error = CronLine::parse("morning", line).unwrap_err();
            assert_eq!(error.kind(), "bad_cron");
            assert!(error.to_string().contains(said), "{line}: {error}");
        }
        for line in [
            "0 0 8 * * Mon-Fri",
            "0 */10 * * * *",
            "0 0 8 1 * ?",
            "0 0 8 * * */2",
        ] {
            assert!(CronLine::parse("morning", line).is_ok(), "{line}");
        }
    }

    #[test]
    fn instants_are_the_zones_and_come_back_in_order() {
        let line = CronLine::parse("morning", "0 0 8 * * *").unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        let back: Vec<_> = line
            .back_from(
                at("2018-10-17T08:00:00+08:00"),
                at("2018-10-15T08:00:00+08:00"),
                zone,
            )
            .collect();
        assert_eq!(
            back,
            [
                at("2018-10-17T08:00:00+08:00"),
                at("2018-10-16T08:00:00+08:00")
            ]
        );
        assert_eq!(
            line.next(at("2018-10-17T08:00:00+08:00"), zone),
            Some(at("2018-10-18T08:00:00+08:00"))
        );
    }

    /// Also of a line that never comes true, such as the 30th of February, the next and the last instant are known soon.
    #[test]
    fn bent_lines_are_refused_or_have_instants() {
        let good = [
            "0 0 8 1 * ?",
            "0 */10 8-17 * * Mon-Fri",
            "0 0 8 30 Feb Sun",
            "5/7 1,2 * 1-5 */3 *",
        ];
        testkit::bent::check(&good.map(str::as_bytes), |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let Ok(line) = CronLine::parse("morning", &text) else {
                return false;
            };
            let zone = chrono_tz::Asia::Shanghai;
            let (after, now) = (
                at("2011-09-26T10:00:00+08:00"),
                at("2018-10-17T08:00:00+08:00"),
            );
            let next = line.next(now, zone);
            assert!(next.is_none_or(|next| next > now), "{text:?}: {next:?}");
            let last = line.back_from(now, after, zone).next();
            assert!(
                last.is_none_or(|last| after < last && last <= now),
                "{text:?}: {last:?}"
            );
            true
        });
    }
}
