//! The whole count of a case's dates, day by day, that an inspector can put on the table.

use approval::Subject;
use approval::event::Event;
use approval::term_text;
use approval::track::{Clock, ClockKey, ClockTerm, Stop, Stopping};
use calendar::{Calendar, DayWhy};
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
        let seen = self.look(subject).await?;
        let mut clocks = Vec::new();
        for clock in &seen.subject.track.clocks {
            clocks.push(explain_clock(&seen, clock)?);
        }
        Ok(json!({"case": seen.subject.id.as_str(), "clocks": clocks}))
    }
}

fn explain_clock(seen: &Seen, clock: &Clock) -> Result<Value, EngineError> {
    let calendar = &seen.books.calendar;
    let subject = &seen.subject;
    let day0 = calendar.office_date(clock.start);
    let term = match clock.term {
        ClockTerm::Counted(term) => term_text::short(term),
        ClockTerm::Given(date) => format!("given {date}"),
    };
    let held = clock.stopping == Stopping::HeldByStops;
    let stops: Vec<&Stop> = ordered_stops(subject);
    Ok(json!({
        "clock": clock.key.to_string(),
        "name": clock.key.zh(),
        "term": term,
        "start": instant_text(calendar, clock.start),
        "day0": day0.to_string(),
        "due_on": clock.due.map(|d| d.on.to_string()),
        "due_at": clock.due.map(|d| instant_text(calendar, d.at)),
        "ended_at": clock.ended_at.map(|at| instant_text(calendar, at)),
        "days": days(seen, clock, &stops)?,
        "extensions": extensions(subject, clock, calendar),
        "stops": if held { stops_json(&stops, calendar) } else { json!([]) },
        "basis": basis(seen, clock, day0),
    }))
}

fn ordered_stops(subject: &Subject) -> Vec<&Stop> {
    let mut stops: Vec<&Stop> = subject.track.stops.iter().collect();
    stops.sort_by_key(|s| s.from);
    stops
}

/// The days from day 0 to the due day, or, while there is none, to today.
fn days(seen: &Seen, clock: &Clock, stops: &[&Stop]) -> Result<Vec<Value>, EngineError> {
    let calendar = &seen.books.calendar;
    let ClockTerm::Counted(term) = clock.term else {
        return Ok(Vec::new());
    };
    let through = match clock.due {
        Some(due) => due.on,
        None => calendar.office_date(seen.now).min(calendar.to()),
    };
    let intervals = match clock.stopping {
        Stopping::HeldByStops => seen.subject.track.intervals(),
        Stopping::RunsOn => Vec::new(),
    };
    let days = calendar
        .explain(clock.start, term, &intervals, clock.extension, through)
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

fn basis(seen: &Seen, clock: &Clock, day0: NaiveDate) -> Value {
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
        | ClockKey::Appeal(_) => &[],
    };
    let stopped = clock.stopping == Stopping::HeldByStops && !seen.subject.track.stops.is_empty();
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
