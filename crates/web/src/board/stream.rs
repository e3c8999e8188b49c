//! The line to one open board: server-sent events, each warning with its position in the feed as `id:`, so that a line
//! that broke goes on by `Last-Event-ID` where it was.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::supervise::FeedMark;
use futures_util::stream;
use serde::Deserialize;
use store::feed::FeedPosition;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::Interval;

use super::card;
use super::live::Tiding;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

/// How often something is done on every line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// A quiet line says that it is alive.
    pub(super) heartbeat: Duration,
    /// It is looked whether the session still runs.
    pub(super) session: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            // Well within the minute after which proxies cut a line.
            heartbeat: Duration::from_secs(15),
            // Two hundred boards cost three small reads a second.
            session: Duration::from_secs(60),
        }
    }
}

/// After how long a browser comes back when a line broke.
const COME_BACK: Duration = Duration::from_secs(2);
/// Warnings that are read at one time from the record.
const PAGE: i64 = 50;
/// Tells a proxy of nginx's kind not to gather the lines.
const NO_BUFFER: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-accel-buffering"),
    HeaderValue::from_static("no"),
);

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The position that the page was drawn at.
    #[serde(default)]
    after: String,
}

/// Opens a line.
pub(super) async fn events(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    let receiver = site.live.subscribe(&site).await?;
    // The header is the browser's own, and newer than the address of the page.
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let mark = last
        .and_then(FeedMark::parse)
        .or_else(|| FeedMark::parse(&asked.after));
    let after = match mark {
        Some(FeedMark(position)) => position,
        None => site.engine.feed_end().await?,
    };
    let told = site.live.told(&site).await?;
    let pace = site.live.pace();
    let mut check = tokio::time::interval(pace.session);
    check.reset();
    let line = Line {
        pending: VecDeque::from([moment(told.text(visitor.texts)).retry(COME_BACK)]),
        behind: true,
        over: false,
        t: visitor.texts,
        stopping: site.stopping.clone(),
        site,
        visitor,
        receiver,
        after,
        check,
    };
    let lines = stream::unfold(line, Line::next);
    let alive = KeepAlive::new().interval(pace.heartbeat).text("");
    Ok(([NO_BUFFER], Sse::new(lines).keep_alive(alive)).into_response())
}

fn moment(text: &str) -> Event {
    Event::default().event("moment").data(text)
}

struct Line {
    site: Site,
    visitor: Here,
    t: Texts,
    receiver: broadcast::Receiver<Tiding>,
    /// The last warning that was sent.
    after: FeedPosition,
    pending: VecDeque<Event>,
    /// The record may have warnings that weren't sent yet.
    behind: bool,
    over: bool,
    check: Interval,
    stopping: Option<watch::Receiver<bool>>,
}

impl Line {
    /// The next event of the line; none when it ends.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some((Ok(event), self));
            }
            if self.over {
                return None;
            }
            if self.behind {
                self.catch_up().await;
                continue;
            }
            tokio::select! {
                tiding = self.receiver.recv() => self.take(tiding),
                _ = self.check.tick() => self.check_session().await,
                () = stopped(&mut self.stopping) => self.over = true,
            }
        }
    }

    fn take(&mut self, tiding: Result<Tiding, RecvError>) {
        match tiding {
            // What the record gave already isn't told twice.
            Ok(Tiding::Card(card)) if card.position > self.after => self.send(&card),
            Ok(Tiding::Card(_)) => {}
            Ok(Tiding::Moment(told)) => self.pending.push_back(moment(told.text(self.t))),
            Err(RecvError::Lagged(_)) => self.behind = true,
            Err(RecvError::Closed) => self.over = true,
        }
    }

    fn send(&mut self, card: &card::Card) {
        let event = Event::default()
            .event("card")
            .id(FeedMark(card.position.clone()).to_string())
            .data(card.text(self.t));
        self.pending.push_back(event);
        self.after.clone_from(&card.position);
    }

    /// Reads the record after the last warning that was sent.
    async fn catch_up(&mut self) {
        let read = async {
            let alarms = self.site.engine.warnings_after(&self.after, PAGE).await?;
            let mut cards = Vec::with_capacity(alarms.len());
            for alarm in &alarms {
                cards.push(card::draw(&self.site, alarm).await?);
            }
            Ok::<_, PageError>(cards)
        };
        match read.await {
            Ok(cards) => {
                self.behind = i64::try_from(cards.len()).unwrap_or(PAGE) >= PAGE;
                for card in &cards {
                    self.send(card);
                }
            }
            Err(error) => {
                // The browser comes back with the position that it has.
                tracing::warn!(error = ?error, "a board can't be brought up to date");
                self.over = true;
            }
        }
    }

    /// A board isn't left open to whoever stands before it after the session's end.
    async fn check_session(&mut self) {
        let limits = self.site.access.limits;
        let runs = self.site.engine.session_runs(&self.visitor.token, limits);
        // A database that doesn't answer for a moment ends nobody's session.
        if !runs.await.unwrap_or(true) {
            self.pending
                .push_back(Event::default().event("ended").data("session"));
            self.over = true;
        }
    }
}

/// Waits until the service ends; for ever where nobody tells.
async fn stopped(stopping: &mut Option<watch::Receiver<bool>>) {
    if let Some(stopping) = stopping
        && stopping.wait_for(|stop| *stop).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
