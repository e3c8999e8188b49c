//! `/events`: many events at once from a department's own system, recorded as a feed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use engine::commands::check_id;
use engine::execute::Telling;
use engine::import::batch::{self, FedCase, FedEvent, FedOutcome, FedReceipt, Sender};
use engine::import::{Applicant, DueSource, LoggedDocument, LoggedRow, LoggedTerm};
use engine::once::{ACT_KEY_PREFIX, KEY_REUSED, KeptAnswer, OnceKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::{Always, Refused};
use super::body::{self, Asked, KeyHeader, Once};
use super::caller::Reporter;
use super::cases::kept;
use super::problem::Problem;
use super::words::{Instant, Outcome, Procedure, Stage, Term};
use crate::site::Site;

/// Events in one request: some fifty cases, a second's work.
const EVENTS_MAX: usize = 1_000;
/// Bytes of one request: a thousand events with room for reasons.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest number of a case and the longest key of an event.
const KEY_CHARS_MAX: usize = 128;
/// The media types that are read.
const MEDIA: &str = "application/json, application/x-ndjson";

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(report))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What an event does to its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedAct {
    /// 收件: begins the case.
    Receive,
    /// 受理
    Accept,
    /// 不予受理
    Refuse,
    /// 不受理
    NotNeeded,
    /// 补正告知
    Correct,
    /// 补正材料已收
    Supply,
    /// 完成一个环节
    Complete,
    /// 退回
    SendBack,
    /// 特别程序、中止
    Stop,
    /// 恢复
    Resume,
    /// 延期
    Extend,
    /// 撤回
    Withdraw,
    /// 终止等
    End,
    /// 送达
    Deliver,
    /// A step that moves nothing: evidence.
    Step,
}

impl From<FeedAct> for engine::import::Act {
    fn from(act: FeedAct) -> Self {
        match act {
            FeedAct::Receive => Self::Receive,
            FeedAct::Accept => Self::Accept,
            FeedAct::Refuse => Self::Refuse,
            FeedAct::NotNeeded => Self::NotNeeded,
            FeedAct::Correct => Self::Correct,
            FeedAct::Supply => Self::Supply,
            FeedAct::Complete => Self::Complete,
            FeedAct::SendBack => Self::SendBack,
            FeedAct::Stop => Self::Stop,
            FeedAct::Resume => Self::Resume,
            FeedAct::Extend => Self::Extend,
            FeedAct::Withdraw => Self::Withdraw,
            FeedAct::End => Self::End,
            FeedAct::Deliver => Self::Deliver,
            FeedAct::Step => Self::Step,
        }
    }
}

/// A paper that an event rests on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedDocument {
    /// 文号
    #[serde(default)]
    number: Option<String>,
    /// The date on it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    date: Option<NaiveDate>,
}

/// Who applied.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedApplicant {
    /// The name.
    #[serde(default)]
    name: Option<String>,
    /// The ID number or credit code; its check character is checked.
    #[serde(default)]
    id_number: Option<String>,
}

