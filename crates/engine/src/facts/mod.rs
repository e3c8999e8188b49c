//! Daily facts: what the statistics rest on, kept up behind the events.
//!
//! A fold reads the events in the order in which nothing ever appears before a position already read, works out what each
//! subject contributed before them and contributes after, and stores the difference together with how far it has read:
//! whatever crashes, each event is counted once. Corrections and annulments are differences like any other. Where there
//! are no facts yet, or they were counted with another calendar, they are made anew from all events ([`Engine::rebuild_facts`]).

mod closing;
pub mod export;
mod rebuild;
mod rows;
mod statement;
mod told;

use std::collections::BTreeSet;
use std::time::Duration;

use approval::Books;
use approval::Subject;
use approval::statistics::{DailyFacts, FACTS_FORM, contribute};
use store::Conn;
use store::event::EventRow;
use store::fact::FactFold;
use store::feed::FeedPosition;
// How long counting takes is measured with the runtime's own timer: it is no business time.
use tokio::time::Instant;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::replay;

pub(crate) use told::ToldCache;

/// Events that one fold reads.
const PAGE_EVENTS: i64 = 2_000;
/// Rows after which those of one place and day are put together.
const LOOSE_ROWS_MAX: i64 = 20_000;

/// Events from which on all may be counted anew: read in the order of keys, each case once, which takes a fraction of the
/// time that as many events take in the order of the feed.
const FAR_BEHIND: i64 = 200_000;
/// So many times as much as isn't counted may be counted already for that to be worth it.
const COUNTED_BEFORE: i64 = 3;
/// Events that are looked at to find out.
const LOOKED_AT_MAX: i64 = 2_000_000;
/// Beside people's work: so many times as long as counting took, nothing is counted.
const REST: u32 = 3;

/// How much of the machine the counting may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// All that it can: somebody waits for the figures.
    Full,
    /// A quarter of one processor: people's pages come first.
    Beside,
}

impl Pace {
    /// Leaves the machine to others after some work.
    async fn rest(self, worked: Duration) {
        if self == Self::Beside {
            tokio::time::sleep(worked * REST).await;
        }
    }
}

/// What keeping facts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactsReport {
    /// Events that were counted.
    pub events: u64,
    /// Rows that were written.
    pub rows: u64,
    /// Whether the facts were made anew from all events.
    pub rebuilt: bool,
}

