//! The counts that page and metrics show, read in one look and kept for some seconds: whoever asks often doesn't
//! make the database count often.

use chrono::{DateTime, Utc};
use engine::{Clock, EngineError};
use store::codec::instant;
use store::overview::WordCount;
use store::subject::StateCount;

use crate::site::Site;

/// How long counts are kept, in microseconds.
const KEPT_US: i64 = 3_000_000;

/// All counts.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// The machine's instant of the look.
    read_at: DateTime<Utc>,
    pub(crate) divisions: Vec<DivisionFigures>,
}

/// The counts of one division.
#[derive(Clone, Debug)]
pub(crate) struct DivisionFigures {
    pub(crate) division: String,
    pub(crate) name: String,
    pub(crate) states: Vec<StateCount>,
    pub(crate) levels: Vec<WordCount>,
    pub(crate) messages: Vec<WordCount>,
    pub(crate) items_free: i64,
    pub(crate) next_alarm: Option<DateTime<Utc>>,
}

impl DivisionFigures {
    /// How many of a kind are in a state.
    pub(crate) fn in_state(&self, kind: &str, state: &str) -> i64 {
        let found = self
            .states
            .iter()
            .find(|row| row.kind == kind && row.state == state);
        found.map_or(0, |row| row.count)
    }
}

/// How many rows say a word.
pub(crate) fn of_word(counts: &[WordCount], word: &str) -> i64 {
    counts
        .iter()
        .find(|row| row.word == word)
        .map_or(0, |row| row.count)
}

/// The counts, at most some seconds old.
pub(crate) async fn figures(site: &Site) -> Result<Figures, EngineError> {
    let now = Clock::System.now();
    let mut kept = site.kept.lock().await;
    if let Some(figures) = &*kept
        && (0..KEPT_US).contains(
            &(now - figures.read_at)
                .num_microseconds()
                .unwrap_or(i64::MAX),
        )
    {
        return Ok(figures.clone());
    }
    let figures = read(site, now).await?;
    *kept = Some(figures.clone());
    Ok(figures)
}

async fn read(site: &Site, read_at: DateTime<Utc>) -> Result<Figures, EngineError> {
    let mut conn = site.engine.store().snapshot().await?;
    let mut divisions = Vec::new();
    for row in store::reference::divisions(&mut conn).await? {
        let division = row.division;
        divisions.push(DivisionFigures {
            states: store::subject::counts(&mut conn, &division).await?,
            levels: store::overview::levels(&mut conn, &division).await?,
            messages: store::overview::messages(&mut conn, &division).await?,
            items_free: store::overview::items_free(&mut conn, &division).await?,
            next_alarm: store::subject::next_alarm(&mut conn, &division)
                .await?
                .map(instant),
            name: row.name,
            division,
        });
    }
    Ok(Figures { read_at, divisions })
}
