//! How a transcript tells events, clocks and states: one line each, in office time.

use approval::event::{Document, Event, Recorded, RevokedOn};
use approval::refusal::Refusal;
use approval::subject::{Body, Subject};
use approval::term_text;
use approval::track::Clock;
use approval::view::clock_view;
use calendar::Calendar;
use chrono::{DateTime, Timelike, Utc};
use engine::EngineError;

/// An instant in office time, with seconds only where there are any.
pub(super) fn at(calendar: &Calendar, instant: DateTime<Utc>) -> String {
    let local = calendar.local(instant);
    let form = match (local.second(), local.nanosecond()) {
        (0, 0) => "%Y-%m-%d %H:%M",
        (_, 0) => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.6f",
    };
    local.format(form).to_string()
}

/// An event: its number, when it happened, when it was recorded if that was another time, and its facts.
pub(super) fn event(calendar: &Calendar, recorded: &Recorded) -> String {
    let mut line = format!("#{} {}", recorded.seq, at(calendar, recorded.occurred_at));
    if recorded.recorded_at != recorded.occurred_at {
        line += &format!(" (recorded {})", at(calendar, recorded.recorded_at));
    }
    line += &format!(
        " {}{}",
        recorded.event.kind(),
        facts(calendar, &recorded.event)
    );
    if let Some(by) = &recorded.by {
        line += &format!(" by {by}");
    }
    if let Some(stands_for) = &recorded.stands_for {
        line += &format!(" for {stands_for}");
    }
    if let Some(reason) = &recorded.late_reason {
        line += &format!(" late because {reason}");
    }
    for defect in &recorded.defects {
        line += &format!(" !{}", defect.as_str());
    }
    line
}

/// Events as they must be whoever sweeps how often: all but `recorded_at`.
pub(super) fn record(id: &str, recorded: &Recorded) -> String {
    format!(
        "{id} #{} {} {:?} {:?} {:?} {:?} {:?}",
        recorded.seq,
        recorded.occurred_at,
        recorded.by,
        recorded.stands_for,
        recorded.late_reason,
        recorded.defects,
        recorded.event
    )
}

fn facts(calendar: &Calendar, event: &Event) -> String {
    let opt = |name: &str, value: &Option<String>| {
        value
            .as_ref()
            .map_or_else(String::new, |v| format!(" {name} {v}"))
    };
    let effective = |limit: DateTime<Utc>, effective: DateTime<Utc>| {
        if limit == effective {
            at(calendar, limit)
        } else {
            format!(
                "{} effective {}",
                at(calendar, limit),
                at(calendar, effective)
            )
        }
    };
    match event {
        Event::Received {
            item,
            item_version,
            unit,
            ..
        } => format!(" {item} v{item_version} at {unit}"),
        Event::Accepted { .. }
        | Event::DeemedAccepted { .. }
        | Event::Supplied
        | Event::Delivered => String::new(),
        Event::NotAccepted { reason } | Event::NotNeeded { reason } => format!(": {reason}"),
        Event::CorrectionNotified { missing } => format!(": {}", missing.join("、")),
        Event::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        } => {
            let outcome = outcome.map_or_else(String::new, |o| format!(" {o}"));
            let paper = document.as_ref().map_or_else(String::new, paper);
            format!(" {stage}{outcome}{}{paper}", opt("because", reason))
        }
        Event::SentBack { to, reason } => format!(" to {to}: {reason}"),
        Event::StopOpened {
            stop,
            procedure,
            notice,
            term,
            basis,
            approver,
        } => {
            let term = term.map_or_else(String::new, |t| format!(" {}", term_text::short(t)));
            format!(
                " {stop} {procedure}{term}{}{}{}",
                opt("notice", notice),
                opt("basis", basis),
                opt("approver", approver)
            )
        }
        Event::StopClosed { stop } => format!(" {stop}"),
        Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        } => {
            format!(
                " by {working_days} working days, {approver}: {reason}{}",
                opt("notice", notice)
            )
        }
        Event::PartnerAsked {
            partner,
            unit,
            term,
        } => {
            format!(" {partner} {unit} {}", term_text::short(*term))
        }
        Event::PartnerAnswered { partner, opinion } => format!(" {partner}: {opinion}"),
        Event::Closed {
            outcome,
            reason,
            basis,
        } => format!(" {outcome}: {reason}{}", opt("basis", basis)),
        Event::OrderIssued {
            unit,
            text,
            term,
            about,
            ..
        } => {
            let about = about
                .as_ref()
                .map_or_else(String::new, |a| format!(" about {a}"));
            format!(" to {unit} {}{about}: {text}", term_text::short(*term))
        }
        Event::OrderReplied { text, .. } => format!(": {text}"),
        Event::OrderClosed { remark } => opt("remark", remark),
        Event::OrderSentBack { reason, term } => {
            let term = term.map_or_else(String::new, |t| format!(" {}", term_text::short(t)));
            format!("{term}: {reason}")
        }
        Event::LimitPassed {
            clock,
            occurrence,
            limit_at,
            effective_at,
        } => {
            format!(
                " {clock} of #{occurrence} at {}",
                effective(*limit_at, *effective_at)
            )
        }
        Event::WarningRaised(w) => format!(
            " {}{} {} of #{} by rule {} v{} at {}",
            if w.pending { "pending " } else { "" },
            w.level.as_str(),
            w.clock,
            w.occurrence,
            w.rule,
            w.rules_version,
            effective(w.limit_at, w.effective_at)
        ),
        Event::WarningIssued { warning } => format!(" #{warning}"),
        Event::WarningRevoked {
            warning,
            reason,
            on,
        } => {
            let on = match on {
                RevokedOn::Decision => String::new(),
                RevokedOn::Appeal(appeal) => format!(" by appeal {appeal}"),
                RevokedOn::Outage(outage) => format!(" for outage {outage}"),
            };
            format!(" #{warning}{on}: {reason}")
        }
        Event::WarningAnnulled { warning, cause } => format!(" #{warning} since #{cause}"),
        Event::EventAnnulled { target, reason } => format!(" #{target}: {reason}"),
        Event::DatesRevised {
            from_version,
            to_version,
        } => format!(" {from_version} to {to_version}"),
        other => format!(" {other:?}"),
    }
}