/// An event of another system.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "case": "GSJ2011-0017", "key": "e1", "act": "receive", "at": "2011-09-26T09:12:00+08:00", "item": "GSJ-001",
    "applicant": {"name": "焦作某某有限公司"}
}))]
pub(crate) struct FeedEvent {
    /// The case's number in that system.
    #[schema(min_length = 1, max_length = 128)]
    case: String,
    /// Names the event within its case, the same whenever it is sent.
    #[schema(min_length = 1, max_length = 128)]
    key: String,
    /// Which version of what is said about it this is, from 1. A higher one replaces what was said before: the earlier
    /// event is annulled, never deleted.
    #[serde(default)]
    #[schema(minimum = 1)]
    data_version: Option<u32>,
    /// What it does to its case.
    act: FeedAct,
    /// When it happened.
    at: Instant,
    /// What that system calls it; the act's word, unless it is said.
    #[serde(default)]
    activity: Option<String>,
    /// The stage that it completes, or to which it sends back.
    #[serde(default)]
    stage: Option<Stage>,
    /// How the case ended.
    #[serde(default)]
    outcome: Option<Outcome>,
    /// What a stop is for.
    #[serde(default)]
    procedure: Option<Procedure>,
    /// How long a stop may take.
    #[serde(default)]
    term: Option<Term>,
    /// The length of an extension.
    #[serde(default)]
    working_days: Option<u32>,
    /// Who approved a stop or an extension.
    #[serde(default)]
    approver: Option<String>,
    /// The number of the written notice.
    #[serde(default)]
    notice: Option<String>,
    /// Why, or what is missing.
    #[serde(default)]
    reason: Option<String>,
    /// The paper.
    #[serde(default)]
    document: Option<FeedDocument>,
    /// Who did it.
    #[serde(default)]
    person: Option<String>,
    /// The group of that person.
    #[serde(default)]
    group: Option<String>,
    /// With `receive`: the item's code.
    #[serde(default)]
    item: Option<String>,
    /// With `receive`: the unit, if it isn't the item's own. A token of a unit can name itself only.
    #[serde(default)]
    unit: Option<String>,
    /// With `receive`: who applied.
    #[serde(default)]
    applicant: Option<FeedApplicant>,
    /// With `receive`: the day on which that system's own limit ends.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<NaiveDate>,
}

/// How it is recorded.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// `true`: warnings that the events bring are recorded and told to nobody, for a history that is handed in later. Only
    /// for tokens of all units.
    quiet: Option<bool>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedResult {
    /// It is in the record now.
    Added,
    /// It is in the record now, and what an earlier version of it said is annulled.
    Replaced,
    /// It was there already.
    ThereAlready,
    /// Nothing of its case in this request was recorded.
    Rejected,
}

/// What became of an event.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct EventResult {
    /// Its place in the request, from 0.
    index: usize,
    /// Its case, if that could be read.
    #[schema(required)]
    case: Option<String>,
    /// Its key, if that could be read.
    #[schema(required)]
    key: Option<String>,
    result: FeedResult,
    /// The stable word of why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false, example = "unknown_code")]
    kind: Option<String>,
    /// Why, Chinese first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// What became of the events.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportAnswer {
    /// How many were recorded.
    added: usize,
    /// How many replaced what was said before.
    replaced: usize,
    /// How many were there already.
    there_already: usize,
    /// How many were rejected.
    rejected: usize,
    /// Each, in the order of the request.
    results: Vec<EventResult>,
}

/// The events of a request as they were written, and the text they were read from.
pub(crate) struct Sheet {
    events: Vec<Written>,
    text: String,
}

/// An event as it was written; a line that is no JSON is a wrong event like another.
type Written = Result<Value, Problem>;

impl FromRequest<Site> for Sheet {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        let media = body::media_type(&request);
        let lines = match media.as_str() {
            "application/json" => false,
            "application/x-ndjson" | "application/jsonl" => true,
            _ => return Err(body::wrong_media_type(MEDIA)),
        };
        let text = body::text(request, site).await?;
        let events: Vec<Written> = if lines {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            // One too many tells as much as millions, of which each wrong one would be told at length.
            let lines: Vec<&str> = lines.take(EVENTS_MAX + 1).collect();
            check_count(lines.len())?;
            lines.into_iter().map(body::parse).collect()
        } else {
            let values: Vec<Value> = body::parse(&text)?;
            check_count(values.len())?;
            values.into_iter().map(Ok).collect()
        };
        Ok(Self { events, text })
    }
}

fn check_count(events: usize) -> Result<(), Problem> {
    if (1..=EVENTS_MAX).contains(&events) {
        return Ok(());
    }
    let message =
        format!("一次上报 1 至 {EVENTS_MAX} 个事件 / 1 to {EVENTS_MAX} events in a request");
    Err(Problem::wrong("event_count", &message))
}

