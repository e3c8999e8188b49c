//! The events of a subject, one line each, with both times and the hash.

use approval::event::{Event, Recorded, RevokedOn};
use approval::term_text;
use engine::Seen;
use notify::{Language, words};
use store::event::EventRow;

use super::clock_name;
use crate::files::{self, FileLine};
use crate::shown;
use crate::texts::Texts;

/// An event as the page shows it.
pub(crate) struct EventLine {
    pub(crate) seq: i64,
    pub(crate) what: String,
    pub(crate) detail: String,
    pub(crate) by: String,
    pub(crate) occurred: String,
    /// When it was recorded, if that was another minute.
    pub(crate) recorded: Option<String>,
    pub(crate) late_reason: String,
    pub(crate) defects: Vec<String>,
    pub(crate) hash: String,
    pub(crate) annulled: bool,
    /// The number of another subject that it is about.
    pub(crate) leads_to: Option<String>,
    /// What was handed in with it.
    pub(crate) files: Vec<FileLine>,
}

/// All events, the latest first.
pub(crate) fn lines(t: Texts, seen: &Seen, rows: &[EventRow]) -> Vec<EventLine> {
    let annulled = seen.subject.annulled();
    let calendar = &seen.books.calendar;
    let brief = |at| shown::brief(t.language(), calendar, at, seen.now);
    let events = seen.subject.history.iter().rev();
    events
        .map(|event| {
            let (occurred, recorded) = (brief(event.occurred_at), brief(event.recorded_at));
            let row = rows.iter().find(|row| row.seq == event.seq);
            EventLine {
                seq: event.seq,
                what: t.word("event", event.event.kind()).to_owned(),
                detail: detail(t, seen, &event.event),
                by: by(t, seen, event),
                recorded: (recorded != occurred).then_some(recorded),
                occurred,
                late_reason: event.late_reason.clone().unwrap_or_default(),
                defects: event
                    .defects
                    .iter()
                    .map(|d| t.word("defect", d.as_str()).to_owned())
                    .collect(),
                hash: row.map(|row| row.hash.clone()).unwrap_or_default(),
                annulled: annulled.contains(&event.seq),
                leads_to: leads_to(&event.event),
                files: files::lines(&event.event),
            }
        })
        .collect()
}

/// Who did it, and for whom.
fn by(t: Texts, seen: &Seen, event: &Recorded) -> String {
    let name = |code: &approval::ids::PersonCode| {
        let found = seen.books.directory.person(code);
        found.map_or_else(|| code.as_str().to_owned(), |p| p.name.clone())
    };
    match (&event.by, &event.stands_for) {
        (Some(by), Some(other)) => t.two("case.by_for", name(by), name(other)),
        (Some(by), None) => name(by),
        (None, _) => t.say("case.by_program").to_owned(),
    }
}

/// What another page tells about.
fn leads_to(event: &Event) -> Option<String> {
    let number = match event {
        Event::WarningAppealed { appeal, .. } => appeal,
        Event::AppealFiled { card, .. } => &card.about,
        Event::OrderIssued { about, .. } => about.as_ref()?,
        Event::WarningRevoked {
            on: RevokedOn::Appeal(appeal),
            ..
        } => appeal,
        _ => return None,
    };
    Some(number.as_str().to_owned())
}

/// The facts of an event in a few words.
fn detail(t: Texts, seen: &Seen, event: &Event) -> String {
    let language = t.language();
    let join = |parts: Vec<String>| {
        let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join(language.pick("；", "; "))
    };
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let term = |term: calendar::Term| match language {
        Language::Zh => term_text::zh(term),
        Language::En => term_text::en(term),
    };
    match event {
        Event::CorrectionNotified { missing } => words::list(language, missing),
        Event::NotAccepted { reason }
        | Event::NotNeeded { reason }
        | Event::EventAnnulled { reason, .. }
        | Event::WarningRevoked { reason, .. } => reason.clone(),
        Event::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        } => join(vec![
            t.word("stage", stage.as_str()).to_owned(),
            outcome.map_or_else(String::new, |o| t.word("outcome", o.as_str()).to_owned()),
            given(reason),
            document
                .as_ref()
                .map_or_else(String::new, |d| d.number.clone()),
        ]),
        Event::SentBack { to, reason } => {
            t.two("case.sent_back_to", t.word("stage", to.as_str()), reason)
        }
        Event::StopOpened {
            procedure,
            notice,
            term: expected,
            basis,
            ..
        } => join(vec![
            t.word("procedure", procedure.as_str()).to_owned(),
            given(notice),
            expected.map_or_else(String::new, term),
            given(basis),
        ]),
        Event::Extended {
            working_days,
            approver,
            reason,
            ..
        } => join(vec![
            words::working_days(language, i64::from(*working_days)),
            approver.clone(),
            reason.clone(),
        ]),
        Event::PartnerAsked {
            unit, term: within, ..
        } => {
            let found = seen.books.directory.unit(unit);
            let name = found.map_or_else(|| unit.as_str().to_owned(), |u| u.name.clone());
            join(vec![name, term(*within)])
        }
        Event::PartnerAnswered { opinion, .. } => opinion.clone(),
        Event::Closed {
            outcome, reason, ..
        } => join(vec![
            t.word("outcome", outcome.as_str()).to_owned(),
            reason.clone(),
        ]),
        Event::Step { activity, .. } => activity.clone(),
        Event::OrderIssued {
            text, term: within, ..
        } => join(vec![text.clone(), term(*within)]),
        Event::OrderReplied { text, .. } => text.clone(),
        Event::OrderClosed { remark } => given(remark),
        Event::OrderSentBack { reason, .. } => reason.clone(),
        Event::AppealFiled { grounds, .. } => grounds.clone(),
        Event::AppealDecided { decision, reason } => {
            let answer = t.word("appeal_answer", decision.as_str()).to_owned();
            join(vec![answer, reason.clone()])
        }
        Event::LimitPassed { clock, .. } => clock_name(t, *clock),
        Event::WarningRaised(raised) => join(vec![
            t.word("level", raised.level.as_str()).to_owned(),
            clock_name(t, raised.clock),
            given(&raised.evidence),
        ]),
        Event::DatesRevised { to_version, .. } => to_version.clone(),
        _ => String::new(),
    }
}
