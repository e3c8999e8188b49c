//! What changes in place on a board: the lamps, the counts of today, and which of the listed dates still stand.

use approval::Books;
use approval::rule::Level;
use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Timelike, Utc};
use engine::supervise::{BoardSpan, BoardState};
use serde_json::{Map, Value, json};

use crate::level::Mark;
use crate::texts::Texts;

/// A unit's lamp: the worst that is open, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lamp {
    pub(crate) unit: String,
    pub(crate) name: String,
    pub(crate) mark: Option<Mark>,
    /// How many have this level.
    pub(crate) count: i64,
    /// How many have a lower one.
    pub(crate) others: i64,
}

/// Warnings recorded today, by level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Today {
    pub(crate) levels: Vec<(&'static str, Mark, i64)>,
}

/// The lamps of all units, always in one order: nothing on a board changes its place.
pub(crate) fn lamps(t: Texts, books: &Books, state: &BoardState) -> Vec<Lamp> {
    let units = books.directory.units();
    units
        .map(|unit| {
            let mut lit: Vec<(Level, i64)> = state
                .lamps
                .iter()
                .filter(|row| row.unit == unit.code.as_str())
                .filter_map(|row| Some((Level::parse(&row.level)?, row.count)))
                .collect();
            lit.sort_by_key(|(level, _)| *level);
            let worst = lit.pop();
            Lamp {
                unit: unit.code.as_str().to_owned(),
                name: unit.name.clone(),
                mark: worst.map(|(level, _)| Mark::of(t, level)),
                count: worst.map_or(0, |(_, count)| count),
                others: lit.iter().map(|(_, count)| count).sum(),
            }
        })
        .collect()
}

/// The counts of today, the worst first.
pub(crate) fn today(t: Texts, state: &BoardState) -> Today {
    let raised = state.raised;
    let levels = [
        (Level::Red, raised.red),
        (Level::Yellow, raised.yellow),
        (Level::Notice, raised.notice),
    ];
    Today {
        levels: levels
            .map(|(level, count)| (level.as_str(), Mark::of(t, level), count))
            .into(),
    }
}

/// What an open board needs to bring itself up to date; no mark-up, the page has that.
pub(crate) fn told(t: Texts, books: &Books, state: &BoardState) -> String {
    let mut units = Map::new();
    for lamp in lamps(t, books, state) {
        let value = match &lamp.mark {
            Some(mark) => json!({
                "class": mark.class,
                "text": format!("{} {} {}", mark.shape, mark.word, lamp.count),
                "others": if lamp.others == 0 { String::new() } else { format!("+{}", lamp.others) },
            }),
            None => Value::Null,
        };
        units.insert(lamp.unit, value);
    }
    let mut counts = Map::new();
    for (word, _, count) in today(t, state).levels {
        counts.insert(word.to_owned(), json!(count));
    }
    let due: Vec<&str> = state.due.iter().map(|row| row.subject.as_str()).collect();
    json!({"units": units, "today": counts, "due": due, "due_count": state.due_count}).to_string()
}

/// The office day on which something can still be done: today as long as it works and its office hours aren't over, else
/// the next one that works. Outside the calendar it is today.
pub(crate) fn office_day(calendar: &Calendar, now: DateTime<Utc>) -> NaiveDate {
    let today = calendar.office_date(now);
    let time = calendar.local(now).time();
    let minute = time.hour() * 60 + time.minute();
    let open = calendar.day(today).is_ok_and(|day| {
        let last = day.hours.last();
        day.working && last.is_none_or(|span| minute < u32::from(span.closes_minute()))
    });
    if open {
        return today;
    }
    let next = today.succ_opt().unwrap_or(today);
    calendar.roll(next).unwrap_or(today)
}

/// The moment of the board at an instant.
pub(super) fn span(calendar: &Calendar, now: DateTime<Utc>) -> BoardSpan {
    let today = calendar.office_date(now);
    let day = office_day(calendar, now);
    let midnight = |day: NaiveDate| calendar.start_of(day.succ_opt().unwrap_or(day));
    BoardSpan {
        day_from: calendar.start_of(today),
        day_to: midnight(today),
        now,
        // Limits that end at the close of business end before.
        due_to: midnight(day),
    }
}
