//! One follower of the feed in each process, however many boards are open, and none while nobody looks.
//!
//! It reads the feed as soon as this process has recorded something, and each second for what others have recorded. What
//! it finds is drawn once and handed to all boards. A board goes on from any position of the feed by reading the record,
//! so nothing depends on what the follower has kept.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::Clock;
use engine::supervise::{Alarm, BoardSpan, BoardState};
use notify::Language;
use store::feed::FeedPosition;
use tokio::sync::{Mutex, broadcast};

use super::card::{self, Card};
use super::stream::Pace;
use super::{CARDS, moment};
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;

/// How often the feed is looked at for what other processes have recorded: a card is on every board within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What is recorded at one time, as by a sweep, is read at one time.
const GATHERED_FOR: Duration = Duration::from_millis(50);
/// How long what a page shows is kept: many boards that are opened at once cost one look.
const KEPT_US: i64 = 1_000_000;
/// How often lamps and counts are read while much is recorded.
const MOMENT_US: i64 = 500_000;
/// Rows of what falls due.
const DUE: i64 = 20;
/// Tidings that a slow board may be behind before it reads the record instead.
const BEHIND_MAX: usize = 256;

/// What is sent to every board.
#[derive(Clone, Debug)]
pub(super) enum Tiding {
    /// A new warning.
    Card(Arc<Card>),
    /// How it stands, in Chinese and English.
    Moment(Arc<Told>),
}

/// The moment as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    zh: String,
    en: String,
}

impl Told {
    /// The text in a language.
    pub(super) fn text(&self, t: Texts) -> &str {
        t.language().pick(&self.zh, &self.en)
    }
}

/// What is kept for a second.
#[derive(Debug)]
struct Kept<T> {
    /// The machine's instant of the look.
    read_at: DateTime<Utc>,
    value: T,
}

/// The boards of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    inner: Arc<Inner>,
    pace: Pace,
}

#[derive(Debug)]
struct Inner {
    sender: broadcast::Sender<Tiding>,
    /// Whether a follower runs.
    follows: Mutex<bool>,
    state: Mutex<Option<Kept<(BoardState, BoardSpan)>>>,
    cards: Mutex<Option<Kept<Vec<Arc<Card>>>>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                sender: broadcast::Sender::new(BEHIND_MAX),
                follows: Mutex::default(),
                state: Mutex::default(),
                cards: Mutex::default(),
            }),
            pace: Pace::default(),
        }
    }
}

fn fresh<T: Clone>(kept: &Option<Kept<T>>, now: DateTime<Utc>) -> Option<T> {
    let kept = kept.as_ref()?;
    let age_us = (now - kept.read_at).num_microseconds().unwrap_or(i64::MAX);
    (0..KEPT_US).contains(&age_us).then(|| kept.value.clone())
}

impl Live {
    /// How often something is done on every line.
    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    /// The same at another pace: a test doesn't wait for a minute.
    #[cfg(test)]
    pub(super) fn at(pace: Pace) -> Self {
        Self {
            pace,
            ..Self::default()
        }
    }

    /// Everything from here on. What came before is in the record: whoever reads that after this call misses nothing.
    pub(super) async fn subscribe(
        &self,
        site: &Site,
    ) -> Result<broadcast::Receiver<Tiding>, PageError> {
        let receiver = self.inner.sender.subscribe();
        let mut follows = self.inner.follows.lock().await;
        if !*follows {
            let from = site.engine.feed_end().await?;
            *follows = true;
            tokio::spawn(follow(site.clone(), self.clone(), from));
        }
        Ok(receiver)
    }

    /// How it stands, at most a second old.
    pub(super) async fn state(&self, site: &Site) -> Result<(BoardState, BoardSpan), PageError> {
        let now = Clock::System.now();
        let mut kept = self.inner.state.lock().await;
        if let Some(state) = fresh(&kept, now) {
            return Ok(state);
        }
        let state = read_state(site).await?;
        *kept = Some(Kept {
            read_at: now,
            value: state.clone(),
        });
        Ok(state)
    }

    /// How it stands now, after something was recorded.
    async fn renewed(&self, site: &Site) -> Result<BoardState, PageError> {
        let read_at = Clock::System.now();
        let value = read_state(site).await?;
        let mut kept = self.inner.state.lock().await;
        *kept = Some(Kept {
            read_at,
            value: value.clone(),
        });
        Ok(value.0)
    }