/// 上报: events of another system, at most 1,000, all or nothing per case
///
/// What merely is odd is recorded with its defects, as evidence. Sent again, an event is known by its key.
#[utoipa::path(
    post,
    path = "/events",
    tag = "events",
    request_body(content(
        (Vec<FeedEvent> = "application/json"),
        (String = "application/x-ndjson")
    ), description = "A list, or one event a line"),
    params(
        ReportQuery,
        KeyHeader,
    ),
    responses(
        (status = 200, description = "What became of each event", body = ReportAnswer),
        Always, Refused
    )
)]
pub(crate) async fn report(
    State(site): State<Site>,
    Reporter(asker): Reporter,
    once: Once,
    Asked(asked): Asked<ReportQuery>,
    sheet: Sheet,
) -> Result<Response, Problem> {
    let quiet = asked.quiet == Some(true);
    // Who is supervised doesn't silence the warnings about himself.
    if quiet && asker.who.unit.is_some() {
        let message = "只有可及全部单位的令牌才能静默上报(quiet) / only a token of all units may report quietly";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "needs_all_units",
            message,
        ));
    }
    // Told to nobody is another request than told to everybody.
    let path = if quiet {
        "POST /events?quiet=true"
    } else {
        "POST /events"
    };
    let key = once.key(&asker.who, path, &sheet.text);
    if let Some(key) = &key
        && let Some(answer) = site.engine.kept_answer(key).await?
    {
        return Ok(kept(answer));
    }
    let sender = Sender {
        source: asker.who.name.clone(),
        unit: asker.who.unit.clone(),
        telling: if quiet {
            Telling::Silent
        } else {
            Telling::Tell
        },
    };
    let sorted = Sorted::of(sheet.events);
    let numbers: Vec<Vec<usize>> = sorted
        .cases
        .iter()
        .map(|(_, places)| places.clone())
        .collect();
    let cases = sorted.cases.into_iter().map(|(case, _)| case).collect();
    let outcomes = batch::feed(&site.engine, &sender, cases).await?;
    let mut results = sorted.results;
    for (places, outcomes) in numbers.into_iter().zip(outcomes) {
        for (place, outcome) in places.into_iter().zip(outcomes) {
            if let Some(result) = results.get_mut(place) {
                result.take(outcome);
            }
        }
    }
    answered(&site, key, ReportAnswer::of(results)).await
}

/// Answers, and keeps the answer under the request's key if nothing was rejected: what was may be right the next time, and
/// what was recorded is known again by keys of its own.
async fn answered(
    site: &Site,
    key: Option<OnceKey>,
    answer: ReportAnswer,
) -> Result<Response, Problem> {
    let Some(key) = key.filter(|_| answer.rejected == 0) else {
        return Ok(Json(answer).into_response());
    };
    let body = serde_json::to_string(&answer)
        .map_err(|_| Problem::bad_request("broken_body", "无法回答 / no answer"))?;
    let answer = KeptAnswer {
        status: 200,
        body,
        repeated: false,
    };
    match site.engine.keep_answer(key, answer.clone()).await {
        // Another request took the key while this one was recorded. It stands all the same, and that is what is told.
        Err(error) if error.kind() == KEY_REUSED => Ok(kept(answer)),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(kept(answer)),
    }
}

/// The request's events by case, in the order in which the cases first appear.
struct Sorted {
    /// Each case with the places of its events.
    cases: Vec<(FedCase, Vec<usize>)>,
    results: Vec<EventResult>,
}

