//! The whole count of a case's dates, day by day, that an inspector can put on the table.

use std::sync::Arc;

use approval::Subject;
use approval::event::{Event, Recorded};
use approval::law::Basis;
use approval::term_text;
use approval::track::{Clock, ClockKey, ClockTerm, Stop, Stopping};
use calendar::{Calendar, DayCount, DayWhy, Due, Interval, Term};
use chrono::{DateTime, NaiveDate, Utc};
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

/// The count of one clock, for whoever shows it.
#[derive(Clone, Debug)]
pub struct Count {
    /// Which clock.
    pub key: ClockKey,
    /// The calendar by which its present date was set.
    pub calendar: Arc<Calendar>,
    /// Its term.
    pub term: ClockTerm,
    /// When it began.
    pub start: DateTime<Utc>,
    /// The office day of that, which isn't counted.
    pub day0: NaiveDate,
    /// When it is due; none while it stands still.
    pub due: Option<Due>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The days from day 0 to the due day or, while there is none, to its end or today. None are told of a date that
    /// another system states.
    pub days: Vec<DayCount>,
    /// What was added to the term.
    pub extension: Option<Term>,
    /// The acts that added it.
    pub extensions: Vec<Arc<Recorded>>,
    /// The stops that may hold it, in the order in which they opened: [`DayWhy::Stopped`] names a place in this list.
    pub stops: Vec<Stop>,
    /// The articles that it rests on, as they were in force on day 0.
    pub basis: Vec<Basis>,
}

impl Engine {
    /// Explains every clock of a subject.
    ///
    /// # Errors
    /// An unknown number, a day outside the calendar; the database's.
    pub async fn explain(&self, subject: &str) -> Result<Value, EngineError> {
        let (seen, row) = self.look_at_row(subject).await?;
        let mut clocks = Vec::new();
        for clock in &seen.subject.track.clocks {
            clocks.push(count_json(&count(&seen, &row.calendar_version, clock)?));
        }
        Ok(json!({"case": seen.subject.id.as_str(), "clocks": clocks}))
    }

    /// The count of one of a subject's clocks; `None` if it has no such clock.
    ///
    /// # Errors
    /// As [`Engine::explain`].
    pub async fn count(&self, subject: &str, key: ClockKey) -> Result<Option<Count>, EngineError> {
        let (seen, row) = self.look_at_row(subject).await?;
        let clock = seen.subject.track.clock(key);
        clock
            .map(|clock| count(&seen, &row.calendar_version, clock))
            .transpose()
    }
}

/// The calendar by which a clock's present date was set. The dates that run are those of the calendar to which the row
/// was last brought: a revision comes to it later than it is in force. What has ended keeps the date of the event that
/// set it, unless a later revision moved it.
fn calendar_of<'s>(
    seen: &'s Seen,
    of_row: &str,
    clock: &Clock,
) -> Result<&'s Arc<Calendar>, EngineError> {
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

fn count(seen: &Seen, calendar_of_row: &str, clock: &Clock) -> Result<Count, EngineError> {
    let calendar = calendar_of(seen, calendar_of_row, clock)?;
    let subject = &seen.subject;
    let day0 = calendar.office_date(clock.start);
    let stops = stops_of(subject, clock);
    Ok(Count {
        key: clock.key,
        calendar: Arc::clone(calendar),
        term: clock.term,
        start: clock.start,
        day0,
        due: clock.due,
        ended_at: clock.ended_at,
        days: days(seen, calendar, clock, &stops)?,
        extension: clock.extension,
        extensions: extensions(subject, clock),
        basis: basis(seen, clock, day0, &stops),
        stops: stops.into_iter().cloned().collect(),
    })
}

fn count_json(count: &Count) -> Value {
    let calendar = &count.calendar;
    let term = match count.term {
        ClockTerm::Counted(term) => term_text::short(term),
        ClockTerm::Given(date) => format!("given {date}"),
    };
    let days = count.days.iter().map(|day| {
        json!({
            "date": day.date.to_string(),
            "counted": day.counted,
            "why": why(&day.why, &count.stops),
            "number": day.number,
        })
    });
    let basis = count.basis.iter().map(|b| {
        json!({
            "article": b.article,
            "text": b.text,
            "valid_from": b.valid_from.to_string(),
        })
    });
    json!({
        "clock": count.key.to_string(),
        "name": count.key.zh(),
        "calendar": calendar.version(),
        "term": term,
        "start": instant_text(calendar, count.start),
        "day0": count.day0.to_string(),
        "due_on": count.due.map(|d| d.on.to_string()),
        "due_at": count.due.map(|d| instant_text(calendar, d.at)),
        "ended_at": count.ended_at.map(|at| instant_text(calendar, at)),
        "days": days.collect::<Vec<_>>(),
        "extensions": extensions_json(count),
        "stops": stops_json(&count.stops, calendar),
        "basis": basis.collect::<Vec<_>>(),
    })
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
) -> Result<Vec<DayCount>, EngineError> {
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
    Ok(days)
}

fn why(why: &DayWhy, stops: &[Stop]) -> String {
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

fn stops_json(stops: &[Stop], calendar: &Calendar) -> Value {
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

/// The acts that extended a clock.
fn extensions(subject: &Subject, clock: &Clock) -> Vec<Arc<Recorded>> {
    if clock.extension.is_none() {
        return Vec::new();
    }
    let annulled = subject.annulled();
    let events = subject.history.iter();
    events
        .filter(|e| !annulled.contains(&e.seq) && matches!(e.event, Event::Extended { .. }))
        .cloned()
        .collect()
}

fn extensions_json(count: &Count) -> Value {
    let Some(extension) = count.extension else {
        return json!([]);
    };
    let acts = count.extensions.iter();
    acts.filter_map(|e| match &e.event {
        Event::Extended {
            approver,
            reason,
            notice,
            ..
        } => Some(json!({
            "term": term_text::short(extension),
            "approved_at": instant_text(&count.calendar, e.occurred_at),
            "approver": approver,
            "reason": reason,
            "notice": notice,
        })),
        _ => None,
    })
    .collect()
}

fn basis(seen: &Seen, clock: &Clock, day0: NaiveDate, stops: &[&Stop]) -> Vec<Basis> {
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
        .cloned()
        .collect()
}
