//! The live board of those who supervise: a lamp for each unit, the newest warnings with their evidence, what falls due.
//!
//! `card` is a warning in one line, `moment` what changes in place, `live` the one follower of the feed in a process,
//! `stream` the line to each open board.

mod card;
mod live;
mod moment;
mod stream;
mod unit;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use engine::supervise::FeedMark;
use notify::words;

use crate::assets;
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

pub(crate) use card::{responsible, stage_of, what};
pub(crate) use live::Live;

use moment::{Lamp, Today};

/// Warnings on the page: more than a screen shows, and the list of all of them is a link away.
const CARDS: i64 = 30;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/board", get(show))
        .route("/board/events", get(stream::events))
        .route("/board/unit/{code}", get(unit::show))
}

/// Something that falls due soon.
struct DueLine {
    number: String,
    unit: String,
    stage: String,
    limit: shown::Limit,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    f: Frame,
    t: Texts,
    script: String,
    /// How far the feed was read before the page was drawn: the line goes on from there.
    mark: String,
    lamps: Vec<Lamp>,
    today: Today,
    /// Each drawn by the template that the line uses, too.
    cards: Vec<String>,
    due: Vec<DueLine>,
    due_count: i64,
    due_until: String,
}

async fn show(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    visitor.supervises()?;
    let t = visitor.texts;
    // First the mark, then what is shown: what comes between is told twice, and never lost.
    let mark = FeedMark(site.engine.feed_end().await?).to_string();
    let cards = site.live.cards(&site).await?;
    let (state, span) = site.live.state(&site).await?;
    let calendar = &visitor.books.calendar;
    let due = state.due.iter().map(|row| DueLine {
        number: row.subject.clone(),
        unit: crate::todo::unit_name(&visitor, &row.unit),
        stage: match row.stage.as_deref() {
            Some(stage) => t.word("stage", stage).to_owned(),
            None => t.say("case.order").to_owned(),
        },
        limit: crate::todo::stage_limit(&visitor, calendar, row.stage_due_at_us),
    });
    let until = calendar.office_date(span.due_to - chrono::TimeDelta::microseconds(1));
    let page = BoardPage {
        f: Frame::of(&site, &visitor, t.say("board.title")),
        t,
        script: assets::address("board.js"),
        mark,
        lamps: moment::lamps(t, &visitor.books, &state),
        today: moment::today(t, &state),
        cards: cards.iter().map(|card| card.text(t).to_owned()).collect(),
        due: due.collect(),
        due_count: state.due_count,
        due_until: words::deadline(t.language(), until, Some(span.due_to), calendar.zone()),
    };
    draw(&page)
}

#[cfg(test)]
mod tests;