impl Engine {
    /// Counts all events that aren't counted yet, at once. Several processes may do so at the same time.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub async fn keep_facts(&self) -> Result<FactsReport, EngineError> {
        self.keep(Pace::Full).await
    }

    /// The same where nobody waits for it: it leaves most of the machine to those who work, however much there is to
    /// count.
    ///
    /// # Errors
    /// As [`Engine::keep_facts`].
    pub(crate) async fn keep_facts_beside(&self) -> Result<FactsReport, EngineError> {
        self.keep(Pace::Beside).await
    }

    async fn keep(&self, pace: Pace) -> Result<FactsReport, EngineError> {
        let mut report = FactsReport::default();
        let mut asked = false;
        loop {
            let begun = Instant::now();
            let mut conn = self.store().snapshot().await?;
            let books = self.books_of(&mut conn).await?;
            let seen = store::fact::fold(&mut conn, self.division()).await?;
            let mut seen = seen.filter(|seen| is_current(seen, &books));
            let first_look = !std::mem::replace(&mut asked, true);
            if first_look
                && let Some(kept) = &seen
                && is_far_behind(&mut conn, self.division(), &kept.position()).await?
            {
                seen = None;
            }
            let Some(seen) = seen else {
                drop(conn);
                let rebuilt = self.rebuild(pace).await?;
                report.events += rebuilt.events;
                report.rows += rebuilt.rows;
                report.rebuilt = true;
                continue;
            };
            let from = seen.position();
            let page = next_page(&mut conn, self.division(), &from).await?;
            let Some(last) = page.last() else {
                drop(conn);
                if seen.loose > LOOSE_ROWS_MAX {
                    self.tidy_facts().await?;
                }
                return Ok(report);
            };
            let facts = differences(&mut conn, self.division(), &page, &from, &books).await?;
            drop(conn);
            let rows = rows::of(&facts);
            let written = count(rows.len());
            let to = FactFold {
                made: seen.made + 1,
                loose: seen.loose + i64::try_from(written).unwrap_or(i64::MAX),
                ..fold_at(FeedPosition::of(last), seen.generation, &books)
            };
            // If another process was faster, it has counted these events.
            if self.advance_facts(Some(seen), to, rows).await? {
                report.events += count(page.len());
                report.rows += written;
            }
            pace.rest(begun.elapsed()).await;
        }
    }

    pub(super) async fn books_of(
        &self,
        conn: &mut Conn,
    ) -> Result<std::sync::Arc<Books>, EngineError> {
        self.inner.library.books(conn, self.division()).await
    }

    /// Writes rows and how far they lead, unless somebody has come further; tells whether it went through.
    async fn advance_facts(
        &self,
        seen: Option<FactFold>,
        to: FactFold,
        rows: Vec<store::fact::FactRow>,
    ) -> Result<bool, EngineError> {
        let division = self.division().to_owned();
        self.store()
            .write(move |conn| {
                let (division, seen, to, rows) =
                    (division.clone(), seen.clone(), to.clone(), rows.clone());
                Box::pin(async move {
                    let first = store::fact::advance(conn, &division, seen.as_ref(), &to).await?;
                    if first {
                        store::fact::insert(conn, &division, to.generation, to.made, &rows).await?;
                    }
                    Ok::<bool, EngineError>(first)
                })
            })
            .await
    }

    /// Puts the rows of one place and day together, day by day.
    async fn tidy_facts(&self) -> Result<(), EngineError> {
        for grain in store::fact::GRAINS {
            let mut conn = self.store().read().await?;
            let Some(fold) = store::fact::fold(&mut conn, self.division()).await? else {
                return Ok(());
            };
            let days =
                store::fact::loose_days(&mut conn, self.division(), fold.generation, grain).await?;
            drop(conn);
            for day in days {
                if !self.tidy_day(grain, day).await? {
                    return Ok(());
                }
            }
        }
        let mut conn = self.store().read().await?;
        let Some(seen) = store::fact::fold(&mut conn, self.division()).await? else {
            return Ok(());
        };
        drop(conn);
        let to = FactFold {
            made: seen.made + 1,
            loose: 0,
            ..seen.clone()
        };
        self.advance_facts(Some(seen), to, Vec::new()).await?;
        Ok(())
    }

    /// One day of it, as a fold of its own: no other one can write meanwhile.
    async fn tidy_day(&self, grain: &'static str, day: i64) -> Result<bool, EngineError> {
        let division = self.division().to_owned();
        self.store()
            .write(move |conn| {
                let division = division.clone();
                Box::pin(async move {
                    let Some(seen) = store::fact::fold(conn, &division).await? else {
                        return Ok(false);
                    };
                    let to = FactFold {
                        made: seen.made + 1,
                        ..seen.clone()
                    };
                    if !store::fact::advance(conn, &division, Some(&seen), &to).await? {
                        return Ok(false);
                    }
                    let generation = to.generation;
                    let found =
                        store::fact::between(conn, &division, generation, grain, (day, day))
                            .await?;
                    let merged = rows::merged(found)?;
                    store::fact::remove_day(conn, &division, generation, grain, day).await?;
                    store::fact::insert(conn, &division, generation, to.made, &merged).await?;
                    Ok::<bool, EngineError>(true)
                })
            })
            .await
    }
}

/// Whether facts are of this program's form and counted by the calendar in force.
fn is_current(fold: &FactFold, books: &Books) -> bool {
    fold.form == FACTS_FORM && fold.calendar_version == books.calendar.version()
}

fn fold_at(position: FeedPosition, generation: i64, books: &Books) -> FactFold {
    FactFold {
        generation,
        made: 1,
        form: FACTS_FORM,
        calendar_version: books.calendar.version().to_owned(),
        feed_group: position.group,
        subject: position.subject,
        seq: position.seq,
        loose: 0,
    }
}

