//! `/cases`: receiving an application, the list, one case.

use approval::command::{Act, Origin};
use approval::ids::ItemCode;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use calendar::Calendar;
use engine::answer::subject_json;
use engine::once::{Deed, KeptAnswer, act_key};
use engine::{Application, EngineError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::subject::SubjectRow;
use utoipa::{IntoParams, ToSchema};

use super::BASE;
use super::answers::{Always, CaseAnswer, OfOne, OfQuery, Refused};
use super::body::{Asked, KeyHeader, Once, Told};
use super::caller::{Actor, Asker, Reader};
use super::problem::Problem;
use super::words::{Instant, shown};
use crate::paging;
use crate::site::Site;

/// Cases on a page unless another number is asked for.
const PAGE_ROWS: u16 = 100;
/// The most on a page.
pub(crate) const PAGE_ROWS_MAX: u16 = 500;
/// Marks an answer that was given before.
const REPEATED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The states of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaseState {
    /// To be accepted, or told what is missing.
    Received,
    /// Told what is missing.
    AwaitingSupply,
    /// In one of the stages 2 to 5.
    Open,
    /// Completed.
    Completed,
    /// Withdrawn, ended, void, deleted.
    Closed,
}

impl CaseState {
    const ALL: [Self; 5] = [
        Self::Received,
        Self::AwaitingSupply,
        Self::Open,
        Self::Completed,
        Self::Closed,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::AwaitingSupply => "awaiting_supply",
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Closed => "closed",
        }
    }
}

/// Who says what, when: common to all acts.
#[derive(Clone, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) by: &'a str,
    pub(crate) stands_for: Option<&'a str>,
    pub(crate) at: Option<Instant>,
    pub(crate) late_reason: Option<&'a str>,
}

impl Said<'_> {
    /// The act, in the name of a person within the token's reach. The record keeps which token was used.
    pub(crate) fn act(&self, asker: &Asker) -> Result<Act, Problem> {
        Ok(Act {
            by: Some(asker.person(self.by)?),
            stands_for: self.stands_for.map(|p| asker.person(p)).transpose()?,
            at: self.at.map(|at| at.0),
            late_reason: self.late_reason.map(str::to_owned),
            source_key: Some(act_key(&asker.who.token)?),
            origin: Origin::Desk,
        })
    }
}

/// An application as the window takes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "by": "C1", "item": "GSJ-001", "applicant": "焦作某某有限公司", "missing": ["可行性研究报告"]
}))]
pub(crate) struct NewCase {
    /// The person who receives it: a code of the token's unit.
    by: String,
    /// For whom a stand-in acts.
    #[serde(default, rename = "for")]
    stands_for: Option<String>,
    /// The item's code.
    item: String,
    /// The applicant's name.
    #[schema(min_length = 1)]
    applicant: String,
    /// The applicant's ID number or credit code; its check character is checked.
    #[serde(default)]
    id_number: Option<String>,
    /// Whom to ask about it, if that is somebody else.
    #[serde(default)]
    contact: Option<String>,
    /// Where a call reaches the applicant.
    #[serde(default)]
    phone: Option<String>,
    /// Everything that is missing: the one-time notice goes out with the receipt.
    #[serde(default)]
    missing: Vec<String>,
    /// When it was received; now, unless it is said.
    #[serde(default)]
    at: Option<Instant>,
    /// Why it is recorded late.
    #[serde(default)]
    late_reason: Option<String>,
}

/// 收件: receives an application and gives it a number
///
/// Acceptance is an act of its own, `POST /cases/{number}/acts`.
#[utoipa::path(
    post,
    path = "/cases",
    tag = "cases",
    request_body = NewCase,
    params(KeyHeader),
    responses(
        (status = 201, description = "It is received", body = CaseAnswer,
            headers(("Location" = String, description = "The address of the case"))),
        Always, Refused
    )
)]
pub(crate) async fn receive(
    State(site): State<Site>,
    Actor(asker): Actor,
    once: Once,
    told: Told<NewCase>,
) -> Result<Response, Problem> {
    let new = told.what;
    let said = Said {
        by: &new.by,
        stands_for: new.stands_for.as_deref(),
        at: new.at,
        late_reason: new.late_reason.as_deref(),
    };
    let act = said.act(&asker)?;
    let at = act.at.unwrap_or(asker.now);
    let item = asker
        .books
        .item_in_force(&ItemCode::new(new.item.clone()), at)?;
    if !asker.who.reaches(&item.unit) {
        // As if there were no such item.
        return Err(Problem::from(approval::Refusal::Unknown {
            what: "事项",
            code: new.item,
        }));
    }
    let deed = Deed::Receive(Application {
        item: new.item,
        applicant: new.applicant,
        id_number: new.id_number,
        contact: new.contact,
        phone: new.phone,
        missing: new.missing,
    });
    let key = once.key(&asker.who, "POST /cases", &told.text);
    let answer = site.engine.once(deed, act, key).await?;
    Ok(kept(answer))
}

/// The answer to an act. A new case says where it is.
pub(crate) fn kept(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let location = match status {
        StatusCode::CREATED => location(&answer.body),
        _ => None,
    };
    let repeated = answer.repeated;
    let json = [(CONTENT_TYPE, "application/json")];
    let mut response = (status, json, answer.body).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    if repeated {
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(REPEATED, yes);
    }
    response
}

