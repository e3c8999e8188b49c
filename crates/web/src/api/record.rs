//! `/cases/{number}/events` and `/explain`: what stands in the record, and how its dates are counted.

use axum::Json;
use axum::extract::{Path, State};
use engine::answer::instant_text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answers::{Always, OfOne, OfQuery};
use super::caller::Reader;
use super::problem::Problem;
use crate::site::Site;

/// An event of the record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventAnswer {
    /// Its number within the case, from 1.
    seq: i64,
    /// What happened.
    #[schema(example = "stage_completed")]
    kind: String,
    /// When it happened.
    occurred_at: String,
    /// When it was recorded.
    recorded_at: String,
    /// Who did it; none is the program.
    #[schema(required)]
    by: Option<String>,
    /// For whom a stand-in acted.
    #[serde(rename = "for")]
    #[schema(required)]
    stands_for: Option<String>,
    /// Why it was recorded late.
    #[schema(required)]
    late_reason: Option<String>,
    /// What is irregular about it.
    defects: Vec<String>,
    /// The key under which another system reported it, or the token by which it was done.
    #[schema(required)]
    source_key: Option<String>,
    /// Whether a later event annuls it.
    annulled: bool,
    /// The event as it is stored: the text that the hash covers.
    payload: String,
    /// `sm3` or `sha256`.
    hash_algorithm: String,
    /// The hash of the event before.
    previous_hash: String,
    /// Its hash.
    hash: String,
}

/// The events of a case.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsAnswer {
    /// The case's number.
    case: String,
    /// Its events, the first first.
    events: Vec<EventAnswer>,
}

/// The events of a case, with their hashes
#[utoipa::path(
    get,
    path = "/cases/{number}/events",
    tag = "cases",
    params(("number" = String, Path, description = "The case's number", example = "410800-GSJ-20110926-0001")),
    responses((status = 200, description = "Its events", body = EventsAnswer), Always, OfOne)
)]
pub(crate) async fn events(
    State(site): State<Site>,
    Reader(asker): Reader,
    Path(number): Path<String>,
) -> Result<Json<EventsAnswer>, Problem> {
    let seen = asker.case(&site, &number).await?;
    let rows = site.engine.events(&number).await?;
    let annulled = seen.subject.annulled();
    let calendar = &seen.books.calendar;
    let history = seen.subject.history.iter();
    let events = history.filter_map(|event| {
        // Both go by their numbers; a case may have thousands of them.
        let place = rows.binary_search_by_key(&event.seq, |row| row.seq);
        let row = rows.get(place.ok()?)?;
        Some(EventAnswer {
            seq: event.seq,
            kind: event.event.kind().to_owned(),
            occurred_at: instant_text(calendar, event.occurred_at),
            recorded_at: instant_text(calendar, event.recorded_at),
            by: event.by.as_ref().map(|by| by.as_str().to_owned()),
            stands_for: event.stands_for.as_ref().map(|p| p.as_str().to_owned()),
            late_reason: event.late_reason.clone(),
            defects: event
                .defects
                .iter()
                .map(|d| d.as_str().to_owned())
                .collect(),
            source_key: event.source_key.clone(),
            annulled: annulled.contains(&event.seq),
            payload: row.payload.clone(),
            hash_algorithm: row.hash_algorithm.clone(),
            previous_hash: row.previous_hash.clone(),
            hash: row.hash.clone(),
        })
    });
    Ok(Json(EventsAnswer {
        case: number,
        events: events.collect(),
    }))
}

/// A day of a count.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedDay {
    date: String,
    counted: bool,
    /// Why, or why not.
    why: String,
    /// Which of the counted days it is.
    #[schema(required)]
    number: Option<i64>,
}

/// What a count rests on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasisAnswer {
    article: String,
    text: String,
    valid_from: String,
}

/// The count of one clock.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockCount {
    #[schema(example = "promised")]
    clock: String,
    /// Its Chinese name.
    name: String,
    /// The version of the calendar.
    calendar: String,
    /// As `15wd`, or `given` and a day.
    term: String,
    start: String,
    day0: String,
    #[schema(required)]
    due_on: Option<String>,
    #[schema(required)]
    due_at: Option<String>,
    #[schema(required)]
    ended_at: Option<String>,
    days: Vec<CountedDay>,
    #[schema(value_type = Vec<Object>)]
    extensions: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    stops: Vec<Value>,
    basis: Vec<BasisAnswer>,
}

/// How the dates of a case are counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainAnswer {
    case: String,
    clocks: Vec<ClockCount>,
}

/// How the dates of a case are counted, day by day
///
/// The object of `shixian explain --json`, with the articles as they were in force.
#[utoipa::path(
    get,
    path = "/cases/{number}/explain",
    tag = "cases",
    params(("number" = String, Path, description = "The case's number", example = "410800-GSJ-20110926-0001")),
    responses((status = 200, description = "The count of each clock", body = ExplainAnswer), Always, OfOne, OfQuery)
)]
pub(crate) async fn explain(
    State(site): State<Site>,
    Reader(asker): Reader,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    asker.case(&site, &number).await?;
    Ok(Json(site.engine.explain(&number).await?))
}
