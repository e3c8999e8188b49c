//! Making the facts anew from all events: read once in the order of keys, worked out on the other processors meanwhile.
//! What is made counts only when it is whole; until then, and if it breaks off, the facts there were stay in force.

use std::sync::Arc;

use approval::Books;
use approval::statistics::DailyFacts;
use store::event::EventRow;
use store::fact::FactFold;
use store::feed::FeedPosition;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{FactsReport, Pace, contribute_as_recorded, count, fold_at, read, read_by, rows};
use crate::engine::Engine;
use crate::error::EngineError;

/// Events that are read at once.
const PAGE_EVENTS: i64 = 4_000;
/// Pages that are worked on at once, so that memory stays bounded.
const PAGES_AT_WORK: usize = 3;
/// Rows that are written in one transaction.
const ROWS_AT_ONCE: usize = 500;
/// Days of facts that no longer count which are removed in one transaction.
const DAYS_AT_ONCE: i64 = 7;

impl Engine {
    /// Makes the facts anew from all events, and puts them into force. Others go on recording meanwhile; what they record
    /// is counted afterwards, as ever.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub async fn rebuild_facts(&self) -> Result<FactsReport, EngineError> {
        self.rebuild(Pace::Full).await
    }

    pub(super) async fn rebuild(&self, pace: Pace) -> Result<FactsReport, EngineError> {
        let division = self.division().to_owned();
        let mut conn = self.store().snapshot().await?;
        let books = self.books_of(&mut conn).await?;
        let seen = store::fact::fold(&mut conn, &division).await?;
        let bound = store::feed::bound(&mut conn).await?;
        let position = store::feed::last(&mut conn, &division, bound).await?;
        // The events up to the position never change: they needn't be held by one long look, which would keep SQLite's
        // write-ahead log from being emptied.
        drop(conn);
        let mut work = Work::new(division.clone(), Arc::clone(&books));
        let mut after = (String::new(), 0);
        let mut begun: Vec<EventRow> = Vec::new();
        loop {
            let begun_at = Instant::now();
            let at = (after.0.as_str(), after.1);
            let mut conn = self.store().read().await?;
            let page = store::event::page(&mut conn, &division, at, PAGE_EVENTS).await?;
            drop(conn);
            let Some(last) = page.last() else { break };
            after = (last.subject.clone(), last.seq);
            let open = last.subject.clone();
            begun.extend(page);
            // The last one's events may go on.
            let whole = begun.partition_point(|event| event.subject != open);
            let rest = begun.split_off(whole);
            work.take(std::mem::replace(&mut begun, rest), &position)
                .await?;
            if pace == Pace::Beside {
                work.wait().await?;
                pace.rest(begun_at.elapsed()).await;
            }
        }
        work.take(begun, &position).await?;
        let (facts, events) = work.end().await?;
        let rows = rows::of(&facts);
        let generation = self.new_generation().await?;
        self.write_generation(&rows, generation).await?;
        self.put_in_force(seen, fold_at(position, generation, &books))
            .await?;
        Ok(FactsReport {
            events,
            rows: count(rows.len()),
            rebuilt: true,
        })
    }

    async fn new_generation(&self) -> Result<i64, EngineError> {
        let division = self.division().to_owned();
        self.store()
            .write(move |conn| {
                let division = division.clone();
                Box::pin(async move {
                    store::fact::new_generation(conn, &division)
                        .await
                        .map_err(EngineError::from)
                })
            })
            .await
    }

    async fn write_generation(
        &self,
        rows: &[store::fact::FactRow],
        generation: i64,
    ) -> Result<(), EngineError> {
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            let (division, chunk) = (self.division().to_owned(), Arc::new(chunk.to_vec()));
            self.store()
                .write(move |conn| {
                    let (division, chunk) = (division.clone(), Arc::clone(&chunk));
                    Box::pin(async move {
                        store::fact::insert(conn, &division, generation, 0, &chunk).await?;
                        Ok::<(), EngineError>(())
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Puts a generation into force, unless somebody has put another one there, which is as good; removes older ones.
    async fn put_in_force(
        &self,
        mut seen: Option<FactFold>,
        to: FactFold,
    ) -> Result<(), EngineError> {
        while !self
            .advance_facts(seen.clone(), to.clone(), Vec::new())
            .await?
        {
            let mut conn = self.store().read().await?;
            let now = store::fact::fold(&mut conn, self.division()).await?;
            let generation = |fold: &Option<FactFold>| fold.as_ref().map(|fold| fold.generation);
            if generation(&now) != generation(&seen) {
                return self.remove_generation(to.generation).await;
            }
            seen = now;
        }
        let mut conn = self.store().read().await?;
        let older =
            store::fact::older_generations(&mut conn, self.division(), to.generation).await?;
        drop(conn);
        for generation in older {
            self.remove_generation(generation).await?;
        }
        Ok(())
    }

    async fn remove_generation(&self, generation: i64) -> Result<(), EngineError> {
        loop {
            let division = self.division().to_owned();
            let more = self.store().write(move |conn| {
                let division = division.clone();
                Box::pin(async move {
                    store::fact::remove_some(conn, &division, generation, DAYS_AT_ONCE)
                        .await
                        .map_err(EngineError::from)
                })
            });
            if !more.await? {
                return Ok(());
            }
        }
    }
}

/// Pages at work, and the sum of those that are done.
struct Work {
    division: String,
    books: Arc<Books>,
    pages: JoinSet<Result<(DailyFacts, u64), EngineError>>,
    facts: DailyFacts,
    events: u64,
}

impl Work {
    fn new(division: String, books: Arc<Books>) -> Self {
        Self {
            division,
            books,
            pages: JoinSet::new(),
            facts: DailyFacts::default(),
            events: 0,
        }
    }

    /// Takes the whole events of some subjects; those after the position are left to the folds to come.
    async fn take(
        &mut self,
        events: Vec<EventRow>,
        position: &FeedPosition,
    ) -> Result<(), EngineError> {
        while self.pages.len() >= PAGES_AT_WORK {
            self.add_one().await?;
        }
        let (division, books) = (self.division.clone(), Arc::clone(&self.books));
        let position = position.clone();
        self.pages.spawn_blocking(move || {
            let mut facts = DailyFacts::default();
            let mut counted = 0;
            for history in events.chunk_by(|a, b| a.subject == b.subject) {
                let (history, _) = history.split_at(read_by(history, &position));
                if let Some(subject) = read(&division, history, &books)? {
                    contribute_as_recorded(&mut facts, &subject, &books)?;
                }
                counted += count(history.len());
            }
            Ok((facts, counted))
        });
        Ok(())
    }

    async fn add_one(&mut self) -> Result<(), EngineError> {
        if let Some(done) = self.pages.join_next().await {
            let (facts, events) = done.map_err(|error| broken_off(&error))??;
            self.facts.merge(&facts);
            self.events += events;
        }
        Ok(())
    }

    /// Until nothing is at work.
    async fn wait(&mut self) -> Result<(), EngineError> {
        while !self.pages.is_empty() {
            self.add_one().await?;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<(DailyFacts, u64), EngineError> {
        self.wait().await?;
        Ok((self.facts, self.events))
    }
}

fn broken_off(error: &tokio::task::JoinError) -> EngineError {
    EngineError::invalid(
        "broken_off",
        format!("重新统计中断,请重试 / making the facts anew broke off: {error}"),
    )
}
