//! The answer to a command: the one JSON object of a subject.

use approval::Books;
use approval::subject::Body;
use approval::track::{Clock, ClockKey};
use approval::view::clock_view;
use approval::warning::Warning;
use calendar::Calendar;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::commands::Seen;
use crate::error::EngineError;

/// An instant in the calendar's zone, as people and programs are shown it.
pub fn instant_text(calendar: &Calendar, at: DateTime<Utc>) -> String {
    calendar
        .local(at)
        .to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// The JSON object of a subject.
pub fn subject_json(seen: &Seen) -> Value {
    let subject = &seen.subject;
    let calendar = &seen.books.calendar;
    let mut object = Map::new();
    object.insert("case".into(), json!(subject.id.as_str()));
    object.insert("seq".into(), json!(subject.seq()));
    object.insert("hash".into(), json!(seen.hash));
    object.insert("stage".into(), json!(subject.stage().map(|s| s.as_str())));
    let clock = |key: ClockKey| clock_json(subject.track.clock(key), seen.now, &seen.books);
    match &subject.body {
        Body::Case(case) => {
            object.insert("visit".into(), json!(case.visits.last().map(|v| v.number)));
            object.insert("state".into(), json!(subject.state()));
            let outcome = case.outcome().or_else(|| case.decision.as_ref()?.outcome);
            object.insert("outcome".into(), json!(outcome.map(|o| o.as_str())));
            object.insert("item".into(), json!(case.item.code.as_str()));
            object.insert("unit".into(), json!(case.unit.as_str()));
            object.insert(
                "received_at".into(),
                json!(instant_text(calendar, case.received_at)),
            );
            let day0 = case.day0.map(|d| calendar.office_date(d).to_string());
            object.insert("day0".into(), json!(day0));
            object.insert("promised".into(), clock(ClockKey::Promised));
            object.insert("statutory".into(), clock(ClockKey::Statutory));
            let running = match case.visit_clock() {
                Some(key) if case.acceptance.is_some() => key,
                _ => case.acceptance_clock(),
            };
            object.insert("stage_clock".into(), clock(running));
            // What is over isn't stopped, whatever was left open.
            let mut open_stops = subject.track.open_stops();
            let open = open_stops
                .next()
                .filter(|_| case.over_at().is_none())
                .map(|s| {
                    json!({
                        "stop": s.number,
                        "procedure": s.procedure.as_str(),
                        "from": instant_text(calendar, s.from),
                        "notice": s.notice,
                    })
                });
            object.insert("open_stop".into(), json!(open));
        }
        Body::Order(order) => {
            object.insert("visit".into(), json!(order.terms));
            object.insert("state".into(), json!(subject.state()));
            object.insert("outcome".into(), Value::Null);
            object.insert("unit".into(), json!(order.unit.as_str()));
            object.insert(
                "about".into(),
                json!(order.about.as_ref().map(|a| a.as_str())),
            );
            object.insert("stage_clock".into(), clock(order.clock()));
        }
        Body::Appeal(appeal) => {
            object.insert("visit".into(), json!(appeal.terms));
            object.insert("state".into(), json!(subject.state()));
            object.insert("outcome".into(), Value::Null);
            object.insert("unit".into(), json!(appeal.card.unit.as_str()));
            object.insert("about".into(), json!(appeal.card.about.as_str()));
            object.insert("warning".into(), json!(appeal.card.warning));
            object.insert("level".into(), json!(appeal.card.level.as_str()));
            object.insert("grounds".into(), json!(appeal.grounds));
            object.insert("reason".into(), json!(appeal.reason));
            object.insert("stage_clock".into(), clock(appeal.clock()));
        }
    }
    let others = subject
        .track
        .clocks
        .iter()
        .filter(|c| is_side_clock(c.key))
        .map(|c| {
            let mut value = clock_json(Some(c), seen.now, &seen.books);
            if let Some(object) = value.as_object_mut() {
                object.insert("clock".into(), json!(c.key.to_string()));
            }
            value
        })
        .collect::<Vec<_>>();
    object.insert("other_clocks".into(), json!(others));
    let warnings: Vec<Value> = subject
        .track
        .warnings
        .iter()
        .map(|w| warning_json(w, calendar))
        .collect();
    object.insert("warnings".into(), json!(warnings));
    let defects: Vec<Value> = subject
        .history
        .iter()
        .filter(|e| !e.defects.is_empty())
        .map(|e| {
            let words: Vec<&str> = e.defects.iter().map(|d| d.as_str()).collect();
            json!({"seq": e.seq, "kind": e.event.kind(), "defects": words})
        })
        .collect();
    object.insert("defects".into(), json!(defects));
    let files = subject.history.iter().flat_map(|e| {
        let files = e.event.attachments().iter();
        files.map(|f| {
            json!({"seq": e.seq, "id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size, "sm3": f.sm3})
        })
    });
    let files: Vec<Value> = files.collect();
    if !files.is_empty() {
        object.insert("attachments".into(), json!(files));
    }
    Value::Object(object)
}

const fn is_side_clock(key: ClockKey) -> bool {
    matches!(
        key,
        ClockKey::Stop(_)
            | ClockKey::Suspension(_)
            | ClockKey::Delivery(_)
            | ClockKey::Partner(_)
            | ClockKey::Correction(_)
    )
}

fn clock_json(clock: Option<&Clock>, now: DateTime<Utc>, books: &Books) -> Value {
    let Some(clock) = clock else {
        return Value::Null;
    };
    let view = clock_view(clock, now, &books.calendar);
    json!({
        "due_on": view.due_on.map(|d| d.to_string()),
        "due_at": view.due_at.map(|at| instant_text(&books.calendar, at)),
        "left": view.left,
        "over": view.over,
        "late": view.late,
        "provisional": view.provisional,
        "ended_at": clock.ended_at.map(|at| instant_text(&books.calendar, at)),
    })
}

fn warning_json(warning: &Warning, calendar: &Calendar) -> Value {
    let mut value = json!({
        "seq": warning.seq,
        "rule": warning.raised.rule,
        "level": warning.raised.level.as_str(),
        "clock": warning.raised.clock.to_string(),
        "occurrence": warning.raised.occurrence,
        "state": warning.state.as_str(),
        "limit_at": instant_text(calendar, warning.raised.limit_at),
        "effective_at": instant_text(calendar, warning.raised.effective_at),
        "recorded_at": instant_text(calendar, warning.recorded_at),
    });
    if let (Some(object), Some(appeal)) = (value.as_object_mut(), &warning.appeal) {
        object.insert("appeal".into(), json!(appeal.as_str()));
    }
    if let (Some(object), Some(evidence)) = (value.as_object_mut(), &warning.raised.evidence) {
        object.insert("evidence".into(), json!(evidence));
    }
    value
}

/// The JSON object of an error: `{"error":{"kind":…,"needed":…,"found":…,"message":…}}`.
pub fn error_json(error: &EngineError) -> Value {
    let mut object = Map::new();
    object.insert("kind".into(), json!(error.kind()));
    if let EngineError::Refused(refusal) = error
        && let Some((needed, found)) = refusal.ends()
    {
        object.insert("needed".into(), json!(needed));
        object.insert("found".into(), json!(found));
    }
    object.insert("message".into(), json!(error.to_string()));
    json!({"error": Value::Object(object)})
}
