//! Questions to the clock: one JSON line in, one JSON value out.
//!
//! The forms are fixed, for checkers from outside rely on them: the kinds of
//! error, the names and the order of the keys. Nothing here reads the time; a
//! question carries all that its answer rests on, except for the calendar.

use calendar::{Calendar, Interval, NotCovered, Term, TermUnit, Used, UsedError};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Answers one question about limits, their use or a day. Whatever is wrong
/// with it becomes an answer too, with `error`; see [`is_error`].
///
/// The answer begins with the question's own `id`, of whatever type, or null.
pub fn answer(calendar: &Calendar, line: &str) -> Value {
    let question = serde_json::from_str(line);
    let question = question.map_err(|error| Fault::new(Kind::BadJson, error.to_string()));
    let mut answer = Map::new();
    let id = question
        .as_ref()
        .ok()
        .and_then(|question: &Value| question.get("id"));
    answer.insert("id".to_owned(), id.cloned().unwrap_or(Value::Null));
    match question.and_then(|question| answer_to(calendar, &question)) {
        Ok(fields) => answer.extend(fields),
        Err(fault) => {
            answer.insert("error".to_owned(), fault.to_value());
        }
    }
    Value::Object(answer)
}

/// Whether an answer says that the question was wrong.
pub fn is_error(answer: &Value) -> bool {
    answer.get("error").is_some()
}

/// What can be wrong with a question.
/// In the order in which they are told when a question has several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    BadJson,
    MissingField,
    BadUnit,
    BadTerm,
    BadInstant,
    StopReversed,
    EndBeforeStart,
    NotCovered,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::BadJson => "bad_json",
            Kind::MissingField => "missing_field",
            Kind::BadInstant => "bad_instant",
            Kind::BadTerm => "bad_term",
            Kind::BadUnit => "bad_unit",
            Kind::StopReversed => "stop_reversed",
            Kind::EndBeforeStart => "end_before_start",
            Kind::NotCovered => "not_covered",
        }
    }
}

/// A question that can't be answered, and why.
struct Fault {
    kind: Kind,
    message: String,
    date: Option<NaiveDate>,
}

impl Fault {
    fn new(kind: Kind, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            message: message.into(),
            date: None,
        }
    }

    fn missing(field: &str) -> Fault {
        Fault::new(Kind::MissingField, format!("`{field}` is missing"))
    }

    fn to_value(&self) -> Value {
        let mut error = json!({ "kind": self.kind.as_str(), "message": self.message });
        if let (Some(date), Some(error)) = (self.date, error.as_object_mut()) {
            error.insert("date".to_owned(), json!(date.to_string()));
        }
        error
    }
}

impl From<NotCovered> for Fault {
    fn from(error: NotCovered) -> Fault {
        Fault {
            kind: Kind::NotCovered,
            message: error.to_string(),
            date: Some(error.date),
        }
    }
}

impl From<UsedError> for Fault {
    fn from(error: UsedError) -> Fault {
        match error {
            UsedError::EndBeforeStart { .. } => Fault::new(Kind::EndBeforeStart, error.to_string()),
            UsedError::Months => Fault::new(Kind::BadUnit, error.to_string()),
            UsedError::NotCovered(error) => error.into(),
        }
    }
}

/// The fields of an answer, in their order.
type Fields = Vec<(String, Value)>;

fn answer_to(calendar: &Calendar, question: &Value) -> Result<Fields, Fault> {
    let Some(question) = question.as_object() else {
        return Err(Fault::new(
            Kind::BadJson,
            "a question is one JSON object on a line",
        ));
    };
    match field(question, "op")?.as_str() {
        Some("due") => due(calendar, question),
        Some("used") => used(calendar, question),
        Some("day") => day(calendar, question),
        _ => Err(Fault::new(
            Kind::BadJson,
            "`op` is none of \"due\", \"used\" and \"day\"",
        )),
    }
}

