//! Writing a calendar as one file that reads back as the same calendar.

use crate::Span;
use crate::definition::{DayEnds, Definition, Mark, MonthDay, WEEKDAYS};
use chrono::{NaiveDate, WeekdaySet};
use std::collections::BTreeMap;

/// The text of one self-contained calendar file.
pub(crate) fn write(definition: &Definition) -> String {
    let mut lines = vec![
        format!("version = {}", quoted(&definition.version)),
        format!("zone = {}", quoted(definition.zone.name())),
        format!("from = {}", definition.from),
        format!("to = {}", definition.to),
        format!("final_to = {}", definition.final_to),
        format!("day_ends = {}", quoted(day_ends(definition.day_ends))),
        format!("rest_weekdays = {}", weekdays(definition.rest_weekdays)),
    ];
    lines.extend(marks("rest", &definition.rest));
    lines.extend(marks("make_up", &definition.make_up));
    lines.extend(marks("closed", &definition.closed));
    let seasons = definition.hours.iter().map(|season| {
        let only = if season.weekdays == WeekdaySet::ALL {
            String::new()
        } else {
            format!(", weekdays = {}", weekdays(season.weekdays))
        };
        format!(
            "from = {}, to = {}{only}, spans = {}",
            quoted(&month_day(season.from)),
            quoted(&month_day(season.to)),
            spans(&season.spans)
        )
    });
    lines.extend(list("hours", seasons));
    let hours_on = definition.hours_on.iter();
    let hours_on = hours_on.map(|(date, own)| format!("date = {date}, spans = {}", spans(own)));
    lines.extend(list("hours_on", hours_on));
    lines.push(String::new());
    lines.join("\n")
}

fn day_ends(day_ends: DayEnds) -> &'static str {
    match day_ends {
        DayEnds::Midnight => "midnight",
        DayEnds::Close => "close",
    }
}

fn weekdays(set: WeekdaySet) -> String {
    let names = WEEKDAYS
        .iter()
        .filter(|(_, weekday)| set.contains(*weekday));
    array(names.map(|(name, _)| quoted(name)))
}

fn month_day((month, day): MonthDay) -> String {
    format!("{month:02}-{day:02}")
}

fn spans(spans: &[Span]) -> String {
    array(spans.iter().map(|span| quoted(&span.to_string())))
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn marks(key: &str, marks: &BTreeMap<NaiveDate, Mark>) -> Vec<String> {
    let entries = marks.iter().map(|(date, mark)| {
        let mut entry = format!("date = {date}, name = {}", quoted(&mark.name));
        if let Some(notice) = &mark.notice {
            entry += &format!(", notice = {}", quoted(notice));
        }
        if let Some(source) = &mark.source {
            entry += &format!(", source = {}", quoted(source));
        }
        entry
    });
    list(key, entries)
}

/// A list of inline tables, one a line.
fn list(key: &str, entries: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = entries.map(|entry| format!("  {{ {entry} }},")).collect();
    if lines.is_empty() {
        return vec![format!("{key} = []")];
    }
    lines.insert(0, format!("{key} = ["));
    lines.push("]".to_owned());
    lines
}

/// A TOML basic string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