impl Sorted {
    fn of(events: Vec<Written>) -> Self {
        let mut results: Vec<EventResult> = Vec::with_capacity(events.len());
        let mut cases: Vec<(FedCase, Vec<usize>)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut broken: Vec<Option<String>> = Vec::new();
        for (index, written) in events.into_iter().enumerate() {
            let text = |name: &str| {
                let value = written.as_ref().ok()?.get(name)?;
                value.as_str().map(str::to_owned)
            };
            let mut result = EventResult {
                index,
                case: text("case"),
                key: text("key"),
                result: FeedResult::Rejected,
                kind: None,
                reason: None,
            };
            match written.and_then(|value| fed(index, value)) {
                Ok((number, event)) => {
                    let place = *places.entry(number.clone()).or_insert_with(|| {
                        let events = Vec::new();
                        cases.push((FedCase { number, events }, Vec::new()));
                        cases.len() - 1
                    });
                    if let Some((case, indexes)) = cases.get_mut(place) {
                        case.events.push(event);
                        indexes.push(index);
                    }
                }
                Err(problem) => {
                    broken.push(result.case.clone());
                    result.kind = Some(problem.kind.to_string());
                    result.reason = Some(problem.words());
                }
            }
            results.push(result);
        }
        // One event that can't be read, and nothing of its case is recorded.
        let broken: Vec<String> = broken.into_iter().flatten().collect();
        cases.retain(|(case, indexes)| {
            let whole = !broken.contains(&case.number);
            for index in indexes.iter() {
                if let (false, Some(result)) = (whole, results.get_mut(*index)) {
                    result.kind = Some("other_event".to_owned());
                    result.reason = Some(
                        "同一办件的另一事件有误 / another event of the case is wrong".to_owned(),
                    );
                }
            }
            whole
        });
        Self { cases, results }
    }
}

impl EventResult {
    fn take(&mut self, outcome: FedOutcome) {
        self.result = match outcome {
            FedOutcome::Added => FeedResult::Added,
            FedOutcome::Replaced => FeedResult::Replaced,
            FedOutcome::ThereAlready => FeedResult::ThereAlready,
            FedOutcome::Rejected { kind, reason } => {
                self.kind = Some(kind.to_owned());
                self.reason = Some(reason);
                FeedResult::Rejected
            }
        };
    }
}

impl ReportAnswer {
    fn of(results: Vec<EventResult>) -> Self {
        let count = |wanted| results.iter().filter(|r| r.result == wanted).count();
        Self {
            added: count(FeedResult::Added),
            replaced: count(FeedResult::Replaced),
            there_already: count(FeedResult::ThereAlready),
            rejected: count(FeedResult::Rejected),
            results,
        }
    }
}

/// Reads one event.
fn fed(index: usize, value: Value) -> Result<(String, FedEvent), Problem> {
    let event: FeedEvent = body::read_value(value)?;
    let wrong = |message: &str| Problem::wrong("bad_event", message);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '(' | ')');
    let fits = |text: &str| (1..=KEY_CHARS_MAX).contains(&text.chars().count());
    if !fits(&event.case) || !event.case.chars().all(plain) {
        return Err(wrong(
            "办件编号由字母、数字和 - _ . : ( ) 组成,最多 128 个字符 / a case's number is of letters, digits and - _ . : ( )",
        ));
    }
    if !fits(&event.key)
        || event.key.chars().any(char::is_control)
        || event.key.starts_with(ACT_KEY_PREFIX)
    {
        return Err(wrong(
            "事件的 key 为 1 至 128 个字符,不以 api: 开头 / a key has 1 to 128 characters and doesn't begin with api:",
        ));
    }
    let version = event.data_version.unwrap_or(1);
    if version == 0 {
        return Err(wrong("data_version 从 1 起 / data_version begins with 1"));
    }
    check_needs(&event)?;
    let receipt = receipt(&event)?;
    let number = event.case.clone();
    let key = event.key.clone();
    let fed = FedEvent {
        key,
        version,
        row: row(index, event),
        receipt,
    };
    Ok((number, fed))
}

/// What some acts can't do without.
fn check_needs(event: &FeedEvent) -> Result<(), Problem> {
    let missing = match event.act {
        FeedAct::Complete | FeedAct::SendBack if event.stage.is_none() => "stage",
        FeedAct::Stop if event.procedure.is_none() => "procedure",
        FeedAct::Extend if event.working_days.is_none() => "working_days",
        FeedAct::Receive if event.item.is_none() => "item",
        _ => return Ok(()),
    };
    let message = format!("缺少字段 {missing} / the field {missing} is missing");
    Err(Problem::wrong("missing_field", &message))
}