fn due(calendar: &Calendar, question: &Map<String, Value>) -> Result<Fields, Fault> {
    let start = field(question, "start").and_then(|value| instant(value, "start"));
    let given = field(question, "term").and_then(|value| term(value, "term"));
    let stops = stops(question);
    let extension = optional(question, "extension")
        .map(|value| term(value, "extension"))
        .transpose();
    let ((start, given), (stops, extension)) = both(both(start, given), both(stops, extension))?;
    let due = calendar.due(start, given, &stops, extension)?;
    let on = due.map(|due| due.on.to_string());
    let at = due.map(|due| instant_text(calendar, due.at));
    Ok(vec![entry("due_on", json!(on)), entry("due_at", json!(at))])
}

fn used(calendar: &Calendar, question: &Map<String, Value>) -> Result<Fields, Fault> {
    let start = field(question, "start").and_then(|value| instant(value, "start"));
    let end = field(question, "end").and_then(|value| instant(value, "end"));
    let unit = field(question, "unit")
        .and_then(|value| unit(value, "unit"))
        .and_then(|unit| match unit {
            TermUnit::Months => Err(UsedError::Months.into()),
            unit => Ok(unit),
        });
    let ((start, end), (unit, stops)) = both(both(start, end), both(unit, stops(question)))?;
    Ok(match calendar.used(start, end, unit, &stops)? {
        Used::Days(days) => vec![entry("used", json!(days))],
        Used::Seconds(seconds) => vec![entry("used_seconds", json!(seconds))],
    })
}

/// Both values, or of their faults the one that is told first: what is missing before what is wrong,
/// units before amounts before instants.
fn both<A, B>(a: Result<A, Fault>, b: Result<B, Fault>) -> Result<(A, B), Fault> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(fault), Ok(_)) | (Ok(_), Err(fault)) => Err(fault),
        (Err(a), Err(b)) => Err(if b.kind < a.kind { b } else { a }),
    }
}

/// An instant in the calendar's zone, with a fraction only if there is one, as short as it can be.
fn instant_text(calendar: &Calendar, at: DateTime<Utc>) -> String {
    let local = calendar.local(at);
    let text = local.to_rfc3339_opts(SecondsFormat::Secs, false);
    let micros = local.timestamp_subsec_micros();
    if micros == 0 {
        return text;
    }
    let fraction = format!(".{micros:06}");
    let (seconds, offset) = text.split_at("2011-01-01T00:00:00".len());
    format!("{seconds}{}{offset}", fraction.trim_end_matches('0'))
}

fn day(calendar: &Calendar, question: &Map<String, Value>) -> Result<Fields, Fault> {
    let date = field(question, "date")?;
    let read = date
        .as_str()
        .and_then(|text| text.parse::<NaiveDate>().ok());
    let Some(date) = read else {
        let message = format!("`date` is no date: {date}; write for example \"2011-10-08\"");
        return Err(Fault::new(Kind::BadInstant, message));
    };
    let info = calendar.day(date)?;
    let hours: Vec<String> = info.hours.iter().map(ToString::to_string).collect();
    Ok(vec![
        entry("working", json!(info.working)),
        entry("why", json!(info.why)),
        entry("hours", json!(hours)),
    ])
}

fn entry(name: &str, value: Value) -> (String, Value) {
    (name.to_owned(), value)
}

/// A field that a question must have.
fn field<'a>(of: &'a Map<String, Value>, name: &str) -> Result<&'a Value, Fault> {
    optional(of, name).ok_or_else(|| Fault::missing(name))
}

/// A field that a question may leave out; null says the same.
fn optional<'a>(of: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    of.get(name).filter(|value| !value.is_null())
}

/// Reads an instant with its offset from UTC. Without one nobody could say
/// which instant is meant.
fn instant(value: &Value, name: &str) -> Result<DateTime<Utc>, Fault> {
    let read = value
        .as_str()
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    read.map(|at| at.to_utc()).ok_or_else(|| {
        let message = format!(
            "`{name}` is no instant with an offset: {value}; \
             write for example \"2011-09-26T10:00:00+08:00\""
        );
        Fault::new(Kind::BadInstant, message)
    })
}

