//! An outage's page: what it touches, gone through in one act. What was ticked is taken away, the rest of what was shown
//! stays, and what wasn't shown is left alone.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::Form;
use engine::outage::{Ticks, TouchedCard, card_name};
use serde::Deserialize;

use crate::case::clock_name;
use crate::frame::{self, Frame};
use crate::level::Mark;
use crate::outages::{self, Line, PATH};
use crate::page::{PageError, draw_as};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/outages/{number}", get(show))
        .route("/outages/{number}/settle", post(settle))
}

/// A card that the outage touches.
struct Card {
    /// As it stands in the form.
    name: String,
    number: String,
    seq: i64,
    mark: Mark,
    unit: String,
    clock: String,
    limit_at: String,
    recorded_at: String,
    /// Why it is touched.
    why: String,
    kept: bool,
    ticked: bool,
}

fn card(visitor: &Visitor, found: &TouchedCard, ticked: &Ticked) -> Card {
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let brief = |at| shown::brief(t.language(), calendar, at, visitor.now);
    let name = format!("{}:{}", found.subject, found.seq);
    Card {
        ticked: !ticked.all.is_empty() || ticked.card.contains(&name),
        name,
        number: found.subject.clone(),
        seq: found.seq,
        mark: Mark::of(t, found.level),
        unit: unit_name(visitor, &found.unit),
        clock: clock_name(t, found.clock),
        limit_at: brief(found.limit_at),
        recorded_at: brief(found.recorded_at),
        why: t.word("outage_touch", found.touch.as_str()).to_owned(),
        kept: found.kept,
    }
}

/// What was ticked and typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Ticked {
    /// All are ticked beforehand.
    all: String,
    /// The cards that were on the page.
    shown: Vec<String>,
    /// Those that were ticked.
    card: Vec<String>,
    reason: String,
    /// None is taken away.
    keep_all: String,
}

#[derive(Template)]
#[template(path = "outage.html")]
struct OutagePage {
    f: Frame,
    t: Texts,
    outage: Line,
    settled_reason: String,
    cards: Vec<Card>,
    revoked: Vec<Card>,
    may_settle: bool,
    all: bool,
    reason: String,
    error: Option<String>,
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Query(asked): Query<Shown>,
) -> Result<Response, PageError> {
    outages::seen_by(&visitor)?;
    let ticked = Ticked {
        all: asked.all,
        ..Ticked::default()
    };
    page(&site, &visitor, &number, &ticked, None).await
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
struct Shown {
    #[serde(default)]
    all: String,
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    ticked: &Ticked,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let review = site.engine.review_outage(number).await?;
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let cards = |found: &[TouchedCard]| -> Vec<Card> {
        let cards = found.iter();
        cards.map(|found| card(visitor, found, ticked)).collect()
    };
    let title = format!("{} {number}", t.say("outages.outage"));
    let page = OutagePage {
        f: Frame::of(site, visitor, &title),
        t,
        outage: outages::line(visitor, &review.outage),
        settled_reason: review.outage.settled_reason.clone().unwrap_or_default(),
        cards: cards(&review.cards),
        revoked: cards(&review.revoked),
        may_settle: outages::inspector(visitor).is_ok(),
        all: !ticked.all.is_empty(),
        reason: ticked.reason.clone(),
        error,
    };
    draw_as(status, &page)
}

/// Goes through the cards in one act. Refused, the page comes back with all that was ticked and typed.
async fn settle(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Form(ticked): Form<Ticked>,
) -> Result<Response, PageError> {
    let act = outages::inspector(&visitor)?;
    let t = visitor.texts;
    let keeps_all = !ticked.keep_all.is_empty();
    if ticked.card.is_empty() && !keeps_all {
        let told = t.say("outages.nothing_ticked").to_owned();
        return page(&site, &visitor, &number, &ticked, Some(told)).await;
    }
    let named = |names: &[String]| -> Vec<(String, i64)> {
        let names = names.iter();
        names.filter_map(|name| card_name(name)).collect()
    };
    let mut ticks = Ticks {
        revoke: named(&ticked.card),
        keep: named(&ticked.shown),
    };
    if keeps_all {
        ticks.revoke.clear();
    }
    ticks.keep.retain(|card| !ticks.revoke.contains(card));
    let settled = site
        .engine
        .settle_outage_ticked(&number, &ticks, &ticked.reason, act)
        .await;
    match settled {
        Ok(settled) => {
            let (revoked, kept) = (settled.revoked.len(), settled.kept.len());
            tracing::info!(outage = %number, revoked, kept, "the cards of an outage were gone through");
            let to = format!("{PATH}/{number}?done=settle_outage");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error)
            if error.is_refusal() && !matches!(error, engine::EngineError::NotFound { .. }) =>
        {
            let told = frame::one_language(t, &error.to_string());
            page(&site, &visitor, &number, &ticked, Some(told)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
