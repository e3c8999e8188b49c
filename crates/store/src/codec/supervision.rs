//! The stored form of what concerns supervision: orders, appeals, limits, warnings, annulments, revisions.

use approval::appeal::{AppealDecision, AppealedCard};
use approval::attachment::Attachment;
use approval::event::{Event, RevokedOn, WarningRaised};
use approval::ids::{ItemCode, SubjectId, UnitCode};
use approval::rule::Level;
use approval::term_text;
use approval::track::ClockKey;
use approval::warning::WarningState;
use chrono::DateTime;

use super::{Data, FileData, micros, optional, term, text, word};

fn file_data(file: Attachment) -> FileData {
    FileData {
        id: file.id,
        name: file.name,
        media_type: file.media_type,
        size: file.size,
        sm3: file.sm3,
    }
}

fn file(data: FileData) -> Attachment {
    Attachment {
        id: data.id,
        name: data.name,
        media_type: data.media_type,
        size: data.size,
        sm3: data.sm3,
    }
}

/// The data of an event.
pub(super) fn data_of(event: Event) -> Data {
    match event {
        Event::OrderIssued {
            unit,
            text: what,
            term,
            about,
            warning,
        } => Data::OrderIssued {
            unit: text(&unit),
            text: what,
            term: term_text::short(term),
            about: word(about),
            warning,
        },
        Event::OrderReplied { text, attachments } => Data::OrderReplied {
            text,
            attachments: attachments.into_iter().map(file_data).collect(),
        },
        Event::OrderClosed { remark } => Data::OrderClosed { remark },
        Event::OrderSentBack { reason, term } => Data::OrderSentBack {
            reason,
            term: term.map(term_text::short),
        },
        Event::AppealFiled {
            card,
            grounds,
            term,
            attachments,
        } => Data::AppealFiled {
            about: text(&card.about),
            warning: card.warning,
            unit: text(&card.unit),
            level: card.level.as_str().to_owned(),
            item: word(card.item),
            grounds,
            term: term_text::short(term),
            attachments: attachments.into_iter().map(file_data).collect(),
        },
        Event::AppealDecided { decision, reason } => Data::AppealDecided {
            decision: decision.as_str().to_owned(),
            reason,
        },
        Event::AppealLapsed { card } => Data::AppealLapsed {
            card: card.as_str().to_owned(),
        },
        Event::LimitPassed {
            clock,
            occurrence,
            limit_at,
            effective_at,
        } => Data::LimitPassed {
            clock: text(&clock),
            occurrence,
            limit_at_us: micros(limit_at),
            effective_at_us: micros(effective_at),
        },
        Event::WarningRaised(raised) => Data::WarningRaised {
            rule: raised.rule,
            rules_version: raised.rules_version,
            level: raised.level.as_str().to_owned(),
            clock: text(&raised.clock),
            occurrence: raised.occurrence,
            due_at_us: micros(raised.due_at),
            limit_at_us: micros(raised.limit_at),
            effective_at_us: micros(raised.effective_at),
            pending: raised.pending,
            evidence: raised.evidence,
        },
        Event::WarningIssued { warning } => Data::WarningIssued { warning },
        Event::WarningRevoked {
            warning,
            reason,
            on,
        } => Data::WarningRevoked {
            warning,
            reason,
            appeal: word(on.appeal()),
            outage: word(on.outage()),
        },
        Event::WarningAppealed { warning, appeal } => Data::WarningAppealed {
            warning,
            appeal: text(&appeal),
        },
        Event::WarningAnnulled { warning, cause } => Data::WarningAnnulled { warning, cause },
        Event::EventAnnulled { target, reason } => Data::EventAnnulled { target, reason },
        Event::DatesRevised {
            from_version,
            to_version,
        } => Data::DatesRevised {
            from_version,
            to_version,
        },
        // Everything else was handled by the caller; a step without a name stands for nothing.
        _ => Data::Step {
            activity: String::new(),
            stage: None,
            group: None,
            person: None,
        },
    }
}

/// The event of data; `None` if they are none.
pub(super) fn event_of(data: Data) -> Option<Event> {
    Some(match data {
        Data::OrderIssued {
            unit,
            text,
            term: limit,
            about,
            warning,
        } => Event::OrderIssued {
            unit: UnitCode::new(unit),
            text,
            term: term(&limit)?,
            about: about.map(SubjectId::new),
            warning,
        },
        Data::OrderReplied { text, attachments } => Event::OrderReplied {
            text,
            attachments: attachments.into_iter().map(file).collect(),
        },
        Data::OrderClosed { remark } => Event::OrderClosed { remark },
        Data::OrderSentBack {
            reason,
            term: limit,
        } => Event::OrderSentBack {
            reason,
            term: optional(limit, term)?,
        },
        Data::AppealFiled {
            about,
            warning,
            unit,
            level,
            item,
            grounds,
            term: limit,
            attachments,
        } => Event::AppealFiled {
            card: AppealedCard {
                about: SubjectId::new(about),
                warning,
                unit: UnitCode::new(unit),
                level: Level::parse(&level)?,
                item: item.map(ItemCode::new),
            },
            grounds,
            term: term(&limit)?,
            attachments: attachments.into_iter().map(file).collect(),
        },
        Data::AppealDecided { decision, reason } => Event::AppealDecided {
            decision: AppealDecision::parse(&decision)?,
            reason,
        },
        Data::AppealLapsed { card } => Event::AppealLapsed {
            card: WarningState::parse(&card)?,
        },
        Data::LimitPassed {
            clock,
            occurrence,
            limit_at_us,
            effective_at_us,
        } => Event::LimitPassed {
            clock: ClockKey::parse(&clock)?,
            occurrence,
            limit_at: DateTime::from_timestamp_micros(limit_at_us)?,
            effective_at: DateTime::from_timestamp_micros(effective_at_us)?,
        },
        Data::WarningRaised {
            rule,
            rules_version,
            level,
            clock,
            occurrence,
            due_at_us,
            limit_at_us,
            effective_at_us,
            pending,
            evidence,
        } => Event::WarningRaised(WarningRaised {
            rule,
            rules_version,
            level: Level::parse(&level)?,
            clock: ClockKey::parse(&clock)?,
            occurrence,
            due_at: DateTime::from_timestamp_micros(due_at_us)?,
            limit_at: DateTime::from_timestamp_micros(limit_at_us)?,
            effective_at: DateTime::from_timestamp_micros(effective_at_us)?,
            pending,
            evidence,
        }),
        Data::WarningIssued { warning } => Event::WarningIssued { warning },
        Data::WarningRevoked {
            warning,
            reason,
            appeal,
            outage,
        } => Event::WarningRevoked {
            warning,
            reason,
            on: match (appeal, outage) {
                (None, None) => RevokedOn::Decision,
                (Some(appeal), None) => RevokedOn::Appeal(SubjectId::new(appeal)),
                (None, Some(outage)) => RevokedOn::Outage(outage),
                (Some(_), Some(_)) => return None,
            },
        },
        Data::WarningAppealed { warning, appeal } => Event::WarningAppealed {
            warning,
            appeal: SubjectId::new(appeal),
        },
        Data::WarningAnnulled { warning, cause } => Event::WarningAnnulled { warning, cause },
        Data::EventAnnulled { target, reason } => Event::EventAnnulled { target, reason },
        Data::DatesRevised {
            from_version,
            to_version,
        } => Event::DatesRevised {
            from_version,
            to_version,
        },
        _ => return None,
    })
}