fn term(value: &Value, name: &str) -> Result<Term, Fault> {
    let Some(fields) = value.as_object() else {
        let message = format!("`{name}` is no term: {value}; it has `amount` and `unit`");
        return Err(Fault::new(Kind::BadTerm, message));
    };
    let unit_name = format!("{name}.unit");
    let amount = field(fields, "amount").and_then(|value| whole(value, name));
    let unit = field(fields, "unit").and_then(|value| unit(value, &unit_name));
    let (amount, unit) = both(amount, unit)?;
    Ok(Term::new(amount, unit))
}

/// Beyond 32 bits no calendar could answer, so the amount is a mistake.
fn whole(amount: &Value, name: &str) -> Result<u32, Fault> {
    let whole = amount
        .as_u64()
        .and_then(|amount| u32::try_from(amount).ok());
    whole.ok_or_else(|| {
        let message = format!(
            "`{name}.amount` is no whole number from 0 to {}: {amount}",
            u32::MAX
        );
        Fault::new(Kind::BadTerm, message)
    })
}

fn unit(value: &Value, name: &str) -> Result<TermUnit, Fault> {
    let read = value.as_str().and_then(TermUnit::parse);
    read.ok_or_else(|| {
        let known = TermUnit::ALL.map(TermUnit::as_str).join(", ");
        let message = format!("`{name}` is no unit: {value}; the units are {known}");
        Fault::new(Kind::BadUnit, message)
    })
}

fn stops(question: &Map<String, Value>) -> Result<Vec<Interval>, Fault> {
    let Some(value) = optional(question, "stops") else {
        return Ok(Vec::new());
    };
    let Some(values) = value.as_array() else {
        return Err(Fault::new(Kind::BadJson, "`stops` is no list"));
    };
    // Every stop is read, so that of several faults the gravest is told.
    let mut stops = Ok(Vec::new());
    for value in values {
        stops = both(stops, stop(value)).map(|(mut stops, stop)| {
            stops.push(stop);
            stops
        });
    }
    stops
}