fn receipt(event: &FeedEvent) -> Result<Option<FedReceipt>, Problem> {
    let (FeedAct::Receive, Some(item)) = (event.act, &event.item) else {
        return Ok(None);
    };
    let applicant = event.applicant.as_ref();
    check_id(applicant.and_then(|a| a.id_number.as_deref()))?;
    Ok(Some(FedReceipt {
        item: item.clone(),
        unit: event.unit.clone(),
        applicant: applicant.map(|a| Applicant {
            name: a.name.clone(),
            id_number: a.id_number.clone(),
        }),
        due: event.due_on.map_or(DueSource::None, DueSource::Date),
    }))
}

fn row(index: usize, event: FeedEvent) -> LoggedRow {
    let act = engine::import::Act::from(event.act);
    let stage = event.stage.map(approval::stage::Stage::from);
    let outcome = event.outcome.map(approval::stage::Outcome::from);
    let procedure = event.procedure.map(approval::stage::Procedure::from);
    LoggedRow {
        line: u64::try_from(index).unwrap_or(u64::MAX),
        occurred_at: event.at.0,
        activity: event.activity.unwrap_or_else(|| act.as_str().to_owned()),
        lifecycle: None,
        act,
        stage: stage.and_then(|s| engine::import::Stage::from_word(s.as_str())),
        outcome: outcome.and_then(|o| engine::import::Outcome::from_word(o.as_str())),
        procedure: procedure.and_then(|p| engine::import::Procedure::from_word(p.as_str())),
        term: event.term.and_then(|term| {
            let unit = calendar::TermUnit::from(term.unit);
            Some(LoggedTerm {
                amount: term.amount,
                unit: engine::import::TermUnit::from_word(unit.as_str())?,
            })
        }),
        working_days: event.working_days,
        approver: event.approver,
        notice: event.notice,
        reason: event.reason,
        document: event.document.map(|d| LoggedDocument {
            number: d.number,
            date: d.date,
        }),
        person: event.person,
        group: event.group,
        source_key: String::new(),
        defects: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Trial, told};

    #[tokio::test]
    async fn what_was_recorded_is_told_though_another_took_the_key() {
        let trial = Trial::new().await;
        let key = |text: &str| Some(OnceKey::new("t", "k", "POST /events", text));
        for (text, index) in [("first", 1), ("second", 2)] {
            let result = EventResult {
                index,
                case: None,
                key: None,
                result: FeedResult::Added,
                kind: None,
                reason: None,
            };
            let answer = ReportAnswer::of(vec![result]);
            let response = answered(&trial.site, key(text), answer).await.unwrap();
            let (status, _, body) = told(response).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            assert!(body.contains(&format!("\"index\":{index}")), "{body}");
        }
        let first = key("first").unwrap();
        let kept = trial.engine.kept_answer(&first).await.unwrap().unwrap();
        assert!(kept.body.contains("\"index\":1"), "the first answer stays");
    }

    #[test]
    fn bent_events_are_refused_or_read() {
        let good = [
            r#"{"key":"7-1","case":"HJ-1","act":"receive","at":"2011-10-12T09:00:00+08:00","item":"FGW-001","unit":"FGW","applicant":{"name":"甲某","id_number":"11010519491231002X"},"due_on":"2011-10-31"}"#,
            r#"{"key":"7-2","case":"HJ-1","act":"extend","at":"2011-10-12T09:00:00+08:00","working_days":10,"approver":"钱批准","data_version":2}"#,
            r#"{"key":"7-3","case":"HJ-1","act":"complete","at":"2011-10-12T09:00:00+08:00","stage":"completion","outcome":"granted","document":{"number":"焦环〔2011〕1号","date":"2011-10-11"}}"#,
        ];
        testkit::bent::check(&good.map(str::as_bytes), |bytes| {
            let text = String::from_utf8_lossy(bytes);
            match body::parse(&text).and_then(|value| fed(0, value)) {
                Ok((number, event)) => {
                    assert!(number.chars().count() <= KEY_CHARS_MAX);
                    assert!(event.version > 0 && event.key.chars().count() <= KEY_CHARS_MAX);
                    true
                }
                Err(problem) => {
                    assert!(format!("{problem:?}").len() < 8192, "{problem:?}");
                    false
                }
            }
        });
    }
}