    /// The same as it is sent.
    pub(super) async fn told(&self, site: &Site) -> Result<Told, PageError> {
        let (state, _) = self.state(site).await?;
        told(site, &state).await
    }

    /// The newest warnings, at most a second old, the newest first.
    pub(super) async fn cards(&self, site: &Site) -> Result<Vec<Arc<Card>>, PageError> {
        let now = Clock::System.now();
        let mut kept = self.inner.cards.lock().await;
        if let Some(cards) = fresh(&kept, now) {
            return Ok(cards);
        }
        let alarms = site.engine.newest_warnings(CARDS).await?;
        let mut cards = Vec::with_capacity(alarms.len());
        for alarm in &alarms {
            cards.push(Arc::new(card::draw(site, alarm).await?));
        }
        *kept = Some(Kept {
            read_at: now,
            value: cards.clone(),
        });
        Ok(cards)
    }

    /// Whether the follower may end: nobody looks, and whoever comes now starts another.
    async fn deserted(&self) -> bool {
        let mut follows = self.inner.follows.lock().await;
        if self.inner.sender.receiver_count() > 0 {
            return false;
        }
        *follows = false;
        true
    }

    fn send(&self, tiding: Tiding) {
        // Nobody may be left to hear it; the next round ends the follower then.
        self.inner.sender.send(tiding).unwrap_or_default();
    }
}

async fn read_state(site: &Site) -> Result<(BoardState, BoardSpan), PageError> {
    let books = site.engine.books(site.engine.division()).await?;
    let span = moment::span(&books.calendar, site.engine.clock().now());
    Ok((site.engine.board(span, DUE).await?, span))
}

async fn told(site: &Site, state: &BoardState) -> Result<Told, PageError> {
    let books = site.engine.books(site.engine.division()).await?;
    let text = |language| moment::told(Texts::of(language), &books, state);
    Ok(Told {
        zh: text(Language::Zh),
        en: text(Language::En),
    })
}

/// Follows the feed until nobody looks any more.
async fn follow(site: Site, live: Live, from: FeedPosition) {
    let mut recorded = site.engine.recorded();
    let mut follower = Follower {
        position: from,
        stale: true,
        read_at: DateTime::<Utc>::MIN_UTC,
        last: None,
    };
    tracing::debug!("the board's follower begins");
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            changed = recorded.changed() => match changed {
                Ok(()) => tokio::time::sleep(GATHERED_FOR).await,
                // The engine lives as long as the site does.
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            },
        }
        if live.deserted().await {
            tracing::debug!("the board's follower ends");
            return;
        }
        if let Err(error) = follower.round(&site, &live).await {
            // The position stays, so nothing is lost: the next round reads it again.
            tracing::warn!(error = ?error, "the feed can't be read for the boards");
        }
    }
}

/// Where the one follower stands.
struct Follower {
    position: FeedPosition,
    /// Something was recorded since the moment was read.
    stale: bool,
    /// When the moment was read last.
    read_at: DateTime<Utc>,
    /// What was sent last.
    last: Option<BoardState>,
}

impl Follower {
    async fn round(&mut self, site: &Site, live: &Live) -> Result<(), PageError> {
        let news = site.engine.feed_news(&self.position).await?;
        for alarm in &news.warnings {
            live.send(Tiding::Card(Arc::new(drawn(site, alarm).await?)));
            // Card by card: what is sent isn't sent again if a later one fails.
            self.position.clone_from(&alarm.position);
        }
        self.position = news.position;
        self.stale |= news.any;
        let now = Clock::System.now();
        let age_us = (now - self.read_at).num_microseconds().unwrap_or(i64::MAX);
        // However much is recorded, the moment is read twice a second at most; the next round makes it good.
        if self.stale && !(0..MOMENT_US).contains(&age_us) {
            self.stale = false;
            self.read_at = now;
            let state = live.renewed(site).await?;
            if self.last.as_ref() != Some(&state) {
                let told = told(site, &state).await?;
                live.send(Tiding::Moment(Arc::new(told)));
                self.last = Some(state);
            }
        }
        Ok(())
    }
}

/// Draws a warning; between two of its statements another command may have moved the subject, then it is read again.
async fn drawn(site: &Site, alarm: &Alarm) -> Result<Card, PageError> {
    match card::draw(site, alarm).await {
        Ok(card) => Ok(card),
        Err(_) => card::draw(site, alarm).await,
    }
}