fn paper(document: &Document) -> String {
    let date = document
        .date
        .map_or_else(String::new, |d| format!(" of {d}"));
    format!(" paper {}{date}", document.number)
}

/// A clock by its dates alone, so that a transcript can say when they change.
pub(super) fn clock(calendar: &Calendar, clock: &Clock) -> String {
    let due = match clock.due {
        None => "no date while stopped".to_owned(),
        Some(due) if calendar.end_of(due.on) == Ok(due.at) => format!("due {}", due.on),
        Some(due) => format!("due {} {}", due.on, calendar.local(due.at).format("%H:%M")),
    };
    let provisional = match clock.due {
        Some(due) if calendar.is_provisional(due.on) => ", provisional",
        _ => "",
    };
    let ended = match clock.ended_at {
        Some(end) if clock.was_late() => format!(", ended {} late", at(calendar, end)),
        Some(end) => format!(", ended {}", at(calendar, end)),
        None => String::new(),
    };
    format!("{} {due}{provisional}{ended}", clock.key)
}

/// A subject on one line.
pub(super) fn state(calendar: &Calendar, subject: &Subject, now: DateTime<Utc>) -> String {
    let mut parts = vec![subject.state().to_owned()];
    if let Body::Case(case) = &subject.body {
        if let Some(visit) = case.visits.last().filter(|v| v.ended_at.is_none()) {
            parts[0] += &format!(" in {}#{}", visit.stage, visit.number);
        }
        if let Some(outcome) = case.outcome() {
            parts[0] += &format!(" as {outcome}");
        }
        if let Some(day0) = case.day0 {
            parts.push(format!("day0 {}", calendar.office_date(day0)));
        }
        if case.sent_back > 0 {
            parts.push(format!("sent back {}", case.sent_back));
        }
    }
    for clock in &subject.track.clocks {
        let view = clock_view(clock, now, calendar);
        let mut part = clock.key.to_string();
        match (view.left, view.over, clock.due) {
            (Some(_), Some(over), _) if view.late => part += &format!(" late, over {over}"),
            (Some(left), _, _) => part += &format!(" left {left}"),
            _ => part += " stopped",
        }
        if clock.ended_at.is_some() {
            part += " at its end";
        }
        parts.push(part);
    }
    for stop in subject.track.open_stops() {
        parts.push(format!("stop {} open", stop.number));
    }
    parts.join("; ")
}

/// Why something was refused.
pub(super) fn refusal(error: &EngineError) -> String {
    let ends = match error {
        EngineError::Refused(refusal) => Refusal::ends(refusal),
        _ => None,
    };
    let ends = ends.map_or_else(String::new, |(needed, found)| {
        format!(" (needed {needed}, found {found})")
    });
    format!("refused {}{ends}: {error}", error.kind())
}
