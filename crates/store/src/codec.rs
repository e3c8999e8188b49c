//! Domain events to their stored text and back.
//!
//! The text is what the hash covers, kept verbatim. Its form is public: docs/RECORD.md. Fields are only ever
//! added, and an absent field means what it meant before it existed.

use approval::event::{Defect, Document, Event, Recorded};
use approval::ids::{ItemCode, PersonCode, UnitCode};
use approval::stage::{Outcome, Procedure, Stage};
use approval::term_text;
use approval::track::ClockTerm;
use calendar::Term;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub mod facts;
mod supervision;

use crate::StoreError;
use crate::chain::{HashAlgorithm, chain_hash};
use crate::event::{EventRow, NewEvent};

/// The stored form of an event. The order of the fields is the order in the text.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    division: String,
    subject: String,
    seq: i64,
    occurred_at_us: i64,
    recorded_at_us: i64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    stands_for: Option<String>,
    calendar: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    rules: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    late_reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    defects: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    source_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    personal: Option<String>,
    #[serde(flatten)]
    data: Data,
}

/// Events from before it was recorded have no data at all.
#[derive(Debug, Serialize, Deserialize)]
struct AcceptanceData {
    item_version: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileData {
    id: String,
    name: String,
    media_type: String,
    size: i64,
    sm3: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct PaperData {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    date: Option<NaiveDate>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
enum Data {
    Received {
        item: String,
        item_version: i64,
        unit: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        given_due: Option<NaiveDate>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        given_term: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        source: Option<String>,
    },
    Accepted(Option<AcceptanceData>),
    DeemedAccepted(Option<AcceptanceData>),
    NotAccepted {
        reason: String,
    },
    NotNeeded {
        reason: String,
    },
    CorrectionNotified {
        missing: Vec<String>,
    },
    Supplied,
    StageCompleted {
        stage: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        outcome: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        document: Option<PaperData>,
    },
    SentBack {
        to: String,
        reason: String,
    },
    StopOpened {
        stop: u32,
        procedure: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        notice: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        term: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        basis: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        approver: Option<String>,
    },
    StopClosed {
        stop: u32,
    },
    Extended {
        working_days: u32,
        approver: String,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        notice: Option<String>,
    },
    PartnerAsked {
        partner: u32,
        unit: String,
        term: String,
    },
    PartnerAnswered {
        partner: u32,
        opinion: String,
    },
    Closed {
        outcome: String,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        basis: Option<String>,
    },
    Delivered,
    Step {
        activity: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        stage: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        group: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        person: Option<String>,
    },
    EndReported {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        outcome: Option<String>,
    },
    OrderIssued {
        unit: String,
        text: String,
        term: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        about: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        warning: Option<i64>,
    },
    OrderReplied {
        text: String,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        attachments: Vec<FileData>,
    },
    OrderClosed {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        remark: Option<String>,
    },
    OrderSentBack {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        term: Option<String>,
    },
    AppealFiled {
        about: String,
        warning: i64,
        unit: String,
        level: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        item: Option<String>,
        grounds: String,
        term: String,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        attachments: Vec<FileData>,
    },
    AppealDecided {
        decision: String,
        reason: String,
    },
    AppealLapsed {
        card: String,
    },
    LimitPassed {
        clock: String,
        occurrence: i64,
        limit_at_us: i64,
        effective_at_us: i64,
    },
    WarningRaised {
        rule: String,
        rules_version: i64,
        level: String,
        clock: String,
        occurrence: i64,
        due_at_us: i64,
        limit_at_us: i64,
        effective_at_us: i64,
        pending: bool,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        evidence: Option<String>,
    },
    WarningIssued {
        warning: i64,
    },
    WarningRevoked {
        warning: i64,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        appeal: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        outage: Option<String>,
    },
    WarningAppealed {
        warning: i64,
        appeal: String,
    },
    WarningAnnulled {
        warning: i64,
        cause: i64,
    },
    EventAnnulled {
        target: i64,
        reason: String,
    },
    DatesRevised {
        from_version: String,
        to_version: String,
    },
}

/// The row of an event that follows `previous_hash` in its subject's chain.
///
/// `personal` is the digest of the personal data that stand apart, if the event has any.
///
/// # Errors
/// Only if the event can't be written as JSON, which no value of these types can cause.
pub fn to_row(
    division: &str,
    subject: &str,
    recorded: &Recorded,
    personal: Option<String>,
    algorithm: HashAlgorithm,
    previous_hash: &str,
) -> Result<NewEvent, StoreError> {
    let payload = Payload {
        division: division.to_owned(),
        subject: subject.to_owned(),
        seq: recorded.seq,
        occurred_at_us: micros(recorded.occurred_at),
        recorded_at_us: micros(recorded.recorded_at),
        by: recorded.by.as_ref().map(text),
        stands_for: recorded.stands_for.as_ref().map(text),
        calendar: recorded.calendar.clone(),
        rules: recorded.rules,
        late_reason: recorded.late_reason.clone(),
        defects: recorded
            .defects
            .iter()
            .map(|d| d.as_str().to_owned())
            .collect(),
        source_key: recorded.source_key.clone(),
        personal,
        data: data_of(&recorded.event),
    };
    let payload = serde_json::to_string(&payload)
        .map_err(|_| StoreError::corrupt_value("event", "payload", subject))?;
    let hash = chain_hash(algorithm, previous_hash, &payload);
    Ok(NewEvent {
        division: division.to_owned(),
        subject: subject.to_owned(),
        seq: recorded.seq,
        kind: recorded.event.kind().to_owned(),
        occurred_at_us: micros(recorded.occurred_at),
        recorded_at_us: micros(recorded.recorded_at),
        payload,
        hash_algorithm: algorithm.as_str().to_owned(),
        previous_hash: previous_hash.to_owned(),
        hash,
        source_key: recorded.source_key.clone(),
    })
}

/// The event of a row.
///
/// # Errors
/// [`StoreError::Corrupt`] naming the row when its text isn't an event of this program.
pub fn from_row(row: &EventRow) -> Result<Recorded, StoreError> {
    let corrupt = || {
        StoreError::corrupt_value(
            "event",
            "payload",
            format!("{}/{}/{}", row.division, row.subject, row.seq),
        )
    };
    let payload: Payload = serde_json::from_str(&row.payload).map_err(|_| corrupt())?;
    read(payload).ok_or_else(corrupt)
}

/// Microseconds since 1970, the one form of instants in the tables.
pub fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The instant of a number of microseconds; the far past for a number that is none.
pub fn instant(us: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(us).unwrap_or(DateTime::UNIX_EPOCH)
}

fn text(code: &impl std::fmt::Display) -> String {
    code.to_string()
}

fn word(word: Option<impl std::fmt::Display>) -> Option<String> {
    word.map(|w| w.to_string())
}

fn acceptance(item_version: Option<i64>) -> Option<AcceptanceData> {
    item_version.map(|item_version| AcceptanceData { item_version })
}

fn data_of(event: &Event) -> Data {
    match event.clone() {
        Event::Received {
            item,
            item_version,
            unit,
            given_limit,
            source,
        } => {
            let (given_due, given_term) = match given_limit {
                Some(ClockTerm::Given(date)) => (Some(date), None),
                Some(ClockTerm::Counted(term)) => (None, Some(term_text::short(term))),
                None => (None, None),
            };
            Data::Received {
                item: text(&item),
                item_version,
                unit: text(&unit),
                given_due,
                given_term,
                source,
            }
        }
        Event::Accepted { item_version } => Data::Accepted(acceptance(item_version)),
        Event::DeemedAccepted { item_version } => Data::DeemedAccepted(acceptance(item_version)),
        Event::NotAccepted { reason } => Data::NotAccepted { reason },
        Event::NotNeeded { reason } => Data::NotNeeded { reason },
        Event::CorrectionNotified { missing } => Data::CorrectionNotified { missing },
        Event::Supplied => Data::Supplied,
        Event::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        } => Data::StageCompleted {
            stage: text(&stage),
            outcome: word(outcome),
            reason,
            document: document.map(|d| PaperData {
                number: d.number,
                date: d.date,
            }),
        },
        Event::SentBack { to, reason } => Data::SentBack {
            to: text(&to),
            reason,
        },
        Event::StopOpened {
            stop,
            procedure,
            notice,
            term,
            basis,
            approver,
        } => Data::StopOpened {
            stop,
            procedure: text(&procedure),
            notice,
            term: term.map(term_text::short),
            basis,
            approver,
        },
        Event::StopClosed { stop } => Data::StopClosed { stop },
        Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        } => Data::Extended {
            working_days,
            approver,
            reason,
            notice,
        },
        Event::PartnerAsked {
            partner,
            unit,
            term,
        } => Data::PartnerAsked {
            partner,
            unit: text(&unit),
            term: term_text::short(term),
        },
        Event::PartnerAnswered { partner, opinion } => Data::PartnerAnswered { partner, opinion },
        Event::Closed {
            outcome,
            reason,
            basis,
        } => Data::Closed {
            outcome: text(&outcome),
            reason,
            basis,
        },
        Event::Delivered => Data::Delivered,
        Event::Step {
            activity,
            stage,
            group,
            person,
        } => Data::Step {
            activity,
            stage: word(stage),
            group,
            person,
        },
        Event::EndReported { outcome } => Data::EndReported {
            outcome: word(outcome),
        },
        other => supervision::data_of(other),
    }
}

fn read(payload: Payload) -> Option<Recorded> {
    let defects = payload
        .defects
        .iter()
        .map(|d| Defect::parse(d))
        .collect::<Option<Vec<_>>>()?;
    Some(Recorded {
        seq: payload.seq,
        occurred_at: DateTime::from_timestamp_micros(payload.occurred_at_us)?,
        recorded_at: DateTime::from_timestamp_micros(payload.recorded_at_us)?,
        by: payload.by.map(PersonCode::new),
        stands_for: payload.stands_for.map(PersonCode::new),
        calendar: payload.calendar,
        rules: payload.rules,
        late_reason: payload.late_reason,
        defects,
        source_key: payload.source_key,
        event: event_of(payload.data)?,
    })
}

/// An optional word: absent is fine, unknown isn't.
fn optional<T>(word: Option<String>, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match word {
        None => Some(None),
        Some(word) => parse(&word).map(Some),
    }
}

fn term(text: &str) -> Option<Term> {
    term_text::parse(text).ok()
}

fn event_of(data: Data) -> Option<Event> {
    Some(match data {
        Data::Received {
            item,
            item_version,
            unit,
            given_due,
            given_term,
            source,
        } => Event::Received {
            item: ItemCode::new(item),
            item_version,
            unit: UnitCode::new(unit),
            given_limit: match (given_due, given_term) {
                (Some(date), None) => Some(ClockTerm::Given(date)),
                (None, Some(limit)) => Some(ClockTerm::Counted(term(&limit)?)),
                (None, None) => None,
                (Some(_), Some(_)) => return None,
            },
            source,
        },
        Data::Accepted(data) => Event::Accepted {
            item_version: data.map(|d| d.item_version),
        },
        Data::DeemedAccepted(data) => Event::DeemedAccepted {
            item_version: data.map(|d| d.item_version),
        },
        Data::NotAccepted { reason } => Event::NotAccepted { reason },
        Data::NotNeeded { reason } => Event::NotNeeded { reason },
        Data::CorrectionNotified { missing } => Event::CorrectionNotified { missing },
        Data::Supplied => Event::Supplied,
        Data::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        } => Event::StageCompleted {
            stage: Stage::parse(&stage)?,
            outcome: optional(outcome, Outcome::parse)?,
            reason,
            document: document.map(|d| Document {
                number: d.number,
                date: d.date,
            }),
        },
        Data::SentBack { to, reason } => Event::SentBack {
            to: Stage::parse(&to)?,
            reason,
        },
        Data::StopOpened {
            stop,
            procedure,
            notice,
            term: limit,
            basis,
            approver,
        } => Event::StopOpened {
            stop,
            procedure: Procedure::parse(&procedure)?,
            notice,
            term: optional(limit, term)?,
            basis,
            approver,
        },
        Data::StopClosed { stop } => Event::StopClosed { stop },
        Data::Extended {
            working_days,
            approver,
            reason,
            notice,
        } => Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        },
        Data::PartnerAsked {
            partner,
            unit,
            term: limit,
        } => Event::PartnerAsked {
            partner,
            unit: UnitCode::new(unit),
            term: term(&limit)?,
        },
        Data::PartnerAnswered { partner, opinion } => Event::PartnerAnswered { partner, opinion },
        Data::Closed {
            outcome,
            reason,
            basis,
        } => Event::Closed {
            outcome: Outcome::parse(&outcome)?,
            reason,
            basis,
        },
        Data::Delivered => Event::Delivered,
        Data::Step {
            activity,
            stage,
            group,
            person,
        } => Event::Step {
            activity,
            stage: optional(stage, Stage::parse)?,
            group,
            person,
        },
        Data::EndReported { outcome } => Event::EndReported {
            outcome: optional(outcome, Outcome::parse)?,
        },
        other => return supervision::event_of(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> Option<Recorded> {
        let head = r#"{"division":"410800","subject":"C","seq":2,"occurred_at_us":1,"recorded_at_us":2,"calendar":"cn""#;
        let payload: Payload = serde_json::from_str(&format!("{head}{text}")).ok()?;
        read(payload)
    }

    #[test]
    fn a_receipt_has_one_limit_of_its_own_or_none() {
        let head = r#","kind":"received","data":{"item":"I","item_version":1,"unit":"U""#;
        let day = NaiveDate::from_ymd_opt(2011, 9, 26).expect("a day");
        for (text, limit) in [
            ("}}", Some(None)),
            (
                r#","given_due":"2011-09-26"}}"#,
                Some(Some(ClockTerm::Given(day))),
            ),
            (
                r#","given_term":"15wd"}}"#,
                Some(Some(ClockTerm::Counted(Term::WorkingDays(15)))),
            ),
            (r#","given_term":"15"}}"#, None),
            (r#","given_due":"2011-09-26","given_term":"15wd"}}"#, None),
        ] {
            let read = data(&format!("{head}{text}"));
            let found = read.map(|recorded| match recorded.event {
                Event::Received { given_limit, .. } => given_limit,
                other => panic!("{other:?}"),
            });
            assert_eq!(found, limit, "{text}");
        }
    }

    #[test]
    fn acceptances_from_before_their_version_was_recorded_are_read() {
        for (text, rules, event) in [
            (
                r#","kind":"accepted"}"#,
                None,
                Event::Accepted { item_version: None },
            ),
            (
                r#","rules":3,"kind":"accepted","data":{"item_version":2}}"#,
                Some(3),
                Event::Accepted {
                    item_version: Some(2),
                },
            ),
            (
                r#","kind":"deemed_accepted"}"#,
                None,
                Event::DeemedAccepted { item_version: None },
            ),
        ] {
            let read = data(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((read.rules, read.event), (rules, event), "{text}");
        }
    }

    /// Whoever bends the record bends texts too: they are told as damaged, or read.
    #[test]
    fn bent_texts_of_events_are_damaged_or_read() {
        let head = r#"{"division":"410800","subject":"410800-FGW-20111012-0001","seq":2,"occurred_at_us":1318384800000000,"recorded_at_us":1318384801000000,"calendar":"cn-2026.1","rules":3"#;
        let good = [
            r#","kind":"accepted","data":{"item_version":2}}"#,
            r#","kind":"received","data":{"item":"I","item_version":1,"unit":"U","given_term":"15wd"}}"#,
            r#","kind":"deemed_accepted"}"#,
        ]
        .map(|data| format!("{head}{data}"));
        let good: Vec<&[u8]> = good.iter().map(String::as_bytes).collect();
        testkit::bent::check(&good, |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let payload: Option<Payload> = serde_json::from_str(&text).ok();
            payload.and_then(read).is_some()
        });
    }
}
