//! `/orders`: supervision orders of the token's unit, and its replies.

use approval::command::Command;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::Seen;
use engine::answer::subject_json;
use engine::once::Deed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::todo::NO_DATE_US;
use utoipa::{IntoParams, ToSchema};

use super::answers::{Always, OfOne, OfQuery, OrderAnswer, Refused};
use super::body::{Asked, KeyHeader, Once, Told};
use super::caller::{Actor, Asker, Reader};
use super::cases::{Said, kept, page_rows, unit_asked};
use super::problem::Problem;
use super::words::{Instant, shown};
use crate::paging;
use crate::site::Site;

/// The states of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderState {
    /// Waits for the unit's reply.
    #[default]
    Issued,
    /// Waits for an inspector.
    Replied,
    /// 销号
    Closed,
}

impl OrderState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Replied => "replied",
            Self::Closed => "closed",
        }
    }
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// Of one unit. A token of a unit sees its own only.
    unit: Option<String>,
    /// In which state; `issued`, unless it is said.
    #[param(inline)]
    state: Option<OrderState>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, 100 unless it is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// A line of the list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OrderLine {
    order: String,
    unit: String,
    state: String,
    /// The case that it is about.
    #[schema(required)]
    about: Option<String>,
    issued_at: String,
    /// When its term ends.
    #[schema(required)]
    due_at: Option<String>,
    #[schema(required)]
    highest_level: Option<String>,
}

/// A page of the list, the nearest term first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OrderPage {
    /// The orders.
    orders: Vec<OrderLine>,
    /// What to give as `after` for the next page; none on the last.
    #[schema(required)]
    next: Option<String>,
}

/// Supervision orders in a state, the nearest term first
#[utoipa::path(
    get,
    path = "/orders",
    tag = "orders",
    params(OrderQuery),
    responses((status = 200, description = "A page of the list", body = OrderPage), Always, OfOne, OfQuery)
)]
pub(crate) async fn list(
    State(site): State<Site>,
    Reader(asker): Reader,
    Asked(asked): Asked<OrderQuery>,
) -> Result<Json<OrderPage>, Problem> {
    let limit = page_rows(asked.limit)?;
    let unit = unit_asked(&asker, asked.unit.as_deref())?;
    let after = match asked.after.as_deref() {
        None | Some("") => (i64::MIN, ""),
        Some(text) => paging::parse(text).ok_or_else(|| {
            let message = "after 须为上一页的 next / after is the next of the page before";
            Problem::wrong("bad_query", message)
        })?,
    };
    let state = asked.state.unwrap_or_default();
    let wanted = paging::wanted(limit);
    let rows = site
        .engine
        .orders(state.as_str(), unit.as_deref(), after, wanted);
    let mut rows = rows.await?;
    let next = paging::cut(&mut rows, limit, |row| {
        paging::place(row.stage_due_at_us.unwrap_or(NO_DATE_US), &row.subject)
    });
    let calendar = &asker.books.calendar;
    let orders = rows.into_iter().map(|row| OrderLine {
        issued_at: shown(calendar, row.received_at_us),
        due_at: row.stage_due_at_us.map(|us| shown(calendar, us)),
        order: row.subject,
        unit: row.unit,
        state: row.state,
        about: row.about,
        highest_level: row.highest_level,
    });
    Ok(Json(OrderPage {
        orders: orders.collect(),
        next,
    }))
}

/// One supervision order
#[utoipa::path(
    get,
    path = "/orders/{number}",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number", example = "DB-410800-GSJ-20110926-0001")),
    responses((status = 200, description = "The order as it stands", body = OrderAnswer), Always, OfOne)
)]
pub(crate) async fn show(
    State(site): State<Site>,
    Reader(asker): Reader,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let seen = order(&site, &asker, &number).await?;
    Ok(Json(subject_json(&seen)))
}

async fn order(site: &Site, asker: &Asker, number: &str) -> Result<Seen, Problem> {
    let seen = asker.look(site, number).await?;
    match seen.subject.order() {
        Some(_) => Ok(seen),
        None => Err(Problem::not_found(number)),
    }
}

/// A unit's reply.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"by": "D1", "text": "已补办并通知申请人"}))]
pub(crate) struct NewReply {
    /// Who replies: a person of the unit.
    by: String,
    /// For whom a stand-in acts (AB岗).
    #[serde(default, rename = "for")]
    stands_for: Option<String>,
    /// The reply.
    text: String,
    /// When it was given; now, unless it is said.
    #[serde(default)]
    at: Option<Instant>,
    /// Why it is recorded late.
    #[serde(default)]
    late_reason: Option<String>,
}

/// 回复: replies to a supervision order
#[utoipa::path(
    post,
    path = "/orders/{number}/replies",
    tag = "orders",
    request_body = NewReply,
    params(
        ("number" = String, Path, description = "The order's number", example = "DB-410800-GSJ-20110926-0001"),
        KeyHeader,
    ),
    responses(
        (status = 200, description = "The order as it stands now", body = OrderAnswer),
        Always, OfOne, Refused
    )
)]
pub(crate) async fn reply(
    State(site): State<Site>,
    Actor(asker): Actor,
    Path(number): Path<String>,
    once: Once,
    told: Told<NewReply>,
) -> Result<Response, Problem> {
    order(&site, &asker, &number).await?;
    let new = told.what;
    let said = Said {
        by: &new.by,
        stands_for: new.stands_for.as_deref(),
        at: new.at,
        late_reason: new.late_reason.as_deref(),
    };
    let act = said.act(&asker)?;
    let key = once.key(
        &asker.who,
        &format!("POST /orders/{number}/replies"),
        &told.text,
    );
    let deed = Deed::Act {
        subject: number,
        seen_seq: i64::MAX,
        command: Command::ReplyOrder { text: new.text },
    };
    Ok(kept(site.engine.once(deed, act, key).await?))
}
