//! The whole count of a case's dates, day by day, that an inspector can put on the table.

use approval::Subject;
use approval::event::Event;
use approval::term_text;
use approval::track::{Clock, ClockKey, ClockTerm, Stop, Stopping};
use calendar::{Calendar, DayWhy, Interval};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::answer::instant_text;
use crate::commands::Seen;
use crate::engine::Engine;
use crate::error::EngineError;

/// Articles that every count in days rests on.
const COUNTING: &[&str] = &[
    "permit-law-82",
    "counting-start",
    "counting-rest-day",
    "counting-day-end",
];

impl Engine {
    /// Explains every clock of a subject.
    ///
    /// # Errors
    /// An unknown number, a day outside the calendar; the database's.
    pub async fn explain(&self, subject: &str) -> Result<Value, EngineError> {
        let (seen, row) = self.look_at_row(subject).await?;
        let mut clocks = Vec::new();
        for clock in &seen.subject.track.clocks {
            let calendar = calendar_of(&seen, &row.calendar_version, clock)?;
            clocks.push(explain_clock(&seen, calendar, clock)?);
        }
        Ok(json!({"case": seen.subject.id.as_str(), "clocks": clocks}))
    }
}

/// The calendar by which a clock's present date was set. The dates that run are those of the calendar to which the row
/// was last brought: a revision comes to it later than it is in force. What has ended keeps the date of the event that
/// set it, unless a later revision moved it.
fn calendar_of<'s>(
    seen: &'s Seen,
    of_row: &str,
    clock: &Clock,
) -> Result<&'s Calendar, EngineError> {
    let books = &seen.books;
    let set_by = clock
        .settings
        .last()
        .and_then(|setting| seen.subject.event(setting.occurrence))
        .filter(|_| clock.ended_at.is_some());
    let Some(set_by) = set_by else {
        return Ok(books.calendar_version(of_row)?);
    };
    let held = intervals(&stops_of(&seen.subject, clock));
    // An annulment, or a revision in somebody's favour, may have left a date that another event's calendar gives.
    let of_history = seen.subject.history.iter().rev().map(|e| &e.calendar);
    for version in std::iter::once(&set_by.calendar).chain(of_history) {
        let calendar = books.calendar_version(version)?;
        if clock
            .count(calendar, &held)
            .is_ok_and(|due| due == clock.due)
        {
            return Ok(calendar);
        }
    }
    Ok(books.calendar_version(&set_by.calendar)?)
}

fn explain_clock(seen: &Seen, calendar: &Calendar, clock: &Clock) -> Result<Value, EngineError> {
    let subject = &seen.subject;
    let day0 = calendar.office_date(clock.start);
    let term = match clock.term {
        ClockTerm::Counted(term) => term_text::short(term),
        ClockTerm::Given(date) => format!("given {date}"),
    };
    let stops = stops_of(subject, clock);
    Ok(json!({
        "clock": clock.key.to_string(),
        "name": clock.key.zh(),
        "calendar": calendar.version(),
        "term": term,
        "start": instant_text(calendar, clock.start),
        "day0": day0.to_string(),
        "due_on": clock.due.map(|d| d.on.to_string()),
        "due_at": clock.due.map(|d| instant_text(calendar, d.at)),
        "ended_at": clock.ended_at.map(|at| instant_text(calendar, at)),
        "days": days(seen, calendar, clock, &stops)?,
        "extensions": extensions(subject, clock, calendar),
        "stops": stops_json(&stops, calendar),
        "basis": basis(seen, clock, day0, &stops),
    }))
}

/// The stops that may hold a clock, in the order in which they opened: those from after its end never did.
fn stops_of<'s>(subject: &'s Subject, clock: &Clock) -> Vec<&'s Stop> {
    if clock.stopping == Stopping::RunsOn {
        return Vec::new();
    }
    let stops = subject.track.stops.iter();
    let mut stops: Vec<&Stop> = stops
        .filter(|s| clock.ended_at.is_none_or(|end| s.from < end))
        .collect();
    stops.sort_by_key(|s| s.from);
    stops
}

