//! `/calendar/days/{date}` and `/clock/due`: which days work, and when a limit ends.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::NaiveDate;
use engine::clock_questions;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::answers::{Always, OfOne, Refused};
use super::body::Told;
use super::caller::Reader;
use super::problem::Problem;
use super::words::Term;

/// A day of the calendar.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DayAnswer {
    #[schema(format = Date, example = "2011-10-08")]
    date: String,
    /// Whether it is a working day.
    working: bool,
    /// Why, or why not.
    #[schema(example = "国庆节调休上班")]
    why: String,
    /// Its office hours.
    #[schema(example = json!(["08:30-12:00", "14:30-17:30"]))]
    hours: Vec<String>,
    /// Whether a notice to come may still move it.
    provisional: bool,
}

/// Whether a day works, and why
#[utoipa::path(
    get,
    path = "/calendar/days/{date}",
    tag = "calendar",
    params(("date" = String, Path, description = "The day", example = "2011-10-08")),
    responses((status = 200, description = "The day", body = DayAnswer), Always, OfOne)
)]
pub(crate) async fn day(
    Reader(asker): Reader,
    Path(date): Path<String>,
) -> Result<Json<DayAnswer>, Problem> {
    let nowhere = |message: &str| Problem::new(StatusCode::NOT_FOUND, "not_covered", message);
    let Ok(date) = date.parse::<NaiveDate>() else {
        return Err(nowhere(
            "没有这一天,日期写作 2011-10-08 / there is no such day, write 2011-10-08",
        ));
    };
    let calendar = &asker.books.calendar;
    let day = calendar
        .day(date)
        .map_err(|e| nowhere(&approval::Refusal::from(e).to_string()))?;
    Ok(Json(DayAnswer {
        date: date.to_string(),
        working: day.working,
        why: day.why,
        hours: day.hours.iter().map(ToString::to_string).collect(),
        provisional: date > calendar.final_to(),
    }))
}

/// An interval that isn't counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StopQuestion {
    #[schema(format = DateTime, example = "2011-10-10T09:00:00+08:00")]
    from: String,
    /// Absent: it is open.
    #[serde(default)]
    #[schema(format = DateTime, example = "2011-10-12T09:00:00+08:00")]
    to: Option<String>,
}

/// When does a limit end?
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "start": "2011-09-26T10:00:00+08:00",
    "term": {"amount": 20, "unit": "working_days"},
    "stops": [{"from": "2011-10-10T09:00:00+08:00", "to": "2011-10-12T09:00:00+08:00"}]
}))]
pub(crate) struct DueQuestion {
    /// When it starts; that day isn't counted.
    #[schema(format = DateTime)]
    start: String,
    term: Term,
    #[serde(default)]
    stops: Option<Vec<StopQuestion>>,
    /// What is added to the term.
    #[serde(default)]
    extension: Option<Term>,
}

/// When it ends; both none while a stop is open.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"due_on": "2011-10-31", "due_at": "2011-11-01T00:00:00+08:00"}))]
pub(crate) struct DueAnswer {
    #[schema(required, format = Date)]
    due_on: Option<String>,
    #[schema(required, format = DateTime)]
    due_at: Option<String>,
}

/// When a limit ends, as `shixian clock` answers it
#[utoipa::path(
    post,
    path = "/clock/due",
    tag = "calendar",
    request_body = DueQuestion,
    responses((status = 200, description = "Its end", body = DueAnswer), Always, Refused)
)]
pub(crate) async fn due(
    Reader(asker): Reader,
    told: Told<DueQuestion>,
) -> Result<Json<DueAnswer>, Problem> {
    let mut question = json!(told.what);
    if let Some(fields) = question.as_object_mut() {
        fields.insert("op".to_owned(), json!("due"));
    }
    let answer = clock_questions::answer(&asker.books.calendar, &question.to_string());
    if let Some(error) = answer.get("error") {
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let (kind, message) = (text("kind"), text("message"));
        return Err(Problem::wrong(
            kind,
            &format!("时限问题有误({message}) / {message}"),
        ));
    }
    let field = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Json(DueAnswer {
        due_on: field("due_on"),
        due_at: field("due_at"),
    }))
}