fn stop(value: &Value) -> Result<Interval, Fault> {
    let Some(fields) = value.as_object() else {
        return Err(Fault::new(
            Kind::BadJson,
            format!("a stop is no object: {value}"),
        ));
    };
    let from = field(fields, "from").and_then(|value| instant(value, "from"));
    let to = optional(fields, "to");
    let to = to.map(|value| instant(value, "to")).transpose();
    let (from, to) = both(from, to)?;
    if to.is_some_and(|to| to < from) {
        let message = format!("a stop ends before it opens: {value}");
        return Err(Fault::new(Kind::StopReversed, message));
    }
    Ok(Interval { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = r#"
version = "t"
zone = "Asia/Shanghai"
from = 2011-09-01
to = 2011-12-31
final_to = 2011-12-31
day_ends = "midnight"
rest_weekdays = ["sat", "sun"]
rest = [
  { date = 2011-10-03, name = "国庆节" },
  { date = 2011-10-04, name = "国庆节" },
  { date = 2011-10-05, name = "国庆节" },
  { date = 2011-10-06, name = "国庆节" },
  { date = 2011-10-07, name = "国庆节" },
]
make_up = [{ date = 2011-10-08, name = "国庆节" }, { date = 2011-10-09, name = "国庆节" }]
hours = [{ from = "01-01", to = "12-31", spans = ["08:30-12:00", "14:30-17:30"] }]
"#;

    fn ask(line: &str) -> Value {
        let calendar = Calendar::parse("t.toml", CALENDAR).expect("a calendar");
        answer(&calendar, line)
    }

    fn check(line: &str, expected: &str) {
        let answer = ask(line);
        assert_eq!(answer.to_string(), expected, "{line}");
        assert!(!is_error(&answer));
    }

    fn check_error(line: &str, kind: &str) {
        let answer = ask(line);
        assert!(is_error(&answer), "{line}");
        assert_eq!(answer["error"]["kind"], kind, "{line}: {answer}");
        assert!(answer["error"]["message"].is_string());
        assert_eq!(answer["error"].get("date").is_some(), kind == "not_covered");
    }

    #[test]
    fn limits_are_answered() {
        check(
            r#"{"id":"1","op":"due","start":"2011-09-26T10:00:00+08:00","term":{"amount":20,"unit":"working_days"},"stops":[{"from":"2011-10-10T09:00:00+08:00","to":"2011-10-12T09:00:00+08:00"}]}"#,
            r#"{"id":"1","due_on":"2011-10-31","due_at":"2011-11-01T00:00:00+08:00"}"#,
        );
        check(
            r#"{"op":"due","start":"2011-09-26T02:00:00Z","term":{"amount":5,"unit":"working_days"},"stops":[{"from":"2011-10-08T07:00:00Z","to":null}]}"#,
            r#"{"id":null,"due_on":null,"due_at":null}"#,
        );
        check(
            r#"{"id":7,"op":"due","start":"2011-09-26T02:00:00Z","term":{"amount":5,"unit":"working_days"},"extension":{"amount":10,"unit":"natural_days"}}"#,
            r#"{"id":7,"due_on":"2011-10-18","due_at":"2011-10-19T00:00:00+08:00"}"#,
        );
        check(
            r#"{"id":[1],"op":"due","start":"2011-09-26T10:00:00.5+08:00","term":{"amount":2,"unit":"working_minutes"},"stops":null,"extension":null}"#,
            r#"{"id":[1],"due_on":"2011-09-26","due_at":"2011-09-26T10:02:00.5+08:00"}"#,
        );
    }

    #[test]
    fn use_is_answered() {
        check(
            r#"{"id":"2","op":"used","start":"2011-09-26T10:00:00+08:00","end":"2011-10-14T10:00:00+08:00","unit":"working_days","stops":[{"from":"2011-10-12T10:00:00+08:00"}]}"#,
            r#"{"id":"2","used":9}"#,
        );
        check(
            r#"{"id":"2","op":"used","start":"2011-09-26T11:00:00+08:00","end":"2011-09-26T14:30:01+08:00","unit":"working_hours"}"#,
            r#"{"id":"2","used_seconds":3601}"#,
        );
    }

    #[test]
    fn days_are_answered() {
        check(
            r#"{"id":"3","op":"day","date":"2011-10-08"}"#,
            r#"{"id":"3","working":true,"why":"国庆节调休上班","hours":["08:30-12:00","14:30-17:30"]}"#,
        );
        check(
            r#"{"id":{"a":1},"op":"day","date":"2011-10-07"}"#,
            r#"{"id":{"a":1},"working":false,"why":"国庆节放假","hours":[]}"#,
        );
    }

    const START: &str = r#""start":"2011-09-26T10:00:00+08:00""#;
    const TERM: &str = r#""term":{"amount":5,"unit":"working_days"}"#;

    fn check_due_error(fields: &str, kind: &str) {
        check_error(&format!(r#"{{"id":1,"op":"due",{fields}}}"#), kind);
    }

    #[test]
    fn what_is_no_question_is_bad_json() {
        for line in ["", "{", "7", "[]", "null", r#"{"op":"do"}"#, r#"{"op":7}"#] {
            check_error(line, "bad_json");
        }
        check_due_error(&format!(r#"{START},{TERM},"stops":7"#), "bad_json");
        check_due_error(&format!(r#"{START},{TERM},"stops":[7]"#), "bad_json");
    }

    #[test]
    fn missing_fields_are_named() {
        check_error("{}", "missing_field");
        check_error(r#"{"op":"day"}"#, "missing_field");
        check_due_error(TERM, "missing_field");
        check_due_error(START, "missing_field");
        for fields in [
            r#""term":{"amount":5}"#,
            r#""term":{"unit":"months"}"#,
            r#""term":null"#,
            r#""term":{"amount":null,"unit":"months"}"#,
            &format!(r#"{TERM},"stops":[{{}}]"#),
            &format!(r#"{TERM},"extension":{{}}"#),
        ] {
            check_due_error(&format!("{START},{fields}"), "missing_field");
        }
    }

    #[test]
    fn wrong_values_are_answered_by_their_kind() {
        for start in [r#""2011-09-26T10:00:00""#, r#""2011-09-26""#, "7"] {
            check_due_error(&format!(r#""start":{start},{TERM}"#), "bad_instant");
        }
        check_error(r#"{"op":"day","date":"2011-02-30"}"#, "bad_instant");
        for amount in ["-5", "5.5", "\"5\"", "4294967296"] {
            let term = TERM.replace('5', amount);
            check_due_error(&format!("{START},{term}"), "bad_term");
        }
        check_due_error(&format!(r#"{START},"term":5"#), "bad_term");
        let unit = TERM.replace("working_", "");
        check_due_error(&format!("{START},{unit}"), "bad_unit");
        let amount = TERM.replace('5', "4294967295");
        check_due_error(&format!("{START},{amount}"), "not_covered");
        let stop = r#"{"from":"2011-10-08T10:00:00+08:00","to":"2011-10-08T09:59:59+08:00"}"#;
        check_due_error(
            &format!(r#"{START},{TERM},"stops":[{stop}]"#),
            "stop_reversed",
        );
    }

    #[test]
    fn use_needs_an_end_and_a_unit_that_has_one() {
        let used = |end: &str, unit: &str| {
            format!(r#"{{"op":"used",{START},"end":"{end}","unit":"{unit}"}}"#)
        };
        check_error(
            &used("2011-09-26T09:00:00+08:00", "working_days"),
            "end_before_start",
        );
        check_error(&used("2011-09-26T11:00:00+08:00", "months"), "bad_unit");
        check_error(
            &used("2012-09-26T11:00:00+08:00", "natural_days"),
            "not_covered",
        );
    }

    #[test]
    fn a_day_outside_is_named() {
        let answer = ask(r#"{"id":"x","op":"day","date":"2012-01-01"}"#);
        assert_eq!(
            answer.to_string(),
            r#"{"id":"x","error":{"kind":"not_covered","message":"2012-01-01 is outside calendar t, which covers 2011-09-01 to 2011-12-31","date":"2012-01-01"}}"#
        );
    }

    #[test]
    fn bent_questions_have_answers() {
        let good = [
            r#"{"id":"1","op":"due","start":"2011-09-26T10:00:00+08:00","term":{"amount":20,"unit":"working_days"},"stops":[{"from":"2011-10-10T09:00:00+08:00","to":"2011-10-12T09:00:00+08:00"}],"extension":{"amount":10,"unit":"natural_days"}}"#,
            r#"{"id":"2","op":"used","start":"2011-09-26T10:00:00+08:00","end":"2011-10-14T10:00:00+08:00","unit":"working_minutes","stops":[{"from":"2011-10-12T10:00:00+08:00"}]}"#,
            r#"{"id":"3","op":"day","date":"2011-10-08"}"#,
        ];
        let calendar = Calendar::parse("t.toml", CALENDAR).expect("a calendar");
        testkit::bent::check(&good.map(str::as_bytes), |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let mut lines = text.lines().peekable();
            let mut answered = lines.peek().is_some();
            for line in lines {
                let answer = answer(&calendar, line);
                let said = answer.to_string();
                assert!(said.len() < 4096 + 8 * line.len(), "{} bytes", said.len());
                answered &= !is_error(&answer);
            }
            answered
        });
    }
}