fn intervals(stops: &[&Stop]) -> Vec<Interval> {
    let interval = |s: &&Stop| Interval {
        from: s.from,
        to: s.to,
    };
    stops.iter().map(interval).collect()
}

/// The days from day 0 to the due day or, while there is none, to its end or today.
fn days(
    seen: &Seen,
    calendar: &Calendar,
    clock: &Clock,
    stops: &[&Stop],
) -> Result<Vec<Value>, EngineError> {
    let ClockTerm::Counted(term) = clock.term else {
        return Ok(Vec::new());
    };
    let through = match clock.due {
        Some(due) => due.on,
        None => calendar
            .office_date(clock.ended_at.unwrap_or(seen.now))
            .min(calendar.to()),
    };
    let held = intervals(stops);
    let days = calendar
        .explain(clock.start, term, &held, clock.extension, through)
        .map_err(approval::Refusal::from)?;
    Ok(days
        .into_iter()
        .map(|day| {
            json!({
                "date": day.date.to_string(),
                "counted": day.counted,
                "why": why(&day.why, stops),
                "number": day.number,
            })
        })
        .collect())
}

fn why(why: &DayWhy, stops: &[&Stop]) -> String {
    let DayWhy::Stopped { stop } = why else {
        return why.zh();
    };
    match stops.get(*stop) {
        Some(stop) => {
            let notice = stop
                .notice
                .as_ref()
                .map_or_else(|| "未登记书面通知".to_owned(), |n| format!("通知书 {n}"));
            format!("{}期间,不计入({notice})", stop.procedure.zh())
        }
        None => why.zh(),
    }
}

fn stops_json(stops: &[&Stop], calendar: &Calendar) -> Value {
    stops
        .iter()
        .map(|s| {
            json!({
                "stop": s.number,
                "procedure": s.procedure.as_str(),
                "name": s.procedure.zh(),
                "from": instant_text(calendar, s.from),
                "to": s.to.map(|to| instant_text(calendar, to)),
                "notice": s.notice,
            })
        })
        .collect()
}

fn extensions(subject: &Subject, clock: &Clock, calendar: &Calendar) -> Value {
    let Some(extension) = clock.extension else {
        return json!([]);
    };
    let annulled = subject.annulled();
    subject
        .history
        .iter()
        .filter(|e| !annulled.contains(&e.seq))
        .filter_map(|e| match &e.event {
            Event::Extended {
                approver,
                reason,
                notice,
                ..
            } => Some(json!({
                "term": term_text::short(extension),
                "approved_at": instant_text(calendar, e.occurred_at),
                "approver": approver,
                "reason": reason,
                "notice": notice,
            })),
            _ => None,
        })
        .collect()
}

fn basis(seen: &Seen, clock: &Clock, day0: NaiveDate, stops: &[&Stop]) -> Value {
    let own: &[&str] = match clock.key {
        ClockKey::Acceptance(_) => &["permit-law-32-notice", "permit-law-32-deemed"],
        ClockKey::Promised | ClockKey::Statutory | ClockKey::Stage(..) | ClockKey::Partner(_) => {
            &["permit-law-42-1"]
        }
        ClockKey::Stop(_) => &["permit-law-45"],
        ClockKey::Delivery(_) => &["permit-law-44"],
        ClockKey::Suspension(_)
        | ClockKey::Correction(_)
        | ClockKey::Order(_)
        | ClockKey::Appeal(_)
        | ClockKey::Manual(_) => &[],
    };
    let stopped = !stops.is_empty();
    let law = &seen.books.law;
    own.iter()
        .chain(COUNTING)
        .chain(stopped.then_some(&"permit-law-45"))
        .filter_map(|key| law.basis(key, day0))
        .map(|b| {
            json!({
                "article": b.article,
                "text": b.text,
                "valid_from": b.valid_from.to_string(),
            })
        })
        .collect()
}