/// Whether so much isn't counted yet that counting everything is quicker.
async fn is_far_behind(
    conn: &mut Conn,
    division: &str,
    from: &FeedPosition,
) -> Result<bool, EngineError> {
    let bound = store::feed::bound(conn).await?;
    if store::feed::behind(conn, division, from, bound, FAR_BEHIND).await? < FAR_BEHIND {
        return Ok(false);
    }
    let behind = store::feed::behind(conn, division, from, bound, LOOKED_AT_MAX).await?;
    let worth = behind.saturating_mul(COUNTED_BEFORE);
    Ok(store::feed::counted(conn, division, from, worth).await? < worth)
}

/// The events after a position that are decided for good.
async fn next_page(
    conn: &mut Conn,
    division: &str,
    from: &FeedPosition,
) -> Result<Vec<EventRow>, EngineError> {
    let bound = store::feed::bound(conn).await?;
    Ok(store::feed::page(conn, division, from, bound, PAGE_EVENTS).await?)
}

/// What the events of a page change: what their subjects contribute with them, less what they did before.
async fn differences(
    conn: &mut Conn,
    division: &str,
    page: &[EventRow],
    from: &FeedPosition,
    books: &Books,
) -> Result<DailyFacts, EngineError> {
    let Some(last) = page.last().map(FeedPosition::of) else {
        return Ok(DailyFacts::default());
    };
    let subjects: BTreeSet<String> = page.iter().map(|event| event.subject.clone()).collect();
    let subjects: Vec<String> = subjects.into_iter().collect();
    let events = store::event::of_subjects(conn, division, &subjects).await?;
    let mut facts = DailyFacts::default();
    for history in events.chunk_by(|a, b| a.subject == b.subject) {
        let before = read_by(history, from);
        let after = read_by(history, &last).max(before);
        let (old, new) = history.split_at(before);
        let new = new.get(..after - before).unwrap_or_default();
        add_difference(&mut facts, division, old, new, books)?;
    }
    Ok(facts)
}

/// How many of a subject's events count at a position: the first ones up to it. On PostgreSQL a transaction of many subjects
/// may have a lower number than one whose event stands before its own; it counts once that one is read too.
fn read_by(history: &[EventRow], position: &FeedPosition) -> usize {
    let read = history.iter();
    read.take_while(|event| FeedPosition::of(event) <= *position)
        .count()
}

/// What a subject contributes with new events, less what it did with the old ones alone.
fn add_difference(
    facts: &mut DailyFacts,
    division: &str,
    old: &[EventRow],
    new: &[EventRow],
    books: &Books,
) -> Result<(), EngineError> {
    let subject = read(division, old, books)?;
    if let Some(subject) = &subject {
        let mut before = DailyFacts::default();
        contribute_as_recorded(&mut before, subject, books)?;
        facts.subtract(&before);
    }
    let subject = match subject {
        None => read(division, new, books)?,
        Some(mut subject) => {
            for row in new {
                subject.apply(store::codec::from_row(row)?, books)?;
            }
            Some(subject)
        }
    };
    match subject {
        Some(subject) => contribute_as_recorded(facts, &subject, books),
        None => Ok(()),
    }
}

/// A subject as some first events leave it; none without events.
fn read(division: &str, rows: &[EventRow], books: &Books) -> Result<Option<Subject>, EngineError> {
    let first = rows.first();
    first
        .map(|first| replay(division, &first.subject, rows, books))
        .transpose()
}

/// The facts of a subject as its last event found them. Limits that pass without an event are no part of what is stored
/// ([`statement`] adds them).
fn contribute_as_recorded(
    facts: &mut DailyFacts,
    subject: &Subject,
    books: &Books,
) -> Result<(), EngineError> {
    let Some(as_of) = subject.last_recorded_at() else {
        return Ok(());
    };
    contribute(facts, subject, &books.calendar, as_of).map_err(approval::Refusal::from)?;
    Ok(())
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