fn location(body: &str) -> Option<HeaderValue> {
    let object: Value = serde_json::from_str(body).ok()?;
    let number = object.get("case")?.as_str()?;
    HeaderValue::from_str(&format!("{BASE}/cases/{number}")).ok()
}

/// One case
#[utoipa::path(
    get,
    path = "/cases/{number}",
    tag = "cases",
    params(("number" = String, Path, description = "The case's number", example = "410800-GSJ-20110926-0001")),
    responses((status = 200, description = "The case as it stands", body = CaseAnswer), Always, OfOne)
)]
pub(crate) async fn show(
    State(site): State<Site>,
    Reader(asker): Reader,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let seen = asker.case(&site, &number).await?;
    Ok(Json(subject_json(&seen)))
}

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseQuery {
    /// Of one unit. A token of a unit sees its own only.
    unit: Option<String>,
    /// In one state. A token of all units must name the unit then.
    state: Option<CaseState>,
    /// After this number: `next` of the page before.
    after: Option<String>,
    /// How many, 100 unless it is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// A line of the list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CaseLine {
    case: String,
    unit: String,
    #[schema(required)]
    item: Option<String>,
    state: String,
    #[schema(required)]
    stage: Option<String>,
    #[schema(required)]
    outcome: Option<String>,
    received_at: String,
    #[schema(required)]
    accepted_at: Option<String>,
    #[schema(required)]
    completed_at: Option<String>,
    #[schema(required)]
    promised_due_at: Option<String>,
    #[schema(required)]
    statutory_due_at: Option<String>,
    #[schema(required)]
    stage_due_at: Option<String>,
    /// `notice`, `yellow` or `red`: the highest warning that stands against it.
    #[schema(required)]
    highest_level: Option<String>,
    /// Whether a date lies where the calendar isn't final.
    provisional: bool,
    /// The number of its last event.
    seq: i64,
    /// The system that reported it, if it wasn't a desk.
    #[schema(required)]
    source: Option<String>,
}

impl CaseLine {
    fn of(calendar: &Calendar, row: SubjectRow) -> Self {
        let at = |us: Option<i64>| us.map(|us| shown(calendar, us));
        Self {
            received_at: shown(calendar, row.received_at_us),
            accepted_at: at(row.accepted_at_us),
            completed_at: at(row.completed_at_us),
            promised_due_at: at(row.promised_due_at_us),
            statutory_due_at: at(row.statutory_due_at_us),
            stage_due_at: at(row.stage_due_at_us),
            case: row.subject,
            unit: row.unit,
            item: row.item,
            state: row.state,
            stage: row.stage,
            outcome: row.outcome,
            highest_level: row.highest_level,
            provisional: row.provisional,
            seq: row.seq,
            source: row.source,
        }
    }
}

/// A page of the list, by number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CasePage {
    /// The cases.
    cases: Vec<CaseLine>,
    /// What to give as `after` for the next page; none on the last.
    #[schema(required)]
    next: Option<String>,
}

/// The list of cases, by number
#[utoipa::path(
    get,
    path = "/cases",
    tag = "cases",
    params(CaseQuery),
    responses((status = 200, description = "A page of the list", body = CasePage), Always, OfOne, OfQuery)
)]
pub(crate) async fn list(
    State(site): State<Site>,
    Reader(asker): Reader,
    Asked(asked): Asked<CaseQuery>,
) -> Result<Json<CasePage>, Problem> {
    let limit = page_rows(asked.limit)?;
    let unit = unit_asked(&asker, asked.unit.as_deref())?;
    let after = asked.after.as_deref().unwrap_or_default();
    let states: Vec<&str> = match asked.state {
        Some(state) => vec![state.as_str()],
        None => CaseState::ALL.map(CaseState::as_str).to_vec(),
    };
    let wanted = paging::wanted(limit);
    let mut rows = match &unit {
        Some(unit) => site.engine.cases_of(unit, &states, after, wanted).await?,
        None if asked.state.is_some() => {
            let message = "按状态查询须同时指明单位 / name the unit with the state";
            return Err(Problem::wrong("unit_needed", message));
        }
        None => site.engine.cases(after, wanted).await?,
    };
    let next = paging::cut(&mut rows, limit, |row| row.subject.clone());
    let calendar = &asker.books.calendar;
    let cases = rows.into_iter().map(|row| CaseLine::of(calendar, row));
    Ok(Json(CasePage {
        cases: cases.collect(),
        next,
    }))
}

/// How many rows are asked for.
pub(crate) fn page_rows(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(PAGE_ROWS) {
        rows @ 1..=PAGE_ROWS_MAX => Ok(usize::from(rows)),
        _ => {
            let message = format!("limit 为 1 至 {PAGE_ROWS_MAX} / limit is 1 to {PAGE_ROWS_MAX}");
            Err(Problem::bad_request("bad_query", &message))
        }
    }
}

/// The unit whose list is asked for: the token's own, or one that is there. A foreign one is as if it weren't.
pub(crate) fn unit_asked(asker: &Asker, asked: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(code) = asked else {
        return Ok(asker.who.unit.as_ref().map(|own| own.as_str().to_owned()));
    };
    let unit = approval::ids::UnitCode::new(code);
    if asker.who.reaches(&unit) && asker.books.directory.unit(&unit).is_some() {
        return Ok(Some(code.to_owned()));
    }
    let message = format!("没有单位“{code}” / unknown unit {code}");
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        EngineError::from(approval::Refusal::Unknown {
            what: "单位",
            code: String::new(),
        })
        .kind(),
        &message,
    ))
}
